// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "dataset/benchmark.h"
#include "dataset/frame_values.h"
#include "dataset/progress.h"
#include "dataset/sequence_index.h"
#include "dataset/validator/validation.h"

namespace angiobench {

/// How a data set or a submission is validated.
struct ValidationOptions {
  int jobs = 0;           // threads, 0: all cores; the outcome is the same for any number
  std::string meta_file;  // --meta
  std::vector<std::string> sequences;  // --sequences; empty: all
  std::size_t max_per_code = 3;        // findings of one code that a sequence lists, 0: all
  std::size_t max_thumbnails = 0;      // sequences that get thumbnails, spread evenly; 0: none
  int thumbnail_side = 144;            // longer side of a thumbnail
  ProgressCallback progress;           // in masks
  FrameValueReader frame_values;       // of frames that are no PNG (D070, D071); empty: unseen
  /// Of a submission: whether a protocol reads the prediction of this frame; empty: every frame is
  /// read. A mask that nobody reads need not be there.
  std::function<bool(const Sequence& sequence, std::size_t position)> is_read;
  std::string shown_as;  // what every message calls a submission; empty: its path
};

/// Reads every mask of a benchmark's split below `root` and says what is wrong with the data set,
/// and its statistics. Memory is bounded by the sequences in flight. Throws Error{input} where
/// nothing of the layout is there.
Validation validate_dataset(const std::string& root, const BenchmarkDefinition& benchmark,
                            const ValidationOptions& options = {});

}  // namespace angiobench
