// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace angiobench {

/// The one order of frames, everywhere: *natural* order of their names without extension. A run of
/// digits counts as one number, all else byte by byte: "img_2" before "img_10", "frame2_clip"
/// before "frame10_clip". Digits that all names share decide nothing, so what is left is the order
/// of the digit group that varies within the folder. Numbers of any length; of two names that
/// differ in leading zeros only, bytes decide. Where numbers are padded this is byte order, so the
/// published benchmarks read the same either way. A strict total order.
struct FrameLess {
  using is_transparent = void;
  bool operator()(std::string_view left, std::string_view right) const;
};

/// Something for each of some frames, in the frames' order.
template <class Value>
using ByFrame = std::map<std::string, Value, FrameLess>;

/// The number at the end of a frame's name ("00012" -> 12, "frame_7" -> 7); nothing where there is
/// none or it is too long.
std::optional<std::int64_t> frame_number(std::string_view name);

/// The name of a frame that has none of its own, by its index: "00012".
std::string numbered_frame(std::size_t index);

/// Whether a frame is the one after another, as far as their numbers tell.
bool follows(std::string_view before, std::string_view name);

/// Whether the prediction of a frame is held against the truth of the frame before, and the other
/// way round, to see whether masks are shifted by a frame. A shift is a shift throughout, so of a
/// long sequence every fourth pair tells it; and frames are counted kFramesTogether at a time, so
/// that no pair lies across two such groups. Scorer and validator ask the same pairs.
inline constexpr std::size_t kFramesTogether = 8;
bool is_pair_compared(std::size_t num_frames, std::size_t frame);

/// The name without its extension: "00012" of "00012.PNG".
std::string_view file_stem(std::string_view file);
/// The extension in lower case: ".png" of "00012.PNG"; empty where there is none.
std::string file_suffix(std::string_view file);

/// What a name would be a copy of, by the forms that desktops give to copies: "00002" of
/// "00002 (1)", "00002(1)", "00002 - Copy (2)", "00002 copy 2", "00002 (copy)" and "Copy of 00002"
/// (some languages more). Empty for a name of no such form. Whether it *is* a copy the folder says
/// (sort_frame_files): "img (1)", "img (2)", … are also how Windows numbers files.
std::string_view copied_stem(std::string_view stem);

/// The files of one folder, told apart.
struct FrameFiles {
  std::vector<std::string> files;   // with a wanted suffix, no copies; in the order of FrameLess
  std::vector<std::string> copies;  // told, never frames
  std::vector<std::string> others;  // without a wanted suffix
  /// Files that would be the same frame: their names differ in suffix or case only.
  std::optional<std::pair<std::string, std::string>> twins;
  /// The first two neighbours of `files` that byte order puts the other way round: a program that
  /// sorts by bytes reads another video.
  std::optional<std::pair<std::string, std::string>> turned;
};

/// Sorts the names of a folder's files. `suffixes` as file_suffix gives them; desktop debris
/// (is_desktop_debris) is dropped. A name of a copy's form is a copy where the name that it would
/// be a copy of is there, or where most of the names do not have the form.
FrameFiles sort_frame_files(std::span<const std::string> names,
                            std::span<const std::string_view> suffixes);

}  // namespace angiobench
