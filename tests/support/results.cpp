// SPDX-License-Identifier: MIT
#include "tests/support/results.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <string_view>

#include "dataset/files/digest.h"
#include "evaluator/comparing/aggregate_sample.h"
#include "evaluator/measures.h"

namespace angiobench::test {
namespace {

// "v" and two digits, or five digits.
std::string numbered(std::string_view prefix, std::size_t digits, int number) {
  std::string text(prefix);
  const std::string decimal = std::to_string(number);
  text.append(digits - std::min(digits, decimal.size()), '0');
  return text.append(decimal);
}

// Counts of an object of `area` pixels that overlaps its truth with about this J and F.
FrameCounts counts_with(std::uint32_t area, double j, double f) {
  FrameCounts counts;
  counts.truth = area;
  counts.prediction = j > 0 || f > 0 ? area : 0;
  counts.intersection = static_cast<std::uint32_t>(std::lround(2.0 * area * j / (1 + j)));
  counts.union_area = counts.truth + counts.prediction - counts.intersection;
  counts.truth_boundary = 100;
  counts.prediction_boundary = counts.prediction == 0 ? 0 : 100;
  counts.prediction_matched = counts.truth_matched =
      counts.prediction == 0 ? 0 : static_cast<std::uint32_t>(std::lround(100 * f));
  return counts;
}

FrameStatistics statistics_of(const std::vector<double>& values) {
  FrameStatistics statistics;
  if (values.empty()) return statistics;
  double sum = 0;
  double above = 0;
  for (const double value : values) {
    sum += value;
    above += value > 0.5 ? 1 : 0;
  }
  const auto count = static_cast<double>(values.size());
  statistics.mean = sum / count;
  statistics.recall = above / count;
  const std::size_t quarter = std::max<std::size_t>(1, values.size() / 4);
  double first = 0;
  double last = 0;
  for (std::size_t i = 0; i < quarter; ++i) {
    first += values[i];
    last += values[values.size() - 1 - i];
  }
  statistics.decay = (first - last) / static_cast<double>(quarter);
  return statistics;
}

void keep_statistics(const Metric& metric, const FrameStatistics& statistics, ObjectScore& object) {
  if (!statistics.mean) return;
  object.values[metric] = *statistics.mean;
  object.values[statistic_of(metric, "recall")] = *statistics.recall;
  object.values[statistic_of(metric, "decay")] = *statistics.decay;
}

void stamp(Result& result) {
  result.tool_version = "0.1.0";
  result.git_commit = "0123456789ab";
  result.protocol.name = "mosxav-test";
  result.protocol.hash = "sha256:" + std::string(64, 'a');
  result.protocol.rules = R"({"frames": "all but first and last"})";
  result.dataset.split = "test";
  result.dataset.name = "mosxav-test";
  result.dataset.digest = "sha256:" + std::string(64, 'b');
  result.submission = {"our-method", "sha256:" + std::string(64, 'c')};
  result.run = {.started = "2026-01-31T12:34:56Z",
                .seconds = 1.25,
                .jobs = 2,
                .command = {"angiobench", "score", "--dataset", "mosxav-test"}};
}

}  // namespace

void refresh_means(Result& result) {
  result.dataset.sequences = result.sequences.size();
  result.dataset.objects = 0;
  result.dataset.frames_scored = 0;
  struct Sums {
    double j = 0;
    double f = 0;
    std::uint64_t count = 0;
  };
  Sums seen;
  Sums unseen;
  for (SequenceScore& sequence : result.sequences) {
    std::vector<bool> scored(sequence.frame_names.size(), false);
    for (ObjectScore& object : sequence.objects) {
      std::vector<double> j;
      std::vector<double> f;
      for (const FrameScore& frame : sequence.frames) {
        if (frame.object_id != object.id || frame.role != FrameRole::scored) continue;
        j.push_back(region_j(frame.counts));
        f.push_back(boundary_f(frame.counts));
        scored[frame.frame] = true;
      }
      object.frames = static_cast<std::uint32_t>(j.size());
      object.values.clear();
      keep_statistics(Metric("J"), statistics_of(j), object);
      keep_statistics(Metric("F"), statistics_of(f), object);
      Sums& sums = object.group == ObjectGroup::unseen ? unseen : seen;
      if (object.value(Metric("J"))) {
        sums.j += *object.value(Metric("J"));
        sums.f += *object.value(Metric("F"));
        ++sums.count;
      }
      ++result.dataset.objects;
    }
    sequence.frames_scored =
        static_cast<std::uint32_t>(std::count(scored.begin(), scored.end(), true));
    result.dataset.frames_scored += sequence.frames_scored;
  }
  const auto mean = [](double sum, std::uint64_t count) -> std::optional<double> {
    if (count == 0) return std::nullopt;
    return sum / static_cast<double>(count);
  };
  const std::optional<double> j = mean(seen.j + unseen.j, seen.count + unseen.count);
  const std::optional<double> f = mean(seen.f + unseen.f, seen.count + unseen.count);
  const std::uint64_t all = seen.count + unseen.count;
  const auto around = [](std::optional<double> value) -> std::optional<Interval> {
    if (!value) return std::nullopt;
    return Interval{0.95, std::max(0.0, *value - 0.125), std::min(1.0, *value + 0.125), "sequence",
                    10000};
  };
  const std::optional<double> both = j ? std::optional((*j + *f) / 2) : std::nullopt;
  result.aggregates = {
      {Metric("J&F"), Scope::overall, both, all, around(both)},
      {Metric("J"), Scope::overall, j, all, around(j)},
      {Metric("F"), Scope::overall, f, all, around(f)},
      {Metric("J"), Scope::seen, mean(seen.j, seen.count), seen.count, std::nullopt},
      {Metric("F"), Scope::seen, mean(seen.f, seen.count), seen.count, std::nullopt},
      {Metric("J"), Scope::unseen, mean(unseen.j, unseen.count), unseen.count, std::nullopt},
      {Metric("F"), Scope::unseen, mean(unseen.f, unseen.count), unseen.count, std::nullopt},
  };
}

Result tiny_result() {
  Result result;
  stamp(result);
  struct Row {
    int frame;
    int object;
    double j;
    double f;
  };
  const auto add = [&](const char* name, std::vector<ObjectScore> objects,
                       const std::vector<Row>& rows) {
    SequenceScore sequence;
    sequence.name = name;
    sequence.objects = std::move(objects);
    for (int frame = 0; frame < 5; ++frame)
      sequence.frame_names.push_back(numbered("", 5, 5 * frame));
    for (const Row& row : rows) {
      const FrameRole role =
          row.frame == 0 || row.frame == 4 ? FrameRole::dropped : FrameRole::scored;
      sequence.frames.push_back(
          {static_cast<std::uint32_t>(row.frame), row.object, role, counts_with(60, row.j, row.f)});
    }
    result.sequences.push_back(std::move(sequence));
  };
  const auto object = [](int id, ObjectGroup group) {
    ObjectScore score;
    score.id = id;
    score.group = group;
    return score;
  };
  add("v00", {object(1, ObjectGroup::seen), object(2, ObjectGroup::unseen)},
      {{0, 1, 1.0, 1.0},
       {1, 1, 0.5, 0.75},
       {2, 1, 0.5, 0.75},
       {2, 2, 1.0, 1.0},
       {3, 1, 0.2, 0.5},
       {3, 2, 0.5, 0.5},
       {4, 1, 0.2, 0.5},
       {4, 2, 0.5, 0.5}});
  add("v01", {object(1, ObjectGroup::seen)},
      {{0, 1, 1.0, 1.0}, {1, 1, 0.0, 0.25}, {2, 1, 0.0, 0.0}, {3, 1, 0.0, 0.0}, {4, 1, 0.0, 0.0}});
  refresh_means(result);
  result.findings.push_back(
      recorded_finding("S004", Severity::warning, {"", "v00", "00010", 2},
                       "the object's own first frame is credited as a prediction",
                       "score under the protocol 'strict'"));
  return result;
}

Result make_result(const ResultShape& shape) {
  Result result;
  stamp(result);
  // Other masks have another digest: comparisons look at it.
  result.submission.digest = "sha256:" + std::string(64, "0123456789abcdef"[shape.seed % 16]);
  std::mt19937_64 random(shape.seed);
  const auto uniform = [&] { return static_cast<double>(random() >> 11) * 0x1.0p-53; };
  for (int s = 0; s < shape.sequences; ++s) {
    SequenceScore sequence;
    sequence.name = numbered("v", 2, s);
    for (int frame = 0; frame < shape.frames; ++frame)
      sequence.frame_names.push_back(numbered("", 5, 3 * frame));
    for (int o = 1; o <= shape.objects; ++o) {
      ObjectScore object;
      object.id = o;
      object.group = uniform() < 0.5 ? ObjectGroup::seen : ObjectGroup::unseen;
      sequence.objects.push_back(object);
      const int first = uniform() < 0.3 ? static_cast<int>(uniform() * shape.frames / 2) : 0;
      const int lost_at =
          uniform() < 0.25 ? static_cast<int>(uniform() * shape.frames) : shape.frames;
      const int hidden_from = static_cast<int>(uniform() * shape.frames);
      const int hidden_to = uniform() < 0.3 ? hidden_from + shape.frames / 6 : hidden_from;
      const auto area = static_cast<std::uint32_t>(200 + uniform() * 8000);
      double quality = 0.95;
      for (int frame = first; frame < shape.frames; ++frame) {
        quality = std::clamp(quality + 0.08 * (uniform() - 0.56), 0.0, 1.0);
        const bool hidden = frame >= hidden_from && frame < hidden_to;
        const double j = frame == first ? 1.0 : frame >= lost_at ? 0.0 : quality;
        const double f = frame == first ? 1.0
                         : frame >= lost_at
                             ? 0.0
                             : std::clamp(quality + 0.1 * (uniform() - 0.4), 0.0, 1.0);
        FrameRole role = FrameRole::scored;
        if (frame == 0 || frame == shape.frames - 1) role = FrameRole::dropped;
        if (frame == first && frame != 0) role = FrameRole::prompt;
        sequence.frames.push_back({static_cast<std::uint32_t>(frame), o, role,
                                   hidden ? FrameCounts{} : counts_with(area, j, f)});
      }
    }
    std::stable_sort(
        sequence.frames.begin(), sequence.frames.end(),
        [](const FrameScore& left, const FrameScore& right) { return left.frame < right.frame; });
    result.sequences.push_back(std::move(sequence));
  }
  refresh_means(result);
  return result;
}

Result readable(Result result) {
  // As a reader has them: sorted keys, no blanks.
  result.protocol.rules = nlohmann::json::parse(result.protocol.rules).dump();
  result.protocol.hash = format_digest(sha256(result.protocol.rules));
  result.dataset.sequences = result.sequences.size();
  result.dataset.objects = 0;
  result.dataset.frames_scored = 0;
  for (const SequenceScore& sequence : result.sequences) {
    result.dataset.objects += sequence.objects.size();
    result.dataset.frames_scored += sequence.frames_scored;
  }
  for (Aggregate& aggregate : result.aggregates) {
    aggregate.value = sample_value(
        make_sample(result.sequences, aggregate.metric, aggregate.scope, result.protocol.average));
  }
  attach_intervals(result);
  return result;
}

}  // namespace angiobench::test
