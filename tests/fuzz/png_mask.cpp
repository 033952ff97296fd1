// SPDX-License-Identifier: MIT
// MaskDecoder on bytes that a stranger sent; what it accepts of the plain kinds must be what libpng
// reads.
//
// Byte 0 chooses: bit 0 the role, bit 1 an expected size of 6x4, bit 2 a palette for colour masks,
// bit 3 whether the checksums of the chunks are put right first (random changes would stop there),
// bit 4 whether the rest is no file but header fields and raw rows, from which a well-formed file
// is made.
#include <libdeflate.h>

#include <algorithm>
#include <cstdlib>
#include <string>

#include "dataset/error.h"
#include "dataset/masks/png.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/support/masks.h"
#include "tests/support/png_oracle.h"
#include "tests/support/png_writer.h"

namespace angiobench::test {
namespace {

using Bytes = std::vector<std::uint8_t>;

constexpr std::uint64_t kMaxPixels = 1 << 16;

std::uint32_t read_u32(const std::uint8_t* bytes) {
  return static_cast<std::uint32_t>(bytes[0]) << 24 | static_cast<std::uint32_t>(bytes[1]) << 16 |
         static_cast<std::uint32_t>(bytes[2]) << 8 | static_cast<std::uint32_t>(bytes[3]);
}

void write_u32(std::uint32_t value, std::uint8_t* bytes) {
  for (int i = 0; i < 4; ++i) bytes[i] = static_cast<std::uint8_t>(value >> (24 - 8 * i));
}

void repair_checksums(Bytes& file) {
  for (std::size_t at = 8; at + 12 <= file.size();) {
    const std::size_t length = read_u32(file.data() + at);
    if (length > file.size() - at - 12) return;
    write_u32(libdeflate_crc32(0, file.data() + at + 4, length + 4), file.data() + at + 8 + length);
    at += 12 + length;
  }
}

void append_chunk(Bytes& file, const char* type, const Bytes& data) {
  file.resize(file.size() + 4);
  write_u32(static_cast<std::uint32_t>(data.size()), file.data() + file.size() - 4);
  const std::size_t start = file.size();
  file.insert(file.end(), type, type + 4);
  file.insert(file.end(), data.begin(), data.end());
  file.resize(file.size() + 4);
  write_u32(libdeflate_crc32(0, file.data() + start, file.size() - start - 4),
            file.data() + file.size() - 4);
}

// Width and height 1..64 from two bytes, then depth, colour type and interlacing from one, then
// palette size, then rows.
Bytes file_from_fields(std::span<const std::uint8_t> fields) {
  if (fields.size() < 4) return {};
  Bytes header(13);
  header[3] = static_cast<std::uint8_t>(1 + fields[0] % 64);
  header[7] = static_cast<std::uint8_t>(1 + fields[1] % 64);
  header[8] = static_cast<std::uint8_t>(1 << (fields[2] % 5));
  constexpr std::uint8_t kTypes[] = {0, 3, 3, 2, 4, 6, 0, 3};
  header[9] = kTypes[fields[2] / 8 % 8];
  header[12] = fields[2] / 64 % 4 == 3 ? 1 : 0;
  Bytes file = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};
  append_chunk(file, "IHDR", header);
  if (header[9] == 3) append_chunk(file, "PLTE", Bytes((1 + fields[3] % 16) * std::size_t{3}, 77));
  const std::span<const std::uint8_t> rows = fields.subspan(4);
  // One compressor for all inputs: making it costs more than using it.
  static libdeflate_compressor* const compressor = libdeflate_alloc_compressor(1);
  Bytes packed(libdeflate_zlib_compress_bound(compressor, rows.size()));
  packed.resize(
      libdeflate_zlib_compress(compressor, rows.data(), rows.size(), packed.data(), packed.size()));
  const auto half =
      static_cast<std::ptrdiff_t>(fields[3] / 16 == 1 ? packed.size() / 2 : packed.size());
  append_chunk(file, "IDAT", Bytes(packed.begin(), packed.begin() + half));
  if (half != static_cast<std::ptrdiff_t>(packed.size()))
    append_chunk(file, "IDAT", Bytes(packed.begin() + half, packed.end()));
  append_chunk(file, "IEND", {});
  return file;
}

}  // namespace

std::vector<Bytes> fuzz_seeds() {
  std::vector<Bytes> seeds;
  const auto add = [&](std::uint8_t choice, const Bytes& rest) {
    seeds.push_back({choice});
    seeds.back().insert(seeds.back().end(), rest.begin(), rest.end());
  };
  const Mask small = mask_from({"..1111", ".11..1", ".1...1", ".11111"});
  const PngKind kinds[] = {{3, 8},  {3, 1}, {0, 8, false, 4}, {0, 4, false, 1}, {3, 2, true},
                           {0, 16}, {2, 8}, {4, 8},           {6, 16}};
  for (const PngKind& kind : kinds) add(8 | 2, write_png(small.view(), kind));
  PngKind split{3, 8, false, 2};
  split.idat_bytes = 8;
  add(8 | 1, write_png(small.view(), split));
  add(8 | 4, write_rgb_png(2, 2, {Rgb{0, 0, 0}, Rgb{128, 0, 0}, Rgb{0, 128, 0}, Rgb{0, 0, 0}}));
  add(8, png_with_header(1'000'000, 1'000'000, 8, 3));
  add(8, encode_mask_png(small.view(), voc_palette()));
  // Rows: filter byte, then pixels.
  for (const std::uint8_t choice :
       {std::uint8_t{8}, std::uint8_t{3}, std::uint8_t{0}, std::uint8_t{35}}) {
    Bytes fields = {5, 3, choice, 20};
    for (std::uint8_t y = 0; y < 4; ++y) {
      fields.push_back(static_cast<std::uint8_t>(y + 1));
      for (std::uint8_t x = 0; x < 6; ++x) fields.push_back(static_cast<std::uint8_t>(x * y));
    }
    add(16, fields);
  }
  return seeds;
}

}  // namespace angiobench::test

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace angiobench;
  if (size == 0) return 0;
  const std::uint8_t choice = data[0];
  std::vector<std::uint8_t> file(data + 1, data + size);
  if ((choice & 16) != 0) file = test::file_from_fields(file);
  if ((choice & 8) != 0) test::repair_checksums(file);
  file.shrink_to_fit();  // AddressSanitizer sees a read past the end

  MaskDecodeOptions options;
  options.role = (choice & 1) != 0 ? MaskRole::prediction : MaskRole::truth;
  if ((choice & 2) != 0) {
    options.expected_width = 6;
    options.expected_height = 4;
  }
  if ((choice & 4) != 0) options.palette = voc_palette();
  options.max_pixels = test::kMaxPixels;
  static MaskDecoder decoder;
  static MaskDecoder runs_decoder;
  std::optional<MaskLabels> labels;
  std::string words;
  try {
    labels = runs_decoder.decode_labels(file, options, "fuzz.png");
  } catch (const Error& error) {
    words = error.what();
  }
  try {
    const MaskView view = decoder.decode(file, options, "fuzz.png");
    Mask drawn;
    if (!labels || !(Mask(pixels_of(*labels, drawn)) == Mask(view))) std::abort();
    const std::optional<Mask> expected = test::libpng_labels(file, test::kMaxPixels);
    if (expected && !(*expected == Mask(view))) std::abort();
    for (int y = 0; y < view.height; ++y) {
      if (y >= view.num_empty_above && y < view.height - view.num_empty_below) continue;
      for (int x = 0; x < view.width; ++x) {
        if (view.at(x, y) != 0) std::abort();
      }
    }
    const PngHeader header = read_png_header(file, "fuzz.png");
    if (header.width != static_cast<std::uint32_t>(view.width)) std::abort();
    read_png_palette(file, "fuzz.png");
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::bug || words != error.what()) std::abort();
  }
  return 0;
}
