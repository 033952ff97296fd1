// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "dataset/masks/mask.h"

namespace angiobench {

/// The mask of one object as COCO keeps it: pixels are numbered from the top left corner column by
/// column, and these are the lengths of runs of background and object in turn, the first one of
/// background (0 where the object has pixel 0). They add up to the number of pixels.
using RunLengths = std::vector<std::uint32_t>;

/// Reads the text form of run lengths: each is a number of groups of 5 bits, the lowest first, one
/// character each ('0' and the group; 32 more where another group follows), in two's complement:
/// the bit of 16 in the last group is its sign. From the fourth length on it is not the length
/// itself but what it is more than the one two before, which is of the same kind.
///
/// Parity: the strings that documentation and tests of pycocotools print are read and written to
/// the byte (tests/dataset/masks/run_lengths_test.cpp); its code was read, not run.
///
/// Throws Error{input}, without a path, for other characters, a number that does not end, a
/// negative length, and where the lengths do not add up to `num_pixels`.
void parse_run_lengths(std::string_view text, std::uint64_t num_pixels, RunLengths& lengths);

/// The text form.
std::string format_run_lengths(std::span<const std::uint32_t> lengths);

/// Throws Error{input}, without a path, where plain lengths are not those of a mask of so many
/// pixels.
void check_run_lengths(std::span<const std::int64_t> lengths, std::uint64_t num_pixels);

/// The lengths of a polygon's mask; `points` are x y x y …, in pixels, (0, 0) the corner of the
/// image. A pixel is inside by COCO's rule: outlines are drawn five times as large, on whole
/// numbers, and a column of pixels changes between background and object where one crosses the
/// column's middle, so that what is outlined twice is background again.
///
/// Throws Error{input}, without a path, for fewer than three points, an odd number of values and
/// coordinates beyond a million pixels; Error{limit} where it crosses columns four million times.
RunLengths polygon_lengths(std::span<const double> points, int width, int height);

/// The same masks by rows and by columns: what runs along one axis is turned to run along the
/// other, by the places where neighbouring lines differ, so that the cost is that of the runs and
/// not of the pixels.
class RunTurner {
 public:
  /// A run of one line across: pixels begin … end - 1 of line `line`.
  struct Run {
    int line = 0;
    int begin = 0;
    int end = 0;
  };

  /// Lines of `length` pixels come one after the other.
  void begin(int length);
  /// The places at which a line changes between background and object, ascending; an even number,
  /// the last one may be `length`.
  void line(int index, std::span<const int> changes);
  /// No line has anything any more.
  void end();
  /// What was turned: along each line across ascending, the lines in any order.
  const std::vector<Run>& runs() const { return runs_; }

 private:
  void turn(int index, std::span<const int> changes);
  void flip(int from, int to, int index);

  int next_ = 0;
  std::vector<int> previous_;  // changes of the line before
  std::vector<int> open_;      // of each line across: where its run began, -1: it has none
  std::vector<Run> runs_;
};

/// Lays the masks of a frame's objects over each other and gives them as runs by rows. Buffers are
/// reused from frame to frame.
class ObjectLayers {
 public:
  void begin(int width, int height);
  /// One object's mask. A pixel belongs to the object that was added first.
  void add(std::span<const std::uint32_t> lengths, std::uint8_t label);
  /// All of them, valid until begin; counts the pixels that objects of different labels share.
  std::span<const LabelRun> finish(std::uint64_t& num_shared);

 private:
  void finish_row(std::size_t begin, std::size_t end, std::uint64_t& num_shared);
  void paint_row(std::size_t begin, std::size_t end, std::uint64_t& num_shared);

  int width_ = 0;
  int height_ = 0;
  RunTurner turner_;
  std::vector<int> changes_;
  std::vector<LabelRun> added_;          // object by object
  std::vector<std::size_t> row_starts_;  // in sorted_
  std::vector<LabelRun> sorted_;         // by row, within it in the order of the objects
  std::vector<LabelRun> row_;            // one row, by column
  std::vector<std::uint8_t> pixels_;     // one row
  std::vector<std::uint8_t> is_shared_;
  std::vector<LabelRun> runs_;
};

/// The run lengths of one label of a mask that is given as runs.
class LengthsOfLabel {
 public:
  /// Valid until the next call.
  const RunLengths& of(std::span<const LabelRun> runs, int label, int width, int height);

 private:
  RunTurner turner_;
  std::vector<int> changes_;
  std::vector<std::size_t> starts_;
  std::vector<RunTurner::Run> columns_;
  RunLengths lengths_;
};

}  // namespace angiobench
