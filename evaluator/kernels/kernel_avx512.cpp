// SPDX-License-Identifier: MIT
#include "evaluator/kernels/kernel_body.h"

namespace angiobench::kernels {

const Level kAvx512 = {"avx512", pack, region, boundary, boundary_wide};

}  // namespace angiobench::kernels
