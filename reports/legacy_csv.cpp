// SPDX-License-Identifier: MIT
#include "reports/legacy_csv.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <optional>

#include "evaluator/measures.h"

namespace angiobench {
namespace {

std::string padded(const std::string& text, std::size_t width) {
  return text.size() >= width ? text : text + std::string(width - text.size(), ' ');
}

// Python's f"{x:>4.1f}" (at_least 4) or f"{x:.1f}" (at_least 0) of 100 x; the tool's numbers are
// 100 * mean.
std::string percent(const std::optional<double>& value, int at_least) {
  char text[64];
  if (!value) {
    std::snprintf(text, sizeof text, "%*s", at_least, "nan");
  } else {
    std::snprintf(text, sizeof text, "%*.1f", at_least, *value * 100);
  }
  return text;
}

std::optional<double> aggregate_value(const Result& result, const Metric& metric,
                                      Scope scope = Scope::overall) {
  const Aggregate* const aggregate = find_aggregate(result, metric, scope);
  return aggregate == nullptr ? std::nullopt : aggregate->value;
}

std::string vos_benchmark_csv(const Result& result) {
  constexpr std::string_view kGlobal = "Global score";
  const std::array columns = {mean_metric(), region_metric(), contour_metric()};
  std::size_t width = kGlobal.size();
  bool has_groups = false;
  for (const SequenceScore& sequence : result.sequences) {
    width = std::max(width, sequence.name.size());
    for (const ObjectScore& object : sequence.objects)
      has_groups |= object.group != ObjectGroup::none;
  }
  std::string text;
  const std::string global = padded(std::string(kGlobal), width) + ",   ";
  if (has_groups) {
    text += padded("", width) + ",   ,  J&F,  J_s,  F_s,  J_u,  F_u\n" + global;
    text += ", " + percent(aggregate_value(result, mean_metric()), 0);
    for (const Scope scope : {Scope::seen, Scope::unseen}) {
      for (const Metric& metric : {region_metric(), contour_metric()})
        text += ", " + percent(aggregate_value(result, metric, scope), 0);
    }
    text += "\n" + padded("sequence", width) + ",obj,  J&F,    J,    F\n";
  } else {
    text += padded("sequence", width) + ",obj,  J&F,    J,    F\n" + global;
    for (const Metric& metric : columns) text += ", " + percent(aggregate_value(result, metric), 0);
    text += "\n";
  }
  for (const SequenceScore& sequence : result.sequences) {
    for (const ObjectScore& object : sequence.objects) {
      char id[16];
      std::snprintf(id, sizeof id, "%03d", object.id);
      text += padded(sequence.name, width) + "," + id;
      for (const Metric& metric : columns) text += ", " + percent(object.value(metric), 4);
      text += "\n";
    }
  }
  return text;
}

std::string thousandths(const std::optional<double>& value) {
  if (!value) return "nan";
  char text[64];
  std::snprintf(text, sizeof text, "%.3f", *value);
  return text;
}

// davis2017-evaluation writes with pandas: float_format="%.3f", no index.
std::string davis_global_csv(const Result& result) {
  std::string text = "J&F-Mean,J-Mean,J-Recall,J-Decay,F-Mean,F-Recall,F-Decay\n";
  text += thousandths(aggregate_value(result, mean_metric()));
  for (const Metric& part : {region_metric(), contour_metric()}) {
    text += "," + thousandths(aggregate_value(result, part));
    for (const char* const statistic : {"recall", "decay"})
      text += "," + thousandths(aggregate_value(result, statistic_of(part, statistic)));
  }
  return text + "\n";
}

std::string davis_sequences_csv(const Result& result) {
  std::string text = "Sequence,J-Mean,F-Mean\n";
  for (const SequenceScore& sequence : result.sequences) {
    for (const ObjectScore& object : sequence.objects) {
      text += sequence.name + "_" + std::to_string(object.id) + "," +
              thousandths(object.value(region_metric())) + "," +
              thousandths(object.value(contour_metric())) + "\n";
    }
  }
  return text;
}

}  // namespace

std::vector<std::pair<std::string, std::string>> legacy_csv(const Result& result) {
  if (result.protocol.name == "davis2017" || result.protocol.name == "davis2017-unsupervised") {
    return {{"global_results-val.csv", davis_global_csv(result)},
            {"per-sequence_results-val.csv", davis_sequences_csv(result)}};
  }
  return {{"results.csv", vos_benchmark_csv(result)}};
}

}  // namespace angiobench
