// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace angiobench {

/// Pixels of one label in one image whose labels may overlap.
struct LabelOverlap {
  std::uint64_t truth = 0;
  std::uint64_t intersection = 0;
  std::uint64_t union_area = 0;

  friend bool operator==(const LabelOverlap&, const LabelOverlap&) = default;
};

/// Counts one plane of bytes 0 and 1 (numpy bool or uint8). Both have the same length. Empty where
/// a byte is neither 0 nor 1.
std::optional<LabelOverlap> count_plane(std::span<const std::uint8_t> truth,
                                        std::span<const std::uint8_t> prediction);

/// The same for a plane that comes in parts: add() them in any cut, both sides alike.
class PlaneOverlap {
 public:
  void add(std::span<const std::uint8_t> truth, std::span<const std::uint8_t> prediction);
  /// Empty where a byte was neither 0 nor 1.
  std::optional<LabelOverlap> value() const;

 private:
  LabelOverlap sums_;
  std::uint8_t seen_ = 0;
};

/// The four rules for a mean over images and labels.
enum class MultilabelRule {
  published,  // I / (U + 1e-6) of each image and label, a label absent on both sides 0; mean over
              // images, then labels (ConstantinSeibold/multilabel_segmentation_paxray)
  ours,       // I / U over images in which either side has the label; mean over images, then labels
  present,    // as `ours`, only images whose truth has the label
  data_set,   // sum of I over sum of U
};

/// Sums over images from which every rule follows; images may be added in any order but the last
/// bits of the sums of quotients follow it.
class MultilabelSums {
 public:
  explicit MultilabelSums(std::size_t num_labels) : labels_(num_labels) {}

  std::size_t num_labels() const { return labels_.size(); }
  std::size_t num_images() const { return num_images_; }
  void add_image(std::span<const LabelOverlap> labels);

  /// Of one label; none where the rule leaves it out (it occurs in no image).
  std::optional<double> iou(std::size_t label, MultilabelRule rule) const;
  /// The same of Dice: 2 IoU / (1 + IoU) of each image, of the sums for `data_set`.
  std::optional<double> dice(std::size_t label, MultilabelRule rule) const;

  /// Means over the labels that have a value, without the first `skip` (the published code drops a
  /// label 0 that is named "background").
  std::optional<double> mean_iou(MultilabelRule rule, std::size_t skip = 0) const;
  std::optional<double> mean_dice(MultilabelRule rule, std::size_t skip = 0) const;

  /// Images in which either side has the label, and in which the truth has it.
  std::uint64_t images(std::size_t label) const { return labels_[label].images; }
  std::uint64_t truth_images(std::size_t label) const { return labels_[label].truth_images; }
  std::uint64_t intersection(std::size_t label) const { return labels_[label].intersection; }
  std::uint64_t union_area(std::size_t label) const { return labels_[label].union_area; }

 private:
  struct Sums {
    double published_iou = 0;
    double published_dice = 0;
    double iou = 0;
    double dice = 0;
    double truth_iou = 0;  // over images whose truth has the label
    double truth_dice = 0;
    std::uint64_t images = 0;
    std::uint64_t truth_images = 0;
    std::uint64_t intersection = 0;
    std::uint64_t union_area = 0;
  };

  std::vector<Sums> labels_;
  std::size_t num_images_ = 0;
};

}  // namespace angiobench
