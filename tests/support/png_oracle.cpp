// SPDX-License-Identifier: MIT
#include "tests/support/png_oracle.h"

#include <png.h>

#include <algorithm>
#include <csetjmp>
#include <cstring>
#include <vector>

namespace angiobench::test {
namespace {

struct Source {
  std::span<const std::uint8_t> left;
  std::uint64_t max_pixels;
  std::vector<std::uint8_t> pixels;  // one byte a pixel
  std::uint32_t width = 0;
  std::uint32_t height = 0;
};

void read_bytes(png_structp png, png_bytep target, png_size_t count) {
  auto* const source = static_cast<Source*>(png_get_io_ptr(png));
  if (count > source->left.size()) png_error(png, "end of file");
  std::memcpy(target, source->left.data(), count);
  source->left = source->left.subspan(count);
}

void on_error(png_structp png, png_const_charp) { std::longjmp(png_jmpbuf(png), 1); }
void on_warning(png_structp, png_const_charp) {}

// Nothing with a destructor lives in here: libpng leaves it with longjmp.
bool decode(Source& source) {
  png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &source, on_error, on_warning);
  png_infop info = png_create_info_struct(png);
  if (setjmp(png_jmpbuf(png)) != 0) {
    png_destroy_read_struct(&png, &info, nullptr);
    return false;
  }
  png_set_read_fn(png, &source, read_bytes);
  png_set_benign_errors(png, 0);
  png_set_crc_action(png, PNG_CRC_ERROR_QUIT, PNG_CRC_ERROR_QUIT);
  png_set_check_for_invalid_index(png, 0);
  png_read_info(png, info);
  source.width = png_get_image_width(png, info);
  source.height = png_get_image_height(png, info);
  const int type = png_get_color_type(png, info);
  const bool is_wanted = (type == PNG_COLOR_TYPE_GRAY || type == PNG_COLOR_TYPE_PALETTE) &&
                         png_get_bit_depth(png, info) <= 8 &&
                         std::uint64_t{source.width} * source.height <= source.max_pixels;
  if (!is_wanted) png_error(png, "not wanted");
  png_set_packing(png);
  const int passes = png_set_interlace_handling(png);
  png_read_update_info(png, info);
  source.pixels.assign(std::size_t{source.width} * source.height, 0);
  for (int pass = 0; pass < passes; ++pass) {
    for (std::uint32_t y = 0; y < source.height; ++y) {
      png_read_row(png, source.pixels.data() + std::size_t{y} * source.width, nullptr);
    }
  }
  png_read_end(png, nullptr);
  png_destroy_read_struct(&png, &info, nullptr);
  return true;
}

}  // namespace

std::optional<Mask> libpng_labels(std::span<const std::uint8_t> file, std::uint64_t max_pixels) {
  Source source{file, max_pixels, {}, 0, 0};
  if (file.size() < 8 || png_sig_cmp(file.data(), 0, 8) != 0 || !decode(source))
    return std::nullopt;
  const MaskView view{source.pixels.data(), static_cast<int>(source.width),
                      static_cast<int>(source.height), static_cast<std::ptrdiff_t>(source.width)};
  return Mask(view);
}

}  // namespace angiobench::test
