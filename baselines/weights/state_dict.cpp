// SPDX-License-Identifier: MIT
#include "baselines/weights/state_dict.h"

#include <bit>
#include <cmath>
#include <cstring>
#include <optional>
#include <utility>

#include "dataset/files/digest.h"
#include "dataset/error.h"

namespace angiobench {
namespace {

static_assert(std::endian::native == std::endian::little,
              "weight files are little-endian, and so is every target");

// IEEE 754 binary16 to binary32, exact.
float half_to_float(std::uint16_t half) {
  const std::uint32_t sign = std::uint32_t{half & 0x8000U} << 16;
  const std::uint32_t exponent = (half >> 10) & 0x1FU;
  const std::uint32_t fraction = half & 0x3FFU;
  if (exponent == 0x1F) return std::bit_cast<float>(sign | 0x7F800000U | fraction << 13);
  if (exponent == 0) {
    const float value = std::ldexp(static_cast<float>(fraction), -24);
    return sign != 0 ? -value : value;
  }
  return std::bit_cast<float>(sign | (exponent + 112) << 23 | fraction << 13);
}

template <class T>
T load(const std::vector<std::uint8_t>& bytes, std::size_t index) {
  T value;
  std::memcpy(&value, bytes.data() + index * sizeof(T), sizeof(T));
  return value;
}

// The elements as another type, one by one; `read` gives element i.
template <class To, class Read>
StoredTensor converted(const StoredTensor& from, ElementType type, Read read) {
  StoredTensor to{type, from.shape, {}};
  const auto count = static_cast<std::size_t>(from.element_count());
  to.bytes.resize(count * sizeof(To));
  for (std::size_t i = 0; i < count; ++i) {
    const To value = read(i);
    std::memcpy(to.bytes.data() + i * sizeof(To), &value, sizeof(To));
  }
  return to;
}

// Floats of any width become f32; nothing else does.
std::optional<StoredTensor> as_f32(const StoredTensor& from) {
  switch (from.type) {
    case ElementType::f16:
      return converted<float>(from, ElementType::f32, [&](std::size_t i) {
        return half_to_float(load<std::uint16_t>(from.bytes, i));
      });
    case ElementType::bf16:
      return converted<float>(from, ElementType::f32, [&](std::size_t i) {
        return std::bit_cast<float>(std::uint32_t{load<std::uint16_t>(from.bytes, i)} << 16);
      });
    case ElementType::f64:
      return converted<float>(from, ElementType::f32, [&](std::size_t i) {
        return static_cast<float>(load<double>(from.bytes, i));
      });
    default:
      return std::nullopt;
  }
}

// Integers of any width become i64.
std::optional<StoredTensor> as_i64(const StoredTensor& from) {
  const auto widened = [&]<class T>(T) {
    return converted<std::int64_t>(from, ElementType::i64, [&](std::size_t i) {
      return std::int64_t{load<T>(from.bytes, i)};
    });
  };
  switch (from.type) {
    case ElementType::i32:
      return widened(std::int32_t{});
    case ElementType::i16:
      return widened(std::int16_t{});
    case ElementType::i8:
      return widened(std::int8_t{});
    case ElementType::u8:
      return widened(std::uint8_t{});
    default:
      return std::nullopt;
  }
}

std::string format_shape(const std::vector<std::int64_t>& shape) {
  if (shape.empty()) return "a scalar";
  std::string text;
  for (const std::int64_t size : shape) text += (text.empty() ? "" : "x") + std::to_string(size);
  return text;
}

// A name out of a file, short enough for a message.
std::string shown(std::string_view name) { return "'" + std::string(name.substr(0, 120)) + "'"; }

// Weights of the single-object stage know no mask of the other objects: a channel of zeros stands
// for it.
void append_zero_channel(StoredTensor& tensor, const TensorSpec& wanted) {
  const auto outputs = static_cast<std::size_t>(wanted.shape[0]);
  const auto inputs = static_cast<std::size_t>(wanted.shape[1]);
  const auto plane = static_cast<std::size_t>(wanted.shape[2] * wanted.shape[3]) * sizeof(float);
  std::vector<std::uint8_t> bytes(outputs * inputs * plane);
  for (std::size_t i = 0; i < outputs; ++i) {
    std::memcpy(bytes.data() + i * inputs * plane, tensor.bytes.data() + i * (inputs - 1) * plane,
                (inputs - 1) * plane);
  }
  tensor.bytes = std::move(bytes);
  tensor.shape = wanted.shape;
}

}  // namespace

std::size_t element_size(ElementType type) {
  switch (type) {
    case ElementType::f64:
    case ElementType::i64:
      return 8;
    case ElementType::f32:
    case ElementType::i32:
      return 4;
    case ElementType::f16:
    case ElementType::bf16:
    case ElementType::i16:
      return 2;
    case ElementType::i8:
    case ElementType::u8:
    case ElementType::boolean:
      return 1;
  }
  expects(false, "an element type has a size");
  return 0;
}

std::string_view element_name(ElementType type) {
  switch (type) {
    case ElementType::f64:
      return "F64";
    case ElementType::f32:
      return "F32";
    case ElementType::f16:
      return "F16";
    case ElementType::bf16:
      return "BF16";
    case ElementType::i64:
      return "I64";
    case ElementType::i32:
      return "I32";
    case ElementType::i16:
      return "I16";
    case ElementType::i8:
      return "I8";
    case ElementType::u8:
      return "U8";
    case ElementType::boolean:
      return "BOOL";
  }
  expects(false, "an element type has a name");
  return {};
}

std::int64_t StoredTensor::element_count() const {
  return static_cast<std::int64_t>(bytes.size() / element_size(type));
}

std::span<const float> StoredTensor::floats() const {
  expects(type == ElementType::f32, "floats() is asked of an f32 tensor");
  // operator new aligns the vector's block for any scalar.
  return {static_cast<const float*>(static_cast<const void*>(bytes.data())),
          bytes.size() / sizeof(float)};
}

std::span<float> StoredTensor::floats() {
  expects(type == ElementType::f32, "floats() is asked of an f32 tensor");
  return {static_cast<float*>(static_cast<void*>(bytes.data())), bytes.size() / sizeof(float)};
}

bool StateDict::add(std::string name, StoredTensor tensor) {
  if (!index_.emplace(name, entries_.size()).second) return false;
  entries_.push_back({std::move(name), std::move(tensor)});
  return true;
}

const StoredTensor* StateDict::find(std::string_view name) const {
  const auto found = index_.find(name);
  return found == index_.end() ? nullptr : &entries_[found->second].tensor;
}

StoredTensor* StateDict::find(std::string_view name) {
  const auto found = index_.find(name);
  return found == index_.end() ? nullptr : &entries_[found->second].tensor;
}

const StoredTensor& StateDict::at(std::string_view name) const {
  const StoredTensor* const tensor = find(name);
  if (tensor == nullptr)
    throw Error(ErrorKind::input, "", "the weights have no tensor " + shown(name));
  return *tensor;
}

void check_state_dict(StateDict& weights, std::span<const TensorSpec> expected,
                      const std::string& path) {
  StateDict checked;
  for (const TensorSpec& wanted : expected) {
    StoredTensor* const tensor = weights.find(wanted.name);
    if (tensor == nullptr) {
      throw Error(ErrorKind::input, path,
                  "has no tensor " + shown(wanted.name) + " (" + std::to_string(weights.size()) +
                      " tensors)",
                  std::to_string(expected.size()) + " tensors of the network");
    }

    // Bring the elements to the type that the network computes with.
    if (tensor->type != wanted.type) {
      std::optional<StoredTensor> better =
          wanted.type == ElementType::f32 ? as_f32(*tensor) : as_i64(*tensor);
      if (!better) {
        throw Error(ErrorKind::input, path,
                    "tensor " + shown(wanted.name) + " has elements " +
                        std::string(element_name(tensor->type)),
                    std::string(element_name(wanted.type)));
      }
      *tensor = std::move(*better);
    }

    if (tensor->shape != wanted.shape) {
      std::vector<std::int64_t> single_object = wanted.shape;
      if (wanted.name == "value_encoder.conv1.weight") --single_object[1];
      if (tensor->shape != single_object) {
        throw Error(ErrorKind::input, path,
                    "tensor " + shown(wanted.name) + " is " + format_shape(tensor->shape),
                    format_shape(wanted.shape));
      }
      append_zero_channel(*tensor, wanted);
    }

    if (wanted.type == ElementType::f32) {
      for (const float value : tensor->floats()) {
        if (std::isfinite(value)) continue;
        throw Error(ErrorKind::input, path,
                    "tensor " + shown(wanted.name) + " holds NaN or infinity", "finite weights");
      }
    }
    checked.add(wanted.name, std::move(*tensor));
  }

  // All that was expected is there; what is left over belongs to another network.
  if (weights.size() != checked.size()) {
    for (const StateDict::Entry& entry : weights.entries()) {
      if (checked.find(entry.name) != nullptr) continue;
      throw Error(ErrorKind::input, path,
                  "has a tensor " + shown(entry.name) + " that the network does not know",
                  std::to_string(expected.size()) + " tensors of the network");
    }
  }
  weights = std::move(checked);
}

std::string state_dict_digest(const StateDict& weights) {
  Sha256Stream stream;
  for (const StateDict::Entry& entry : weights.entries()) {
    std::string head = entry.name + '\0' + std::string(element_name(entry.tensor.type)) + '\0';
    for (const std::int64_t size : entry.tensor.shape) head += std::to_string(size) + ',';
    stream.update(head + '\n');
    stream.update(std::span<const std::uint8_t>(entry.tensor.bytes));
  }
  return format_digest(stream.finish());
}

}  // namespace angiobench
