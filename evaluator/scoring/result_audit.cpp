// SPDX-License-Identifier: MIT
#include "evaluator/scoring/result_audit.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <utility>

#include "dataset/benchmark.h"
#include "dataset/error.h"
#include "dataset/files/digest.h"
#include "evaluator/classes/confusion.h"
#include "evaluator/comparing/aggregate_sample.h"
#include "evaluator/comparing/class_sample.h"
#include "evaluator/measures.h"
#include "evaluator/protocol.h"
#include "evaluator/scoring/sequence_score.h"
#include "evaluator/scoring/task_scorer.h"
#include "evaluator/task_measures.h"

namespace angiobench {
namespace {

std::string text(double value) {
  char buffer[32];
  const auto [end, code] = std::to_chars(buffer, buffer + sizeof buffer, value);
  return code == std::errc{} ? std::string(buffer, end) : std::string("?");
}

std::string text(const std::optional<double>& value) { return value ? text(*value) : "null"; }

bool is_same(const std::optional<double>& a, const std::optional<double>& b,
             double tolerance = kSameValue) {
  return a.has_value() == b.has_value() && (!a || std::abs(*a - *b) <= tolerance);
}

std::string place(std::string_view list, std::size_t position, std::string_view member) {
  std::string name(list);
  name += "[" + std::to_string(position) + "]";
  return member.empty() ? name : name + "." + std::string(member);
}

std::string object_place(const SequenceScore& sequence, const ObjectScore& object) {
  return "object " + std::to_string(object.id) + " of " + sequence.name;
}

// The audit of one result: what its parts find stands in `found`.
class Audit {
 public:
  explicit Audit(const Result& result) : result_(result), protocol_(protocol_of(result.protocol)) {}

  std::vector<Contradiction> run() {
    check_protocol();
    check_digests();
    check_metrics();
    check_sequences();
    check_counts();
    check_complete();
    if (result_.metric_version != kMetricVersion) return std::move(found_);
    check_ranges();
    check_classes();
    check_aggregates();
    if (found_.empty()) check_intervals();
    check_rows();
    return std::move(found_);
  }

 private:
  void tell(std::string field, std::string found, std::string expected) {
    found_.push_back({std::move(field), std::move(found), std::move(expected)});
  }

  void expect_count(const std::string& field, std::uint64_t found, std::uint64_t expected,
                    const std::string& why) {
    if (found != expected)
      tell(field, std::to_string(found), std::to_string(expected) + ", " + why);
  }

  void check_protocol() {
    const ProtocolStamp& stamp = result_.protocol;
    const std::string hash = format_digest(sha256(stamp.rules));
    if (stamp.hash != hash) tell("protocol.hash", stamp.hash, hash + ", the digest of its rules");
    if (!protocol_) return;
    if (stamp.average != protocol_->average) {
      tell("protocol.average", std::string(average_name(stamp.average)),
           std::string(average_name(protocol_->average)) + ", as its rules have it");
    }
    if (stamp.task != task_name(protocol_->task)) {
      tell("protocol.task", stamp.task,
           std::string(task_name(protocol_->task)) + ", as its rules have it");
    }
  }

  void check_digests() {
    const auto check = [this](const char* field, const std::string& digest) {
      constexpr std::string_view kPrefix = "sha256:";
      constexpr std::size_t kDigits = 64;
      const bool is_digest =
          digest.starts_with(kPrefix) && digest.size() == kPrefix.size() + kDigits &&
          digest.find_first_not_of("0123456789abcdef", kPrefix.size()) == std::string::npos;
      if (!is_digest) tell(field, "'" + digest + "'", "sha256: and 64 digits of 0-9, a-f");
    };
    check("dataset.digest", result_.dataset.digest);
    check("submission.digest", result_.submission.digest);
  }

  // What a metric is and which one ranks follow from the rules.
  void check_metrics() {
    if (!protocol_ || result_.metrics.empty()) return;
    const std::vector<MetricDescriptor> expected = describe_measures(*protocol_);
    for (std::size_t i = 0; i < std::max(result_.metrics.size(), expected.size()); ++i) {
      if (i >= expected.size()) {
        tell(place("metrics", i, "id"), result_.metrics[i].metric.id, "no metric of its rules");
        return;
      }
      if (i >= result_.metrics.size()) {
        tell("metrics", std::to_string(i) + " of them", expected[i].metric.id + ", too");
        return;
      }
      const MetricDescriptor& one = result_.metrics[i];
      if (one.metric != expected[i].metric)
        tell(place("metrics", i, "id"), one.metric.id, expected[i].metric.id);
      if (one.direction != expected[i].direction) {
        tell(place("metrics", i, "direction"), std::string(direction_name(one.direction)),
             std::string(direction_name(expected[i].direction)));
      }
      if (one.unit != expected[i].unit) {
        tell(place("metrics", i, "unit"), std::string(unit_name(one.unit)),
             std::string(unit_name(expected[i].unit)));
      }
    }
  }

  void check_sequences() {
    std::set<std::string> names;
    for (std::size_t i = 0; i < result_.sequences.size(); ++i) {
      const SequenceScore& sequence = result_.sequences[i];
      if (!names.insert(sequence.name).second)
        tell(place("sequences", i, "name"), sequence.name + " once more", "each sequence once");
      std::set<int> ids;
      for (const ObjectScore& object : sequence.objects) {
        if (!ids.insert(object.id).second)
          tell(object_place(sequence, object), "is there twice", "each object once");
      }
    }
  }

  void check_counts() {
    std::uint64_t objects = 0;
    std::uint64_t frames = 0;
    for (const SequenceScore& sequence : result_.sequences) {
      objects += sequence.objects.size();
      frames += sequence.frames_scored;
    }
    const DatasetStamp& dataset = result_.dataset;
    expect_count("dataset.sequences", dataset.sequences, result_.sequences.size(),
                 "the number of its sequences");
    expect_count("dataset.objects", dataset.objects, objects, "those of its sequences");
    expect_count("dataset.frames_scored", dataset.frames_scored, frames, "those of its sequences");
  }

  // An average over fewer sequences than the split has is not its score.
  void check_complete() {
    if (!result_.complete) return;
    for (const SequenceScore& sequence : result_.sequences) {
      if (sequence.complete) continue;
      tell("complete", "true", "false, since the sequence " + sequence.name + " is not complete");
      return;
    }
    // Another truth may be of fewer sequences, as its own list has it.
    if (truth_origin(result_.dataset, result_.protocol.name) != TruthOrigin::released) return;
    std::set<std::string> there;
    for (const SequenceScore& sequence : result_.sequences) there.insert(sequence.name);
    for (const std::string& name : load_benchmark(result_.dataset.name).sequences) {
      if (there.contains(name)) continue;
      tell("complete", "true",
           "false, since the sequence " + name + " of " + result_.dataset.name + " is not there");
      return;
    }
  }

  // A value of a fraction lies in [0, 1]; how much one decays in [-1, 1].
  void check_range(const std::string& field, const Metric& metric, double value) {
    if (descriptor_of(result_, metric).unit != Unit::fraction) return;
    const Measure* const measure = find_measure(metric);
    const bool is_frame = measure != nullptr && measure->per_frame != nullptr;
    const bool is_mean = measure != nullptr && measure->is_mean_of_parts();
    const double low = is_frame || is_mean || metric.id.ends_with("_recall") ? 0 : -1;
    if (value >= low - kSameValue && value <= 1 + kSameValue) return;
    tell(field, text(value), "a value in [" + text(low) + ", 1]");
  }

  void check_ranges() {
    for (std::size_t i = 0; i < result_.aggregates.size(); ++i) {
      const Aggregate& aggregate = result_.aggregates[i];
      if (aggregate.value)
        check_range(aggregate_place(i, "value"), aggregate.metric, *aggregate.value);
    }
    for (const SequenceScore& sequence : result_.sequences) {
      for (const ObjectScore& object : sequence.objects) {
        const std::string at = object_place(sequence, object);
        for (const auto& [metric, value] : object.values)
          check_range(at + ", " + metric.id, metric, value);
        if (object.frames_empty > object.frames + sequence.frames_scored) {
          tell(at + ", frames_empty", std::to_string(object.frames_empty),
               "at most the frames of its sequence");
        }
        const bool has_unvisited =
            protocol_ && protocol_->object_frames == ObjectFrames::range_with_end;
        if (!has_unvisited && object.frames > sequence.frames_scored) {
          tell(at + ", frames", std::to_string(object.frames),
               "at most " + std::to_string(sequence.frames_scored) +
                   ", the frames that were scored in its sequence");
        }
      }
    }
  }

  std::string aggregate_place(std::size_t position, const char* member) const {
    const Aggregate& aggregate = result_.aggregates[position];
    return place("aggregates", position, member) + " of " + aggregate.metric.id + " (" +
           std::string(scope_name(aggregate.scope)) + ")";
  }

  // Pixels of a class are those of its sequences, and its fractions follow from them.
  void check_classes() {
    for (std::size_t i = 0; i < result_.classes.size(); ++i) {
      const ClassScore& one = result_.classes[i];
      ClassSums sums;
      for (const SequenceScore& sequence : result_.sequences) {
        if (i >= sequence.classes.size()) continue;
        sums.intersection += sequence.classes[i].intersection;
        sums.truth += sequence.classes[i].truth;
        sums.prediction += sequence.classes[i].prediction;
      }
      const std::string at = place("classes", i, "");
      const std::string why = "those of its sequences";
      expect_count(at + ".intersection", one.sums.intersection, sums.intersection, why);
      expect_count(at + ".truth", one.sums.truth, sums.truth, why);
      expect_count(at + ".prediction", one.sums.prediction, sums.prediction, why);
      ClassScore made;
      made.sums = sums;
      fill_values(made);
      for (const auto& [member, value] :
           {std::pair("iou", &ClassScore::iou), std::pair("dice", &ClassScore::dice),
            std::pair("precision", &ClassScore::precision),
            std::pair("sensitivity", &ClassScore::sensitivity)}) {
        if (is_same(one.*value, made.*value)) continue;
        tell(at + "." + member, text(one.*value),
             text(made.*value) + ", which follows from its pixels");
      }
    }
    check_confusion();
  }

  void check_confusion() {
    if (!result_.confusion) return;
    const ConfusionRecord& record = *result_.confusion;
    for (std::size_t i = 0; i < record.rows.size(); ++i) {
      if (i >= result_.classes.size()) return;
      std::uint64_t truth = 0;
      for (const std::uint64_t cell : record.rows[i]) truth += cell;
      expect_count(place("confusion.rows", i, ""), truth, result_.classes[i].sums.truth,
                   "the pixels of its class");
    }
  }

  // Those of objects are made anew by the code that scores; of other tasks a sample of the
  // sequences says the value, as for an interval.
  void check_aggregates() {
    if (protocol_ && protocol_->task == Task::objects) {
      compare_aggregates(aggregates_of(*protocol_, result_.sequences));
      return;
    }
    const std::vector<SequenceScore> sequences = canonical_sequences(result_);
    for (std::size_t i = 0; i < result_.aggregates.size(); ++i) check_sampled(i, sequences);
  }

  void compare_aggregates(const std::vector<Aggregate>& expected) {
    std::set<std::pair<Metric, Scope>> seen;
    for (std::size_t i = 0; i < result_.aggregates.size(); ++i) {
      const Aggregate& found = result_.aggregates[i];
      const auto at = std::ranges::find_if(expected, [&](const Aggregate& one) {
        return one.metric == found.metric && one.scope == found.scope;
      });
      if (at == expected.end() || !seen.insert({found.metric, found.scope}).second) {
        tell(aggregate_place(i, "metric"), found.metric.id,
             "an aggregate of " + result_.protocol.name + ", each once");
        continue;
      }
      if (!is_same(found.value, at->value)) {
        tell(aggregate_place(i, "value"), text(found.value),
             text(at->value) + ", which follows from its objects");
      }
      expect_count(aggregate_place(i, "n"), found.n, at->n, "what it is a mean over");
    }
    for (const Aggregate& one : expected) {
      if (seen.contains({one.metric, one.scope})) continue;
      tell("aggregates", "no " + one.metric.id + " (" + std::string(scope_name(one.scope)) + ")",
           text(one.value));
    }
  }

  void check_sampled(std::size_t position, std::span<const SequenceScore> sequences) {
    const Aggregate& aggregate = result_.aggregates[position];
    std::optional<double> expected;
    if (const std::optional<AggregateSample> sample =
            sample_of(result_, sequences, aggregate.metric, aggregate.scope)) {
      expected = sample_value(*sample);
      if (!has_objects(result_)) check_sampled_n(position, *sample);
    } else if (is_quantity(aggregate.metric, ClassQuantity::frequency_weighted_iou)) {
      expected = frequency_weighted();
    } else {
      tell(aggregate_place(position, "metric"), aggregate.metric.id,
           "a measure of the task " + result_.protocol.task);
      return;
    }
    // The public code's mean is not a number where one of an image is not, which is null here.
    const bool may_lack = !aggregate.variant.empty() && !aggregate.value;
    if (may_lack || is_same(aggregate.value, expected, recorded_tolerance(result_, aggregate)))
      return;
    tell(aggregate_place(position, "value"), text(aggregate.value),
         text(expected) + ", which follows from its sequences");
  }

  // A mean over images counts them, one over classes those that occur.
  void check_sampled_n(std::size_t position, const AggregateSample& sample) {
    const Aggregate& aggregate = result_.aggregates[position];
    const std::string_view noun = counted_noun(result_, aggregate);
    double images = 0;
    std::uint64_t parts = 0;
    for (const SamplePart& part : sample.parts) {
      double count = 0;
      for (const double one : part.counts) count += one;
      images = count;
      parts += count > 0 ? 1 : 0;
    }
    const bool counts_parts = noun == "class" || noun == "label";
    if (counts_parts && sample.parts.size() == 1) return;  // one mean of all labels
    std::uint64_t expected = counts_parts ? parts : static_cast<std::uint64_t>(images);
    if (is_quantity(aggregate.metric, ClassQuantity::pixel_accuracy))
      expected = result_.dataset.frames_scored;  // its counts are pixels
    expect_count(aggregate_place(position, "n"), aggregate.n, expected, "what it is a mean over");
  }

  const TaskMeasure* task_measure(const Metric& metric) const {
    const std::optional<Task> task = find_task(result_.protocol.task);
    return task ? find_task_measure(*task, metric) : nullptr;
  }

  bool is_quantity(const Metric& metric, ClassQuantity quantity) const {
    const TaskMeasure* const measure = task_measure(metric);
    return measure != nullptr && measure->pooling == ClassPooling::sums &&
           measure->quantity == quantity;
  }

  std::optional<double> frequency_weighted() const {
    if (!result_.confusion || result_.confusion->rows.empty()) return std::nullopt;
    const auto& rows = result_.confusion->rows;
    ConfusionMatrix matrix(static_cast<int>(rows.size()));
    for (std::size_t truth = 0; truth < rows.size(); ++truth) {
      if (rows[truth].size() != rows.size()) return std::nullopt;
      for (std::size_t prediction = 0; prediction < rows.size(); ++prediction)
        matrix.at(static_cast<int>(truth), static_cast<int>(prediction)) = rows[truth][prediction];
    }
    return frequency_weighted_iou(matrix);
  }

  // An interval is drawn with numbered draws, so that anybody gets the same one.
  void check_intervals() {
    BootstrapOptions options;
    const auto first = std::ranges::find_if(
        result_.aggregates, [](const Aggregate& one) { return one.interval.has_value(); });
    if (first == result_.aggregates.end()) return;
    constexpr std::uint32_t kMostResamples = 100'000;  // what a reader is ready to draw
    options.level = first->interval->level;
    options.resamples = first->interval->resamples;
    if (options.resamples > kMostResamples) {
      tell("interval.resamples", std::to_string(options.resamples),
           "at most " + std::to_string(kMostResamples));
      return;
    }
    Result drawn = result_;
    attach_intervals(drawn, options);
    for (std::size_t i = 0; i < result_.aggregates.size(); ++i) {
      check_interval(aggregate_place(i, "interval"), result_.aggregates[i].interval,
                     drawn.aggregates[i].interval);
    }
    for (std::size_t i = 0; i < result_.classes.size(); ++i) {
      check_interval(place("classes", i, "interval"), result_.classes[i].interval,
                     drawn.classes[i].interval);
    }
  }

  void check_interval(const std::string& field, const std::optional<Interval>& found,
                      const std::optional<Interval>& expected) {
    if (!found) return;  // nobody has to state one
    const auto words = [](const Interval& interval) {
      return "[" + text(interval.low) + ", " + text(interval.high) + "]";
    };
    if (!expected) {
      tell(field, words(*found), "none, since too few sequences have the measure");
      return;
    }
    if (is_same(found->low, expected->low) && is_same(found->high, expected->high)) return;
    tell(field, words(*found), words(*expected) + ", as its draws give it");
  }

  // --- rows of frames ---

  void check_rows() {
    if (!protocol_ || protocol_->task != Task::objects) return;
    if (!has_counts(result_)) return;
    const FrameMeasures measures = frame_measures(*protocol_);
    for (const SequenceScore& sequence : result_.sequences) {
      std::map<int, std::vector<const FrameScore*>> rows;
      std::set<std::uint32_t> frames;
      for (const FrameScore& row : sequence.frames) {
        if (row.role != FrameRole::scored && row.role != FrameRole::missing) continue;
        rows[row.object_id].push_back(&row);
        frames.insert(row.frame);
      }
      expect_count("frames_scored of " + sequence.name, sequence.frames_scored, frames.size(),
                   "the frames of per_frame.csv that were scored");
      for (const ObjectScore& object : sequence.objects)
        check_object(sequence, object, rows[object.id], measures);
    }
  }

  void check_object(const SequenceScore& sequence, const ObjectScore& object,
                    const std::vector<const FrameScore*>& rows, const FrameMeasures& measures) {
    const std::string at = object_place(sequence, object);
    // Frames of its range that nobody visited have no row and count as 0.
    const bool has_unvisited = protocol_->object_frames == ObjectFrames::range_with_end;
    const std::size_t unvisited =
        has_unvisited && object.frames > rows.size() ? object.frames - rows.size() : 0;
    expect_count(at + ", frames", object.frames, rows.size() + unvisited,
                 "its scored rows of per_frame.csv");
    if (rows.empty() && unvisited == 0) return;
    ObjectValues values;
    for (const Measure* const measure : measures.measures) {
      ObjectValues::Series& series = values.series.emplace_back();
      series.measure = measure;
      for (const FrameScore* const row : rows)
        series.values.push_back(measures.value(*measure, *row));
      series.values.insert(series.values.end(), unvisited, 0.0);
    }
    for (const auto& [metric, found] : object.values) {
      const Measure* const measure = find_measure(metric);
      if (measure == nullptr || !follows_from_rows(*measure, measures)) continue;
      const std::optional<double> expected = measure->reduce(*measure, values, measures.rules);
      if (is_same(found, expected)) continue;
      tell(at + ", " + metric.id, text(found),
           text(expected) + ", which follows from per_frame.csv");
    }
  }

  // The mean, the recall and the decay of what a row says.
  static bool follows_from_rows(const Measure& measure, const FrameMeasures& measures) {
    if (measure.reduce == nullptr || measure.segment || measure.pair != nullptr ||
        measure.of.size() != 1)
      return false;
    const Metric base(measure.of[0]);
    const bool is_row = std::ranges::any_of(measures.measures,
                                            [&](const Measure* one) { return one->id == base.id; });
    const Metric metric(measure.id);
    return is_row && (metric == base || metric == statistic_of(base, "recall") ||
                      metric == statistic_of(base, "decay"));
  }

  const Result& result_;
  std::optional<Protocol> protocol_;
  std::vector<Contradiction> found_;
};

void refuse(const std::vector<Contradiction>& found, const std::string& path) {
  if (found.empty()) return;
  const Contradiction& first = found.front();
  const std::size_t others = found.size() - 1;
  throw Error(ErrorKind::input, path, first.field + " is " + first.found,
              first.expected + (others == 0   ? ""
                                : others == 1 ? " (and 1 field more that does not follow)"
                                              : " (and " + std::to_string(others) +
                                                    " fields more that do not follow)"));
}

}  // namespace

std::vector<Contradiction> find_contradictions(const Result& result) { return Audit(result).run(); }

bool has_counts(const Result& result) {
  return std::ranges::any_of(result.sequences,
                             [](const SequenceScore& one) { return !one.frames.empty(); });
}

TruthOrigin truth_origin(const DatasetStamp& dataset, const std::string& protocol) {
  const std::vector<std::string> known = benchmark_names();
  if (std::ranges::find(known, dataset.name) == known.end()) return TruthOrigin::unknown;
  const BenchmarkDefinition benchmark = load_benchmark(dataset.name);
  const std::string& digest = dataset.digest;
  if (!digest.empty() && (digest == benchmark.digest || digest == benchmark.scored_digest))
    return TruthOrigin::released;
  // Other protocols read other masks, whose digest nobody published.
  return protocol == benchmark.protocol && !benchmark.scored_digest.empty() ? TruthOrigin::another
                                                                            : TruthOrigin::unknown;
}

std::vector<Contradiction> find_differences(const Result& claimed, const Result& scored) {
  std::vector<Contradiction> found;
  const auto compare = [&found](const std::string& field, const std::string& claim,
                                const std::string& measured, const char* why) {
    if (claim != measured) found.push_back({field, claim, measured + ", " + why});
  };
  compare("protocol.hash", claimed.protocol.hash, scored.protocol.hash,
          "the rules that it was scored under now");
  compare("dataset.digest", claimed.dataset.digest, scored.dataset.digest,
          "that of the ground truth that was read");
  compare("submission.digest", claimed.submission.digest, scored.submission.digest,
          "that of the masks that were read");
  if (!found.empty()) return found;
  const char* const why = "as scoring its masks gives";
  for (const Aggregate& aggregate : claimed.aggregates) {
    const Aggregate* const measured = find_aggregate(scored, aggregate.metric, aggregate.scope);
    if (measured != nullptr && is_same(aggregate.value, measured->value)) continue;
    compare(aggregate.metric.id + " (" + std::string(scope_name(aggregate.scope)) + ")",
            text(aggregate.value), measured == nullptr ? "none" : text(measured->value), why);
  }
  std::map<std::pair<std::string, int>, const ObjectScore*> objects;
  for (const SequenceScore& sequence : scored.sequences) {
    for (const ObjectScore& object : sequence.objects)
      objects[{sequence.name, object.id}] = &object;
  }
  for (const SequenceScore& sequence : claimed.sequences) {
    for (const ObjectScore& object : sequence.objects) {
      const auto measured = objects.find({sequence.name, object.id});
      for (const auto& [metric, value] : object.values) {
        const std::optional<double> other =
            measured == objects.end() ? std::nullopt : measured->second->value(metric);
        if (!is_same(value, other))
          compare(object_place(sequence, object) + ", " + metric.id, text(value), text(other), why);
      }
    }
  }
  return found;
}

void check_result(const Result& result, const std::string& path) {
  refuse(find_contradictions(result), path);
}

void check_same_scores(const Result& claimed, const Result& scored, const std::string& path) {
  refuse(find_differences(claimed, scored), path);
}

}  // namespace angiobench
