// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>

namespace angiobench::python {

/// What an element of an array is.
enum class ElementKind { boolean, signed_whole, unsigned_whole, floating, other };

/// Turns `width` values, `step` bytes from each to the next, into bytes at `out`; false where one
/// of them is none that may be turned.
using RowToBytes = bool (*)(const std::uint8_t* row, std::ptrdiff_t width, std::ptrdiff_t step,
                            std::uint8_t* out);

/// Values 0 to 255 as they are, all others refused; null for types that hold no labels.
RowToBytes row_to_labels(ElementKind kind, std::size_t item_size);
/// 1 where a value is not 0; of floating point 0 and 1 alone, all others refused; null for types
/// that are no numbers.
RowToBytes row_to_set(ElementKind kind, std::size_t item_size);

}  // namespace angiobench::python
