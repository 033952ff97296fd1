// SPDX-License-Identifier: MIT
#include "evaluator/kernels/kernel_body.h"

namespace angiobench::kernels {

const Level kBaseline = {"baseline", pack, region, boundary, boundary_wide};

}  // namespace angiobench::kernels
