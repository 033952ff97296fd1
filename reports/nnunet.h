// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "evaluator/result.h"

namespace angiobench {

/// Width and height of frames, by (sequence, frame).
using FrameSizes =
    std::map<std::pair<std::string, std::string>, std::pair<std::uint32_t, std::uint32_t>>;

/// nnU-Net's summary.json (v2) of a result with per-frame rows: each frame is a case, each object
/// that was scored in it a label. TP, FP, FN, TN, n_pred, n_ref in pixels; Dice and IoU are NaN
/// where TP + FP + FN = 0. `mean` is NumPy's nanmean over the cases of a label, `foreground_mean`
/// that over labels. Numbers and order are those of Python's json.dump(indent=4, sort_keys=True).
/// Throws Error{input} where the result has no rows, a size is not known, or a prediction was
/// missing: nnU-Net has no such case.
std::string nnunet_summary(const Result& result, const FrameSizes& sizes, const std::string& path);

}  // namespace angiobench
