// SPDX-License-Identifier: MIT
#pragma once

#include <boost/program_options/options_description.hpp>
#include <boost/program_options/variables_map.hpp>
#include <cstdint>

#include "dataset/archive_limits.h"

namespace angiobench::cli {

/// What a user says about archives from strangers.
struct ArchiveChoice {
  ArchiveLimits limits;  // max_entries is 0 where it follows from the frames (entries_for_frames)
  std::uint64_t max_mask_bytes =
      0;  // --max-entry-size where it was given, else 0: each mask's own limit
};

/// Adds a flag for each of ArchiveLimits.
void add_archive_options(boost::program_options::options_description& described);
/// Throws Error{usage} for a limit of 0.
ArchiveChoice read_archive_options(const boost::program_options::variables_map& values);

}  // namespace angiobench::cli
