// SPDX-License-Identifier: MIT
#include "baselines/mending.h"

#include <algorithm>
#include <boost/filesystem/operations.hpp>
#include <boost/filesystem/path.hpp>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <utility>

#include "dataset/error.h"
#include "dataset/files/atomic_file.h"
#include "dataset/files/image_size.h"
#include "dataset/files/input_file.h"
#include "dataset/files/text.h"
#include "dataset/frame_order.h"
#include "dataset/masks/png.h"

namespace angiobench {
namespace {

// Labels of a mask and their pixels.
std::map<int, std::uint64_t> areas_of(const Mask& mask) {
  std::map<int, std::uint64_t> areas;
  const std::size_t size =
      static_cast<std::size_t>(mask.width()) * static_cast<std::size_t>(mask.height());
  for (std::size_t i = 0; i < size; ++i) {
    if (mask.pixels()[i] != kBackgroundLabel) ++areas[mask.pixels()[i]];
  }
  return areas;
}

// "object 1 (2310 pixels), object 4 (87 pixels, new there); object 2 is not in it: …"
std::string objects_of(const std::map<int, std::uint64_t>& areas, const std::set<int>& known) {
  std::string text;
  for (const auto& [id, pixels] : areas) {
    text += (text.empty() ? "object " : ", object ") + std::to_string(id) + " (" +
            plural(pixels, "pixel") + (known.contains(id) ? ")" : ", new there)");
  }
  if (text.empty()) text = "no object";
  for (const int id : known) {
    if (areas.contains(id)) continue;
    text += "; object " + std::to_string(id) +
            " is not in it: it is empty there, and may be found again";
  }
  return text;
}

// The label that is drawn in a colour; nothing where there is none.
std::optional<std::uint8_t> label_of(const Rgb& colour) {
  const std::span<const Rgb> voc = voc_palette();
  const auto found = std::ranges::find(voc, colour);
  if (found == voc.end()) return std::nullopt;
  return static_cast<std::uint8_t>(found - voc.begin());
}

[[noreturn]] void fail_of_colour(const Rgb& colour, const std::string& path) {
  throw Error(ErrorKind::input, path,
              "has the colour " + std::to_string(colour[0]) + "," + std::to_string(colour[1]) +
                  "," + std::to_string(colour[2]) + ", which is no object's",
              "hard edges in the colours of the masks that were written (VOC's), or labels");
}

// Whether a palette shows each label that the mask has in the colour that it was written in, or as
// a grey of its value.
bool shows_labels(const Mask& mask, const std::vector<Rgb>& palette) {
  const auto is_label = [&](const auto& one) {
    const auto id = static_cast<std::size_t>(one.first);
    const auto grey = static_cast<std::uint8_t>(id);
    return id < palette.size() &&
           (palette[id] == voc_palette()[id] || palette[id] == Rgb{grey, grey, grey});
  };
  return std::ranges::all_of(areas_of(mask), is_label);
}

// Indices of another palette become the labels of their colours.
void relabel(Mask& mask, const std::vector<Rgb>& palette, const std::string& path) {
  const std::size_t size =
      static_cast<std::size_t>(mask.width()) * static_cast<std::size_t>(mask.height());
  for (std::size_t i = 0; i < size; ++i) {
    std::uint8_t& pixel = mask.pixels()[i];
    const Rgb colour = pixel < palette.size() ? palette[pixel] : Rgb{};
    const std::optional<std::uint8_t> label = label_of(colour);
    if (!label) fail_of_colour(colour, path);
    pixel = *label;
  }
}

// A picture in the colours of labels; what is transparent is background.
Mask labels_of_colours(const PngSamples& samples, const std::string& path) {
  Mask mask(samples.width, samples.height);
  const auto channels = static_cast<std::size_t>(samples.channels);
  const bool has_alpha = channels == 2 || channels == 4;
  const std::size_t size =
      static_cast<std::size_t>(mask.width()) * static_cast<std::size_t>(mask.height());
  for (std::size_t i = 0; i < size; ++i) {
    const auto* const pixel = &samples.values[i * channels];
    if (has_alpha && pixel[channels - 1] == 0) continue;
    Rgb colour;
    for (std::size_t c = 0; c < 3; ++c)
      colour[c] = static_cast<std::uint8_t>(pixel[channels < 3 ? 0 : c] * 255 / samples.max_value);
    const std::optional<std::uint8_t> label = label_of(colour);
    if (!label) fail_of_colour(colour, path);
    mask.pixels()[i] = *label;
  }
  return mask;
}

std::vector<std::uint8_t> bytes_of(const std::string& path) {
  const std::string text = read_text_file(path);
  return {text.begin(), text.end()};
}

}  // namespace

std::vector<std::string> correction_texts(const Prompts& prompts) {
  std::vector<std::string> texts;
  std::set<int> known;
  for (const auto& [frame, mask] : prompts.masks) {
    const std::map<int, std::uint64_t> areas = areas_of(mask);
    if (prompts.corrections.contains(frame)) {
      texts.push_back("the mask of the frame '" + frame +
                      "' is a correction: " + objects_of(areas, known));
    }
    for (const auto& [id, pixels] : areas) known.insert(id);
  }
  return texts;
}

std::string frame_called(const std::vector<std::string>& frames, const std::string& called) {
  if (std::ranges::find(frames, called) != frames.end()) return called;
  const bool is_number = !called.empty() && called.size() < 10 &&
                         called.find_first_not_of("0123456789") == std::string::npos;
  std::vector<std::string> found;
  for (const std::string& frame : frames) {
    if (is_number && frame_number(frame) == std::stoll(called)) found.push_back(frame);
  }
  if (found.size() == 1) return found.front();
  const std::string several =
      found.size() > 1 ? ", which is the number of '" + found[0] + "' and '" + found[1] + "'" : "";
  throw Error::about(ErrorKind::usage, "from", "is '" + called + "'" + several,
                     frames.empty() ? "a frame of the clip"
                                    : "a frame's name, '" + frames.front() + "' to '" +
                                          frames.back() + "', or its number");
}

KeptMasks::KeptMasks(std::string folder, const std::vector<std::string>& frames,
                     const std::string& from, const Prompts& prompts,
                     const FirstMaskOptions& options, int width, int height)
    : folder_(std::move(folder)), width_(width), height_(height) {
  const auto at = std::ranges::find(frames, from);
  expects(at != frames.end(), "a clip goes on from one of its frames");
  frames_.assign(frames.begin(), at + 1);
  const std::string& first = prompts.masks.begin()->first;
  if (FrameLess()(from, first)) {
    throw Error::about(ErrorKind::usage, "from", "is the frame '" + from + "'",
                       "one that is not before the first mask's, '" + first + "'");
  }
  if (frames_.size() == frames.size()) {
    throw Error::about(ErrorKind::usage, "from", "is the last frame, '" + from + "'",
                       "one that others follow");
  }
  for (std::size_t i = 0; i + 1 < frames_.size(); ++i) labels(i);
  look_at_mended(prompts, options);
}

std::string KeptMasks::path(std::size_t frame) const {
  return (boost::filesystem::path(folder_) / (frames_[frame] + ".png")).string();
}

Mask KeptMasks::labels(std::size_t frame) const {
  if (frame + 1 == frames_.size() && mended_.width() > 0) return mended_;
  check_input_file(path(frame), "the mask of a frame that is kept");
  return read_mask(path(frame), {MaskRole::prediction, width_, height_});
}

// A painting program may have stored the labels as a picture in their colours, or sorted the
// palette.
void KeptMasks::read_mended() {
  const std::string mended = path(frames_.size() - 1);
  check_input_file(mended, "the mask that was mended");
  const std::vector<std::uint8_t> file = bytes_of(mended);
  const int type = read_png_header(file, mended).color_type;
  constexpr int kGrey = 0;
  constexpr int kPalette = 3;
  MaskDecoder decoder;
  if (type == kGrey || type == kPalette) {
    mended_ = Mask(decoder.decode(file, {MaskRole::prediction, width_, height_}, mended));
    const std::vector<Rgb> palette = read_png_palette(file, mended);
    if (palette.empty() || shows_labels(mended_, palette)) return;
    relabel(mended_, palette, mended);
  } else {
    const PngSamples samples =
        decoder.decode_samples(file, {MaskRole::truth, width_, height_}, mended);
    mended_ = labels_of_colours(samples, mended);
  }
  in_colours_ = true;
  notes_.push_back({Severity::warning, "the mask of the frame '" + frames_.back() +
                                           "' is told by its colours, and written again as one of "
                                           "labels"});
}

void KeptMasks::look_at_mended(const Prompts& prompts, const FirstMaskOptions& options) {
  const std::string mended = path(frames_.size() - 1);
  FirstMaskOptions reading = options;
  reading.background = -1;  // it was written by a run
  read_mended();

  std::set<int> known;
  for (const auto& [frame, mask] : prompts.masks) {
    if (FrameLess()(frames_.back(), frame)) continue;
    for (const auto& [id, pixels] : areas_of(mask)) known.insert(id);
  }
  if (frames_.size() > 1) {
    for (const auto& [id, pixels] : areas_of(labels(frames_.size() - 2))) known.insert(id);
  }
  const std::map<int, std::uint64_t> areas = areas_of(mended_);
  std::set<int> all(prompts.object_ids.begin(), prompts.object_ids.end());
  for (const auto& [id, pixels] : areas) all.insert(id);
  object_ids_.assign(all.begin(), all.end());

  // Smoothed edges are seen by labels that nobody gave.
  Prompts given;
  given.masks.emplace(frames_.back(), mended_);
  given.object_ids = object_ids_;
  const bool has_new =
      std::ranges::any_of(areas, [&](const auto& one) { return !known.contains(one.first); });
  if (has_new) check_prompt_values(given, reading, mended);
  check_first_masks(given, reading, mended);
  notes_.push_back({Severity::note, "goes on from the frame '" + frames_.back() +
                                        "', whose mask shows " + objects_of(areas, known)});
}

void KeptMasks::copy(std::size_t frame, const std::string& folder) const {
  const std::string place = (boost::filesystem::path(folder) / (frames_[frame] + ".png")).string();
  const bool is_mended = frame + 1 == frames_.size();
  write_file_atomically(place,
                        is_mended && in_colours_ ? encode_mask_png(mended_.view(), voc_palette())
                                                 : bytes_of(path(frame)),
                        Flush::with_folder);
}

Mask without_known(const Mask& prompt, const std::vector<int>& known) {
  Mask rest = prompt;
  const std::size_t size =
      static_cast<std::size_t>(rest.width()) * static_cast<std::size_t>(rest.height());
  for (std::size_t i = 0; i < size; ++i) {
    if (std::ranges::find(known, rest.pixels()[i]) != known.end())
      rest.pixels()[i] = kBackgroundLabel;
  }
  return rest;
}

}  // namespace angiobench
