// SPDX-License-Identifier: MIT
// In the place of gif_file.cpp where there is no giflib.
#include "dataset/error.h"
#include "dataset/media/gif_file.h"

namespace angiobench {

struct GifFile::State {};

void check_gif(const std::string& path) {
  throw Error(ErrorKind::inconclusive, path, "a GIF needs giflib, which this build lacks",
              "an .mp4, a folder, or a build with giflib");
}

GifFile::GifFile(int /*width*/, int /*height*/, std::span<const Rgb> /*palette*/,
                 std::function<void(std::span<const std::uint8_t>)> /*write*/) {
  check_gif("");
}

GifFile::~GifFile() = default;

void GifFile::add(std::span<const std::uint8_t> /*pixels*/, int /*hundredths*/) {}

void GifFile::finish() {}

}  // namespace angiobench
