// SPDX-License-Identifier: MIT
#pragma once

#include <span>
#include <string>
#include <vector>

namespace angiobench {

struct NamedSubmission {
  std::string path;  // a folder, a zip or a json
  std::string name;  // of the submission and of its folder of results: its file name
};

/// Submissions that are scored one after the other.
struct SubmissionList {
  std::vector<NamedSubmission> submissions;
  bool are_many = false;  // several were given, or a folder of zips, however few these are
};

/// What is given as predictions: each path one submission, but a folder that holds zips and no
/// folder all of them, by name. Throws Error{usage} where two have one name.
SubmissionList list_submissions(std::span<const std::string> predictions);

/// "stm" for "results/stm/", "results/stm.zip" and "results/stm.json": the same masks are the same
/// submission.
std::string name_of_submission(const std::string& predictions);

}  // namespace angiobench
