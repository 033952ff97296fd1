// SPDX-License-Identifier: MIT
#pragma once

#include <memory>

#include "baselines/predictor.h"

namespace angiobench {

/// Repeats the prompts for ever: every object stays where it was given; a later object covers
/// earlier ones where they overlap. The floor that any method must beat.
std::unique_ptr<Predictor> make_first_mask_predictor();

}  // namespace angiobench
