// SPDX-License-Identifier: MIT
#include "dataset/masks/submission_limits.h"

#include "dataset/error.h"

namespace angiobench {

void check_mask_bytes(std::uint64_t bytes, std::uint64_t max_mask_bytes, int width, int height,
                      const std::string& path) {
  const std::uint64_t most =
      max_mask_bytes > 0 ? max_mask_bytes : entry_bytes_for_frame({}, width, height);
  if (bytes <= most) return;
  throw Error(ErrorKind::limit, path, "the mask's file has " + std::to_string(bytes) + " bytes",
              "at most " + std::to_string(most) + " for its size (--max-entry-size)");
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
