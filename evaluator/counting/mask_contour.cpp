// SPDX-License-Identifier: MIT
#include "evaluator/counting/mask_contour.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstring>
#include <map>
#include <set>
#include <utility>

#include "dataset/error.h"

namespace angiobench {
namespace {

struct Corner {
  int row = 0;
  int column = 0;

  friend bool operator==(const Corner&, const Corner&) = default;
};

enum Heading { right, down, left, up };  // the order in which a junction lists its cracks

constexpr std::array<Corner, 4> kStep = {{{0, 1}, {1, 0}, {0, -1}, {-1, 0}}};

constexpr Heading opposite(Heading direction) { return static_cast<Heading>((direction + 2) % 4); }

// The mask's box with one pixel of background around it, and which cracks were walked.
class CrackGrid {
 public:
  CrackGrid(const MaskView& mask, std::span<const std::uint8_t, 256> map, int id) {
    for (std::size_t label = 0; label < 256; ++label) is_id_[label] = map[label] == id ? 1 : 0;
    const PixelRange box = find_box(mask);
    if (box.bottom < 0) return;
    origin_ = {box.top, box.first};
    height_ = box.bottom - box.top + 1;
    width_ = box.last - box.first + 1;
    pitch_ = width_ + 2;
    const std::size_t size =
        static_cast<std::size_t>(pitch_) * static_cast<std::size_t>(height_ + 2);
    inside_.assign(size + kWord, 0);
    walked_.assign(size, 0);
    for (int y = 0; y < height_; ++y) {
      const std::uint8_t* const labels = mask.row(box.top + y) + box.first;
      std::uint8_t* const row = inside_.data() + at(y, 0);
      for (int x = 0; x < width_; ++x) row[x] = is_id_[labels[x]];
    }
  }

  int height() const { return height_; }
  int width() const { return width_; }
  bool is_inside(int row, int column) const { return inside_[at(row, column)] != 0; }

  // The columns 0 … width in which a pixel of this row differs from the one to its left, in order.
  template <typename Function>
  void for_each_change(int row, const Function& function) const {
    const std::uint8_t* const pixels = inside_.data() + at(row, 0);
    for (int column = 0; column <= width_; column += kWord) {
      // Words of pixels and of their left neighbours; what lies behind the row is looked at alone.
      std::uint64_t own;
      std::uint64_t left;
      std::memcpy(&own, pixels + column, kWord);
      std::memcpy(&left, pixels + column - 1, kWord);
      if (own == left) continue;
      const int end = std::min(width_ + 1, column + kWord);
      for (int at = column; at < end; ++at) {
        if (pixels[at] != pixels[at - 1]) function(at);
      }
    }
  }

  // Whether there is a crack from this corner in this direction.
  bool has_crack(Corner corner, Heading direction) const {
    const auto [row, column] = corner;
    switch (direction) {
      case right:
        return column < width_ && is_inside(row - 1, column) != is_inside(row, column);
      case down:
        return row < height_ && is_inside(row, column - 1) != is_inside(row, column);
      case left:
        return column > 0 && has_crack({row, column - 1}, right);
      case up:
        return row > 0 && has_crack({row - 1, column}, down);
    }
    return false;
  }
  bool is_junction(Corner corner) const {
    return has_crack(corner, right) && has_crack(corner, down) && has_crack(corner, left) &&
           has_crack(corner, up);
  }

  bool is_walked(Corner corner, Heading direction) const {
    const auto [cell, bit] = crack(corner, direction);
    return (walked_[cell] & bit) != 0;
  }
  void walk(Corner corner, Heading direction) {
    const auto [cell, bit] = crack(corner, direction);
    walked_[cell] |= bit;
  }

  ContourPoint point(Corner corner) const {
    return {static_cast<double>(corner.row + origin_.row),
            static_cast<double>(corner.column + origin_.column)};
  }

 private:
  std::size_t at(int row, int column) const {
    return static_cast<std::size_t>(row + 1) * static_cast<std::size_t>(pitch_) +
           static_cast<std::size_t>(column + 1);
  }
  // Each crack belongs to its upper left corner.
  std::pair<std::size_t, std::uint8_t> crack(Corner corner, Heading direction) const {
    if (direction == left) --corner.column;
    if (direction == up) --corner.row;
    const bool is_level = direction == right || direction == left;
    return {at(corner.row, corner.column), is_level ? 1 : 2};
  }

  static constexpr int kWord = 8;

  struct PixelRange {
    int top = 0;
    int bottom = -1;  // the last row; -1: nothing is there
    int first = 0;
    int last = -1;
  };

  bool is_id(std::uint8_t label) const { return is_id_[label] != 0; }

  // The first pixel of the object in a row, or its width.
  int first_in(const std::uint8_t* row, int width) const {
    int x = 0;
    if (!is_id(kBackgroundLabel)) {
      // Words of background are passed over.
      for (std::uint64_t word = 0; x + kWord <= width; x += kWord) {
        std::memcpy(&word, row + x, kWord);
        if (word != 0) {
          int at = x;
          while (at < x + kWord && !is_id(row[at])) ++at;
          if (at < x + kWord) return at;
        }
      }
    }
    while (x < width && !is_id(row[x])) ++x;
    return x;
  }

  // The last one at or behind `least`, which is one.
  int last_in(const std::uint8_t* row, int width, int least) const {
    int x = width;
    if (!is_id(kBackgroundLabel)) {
      for (std::uint64_t word = 0; x - kWord > least; x -= kWord) {
        std::memcpy(&word, row + x - kWord, kWord);
        if (word == 0) continue;
        int at = x - 1;
        while (at >= x - kWord && !is_id(row[at])) --at;
        if (at >= x - kWord) return at;
      }
    }
    while (!is_id(row[x - 1])) --x;
    return x - 1;
  }

  PixelRange find_box(const MaskView& mask) const {
    PixelRange box{mask.height, -1, mask.width, -1};
    const bool has_background = is_id(kBackgroundLabel);
    const int begin = has_background ? 0 : mask.num_empty_above;
    const int end = mask.height - (has_background ? 0 : mask.num_empty_below);
    for (int y = begin; y < end; ++y) {
      const std::uint8_t* const row = mask.row(y);
      const int first = first_in(row, mask.width);
      if (first == mask.width) continue;
      box.top = std::min(box.top, y);
      box.bottom = y;
      box.first = std::min(box.first, first);
      box.last = std::max(box.last, last_in(row, mask.width, first));
    }
    return box;
  }

  std::array<std::uint8_t, 256> is_id_{};
  Corner origin_;
  int height_ = 0;
  int width_ = 0;
  int pitch_ = 0;
  std::vector<std::uint8_t> inside_;
  std::vector<std::uint8_t> walked_;
};

// A line of cracks from one junction to another, or to itself.
struct Piece {
  std::size_t begin = 0;  // junctions, by number
  std::size_t end = 0;
  std::vector<Corner> corners;
};

Piece walk_piece(CrackGrid& grid, std::size_t junction, Corner start, Heading direction) {
  Piece piece;
  piece.begin = junction;
  piece.corners.push_back(start);
  Corner corner = start;
  for (;;) {
    grid.walk(corner, direction);
    corner.row += kStep[direction].row;
    corner.column += kStep[direction].column;
    piece.corners.push_back(corner);
    if (corner == start || grid.is_junction(corner)) return piece;
    // Any other corner has two cracks: go on by the one that it was not reached by.
    const Heading back = opposite(direction);
    for (const Heading next : {right, down, left, up}) {
      if (next != back && grid.has_crack(corner, next)) {
        direction = next;
        break;
      }
    }
  }
}

// Joins pieces into curves that do not cross themselves. The order of choices is polycont's: the
// junction with the largest number that has pieces left, its first piece, then at each junction
// the first piece left, or the second where the first one goes straight on.
class CurveBuilder {
 public:
  CurveBuilder(const std::vector<Piece>& pieces, std::size_t num_junctions)
      : pieces_(pieces), left_(num_junctions) {
    for (std::size_t i = 0; i < pieces.size(); ++i) {
      left_[pieces[i].begin].insert(i);
      left_[pieces[i].end].insert(i);
    }
  }

  std::vector<std::vector<Corner>> build() {
    for (std::size_t junction = left_.size(); junction-- > 0;) {
      while (!left_[junction].empty()) start_at(junction);
    }
    return std::move(curves_);
  }

 private:
  struct Step {
    std::size_t junction = 0;  // where the piece is entered
    std::size_t piece = 0;
  };

  std::size_t other_end(std::size_t piece, std::size_t junction) const {
    return pieces_[piece].begin == junction ? pieces_[piece].end : pieces_[piece].begin;
  }

  // Twice the middle of the crack by which a piece touches a junction; of both, its first.
  Corner touch(std::size_t piece, std::size_t junction) const {
    const std::vector<Corner>& corners = pieces_[piece].corners;
    const bool is_begin = pieces_[piece].begin == junction;
    const Corner a = is_begin ? corners[0] : corners[corners.size() - 1];
    const Corner b = is_begin ? corners[1] : corners[corners.size() - 2];
    return {a.row + b.row, a.column + b.column};
  }

  void take(std::size_t piece, std::size_t junction) {
    left_[pieces_[piece].begin].erase(piece);
    left_[pieces_[piece].end].erase(piece);
    path_.push_back({junction, piece});
  }

  bool is_on_path(std::size_t junction) const {
    return std::any_of(path_.begin(), path_.end(),
                       [&](const Step& step) { return step.junction == junction; });
  }

  // Cuts the cycle that ends in `junction` off the path.
  void cut_cycle(std::size_t junction) {
    const auto first = std::find_if(path_.begin(), path_.end(),
                                    [&](const Step& step) { return step.junction == junction; });
    std::vector<Corner> curve;
    for (auto step = first; step != path_.end(); ++step) {
      const Piece& piece = pieces_[step->piece];
      if (piece.begin == step->junction) {
        curve.insert(curve.end(), piece.corners.begin(), piece.corners.end() - 1);
      } else {
        curve.insert(curve.end(), piece.corners.rbegin(), piece.corners.rend() - 1);
      }
    }
    curve.push_back(curve.front());
    curves_.push_back(std::move(curve));
    path_.erase(first, path_.end());
  }

  void start_at(std::size_t junction) {
    take(*left_[junction].begin(), junction);
    for (;;) {
      junction = other_end(path_.back().piece, path_.back().junction);
      if (is_on_path(junction)) cut_cycle(junction);
      if (path_.empty()) return;
      const Corner from = touch(path_.back().piece, junction);
      auto next = left_[junction].begin();
      expects(next != left_[junction].end(), "an even number of cracks meets in every corner");
      const Corner to = touch(*next, junction);
      const bool is_straight = to.row == from.row || to.column == from.column;
      if (is_straight && std::next(next) != left_[junction].end()) ++next;
      take(*next, junction);
    }
  }

  const std::vector<Piece>& pieces_;
  std::vector<std::set<std::size_t>> left_;  // by junction: pieces that no curve has yet
  std::vector<Step> path_;
  std::vector<std::vector<Corner>> curves_;
};

// Whether the pixels within a curve, along it, are background.
bool encloses_background(const CrackGrid& grid, const std::vector<Corner>& curve) {
  std::int64_t area = 0;  // twice; > 0 where the curve runs clockwise on the screen
  for (std::size_t i = 0; i + 1 < curve.size(); ++i) {
    area += static_cast<std::int64_t>(curve[i].column) * curve[i + 1].row -
            static_cast<std::int64_t>(curve[i + 1].column) * curve[i].row;
  }
  // The pixel to the right of the first crack, as one walks.
  const Corner from = curve[0];
  const int rows = curve[1].row - from.row;
  const int columns = curve[1].column - from.column;
  const int row = from.row - (rows < 0 || columns < 0 ? 1 : 0);
  const int column = from.column - (rows > 0 || columns < 0 ? 1 : 0);
  return grid.is_inside(row, column) != (area > 0);
}

double squared_distance(const ContourPoint& a, const ContourPoint& b) {
  return (a.row - b.row) * (a.row - b.row) + (a.column - b.column) * (a.column - b.column);
}

// Squared distance of `p` to the segment from `a` to `b`; the share along it in single precision,
// as psimpl has it.
double squared_distance(const ContourPoint& a, const ContourPoint& b, const ContourPoint& p) {
  const ContourPoint v{b.row - a.row, b.column - a.column};
  const ContourPoint w{p.row - a.row, p.column - a.column};
  const double cw = w.row * v.row + w.column * v.column;
  if (cw <= 0) return squared_distance(p, a);
  const double cv = v.row * v.row + v.column * v.column;
  if (cv <= cw) return squared_distance(p, b);
  const float share = cv == 0 ? 0.0F : static_cast<float>(cw) / static_cast<float>(cv);
  const auto along = static_cast<double>(share);
  return squared_distance(p, {a.row + along * v.row, a.column + along * v.column});
}

Contour simplified(const Contour& contour, double tolerance) {
  if (contour.size() < 3) return contour;
  const double least = tolerance * tolerance;
  // Drop what is too close to the last point kept; both ends stay.
  Contour kept = {contour.front()};
  for (std::size_t i = 1; i + 1 < contour.size(); ++i) {
    if (squared_distance(kept.back(), contour[i]) >= least) kept.push_back(contour[i]);
  }
  kept.push_back(contour.back());

  // Split at the farthest point, as long as it is farther than the tolerance.
  std::vector<bool> is_key(kept.size());
  is_key.front() = is_key.back() = true;
  std::vector<std::pair<std::size_t, std::size_t>> parts = {{0, kept.size() - 1}};
  while (!parts.empty()) {
    const auto [first, last] = parts.back();
    parts.pop_back();
    std::size_t farthest = 0;
    double distance = 0;
    for (std::size_t i = first + 1; i < last; ++i) {
      const double d = squared_distance(kept[first], kept[last], kept[i]);
      if (d < distance) continue;
      farthest = i;
      distance = d;
    }
    if (farthest == 0 || distance <= least) continue;
    is_key[farthest] = true;
    parts.emplace_back(farthest, last);
    parts.emplace_back(first, farthest);
  }
  Contour result;
  for (std::size_t i = 0; i < kept.size(); ++i) {
    if (is_key[i]) result.push_back(kept[i]);
  }
  return result;
}

bool is_clockwise(const Contour& contour) {
  double total = 0;
  for (std::size_t i = 0; i + 1 < contour.size(); ++i) {
    total += (contour[i + 1].row - contour[i].row) * (contour[i + 1].column + contour[i].column);
  }
  return total > 0;
}

}  // namespace

std::vector<TracedContour> trace_contours(const MaskView& mask,
                                          std::span<const std::uint8_t, 256> map, int id) {
  CrackGrid grid(mask, map, id);
  std::vector<Corner> junctions;
  for (int row = 1; row < grid.height(); ++row) {
    grid.for_each_change(row, [&](int column) {
      if (grid.is_junction({row, column})) junctions.push_back({row, column});
    });
  }
  // From the last junction's last crack backwards, then the curves that pass no junction.
  std::vector<Piece> pieces;
  for (std::size_t i = junctions.size(); i-- > 0;) {
    for (const Heading direction : {up, left, down, right}) {
      if (!grid.is_walked(junctions[i], direction))
        pieces.push_back(walk_piece(grid, i, junctions[i], direction));
    }
  }
  const auto number_of = [&](Corner corner) {
    return static_cast<std::size_t>(std::lower_bound(junctions.begin(), junctions.end(), corner,
                                                     [](Corner a, Corner b) {
                                                       return std::pair(a.row, a.column) <
                                                              std::pair(b.row, b.column);
                                                     }) -
                                    junctions.begin());
  };
  for (Piece& piece : pieces) piece.end = number_of(piece.corners.back());
  std::size_t num_junctions = junctions.size();
  for (int row = 0; row < grid.height(); ++row) {
    grid.for_each_change(row, [&](int column) {
      const Corner corner{row, column};
      if (grid.is_walked(corner, down)) return;
      pieces.push_back(walk_piece(grid, num_junctions, corner, down));
      pieces.back().end = num_junctions++;
    });
  }

  std::vector<TracedContour> contours;
  for (const std::vector<Corner>& curve : CurveBuilder(pieces, num_junctions).build()) {
    TracedContour contour;
    contour.is_hole = encloses_background(grid, curve);
    for (const Corner corner : curve) contour.points.push_back(grid.point(corner));
    contours.push_back(std::move(contour));
  }
  return contours;
}

std::vector<Contour> simplify_contours(std::vector<TracedContour> contours, double tolerance) {
  constexpr double kStraight = 0.05;
  constexpr std::size_t kFewest = 4;  // a triangle and its first point again
  std::vector<Contour> result;
  for (const TracedContour& traced : contours) {
    Contour contour = simplified(simplified(traced.points, kStraight), tolerance);
    if (contour.size() < kFewest) continue;
    if (is_clockwise(contour) == traced.is_hole) std::reverse(contour.begin(), contour.end());
    result.push_back(std::move(contour));
  }
  return result;
}

Contour resample_contour(const Contour& contour, double step) {
  Contour points;
  for (std::size_t i = 0; i + 1 < contour.size(); ++i) {
    const ContourPoint& from = contour[i];
    const ContourPoint& to = contour[i + 1];
    points.push_back(from);
    const double length = std::sqrt(squared_distance(from, to));
    if (length <= step) continue;
    const double parts = std::ceil(length / step);
    const ContourPoint move{(to.row - from.row) / parts, (to.column - from.column) / parts};
    for (int k = 1; k < static_cast<int>(parts); ++k)
      points.push_back({points.back().row + move.row, points.back().column + move.column});
  }
  if (!contour.empty()) points.push_back(contour.back());
  return points;
}

}  // namespace angiobench
