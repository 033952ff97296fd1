// SPDX-License-Identifier: MIT
// The extension module angiobench._reports: files, pages and boards. Its results are those of
// _core, which must be there first: types are shared, and so are the classes of their errors.
#include "python/src/bindings.h"

PYBIND11_MODULE(_reports, module) {
  using namespace angiobench::python;
  module.doc() = "Files, pages and boards; use the package.";
  py::module_::import("angiobench._core");
  translate_errors();
  bind_scores(module);
  bind_results(module);
  bind_reports(module);
}
