// SPDX-License-Identifier: MIT
#include "dataset/masks/submission_limits.h"

#include <algorithm>

#include "dataset/error.h"
#include "dataset/masks/mask_source.h"
#include "dataset/sequence_index.h"

namespace angiobench {
namespace {

std::uint64_t plane_bytes(const PlaneShape& shape) {
  return static_cast<std::uint64_t>(shape.num_planes) * static_cast<std::uint64_t>(shape.height) *
             static_cast<std::uint64_t>(shape.width) +
         kMaxNpyHeader;
}

}  // namespace

void check_mask_bytes(std::uint64_t bytes, std::uint64_t max_mask_bytes, int width, int height,
                      const std::string& path) {
  const std::uint64_t most =
      max_mask_bytes > 0 ? max_mask_bytes : entry_bytes_for_frame({}, width, height);
  if (bytes <= most) return;
  throw Error(ErrorKind::limit, path, "the mask's file has " + std::to_string(bytes) + " bytes",
              "at most " + std::to_string(most) + " for its size (--max-entry-size)");
}

void check_plane_bytes(std::uint64_t bytes, std::uint64_t max_mask_bytes, const PlaneShape& shape,
                       const std::string& path) {
  const std::uint64_t most = max_mask_bytes > 0 ? max_mask_bytes : plane_bytes(shape);
  if (bytes <= most) return;
  throw Error(ErrorKind::limit, path, "the array's file has " + std::to_string(bytes) + " bytes",
              "at most " + std::to_string(most) + " for its shape (--max-entry-size)");
}

ArchiveLimits archive_limits_for(const SequenceIndex& index, const SubmissionLimits& limits) {
  ArchiveLimits held = limits.archive;
  if (held.max_entries == 0) held.max_entries = entries_for_frames(index.num_frames());
  const bool has_arrays = index.benchmark.storage == MaskStorage::planes &&
                          index.benchmark.submission == MaskStorage::planes;
  if (!has_arrays || limits.max_mask_bytes > 0) return held;
  MaskBuffers buffers;
  for (const Sequence& sequence : index.sequences) {
    for (std::size_t i = 0; i < sequence.frames.size(); ++i) {
      try {
        const PlaneShape shape =
            index.masks->open_planes(sequence, sequence.frames[i], {}, buffers)->shape();
        held.max_entry_bytes = std::max(held.max_entry_bytes, plane_bytes(shape));
      } catch (const Error&) {
        continue;  // whoever reads the truth says so
      }
    }
  }
  constexpr std::uint32_t kMostOfDeflate = 1040;  // 1032:1, and what a header costs
  held.max_ratio = std::max(held.max_ratio, kMostOfDeflate);
  return held;
}

void check_num_ids(std::size_t num_ids, int max_ids, IdScope scope, const std::string& path) {
  if (num_ids <= static_cast<std::size_t>(max_ids)) return;
  const bool is_sequence = scope == IdScope::sequence;
  throw Error(
      ErrorKind::limit, path,
      "has " + std::to_string(num_ids) + " object ids" + (is_sequence ? " over its frames" : ""),
      "at most " + std::to_string(max_ids) + (is_sequence ? " a sequence" : "") + " (--max-ids)");
}

}  // namespace angiobench
