// SPDX-License-Identifier: MIT
// Errors, Ctrl-C and the GIL, for both modules: each translates what it throws itself.
#include <atomic>
#include <chrono>
#include <utility>

#include "dataset/finding_codes.h"
#include "python/src/bindings.h"
#include "python/src/input_error.h"

namespace angiobench::python {
namespace {

// Ctrl-C was pressed; Python's exception is set in the thread that noticed.
struct Interrupted {};

// An Error about several findings.
class FindingsError : public Error {
 public:
  FindingsError(ErrorKind kind, const std::string& path, const std::string& found,
                std::vector<Finding> findings)
      : Error(kind, path, found), findings_(std::move(findings)) {}
  const std::vector<Finding>& findings() const { return findings_; }

 private:
  std::vector<Finding> findings_;
};

const char* kind_name(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::usage:
      return "usage";
    case ErrorKind::input:
      return "input";
    case ErrorKind::inconclusive:
      return "inconclusive";
    case ErrorKind::limit:
      return "limit";
    case ErrorKind::passing:
      return "passing";
    case ErrorKind::bug:
      return "bug";
  }
  return "bug";
}

py::dict finding_facts(const Finding& finding) {
  py::dict facts;
  facts["code"] = finding.code;
  facts["severity"] = std::string(severity_name(finding.severity));
  facts["path"] = finding.path;
  facts["sequence"] = finding.sequence;
  facts["frame"] = finding.frame;
  facts["object"] = finding.object;
  facts["message"] = finding.message;
  facts["hint"] = finding.hint;
  return facts;
}

// The class of angiobench.Error, which is Python's so that it pickles.
py::object error_class() { return py::module_::import("angiobench._errors").attr("Error"); }

void raise_error(const Error& error) {
  std::string code = kind_name(error.kind());
  std::string hint = error.expected();
  py::list findings;
  if (const auto* const input = dynamic_cast<const InputError*>(&error)) code = input->code();
  if (const auto* const several = dynamic_cast<const FindingsError*>(&error)) {
    for (const Finding& finding : several->findings()) findings.append(finding_facts(finding));
    if (!several->findings().empty()) {
      code = several->findings().front().code;
      hint = several->findings().front().hint;
    }
  }
  const py::object type = error_class();
  const py::object value = type(error.what(), code, hint, kind_name(error.kind()),
                                error.path().empty() ? error.field() : error.path(), findings);
  PyErr_SetObject(type.ptr(), value.ptr());
}

}  // namespace

void throw_findings(ErrorKind kind, const std::string& path, const std::string& found,
                    std::vector<Finding> findings) {
  throw FindingsError(kind, path, found, std::move(findings));
}

ProgressCallback interruptible() {
  using Clock = std::chrono::steady_clock;
  const auto next =
      std::make_shared<std::atomic<Clock::rep>>(Clock::now().time_since_epoch().count());
  return [next](std::uint64_t, std::uint64_t) {
    constexpr std::chrono::milliseconds kPause(50);
    const Clock::rep now = Clock::now().time_since_epoch().count();
    Clock::rep due = next->load(std::memory_order_relaxed);
    if (now < due) return;
    const Clock::rep later = now + std::chrono::duration_cast<Clock::duration>(kPause).count();
    if (!next->compare_exchange_strong(due, later)) return;
    const py::gil_scoped_acquire acquire;
    if (PyErr_CheckSignals() != 0) throw Interrupted();
  };
}

void without_gil(const std::function<void()>& work) {
  try {
    const py::gil_scoped_release release;
    work();
  } catch (const Interrupted&) {
    if (PyErr_Occurred() != nullptr) throw py::error_already_set();
    PyErr_SetNone(PyExc_KeyboardInterrupt);
    throw py::error_already_set();
  }
}

void translate_errors() {
  py::register_local_exception_translator([](std::exception_ptr pointer) {
    if (!pointer) return;
    try {
      std::rethrow_exception(pointer);
    } catch (const Error& error) {
      raise_error(error);
    }
  });
}

}  // namespace angiobench::python
