// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

namespace angiobench {

enum class Severity { note, warning, error };

/// A fact about the user's files: collected, never thrown. Codes are permanent and are explained in
/// dataset/FINDINGS.md: A = archive, D = dataset, L = leaderboard, P = submission
/// (predictions), S = scoring.
struct Finding {
  std::string code;  // e.g. "P003"
  Severity severity = Severity::warning;
  std::string path;      // file, as the user named it; may be empty
  std::string sequence;  // may be empty
  std::string frame;     // frame name without extension; may be empty
  int object = -1;       // object id, -1 where the finding is about no single object
  std::string message;   // what was found and what was expected
  std::string hint;      // how to cure it; may be empty
};

/// "note", "warning" or "error".
std::string_view severity_name(Severity severity);

/// One line as a compiler prints it: "path: severity: message [CODE]" (sequence and frame where
/// there is no path).
std::string format_finding(const Finding& finding);

}  // namespace angiobench
