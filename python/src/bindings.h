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

/// Who made the result, and its intervals where they are asked for.
enum class Intervals { none, attached };
void finish_result(Result& result, const std::string& name, Intervals intervals);

/// Throws what Ctrl-C raised, in the thread that called from Python; hand it to a long run.
ProgressCallback interruptible();
/// Runs without the GIL; what Ctrl-C raised meanwhile is raised.
void without_gil(const std::function<void()>& work);

/// Throws Error with findings that Python shows as `.findings`, of which the first is told.
[[noreturn]] void throw_findings(ErrorKind kind, const std::string& path, const std::string& found,
                                 std::vector<Finding> findings);

// What each file adds to the module.
void bind_errors(py::module_& module);
void bind_arrays(py::module_& module);
void bind_results(py::module_& module);
void bind_reports(py::module_& module);

}  // namespace angiobench::python
