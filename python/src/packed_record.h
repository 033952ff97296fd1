// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "dataset/files/digest.h"
#include "evaluator/classes/confusion.h"
#include "evaluator/counting/mask_contour.h"
#include "evaluator/scoring/sequence_score.h"

namespace angiobench::python {

/// The outline of each object that has one.
using ObjectContours = std::vector<std::pair<int, Contour>>;

/// Those of a mask's labels that become `ids` under `map`, in their order.
ObjectContours contours_of(const MaskView& mask, std::span<const std::uint8_t, 256> map,
                           std::span<const int> ids);

/// What is kept of one pair of masks: integers, never pixels.
struct CountedPair {
  int width = 0;
  int height = 0;
  Sha256 truth_digest{};
  Sha256 prediction_digest{};
  FrameRecord record;      // of a task of objects
  ConfusionMatrix matrix;  // of the task semantic
  // Where T is measured: the contours of the truth's objects and of the prediction's, by id.
  ObjectContours truth_contours;
  ObjectContours prediction_contours;
};

/// The largest coordinate of a contour that can be kept.
inline constexpr int kMaxCorner = 65535;

/// A pair in few bytes, the same for the same counts on every machine: some 90, and 33 an object; 4
/// more for each corner of a contour.
std::string pack_counts(const CountedPair& pair);
/// What pack_counts was given. Throws Error{input} where the bytes are none of its.
CountedPair unpack_counts(std::string_view bytes);

/// Numbers and texts one after the other, little-endian.
class ByteWriter {
 public:
  void number(std::uint64_t value, int num_bytes);
  void text(std::string_view value);  // with its length
  void raw(std::string_view bytes) { bytes_ += bytes; }
  std::string take() { return std::move(bytes_); }

 private:
  std::string bytes_;
};

/// Reads what a ByteWriter wrote; throws Error{input} where the bytes end before.
class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : left_(bytes) {}
  std::uint64_t number(int num_bytes);
  std::string_view text();
  std::string_view raw(std::size_t num_bytes);
  bool at_end() const { return left_.empty(); }

 private:
  std::string_view left_;
};

}  // namespace angiobench::python
