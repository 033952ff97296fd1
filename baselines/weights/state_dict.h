// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace angiobench {

/// What one element of a stored tensor is; little-endian, as safetensors names them.
enum class ElementType { f64, f32, f16, bf16, i64, i32, i16, i8, u8, boolean };

/// Bytes of one element, and its safetensors name ("F32").
std::size_t element_size(ElementType type);
std::string_view element_name(ElementType type);

/// A dense tensor in C order, owned.
struct StoredTensor {
  ElementType type = ElementType::f32;
  std::vector<std::int64_t> shape;  // empty: a scalar
  std::vector<std::uint8_t> bytes;  // element_count() * element_size(type)

  std::int64_t element_count() const;
  /// The elements as floats. Requires type f32.
  std::span<const float> floats() const;
  std::span<float> floats();
};

/// Named tensors in the order in which they were stored (a PyTorch state dict).
class StateDict {
 public:
  struct Entry {
    std::string name;
    StoredTensor tensor;
  };

  /// Appends a tensor. Returns false, and takes nothing, where the name is there already.
  bool add(std::string name, StoredTensor tensor);
  /// The tensor of this name, or null.
  const StoredTensor* find(std::string_view name) const;
  StoredTensor* find(std::string_view name);
  /// The tensor of this name; throws Error{input} where there is none.
  const StoredTensor& at(std::string_view name) const;

  std::size_t size() const { return entries_.size(); }
  bool empty() const { return entries_.empty(); }
  const std::vector<Entry>& entries() const { return entries_; }
  std::vector<Entry>& entries() { return entries_; }

 private:
  std::vector<Entry> entries_;
  std::map<std::string, std::size_t, std::less<>> index_;
};

/// Name and shape that a network expects.
struct TensorSpec {
  std::string name;
  std::vector<std::int64_t> shape;
  ElementType type = ElementType::f32;  // f32, or i64 for num_batches_tracked
};

/// Makes `weights` what a network can load: every name and shape of `expected` and no other, f64,
/// f16 and bf16 converted to f32, counters to i64, and all values finite.
/// `value_encoder.conv1.weight` with one input channel less than expected (weights of the
/// single-object stage) gets a channel of zeros. The order becomes that of `expected`. Throws
/// Error{input} with `path` naming the first tensor that is wrong, what it is and what was
/// expected.
void check_state_dict(StateDict& weights, std::span<const TensorSpec> expected,
                      const std::string& path);

/// SHA-256 over names, types, shapes and bytes in stored order, so that the same weights have one
/// digest whatever file they came from. "sha256:…".
std::string state_dict_digest(const StateDict& weights);

/// Reads weights from a file: safetensors, or a PyTorch .pth (zip or legacy), told apart by
/// content. Nothing in the file is executed. Dicts of a training checkpoint and prefixes that tools
/// put before the names are seen through, the same way for both kinds (choose_weights_set; `wanted`
/// and `note` as for parse_pth). Throws Error{input} for a malformed file, Error{limit} for one
/// that claims too much. `metadata`, where not null, gets the words that a safetensors file
/// carries.
StateDict read_weights(const std::string& path,
                       std::map<std::string, std::string>* metadata = nullptr,
                       const std::string& wanted = {}, std::string* note = nullptr);

}  // namespace angiobench
