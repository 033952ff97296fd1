// SPDX-License-Identifier: MIT
#include "tests/support/stated_results.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "dataset/files/atomic_file.h"
#include "dataset/files/digest.h"
#include "evaluator/measures.h"
#include "tests/support/test_data.h"

namespace angiobench::test {
namespace {

struct Mean {
  double sum = 0;
  std::uint64_t count = 0;

  std::optional<double> value() const {
    if (count == 0) return std::nullopt;
    return sum / static_cast<double>(count);
  }
};

}  // namespace

Result stated_result(const std::string& masks, const std::vector<ObjectMeans>& objects) {
  Result result;
  result.tool_version = "0.1.0";
  result.git_commit = "0123456789ab";
  result.protocol.name = "toy";
  result.protocol.hash = "sha256:" + std::string(64, 'a');
  result.protocol.rules = "{}";
  result.dataset.name = "toy-val";
  result.dataset.digest = "sha256:" + std::string(64, 'b');
  result.submission = {masks, format_digest(sha256(masks))};
  for (const ObjectMeans& object : objects) {
    if (result.sequences.empty() || result.sequences.back().name != object.sequence) {
      SequenceScore& sequence = result.sequences.emplace_back();
      sequence.name = object.sequence;
      sequence.frames_scored = 10;
    }
    ObjectScore& score = result.sequences.back().objects.emplace_back();
    score.id = object.id;
    score.group = object.group;
    score.frames = 10;
    for (const auto& [metric, mean] : {std::pair("J", object.j), std::pair("F", object.f)}) {
      score.values[Metric(metric)] = mean;
      score.values[statistic_of(Metric(metric), "recall")] = mean;
      score.values[statistic_of(Metric(metric), "decay")] = 0;
    }
  }
  result.dataset.sequences = result.sequences.size();
  result.dataset.objects = objects.size();
  result.dataset.frames_scored = 10 * result.sequences.size();
  recompute_aggregates(result);
  return result;
}

void recompute_aggregates(Result& result) {
  Mean j[3];
  Mean f[3];
  Mean all_j;
  Mean all_f;
  for (const SequenceScore& sequence : result.sequences) {
    for (const ObjectScore& object : sequence.objects) {
      const auto group = static_cast<std::size_t>(object.group);
      for (Mean* mean : {&j[group], &all_j})
        *mean = {mean->sum + object.value(Metric("J")).value(), mean->count + 1};
      for (Mean* mean : {&f[group], &all_f})
        *mean = {mean->sum + object.value(Metric("F")).value(), mean->count + 1};
    }
  }
  const auto half = [](std::optional<double> a, std::optional<double> b) -> std::optional<double> {
    if (!a || !b) return std::nullopt;
    return (*a + *b) / 2;
  };
  result.aggregates.clear();
  const auto add = [&](const Metric& metric, Scope scope, std::optional<double> value,
                       std::uint64_t n) {
    result.aggregates.push_back({metric, scope, value, n, std::nullopt});
  };
  const bool has_groups = j[1].count + j[2].count > 0;
  result.protocol.average = has_groups ? AverageOver::groups : AverageOver::objects;
  if (!has_groups) {
    add(Metric("J&F"), Scope::overall, half(all_j.value(), all_f.value()), all_j.count);
    add(Metric("J"), Scope::overall, all_j.value(), all_j.count);
    add(Metric("F"), Scope::overall, all_f.value(), all_f.count);
    return;
  }
  const auto overall = half(half(j[1].value(), f[1].value()), half(j[2].value(), f[2].value()));
  add(Metric("J&F"), Scope::overall, overall, all_j.count);
  add(Metric("J"), Scope::seen, j[1].value(), j[1].count);
  add(Metric("F"), Scope::seen, f[1].value(), f[1].count);
  add(Metric("J"), Scope::unseen, j[2].value(), j[2].count);
  add(Metric("F"), Scope::unseen, f[2].value(), f[2].count);
  add(Metric("J&F"), Scope::pooled, half(all_j.value(), all_f.value()), all_j.count);
  add(Metric("J"), Scope::pooled, all_j.value(), all_j.count);
  add(Metric("F"), Scope::pooled, all_f.value(), all_f.count);
}

Result mosxav_test_result() {
  const std::string scores = test_data("expected/mosxav-test.json");
  const std::string groups = test_data("mosxav/test/ImageSets/test_first_mask.json");
  std::vector<ObjectMeans> objects;
  if (!scores.empty() && !groups.empty()) {
    const nlohmann::json expected = nlohmann::json::parse(read_text_file(scores));
    const nlohmann::json videos = nlohmann::json::parse(read_text_file(groups)).at("videos");
    for (const auto& [name, ids] : expected.at("objects").items()) {
      for (const auto& [id, means] : ids.items()) {
        const nlohmann::json& seen = videos.at(name).at("seen_objects");
        const bool is_seen = std::find(seen.begin(), seen.end(), id) != seen.end();
        objects.push_back({name, std::stoi(id), means.at(0).get<double>() / 100,
                           means.at(1).get<double>() / 100,
                           is_seen ? ObjectGroup::seen : ObjectGroup::unseen});
      }
    }
  }
  return stated_result("mosxav-test", objects);
}

}  // namespace angiobench::test
