// SPDX-License-Identifier: MIT
#include "baselines/training/training_step.h"

#include <ATen/ATen.h>

#include <vector>

#include "baselines/matching/torch_matching.h"
#include "dataset/error.h"

namespace angiobench {
namespace {

// Values of both objects in one frame: masks [2, 1, H, W] -> [2, V, h, w]. Each sees the other's
// mask.
at::Tensor values_of(const TorchNetwork& network, const at::Tensor& image, const at::Tensor& f16,
                     const at::Tensor& masks) {
  return network.encode_value(image.unsqueeze(0), f16, masks, masks.flip(0));
}

}  // namespace

StepLoss clip_loss(const TorchNetwork& network, const TrainingClip& clip,
                   const StepOptions& options, std::int64_t iteration, const ContrastHead* head,
                   synth::Random& random) {
  expects(clip.images.dim() == 4 && clip.images.size(0) == 3 && clip.images.size(2) % 16 == 0 &&
              clip.images.size(3) % 16 == 0,
          "a training clip has three frames whose sides are multiples of 16");
  std::vector<TorchNetwork::Features> features;
  for (std::int64_t t = 0; t < 3; ++t)
    features.push_back(network.encode_key(clip.images.slice(0, t, t + 1)));

  // Give the first frame's masks; the second object of a clip that has one only is empty.
  const at::Tensor first = clip.labels[0];
  const at::Tensor given = at::stack({first.eq(1), first.eq(2)})
                               .to(clip.images.scalar_type())
                               .unsqueeze(1);  // [2, 1, H, W]
  at::Tensor selector = at::ones({2, 1, 1, 1}, clip.images.options());
  if (!clip.has_second) selector[1] = 0;

  std::vector<at::Tensor> keys{features[0].key[0]};
  std::vector<at::Tensor> values{values_of(network, clip.images[0], features[0].f16, given)};
  StepLoss loss;
  for (std::int64_t t = 1; t <= 2; ++t) {
    const TorchNetwork::Features& query = features[static_cast<std::size_t>(t)];
    const at::Tensor stored_keys = at::stack(keys, 1);      // [C, T, h, w]
    const at::Tensor stored_values = at::stack(values, 2);  // [2, V, T, h, w]
    const at::Tensor readout = options.window > 0
                                   ? match_local(stored_keys, stored_values, query.key[0],
                                                 options.window, 0, Sampling::unfold)
                                   : match_global(stored_keys, stored_values, query.key[0], 0);
    const at::Tensor probability =
        at::sigmoid(network.decode(readout, query)) * selector;                     // [2, 1, H, W]
    const at::Tensor logits = aggregate_logits(probability).permute({1, 0, 2, 3});  // [1, 3, H, W]
    loss.logits[static_cast<std::size_t>(t - 1)] = logits;
    const at::Tensor judged = clip.has_second ? logits : logits.slice(1, 0, 2);
    const at::Tensor part = bootstrapped_cross_entropy(judged, clip.labels.slice(0, t, t + 1),
                                                       iteration, options.bootstrap);
    (t == 1 ? loss.first : loss.second) = part.item<double>();
    loss.total = t == 1 ? part : loss.total + part;
    if (t == 1) {
      const at::Tensor soft =
          at::softmax(logits, 1)[0].slice(0, 1, 3).unsqueeze(1);  // [2, 1, H, W]
      keys.push_back(query.key[0]);
      values.push_back(values_of(network, clip.images[1], query.f16, soft));
    }
  }

  if (head != nullptr && options.contrast_weight > 0) {
    const at::Tensor cells =
        head->project(at::cat({features[0].f16, features[1].f16, features[2].f16}));
    const at::Tensor labels = clip.labels.slice(1, 8, at::nullopt, 16).slice(2, 8, at::nullopt, 16);
    const at::Tensor contrast = contrastive_loss(cells, labels, options.contrast, random);
    loss.contrast = contrast.item<double>();
    loss.total = loss.total + options.contrast_weight * contrast;
  }
  return loss;
}

}  // namespace angiobench
