// SPDX-License-Identifier: MIT
#include "baselines/networks/torch_engine.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <torch/version.h>

#include <algorithm>
#include <utility>

#include "baselines/networks/torch_network.h"
#include "baselines/torch_call.h"
#include "baselines/torch_info.h"
#include "dataset/error.h"

namespace angiobench {
namespace {

struct TorchEncoding final : FrameEncoding {
  at::Tensor image;
  TorchNetwork::Features features;
};

class TorchEngine final : public NetworkEngine {
 public:
  TorchEngine(const NetworkSpec& spec, const StateDict& weights, const std::string& device)
      : network_(spec, weights, device), device_(device) {}

  const NetworkSpec& spec() const override { return network_.spec(); }
  std::string describe() const override { return "LibTorch " TORCH_VERSION " on " + device_; }

  std::unique_ptr<FrameEncoding> encode_frame(std::span<const float> image, int height,
                                              int width) override {
    return torch_call("key encoder", [&] {
      const c10::InferenceMode no_gradients;
      auto encoding = std::make_unique<TorchEncoding>();
      encoding->image = planes(image, 3, height, width);
      encoding->features = network_.encode_key(encoding->image);
      return encoding;
    });
  }

  void copy_key(const FrameEncoding& frame, std::span<float> key) const override {
    torch_call("key", [&] {
      const c10::InferenceMode no_gradients;
      copy(dynamic_cast<const TorchEncoding&>(frame).features.key, key);
    });
  }

  void encode_value(FrameEncoding& frame, std::span<const float> mask,
                    std::span<const float> others, std::span<float> value) override {
    torch_call("value encoder", [&] {
      const c10::InferenceMode no_gradients;
      const auto& encoding = dynamic_cast<const TorchEncoding&>(frame);
      const int height = static_cast<int>(encoding.image.size(2));
      const int width = static_cast<int>(encoding.image.size(3));
      const at::Tensor out =
          network_.encode_value(encoding.image, encoding.features.f16,
                                planes(mask, 1, height, width), planes(others, 1, height, width));
      copy(out.permute({0, 2, 3, 1}), value);
    });
  }

  void decode(FrameEncoding& frame, std::span<const float> readout,
              std::span<float> probability) override {
    torch_call("decoder", [&] {
      const c10::InferenceMode no_gradients;
      const auto& encoding = dynamic_cast<const TorchEncoding&>(frame);
      const at::Tensor& key = encoding.features.key;
      const at::Tensor cells = at::from_blob(const_cast<float*>(readout.data()),
                                             {1, key.size(2), key.size(3), spec().value_channels()})
                                   .to(at::Device(device_))
                                   .permute({0, 3, 1, 2})
                                   .contiguous();
      copy(at::sigmoid(network_.decode(cells, encoding.features)), probability);
    });
  }

 private:
  at::Tensor planes(std::span<const float> data, int count, int height, int width) const {
    expects(data.size() == static_cast<std::size_t>(count) * height * width,
            "planes have the frame's size");
    return at::from_blob(const_cast<float*>(data.data()), {1, count, height, width})
        .to(at::Device(device_), at::kFloat, false, true);
  }

  static void copy(const at::Tensor& from, std::span<float> to) {
    const at::Tensor plain = from.to(at::kCPU).contiguous();
    expects(static_cast<std::size_t>(plain.numel()) == to.size(),
            "the result has the size that was asked for");
    std::copy_n(plain.data_ptr<float>(), to.size(), to.data());
  }

  TorchNetwork network_;
  std::string device_;
};

}  // namespace

std::unique_ptr<NetworkEngine> make_torch_engine(const NetworkSpec& spec, const StateDict& weights,
                                                 const std::string& device) {
  check_device(device);
  return std::make_unique<TorchEngine>(spec, weights, device);
}

void set_torch_threads(int threads) { at::set_num_threads(threads); }

}  // namespace angiobench
