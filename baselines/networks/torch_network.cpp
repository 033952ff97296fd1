// SPDX-License-Identifier: MIT
#include "baselines/networks/torch_network.h"

#include <ATen/ATen.h>

#include <cstring>
#include <utility>
#include <vector>

#include "baselines/torch_call.h"
#include "dataset/error.h"

namespace angiobench {
namespace {

constexpr double kNormEpsilon = 1e-5;  // PyTorch's default, as the official networks use it

at::Tensor enlarge(const at::Tensor& x, int factor) {
  return at::upsample_bilinear2d(x, {x.size(2) * factor, x.size(3) * factor}, false);
}

}  // namespace

at::Tensor to_tensor(const StoredTensor& stored) {
  expects(stored.type == ElementType::f32 || stored.type == ElementType::i64,
          "checked weights are f32 or i64");
  const at::ScalarType type = stored.type == ElementType::f32 ? at::kFloat : at::kLong;
  at::Tensor tensor = at::empty(stored.shape, at::TensorOptions(type));
  std::memcpy(tensor.data_ptr(), stored.bytes.data(), stored.bytes.size());
  return tensor;
}

TorchNetwork::TorchNetwork(const NetworkSpec& spec, const StateDict& weights,
                           const std::string& device)
    : spec_(spec) {
  torch_call("network", [&] {
    for (const StateDict::Entry& entry : weights.entries()) {
      parameters_.emplace(entry.name, to_tensor(entry.tensor).to(at::Device(device)));
    }
  });
}

const at::Tensor& TorchNetwork::parameter(const std::string& name) const {
  const auto found = parameters_.find(name);
  expects(found != parameters_.end(), "the weights have every tensor of the network: " + name);
  return found->second;
}

at::Tensor TorchNetwork::conv(const at::Tensor& x, const std::string& name, int stride) const {
  const at::Tensor& weight = parameter(name + ".weight");
  const auto bias = parameters_.find(name + ".bias");
  at::Tensor out = at::conv2d(x, weight, bias == parameters_.end() ? at::Tensor() : bias->second,
                              {stride, stride}, {weight.size(2) / 2, weight.size(3) / 2});
  if (trace) trace(name, out);
  return out;
}

at::Tensor TorchNetwork::norm(const at::Tensor& x, const std::string& name) const {
  at::Tensor out = at::batch_norm(
      x, parameter(name + ".weight"), parameter(name + ".bias"), parameter(name + ".running_mean"),
      parameter(name + ".running_var"), batch_statistics, 0.1, kNormEpsilon, false);
  if (trace) trace(name, out);
  return out;
}

at::Tensor TorchNetwork::linear(const at::Tensor& x, const std::string& name) const {
  at::Tensor out = at::linear(x, parameter(name + ".weight"), parameter(name + ".bias"));
  if (trace) trace(name, out);
  return out;
}

at::Tensor TorchNetwork::conv_norm(const at::Tensor& x, const std::string& conv_name,
                                   const std::string& norm_name, int stride) const {
  return norm(conv(x, conv_name, stride), norm_name);
}

at::Tensor TorchNetwork::stem(const at::Tensor& x, const std::string& name) const {
  return at::max_pool2d(at::relu(conv_norm(x, name + ".conv1", name + ".bn1", 2)), {3, 3}, {2, 2},
                        {1, 1});
}

at::Tensor TorchNetwork::bottleneck(const at::Tensor& x, const std::string& name,
                                    int stride) const {
  at::Tensor out = at::relu(conv_norm(x, name + ".conv1", name + ".bn1", 1));
  out = at::relu(conv_norm(out, name + ".conv2", name + ".bn2", stride));
  out = conv_norm(out, name + ".conv3", name + ".bn3", 1);
  const bool changes = parameters_.contains(name + ".downsample.0.weight");
  return at::relu(
      out + (changes ? conv_norm(x, name + ".downsample.0", name + ".downsample.1", stride) : x));
}

at::Tensor TorchNetwork::basic_block(const at::Tensor& x, const std::string& name,
                                     int stride) const {
  at::Tensor out = at::relu(conv_norm(x, name + ".conv1", name + ".bn1", stride));
  out = conv_norm(out, name + ".conv2", name + ".bn2", 1);
  const bool changes = parameters_.contains(name + ".downsample.0.weight");
  return at::relu(
      out + (changes ? conv_norm(x, name + ".downsample.0", name + ".downsample.1", stride) : x));
}

at::Tensor TorchNetwork::res_block(const at::Tensor& x, const std::string& name) const {
  const at::Tensor out = conv(at::relu(conv(at::relu(x), name + ".conv1")), name + ".conv2");
  return out +
         (parameters_.contains(name + ".downsample.weight") ? conv(x, name + ".downsample") : x);
}

// CBAM: gates the channels, then the cells.
at::Tensor TorchNetwork::attention(const at::Tensor& x, const std::string& name) const {
  const auto gate = [&](const at::Tensor& pooled) {
    return linear(at::relu(linear(pooled, name + ".ChannelGate.mlp.1")),
                  name + ".ChannelGate.mlp.3");
  };
  const at::Tensor mean_gate = gate(x.mean({2, 3}));
  const at::Tensor channel_gate = at::sigmoid(mean_gate + gate(x.amax({2, 3})));
  const at::Tensor gated = x * channel_gate.unsqueeze(2).unsqueeze(3);
  const at::Tensor pooled = at::cat({gated.amax({1}, true), gated.mean({1}, true)}, 1);
  return gated * at::sigmoid(conv(pooled, name + ".SpatialGate.spatial.conv"));
}

at::Tensor TorchNetwork::upsample_block(const at::Tensor& skip, const at::Tensor& x,
                                        const std::string& name, const at::Tensor& frame_of) const {
  const at::Tensor own = conv(skip, name + ".skip_conv");
  return res_block((frame_of.defined() ? own.index_select(0, frame_of) : own) + enlarge(x, 2),
                   name + ".out_conv");
}

TorchNetwork::Features TorchNetwork::encode_key(const at::Tensor& image) const {
  static constexpr const char* kStages[] = {"key_encoder.res2.", "key_encoder.layer2.",
                                            "key_encoder.layer3."};
  at::Tensor stages[3];
  at::Tensor x = stem(image, "key_encoder");
  for (int stage = 0; stage < 3; ++stage) {
    for (int block = 0; block < spec_.key_blocks[stage]; ++block) {
      x = bottleneck(x, kStages[stage] + std::to_string(block), stage > 0 && block == 0 ? 2 : 1);
    }
    stages[stage] = x;
  }
  return {conv(stages[2], "key_proj.key_proj"), conv(stages[2], "key_comp"), stages[2], stages[1],
          stages[0]};
}

at::Tensor TorchNetwork::encode_value(const at::Tensor& image, const at::Tensor& f16,
                                      const at::Tensor& mask, const at::Tensor& others) const {
  const std::int64_t batch = mask.size(0);
  at::Tensor x = at::cat({image.expand({batch, -1, -1, -1}), mask, others}, 1);
  x = stem(x, "value_encoder");
  for (int stage = 0; stage < 3; ++stage) {
    for (int block = 0; block < spec_.value_blocks[stage]; ++block) {
      const std::string name =
          "value_encoder.layer" + std::to_string(stage + 1) + "." + std::to_string(block);
      x = basic_block(x, name, stage > 0 && block == 0 ? 2 : 1);
    }
  }
  x = res_block(at::cat({x, f16.expand({batch, -1, -1, -1})}, 1), "value_encoder.fuser.block1");
  return res_block(x + attention(x, "value_encoder.fuser.attention"), "value_encoder.fuser.block2");
}

at::Tensor TorchNetwork::decode(const at::Tensor& readout, const Features& features,
                                const at::Tensor& frame_of) const {
  const bool is_shared = frame_of.defined();
  const auto expand = [&](const at::Tensor& x) { return x.expand({readout.size(0), -1, -1, -1}); };
  const at::Tensor thin =
      is_shared ? features.thin.index_select(0, frame_of) : expand(features.thin);
  at::Tensor x = res_block(at::cat({readout, thin}, 1), "decoder.compress");
  x = upsample_block(is_shared ? features.f8 : expand(features.f8), x, "decoder.up_16_8", frame_of);
  x = upsample_block(is_shared ? features.f4 : expand(features.f4), x, "decoder.up_8_4", frame_of);
  return enlarge(conv(at::relu(x), "decoder.pred"), 4);
}

at::Tensor aggregate_logits(const at::Tensor& probabilities) {
  const at::Tensor background = at::prod(1 - probabilities, 0, true);
  const at::Tensor planes = at::cat({background, probabilities}, 0).clamp(1e-7, 1 - 1e-7);
  return at::log(planes / (1 - planes));
}

at::Tensor aggregate(const at::Tensor& probabilities) {
  return at::softmax(aggregate_logits(probabilities), 0);
}

}  // namespace angiobench
