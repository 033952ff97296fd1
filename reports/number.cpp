// SPDX-License-Identifier: MIT
#include "reports/number.h"

#include <cmath>
#include <cstdio>

#include "dataset/error.h"

namespace angiobench {

std::string format_exact(double value) {
  expects(std::isfinite(value), "a written value is finite");
  char text[40];
  std::snprintf(text, sizeof text, "%.17g", value);
  return text;
}

std::string format_exact(const std::optional<double>& value, const std::string& missing) {
  return value ? format_exact(*value) : missing;
}

}  // namespace angiobench
