// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace angiobench {

/// A number as it was printed: 88.70 is {8870, 2}. Published figures are kept so, exactly, digits
/// included.
struct Decimal {
  std::int64_t units = 0;  // value * 10^places
  int places = 0;          // digits after the point, 0..6 as parsed

  bool operator==(const Decimal&) const = default;
};

/// Parses "-3.1", "20" or "88.70"; at most 9 digits; empty where the text is anything else.
std::optional<Decimal> parse_decimal(std::string_view text);

/// With exactly its own digits: "88.70".
std::string exact_text(const Decimal& number);

/// The same number with the point `digits` places further to the left: 88.70 -> 0.8870 for 2
/// (percent to fraction).
Decimal shift_left(const Decimal& number, int digits);

/// Rounded half away from zero to `places` digits: 88.55 -> "88.6".
std::string rounded_text(const Decimal& number, int places);

/// The nearest double.
double to_double(const Decimal& number);

/// A double with `places` digits, as the C library rounds its exact value; "-0.0" is "0.0".
std::string fixed_text(double value, int places);

/// A double with 17 significant digits ("%.17g"), which reads back as the same value. Requires a
/// finite value.
std::string format_exact(double value);
/// As format_exact, `missing` where there is no value.
std::string format_exact(const std::optional<double>& value, const std::string& missing);

/// The shortest text that reads back as the same double, at most 17 significant digits.
std::string full_text(double value);

}  // namespace angiobench
