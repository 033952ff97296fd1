// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "dataset/files/file_tree.h"

namespace angiobench {

/// What a text (a list, a json, a csv) says in UTF-8: a byte order mark at its beginning is taken
/// off. Throws Error{input} for UTF-16, with or without its mark; `path` is used in messages.
std::string plain_text(std::string bytes, const std::string& path);

/// The text of a file in a tree. Throws as plain_text, and Error{input} where there is none.
std::string read_text(const FileTree& tree, const std::string& relative);

/// "1 frame", "2 frames".
std::string plural(std::uint64_t count, std::string_view noun);

/// A text without the blanks, tabs and carriage returns at its ends.
std::string_view trimmed(std::string_view text);

/// The lines of a text, blanks and the carriage returns of Windows trimmed on both sides; empty
/// ones are left out.
std::vector<std::string_view> trimmed_lines(std::string_view text);

/// The longest beginning of a text that has at most `max_bytes` and ends between two characters.
std::string_view whole_characters(std::string_view text, std::size_t max_bytes);

}  // namespace angiobench
