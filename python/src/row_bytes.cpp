// SPDX-License-Identifier: MIT
#include "python/src/row_bytes.h"

#include <concepts>
#include <cstring>

namespace angiobench::python {
namespace {

template <typename Value>
struct AsLabel {
  static std::uint8_t byte(Value value) { return static_cast<std::uint8_t>(value); }
  static bool is_fine(Value value) {
    if constexpr (sizeof(Value) == 1) {
      return value >= Value{0};
    } else {
      return value >= Value{0} && value <= Value{255};
    }
  }
};

template <typename Value>
struct AsSet {
  static std::uint8_t byte(Value value) { return value != Value{0} ? 1 : 0; }
  static bool is_fine(Value value) {
    if constexpr (std::floating_point<Value>) {
      return value == Value{0} || value == Value{1};
    } else {
      return true;
    }
  }
};

template <typename Value, typename Rule>
bool turn(const std::uint8_t* row, std::ptrdiff_t width, std::ptrdiff_t step, std::uint8_t* out) {
  unsigned all_fine = 1;
  const auto one = [&](std::ptrdiff_t x, std::ptrdiff_t by) {
    Value value;
    std::memcpy(&value, row + x * by, sizeof value);
    out[x] = Rule::byte(value);
    all_fine &= Rule::is_fine(value) ? 1U : 0U;
  };
  // A constant step lets the compiler turn many at once.
  constexpr auto kDense = static_cast<std::ptrdiff_t>(sizeof(Value));
  if (step == kDense) {
    for (std::ptrdiff_t x = 0; x < width; ++x) one(x, kDense);
  } else {
    for (std::ptrdiff_t x = 0; x < width; ++x) one(x, step);
  }
  return all_fine != 0;
}

template <template <typename> typename Rule, typename Value>
RowToBytes turner() {
  return &turn<Value, Rule<Value>>;
}

template <template <typename> typename Rule>
RowToBytes of_unsigned(std::size_t item_size) {
  switch (item_size) {
    case 1:
      return turner<Rule, std::uint8_t>();
    case 2:
      return turner<Rule, std::uint16_t>();
    case 4:
      return turner<Rule, std::uint32_t>();
    case 8:
      return turner<Rule, std::uint64_t>();
    default:
      return nullptr;
  }
}

}  // namespace

RowToBytes row_to_labels(ElementKind kind, std::size_t item_size) {
  if (kind == ElementKind::boolean) return row_to_set(kind, item_size);
  if (kind == ElementKind::unsigned_whole) return of_unsigned<AsLabel>(item_size);
  if (kind != ElementKind::signed_whole) return nullptr;
  switch (item_size) {
    case 1:
      return turner<AsLabel, std::int8_t>();
    case 2:
      return turner<AsLabel, std::int16_t>();
    case 4:
      return turner<AsLabel, std::int32_t>();
    case 8:
      return turner<AsLabel, std::int64_t>();
    default:
      return nullptr;
  }
}

RowToBytes row_to_set(ElementKind kind, std::size_t item_size) {
  switch (kind) {
    case ElementKind::boolean:
      return item_size == 1 ? turner<AsSet, std::uint8_t>() : nullptr;
    case ElementKind::signed_whole:
    case ElementKind::unsigned_whole:  // what is not 0 is so with or without a sign
      return of_unsigned<AsSet>(item_size);
    case ElementKind::floating:
      return item_size == 4   ? turner<AsSet, float>()
             : item_size == 8 ? turner<AsSet, double>()
                              : nullptr;
    case ElementKind::other:
      break;
  }
  return nullptr;
}

}  // namespace angiobench::python
