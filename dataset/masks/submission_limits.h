// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "dataset/files/archive_limits.h"
#include "dataset/masks/npy.h"

namespace angiobench {

struct SequenceIndex;

/// Object ids that a submission may use in one mask and in one sequence (--max-ids).
inline constexpr int kDefaultMaxIds = 64;

/// What a submission from a stranger may take: its archive, each mask's file, its object ids.
struct SubmissionLimits {
  ArchiveLimits archive;             // max_entries 0: entries_for_frames
  std::uint64_t max_mask_bytes = 0;  // as check_mask_bytes
  int max_ids = kDefaultMaxIds;
};

/// Throws Error{limit} where the file of a mask for a frame of this size is larger than
/// `max_mask_bytes` (--max-entry-size where it was given), or, where that is 0, than
/// entry_bytes_for_frame.
void check_mask_bytes(std::uint64_t bytes, std::uint64_t max_mask_bytes, int width, int height,
                      const std::string& path);

/// As check_mask_bytes for an array of planes: where `max_mask_bytes` is 0, a byte a value and
/// 64 KiB for the header.
void check_plane_bytes(std::uint64_t bytes, std::uint64_t max_mask_bytes, const PlaneShape& shape,
                       const std::string& path);

/// What an archive with predictions for this truth may be, where `limits` leaves it to the truth:
/// entries_for_frames, and members as large as its arrays, which deflate may pack as well as it can
/// (their exact size is checked when they are read).
ArchiveLimits archive_limits_for(const SequenceIndex& index, const SubmissionLimits& limits);

/// Where object ids were counted.
enum class IdScope { mask, sequence };

/// Throws Error{limit} where there are more than `max_ids`.
void check_num_ids(std::size_t num_ids, int max_ids, IdScope scope, const std::string& path);

}  // namespace angiobench
