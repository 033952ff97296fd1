// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "dataset/masks/mask.h"

namespace angiobench {

/// Red, green, blue of one palette entry, 0..255.
using Rgb = std::array<std::uint8_t, 3>;

/// What the header chunks of a PNG say (PNG specification, third edition, 11.2-11.3).
struct PngHeader {
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  int bit_depth = 0;   // 1, 2, 4, 8 or 16
  int color_type = 0;  // 0 grey, 2 RGB, 3 palette, 4 grey + alpha, 6 RGBA
  bool interlaced = false;
};

/// Who made the file: ground truth may be any PNG, predictions are held to the submission's rules.
enum class MaskRole {
  truth,       // colour type 0, 2, 3, 4, 6; depth 1..16
  prediction,  // colour type 0 or 3 with depth 1..8; 2 and 6 (depth 8) only where r = g = b, or in
               // colours of the palette that the options have
};

/// How decode_mask reads a file.
struct MaskDecodeOptions {
  MaskRole role = MaskRole::truth;
  int expected_width = 0;   // 0: any size; otherwise checked before a pixel is decoded
  int expected_height = 0;  // as expected_width
  /// Larger frames are refused (Error{limit}) before anything is allocated
  std::uint64_t max_pixels = 1ULL << 26;
  /// So are those that take more bytes of memory while they are decoded (16 bits, RGBA, interlaced)
  std::uint64_t max_memory = 200ULL << 20;
  /// Known palette through which a colour mask is mapped; empty: refuse colour
  std::span<const Rgb> palette = {};
};

/// Reads the header of a PNG in memory. Throws Error{input} where it is not a PNG or the header is
/// malformed.
PngHeader read_png_header(std::span<const std::uint8_t> file, const std::string& path);

/// The palette (PLTE) of a PNG in memory, empty where it has none. Throws as read_png_header.
std::vector<Rgb> read_png_palette(std::span<const std::uint8_t> file, const std::string& path);

/// The values of a grey PNG, row by row, not owned.
struct GreyMap {
  std::span<const std::uint16_t> values;
  int width = 0;
  int height = 0;
  int max_value = 0;  // 255 for 8 bits, 65535 for 16
};

/// The samples of a PNG as they are stored, pixel by pixel, not owned.
struct PngSamples {
  std::span<const std::uint16_t> values;
  int width = 0;
  int height = 0;
  int channels = 1;   // 1 grey, 2 grey + alpha, 3 RGB, 4 RGBA
  int max_value = 0;  // 255 for 8 bits, 65535 for 16
};

/// Decodes label masks; holds the buffers that are reused from file to file. One a thread.
///
/// Pixels are *labels*: the index of a palette image, the grey value of a grey one (depths below 8
/// are not scaled up: label 1 of a 1-bit file is 1; 16-bit values must be <= 255), the common
/// channel of RGB(A) where r = g = b (the alpha channel is ignored), else the index in `palette` of
/// the colour. Plain files (grey or palette, depth <= 8, not interlaced) take a fast path; all
/// kinds are held to the same rules (docs/layouts.md), CRC, Adler-32 and the exact length of the
/// data among them.
class MaskDecoder {
 public:
  MaskDecoder();
  ~MaskDecoder();
  MaskDecoder(MaskDecoder&&) noexcept;
  MaskDecoder& operator=(MaskDecoder&&) noexcept;

  /// The labels of the PNG in `file`, valid until the next call. `path` is used in messages only.
  /// Throws Error{input} for a file that is truncated, corrupt or of a kind the role does not
  /// allow, or whose size is not the expected one; Error{limit} for one with more than max_pixels.
  MaskView decode(std::span<const std::uint8_t> file, const MaskDecodeOptions& options,
                  const std::string& path);

  /// The same labels, as runs where the file is a plain label map: 8 bits, not filtered, not too
  /// colourful; no pixel is written then. As pixels otherwise. Throws as decode, for the same
  /// files.
  MaskLabels decode_labels(std::span<const std::uint8_t> file, const MaskDecodeOptions& options,
                           const std::string& path);

  /// The values of a grey PNG of any depth (of a palette PNG its labels), valid until the next
  /// call. Throws as decode.
  GreyMap decode_grey(std::span<const std::uint8_t> file, const MaskDecodeOptions& options,
                      const std::string& path);

  /// The samples of a PNG of any kind but a palette's, valid until the next call: for pictures,
  /// whose values are no labels. Throws as decode.
  PngSamples decode_samples(std::span<const std::uint8_t> file, const MaskDecodeOptions& options,
                            const std::string& path);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// What a message adds where the sides of a mask are exchanged: " (the sides are exchanged: turned
/// by 90 degrees?)"; empty for any other size.
std::string turned_words(int width, int height, int expected_width, int expected_height);

/// Reads a file from disk and decodes it; for the rare caller that needs one mask.
Mask read_mask(const std::string& path, const MaskDecodeOptions& options = {});

/// Encodes labels as an 8-bit palette PNG. Labels at or above palette.size() are refused
/// (Error{bug}). Same input, same bytes.
std::vector<std::uint8_t> encode_mask_png(const MaskView& mask, std::span<const Rgb> palette);

/// Writes encode_mask_png to a temporary name beside `path`, then renames it. Throws Error{input}.
void write_mask_png(const std::string& path, const MaskView& mask, std::span<const Rgb> palette);

/// The VOC / DAVIS colour map: entry i has its bits spread over the channels; 256 entries.
std::span<const Rgb> voc_palette();

}  // namespace angiobench
