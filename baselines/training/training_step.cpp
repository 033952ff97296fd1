// SPDX-License-Identifier: MIT
#include "baselines/training/training_step.h"

#include <ATen/ATen.h>

#include <vector>

#include "baselines/matching/torch_matching.h"
#include "dataset/error.h"

namespace angiobench {
namespace {

// One object of one clip: what values, read-outs and logits are computed for.
struct Item {
  std::int64_t clip = 0;
  std::int64_t object = 0;  // 0: the target, 1: the second
};

at::Tensor indices(const std::vector<std::int64_t>& list, const at::Device& device) {
  return at::tensor(list, at::kLong).to(device);
}

}  // namespace

StepLoss batch_loss(const TorchNetwork& network, std::span<const TrainingClip> clips,
                    const StepOptions& options, std::int64_t iteration, const ContrastHead* head,
                    synth::Random& random) {
  expects(!clips.empty(), "a step has a clip");
  std::vector<at::Tensor> pictures;
  std::vector<Item> items;
  for (const TrainingClip& clip : clips) {
    expects(clip.images.dim() == 4 && clip.images.size(0) == 3 && clip.images.size(2) % 16 == 0 &&
                clip.images.size(3) % 16 == 0,
            "a training clip has three frames whose sides are multiples of 16");
    const auto number = static_cast<std::int64_t>(pictures.size());
    items.push_back({number, 0});
    if (clip.has_second) items.push_back({number, 1});
    pictures.push_back(clip.images);
  }
  const auto num_clips = static_cast<std::int64_t>(clips.size());
  const at::Tensor images = at::cat(pictures);  // [3 B, 3, H, W]: frame t of clip b is 3 b + t
  const TorchNetwork::Features features = network.encode_key(images);

  // Where the frame `t` of every clip, or of every item, lies.
  const auto frames_of_clips = [&](std::int64_t t) {
    std::vector<std::int64_t> list;
    for (std::int64_t b = 0; b < num_clips; ++b) list.push_back(3 * b + t);
    return indices(list, images.device());
  };
  const auto frames_of_items = [&](std::int64_t t) {
    std::vector<std::int64_t> list;
    for (const Item& item : items) list.push_back(3 * item.clip + t);
    return indices(list, images.device());
  };
  std::vector<std::int64_t> clip_list;
  for (const Item& item : items) clip_list.push_back(item.clip);
  const at::Tensor clip_of_item = indices(clip_list, images.device());

  // Values of every item at frame t: own mask and the other object's, [items, 1, H, W].
  const auto values_at = [&](std::int64_t t, const at::Tensor& own, const at::Tensor& others) {
    const at::Tensor place = frames_of_items(t);
    return network.encode_value(images.index_select(0, place), features.f16.index_select(0, place),
                                own, others);
  };

  std::vector<at::Tensor> own;
  std::vector<at::Tensor> others;
  for (const Item& item : items) {
    const TrainingClip& clip = clips[static_cast<std::size_t>(item.clip)];
    own.push_back(clip.labels[0].eq(item.object + 1));
    others.push_back(clip.has_second ? clip.labels[0].eq(2 - item.object)
                                     : at::zeros_like(own.back()));
  }
  const auto planes = [&](const std::vector<at::Tensor>& list) {
    return at::stack(list).unsqueeze(1).to(images.scalar_type());
  };
  std::vector<at::Tensor> values{values_at(0, planes(own), planes(others))};

  StepLoss loss;
  loss.logits.resize(clips.size());
  for (std::int64_t t = 1; t <= 2; ++t) {
    // Read from the frames before, clip by clip.
    std::vector<at::Tensor> readouts;
    std::int64_t at_item = 0;
    for (std::int64_t b = 0; b < num_clips; ++b) {
      const std::int64_t count = clips[static_cast<std::size_t>(b)].has_second ? 2 : 1;
      std::vector<at::Tensor> bank;
      for (const at::Tensor& value : values)
        bank.push_back(value.slice(0, at_item, at_item + count));
      at_item += count;
      const at::Tensor keys =
          features.key.slice(0, 3 * b, 3 * b + t).permute({1, 0, 2, 3});  // [C, T, h, w]
      const at::Tensor stored = at::stack(bank, 2);                       // [objects, V, T, h, w]
      const at::Tensor query = features.key[3 * b + t];
      readouts.push_back(options.window > 0
                             ? match_local(keys, stored, query, options.window, 0, Sampling::unfold)
                             : match_global(keys, stored, query, 0));
    }
    const at::Tensor place = frames_of_clips(t);
    const TorchNetwork::Features query{{},
                                       features.thin.index_select(0, place),
                                       {},
                                       features.f8.index_select(0, place),
                                       features.f4.index_select(0, place)};
    const at::Tensor probability =
        at::sigmoid(network.decode(at::cat(readouts), query, clip_of_item));  // [items, 1, H, W]

    // Judge each clip on its own classes, and take its soft masks as the next memory.
    own.clear();
    others.clear();
    double sum = 0;
    at_item = 0;
    for (std::size_t b = 0; b < clips.size(); ++b) {
      const std::int64_t count = clips[b].has_second ? 2 : 1;
      const at::Tensor logits =
          aggregate_logits(probability.slice(0, at_item, at_item + count)).permute({1, 0, 2, 3});
      at_item += count;
      loss.logits[b][static_cast<std::size_t>(t - 1)] = logits;
      const at::Tensor part = bootstrapped_cross_entropy(logits, clips[b].labels.slice(0, t, t + 1),
                                                         iteration, options.bootstrap) /
                              static_cast<double>(num_clips);
      sum += part.item<double>();
      loss.total = loss.total.defined() ? loss.total + part : part;
      if (t == 1) {
        const at::Tensor soft = at::softmax(logits, 1)[0];
        for (std::int64_t o = 0; o < count; ++o) {
          own.push_back(soft[o + 1]);
          others.push_back(count == 2 ? soft[2 - o] : at::zeros_like(soft[0]));
        }
      }
    }
    (t == 1 ? loss.first : loss.second) = sum;
    if (t == 1) values.push_back(values_at(1, planes(own), planes(others)));
  }

  if (head != nullptr && options.contrast_weight > 0) {
    const at::Tensor cells = head->project(features.f16);
    for (std::int64_t b = 0; b < num_clips; ++b) {
      const at::Tensor labels =
          clips[static_cast<std::size_t>(b)].labels.slice(1, 8, {}, 16).slice(2, 8, {}, 16);
      const at::Tensor contrast =
          contrastive_loss(cells.slice(0, 3 * b, 3 * b + 3), labels, options.contrast, random) /
          static_cast<double>(num_clips);
      loss.contrast += contrast.item<double>();
      loss.total = loss.total + options.contrast_weight * contrast;
    }
  }
  return loss;
}

}  // namespace angiobench
