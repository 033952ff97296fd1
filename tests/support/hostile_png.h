// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "dataset/error.h"

namespace angiobench::test {

/// A prediction that must be refused where the ground truth is `width` x `height`.
struct HostilePng {
  std::string name;  // a valid test name
  std::vector<std::uint8_t> bytes;
  ErrorKind kind = ErrorKind::input;
  std::string words;  // that the message must have, of this kind only
};

/// Every hostile kind that a decoder refuses.
std::vector<HostilePng> hostile_pngs(int width, int height);

/// Well-formed, but with 65 object ids (1..65) in one mask: a label flood. Needs width * height
/// >= 66.
std::vector<std::uint8_t> label_flood_png(int width, int height);

/// A palette image of 1 bit, interlaced, all background: well-formed, small on disk and large in
/// memory.
std::vector<std::uint8_t> large_interlaced_png(int width, int height);

/// Unusual, but what predictions may be: interlaced, split image data, 1-bit, RGB and RGBA with
/// equal channels, large harmless text chunks. All of them have label 1 in the upper left pixel and
/// 0 elsewhere.
struct UnusualPng {
  std::string name;
  std::vector<std::uint8_t> bytes;
};
std::vector<UnusualPng> unusual_pngs(int width, int height);

/// What is wrong, or only unusual, in a file's chunks or its compressed data, put into files of one
/// kind of pixels: all labels are 0.
struct PngVerdict {
  std::string name;   // a valid test name
  std::string words;  // that the refusal has; empty: it is taken
  std::vector<std::uint8_t> bytes;
};
std::vector<PngVerdict> png_verdicts(int bit_depth, int color_type, bool interlaced);

}  // namespace angiobench::test
