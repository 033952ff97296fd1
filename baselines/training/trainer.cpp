// SPDX-License-Identifier: MIT
#include "baselines/training/trainer.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <torch/optim/adam.h>
#include <torch/types.h>

// Wants the types above.
#include <torch/nn/utils/clip_grad.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>
#include <future>
#include <optional>
#include <sstream>
#include <thread>

#include "baselines/networks/torch_network.h"
#include "baselines/torch_call.h"
#include "baselines/torch_info.h"
#include "baselines/training/losses.h"
#include "baselines/training/training_step.h"
#include "dataset/error.h"

namespace angiobench {
namespace {

// Streams of random numbers, one for each purpose.
enum Stream : std::uint64_t { kPick = 101, kSample, kMatching, kAnchors, kHead };

// The shortest text that gives the same number back.
std::string exact(double value) {
  char text[40];
  const auto [end, code] = std::to_chars(text, text + sizeof text, value);
  expects(code == std::errc(), "40 characters hold any number");
  return {text, end};
}

StoredTensor stored(const at::Tensor& tensor) {
  const at::Tensor flat = tensor.detach().to(at::kCPU).contiguous();
  StoredTensor result;
  result.type = flat.scalar_type() == at::kLong ? ElementType::i64 : ElementType::f32;
  result.shape = flat.sizes().vec();
  result.bytes.resize(static_cast<std::size_t>(flat.numel()) * element_size(result.type));
  if (!result.bytes.empty()) std::memcpy(result.bytes.data(), flat.data_ptr(), result.bytes.size());
  return result;
}

TrainingClip clip_of(const TrainingSample& sample, PixelScale scale, const std::string& device) {
  TrainingClip clip;
  clip.has_second = sample.has_second;
  std::vector<at::Tensor> images;
  std::vector<at::Tensor> labels;
  for (const LabelledFrame& frame : sample.frames) {
    std::vector<float> planes = normalised_planes(frame.image, scale);
    images.push_back(
        at::from_blob(planes.data(), {3, frame.image.rows, frame.image.cols}, at::kFloat).clone());
    std::vector<std::int64_t> values;
    values.reserve(frame.labels.total());
    for (int y = 0; y < frame.labels.rows; ++y) {
      for (int x = 0; x < frame.labels.cols; ++x)
        values.push_back(frame.labels.at<std::uint8_t>(y, x));
    }
    labels.push_back(
        at::from_blob(values.data(), {frame.labels.rows, frame.labels.cols}, at::kLong).clone());
  }
  clip.images = at::stack(images).to(at::Device(device));
  clip.labels = at::stack(labels).to(at::Device(device));
  return clip;
}

// What the optimiser files a parameter's moments under: its address, before LibTorch 2 as text.
template <typename States = std::decay_t<decltype(std::declval<torch::optim::Adam>().state())>>
typename States::key_type moments_key(const at::Tensor& tensor) {
  using Key = typename States::key_type;
  if constexpr (std::is_same_v<Key, std::string>) {
    std::ostringstream text;
    text << tensor.unsafeGetTensorImpl();
    return text.str();
  } else {
    return Key(tensor.unsafeGetTensorImpl());
  }
}

}  // namespace

std::vector<std::pair<std::string, std::string>> TrainerOptions::described() const {
  const auto augmentation = [](const AugmentOptions& a) {
    std::string text = std::to_string(a.crop);
    for (const double value :
         {a.least_area, a.most_area, a.least_ratio, a.flip, a.clip_jitter[0], a.clip_jitter[1],
          a.clip_jitter[2], a.grey, a.rotation, a.shear, a.scale[0], a.scale[1], a.frame_jitter[0],
          a.frame_jitter[1], a.frame_jitter[2], a.warp})
      text += " " + exact(value);
    return text;
  };
  return {{"steps", std::to_string(steps)},
          {"batch", std::to_string(batch)},
          {"learning_rate", exact(learning_rate)},
          {"drop_at", std::to_string(drop_at)},
          {"warm_up", std::to_string(warm_up)},
          {"weight_decay", exact(weight_decay)},
          {"max_gradient_norm", exact(max_gradient_norm)},
          {"batch_statistics", std::to_string(batch_statistics)},
          {"matching", std::string(kTrainingMatchings.of(matching))},
          {"window", std::to_string(window)},
          {"bootstrap", std::to_string(bootstrap.start) + " " + std::to_string(bootstrap.end) +
                            " " + exact(bootstrap.least)},
          {"contrast_weight", exact(contrast_weight)},
          {"contrast_width", std::to_string(contrast_width)},
          {"stage", stage == TrainingStage::xray_videos ? "xray_videos" : "general_videos"},
          {"video_augment", augmentation(video_augment)},
          {"still_augment", augmentation(still_augment)},
          {"still_share", exact(still_share)},
          {"scale", scale == PixelScale::xray ? "xray" : "imagenet"},
          {"seed", std::to_string(seed)}};
}

std::vector<Error> mistakes_of(const TrainerOptions& options) {
  std::vector<Error> mistakes;
  const auto check = [&](bool good, const char* field, const std::string& found,
                         const std::string& expected) {
    if (!good) mistakes.push_back(Error::about(ErrorKind::usage, field, "is " + found, expected));
  };
  const auto whole = [](std::int64_t value) { return std::to_string(value); };
  check(options.steps >= 1, "steps", whole(options.steps), "at least 1");
  check(options.batch >= 1 && options.batch <= 1024, "batch", whole(options.batch), "1 to 1024");
  check(options.learning_rate > 0 && options.learning_rate <= 1, "learning_rate",
        exact(options.learning_rate), "above 0, at most 1");
  check(options.drop_at >= 0, "drop_at", whole(options.drop_at), "a step");
  check(options.warm_up >= 0, "warm_up", whole(options.warm_up), "a number of steps");
  check(options.weight_decay >= 0 && options.weight_decay < 1, "weight_decay",
        exact(options.weight_decay), "0 to 1");
  check(options.max_gradient_norm >= 0 && std::isfinite(options.max_gradient_norm),
        "max_gradient_norm", exact(options.max_gradient_norm), "0 (off) or more");
  check(options.batch_statistics >= 0, "batch_statistics", whole(options.batch_statistics),
        "a number of steps");
  check(options.window >= 1 && options.window <= 511 && options.window % 2 == 1, "window",
        whole(options.window), "odd, 1 to 511");
  check(options.bootstrap.start < options.bootstrap.end && options.bootstrap.least > 0 &&
            options.bootstrap.least <= 1,
        "bootstrap",
        whole(options.bootstrap.start) + "," + whole(options.bootstrap.end) + "," +
            exact(options.bootstrap.least),
        "START,END,LEAST with START < END and 0 < LEAST <= 1");
  check(options.contrast_weight >= 0 && std::isfinite(options.contrast_weight), "contrast_weight",
        exact(options.contrast_weight), "0 (off) or more");
  check(options.still_share >= 0 && options.still_share <= 1, "still_share",
        exact(options.still_share), "0 to 1");
  for (const AugmentOptions* augment : {&options.video_augment, &options.still_augment}) {
    const bool told = !mistakes.empty() && mistakes.back().field().starts_with("crop");
    if (told) break;  // both are the same where a command line sets them
    check(augment->crop >= 32 && augment->crop <= 2048 && augment->crop % 16 == 0, "crop",
          whole(augment->crop), "a multiple of 16, 32 to 2048");
    check(augment->least_area > 0 && augment->least_area <= augment->most_area &&
              augment->most_area <= 1,
          "crop_area", exact(augment->least_area) + "," + exact(augment->most_area),
          "LEAST,MOST with 0 < LEAST <= MOST <= 1");
  }
  return mistakes;
}

void check_trainer_options(const TrainerOptions& options) {
  const std::vector<Error> mistakes = mistakes_of(options);
  if (!mistakes.empty()) throw mistakes.front();
}

struct Trainer::State {
  State(const TrainerOptions& given, TrainingData material, const StateDict& initial)
      : options(given),
        data(std::move(material)),
        names([&] {
          std::vector<std::string> list;
          for (const StateDict::Entry& entry : initial.entries()) list.push_back(entry.name);
          return list;
        }()),
        network(network_spec_of(initial, "initial weights"), initial, given.device) {
    if (options.contrast_weight > 0) {
      head = ContrastHead::random(network.spec().f16_channels(), options.contrast_width,
                                  synth::mix_seed(options.seed, kHead),
                                  at::TensorOptions(at::kFloat).device(at::Device(options.device)));
    }
    std::vector<at::Tensor> list;
    for (const std::string& name : names) {
      at::Tensor& tensor = network.parameters().at(name);
      // Running statistics and counters do not learn.
      if (!tensor.is_floating_point() || name.find(".running_") != std::string::npos) continue;
      tensor.requires_grad_(true);
      learned.emplace_back(name, tensor);
      list.push_back(tensor);
    }
    if (head) {
      for (const auto& [name, tensor] : head->parameters()) {
        learned.emplace_back(name, tensor);
        list.push_back(tensor);
      }
    }
    optimiser = std::make_unique<torch::optim::Adam>(
        list, torch::optim::AdamOptions(options.learning_rate).weight_decay(options.weight_decay));
  }

  ~State() {
    if (next.valid()) next.wait();
  }

  std::vector<TrainingSample> draw(std::int64_t number) const {
    std::vector<TrainingSample> samples(static_cast<std::size_t>(options.batch));
    const int distance = max_frame_distance(
        options.stage, static_cast<double>(number - 1) / static_cast<double>(options.steps));
    for (std::size_t slot = 0; slot < samples.size(); ++slot) {
      const std::uint64_t clip =
          static_cast<std::uint64_t>(number) * 1024 + static_cast<std::uint64_t>(slot);
      synth::Random random(synth::mix_seed(options.seed, kPick, clip));
      const std::uint64_t seed = synth::mix_seed(options.seed, kSample, clip);
      const bool still =
          data.videos.empty() || (!data.stills.empty() && random.chance(options.still_share));
      const auto pick = [&](const auto& list) -> const auto& {
        return list[static_cast<std::size_t>(random.integer(0, static_cast<int>(list.size()) - 1))];
      };
      samples[slot] = still
                          ? sample_still(pick(data.stills), options.still_augment, seed)
                          : sample_video(pick(data.videos), distance, options.video_augment, seed);
    }
    return samples;
  }

  // The samples of a step; those of the one after are drawn meanwhile.
  std::vector<TrainingSample> take(std::int64_t number) {
    std::vector<TrainingSample> samples;
    if (next.valid() && next_number == number) {
      samples = next.get();
    } else {
      if (next.valid()) next.wait();
      samples = draw(number);
    }
    if (number < options.steps) {
      next_number = number + 1;
      next = std::async(std::launch::async, [this, number] { return draw(number + 1); });
    }
    return samples;
  }

  const torch::optim::AdamParamState* moments_of(const at::Tensor& tensor) const {
    const auto found = optimiser->state().find(moments_key(tensor));
    return found == optimiser->state().end()
               ? nullptr
               : &static_cast<const torch::optim::AdamParamState&>(*found->second);
  }

  TrainerOptions options;
  TrainingData data;
  std::vector<std::string> names;  // of the state dict, in order
  TorchNetwork network;
  std::optional<ContrastHead> head;
  std::vector<std::pair<std::string, at::Tensor>> learned;
  std::unique_ptr<torch::optim::Adam> optimiser;
  std::int64_t done = 0;
  std::future<std::vector<TrainingSample>> next;
  std::int64_t next_number = 0;
};

Trainer::Trainer(const TrainerOptions& options, TrainingData data, const StateDict& initial) {
  check_trainer_options(options);
  check_device(options.device);
  if (data.videos.empty() && data.stills.empty())
    throw Error(ErrorKind::usage, "", "there is nothing to train on", "videos or still images");
  torch_call("training", [&] {
    at::set_num_threads(options.threads > 0
                            ? options.threads
                            : static_cast<int>(std::max(1U, std::thread::hardware_concurrency())));
    state_ = std::make_unique<State>(options, std::move(data), initial);
  });
}

Trainer::~Trainer() = default;

std::int64_t Trainer::steps_done() const { return state_->done; }

StepRecord Trainer::step() {
  State& state = *state_;
  const TrainerOptions& options = state.options;
  const std::int64_t number = state.done + 1;
  expects(number <= options.steps, "a trainer makes the steps that it was told");
  return torch_call("training", [&] {
    std::vector<TrainingClip> clips;
    for (const TrainingSample& sample : state.take(number))
      clips.push_back(clip_of(sample, options.scale, options.device));

    const auto key = static_cast<std::uint64_t>(number);
    synth::Random matching(synth::mix_seed(options.seed, kMatching, key));
    synth::Random anchors(synth::mix_seed(options.seed, kAnchors, key));
    StepRecord record;
    record.step = number;
    record.local = options.matching == TrainingMatching::local ||
                   (options.matching == TrainingMatching::mixed && matching.chance(0.5));
    record.learning_rate = learning_rate(options.learning_rate, number - 1, options.drop_at);
    if (number <= options.warm_up) {
      record.learning_rate *= static_cast<double>(number) / static_cast<double>(options.warm_up);
    }
    StepOptions step;
    step.window = record.local ? options.window : 0;
    step.bootstrap = options.bootstrap;
    step.contrast_weight = options.contrast_weight;

    state.network.batch_statistics = number <= options.batch_statistics;
    state.optimiser->zero_grad();
    const StepLoss loss = batch_loss(state.network, clips, step, number - 1,
                                     state.head ? &*state.head : nullptr, anchors);
    record.loss = loss.total.item<double>();
    record.first = loss.first;
    record.second = loss.second;
    record.contrast = loss.contrast;
    if (!std::isfinite(record.loss)) {
      throw Error(ErrorKind::inconclusive, "training",
                  "the loss of step " + std::to_string(number) + " is not finite",
                  "a lower --learning-rate, or --clip");
    }
    loss.total.backward();
    std::vector<at::Tensor> tensors;
    for (const auto& [name, tensor] : state.learned) tensors.push_back(tensor);
    record.gradient_norm = torch::nn::utils::clip_grad_norm_(
        tensors, options.max_gradient_norm > 0 ? options.max_gradient_norm
                                               : std::numeric_limits<double>::infinity());
    for (torch::optim::OptimizerParamGroup& group : state.optimiser->param_groups())
      static_cast<torch::optim::AdamOptions&>(group.options()).lr(record.learning_rate);
    state.optimiser->step();
    state.done = number;
    return record;
  });
}

StateDict Trainer::weights() const {
  StateDict weights;
  for (const std::string& name : state_->names)
    weights.add(name, stored(state_->network.parameters().at(name)));
  return weights;
}

StateDict Trainer::checkpoint() const {
  StateDict all;
  for (const std::string& name : state_->names)
    all.add("network." + name, stored(state_->network.parameters().at(name)));
  if (state_->head) {
    for (const auto& [name, tensor] : state_->head->parameters()) all.add(name, stored(tensor));
  }
  for (const auto& [name, tensor] : state_->learned) {
    if (const torch::optim::AdamParamState* const moments = state_->moments_of(tensor)) {
      all.add("count." + name, stored(at::tensor({moments->step()}, at::kLong)));
      all.add("mean." + name, stored(moments->exp_avg()));
      all.add("square." + name, stored(moments->exp_avg_sq()));
    }
  }
  all.add("steps", stored(at::tensor({state_->done}, at::kLong)));
  return all;
}

void Trainer::restore(const StateDict& checkpoint, const std::string& path) {
  torch_call("training", [&] {
    at::NoGradGuard no_gradient;
    const auto copy = [&](const std::string& name, const at::Tensor& target) {
      const StoredTensor* const found = checkpoint.find(name);
      if (found == nullptr || found->shape != target.sizes().vec() ||
          found->type != (target.is_floating_point() ? ElementType::f32 : ElementType::i64)) {
        throw Error(ErrorKind::input, path, "has no tensor '" + name + "' of the right shape",
                    "a checkpoint of the same network and options");
      }
      target.copy_(to_tensor(*found));
    };
    at::Tensor steps = at::zeros({1}, at::kLong);
    copy("steps", steps);
    const std::int64_t done = steps.item<std::int64_t>();
    if (done < 0 || done > state_->options.steps) {
      throw Error(ErrorKind::input, path, "is of step " + std::to_string(done),
                  "at most --steps " + std::to_string(state_->options.steps));
    }
    for (const std::string& name : state_->names)
      copy("network." + name, state_->network.parameters().at(name));
    if (state_->head) {
      for (const auto& [name, tensor] : state_->head->parameters()) copy(name, tensor);
    }
    state_->optimiser->state().clear();
    if (done > 0) {
      for (const auto& [name, tensor] : state_->learned) {
        if (checkpoint.find("mean." + name) == nullptr) continue;  // never had a gradient
        auto moments = std::make_unique<torch::optim::AdamParamState>();
        at::Tensor count = at::zeros({1}, at::kLong);
        copy("count." + name, count);
        moments->step(count.item<std::int64_t>());
        moments->exp_avg(at::zeros_like(tensor));
        moments->exp_avg_sq(at::zeros_like(tensor));
        copy("mean." + name, moments->exp_avg());
        copy("square." + name, moments->exp_avg_sq());
        state_->optimiser->state()[moments_key(tensor)] = std::move(moments);
      }
    }
    state_->done = done;
  });
}

StateDict half_precision(const StateDict& weights) {
  StateDict result;
  for (const StateDict::Entry& entry : weights.entries()) {
    if (entry.tensor.type != ElementType::f32 || entry.name.ends_with(".running_var")) {
      result.add(entry.name, entry.tensor);
      continue;
    }
    StoredTensor half{ElementType::f16, entry.tensor.shape, {}};
    half.bytes.resize(static_cast<std::size_t>(entry.tensor.element_count()) * 2);
    std::size_t at_byte = 0;
    for (const float value : entry.tensor.floats()) {
      const c10::Half rounded(value);
      std::memcpy(half.bytes.data() + at_byte, &rounded.x, 2);
      at_byte += 2;
    }
    result.add(entry.name, std::move(half));
  }
  return result;
}

}  // namespace angiobench
