// SPDX-License-Identifier: MIT
#pragma once

#include "dataset/sequence_index.h"
#include "dataset/validator/sequence_files.h"
#include "dataset/validator/validation.h"

namespace angiobench {

/// Looks at the first, middle and last frame of a sequence: a small part of the range (D070),
/// colour (D071), sizes that differ (D072; not where D022 says it). Sizes are those of JPEG and PNG
/// headers; values are looked at in PNGs only, for a JPEG's cannot be had without a decoder, and
/// hardly go wrong: 8 bits leave no choice. A frame that cannot be decoded says nothing here.
void check_frame_facts(const SequenceIndex& index, const Sequence& sequence,
                       const SequenceImages& images, FindingCollector& findings);

}  // namespace angiobench
