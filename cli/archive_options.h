// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>

#include "cli/option_set.h"
#include "dataset/masks/submission_limits.h"

namespace angiobench::cli {

/// The limits for files from strangers, as a user may set them.
struct SubmissionOptions {
  SubmissionLimits usual;
  std::optional<std::uint64_t> max_entry_bytes;  // a mask may be as large, too
  std::optional<std::uint64_t> max_entries;      // none: follows from the frames

  /// max_entries is 0 where it follows from the frames.
  SubmissionLimits limits() const;
};

/// A flag for each of the limits, told by `--help limits`.
void add_submission_options(OptionSet& options, SubmissionOptions& limits);

}  // namespace angiobench::cli
