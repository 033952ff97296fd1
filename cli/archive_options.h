// SPDX-License-Identifier: MIT
#pragma once

#include <boost/program_options/options_description.hpp>
#include <boost/program_options/variables_map.hpp>

#include "dataset/archive_limits.h"

namespace angiobench::cli {

/// Adds a flag for each limit of ArchiveLimits.
void add_archive_options(boost::program_options::options_description& described);

/// The limits that the user gave; max_entries is 0 where it is to follow from the number of frames.
ArchiveLimits read_archive_options(const boost::program_options::variables_map& values);

}  // namespace angiobench::cli
