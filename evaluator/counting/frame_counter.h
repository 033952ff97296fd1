// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "dataset/masks/mask.h"
#include "evaluator/counting/counts.h"

namespace angiobench {

class LabelPlanes;

/// How far apart two boundary pixels may be to match.
enum class BoundaryRule {
  davis,  // r = ceil(tolerance * diagonal) for tolerance < 1, else the tolerance; one disk a frame
  mose_v2,  // Ḟ: r = min(ceil(0.1 sqrt(|G|)), 0.008 * diagonal) an object and frame; G empty: 0.008
            // * diagonal
  mose_v2_plain  // MOSEv2's plain F: ceil(0.008 * diagonal), but un-ceiled where Ḟ's radius reaches
                 // the cap
};

/// How the pixels of both masks become objects, and what is counted of them.
struct CountingRules {
  std::array<std::uint8_t, 256> truth_map;       // raw truth label -> object id, 0: background
  std::array<std::uint8_t, 256> prediction_map;  // raw predicted label -> object id
  int void_label = -1;  // pixels with this raw truth label leave both masks; -1: none
  BoundaryRule boundary = BoundaryRule::davis;
  double tolerance = 0.008;  // of the diagonal where < 1, else pixels (a whole number)

  CountingRules();  // both maps are the identity
  friend bool operator==(const CountingRules&, const CountingRules&) = default;
};

/// The counts of one object in one frame.
struct ObjectCounts {
  int id = 0;
  FrameCounts counts;

  friend bool operator==(const ObjectCounts&, const ObjectCounts&) = default;
};

/// Radius in pixels that the rule `davis` gives a frame of this size.
int boundary_radius(int width, int height, double tolerance);

/// Counts the eight integers of every object of a frame. Holds buffers that are reused from frame
/// to frame: one a thread. The cost grows with the boxes around objects, not with their number.
///
/// Boundary map (DAVIS 2017): a pixel is boundary where it differs from its right, lower or lower
/// right neighbour; the image's last row and column repeat outside. Matching: within the disk {x^2
/// + y^2 <= r^2}; outside the image is empty.
class FrameCounter {
 public:
  FrameCounter();
  ~FrameCounter();
  FrameCounter(FrameCounter&&) noexcept;
  FrameCounter& operator=(FrameCounter&&) noexcept;

  /// The objects (id >= 1) that occur in either mask, by id; objects that occur in neither are not
  /// listed (their counts are all zero). Both masks have the same size. `counts` is overwritten,
  /// its capacity reused.
  void count(const MaskLabels& truth, const MaskLabels& prediction, const CountingRules& rules,
             std::vector<ObjectCounts>& counts);

  // The same in two steps, so that the second mask may be decoded into the buffer of the first.
  /// Takes in the ground truth; the view may go away afterwards.
  void set_truth(const MaskLabels& truth, const CountingRules& rules);
  /// Counts against the truth of set_truth, under the same rules.
  void count_prediction(const MaskLabels& prediction, const CountingRules& rules,
                        std::vector<ObjectCounts>& counts);

  /// Pixels in which the truth of one counter and the prediction of another have the same object,
  /// and those of their objects: how a prediction fits the truth of another frame. Nothing of both
  /// where their frames differ in size.
  struct Overlap {
    std::uint64_t same = 0;
    std::uint64_t truth = 0;
    std::uint64_t prediction = 0;

    std::uint64_t either() const { return truth + prediction - same; }
    /// In [0, 1], near the intersection over the union; 1 where both are empty.
    double agreement() const;
  };
  static Overlap overlap(const FrameCounter& truth, const FrameCounter& prediction);
  /// Pixels of one object of the truth and of one of the prediction, of the masks that were taken
  /// in last.
  Overlap overlap(int truth_id, int prediction_id) const;

  /// The runs of a prediction's labels along its rows, before void is taken out. A mask with hard
  /// edges is one pixel wide in few of its places; a smoothed one along its edges.
  struct PredictedRuns {
    std::uint32_t ends = 0;    // runs that end before the image does
    std::uint32_t narrow = 0;  // runs of one pixel
    std::uint32_t lonely = 0;  // of these, such with others above and below; and gaps of one pixel
  };
  /// Whether predictions of several labels have their runs counted; not until somebody asks.
  void count_runs(bool is_wanted);
  /// Of the prediction that was taken in last; nothing where it has less than two labels.
  PredictedRuns predicted_runs() const;

  /// Objects of the truth that set_truth took in, by id.
  std::vector<int> truth_ids() const;

  /// Every pair (truth id, prediction id) with its counts, truth first; ids as listed. For
  /// assignments.
  void count_pairs(const MaskLabels& prediction, const CountingRules& rules,
                   std::span<const int> truth_ids, std::span<const int> prediction_ids,
                   std::vector<FrameCounts>& counts);

  /// The bit planes of the masks that were taken in last, by object id, for who measures more of
  /// them than boundaries; void pixels are in none of the prediction's. They change with the next
  /// frame.
  const LabelPlanes& truth_planes() const;
  const LabelPlanes& prediction_planes() const;

  /// Chooses the vector instructions by name ("avx512vpopcntdq", "avx512", "avx2", "baseline"), for
  /// tests. Returns false where this CPU cannot run them.
  bool use_level(std::string_view name);
  /// Names of the levels that this CPU can run, best (the default) first.
  static std::vector<std::string_view> levels();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace angiobench
