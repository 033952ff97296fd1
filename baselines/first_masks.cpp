// SPDX-License-Identifier: MIT
#include "baselines/first_masks.h"

#include <algorithm>
#include <array>
#include <bitset>
#include <boost/filesystem/operations.hpp>
#include <cstddef>
#include <cstdio>
#include <map>
#include <memory>
#include <opencv2/core/mat.hpp>
#include <optional>
#include <set>
#include <unordered_map>
#include <utility>

#include "dataset/error.h"
#include "dataset/files/digest.h"
#include "dataset/files/file_tree.h"
#include "dataset/frame_order.h"
#include "dataset/masks/png.h"
#include "dataset/media/frame_io.h"

namespace angiobench {
namespace {

constexpr int kNumLabels = 256;
constexpr std::string_view kMaskSuffixes[] = {".png", ".bmp", ".tif", ".tiff", ".jpg", ".jpeg"};

// A pixel's value: a label 0..255, or a colour 0xRRGGBB; transparent pixels of a drawing.
using Value = std::uint32_t;
constexpr Value kTransparent = 0x1000000;
constexpr Value kBlack = 0;

// A picture before it is known which of its values are objects.
struct Drawing {
  std::string frame;
  std::string path;
  int width = 0;
  int height = 0;
  bool has_colours = false;      // values are colours
  bool has_own_palette = false;  // values are labels that had colours of their own, not VOC's
  std::vector<Value> values;

  Value at(int x, int y) const {
    return values[static_cast<std::size_t>(y) * static_cast<std::size_t>(width) +
                  static_cast<std::size_t>(x)];
  }
};

using Channels = std::array<int, 3>;

Channels channels_of(Value value, bool has_colours) {
  if (value == kTransparent) return {0, 0, 0};
  if (!has_colours)
    return {static_cast<int>(value), static_cast<int>(value), static_cast<int>(value)};
  return {static_cast<int>(value >> 16 & 255), static_cast<int>(value >> 8 & 255),
          static_cast<int>(value & 255)};
}

// Whether smoothing between a and b can give `value`.
bool lies_between(const Channels& value, const Channels& a, const Channels& b) {
  constexpr int kRounding = 6;  // of resampling and of palettes
  for (std::size_t i = 0; i < 3; ++i) {
    const auto [least, most] = std::minmax(a[i], b[i]);
    if (value[i] < least - kRounding || value[i] > most + kRounding) return false;
  }
  return true;
}

std::string value_text(Value value, bool has_colours) {
  if (value == kTransparent) return "transparent";
  char text[16];
  std::snprintf(text, sizeof text, has_colours ? "#%06x" : "%u", value);
  return text;
}

// What the values of a drawing are: how many pixels each has, and which can be no object.
struct ValueFacts {
  std::map<Value, std::uint64_t> counts;
  std::set<Value> smoothed;   // on the edges between two commoner ones
  std::set<Value> scattered;  // among each other, as dithering has it
};

ValueFacts facts_of(const Drawing& drawing, Value background) {
  ValueFacts facts;
  std::unordered_map<Value, std::uint64_t> counts;
  for (const Value value : drawing.values) ++counts[value];
  facts.counts.insert(counts.begin(), counts.end());
  if (facts.counts.size() < 3) return facts;

  std::unordered_map<Value, std::uint64_t> between;
  std::unordered_map<Value, std::uint64_t> among;
  const bool colours = drawing.has_colours;
  for (int y = 0; y < drawing.height; ++y) {
    for (int x = 0; x < drawing.width; ++x) {
      const Value own = drawing.at(x, y);
      if (own == background) continue;
      std::array<Value, 8> others{};
      std::size_t num_others = 0;
      int num_foreign = 0;
      for (int dy = -1; dy <= 1; ++dy) {
        for (int dx = -1; dx <= 1; ++dx) {
          const int u = x + dx;
          const int v = y + dy;
          if (u < 0 || v < 0 || u >= drawing.width || v >= drawing.height) continue;
          const Value other = drawing.at(u, v);
          if (other == own) continue;
          if (dx * dy == 0 && other != background) ++num_foreign;
          others[num_others++] = other;
        }
      }
      if (num_foreign >= 2) ++among[own];
      const Channels value = channels_of(own, colours);
      bool lies = false;
      for (std::size_t a = 0; a < num_others && !lies; ++a) {
        if (counts[others[a]] <= counts[own]) continue;
        for (std::size_t b = a + 1; b < num_others && !lies; ++b) {
          lies =
              others[b] != others[a] && counts[others[b]] > counts[own] &&
              lies_between(value, channels_of(others[a], colours), channels_of(others[b], colours));
        }
      }
      if (lies) ++between[own];
    }
  }
  // Most of an object's pixels are not on an edge between two others, however thin it is.
  for (const auto& [value, count] : facts.counts) {
    if (value == background) continue;
    if (2 * between[value] >= count) {
      facts.smoothed.insert(value);
    } else if (2 * among[value] >= count) {
      facts.scattered.insert(value);
    }
  }
  // Small numbers are labels, and one of a few pixels may lie anywhere; what smoothing and
  // dithering make comes in numbers. A thin wire in a vessel has vessel on both sides.
  constexpr Value kLargestUsualLabel = 64;
  constexpr std::size_t kMany = 3;
  const bool are_labels = !colours && facts.counts.rbegin()->first <= kLargestUsualLabel;
  if (are_labels && facts.smoothed.size() < kMany) facts.smoothed.clear();
  if (facts.smoothed.size() == 1) {
    const Value only = *facts.smoothed.begin();
    if (5 * between[only] < 4 * facts.counts[only]) facts.smoothed.clear();
  }
  if (facts.scattered.size() < (are_labels && !drawing.has_own_palette ? kMany : 2))
    facts.scattered.clear();
  return facts;
}

template <class Values>
std::string list_text(const Values& values, bool has_colours) {
  constexpr std::size_t kMost = 6;
  std::string text;
  std::size_t number = 0;
  for (const auto& value : values) {
    if (number++ == kMost) return text + " and " + std::to_string(values.size() - kMost) + " more";
    text += (text.empty() ? "" : ", ") + value_text(value, has_colours);
  }
  return text;
}

// The nearest by colour of the values that stay: of the neighbours, else of all.
void take_apart(Drawing& drawing, const std::set<Value>& leaving, const std::set<Value>& staying) {
  constexpr int kReach = 2;
  const auto distance = [&](Value a, Value b) {
    const Channels x = channels_of(a, drawing.has_colours);
    const Channels y = channels_of(b, drawing.has_colours);
    int sum = 0;
    for (std::size_t i = 0; i < 3; ++i) sum += (x[i] - y[i]) * (x[i] - y[i]);
    return sum;
  };
  const Drawing before = drawing;
  for (int y = 0; y < drawing.height; ++y) {
    for (int x = 0; x < drawing.width; ++x) {
      const Value own = before.at(x, y);
      if (!leaving.contains(own)) continue;
      std::optional<Value> nearest;
      const auto offer = [&](Value value) {
        if (!staying.contains(value)) return;
        if (!nearest || distance(own, value) < distance(own, *nearest) ||
            (distance(own, value) == distance(own, *nearest) && value < *nearest))
          nearest = value;
      };
      for (int v = std::max(0, y - kReach); v <= std::min(drawing.height - 1, y + kReach); ++v) {
        for (int u = std::max(0, x - kReach); u <= std::min(drawing.width - 1, x + kReach); ++u)
          offer(before.at(u, v));
      }
      if (!nearest) {
        for (const Value value : staying) offer(value);
      }
      drawing.values[static_cast<std::size_t>(y) * static_cast<std::size_t>(drawing.width) +
                     static_cast<std::size_t>(x)] = *nearest;
    }
  }
}

// Refuses smoothed and scattered values, or takes smoothed ones apart.
void settle_values(Drawing& drawing, Value background, const FirstMaskOptions& options) {
  if (options.trusted) return;
  const ValueFacts facts = facts_of(drawing, background);
  const bool colours = drawing.has_colours;
  if (!facts.scattered.empty()) {
    throw Error(ErrorKind::input, drawing.path,
                "the values " + list_text(facts.scattered, colours) +
                    " are scattered among each other, as a picture that was dithered to a palette "
                    "has them",
                "one value an object: save the mask as RGB or grey, or with dithering off; "
                "--trust-masks takes every value as an object");
  }
  if (facts.smoothed.empty()) return;
  std::set<Value> staying;
  for (const auto& [value, count] : facts.counts) {
    if (!facts.smoothed.contains(value)) staying.insert(value);
  }
  if (staying.size() < 2) {
    throw Error(
        ErrorKind::input, drawing.path,
        "has " + std::to_string(facts.counts.size()) + " values, of which none is an object's",
        "one value an object, with hard edges");
  }
  if (!options.binarize) {
    throw Error(
        ErrorKind::input, drawing.path,
        "the values " + list_text(facts.smoothed, colours) +
            " lie only on the edges between others, as smoothed (anti-aliased) edges have them",
        "hard edges; --binarize gives each such pixel to the nearest of " +
            list_text(staying, colours) + "; --trust-masks takes every value as an object");
  }
  take_apart(drawing, facts.smoothed, staying);
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

Drawing drawing_of_labels(const MaskView& mask) {
  Drawing drawing;
  drawing.width = mask.width;
  drawing.height = mask.height;
  drawing.values.reserve(static_cast<std::size_t>(mask.width) *
                         static_cast<std::size_t>(mask.height));
  for (int y = 0; y < mask.height; ++y)
    drawing.values.insert(drawing.values.end(), mask.row(y), mask.row(y) + mask.width);
  return drawing;
}

Drawing drawing_of_colours(const cv::Mat& rgba, const std::string& path,
                           const FirstMaskOptions& options) {
  Drawing drawing;
  drawing.width = rgba.cols;
  drawing.height = rgba.rows;
  drawing.values.reserve(rgba.total());
  bool is_grey = true;
  std::uint64_t num_half = 0;
  for (int y = 0; y < rgba.rows; ++y) {
    const cv::Vec4b* const row = rgba.ptr<cv::Vec4b>(y);
    for (int x = 0; x < rgba.cols; ++x) {
      const cv::Vec4b& pixel = row[x];
      constexpr int kHalf = 128;
      if (pixel[3] != 0 && pixel[3] != 255) ++num_half;
      if (pixel[3] < kHalf) {
        drawing.values.push_back(kTransparent);
        continue;
      }
      is_grey = is_grey && pixel[0] == pixel[1] && pixel[1] == pixel[2];
      drawing.values.push_back(Value{pixel[0]} << 16 | Value{pixel[1]} << 8 | pixel[2]);
    }
  }
  if (num_half > 0 && !options.binarize && !options.trusted) {
    throw Error(ErrorKind::input, path,
                std::to_string(num_half) + " pixels are half transparent, as smoothed edges are",
                "hard edges; --binarize takes what is half opaque or more");
  }
  drawing.has_colours = !is_grey;
  if (!is_grey) return drawing;
  for (Value& value : drawing.values) value = value == kTransparent ? 0 : value & 255;
  return drawing;
}

Drawing decode_drawing(const std::vector<std::uint8_t>& file, const std::string& path,
                       const FirstMaskOptions& options) {
  constexpr int kGrey = 0;
  constexpr int kPalette = 3;
  const int color_type = is_png(file) ? read_png_header(file, path).color_type : -1;
  if (color_type != kGrey && color_type != kPalette)
    return drawing_of_colours(decode_rgba(file, path), path, options);
  MaskDecoder decoder;
  Drawing drawing = drawing_of_labels(decoder.decode(file, {}, path));
  if (color_type == kGrey) return drawing;
  std::bitset<kNumLabels> used;
  for (const Value value : drawing.values) used.set(value);
  const std::vector<Rgb> palette = read_png_palette(file, path);
  if (palette.empty() || is_voc_palette(palette, used)) return drawing;
  drawing.has_own_palette = true;
  if (is_label_palette(palette, used)) return drawing;
  for (Value& value : drawing.values) {
    const Rgb& colour = palette.at(value);
    value = Value{colour[0]} << 16 | Value{colour[1]} << 8 | colour[2];
  }
  drawing.has_colours = true;
  return drawing;
}

// The background of drawings in colours: what is transparent, black, or else the commonest.
Value background_of(const std::vector<Drawing>& drawings) {
  std::map<Value, std::uint64_t> counts;
  for (const Drawing& drawing : drawings) {
    for (const Value value : drawing.values) ++counts[value];
  }
  if (counts.contains(kTransparent)) return kTransparent;
  if (counts.contains(kBlack)) return kBlack;
  return std::max_element(counts.begin(), counts.end(),
                          [](const auto& a, const auto& b) { return a.second < b.second; })
      ->first;
}

// Gives every colour its id, over all pictures of a clip.
void number_colours(std::vector<Drawing>& drawings, Value background, FirstMasks& masks,
                    const std::string& path) {
  std::set<Value, std::greater<>> colours;
  for (const Drawing& drawing : drawings)
    colours.insert(drawing.values.begin(), drawing.values.end());
  colours.erase(background);
  colours.erase(kTransparent);
  // VOC's colours have numbers of their own.
  std::map<Value, Value> ids;
  const std::span<const Rgb> voc = voc_palette();
  for (Value id = 1; id < kNumLabels; ++id) {
    const Rgb& colour = voc[id];
    ids.emplace(Value{colour[0]} << 16 | Value{colour[1]} << 8 | colour[2], id);
  }
  const bool is_voc =
      background == kBlack && std::all_of(colours.begin(), colours.end(),
                                          [&](Value colour) { return ids.contains(colour); });
  if (!is_voc) {
    ids.clear();
    Value next = 1;
    for (const Value colour : colours) ids.emplace(colour, next++);
  }
  if (colours.size() >= kNumLabels) {
    throw Error(ErrorKind::input, path, "has " + std::to_string(colours.size()) + " colours",
                "one colour an object, with hard edges");
  }
  std::string text;
  for (const Value colour : colours) {
    text += (text.empty() ? "" : ", ") + value_text(colour, true) + " is object " +
            std::to_string(ids.at(colour));
  }
  masks.notes.push_back({Severity::note, "drawn in colours: " + text + ", " +
                                             value_text(background, true) + " the background"});
  for (Drawing& drawing : drawings) {
    for (Value& value : drawing.values)
      value = value == background || value == kTransparent ? 0 : ids.at(value);
    drawing.has_colours = false;
  }
}

std::string size_text(int width, int height) {
  return std::to_string(width) + "x" + std::to_string(height);
}

Mask mask_of(const Drawing& drawing) {
  Mask mask(drawing.width, drawing.height);
  for (std::size_t i = 0; i < drawing.values.size(); ++i)
    mask.pixels()[i] = static_cast<std::uint8_t>(drawing.values[i]);
  return mask;
}

// Makes prompts of masks in the order of their frames: a label is given once.
Prompts prompts_of(const std::vector<Drawing>& drawings, const std::string& path) {
  Prompts prompts;
  std::bitset<kNumLabels> given;
  for (const Drawing& drawing : drawings) {
    const Drawing& first = drawings.front();
    if (drawing.width != first.width || drawing.height != first.height) {
      throw Error(ErrorKind::input, drawing.path, size_text(drawing.width, drawing.height),
                  size_text(first.width, first.height) + ", as the masks before it");
    }
    Mask mask = mask_of(drawing);
    std::bitset<kNumLabels> seen;
    for (std::size_t i = 0; i < drawing.values.size(); ++i) {
      if (given[mask.pixels()[i]]) mask.pixels()[i] = kBackgroundLabel;
      seen.set(mask.pixels()[i]);
    }
    seen.reset(kBackgroundLabel);
    // Empty masks before the first object are no prompts: they are what is written there.
    if (seen.none() && prompts.masks.empty()) continue;
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
    if (!boost::filesystem::exists(path, code))
      throw Error(ErrorKind::input, path, "not found", "a first mask");
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

}  // namespace

FirstMasks read_first_masks(const std::string& path, const std::vector<std::string>& frames,
                            const FirstMaskOptions& options) {
  FirstMasks masks;
  std::vector<Drawing> drawings;
  for (const MaskFile& file : find_mask_files(path, frames, masks)) {
    drawings.push_back(decode_drawing(file.bytes, file.path, options));
    drawings.back().frame = file.frame;
    drawings.back().path = file.path;
  }
  const auto in_colours = [](const Drawing& drawing) { return drawing.has_colours; };
  if (std::any_of(drawings.begin(), drawings.end(), in_colours)) {
    for (Drawing& drawing : drawings) {
      if (drawing.has_colours) continue;
      if (std::any_of(drawing.values.begin(), drawing.values.end(),
                      [](Value value) { return value != 0; })) {
        throw Error(ErrorKind::input, drawing.path,
                    "holds labels, where other masks are in colours",
                    "one kind of masks for a clip");
      }
      drawing.has_colours = true;  // all black
    }
    const Value background = background_of(drawings);
    for (Drawing& drawing : drawings) settle_values(drawing, background, options);
    number_colours(drawings, background, masks, path);
  } else {
    const auto background = static_cast<Value>(std::max(0, options.background));
    for (Drawing& drawing : drawings) settle_values(drawing, background, options);
  }
  masks.prompts = prompts_of(drawings, path);
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
    const std::size_t size =
        static_cast<std::size_t>(mask.width()) * static_cast<std::size_t>(mask.height());
    std::array<std::uint64_t, kNumLabels> counts{};
    for (std::size_t i = 0; i < size; ++i) ++counts[mask.pixels()[i]];
    std::array<int, kNumLabels> corners{};
    for (const int x : {0, mask.width() - 1}) {
      for (const int y : {0, mask.height() - 1}) ++corners[mask.at(x, y)];
    }
    for (std::size_t id = 1; id < counts.size(); ++id) {
      const double share = static_cast<double>(counts[id]) / static_cast<double>(size);
      constexpr int kManyCorners = 3;
      if (share <= 0.5 || corners[id] < kManyCorners) continue;
      char percent[16];
      std::snprintf(percent, sizeof percent, "%.0f", 100 * share);
      throw Error(ErrorKind::input, place,
                  "object " + std::to_string(id) + " covers " + percent +
                      " % of the frame and its corners: it looks like the background",
                  "0 where there is no object; --background " + std::to_string(id) +
                      " where it is the background, --trust-masks where it is an object");
    }
  }
}

void check_prompt_values(const Prompts& prompts, const FirstMaskOptions& options,
                         const std::string& place) {
  FirstMaskOptions strict = options;
  strict.binarize = false;  // a data set's masks are mended where they lie
  for (const auto& [frame, mask] : prompts.masks) {
    Drawing drawing = drawing_of_labels(mask.view());
    drawing.path = place;
    settle_values(drawing, 0, strict);
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
