// SPDX-License-Identifier: MIT
#include "reports/decimal.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <cstdlib>

#include "dataset/error.h"

namespace angiobench {

std::optional<Decimal> parse_decimal(std::string_view text) {
  constexpr std::size_t kMaxDigits = 9;  // sums of scaled numbers stay inside an int64
  constexpr int kMaxPlaces = 6;
  Decimal number;
  const bool negative = !text.empty() && text.front() == '-';
  if (negative) text.remove_prefix(1);
  std::size_t digits = 0;
  bool point = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '.') {
      // A point stands once, between digits.
      if (point || i == 0 || i + 1 == text.size()) return std::nullopt;
      point = true;
      continue;
    }
    if (text[i] < '0' || text[i] > '9') return std::nullopt;
    number.units = number.units * 10 + (text[i] - '0');
    if (point) ++number.places;
    if (++digits > kMaxDigits || number.places > kMaxPlaces) return std::nullopt;
  }
  if (digits == 0) return std::nullopt;
  if (negative) number.units = -number.units;
  return number;
}

std::string exact_text(const Decimal& number) {
  const bool negative = number.units < 0;
  std::string digits = std::to_string(negative ? -number.units : number.units);
  const std::size_t places = static_cast<std::size_t>(number.places);
  if (digits.size() <= places) digits.insert(0, places + 1 - digits.size(), '0');
  if (places > 0) digits.insert(digits.end() - number.places, '.');
  if (negative) digits.insert(digits.begin(), '-');
  return digits;
}

Decimal shift_left(const Decimal& number, int digits) {
  return {number.units, number.places + digits};
}

std::string rounded_text(const Decimal& number, int places) {
  Decimal rounded = number;
  if (rounded.places > places) {
    std::int64_t divisor = 1;
    for (int i = rounded.places; i > places; --i) divisor *= 10;
    const std::int64_t magnitude = rounded.units < 0 ? -rounded.units : rounded.units;
    const std::int64_t whole = (magnitude + divisor / 2) / divisor;
    rounded.units = rounded.units < 0 ? -whole : whole;
  } else {
    for (int i = rounded.places; i < places; ++i) rounded.units *= 10;
  }
  rounded.places = places;
  return exact_text(rounded);
}

double to_double(const Decimal& number) {
  // strtod rounds correctly; a division by a power of ten would round twice.
  return std::strtod(exact_text(number).c_str(), nullptr);
}

std::string fixed_text(double value, int places) {
  std::array<char, 400> buffer{};
  const int size = std::snprintf(buffer.data(), buffer.size(), "%.*f", places, value);
  std::string text(buffer.data(), static_cast<std::size_t>(size));
  if (text.front() == '-' && text.find_first_of("123456789") == std::string::npos) text.erase(0, 1);
  return text;
}

std::string format_exact(double value) {
  expects(std::isfinite(value), "a written value is finite");
  std::array<char, 40> buffer{};
  const int size = std::snprintf(buffer.data(), buffer.size(), "%.17g", value);
  return {buffer.data(), static_cast<std::size_t>(size)};
}

std::string format_exact(const std::optional<double>& value, const std::string& missing) {
  return value ? format_exact(*value) : missing;
}

std::string full_text(double value) {
  std::array<char, 64> buffer{};
  const std::to_chars_result end =
      std::to_chars(buffer.data(), buffer.data() + buffer.size(), value);
  expects(end.ec == std::errc(), "64 characters hold any double");
  return {buffer.data(), end.ptr};
}

}  // namespace angiobench
