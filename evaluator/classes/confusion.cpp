// SPDX-License-Identifier: MIT
#include "evaluator/classes/confusion.h"

#include <bitset>

#include "dataset/error.h"
#include "evaluator/counting/label_planes.h"
#include "evaluator/kernels/kernels.h"

namespace angiobench {
namespace {

std::optional<double> share(std::uint64_t part, std::uint64_t whole) {
  if (whole == 0) return std::nullopt;
  return static_cast<double>(part) / static_cast<double>(whole);
}

bool overlap(const kernels::PixelBox& a, const kernels::PixelBox& b) {
  return a.x_begin < b.x_end && b.x_begin < a.x_end && a.y_begin < b.y_end && b.y_begin < a.y_end;
}

template <typename Value>
std::optional<double> mean_of(const ConfusionMatrix& matrix, std::span<const int> labels,
                              Value value) {
  double sum = 0;
  int count = 0;
  for (const int label : labels) {
    const std::optional<double> of_class = value(matrix, label);
    if (!of_class) continue;
    sum += *of_class;
    ++count;
  }
  if (count == 0) return std::nullopt;
  return sum / count;
}

}  // namespace

std::uint64_t ConfusionMatrix::truth(int label) const {
  std::uint64_t sum = 0;
  for (int other = 0; other < num_classes_; ++other) sum += at(label, other);
  return sum;
}

std::uint64_t ConfusionMatrix::prediction(int label) const {
  std::uint64_t sum = 0;
  for (int other = 0; other < num_classes_; ++other) sum += at(other, label);
  return sum;
}

std::uint64_t ConfusionMatrix::total() const {
  std::uint64_t sum = 0;
  for (const std::uint64_t cell : cells_) sum += cell;
  return sum;
}

void ConfusionMatrix::add(const ConfusionMatrix& other) {
  if (num_classes_ == 0) *this = ConfusionMatrix(other.num_classes_);
  expects(num_classes_ == other.num_classes_, "matrices of the same classes are added");
  for (std::size_t i = 0; i < cells_.size(); ++i) cells_[i] += other.cells_[i];
}

ClassRules::ClassRules() {
  for (std::size_t label = 0; label < truth_map.size(); ++label)
    truth_map[label] = prediction_map[label] = static_cast<std::uint8_t>(label);
}

struct ConfusionCounter::State {
  const kernels::Level* level = &kernels::level(0);
  LabelPlanes truth;
  LabelPlanes prediction;
  int void_class = 0;  // plane of `truth` that holds void pixels, 0: none

  std::uint64_t area(const LabelPlanes& planes, int label) const {
    return level->region(planes.plane(label), nullptr, planes.shape(), planes.columns(label)).truth;
  }
};

ConfusionCounter::ConfusionCounter() : state_(std::make_unique<State>()) {}
ConfusionCounter::~ConfusionCounter() = default;
ConfusionCounter::ConfusionCounter(ConfusionCounter&&) noexcept = default;
ConfusionCounter& ConfusionCounter::operator=(ConfusionCounter&&) noexcept = default;

void ConfusionCounter::set_truth(const MaskView& truth, const ClassRules& rules) {
  expects(rules.num_classes >= 1 && rules.num_classes <= 255, "there are 1 to 255 classes");
  State& state = *state_;
  std::array<std::uint8_t, 256> map = rules.truth_map;
  state.void_class = 0;
  if (rules.void_label >= 0) {
    // Void pixels get a plane of their own, under an id that no label has.
    std::bitset<256> taken;
    for (std::size_t label = 0; label < map.size(); ++label) {
      if (label != static_cast<std::size_t>(rules.void_label)) taken.set(map[label]);
    }
    state.void_class = 255;
    while (state.void_class >= rules.num_classes &&
           taken[static_cast<std::size_t>(state.void_class)])
      --state.void_class;
    expects(state.void_class >= rules.num_classes, "void pixels have a class to themselves");
    map[static_cast<std::size_t>(rules.void_label)] = static_cast<std::uint8_t>(state.void_class);
  }
  state.truth.reset(bit_plane_shape(truth.width, truth.height));
  state.truth.pack(*state.level, truth, map);
}

std::optional<ConfusionCounter::StrayLabel> ConfusionCounter::count_prediction(
    const MaskView& prediction, const ClassRules& rules, ConfusionMatrix& image) {
  State& state = *state_;
  const kernels::PlaneShape& shape = state.truth.shape();
  expects(prediction.width == shape.width && prediction.height == shape.height,
          "both masks of an image have the same size");
  state.prediction.reset(shape);
  state.prediction.pack(*state.level, prediction, rules.prediction_map);
  image = ConfusionMatrix(rules.num_classes);
  std::optional<StrayLabel> stray;
  state.truth.labels().for_each([&](int label) {
    if (!stray && label >= rules.num_classes && label != state.void_class)
      stray = StrayLabel{false, label};
  });
  state.prediction.labels().for_each([&](int label) {
    if (!stray && label >= rules.num_classes) stray = StrayLabel{true, label};
  });
  if (stray) return stray;

  std::uint64_t in_neither =
      static_cast<std::uint64_t>(shape.width) * static_cast<std::uint64_t>(shape.height);
  if (state.void_class != 0) {
    state.prediction.subtract(state.truth, state.void_class);
    in_neither -= state.truth.has(state.void_class) ? state.area(state.truth, state.void_class) : 0;
  }
  // Background is what is left of each row and column.
  state.prediction.labels().for_each([&](int predicted) {
    image.at(0, predicted) = state.area(state.prediction, predicted);
    in_neither -= image.at(0, predicted);
  });
  state.truth.labels().for_each([&](int label) {
    if (label == state.void_class) return;
    std::uint64_t left = state.area(state.truth, label);
    state.prediction.labels().for_each([&](int predicted) {
      if (!overlap(state.truth.box(label), state.prediction.box(predicted))) return;
      const std::uint64_t both =
          state.level
              ->region(state.truth.plane(label), state.prediction.plane(predicted), shape,
                       union_of(state.truth.columns(label), state.prediction.columns(predicted)))
              .intersection;
      image.at(label, predicted) = both;
      image.at(0, predicted) -= both;
      left -= both;
    });
    image.at(label, 0) = left;
    in_neither -= left;
  });
  image.at(0, 0) = in_neither;
  return std::nullopt;
}

std::optional<ConfusionCounter::StrayLabel> ConfusionCounter::count(const MaskView& truth,
                                                                    const MaskView& prediction,
                                                                    const ClassRules& rules,
                                                                    ConfusionMatrix& image) {
  set_truth(truth, rules);
  return count_prediction(prediction, rules, image);
}

bool ConfusionCounter::use_level(std::string_view name) {
  for (int i = 0; i < kernels::num_levels(); ++i) {
    if (kernels::level(i).name != name) continue;
    state_->level = &kernels::level(i);
    return true;
  }
  return false;
}

std::optional<double> class_iou(const ConfusionMatrix& matrix, int label) {
  const std::uint64_t both = matrix.at(label, label);
  return share(both, matrix.truth(label) + matrix.prediction(label) - both);
}

std::optional<double> class_dice(const ConfusionMatrix& matrix, int label) {
  return share(2 * matrix.at(label, label), matrix.truth(label) + matrix.prediction(label));
}

std::optional<double> class_sensitivity(const ConfusionMatrix& matrix, int label) {
  return share(matrix.at(label, label), matrix.truth(label));
}

std::optional<double> class_precision(const ConfusionMatrix& matrix, int label) {
  return share(matrix.at(label, label), matrix.prediction(label));
}

std::optional<double> pixel_accuracy(const ConfusionMatrix& matrix) {
  std::uint64_t right = 0;
  for (int label = 0; label < matrix.num_classes(); ++label) right += matrix.at(label, label);
  return share(right, matrix.total());
}

std::optional<double> frequency_weighted_iou(const ConfusionMatrix& matrix) {
  const auto total = static_cast<double>(matrix.total());
  if (total == 0) return std::nullopt;
  double sum = 0;
  for (int label = 0; label < matrix.num_classes(); ++label) {
    const std::optional<double> iou = class_iou(matrix, label);
    if (iou) sum += static_cast<double>(matrix.truth(label)) / total * *iou;
  }
  return sum;
}

std::optional<double> mean_iou(const ConfusionMatrix& matrix, std::span<const int> labels) {
  return mean_of(matrix, labels, class_iou);
}

std::optional<double> mean_dice(const ConfusionMatrix& matrix, std::span<const int> labels) {
  return mean_of(matrix, labels, class_dice);
}

std::vector<int> all_classes(int num_classes) {
  std::vector<int> labels;
  for (int label = 0; label < num_classes; ++label) labels.push_back(label);
  return labels;
}

std::vector<int> foreground_classes(int num_classes) {
  std::vector<int> labels;
  for (int label = 1; label < num_classes; ++label) labels.push_back(label);
  return labels;
}

}  // namespace angiobench
