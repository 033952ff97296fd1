// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>

namespace angiobench {

/// A double with 17 significant digits ("%.17g"), which reads back as the same value. Requires a
/// finite value.
std::string format_exact(double value);
/// As format_exact, `missing` where there is no value.
std::string format_exact(const std::optional<double>& value, const std::string& missing);

}  // namespace angiobench
