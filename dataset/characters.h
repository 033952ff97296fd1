// SPDX-License-Identifier: MIT
#pragma once

namespace angiobench {

/// ASCII's, whatever the locale.
constexpr bool is_digit(char character) { return character >= '0' && character <= '9'; }
constexpr bool is_ascii_letter(char character) {
  return (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z');
}

}  // namespace angiobench
