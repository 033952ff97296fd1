// SPDX-License-Identifier: MIT
#include "dataset/validator/annotation_reader.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>

#include "dataset/color_table.h"
#include "dataset/error.h"
#include "dataset/files/archive_name.h"
#include "dataset/files/image_size.h"
#include "dataset/masks/npy.h"
#include "dataset/masks/palette_order.h"
#include "dataset/masks/submission_limits.h"

namespace angiobench {
namespace {

// The first label of the mask whose palette entry isn't the colour that the benchmark has for it;
// -1 where there is none.
int foreign_label(std::span<const Rgb> known, std::span<const Rgb> palette,
                  std::span<const LabelArea> labels) {
  for (const LabelArea& area : labels) {
    if (area.label >= palette.size() || area.label >= known.size() || area.label == kVoidLabel)
      continue;
    if (!are_alike(palette[area.label], known[area.label])) return area.label;
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

// Where nobody knows the frame's size, none that is larger than any data set's is decoded.
void check_unknown_size(int width, int height, const std::string& path) {
  const std::uint64_t pixels =
      static_cast<std::uint64_t>(width) * static_cast<std::uint64_t>(height);
  if (pixels <= kMaxUnknownPixels) return;
  throw Error(ErrorKind::limit, path, "the mask has " + size_text(width, height) + " pixels",
              "at most " + std::to_string(kMaxUnknownPixels));
}

std::string words_of(const Error& error) {
  return error.expected().empty() ? error.found()
                                  : error.found() + "; expected " + error.expected();
}

}  // namespace

SemanticMasks semantic_masks_of(const SequenceIndex& index) {
  const BenchmarkDefinition& benchmark = index.benchmark;
  SemanticMasks masks;
  if (benchmark.semantic_masks.empty()) return masks;
  const std::string folder = join_path(index.root, benchmark.semantic_masks);
  if (!index.truth->folders(folder).empty()) masks.root = folder;
  for (const LabelClass& one : benchmark.classes) {
    masks.palette.resize(static_cast<std::size_t>(one.id) + 1);
    masks.palette.back() = one.color;
  }
  return masks;
}

Annotation AnnotationReader::read(const Sequence& sequence, std::string_view frame,
                                  const ExpectedMask& expected) {
  expected_ = expected;
  Annotation annotation;
  ids_ = {};
  map_ = {};
  if (source_.has_planes()) {
    if (source_.storage() == MaskStorage::objects) {
      read_objects(sequence, frame, annotation);
    } else {
      read_planes(sequence, frame, annotation);
    }
    if (annotation.trouble != Trouble::none) ids_ = {};
    return annotation;
  }
  annotation =
      read_png(source_.path(sequence, frame), palette_for(source_.benchmark(), source_.role()));
  labels_ = ids_;
  if (annotation.trouble != Trouble::none) return annotation;
  const auto& map = source_.ids();
  const bool keeps_labels =
      std::ranges::all_of(annotation.facts.labels,
                          [&](const LabelArea& area) { return map[area.label] == area.label; });
  if (keeps_labels) return annotation;
  ids_ = mapped_labels(ids_, map, mapped_);
  annotation.identity = describe_mask(ids_).fingerprint;
  return annotation;
}

Annotation AnnotationReader::read_png(const std::string& relative, std::span<const Rgb> palette) {
  Annotation annotation;
  ids_ = decode(relative, palette, annotation);
  if (annotation.trouble != Trouble::none) return annotation;
  annotation.facts = describe_mask(ids_);
  annotation.identity = annotation.facts.fingerprint;
  annotation.digest = sha256(buffers_.bytes);
  if (annotation.color_type != 3) return annotation;
  const std::vector<Rgb> colors = read_png_palette(buffers_.bytes, annotation.path);
  std::span<const Rgb> known;
  if (source_.benchmark().has_fixed_palette)
    known = palette.empty() ? std::span<const Rgb>(source_.benchmark().palette) : palette;
  std::array<bool, 256> is_used{};
  for (const LabelArea& area : annotation.facts.labels) is_used[area.label] = true;
  annotation.disorder = palette_disorder(colors, known, is_used);
  annotation.foreign_label = foreign_label(known, colors, annotation.facts.labels);
  return annotation;
}

MaskLabels AnnotationReader::decode(const std::string& relative, std::span<const Rgb> palette,
                                    Annotation& annotation) {
  const FileTree& tree = source_.tree();
  const bool is_map = source_.storage() == MaskStorage::map;
  const std::string path = tree.display_path(relative);
  if (annotation.path.empty()) annotation.path = path;
  bool found = false;
  try {
    found = tree.read(relative, buffers_.bytes);
    if (!found) {
      const std::string actual = actual_file(tree, relative);
      found = !actual.empty() && tree.read(actual, buffers_.bytes);
    }
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
    header = read_png_header(buffers_.bytes, path);
  } catch (const Error& error) {
    const std::string_view kind = file_kind(buffers_.bytes);
    fail(annotation, Trouble::unreadable,
         kind == "a PNG" ? words_of(error)
                         : "the content is " + std::string(kind) + "; expected a PNG",
         path);
    return {};
  }
  if (annotation.color_type < 0) annotation.color_type = header.color_type;
  annotation.bit_depth = std::max(annotation.bit_depth, header.bit_depth);
  if (expected_.is_from_stranger && !is_within_limits(header, path, annotation)) return {};
  if (source_.role() == MaskRole::prediction && header.bit_depth == 16 && !is_map) {
    fail(annotation, Trouble::depth, "16 bits a channel; expected at most 8", path);
    return {};
  }
  if (is_map) return runs_of(decode_map(header, path, annotation), scanned_);
  MaskDecodeOptions options;
  options.role = source_.role();
  options.palette = palette;
  try {
    return runs_of(buffers_.decoder.decode_labels(buffers_.bytes, options, path), scanned_);
  } catch (const Error& error) {
    fail(annotation, trouble_of(error), words_of(error), path);
  }
  if (annotation.trouble == Trouble::limit || header.color_type == 0 || header.color_type == 3)
    return {};
  // Where the picture itself is sound its colours are what is wrong.
  try {
    buffers_.decoder.decode_samples(buffers_.bytes, {}, path);
    annotation.trouble = Trouble::color;
  } catch (const Error&) {
    return {};
  }
  return {};
}

MaskView AnnotationReader::decode_map(const PngHeader& header, const std::string& path,
                                      Annotation& annotation) {
  try {
    check_map_form(header, path);
  } catch (const Error& error) {
    const bool is_grey = header.color_type == 0;
    fail(annotation, is_grey ? Trouble::depth : Trouble::color, words_of(error), path);
    return {};
  }
  try {
    MaskDecodeOptions options;
    options.role = source_.role();
    map_ = buffers_.decoder.decode_grey(buffers_.bytes, options, path);
    return thresholded_map(map_, buffers_.mask);
  } catch (const Error& error) {
    fail(annotation, trouble_of(error), words_of(error), path);
    return {};
  }
}

// The size that the header tells against the frame's, the file's against its limit.
bool AnnotationReader::is_within_limits(const PngHeader& header, const std::string& path,
                                        Annotation& annotation) {
  if (expected_.width > 0 && (header.width != static_cast<std::uint32_t>(expected_.width) ||
                              header.height != static_cast<std::uint32_t>(expected_.height))) {
    fail(annotation, Trouble::size,
         size_text(header.width, header.height) + "; expected " +
             size_text(expected_.width, expected_.height) +
             turned_words(static_cast<int>(header.width), static_cast<int>(header.height),
                          expected_.width, expected_.height),
         path);
    return false;
  }
  try {
    const int width = static_cast<int>(header.width);
    const int height = static_cast<int>(header.height);
    if (expected_.width == 0) check_unknown_size(width, height, path);
    check_mask_bytes(buffers_.bytes.size(), expected_.max_bytes, width, height, path);
  } catch (const Error& error) {
    fail(annotation, Trouble::limit, words_of(error), path);
    return false;
  }
  return true;
}

void AnnotationReader::read_objects(const Sequence& sequence, std::string_view frame,
                                    Annotation& annotation) {
  Sha256Stream digest;
  std::uint64_t identity = 0;
  for (const auto& [object, masks] : sequence.object_masks) {
    if (!masks.find(frame)) continue;
    const std::string relative = source_.path(sequence, frame, object);
    const MaskLabels mask = decode(relative, {}, annotation);
    if (annotation.trouble != Trouble::none) {
      annotation.object = object;
      return;
    }
    digest.update(sha256(buffers_.bytes));
    const MaskFacts facts = describe_mask(mask);
    if (annotation.facts.width == 0) {
      annotation.facts.width = mask.width;
      annotation.facts.height = mask.height;
      painted_ = Mask(mask.width, mask.height);
    }
    // One object, one value.
    const std::size_t values = facts.labels.size() - (facts.pixels_of(0) > 0 ? 1 : 0);
    if (values > 1 || mask.width != painted_.width() || mask.height != painted_.height()) {
      const std::string found = values > 1
                                    ? std::to_string(values) + " values besides 0; expected one"
                                    : size_text(mask.width, mask.height) +
                                          "; expected the size of the frame's other objects";
      fail(annotation, Trouble::not_binary, found, source_.tree().display_path(relative));
      annotation.object = object;
      return;
    }
    const auto pixels =
        static_cast<std::uint32_t>(mask.width) * static_cast<std::uint32_t>(mask.height) -
        facts.pixels_of(0);
    annotation.facts.labels.push_back({static_cast<std::uint16_t>(object + 1), pixels});
    identity =
        (identity ^ facts.fingerprint ^ static_cast<std::uint64_t>(object)) * 0x9E3779B97F4A7C15ULL;
    for (const LabelRun& run : mask.runs) {
      std::fill_n(&painted_.at(run.x_begin, run.y), run.x_end - run.x_begin,
                  static_cast<std::uint8_t>(1 + object % 255));
    }
  }
  annotation.facts.fingerprint = identity;
  annotation.identity = identity;
  annotation.digest = digest.finish();
  ids_ = runs_of(painted_.view(), scanned_);
}

void AnnotationReader::read_planes(const Sequence& sequence, std::string_view frame,
                                   Annotation& annotation) {
  annotation.path = source_.display(sequence, frame);
  const std::string relative = source_.path(sequence, frame);
  if (!source_.tree().has_file(relative)) {
    fail(annotation, Trouble::missing, "no such file", annotation.path);
    return;
  }
  Sha256Stream values;
  try {
    const std::unique_ptr<PlaneReader> planes =
        source_.open_planes(sequence, frame, expected_, buffers_);
    const PlaneShape& shape = planes->shape();
    if (expected_.is_from_stranger && expected_.width == 0)
      check_unknown_size(shape.width, shape.height, annotation.path);
    for (const int id : planes->ids()) {
      const MaskView plane = planes->next(expected_);
      if (annotation.facts.width == 0) {
        annotation.facts.width = plane.width;
        annotation.facts.height = plane.height;
        painted_ = Mask(plane.width, plane.height);
      }
      if (const int value = stray_plane_value(plane); value != 0) {
        fail(annotation, Trouble::not_binary,
             "the value " + std::to_string(value) + " in plane " + std::to_string(id - 1) +
                 "; expected 0 or 1",
             annotation.path);
        return;
      }
      std::uint32_t pixels = 0;
      const std::size_t area =
          static_cast<std::size_t>(plane.width) * static_cast<std::size_t>(plane.height);
      for (std::size_t i = 0; i < area; ++i) {
        pixels += plane.data[i];
        if (plane.data[i] != 0)
          painted_.pixels()[i] = static_cast<std::uint8_t>(1 + (id - 1) % 255);
      }
      values.update(std::span(plane.data, area));
      annotation.facts.labels.push_back({static_cast<std::uint16_t>(id + 1), pixels});
    }
    annotation.digest = planes->digest();
  } catch (const Error& error) {
    fail(annotation, trouble_of(error), words_of(error), annotation.path);
    if (annotation.trouble == Trouble::unreadable) explain_array(relative, annotation);
    return;
  }
  const Sha256 digest = values.finish();
  std::uint64_t identity = 0;
  for (std::size_t i = 0; i < 8; ++i) identity = identity << 8 | digest[i];
  annotation.facts.fingerprint = identity;
  annotation.identity = identity;
  ids_ = runs_of(painted_.view(), scanned_);
}

// Why an array was refused, from what its header says: its type, or its shape.
void AnnotationReader::explain_array(const std::string& relative, Annotation& annotation) {
  try {
    const std::unique_ptr<FileStream> file = source_.tree().open(relative);
    std::vector<std::uint8_t> head(
        static_cast<std::size_t>(std::min<std::uint64_t>(kMaxNpyHeader + 12, file->size())));
    file->read(head);
    const NpyHeader header = describe_npy(head, annotation.path);
    if (header.type != "|b1" && header.type != "|u1" && header.type != "|i1") {
      annotation.trouble = Trouble::type;
      annotation.message += "; its shape is " + shape_text(header.shape);
      return;
    }
    const auto fits = [&](std::size_t axis, int wanted) {
      return wanted == 0 || header.shape[axis] == static_cast<std::uint64_t>(wanted);
    };
    const bool is_shaped = header.shape.size() == 3 && fits(0, expected_.num_planes) &&
                           fits(1, expected_.height) && fits(2, expected_.width);
    if (!is_shaped) annotation.trouble = Trouble::shape;
  } catch (const Error&) {
    return;  // the first error says it
  }
}

}  // namespace angiobench
