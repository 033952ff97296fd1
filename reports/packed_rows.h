// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "evaluator/result.h"

namespace angiobench {

/// The per-frame rows of many sequences, packed: 10 to 20 bytes a row and 3 a frame's name instead
/// of 44 and 32. What a report draws curves from while a sequence at a time is unpacked.
class PackedRows {
 public:
  /// Takes the rows and frame names of the next sequence.
  void append(const SequenceScore& sequence);

  std::size_t num_sequences() const { return sequences_.size(); }
  std::size_t num_rows() const { return num_rows_; }
  /// Whether a sequence has rows.
  bool has_rows(std::size_t sequence) const { return sequences_[sequence].num_rows > 0; }
  /// Puts back SequenceScore::frames and ::frame_names as they were.
  void unpack(std::size_t sequence, SequenceScore& score) const;

 private:
  struct Packed {
    std::uint32_t num_rows = 0;
    std::uint32_t num_names = 0;
    std::vector<std::uint8_t> bytes;
  };

  std::vector<Packed> sequences_;
  std::size_t num_rows_ = 0;
};

}  // namespace angiobench
