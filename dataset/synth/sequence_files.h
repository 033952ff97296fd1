// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "dataset/masks/mask.h"
#include "dataset/synth/scene.h"

namespace angiobench::synth {

/// One rendered frame before ids are given out.
struct RenderedFrame {
  std::string name;                // "00000"
  std::vector<std::uint8_t> jpeg;  // the encoded picture
  Mask labels;                     // object index + 1
  bool annotated = false;          // whether its masks are written
};

/// What is given to an object of a sequence.
struct LabelledObject {
  int index = 0;  // in Scene::objects
  int id = 0;     // in the masks
  Category category = Category::background;
  std::string first_frame;  // where it is first annotated
};

/// Decides which objects get an id, and from which annotated frame on. An object enters where it
/// covers a fifth of the most it ever covers (an annotator doesn't start with the first drop of
/// contrast medium), and at least `least_pixels`; one that never does stays unlabelled, as do the
/// least important beyond `max_objects`. Ids are dealt in an order of the seed's, sometimes with a
/// gap, as in MOSXAV, never above `max_objects`.
std::vector<LabelledObject> deal_ids(std::span<const RenderedFrame> frames,
                                     std::span<const SceneObject> objects, int max_objects,
                                     int least_pixels, std::uint64_t seed);

/// Turns object indices into ids: pixels of objects that have no id, or not yet one, become
/// background.
Mask instance_mask(const RenderedFrame& frame, std::span<const LabelledObject> objects);
/// The same with category labels.
Mask semantic_mask(const RenderedFrame& frame, std::span<const LabelledObject> objects);

/// MOSXAV's colours of the semantic labels 0..5.
std::span<const std::array<std::uint8_t, 3>> semantic_palette();
/// "background", "vessel", "contrast catheter", …
std::string_view category_name(Category category);

/// labels.json of a split whose semantic labels go up to `last`.
std::string labels_json(Category last);

/// What the first-mask json says of one video, as both schemas need it.
struct FirstMasks {
  std::string video;
  std::vector<LabelledObject> objects;
};
/// {"videos": {"v01": ["00000", "00003"]}}
std::string val_first_mask_json(std::span<const FirstMasks> videos);
/// {"videos": {"v03": {"frames": {"00000": {"objects": ["1"]}}, "seen_objects": […],
/// "unseen_objects": […]}}}
std::string test_first_mask_json(std::span<const FirstMasks> videos);

}  // namespace angiobench::synth
