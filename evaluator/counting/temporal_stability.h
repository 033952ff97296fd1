// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "evaluator/counting/outline_matcher.h"
#include "evaluator/counting/outline_shape.h"

namespace angiobench {

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

}  // namespace angiobench
