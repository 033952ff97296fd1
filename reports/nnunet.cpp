// SPDX-License-Identifier: MIT
#include "reports/nnunet.h"

#include <array>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <string_view>
#include <vector>

#include "dataset/error.h"
#include "evaluator/pairwise_sum.h"
#include "evaluator/vessel/map_score.h"

namespace angiobench {
namespace {

// In the order of their names, as Python sorts them.
constexpr std::array<std::string_view, 8> kNames = {"Dice", "FN", "FP",     "IoU",
                                                    "TN",   "TP", "n_pred", "n_ref"};
using Values = std::array<double, kNames.size()>;

struct Case {
  std::string file;  // "<sequence>/<frame>.png"
  std::map<int, Values> labels;
};

Values values_of(const FrameCounts& counts, double num_pixels) {
  const double tp = counts.intersection;
  const double fp = counts.prediction - tp;
  const double fn = counts.truth - tp;
  const double tn = num_pixels - tp - fp - fn;
  const bool is_nothing = tp + fp + fn == 0;
  constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
  return {is_nothing ? kNone : 2 * tp / (2 * tp + fp + fn),
          fn,
          fp,
          is_nothing ? kNone : tp / (tp + fp + fn),
          tn,
          tp,
          fp + tp,
          fn + tp};
}

// numpy.nanmean
double nan_mean(std::vector<double> values) {
  double count = 0;
  for (double& value : values) {
    if (std::isnan(value)) {
      value = 0;
    } else {
      count += 1;
    }
  }
  return count == 0 ? std::numeric_limits<double>::quiet_NaN() : pairwise_sum(values) / count;
}

std::string number_text(double value, bool is_whole) {
  if (std::isnan(value)) return "NaN";
  return is_whole ? std::to_string(static_cast<std::uint64_t>(value)) : python_text(value);
}

enum class Numbers { counts, means };

std::string values_json(const Values& values, Numbers kind, const std::string& indent) {
  std::string text = "{\n";
  for (std::size_t i = 0; i < values.size(); ++i) {
    const bool is_whole = kind == Numbers::counts && kNames[i] != "Dice" && kNames[i] != "IoU";
    text += indent + "    \"" + std::string(kNames[i]) + "\": " + number_text(values[i], is_whole) +
            (i + 1 < values.size() ? ",\n" : "\n");
  }
  return text + indent + "}";
}

std::string labels_json(const std::map<int, Values>& labels, Numbers kind,
                        const std::string& indent) {
  // Python sorts the keys as texts.
  std::map<std::string, const Values*> sorted;
  for (const auto& [id, values] : labels) sorted[std::to_string(id)] = &values;
  std::string text = "{\n";
  std::size_t written = 0;
  for (const auto& [id, values] : sorted) {
    text += indent + "    \"" + id + "\": " + values_json(*values, kind, indent + "    ") +
            (++written < sorted.size() ? ",\n" : "\n");
  }
  return text + indent + "}";
}

std::vector<Case> cases_of(const Result& result, const FrameSizes& sizes, const std::string& path) {
  std::vector<Case> cases;
  for (const SequenceScore& sequence : result.sequences) {
    std::map<std::uint32_t, Case> by_frame;
    for (const FrameScore& row : sequence.frames) {
      if (row.role == FrameRole::prompt || row.role == FrameRole::dropped) continue;
      const std::string& frame = sequence.frame_names[row.frame];
      if (row.role == FrameRole::missing) {
        throw Error(ErrorKind::input, path,
                    "has no prediction for " + sequence.name + "/" + frame + ", which counts as 0",
                    "a complete submission: nnU-Net has no case without a prediction");
      }
      const auto size = sizes.find({sequence.name, frame});
      if (size == sizes.end()) {
        throw Error(ErrorKind::input, path,
                    "does not say how large " + sequence.name + "/" + frame + " is",
                    "the folder of a score with --measures, whose vessel_per_frame.csv does");
      }
      Case& one = by_frame[row.frame];
      one.file = sequence.name + "/" + frame + ".png";
      one.labels[row.object_id] =
          values_of(row.counts, double{1} * size->second.first * size->second.second);
    }
    for (auto& [frame, one] : by_frame) cases.push_back(std::move(one));
  }
  return cases;
}

// Of each number, over the entries of `all`.
Values means_of(const std::vector<const Values*>& all) {
  Values means{};
  for (std::size_t i = 0; i < means.size(); ++i) {
    std::vector<double> values;
    for (const Values* const one : all) values.push_back((*one)[i]);
    means[i] = nan_mean(std::move(values));
  }
  return means;
}

std::string quoted(const std::string& text) {
  return nlohmann::json(text).dump(-1, ' ', true, nlohmann::json::error_handler_t::replace);
}

}  // namespace

std::string nnunet_summary(const Result& result, const FrameSizes& sizes, const std::string& path) {
  if (result.protocol.task != "objects") {
    throw Error(ErrorKind::input, path, "is of the task " + result.protocol.task,
                "a result of objects");
  }
  const std::vector<Case> cases = cases_of(result, sizes, path);
  if (cases.empty()) {
    throw Error(ErrorKind::input, path, "has no per-frame rows",
                "the whole folder that score --out wrote");
  }
  std::map<int, std::vector<const Values*>> by_label;
  for (const Case& one : cases) {
    for (const auto& [id, values] : one.labels) by_label[id].push_back(&values);
  }
  std::map<int, Values> means;
  for (const auto& [id, all] : by_label) means[id] = means_of(all);
  std::vector<const Values*> foreground;
  for (const auto& [id, values] : means) foreground.push_back(&values);

  std::string text =
      "{\n    \"foreground_mean\": " + values_json(means_of(foreground), Numbers::means, "    ") +
      ",\n    \"mean\": " + labels_json(means, Numbers::means, "    ") +
      ",\n    \"metric_per_case\": [";
  for (std::size_t i = 0; i < cases.size(); ++i) {
    text += std::string(i == 0 ? "\n" : ",\n") + "        {\n            \"metrics\": " +
            labels_json(cases[i].labels, Numbers::counts, "            ") +
            ",\n            \"prediction_file\": " + quoted(cases[i].file) +
            ",\n            \"reference_file\": " + quoted(cases[i].file) + "\n        }";
  }
  return text + "\n    ]\n}\n";
}

}  // namespace angiobench
