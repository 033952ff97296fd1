// SPDX-License-Identifier: MIT
#include "evaluator/scoring/task_scorer.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <iterator>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include "dataset/class_table.h"
#include "dataset/error.h"
#include "dataset/files/digest.h"
#include "dataset/finding_codes.h"
#include "evaluator/measures.h"
#include "evaluator/pairwise_sum.h"
#include "evaluator/scoring/stills_pass.h"
#include "evaluator/task_measures.h"

namespace angiobench {
namespace {

struct TaskInput {
  const SequenceIndex& index;
  const MaskSource& predictions;
  const Protocol& protocol;
  const MissingFrames& missing;
  const ScoreOptions& options;
  const StillSource* counted = nullptr;  // images that were counted before; null: their masks are

  bool wants_images() const {
    return options.rows == FrameRows::keep || static_cast<bool>(options.on_sequence);
  }
};

StillsOptions options_of(const TaskInput& input) {
  return stills_options(input.protocol, input.options);
}

// --- what every task's result is made of ---

// Names, in a finding, of what is listed: "s3, s7, … (9 in all)".
std::string list_of(const std::vector<std::string>& names) {
  constexpr std::size_t kShown = 5;
  std::string text;
  for (std::size_t i = 0; i < std::min(kShown, names.size()); ++i)
    text += (i == 0 ? "" : ", ") + names[i];
  return names.size() > kShown ? text + ", … (" + std::to_string(names.size()) + " in all)" : text;
}

std::string image_name(const TaskInput& input, const StillPlace& place) {
  const Sequence& sequence = input.index.sequences[place.sequence];
  if (input.index.benchmark.has_single_images()) return sequence.name;
  return sequence.name + "/" + std::string(sequence.frames[place.frame]);
}

// The digest of a whole side as counting_pass has it: of each sequence's name and digest, which is
// of its frames' names and digests.
class SideDigest {
 public:
  void add_image(std::string_view frame, const Sha256& digest) {
    const Sha256 unread{};
    if (digest == unread) return;
    sequence_->update(frame);
    sequence_->update(std::string_view("\0", 1));
    sequence_->update(digest);
  }
  void end_sequence(std::string_view name) {
    whole_.update(name);
    whole_.update(std::string_view("\0", 1));
    whole_.update(sequence_->finish());
    sequence_.emplace();
  }
  std::string finish() { return format_digest(whole_.finish()); }

 private:
  Sha256Stream whole_;
  std::optional<Sha256Stream> sequence_{std::in_place};
};

// Sequences of a result from its images, which stand in the index's order: `fill` gives each
// sequence what it has of its images, `image_score` the line of one.
template <typename Image>
void add_sequences(
    const TaskInput& input, std::vector<Image>& images, Result& result,
    const std::function<void(std::size_t, std::span<const Image>, SequenceScore&)>& fill,
    const std::function<ImageScore(const Image&)>& image_score) {
  SideDigest truth;
  SideDigest prediction;
  std::size_t first = 0;
  for (std::size_t i = 0; i < input.index.sequences.size(); ++i) {
    const Sequence& sequence = input.index.sequences[i];
    std::size_t last = first;
    while (last < images.size() && images[last].place.sequence == i) ++last;
    const std::span<const Image> own(images.data() + first, last - first);
    first = last;
    SequenceScore scored;
    scored.name = sequence.name;
    scored.frames_scored = static_cast<std::uint32_t>(own.size());
    scored.complete =
        input.options.missing != MissingPolicy::skip || input.missing.frames[i].empty();
    for (const Image& image : own) {
      const std::string_view frame = sequence.frames[image.place.frame];
      truth.add_image(frame, image.place.truth_digest);
      prediction.add_image(frame, image.place.prediction_digest);
      if (!input.wants_images()) continue;
      scored.images.push_back(image_score(image));
      scored.images.back().name = frame;
    }
    truth.end_sequence(sequence.name);
    prediction.end_sequence(sequence.name);
    if (!own.empty()) fill(i, own, scored);
    if (input.options.on_sequence) input.options.on_sequence(scored);
    if (input.options.rows == FrameRows::drop) scored.images = std::vector<ImageScore>();
    result.complete = result.complete && scored.complete;
    result.dataset.frames_scored += scored.frames_scored;
    result.sequences.push_back(std::move(scored));
  }
  result.dataset.digest = truth.finish();
  result.submission.digest = prediction.finish();
}

void note_missing_value(Result& result, const std::string& what,
                        const std::vector<std::string>& images) {
  if (images.empty()) return;
  result.findings.push_back(make_finding("S016", {},
                                         what + " has no value in " +
                                             std::to_string(images.size()) +
                                             (images.size() == 1 ? " image (" : " images (") +
                                             list_of(images) + "), which its mean leaves out"));
}

std::vector<int> ids_where(const std::vector<ClassScore>& classes,
                           const std::function<bool(const ClassScore&)>& keep) {
  std::vector<int> ids;
  for (const ClassScore& one : classes) {
    if (keep(one)) ids.push_back(one.id);
  }
  return ids;
}

std::vector<int> ids_of(const std::vector<ClassScore>& classes, ClassSet set) {
  return ids_where(
      classes, [set](const ClassScore& one) { return set == ClassSet::all || !one.is_background; });
}

std::vector<int> ids_of(const std::vector<ClassScore>& classes, ObjectGroup group) {
  return ids_where(classes, [group](const ClassScore& one) { return one.group == group; });
}

// The classes or labels of the task by id; those that nobody names are called as their id.
std::vector<ClassScore> named_classes(const SequenceIndex& index, std::size_t count) {
  std::vector<ClassScore> classes(count);
  for (std::size_t i = 0; i < count; ++i) {
    classes[i].id = static_cast<int>(i);
    classes[i].name = std::to_string(i);
  }
  for (const LabelClass& known : class_table(index)) {
    if (static_cast<std::size_t>(known.id) < count)
      classes[static_cast<std::size_t>(known.id)].name = known.name;
  }
  return classes;
}

// A class of neither side has no value anywhere, which is told once.
void note_absent_classes(const TaskInput& input, Result& result) {
  std::vector<std::string> absent;
  for (const ClassScore& one : result.classes) {
    if (!one.sums.occurs())
      absent.push_back(std::to_string(one.id) +
                       (one.name == std::to_string(one.id) ? "" : " (" + one.name + ")"));
  }
  if (absent.empty()) return;
  const std::string noun = input.protocol.task == Task::multilabel ? "label" : "class";
  result.findings.push_back(
      make_finding("S016", {},
                   "the " + noun +
                       (absent.size() == 1 ? " "
                        : noun == "label"  ? "s "
                                           : "es ") +
                       list_of(absent) + (absent.size() == 1 ? " occurs" : " occur") +
                       " on neither side: no value, and in no mean over " + noun +
                       (noun == "label" ? "s but the published one" : "es")));
}

void add_aggregate(Result& result, const Metric& metric, Scope scope, std::optional<double> value,
                   std::size_t n, std::size_t left_out) {
  Aggregate& aggregate = result.aggregates.emplace_back();
  aggregate.metric = metric;
  aggregate.scope = scope;
  aggregate.value = value;
  aggregate.n = n;
  aggregate.n_left_out = left_out;
}

// --- semantic ---

std::optional<double> class_value(const ConfusionMatrix& matrix, ClassQuantity quantity,
                                  std::span<const int> ids) {
  switch (quantity) {
    case ClassQuantity::iou:
      return mean_iou(matrix, ids);
    case ClassQuantity::dice:
      return mean_dice(matrix, ids);
    case ClassQuantity::pixel_accuracy:
      return pixel_accuracy(matrix);
    case ClassQuantity::frequency_weighted_iou:
      return frequency_weighted_iou(matrix);
  }
  return std::nullopt;
}

std::vector<ClassSums> sums_of(const ConfusionMatrix& matrix) {
  std::vector<ClassSums> sums;
  for (int label = 0; label < matrix.num_classes(); ++label)
    sums.push_back({matrix.at(label, label), matrix.truth(label), matrix.prediction(label)});
  return sums;
}

std::vector<ClassScore> semantic_classes(const TaskInput& input, const SemanticOutcome& outcome) {
  const TaskRules& rules = input.protocol.task_rules;
  const ConfusionMatrix& total = outcome.total;
  std::vector<ClassScore> classes =
      named_classes(input.index, static_cast<std::size_t>(total.num_classes()));
  for (ClassScore& one : classes) {
    one.is_background = one.id == rules.background;
    if (!rules.seen.empty() && !one.is_background) {
      one.group =
          std::ranges::binary_search(rules.seen, one.id) ? ObjectGroup::seen : ObjectGroup::unseen;
    }
    one.sums = {total.at(one.id, one.id), total.truth(one.id), total.prediction(one.id)};
    fill_values(one);
    std::vector<double> of_images;
    for (const SemanticImage& image : outcome.images) {
      if (const std::optional<double> value = class_iou(image.matrix, one.id))
        of_images.push_back(*value);
    }
    one.images = of_images.size();
    if (!of_images.empty()) one.iou_image = pairwise_mean(of_images);
  }
  return classes;
}

// A measure of one image or of a sum of images.
std::optional<double> matrix_value(const TaskMeasure& measure, const ConfusionMatrix& matrix,
                                   const std::vector<ClassScore>& classes) {
  return class_value(matrix, measure.quantity, ids_of(classes, measure.set));
}

// The mean over images of what each of them has.
MeasuredValue mean_over_images(const TaskMeasure& measure, std::span<const SemanticImage> images,
                               const std::vector<ClassScore>& classes) {
  std::vector<double> values;
  for (const SemanticImage& image : images) {
    if (const std::optional<double> value = matrix_value(measure, image.matrix, classes))
      values.push_back(*value);
  }
  if (values.empty()) return {std::nullopt, 0};
  return {pairwise_mean(values), static_cast<std::uint32_t>(values.size())};
}

void add_semantic_aggregates(const TaskInput& input, const SemanticOutcome& outcome,
                             Result& result) {
  const std::vector<ClassScore>& classes = result.classes;
  const auto num_defined = [&](const std::vector<int>& ids) {
    return static_cast<std::size_t>(std::ranges::count_if(
        ids, [&](int id) { return classes[static_cast<std::size_t>(id)].iou.has_value(); }));
  };
  const auto add = [&](const Metric& metric, const TaskMeasure& measure, Scope scope,
                       const std::vector<int>& ids) {
    const std::size_t n = num_defined(ids);
    add_aggregate(result, metric, scope, class_value(outcome.total, measure.quantity, ids), n,
                  ids.size() - n);
  };
  const std::vector<int> seen = ids_of(classes, ObjectGroup::seen);
  const std::vector<int> unseen = ids_of(classes, ObjectGroup::unseen);
  for (const Metric& metric : input.protocol.measures) {
    const TaskMeasure& measure = *find_task_measure(Task::semantic, metric);
    if (measure.pooling == ClassPooling::within_images) {
      const MeasuredValue mean = mean_over_images(measure, outcome.images, classes);
      add_aggregate(result, metric, Scope::overall, mean.value, mean.n,
                    outcome.images.size() - mean.n);
    } else if (measure.is_of_groups) {
      if (seen.empty() || unseen.empty()) continue;
      add(metric, measure, Scope::seen, seen);
      add(metric, measure, Scope::unseen, unseen);
    } else if (counted_noun(measure) == "image") {
      add_aggregate(result, metric, Scope::overall, matrix_value(measure, outcome.total, classes),
                    outcome.images.size(), 0);
    } else {
      add(metric, measure, Scope::overall, ids_of(classes, measure.set));
    }
  }
}

std::size_t score_semantic_task(const TaskInput& input, ScoreOutcome& scored) {
  const int num_classes = num_classes_of(input.index.benchmark);
  SemanticOutcome outcome =
      input.counted != nullptr
          ? semantic_outcome(*input.counted, input.index.sequences.size(), num_classes)
          : score_semantic(input.index, input.predictions, num_classes, input.missing,
                           options_of(input));
  scored.seconds = outcome.seconds;
  scored.failures = std::move(outcome.failures);
  if (!scored.failures.empty()) return 0;
  Result& result = scored.result;
  result.classes = semantic_classes(input, outcome);
  const std::vector<ClassScore>& classes = result.classes;
  result.confusion.emplace();
  for (const ClassScore& one : classes) {
    result.confusion->labels.push_back(one.id);
    std::vector<std::uint64_t>& row = result.confusion->rows.emplace_back();
    for (const ClassScore& other : classes) row.push_back(outcome.total.at(one.id, other.id));
  }
  std::vector<const TaskMeasure*> measures;
  for (const Metric& metric : input.protocol.measures) {
    const TaskMeasure* const measure = find_task_measure(Task::semantic, metric);
    if (!measure->is_of_groups) measures.push_back(measure);
  }
  const auto fill = [&](std::size_t sequence, std::span<const SemanticImage> images,
                        SequenceScore& score) {
    const ConfusionMatrix& matrix = outcome.sequences[sequence];
    score.classes = sums_of(matrix);
    for (const TaskMeasure* const measure : measures) {
      const std::optional<double> value = matrix_value(*measure, matrix, classes);
      score.measures[Metric(measure->id)] = measure->pooling == ClassPooling::within_images
                                                ? mean_over_images(*measure, images, classes)
                                                : MeasuredValue{value, value ? 1U : 0U};
    }
  };
  const auto image_score = [&](const SemanticImage& image) {
    ImageScore score;
    for (const TaskMeasure* const measure : measures) {
      if (measure->pooling != ClassPooling::within_images)
        score.measures[Metric(measure->id)] = matrix_value(*measure, image.matrix, classes);
    }
    score.classes = sums_of(image.matrix);
    return score;
  };
  add_sequences<SemanticImage>(input, outcome.images, result, fill, image_score);
  add_semantic_aggregates(input, outcome, result);
  note_absent_classes(input, result);
  return outcome.images.size();
}

// --- labels that may overlap ---

MultilabelRule rule_of(const TaskMeasure& measure) {
  switch (measure.pooling) {
    case ClassPooling::images_published:
      return MultilabelRule::published;
    case ClassPooling::images_either:
      return MultilabelRule::ours;
    case ClassPooling::images_truth:
      return MultilabelRule::present;
    default:
      return MultilabelRule::data_set;
  }
}

std::optional<double> label_value(const TaskMeasure& measure, const MultilabelSums& sums,
                                  std::size_t skip) {
  return measure.quantity == ClassQuantity::dice ? sums.mean_dice(rule_of(measure), skip)
                                                 : sums.mean_iou(rule_of(measure), skip);
}

std::vector<ClassScore> label_scores(const TaskInput& input, const MultilabelOutcome& outcome) {
  std::vector<ClassScore> labels = named_classes(input.index, outcome.sums->num_labels());
  // The published code drops a label 0 of this name from the means.
  labels.front().is_background = is_called_background(labels.front().name);
  for (std::size_t i = 0; i < labels.size(); ++i) {
    ClassScore& label = labels[i];
    for (const MultilabelImage& image : outcome.images) {
      const LabelOverlap& overlap = image.labels[i];
      label.sums.intersection += overlap.intersection;
      label.sums.truth += overlap.truth;
      label.sums.prediction += overlap.union_area + overlap.intersection - overlap.truth;
    }
    label.images = outcome.sums->images(i);
    fill_values(label);
    label.iou_image = outcome.sums->iou(i, MultilabelRule::ours);
  }
  return labels;
}

void add_label_aggregates(const TaskInput& input, const MultilabelSums& sums, std::size_t skip,
                          Result& result) {
  for (const Metric& metric : input.protocol.measures) {
    const TaskMeasure& measure = *find_task_measure(Task::multilabel, metric);
    std::size_t n = 0;
    for (std::size_t label = skip; label < sums.num_labels(); ++label)
      n += sums.iou(label, rule_of(measure)) ? 1 : 0;
    add_aggregate(result, metric, Scope::overall, label_value(measure, sums, skip), n,
                  sums.num_labels() - skip - n);
  }
}

std::size_t score_multilabel_task(const TaskInput& input, ScoreOutcome& scored) {
  MultilabelOutcome outcome =
      input.counted != nullptr
          ? multilabel_outcome(*input.counted, input.index)
          : score_multilabel(input.index, input.predictions, input.missing, options_of(input));
  scored.seconds = outcome.seconds;
  scored.failures = std::move(outcome.failures);
  if (!scored.failures.empty() || outcome.images.empty()) return 0;
  Result& result = scored.result;
  result.classes = label_scores(input, outcome);
  const std::size_t skip = result.classes.front().is_background ? 1 : 0;
  const auto sums_over = [&](std::span<const MultilabelImage> images) {
    MultilabelSums sums(result.classes.size());
    for (const MultilabelImage& image : images) sums.add_image(image.labels);
    return sums;
  };
  const auto fill = [&](std::size_t, std::span<const MultilabelImage> images,
                        SequenceScore& score) {
    const MultilabelSums sums = sums_over(images);
    score.classes.resize(result.classes.size());
    for (const MultilabelImage& image : images) {
      for (std::size_t i = 0; i < image.labels.size(); ++i) {
        const LabelOverlap& overlap = image.labels[i];
        score.classes[i].intersection += overlap.intersection;
        score.classes[i].truth += overlap.truth;
        score.classes[i].prediction += overlap.union_area + overlap.intersection - overlap.truth;
      }
    }
    for (const Metric& metric : input.protocol.measures) {
      const std::optional<double> value =
          label_value(*find_task_measure(Task::multilabel, metric), sums, skip);
      score.measures[metric] = {value, value ? 1U : 0U};
    }
  };
  const auto image_score = [&](const MultilabelImage& image) {
    const MultilabelSums sums = sums_over({&image, 1});
    ImageScore score;
    for (const Metric& metric : input.protocol.measures)
      score.measures[metric] =
          label_value(*find_task_measure(Task::multilabel, metric), sums, skip);
    return score;
  };
  add_sequences<MultilabelImage>(input, outcome.images, result, fill, image_score);
  add_label_aggregates(input, *outcome.sums, skip, result);
  note_absent_classes(input, result);
  return outcome.images.size();
}

// --- maps ---

// A measure of an image under the protocol's rules; `is_nan` where the public code has NaN, which
// its mean takes up.
struct MapValue {
  std::optional<double> value;
  bool is_nan = false;
};

MapValue map_value(const Protocol& protocol, const BinaryImage& image, const Metric& metric) {
  const bool is_published = protocol.task_rules.variant == BinaryVariant::published;
  if (protocol.both_empty == BothEmpty::left_out && image.both_empty) return {};
  if (metric.id == "AP") return {image.average_precision};
  if (metric.id == "log_VC") return {log_vc(image.exact)};
  const auto at = std::ranges::find(kMapMeasures, metric.id);
  expects(at != kMapMeasures.end(), "a measure of maps is one of theirs");
  const MapValues& values = is_published ? image.published : image.exact;
  const std::optional<double> value = values[static_cast<std::size_t>(at - kMapMeasures.begin())];
  if (value && std::isnan(*value)) return {std::nullopt, true};
  return {value};
}

// Mean and deviation of a measure, as the protocol averages and rounds; what has no value is told.
void add_map_aggregate(const TaskInput& input, const BinaryOutcome& outcome, const Metric& metric,
                       Result& result) {
  const TaskRules& rules = input.protocol.task_rules;
  std::vector<std::optional<double>> values;
  std::vector<std::string> lacking;
  std::vector<std::string> not_numbers;
  for (const BinaryImage& image : outcome.images) {
    const MapValue value = map_value(input.protocol, image, metric);
    if (value.is_nan) not_numbers.push_back(image_name(input, image.place));
    if (!value.value && !value.is_nan) lacking.push_back(image_name(input, image.place));
    values.push_back(value.value);
  }
  if (input.protocol.average == AverageOver::sequences) {
    values.clear();
    for (const SequenceScore& sequence : result.sequences) {
      const auto found = sequence.measures.find(metric);
      if (found != sequence.measures.end()) values.push_back(found->second.value);
    }
  }
  const MapSummary summary = summarize_values(values);
  add_aggregate(result, metric, Scope::overall, std::nullopt, summary.count, summary.left_out);
  Aggregate& aggregate = result.aggregates.back();
  aggregate.variant = rules.variant == BinaryVariant::published ? "published" : "exact";
  const std::string name = describe(metric, input.protocol.display).name;
  if (!not_numbers.empty()) {
    result.findings.push_back(
        make_finding("S012", {},
                     metric.id + " (overall) has no value: the public code has NaN for " +
                         list_of(not_numbers) + ", and so for the mean of all images"));
    return;
  }
  note_missing_value(result, name, lacking);
  if (!summary.mean) {
    result.findings.push_back(
        make_finding("S012", {}, metric.id + " (overall) has no value: no image has one"));
    return;
  }
  aggregate.value = rounded_as_numpy(*summary.mean, rules.rounding);
  double deviation = *summary.deviation;
  if (rules.spread == Spread::sample) {
    if (summary.count < 2) return;
    deviation *= std::sqrt(static_cast<double>(summary.count) / (summary.count - 1));
  }
  if (rules.spread != Spread::none)
    aggregate.deviation = rounded_as_numpy(deviation, rules.rounding);
}

// Values of floor(255 p) just below the threshold belong to probabilities on both sides of it.
void note_undecided(const BinaryOutcome& outcome, Result& result) {
  std::uint64_t pixels = 0;
  std::size_t maps = 0;
  for (const BinaryImage& image : outcome.images) {
    pixels += image.undecided;
    maps += image.undecided > 0 ? 1 : 0;
  }
  if (pixels == 0) return;
  result.findings.push_back(make_finding(
      "S017", {},
      std::to_string(pixels) + " pixels of " + std::to_string(maps) +
          (maps == 1 ? " map" : " maps") +
          " have the last value below the threshold; where a map was written as floor(255 p), that "
          "value stands for probabilities on both sides of it"));
}

std::size_t score_binary_task(const TaskInput& input, ScoreOutcome& scored) {
  BinaryOutcome outcome =
      input.counted != nullptr
          ? binary_outcome(*input.counted, options_of(input))
          : score_binary(input.index, input.predictions, input.missing, options_of(input));
  scored.seconds = outcome.seconds;
  scored.failures = std::move(outcome.failures);
  if (!scored.failures.empty()) return 0;
  Result& result = scored.result;
  const Protocol& protocol = input.protocol;
  const auto fill = [&](std::size_t, std::span<const BinaryImage> images, SequenceScore& score) {
    for (const Metric& metric : protocol.measures) {
      std::vector<std::optional<double>> values;
      for (const BinaryImage& image : images)
        values.push_back(map_value(protocol, image, metric).value);
      const MapSummary summary = summarize_values(values);
      score.measures[metric] = {summary.mean, summary.count};
    }
  };
  const auto image_score = [&](const BinaryImage& image) {
    ImageScore score;
    for (const Metric& metric : protocol.measures)
      score.measures[metric] = map_value(protocol, image, metric).value;
    score.classes.push_back({image.at.true_positive,
                             image.at.true_positive + image.at.false_negative,
                             image.at.true_positive + image.at.false_positive});
    return score;
  };
  add_sequences<BinaryImage>(input, outcome.images, result, fill, image_score);
  for (const Metric& metric : protocol.measures) add_map_aggregate(input, outcome, metric, result);
  note_undecided(outcome, result);
  result.curve = CurveRecord{std::move(outcome.curve.on), std::move(outcome.curve.off)};
  return outcome.images.size();
}

// Aggregates of classes without a value; those of maps have been told.
void note_missing_aggregates(Result& result) {
  for (const Aggregate& aggregate : result.aggregates) {
    if (aggregate.value || !aggregate.variant.empty()) continue;
    result.findings.push_back(make_finding(
        "S012", {},
        aggregate.metric.id + " (" + std::string(scope_name(aggregate.scope)) +
            ") has no value: no " + std::string(counted_noun(result, aggregate)) + " has one"));
  }
}

}  // namespace

void fill_values(ClassScore& score) {
  const ClassSums& sums = score.sums;
  const auto share = [](std::uint64_t part, std::uint64_t whole) -> std::optional<double> {
    if (whole == 0) return std::nullopt;
    return static_cast<double>(part) / static_cast<double>(whole);
  };
  score.iou = share(sums.intersection, sums.union_area());
  score.dice = share(2 * sums.intersection, sums.truth + sums.prediction);
  score.precision = share(sums.intersection, sums.prediction);
  score.sensitivity = share(sums.intersection, sums.truth);
}

void check_task(const BenchmarkDefinition& benchmark, const Protocol& protocol) {
  if (protocol.task == Task::objects) return;
  if (protocol.task != benchmark.task) {
    throw Error::about(
        ErrorKind::usage, "protocol",
        "is " + protocol.name + ", whose task is " + std::string(task_name(protocol.task)) +
            "; the task of " + benchmark.name + " is " + std::string(task_name(benchmark.task)),
        "the benchmark's own protocol, " + benchmark.protocol + ", or another of its task");
  }
  const auto need = [&](bool holds, const std::string& found, const std::string& expected) {
    if (!holds) throw Error(ErrorKind::input, benchmark.name, found, expected);
  };
  const MaskStorage storage = benchmark.storage;
  if (protocol.task == Task::multilabel) {
    need(storage == MaskStorage::planes, "keeps " + std::string(storage_name(storage)),
         "planes, for labels that may overlap");
    return;
  }
  need(storage == MaskStorage::labels, "keeps " + std::string(storage_name(storage)),
       "labels, for the task " + std::string(task_name(protocol.task)));
  if (protocol.task == Task::semantic) {
    need(!benchmark.classes.empty(), "has no table of classes",
         "'classes' in its definition: [{\"id\": 0, \"name\": \"background\"}, …]");
    need(benchmark.submission == MaskStorage::labels,
         "takes a " + std::string(storage_name(benchmark.submission)) + " as prediction",
         "labels, for the task semantic");
  }
}

StillsOptions stills_options(const Protocol& protocol, const ScoreOptions& options) {
  StillsOptions stills;
  stills.jobs = options.jobs;
  stills.missing = options.missing;
  stills.max_mask_bytes = options.max_mask_bytes;
  stills.progress = options.progress;
  stills.timing = options.timing;
  stills.threshold = protocol.task_rules.threshold;
  stills.rounding = protocol.task_rules.rounding;
  stills.void_label = protocol.task_rules.void_label;
  return stills;
}

int num_classes_of(const BenchmarkDefinition& benchmark) {
  if (benchmark.classes.empty()) return 0;
  return std::ranges::max(benchmark.classes, {}, &LabelClass::id).id + 1;
}

ScoreOutcome score_task(const SequenceIndex& index, const MaskSource& predictions,
                        const Protocol& protocol, const MissingFrames& missing,
                        const ScoreOptions& options, const StillSource* counted) {
  check_task(index.benchmark, protocol);
  const TaskInput input{index, predictions, protocol, missing, options, counted};
  ScoreOutcome outcome;
  Result& result = outcome.result;
  result.protocol = stamp_of(protocol);
  result.metrics = describe_measures(protocol);
  result.dataset.name = index.benchmark.name;
  result.dataset.split = index.benchmark.split;
  result.dataset.sequences = index.sequences.size();
  result.findings = index.findings;
  for (const Finding& finding : missing.findings) result.findings.push_back(accepted_gap(finding));
  const std::size_t num_images =
      protocol.task == Task::semantic ? score_semantic_task(input, outcome)
      : protocol.task == Task::binary ? score_binary_task(input, outcome)
                                      : score_multilabel_task(input, outcome);
  if (!outcome.failures.empty()) {
    result.complete = false;
    return outcome;
  }
  if (num_images == 0) {
    throw Error(ErrorKind::inconclusive, predictions.display(),
                "0 images were scored of " + std::to_string(index.sequences.size()) + " sequences",
                "predictions for annotated images");
  }
  note_missing_aggregates(result);
  if (options.look_again)
    std::ranges::move(options.look_again({}), std::back_inserter(result.findings));
  // An average over fewer sequences than the split has is not its score.
  const bool is_short = std::ranges::any_of(
      index.findings, [](const Finding& finding) { return finding.code == "D017"; });
  result.complete = result.complete && !is_short;
  return outcome;
}

}  // namespace angiobench
