// SPDX-License-Identifier: MIT
#pragma once

#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "dataset/error.h"
#include "dataset/progress.h"
#include "evaluator/result.h"
#include "reports/runs/score_run.h"

namespace angiobench::python {

namespace py = pybind11;

/// How a result came about where its masks are in files: enough to write its folder as the program
/// does, which looks at the masks once more.
struct FileRun {
  SubmissionRequest asked;
  RunRequest run;
};

/// A scored submission with its rows of frames.
struct ScoredResult {
  Result result;
  std::optional<FileRun> files;  // empty: scored from memory, or read from a file
};

/// Who made the result, and its intervals where they are asked for. Of _reports.
enum class Intervals { none, attached };
void finish_result(Result& result, const std::string& name, Intervals intervals);

/// Throws what Ctrl-C raised, in the thread that called from Python; hand it to a long run.
ProgressCallback interruptible();
/// Runs without the GIL; what Ctrl-C raised meanwhile is raised.
void without_gil(const std::function<void()>& work);

/// Throws Error with findings that Python shows as `.findings`, of which the first is told.
[[noreturn]] void throw_findings(ErrorKind kind, const std::string& path, const std::string& found,
                                 std::vector<Finding> findings);

/// Scores files; throws what a user should see where that cannot be done. Of _reports.
RunOutcome run_files(const FileRun& files);

/// Makes Python's exceptions of what the calling module throws.
void translate_errors();

// What each file adds to its module: to _core …
void bind_arrays(py::module_& module);
// … and to _reports.
void bind_scores(py::module_& module);
void bind_results(py::module_& module);
void bind_reports(py::module_& module);

}  // namespace angiobench::python
