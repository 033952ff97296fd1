// SPDX-License-Identifier: MIT
#include "dataset/validator/layout_rules.h"

#include <initializer_list>
#include <numeric>

namespace angiobench {
namespace {

std::vector<bool> only(std::initializer_list<std::size_t> labels) {
  std::vector<bool> allowed(256);
  for (const std::size_t label : labels) allowed[label] = true;
  return allowed;
}

std::vector<bool> up_to(int label) {
  std::vector<bool> allowed(256);
  for (int i = 0; i <= label; ++i) allowed[static_cast<std::size_t>(i)] = true;
  return allowed;
}

}  // namespace

LayoutRules layout_rules(const BenchmarkDefinition& benchmark) {
  LayoutRules rules;
  std::iota(rules.truth_ids.begin(), rules.truth_ids.end(), std::uint8_t{0});
  rules.prediction_ids = rules.truth_ids;
  const bool is_training = benchmark.split.starts_with("train");
  if (benchmark.max_objects > 0) {
    rules.truth_labels = up_to(benchmark.max_objects);
    rules.prediction_labels = rules.truth_labels;
  }
  switch (benchmark.layout) {
    case Layout::flat:
    case Layout::cadica:
      break;
    case Layout::mosxav:
      rules.color_types = {3};
      rules.eight_bits = true;
      rules.voc_colors = true;
      rules.from_zero = true;
      rules.dense = benchmark.split == "test";
      rules.prompts = PromptRule::listed;
      break;
    case Layout::davis2016:
      rules.color_types = {0};
      rules.eight_bits = true;
      rules.from_zero = true;
      rules.dense = true;
      rules.truth_labels = only({0, 255});
      rules.prediction_labels = only({0, 1, 255});
      rules.truth_ids.fill(1);
      rules.truth_ids[0] = 0;
      rules.prediction_ids = rules.truth_ids;
      break;
    case Layout::davis2017:
      rules.color_types = {3};
      rules.eight_bits = true;
      rules.voc_colors = true;
      rules.from_zero = true;
      rules.dense = true;
      rules.void_label = 255;
      rules.truth_ids[255] = 0;
      rules.prediction_ids[255] = 0;
      if (!rules.truth_labels.empty()) rules.truth_labels[255] = true;
      if (benchmark.protocol == "davis2017-unsupervised") rules.prompts = PromptRule::none;
      break;
    case Layout::xacv:
      rules.color_types = {0};
      rules.truth_labels = only({0, 127, 255});
      rules.truth_ids.fill(0);
      rules.truth_ids[127] = 1;
      rules.truth_ids[255] = 2;
      rules.prediction_labels = up_to(2);
      break;
    case Layout::mose:
      rules.color_types = {3};
      rules.voc_colors = true;
      rules.from_zero = true;
      rules.dense = is_training;
      rules.first_masks_only = !is_training;
      break;
    case Layout::youtube_vos:
      rules.color_types = {3};
      rules.voc_colors = true;
      rules.from_zero = true;
      rules.first_masks_only = !is_training;
      rules.prompts = PromptRule::meta;
      break;
    case Layout::sa_v:
      rules.from_zero = true;
      rules.prompts = PromptRule::none;
      break;
    case Layout::dias:
      rules.truth_labels = only({0, 255});
      rules.prediction_labels = only({0, 1, 255});
      rules.truth_ids.fill(1);
      rules.truth_ids[0] = 0;
      rules.prediction_ids = rules.truth_ids;
      rules.object_sequences = false;
      rules.prompts = PromptRule::none;
      break;
    case Layout::paxray:
      rules.object_sequences = false;
      rules.prompts = PromptRule::none;
      break;
  }
  if (is_training) rules.prompts = PromptRule::none;
  return rules;
}

std::span<const SemanticClass> mosxav_semantic_classes() {
  static const SemanticClass classes[] = {
      {"background", {0, 0, 0}},   {"vessel", {85, 170, 255}}, {"contrast catheter", {170, 255, 0}},
      {"catheter", {249, 193, 0}}, {"balloon", {255, 0, 0}},   {"others", {244, 108, 59}}};
  return classes;
}

int max_semantic_label(const BenchmarkDefinition& benchmark) {
  return benchmark.split == "test" ? 5 : 4;
}

}  // namespace angiobench
