// SPDX-License-Identifier: MIT
// The two inflates of mask data on streams that a stranger sent: whatever one of them accepts,
// libdeflate inflates to the same bytes.
//
// Bytes 0 and 1 say how much data there must be; bit 0 of byte 2 chooses whether the rest is the
// data (which are compressed, at level 1 to 12 by the upper half of byte 2) or the stream, whose
// check sum bit 1 puts right first where libdeflate makes something of it.
#include <libdeflate.h>

#include <algorithm>
#include <cstdlib>
#include <vector>

#include "dataset/masks/inflate.h"
#include "tests/fuzz/fuzz_target.h"

namespace angiobench::test {
namespace {

using Bytes = std::vector<std::uint8_t>;

Bytes compress(std::span<const std::uint8_t> data, int level) {
  libdeflate_compressor* const compressor = libdeflate_alloc_compressor(level);
  Bytes stream(libdeflate_zlib_compress_bound(compressor, data.size()));
  stream.resize(
      libdeflate_zlib_compress(compressor, data.data(), data.size(), stream.data(), stream.size()));
  libdeflate_free_compressor(compressor);
  return stream;
}

// Random changes of a stream nearly always break its check sum: where the rest is sound it is made
// anew, so that what was changed is looked at.
void repair_checksum(Bytes& stream, std::size_t size) {
  if (stream.size() < 6) return;
  static libdeflate_decompressor* const decompressor = libdeflate_alloc_decompressor();
  Bytes data(size);
  const libdeflate_result result = libdeflate_deflate_decompress(
      decompressor, stream.data() + 2, stream.size() - 6, data.data(), data.size(), nullptr);
  if (result != LIBDEFLATE_SUCCESS) return;
  const std::uint32_t sum = libdeflate_adler32(1, data.data(), data.size());
  for (std::size_t i = 0; i < 4; ++i)
    stream[stream.size() - 4 + i] = static_cast<std::uint8_t>(sum >> (24 - 8 * i));
}

// What libdeflate makes of a stream that must have `size` bytes and nothing behind; empty where it
// refuses it.
Bytes expected_of(const Bytes& stream, std::size_t size) {
  static libdeflate_decompressor* const decompressor = libdeflate_alloc_decompressor();
  Bytes data(size);
  std::size_t used = 0;
  std::size_t made = 0;
  const libdeflate_result result = libdeflate_zlib_decompress_ex(
      decompressor, stream.data(), stream.size(), data.data(), data.size(), &used, &made);
  const bool is_whole =
      result == LIBDEFLATE_SUCCESS && used == stream.size() && made == data.size();
  return is_whole ? data : Bytes();
}

void check(const Bytes& stream, std::size_t size) {
  const Bytes expected = expected_of(stream, size);
  Bytes bytes(size + kInflateSlack);
  bytes.shrink_to_fit();
  const bool has_bytes = inflate_mask(stream, bytes.data(), size);
  if (has_bytes && !std::equal(expected.begin(), expected.end(), bytes.begin(),
                               bytes.begin() + static_cast<std::ptrdiff_t>(size)))
    std::abort();
  static std::vector<ByteRun> buffer;
  const std::span<const ByteRun> runs = inflate_runs(stream, size, buffer);
  if (runs.empty()) return;
  if (!has_bytes || runs.front().begin != 0 || runs.back().begin >= size) std::abort();
  Bytes spread;
  for (const ByteRun& run : runs) {
    if (run.begin != spread.size() || (!spread.empty() && spread.back() == run.byte)) std::abort();
    spread.resize((&run + 1)->begin, static_cast<std::uint8_t>(run.byte));
  }
  if (spread != expected) std::abort();
}

Bytes rows_of_a_mask(std::size_t width, std::size_t height) {
  Bytes data;
  for (std::size_t y = 0; y < height; ++y) {
    Bytes row(width + 1);
    for (std::size_t x = width / 4 + y / 2; x < width / 2 + y && x < width; ++x)
      row[1 + x] = static_cast<std::uint8_t>(1 + y / 9);
    data.insert(data.end(), row.begin(), row.end());
  }
  return data;
}

}  // namespace

std::vector<Bytes> fuzz_seeds() {
  std::vector<Bytes> seeds;
  const auto add = [&](std::uint8_t choice, std::size_t size, const Bytes& rest) {
    seeds.push_back(
        {static_cast<std::uint8_t>(size), static_cast<std::uint8_t>(size >> 8), choice});
    seeds.back().insert(seeds.back().end(), rest.begin(), rest.end());
  };
  const Bytes masks[] = {rows_of_a_mask(40, 30), rows_of_a_mask(300, 40), Bytes(5000, 7)};
  for (const Bytes& data : masks) {
    for (const int level : {1, 6, 9, 12}) {
      add(static_cast<std::uint8_t>(level << 4 | 1), data.size(), data);
      add(2, data.size(), compress(data, level));
    }
  }
  add(0, 0, compress({}, 6));
  return seeds;
}

}  // namespace angiobench::test

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace angiobench::test;
  if (size < 3) return 0;
  std::size_t wanted = data[0] | static_cast<std::size_t>(data[1]) << 8;
  const std::span<const std::uint8_t> rest(data + 3, size - 3);
  std::vector<std::uint8_t> stream(rest.begin(), rest.end());
  if ((data[2] & 1) != 0) {
    wanted = rest.size();
    stream = compress(rest, std::clamp(data[2] >> 4, 1, 12));
  } else if ((data[2] & 2) != 0) {
    repair_checksum(stream, wanted);
  }
  stream.shrink_to_fit();
  check(stream, wanted);
  return 0;
}
