// SPDX-License-Identifier: MIT
// Results: of an Evaluation or a file, and what they are turned into.
#include <optional>
#include <utility>

#include "evaluator/comparing/aggregate_sample.h"
#include "evaluator/protocol.h"
#include "python/src/bindings.h"
#include "python/src/evaluation.h"
#include "reports/class_csv.h"
#include "reports/csv.h"
#include "reports/headline.h"
#include "reports/html/notebook.h"
#include "reports/html/report.h"
#include "reports/html/result_folder.h"
#include "reports/result_json.h"

namespace angiobench::python {
namespace {

void write_folder(const Result& result, const std::string& path) {
  ResultFolderOptions options;
  options.error_maps = ErrorMapChoice::none;  // their masks are gone
  options.measures = frame_measures(result.protocol);
  options.task = find_task(result.protocol.task).value_or(Task::objects);
  if (const std::optional<Protocol> protocol = protocol_of(result.protocol)) {
    options.image_measures = protocol->measures;
    if (needs(*protocol, FrameData::pair))
      options.pairs = PairColumns{needs_of(pair_measures_of(*protocol)), protocol->spacing};
  }
  ResultFolder folder(path, options);
  for (const SequenceScore& sequence : result.sequences) folder.add(sequence);
  folder.write(result);
}

void write_result(const ScoredResult& scored, const std::string& path) {
  without_gil([&] {
    if (!scored.files) {
      write_folder(scored.result, path);
      return;
    }
    // The masks are read once more, as the program reads them: error maps are drawn from them.
    FileRun files = *scored.files;
    files.run.out = path;
    files.run.score.progress = interruptible();
    // What would be written is looked at before anything is replaced.
    files.run.on_result = [&](const Result& again) {
      if (again.dataset.digest == scored.result.dataset.digest &&
          again.submission.digest == scored.result.submission.digest)
        return;
      throw Error(ErrorKind::input, files.asked.predictions,
                  "is not what was scored: a mask has changed since",
                  "the same masks; score again");
    };
    run_files(files);
  });
}

ScoredResult read_scored(const std::string& path) {
  ScoredResult scored;
  without_gil([&] { scored.result = read_result(path); });
  return scored;
}

std::string table_csv(const ScoredResult& scored, const std::string& kind) {
  const Result& result = scored.result;
  if (kind == "summary") return summary_csv(result);
  if (kind == "sequences") return per_sequence_csv(result);
  if (kind == "objects") return per_object_csv(result);
  if (kind == "classes") return result.classes.empty() ? "" : per_class_csv(result);
  if (kind == "confusion") return confusion_csv(result);
  if (kind == "frames" && has_objects(result)) {
    const FrameMeasures measures = frame_measures(result.protocol);
    std::string text = per_frame_csv_header(measures);
    for (const SequenceScore& sequence : result.sequences)
      text += per_frame_csv_rows(sequence, measures);
    return text;
  }
  if (kind == "frames") {
    const std::optional<Protocol> protocol = protocol_of(result.protocol);
    std::string text;
    for (const SequenceScore& sequence : result.sequences) {
      if (!protocol || sequence.images.empty()) continue;
      if (text.empty()) text = per_image_csv_header(protocol->measures, sequence.images.front());
      text += per_image_csv_rows(sequence, protocol->measures);
    }
    return text;
  }
  throw Error::about(ErrorKind::usage, "kind", "is '" + kind + "'",
                     "'objects', 'frames', 'sequences', 'classes', 'confusion' or 'summary'");
}

// The value that ranks; none where it has none.
std::optional<double> ranking_value(const ScoredResult& scored) {
  const Aggregate* const found =
      find_aggregate(scored.result, ranking_metric(scored.result), Scope::overall);
  return found != nullptr ? found->value : std::nullopt;
}

ScoredResult evaluation_result(const Evaluation& evaluation, const std::string& name,
                               bool with_intervals) {
  ScoredResult scored;
  without_gil([&] {
    scored.result = evaluation.result();
    finish_result(scored.result, name, with_intervals ? Intervals::attached : Intervals::none);
  });
  return scored;
}

}  // namespace

void bind_results(py::module_& module) {
  py::class_<ScoredResult>(module, "ScoredResult")
      .def("to_json", [](const ScoredResult& scored) { return result_to_json(scored.result); })
      .def("csv", &table_csv)
      .def("write", &write_result)
      .def("notebook_html", [](const ScoredResult& scored) { return notebook_html(scored.result); })
      .def("report_html", [](const ScoredResult& scored) { return report_html(scored.result); })
      .def("headline_text", [](const ScoredResult& scored) { return headline_text(scored.result); })
      .def_property_readonly("value", &ranking_value)
      .def_property_readonly(
          "metric", [](const ScoredResult& scored) { return ranking_metric(scored.result).id; })
      .def_property_readonly("complete",
                             [](const ScoredResult& scored) { return scored.result.complete; });
  module.def("evaluation_result", &evaluation_result);
  module.def("read_result", &read_scored);
}

}  // namespace angiobench::python
