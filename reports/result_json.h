// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
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

/// The per_frame.csv that belongs to `path`, a folder with a result.json or that file; nullopt
/// where there is none.
std::optional<std::string> counts_beside(const std::string& path);

/// Whether a result that was read keeps the rows of frames that lay beside it.
enum class KeepRows { no, yes };

/// Reads `path`: a result.json, or a folder that holds one, and works out again what follows from
/// the rest of it (check_result): with a per_frame.csv beside it the objects' figures, too, whose
/// rows fill SequenceScore::frames and frame_names where they are kept. Throws Error{input}.
Result read_result(const std::string& path, KeepRows keep = KeepRows::yes);

}  // namespace angiobench
