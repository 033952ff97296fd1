// SPDX-License-Identifier: MIT
#pragma once

#include <boost/program_options/options_description.hpp>
#include <boost/program_options/variables_map.hpp>

#include "dataset/masks/submission_limits.h"

namespace angiobench::cli {

/// Adds a flag for each of ArchiveLimits.
void add_archive_options(boost::program_options::options_description& described);
/// Throws Error{usage} for a limit of 0. max_entries is 0 where it follows from the frames.
ArchiveLimits read_archive_options(const boost::program_options::variables_map& values);

/// Adds a flag for each of SubmissionLimits.
void add_submission_options(boost::program_options::options_description& described);
/// Throws Error{usage} for a limit of 0, or of more ids than there are.
SubmissionLimits read_submission_options(const boost::program_options::variables_map& values);

}  // namespace angiobench::cli
