// SPDX-License-Identifier: MIT
#include "dataset/validator/annotation_reader.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <optional>

#include "dataset/error.h"
#include "dataset/masks/npy.h"
#include "dataset/masks/submission_limits.h"

namespace angiobench {
namespace {

// The palette of some tools has 191 where the VOC map has 192.
constexpr int kColorTolerance = 2;

// The first label of the mask whose palette entry isn't the colour of the VOC map; -1 where there
// is none.
int foreign_label(std::span<const Rgb> palette, std::span<const LabelArea> labels) {
  const std::span<const Rgb> voc = voc_palette();
  for (const LabelArea& area : labels) {
    if (area.label >= palette.size() || area.label >= voc.size() || area.label == kVoidLabel)
      continue;
    for (std::size_t channel = 0; channel < 3; ++channel) {
      const int difference = palette[area.label][channel] - voc[area.label][channel];
      if (std::abs(difference) > kColorTolerance) return area.label;
    }
  }
  return -1;
}

void fail(Annotation& annotation, Trouble trouble, std::string message, std::string path) {
  annotation.trouble = trouble;
  annotation.message = std::move(message);
  annotation.path = std::move(path);
}

// No data set has larger frames: 4096x4096.
constexpr std::uint64_t kMaxUnknownPixels = 1 << 24;

Trouble trouble_of(const Error& error) {
  return error.kind() == ErrorKind::limit ? Trouble::limit : Trouble::unreadable;
}

std::string words_of(const Error& error) {
  return error.expected().empty() ? error.found()
                                  : error.found() + "; expected " + error.expected();
}

}  // namespace

AnnotationReader::AnnotationReader(Layout layout, MaskRole role, const LayoutRules& rules)
    : layout_(layout), role_(role), rules_(rules) {}

std::string AnnotationReader::path_of(const Sequence& sequence, std::string_view frame,
                                      int object) const {
  return role_ == MaskRole::truth ? mask_path(layout_, sequence, frame, object)
                                  : prediction_path(layout_, sequence, frame, object);
}

Annotation AnnotationReader::read(const FileTree& tree, const Sequence& sequence,
                                  std::string_view frame, const ExpectedMask& expected) {
  expected_ = expected;
  if (mask_storage(layout_) == MaskStorage::label_png) {
    // The scorer maps a colour-coded truth through the VOC map; so do we.
    const std::span<const Rgb> palette =
        role_ == MaskRole::truth ? voc_palette() : std::span<const Rgb>{};
    Annotation annotation = read_png(tree, path_of(sequence, frame, 0), palette);
    if (annotation.trouble != Trouble::none) return annotation;
    const auto& map = role_ == MaskRole::truth ? rules_.truth_ids : rules_.prediction_ids;
    const bool keeps_labels =
        std::ranges::all_of(annotation.facts.labels,
                            [&](const LabelArea& area) { return map[area.label] == area.label; });
    if (keeps_labels) return annotation;
    // Other tools' labels (127, 255) become ids.
    if (painted_.width() != ids_.width || painted_.height() != ids_.height)
      painted_ = Mask(ids_.width, ids_.height);
    for (int y = 0; y < ids_.height; ++y) {
      const std::uint8_t* const from = ids_.row(y);
      std::uint8_t* const to = painted_.pixels() + static_cast<std::ptrdiff_t>(y) * ids_.width;
      for (int x = 0; x < ids_.width; ++x) {
        // Background stays background, eight pixels at a time.
        std::uint64_t word = 1;
        if (x + 8 <= ids_.width) std::memcpy(&word, from + x, 8);
        if (word == 0) {
          std::memset(to + x, 0, 8);
          x += 7;
        } else {
          to[x] = map[from[x]];
        }
      }
    }
    ids_ = painted_.view();
    annotation.identity = describe_mask(ids_).fingerprint;
    return annotation;
  }
  Annotation annotation;
  ids_ = {};
  if (mask_storage(layout_) == MaskStorage::object_pngs) {
    read_objects(tree, sequence, frame, annotation);
  } else {
    read_planes(tree, sequence, frame, annotation);
  }
  if (annotation.trouble != Trouble::none) ids_ = {};
  return annotation;
}

Annotation AnnotationReader::read_png(const FileTree& tree, const std::string& relative,
                                      std::span<const Rgb> palette) {
  Annotation annotation;
  ids_ = decode(tree, relative, palette, annotation);
  if (annotation.trouble != Trouble::none) return annotation;
  annotation.facts = describe_mask(ids_);
  annotation.identity = annotation.facts.fingerprint;
  annotation.digest = sha256(bytes_);
  if (rules_.voc_colors && annotation.color_type == 3) {
    annotation.foreign_label =
        foreign_label(read_png_palette(bytes_, annotation.path), annotation.facts.labels);
  }
  return annotation;
}

MaskView AnnotationReader::decode(const FileTree& tree, const std::string& relative,
                                  std::span<const Rgb> palette, Annotation& annotation) {
  const std::string path = tree.display_path(relative);
  if (annotation.path.empty()) annotation.path = path;
  bool found = false;
  try {
    found = tree.read(relative, bytes_);
  } catch (const Error& error) {
    fail(annotation, trouble_of(error), words_of(error), path);
    return {};
  }
  if (!found) {
    fail(annotation, Trouble::missing, "no such file", path);
    return {};
  }
  PngHeader header;
  try {
    header = read_png_header(bytes_, path);
  } catch (const Error& error) {
    const std::string_view kind = file_kind(bytes_);
    fail(annotation, Trouble::unreadable,
         kind == "a PNG" ? words_of(error)
                         : "the content is " + std::string(kind) + "; expected a PNG",
         path);
    return {};
  }
  if (annotation.color_type < 0) annotation.color_type = header.color_type;
  annotation.bit_depth = std::max(annotation.bit_depth, header.bit_depth);
  if (expected_.is_from_stranger && !is_within_limits(header, path, annotation)) return {};
  if (role_ == MaskRole::prediction && header.bit_depth == 16) {
    fail(annotation, Trouble::depth, "16 bits a channel; expected at most 8", path);
    return {};
  }
  MaskDecodeOptions options;
  options.role = role_;
  options.palette = palette;
  try {
    return decoder_.decode(bytes_, options, path);
  } catch (const Error& error) {
    const bool has_color =
        header.color_type == 2 || header.color_type == 6 || header.color_type == 4;
    const Trouble trouble = trouble_of(error);
    fail(annotation, has_color && trouble != Trouble::limit ? Trouble::color : trouble,
         words_of(error), path);
    return {};
  }
}

// The size that the header tells against the frame's, the file's against its limit.
bool AnnotationReader::is_within_limits(const PngHeader& header, const std::string& path,
                                        Annotation& annotation) {
  if (expected_.width > 0 && (header.width != static_cast<std::uint32_t>(expected_.width) ||
                              header.height != static_cast<std::uint32_t>(expected_.height))) {
    fail(annotation, Trouble::size,
         std::to_string(header.width) + "x" + std::to_string(header.height) + "; expected " +
             std::to_string(expected_.width) + "x" + std::to_string(expected_.height),
         path);
    return false;
  }
  // Where nobody knows the frame's size, none that is larger than any data set's is decoded.
  const bool is_huge = std::uint64_t{header.width} * header.height > kMaxUnknownPixels;
  try {
    if (expected_.width == 0 && is_huge) {
      throw Error(ErrorKind::limit, path,
                  "the mask has " + std::to_string(header.width) + "x" +
                      std::to_string(header.height) + " pixels",
                  "at most " + std::to_string(kMaxUnknownPixels));
    }
    const int width = static_cast<int>(header.width);
    const int height = static_cast<int>(header.height);
    check_mask_bytes(bytes_.size(), expected_.max_bytes, width, height, path);
  } catch (const Error& error) {
    fail(annotation, Trouble::limit, words_of(error), path);
    return false;
  }
  return true;
}

void AnnotationReader::read_objects(const FileTree& tree, const Sequence& sequence,
                                    std::string_view frame, Annotation& annotation) {
  Sha256Stream digest;
  std::uint64_t identity = 0;
  for (const auto& [object, masks] : sequence.object_masks) {
    if (!masks.find(frame)) continue;
    const std::string relative = path_of(sequence, frame, object);
    const MaskView mask = decode(tree, relative, {}, annotation);
    if (annotation.trouble != Trouble::none) {
      annotation.object = object;
      return;
    }
    digest.update(sha256(bytes_));
    const MaskFacts facts = describe_mask(mask);
    if (annotation.facts.width == 0) {
      annotation.facts.width = mask.width;
      annotation.facts.height = mask.height;
      painted_ = Mask(mask.width, mask.height);
    }
    // One object, one value.
    const std::size_t values = facts.labels.size() - (facts.pixels_of(0) > 0 ? 1 : 0);
    if (values > 1 || mask.width != painted_.width() || mask.height != painted_.height()) {
      const std::string found =
          values > 1 ? std::to_string(values) + " values besides 0; expected one"
                     : std::to_string(mask.width) + "x" + std::to_string(mask.height) +
                           "; expected the size of the frame's other objects";
      fail(annotation, Trouble::not_binary, found, tree.display_path(relative));
      annotation.object = object;
      return;
    }
    const auto pixels =
        static_cast<std::uint32_t>(mask.width) * static_cast<std::uint32_t>(mask.height) -
        facts.pixels_of(0);
    annotation.facts.labels.push_back({static_cast<std::uint16_t>(object + 1), pixels});
    identity =
        (identity ^ facts.fingerprint ^ static_cast<std::uint64_t>(object)) * 0x9E3779B97F4A7C15ULL;
    for (int y = 0; y < mask.height; ++y) {
      for (int x = 0; x < mask.width; ++x) {
        if (mask.at(x, y) != 0) painted_.at(x, y) = static_cast<std::uint8_t>(1 + object % 255);
      }
    }
  }
  annotation.facts.fingerprint = identity;
  annotation.identity = identity;
  annotation.digest = digest.finish();
  ids_ = painted_.view();
}

void AnnotationReader::read_planes(const FileTree& tree, const Sequence& sequence,
                                   std::string_view frame, Annotation& annotation) {
  const std::string relative = path_of(sequence, frame, 0);
  annotation.path = tree.display_path(relative);
  NpyArray array;
  try {
    if (!tree.read(relative, bytes_)) {
      fail(annotation, Trouble::missing, "no such file", annotation.path);
      return;
    }
    array = parse_npy(bytes_, annotation.path);
  } catch (const Error& error) {
    fail(annotation, trouble_of(error), words_of(error), annotation.path);
    return;
  }
  constexpr std::uint64_t kMaxSide = 1 << 15;
  constexpr std::uint64_t kMaxPlanes = 4096;
  const bool is_stack = array.shape.size() == 3 && array.shape[0] >= 1 &&
                        array.shape[0] <= kMaxPlanes && array.shape[1] >= 1 &&
                        array.shape[1] <= kMaxSide && array.shape[2] >= 1 &&
                        array.shape[2] <= kMaxSide;
  if (!is_stack) {
    std::string shape;
    for (const std::uint64_t size : array.shape)
      shape += (shape.empty() ? "" : ", ") + std::to_string(size);
    fail(annotation, Trouble::unreadable,
         "shape [" + shape + "]; expected [classes, height, width]", annotation.path);
    return;
  }
  const int width = static_cast<int>(array.shape[2]);
  const int height = static_cast<int>(array.shape[1]);
  const std::size_t area = static_cast<std::size_t>(width) * static_cast<std::size_t>(height);
  painted_ = Mask(width, height);
  annotation.facts.width = width;
  annotation.facts.height = height;
  for (std::size_t plane = 0; plane < array.shape[0]; ++plane) {
    const auto values = array.values.subspan(plane * area, area);
    std::uint32_t pixels = 0;
    for (std::size_t i = 0; i < area; ++i) {
      if (values[i] > 1) {
        fail(annotation, Trouble::not_binary,
             "the value " + std::to_string(values[i]) + " in plane " + std::to_string(plane) +
                 "; expected 0 or 1",
             annotation.path);
        return;
      }
      pixels += values[i];
      if (values[i] != 0) painted_.pixels()[i] = static_cast<std::uint8_t>(1 + plane % 255);
    }
    annotation.facts.labels.push_back({static_cast<std::uint16_t>(plane + 1), pixels});
  }
  annotation.digest = sha256(bytes_);
  std::uint64_t identity = 0;
  for (std::size_t i = 0; i < 8; ++i) identity = identity << 8 | sha256(array.values)[i];
  annotation.facts.fingerprint = identity;
  annotation.identity = identity;
  ids_ = painted_.view();
}

}  // namespace angiobench
