// SPDX-License-Identifier: MIT
// Masks as a COCO json has them (dataset/masks/run_lengths.h, coco_mask.h): the first two bytes are
// width and height, the third says what the rest is: the text of run lengths, the value of a
// "segmentation", or the points of an outline.
#include <algorithm>
#include <cstdlib>
#include <numeric>
#include <string>
#include <string_view>
#include <vector>

#include "dataset/error.h"
#include "dataset/masks/coco_mask.h"
#include "dataset/masks/run_lengths.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/oracle/coco_oracle.h"

namespace angiobench::test {
namespace {

using Bytes = std::vector<std::uint8_t>;

// What must hold of any lengths that were accepted: they fill the mask, and both ways of turning
// them agree with each other.
void check_lengths(const RunLengths& lengths, int width, int height) {
  const auto num_pixels = static_cast<std::uint64_t>(width) * static_cast<std::uint64_t>(height);
  if (std::accumulate(lengths.begin(), lengths.end(), std::uint64_t{0}) != num_pixels) std::abort();
  ObjectLayers layers;
  layers.begin(width, height);
  layers.add(lengths, 1);
  std::uint64_t num_shared = 0;
  const std::span<const LabelRun> runs = layers.finish(num_shared);
  if (num_shared != 0) std::abort();
  oracle::Columns pixels(num_pixels);
  for (const LabelRun& run : runs) {
    if (run.y < 0 || run.y >= height || run.x_begin < 0 || run.x_end > width ||
        run.x_begin >= run.x_end)
      std::abort();
    for (int x = run.x_begin; x < run.x_end; ++x)
      pixels[static_cast<std::size_t>(x * height + run.y)] = 1;
  }
  // By another way: pixels in the order of the lengths.
  oracle::Columns expected;
  for (std::size_t i = 0; i < lengths.size(); ++i)
    expected.insert(expected.end(), lengths[i], i % 2 == 1 ? 1 : 0);
  if (pixels != expected) std::abort();
  LengthsOfLabel of_label;
  if (format_run_lengths(of_label.of(runs, 1, width, height)) != oracle::text_of_pixels(pixels))
    std::abort();
}

void check_text(std::string_view text, int width, int height) {
  RunLengths lengths;
  const auto num_pixels = static_cast<std::size_t>(width) * static_cast<std::size_t>(height);
  parse_run_lengths(text, num_pixels, lengths);
  check_lengths(lengths, width, height);
  oracle::Columns pixels;
  for (std::size_t i = 0; i < lengths.size(); ++i)
    pixels.insert(pixels.end(), lengths[i], i % 2 == 1 ? 1 : 0);
  if (oracle::pixels_of_text(text, num_pixels) != pixels) std::abort();
  RunLengths again;
  parse_run_lengths(format_run_lengths(lengths), num_pixels, again);
  if (again != lengths) std::abort();
}

void check_value(std::string_view value, int width, int height) {
  CocoMask mask;
  read_coco_mask(value, width, height, mask);
  if (mask.width != width || mask.height != height) std::abort();
  for (std::size_t i = 0; i < mask.num_parts; ++i) check_lengths(mask.parts[i], width, height);
}

// Two bytes a coordinate, a sixteenth of a pixel each.
void check_outline(std::string_view bytes, int width, int height) {
  std::vector<double> points;
  for (std::size_t i = 0; i + 1 < bytes.size() && points.size() < 40; i += 2) {
    const auto low = static_cast<unsigned char>(bytes[i]);
    const auto high = static_cast<signed char>(bytes[i + 1]);
    points.push_back((256 * high + low) / 64.0);
  }
  const RunLengths lengths = polygon_lengths(points, width, height);
  check_lengths(lengths, width, height);
  const auto num_pixels = static_cast<std::size_t>(width) * static_cast<std::size_t>(height);
  if (oracle::pixels_of_text(format_run_lengths(lengths), num_pixels) !=
      oracle::pixels_of_polygon(points, width, height))
    std::abort();
}

Bytes seed(int width, int height, char kind, const std::string& text) {
  Bytes bytes(3 + text.size());
  bytes[0] = static_cast<std::uint8_t>(width - 1);
  bytes[1] = static_cast<std::uint8_t>(height - 1);
  bytes[2] = static_cast<std::uint8_t>(kind);
  std::copy(text.begin(), text.end(), bytes.begin() + 3);
  return bytes;
}

}  // namespace

std::vector<Bytes> fuzz_seeds() {
  return {seed(9, 5, 0, ";?1B10O30O4"),
          seed(25, 25, 0, "R45d00000000b;"),
          seed(3, 4, 1, R"({"size": [4, 3], "counts": [2, 3, 7]})"),
          seed(3, 4, 1, R"({"counts":"237","size":[4,3],"x":{"y":[1,"]"]}})"),
          seed(3, 4, 1, R"(:"2\u0033\\7")"),
          seed(25, 25, 1, R"({"rle":"R45d00000000b;"})"),
          seed(25, 25, 1, "[[10, 10, 20.5, 10, 20, 20, 21, 21, 10, 20], [1e1, 2, 3, -4, 5, 6]]"),
          seed(5, 9, 2, std::string("\xC0\0\0\0\x80\0\x40\0\x80\0\0\1\0\1\0\1", 16)),
          seed(16, 16, 2, std::string("\0\xFF\x40\2\x07\1\x55\xFE\x99\3\x10\0", 12))};
}

}  // namespace angiobench::test

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace angiobench;
  if (size < 3) return 0;
  const int width = data[0] % 64 + 1;
  const int height = data[1] % 64 + 1;
  const std::string rest(reinterpret_cast<const char*>(data) + 3, size - 3);
  try {
    switch (data[2] % 3) {
      case 0:
        test::check_text(rest, width, height);
        break;
      case 1:
        test::check_value(rest, width, height);
        break;
      default:
        test::check_outline(rest, width, height);
        break;
    }
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::bug) std::abort();
  }
  return 0;
}
