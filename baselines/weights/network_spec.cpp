// SPDX-License-Identifier: MIT
#include "baselines/weights/network_spec.h"

#include <string>
#include <utility>

#include "baselines/weights/weights_set.h"
#include "dataset/error.h"

namespace angiobench {
namespace {

// Writes the list in the order of the official modules, which is that of a state dict.
class Lister {
 public:
  void tensor(std::string name, std::vector<std::int64_t> shape,
              ElementType type = ElementType::f32) {
    tensors_.push_back({std::move(name), std::move(shape), type});
  }

  void norm(const std::string& prefix, int channels) {
    for (const char* const part : {".weight", ".bias", ".running_mean", ".running_var"}) {
      tensor(prefix + part, {channels});
    }
    tensor(prefix + ".num_batches_tracked", {}, ElementType::i64);
  }

  enum class Bias { none, present };

  void conv(const std::string& prefix, int outputs, int inputs, int side,
            Bias bias = Bias::present) {
    tensor(prefix + ".weight", {outputs, inputs, side, side});
    if (bias == Bias::present) tensor(prefix + ".bias", {outputs});
  }

  // Two 3x3 convolutions; the skip is one more where the widths differ.
  void residual(const std::string& prefix, int inputs, int outputs) {
    if (inputs != outputs) conv(prefix + ".downsample", outputs, inputs, 3);
    conv(prefix + ".conv1", outputs, inputs, 3);
    conv(prefix + ".conv2", outputs, outputs, 3);
  }

  std::vector<TensorSpec> take() { return std::move(tensors_); }

 private:
  std::vector<TensorSpec> tensors_;
};

using Bias = Lister::Bias;

// ResNet with bottleneck blocks up to the third stage, convolutions without bias.
void list_key_encoder(Lister& list, const NetworkSpec& spec) {
  const std::string root = "key_encoder.";
  list.conv(root + "conv1", spec.width, 3, 7, Bias::none);
  list.norm(root + "bn1", spec.width);
  const char* const stages[] = {"res2", "layer2", "layer3"};
  int inputs = spec.width;
  for (int stage = 0; stage < 3; ++stage) {
    const int width = spec.width << stage;
    for (int block = 0; block < spec.key_blocks[static_cast<std::size_t>(stage)]; ++block) {
      const std::string prefix = root + stages[stage] + '.' + std::to_string(block);
      list.conv(prefix + ".conv1", width, inputs, 1, Bias::none);
      list.norm(prefix + ".bn1", width);
      list.conv(prefix + ".conv2", width, width, 3, Bias::none);
      list.norm(prefix + ".bn2", width);
      list.conv(prefix + ".conv3", 4 * width, width, 1, Bias::none);
      list.norm(prefix + ".bn3", 4 * width);
      if (block == 0) {
        list.conv(prefix + ".downsample.0", 4 * width, inputs, 1, Bias::none);
        list.norm(prefix + ".downsample.1", 4 * width);
      }
      inputs = 4 * width;
    }
  }
}

// ResNet with basic blocks up to the third stage, convolutions with bias, on image + own mask +
// others' mask.
void list_value_encoder(Lister& list, const NetworkSpec& spec) {
  const std::string root = "value_encoder.";
  list.conv(root + "conv1", spec.width, 5, 7);
  list.norm(root + "bn1", spec.width);
  int inputs = spec.width;
  for (int stage = 0; stage < 3; ++stage) {
    const int width = spec.width << stage;
    for (int block = 0; block < spec.value_blocks[static_cast<std::size_t>(stage)]; ++block) {
      const std::string prefix =
          root + "layer" + std::to_string(stage + 1) + '.' + std::to_string(block);
      list.conv(prefix + ".conv1", width, inputs, 3);
      list.norm(prefix + ".bn1", width);
      list.conv(prefix + ".conv2", width, width, 3);
      list.norm(prefix + ".bn2", width);
      if (block == 0 && inputs != width) {
        list.conv(prefix + ".downsample.0", width, inputs, 1);
        list.norm(prefix + ".downsample.1", width);
      }
      inputs = width;
    }
  }
}

// Fuses value and key features: residual block, CBAM attention, residual block.
void list_fuser(Lister& list, const NetworkSpec& spec) {
  const std::string root = "value_encoder.fuser.";
  const int channels = spec.value_channels();
  list.residual(root + "block1", spec.mid_channels() + spec.f16_channels(), channels);
  const std::string gate = root + "attention.ChannelGate.mlp.";
  list.tensor(gate + "1.weight", {spec.gate_channels(), channels});
  list.tensor(gate + "1.bias", {spec.gate_channels()});
  list.tensor(gate + "3.weight", {channels, spec.gate_channels()});
  list.tensor(gate + "3.bias", {channels});
  list.conv(root + "attention.SpatialGate.spatial.conv", 1, 2, 7);
  list.residual(root + "block2", channels, channels);
}

void list_decoder(Lister& list, const NetworkSpec& spec) {
  const std::string root = "decoder.";
  const int value = spec.value_channels();
  const int mid = spec.mid_channels();
  list.residual(root + "compress", 2 * value, value);
  list.conv(root + "up_16_8.skip_conv", value, spec.f8_channels(), 3);
  list.residual(root + "up_16_8.out_conv", value, mid);
  list.conv(root + "up_8_4.skip_conv", mid, spec.f4_channels(), 3);
  list.residual(root + "up_8_4.out_conv", mid, mid);
  list.conv(root + "pred", 1, mid, 3);
}

// How many blocks "<prefix>0.", "<prefix>1.", … are there.
int count_blocks(const StateDict& weights, const std::string& prefix) {
  constexpr int kMaxBlocks = 64;  // ResNet-152 has 36 in its longest stage
  int count = 0;
  while (count < kMaxBlocks &&
         weights.find(prefix + std::to_string(count) + ".conv1.weight") != nullptr)
    ++count;
  return count;
}

}  // namespace

std::vector<TensorSpec> network_tensors(const NetworkSpec& spec) {
  expects(spec.width >= 2 && spec.width % 2 == 0, "the network's width is even");
  Lister list;
  list_key_encoder(list, spec);
  list_value_encoder(list, spec);
  list_fuser(list, spec);
  list.conv("key_proj.key_proj", spec.key_channels(), spec.f16_channels(), 3);
  list.conv("key_comp", spec.value_channels(), spec.f16_channels(), 3);
  list_decoder(list, spec);
  return list.take();
}

NetworkSpec network_spec_of(const StateDict& weights, const std::string& path) {
  constexpr int kMaxWidth = 1024;
  const StoredTensor* const stem = weights.find("key_encoder.conv1.weight");
  if (stem == nullptr || stem->shape.size() != 4) {
    std::vector<std::string> names;
    for (const StateDict::Entry& entry : weights.entries()) names.push_back(entry.name);
    throw Error(ErrorKind::input, path,
                "has no tensor 'key_encoder.conv1.weight' of four dimensions; its " +
                    std::to_string(names.size()) + " tensors are " + some_names(names),
                "weights of STCN or of the local-matching network");
  }
  const std::int64_t width = stem->shape[0];
  if (width < 2 || width > kMaxWidth || width % 2 != 0) {
    throw Error(
        ErrorKind::input, path, "the first convolution has " + std::to_string(width) + " outputs",
        "an even number up to " + std::to_string(kMaxWidth) + " (64 in the official networks)");
  }
  NetworkSpec spec;
  spec.width = static_cast<int>(width);
  const char* const key_stages[] = {"res2", "layer2", "layer3"};
  for (std::size_t stage = 0; stage < 3; ++stage) {
    spec.key_blocks[stage] =
        count_blocks(weights, std::string("key_encoder.") + key_stages[stage] + '.');
    spec.value_blocks[stage] =
        count_blocks(weights, "value_encoder.layer" + std::to_string(stage + 1) + '.');
    if (spec.key_blocks[stage] == 0 || spec.value_blocks[stage] == 0) {
      throw Error(ErrorKind::input, path, "a stage of an encoder has no block",
                  "weights of STCN or of the local-matching network");
    }
  }
  return spec;
}

}  // namespace angiobench
