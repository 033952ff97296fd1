// SPDX-License-Identifier: MIT
#pragma once

#include "dataset/files/digest.h"
#include "dataset/masks/mask.h"

namespace angiobench {

/// SHA-256 of labels that are in memory, over their size and their runs: the same for the same
/// pixels, however they are kept, and never that of a file. A run takes eight bytes where its
/// pixels take hundreds: hashing those was most of the work of counting a frame.
Sha256 label_digest(const MaskLabels& labels);

}  // namespace angiobench
