// SPDX-License-Identifier: MIT
#include "cli/archive_options.h"

#include <boost/program_options/value_semantic.hpp>
#include <limits>
#include <string>

#include "dataset/error.h"

namespace angiobench::cli {
namespace {

namespace po = boost::program_options;

std::uint64_t positive(const po::variables_map& values, const std::string& name,
                       std::uint64_t most = std::numeric_limits<std::int64_t>::max()) {
  const std::uint64_t value = values[name].as<std::uint64_t>();
  if (value == 0 || value > most) {
    throw Error(ErrorKind::usage, "--" + name, "is " + std::to_string(value),
                "1 to " + std::to_string(most));
  }
  return value;
}

}  // namespace

void add_archive_options(po::options_description& described) {
  const ArchiveLimits usual;
  const auto number = [](std::uint64_t value) {
    return po::value<std::uint64_t>()->default_value(value);
  };
  described.add_options()                                                                         //
      ("max-archive-size", number(usual.max_archive_bytes), "bytes of a zip")                     //
      ("max-total-size", number(usual.max_uncompressed_bytes), "bytes of its members, unpacked")  //
      ("max-entry-size", number(usual.max_entry_bytes),
       "bytes of one member, unpacked; where it is not given a mask may also have at most 4 a "
       "pixel and 64 KiB")  //
      ("max-entries", po::value<std::uint64_t>(),
       "members of a zip; default: twice the frames and 10,000")  //
      ("max-name-length", number(usual.max_name_part_bytes),
       "bytes of each part of a member's path")                           //
      ("max-depth", number(usual.max_depth), "parts of a member's path")  //
      ("max-directory-size", number(usual.max_directory_bytes),
       "bytes of a zip's table of members")  //
      ("max-ratio", number(usual.max_ratio), "unpacked : packed, of members above 1 MiB");
}

ArchiveLimits read_archive_options(const po::variables_map& values) {
  constexpr std::uint64_t kMost32 = std::numeric_limits<std::uint32_t>::max();
  ArchiveLimits limits;
  limits.max_archive_bytes = positive(values, "max-archive-size");
  limits.max_uncompressed_bytes = positive(values, "max-total-size");
  limits.max_entry_bytes = positive(values, "max-entry-size");
  limits.max_entries = values.count("max-entries") != 0 ? positive(values, "max-entries") : 0;
  limits.max_name_part_bytes =
      static_cast<std::uint32_t>(positive(values, "max-name-length", kMost32));
  limits.max_depth = static_cast<std::uint32_t>(positive(values, "max-depth", kMost32));
  limits.max_directory_bytes = positive(values, "max-directory-size");
  limits.max_ratio = static_cast<std::uint32_t>(positive(values, "max-ratio", kMost32));
  return limits;
}

void add_submission_options(po::options_description& described) {
  described.add_options()  //
      ("max-ids", po::value<int>()->default_value(kDefaultMaxIds),
       "object ids that a submission may use in a sequence");
  add_archive_options(described);
}

SubmissionLimits read_submission_options(const po::variables_map& values) {
  SubmissionLimits limits;
  limits.archive = read_archive_options(values);
  // Where the user says how large a member may be, a mask may be as large.
  if (!values["max-entry-size"].defaulted()) limits.max_mask_bytes = limits.archive.max_entry_bytes;
  limits.max_ids = values["max-ids"].as<int>();
  constexpr int kMostIds = 255;
  if (limits.max_ids < 1 || limits.max_ids > kMostIds) {
    throw Error(ErrorKind::usage, "--max-ids", "is " + std::to_string(limits.max_ids),
                "1 to " + std::to_string(kMostIds));
  }
  return limits;
}

}  // namespace angiobench::cli
