// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

#include "evaluator/result.h"

namespace angiobench {

/// The text of result.json (schema reports/schema/result-1.json): values with 17 significant
/// digits, `null` where there is none, a line end at the end. Everything but "run" is a pure
/// function of the result.
std::string result_to_json(const Result& result);

/// Reads a result.json of schema version 1.x. Throws Error{input} naming the field that is wrong or
/// missing.
Result result_from_json(std::string_view text, const std::string& path);

/// Reads `path`: a result.json, or a folder that holds one (and per_frame.csv, which fills
/// SequenceScore::frames and frame_names where it is there). Throws Error{input}.
Result read_result(const std::string& path);

}  // namespace angiobench
