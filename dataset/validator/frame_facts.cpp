// SPDX-License-Identifier: MIT
#include "dataset/validator/frame_facts.h"

#include <algorithm>
#include <cstdio>
#include <limits>
#include <optional>
#include <set>
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
  int max_value = 0;  // that their files could have
  bool has_colour = false;

  void add(const PngSamples& samples) {
    // Channels this far apart, in shares of the range, are no grey: as dataset/media has it.
    const int plain = 24 * (samples.max_value / 255);
    const std::size_t step = static_cast<std::size_t>(samples.channels);
    const bool is_colour = samples.channels >= 3;
    std::size_t coloured = 0;
    for (std::size_t i = 0; i < samples.values.size(); i += step) {
      const auto [low, high] = std::minmax_element(
          samples.values.begin() + static_cast<std::ptrdiff_t>(i),
          samples.values.begin() + static_cast<std::ptrdiff_t>(i + (is_colour ? 3 : 1)));
      least = std::min<int>(least, *low);
      most = std::max<int>(most, *high);
      if (*high - *low > plain) ++coloured;
    }
    max_value = std::max(max_value, samples.max_value);
    has_colour = has_colour || 100 * coloured * step > samples.values.size();
  }
};

std::string size_text(const ImageSize& size) {
  return std::to_string(size.width) + "x" + std::to_string(size.height);
}

}  // namespace

void check_frame_facts(const SequenceIndex& index, const Sequence& sequence,
                       const SequenceImages& images, FindingCollector& findings) {
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
    try {
      const PngHeader header = read_png_header(bytes, path);
      if (header.color_type != 3 && header.bit_depth >= 8)
        values.add(decoder.decode_samples(bytes, {}, path));
    } catch (const Error&) {  // a JPEG, or damaged: nothing to be said of its values
    }
  }
  if (values.most < 0) return;

  // 12 bits in files of 16 use a sixteenth; what is darker than that is one, too.
  constexpr int kSmallPart = 12;
  const std::string folder = tree.display_path(sequence.images);
  if (kSmallPart * (values.most - values.least + 1) < values.max_value + 1) {
    char share[32];
    std::snprintf(share, sizeof share, "%.2g",
                  100.0 * (values.most - values.least + 1) / (values.max_value + 1));
    findings.add("D070",
                 "values from " + std::to_string(values.least) + " to " +
                     std::to_string(values.most) + " of 0 to " + std::to_string(values.max_value) +
                     ": " + share + " %",
                 folder);
  }
  if (values.has_colour) findings.add("D071", "red, green and blue differ", folder);
}

}  // namespace angiobench
