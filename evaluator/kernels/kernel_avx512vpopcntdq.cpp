// SPDX-License-Identifier: MIT
#include "evaluator/kernels/kernel_body.h"
#include "evaluator/kernels/outline_body.h"
#include "evaluator/kernels/shape_body.h"

namespace angiobench::kernels {

const Level kAvx512Vpopcntdq = {"avx512vpopcntdq", pack,         region,  runs,   boundary,
                                boundary_wide,     skeletonize,  overlap, border, davis_boundary,
                                contour,           euler,        near,    far,    byte_overlap,
                                outline_bins,      outline_costs};

}  // namespace angiobench::kernels
