// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

#include "cli/verb.h"
#include "evaluator/result.h"

namespace angiobench::cli {

/// "DIR" -> "DIR/result.json"; a file's path as it is.
std::string result_file(const std::string& path);

/// Reads a result.json, or the one in a folder, without the frames beside it. Throws Error{input}.
Result read_result_file(const std::string& path);

/// Writes text to a file, or to `streams.out` where `path` is "-".
void write_report(const std::string& path, std::string_view text, const Streams& streams);

}  // namespace angiobench::cli
