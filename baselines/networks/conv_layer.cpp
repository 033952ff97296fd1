// SPDX-License-Identifier: MIT
#include "baselines/networks/conv_layer.h"

#include <omp.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <new>
#include <utility>

#include "dataset/error.h"

namespace angiobench {
namespace {

constexpr std::size_t kAlignment = 64;
constexpr double kNormEpsilon = 1e-5;

// Below this, oneDNN chooses among its Winograd variants by the number of threads, and results
// would depend on it.
constexpr int kLeastWinogradChannels = 256;

using Tag = dnnl::memory::format_tag;
constexpr auto kFloat = dnnl::memory::data_type::f32;

Tag blocked_tag(int block) { return block == 16 ? Tag::nChw16c : Tag::nChw8c; }

}  // namespace

BufferPool::~BufferPool() {
  for (const auto& [count, buffer] : free_) std::free(buffer);
}

std::shared_ptr<float> BufferPool::take(std::size_t count) {
  const std::size_t bytes = (count * sizeof(float) + kAlignment - 1) / kAlignment * kAlignment;
  float* buffer = nullptr;
  if (const auto found = free_.find(bytes); found != free_.end()) {
    buffer = found->second;
    free_.erase(found);
  } else {
    buffer = static_cast<float*>(std::aligned_alloc(kAlignment, bytes));
    if (buffer == nullptr) throw std::bad_alloc();
  }
  return {buffer, [pool = weak_from_this(), bytes](float* returned) {
            if (const std::shared_ptr<BufferPool> home = pool.lock()) {
              home->free_.emplace(bytes, returned);
            } else {
              std::free(returned);
            }
          }};
}

ConvContext::ConvContext() {
  // Blocks are as long as the vectors that oneDNN may use (also where an environment variable
  // limits it).
  const auto bits = [](dnnl::cpu_isa isa) { return static_cast<unsigned>(isa); };
  const unsigned wanted = bits(dnnl::cpu_isa::avx512_core);
  block = (bits(dnnl::get_effective_cpu_isa()) & wanted) == wanted ? 16 : 8;
}

FeatureMap::FeatureMap(ConvContext& context, int num_channels, int rows, int columns)
    : channels(num_channels), height(rows), width(columns), block(context.block) {
  data = context.pool->take(size());
}

FeatureMap FeatureMap::copy(ConvContext& context) const {
  FeatureMap other(context, channels, height, width);
  std::memcpy(other.data.get(), data.get(), size() * sizeof(float));
  return other;
}

ConvLayer::ConvLayer(const StateDict& weights, ConvSource source, int stride, After after,
                     ConvAlgorithm algorithm)
    : weights_(&weights),
      source_(std::move(source)),
      stride_(stride),
      after_(after),
      algorithm_(algorithm) {
  const StoredTensor& weight = weights.at(source_.conv + ".weight");
  outputs_ = static_cast<int>(weight.shape.at(0));
  inputs_ = source_.num_inputs > 0 ? source_.num_inputs : static_cast<int>(weight.shape.at(1));
  side_ = static_cast<int>(weight.shape.at(2));
  expects(source_.first_input + inputs_ <= weight.shape[1],
          "a layer's inputs are those of its convolution");
}

void ConvLayer::fold(std::vector<float>& weight, std::vector<float>& bias) const {
  const StoredTensor& stored = weights_->at(source_.conv + ".weight");
  const StoredTensor* const stored_bias = weights_->find(source_.conv + ".bias");
  const auto norm = [&](const char* part) { return weights_->at(source_.norm + part).floats(); };
  const std::size_t all_inputs = static_cast<std::size_t>(stored.shape[1]);
  const std::size_t area = static_cast<std::size_t>(side_) * side_;
  const std::size_t count = inputs_ * area;
  weight.resize(outputs_ * count);
  bias.assign(static_cast<std::size_t>(outputs_), 0.0F);
  for (std::size_t o = 0; o < static_cast<std::size_t>(outputs_); ++o) {
    double scale = 1;
    double shift = stored_bias == nullptr ? 0 : static_cast<double>(stored_bias->floats()[o]);
    if (!source_.norm.empty()) {
      const double mean = static_cast<double>(norm(".running_mean")[o]);
      scale = static_cast<double>(norm(".weight")[o]) /
              std::sqrt(static_cast<double>(norm(".running_var")[o]) + kNormEpsilon);
      shift = (shift - mean) * scale + static_cast<double>(norm(".bias")[o]);
    }
    const float* from = stored.floats().data() + (o * all_inputs + source_.first_input) * area;
    for (std::size_t i = 0; i < count; ++i) {
      weight[o * count + i] = static_cast<float>(static_cast<double>(from[i]) * scale);
    }
    if (source_.with_bias) bias[o] = static_cast<float>(shift);
  }
}

bool ConvLayer::build(ConvContext& context, ConvAlgorithm algorithm, bool plain) {
  const int out_height = (height_ + stride_ - 1) / stride_;
  const int out_width = (width_ + stride_ - 1) / stride_;
  const dnnl::memory::desc in({1, inputs_, height_, width_}, kFloat,
                              plain ? Tag::nchw : blocked_tag(context.block));
  const dnnl::memory::desc out({1, outputs_, out_height, out_width}, kFloat,
                               blocked_tag(context.block));
  const dnnl::memory::desc weight({outputs_, inputs_, side_, side_}, kFloat, Tag::any);
  const dnnl::memory::desc bias({outputs_}, kFloat, Tag::a);
  const dnnl::memory::dims padding = {side_ / 2, side_ / 2};

  dnnl::primitive_attr attributes;
  attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user);
  dnnl::post_ops after;
  if (after_ == After::add || after_ == After::add_relu) after.append_sum(1.0F);
  if (after_ == After::relu || after_ == After::add_relu) {
    after.append_eltwise(1.0F, dnnl::algorithm::eltwise_relu, 0.0F, 0.0F);
  }
  attributes.set_post_ops(after);

  const dnnl::convolution_forward::desc description(
      dnnl::prop_kind::forward_inference,
      algorithm == ConvAlgorithm::winograd ? dnnl::algorithm::convolution_winograd
                                           : dnnl::algorithm::convolution_direct,
      in, weight, bias, out, {stride_, stride_}, padding, padding);
  const dnnl::convolution_forward::primitive_desc chosen(description, attributes, context.engine,
                                                         true);
  if (!chosen) return false;
  primitive_ = dnnl::convolution_forward(chosen);
  in_ = chosen.src_desc();
  out_ = chosen.dst_desc();
  scratch_ = chosen.scratchpad_desc();

  // Pack the weights, unless they are packed so already.
  if (!packed_ || packed_.get_desc() != chosen.weights_desc()) {
    std::vector<float> folded;
    std::vector<float> shift;
    fold(folded, shift);
    packed_ = dnnl::memory();
    packed_ = dnnl::memory(chosen.weights_desc(), context.engine);
    bias_ = dnnl::memory(bias, context.engine);
    std::copy(shift.begin(), shift.end(), static_cast<float*>(bias_.get_data_handle()));
    dnnl::memory unpacked({{outputs_, inputs_, side_, side_}, kFloat, Tag::oihw}, context.engine,
                          folded.data());
    dnnl::reorder(unpacked, packed_).execute(context.stream, unpacked, packed_);
    context.stream.wait();
  }
  return true;
}

void ConvLayer::prepare(ConvContext& context, int height, int width, bool plain) {
  if (height == height_ && width == width_ && threads_ == omp_get_max_threads()) return;
  height_ = height;
  width_ = width;
  threads_ = omp_get_max_threads();
  const bool wide = inputs_ >= kLeastWinogradChannels && outputs_ >= kLeastWinogradChannels;
  const bool built = (algorithm_ == ConvAlgorithm::winograd && wide &&
                      build(context, ConvAlgorithm::winograd, plain)) ||
                     build(context, ConvAlgorithm::direct, plain);
  expects(built, "oneDNN has a direct convolution for every shape");
  const std::size_t count = scratch_.get_size() / sizeof(float);
  if (count > context.scratch_count) {
    context.scratch = nullptr;
    context.scratch = std::shared_ptr<float>(
        static_cast<float*>(
            std::aligned_alloc(kAlignment, (count * sizeof(float) / kAlignment + 1) * kAlignment)),
        std::free);
    if (context.scratch == nullptr) throw std::bad_alloc();
    context.scratch_count = count;
  }
}

void ConvLayer::execute(ConvContext& context, float* in, float* out) {
  primitive_.execute(context.stream,
                     {{DNNL_ARG_SRC, {in_, context.engine, in}},
                      {DNNL_ARG_WEIGHTS, packed_},
                      {DNNL_ARG_BIAS, bias_},
                      {DNNL_ARG_DST, {out_, context.engine, out}},
                      {DNNL_ARG_SCRATCHPAD, {scratch_, context.engine, context.scratch.get()}}});
  context.stream.wait();
}

void ConvLayer::run(ConvContext& context, const FeatureMap& in, FeatureMap& out) {
  expects(in.channels == inputs_, "a layer gets the channels it was made for");
  prepare(context, in.height, in.width, false);
  if (out.data == nullptr) {
    out = FeatureMap(context, outputs_, (in.height + stride_ - 1) / stride_,
                     (in.width + stride_ - 1) / stride_);
  }
  execute(context, in.data.get(), out.data.get());
}

void ConvLayer::run(ConvContext& context, const float* planes, int height, int width,
                    FeatureMap& out) {
  prepare(context, height, width, true);
  if (out.data == nullptr) {
    out = FeatureMap(context, outputs_, (height + stride_ - 1) / stride_,
                     (width + stride_ - 1) / stride_);
  }
  execute(context, const_cast<float*>(planes), out.data.get());
}

}  // namespace angiobench
