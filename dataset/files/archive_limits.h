// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

namespace angiobench {

/// Limits for archives that strangers send (each is a flag; a hit is Error{limit} and names the
/// flag). They hold for zip archives; a folder is the user's own.
struct ArchiveLimits {
  std::uint64_t max_archive_bytes = 4ULL << 30;       // --max-archive-size
  std::uint64_t max_uncompressed_bytes = 8ULL << 30;  // --max-total-size, over all members
  std::uint64_t max_entry_bytes = 16ULL << 20;        // --max-entry-size
  std::uint64_t max_entries = 2'000'000;              // --max-entries
  std::uint32_t max_name_part_bytes = 255;            // --max-name-length, each part of a path
  std::uint32_t max_depth = 8;                        // --max-depth, parts of a path
  /// --max-directory-size, the zip's own table of its members
  std::uint64_t max_directory_bytes = 128ULL << 20;
  std::uint32_t max_ratio = 200;  // --max-ratio, unpacked : packed, of members above 1 MiB
};

/// Members up to this size may have any ratio: an uncompressed mask of 1024x1024 background packs
/// 1000:1.
inline constexpr std::uint64_t kFreeRatioBytes = 1ULL << 20;

/// How many entries a submission of `expected_frames` frames may have: twice the frames and 10,000.
std::uint64_t entries_for_frames(std::uint64_t expected_frames);

/// How large the file of a mask of this size may be: 4 * width * height + 64 KiB, at most
/// `limits.max_entry_bytes`.
std::uint64_t entry_bytes_for_frame(const ArchiveLimits& limits, int width, int height);

}  // namespace angiobench
