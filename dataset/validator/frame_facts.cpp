// SPDX-License-Identifier: MIT
#include "dataset/validator/frame_facts.h"

#include <algorithm>
#include <cstdio>
#include <limits>
#include <optional>
#include <set>
#include <span>
#include <string>

#include "dataset/error.h"
#include "dataset/files/image_size.h"
#include "dataset/masks/png.h"

namespace angiobench {
namespace {

// What the values of one or several frames are.
struct Values {
  int least = std::numeric_limits<int>::max();
  int most = -1;
  int num_values = 0;  // that their samples could have
  bool has_colour = false;

  void add(const FrameValues& frame) {
    least = std::min(least, frame.least);
    most = std::max(most, frame.most);
    num_values = std::max(num_values, frame.num_values);
    has_colour = has_colour || frame.has_colour;
  }
};

FrameValues values_of(const PngSamples& samples) {
  const int plain = kPlainColour * (samples.max_value / 255);
  const std::size_t step = static_cast<std::size_t>(samples.channels);
  const bool is_colour = samples.channels >= 3;
  std::size_t coloured = 0;
  FrameValues values{std::numeric_limits<int>::max(), 0, samples.max_value + 1, false};
  for (std::size_t i = 0; i < samples.values.size(); i += step) {
    const auto [low, high] = std::minmax_element(
        samples.values.begin() + static_cast<std::ptrdiff_t>(i),
        samples.values.begin() + static_cast<std::ptrdiff_t>(i + (is_colour ? 3 : 1)));
    values.least = std::min<int>(values.least, *low);
    values.most = std::max<int>(values.most, *high);
    if (*high - *low > plain) ++coloured;
  }
  values.has_colour = 100 * coloured * step > samples.values.size();
  return values;
}

bool is_png(std::span<const std::uint8_t> file) {
  return file.size() > 3 && file[1] == 'P' && file[2] == 'N' && file[3] == 'G';
}

// The values of a frame's file: of a PNG with samples, else as the reader has it.
std::optional<FrameValues> values_in(std::span<const std::uint8_t> file, const std::string& path,
                                     MaskDecoder& decoder, const FrameValueReader& reader) {
  if (!is_png(file)) return reader ? reader(file, path) : std::nullopt;
  try {
    const PngHeader header = read_png_header(file, path);
    if (header.color_type == 3 || header.bit_depth < 8) return std::nullopt;
    return values_of(decoder.decode_samples(file, {}, path));
  } catch (const Error&) {  // damaged: nothing to be said of its values
    return std::nullopt;
  }
}

}  // namespace

void check_frame_facts(const SequenceIndex& index, const Sequence& sequence,
                       const SequenceImages& images, const FrameValueReader& reader,
                       FindingCollector& findings) {
  if (images.names.empty()) return;
  const FileTree& tree = *index.truth;
  const std::size_t last = images.names.size() - 1;
  MaskDecoder decoder;
  std::vector<std::uint8_t> bytes;
  Values values;
  std::optional<ImageSize> first_size;
  for (const std::size_t at : std::set<std::size_t>{0, last / 2, last}) {
    const std::string relative = join_path(sequence.images, images.files[at]);
    const std::string path = tree.display_path(relative);
    if (!tree.read(relative, bytes)) continue;
    const std::optional<ImageSize> size = image_size(bytes);
    if (!size) continue;
    if (!first_size) first_size = size;
    if (*size != *first_size && !findings.has("D022") && !findings.has("D072")) {
      findings.add("D072",
                   size_text(*size) + ", the frame " + std::string(images.names[0]) + " has " +
                       size_text(*first_size),
                   path, images.names[at]);
    }
    if (const auto own = values_in(bytes, path, decoder, reader)) values.add(*own);
  }
  if (values.most < 0) return;

  const std::string folder = tree.display_path(sequence.images);
  if (uses_small_part(values.least, values.most, values.num_values)) {
    char share[32];
    std::snprintf(share, sizeof share, "%.2g",
                  100.0 * (values.most - values.least + 1) / values.num_values);
    findings.add("D070",
                 "values from " + std::to_string(values.least) + " to " +
                     std::to_string(values.most) + " of 0 to " +
                     std::to_string(values.num_values - 1) + ": " + share + " %",
                 folder);
  }
  if (values.has_colour) findings.add("D071", "red, green and blue differ", folder);
}

}  // namespace angiobench
