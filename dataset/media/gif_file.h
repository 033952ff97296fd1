// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "dataset/masks/png.h"

namespace angiobench {

/// Stops where this build has no giflib: Error{inconclusive} about `path`.
void check_gif(const std::string& path);

/// Writes an animated GIF (GIF89a) that repeats for ever, with one palette for all frames, through
/// `write`, as it comes. Throws as check_gif.
class GifFile {
 public:
  /// `palette`: up to 256 colours. Sides up to 65,535 (Error{limit}).
  GifFile(int width, int height, std::span<const Rgb> palette,
          std::function<void(std::span<const std::uint8_t>)> write);
  ~GifFile();
  GifFile(const GifFile&) = delete;
  GifFile& operator=(const GifFile&) = delete;

  /// Width x height entries of the palette, row by row, shown for so many hundredths of a second
  /// (players show less than 2 as 10).
  void add(std::span<const std::uint8_t> pixels, int hundredths);
  /// After the last frame.
  void finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace angiobench
