// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "dataset/files/digest.h"
#include "evaluator/classes/confusion.h"
#include "evaluator/scoring/sequence_score.h"

namespace angiobench::python {

/// What is kept of one pair of masks: integers, never pixels.
struct CountedPair {
  int width = 0;
  int height = 0;
  Sha256 truth_digest{};
  Sha256 prediction_digest{};
  FrameRecord record;      // of a task of objects
  ConfusionMatrix matrix;  // of the task semantic
};

/// A pair in few bytes, the same for the same counts on every machine: some 80, and 33 an object.
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
