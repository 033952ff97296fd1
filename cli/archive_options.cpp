// SPDX-License-Identifier: MIT
#include "cli/archive_options.h"

#include <limits>
#include <string>

#include "cli/help_page.h"

namespace angiobench::cli {

SubmissionLimits SubmissionOptions::limits() const {
  SubmissionLimits limits = usual;
  limits.archive.max_entries = max_entries.value_or(0);
  if (max_entry_bytes) {
    limits.archive.max_entry_bytes = *max_entry_bytes;
    limits.max_mask_bytes = *max_entry_bytes;
  }
  return limits;
}

void add_submission_options(OptionSet& options, SubmissionOptions& limits) {
  constexpr int kMostIds = 255;
  const Range<std::uint64_t> kSize{1, std::numeric_limits<std::int64_t>::max()};
  const Range<std::uint32_t> kSmall{1, std::numeric_limits<std::uint32_t>::max()};
  ArchiveLimits& archive = limits.usual.archive;
  options.begin_topic(kLimitsTopic);
  options.add("max-ids", number(limits.usual.max_ids, {1, kMostIds}),
              "object ids that a submission may use in a sequence");
  options.add("max-archive-size", number(archive.max_archive_bytes, kSize), "bytes of a zip")
      .field("max_archive_bytes");
  options
      .add("max-total-size", number(archive.max_uncompressed_bytes, kSize),
           "bytes of its members, unpacked")
      .field("max_uncompressed_bytes");
  options
      .add("max-entry-size", number(limits.max_entry_bytes, kSize),
           "bytes of one member, unpacked [" + number_text(archive.max_entry_bytes) +
               "; where it is not given a mask may also have at most 4 a pixel and 64 KiB, an "
               "array of planes 1 a value and 64 KiB]")
      .field("max_entry_bytes");
  options.add("max-entries", number(limits.max_entries, kSize),
              "members of a zip; default: twice the frames and 10,000");
  options
      .add("max-name-length", number(archive.max_name_part_bytes, kSmall),
           "bytes of each part of a member's path")
      .field("max_name_part_bytes");
  options.add("max-depth", number(archive.max_depth, kSmall), "parts of a member's path");
  options
      .add("max-directory-size", number(archive.max_directory_bytes, kSize),
           "bytes of a zip's table of members")
      .field("max_directory_bytes");
  options.add("max-ratio", number(archive.max_ratio, kSmall),
              "unpacked : packed, of members above 1 MiB");
  options.begin_topic("");
}

}  // namespace angiobench::cli
