// SPDX-License-Identifier: MIT
#include "evaluator/counting/counts.h"

namespace angiobench {

double region_j(const FrameCounts& counts) {
  if (counts.union_area == 0) return 1.0;
  return static_cast<double>(counts.intersection) / static_cast<double>(counts.union_area);
}

double boundary_f(const FrameCounts& counts) {
  if (counts.prediction_boundary == 0 || counts.truth_boundary == 0) {
    return counts.prediction_boundary == counts.truth_boundary ? 1.0 : 0.0;
  }
  const double precision = static_cast<double>(counts.prediction_matched) /
                           static_cast<double>(counts.prediction_boundary);
  const double recall =
      static_cast<double>(counts.truth_matched) / static_cast<double>(counts.truth_boundary);
  if (precision + recall == 0) return 0.0;
  return 2 * precision * recall / (precision + recall);
}

}  // namespace angiobench
