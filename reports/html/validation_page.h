// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "dataset/validator/validation.h"

namespace angiobench {

/// The page of a validation: findings by code with their cure, statistics, when each object is
/// there, a contact sheet of masks. One file, no request to anywhere, readable without script, dark
/// mode.
std::string validation_page(const Validation& validation);

}  // namespace angiobench
