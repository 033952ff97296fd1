// SPDX-License-Identifier: MIT
#include "evaluator/counting/outline_matcher.h"

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include "dataset/error.h"

namespace angiobench {
namespace {

constexpr double kEpsilon = std::numeric_limits<double>::epsilon();
constexpr float kFar = std::numeric_limits<float>::infinity();
constexpr double kNone = std::numeric_limits<double>::infinity();

// How far a rough cost may be from the exact one: 30 sums and as many quotients that add up to at
// most a half, in single precision, come to a fifth of it.
constexpr double kRoughError = 1e-5;
// How far a sum of single precision may be off by each addition, as a share of it.
constexpr double kSumError = 1.25e-7;

enum Step : std::uint8_t { both, row_alone, column_alone };

std::size_t wrapped(std::size_t index, std::size_t size) {
  return index >= size ? index - size : index;
}

// Of pairs that share a point (of the first or the second outline), the cheapest; the first of
// equals.
template <typename Pair, typename Key>
void keep_cheapest(std::vector<Pair>& pairs, Key key) {
  std::stable_sort(pairs.begin(), pairs.end(),
                   [&](const Pair& a, const Pair& b) { return key(a) < key(b); });
  std::size_t num_kept = 0;
  for (const Pair& pair : pairs) {
    if (num_kept == 0 || key(pairs[num_kept - 1]) != key(pair)) {
      pairs[num_kept++] = pair;
    } else if (pair.cost < pairs[num_kept - 1].cost) {
      pairs[num_kept - 1] = pair;
    }
  }
  pairs.resize(num_kept);
}

}  // namespace

void OutlineMatcher::Scratch::reserve(std::size_t size) {
  if (size <= size_) return;
  // Outlines grow little by little: what is not used is not touched, and costs nothing.
  size = std::max(size, 2 * size_);
  // The old array goes first: the two need not fit side by side.
  values_.reset();
  size_ = 0;
  values_ = std::make_unique_for_overwrite<float[]>(size);
  size_ = size;
}

OutlineMatcher::Cell* OutlineMatcher::CellRows::room(std::size_t most) {
  while (chunk_ < chunks_.size() && chunks_[chunk_].size - used_ < most) {
    ++chunk_;
    used_ = 0;
  }
  if (chunk_ == chunks_.size()) {
    constexpr std::size_t kChunk = 1U << 15;
    const std::size_t size = std::max(kChunk, most);
    chunks_.push_back({std::make_unique_for_overwrite<Cell[]>(size), size});
  }
  return chunks_[chunk_].cells.get() + used_;
}

void OutlineMatcher::CellRows::add(const CellRow& row) {
  rows_.push_back(row);
  used_ += row.end - row.begin;
}

void OutlineMatcher::CellRows::clear() {
  rows_.clear();
  chunk_ = 0;
  used_ = 0;
}

void OutlineMatcher::begin(const OutlineShape& from, const OutlineShape& to) {
  from_ = &from;
  to_ = &to;
  num_rows_ = from.num_points;
  num_columns_ = to.num_points;
  num_blocks_ = (num_columns_ + kBlock - 1) / kBlock;
  const std::size_t stride = num_blocks_ * kBlock;
  rough_.reserve(num_rows_ * stride);
  rest_.reserve(num_rows_ * num_columns_);
  is_known_.assign(num_rows_ * num_blocks_, 0);
  to_bins_.assign(kShapeBins * stride, 0);
  to_sums_.assign(stride, 0);
  for (std::size_t j = 0; j < num_columns_; ++j) {
    const double* const context = to.context(j);
    for (std::size_t bin = 0; bin < kShapeBins; ++bin) {
      const auto value = static_cast<float>(context[bin]);
      to_bins_[bin * stride + j] = value;
      to_sums_[j] += value;
    }
  }
  first_cells_.clear();
  bins_.clear();
  first_bin_.assign(1, 0);
  for (std::size_t i = 0; i < num_rows_; ++i) {
    const double* const context = from.context(i);
    for (std::size_t bin = 0; bin < kShapeBins; ++bin) {
      if (context[bin] > 0)
        bins_.push_back({static_cast<float>(context[bin]), to_bins_.data() + bin * stride});
    }
    // An even number: next to nothing is next to no cost.
    constexpr float kNextToNothing = 1e-20F;
    if (bins_.size() % 2 == 1) bins_.push_back({kNextToNothing, to_bins_.data()});
    first_bin_.push_back(bins_.size());
  }
}

void OutlineMatcher::fill_block(std::size_t row, std::size_t block) {
  const std::size_t at = block * kBlock;
  kernels::level(0).outline_costs(bins_.data() + first_bin_[row],
                                  first_bin_[row + 1] - first_bin_[row], to_sums_.data(), at,
                                  rough_.data() + row * num_blocks_ * kBlock + at);
  is_known_[row * num_blocks_ + block] = 1;
}

inline float OutlineMatcher::rough_cost(std::size_t row, std::size_t column) {
  if (is_known_[row * num_blocks_ + column / kBlock] == 0) [[unlikely]]
    fill_block(row, column / kBlock);
  return rough_[row * num_blocks_ * kBlock + column];
}

// The exact cost of a pair that the first path looked at, else < 0.
double OutlineMatcher::known_cost(std::size_t row, std::size_t column) const {
  if (row >= first_cells_.rows().size()) return -1;
  const CellRow& cells = first_cells_.rows()[row];
  if (column < cells.begin || column >= cells.end) return -1;
  const Cell& cell = cells.at(column);
  return cell.sum == kNone ? -1 : cell.cost;
}

// The chi-square distance of two contexts, added bin by bin as the public code does.
double OutlineMatcher::exact_cost(std::size_t row, std::size_t column) {
  if (const double known = known_cost(row, column); known >= 0) return known;
  const double* const a = from_->context(row);
  const double* const b = to_->context(column);
  std::array<double, kShapeBins> terms;
  for (std::size_t bin = 0; bin < kShapeBins; ++bin)
    terms[bin] = (a[bin] - b[bin]) * (a[bin] - b[bin]) / (a[bin] + b[bin] + kEpsilon);
  double sum = 0;
  for (const double term : terms) sum += term;
  ++num_exact_;
  return sum * 0.5;
}

// The rough cost of the cheapest path within a band round the diagonal.
double OutlineMatcher::band_bound() {
  constexpr double kBandShare = 1.0 / 16;  // of the columns, to either side
  const double slope =
      num_rows_ == 1 ? 0
                     : static_cast<double>(num_columns_ - 1) / static_cast<double>(num_rows_ - 1);
  const double half = std::max(slope + 2, kBandShare * static_cast<double>(num_columns_));
  band_.assign(num_columns_, kFar);
  std::size_t last_begin = 0;
  std::size_t last_end = 0;
  for (std::size_t i = 0; i < num_rows_; ++i) {
    const double middle = static_cast<double>(i) * slope;
    const auto begin = static_cast<std::size_t>(std::max(0.0, middle - half));
    const std::size_t end =
        i + 1 == num_rows_ ? num_columns_
                           : std::min(num_columns_, static_cast<std::size_t>(middle + half) + 1);
    float diagonal = begin > last_begin ? band_[begin - 1] : kFar;
    float before = kFar;
    for (std::size_t j = begin; j < end; ++j) {
      const float above = j < last_end ? band_[j] : kFar;
      const float least = std::min(std::min(diagonal, above), before);
      before = i == 0 && j == 0 ? 0 : least + rough_cost(i, j);
      band_[j] = before;
      diagonal = above;
    }
    last_begin = begin;
    last_end = end;
  }
  return band_[num_columns_ - 1];
}

// The path that was found, read on from behind its best pair and around the end, is one of the
// turned matrix; where it does not begin at the first pair there, pairs in between lead to it. What
// it costs, the first pair's cost included, which is no loss.
double OutlineMatcher::turned_bound(std::size_t best) {
  const Pair& last = path_[best];
  const Turn turn{wrapped(last.row + 1, num_rows_), wrapped(last.column + 1, num_columns_)};
  double bound = 0;
  std::size_t row = 0;
  std::size_t column = 0;
  const auto go_to = [&](const Pair& pair) {
    const std::size_t to_row = wrapped(pair.row + num_rows_ - turn.row, num_rows_);
    const std::size_t to_column = wrapped(pair.column + num_columns_ - turn.column, num_columns_);
    while (row + 1 < to_row || column + 1 < to_column) {
      row = std::min(row + 1, to_row);
      column = std::min(column + 1, to_column);
      bound += kRoughError + rough_cost(wrapped(row + turn.row, num_rows_),
                                        wrapped(column + turn.column, num_columns_));
    }
    row = to_row;
    column = to_column;
    bound += pair.cost;
  };
  for (std::size_t k = best; k-- > 0;) {
    if (path_[k].row != last.row && path_[k].column != last.column) go_to(path_[k]);
  }
  for (std::size_t k = path_.size(); k-- > best;) go_to(path_[k]);
  return bound;
}

// What is left to pay from each pair to the end, itself included, as far as it is not above
// `bound`: in each row of the turned matrix the columns from rest_begin_ to rest_end_.
void OutlineMatcher::pay_backwards(const Turn& turn, float bound) {
  rest_begin_.assign(num_rows_, 0);
  rest_end_.assign(num_rows_, 0);
  for (std::size_t i = num_rows_; i-- > 0;) {
    if (!pay_row(i, turn, bound)) return;
  }
}

// One row; false where nothing is within the bound.
bool OutlineMatcher::pay_row(std::size_t i, const Turn& turn, float bound) {
  const std::size_t source_row = wrapped(i + turn.row, num_rows_);
  const float* const costs = rough_.data() + source_row * num_blocks_ * kBlock;
  const std::uint8_t* const is_known = is_known_.data() + source_row * num_blocks_;
  const bool is_last = i + 1 == num_rows_;
  const std::size_t below_begin = is_last ? num_columns_ - 1 : rest_begin_[i + 1];
  const std::size_t below_end = is_last ? num_columns_ : rest_end_[i + 1];
  const float* const below = is_last ? nullptr : rest_.data() + (i + 1) * num_columns_;
  float* const rest = rest_.data() + i * num_columns_;
  float right = is_last ? 0 : kFar;  // behind the last pair nothing is to pay
  float diagonal = kFar;
  std::size_t begin = below_end;
  std::size_t end = 0;
  std::size_t column = wrapped(below_end + turn.column, num_columns_);
  for (std::size_t j = below_end; j-- > 0;) {
    column = (column == 0 ? num_columns_ : column) - 1;
    const float straight = below != nullptr && j >= below_begin ? below[j] : kFar;
    const float way = std::min(std::min(straight, diagonal), right);
    diagonal = straight;
    float value = kFar;
    if (way <= bound) {
      if (is_known[column / kBlock] == 0) [[unlikely]]
        fill_block(source_row, column / kBlock);
      value = way + costs[column];
      if (i == 0 && j == 0) value = way;  // the first pair is not paid for
    }
    if (value <= bound) {
      begin = j;
      end = std::max(end, j + 1);
    } else {
      value = kFar;
      if (j + 1 < below_begin) break;  // no way from here on but by the pair to the right
    }
    rest[j] = value;
    right = value;
  }
  rest_begin_[i] = begin;
  rest_end_[i] = end;
  return end > 0;
}

// The cheapest path from the first row and column of the turned matrix to the last in steps of one
// row, one column or both. The cost of the first pair is not counted. Of equally cheap ways the
// diagonal one is taken, then the one from the row before. `bound`: some path costs no more.
void OutlineMatcher::find_path(const Turn& turn, double bound) {
  const auto num_steps = static_cast<double>(num_rows_ + num_columns_);
  const double margin = num_steps * (kRoughError + kSumError * bound);
  pay_backwards(turn, static_cast<float>(bound + 2 * margin));
  expects(rest_begin_[0] == 0 && rest_end_[0] > 0, "there is a path within its bound");
  // Now it is known what the cheapest one costs, roughly.
  const float limit = rest_[0] + static_cast<float>(2 * margin);
  cells_.clear();
  for (std::size_t i = 0; i < num_rows_; ++i) add_cells(i, turn, limit);
  trace_path(turn);
}

// The exact sums of one row, of the pairs that may lie on a cheapest path.
void OutlineMatcher::add_cells(std::size_t i, const Turn& turn, float limit) {
  const std::size_t source_row = wrapped(i + turn.row, num_rows_);
  const CellRow last = i == 0 ? CellRow{} : cells_.rows().back();
  CellRow row;
  row.cells = cells_.room(rest_end_[i] - std::min(last.begin, rest_end_[i]));
  const float* const rest = rest_.data() + i * num_columns_;
  double diagonal = kNone;
  double before = kNone;
  bool has_begun = false;
  for (std::size_t j = last.begin; j < rest_end_[i]; ++j) {
    const double above = j < last.end ? last.at(j).sum : kNone;
    const bool is_first = i == 0 && j == 0;
    Cell cell{kNone, 0, both};
    double least = is_first ? 0 : diagonal;
    if (above < least) {
      least = above;
      cell.step = row_alone;
    }
    if (before < least) {
      least = before;
      cell.step = column_alone;
    }
    diagonal = above;
    if (j >= rest_begin_[i] && least + static_cast<double>(rest[j]) <= static_cast<double>(limit)) {
      cell.cost = exact_cost(source_row, wrapped(j + turn.column, num_columns_));
      cell.sum = is_first ? 0 : least + cell.cost;
    }
    before = cell.sum;
    if (!has_begun) {
      if (cell.sum == kNone) continue;
      has_begun = true;
      row.begin = j;
      row.end = j;
    }
    if (cell.sum == kNone && j > last.end) break;
    row.cells[row.end++ - row.begin] = cell;
  }
  expects(has_begun, "the cheapest path passes every row");
  cells_.add(row);
}

void OutlineMatcher::trace_path(const Turn& turn) {
  path_.clear();
  for (std::size_t i = num_rows_ - 1, j = num_columns_ - 1;;) {
    const Cell& cell = cells_.rows()[i].at(j);
    path_.push_back(
        {wrapped(i + turn.row, num_rows_), wrapped(j + turn.column, num_columns_), cell.cost});
    if (i == 0 && j == 0) return;
    if (cell.step != column_alone) --i;
    if (cell.step != row_alone) --j;
  }
}

double OutlineMatcher::change(const OutlineShape& from, const OutlineShape& to) {
  expects(!from.empty() && !to.empty(), "only outlines with points are compared");
  begin(from, to);
  // Warp from the first points; then again from behind the best pair, which surely belongs
  // together. The pair of first points does not stand for election.
  find_path({}, band_bound());
  std::size_t best = 0;
  for (std::size_t i = 0; i + 1 < path_.size(); ++i) {
    if (path_[i].cost < path_[best].cost) best = i;
  }
  const Turn turn{wrapped(path_[best].row + 1, num_rows_),
                  wrapped(path_[best].column + 1, num_columns_)};
  const double bound = turned_bound(best);
  std::swap(first_cells_, cells_);
  find_path(turn, bound);

  // Keep one partner a point, on one side and then on the other.
  keep_cheapest(path_, [](const Pair& pair) { return pair.row; });
  keep_cheapest(path_, [](const Pair& pair) { return pair.column; });
  double sum = 0;
  for (const Pair& pair : path_) sum += pair.cost;
  return sum / static_cast<double>(path_.size());
}

}  // namespace angiobench
