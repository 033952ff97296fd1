// SPDX-License-Identifier: MIT
#include <algorithm>
#include <optional>
#include <ostream>

#include "cli/command.h"
#include "cli/exit_code.h"
#include "cli/scoring_options.h"
#include "cli/terminal.h"
#include "cli/verbs.h"
#include "dataset/error.h"
#include "evaluator/scoring/explanation.h"
#include "reports/explanation_report.h"

namespace angiobench::cli {
namespace {

struct ExplainCommand {
  ScoringInputs inputs;
  std::string protocols;  // "a,b"; empty: all that are built in
  std::string between;    // "a,b", or empty
  std::string sequence;
  std::optional<int> object;
  std::string frame;
  std::string number;
  bool json = false;
};

HelpText help_page() {
  return {"explain",
          "angiobench explain --dataset NAME -g GROUND_TRUTH -p PREDICTIONS [--between A,B | "
          "--sequence S --object N [--frame F]]",
          "Says why a score is what it is: the score of a submission under every protocol that "
          "applies, what each\n"
          "rule contributes between two protocols, or the integers behind the score of one object "
          "or frame.",
          {"angiobench explain --dataset mosxav-test -g MOSXAV -p predictions --between "
           "mosxav-test,strict",
           "angiobench explain --dataset mosxav-test -g MOSXAV -p predictions --sequence v03 "
           "--object 3 --frame 00005"}};
}

void bind(OptionSet& options, ExplainCommand& command) {
  add_scoring_options(options, command.inputs);
  options.add("protocols", names(command.protocols, protocol_names()),
              "only these protocols: a,b (names or .json); default: all");
  options.add("between", names(command.between, protocol_names()),
              "two protocols a,b: what each rule contributes to the difference");
  options.add("sequence", text(command.sequence, "NAME"),
              "with --object: the numbers behind one score");
  options.add("object", number(command.object), "object id");
  options.add("frame", text(command.frame, "NAME"),
              "one frame of it: the integers and the arithmetic");
  options.add("number", text(command.number, "49.4"),
              "which protocols print this number of the submission");
  options.add("json", flag(command.json), "print JSON");
  options.rule({"sequence", "object"}, [&command]() -> std::string {
    if (command.sequence.empty() != command.object.has_value()) return {};
    return "--sequence goes with --object; expected both, or neither";
  });
  options.rule({"frame", "sequence"}, [&command]() -> std::string {
    if (command.frame.empty() || !command.sequence.empty()) return {};
    return "--frame goes with --sequence and --object; expected all three";
  });
}

// The sequence that is asked for, scored with its rows; nothing where it failed (and that was
// told).
std::optional<SequenceScore> scored_sequence(const ExplainCommand& command, const ScoringData& data,
                                             const Call& call, int& exit_code) {
  // Only this sequence is read.
  SequenceIndex index = data.index;
  std::vector<std::string> names;
  for (const Sequence& sequence : index.sequences) names.push_back(sequence.name);
  const std::optional<std::string> name = resolve_name(names, command.sequence);
  if (!name) {
    throw unknown_name("sequence",
                       "is '" + command.sequence + "', no sequence of " + index.benchmark.name,
                       names, command.sequence);
  }
  std::erase_if(index.sequences, [&](const Sequence& sequence) { return sequence.name != *name; });
  const MissingFrames missing = find_missing(index, *data.predictions, data.protocol);
  ScoreOptions options = score_options(command.inputs, call.common);
  options.rows = FrameRows::keep;
  ScoreOutcome outcome = score(index, *data.predictions, data.protocol, missing, options);
  if (outcome.failures.empty()) return std::move(outcome.result.sequences.front());
  exit_code = report_failures(outcome.failures, call.common, call.streams);
  return std::nullopt;
}

const ObjectScore& find_object(const SequenceScore& sequence, int id) {
  const auto object = std::ranges::find(sequence.objects, id, &ObjectScore::id);
  if (object != sequence.objects.end()) return *object;
  std::string known;
  for (const ObjectScore& candidate : sequence.objects)
    known += (known.empty() ? "" : ", ") + std::to_string(candidate.id);
  throw Error::about(ErrorKind::usage, "object",
                     "is " + std::to_string(id) + ", which is not reported in " + sequence.name,
                     "one of " + known);
}

int explain_object(const ExplainCommand& command, const ScoringData& data, const Call& call) {
  int exit_code = kExitPassed;
  const std::optional<SequenceScore> sequence = scored_sequence(command, data, call, exit_code);
  if (!sequence) return exit_code;
  const ObjectScore& object = find_object(*sequence, *command.object);
  if (command.frame.empty()) {
    call.streams.out << object_explanation(data.protocol, *sequence, object);
    return kExitPassed;
  }
  for (const FrameScore& row : sequence->frames) {
    if (row.object_id != object.id || sequence->frame_names[row.frame] != command.frame) continue;
    call.streams.out << frame_explanation(data.protocol, row, command.frame);
    return kExitPassed;
  }
  throw Error::about(ErrorKind::usage, "frame",
                     "is '" + command.frame + "', which is not read under " + data.protocol.name);
}

// Integers behind an object's score are of protocols for objects.
void check_has_objects(const Protocol& protocol) {
  if (protocol.task == Task::objects) return;
  throw Error::about(ErrorKind::usage, "object",
                     "is asked for under " + protocol.name + ", whose task is " +
                         std::string(task_name(protocol.task)),
                     "no --object: per_image.csv and per_class.csv of 'score --out' have the "
                     "integers, and 'explain' without it the score under every protocol");
}

int explain(const ExplainCommand& command, const Call& call) {
  const std::vector<std::string> between = parse_name_list(command.between);
  if (!between.empty() && between.size() != 2) {
    throw Error::about(ErrorKind::usage, "between",
                       "names " + std::to_string(between.size()) + " protocols", "two: A,B");
  }
  const ScoringData data = open_scoring_data(command.inputs);
  if (!command.sequence.empty()) {
    check_has_objects(data.protocol);
    return explain_object(command, data, call);
  }

  if (!command.number.empty()) check_printed_number(command.number);
  const Protocol base = load_protocol(data.index.benchmark.protocol);
  std::vector<std::string> names = parse_name_list(command.protocols);
  if (names.empty()) names = protocol_names();
  std::vector<Protocol> protocols;
  for (const std::string& name : names)
    protocols.push_back(as_field("protocols", [&] { return load_protocol(name); }));
  std::optional<std::pair<Protocol, Protocol>> two;
  std::optional<std::pair<std::string, std::string>> two_names;
  if (!between.empty()) {
    const auto load = [&](std::size_t i) {
      return as_field("between", [&] { return load_protocol(between[i]); });
    };
    two = {load(0), load(1)};
    two_names = {between[0], between[1]};
  }
  ScoreOptions options = score_options(command.inputs, call.common);
  ProgressBar progress("explaining", "frames", call.common, call.streams);
  options.progress = progress.callback();
  const Explanation explanation =
      explain_protocols(data.index, *data.predictions, protocols, two, options);
  progress.clear();
  if (!command.number.empty()) {
    call.streams.out << number_explanation(explanation, command.number);
    return kExitPassed;
  }
  call.streams.out << (command.json ? explanation_json(explanation)
                                    : explanation_text(explanation, base, two_names));
  return kExitPassed;
}

constexpr CommandLine<ExplainCommand> kLine = {help_page, bind, explain};

}  // namespace

VerbCode explain_code() { return code_of_line<kLine>(); }

}  // namespace angiobench::cli
