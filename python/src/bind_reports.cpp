// SPDX-License-Identifier: MIT
// explain, validate, compare, check and the leaderboard: each gives texts that the package reads.
#include <algorithm>
#include <optional>
#include <utility>

#include "dataset/names.h"
#include "dataset/validator/validate_dataset.h"
#include "dataset/validator/validate_submission.h"
#include "evaluator/comparing/default_gate.h"
#include "evaluator/comparing/gate.h"
#include "evaluator/scoring/explanation.h"
#include "evaluator/scoring/submission.h"
#include "python/src/bindings.h"
#include "reports/comparison_report.h"
#include "reports/explanation_report.h"
#include "reports/gate_report.h"
#include "reports/html/validation_page.h"
#include "reports/leaderboard/store.h"
#include "reports/leaderboard/views.h"
#include "reports/validation.h"

namespace angiobench::python {
namespace {

// A text for people and the same as JSON.
using Texts = std::pair<std::string, std::string>;

SubmissionRequest request_of(const std::string& ground_truth, const std::string& predictions,
                             const std::string& dataset, const std::string& protocol,
                             const std::string& meta) {
  SubmissionRequest request;
  request.dataset = dataset;
  request.ground_truth = ground_truth;
  request.predictions = predictions;
  request.protocol = protocol;
  request.meta_file = meta;
  return request;
}

Texts explain(const SubmissionRequest& request, std::vector<std::string> names,
              const std::vector<std::string>& between, const std::string& number, int jobs) {
  const OpenSubmission opened = open_submission(request);
  if (names.empty()) names = protocol_names();
  std::vector<Protocol> protocols;
  for (const std::string& name : names) protocols.push_back(load_protocol(name));
  std::optional<std::pair<Protocol, Protocol>> two;
  std::optional<std::pair<std::string, std::string>> two_names;
  if (!between.empty()) {
    two = {load_protocol(between.at(0)), load_protocol(between.at(1))};
    two_names = {between.at(0), between.at(1)};
  }
  if (!number.empty()) check_printed_number(number);
  ScoreOptions options;
  options.jobs = jobs;
  options.progress = interruptible();
  const Explanation explanation =
      explain_protocols(opened.index, *opened.predictions, protocols, two, options);
  const Protocol own = load_protocol(opened.index.benchmark.protocol);
  return {number.empty() ? explanation_text(explanation, own, two_names)
                         : number_explanation(explanation, number),
          explanation_json(explanation)};
}

// The arithmetic of one object, or of one frame of it.
std::string explain_object(const SubmissionRequest& request, const std::string& sequence, int id,
                           const std::string& frame, int jobs) {
  OpenSubmission opened = open_submission(request);
  if (opened.protocol.task != Task::objects) {
    throw Error::about(ErrorKind::usage, "object",
                       "is asked for under " + opened.protocol.name + ", which scores no objects");
  }
  std::vector<std::string> names;
  for (const Sequence& one : opened.index.sequences) names.push_back(one.name);
  if (!std::ranges::binary_search(names, sequence) &&
      std::ranges::find(names, sequence) == names.end())
    throw unknown_name("sequence", "is '" + sequence + "'", names, sequence);
  std::erase_if(opened.index.sequences, [&](const Sequence& one) { return one.name != sequence; });
  const MissingFrames missing = find_missing(opened.index, *opened.predictions, opened.protocol);
  ScoreOptions options;
  options.jobs = jobs;
  options.rows = FrameRows::keep;
  const ScoreOutcome outcome =
      score(opened.index, *opened.predictions, opened.protocol, missing, options);
  if (!outcome.failures.empty()) throw Error(outcome.failures.front());
  const SequenceScore& scored = outcome.result.sequences.front();
  const auto object = std::ranges::find(scored.objects, id, &ObjectScore::id);
  if (object == scored.objects.end()) {
    std::string known;
    for (const ObjectScore& one : scored.objects)
      known += (known.empty() ? "" : ", ") + std::to_string(one.id);
    throw Error::about(ErrorKind::usage, "object",
                       "is " + std::to_string(id) + ", which is not reported in " + sequence,
                       "one of " + known);
  }
  if (frame.empty()) return object_explanation(opened.protocol, scored, *object);
  for (const FrameScore& row : scored.frames) {
    if (row.object_id == id && scored.frame_names[row.frame] == frame)
      return frame_explanation(opened.protocol, row, frame);
  }
  throw Error::about(ErrorKind::usage, "frame",
                     "is '" + frame + "', which is not read under " + opened.protocol.name);
}

// Text, JSON, page and whether a finding is an error.
py::tuple validate(const std::string& ground_truth, const std::optional<std::string>& predictions,
                   const std::string& dataset, const std::string& protocol, const std::string& meta,
                   const std::vector<std::string>& sequences, std::size_t max_findings, int jobs) {
  Validation found;
  without_gil([&] {
    const BenchmarkDefinition benchmark = load_benchmark(dataset);
    ValidationOptions options;
    options.jobs = jobs;
    options.meta_file = meta;
    options.sequences = sequences;
    options.max_per_code = max_findings;
    options.progress = interruptible();
    if (!predictions) {
      found = validate_dataset(ground_truth, benchmark, options);
      return;
    }
    const Protocol rules = load_protocol(protocol.empty() ? benchmark.protocol : protocol);
    options.is_read = [&rules](const Sequence& sequence, std::size_t position) {
      return frame_need(rules, sequence, position) == FrameNeed::both;
    };
    found = validate_submission(*predictions, ground_truth, read_by(benchmark, rules), options);
  });
  Severity worst = Severity::note;
  const bool has_any = worst_severity(found, worst);
  return py::make_tuple(validation_text(found), validation_json(found), validation_page(found),
                        has_any && worst == Severity::error);
}

std::vector<Result> results_of(const std::vector<const ScoredResult*>& scored) {
  std::vector<Result> results;
  for (const ScoredResult* const one : scored) results.push_back(one->result);
  return results;
}

py::tuple compare(const std::vector<const ScoredResult*>& scored, double tolerance, double level,
                  std::uint32_t resamples, std::uint64_t seed, bool lenient, int jobs) {
  ComparisonOptions options;
  options.thresholds.tolerance = tolerance;
  options.bootstrap.level = level;
  options.bootstrap.resamples = resamples;
  options.bootstrap.seed = seed;
  options.bootstrap.jobs = jobs;
  options.require.same_cases = !lenient;
  const std::vector<Result> results = results_of(scored);
  NamedComparison named;
  without_gil([&] { named = compare_by_name(results, options); });
  const bool is_conclusive = std::ranges::all_of(
      named.comparison.against_first, [](const Comparison& pair) { return pair.conclusive(); });
  return py::make_tuple(comparison_text(named), comparison_json(named), comparison_markdown(named),
                        is_conclusive);
}

// Verdict, text, JSON, Markdown, JUnit.
py::tuple check(const ScoredResult& scored, const ScoredResult* baseline, const std::string& rules,
                bool lenient, std::uint64_t seed, int jobs) {
  GateReport report;
  without_gil([&] {
    GateOptions options;
    options.lenient = lenient;
    options.bootstrap.seed = seed;
    options.bootstrap.jobs = jobs;
    report = evaluate_gate(
        scored.result, baseline != nullptr ? &baseline->result : nullptr,
        rules.empty() ? default_gate_rules(scored.result) : parse_gate_rules(rules, "rules"),
        options);
    if (rules.empty()) report.notes.push_back(default_gate_words());
  });
  return py::make_tuple(std::string(outcome_word(report.verdict)), gate_text(report),
                        gate_json(report), gate_markdown(report), gate_junit(report));
}

// A board, read when it is made: what changes afterwards is not seen.
struct BoardReading {
  BoardView view;
};

std::unique_ptr<BoardReading> open_board(const std::string& path) {
  const py::gil_scoped_release release;
  return std::make_unique<BoardReading>(BoardReading{load_view(Board::open_read_only(path))});
}

BoardSelection selection_of(const std::string& dataset, const std::string& method) {
  BoardSelection selection;
  selection.dataset = dataset;
  selection.method = method;
  return selection;
}

py::list board_runs(const BoardReading& board) {
  py::list runs;
  for (const BoardRun& run : board.view.runs) {
    py::dict facts;
    facts["id"] = run.id;
    facts["added"] = run.added;
    facts["kind"] = std::string(entry_kind_name(run.entry.facts.kind));
    facts["dataset"] = run.entry.dataset.name;
    facts["protocol"] = run.entry.protocol.name;
    facts["method"] = run.entry.facts.method;
    facts["variant"] = run.entry.facts.variant;
    facts["team"] = run.entry.facts.team;
    facts["complete"] = run.entry.complete;
    facts["submission"] = run.entry.submission_digest;
    py::dict figures;
    for (const BoardFigure& figure : run.entry.figures)
      figures[py::str(figure.metric.id + "/" + figure.place)] = figure.value;
    facts["figures"] = figures;
    runs.append(facts);
  }
  return runs;
}

}  // namespace

void bind_reports(py::module_& module) {
  module.def("explain",
             [](const std::string& ground_truth, const std::string& predictions,
                const std::string& dataset, const std::string& protocol, const std::string& meta,
                const std::vector<std::string>& protocols, const std::vector<std::string>& between,
                const std::string& number, int jobs) {
               Texts texts;
               without_gil([&] {
                 texts = explain(request_of(ground_truth, predictions, dataset, protocol, meta),
                                 protocols, between, number, jobs);
               });
               return texts;
             });
  module.def("explain_object", [](const std::string& ground_truth, const std::string& predictions,
                                  const std::string& dataset, const std::string& protocol,
                                  const std::string& meta, const std::string& sequence, int object,
                                  const std::string& frame, int jobs) {
    std::string text;
    without_gil([&] {
      text = explain_object(request_of(ground_truth, predictions, dataset, protocol, meta),
                            sequence, object, frame, jobs);
    });
    return text;
  });
  module.def("validate", &validate);
  module.def("compare", &compare);
  module.def("check", &check);
  py::class_<BoardReading>(module, "Board")
      .def(py::init(&open_board))
      .def_property_readonly("datasets",
                             [](const BoardReading& board) {
                               std::vector<std::string> names;
                               for (const DatasetStandings& one : board.view.datasets)
                                 names.push_back(one.dataset);
                               return names;
                             })
      .def_property_readonly("head", [](const BoardReading& board) { return board.view.head; })
      .def("runs", &board_runs)
      .def("text",
           [](const BoardReading& board, const std::string& dataset, const std::string& method) {
             return board_text(board.view, selection_of(dataset, method));
           })
      .def("csv",
           [](const BoardReading& board, const std::string& dataset, const std::string& method) {
             return board_csv(board.view, selection_of(dataset, method));
           })
      .def("markdown",
           [](const BoardReading& board, const std::string& dataset, const std::string& method) {
             return board_markdown(board.view, selection_of(dataset, method));
           })
      .def("latex",
           [](const BoardReading& board, const std::string& dataset, const std::string& method) {
             return board_latex(board.view, selection_of(dataset, method));
           });
}

}  // namespace angiobench::python
