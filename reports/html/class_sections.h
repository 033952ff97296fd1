// SPDX-License-Identifier: MIT
#pragma once

#include "reports/html/sections.h"

namespace angiobench::html {

// What stands in the page's place for objects where there are none. Each is a whole <section>;
// empty markup where the result has nothing of the kind.

/// The share of each class of the truth in each class of the prediction, as text and as shade, what
/// is missed of it, pixels on demand.
Markup confusion_section(const SectionContext& context);
/// Classes with IoU, Dice, bars and intervals; of many labels the best and the worst, and all of
/// them folded by the first word of their names.
Markup classes_section(const SectionContext& context);
/// ROC and precision-recall curves of all maps' pixels, from 256 bins.
Markup map_curves_section(const SectionContext& context);

}  // namespace angiobench::html
