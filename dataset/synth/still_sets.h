// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "dataset/progress.h"
#include "dataset/synth/synthesize.h"

namespace angiobench::synth {

/// A data set in DIAS's layout: runs of digital subtraction angiography, one mask each. Beside
/// DIAS's files it has `<split>/views/view_s<id>.png`, the least value of each pixel over the run,
/// on which the whole tree is seen. Ids run on over training, validation and test. As synthesize.
SynthSummary synthesize_dsa(const std::string& folder, const SynthOptions& options,
                            const ProgressCallback& progress);

/// A small data set in PAXRay's layout: chest radiographs made by projection, with an array of
/// planes each for parts that overlap. As synthesize.
SynthSummary synthesize_chest(const std::string& folder, const SynthOptions& options,
                              const ProgressCallback& progress);

}  // namespace angiobench::synth
