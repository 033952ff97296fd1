// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

namespace angiobench {

enum class Severity { note, warning, error };

/// Where a finding is; every part may be empty.
struct FindingPlace {
  std::string path = {};      // file, as the user named it
  std::string sequence = {};  // name of the sequence
  std::string frame = {};     // frame name without extension
  int object = -1;            // object id, -1 where the finding is about no single object
};

struct Finding;
/// A finding with the severity and cure that the table of codes has for it (finding_codes.h).
Finding make_finding(std::string_view code, FindingPlace place, std::string message);
/// A finding as a file tells it (result.json of any version): all of it is the file's own.
Finding recorded_finding(std::string code, Severity severity, FindingPlace place,
                         std::string message, std::string hint);

/// A fact about the user's files: collected, never thrown. Codes are permanent and are explained in
/// dataset/FINDINGS.md: A = archive, D = dataset, L = leaderboard, P = submission
/// (predictions), S = scoring. Made by make_finding alone, so that a code has one severity and one
/// cure.
struct Finding {
  std::string code;  // e.g. "P003"
  Severity severity = Severity::warning;
  std::string path;      // file, as the user named it; may be empty
  std::string sequence;  // may be empty
  std::string frame;     // frame name without extension; may be empty
  int object = -1;       // object id, -1 where the finding is about no single object
  std::string message;   // what was found and what was expected
  std::string hint;      // how to cure it; may be empty

 private:
  Finding() = default;
  friend Finding make_finding(std::string_view, FindingPlace, std::string);
  friend Finding recorded_finding(std::string, Severity, FindingPlace, std::string, std::string);
};

/// "note", "warning" or "error".
std::string_view severity_name(Severity severity);

/// One line as a compiler prints it: "path: severity: message [CODE]" (sequence and frame where
/// there is no path).
std::string format_finding(const Finding& finding);

}  // namespace angiobench
