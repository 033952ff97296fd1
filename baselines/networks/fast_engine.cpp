// SPDX-License-Identifier: MIT
#include "baselines/networks/fast_engine.h"

#include <omp.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <optional>
#include <utility>
#include <vector>

#include "baselines/networks/block_kernels.h"
#include "baselines/networks/conv_layer.h"
#include "dataset/error.h"

namespace angiobench {
namespace {

constexpr ConvAlgorithm kWinograd = ConvAlgorithm::winograd;
constexpr ConvAlgorithm kDirect = ConvAlgorithm::direct;

// Calls a function that uses oneDNN and turns its exceptions into ours.
template <typename Function>
auto dnnl_call(const char* what, Function&& function) {
  try {
    return function();
  } catch (const dnnl::error& error) {
    throw Error(ErrorKind::bug, what, std::string("oneDNN failed: ") + error.what());
  }
}

FeatureMap max_pool(ConvContext& context, const FeatureMap& in) {
  FeatureMap out(context, in.channels, in.height / 2, in.width / 2);
  const BlockKernels& kernels = block_kernels(in.block);
#pragma omp parallel for schedule(static)
  for (int block = 0; block < in.num_blocks(); ++block) {
    kernels.max_pool(in.blocks(block), in.height, in.width, out.blocks(block));
  }
  return out;
}

FeatureMap positive(ConvContext& context, const FeatureMap& in) {
  FeatureMap out(context, in.channels, in.height, in.width);
  const BlockKernels& kernels = block_kernels(in.block);
#pragma omp parallel for schedule(static)
  for (int block = 0; block < in.num_blocks(); ++block) {
    kernels.positive(in.blocks(block), in.block_size(), out.blocks(block));
  }
  return out;
}

// skip + in enlarged twice, and its positive part.
std::pair<FeatureMap, FeatureMap> add_enlarged(ConvContext& context, const FeatureMap& in,
                                               const FeatureMap& skip) {
  FeatureMap sum(context, skip.channels, skip.height, skip.width);
  FeatureMap part(context, skip.channels, skip.height, skip.width);
  const BlockKernels& kernels = block_kernels(in.block);
#pragma omp parallel for schedule(static)
  for (int block = 0; block < in.num_blocks(); ++block) {
    kernels.add_enlarged(in.blocks(block), in.height, in.width, skip.blocks(block),
                         sum.blocks(block), part.blocks(block));
  }
  return {std::move(sum), std::move(part)};
}

// Blocked channels -> cells x channels, and back.
void to_cells(const FeatureMap& in, std::span<float> cells) {
  const std::size_t count = static_cast<std::size_t>(in.height) * in.width;
  expects(cells.size() == count * in.channels, "cells have the map's size");
  for (int block = 0; block < in.num_blocks(); ++block) {
    const int channels = std::min(in.block, in.channels - block * in.block);
    const float* from = in.blocks(block);
    float* to = cells.data() + static_cast<std::ptrdiff_t>(block) * in.block;
    for (std::size_t cell = 0; cell < count; ++cell) {
      std::copy_n(from + cell * in.block, channels, to + cell * in.channels);
    }
  }
}

FeatureMap from_cells(ConvContext& context, std::span<const float> cells, int channels, int height,
                      int width) {
  FeatureMap out(context, channels, height, width);
  const std::size_t count = static_cast<std::size_t>(height) * width;
  expects(cells.size() == count * channels, "cells have the map's size");
  for (int block = 0; block < out.num_blocks(); ++block) {
    const int here = std::min(out.block, channels - block * out.block);
    const float* from = cells.data() + static_cast<std::ptrdiff_t>(block) * out.block;
    float* to = out.blocks(block);
    for (std::size_t cell = 0; cell < count; ++cell) {
      std::copy_n(from + cell * channels, here, to + cell * out.block);
      std::fill(to + cell * out.block + here, to + (cell + 1) * out.block, 0.0F);
    }
  }
  return out;
}

float sigmoid(float x) { return 1 / (1 + std::exp(-x)); }

// A residual stage's blocks: two or three convolutions and perhaps a projection of the identity.
struct Block {
  std::vector<ConvLayer>
      layers;  // in order; the last adds to the identity and takes the positive part
  std::optional<ConvLayer> projection;

  FeatureMap run(ConvContext& context, FeatureMap x) {
    FeatureMap out = x;
    if (projection) {
      out = FeatureMap();
      projection->run(context, x, out);
    }
    for (std::size_t i = 0; i + 1 < layers.size(); ++i) {
      FeatureMap next;
      layers[i].run(context, x, next);
      x = std::move(next);
    }
    layers.back().run(
        context, x,
        out);  // without a projection this overwrites the input, which nobody needs any more
    return out;
  }
};

// CBAM (torch_network.cpp, attention), and what follows it in the fuser: x + attention(x).
class Attention {
 public:
  Attention(const StateDict& weights, const std::string& name)
      : reduce_(weights.at(name + ".ChannelGate.mlp.1.weight").floats()),
        reduce_bias_(weights.at(name + ".ChannelGate.mlp.1.bias").floats()),
        restore_(weights.at(name + ".ChannelGate.mlp.3.weight").floats()),
        restore_bias_(weights.at(name + ".ChannelGate.mlp.3.bias").floats()),
        spatial_(weights.at(name + ".SpatialGate.spatial.conv.weight").floats()),
        spatial_bias_(weights.at(name + ".SpatialGate.spatial.conv.bias").floats()[0]) {}

  void add_to(FeatureMap& x) const {
    // Gate the channels by their mean and maximum.
    const std::size_t cells = static_cast<std::size_t>(x.height) * x.width;
    const int channels = x.channels;
    std::vector<float> mean(channels);
    std::vector<float> most(channels);
    for (int c = 0; c < channels; ++c) {
      const float* from = x.blocks(c / x.block) + c % x.block;
      double sum = 0;
      float largest = from[0];
      for (std::size_t cell = 0; cell < cells; ++cell) {
        sum += static_cast<double>(from[cell * x.block]);
        largest = std::max(largest, from[cell * x.block]);
      }
      mean[c] = static_cast<float>(sum / static_cast<double>(cells));
      most[c] = largest;
    }
    std::vector<float> gate = mlp(mean);
    const std::vector<float> second = mlp(most);
    for (int c = 0; c < channels; ++c) gate[c] = sigmoid(gate[c] + second[c]);

    // Gate the cells by the maximum and mean over the gated channels.
    std::vector<float> pooled(2 * cells);
    float* const maximum = pooled.data();
    float* const average = pooled.data() + cells;
    for (int c = 0; c < channels; ++c) {
      const float* from = x.blocks(c / x.block) + c % x.block;
      for (std::size_t cell = 0; cell < cells; ++cell) {
        const float value = from[cell * x.block] * gate[c];
        maximum[cell] = c == 0 ? value : std::max(maximum[cell], value);
        average[cell] += value;
      }
    }
    for (std::size_t cell = 0; cell < cells; ++cell) average[cell] /= static_cast<float>(channels);
    const std::vector<float> cell_gate = spatial_gate(pooled, x.height, x.width);
    for (int c = 0; c < channels; ++c) {
      float* at = x.blocks(c / x.block) + c % x.block;
      for (std::size_t cell = 0; cell < cells; ++cell)
        at[cell * x.block] *= 1 + gate[c] * cell_gate[cell];
    }
  }

 private:
  std::vector<float> mlp(const std::vector<float>& in) const {
    const std::size_t hidden = reduce_bias_.size();
    std::vector<float> middle(hidden);
    for (std::size_t h = 0; h < hidden; ++h) {
      float sum = reduce_bias_[h];
      for (std::size_t c = 0; c < in.size(); ++c) sum += reduce_[h * in.size() + c] * in[c];
      middle[h] = std::max(0.0F, sum);
    }
    std::vector<float> out(in.size());
    for (std::size_t c = 0; c < in.size(); ++c) {
      float sum = restore_bias_[c];
      for (std::size_t h = 0; h < hidden; ++h) sum += restore_[c * hidden + h] * middle[h];
      out[c] = sum;
    }
    return out;
  }

  std::vector<float> spatial_gate(const std::vector<float>& pooled, int height, int width) const {
    std::vector<float> out(static_cast<std::size_t>(height) * width);
    for (int y = 0; y < height; ++y) {
      for (int x = 0; x < width; ++x) {
        float sum = spatial_bias_;
        for (int plane = 0; plane < 2; ++plane) {
          for (int ky = std::max(0, 3 - y); ky < std::min(7, height + 3 - y); ++ky) {
            for (int kx = std::max(0, 3 - x); kx < std::min(7, width + 3 - x); ++kx) {
              sum += spatial_[static_cast<std::size_t>((plane * 7 + ky) * 7 + kx)] *
                     pooled[(static_cast<std::size_t>(plane) * height + y + ky - 3) * width + x +
                            kx - 3];
            }
          }
        }
        out[static_cast<std::size_t>(y) * width + x] = sigmoid(sum);
      }
    }
    return out;
  }

  std::span<const float> reduce_;
  std::span<const float> reduce_bias_;
  std::span<const float> restore_;
  std::span<const float> restore_bias_;
  std::span<const float> spatial_;
  float spatial_bias_;
};

struct FastEncoding final : FrameEncoding {
  int height = 0;
  int width = 0;
  std::vector<float> image;
  FeatureMap key;
  FeatureMap thin;
  FeatureMap f16;
  FeatureMap f8;
  FeatureMap f4;

  // What the decoder of every object adds to: the frame's part of compress, both skip convolutions.
  struct Decoding {
    FeatureMap compress;
    FeatureMap compress_skip;
    FeatureMap skip8;
    FeatureMap skip4;
  };
  std::optional<Decoding> decoding;

  // What the value encoder of every object adds to.
  struct Valuing {
    FeatureMap stem;
    FeatureMap fuse;
    FeatureMap fuse_skip;
  };
  std::optional<Valuing> valuing;
};

class FastEngine final : public NetworkEngine {
 public:
  FastEngine(const NetworkSpec& spec, std::shared_ptr<const StateDict> weights)
      : spec_(spec),
        weights_(std::move(weights)),
        attention_(*weights_, "value_encoder.fuser.attention") {
    build_key_encoder();
    build_value_encoder();
    build_decoder();
  }

  const NetworkSpec& spec() const override { return spec_; }

  std::string describe() const override { return fast_engine_description(); }

  std::unique_ptr<FrameEncoding> encode_frame(std::span<const float> image, int height,
                                              int width) override {
    return dnnl_call("key encoder", [&] {
      auto encoding = std::make_unique<FastEncoding>();
      encoding->height = height;
      encoding->width = width;
      encoding->image.assign(image.begin(), image.end());
      FeatureMap x;
      key_stem_.run(context_, encoding->image.data(), height, width, x);
      x = max_pool(context_, x);
      FeatureMap* const stages[] = {&encoding->f4, &encoding->f8, &encoding->f16};
      for (std::size_t stage = 0; stage < 3; ++stage) {
        for (Block& block : key_stages_[stage]) x = block.run(context_, std::move(x));
        *stages[stage] = x;
      }
      key_projection_.run(context_, x, encoding->key);
      key_thin_.run(context_, x, encoding->thin);
      return encoding;
    });
  }

  void copy_key(const FrameEncoding& frame, std::span<float> key) const override {
    const FeatureMap& map = dynamic_cast<const FastEncoding&>(frame).key;
    const std::size_t cells = static_cast<std::size_t>(map.height) * map.width;
    expects(key.size() == cells * map.channels, "the key has the size that was asked for");
    for (int c = 0; c < map.channels; ++c) {
      const float* from = map.blocks(c / map.block) + c % map.block;
      for (std::size_t cell = 0; cell < cells; ++cell)
        key[c * cells + cell] = from[cell * map.block];
    }
  }

  void encode_value(FrameEncoding& frame, std::span<const float> mask,
                    std::span<const float> others, std::span<float> value) override {
    dnnl_call("value encoder", [&] {
      auto& encoding = dynamic_cast<FastEncoding&>(frame);
      share_values(encoding);

      // ResNet on image and masks; the image's part of the first convolution is there.
      std::vector<float> masks(mask.begin(), mask.end());
      masks.insert(masks.end(), others.begin(), others.end());
      FeatureMap x = encoding.valuing->stem.copy(context_);
      value_stem_masks_.run(context_, masks.data(), encoding.height, encoding.width, x);
      x = max_pool(context_, x);
      for (std::vector<Block>& stage : value_stages_) {
        for (Block& block : stage) x = block.run(context_, std::move(x));
      }

      // Fuse with the frame. Both inputs come out of a ReLU, so their positive part is themselves.
      FeatureMap hidden = encoding.valuing->fuse.copy(context_);
      fuse_value_.run(context_, x, hidden);
      FeatureMap out = encoding.valuing->fuse_skip.copy(context_);
      fuse_value_skip_.run(context_, x, out);
      fuse_second_.run(context_, hidden, out);
      attention_.add_to(out);
      FeatureMap refined;
      refine_first_.run(context_, positive(context_, out), refined);
      refine_second_.run(context_, refined, out);
      to_cells(out, value);
    });
  }

  void decode(FrameEncoding& frame, std::span<const float> readout,
              std::span<float> probability) override {
    dnnl_call("decoder", [&] {
      auto& encoding = dynamic_cast<FastEncoding&>(frame);
      share_decoding(encoding);
      const FeatureMap& thin = encoding.thin;

      // compress
      const FeatureMap read =
          from_cells(context_, readout, spec_.value_channels(), thin.height, thin.width);
      FeatureMap hidden = encoding.decoding->compress.copy(context_);
      compress_read_.run(context_, positive(context_, read), hidden);
      FeatureMap x = encoding.decoding->compress_skip.copy(context_);
      compress_read_skip_.run(context_, read, x);
      compress_second_.run(context_, hidden, x);

      // up_16_8
      auto [sum8, positive8] = add_enlarged(context_, x, encoding.decoding->skip8);
      x = FeatureMap();
      up8_skip_.run(context_, sum8, x);
      sum8 = FeatureMap();
      hidden = FeatureMap();
      up8_first_.run(context_, positive8, hidden);
      positive8 = FeatureMap();
      up8_second_.run(context_, hidden, x);

      // up_8_4; its last convolution takes the positive part that `pred` wants.
      auto [sum4, positive4] = add_enlarged(context_, x, encoding.decoding->skip4);
      hidden = FeatureMap();
      up4_first_.run(context_, positive4, hidden);
      positive4 = FeatureMap();
      up4_second_.run(context_, hidden, sum4);
      predict(sum4, probability);
    });
  }

 private:
  ConvLayer layer(ConvSource source, ConvAlgorithm algorithm, After after = After::nothing,
                  int stride = 1) {
    return {*weights_, std::move(source), stride, after, algorithm};
  }

  void build_key_encoder() {
    key_stem_ = layer({"key_encoder.conv1", "key_encoder.bn1"}, kDirect, After::relu, 2);
    const char* const names[] = {"key_encoder.res2.", "key_encoder.layer2.", "key_encoder.layer3."};
    for (std::size_t stage = 0; stage < 3; ++stage) {
      for (int i = 0; i < spec_.key_blocks[stage]; ++i) {
        const std::string name = names[stage] + std::to_string(i);
        const int stride = stage > 0 && i == 0 ? 2 : 1;
        Block& block = key_stages_[stage].emplace_back();
        block.layers.push_back(layer({name + ".conv1", name + ".bn1"}, kDirect, After::relu));
        block.layers.push_back(layer({name + ".conv2", name + ".bn2"},
                                     stride == 1 ? kWinograd : kDirect, After::relu, stride));
        block.layers.push_back(layer({name + ".conv3", name + ".bn3"}, kDirect, After::add_relu));
        add_projection(block, name, stride);
      }
    }
    key_projection_ = layer({"key_proj.key_proj"}, kDirect);
    key_thin_ = layer({"key_comp"}, kDirect);  // Winograd would win 4 % of a frame for 57 MB
  }

  void add_projection(Block& block, const std::string& name, int stride) {
    if (weights_->find(name + ".downsample.0.weight") == nullptr) return;
    block.projection =
        layer({name + ".downsample.0", name + ".downsample.1"}, kDirect, After::nothing, stride);
  }

  void build_value_encoder() {
    value_stem_image_ =
        layer({"value_encoder.conv1", "value_encoder.bn1", 0, 3}, kDirect, After::nothing, 2);
    value_stem_masks_ = layer({"value_encoder.conv1", "value_encoder.bn1", 3, 2, false}, kDirect,
                              After::add_relu, 2);
    for (std::size_t stage = 0; stage < 3; ++stage) {
      for (int i = 0; i < spec_.value_blocks[stage]; ++i) {
        const std::string name =
            "value_encoder.layer" + std::to_string(stage + 1) + "." + std::to_string(i);
        const int stride = stage > 0 && i == 0 ? 2 : 1;
        Block& block = value_stages_[stage].emplace_back();
        block.layers.push_back(layer({name + ".conv1", name + ".bn1"},
                                     stride == 1 && stage < 2 ? kWinograd : kDirect, After::relu,
                                     stride));
        block.layers.push_back(layer({name + ".conv2", name + ".bn2"},
                                     stage < 2 ? kWinograd : kDirect, After::add_relu));
        add_projection(block, name, stride);
      }
    }

    // The last stage and the fuser run on remembered frames only: packed weights for Winograd would
    // cost more memory than time is won.
    const std::string fuser = "value_encoder.fuser.";
    const int own = spec_.mid_channels();
    const int frame = spec_.f16_channels();
    fuse_frame_ = layer({fuser + "block1.conv1", "", own, frame}, kDirect);
    fuse_frame_skip_ = layer({fuser + "block1.downsample", "", own, frame}, kDirect);
    fuse_value_ = layer({fuser + "block1.conv1", "", 0, own, false}, kDirect, After::add_relu);
    fuse_value_skip_ = layer({fuser + "block1.downsample", "", 0, own, false}, kDirect, After::add);
    fuse_second_ = layer({fuser + "block1.conv2"}, kDirect, After::add);
    refine_first_ = layer({fuser + "block2.conv1"}, kDirect, After::relu);
    refine_second_ = layer({fuser + "block2.conv2"}, kDirect, After::add);
  }

  void build_decoder() {
    const int channels = spec_.value_channels();
    compress_read_ =
        layer({"decoder.compress.conv1", "", 0, channels, false}, kWinograd, After::add_relu);
    compress_read_skip_ =
        layer({"decoder.compress.downsample", "", 0, channels, false}, kWinograd, After::add);
    compress_thin_ = layer({"decoder.compress.conv1", "", channels, channels}, kWinograd);
    compress_thin_skip_ = layer({"decoder.compress.downsample", "", channels, channels}, kWinograd);
    compress_second_ = layer({"decoder.compress.conv2"}, kWinograd, After::add);
    skip8_ = layer({"decoder.up_16_8.skip_conv"}, kWinograd);
    up8_skip_ = layer({"decoder.up_16_8.out_conv.downsample"}, kWinograd);
    up8_first_ = layer({"decoder.up_16_8.out_conv.conv1"}, kWinograd, After::relu);
    up8_second_ = layer({"decoder.up_16_8.out_conv.conv2"}, kWinograd, After::add);
    skip4_ = layer({"decoder.up_8_4.skip_conv"}, kWinograd);
    up4_first_ = layer({"decoder.up_8_4.out_conv.conv1"}, kWinograd, After::relu);
    up4_second_ = layer({"decoder.up_8_4.out_conv.conv2"}, kWinograd, After::add_relu);

    // pred: one output channel, weights laid out as [channel block][tap][channel].
    const StoredTensor& weight = weights_->at("decoder.pred.weight");
    const auto inputs = static_cast<int>(weight.shape.at(1));
    const int blocks = (inputs + context_.block - 1) / context_.block;
    pred_.assign(static_cast<std::size_t>(blocks) * 9 * context_.block, 0.0F);
    for (int c = 0; c < inputs; ++c) {
      for (int tap = 0; tap < 9; ++tap) {
        pred_[static_cast<std::size_t>((c / context_.block * 9 + tap) * context_.block +
                                       c % context_.block)] =
            weight.floats()[static_cast<std::size_t>(c * 9 + tap)];
      }
    }
    pred_bias_ = weights_->at("decoder.pred.bias").floats()[0];
  }

  void share_values(FastEncoding& encoding) {
    if (encoding.valuing) return;
    FastEncoding::Valuing& shared = encoding.valuing.emplace();
    value_stem_image_.run(context_, encoding.image.data(), encoding.height, encoding.width,
                          shared.stem);
    fuse_frame_.run(context_, encoding.f16, shared.fuse);
    fuse_frame_skip_.run(context_, encoding.f16, shared.fuse_skip);
  }

  void share_decoding(FastEncoding& encoding) {
    if (encoding.decoding) return;
    FastEncoding::Decoding& shared = encoding.decoding.emplace();
    compress_thin_.run(context_, positive(context_, encoding.thin), shared.compress);
    compress_thin_skip_.run(context_, encoding.thin, shared.compress_skip);
    skip8_.run(context_, encoding.f8, shared.skip8);
    skip4_.run(context_, encoding.f4, shared.skip4);

    // Nothing else reads these, and they are the largest.
    encoding.f8 = FeatureMap();
    encoding.f4 = FeatureMap();
  }

  // The last convolution, four times enlarged, through the sigmoid.
  void predict(const FeatureMap& in, std::span<float> probability) const {
    const BlockKernels& kernels = block_kernels(in.block);
    const int width = in.width;
    const int height = in.height;
    expects(probability.size() == static_cast<std::size_t>(16) * height * width,
            "a probability a pixel");
    std::vector<float> logits(static_cast<std::size_t>(height) * width, pred_bias_);
#pragma omp parallel
    {
#pragma omp for schedule(static)
      for (int y = 0; y < height; ++y) {
        float* const row = logits.data() + static_cast<std::ptrdiff_t>(y) * width;
        for (int block = 0; block < in.num_blocks(); ++block) {
          kernels.accumulate_3x3(in.blocks(block), height, width, y,
                                 pred_.data() + static_cast<std::ptrdiff_t>(block) * 9 * in.block,
                                 row);
        }
      }
#pragma omp for schedule(static)
      for (int y = 0; y < 4 * height; ++y) {
        const float source = std::max(0.0F, (static_cast<float>(y) + 0.5F) / 4 - 0.5F);
        const int first = static_cast<int>(source);
        const int second = std::min(first + 1, height - 1);
        enlarge_row_4_sigmoid(logits.data() + static_cast<std::ptrdiff_t>(first) * width,
                              logits.data() + static_cast<std::ptrdiff_t>(second) * width,
                              source - static_cast<float>(first), width,
                              probability.data() + static_cast<std::ptrdiff_t>(y) * 4 * width);
      }
    }
  }

  NetworkSpec spec_;
  std::shared_ptr<const StateDict> weights_;
  ConvContext context_;

  ConvLayer key_stem_;
  std::array<std::vector<Block>, 3> key_stages_;
  ConvLayer key_projection_;
  ConvLayer key_thin_;

  ConvLayer value_stem_image_;
  ConvLayer value_stem_masks_;
  std::array<std::vector<Block>, 3> value_stages_;
  ConvLayer fuse_frame_;
  ConvLayer fuse_frame_skip_;
  ConvLayer fuse_value_;
  ConvLayer fuse_value_skip_;
  ConvLayer fuse_second_;
  Attention attention_;
  ConvLayer refine_first_;
  ConvLayer refine_second_;

  ConvLayer compress_read_;
  ConvLayer compress_read_skip_;
  ConvLayer compress_thin_;
  ConvLayer compress_thin_skip_;
  ConvLayer compress_second_;
  ConvLayer skip8_;
  ConvLayer up8_skip_;
  ConvLayer up8_first_;
  ConvLayer up8_second_;
  ConvLayer skip4_;
  ConvLayer up4_first_;
  ConvLayer up4_second_;
  std::vector<float> pred_;
  float pred_bias_ = 0;
};

}  // namespace

std::unique_ptr<NetworkEngine> make_fast_engine(const NetworkSpec& spec,
                                                std::shared_ptr<const StateDict> weights) {
  return dnnl_call("network",
                   [&] { return std::make_unique<FastEngine>(spec, std::move(weights)); });
}

std::string fast_engine_description() {
  const dnnl_version_t* const version = dnnl_version();
  return "oneDNN " + std::to_string(version->major) + "." + std::to_string(version->minor) + "." +
         std::to_string(version->patch) + ", blocks of " + std::to_string(ConvContext().block);
}

void set_pool_threads(int threads) { omp_set_num_threads(threads); }

}  // namespace angiobench
