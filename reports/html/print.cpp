// SPDX-License-Identifier: MIT
#include "reports/html/print.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace angiobench::html {
namespace {

std::string print(double value, std::chars_format form, int digits) {
  std::array<char, 400> buffer{};
  const auto [end, failure] =
      std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, form, digits);
  return failure == std::errc{} ? std::string(buffer.data(), end) : std::string("0");
}

}  // namespace

std::string coord(double value) {
  std::string text = print(value, std::chars_format::fixed, 1);
  if (text.ends_with(".0")) text.resize(text.size() - 2);
  if (text == "-0") return "0";
  if (text.starts_with("0.")) text.erase(0, 1);
  return text;
}

std::string sort_key(double value) { return decimal(value, 6); }

std::string decimal(double value, int digits) {
  return print(value, std::chars_format::general, digits);
}

std::string base64(std::span<const std::uint8_t> bytes) {
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text((bytes.size() + 2) / 3 * 4, '=');
  char* out = text.data();
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    const std::size_t rest = std::min<std::size_t>(3, bytes.size() - at);
    std::uint32_t group = static_cast<std::uint32_t>(bytes[at]) << 16;
    if (rest > 1) group |= static_cast<std::uint32_t>(bytes[at + 1]) << 8;
    if (rest > 2) group |= bytes[at + 2];
    for (std::size_t digit = 0; digit <= rest; ++digit)
      out[digit] = kDigits[(group >> (18 - 6 * digit)) & 63];
    out += 4;
  }
  return text;
}

std::string base64(std::string_view bytes) {
  return base64(std::span(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()));
}

std::string count_of(std::uint64_t count, std::string_view noun) {
  std::string text = std::to_string(count);
  text.append(" ").append(noun);
  if (count != 1) text += noun.ends_with('s') ? "es" : "s";
  return text;
}

std::string shell_quoted(std::string_view word) {
  const auto plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("_-./=:,+@%").find(c) != std::string_view::npos;
  };
  if (!word.empty() && std::all_of(word.begin(), word.end(), plain)) return std::string(word);
  std::string quoted = "'";
  for (const char c : word) {
    if (c == '\'') {
      quoted += "'\\''";
    } else {
      quoted += c;
    }
  }
  return quoted + "'";
}

}  // namespace angiobench::html
