// SPDX-License-Identifier: MIT
#include "dataset/masks/label_digest.h"

#include <cstdint>
#include <string>
#include <vector>

namespace angiobench {
namespace {

// Four bytes, the lowest first.
void append(std::vector<std::uint8_t>& bytes, std::uint32_t value) {
  for (int shift = 0; shift < 32; shift += 8)
    bytes.push_back(static_cast<std::uint8_t>(value >> shift));
}

}  // namespace

Sha256 label_digest(const MaskLabels& labels) {
  std::vector<LabelRun> storage;
  const MaskLabels runs = runs_of(labels, storage);
  // Each run as the background before it, then its length and label.
  std::vector<std::uint8_t> bytes;
  bytes.reserve(8 * runs.runs.size());
  std::uint64_t end = 0;  // of the last run, in pixels from the first row on
  for (const LabelRun& run : runs.runs) {
    const auto row = static_cast<std::uint64_t>(run.y) * static_cast<std::uint64_t>(runs.width);
    const std::uint64_t begin = row + static_cast<std::uint64_t>(run.x_begin);
    append(bytes, static_cast<std::uint32_t>(begin - end));
    append(bytes, static_cast<std::uint32_t>(run.x_end - run.x_begin) << 8 |
                      static_cast<std::uint32_t>(run.label));
    end = row + static_cast<std::uint64_t>(run.x_end);
  }
  Sha256Stream stream;
  stream.update("label runs " + std::to_string(runs.width) + " " + std::to_string(runs.height) +
                "\n");
  stream.update(bytes);
  return stream.finish();
}

}  // namespace angiobench
