// SPDX-License-Identifier: MIT
#include "cli/archive_options.h"

#include <cstdint>

namespace angiobench::cli {

namespace po = boost::program_options;

void add_archive_options(po::options_description& described) {
  const ArchiveLimits defaults;
  described.add_options()  //
      ("max-archive-size", po::value<std::uint64_t>()->default_value(defaults.max_archive_bytes), "bytes of a zip")  //
      ("max-total-size", po::value<std::uint64_t>()->default_value(defaults.max_uncompressed_bytes), "bytes of its members, unpacked")  //
      ("max-entry-size", po::value<std::uint64_t>()->default_value(defaults.max_entry_bytes), "bytes of one member, unpacked")  //
      ("max-entries", po::value<std::uint64_t>(), "members of a zip; default: twice the frames and 10,000")
      ("max-name-length", po::value<std::uint32_t>()->default_value(defaults.max_name_part_bytes), "bytes of each part of a member's path")
      ("max-depth", po::value<std::uint32_t>()->default_value(defaults.max_depth), "parts of a member's path")
      ("max-directory-size", po::value<std::uint64_t>()->default_value(defaults.max_directory_bytes), "bytes of a zip's table of members")
      ("max-ratio", po::value<std::uint32_t>()->default_value(defaults.max_ratio), "unpacked : packed, of members above 1 MiB");
}

ArchiveLimits read_archive_options(const po::variables_map& values) {
  ArchiveLimits limits;
  limits.max_archive_bytes = values["max-archive-size"].as<std::uint64_t>();
  limits.max_uncompressed_bytes = values["max-total-size"].as<std::uint64_t>();
  limits.max_entry_bytes = values["max-entry-size"].as<std::uint64_t>();
  limits.max_entries = values.count("max-entries") != 0 ? values["max-entries"].as<std::uint64_t>() : 0;
  limits.max_name_part_bytes = values["max-name-length"].as<std::uint32_t>();
  limits.max_depth = values["max-depth"].as<std::uint32_t>();
  limits.max_directory_bytes = values["max-directory-size"].as<std::uint64_t>();
  limits.max_ratio = values["max-ratio"].as<std::uint32_t>();
  return limits;
}

}  // namespace angiobench::cli
