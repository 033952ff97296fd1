// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace angiobench {

/// An array of bytes in NumPy's .npy form, not owned: element (i, j, k) of a C-ordered array is
/// values[(i * shape[1] + j) * shape[2] + k].
struct NpyArray {
  std::vector<std::uint64_t> shape;
  std::span<const std::uint8_t> values;
};

/// Reads a .npy file in memory (format versions 1 to 3) that holds bool ('|b1'), uint8 ('|u1') or
/// int8 ('|i1') in C order. The values point into `file`. Throws Error{input} for any other type or
/// order, for a header that is malformed and where the length of the data is not what the shape
/// says.
NpyArray parse_npy(std::span<const std::uint8_t> file, const std::string& path);

/// The bytes of a .npy file (version 1.0, bool, C order) with these values, each 0 or 1.
std::vector<std::uint8_t> encode_npy(std::span<const std::uint64_t> shape,
                                     std::span<const std::uint8_t> values);

}  // namespace angiobench
