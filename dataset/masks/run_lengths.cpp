// SPDX-License-Identifier: MIT
#include "dataset/masks/run_lengths.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>

#include "dataset/error.h"

namespace angiobench {
namespace {

[[noreturn]] void fail(const std::string& found, const std::string& expected) {
  throw Error(ErrorKind::input, "", found, expected);
}

std::string ordinal(std::size_t position) { return "run " + std::to_string(position + 1); }

// Takes one length after the other and holds them against the mask's pixels.
class PixelSum {
 public:
  explicit PixelSum(std::uint64_t num_pixels) : num_pixels_(num_pixels) {}

  void add(std::int64_t length, std::size_t position) {
    if (length < 0) {
      fail(ordinal(position) + " of the mask has the length " + std::to_string(length),
           "lengths of 0 and more");
    }
    sum_ += static_cast<std::uint64_t>(length);
    if (sum_ > num_pixels_) {
      fail("the runs go over the mask's end: " + ordinal(position) + " ends at pixel " +
               std::to_string(sum_) + " of " + std::to_string(num_pixels_),
           "lengths that add up to height x width");
    }
  }
  void end() const {
    if (sum_ == num_pixels_) return;
    fail("the runs end after " + std::to_string(sum_) + " of the mask's " +
             std::to_string(num_pixels_) + " pixels",
         "lengths that add up to height x width");
  }

 private:
  std::uint64_t num_pixels_;
  std::uint64_t sum_ = 0;
};

constexpr int kBitsAGroup = 5;
constexpr int kMostGroups = 8;  // 40 bits: more than any length or difference of lengths
constexpr unsigned kMore = 32;
constexpr unsigned kSign = 16;
constexpr std::size_t kFirstDifference = 3;  // positions from here on are differences

// An outline is drawn on whole numbers of a fifth of a pixel.
constexpr int kScale = 5;
constexpr int kHalfStep = 2;  // a column's middle lies between the fifths 2 and 3
constexpr double kFarthest = 1e6;
// Of one outline with the columns' middles: a thousand for each column of a large picture.
constexpr std::size_t kMostCrossings = 1 << 22;

int scaled(double coordinate) { return static_cast<int>(kScale * coordinate + .5); }

// One side of an outline, from its lower end on along the axis on which it is longer: the other
// coordinate at each whole number.
struct Side {
  int from = 0;   // along the longer axis
  int count = 0;  // steps
  int start = 0;  // of the other coordinate
  double slope = 0;

  int other(int step) const { return static_cast<int>(start + slope * step + .5); }
};

class Crossings {
 public:
  Crossings(int width, int height) : width_(width), height_(height) {}

  void add_side(int x_begin, int y_begin, int x_end, int y_end) {
    const int across = std::abs(x_end - x_begin);
    const int down = std::abs(y_end - y_begin);
    if (across == 0) return;  // along a column no column's middle is crossed
    const bool is_flat = across >= down;
    if ((is_flat && x_begin > x_end) || (!is_flat && y_begin > y_end)) {
      std::swap(x_begin, x_end);
      std::swap(y_begin, y_end);
    }
    const Side side =
        is_flat ? Side{x_begin, across, y_begin, static_cast<double>(y_end - y_begin) / across}
                : Side{y_begin, down, x_begin, static_cast<double>(x_end - x_begin) / down};
    // Columns whose middle lies between the two ends.
    const int left = std::min(x_begin, x_end);
    const int right = std::max(x_begin, x_end);
    const int first = std::max(0, (left - kHalfStep + kScale - 1) / kScale);
    for (int x = first; x < width_ && kScale * x + kHalfStep < right; ++x) {
      const int middle = kScale * x + kHalfStep;
      if (middle < left) continue;
      add(x, is_flat ? flat_crossing(side, middle) : steep_crossing(side, middle));
    }
  }

  RunLengths lengths() {
    std::ranges::sort(places_);
    RunLengths lengths;
    std::uint64_t done = 0;
    // Two crossings at one place take each other away.
    for (std::size_t i = 0; i < places_.size();) {
      std::size_t end = i;
      while (end < places_.size() && places_[end] == places_[i]) ++end;
      if ((end - i) % 2 == 1) {
        lengths.push_back(static_cast<std::uint32_t>(places_[i] - done));
        done = places_[i];
      }
      i = end;
    }
    const std::uint64_t all =
        static_cast<std::uint64_t>(width_) * static_cast<std::uint64_t>(height_);
    if (done < all || lengths.empty()) lengths.push_back(static_cast<std::uint32_t>(all - done));
    return lengths;
  }

 private:
  // The higher of the two points beside a column's middle.
  static int flat_crossing(const Side& side, int middle) {
    const int step = middle - side.from;
    return std::min(side.other(step), side.other(step + 1));
  }

  // The step at which the side goes over the middle: the rounded line is monotone.
  static int steep_crossing(const Side& side, int middle) {
    const bool rises = side.slope > 0;
    const auto is_over = [&](int step) {
      const int at = side.other(step);
      return rises ? at > middle : at <= middle;
    };
    int low = 0;  // not over
    int high = side.count;
    while (high - low > 1) {
      const int half = low + (high - low) / 2;
      (is_over(half) ? high : low) = half;
    }
    return side.from + low;
  }

  void add(int x, int y) {
    const double place = (y + .5) / kScale - .5;
    const double row = std::ceil(std::clamp(place, 0.0, static_cast<double>(height_)));
    if (places_.size() == kMostCrossings) {
      throw Error(ErrorKind::limit, "",
                  "an outline crosses the columns of its picture more than " +
                      std::to_string(kMostCrossings) + " times",
                  "run lengths for a mask like that");
    }
    places_.push_back(static_cast<std::uint64_t>(x) * static_cast<std::uint64_t>(height_) +
                      static_cast<std::uint64_t>(row));
  }

  int width_;
  int height_;
  std::vector<std::uint64_t> places_;  // pixels, column by column, at which the mask changes
};

}  // namespace

void parse_run_lengths(std::string_view text, std::uint64_t num_pixels, RunLengths& lengths) {
  lengths.clear();
  PixelSum sum(num_pixels);
  for (std::size_t at = 0; at < text.size();) {
    std::int64_t value = 0;
    int num_groups = 0;
    unsigned group = kMore;
    while ((group & kMore) != 0) {
      if (at == text.size()) fail("the run lengths end within a number", "whole numbers");
      group = static_cast<unsigned char>(text[at]) - static_cast<unsigned>('0');
      if (group >= 2 * kMore) {
        fail("the run lengths have a character that none may have, at position " +
                 std::to_string(at),
             "characters from '0' to 'o'");
      }
      if (++num_groups > kMostGroups) fail("a run length has no end", "numbers below 2^32");
      value |= static_cast<std::int64_t>(group & (kMore - 1)) << (kBitsAGroup * (num_groups - 1));
      ++at;
    }
    if ((group & kSign) != 0) value -= std::int64_t{1} << (kBitsAGroup * num_groups);
    if (lengths.size() >= kFirstDifference) value += lengths[lengths.size() - 2];
    sum.add(value, lengths.size());
    lengths.push_back(static_cast<std::uint32_t>(value));
  }
  sum.end();
}

std::string format_run_lengths(std::span<const std::uint32_t> lengths) {
  std::string text;
  for (std::size_t i = 0; i < lengths.size(); ++i) {
    std::int64_t value = lengths[i];
    if (i >= kFirstDifference) value -= lengths[i - 2];
    for (bool more = true; more;) {
      auto group = static_cast<unsigned>(value & (kMore - 1));
      value >>= kBitsAGroup;  // arithmetic: the sign stays
      more = (group & kSign) != 0 ? value != -1 : value != 0;
      if (more) group |= kMore;
      text += static_cast<char>('0' + group);
    }
  }
  return text;
}

void check_run_lengths(std::span<const std::int64_t> lengths, std::uint64_t num_pixels) {
  PixelSum sum(num_pixels);
  for (std::size_t i = 0; i < lengths.size(); ++i) sum.add(lengths[i], i);
  sum.end();
}

RunLengths polygon_lengths(std::span<const double> points, int width, int height) {
  if (points.size() < 6 || points.size() % 2 != 0) {
    fail("an outline has " + std::to_string(points.size()) + " values",
         "three or more points, x y, in pixels");
  }
  const bool is_near =
      std::ranges::all_of(points, [](double value) { return std::abs(value) < kFarthest; });
  if (!is_near) fail("an outline has a point far from its picture", "points in pixels");
  Crossings crossings(width, height);
  const std::size_t num_points = points.size() / 2;
  for (std::size_t i = 0; i < num_points; ++i) {
    const std::size_t next = (i + 1) % num_points;
    crossings.add_side(scaled(points[2 * i]), scaled(points[2 * i + 1]), scaled(points[2 * next]),
                       scaled(points[2 * next + 1]));
  }
  return crossings.lengths();
}

void RunTurner::begin(int length) {
  next_ = 0;
  previous_.clear();
  open_.assign(static_cast<std::size_t>(length), -1);
  runs_.clear();
}

void RunTurner::line(int index, std::span<const int> changes) {
  if (next_ < index && !previous_.empty()) turn(next_, {});  // the line between is empty
  turn(index, changes);
  next_ = index + 1;
}

void RunTurner::end() {
  if (!previous_.empty()) turn(next_, {});
}

// Where exactly one of two neighbouring lines has the object, a run across begins or ends.
void RunTurner::turn(int index, std::span<const int> changes) {
  std::size_t a = 0;
  std::size_t b = 0;
  bool differs = false;
  int from = 0;
  while (a < previous_.size() || b < changes.size()) {
    int at = 0;
    if (b == changes.size() || (a < previous_.size() && previous_[a] < changes[b])) {
      at = previous_[a++];
    } else if (a == previous_.size() || changes[b] < previous_[a]) {
      at = changes[b++];
    } else {
      ++a;
      ++b;
      continue;
    }
    if (differs) flip(from, at, index);
    from = at;
    differs = !differs;
  }
  previous_.assign(changes.begin(), changes.end());
}

void RunTurner::flip(int from, int to, int index) {
  for (int across = from; across < to; ++across) {
    int& open = open_[static_cast<std::size_t>(across)];
    if (open < 0) {
      open = index;
    } else {
      runs_.push_back({across, open, index});
      open = -1;
    }
  }
}

void ObjectLayers::begin(int width, int height) {
  width_ = width;
  height_ = height;
  added_.clear();
}

void ObjectLayers::add(std::span<const std::uint32_t> lengths, std::uint8_t label) {
  turner_.begin(height_);
  changes_.clear();
  int x = 0;
  int y = 0;
  const auto change = [this](int at) {
    // A run of no length changes nothing.
    if (!changes_.empty() && changes_.back() == at) {
      changes_.pop_back();
    } else {
      changes_.push_back(at);
    }
  };
  const auto end_column = [&] {
    if (!changes_.empty()) turner_.line(x, changes_);
    changes_.clear();
    ++x;
    y = 0;
  };
  for (std::size_t i = 0; i < lengths.size(); ++i) {
    auto left = static_cast<std::int64_t>(lengths[i]);
    const bool is_object = i % 2 == 1;
    while (left > 0) {
      const auto here = static_cast<int>(std::min<std::int64_t>(left, height_ - y));
      if (is_object) {
        change(y);
        change(y + here);
      }
      y += here;
      left -= here;
      if (y < height_) continue;
      end_column();
      if (is_object) continue;
      // Whole columns of background are passed over at once.
      x += static_cast<int>(left / height_);
      left %= height_;
    }
  }
  turner_.end();
  for (const RunTurner::Run& run : turner_.runs())
    added_.push_back({run.line, run.begin, run.end, label});
}

std::span<const LabelRun> ObjectLayers::finish(std::uint64_t& num_shared) {
  row_starts_.assign(static_cast<std::size_t>(height_) + 1, 0);
  for (const LabelRun& run : added_) ++row_starts_[static_cast<std::size_t>(run.y) + 1];
  for (std::size_t y = 1; y < row_starts_.size(); ++y) row_starts_[y] += row_starts_[y - 1];
  sorted_.resize(added_.size());
  for (const LabelRun& run : added_) sorted_[row_starts_[static_cast<std::size_t>(run.y)]++] = run;
  // Each start has become the end of its row.
  runs_.clear();
  std::size_t begin = 0;
  for (int y = 0; y < height_; ++y) {
    const std::size_t end = row_starts_[static_cast<std::size_t>(y)];
    finish_row(begin, end, num_shared);
    begin = end;
  }
  return runs_;
}

void ObjectLayers::finish_row(std::size_t begin, std::size_t end, std::uint64_t& num_shared) {
  const auto is_apart = [](const LabelRun& left, const LabelRun& right) {
    return left.x_end > right.x_begin;
  };
  const std::span<const LabelRun> own(sorted_.data() + begin, end - begin);
  if (std::ranges::adjacent_find(own, is_apart) == own.end()) {
    for (const LabelRun& run : own) append_run(runs_, run);
    return;
  }
  row_.assign(own.begin(), own.end());
  std::ranges::sort(row_, {}, &LabelRun::x_begin);
  if (std::ranges::adjacent_find(row_, is_apart) != row_.end()) {
    paint_row(begin, end, num_shared);
    return;
  }
  for (const LabelRun& run : row_) append_run(runs_, run);
}

void ObjectLayers::paint_row(std::size_t begin, std::size_t end, std::uint64_t& num_shared) {
  pixels_.assign(static_cast<std::size_t>(width_), kBackgroundLabel);
  is_shared_.assign(static_cast<std::size_t>(width_), 0);
  for (std::size_t i = begin; i < end; ++i) {
    const LabelRun& run = sorted_[i];
    for (auto x = static_cast<std::size_t>(run.x_begin); x < static_cast<std::size_t>(run.x_end);
         ++x) {
      if (pixels_[x] == kBackgroundLabel) {
        pixels_[x] = static_cast<std::uint8_t>(run.label);
      } else if (pixels_[x] != run.label) {
        is_shared_[x] = 1;
      }
    }
  }
  num_shared += static_cast<std::uint64_t>(std::ranges::count(is_shared_, std::uint8_t{1}));
  for (int x = 0; x < width_; ++x) {
    const int label = pixels_[static_cast<std::size_t>(x)];
    if (label != kBackgroundLabel) append_run(runs_, {sorted_[begin].y, x, x + 1, label});
  }
}

const RunLengths& LengthsOfLabel::of(std::span<const LabelRun> runs, int label, int width,
                                     int height) {
  turner_.begin(width);
  for (std::size_t i = 0; i < runs.size();) {
    const int y = runs[i].y;
    changes_.clear();
    for (; i < runs.size() && runs[i].y == y; ++i) {
      if (runs[i].label != label) continue;
      // A run that goes on from the one before is no change.
      if (!changes_.empty() && changes_.back() == runs[i].x_begin) {
        changes_.back() = runs[i].x_end;
      } else {
        changes_.push_back(runs[i].x_begin);
        changes_.push_back(runs[i].x_end);
      }
    }
    if (!changes_.empty()) turner_.line(y, changes_);
  }
  turner_.end();
  // By column; within one they ascend already.
  starts_.assign(static_cast<std::size_t>(width) + 1, 0);
  for (const RunTurner::Run& run : turner_.runs())
    ++starts_[static_cast<std::size_t>(run.line) + 1];
  for (std::size_t x = 1; x < starts_.size(); ++x) starts_[x] += starts_[x - 1];
  columns_.resize(turner_.runs().size());
  for (const RunTurner::Run& run : turner_.runs())
    columns_[starts_[static_cast<std::size_t>(run.line)]++] = run;
  lengths_.clear();
  std::uint64_t done = 0;
  for (const RunTurner::Run& run : columns_) {
    const std::uint64_t column =
        static_cast<std::uint64_t>(run.line) * static_cast<std::uint64_t>(height);
    const std::uint64_t from = column + static_cast<std::uint64_t>(run.begin);
    const auto length = static_cast<std::uint32_t>(run.end - run.begin);
    if (from == done && !lengths_.empty()) {
      lengths_.back() += length;  // on from the bottom of the column before
    } else {
      lengths_.push_back(static_cast<std::uint32_t>(from - done));
      lengths_.push_back(length);
    }
    done = column + static_cast<std::uint64_t>(run.end);
  }
  const std::uint64_t all = static_cast<std::uint64_t>(width) * static_cast<std::uint64_t>(height);
  if (done < all) lengths_.push_back(static_cast<std::uint32_t>(all - done));
  return lengths_;
}

}  // namespace angiobench
