// SPDX-License-Identifier: MIT
#include "baselines/first_masks.h"

#include <algorithm>
#include <array>
#include <bitset>
#include <boost/filesystem/operations.hpp>
#include <cstddef>
#include <map>
#include <memory>
#include <opencv2/core/mat.hpp>
#include <optional>
#include <set>
#include <utility>

#include "dataset/files/image_size.h"
#include "dataset/files/input_file.h"
#include "dataset/error.h"
#include "dataset/files/digest.h"
#include "dataset/files/file_tree.h"
#include "dataset/frame_order.h"
#include "dataset/masks/label_stack.h"
#include "dataset/masks/png.h"
#include "dataset/masks/volume_tree.h"
#include "dataset/media/frame_io.h"
#include "dataset/media/mask_values.h"

namespace angiobench {
namespace {

constexpr std::string_view kMaskSuffixes[] = {".png", ".bmp", ".tif", ".tiff", ".jpg", ".jpeg"};

constexpr MaskValue kBlack = 0;

// Bytes of values that a volume of first masks may have.
constexpr std::uint64_t kMaxVolumeOfFirstMasks = std::uint64_t{1} << 31;

// Refuses smoothed and scattered values, or takes them apart.
void settle_values(DrawnMask& drawing, MaskValue background, const FirstMaskOptions& options,
                   FirstMasks& masks) {
  if (options.trusted) return;
  if (!options.binarize) {
    check_mask_values(drawing, background, TakeApart::offered);
    return;
  }
  const std::string done = take_values_apart(drawing, background);
  if (!done.empty())
    masks.notes.push_back({Severity::note, "'" + drawing.path + "' was taken apart: " + done});
}

bool is_png(const std::vector<std::uint8_t>& file) {
  return file.size() > 8 && file[0] == 0x89 && file[1] == 'P' && file[2] == 'N' && file[3] == 'G';
}

// Whether a palette is one of labels: its colours are only there to be looked at.
bool is_label_palette(const std::vector<Rgb>& palette, const std::bitset<kNumLabels>& used) {
  return used[kBackgroundLabel] && palette.at(0) == Rgb{0, 0, 0};
}

bool is_voc_palette(const std::vector<Rgb>& palette, const std::bitset<kNumLabels>& used) {
  const std::span<const Rgb> voc = voc_palette();
  bool is_voc = true;
  for (std::size_t i = 0; i < kNumLabels; ++i)
    is_voc = is_voc && (!used[i] || i >= palette.size() || palette[i] == voc[i]);
  return is_voc;
}

MaskValue value_of(const Rgb& colour) {
  return MaskValue{colour[0]} << 16 | MaskValue{colour[1]} << 8 | colour[2];
}

// Whether the colours that a picture uses of its palette are all in the table.
bool is_in_table(const std::vector<Rgb>& palette, const std::bitset<kNumLabels>& used,
                 const std::vector<LabelClass>& table) {
  for (std::size_t i = 0; i < kNumLabels; ++i) {
    if (!used[i]) continue;
    const bool is_known = i < palette.size() &&
                          std::ranges::find(table, palette[i], &LabelClass::color) != table.end();
    if (!is_known) return false;
  }
  return !table.empty();
}

DrawnMask drawing_of_colours(const cv::Mat& rgba, const std::string& path,
                             const FirstMaskOptions& options) {
  DrawnMask drawing;
  drawing.width = rgba.cols;
  drawing.height = rgba.rows;
  drawing.values.reserve(rgba.total());
  bool is_grey = true;
  std::uint64_t num_half = 0;
  // Programs that show a mask over a picture give all of it one opacity.
  int opaque = 0;
  for (int y = 0; y < rgba.rows; ++y) {
    for (int x = 0; x < rgba.cols; ++x) opaque = std::max<int>(opaque, rgba.at<cv::Vec4b>(y, x)[3]);
  }
  for (int y = 0; y < rgba.rows; ++y) {
    const cv::Vec4b* const row = rgba.ptr<cv::Vec4b>(y);
    for (int x = 0; x < rgba.cols; ++x) {
      const cv::Vec4b& pixel = row[x];
      if (pixel[3] != 0 && pixel[3] != opaque) ++num_half;
      if (pixel[3] == 0 || 2 * pixel[3] < opaque) {
        drawing.values.push_back(kTransparent);
        continue;
      }
      is_grey = is_grey && pixel[0] == pixel[1] && pixel[1] == pixel[2];
      drawing.values.push_back(MaskValue{pixel[0]} << 16 | MaskValue{pixel[1]} << 8 | pixel[2]);
    }
  }
  if (num_half > 0 && !options.binarize && !options.trusted) {
    throw Error(ErrorKind::input, path,
                std::to_string(num_half) + " pixels are half transparent, as smoothed edges are",
                "hard edges; --binarize takes what is half opaque or more");
  }
  // With a table grey is a colour, too.
  drawing.has_colours = !is_grey || !options.colors.empty();
  if (drawing.has_colours) return drawing;
  for (MaskValue& value : drawing.values) value = value == kTransparent ? 0 : value & 255;
  return drawing;
}

DrawnMask decode_drawing(const std::vector<std::uint8_t>& file, const std::string& path,
                         const FirstMaskOptions& options) {
  constexpr int kGrey = 0;
  constexpr int kPalette = 3;
  const int color_type = is_png(file) ? read_png_header(file, path).color_type : -1;
  if (color_type != kGrey && color_type != kPalette)
    return drawing_of_colours(decode_rgba(file, path), path, options);
  MaskDecoder decoder;
  DrawnMask drawing = drawn_labels(decoder.decode(file, {}, path));
  if (color_type == kGrey) return drawing;
  std::bitset<kNumLabels> used;
  for (const MaskValue value : drawing.values) used.set(value);
  const std::vector<Rgb> palette = read_png_palette(file, path);
  const bool has_table = is_in_table(palette, used, options.colors);
  if (palette.empty() || (is_voc_palette(palette, used) && !has_table)) return drawing;
  for (const Rgb& colour : palette) drawing.palette.push_back(value_of(colour));
  if (has_table || !is_label_palette(palette, used)) show_palette(drawing);
  return drawing;
}

// The background of drawings in colours: what is transparent, black, or else the commonest.
MaskValue background_of(const std::vector<DrawnMask>& drawings) {
  std::map<MaskValue, std::uint64_t> counts;
  for (const DrawnMask& drawing : drawings) {
    for (const MaskValue value : drawing.values) ++counts[value];
  }
  if (counts.contains(kTransparent)) return kTransparent;
  if (counts.contains(kBlack)) return kBlack;
  return std::max_element(counts.begin(), counts.end(),
                          [](const auto& a, const auto& b) { return a.second < b.second; })
      ->first;
}

// The ids of a table's colours.
std::map<MaskValue, MaskValue> ids_of_table(const std::set<MaskValue, std::greater<>>& colours,
                                            const std::vector<LabelClass>& table,
                                            const std::string& path) {
  std::map<MaskValue, MaskValue> ids;
  for (const LabelClass& label : table)
    ids.emplace(value_of(label.color), static_cast<MaskValue>(label.id));
  for (const MaskValue colour : colours) {
    if (!ids.contains(colour)) {
      throw Error(ErrorKind::input, path,
                  "has the colour " + value_text(colour, true) + ", which is not in the table",
                  "only colours of the table of --colours");
    }
  }
  return ids;
}

// Gives every colour its id, over all pictures of a clip.
void number_colours(std::vector<DrawnMask>& drawings, MaskValue background,
                    const std::vector<LabelClass>& table, FirstMasks& masks,
                    const std::string& path) {
  std::set<MaskValue, std::greater<>> colours;
  for (const DrawnMask& drawing : drawings)
    colours.insert(drawing.values.begin(), drawing.values.end());
  colours.erase(background);
  colours.erase(kTransparent);
  // VOC's colours have numbers of their own.
  std::map<MaskValue, MaskValue> ids;
  const std::span<const Rgb> voc = voc_palette();
  for (MaskValue id = 1; id < kNumLabels; ++id) {
    const Rgb& colour = voc[id];
    ids.emplace(value_of(colour), id);
  }
  if (!table.empty()) ids = ids_of_table(colours, table, path);
  const bool is_voc =
      background == kBlack && std::all_of(colours.begin(), colours.end(),
                                          [&](MaskValue colour) { return ids.contains(colour); });
  if (!is_voc && table.empty()) {
    ids.clear();
    MaskValue next = 1;
    for (const MaskValue colour : colours) ids.emplace(colour, next++);
  }
  if (colours.size() >= kNumLabels) {
    throw Error(ErrorKind::input, path, "has " + std::to_string(colours.size()) + " colours",
                "one colour an object, with hard edges");
  }
  std::string text;
  for (const MaskValue colour : colours) {
    text += (text.empty() ? "" : ", ") + value_text(colour, true) + " is object " +
            std::to_string(ids.at(colour));
  }
  masks.notes.push_back({Severity::note, "drawn in colours: " + text + ", " +
                                             value_text(background, true) + " the background"});
  for (DrawnMask& drawing : drawings) {
    for (MaskValue& value : drawing.values)
      value = value == background || value == kTransparent ? 0 : ids.at(value);
    drawing.has_colours = false;
  }
}

Mask mask_of(const DrawnMask& drawing) {
  Mask mask(drawing.width, drawing.height);
  for (std::size_t i = 0; i < drawing.values.size(); ++i)
    mask.pixels()[i] = static_cast<std::uint8_t>(drawing.values[i]);
  return mask;
}

// Makes prompts of masks in the order of their frames: a label is given once.
Prompts prompts_of(const std::vector<DrawnMask>& drawings, const FirstMaskOptions& options,
                   FirstMasks& masks, const std::string& path) {
  Prompts prompts;
  std::bitset<kNumLabels> given;
  for (const DrawnMask& drawing : drawings) {
    const DrawnMask& first = drawings.front();
    if (drawing.width != first.width || drawing.height != first.height) {
      throw Error(ErrorKind::input, drawing.path, size_text(drawing.width, drawing.height),
                  size_text(first.width, first.height) + ", as the masks before it");
    }
    Mask mask = mask_of(drawing);
    std::bitset<kNumLabels> seen;
    std::bitset<kNumLabels> repeated;
    for (std::size_t i = 0; i < drawing.values.size(); ++i) {
      if (given[mask.pixels()[i]]) {
        repeated.set(mask.pixels()[i]);
        if (!options.correct) mask.pixels()[i] = kBackgroundLabel;
      }
      seen.set(mask.pixels()[i]);
    }
    seen.reset(kBackgroundLabel);
    repeated.reset(kBackgroundLabel);
    // Empty masks before the first object are no prompts: they are what is written there.
    if (seen.none() && prompts.masks.empty()) continue;
    if (options.correct && !prompts.masks.empty()) {
      prompts.corrections.insert(drawing.frame);
    } else if (repeated.any()) {
      masks.notes.push_back({Severity::note, "the mask of the frame '" + drawing.frame +
                                                 "' shows objects again that were given before: "
                                                 "these are left out there, only new ones are "
                                                 "taken (unless it is meant to correct them)"});
    }
    given |= seen;
    prompts.masks.emplace(drawing.frame, std::move(mask));
  }
  if (given.none()) {
    throw Error(ErrorKind::input, path, "the first masks hold no object",
                "at least one label above 0");
  }
  for (int id = 1; id < kNumLabels; ++id) {
    if (given[static_cast<std::size_t>(id)]) prompts.object_ids.push_back(id);
  }
  return prompts;
}

struct MaskFile {
  std::string frame;
  std::string path;
  std::vector<std::uint8_t> bytes;
};

std::vector<MaskFile> find_mask_files(const std::string& path,
                                      const std::vector<std::string>& frames, FirstMasks& masks) {
  std::vector<MaskFile> found;
  const auto is_frame = [&](const std::string& name) {
    return std::find(frames.begin(), frames.end(), name) != frames.end();
  };
  boost::system::error_code code;
  if (!boost::filesystem::is_directory(path, code)) {
    const std::size_t slash = path.rfind('/');
    const std::string folder = slash == std::string::npos ? "." : path.substr(0, slash + 1);
    const std::string file = slash == std::string::npos ? path : path.substr(slash + 1);
    MaskFile mask{std::string(file_stem(file)), path, {}};
    check_input_file(path, "a first mask");
    if (!open_folder(folder)->read(file, mask.bytes))
      throw Error(ErrorKind::input, path, "cannot be read", "a first mask");
    // A mask that has a frame's own name is that frame's.
    if (!is_frame(mask.frame)) {
      mask.frame = frames.empty() ? "00000" : frames.front();
    } else if (mask.frame != frames.front()) {
      masks.notes.push_back({Severity::note, "the first mask is given at the frame '" + mask.frame +
                                                 "', by its name"});
    }
    found.push_back(std::move(mask));
    return found;
  }
  const std::unique_ptr<FileTree> tree = open_folder(path);
  const FrameFiles files = sort_frame_files(tree->files(""), kMaskSuffixes);
  if (files.twins) {
    throw Error(ErrorKind::input, path,
                "has both " + files.twins->first + " and " + files.twins->second,
                "one mask a frame");
  }
  if (!files.copies.empty()) {
    masks.notes.push_back(
        {Severity::warning, "'" + files.copies.front() + "' is a copy and no first mask"});
  }
  if (files.files.empty())
    throw Error(ErrorKind::input, path, "holds no mask", "PNGs named as the frames they belong to");
  for (const std::string& file : files.files) {
    MaskFile mask{std::string(file_stem(file)), tree->display_path(file), {}};
    if (!frames.empty() && !is_frame(mask.frame)) {
      throw Error(
          ErrorKind::input, mask.path,
          "a mask is given for the frame '" + mask.frame + "', which is not there",
          "masks named as their frames, '" + frames.front() + "' to '" + frames.back() + "'");
    }
    if (!tree->read(file, mask.bytes))
      throw Error(ErrorKind::input, mask.path, "vanished", "a mask");
    found.push_back(std::move(mask));
  }
  return found;
}

// A volume of labels: one slice, of the first frame, or as many as the clip has frames, as somebody
// draws over all of it.
std::vector<DrawnMask> drawings_of_volume(const std::string& path,
                                          const std::vector<std::string>& frames) {
  const std::unique_ptr<FileTree> file = open_single_file(path, "a first mask");
  const LabelStack stack = read_label_stack(
      VolumeReader(file->open(file->files("").front()), *volume_form_of(path), path),
      kMaxVolumeOfFirstMasks);
  const auto count = static_cast<std::size_t>(stack.num_frames);
  if (count != 1 && count != frames.size()) {
    throw Error(ErrorKind::input, path, "has " + std::to_string(count) + " slices",
                "one, of the first frame, or " + std::to_string(frames.size()) +
                    ", one for each frame of the clip");
  }
  std::vector<DrawnMask> drawings;
  for (std::size_t t = 0; t < count; ++t) {
    drawings.push_back(drawn_labels(stack.frame(static_cast<int>(t))));
    drawings.back().frame = frames.empty() ? numbered_frame(0) : frames[t];
    drawings.back().path = path;
  }
  return drawings;
}

std::vector<DrawnMask> read_drawings(const std::string& path,
                                     const std::vector<std::string>& frames,
                                     const FirstMaskOptions& options, FirstMasks& masks) {
  if (is_volume_path(path)) return drawings_of_volume(path, frames);
  std::vector<DrawnMask> drawings;
  for (const MaskFile& file : find_mask_files(path, frames, masks)) {
    drawings.push_back(decode_drawing(file.bytes, file.path, options));
    drawings.back().frame = file.frame;
    drawings.back().path = file.path;
  }
  return drawings;
}

}  // namespace

FirstMasks read_first_masks(const std::string& path, const std::vector<std::string>& frames,
                            const FirstMaskOptions& options) {
  FirstMasks masks;
  std::vector<DrawnMask> drawings = read_drawings(path, frames, options, masks);
  // A dithered picture is one in colours, whatever its palette begins with; and what is background
  // is seen where the grain of a picture is one value.
  if (options.binarize && !options.trusted) {
    for (DrawnMask& drawing : drawings) {
      if (!drawing.palette.empty() &&
          !mask_value_facts(drawing, kBackgroundLabel).scattered.empty())
        show_palette(drawing);
      merge_alike_values(drawing,
                         drawing.has_colours ? background_of({drawing}) : kBackgroundLabel);
    }
  }
  const auto in_colours = [](const DrawnMask& drawing) { return drawing.has_colours; };
  if (std::any_of(drawings.begin(), drawings.end(), in_colours)) {
    for (DrawnMask& drawing : drawings) {
      if (drawing.has_colours) continue;
      if (std::any_of(drawing.values.begin(), drawing.values.end(),
                      [](MaskValue value) { return value != 0; })) {
        throw Error(ErrorKind::input, drawing.path,
                    "holds labels, where other masks are in colours",
                    "one kind of masks for a clip");
      }
      drawing.has_colours = true;  // all black
    }
    const MaskValue background =
        options.colors.empty() ? background_of(drawings) : value_of(options.colors.front().color);
    for (DrawnMask& drawing : drawings) settle_values(drawing, background, options, masks);
    number_colours(drawings, background, options.colors, masks, path);
  } else {
    const auto background = static_cast<MaskValue>(std::max(0, options.background));
    for (DrawnMask& drawing : drawings) settle_values(drawing, background, options, masks);
  }
  masks.prompts = prompts_of(drawings, options, masks, path);
  return masks;
}

void check_first_masks(Prompts& prompts, const FirstMaskOptions& options,
                       const std::string& place) {
  // Let the background that was named and 0 change places.
  if (options.background > 0) {
    const auto meant = static_cast<std::uint8_t>(options.background);
    std::bitset<kNumLabels> ids;
    for (auto& [frame, mask] : prompts.masks) {
      const std::size_t size =
          static_cast<std::size_t>(mask.width()) * static_cast<std::size_t>(mask.height());
      for (std::size_t i = 0; i < size; ++i) {
        std::uint8_t& label = mask.pixels()[i];
        label = label == meant ? 0 : label == 0 ? meant : label;
        ids.set(label);
      }
    }
    prompts.object_ids.clear();
    for (int id = 1; id < kNumLabels; ++id) {
      if (ids[static_cast<std::size_t>(id)]) prompts.object_ids.push_back(id);
    }
    if (prompts.object_ids.empty()) {
      throw Error(ErrorKind::input, place, "the first masks hold no object but the background",
                  "another --background");
    }
  }
  if (prompts.object_ids.size() > static_cast<std::size_t>(options.max_objects)) {
    throw Error(ErrorKind::input, place,
                "the first masks hold " + std::to_string(prompts.object_ids.size()) + " objects",
                "at most " + std::to_string(options.max_objects) +
                    "; --max-objects N, where they are all meant");
  }
  if (options.trusted) return;

  for (const auto& [frame, mask] : prompts.masks) {
    const auto found = object_like_background(mask);
    if (!found) continue;
    const std::string id = std::to_string(found->id);
    throw Error(ErrorKind::input, place,
                "object " + id + " covers " + std::to_string(found->percent) +
                    " % of the frame and its corners: it looks like the background",
                "0 where there is no object; --background " + id +
                    " where it is the background, --trust-masks where it is an object");
  }
}

void check_prompt_values(const Prompts& prompts, const FirstMaskOptions& options,
                         const std::string& place) {
  if (options.trusted) return;
  for (const auto& [frame, mask] : prompts.masks) {
    DrawnMask drawing = drawn_labels(mask.view());
    drawing.path = place;
    // A data set's masks are mended where they lie.
    check_mask_values(drawing, kBackgroundLabel, TakeApart::not_offered);
  }
}

std::vector<GivenObject> given_objects(const Prompts& prompts) {
  std::map<int, GivenObject> objects;
  for (const auto& [frame, mask] : prompts.masks) {
    const std::size_t size =
        static_cast<std::size_t>(mask.width()) * static_cast<std::size_t>(mask.height());
    for (std::size_t i = 0; i < size; ++i) {
      const int id = mask.pixels()[i];
      if (id == kBackgroundLabel) continue;
      GivenObject& object = objects[id];
      if (object.pixels > 0 && object.frame != frame) continue;  // a correction
      object.id = id;
      object.frame = frame;
      ++object.pixels;
    }
  }
  std::vector<GivenObject> list;
  for (auto& [id, object] : objects) list.push_back(std::move(object));
  return list;
}

std::string given_objects_text(const std::vector<GivenObject>& objects, const std::string& first) {
  std::string text;
  for (const GivenObject& object : objects) {
    text += (text.empty() ? "object " : ", object ") + std::to_string(object.id) + ": " +
            std::to_string(object.pixels) + (object.pixels == 1 ? " pixel" : " pixels");
    if (object.frame != first) text += " at " + object.frame;
  }
  return text;
}

std::string prompts_digest(const Prompts& prompts) {
  Sha256Stream stream;
  for (const auto& [frame, mask] : prompts.masks) {
    stream.update(frame + '\n' + size_text(mask.width(), mask.height()) + '\n');
    stream.update(std::span<const std::uint8_t>(
        mask.pixels(),
        static_cast<std::size_t>(mask.width()) * static_cast<std::size_t>(mask.height())));
  }
  for (const auto& [id, folder] : prompts.object_folders)
    stream.update(std::to_string(id) + '=' + folder + '\n');
  for (const std::string& frame : prompts.corrections) stream.update("corrects " + frame + '\n');
  return format_digest(stream.finish());
}

Prompts scaled_prompts(const Prompts& prompts, int width, int height) {
  Prompts scaled = prompts;
  for (auto& [frame, mask] : scaled.masks) {
    Mask larger(width, height);
    // The pixel of the old mask that the new one's centre lies in.
    for (int y = 0; y < height; ++y) {
      const auto v = static_cast<int>((2LL * y + 1) * mask.height() / (2LL * height));
      for (int x = 0; x < width; ++x) {
        const auto u = static_cast<int>((2LL * x + 1) * mask.width() / (2LL * width));
        larger.at(x, y) = mask.at(u, v);
      }
    }
    mask = std::move(larger);
  }
  return scaled;
}

}  // namespace angiobench
