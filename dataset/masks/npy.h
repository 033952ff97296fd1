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

/// Bytes that a header may have: numpy.save writes one or two hundred.
inline constexpr std::size_t kMaxNpyHeader = 1 << 16;

/// What the header of a .npy file says, and where its values begin.
struct NpyHeader {
  std::string type;  // of the values, as the file has it: "|b1", "<f2"
  std::vector<std::uint64_t> shape;
  bool is_fortran = false;  // columns first
  std::size_t start = 0;    // of the values, in the file
};

/// Bytes of a file's beginning that hold the header, as far as its first 12 tell (fewer where the
/// file has fewer).
std::size_t npy_header_bytes(std::span<const std::uint8_t> beginning);

/// What the header says, whether a mask may have that or not: for who explains why one cannot be
/// taken. Throws Error{input} where there is no header, or one of more than kMaxNpyHeader bytes.
NpyHeader describe_npy(std::span<const std::uint8_t> beginning, const std::string& path);

/// Reads the header of a file of `file_bytes` bytes from its beginning; throws as parse_npy.
NpyHeader parse_npy_header(std::span<const std::uint8_t> beginning, std::uint64_t file_bytes,
                           const std::string& path);

/// Width, height and number of an array of planes [planes, height, width]. Throws Error{input} for
/// any other shape, and for sizes beyond what an image has (1024 planes, 32768 pixels a side).
struct PlaneShape {
  int num_planes = 0;
  int height = 0;
  int width = 0;
  friend bool operator==(const PlaneShape&, const PlaneShape&) = default;
};
PlaneShape plane_shape(const NpyHeader& header, const std::string& path);

/// "[2, 512, 512]".
std::string shape_text(std::span<const std::uint64_t> shape);
std::string shape_text(const PlaneShape& shape);

/// Reads a .npy file in memory (format versions 1 to 3) that holds bool ('|b1'), uint8 ('|u1') or
/// int8 ('|i1') in C order. The values point into `file`. Throws Error{input} for any other type or
/// order, for a header that is malformed and where the length of the data is not what the shape
/// says.
NpyArray parse_npy(std::span<const std::uint8_t> file, const std::string& path);

/// The bytes of a .npy file (version 1.0, bool, C order) with these values, each 0 or 1.
std::vector<std::uint8_t> encode_npy(std::span<const std::uint64_t> shape,
                                     std::span<const std::uint8_t> values);

}  // namespace angiobench
