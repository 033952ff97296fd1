// SPDX-License-Identifier: MIT
#include "tests/support/png_writer.h"

#include <png.h>
#include <zlib.h>

#include <stdexcept>
#include <string_view>

namespace angiobench::test {
namespace {

void append(png_structp png, png_bytep data, png_size_t count) {
  auto* const file = static_cast<std::vector<std::uint8_t>*>(png_get_io_ptr(png));
  file->insert(file->end(), data, data + count);
}

void flush(png_structp) {}

// Rows as libpng wants them with png_set_packing: one byte a sample below 8 bits, big endian above.
std::vector<std::uint8_t> write_rows(int width, int height, const PngKind& kind,
                                     std::vector<std::uint8_t>& samples, std::size_t row_bytes) {
  std::vector<std::uint8_t> file;
  png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, nullptr, nullptr, nullptr);
  png_infop info = png_create_info_struct(png);
  if (setjmp(png_jmpbuf(png)) != 0) throw std::runtime_error("libpng cannot write this");
  png_set_write_fn(png, &file, append, flush);
  png_set_IHDR(png, info, static_cast<png_uint_32>(width), static_cast<png_uint_32>(height),
               kind.bit_depth, kind.color_type,
               kind.interlaced ? PNG_INTERLACE_ADAM7 : PNG_INTERLACE_NONE,
               PNG_COMPRESSION_TYPE_BASE, PNG_FILTER_TYPE_BASE);
  constexpr int kFilters[] = {PNG_FILTER_NONE, PNG_FILTER_SUB,   PNG_FILTER_UP,
                              PNG_FILTER_AVG,  PNG_FILTER_PAETH, PNG_ALL_FILTERS};
  png_set_filter(png, PNG_FILTER_TYPE_BASE, kFilters[kind.filter]);
  png_set_compression_buffer_size(png, static_cast<png_size_t>(kind.idat_bytes));
  if (kind.color_type == PNG_COLOR_TYPE_PALETTE) {
    std::vector<png_color> palette;
    for (const Rgb& color : voc_palette().first(std::size_t{1} << kind.bit_depth)) {
      palette.push_back({color[0], color[1], color[2]});
    }
    png_set_PLTE(png, info, palette.data(), static_cast<int>(palette.size()));
  }
  png_write_info(png, info);
  if (kind.bit_depth < 8) png_set_packing(png);
  std::vector<png_bytep> rows;
  for (int y = 0; y < height; ++y)
    rows.push_back(samples.data() + static_cast<std::size_t>(y) * row_bytes);
  png_write_image(png, rows.data());
  png_write_end(png, nullptr);
  png_destroy_write_struct(&png, &info);
  return file;
}

void append_u32(std::vector<std::uint8_t>& bytes, std::uint32_t value) {
  for (const int shift : {24, 16, 8, 0}) bytes.push_back(static_cast<std::uint8_t>(value >> shift));
}

void append_chunk(std::vector<std::uint8_t>& file, std::string_view type,
                  const std::vector<std::uint8_t>& data) {
  append_u32(file, static_cast<std::uint32_t>(data.size()));
  const std::size_t start = file.size();
  file.insert(file.end(), type.begin(), type.end());
  file.insert(file.end(), data.begin(), data.end());
  append_u32(file, static_cast<std::uint32_t>(
                       crc32(0, file.data() + start, static_cast<uInt>(file.size() - start))));
}

}  // namespace

std::string name_of(const PngKind& kind) {
  return "type" + std::to_string(kind.color_type) + "_depth" + std::to_string(kind.bit_depth) +
         (kind.interlaced ? "_interlaced" : "_plain") + "_filter" + std::to_string(kind.filter) +
         "_idat" + std::to_string(kind.idat_bytes);
}

std::vector<std::uint8_t> write_png(const MaskView& mask, const PngKind& kind) {
  const bool has_color =
      kind.color_type == PNG_COLOR_TYPE_RGB || kind.color_type == PNG_COLOR_TYPE_RGB_ALPHA;
  const bool has_alpha =
      kind.color_type == PNG_COLOR_TYPE_GRAY_ALPHA || kind.color_type == PNG_COLOR_TYPE_RGB_ALPHA;
  std::vector<std::uint8_t> samples;
  for (int y = 0; y < mask.height; ++y) {
    for (int x = 0; x < mask.width; ++x) {
      for (int channel = 0; channel < (has_color ? 3 : 1) + (has_alpha ? 1 : 0); ++channel) {
        const bool is_alpha = has_alpha && channel == (has_color ? 3 : 1);
        if (kind.bit_depth == 16) samples.push_back(is_alpha ? 255 : 0);
        samples.push_back(is_alpha ? 255 : mask.at(x, y));
      }
    }
  }
  return write_rows(mask.width, mask.height, kind, samples,
                    samples.size() / static_cast<std::size_t>(mask.height));
}

std::vector<std::uint8_t> write_rgb_png(int width, int height, const std::vector<Rgb>& pixels) {
  std::vector<std::uint8_t> samples;
  for (const Rgb& pixel : pixels) samples.insert(samples.end(), pixel.begin(), pixel.end());
  return write_rows(width, height, {PNG_COLOR_TYPE_RGB, 8, false, 0, 8192}, samples,
                    static_cast<std::size_t>(width) * 3);
}

std::vector<std::uint8_t> write_grey16_png(int width, int height,
                                           const std::vector<std::uint16_t>& pixels) {
  std::vector<std::uint8_t> samples;
  for (const std::uint16_t pixel : pixels) {
    samples.push_back(static_cast<std::uint8_t>(pixel >> 8));
    samples.push_back(static_cast<std::uint8_t>(pixel & 255));
  }
  return write_rows(width, height, {PNG_COLOR_TYPE_GRAY, 16, false, 0, 8192}, samples,
                    static_cast<std::size_t>(width) * 2);
}

std::vector<std::uint8_t> png_with_header(std::uint32_t width, std::uint32_t height, int bit_depth,
                                          int color_type) {
  std::vector<std::uint8_t> file = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};
  std::vector<std::uint8_t> header;
  append_u32(header, width);
  append_u32(header, height);
  header.insert(header.end(), {static_cast<std::uint8_t>(bit_depth),
                               static_cast<std::uint8_t>(color_type), 0, 0, 0});
  append_chunk(file, "IHDR", header);
  if (color_type == 3) append_chunk(file, "PLTE", {0, 0, 0, 128, 0, 0});
  append_chunk(file, "IDAT", {0x78, 0x9C, 0x03, 0x00, 0x00, 0x00, 0x00, 0x01});
  append_chunk(file, "IEND", {});
  return file;
}

}  // namespace angiobench::test
