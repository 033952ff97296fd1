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

/// Whether a result that was read keeps the rows of frames that lay beside it.
enum class KeepRows { no, yes };

/// A result that was read, and what it was held against.
struct CheckedResult {
  Result result;
  std::string counts_digest;  // "sha256:…" of the per_frame.csv beside it; empty: there is none
};

/// Reads `path`: a result.json, or a folder that holds one, and works out again what follows from
/// the rest of it (check_result): with a per_frame.csv beside it the objects' figures, too, whose
/// rows fill SequenceScore::frames and frame_names where they are kept. Throws Error{input}.
CheckedResult read_checked_result(const std::string& path, KeepRows keep);
Result read_result(const std::string& path, KeepRows keep = KeepRows::yes);

}  // namespace angiobench
