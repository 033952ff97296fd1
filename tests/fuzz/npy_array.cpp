// SPDX-License-Identifier: MIT
// An array of planes that a stranger sent (dataset/masks/npy.h): its header, the whole of it, and
// read plane by plane as a submission's, held against a truth of the shape [2, 2, 3].
#include <algorithm>
#include <cstdlib>
#include <memory>
#include <numeric>
#include <span>
#include <string>
#include <string_view>

#include "dataset/benchmark.h"
#include "dataset/error.h"
#include "dataset/files/digest.h"
#include "dataset/files/file_tree.h"
#include "dataset/masks/mask_source.h"
#include "dataset/masks/npy.h"
#include "tests/fuzz/fuzz_target.h"

namespace angiobench::test {
namespace {

using Bytes = std::vector<std::uint8_t>;

constexpr PlaneShape kTruth = {2, 2, 3};

// A submission of one array.
class OneFile : public FileTree {
 public:
  explicit OneFile(const Bytes& file) : file_(file) {}

  std::string display_path(std::string_view relative) const override {
    return "fuzz/" + std::string(relative);
  }
  std::vector<std::string> folders(std::string_view) const override { return {}; }
  std::vector<std::string> files(std::string_view relative) const override {
    return relative.empty() ? std::vector<std::string>{"a.npy"} : std::vector<std::string>{};
  }
  bool has_file(std::string_view relative) const override { return relative == "a.npy"; }
  bool read(std::string_view relative, Bytes& bytes) const override {
    if (!has_file(relative)) return false;
    bytes = file_;
    return true;
  }

 private:
  const Bytes& file_;
};

void check_array(const Bytes& file) {
  const NpyArray array = parse_npy(file, "fuzz.npy");
  std::uint64_t count = 1;
  for (const std::uint64_t size : array.shape) count *= size;
  if (count != array.values.size()) std::abort();
  // Every value is inside the file.
  if (std::accumulate(array.values.begin(), array.values.end(), std::uint64_t{0}) >
      255 * static_cast<std::uint64_t>(file.size())) {
    std::abort();
  }
  const Bytes again = encode_npy(array.shape, array.values);
  const NpyArray second = parse_npy(again, "again.npy");
  if (second.shape != array.shape || !std::ranges::equal(second.values, array.values)) std::abort();
  // Four dimensions, or any number but three, are no planes.
  if (array.shape.size() == 3) return;
  try {
    plane_shape(parse_npy_header(file, file.size(), "fuzz.npy"), "fuzz.npy");
  } catch (const Error&) {
    return;
  }
  std::abort();
}

// Of an array of the truth's shape: "planes C W H" and a line end, then the bits of each plane, the
// first pixel lowest.
Sha256 digest_of_bits(std::span<const std::uint8_t> values) {
  std::string text = "planes " + std::to_string(kTruth.num_planes) + " " +
                     std::to_string(kTruth.width) + " " + std::to_string(kTruth.height) + "\n";
  const auto plane = static_cast<std::size_t>(kTruth.width * kTruth.height);
  for (std::size_t begin = 0; begin < values.size(); begin += plane) {
    for (std::size_t at = 0; at < plane; ++at) {
      if (at % 8 == 0) text += '\0';
      text.back() = static_cast<char>(text.back() | values[begin + at] << (at % 8));
    }
  }
  return sha256(std::string_view(text));
}

// What the stream gives is what stands in the file, and of the truth's shape.
void check_planes(const Bytes& file) {
  static const BenchmarkDefinition benchmark = load_benchmark("paxray-test");
  const OneFile tree(file);
  const FileMaskSource source = submission_masks(benchmark, tree);
  Sequence sequence;
  sequence.name = "a";
  sequence.frames.append("a");
  MaskBuffers buffers;
  const ExpectedMask expected = {kTruth.width, kTruth.height, 0, true, kTruth.num_planes};
  const std::unique_ptr<PlaneReader> planes = source.open_planes(sequence, "a", expected, buffers);
  if (planes->shape() != kTruth) std::abort();
  const std::span<const std::uint8_t> values = parse_npy(file, "fuzz.npy").values;
  std::size_t at = 0;
  for (std::size_t plane = 0; plane < planes->ids().size(); ++plane) {
    const MaskView view = planes->next(expected);
    for (int y = 0; y < view.height; ++y) {
      for (int x = 0; x < view.width; ++x) {
        if (view.at(x, y) != values[at++]) std::abort();
      }
    }
  }
  if (at != values.size()) std::abort();
  const bool is_binary = std::ranges::all_of(values, [](std::uint8_t value) { return value <= 1; });
  if (is_binary && planes->digest() != digest_of_bits(values)) std::abort();
}

Bytes with_header(std::string header, std::size_t num_bytes, char version = 1) {
  std::string text("\x93NUMPY", 6);
  text += version;
  text += '\0';
  const std::size_t length = header.size();
  for (int i = 0; i < (version == 1 ? 2 : 4); ++i)
    text += static_cast<char>(length >> (8 * i) & 0xFF);
  text += header;
  text.append(num_bytes, '\x01');
  return {text.begin(), text.end()};
}

std::string dictionary(const std::string& type, const std::string& shape,
                       const std::string& order = "False") {
  return "{'descr': '" + type + "', 'fortran_order': " + order + ", 'shape': " + shape + ", }\n";
}

}  // namespace

std::vector<Bytes> fuzz_seeds() {
  const std::vector<std::uint64_t> shape = {2, 2, 3};
  const Bytes values = {0, 1, 0, 1, 1, 1, 0, 0, 0, 1, 0, 1};
  return {encode_npy(shape, values),
          with_header(dictionary("|b1", "(1, 2, 2, 3)"), 12),
          with_header(dictionary("<f2", "(1, 2, 2, 3)"), 24),
          with_header(dictionary("|u1", "(2, 2, 3)", "True"), 12),
          with_header(dictionary("|i1", "(2, 2, 3)"), 12, 2),
          with_header(dictionary("|u1", "(2, 4, 6)"), 48, 3),
          with_header(dictionary("|b1", "(4294967296, 4294967296, 1, 1)"), 12),
          with_header(dictionary("|b1", "(0, 2, 2, 3)"), 0),
          with_header(dictionary("|b1", "()"), 1),
          with_header("{\"shape\": (2, 2, 3), \"descr\": \"|b1\", \"fortran_order\": False}", 12)};
}

}  // namespace angiobench::test

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace angiobench;
  // A copy of the exact size: AddressSanitizer sees a read past the end.
  const std::vector<std::uint8_t> file(data, data + size);
  for (const auto check : {test::check_array, test::check_planes}) {
    try {
      check(file);
    } catch (const Error& error) {
      if (error.kind() == ErrorKind::bug) std::abort();
    }
  }
  try {
    const NpyHeader header = describe_npy(file, "fuzz.npy");
    if (header.start > size || header.shape.size() > 8) std::abort();
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::bug) std::abort();
  }
  return 0;
}
