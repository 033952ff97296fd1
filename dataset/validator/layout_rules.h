// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "dataset/benchmark.h"
#include "dataset/masks/png.h"

namespace angiobench {

/// How a method is told of an object, so that a validator can say who was not told.
enum class PromptRule {
  none,  // training splits, single images, one mask an object: nobody is prompted, or everybody is
  first_frame,  // the masks of the first annotated frame, and no other
  listed,       // the first-mask json where there is one, else as first_frame
  meta,         // youtube-vos: each object in the first of its frames of meta.json
};

/// What a layout promises of its files (layouts.md), as far as a validator checks it.
struct LayoutRules {
  std::vector<int> color_types;   // PNG colour types that the masks have; empty: any
  bool eight_bits = false;        // whether masks have 8 bits
  bool voc_colors = false;        // whether a palette has the colours of the VOC map
  bool from_zero = false;         // whether frames are numbered from 0
  bool dense = false;             // whether every frame of the video has a mask
  bool first_masks_only = false;  // whether the public split has the masks of first frames only
  bool object_sequences = true;   // whether sequences have objects over time (not single images)
  PromptRule prompts = PromptRule::first_frame;
  std::vector<bool>
      truth_labels;  // which labels the truth may have, 256 entries; empty: not stated
  std::vector<bool> prediction_labels;  // which labels a prediction may have; empty: not stated
  std::array<std::uint8_t, 256>
      truth_ids{};  // label of the truth -> object id, 0 for background and void
  std::array<std::uint8_t, 256> prediction_ids{};  // label of a prediction -> object id
  int void_label = -1;                             // label that nobody should judge, -1: none
};

LayoutRules layout_rules(const BenchmarkDefinition& benchmark);

/// MOSXAV's semantic classes in the order of their labels, and the colours of a colour-coded mask.
struct SemanticClass {
  std::string name;
  Rgb color;
};
std::span<const SemanticClass> mosxav_semantic_classes();

/// The highest semantic label of a MOSXAV split: 4 (trainval) or 5 (test).
int max_semantic_label(const BenchmarkDefinition& benchmark);

}  // namespace angiobench
