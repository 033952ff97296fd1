// SPDX-License-Identifier: MIT
#include "baselines/training/losses.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "dataset/error.h"

namespace angiobench {

at::Tensor bootstrapped_cross_entropy(const at::Tensor& logits, const at::Tensor& target,
                                      std::int64_t iteration, const BootstrapSchedule& schedule) {
  const at::Tensor logs = at::log_softmax(logits, 1);
  const at::Tensor losses = -logs.gather(1, target.unsqueeze(1)).reshape({-1});
  if (iteration < schedule.start) return losses.mean();
  const auto count = static_cast<std::int64_t>(static_cast<double>(losses.numel()) *
                                               hard_fraction(iteration, schedule));
  return std::get<0>(losses.topk(std::max<std::int64_t>(1, count), 0, true, false)).mean();
}

ContrastHead ContrastHead::random(int channels, int width, std::uint64_t seed,
                                  const at::TensorOptions& options) {
  synth::Random random(seed);
  const auto weight = [&](int outputs, int inputs) {
    const float bound = std::sqrt(6.0F / static_cast<float>(inputs));
    std::vector<float> values(static_cast<std::size_t>(outputs) * static_cast<std::size_t>(inputs));
    for (float& value : values) value = static_cast<float>(random.uniform(-1, 1)) * bound;
    return at::from_blob(values.data(), {outputs, inputs, 1, 1})
        .clone()
        .to(options)
        .requires_grad_(true);
  };
  ContrastHead head;
  head.hidden_weight = weight(channels, channels);
  head.output_weight = weight(width, channels);
  head.hidden_bias = at::zeros({channels}, options).requires_grad_(true);
  head.output_bias = at::zeros({width}, options).requires_grad_(true);
  return head;
}

at::Tensor ContrastHead::project(const at::Tensor& features) const {
  const at::Tensor hidden = at::relu(at::conv2d(features, hidden_weight, hidden_bias));
  const at::Tensor output = at::conv2d(hidden, output_weight, output_bias);
  return output / output.norm(2, {1}, true).clamp_min(1e-6);
}

std::map<std::string, at::Tensor> ContrastHead::parameters() const {
  return {{"contrast.hidden.weight", hidden_weight},
          {"contrast.hidden.bias", hidden_bias},
          {"contrast.output.weight", output_weight},
          {"contrast.output.bias", output_bias}};
}

at::Tensor contrastive_loss(const at::Tensor& projected, const at::Tensor& labels,
                            const ContrastOptions& options, synth::Random& random) {
  const std::int64_t width = projected.size(1);
  const at::Tensor cells = projected.permute({0, 2, 3, 1}).reshape({-1, width});
  const at::Tensor flat = labels.reshape({-1}).to(at::kCPU, at::kLong).contiguous();
  const std::int64_t* const label = flat.data_ptr<std::int64_t>();

  // Find the cells of every object; one with a single cell has no positives.
  std::map<std::int64_t, std::vector<std::int64_t>> objects;
  for (std::int64_t i = 0; i < flat.numel(); ++i) {
    if (label[i] > 0) objects[label[i]].push_back(i);
  }
  std::erase_if(objects, [](const auto& object) { return object.second.size() < 2; });
  if (objects.empty()) return projected.sum() * 0;
  std::size_t fewest = static_cast<std::size_t>(options.max_anchors);
  for (const auto& [id, own] : objects) fewest = std::min(fewest, own.size());

  // Draw the anchors: the first of a partial shuffle.
  std::vector<std::int64_t> anchors;
  std::vector<std::int64_t> anchor_labels;
  for (auto& [id, own] : objects) {
    for (std::size_t k = 0; k < fewest; ++k) {
      const auto other = static_cast<std::size_t>(
          random.integer(static_cast<int>(k), static_cast<int>(own.size()) - 1));
      std::swap(own[k], own[other]);
      anchors.push_back(own[k]);
      anchor_labels.push_back(id);
    }
  }
  const auto count = static_cast<std::int64_t>(anchors.size());
  const at::Tensor place =
      at::from_blob(anchors.data(), {count}, at::kLong).clone().to(cells.device());
  const at::Tensor own_label =
      at::from_blob(anchor_labels.data(), {count}, at::kLong).clone().to(cells.device());
  const at::Tensor all_labels = flat.to(cells.device());

  const at::Tensor scores =
      at::mm(cells.index_select(0, place), cells.t()) / options.temperature;  // anchors x cells
  const at::Tensor same = own_label.unsqueeze(1).eq(all_labels.unsqueeze(0));
  const at::Tensor itself =
      place.unsqueeze(1).eq(at::arange(cells.size(0), place.options()).unsqueeze(0));
  const at::Tensor positive = same.logical_and(itself.logical_not());
  // log(e^p + sum of e^n) for each positive p, by the log of the negatives' sum; no negative:
  // e^-inf adds nothing.
  const at::Tensor negatives = scores.masked_fill(same, -1e30).logsumexp(1, true);
  const at::Tensor losses = at::logaddexp(scores, negatives) - scores;
  const at::Tensor kept = losses.masked_fill(positive.logical_not(), 0);
  return (kept.sum(1) / positive.sum(1).to(kept.scalar_type())).mean();
}

}  // namespace angiobench
