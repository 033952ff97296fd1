// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "evaluator/vessel/pair_counts.h"
#include "evaluator/vessel/pair_measures.h"

namespace angiobench {

/// One pair as its measures see it: what several of them share is worked out once.
struct PairFrame {
  const PairCounts& counts;
  Spacing spacing;
  DistanceMeasures border;  // where border distances were counted
  ContourMeasures contour;  // where contours were counted
};

/// `needs` says what of `counts` was counted.
PairFrame pair_frame(const PairCounts& counts, const PairNeeds& needs, const Spacing& spacing);

/// What a number of a pair is.
enum class PairUnit {
  fraction,  // [0, 1]; correlation: [-1, 1]
  length,    // pixels, or mm under a spacing
  pixels,    // number of pixels
  number,    // of components or holes
};

/// How the frames of an object become one number.
enum class PairReduce {
  mean,          // over frames with a value
  mean_defined,  // over frames in which both sides have something
  sum,
  ratio,  // of the sums of both parts
};

/// Two integers (or reals) whose sums over frames are divided.
struct PairParts {
  double part = 0;
  double whole = 0;
};

/// A row of the table of what a pair of masks can say.
struct PairMeasure {
  std::string_view id;     // in files and protocols: "hd95", "recall_thin", "nsd@2"
  std::string_view group;  // "overlap", "cldice", "centreline", "radius", "topology", "distance",
                           // "nsd@2", "f@3", "distance-contour"
  std::string_view words;  // what it measures
  bool lower_is_better = false;
  PairUnit unit = PairUnit::fraction;
  PairReduce reduce = PairReduce::mean;
  PairNeeds needs;
  /// Of one pair; empty where there is no value. Null for `ratio`.
  std::optional<double> (*value)(const PairFrame& frame) = nullptr;
  /// For `ratio`.
  PairParts (*parts)(const PairFrame& frame) = nullptr;
  std::string_view name = {};  // printed; empty: the id, with blanks for "_"
};

/// Every measure, groups together. Each distance stands there twice: with the substitution for
/// empty sides, and as "…_defined" over pairs with both sides.
std::span<const PairMeasure> pair_measures();

/// The row of this id; nullptr where there is none.
const PairMeasure* find_pair_measure(std::string_view id);

/// The measures that words ask for: ids, groups, or "vessel" (every group but "overlap" and
/// "distance-contour"); each once, in the order of the table. A word that means nothing is returned
/// in `unknown`.
std::vector<const PairMeasure*> select_pair_measures(std::span<const std::string> words,
                                                     std::vector<std::string>& unknown);

/// What all of them need.
PairNeeds needs_of(std::span<const PairMeasure* const> measures);

/// One measure of one object over frames.
struct PairResult {
  std::optional<double> value;  // none where no frame has one
  std::uint32_t frames = 0;     // that entered
  std::uint32_t one_empty = 0;  // of those, with one side empty
  std::uint32_t left_out = 0;  // without a value, or with both sides empty where those are left out
  double part = 0;             // value = part / whole, also over several objects; `sum`: whole is 1
  double whole = 0;
};

/// A frame in which neither mask has the object.
enum class PairBothEmpty {
  counts,    // fractions 1, distances and counts 0
  left_out,  // counted apart
};

/// Whether the prediction of a frame is there.
enum class PairPrediction {
  there,
  missing,  // it counts as empty, and is never better than something: where the truth is empty,
            // too, fractions are 0 and distances the worst there are
};

/// Adds up the frames of one object.
class PairSums {
 public:
  PairSums(std::span<const PairMeasure* const> measures, PairBothEmpty both_empty);

  void add(const PairFrame& frame, PairPrediction prediction = PairPrediction::there);
  /// In the order of the measures. Means are NumPy's, in the order of frames.
  std::vector<PairResult> results() const;

 private:
  struct Sums {
    std::vector<double> values;  // means only
    double part = 0;
    double whole = 0;
    std::uint32_t frames = 0;
    std::uint32_t one_empty = 0;
    std::uint32_t left_out = 0;
  };

  std::vector<const PairMeasure*> measures_;
  std::vector<Sums> sums_;
  PairBothEmpty both_empty_;
};

}  // namespace angiobench
