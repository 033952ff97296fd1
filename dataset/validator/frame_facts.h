// SPDX-License-Identifier: MIT
#pragma once

#include "dataset/frame_values.h"
#include "dataset/sequence_index.h"
#include "dataset/validator/sequence_files.h"
#include "dataset/validator/validation.h"

namespace angiobench {

/// Looks at the first, middle and last frame of a sequence: a small part of the range (D070),
/// colour (D071), sizes that differ (D072; not where D022 says it). Values of PNGs are read here,
/// those of other files by `reader`, where there is one. A frame that cannot be decoded says
/// nothing here.
void check_frame_facts(const SequenceIndex& index, const Sequence& sequence,
                       const SequenceImages& images, const FrameValueReader& reader,
                       FindingCollector& findings);

}  // namespace angiobench
