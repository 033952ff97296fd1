// SPDX-License-Identifier: MIT
// The extension module angiobench._core: all that counts masks in memory. Thin, and for the package
// beside it alone; what it takes and gives is documented there (python/angiobench).
#include "evaluator/metric.h"
#include "python/src/about.h"
#include "python/src/bindings.h"

PYBIND11_MODULE(_core, module) {
  using namespace angiobench;
  using namespace angiobench::python;
  module.doc() = "Counting of masks in memory; use the package.";
  translate_errors();
  module.attr("version") = tool_version();
  module.attr("git_commit") = tool_commit();
  module.attr("metric_version") = std::string(kMetricVersion);
  bind_arrays(module);
}
