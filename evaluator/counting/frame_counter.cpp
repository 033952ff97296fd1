// SPDX-License-Identifier: MIT
#include "evaluator/counting/frame_counter.h"

#include <algorithm>
#include <array>
#include <bit>
#include <bitset>
#include <cmath>
#include <cstdlib>
#include <map>
#include <utility>

#include "dataset/error.h"
#include "evaluator/counting/boundary_disk.h"
#include "evaluator/counting/label_planes.h"
#include "evaluator/kernels/kernels.h"

namespace angiobench {
namespace {

using kernels::BoundaryCounts;
using kernels::PixelBox;

constexpr int kNumLabels = 256;

kernels::Disk make_disk(int radius) {
  kernels::Disk disk{};
  disk.radius = radius;
  for (const DiskRow& row : disk_rows(radius)) {
    if (row.dy >= 0) disk.half_width[row.dy] = static_cast<std::uint8_t>(row.last);
  }
  return disk;
}

// A disk of any radius, whole or not, as steps of the kernel for wide ones.
class WideSteps {
 public:
  explicit WideSteps(double radius) {
    std::vector<DiskRow> rows = disk_rows(radius);
    std::stable_sort(rows.begin(), rows.end(), [](const DiskRow& a, const DiskRow& b) {
      return a.last - a.first > b.last - b.first;
    });
    if (rows.empty()) return;  // off-centre and small: it reaches no pixel
    DiskRow before = rows.front();
    for (const DiskRow& row : rows) {
      expects(row.first >= before.first && row.last <= before.last,
              "each row of a disk lies inside the wider ones");
      steps_.push_back({row.dy, row.first - before.first, before.last - row.last});
      before = row;
      num_rows_ = std::max(num_rows_, std::abs(row.dy));
    }
    narrowest_ = before;
    reach_ = std::max(-rows.front().first, rows.front().last);
  }

  // No more words to each side than the box has.
  kernels::WideDisk disk(const PixelBox& box) const {
    kernels::WideDisk disk{};
    disk.steps = steps_.data();
    disk.num_steps = static_cast<int>(steps_.size());
    disk.shift = narrowest_.first > 0 ? narrowest_.first : std::min(narrowest_.last, 0);
    disk.low = disk.shift - narrowest_.first;
    disk.high = narrowest_.last - disk.shift;
    disk.num_rows = num_rows_;
    disk.num_side = std::clamp((reach_ + 63) / 64, 1, (box.x_end - box.x_begin) / 64 + 2);
    return disk;
  }

 private:
  std::vector<kernels::WideStep> steps_;
  DiskRow narrowest_{};
  int num_rows_ = 0;
  int reach_ = 0;
};

double diagonal(int width, int height) {
  return std::sqrt(static_cast<double>(width) * width + static_cast<double>(height) * height);
}

// Pixels of an object of one mask and of one of the other; all 0 where neither has any. Both masks
// have the same size.
kernels::RegionCounts region_of(const kernels::Level& level, const LabelPlanes& truth, int truth_id,
                                const LabelPlanes& prediction, int prediction_id) {
  const kernels::ColumnRange columns =
      union_of(truth.columns(truth_id), prediction.columns(prediction_id));
  if (columns.end == 0) return {};
  return level.region(truth.plane(truth_id), prediction.plane(prediction_id), truth.shape(),
                      columns);
}

}  // namespace

CountingRules::CountingRules() {
  for (int label = 0; label < kNumLabels; ++label) {
    truth_map[static_cast<std::size_t>(label)] = static_cast<std::uint8_t>(label);
    prediction_map[static_cast<std::size_t>(label)] = static_cast<std::uint8_t>(label);
  }
}

int boundary_radius(int width, int height, double tolerance) {
  if (tolerance >= 1) return static_cast<int>(tolerance);
  return static_cast<int>(std::ceil(tolerance * diagonal(width, height)));
}

struct FrameCounter::State {
  const kernels::Level* level = &kernels::level(0);
  kernels::PlaneShape shape{};
  LabelPlanes truth;
  LabelPlanes prediction;
  int void_id = 0;                    // plane of `truth` that holds void pixels, 0: none
  std::vector<std::uint64_t> strips;  // zeros, between uses
  std::vector<std::uint64_t> maps;
  std::map<int, kernels::Disk> disks;
  std::map<double, WideSteps> wide_disks;
  bool wants_runs = false;
  PredictedRuns runs;

  void take_prediction(const MaskLabels& view, const CountingRules& rules) {
    expects(view.width == shape.width && view.height == shape.height,
            "both masks of a frame have the same size");
    prediction.reset(shape);
    prediction.pack(*level, view, rules.prediction_map);
    if (wants_runs) find_runs();
    if (void_id != 0) prediction.subtract(truth, void_id);
  }

  void find_runs() {
    runs = {};
    int num_labels = 0;
    prediction.labels().for_each([&](int) { ++num_labels; });
    if (num_labels < 2) return;
    prediction.labels().for_each([&](int label) {
      const kernels::RunCounts own =
          level->runs(prediction.plane(label), shape, prediction.columns(label));
      runs.ends += own.ends;
      runs.narrow += own.narrow;
      runs.lonely += own.lonely;
    });
  }

  BoundaryCounts boundary(int truth_id, int prediction_id, double radius) {
    const std::uint64_t* const g = truth.plane(truth_id);
    const std::uint64_t* const p = prediction.plane(prediction_id);
    const auto whole = static_cast<int>(radius);
    if (whole == radius && whole <= kernels::kMaxStripRadius) {
      const auto [disk, is_new] = disks.try_emplace(whole);
      if (is_new) disk->second = make_disk(whole);
      strips.resize(std::max(strips.size(), kernels::boundary_scratch_words(shape)));
      return level->boundary(g, p, shape,
                             union_of(truth.columns(truth_id), prediction.columns(prediction_id)),
                             disk->second, strips.data());
    }
    const PixelBox box = union_of(truth.box(truth_id), prediction.box(prediction_id));
    const kernels::WideDisk disk = wide_disks.try_emplace(radius, radius).first->second.disk(box);
    maps.resize(std::max(maps.size(), kernels::wide_scratch_words(box, disk)));
    return level->boundary_wide(g, p, shape, box, disk, maps.data());
  }

  FrameCounts count(int truth_id, int prediction_id, const CountingRules& rules) {
    FrameCounts counts;
    const kernels::RegionCounts region =
        region_of(*level, truth, truth_id, prediction, prediction_id);
    counts.truth = region.truth;
    counts.prediction = region.prediction;
    counts.intersection = region.intersection;
    counts.union_area = region.truth + region.prediction - region.intersection;
    if (counts.union_area == 0) return counts;
    const BoundaryCounts boundary_counts =
        boundary(truth_id, prediction_id, radius_of(rules, region.truth));
    counts.truth_boundary = boundary_counts.truth;
    counts.prediction_boundary = boundary_counts.prediction;
    counts.truth_matched = boundary_counts.truth_matched;
    counts.prediction_matched = boundary_counts.prediction_matched;
    return counts;
  }

  double radius_of(const CountingRules& rules, std::uint32_t truth_area) const {
    if (rules.boundary == BoundaryRule::davis)
      return boundary_radius(shape.width, shape.height, rules.tolerance);
    const double cap = rules.tolerance * diagonal(shape.width, shape.height);
    const double own = std::ceil(0.1 * std::sqrt(static_cast<double>(truth_area)));
    const bool is_capped = truth_area == 0 || own >= cap;
    if (is_capped) return cap;
    return rules.boundary == BoundaryRule::mose_v2 ? own : std::ceil(cap);
  }
};

FrameCounter::FrameCounter() : state_(std::make_unique<State>()) {}
FrameCounter::~FrameCounter() = default;
FrameCounter::FrameCounter(FrameCounter&&) noexcept = default;
FrameCounter& FrameCounter::operator=(FrameCounter&&) noexcept = default;

void FrameCounter::set_truth(const MaskLabels& truth, const CountingRules& rules) {
  expects(truth.width >= 1 && truth.height >= 1, "a mask has at least one pixel");
  State& state = *state_;
  state.shape = bit_plane_shape(truth.width, truth.height);
  state.truth.reset(state.shape);
  state.void_id = 0;
  if (rules.void_label < 0) {
    state.truth.pack(*state.level, truth, rules.truth_map);
    return;
  }

  // Void pixels get a plane of their own, under an id that no label has.
  std::array<std::uint8_t, 256> map = rules.truth_map;
  std::bitset<kNumLabels> taken;
  for (const std::uint8_t id : rules.truth_map) taken.set(id);
  for (const std::uint8_t id : rules.prediction_map) taken.set(id);
  taken.reset(rules.truth_map[static_cast<std::size_t>(rules.void_label)]);
  int free_id = kNumLabels - 1;
  while (free_id > 0 && taken[static_cast<std::size_t>(free_id)]) --free_id;
  if (free_id == 0) free_id = rules.truth_map[static_cast<std::size_t>(rules.void_label)];
  if (free_id == 0) free_id = rules.void_label;
  expects(free_id > 0, "the void label has an id");
  map[static_cast<std::size_t>(rules.void_label)] = static_cast<std::uint8_t>(free_id);
  state.void_id = free_id;
  state.truth.pack(*state.level, truth, map);
}

void FrameCounter::count_prediction(const MaskLabels& prediction, const CountingRules& rules,
                                    std::vector<ObjectCounts>& counts) {
  State& state = *state_;
  state.take_prediction(prediction, rules);
  counts.clear();
  (state.truth.labels() | state.prediction.labels()).for_each([&](int id) {
    const int truth_id = id == state.void_id ? 0 : id;
    const FrameCounts found = state.count(truth_id, id, rules);
    if (found.union_area > 0) counts.push_back({id, found});
  });
}

void FrameCounter::count(const MaskLabels& truth, const MaskLabels& prediction,
                         const CountingRules& rules, std::vector<ObjectCounts>& counts) {
  expects(truth.width == prediction.width && truth.height == prediction.height,
          "both masks of a frame have the same size");
  set_truth(truth, rules);
  count_prediction(prediction, rules, counts);
}

double FrameCounter::Overlap::agreement() const {
  return either() == 0 ? 1 : static_cast<double>(same) / static_cast<double>(either());
}

FrameCounter::Overlap FrameCounter::overlap(const FrameCounter& truth,
                                            const FrameCounter& prediction) {
  const State& g = *truth.state_;
  const State& p = *prediction.state_;
  Overlap sum;
  if (g.shape.width != p.shape.width || g.shape.height != p.shape.height) return sum;
  (g.truth.labels() | p.prediction.labels()).for_each([&](int id) {
    const kernels::RegionCounts region =
        region_of(*g.level, g.truth, id == g.void_id ? 0 : id, p.prediction, id);
    sum.same += region.intersection;
    sum.truth += region.truth;
    sum.prediction += region.prediction;
  });
  return sum;
}

FrameCounter::Overlap FrameCounter::overlap(int truth_id, int prediction_id) const {
  const kernels::RegionCounts region =
      region_of(*state_->level, state_->truth, truth_id, state_->prediction, prediction_id);
  return {region.intersection, region.truth, region.prediction};
}

void FrameCounter::count_runs(bool is_wanted) {
  state_->wants_runs = is_wanted;
  state_->runs = {};
}

FrameCounter::PredictedRuns FrameCounter::predicted_runs() const { return state_->runs; }

std::vector<int> FrameCounter::truth_ids() const {
  std::vector<int> ids;
  state_->truth.labels().for_each([&](int id) {
    if (id != state_->void_id) ids.push_back(id);
  });
  return ids;
}

void FrameCounter::count_pairs(const MaskLabels& prediction, const CountingRules& rules,
                               std::span<const int> truth_ids, std::span<const int> prediction_ids,
                               std::vector<FrameCounts>& counts) {
  State& state = *state_;
  state.take_prediction(prediction, rules);
  counts.clear();
  for (const int truth_id : truth_ids) {
    for (const int prediction_id : prediction_ids) {
      counts.push_back(state.count(truth_id == state.void_id ? 0 : truth_id, prediction_id, rules));
    }
  }
}

const LabelPlanes& FrameCounter::truth_planes() const { return state_->truth; }
const LabelPlanes& FrameCounter::prediction_planes() const { return state_->prediction; }

bool FrameCounter::use_level(std::string_view name) {
  for (int i = 0; i < kernels::num_levels(); ++i) {
    if (kernels::level(i).name != name) continue;
    state_->level = &kernels::level(i);
    return true;
  }
  return false;
}

std::vector<std::string_view> FrameCounter::levels() {
  std::vector<std::string_view> names;
  for (int i = 0; i < kernels::num_levels(); ++i) names.emplace_back(kernels::level(i).name);
  return names;
}

}  // namespace angiobench
