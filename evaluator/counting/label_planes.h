// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "dataset/masks/mask.h"
#include "evaluator/kernels/kernels.h"

namespace angiobench {

/// How the bit planes of a frame of this size stand in memory.
kernels::PlaneShape bit_plane_shape(int width, int height);

/// What holds both; empty ones hold nothing.
kernels::ColumnRange union_of(const kernels::ColumnRange& a, const kernels::ColumnRange& b);
kernels::PixelBox union_of(const kernels::PixelBox& a, const kernels::PixelBox& b);

/// A set of labels 0..255, gone through in order without looking at those that are not in it.
class LabelSet {
 public:
  bool has(int label) const { return ((words_[word_of(label)] >> (label % 64)) & 1U) != 0; }
  void add(int label) { words_[word_of(label)] |= std::uint64_t{1} << (label % 64); }
  void clear() { words_.fill(0); }
  std::uint64_t* words() { return words_.data(); }
  template <typename Visit>
  void for_each(Visit visit) const {
    for (std::size_t word = 0; word < words_.size(); ++word) {
      for (std::uint64_t left = words_[word]; left != 0; left &= left - 1)
        visit(static_cast<int>(64 * word) + std::countr_zero(left));
    }
  }
  friend LabelSet operator|(const LabelSet& a, const LabelSet& b) {
    LabelSet both;
    for (std::size_t i = 0; i < both.words_.size(); ++i) both.words_[i] = a.words_[i] | b.words_[i];
    return both;
  }

 private:
  static std::size_t word_of(int label) { return static_cast<std::size_t>(label) / 64; }

  std::array<std::uint64_t, 256 / 64> words_{};
};

/// The bit planes of one mask, one a label, in the layout of kernels::PlaneShape. Planes are made
/// when a label is first met and kept for the next frame; only what was used is cleared.
class LabelPlanes {
 public:
  LabelPlanes() = default;
  LabelPlanes(LabelPlanes&&) noexcept = default;  // planes stay where they are in memory
  LabelPlanes& operator=(LabelPlanes&&) noexcept = default;

  /// Forgets the labels of the last mask. Before each `pack`.
  void reset(const kernels::PlaneShape& shape);

  /// Splits a mask of the size of `reset` into planes by map[label]; 0 is in none.
  void pack(const kernels::Level& level, const MaskLabels& mask,
            const std::array<std::uint8_t, 256>& map);

  /// Takes the pixels of `other`'s plane out of every plane of this one.
  void subtract(const LabelPlanes& other, int other_label);

  const kernels::PlaneShape& shape() const { return shape_; }
  const LabelSet& labels() const { return used_; }
  /// Raw labels, but 0, of pixels that are in no plane.
  const LabelSet& skipped() const { return skipped_; }
  bool has(int label) const { return used_.has(label); }
  /// Null where the label has no pixel.
  const std::uint64_t* plane(int label) const {
    return has(label) ? planes_[index(label)] : nullptr;
  }
  /// Columns and box that hold the label's pixels, as far as they were packed.
  kernels::ColumnRange columns(int label) const {
    return has(label) ? columns_[index(label)] : kernels::ColumnRange{};
  }
  kernels::PixelBox box(int label) const;

 private:
  static std::size_t index(int label) { return static_cast<std::size_t>(label); }
  static std::uint64_t* allocate(void* context, int label);
  template <typename Visit>
  void for_each_group(int label, Visit visit) const;
  void clear(int label);
  void fill(std::span<const LabelRun> runs, const std::array<std::uint8_t, 256>& map);
  void repeat_last_row(int label);

  kernels::PlaneShape shape_{};
  std::array<std::vector<std::uint64_t>, 256> storage_;
  std::array<std::uint64_t*, 256> planes_{};
  std::array<kernels::ColumnRange, 256> columns_{};
  LabelSet used_;
  LabelSet skipped_;
};

}  // namespace angiobench
