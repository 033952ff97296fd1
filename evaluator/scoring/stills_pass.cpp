// SPDX-License-Identifier: MIT
#include "evaluator/scoring/stills_pass.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <functional>
#include <string>
#include <utility>

#include "dataset/parallel.h"
#include "evaluator/vessel/pair_measures.h"
#include "evaluator/vessel/vessel_counter.h"

namespace angiobench {
namespace {

// What a thread works with.
struct StillsWorker {
  MaskBuffers truth_buffers;
  MaskBuffers prediction_buffers;
  VesselCounter vessels;
  ConfusionCounter classes;
  Mask truth;  // labels as ids
  Mask prediction;
  std::vector<std::uint16_t> values;  // of a map that has to be made or scaled
  ReadSeconds reading;
  double seconds = 0;  // reading included
};

// The images that are scored, in the index's order.
std::vector<StillPlace> places_of(const SequenceIndex& index, const MaskSource& predictions,
                                  const MissingFrames& missing, MissingPolicy policy) {
  if (policy == MissingPolicy::error && missing.any()) {
    throw Error(ErrorKind::inconclusive, predictions.display(), "predictions are missing",
                "every image that is scored (MissingPolicy zero or skip goes on without)");
  }
  std::vector<StillPlace> places;
  for (std::size_t sequence = 0; sequence < index.sequences.size(); ++sequence) {
    const std::vector<std::uint32_t>& absent = missing.frames[sequence];
    for (std::size_t frame = 0; frame < index.sequences[sequence].frames.size(); ++frame) {
      const bool is_missing =
          std::binary_search(absent.begin(), absent.end(), static_cast<std::uint32_t>(frame));
      if (is_missing && policy == MissingPolicy::skip) continue;
      StillPlace& place = places.emplace_back();
      place.sequence = sequence;
      place.frame = frame;
      place.is_missing = is_missing;
    }
  }
  return places;
}

// Does `work` for every image; returns the first failure of each sequence.
template <typename Image>
std::vector<Error> for_each_image(std::vector<Image>& images, const StillsOptions& options,
                                  StageSeconds& seconds,
                                  const std::function<void(Image&, StillsWorker&)>& work) {
  const int num_threads = num_workers(options.jobs, images.size());
  std::vector<StillsWorker> workers(static_cast<std::size_t>(num_threads));
  for (StillsWorker& worker : workers) {
    if (options.timing)
      worker.truth_buffers.seconds = worker.prediction_buffers.seconds = &worker.reading;
  }
  std::vector<std::optional<Error>> errors(images.size());
  std::atomic<std::uint64_t> done{0};
  parallel_for(images.size(), num_threads, [&](int number, std::size_t i) {
    StillsWorker& worker = workers[static_cast<std::size_t>(number)];
    std::chrono::steady_clock::time_point start;
    if (options.timing) start = std::chrono::steady_clock::now();
    try {
      work(images[i], worker);
    } catch (const Error& error) {
      errors[i] = error;
    }
    if (options.timing) {
      worker.seconds +=
          std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    }
    const std::uint64_t now = done.fetch_add(1) + 1;
    if (options.progress) options.progress(now, images.size());
  });
  for (const StillsWorker& worker : workers) {
    seconds.read += worker.reading.read;
    seconds.hash += worker.reading.hash;
    seconds.decode += worker.reading.decode;
    seconds.count +=
        worker.seconds - worker.reading.read - worker.reading.hash - worker.reading.decode;
  }
  std::vector<Error> failures;
  std::optional<std::size_t> failed;  // the sequence that failed last
  for (std::size_t i = 0; i < images.size(); ++i) {
    if (!errors[i] || failed == images[i].place.sequence) continue;
    failed = images[i].place.sequence;
    failures.push_back(*errors[i]);
  }
  return failures;
}

template <typename Image>
std::vector<Image> images_at(const std::vector<StillPlace>& places) {
  std::vector<Image> images(places.size());
  for (std::size_t i = 0; i < places.size(); ++i) images[i].place = places[i];
  return images;
}

ExpectedMask expected_truth(const SequenceIndex& index) {
  ExpectedMask expected;
  expected.width = index.benchmark.width;
  expected.height = index.benchmark.height;
  return expected;
}

ExpectedMask like(const MaskView& truth, const StillsOptions& options) {
  return {truth.width, truth.height, options.max_mask_bytes, true};
}

// A map's values and the largest that there may be. A mask becomes a map of its two levels.
GreyMap read_map(const Sequence& sequence, std::string_view frame, const MaskView& truth,
                 const MaskSource& predictions, const StillsOptions& options, StillsWorker& worker,
                 Sha256& digest) {
  const auto* const files = dynamic_cast<const FileMaskSource*>(&predictions);
  if (files != nullptr && predictions.storage() == MaskStorage::map) {
    const GreyMap map =
        files->read_map(sequence, frame, like(truth, options), worker.prediction_buffers);
    digest = sha256(worker.prediction_buffers.bytes);
    // A file of 0 and 1 only is a mask without its scale.
    if (std::ranges::any_of(map.values, [](std::uint16_t value) { return value > 1; })) return map;
    worker.values.assign(map.values.begin(), map.values.end());
    for (std::uint16_t& value : worker.values)
      value = static_cast<std::uint16_t>(value * map.max_value);
    return {worker.values, map.width, map.height, map.max_value};
  }
  const MaskView labels =
      mapped_labels(predictions.read_labels(sequence, frame, like(truth, options),
                                            worker.prediction_buffers, digest),
                    predictions.ids(), worker.prediction);
  worker.values.clear();
  for (int y = 0; y < labels.height; ++y) {
    for (int x = 0; x < labels.width; ++x)
      worker.values.push_back(labels.at(x, y) != kBackgroundLabel ? 255 : 0);
  }
  return {worker.values, labels.width, labels.height, 255};
}

MapCounts count_map(const SequenceIndex& index, const MaskSource& predictions,
                    const StillsOptions& options, StillPlace& place, StillsWorker& worker) {
  const Sequence& sequence = index.sequences[place.sequence];
  const std::string_view frame = sequence.frames[place.frame];
  const MaskView truth =
      mapped_labels(index.masks->read_labels(sequence, frame, expected_truth(index),
                                             worker.truth_buffers, place.truth_digest),
                    index.masks->ids(), worker.truth);
  GreyMap map;
  if (place.is_missing) {
    worker.values.assign(
        static_cast<std::size_t>(truth.width) * static_cast<std::size_t>(truth.height), 0);
    map = {worker.values, truth.width, truth.height, 255};
  } else {
    map = read_map(sequence, frame, truth, predictions, options, worker, place.prediction_digest);
  }
  const auto num_values = static_cast<std::size_t>(map.max_value) + 1;
  const std::size_t threshold =
      threshold_value(options.threshold, static_cast<std::size_t>(map.max_value));
  MapCounts counts;
  counts.histogram = count_values(truth, map.values, num_values);
  counts.at = counts_at(counts.histogram, threshold);
  PairNeeds needs;
  needs.skeleton = needs.topology = true;
  Mask& mask = worker.prediction;
  if (mask.width() != map.width || mask.height() != map.height) mask = Mask(map.width, map.height);
  std::ranges::transform(map.values, mask.pixels(), [&](std::uint16_t value) {
    return static_cast<std::uint8_t>(value >= threshold ? 1 : 0);
  });
  worker.vessels.count(truth, mask.view(), needs, {}, counts.pair);
  return counts;
}

// The figures of a map that was counted, and its part of the curve of all maps.
void value_map(const MapCounts& counts, const StillsOptions& options, BinaryImage& image,
               ValueHistogram& curve) {
  const std::size_t num_values = counts.histogram.on.size();
  const std::size_t threshold = threshold_value(options.threshold, num_values - 1);
  image.at = counts.at;
  if (threshold > 1)
    image.undecided = counts.histogram.on[threshold - 1] + counts.histogram.off[threshold - 1];
  image.both_empty = counts.pair.both_empty();
  image.published = published_map_values(counts, options.rounding);
  image.exact = exact_map_values(counts);
  image.average_precision = average_precision(counts.histogram);
  curve.on.assign(256, 0);
  curve.off.assign(256, 0);
  for (std::size_t value = 0; value < num_values; ++value) {
    const std::size_t bin = value * 256 / num_values;
    curve.on[bin] += counts.histogram.on[value];
    curve.off[bin] += counts.histogram.off[value];
  }
}

void add_curve(const ValueHistogram& curve, ValueHistogram& sum) {
  sum.on.resize(256);
  sum.off.resize(256);
  for (std::size_t value = 0; value < curve.on.size(); ++value) {
    sum.on[value] += curve.on[value];
    sum.off[value] += curve.off[value];
  }
}

// The overlap of a plane of each side; both have the same size.
LabelOverlap overlap_of(const MaskView& truth, const MaskView& prediction, const MaskSource& truths,
                        const MaskSource& predictions, const Sequence& sequence,
                        std::string_view frame) {
  PlaneOverlap overlap;
  const auto width = static_cast<std::size_t>(truth.width);
  for (int y = 0; y < truth.height; ++y)
    overlap.add({truth.row(y), width}, {prediction.row(y), width});
  if (const std::optional<LabelOverlap> sums = overlap.value()) return *sums;
  const int in_truth = stray_plane_value(truth);
  const MaskSource& source = in_truth != 0 ? truths : predictions;
  throw Error(
      ErrorKind::input, source.display(sequence, frame),
      "has the value " + std::to_string(in_truth != 0 ? in_truth : stray_plane_value(prediction)),
      "0 and 1");
}

std::vector<LabelOverlap> count_planes(const SequenceIndex& index, const MaskSource& predictions,
                                       const StillsOptions& options, StillPlace& place,
                                       StillsWorker& worker) {
  const Sequence& sequence = index.sequences[place.sequence];
  const std::string_view frame = sequence.frames[place.frame];
  const std::unique_ptr<PlaneReader> truths =
      index.masks->open_planes(sequence, frame, expected_truth(index), worker.truth_buffers);
  std::unique_ptr<PlaneReader> predicted;
  if (!place.is_missing) {
    const PlaneShape& shape = truths->shape();
    predicted = predictions.open_planes(
        sequence, frame,
        {shape.width, shape.height, options.max_mask_bytes, true, shape.num_planes},
        worker.prediction_buffers);
    if (predicted->ids() != truths->ids()) {
      throw Error(ErrorKind::input, predictions.display(sequence, frame),
                  "has " + std::to_string(predicted->ids().size()) + " planes",
                  std::to_string(truths->ids().size()) + ", as the truth");
    }
  }
  std::vector<LabelOverlap> labels;
  for (std::size_t i = 0; i < truths->ids().size(); ++i) {
    const MaskView truth = truths->next(expected_truth(index));
    if (predicted != nullptr) {
      labels.push_back(overlap_of(truth, predicted->next(like(truth, options)), *index.masks,
                                  predictions, sequence, frame));
      continue;
    }
    LabelOverlap overlap = overlap_of(truth, truth, *index.masks, *index.masks, sequence, frame);
    overlap.intersection = 0;  // nothing is predicted
    labels.push_back(overlap);
  }
  place.truth_digest = truths->digest();
  if (predicted != nullptr) place.prediction_digest = predicted->digest();
  return labels;
}

void count_classes(const SequenceIndex& index, const MaskSource& predictions,
                   const StillsOptions& options, const ClassRules& rules, StillPlace& place,
                   ConfusionMatrix& matrix, StillsWorker& worker) {
  const Sequence& sequence = index.sequences[place.sequence];
  const std::string_view frame = sequence.frames[place.frame];
  const MaskView truth = index.masks->read_labels(sequence, frame, expected_truth(index),
                                                  worker.truth_buffers, place.truth_digest);
  worker.classes.set_truth(truth, rules);
  MaskView predicted;
  if (place.is_missing) {
    worker.prediction = Mask(truth.width, truth.height);
    predicted = worker.prediction.view();
  } else {
    // The truth is packed: its buffer, still in cache, may go.
    predicted = predictions.read_labels(sequence, frame, like(truth, options), worker.truth_buffers,
                                        place.prediction_digest);
  }
  const auto stray = worker.classes.count_prediction(predicted, rules, matrix);
  if (!stray) return;
  const MaskSource& source = stray->in_prediction ? predictions : *index.masks;
  throw stray_label(*stray, source.display(sequence, frame), rules, index.benchmark);
}

void sum_classes(SemanticOutcome& outcome) {
  for (const SemanticImage& image : outcome.images) {
    outcome.total.add(image.matrix);
    outcome.sequences[image.place.sequence].add(image.matrix);
  }
}

// Adds the images up; what the first one is not like is a failure.
void sum_labels(const SequenceIndex& index, MultilabelOutcome& outcome) {
  for (const MultilabelImage& image : outcome.images) {
    if (!outcome.sums) outcome.sums.emplace(image.labels.size());
    if (outcome.sums->num_labels() != image.labels.size()) {
      const Sequence& sequence = index.sequences[image.place.sequence];
      outcome.failures.emplace_back(
          ErrorKind::input, index.masks->display(sequence, sequence.frames[image.place.frame]),
          "has " + std::to_string(image.labels.size()) + " planes",
          std::to_string(outcome.sums->num_labels()) + ", as the images before");
      return;
    }
    outcome.sums->add_image(image.labels);
  }
}

}  // namespace

std::vector<Error> count_stills(Task task, const SequenceIndex& index,
                                const MaskSource& predictions, int num_classes,
                                const MissingFrames& missing, const StillsOptions& options,
                                StageSeconds& seconds,
                                const std::function<void(StillCounts&&)>& on_image) {
  expects(task != Task::objects, "stills have no objects");
  const ClassRules rules = class_rules(index.benchmark, num_classes, options.void_label);
  std::vector<StillCounts> images =
      images_at<StillCounts>(places_of(index, predictions, missing, options.missing));
  return for_each_image<StillCounts>(
      images, options, seconds, [&](StillCounts& image, StillsWorker& worker) {
        StillCounts counted;
        counted.place = image.place;
        if (task == Task::binary) {
          counted.map = count_map(index, predictions, options, counted.place, worker);
        } else if (task == Task::semantic) {
          count_classes(index, predictions, options, rules, counted.place, counted.matrix, worker);
        } else {
          counted.labels = count_planes(index, predictions, options, counted.place, worker);
        }
        on_image(std::move(counted));
      });
}

BinaryOutcome score_binary(const SequenceIndex& index, const MaskSource& predictions,
                           const MissingFrames& missing, const StillsOptions& options) {
  BinaryOutcome outcome;
  outcome.images = images_at<BinaryImage>(places_of(index, predictions, missing, options.missing));
  std::vector<ValueHistogram> curves(outcome.images.size());
  outcome.failures = for_each_image<BinaryImage>(
      outcome.images, options, outcome.seconds, [&](BinaryImage& image, StillsWorker& worker) {
        ValueHistogram& curve = curves[static_cast<std::size_t>(&image - outcome.images.data())];
        value_map(count_map(index, predictions, options, image.place, worker), options, image,
                  curve);
      });
  if (!outcome.failures.empty()) return outcome;
  add_curve({}, outcome.curve);
  for (const ValueHistogram& curve : curves) add_curve(curve, outcome.curve);
  return outcome;
}

BinaryOutcome binary_outcome(const StillSource& images, const StillsOptions& options) {
  BinaryOutcome outcome;
  add_curve({}, outcome.curve);
  ValueHistogram curve;
  images([&](StillCounts&& counts) {
    BinaryImage& image = outcome.images.emplace_back();
    image.place = counts.place;
    value_map(counts.map, options, image, curve);
    add_curve(curve, outcome.curve);
  });
  return outcome;
}

SemanticOutcome score_semantic(const SequenceIndex& index, const MaskSource& predictions,
                               int num_classes, const MissingFrames& missing,
                               const StillsOptions& options) {
  const ClassRules rules = class_rules(index.benchmark, num_classes, options.void_label);
  SemanticOutcome outcome;
  outcome.images =
      images_at<SemanticImage>(places_of(index, predictions, missing, options.missing));
  outcome.failures = for_each_image<SemanticImage>(
      outcome.images, options, outcome.seconds, [&](SemanticImage& image, StillsWorker& worker) {
        count_classes(index, predictions, options, rules, image.place, image.matrix, worker);
      });
  outcome.total = ConfusionMatrix(num_classes);
  outcome.sequences.assign(index.sequences.size(), ConfusionMatrix(num_classes));
  if (outcome.failures.empty()) sum_classes(outcome);
  return outcome;
}

SemanticOutcome semantic_outcome(const StillSource& images, std::size_t num_sequences,
                                 int num_classes) {
  SemanticOutcome outcome;
  outcome.total = ConfusionMatrix(num_classes);
  outcome.sequences.assign(num_sequences, ConfusionMatrix(num_classes));
  images([&](StillCounts&& counts) {
    outcome.images.push_back({counts.place, std::move(counts.matrix)});
  });
  sum_classes(outcome);
  return outcome;
}

MultilabelOutcome score_multilabel(const SequenceIndex& index, const MaskSource& predictions,
                                   const MissingFrames& missing, const StillsOptions& options) {
  MultilabelOutcome outcome;
  outcome.images =
      images_at<MultilabelImage>(places_of(index, predictions, missing, options.missing));
  outcome.failures = for_each_image<MultilabelImage>(
      outcome.images, options, outcome.seconds, [&](MultilabelImage& image, StillsWorker& worker) {
        image.labels = count_planes(index, predictions, options, image.place, worker);
      });
  if (outcome.failures.empty()) sum_labels(index, outcome);
  return outcome;
}

MultilabelOutcome multilabel_outcome(const StillSource& images, const SequenceIndex& index) {
  MultilabelOutcome outcome;
  images([&](StillCounts&& counts) {
    outcome.images.push_back({counts.place, std::move(counts.labels)});
  });
  sum_labels(index, outcome);
  return outcome;
}

ClassRules class_rules(const BenchmarkDefinition& benchmark, int num_classes, int void_label) {
  ClassRules rules;
  rules.num_classes = num_classes;
  rules.truth_map = benchmark.labels.truth_ids;
  rules.prediction_map = benchmark.labels.prediction_ids;
  rules.void_label = void_label;
  if (void_label >= 0) {
    const auto label = static_cast<std::size_t>(void_label);
    rules.prediction_map[label] = static_cast<std::uint8_t>(label);
  }
  return rules;
}

Error stray_label(const ConfusionCounter::StrayLabel& stray, const std::string& place,
                  const ClassRules& rules, const BenchmarkDefinition& benchmark) {
  return Error(
      ErrorKind::input, place,
      "has the label " + std::to_string(stray.label) + ", which is no class",
      "the classes 0 to " + std::to_string(rules.num_classes - 1) + " of " + benchmark.name);
}

}  // namespace angiobench
