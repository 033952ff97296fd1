// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

namespace angiobench {

/// ASCII's, whatever the locale.
constexpr bool is_digit(char character) { return character >= '0' && character <= '9'; }
constexpr bool is_ascii_letter(char character) {
  return (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z');
}

/// A capital letter of ASCII as its small one; all else as it is.
constexpr char lowered(char character) {
  return character >= 'A' && character <= 'Z' ? static_cast<char>(character - 'A' + 'a')
                                              : character;
}
/// A text with the capital letters of ASCII as small ones.
inline std::string lowered(std::string_view text) {
  std::string small(text);
  for (char& character : small) character = lowered(character);
  return small;
}

}  // namespace angiobench
