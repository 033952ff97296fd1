// SPDX-License-Identifier: MIT
#include <optional>
#include <ostream>

#include "cli/archive_options.h"
#include "cli/color_option.h"
#include "cli/command.h"
#include "cli/exchange.h"
#include "cli/exit_code.h"
#include "cli/scoring_options.h"
#include "cli/terminal.h"
#include "dataset/error.h"
#include "dataset/exchange/coco_export.h"
#include "dataset/files/atomic_file.h"
#include "dataset/masks/coco_tree.h"
#include "dataset/masks/submission_place.h"
#include "dataset/names.h"

namespace angiobench::cli {
namespace {

constexpr auto kForms = words<CocoForm>({{"youtube-vis", CocoForm::videos},
                                         {"coco", CocoForm::images},
                                         {"burst", CocoForm::burst},
                                         {"youtube-vis-results", CocoForm::video_results},
                                         {"coco-results", CocoForm::image_results}});
constexpr auto kCounts =
    words<CocoCounts>({{"compressed", CocoCounts::compressed}, {"plain", CocoCounts::plain}});

struct ExportCommand {
  std::string dataset;
  std::string ground_truth;
  std::string predictions;
  std::string meta;
  std::string sequences;
  std::string names;
  std::string colors;
  std::string out;
  CocoForm form = CocoForm::videos;
  CocoCounts counts = CocoCounts::compressed;
  SubmissionOptions limits;
};

bool is_list_of_results(CocoForm form) {
  return form == CocoForm::video_results || form == CocoForm::image_results;
}

HelpText help_page() {
  return {
      "export coco",
      "angiobench export coco --dataset NAME -g DIR [-p PREDICTIONS] [--form FORM] -o FILE.json",
      "Writes the masks of a ground truth, or of a submission for it, as run lengths in a json "
      "that COCO's, YouTube-VIS's\n"
      "or BURST's tools read, column by column as these count pixels. An annotation is an "
      "object, its id in object_id, or,\n"
      "where classes are scored, a class. The same masks give the same bytes. A list of results "
      "(youtube-vis-results,\n"
      "coco-results) has the ids of the json that lies as instances.json at the truth's top, "
      "or of --names; without either\n"
      "names stand for ids.",
      {"angiobench export coco --dataset mosxav-test -g MOSXAV -o instances.json",
       "angiobench export coco --dataset mosxav-test -g MOSXAV -p mine.zip --form burst -o "
       "mine.json",
       "angiobench export coco --dataset mosxav-test -g MOSXAV -p mine --form "
       "youtube-vis-results -o results.json",
       "angiobench export coco --dataset dias-test -g DIAS --form coco --counts plain -o "
       "dias.json"}};
}

void bind(OptionSet& options, ExportCommand& command) {
  options
      .add("dataset", name_or_json(command.dataset, "benchmark", benchmark_names()),
           "a benchmark (e.g. mosxav-test) or a .json file that defines one")
      .required("a benchmark, e.g. mosxav-test");
  options
      .add("ground-truth,g", folder(command.ground_truth),
           "the data set's root, or the folder that holds the sequences")
      .required("the ground truth's folder");
  options.add("predictions,p", file(command.predictions, "PATH"),
              "write these masks instead: a folder, a zip or a json");
  options.add("meta", file(command.meta),
              "first-mask or meta json, where it is not beside the ground truth");
  options.add("sequences", names(command.sequences), "only these: a,b,@file");
  add_colors_option(options, command.colors);
  options.add("form", choice(command.form, kForms),
              "youtube-vis: videos with a mask a frame; coco: images; burst: sequences; …-results: "
              "annotations alone, as those who evaluate ask for");
  options.add("names", file(command.names, "FILE.json"),
              "of a list of results: the json whose ids of videos or images it has (default: "
              "instances.json at the truth's top)");
  options.add("counts", choice(command.counts, kCounts),
              "run lengths as COCO's text, or as a list of numbers");
  options.add("out,o", file(command.out, "FILE.json"), "the file to write")
      .required("the file to write")
      .writes();
  add_submission_options(options, command.limits);
  options.rule({"form", "names"}, [&command]() -> std::string {
    if (command.names.empty() || is_list_of_results(command.form)) return {};
    return "--names goes with a list of results; expected --form youtube-vis-results or "
           "coco-results";
  });
}

// What gives a list of results its ids.
std::optional<CocoRecords> names_for(const ExportCommand& command, const SequenceIndex& index) {
  if (!is_list_of_results(command.form)) return std::nullopt;
  if (command.names.empty()) return names_of_truth(index);
  return read_coco_records(open_random_bytes(command.names, "a COCO json"), command.names);
}

int export_masks(const ExportCommand& command, const Call& call) {
  const BenchmarkDefinition benchmark = benchmark_with(command.dataset, command.colors);
  IndexOptions index_options;
  index_options.meta_file = command.meta;
  index_options.sequences = parse_name_list(command.sequences);
  const SequenceIndex index = index_ground_truth(command.ground_truth, benchmark, index_options);
  print_findings(index.findings, call.common, call.streams);
  std::shared_ptr<const FileTree> predictions;
  std::shared_ptr<const MaskSource> masks = index.masks;
  if (!command.predictions.empty()) {
    predictions = open_submission_tree(command.predictions, index,
                                       archive_limits_for(index, command.limits.limits()));
    print_findings(predictions->notes(), call.common, call.streams);
    masks = std::make_shared<FileMaskSource>(predictions, benchmark, MaskRole::prediction);
  }
  const std::optional<CocoRecords> names = names_for(command, index);
  AtomicFile file(command.out);
  CocoExport done;
  {
    ProgressBar progress("exporting", "frames", call.common, call.streams);
    CocoExportOptions options;
    options.form = command.form;
    options.counts = command.counts;
    options.names = names ? &*names : nullptr;
    options.progress = progress.callback();
    done = export_coco(index, *masks, options, [&](std::string_view text) { file.write(text); });
  }
  file.commit();
  if (predictions != nullptr)
    print_findings(found_in_masks(*predictions), call.common, call.streams);
  if (done.num_void_frames > 0) {
    print_message("warning",
                  std::to_string(done.num_void_frames) +
                      " frames have void pixels, which are background here: COCO has no void",
                  call.common, call.streams);
  }
  call.streams.out << printable(command.out) << ": " << done.num_masks << " masks in "
                   << done.num_frames << " frames of " << done.num_sequences << " sequences\n";
  return kExitPassed;
}

constexpr CommandLine<ExportCommand> kLine = {help_page, bind, export_masks};

}  // namespace

VerbCode export_coco_code() { return code_of_line<kLine>(); }

}  // namespace angiobench::cli
