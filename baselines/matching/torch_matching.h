// SPDX-License-Identifier: MIT
#pragma once

// For sources of baselines/ and its tests only: shows Torch types.
#include <ATen/core/Tensor.h>

#include "baselines/matching/matcher.h"

namespace angiobench {

/// Copies of a feature map shifted to every position of a window: features [B, C, H, W] -> [B, C *
/// window^2, H, W], channel c * window^2 + (dy + r) * window + (dx + r) holding features at (y +
/// dy, x + dx), 0 outside the frame.
at::Tensor sample_windows(const at::Tensor& features, int window, Sampling sampling);

/// kBorderScore where a window cell lies outside the frame, else 0: [window^2, H, W].
at::Tensor border_scores(CellGrid grid, int window, const at::TensorOptions& options);

/// Read-out of global matching: keys [C, T, H, W], values [N, V, T, H, W], query [C, H, W] -> [N,
/// V, H, W]. `top_k` 0: all candidates share the softmax (training). Differentiable.
at::Tensor match_global(const at::Tensor& keys, const at::Tensor& values, const at::Tensor& query,
                        int top_k);

/// The same for local matching with windows at the query's own cell, windows copied by `sampling`.
at::Tensor match_local(const at::Tensor& keys, const at::Tensor& values, const at::Tensor& query,
                       int window, int top_k, Sampling sampling);

}  // namespace angiobench
