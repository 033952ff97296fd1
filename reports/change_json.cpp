// SPDX-License-Identifier: MIT
#include "reports/change_json.h"

#include <cmath>

namespace angiobench {

using Json = nlohmann::ordered_json;

Json number_json(std::optional<double> value) {
  if (!value || !std::isfinite(*value)) return nullptr;
  return *value;
}

Json change_json(const CaseChange& change) {
  Json json = {{"sequence", change.sequence}};
  if (change.object >= 0) json["object"] = change.object;
  json["before"] = number_json(change.before);
  json["after"] = number_json(change.after);
  json["verdict"] = verdict_word(change.verdict);
  return json;
}

Json comparison_to_json(const Comparison& comparison) {
  const Comparability& checked = comparison.comparability;
  Json json;
  json["comparable"] = checked.comparable;
  json["identical_masks"] = checked.identical_masks;
  json["complete"] = comparison.before_complete && comparison.after_complete;
  json["reasons"] = checked.reasons;
  json["notes"] = checked.notes;
  json["only_before"] = checked.only_before;
  json["only_after"] = checked.only_after;
  json["aggregates"] = Json::array();
  for (const AggregateChange& change : comparison.aggregates) {
    Json entry = {{"metric", change.metric.metric.id},       {"scope", scope_name(change.scope)},
                  {"before", number_json(change.before)},    {"after", number_json(change.after)},
                  {"verdict", verdict_word(change.verdict)}, {"statistics", nullptr}};
    if (change.statistics) {
      const PairedStatistics& statistics = *change.statistics;
      Json& made = entry["statistics"];
      made = {{"difference", statistics.difference}, {"interval", nullptr}};
      if (statistics.interval) {
        made["interval"] = {{"level", statistics.interval->level},
                            {"low", statistics.interval->low},
                            {"high", statistics.interval->high},
                            {"unit", statistics.interval->unit},
                            {"resamples", statistics.interval->resamples}};
      }
      made["sign_flips"] = {{"p", statistics.sign_flips.p},
                            {"p_holm", statistics.p_holm},
                            {"exact", statistics.sign_flips.exact},
                            {"patterns", statistics.sign_flips.num_used}};
      made["wilcoxon"] = {{"p", statistics.wilcoxon.p},
                          {"statistic", statistics.wilcoxon.statistic},
                          {"exact", statistics.wilcoxon.exact},
                          {"nonzero", statistics.wilcoxon.num_used}};
      made["sequences"] = statistics.num_sequences;
      made["objects"] = statistics.num_objects;
      made["left_out"] = statistics.num_left_out;
    }
    json["aggregates"].push_back(std::move(entry));
  }
  json["case_metric"] = comparison.case_metric.metric.id;
  json["sequences"] = Json::array();
  for (const CaseChange& change : comparison.sequences)
    json["sequences"].push_back(change_json(change));
  json["objects"] = Json::array();
  for (const CaseChange& change : comparison.objects)
    json["objects"].push_back(change_json(change));
  return json;
}

std::string dump_json(const Json& json) {
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace angiobench
