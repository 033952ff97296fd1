// SPDX-License-Identifier: MIT
#include "reports/explanation_report.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <sstream>
#include <vector>

#include "dataset/words.h"
#include "evaluator/measures.h"
#include "evaluator/scoring/sequence_score.h"
#include "reports/change_words.h"
#include "reports/escape.h"
#include "reports/text_table.h"

namespace angiobench {
namespace {

using Json = nlohmann::ordered_json;

// How the table of frames calls what a frame is to its object.
constexpr auto kRoleWords = words<FrameRole>({{"scored", FrameRole::scored},
                                              {"given", FrameRole::prompt},
                                              {"dropped", FrameRole::dropped},
                                              {"empty", FrameRole::both_empty},
                                              {"missing", FrameRole::missing}});

// What a scored frame is in terms of what there was to find, in the order in which it is told.
enum class FrameKind { empty, given, missed, hallucinated, found };

constexpr auto kKinds = words<FrameKind>(
    {{"frames where nothing had to be found and nothing was reported", FrameKind::empty},
     {"its own first frame in the truth, credited as a prediction", FrameKind::given},
     {"frames where it was missed altogether", FrameKind::missed},
     {"frames where it is not but was reported", FrameKind::hallucinated},
     {"frames where both have it", FrameKind::found}});

FrameKind kind_of(const FrameScore& row, bool opens) {
  const FrameCounts& c = row.counts;
  if (c.union_area == 0) return FrameKind::empty;
  if (opens && row.frame > 0) return FrameKind::given;
  if (c.prediction == 0) return FrameKind::missed;
  return c.truth == 0 ? FrameKind::hallucinated : FrameKind::found;
}

struct Sum {
  int frames = 0;
  double j = 0;
  double f = 0;
};

std::string signed_score(double value, const ScoreStyle& style) {
  char text[32];
  std::snprintf(text, sizeof text, "%+.*f", style.decimals + 1, style.scale * value);
  return text;
}

std::string left(const std::string& text, std::size_t width) {
  const std::size_t columns = terminal_columns(text);
  return columns < width ? text + std::string(width - columns, ' ') : text;
}

std::string right(const std::string& text, std::size_t width) {
  const std::size_t columns = terminal_columns(text);
  return columns < width ? std::string(width - columns, ' ') + text : text;
}

// The public tool whose figures a row has.
std::string tool_words(const Verification& verified, const char* without) {
  if (verified.tool.empty()) return without;
  return (verified.is_exact() ? "exactly " : "within float32 of ") + verified.tool;
}

void add_table(const Explanation& explanation, const std::string& own, const ScoreStyle& style,
               std::ostream& out) {
  out << left("protocol", 28) << left("ranks by", 10) << right("value", 8) << right("J", 8)
      << right("F", 8) << right("objects", 9) << right("values", 9) << right("both empty", 12)
      << "  public tool\n";
  std::optional<double> low;
  std::optional<double> high;
  for (const ProtocolScore& score : explanation.scores) {
    const std::string name = escape_terminal(score.name) + (score.name == own ? " *" : "");
    if (!score.refusal.empty()) {
      out << left(name, 28) << "  does not apply: " << escape_terminal(score.refusal) << "\n";
      continue;
    }
    const ScoreStyle printing = score.display;
    const std::string headline = describe(score.headline, score.display).name;
    out << left(name, 28) << headline
        << right("", 10 - std::min<std::size_t>(10, terminal_columns(headline)))
        << right(format_fine(score.j_and_f, printing), 8)
        << right(format_fine(score.j, printing), 8) << right(format_fine(score.f, printing), 8)
        << right(std::to_string(score.objects), 9) << right(std::to_string(score.frames), 9)
        << right(std::to_string(score.empty), 12) << "  "
        << tool_words(score.verified, "none, from the text") << "\n";
    if (!score.j_and_f || !score.in_range) continue;
    low = std::min(low.value_or(*score.j_and_f), *score.j_and_f);
    high = std::max(high.value_or(*score.j_and_f), *score.j_and_f);
  }
  if (low)
    out << "The same masks score between " << format_fine(low, style) << " and "
        << format_fine(high, style) << ".\n";
  out << "* the data set's own protocol. J and F are means over all objects; `values` counts "
         "(object, frame) pairs that\n"
         "  entered, `both empty` those of them with neither truth nor prediction, each credited "
         "with 1. The range leaves out\n"
         "  protocols that match proposals anew, read other objects from the masks or rank by "
         "another measure. Each row is what\n"
         "  `score` gives under that protocol, with its own labels and printing.\n";
  const bool has_images = std::ranges::any_of(explanation.scores, [](const ProtocolScore& score) {
    return score.refusal.empty() && score.objects == 0;
  });
  if (has_images) {
    out << "  Where there are no objects, but classes, maps or overlapping labels, `values` counts "
           "images; per_image.csv and\n"
           "  per_class.csv of 'score --out' have what the score is made of.\n";
  }
}

void add_steps(const Explanation& explanation, const std::pair<std::string, std::string>& names,
               const ScoreStyle& style, std::ostream& out) {
  out << "\nFrom " << escape_terminal(names.first) << " (J&F "
      << format_fine(explanation.from_value, style) << ") to " << escape_terminal(names.second)
      << " (J&F " << format_fine(explanation.to_value, style) << "), rule by rule:\n";
  for (const RuleStep& step : explanation.steps) {
    out << right(signed_score(step.contribution, style), 8) << "  " << step.rule << ": "
        << step.from << " -> " << step.to << "\n";
  }
  if (explanation.steps.empty()) out << "  no rule differs\n";
  out << right(signed_score(*explanation.to_value - *explanation.from_value, style), 8)
      << "  in all\n";
}

Json json_of(const std::optional<double>& value) { return value ? Json(*value) : Json(nullptr); }

Json to_json(const Explanation& explanation) {
  Json document;
  for (const ProtocolScore& score : explanation.scores) {
    Json entry = {{"protocol", score.name},        {"title", score.title},
                  {"J&F", json_of(score.j_and_f)}, {"J", json_of(score.j)},
                  {"F", json_of(score.f)},         {"objects", score.objects},
                  {"values", score.frames},        {"both_empty", score.empty}};
    entry["ranks_by"] = score.headline.id;
    entry["public_tool"] = score.verified.tool;
    entry["verified"] = verification_words(score.verified);
    if (!score.refusal.empty()) entry["does_not_apply"] = score.refusal;
    document["protocols"].push_back(std::move(entry));
  }
  if (explanation.from_value) {
    document["between"] = {{"from", *explanation.from_value}, {"to", *explanation.to_value}};
    document["between"]["steps"] = Json::array();
    for (const RuleStep& step : explanation.steps) {
      document["between"]["steps"].push_back({{"rule", step.rule},
                                              {"from", step.from},
                                              {"to", step.to},
                                              {"contribution", step.contribution}});
    }
  }
  return document;
}

// A row of the table of frames; returns its J and F.
std::pair<double, double> add_frame(const Protocol& protocol, const SequenceScore& sequence,
                                    const FrameScore& row, std::ostream& out) {
  const FrameCounts& c = row.counts;
  const bool is_zero = row.role == FrameRole::missing;
  const double j = is_zero ? 0 : frame_j(protocol, c);
  const double f = is_zero ? 0 : boundary_f(c);
  char text[64];
  out << left(escape_terminal(sequence.frame_names[row.frame]), 12)
      << left(std::string(kRoleWords.of(row.role)), 9) << right(std::to_string(c.truth), 8)
      << right(std::to_string(c.prediction), 8) << right(std::to_string(c.intersection), 9)
      << right(std::to_string(c.union_area), 9);
  std::snprintf(text, sizeof text, "%9.4f%9.4f\n", j, f);
  out << text;
  return {j, f};
}

void add_sums(const Protocol& protocol, const ObjectScore& object,
              const std::array<Sum, kKinds.entries.size()>& sums, std::ostream& out) {
  const int total = static_cast<int>(object.frames);
  const ScoreStyle style = protocol.display;
  const FrameMeasures measures = frame_measures(protocol);
  const Measure& contour = measures.contour();
  out << "\nJ = " << format_fine(object.value(region_metric()), style) << " and " << contour.name
      << " = " << format_fine(object.value(Metric(contour.id)), style) << " are means over "
      << total << " frames:\n";
  for (std::size_t kind = 0; kind < sums.size(); ++kind) {
    if (sums[kind].frames == 0) continue;
    char text[160];
    std::snprintf(text, sizeof text, "  %+7.*f of J, %+7.*f of %s from %d %s\n", style.decimals + 1,
                  style.scale * sums[kind].j / total, style.decimals + 1,
                  style.scale * sums[kind].f / total, contour.name.c_str(), sums[kind].frames,
                  std::string(kKinds.entries[kind].first).c_str());
    out << text;
  }
}

void add_region(const Protocol& protocol, const FrameCounts& c, std::ostream& out) {
  const double j = frame_j(protocol, c);
  char text[128];
  if (c.union_area == 0) {
    out << "  J = 1, because both are empty\n";
    return;
  }
  if (protocol.plus_one_region) {
    std::snprintf(text, sizeof text, "  J = (%u + 1) / (%u + 1) = %.6f\n", c.intersection,
                  c.union_area, j);
  } else {
    std::snprintf(text, sizeof text, "  J = %u / %u = %.6f\n", c.intersection, c.union_area, j);
  }
  out << text;
}

void add_boundary(const Protocol& protocol, const FrameCounts& c, std::ostream& out) {
  const FrameMeasures measures = frame_measures(protocol);
  const std::string& contour = measures.contour().name;
  out << "  boundary pixels |dP| = " << c.prediction_boundary << ", " << c.prediction_matched
      << " of them near dG;   |dG| = " << c.truth_boundary << ", " << c.truth_matched
      << " of them near dP\n";
  if (c.prediction_boundary == 0 && c.truth_boundary == 0) {
    out << "  " << contour << " = 1, because neither has a boundary"
        << (c.union_area > 0 ? " (a full frame has none)" : "") << "\n";
    return;
  }
  if (c.prediction_boundary == 0 || c.truth_boundary == 0) {
    out << "  " << contour << " = 0, because one alone has a boundary\n";
    return;
  }
  const double precision = static_cast<double>(c.prediction_matched) / c.prediction_boundary;
  const double recall = static_cast<double>(c.truth_matched) / c.truth_boundary;
  char text[256];
  std::snprintf(
      text, sizeof text,
      "  precision P = %u / %u = %.6f   recall R = %u / %u = %.6f\n  %s = 2PR / (P + R) = %.6f\n",
      c.prediction_matched, c.prediction_boundary, precision, c.truth_matched, c.truth_boundary,
      recall, contour.c_str(), boundary_f(c));
  out << text;
}

}  // namespace

std::string explanation_text(const Explanation& explanation, const Protocol& own,
                             const std::optional<std::pair<std::string, std::string>>& between) {
  std::ostringstream out;
  const ScoreStyle style = own.display;
  add_table(explanation, own.name, style, out);
  if (between) add_steps(explanation, *between, style, out);
  return out.str();
}

std::string number_explanation(const Explanation& explanation, const std::string& number) {
  std::ostringstream out;
  const std::vector<PrintedNumber> found = numbers_that_read(explanation, number);
  for (const PrintedNumber& one : found) {
    const auto row = std::ranges::find(explanation.scores, one.protocol, &ProtocolScore::name);
    out << left(one.text, 8) << left(escape_terminal(one.protocol), 28)
        << describe(one.metric, row->display).name << ", " << scope_name(one.scope) << ", "
        << tool_words(row->verified, "from the text") << "\n";
  }
  if (found.empty()) out << "no protocol prints " << escape_terminal(number) << " of these masks\n";
  return out.str();
}

std::string explanation_json(const Explanation& explanation) {
  return to_json(explanation).dump(2) + "\n";
}

std::string object_explanation(const Protocol& protocol, const SequenceScore& sequence,
                               const ObjectScore& object) {
  const FrameMeasures measures = frame_measures(protocol);
  std::ostringstream out;
  out << escape_terminal(sequence.name) << ", object " << object.id << ", protocol "
      << escape_terminal(protocol.name) << "\n"
      << left("frame", 12) << left("part", 9) << right("|G|", 8) << right("|P|", 8)
      << right("P and G", 9) << right("P or G", 9) << right("J", 9)
      << right(measures.contour().name, 9) << "\n";
  std::array<Sum, kKinds.entries.size()> sums;
  bool is_first_truth = true;
  for (const FrameScore& row : sequence.frames) {
    if (row.object_id != object.id) continue;
    const auto [j, f] = add_frame(protocol, sequence, row, out);
    const bool opens = is_first_truth && row.counts.truth > 0;
    if (row.counts.truth > 0) is_first_truth = false;
    if (row.role != FrameRole::scored && row.role != FrameRole::missing) continue;
    Sum& sum = sums[static_cast<std::size_t>(kind_of(row, opens))];
    ++sum.frames;
    sum.j += j;
    sum.f += f;
  }
  add_sums(protocol, object, sums, out);
  return out.str();
}

std::string frame_explanation(const Protocol& protocol, const FrameScore& row,
                              const std::string& frame) {
  const FrameCounts& c = row.counts;
  std::ostringstream out;
  out << "Frame " << escape_terminal(frame) << ", object " << row.object_id << " ("
      << kRoleWords.of(row.role) << ")\n";
  out << "  |G| = " << c.truth << "   |P| = " << c.prediction << "   |P and G| = " << c.intersection
      << "   |P or G| = " << c.union_area << "\n";
  add_region(protocol, c, out);
  add_boundary(protocol, c, out);
  return out.str();
}

}  // namespace angiobench
