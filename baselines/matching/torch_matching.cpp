// SPDX-License-Identifier: MIT
#include "baselines/matching/torch_matching.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <tuple>
#include <vector>

#include "baselines/matching/torch_matcher.h"
#include "baselines/torch_call.h"
#include "dataset/error.h"

namespace angiobench {
namespace {

// Weights of the candidates [M, P] (M candidates, P cells): softmax over all, or over the top-k
// with 0 elsewhere.
at::Tensor candidate_weights(const at::Tensor& scores, int top_k) {
  if (top_k <= 0 || top_k >= scores.size(0)) return at::softmax(scores, 0);
  const auto [best, index] = at::topk(scores, top_k, 0);
  return at::zeros_like(scores).scatter(0, index, at::softmax(best, 0));
}

at::Tensor shifted(const at::Tensor& features, int window) {
  const int radius = window / 2;
  const std::int64_t height = features.size(2);
  const std::int64_t width = features.size(3);
  const at::Tensor padded = at::constant_pad_nd(features, {radius, radius, radius, radius});
  std::vector<at::Tensor> copies;
  for (int dy = 0; dy < window; ++dy) {
    for (int dx = 0; dx < window; ++dx) {
      copies.push_back(padded.narrow(2, dy, height).narrow(3, dx, width));
    }
  }
  return at::stack(copies, 2).flatten(1, 2);
}

at::Tensor depth_wise(const at::Tensor& features, int window) {
  const std::int64_t channels = features.size(1);
  const std::int64_t area = static_cast<std::int64_t>(window) * window;
  const at::Tensor kernel =
      at::eye(area, features.options()).view({area, 1, window, window}).repeat({channels, 1, 1, 1});
  return at::conv2d(features, kernel, {}, 1, window / 2, 1, channels);
}

}  // namespace

at::Tensor sample_windows(const at::Tensor& features, int window, Sampling sampling) {
  const int radius = window / 2;
  switch (sampling) {
    case Sampling::shift:
      return shifted(features, window);
    case Sampling::depth_wise:
      return depth_wise(features, window);
    default: {
      const at::Tensor columns =
          at::im2col(features, {window, window}, {1, 1}, {radius, radius}, {1, 1});
      return columns.view({features.size(0), columns.size(1), features.size(2), features.size(3)});
    }
  }
}

at::Tensor border_scores(CellGrid grid, int window, const at::TensorOptions& options) {
  const at::Tensor inside =
      sample_windows(at::ones({1, 1, grid.height, grid.width}, options), window, Sampling::unfold);
  return ((1 - inside) * kBorderScore).squeeze(0);
}

at::Tensor match_global(const at::Tensor& keys, const at::Tensor& values, const at::Tensor& query,
                        int top_k) {
  const std::int64_t channels = keys.size(0);
  const at::Tensor memory = keys.flatten(1);      // C, M
  const at::Tensor present = query.flatten(1);    // C, P
  const at::Tensor norms = memory.pow(2).sum(0);  // M
  const at::Tensor scores = (2 * at::matmul(memory.t(), present) - norms.unsqueeze(1)) /
                            std::sqrt(static_cast<double>(channels));
  const at::Tensor weights = candidate_weights(scores, top_k);
  return at::matmul(values.flatten(2), weights)
      .view({values.size(0), values.size(1), query.size(1), query.size(2)});
}

at::Tensor match_local(const at::Tensor& keys, const at::Tensor& values, const at::Tensor& query,
                       int window, int top_k, Sampling sampling) {
  const std::int64_t channels = keys.size(0);
  const std::int64_t frames = keys.size(1);
  const std::int64_t height = query.size(1);
  const std::int64_t width = query.size(2);
  const std::int64_t area = static_cast<std::int64_t>(window) * window;

  // Score the windows of every frame, and let all compete.
  const at::Tensor border =
      border_scores({static_cast<int>(height), static_cast<int>(width)}, window, keys.options());
  std::vector<at::Tensor> scores;
  for (std::int64_t t = 0; t < frames; ++t) {
    const at::Tensor windows = sample_windows(keys.select(1, t).unsqueeze(0), window, sampling)
                                   .view({channels, area, height, width});
    const at::Tensor products = (windows * query.unsqueeze(1)).sum(0);
    const at::Tensor norms = windows.pow(2).sum(0);
    scores.push_back((2 * products - norms) / std::sqrt(static_cast<double>(channels)) + border);
  }
  const at::Tensor weights =
      candidate_weights(at::cat(scores, 0).flatten(1), top_k).view({frames, area, height, width});

  // Sum the values under the weights, a frame and an object at a time.
  std::vector<at::Tensor> readouts;
  for (std::int64_t object = 0; object < values.size(0); ++object) {
    at::Tensor sum;
    for (std::int64_t t = 0; t < frames; ++t) {
      const at::Tensor windows =
          sample_windows(values.select(0, object).select(1, t).unsqueeze(0), window, sampling)
              .view({values.size(1), area, height, width});
      const at::Tensor part = (windows * weights[t]).sum(1);
      sum = t == 0 ? part : sum + part;
    }
    readouts.push_back(sum);
  }
  return at::stack(readouts);
}

namespace {

class TorchMatcher final : public Matcher {
 public:
  explicit TorchMatcher(const MatchOptions& options) : options_(options) {}

  void read(const MatchRequest& request, std::span<const float> query) override {
    torch_call("local matching", [&] { read_windows(request, query); });
  }

 private:
  void read_windows(const MatchRequest& request, std::span<const float> query) const {
    // Put the memory into tensors.
    const c10::InferenceMode no_gradients;
    const CellGrid grid = request.keys.front()->grid();
    const int channels = request.keys.front()->channels();
    std::vector<at::Tensor> keys;
    for (const KeyFrame* frame : request.keys) {
      std::vector<float> plain = frame->plain();
      keys.push_back(at::from_blob(plain.data(), {channels, grid.height, grid.width}).clone());
    }
    const at::Tensor present =
        at::from_blob(const_cast<float*>(query.data()), {channels, grid.height, grid.width});

    // Read an object at a time.
    for (std::size_t object = 0; object < request.values.size(); ++object) {
      std::vector<at::Tensor> values;
      for (const ValueFrame* frame : request.values[object]) {
        values.push_back(at::from_blob(const_cast<float*>(frame->data()),
                                       {grid.height, grid.width, request.value_channels})
                             .permute({2, 0, 1}));
      }
      const at::Tensor readout =
          match_local(at::stack(keys, 1), at::stack(values, 1).unsqueeze(0), present,
                      options_.window, options_.top_k, options_.sampling)
              .squeeze(0)
              .permute({1, 2, 0})
              .contiguous();
      std::copy_n(readout.data_ptr<float>(), readout.numel(), request.readouts[object].data());
    }
  }

  MatchOptions options_;
};

}  // namespace

std::unique_ptr<Matcher> make_torch_matcher(const MatchOptions& options) {
  return std::make_unique<TorchMatcher>(options);
}

}  // namespace angiobench
