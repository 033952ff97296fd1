// SPDX-License-Identifier: MIT
#pragma once

// For the fast engine only: shows oneDNN's types.
#include <cstddef>
#include <dnnl.hpp>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "baselines/weights/state_dict.h"

namespace angiobench {

/// Aligned memory that goes back to its pool: large blocks from the system cost a page fault every
/// 4 KB.
class BufferPool : public std::enable_shared_from_this<BufferPool> {
 public:
  ~BufferPool();
  std::shared_ptr<float> take(std::size_t count);

 private:
  std::multimap<std::size_t, float*> free_;
};

/// What all layers share.
struct ConvContext {
  dnnl::engine engine{dnnl::engine::kind::cpu, 0};
  dnnl::stream stream{engine};
  int block = 16;  // channels in a block: what the processor's vectors hold
  std::shared_ptr<BufferPool> pool = std::make_shared<BufferPool>();
  std::shared_ptr<float> scratch;  // as large as the neediest layer wants
  std::size_t scratch_count = 0;

  ConvContext();
};

/// A feature map, blocked: [channel / block][y][x][block]; unused channels of the last block are 0.
struct FeatureMap {
  int channels = 0;
  int height = 0;
  int width = 0;
  int block = 16;
  std::shared_ptr<float> data;

  FeatureMap() = default;
  FeatureMap(ConvContext& context, int num_channels, int rows, int columns);

  int num_blocks() const { return (channels + block - 1) / block; }
  std::size_t block_size() const { return static_cast<std::size_t>(height) * width * block; }
  std::size_t size() const { return num_blocks() * block_size(); }
  float* blocks(int index) const { return data.get() + index * block_size(); }
  FeatureMap copy(ConvContext& context) const;
};

/// Which part of a convolution of the state dict a layer computes.
struct ConvSource {
  std::string conv;       // name without ".weight"
  std::string norm = {};  // batch norm that follows and is folded in; may be empty
  int first_input = 0;    // input channels [first_input, first_input + num_inputs)
  int num_inputs = 0;     // 0: all
  bool with_bias = true;  // false: bias (and the shift of the norm) is left to another part
};

enum class ConvAlgorithm { direct, winograd };

/// What follows the convolution.
enum class After {
  nothing,
  relu,
  add,       // out += …
  add_relu,  // out = relu(out + …)
};

/// A convolution with batch norm folded in. Weights are packed for the size of the first input, and
/// again where another size or number of threads needs another packing. Winograd is taken where
/// oneDNN has it for the shape and there are 256 channels, else direct: the result does not depend
/// on the number of threads.
class ConvLayer {
 public:
  ConvLayer() = default;
  /// `weights` must outlive the layer.
  ConvLayer(const StateDict& weights, ConvSource source, int stride = 1,
            After after = After::nothing, ConvAlgorithm algorithm = ConvAlgorithm::direct);

  int outputs() const { return outputs_; }
  /// Convolves a feature map; `out` exists where it is added to.
  void run(ConvContext& context, const FeatureMap& in, FeatureMap& out);
  /// Convolves plain planes (the image, the masks) of at most 3 channels.
  void run(ConvContext& context, const float* planes, int height, int width, FeatureMap& out);
  std::size_t packed_bytes() const {
    return packed_.get() == nullptr ? 0 : packed_.get_desc().get_size();
  }

 private:
  void prepare(ConvContext& context, int height, int width, bool plain);
  bool build(ConvContext& context, ConvAlgorithm algorithm, bool plain);
  void fold(std::vector<float>& weight, std::vector<float>& bias) const;
  void execute(ConvContext& context, float* in, float* out);

  const StateDict* weights_ = nullptr;
  ConvSource source_;
  int inputs_ = 0;
  int outputs_ = 0;
  int side_ = 0;
  int stride_ = 1;
  After after_ = After::nothing;
  ConvAlgorithm algorithm_ = ConvAlgorithm::direct;

  int height_ = 0;  // of the input that the primitive was made for
  int width_ = 0;
  int threads_ = 0;
  dnnl::convolution_forward primitive_;
  dnnl::memory::desc in_;
  dnnl::memory::desc out_;
  dnnl::memory::desc scratch_;
  dnnl::memory packed_;
  dnnl::memory bias_;
};

}  // namespace angiobench
