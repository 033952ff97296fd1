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
/// `scale` times the value with a fixed number of decimals, rounded as C's printf ("47.6"); "n/a"
/// where there is none.
std::string format_fixed(const std::optional<double>& value, int decimals, double scale = 1);

}  // namespace angiobench
