// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "dataset/masks/mask.h"

namespace angiobench {

/// A pixel of a mask that somebody drew: a label 0..255, or a colour 0xRRGGBB.
using MaskValue = std::uint32_t;
/// A pixel of a drawing that shows what lies behind it.
inline constexpr MaskValue kTransparent = 0x1000000;

/// A mask before it is known which of its values are objects: rows x columns of values.
struct DrawnMask {
  std::string frame;
  std::string path;
  int width = 0;
  int height = 0;
  bool has_colours = false;  // values are colours
  // Colours of labels that are not VOC's, by label; empty where there are none.
  std::vector<MaskValue> palette;
  std::vector<MaskValue> values;
  bool was_uneven = false;  // merge_alike_values found values that differed a little

  MaskValue at(int x, int y) const {
    return values[static_cast<std::size_t>(y) * static_cast<std::size_t>(width) +
                  static_cast<std::size_t>(x)];
  }
  MaskValue& at(int x, int y) {
    return values[static_cast<std::size_t>(y) * static_cast<std::size_t>(width) +
                  static_cast<std::size_t>(x)];
  }
};

/// The values of a mask of labels.
DrawnMask drawn_labels(const MaskView& mask);

/// "#ff0000", "12", "transparent".
std::string value_text(MaskValue value, bool has_colours);

/// What the values of a drawing are: how many pixels each has, and which can be no object.
struct MaskValueFacts {
  std::map<MaskValue, std::uint64_t> counts;
  std::set<MaskValue> smoothed;   // most of their pixels lie on the edges between two commoner ones
  std::set<MaskValue> scattered;  // most lie among others, as dithering has it
};
MaskValueFacts mask_value_facts(const DrawnMask& drawing, MaskValue background);

/// Whether a person who is told of smoothed values can have them taken apart (--binarize).
enum class TakeApart { offered, not_offered };

/// Stops at values that smoothing or dithering made. Throws Error{input} with the cure.
void check_mask_values(const DrawnMask& drawing, MaskValue background, TakeApart cure);

/// Makes colours of labels that have a palette of their own.
void show_palette(DrawnMask& drawing);

/// Makes one of values that are nearly the same, as JPEG and the grain of a picture leave them: the
/// commonest of them, or black. Only where values are many and scattered, and never of small
/// labels.
void merge_alike_values(DrawnMask& drawing, MaskValue background);

/// Takes smoothed and dithered values apart: those that lie among each other become one, and a
/// pixel of an edge gets the nearest by colour of the values round it. Returns what was done, in
/// words; empty where nothing was to do. Throws Error{input} where no object is left, or what is
/// left is no mask.
std::string take_values_apart(DrawnMask& drawing, MaskValue background);

/// An object that covers most of the frame and its corners: a background with a number. Its id and
/// its share in percent.
struct ObjectLikeBackground {
  int id = 0;
  int percent = 0;
};
std::optional<ObjectLikeBackground> object_like_background(const Mask& mask);

/// Stops at a mask of labels that cannot be meant, wherever truth is read: smoothed or dithered
/// values, a background with a number. Throws Error{input} with the cure.
void check_mask_of_labels(const Mask& mask, const std::string& place);

}  // namespace angiobench
