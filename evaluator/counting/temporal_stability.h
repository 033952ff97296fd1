// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <utility>
#include <vector>

#include "dataset/masks/mask.h"
#include "evaluator/counting/mask_contour.h"

namespace angiobench {

/// The outline of one mask as DAVIS 2016's temporal stability sees it: the points of its contour
/// with the most corners, and around each a shape context (Belongie et al., 2002): a histogram of
/// where the other points are, 12 angles x 5 distances (log scale from 1/8 to 2 of the mean
/// distance), divided by its sum.
struct OutlineShape {
  std::size_t num_points = 0;
  std::vector<double> contexts;  // kShapeBins rows of num_points values: bin by bin

  bool empty() const { return num_points == 0; }
};

inline constexpr std::size_t kShapeBins = 12 * 5;

/// The shape of the label `id` (after `map`) in a mask; empty where there is no contour of three
/// corners or more after simplification (no pixel, or a few of them).
OutlineShape outline_shape(const MaskView& mask, std::span<const std::uint8_t, 256> map, int id);

/// Sector (0..11, 30 degrees each) of the direction of (rows, columns), counted from growing rows
/// towards growing columns; 0 for no direction at all.
std::size_t shape_sector(double rows, double columns);

/// One step from (row, column) of a cost matrix.
using CostPair = std::pair<std::uint32_t, std::uint32_t>;

/// Compares outlines; holds the buffers that are reused: one a thread. 9 bytes for every pair of
/// points (360,000 pairs in a usual DAVIS frame).
class OutlineMatcher {
 public:
  /// The cost of deforming one outline into the next: the mean chi-square distance of shape
  /// contexts over points that are matched one to one in the order of both outlines (dynamic time
  /// warping, done again from behind the best pair of a first one). 0: the same shape, wherever it
  /// is; at most 1. Neither shape may be empty.
  double change(const OutlineShape& from, const OutlineShape& to);

 private:
  std::vector<double> costs_;
  std::vector<double> alone_;
  std::vector<double> sums_;
  std::vector<std::uint8_t> steps_;
  std::vector<CostPair> path_;
};

/// An object of a frame and its outline.
using FrameOutlines = std::vector<std::pair<int, OutlineShape>>;

/// How much an object's outline changed since the frame before.
struct OutlineChange {
  std::size_t frame = 0;
  int id = 0;
  double value = 0;
};

/// The outlines of one sequence while its frames come in, in any order, from many threads. Each is
/// kept until both of its neighbours were there, so that memory follows the frames in flight.
class OutlineSequence {
 public:
  explicit OutlineSequence(std::size_t num_frames) : slots_(num_frames) {}

  /// Takes in a frame, once; computes the changes of the objects that it shares with the frame
  /// before and with the frame after, where that one came first. Every pair of neighbours is
  /// computed by whoever brings the second of the two. Empty outlines are skipped.
  std::vector<OutlineChange> add(std::size_t frame, FrameOutlines outlines,
                                 OutlineMatcher& matcher);

 private:
  struct Slot {
    std::shared_ptr<const FrameOutlines> outlines;
    int num_neighbours = 0;  // that were matched with it
  };

  std::mutex mutex_;
  std::vector<Slot> slots_;
};

/// What DAVIS multiplies the mean over frames by, to bring it into the range of J and F.
inline constexpr double kStabilityScale = 5;

/// A cost matrix, row by row, read from another first row and column on, around the end.
struct TurnedCosts {
  std::span<const double> costs;
  std::size_t num_rows = 0;
  std::size_t num_columns = 0;
  std::size_t first_row = 0;
  std::size_t first_column = 0;
};

/// Cheapest path from the first row and column to the last in steps of one row, one column or
/// both; last pair first, in the rows and columns of `costs`. The cost of the first pair is not
/// counted. Of equally cheap ways the diagonal one is taken, then the one from the row before.
/// `sums` and `steps` are working space.
void cheapest_path(const TurnedCosts& matrix, std::vector<double>& sums,
                   std::vector<std::uint8_t>& steps, std::vector<CostPair>& path);

}  // namespace angiobench
