// SPDX-License-Identifier: MIT
#include "evaluator/classes/multilabel.h"

#include "dataset/error.h"
#include "evaluator/kernels/kernels.h"

namespace angiobench {
namespace {

double dice_of(double iou) { return 2 * iou / (1 + iou); }

template <typename Value>
std::optional<double> mean_over(std::size_t num_labels, std::size_t skip, Value value) {
  double sum = 0;
  std::size_t count = 0;
  for (std::size_t label = skip; label < num_labels; ++label) {
    const std::optional<double> of_label = value(label);
    if (!of_label) continue;
    sum += *of_label;
    ++count;
  }
  if (count == 0) return std::nullopt;
  return sum / static_cast<double>(count);
}

std::optional<double> share(double part, double whole) {
  if (whole == 0) return std::nullopt;
  return part / whole;
}

}  // namespace

void PlaneOverlap::add(std::span<const std::uint8_t> truth,
                       std::span<const std::uint8_t> prediction) {
  expects(truth.size() == prediction.size(), "both planes have the same size");
  kernels::ByteOverlap sums{};
  kernels::level(0).byte_overlap(truth.data(), prediction.data(), truth.size(), &sums, &seen_);
  sums_.truth += sums.truth;
  sums_.intersection += sums.both;
  sums_.union_area += sums.either;
}

std::optional<LabelOverlap> PlaneOverlap::value() const {
  if (seen_ > 1) return std::nullopt;
  return sums_;
}

std::optional<LabelOverlap> count_plane(std::span<const std::uint8_t> truth,
                                        std::span<const std::uint8_t> prediction) {
  PlaneOverlap overlap;
  overlap.add(truth, prediction);
  return overlap.value();
}

void MultilabelSums::add_image(std::span<const LabelOverlap> labels) {
  expects(labels.size() == labels_.size(), "every image has every label");
  ++num_images_;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const LabelOverlap& overlap = labels[i];
    Sums& sums = labels_[i];
    const auto intersection = static_cast<double>(overlap.intersection);
    const auto union_area = static_cast<double>(overlap.union_area);
    const double published = intersection / (union_area + 1e-6);
    sums.published_iou += published;
    sums.published_dice += dice_of(published);
    sums.intersection += overlap.intersection;
    sums.union_area += overlap.union_area;
    if (overlap.union_area == 0) continue;
    const double iou = intersection / union_area;
    ++sums.images;
    sums.iou += iou;
    sums.dice += dice_of(iou);
    if (overlap.truth == 0) continue;
    ++sums.truth_images;
    sums.truth_iou += iou;
    sums.truth_dice += dice_of(iou);
  }
}

std::optional<double> MultilabelSums::iou(std::size_t label, MultilabelRule rule) const {
  const Sums& sums = labels_.at(label);
  switch (rule) {
    case MultilabelRule::published:
      return share(sums.published_iou, static_cast<double>(num_images_));
    case MultilabelRule::ours:
      return share(sums.iou, static_cast<double>(sums.images));
    case MultilabelRule::present:
      return share(sums.truth_iou, static_cast<double>(sums.truth_images));
    case MultilabelRule::data_set:
      break;
  }
  return share(static_cast<double>(sums.intersection), static_cast<double>(sums.union_area));
}

std::optional<double> MultilabelSums::dice(std::size_t label, MultilabelRule rule) const {
  const Sums& sums = labels_.at(label);
  switch (rule) {
    case MultilabelRule::published:
      return share(sums.published_dice, static_cast<double>(num_images_));
    case MultilabelRule::ours:
      return share(sums.dice, static_cast<double>(sums.images));
    case MultilabelRule::present:
      return share(sums.truth_dice, static_cast<double>(sums.truth_images));
    case MultilabelRule::data_set:
      break;
  }
  const std::optional<double> of_sums = iou(label, rule);
  if (!of_sums) return std::nullopt;
  return dice_of(*of_sums);
}

std::optional<double> MultilabelSums::mean_iou(MultilabelRule rule, std::size_t skip) const {
  return mean_over(labels_.size(), skip, [&](std::size_t label) { return iou(label, rule); });
}

std::optional<double> MultilabelSums::mean_dice(MultilabelRule rule, std::size_t skip) const {
  return mean_over(labels_.size(), skip, [&](std::size_t label) { return dice(label, rule); });
}

}  // namespace angiobench
