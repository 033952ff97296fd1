// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "baselines/weights/byte_source.h"
#include "baselines/weights/state_dict.h"

namespace angiobench {

/// Reads what torch.save wrote of a state dict: the zip format (PyTorch 1.6 and later; stored
/// entries, zip64) and the legacy format before it. Nothing is executed: the pickle is read by
/// pickle.h, every offset and size is checked, and a zip's check sums too. Which tensors of the
/// file are taken, and what is taken off their names, says choose_weights_set; `wanted` is its.
/// `note`, where not null, gets weights_set_note. A tensor that is not contiguous is copied into C
/// order. Throws Error{input} naming what is wrong; Error{limit} for a file whose tensors would
/// take more than four times its own size.
StateDict parse_pth(const ByteSource& source, const std::string& wanted = {},
                    std::string* note = nullptr);
StateDict read_pth(const std::string& path);

}  // namespace angiobench
