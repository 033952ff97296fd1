// SPDX-License-Identifier: MIT
#include "dataset/masks/label_stack.h"

#include <span>

namespace angiobench {

LabelStack read_label_stack(VolumeReader reader, std::uint64_t max_bytes) {
  const VolumeHeader& header = reader.header();
  check_volume_bytes(header, max_bytes, reader.path());
  LabelStack stack{header.width, header.height, header.num_frames, {}};
  const std::size_t area = header.frame_bytes() / header.sample.bytes;
  stack.labels.resize(area * static_cast<std::size_t>(header.num_frames));
  std::vector<std::uint8_t> samples;
  for (std::size_t t = 0; t < static_cast<std::size_t>(header.num_frames); ++t)
    read_label_frame(reader, samples, std::span(stack.labels).subspan(t * area, area));
  reader.finish();
  return stack;
}

}  // namespace angiobench
