// SPDX-License-Identifier: MIT
#include "evaluator/vessel/vessel_counter.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

#include "dataset/error.h"
#include "evaluator/kernels/kernels.h"
#include "evaluator/vessel/components.h"

namespace angiobench {
namespace {

using kernels::FieldShape;
using kernels::kNearSquares;
using kernels::kNumNearSquares;
using kernels::PixelBox;

// The fields of a pair. Some have a second use once their first is over.
enum FieldName {
  kTruth,
  kPrediction,
  kTruthSkeleton,       // later the low bits of the prediction's contour kinds
  kPredictionSkeleton,  // later the high bits
  kFirst,               // the truth's map of what is compared
  kSecond,              // the prediction's
  kLow,                 // low bits of the truth's contour kinds
  kHigh,
  kRest,  // pixels whose nearest is further than the near search goes
  kNumFields
};

// Squares of kNearSquares up to this one.
constexpr int num_squares_to(int square) {
  int count = 0;
  while (count < kNumNearSquares && kNearSquares[count] <= square) ++count;
  return count;
}

// Where a field lies in the frame.
struct Place {
  FieldShape shape;
  int word_begin;
  int y_begin;
};

// Room for everything that the maps of masks in this box can hold: DAVIS's boundary begins a pixel
// above and to the left, contours end one below and to the right.
Place place_of(const PixelBox& box) {
  Place place{};
  place.word_begin = std::max(box.x_begin - 1, 0) / 64;
  place.y_begin = std::max(box.y_begin - 1, 0);
  place.shape.num_words = box.x_end / 64 + 1 - place.word_begin;
  place.shape.num_rows =
      (box.y_end + 1 - place.y_begin + kernels::kGroup - 1) / kernels::kGroup * kernels::kGroup;
  place.shape.stride = place.shape.num_rows + 2 * kernels::kFieldPadding;
  return place;
}

// Calls visit(x, y, word's place) for every set pixel, by rows, words and bits.
template <typename Visit>
void for_each_pixel(const std::uint64_t* field, const FieldShape& shape, Visit visit) {
  for (int y = 0; y < shape.num_rows; ++y) {
    for (int word = 0; word < shape.num_words; ++word) {
      const std::ptrdiff_t at = word * shape.stride + y;
      for (std::uint64_t left = field[at]; left != 0; left &= left - 1)
        visit(64 * word + std::countr_zero(left), y, at);
    }
  }
}

// Makes room for values that are written before they are read. What there was goes first: both
// together would be the peak of a thread.
template <typename Value>
void grow(std::vector<Value>& values, std::size_t size) {
  if (values.size() >= size) return;
  values = std::vector<Value>();
  values.resize(size);
}

// Columns from x to the nearest set pixel of a row, at most `most`; -1 where there is none.
int nearest_in_row(const std::uint64_t* field, const FieldShape& shape, int x, int y, double most) {
  int best = -1;
  for (int word = x / 64; word < shape.num_words; ++word) {
    const int first = std::max(x, 64 * word);
    if (first - x > most) break;
    const std::uint64_t bits = field[word * shape.stride + y] >> (first % 64);
    if (bits == 0) continue;
    best = first + std::countr_zero(bits) - x;
    break;
  }
  for (int word = x / 64; word >= 0; --word) {
    const int last = std::min(x, 64 * word + 63);
    if (x - last > most || (best >= 0 && x - last >= best)) break;
    const std::uint64_t bits = field[word * shape.stride + y] << (63 - last % 64);
    if (bits == 0) continue;
    const int away = x - last + std::countl_zero(bits);
    best = best < 0 ? away : std::min(best, away);
    break;
  }
  return best;
}

struct Offset {
  std::uint32_t columns;
  std::uint32_t rows;
};

// From a pixel to the nearest target under any spacing, row by row outwards. There is a target.
Offset nearest(const std::uint64_t* targets, const FieldShape& shape, int x, int y,
               const Spacing& spacing) {
  Offset best{};
  double least = std::numeric_limits<double>::infinity();
  for (int rows = 0; rows < shape.num_rows; ++rows) {
    const double down = rows * spacing.row;
    if (down * down >= least) break;
    for (const int at : {y - rows, y + rows}) {
      if (at < 0 || at >= shape.num_rows || (rows == 0 && at != y)) continue;
      const double most = least < std::numeric_limits<double>::infinity()
                              ? std::sqrt(least - down * down) / spacing.column + 1
                              : least;
      const int columns = nearest_in_row(targets, shape, x, at, most);
      if (columns < 0) continue;
      const double across = columns * spacing.column;
      const double square = across * across + down * down;
      if (square >= least) continue;
      least = square;
      best = {static_cast<std::uint32_t>(columns), static_cast<std::uint32_t>(rows)};
    }
  }
  return best;
}

}  // namespace

struct VesselCounter::State {
  const kernels::Level* level = &kernels::level(0);
  LabelPlanes own_truth;  // of masks that come as pixels
  LabelPlanes own_prediction;
  ComponentCounter components;
  Place place{};
  std::vector<std::uint64_t> memory;  // of all fields
  std::vector<std::uint32_t> marks;
  std::vector<std::uint64_t> scratch;
  std::vector<std::int32_t> best;
  std::vector<std::uint64_t> keys;

  std::uint64_t* field(int name) {
    return memory.data() + name * place.shape.field_words() + place.shape.origin();
  }
  std::uint64_t* whole(int name) { return memory.data() + name * place.shape.field_words(); }

  void resize() {
    const auto size = static_cast<std::size_t>(kNumFields * place.shape.field_words());
    grow(memory, size);
  }

  void load(const std::uint64_t* plane, const kernels::PlaneShape& frame, int name) {
    std::fill_n(whole(name), place.shape.field_words(), 0);
    if (plane == nullptr) return;
    const int num_words = std::min(place.shape.num_words, frame.num_words - place.word_begin);
    const int num_rows = std::min(place.shape.num_rows, frame.height - place.y_begin);
    for (int word = 0; word < num_words; ++word) {
      std::copy_n(plane + (place.word_begin + word) * frame.column_stride + place.y_begin, num_rows,
                  field(name) + word * place.shape.stride);
    }
  }

  void make_skeleton(int mask, int name) {
    std::copy_n(whole(mask), place.shape.field_words(), whole(name));
    grow(marks, kernels::skeleton_marks(place.shape));
    level->skeletonize(field(name), place.shape, field(kFirst), marks.data());
  }

  std::uint32_t count_near(int from, int to, int square) {
    std::uint32_t found[kNumNearSquares][4] = {};
    kernels::NearQuery query{};
    query.query = field(from);
    query.targets = field(to);
    query.num_squares = num_squares_to(square);
    query.counts = found;
    level->near(query, place.shape);
    std::uint32_t count = 0;
    for (const auto& row : found) count += row[0];
    return count;
  }

  void count_radius(PairCounts& counts) {
    // Outside the image is outside the mask: the complement goes on around the field.
    std::transform(whole(kTruth), whole(kTruth) + place.shape.field_words(), whole(kFirst),
                   [](std::uint64_t word) { return ~word; });
    std::uint32_t found[kNumNearSquares][4] = {};
    kernels::NearQuery query{};
    query.query = field(kTruthSkeleton);
    query.targets = field(kFirst);
    query.low = field(kPrediction);
    query.num_squares = num_squares_to(16);
    query.counts = found;
    level->near(query, place.shape);
    counts.radius[2] = counts.truth_skeleton;
    counts.radius_found[2] = counts.truth_skeleton_found;
    for (int i = 0; i < query.num_squares; ++i) {
      const std::size_t radius = kNearSquares[i] <= 4 ? 0 : 1;
      counts.radius[radius] += found[i][0] + found[i][1];
      counts.radius_found[radius] += found[i][1];
      counts.radius[2] -= found[i][0] + found[i][1];
      counts.radius_found[2] -= found[i][1];
    }
  }

  void count_topology(PairCounts& counts) {
    const ComponentCounts truth = components.count(field(kTruth), field(kPrediction), place.shape);
    const ComponentCounts prediction =
        components.count(field(kPrediction), field(kTruth), place.shape);
    counts.truth_components = truth.components;
    counts.prediction_components = prediction.components;
    counts.components_missed = truth.untouched;
    counts.components_invented = prediction.untouched;
    counts.truth_holes = static_cast<std::uint32_t>(std::int64_t{truth.components} -
                                                    level->euler(field(kTruth), place.shape));
    counts.prediction_holes = static_cast<std::uint32_t>(
        std::int64_t{prediction.components} - level->euler(field(kPrediction), place.shape));
  }

  // DAVIS's boundary of a mask: the column right of the image and the row below it repeat the last
  // ones.
  void make_boundary(const kernels::PlaneShape& frame, int mask, int name) {
    std::copy_n(whole(mask), place.shape.field_words(), whole(kHigh));
    std::uint64_t* const extended = field(kHigh);
    const int x = frame.width - 64 * place.word_begin;
    const int y = frame.height - place.y_begin;
    if (x < 64 * place.shape.num_words) {
      for (int row = 0; row < place.shape.num_rows; ++row) {
        const std::uint64_t last =
            extended[(x - 1) / 64 * place.shape.stride + row] >> ((x - 1) % 64) & 1U;
        extended[x / 64 * place.shape.stride + row] |= last << (x % 64);
      }
    }
    if (y < place.shape.num_rows) {
      for (int word = 0; word < place.shape.num_words; ++word)
        extended[word * place.shape.stride + y] = extended[word * place.shape.stride + y - 1];
    }
    level->davis_boundary(extended, field(kLow), place.shape, field(name));
  }

  void make_inside(const kernels::PlaneShape& frame) {
    std::fill_n(whole(kLow), place.shape.field_words(), 0);
    const int num_rows = std::min(place.shape.num_rows, frame.height - place.y_begin);
    for (int word = 0; word < place.shape.num_words; ++word) {
      const int left = frame.width - 64 * (place.word_begin + word);
      if (left <= 0) break;
      std::fill_n(field(kLow) + word * place.shape.stride, num_rows,
                  left >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << left) - 1);
    }
  }

  std::array<std::uint32_t, kBoundaryRadii.size()> match(int from, int to) {
    std::uint32_t found[kNumNearSquares][4] = {};
    kernels::NearQuery query{};
    query.query = field(from);
    query.targets = field(to);
    query.num_squares = kNumNearSquares;
    query.counts = found;
    level->near(query, place.shape);
    std::array<std::uint32_t, kBoundaryRadii.size()> matched{};
    for (int i = 0; i < kNumNearSquares; ++i) {
      for (std::size_t k = 0; k < matched.size(); ++k) {
        if (kNearSquares[i] <= kBoundaryRadii[k] * kBoundaryRadii[k]) matched[k] += found[i][0];
      }
    }
    return matched;
  }

  void count_boundary(const kernels::PlaneShape& frame, PairCounts& counts) {
    make_inside(frame);
    make_boundary(frame, kTruth, kFirst);
    make_boundary(frame, kPrediction, kSecond);
    const kernels::RegionCounts sizes = level->overlap(field(kFirst), field(kSecond), place.shape);
    counts.truth_boundary = sizes.truth;
    counts.prediction_boundary = sizes.prediction;
    if (sizes.truth == 0 || sizes.prediction == 0) return;
    counts.truth_matched = match(kFirst, kSecond);
    counts.prediction_matched = match(kSecond, kFirst);
  }

  void count_border(const Spacing& spacing, PairCounts& counts) {
    level->border(field(kTruth), place.shape, field(kFirst));
    level->border(field(kPrediction), place.shape, field(kSecond));
    const kernels::RegionCounts sizes = level->overlap(field(kFirst), field(kSecond), place.shape);
    counts.truth_border.elements[0] = sizes.truth;
    counts.prediction_border.elements[0] = sizes.prediction;
    if (sizes.truth == 0 || sizes.prediction == 0) return;
    measure(kFirst, kSecond, nullptr, nullptr, spacing, counts.truth_border);
    measure(kSecond, kFirst, nullptr, nullptr, spacing, counts.prediction_border);
  }

  void count_contour(const Spacing& spacing, PairCounts& counts) {
    level->contour(field(kTruth), place.shape, field(kFirst), field(kLow), field(kHigh));
    level->contour(field(kPrediction), place.shape, field(kSecond), field(kTruthSkeleton),
                   field(kPredictionSkeleton));
    counts.truth_contour.elements = kinds(kFirst, kLow, kHigh);
    counts.prediction_contour.elements = kinds(kSecond, kTruthSkeleton, kPredictionSkeleton);
    if (counts.truth_contour.num_elements() == 0 || counts.prediction_contour.num_elements() == 0)
      return;
    measure(kFirst, kSecond, field(kLow), field(kHigh), spacing, counts.truth_contour);
    measure(kSecond, kFirst, field(kTruthSkeleton), field(kPredictionSkeleton), spacing,
            counts.prediction_contour);
  }

  std::array<std::uint32_t, kNumContourKinds> kinds(int elements, int low, int high) {
    const std::uint32_t all = level->overlap(field(elements), field(elements), place.shape).truth;
    const kernels::RegionCounts bits = level->overlap(field(low), field(high), place.shape);
    const std::uint32_t opposite = bits.intersection;
    const std::uint32_t beside = bits.truth - opposite;
    const std::uint32_t stacked = bits.prediction - opposite;
    return {all - beside - stacked - opposite, beside, stacked, opposite};
  }

  // Distances from every element of one field to the nearest of another, neither of them empty.
  void measure(int from, int to, const std::uint64_t* low, const std::uint64_t* high,
               const Spacing& spacing, SideDistances& side) {
    const FieldShape& shape = place.shape;
    const auto kind_at = [&](int x, std::ptrdiff_t at) {
      if (low == nullptr) return std::uint64_t{0};
      return (low[at] >> (x % 64) & 1U) | (high[at] >> (x % 64) & 1U) << 1;
    };
    keys.clear();
    if (!spacing.is_isotropic()) {
      for_each_pixel(field(from), shape, [&](int x, int y, std::ptrdiff_t at) {
        const Offset offset = nearest(field(to), shape, x, y, spacing);
        keys.push_back((std::uint64_t{offset.columns} << 32 | offset.rows) << 2 | kind_at(x, at));
      });
      append_bins(side);
      return;
    }

    std::uint32_t found[kNumNearSquares][4] = {};
    kernels::NearQuery query{};
    query.query = field(from);
    query.targets = field(to);
    query.low = low;
    query.high = high;
    query.num_squares = kNumNearSquares;
    query.rest = field(kRest);
    query.counts = found;
    level->near(query, shape);
    std::uint32_t num_rest = side.num_elements();
    for (int i = 0; i < kNumNearSquares; ++i) {
      for (std::size_t kind = 0; kind < kNumContourKinds; ++kind) {
        const std::uint32_t count = found[i][kind];
        if (count == 0) continue;
        num_rest -= count;
        side.bins.push_back(
            {static_cast<std::uint64_t>(kNearSquares[i]), count, static_cast<std::uint8_t>(kind)});
      }
    }
    if (num_rest == 0) return;

    if (std::max(shape.num_rows, 64 * shape.num_words) > kernels::kMaxFarSide) {
      for_each_pixel(field(kRest), shape, [&](int x, int y, std::ptrdiff_t at) {
        const Offset offset = nearest(field(to), shape, x, y, {});
        const std::uint64_t square = std::uint64_t{offset.columns} * offset.columns +
                                     std::uint64_t{offset.rows} * offset.rows;
        keys.push_back(square << 2 | kind_at(x, at));
      });
    } else {
      best.assign(num_rest, std::numeric_limits<std::int32_t>::max());
      grow(scratch, kernels::far_scratch_words(shape));
      level->far(field(kRest), field(to), shape, best.data(), scratch.data());
      const std::int32_t* next = best.data();
      for_each_pixel(field(kRest), shape, [&](int x, int, std::ptrdiff_t at) {
        keys.push_back(static_cast<std::uint64_t>(*next++) << 2 | kind_at(x, at));
      });
    }
    append_bins(side);
  }

  void append_bins(SideDistances& side) {
    std::sort(keys.begin(), keys.end());
    for (std::size_t i = 0; i < keys.size();) {
      std::size_t end = i + 1;
      while (end < keys.size() && keys[end] == keys[i]) ++end;
      side.bins.push_back({keys[i] >> 2, static_cast<std::uint32_t>(end - i),
                           static_cast<std::uint8_t>(keys[i] & 3U)});
      i = end;
    }
  }

  void take_in(const MaskView& mask, LabelPlanes& planes) const {
    std::array<std::uint8_t, 256> any;
    any.fill(1);
    any[kBackgroundLabel] = 0;
    planes.reset(bit_plane_shape(mask.width, mask.height));
    planes.pack(*level, mask, any);
  }
};

VesselCounter::VesselCounter() : state_(std::make_unique<State>()) {}
VesselCounter::~VesselCounter() = default;
VesselCounter::VesselCounter(VesselCounter&&) noexcept = default;
VesselCounter& VesselCounter::operator=(VesselCounter&&) noexcept = default;

void VesselCounter::count(const LabelPlanes& truth, int truth_label, const LabelPlanes& prediction,
                          int prediction_label, const PairNeeds& needs, const Spacing& spacing,
                          PairCounts& counts) {
  State& state = *state_;
  const kernels::PlaneShape& frame = truth.shape();
  expects(frame.width == prediction.shape().width && frame.height == prediction.shape().height,
          "both masks of a frame have the same size");
  expects(spacing.row > 0 && spacing.column > 0, "pixels have a size");
  counts = {};
  counts.width = frame.width;
  counts.height = frame.height;
  const PixelBox box = union_of(truth.box(truth_label), prediction.box(prediction_label));
  if (box.y_end == 0) return;
  state.place = place_of(box);
  state.resize();
  state.load(truth.plane(truth_label), frame, kTruth);
  state.load(prediction.plane(prediction_label), frame, kPrediction);
  const FieldShape& shape = state.place.shape;
  const kernels::Level& level = *state.level;
  const kernels::RegionCounts region =
      level.overlap(state.field(kTruth), state.field(kPrediction), shape);
  counts.truth = region.truth;
  counts.prediction = region.prediction;
  counts.intersection = region.intersection;
  if (counts.both_empty()) return;  // void pixels may have taken the last ones

  if (needs.skeleton || needs.centreline || needs.radius) {
    state.make_skeleton(kTruth, kTruthSkeleton);
    state.make_skeleton(kPrediction, kPredictionSkeleton);
    const kernels::RegionCounts found =
        level.overlap(state.field(kTruthSkeleton), state.field(kPrediction), shape);
    const kernels::RegionCounts inside =
        level.overlap(state.field(kPredictionSkeleton), state.field(kTruth), shape);
    counts.truth_skeleton = found.truth;
    counts.truth_skeleton_found = found.intersection;
    counts.prediction_skeleton = inside.truth;
    counts.prediction_skeleton_inside = inside.intersection;
  }
  if (needs.centreline && counts.truth_skeleton > 0 && counts.prediction_skeleton > 0) {
    constexpr int kSquare = kCentrelineRadius * kCentrelineRadius;
    counts.truth_skeleton_near = state.count_near(kTruthSkeleton, kPredictionSkeleton, kSquare);
    counts.prediction_skeleton_near =
        state.count_near(kPredictionSkeleton, kTruthSkeleton, kSquare);
  }
  if (needs.radius) state.count_radius(counts);
  if (needs.topology) state.count_topology(counts);
  if (needs.border) state.count_border(spacing, counts);
  if (needs.boundary) state.count_boundary(frame, counts);
  if (needs.contour) state.count_contour(spacing, counts);
}

void VesselCounter::count(const MaskView& truth, const MaskView& prediction, const PairNeeds& needs,
                          const Spacing& spacing, PairCounts& counts) {
  state_->take_in(truth, state_->own_truth);
  state_->take_in(prediction, state_->own_prediction);
  count(state_->own_truth, 1, state_->own_prediction, 1, needs, spacing, counts);
}

Mask VesselCounter::skeleton(const MaskView& mask) {
  State& state = *state_;
  state.take_in(mask, state.own_truth);
  Mask thin(mask.width, mask.height);
  if (!state.own_truth.has(1)) return thin;
  state.place = place_of(state.own_truth.box(1));
  state.resize();
  state.load(state.own_truth.plane(1), state.own_truth.shape(), kTruth);
  state.make_skeleton(kTruth, kTruthSkeleton);
  for_each_pixel(state.field(kTruthSkeleton), state.place.shape, [&](int x, int y, std::ptrdiff_t) {
    thin.at(64 * state.place.word_begin + x, state.place.y_begin + y) = 1;
  });
  return thin;
}

bool VesselCounter::use_level(std::string_view name) {
  for (int i = 0; i < kernels::num_levels(); ++i) {
    if (kernels::level(i).name != name) continue;
    state_->level = &kernels::level(i);
    return true;
  }
  return false;
}

}  // namespace angiobench
