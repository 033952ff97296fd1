// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "dataset/masks/mask.h"

namespace angiobench {

/// Pixels by class: rows are the truth's classes, columns the prediction's. 64 bits: a split has
/// more pixels than float32 counts exactly (the public code is 30 pixels of 1.2e8 off on MOSXAV
/// test).
class ConfusionMatrix {
 public:
  ConfusionMatrix() = default;
  explicit ConfusionMatrix(int num_classes)
      : num_classes_(num_classes), cells_(static_cast<std::size_t>(num_classes * num_classes)) {}

  int num_classes() const { return num_classes_; }
  std::uint64_t at(int truth, int prediction) const { return cells_[place(truth, prediction)]; }
  std::uint64_t& at(int truth, int prediction) { return cells_[place(truth, prediction)]; }
  std::uint64_t truth(int label) const;       // pixels of the class in the truth
  std::uint64_t prediction(int label) const;  // in the prediction
  std::uint64_t total() const;
  void add(const ConfusionMatrix& other);
  friend bool operator==(const ConfusionMatrix&, const ConfusionMatrix&) = default;

 private:
  std::size_t place(int truth, int prediction) const {
    return static_cast<std::size_t>(truth * num_classes_ + prediction);
  }

  int num_classes_ = 0;
  std::vector<std::uint64_t> cells_;
};

/// How labels become classes.
struct ClassRules {
  int num_classes = 0;                           // background (0) included
  std::array<std::uint8_t, 256> truth_map;       // raw label -> class
  std::array<std::uint8_t, 256> prediction_map;  // raw label -> class
  int void_label = 255;  // pixels with this raw truth label count nowhere; -1: none

  ClassRules();  // both maps are the identity
};

/// Counts the classes of images. Holds bit planes that are reused; one a thread.
class ConfusionCounter {
 public:
  ConfusionCounter();
  ~ConfusionCounter();
  ConfusionCounter(ConfusionCounter&&) noexcept;
  ConfusionCounter& operator=(ConfusionCounter&&) noexcept;

  /// A class at or above num_classes, if a mask has one.
  struct StrayLabel {
    bool in_prediction = false;
    int label = 0;
    friend bool operator==(const StrayLabel&, const StrayLabel&) = default;
  };

  /// The matrix of one image in `image`, which is made anew. Both masks have the same size. Returns
  /// the first label that is no class, the truth's before the prediction's, and counts nothing
  /// then: the public code would drop such pixels from the prediction's area, so that they are
  /// false positives nowhere.
  std::optional<StrayLabel> count(const MaskView& truth, const MaskView& prediction,
                                  const ClassRules& rules, ConfusionMatrix& image);
  // The same in two steps, so that the second mask may be decoded into the buffer of the first.
  void set_truth(const MaskView& truth, const ClassRules& rules);
  std::optional<StrayLabel> count_prediction(const MaskView& prediction, const ClassRules& rules,
                                             ConfusionMatrix& image);

  /// As FrameCounter::use_level, for tests.
  bool use_level(std::string_view name);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// Values of a matrix, of an image or of a whole split. A class that neither side has has no value;
// one that only the prediction has counts 0 (mmsegmentation's rule).
std::optional<double> class_iou(const ConfusionMatrix& matrix, int label);
std::optional<double> class_dice(const ConfusionMatrix& matrix, int label);
std::optional<double> class_sensitivity(const ConfusionMatrix& matrix, int label);  // "Acc" there
std::optional<double> class_precision(const ConfusionMatrix& matrix, int label);

/// Share of pixels whose class is right; none where there is no pixel.
std::optional<double> pixel_accuracy(const ConfusionMatrix& matrix);
/// IoU of classes weighted by their pixels in the truth.
std::optional<double> frequency_weighted_iou(const ConfusionMatrix& matrix);

/// Means over those of the labels that occur on either side; none where none does.
std::optional<double> mean_iou(const ConfusionMatrix& matrix, std::span<const int> labels);
std::optional<double> mean_dice(const ConfusionMatrix& matrix, std::span<const int> labels);
/// 0 … num_classes - 1, and the same without 0.
std::vector<int> all_classes(int num_classes);
std::vector<int> foreground_classes(int num_classes);

}  // namespace angiobench
