// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <optional>
#include <ostream>

#include "cli/exit_code.h"
#include "cli/options.h"
#include "cli/scoring_options.h"
#include "cli/terminal.h"
#include "cli/verbs.h"
#include "dataset/error.h"
#include "evaluator/scoring/explanation.h"
#include "reports/change_words.h"

namespace angiobench::cli {
namespace {

namespace po = boost::program_options;
using Json = nlohmann::ordered_json;

struct ExplainCommand {
  ScoringInputs inputs;
  std::vector<std::string> protocols;  // empty: all that are built in
  std::vector<std::string> between;    // two names, or none
  std::string sequence;
  int object = 0;
  std::string frame;
  bool json = false;
};

std::optional<ExplainCommand> parse(const std::vector<std::string>& arguments,
                                    const Streams& streams) {
  po::options_description described("Options");
  add_scoring_options(described);
  described.add_options()  //
      ("protocols", po::value<std::string>()->default_value(""),
       "only these protocols: a,b (names or .json); default: all")  //
      ("between", po::value<std::string>()->default_value(""),
       "two protocols a,b: what each rule contributes to the difference")  //
      ("sequence", po::value<std::string>()->default_value(""),
       "with --object: the numbers behind one score")              //
      ("object", po::value<int>()->default_value(0), "object id")  //
      ("frame", po::value<std::string>()->default_value(""),
       "one frame of it: the integers and the arithmetic")  //
      ("json", po::bool_switch(), "print JSON");
  const HelpPage help{
      "angiobench explain --dataset NAME -g GROUND_TRUTH -p PREDICTIONS [--between A,B | "
      "--sequence S --object N [--frame F]]",
      "Says why a score is what it is: the score of a submission under every protocol that "
      "applies, what each\n"
      "rule contributes between two protocols, or the integers behind the score of one object or "
      "frame.",
      {"angiobench explain --dataset mosxav-test -g MOSXAV -p predictions --between "
       "mosxav-test,strict",
       "angiobench explain --dataset mosxav-test -g MOSXAV -p predictions --sequence v03 --object "
       "3 --frame 00005"}};
  const po::variables_map values = parse_options(arguments, described, {}, help, streams);
  if (wants_help(values)) return std::nullopt;
  ExplainCommand command;
  command.inputs = read_scoring_options(values, streams);
  command.protocols = parse_name_list(values["protocols"].as<std::string>());
  command.between = parse_name_list(values["between"].as<std::string>());
  command.sequence = values["sequence"].as<std::string>();
  command.object = values["object"].as<int>();
  command.frame = values["frame"].as<std::string>();
  command.json = values["json"].as<bool>();
  if (!command.between.empty() && command.between.size() != 2) {
    throw Error(ErrorKind::usage, "--between",
                "names " + std::to_string(command.between.size()) + " protocols", "two: A,B");
  }
  if (command.sequence.empty() != (command.object == 0)) {
    throw Error(ErrorKind::usage, "--sequence", "goes with --object", "both, or neither");
  }
  if (!command.frame.empty() && command.sequence.empty()) {
    throw Error(ErrorKind::usage, "--frame", "goes with --sequence and --object", "all three");
  }
  return command;
}

std::string signed_score(double value, const ScoreStyle& style) {
  char text[32];
  std::snprintf(text, sizeof text, "%+.*f", style.decimals + 1, style.scale * value);
  return text;
}

std::string left(const std::string& text, std::size_t width) {
  return text.size() < width ? text + std::string(width - text.size(), ' ') : text;
}

std::string right(const std::string& text, std::size_t width) {
  // "–" and "Ḟ" are one column and three bytes.
  const auto columns = static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
  return columns < width ? std::string(width - columns, ' ') + text : text;
}

void print_table(const Explanation& explanation, const std::string& own, const ScoreStyle& style,
                 std::ostream& out) {
  out << left("protocol", 24) << right("J&F", 8) << right("J", 8) << right("F", 8)
      << right("objects", 9) << right("values", 9) << right("both empty", 12) << "\n";
  std::optional<double> low;
  std::optional<double> high;
  for (const ProtocolScore& score : explanation.scores) {
    const std::string name = score.name + (score.name == own ? " *" : "");
    if (!score.refusal.empty()) {
      out << left(name, 24) << "  does not apply: " << printable(score.refusal) << "\n";
      continue;
    }
    out << left(name, 24) << right(format_fine(score.j_and_f, style), 8)
        << right(format_fine(score.j, style), 8) << right(format_fine(score.f, style), 8)
        << right(std::to_string(score.objects), 9) << right(std::to_string(score.frames), 9)
        << right(std::to_string(score.empty), 12) << "\n";
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
         "  protocols that match proposals anew.\n";
}

void print_steps(const Explanation& explanation, const std::vector<std::string>& names,
                 const ScoreStyle& style, std::ostream& out) {
  out << "\nFrom " << names[0] << " (J&F " << format_fine(explanation.from_value, style) << ") to "
      << names[1] << " (J&F " << format_fine(explanation.to_value, style) << "), rule by rule:\n";
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

const char* role_words(FrameRole role) {
  switch (role) {
    case FrameRole::scored:
      return "scored";
    case FrameRole::prompt:
      return "given";
    case FrameRole::dropped:
      return "dropped";
    case FrameRole::both_empty:
      return "empty";
    case FrameRole::missing:
      return "missing";
  }
  return "";
}

// What a scored frame is in terms of what there was to find.
enum class FrameKind { empty, given, missed, hallucinated, found };

void print_frame(const Protocol& protocol, const FrameScore& row, const std::string& name,
                 std::ostream& out) {
  const FrameCounts& c = row.counts;
  const double j = frame_j(protocol, c);
  const double f = boundary_f(c);
  const std::string& contour = frame_measures(protocol).contour().name;
  char text[512];
  out << "Frame " << printable(name) << ", object " << row.object_id << " (" << role_words(row.role)
      << ")\n";
  out << "  |G| = " << c.truth << "   |P| = " << c.prediction << "   |P and G| = " << c.intersection
      << "   |P or G| = " << c.union_area << "\n";
  if (c.union_area == 0) {
    out << "  J = 1, because both are empty\n";
  } else if (protocol.plus_one_region) {
    std::snprintf(text, sizeof text, "  J = (%u + 1) / (%u + 1) = %.6f\n", c.intersection,
                  c.union_area, j);
    out << text;
  } else {
    std::snprintf(text, sizeof text, "  J = %u / %u = %.6f\n", c.intersection, c.union_area, j);
    out << text;
  }
  out << "  boundary pixels |dP| = " << c.prediction_boundary << ", " << c.prediction_matched
      << " of them near dG;   |dG| = " << c.truth_boundary << ", " << c.truth_matched
      << " of them near dP\n";
  if (c.prediction_boundary == 0 && c.truth_boundary == 0) {
    out << "  " << contour << " = 1, because neither has a boundary"
        << (c.union_area > 0 ? " (a full frame has none)" : "") << "\n";
  } else if (c.prediction_boundary == 0 || c.truth_boundary == 0) {
    out << "  " << contour << " = 0, because one alone has a boundary\n";
  } else {
    const double precision = static_cast<double>(c.prediction_matched) / c.prediction_boundary;
    const double recall = static_cast<double>(c.truth_matched) / c.truth_boundary;
    std::snprintf(
        text, sizeof text,
        "  precision P = %u / %u = %.6f   recall R = %u / %u = %.6f\n  %s = 2PR / (P + R) = %.6f\n",
        c.prediction_matched, c.prediction_boundary, precision, c.truth_matched, c.truth_boundary,
        recall, contour.c_str(), f);
    out << text;
  }
}

int explain_object(const ExplainCommand& command, const ScoringData& data, const Streams& streams) {
  // Only this sequence is read.
  SequenceIndex index = data.index;
  std::erase_if(index.sequences,
                [&](const Sequence& sequence) { return sequence.name != command.sequence; });
  if (index.sequences.empty()) {
    throw Error(ErrorKind::usage, "--sequence",
                "'" + command.sequence + "' is no sequence of " + index.benchmark.name);
  }
  const MissingFrames missing = find_missing(index, *data.predictions, data.protocol);
  ScoreOptions options = score_options(command.inputs);
  options.rows = FrameRows::keep;
  const ScoreOutcome outcome = score(index, *data.predictions, data.protocol, missing, options);
  if (!outcome.failures.empty())
    return report_failures(outcome.failures, command.inputs.common, streams);
  const SequenceScore& sequence = outcome.result.sequences.front();
  const auto object =
      std::find_if(sequence.objects.begin(), sequence.objects.end(),
                   [&](const ObjectScore& candidate) { return candidate.id == command.object; });
  if (object == sequence.objects.end()) {
    std::string known;
    for (const ObjectScore& candidate : sequence.objects)
      known += (known.empty() ? "" : ", ") + std::to_string(candidate.id);
    throw Error(ErrorKind::usage, "--object",
                std::to_string(command.object) + " is not reported in " + command.sequence,
                "one of " + known);
  }
  std::ostream& out = streams.out;
  if (!command.frame.empty()) {
    for (const FrameScore& row : sequence.frames) {
      if (row.object_id != command.object || sequence.frame_names[row.frame] != command.frame)
        continue;
      print_frame(data.protocol, row, command.frame, out);
      return kExitPassed;
    }
    throw Error(ErrorKind::usage, "--frame",
                "'" + command.frame + "' is not read under " + data.protocol.name);
  }

  const ScoreStyle style = data.protocol.display;
  const FrameMeasures measures = frame_measures(data.protocol);
  const Measure& contour = measures.contour();
  // The frames one by one, then what kinds of frames the mean is made of.
  out << command.sequence << ", object " << command.object << ", protocol " << data.protocol.name
      << "\n"
      << left("frame", 12) << left("part", 9) << right("|G|", 8) << right("|P|", 8)
      << right("P and G", 9) << right("P or G", 9) << right("J", 9) << right(contour.name, 9)
      << "\n";
  struct Sum {
    int frames = 0;
    double j = 0;
    double f = 0;
  };
  Sum sums[5];
  bool is_first_truth = true;
  for (const FrameScore& row : sequence.frames) {
    if (row.object_id != command.object) continue;
    const FrameCounts& c = row.counts;
    const bool is_zero = row.role == FrameRole::missing;
    const double j = is_zero ? 0 : frame_j(data.protocol, c);
    const double f = is_zero ? 0 : boundary_f(c);
    char text[64];
    out << left(sequence.frame_names[row.frame], 12) << left(role_words(row.role), 9)
        << right(std::to_string(c.truth), 8) << right(std::to_string(c.prediction), 8)
        << right(std::to_string(c.intersection), 9) << right(std::to_string(c.union_area), 9);
    std::snprintf(text, sizeof text, "%9.4f%9.4f\n", j, f);
    out << text;
    const bool opens = is_first_truth && c.truth > 0;
    if (c.truth > 0) is_first_truth = false;
    if (row.role != FrameRole::scored && row.role != FrameRole::missing) continue;
    const FrameKind kind = c.union_area == 0        ? FrameKind::empty
                           : opens && row.frame > 0 ? FrameKind::given
                           : c.prediction == 0      ? FrameKind::missed
                           : c.truth == 0           ? FrameKind::hallucinated
                                                    : FrameKind::found;
    Sum& sum = sums[static_cast<int>(kind)];
    ++sum.frames;
    sum.j += j;
    sum.f += f;
  }
  const int total = static_cast<int>(object->frames);
  constexpr const char* kKinds[] = {"frames where nothing had to be found and nothing was reported",
                                    "its own first frame in the truth, credited as a prediction",
                                    "frames where it was missed altogether",
                                    "frames where it is not but was reported",
                                    "frames where both have it"};
  out << "\nJ = " << format_fine(object->value(region_metric()), style) << " and " << contour.name
      << " = " << format_fine(object->value(Metric(contour.id)), style) << " are means over "
      << total << " frames:\n";
  for (int kind = 0; kind < 5; ++kind) {
    if (sums[kind].frames == 0) continue;
    char text[160];
    std::snprintf(text, sizeof text, "  %+7.*f of J, %+7.*f of %s from %d %s\n", style.decimals + 1,
                  style.scale * sums[kind].j / total, style.decimals + 1,
                  style.scale * sums[kind].f / total, contour.name.c_str(), sums[kind].frames,
                  kKinds[kind]);
    out << text;
  }
  return kExitPassed;
}

}  // namespace

int run_explain(const std::vector<std::string>& arguments, const Streams& streams) {
  const std::optional<ExplainCommand> parsed = parse(arguments, streams);
  if (!parsed) return kExitPassed;
  const ExplainCommand& command = *parsed;
  const ScoringData data = open_scoring_data(command.inputs);
  if (!command.sequence.empty()) return explain_object(command, data, streams);

  const Protocol base = load_protocol(data.index.benchmark.protocol);
  std::vector<Protocol> protocols;
  for (const std::string& name : command.protocols.empty() ? protocol_names() : command.protocols) {
    protocols.push_back(load_protocol(name));
  }
  std::optional<std::pair<Protocol, Protocol>> between;
  if (!command.between.empty())
    between = {load_protocol(command.between[0]), load_protocol(command.between[1])};
  ScoreOptions options = score_options(command.inputs);
  ProgressBar progress("explaining", "frames", command.inputs.common, streams);
  options.progress = progress.callback();
  const Explanation explanation =
      explain_protocols(data.index, *data.predictions, protocols, between, options);
  progress.clear();
  if (command.json) {
    streams.out << to_json(explanation).dump(2) << "\n";
    return kExitPassed;
  }
  const ScoreStyle style = base.display;
  print_table(explanation, base.name, style, streams.out);
  if (between) print_steps(explanation, command.between, style, streams.out);
  return kExitPassed;
}

}  // namespace angiobench::cli
