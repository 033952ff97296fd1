// SPDX-License-Identifier: MIT
#include "dataset/media/gif_file.h"

#include <gif_lib.h>

#include <array>
#include <exception>
#include <string>
#include <string_view>
#include <utility>

#include "dataset/error.h"

namespace angiobench {

struct GifFile::State {
  int width = 0;
  int height = 0;
  std::function<void(std::span<const std::uint8_t>)> write;
  std::exception_ptr failure;  // giflib is C: nothing is thrown through it
  GifFileType* file = nullptr;
  std::vector<std::uint8_t> line;

  // Throws what went wrong in `write`, or giflib's own words.
  void check(int result) const {
    if (result == GIF_OK) return;
    if (failure) std::rethrow_exception(failure);
    const char* const words = GifErrorString(file == nullptr ? 0 : file->Error);
    throw Error(ErrorKind::bug, "",
                std::string("a GIF cannot be written (") + (words == nullptr ? "?" : words) + ")");
  }
};

namespace {

// Throws Error{bug} where giflib has no memory.
ColorMapObject* color_map(std::span<const Rgb> palette) {
  constexpr int kColors = 256;
  std::array<GifColorType, kColors> colors{};
  for (std::size_t i = 0; i < palette.size(); ++i)
    colors[i] = {palette[i][0], palette[i][1], palette[i][2]};
  ColorMapObject* const map = GifMakeMapObject(kColors, colors.data());
  expects(map != nullptr, "a palette has memory");
  return map;
}

}  // namespace

void check_gif(const std::string& /*path*/) {}

GifFile::GifFile(int width, int height, std::span<const Rgb> palette,
                 std::function<void(std::span<const std::uint8_t>)> write)
    : state_(std::make_unique<State>()) {
  constexpr int kMaxSide = 65535;
  if (width > kMaxSide || height > kMaxSide)
    throw Error(ErrorKind::limit, "", "a GIF has at most 65535 pixels a side");
  expects(palette.size() <= 256, "a GIF has at most 256 colours");
  state_->width = width;
  state_->height = height;
  state_->write = std::move(write);
  // What giflib hands over goes to `write`; what that throws waits for check().
  const OutputFunc hand_over = [](GifFileType* file, const GifByteType* bytes, int count) {
    auto* const state = static_cast<State*>(file->UserData);
    if (state->failure) return 0;
    try {
      state->write({bytes, static_cast<std::size_t>(count)});
    } catch (...) {
      state->failure = std::current_exception();
      return 0;
    }
    return count;
  };
  int code = 0;
  state_->file = EGifOpen(state_.get(), hand_over, &code);
  if (state_->file == nullptr) state_->check(GIF_ERROR);
  EGifSetGifVersion(state_->file, true);
  ColorMapObject* const map = color_map(palette);
  constexpr int kBits = 8;
  const int result = EGifPutScreenDesc(state_->file, width, height, kBits, 0, map);
  GifFreeMapObject(map);
  state_->check(result);

  // Repeat for ever.
  constexpr std::string_view kLoop = "NETSCAPE2.0";
  constexpr std::array<std::uint8_t, 3> kForEver = {1, 0, 0};
  state_->check(EGifPutExtensionLeader(state_->file, APPLICATION_EXT_FUNC_CODE));
  state_->check(EGifPutExtensionBlock(state_->file, static_cast<int>(kLoop.size()), kLoop.data()));
  state_->check(
      EGifPutExtensionBlock(state_->file, static_cast<int>(kForEver.size()), kForEver.data()));
  state_->check(EGifPutExtensionTrailer(state_->file));
}

GifFile::~GifFile() {
  int code = 0;
  if (state_->file != nullptr) EGifCloseFile(state_->file, &code);
}

void GifFile::add(std::span<const std::uint8_t> pixels, int hundredths) {
  const auto width = static_cast<std::size_t>(state_->width);
  expects(pixels.size() == width * static_cast<std::size_t>(state_->height),
          "a frame has the GIF's size");
  GraphicsControlBlock control{};
  control.DisposalMode = DISPOSE_DO_NOT;
  control.DelayTime = hundredths;
  control.TransparentColor = NO_TRANSPARENT_COLOR;
  std::array<GifByteType, 4> bytes{};
  EGifGCBToExtension(&control, bytes.data());
  state_->check(EGifPutExtension(state_->file, GRAPHICS_EXT_FUNC_CODE,
                                 static_cast<int>(bytes.size()), bytes.data()));
  state_->check(
      EGifPutImageDesc(state_->file, 0, 0, state_->width, state_->height, false, nullptr));
  // giflib wants lines that it may write to.
  for (std::size_t y = 0; y < static_cast<std::size_t>(state_->height); ++y) {
    const auto row = pixels.subspan(y * width, width);
    state_->line.assign(row.begin(), row.end());
    state_->check(EGifPutLine(state_->file, state_->line.data(), state_->width));
  }
}

void GifFile::finish() {
  int code = 0;
  const int result = EGifCloseFile(std::exchange(state_->file, nullptr), &code);
  state_->check(result);
}

}  // namespace angiobench
