// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "dataset/validator/validation.h"

namespace angiobench {

/// What a validation found as JSON (schema "validation-1"): findings, counts of each code,
/// statistics of the whole and of each sequence, without the thumbnails. A pure function of the
/// validation: no time, no machine.
std::string validation_json(const Validation& validation);

/// The statistics and a line for each code as text for a terminal; findings are printed one by one
/// elsewhere. Names from outside have their control codes replaced.
std::string validation_text(const Validation& validation);

}  // namespace angiobench
