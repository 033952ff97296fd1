// SPDX-License-Identifier: MIT
#pragma once

#include <string>

namespace angiobench::test {

/// What a script printed, and how it ended.
struct PythonAnswer {
  int exit_status = 0;  // 77: it lacks a package; 127: there is no Python
  std::string text;

  /// Whether the question could not be asked, so that a test has to be skipped.
  bool is_missing() const { return exit_status == 77 || exit_status == 127; }
};

/// Runs a script with one file as its argument, under the Python that ANGIOBENCH_PYTHON names, else
/// the system's.
PythonAnswer ask_python(const std::string& script, const std::string& question_file);

}  // namespace angiobench::test
