// SPDX-License-Identifier: MIT
#include "dataset/files/archive_limits.h"

#include <algorithm>

namespace angiobench {

std::uint64_t entries_for_frames(std::uint64_t expected_frames) {
  return 2 * expected_frames + 10'000;
}

std::uint64_t entry_bytes_for_frame(const ArchiveLimits& limits, int width, int height) {
  const std::uint64_t pixels =
      static_cast<std::uint64_t>(width) * static_cast<std::uint64_t>(height);
  return std::min<std::uint64_t>(limits.max_entry_bytes, 4 * pixels + (64ULL << 10));
}

}  // namespace angiobench
