// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <memory>

#include "dataset/masks/mask_source.h"

namespace angiobench {

/// How much memory kept masks may take unless somebody says otherwise.
inline constexpr std::size_t kMaxKeptMaskBytes = std::size_t{256} << 20;

/// The same masks, read from `inner` once and given from memory afterwards, for who reads all of
/// them several times: a ground truth that many submissions are held against. Labels are kept as
/// runs with the digest of their file; what no longer fits into `max_bytes`, and planes, are read
/// anew each time. The answers are those of `inner` as long as its files stay as they are.
std::shared_ptr<const MaskSource> keep_masks(std::shared_ptr<const MaskSource> inner,
                                             std::size_t max_bytes = kMaxKeptMaskBytes);

}  // namespace angiobench
