// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace angiobench::html {

/// Appends parts one after the other, as plain text: the data of a path, a caption.
template <typename... Parts>
void put(std::string& out, const Parts&... parts) {
  (out.append(std::string_view(parts)), ...);
}

/// A coordinate of an SVG: one decimal at most, no trailing zero ("12", "0.5").
std::string coord(double value);

/// A number for sorting by: up to 6 significant digits.
std::string sort_key(double value);

/// A number with so many significant digits.
std::string decimal(double value, int digits);

/// Base64 (RFC 4648) with padding.
std::string base64(std::span<const std::uint8_t> bytes);
std::string base64(std::string_view bytes);

/// "1 sequence", "12 sequences", "5 classes".
std::string count_of(std::uint64_t count, std::string_view noun);

/// A word as a POSIX shell reads it back, quoted only where it must be.
std::string shell_quoted(std::string_view word);

}  // namespace angiobench::html
