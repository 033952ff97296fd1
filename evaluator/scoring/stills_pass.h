// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "dataset/error.h"
#include "dataset/files/digest.h"
#include "dataset/masks/mask_source.h"
#include "dataset/progress.h"
#include "dataset/sequence_index.h"
#include "evaluator/classes/confusion.h"
#include "evaluator/classes/multilabel.h"
#include "evaluator/scoring/scorer.h"
#include "evaluator/vessel/map_score.h"

namespace angiobench {

struct StillsOptions {
  int jobs = 0;  // threads; 0: all cores. Does not change a byte
  MissingPolicy missing = MissingPolicy::error;
  std::uint64_t max_mask_bytes = 0;  // as ScoreOptions
  ProgressCallback progress;         // of images
  double threshold = 0.5;            // of maps: predicted from this share of their range on
  int rounding = 4;                  // decimals of BinaryImage::published; -1: not rounded
  /// Semantic: label of the truth that counts nowhere; -1: none.
  int void_label = 255;
  bool timing = false;  // fill StageSeconds: reading the clock costs half a percent
};

/// Which image of a data set something is about.
struct StillPlace {
  std::size_t sequence = 0;  // position in the index
  std::size_t frame = 0;     // position in Sequence::frames
  bool is_missing = false;   // there is no prediction: scored as an empty one (MissingPolicy::zero)
  Sha256 truth_digest{};
  Sha256 prediction_digest{};  // zeros where it is missing
};

/// One image of a binary task (DIAS): a probability map, or a mask, against a mask.
struct BinaryImage {
  StillPlace place;
  MapValues published{};  // by kMapMeasures
  MapValues exact{};
  std::optional<double> average_precision;
  ThresholdCounts at;       // at the threshold
  bool both_empty = false;  // neither truth nor prediction has a pixel
  /// Pixels of the largest value below the threshold: the public code writes floor(255 p), in which
  /// byte 127 stands for probabilities on both sides of a half.
  std::uint64_t undecided = 0;
};

struct BinaryOutcome {
  std::vector<BinaryImage> images;  // in the index's order
  ValueHistogram curve;             // of all images, 256 bins (the high bytes of 16-bit maps)
  std::vector<Error> failures;      // the first of each sequence; then nothing else is of use
  StageSeconds seconds;
};

/// One image of a semantic task.
struct SemanticImage {
  StillPlace place;
  ConfusionMatrix matrix;
};

struct SemanticOutcome {
  std::vector<SemanticImage> images;
  ConfusionMatrix total;
  std::vector<ConfusionMatrix> sequences;  // by position in the index; the unit of resampling
  std::vector<Error> failures;
  StageSeconds seconds;
};

/// One image of a multi-label task (PAXRay): overlaps by plane.
struct MultilabelImage {
  StillPlace place;
  std::vector<LabelOverlap> labels;
};

struct MultilabelOutcome {
  std::vector<MultilabelImage> images;
  std::optional<MultilabelSums> sums;  // none where there is no image
  std::vector<Error> failures;
  StageSeconds seconds;
};

/// What is counted of one image: the integers of its task, from which all its figures follow.
struct StillCounts {
  StillPlace place;
  MapCounts map;                     // binary; histogram and areas at the threshold
  ConfusionMatrix matrix;            // semantic
  std::vector<LabelOverlap> labels;  // multilabel
};

/// Hands over the images that are scored, in the index's order: who reads them from where they were
/// kept.
using StillSource = std::function<void(const std::function<void(StillCounts&&)>& on_image)>;

/// Counts every annotated image once, in parallel, and hands each over from a worker thread, in any
/// order. `num_classes` is of the task semantic. Returns the first failure of each sequence that
/// has one.
std::vector<Error> count_stills(Task task, const SequenceIndex& index,
                                const MaskSource& predictions, int num_classes,
                                const MissingFrames& missing, const StillsOptions& options,
                                StageSeconds& seconds,
                                const std::function<void(StillCounts&&)>& on_image);

// What the passes below come to, from images that were counted before.
BinaryOutcome binary_outcome(const StillSource& images, const StillsOptions& options);
SemanticOutcome semantic_outcome(const StillSource& images, std::size_t num_sequences,
                                 int num_classes);
MultilabelOutcome multilabel_outcome(const StillSource& images, const SequenceIndex& index);

/// How the labels of a benchmark's semantic task become classes. Void is the truth's alone: a
/// prediction has to name a class.
ClassRules class_rules(const BenchmarkDefinition& benchmark, int num_classes, int void_label);
/// What is said of a label that is no class, in the mask that is called `place`.
Error stray_label(const ConfusionCounter::StrayLabel& stray, const std::string& place,
                  const ClassRules& rules, const BenchmarkDefinition& benchmark);

// Each decodes every annotated image once, in parallel; a thread holds one image, of planes one
// plane of each side. `missing` is find_missing's answer; under MissingPolicy::error it must be
// empty (Error{inconclusive}). A file that cannot be read, and what the task does not allow (labels
// above the table, planes of other numbers or values), is a failure.
BinaryOutcome score_binary(const SequenceIndex& index, const MaskSource& predictions,
                           const MissingFrames& missing, const StillsOptions& options = {});
/// Classes are 0 … num_classes - 1, what the benchmark's labels mean.
SemanticOutcome score_semantic(const SequenceIndex& index, const MaskSource& predictions,
                               int num_classes, const MissingFrames& missing,
                               const StillsOptions& options = {});
MultilabelOutcome score_multilabel(const SequenceIndex& index, const MaskSource& predictions,
                                   const MissingFrames& missing, const StillsOptions& options = {});

}  // namespace angiobench
