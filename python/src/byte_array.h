// SPDX-License-Identifier: MIT
#pragma once

#include <pybind11/pybind11.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "dataset/masks/mask.h"

namespace angiobench::python {

namespace py = pybind11;

/// What the values of a caller's array mean.
enum class ArrayValues {
  labels,   // 0 … 255, of whatever whole type: anything else is refused, never wrapped
  nonzero,  // a pixel is set where its value is not 0 (a map's set pixels may be any byte);
            // floating point numbers only where all of them are 0 or 1
};

/// A caller's array as planes of bytes: anything with the buffer protocol (NumPy, memoryview,
/// array.array), with DLPack (tensors of PyTorch and others in the host's memory) or with
/// __array_interface__ (images of Pillow), read-only and strided ones, too. bool, uint8 are taken
/// as they lie as long as the pixels of a row are neighbours; whatever else is copied once, every
/// value checked. The array is held for as long as this lives.
///
/// The GIL must be held when it is made and when it goes, and need not be in between.
class ByteArray {
 public:
  /// `what` is how messages call it ("prediction"). Throws InputError: "array-type" for what is no
  /// array, is of floating point (but see ArrayValues) or on a device; "array-shape" for fewer
  /// than `least_dims` or more than `most_dims` dimensions; "array-empty" where one of them is 0;
  /// "array-value" for a value outside of its range, with its place.
  ByteArray(py::handle object, std::string what, ArrayValues values, int least_dims, int most_dims);
  ~ByteArray();
  ByteArray(ByteArray&&) noexcept;
  ByteArray& operator=(ByteArray&&) noexcept;

  const std::string& what() const { return what_; }
  const std::vector<std::ptrdiff_t>& shape() const { return shape_; }
  int num_dims() const { return static_cast<int>(shape_.size()); }
  int height() const { return static_cast<int>(shape_[shape_.size() - 2]); }
  int width() const { return static_cast<int>(shape_.back()); }
  /// How many frames of height x width there are: 1 of two dimensions.
  std::size_t num_planes() const { return num_planes_; }
  /// One of them, in the order of the leading dimensions.
  MaskView plane(std::size_t position) const;
  /// Bytes from a plane to the next; of three dimensions.
  std::ptrdiff_t plane_stride() const { return strides_[strides_.size() - 3]; }

 private:
  struct Holder;

  std::string what_;
  std::vector<std::ptrdiff_t> shape_;
  std::vector<std::ptrdiff_t> strides_;  // bytes
  std::size_t num_planes_ = 1;
  const std::uint8_t* data_ = nullptr;
  std::vector<std::uint8_t> copy_;
  std::unique_ptr<Holder> holder_;
};

/// "(5, 512, 512)"
std::string shape_text(const std::vector<std::ptrdiff_t>& shape);

/// Throws InputError{"array-shape"} where the arrays' shapes differ.
void check_same_shape(const ByteArray& first, const ByteArray& second);

}  // namespace angiobench::python
