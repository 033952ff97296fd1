// SPDX-License-Identifier: MIT
#include "tests/support/hostile_png.h"

#include <zlib.h>

#include <algorithm>
#include <initializer_list>
#include <iterator>
#include <string_view>

#include "dataset/masks/png.h"
#include "tests/support/png_writer.h"

namespace angiobench::test {
namespace {

using Bytes = std::vector<std::uint8_t>;

void append_u32(Bytes& bytes, std::uint64_t value) {
  for (const int shift : {24, 16, 8, 0}) bytes.push_back(static_cast<std::uint8_t>(value >> shift));
}

Bytes deflated(const Bytes& raw) {
  uLongf size = compressBound(static_cast<uLong>(raw.size()));
  Bytes packed(size);
  compress(packed.data(), &size, raw.data(), static_cast<uLong>(raw.size()));
  packed.resize(size);
  return packed;
}

// A file that is put together chunk by chunk, with right checksums.
class PngBuilder {
 public:
  PngBuilder() = default;
  PngBuilder(int width, int height, int depth = 8, int type = 3, int interlace = 0) {
    Bytes header;
    append_u32(header, static_cast<std::uint64_t>(width));
    append_u32(header, static_cast<std::uint64_t>(height));
    for (const int value : {depth, type, 0, 0, interlace})
      header.push_back(static_cast<std::uint8_t>(value));
    chunk("IHDR", header);
    if (type == 3) chunk("PLTE", Bytes(std::size_t{3} << depth, 9));
  }

  PngBuilder& chunk(std::string_view type, const Bytes& data) {
    append_u32(file_, data.size());
    const std::size_t start = file_.size();
    file_.insert(file_.end(), type.begin(), type.end());
    file_.insert(file_.end(), data.begin(), data.end());
    append_u32(file_, crc32(0, file_.data() + start, static_cast<uInt>(file_.size() - start)));
    return *this;
  }
  PngBuilder& image(const Bytes& rows) { return chunk("IDAT", deflated(rows)); }
  Bytes finish() {
    chunk("IEND", {});
    return file_;
  }

 private:
  Bytes file_ = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};
};

Bytes joined(std::initializer_list<Bytes> parts) {
  Bytes whole;
  for (const Bytes& part : parts) std::copy(part.begin(), part.end(), std::back_inserter(whole));
  return whole;
}

Bytes text(std::string_view words) { return {words.begin(), words.end()}; }

}  // namespace

std::vector<HostilePng> hostile_pngs(int width, int height) {
  const auto w = static_cast<std::size_t>(width);
  const auto h = static_cast<std::size_t>(height);
  Mask mask(width, height);
  mask.at(0, 0) = 1;
  const Bytes good = write_png(mask.view(), {});
  const Bytes rows((w + 1) * h);  // filter 0, label 0

  std::vector<HostilePng> all;
  const auto add = [&](const std::string& name, Bytes bytes, const std::string& words,
                       ErrorKind kind = ErrorKind::input) {
    all.push_back({name, std::move(bytes), kind, words});
  };
  add("empty_file", {}, "is empty");
  add("jpeg", text("\xFF\xD8\xFF\xE0\0\x10JFIF"), "does not start with the PNG signature");
  add("html", text("<html><script>alert(1)</script></html>"),
      "does not start with the PNG signature");
  add("million_by_million", png_with_header(1'000'000, 1'000'000, 8, 3), "1000000x1000000");
  add("width_of_all_ones", png_with_header(0xFFFFFFFF, 1, 8, 3), "1 to 2147483647 each way");
  add("no_width", png_with_header(0, 8, 8, 3), "1 to 2147483647 each way");
  add("wrong_size", PngBuilder(width + 1, height).image(rows).finish(), "as the ground truth");
  add("depth_of_three",
      png_with_header(static_cast<std::uint32_t>(width), static_cast<std::uint32_t>(height), 3, 3),
      "a combination that the PNG specification allows");
  add("sixteen_bits", write_grey16_png(width, height, std::vector<std::uint16_t>(w * h, 700)),
      "of 16 bits");
  {
    std::vector<Rgb> pixels(w * h, Rgb{0, 0, 0});
    pixels[3] = {128, 0, 0};
    add("colours", write_rgb_png(width, height, pixels), "a colour mask");
  }
  add("grey_with_alpha_of_16_bits", write_png(mask.view(), {4, 16}), "16 bits");
  {
    Bytes bytes = good;
    bytes[bytes.size() - 20] ^= 0x40;
    add("wrong_checksum", bytes, "wrong checksum (CRC)");
  }
  add("cut_in_the_middle",
      Bytes(good.begin(), good.begin() + static_cast<std::ptrdiff_t>(good.size() / 2)),
      "truncated");
  add("without_end", Bytes(good.begin(), good.end() - 12), "before the end chunk");
  add("without_image", PngBuilder(width, height).finish(), "no image data");
  add(
      "without_palette",
      [&] {
        Bytes header;
        append_u32(header, w);
        append_u32(header, h);
        for (const int value : {8, 3, 0, 0, 0}) header.push_back(static_cast<std::uint8_t>(value));
        return PngBuilder().chunk("IHDR", header).image(rows).finish();
      }(),
      "without a palette");
  add("animated",
      PngBuilder(width, height).chunk("acTL", {0, 0, 0, 2, 0, 0, 0, 0}).image(rows).finish(),
      "animated PNG");
  add("unknown_critical_chunk", PngBuilder(width, height).chunk("EVIL", {1}).image(rows).finish(),
      "critical chunk");
  add("image_in_two_places",
      PngBuilder(width, height).image(rows).chunk("tEXt", text("a")).image(rows).finish(),
      "not in one piece");
  add("bomb_in_the_image", PngBuilder(width, height).image(Bytes(1 << 20)).finish(),
      "more image data than");
  add("too_few_rows", PngBuilder(width, height).image(Bytes(rows.begin(), rows.end() - 1)).finish(),
      "image data for");
  add("damaged_image", PngBuilder(width, height).chunk("IDAT", Bytes(50, 0xEE)).finish(),
      "compressed image data is damaged");
  {
    Bytes packed = deflated(rows);
    packed.back() ^= 1;
    add("wrong_adler_checksum", PngBuilder(width, height).chunk("IDAT", packed).finish(),
        "compressed image data is damaged");
  }
  {
    Bytes filtered = rows;
    filtered[w + 1] = 9;
    add("unknown_filter", PngBuilder(width, height).image(filtered).finish(), "unknown filter 9");
  }
  add(
      "interlaced_and_cut",
      [&] {
        PngBuilder builder(width, height, 8, 3, 1);
        return builder.image(Bytes(10)).finish();
      }(),
      "as much as its header says");
  return all;
}

std::vector<std::uint8_t> label_flood_png(int width, int height) {
  Mask mask(width, height);
  for (int i = 0; i <= 65; ++i) mask.at(i % width, i / width) = static_cast<std::uint8_t>(i);
  return encode_mask_png(mask.view(), voc_palette());
}

std::vector<std::uint8_t> large_interlaced_png(int width, int height) {
  // Adam7: the first column and row of each pass, and the steps between them.
  constexpr int kPasses[7][4] = {{0, 0, 8, 8}, {4, 0, 8, 8}, {0, 4, 4, 8}, {2, 0, 4, 4},
                                 {0, 2, 2, 4}, {1, 0, 2, 2}, {0, 1, 1, 2}};
  std::size_t size = 0;
  for (const auto& [x, y, step_x, step_y] : kPasses) {
    const int columns = (width - x + step_x - 1) / step_x;
    const int lines = (height - y + step_y - 1) / step_y;
    if (columns > 0 && lines > 0)
      size += static_cast<std::size_t>(lines) * (1 + (static_cast<std::size_t>(columns) + 7) / 8);
  }
  return PngBuilder(width, height, 1, 3, 1).image(Bytes(size)).finish();
}

std::vector<UnusualPng> unusual_pngs(int width, int height) {
  Mask mask(width, height);
  mask.at(0, 0) = 1;
  const auto w = static_cast<std::size_t>(width);
  const auto h = static_cast<std::size_t>(height);
  Bytes rows((w + 1) * h);
  rows[1] = 1;
  PngKind split{3, 8, false, 4};
  split.idat_bytes = 6;
  const Bytes bomb = deflated(Bytes(1 << 20, 'x'));
  const Bytes profile = joined({text(std::string_view("icc\0\0", 5)), bomb});
  const Bytes words = joined({text(std::string_view("Comment\0\0", 9)), bomb});
  return {
      {"interlaced", write_png(mask.view(), {3, 8, true})},
      {"interlaced_two_bits", write_png(mask.view(), {3, 2, true})},
      {"split_image_data", write_png(mask.view(), split)},
      {"one_bit", write_png(mask.view(), {3, 1})},
      {"rgb_with_equal_channels", write_png(mask.view(), {2, 8})},
      {"rgba_with_equal_channels", write_png(mask.view(), {6, 8})},
      {"bombs_in_text_and_profile",
       PngBuilder(width, height).chunk("iCCP", profile).chunk("zTXt", words).image(rows).finish()},
      {"bombs_in_an_interlaced_file",
       [&] {
         // The same chunks, in a file that libpng decodes.
         const Bytes plain = write_png(mask.view(), {3, 8, true});
         PngBuilder extra;
         const Bytes chunks = extra.chunk("iCCP", profile).chunk("zTXt", words).finish();
         constexpr std::ptrdiff_t kHeaderEnd = 8 + 25;
         return joined({Bytes(plain.begin(), plain.begin() + kHeaderEnd),
                        Bytes(chunks.begin() + 8, chunks.end() - 12),
                        Bytes(plain.begin() + kHeaderEnd, plain.end())});
       }()},
  };
}

std::vector<PngVerdict> png_verdicts(int bit_depth, int color_type, bool interlaced) {
  constexpr int kSide = 9;  // every pass of an interlaced file has pixels
  constexpr std::size_t kRows[] = {9, 2, 2, 1, 3, 2, 5, 4};
  constexpr std::size_t kColumns[] = {9, 2, 1, 3, 2, 5, 4, 9};
  const std::size_t channels = color_type == 2 ? 3 : color_type == 4 ? 2 : color_type == 6 ? 4 : 1;
  std::size_t size = 0;
  for (std::size_t pass = interlaced ? 1 : 0; pass < (interlaced ? 8U : 1U); ++pass) {
    const std::size_t bits = kColumns[pass] * channels * static_cast<std::size_t>(bit_depth);
    size += kRows[pass] * (1 + (bits + 7) / 8);
  }
  const Bytes rows(size);
  const Bytes packed = deflated(rows);
  const auto file = [&] { return PngBuilder(kSide, kSide, bit_depth, color_type, interlaced); };
  const auto changed = [](Bytes bytes, std::size_t at, std::uint8_t value) {
    bytes[at] = value;
    return bytes;
  };
  const auto cut = [](Bytes bytes) {
    bytes.resize(bytes.size() - 2);
    return deflated(bytes);
  };
  Bytes longer = rows;
  longer.push_back(0);
  Bytes tail = packed;
  tail.push_back(0);
  std::vector<PngVerdict> all = {
      {"nothing_wrong", "", file().image(rows).finish()},
      // 0x08 0x1D: a window of 256 bytes, whatever the distances are.
      {"a_small_window", "",
       file().chunk("IDAT", changed(changed(packed, 0, 8), 1, 0x1D)).finish()},
      {"a_window_of_64_KiB", "compressed image data is damaged",
       file().chunk("IDAT", changed(changed(packed, 0, 0x88), 1, 0x1C)).finish()},
      {"wrong_checksum_of_the_data", "compressed image data is damaged",
       file().chunk("IDAT", changed(packed, packed.size() - 1, packed.back() ^ 1)).finish()},
      {"unknown_filter", "unknown filter 5", file().image(changed(rows, 0, 5)).finish()},
      {"too_few_rows", "as much as its header says", file().chunk("IDAT", cut(rows)).finish()},
      {"too_many_rows", "has more image data", file().image(longer).finish()},
      {"bytes_after_the_data", "has more image data", file().chunk("IDAT", tail).finish()},
      {"data_in_two_places", "not in one piece",
       file().image(rows).chunk("tEXt", text("a")).chunk("IDAT", {}).finish()},
      {"a_name_of_no_letters", "no four letters", file().chunk("a1b2", {}).image(rows).finish()},
      {"an_unknown_critical_chunk", "unknown critical chunk",
       file().chunk("ABCD", {}).image(rows).finish()},
      {"an_unknown_other_chunk", "", file().chunk("abCd", {}).image(rows).finish()},
      {"a_damaged_text_and_profile", "",
       file().chunk("iCCP", text("x")).chunk("tRNS", text("xxxxxxx")).image(rows).finish()},
      {"an_end_with_content", "end chunk (IEND) is not empty",
       file().image(rows).chunk("IEND", text("x")).finish()},
      {"bytes_after_the_end", "", joined({file().image(rows).finish(), text("bytes")})},
      {"animated", "animated PNG", file().chunk("acTL", Bytes(8)).image(rows).finish()},
      {"no_end", "before the end chunk", [&] {
         Bytes bytes = file().image(rows).finish();
         bytes.resize(bytes.size() - 12);
         return bytes;
       }()}};
  if (color_type != 3) {
    all.push_back(
        {"a_palette_of_three_colours", "", file().chunk("PLTE", Bytes(9, 7)).image(rows).finish()});
    all.push_back({"a_palette_of_four_bytes", "its palette has 4 bytes",
                   file().chunk("PLTE", Bytes(4, 7)).image(rows).finish()});
  }
  return all;
}

}  // namespace angiobench::test
