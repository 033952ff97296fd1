// SPDX-License-Identifier: MIT
#include "evaluator/kernels/kernel_body.h"

namespace angiobench::kernels {

const Level kAvx512Vpopcntdq = {"avx512vpopcntdq", pack, region, boundary, boundary_wide};

}  // namespace angiobench::kernels
