// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "evaluator/counting/outline_shape.h"
#include "evaluator/kernels/kernels.h"

namespace angiobench {

/// Compares outlines; holds the buffers that are reused: one a thread. 8 bytes for every pair of
/// points (360,000 pairs in a usual DAVIS frame), of which few are looked at exactly.
///
/// The way of the public code is a dynamic programme over the costs of all pairs. Its path, to the
/// last bit and tie, is found from a few of them: rough costs (single precision, an error that is
/// known) of the pairs that a path no dearer than some known one can pass; what is left to pay from
/// each of those to the end, roughly; and exact costs of the pairs alone whose cheapest way in and
/// rough way out together are no dearer than the cheapest path.
class OutlineMatcher {
 public:
  /// The cost of deforming one outline into the next: the mean chi-square distance of shape
  /// contexts over points that are matched one to one in the order of both outlines (dynamic time
  /// warping, done again from behind the best pair of a first one). 0: the same shape, wherever it
  /// is; at most 1. Neither shape may be empty.
  double change(const OutlineShape& from, const OutlineShape& to);

  /// How many exact costs were computed since it was made.
  std::uint64_t num_exact() const { return num_exact_; }

 private:
  static constexpr std::size_t kBlock = kernels::kOutlineBlock;  // columns looked at together

  /// A point of the first outline with one of the second, and what the two cost.
  struct Pair {
    std::size_t row = 0;
    std::size_t column = 0;
    double cost = 0;
  };
  /// Where a matrix of costs is read from, around its ends.
  struct Turn {
    std::size_t row = 0;
    std::size_t column = 0;
  };
  /// The cheapest way to a pair: its sum, how it came there, and what the pair itself costs.
  struct Cell {
    double sum;
    double cost;
    std::uint8_t step;
  };
  /// The cells of a row, of the columns from `begin` to before `end`.
  struct CellRow {
    Cell* cells = nullptr;
    std::size_t begin = 0;
    std::size_t end = 0;
    const Cell& at(std::size_t column) const { return cells[column - begin]; }
  };
  /// The rows of cells of a path, in memory that grows without being moved and is used again.
  class CellRows {
   public:
    /// Where the next row's cells may be written, `most` at most; add() keeps those that were.
    Cell* room(std::size_t most);
    void add(const CellRow& row);
    const std::vector<CellRow>& rows() const { return rows_; }
    void clear();

   private:
    struct Chunk {
      std::unique_ptr<Cell[]> cells;  // NOLINT(modernize-avoid-c-arrays)
      std::size_t size = 0;
    };
    std::vector<Chunk> chunks_;
    std::size_t chunk_ = 0;  // that the next row goes into
    std::size_t used_ = 0;   // cells of it
    std::vector<CellRow> rows_;
  };

  /// An array that is written before it is read: a larger one keeps nothing and fills nothing, so
  /// that of memory only what is used is ever touched.
  class Scratch {
   public:
    /// Makes room for so many numbers; what was there is lost where it grows.
    void reserve(std::size_t size);
    float* data() { return values_.get(); }
    float& operator[](std::size_t at) { return values_[at]; }

   private:
    std::unique_ptr<float[]> values_;  // NOLINT(modernize-avoid-c-arrays)
    std::size_t size_ = 0;
  };

  void begin(const OutlineShape& from, const OutlineShape& to);
  void fill_block(std::size_t row, std::size_t block);
  float rough_cost(std::size_t row, std::size_t column);
  double exact_cost(std::size_t row, std::size_t column);
  double known_cost(std::size_t row, std::size_t column) const;
  double band_bound();
  double turned_bound(std::size_t best);
  void pay_backwards(const Turn& turn, float bound);
  bool pay_row(std::size_t row, const Turn& turn, float bound);
  void find_path(const Turn& turn, double bound);
  void add_cells(std::size_t row, const Turn& turn, float limit);
  void trace_path(const Turn& turn);

  const OutlineShape* from_ = nullptr;
  const OutlineShape* to_ = nullptr;
  std::size_t num_rows_ = 0;
  std::size_t num_columns_ = 0;
  std::size_t num_blocks_ = 0;
  Scratch rough_;                          // costs: num_rows_ x num_blocks_ * kBlock
  std::vector<std::uint8_t> is_known_;     // num_rows_ x num_blocks_: the block was computed
  std::vector<float> to_bins_;             // kShapeBins x num_blocks_ * kBlock: contexts of `to`
  std::vector<float> to_sums_;             // over the bins, num_blocks_ * kBlock
  std::vector<kernels::OutlineBin> bins_;  // by point of `from`, an even number each
  std::vector<std::size_t> first_bin_;
  std::vector<float> band_;
  Scratch rest_;  // what is left to pay, turned: num_rows_ x num_columns_
  std::vector<std::size_t> rest_begin_;
  std::vector<std::size_t> rest_end_;
  CellRows cells_;
  CellRows first_cells_;    // of the path that is not turned
  std::vector<Pair> path_;  // the last pair first
  std::uint64_t num_exact_ = 0;
};

}  // namespace angiobench
