// SPDX-License-Identifier: MIT
#include "baselines/weights/seed_weights.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <utility>
#include <vector>

#include "dataset/error.h"

namespace angiobench {
namespace {

// The finaliser of splitmix64.
std::uint64_t mix(std::uint64_t z) {
  z ^= z >> 30;
  z *= 0xBF58476D1CE4E5B9ULL;
  z ^= z >> 27;
  z *= 0x94D049BB133111EBULL;
  return z ^ (z >> 31);
}

// FNV-1a, 64 bits.
std::uint64_t hash_name(const std::string& name) {
  std::uint64_t hash = 0xcbf29ce484222325ULL;
  for (const char c : name) hash = (hash ^ static_cast<std::uint8_t>(c)) * 0x100000001b3ULL;
  return hash;
}

std::size_t count_elements(const TensorSpec& spec) {
  std::size_t count = 1;
  for (const std::int64_t size : spec.shape) count *= static_cast<std::size_t>(size);
  return count;
}

StoredTensor filled(const TensorSpec& spec, float value) {
  StoredTensor tensor{spec.type, spec.shape, {}};
  tensor.bytes.resize(count_elements(spec) * element_size(spec.type));
  if (spec.type == ElementType::f32) {
    for (float& element : tensor.floats()) element = value;
  }
  return tensor;
}

// Uniform in [-bound, bound): v_i is exact in a float, the product is rounded once.
StoredTensor generated(const TensorSpec& spec, std::uint64_t seed, float bound) {
  StoredTensor tensor = filled(spec, 0);
  const std::span<float> values = tensor.floats();
  const std::uint64_t start = mix(seed ^ hash_name(spec.name));
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::uint64_t bits = mix(start + (i + 1) * 0x9E3779B97F4A7C15ULL) >> 40;
    values[i] = (static_cast<float>(bits) * 0x1p-23F - 1.0F) * bound;
  }
  return tensor;
}

bool is_weight_matrix(const TensorSpec& spec) {
  return spec.name.ends_with(".weight") && (spec.shape.size() == 2 || spec.shape.size() == 4);
}

}  // namespace

StateDict reference_weights(const StateDict& calibration, const std::string& path,
                            std::uint64_t seed) {
  const auto find = [&](const std::string& name,
                        const std::vector<std::int64_t>& shape) -> const StoredTensor& {
    const StoredTensor* const tensor = calibration.find(name);
    if (tensor == nullptr || tensor->type != ElementType::f32 || tensor->shape != shape) {
      throw Error(ErrorKind::input, path, "has no F32 tensor '" + name + "' of the right shape",
                  "the calibration of the reference weights");
    }
    return *tensor;
  };
  StateDict weights;
  for (const TensorSpec& spec : network_tensors()) {
    if (spec.type != ElementType::f32) {
      weights.add(spec.name, filled(spec, 0));
    } else if (is_weight_matrix(spec) && spec.name != "decoder.pred.weight") {
      weights.add(spec.name, generated(spec, seed, find("bound:" + spec.name, {1}).floats()[0]));
    } else {
      weights.add(spec.name, find(spec.name, spec.shape));
    }
  }
  return weights;
}

StateDict random_weights(const NetworkSpec& spec, std::uint64_t seed) {
  StateDict weights;
  for (const TensorSpec& tensor : network_tensors(spec)) {
    const std::string& name = tensor.name;
    if (is_weight_matrix(tensor)) {
      const auto inputs =
          static_cast<float>(count_elements(tensor) / static_cast<std::size_t>(tensor.shape[0]));
      // What a residual block adds stays small beside what it passes on, so that depth does not
      // blow values up.
      const bool ends_block =
          (name.starts_with("key_encoder.") && name.ends_with(".conv3.weight")) ||
          (!name.starts_with("key_encoder.") && name.ends_with(".conv2.weight"));
      // The first masks are undecided: probabilities that start at 0 or 1 are clamped, and learn
      // nothing.
      const float share = name == "decoder.pred.weight" ? 0.02F : ends_block ? 0.25F : 1.0F;
      weights.add(name, generated(tensor, seed, std::sqrt(6.0F / inputs) * share));
    } else {
      // Scale and variance of a batch norm are 1, all else is 0.
      const bool is_one =
          name.ends_with(".running_var") || (name.ends_with(".weight") && tensor.shape.size() == 1);
      weights.add(name, filled(tensor, is_one ? 1.0F : 0.0F));
    }
  }
  return weights;
}

std::uint64_t tensor_check_sum(const StoredTensor& tensor) {
  std::uint64_t sum = 0;
  for (std::size_t i = 0; 4 * i < tensor.bytes.size(); ++i) {
    std::uint32_t word = 0;
    std::memcpy(&word, tensor.bytes.data() + 4 * i,
                std::min<std::size_t>(4, tensor.bytes.size() - 4 * i));
    sum += std::uint64_t{word} * (2 * i + 1);
  }
  return sum;
}

}  // namespace angiobench
