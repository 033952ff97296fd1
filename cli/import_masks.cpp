// SPDX-License-Identifier: MIT
#include <ostream>

#include "cli/color_option.h"
#include "cli/command.h"
#include "cli/exchange.h"
#include "cli/exit_code.h"
#include "cli/result_files.h"
#include "cli/terminal.h"
#include "dataset/annotation/export_name.h"
#include "dataset/annotation/mask_export.h"
#include "dataset/error.h"
#include "dataset/files/atomic_file.h"
#include "dataset/masks/volume_tree.h"

namespace angiobench::cli {
namespace {

struct ImportMasksCommand {
  std::string input;
  std::string out;
  std::string colors;
  std::string labels;
  std::string pattern;
  std::string tasks;
  std::string name;
  bool by_label = false;
  bool objects = false;
  bool keep_names = false;
};

HelpText help_page() {
  return {
      "import masks",
      "angiobench import masks PATH -o DIR [--colours FILE]\n"
      "angiobench import masks PATH -o DIR --by-label [--labels a,b] [--tasks FILE]",
      "Makes <sequence>/<frame>.png of the masks of an annotation tool, a folder or a zip: of one "
      "picture a frame in a\n"
      "colour a label (CVAT's \"Segmentation mask\" with its labelmap.txt), or, with --by-label, "
      "of "
      "one picture a label\n"
      "and frame (Label Studio's \"Brush labels to PNG\" or to NumPy). Videos are told apart by "
      "folders, else by what\n"
      "stands before the number in a frame's name. dataset.json beside the masks is the benchmark "
      "that reads them, with\n"
      "the labels' names. Changes nothing in PATH.",
      {"angiobench import masks cvat.zip -o masks                      # labelmap.txt says which "
       "colour is which id",
       "angiobench import masks export -o masks --by-label --labels vessel,catheter --tasks "
       "tasks.json",
       "angiobench import masks painted -o masks --colours table.txt   # RGB in colours of one's "
       "own"}};
}

void bind(OptionSet& options, ImportMasksCommand& command) {
  options.add_bare("PATH", file(command.input, "PATH"), "the export: a folder or a zip")
      .required("the export of an annotation tool");
  options.add("out,o", folder(command.out), "the folder for <sequence>/<frame>.png")
      .required("the folder to write")
      .writes();
  add_colors_option(options, command.colors);
  options.add("by-label", flag(command.by_label),
              "one file a label and frame: merge them; of two labels that claim a pixel the one of "
              "the higher id gets it");
  options.add("labels", names(command.labels),
              "with --by-label: names of the labels in the order of their ids, a,b,@file (default: "
              "by name)");
  options.add("pattern", text(command.pattern, "TEXT"),
              "with --by-label: how files are named, with {sequence}, {frame}, {label} and {*}, "
              "without extension: {frame}_{label} (default: found by the names)");
  options.add("tasks", file(command.tasks),
              "with --by-label: which task is which image: Label Studio's JSON export, or lines of "
              "\"task name\"");
  options.add("objects", flag(command.objects),
              "read CVAT's SegmentationObject (objects by the VOC map's colours) instead of "
              "SegmentationClass");
  options.add("name", text(command.name, "NAME"),
              "the sequence, where neither folders nor names tell (default: the export's name)");
  options.add("keep-names", flag(command.keep_names),
              "frames keep their whole names; all files beside each other are one sequence");
  options.rule({"by-label", "labels", "pattern", "tasks"}, [&command]() -> std::string {
    const bool is_other =
        !command.labels.empty() || !command.pattern.empty() || !command.tasks.empty();
    if (command.by_label || !is_other) return {};
    return "--labels, --pattern and --tasks go with --by-label; expected that, too";
  });
  options.rule({"by-label", "colours", "objects"}, [&command]() -> std::string {
    if (!command.by_label || (command.colors.empty() && !command.objects)) return {};
    return "--by-label stands beside --colours or --objects; expected one of them: files are "
           "parted "
           "by label or by colour";
  });
  options.rule({"colours", "objects"}, [&command]() -> std::string {
    if (!command.objects || command.colors.empty()) return {};
    return "--objects stands beside --colours; expected one: objects have the VOC map's colours";
  });
}

MaskExportOptions export_options(const ImportMasksCommand& command) {
  MaskExportOptions options;
  options.form = command.by_label ? MaskExportForm::by_label : MaskExportForm::by_color;
  options.folder = command.objects ? MaskExportFolder::objects : MaskExportFolder::classes;
  options.frame_names = command.keep_names ? ExportFrameNames::whole : ExportFrameNames::numbers;
  if (!command.colors.empty()) options.colors = load_color_table(command.colors);
  options.labels = parse_name_list(command.labels);
  options.pattern = command.pattern;
  if (!command.tasks.empty())
    options.tasks = parse_task_names(read_text_file(command.tasks), command.tasks);
  options.name = command.name;
  return options;
}

void tell(const MaskImport& import, const ImportMasksCommand& command, const Call& call) {
  for (const std::string& note : import.notes)
    print_message("note", note, call.common, call.streams);
  if (import.num_empty > 0) {
    print_message("note",
                  std::to_string(import.num_empty) +
                      " frames are listed and have no file: empty masks were written",
                  call.common, call.streams);
  }
  if (import.smoothed_pixels > 0) {
    print_message("note",
                  std::to_string(import.smoothed_pixels) +
                      " pixels are neither empty nor full, as smoothed edges are: half and more "
                      "counts",
                  call.common, call.streams);
  }
  if (import.overlap_pixels > 0) {
    print_message("warning",
                  "labels overlap on " + std::to_string(import.overlap_pixels) + " pixels of " +
                      std::to_string(import.overlap_frames) +
                      " frames: the higher id got them (--labels orders the ids)",
                  call.common, call.streams);
  }
  std::ostream& out = call.streams.out;
  out << printable(command.out) << ": " << import.num_frames << " masks of " << import.num_sequences
      << (import.num_sequences == 1 ? " sequence" : " sequences") << " from " << import.num_files
      << " files\n";
  for (const LabelClass& label : import.labels) {
    const auto pixels = import.pixels.find(label.id);
    out << "  " << label.id << (label.name.empty() ? "" : " " + printable(label.name)) << ": ";
    if (pixels == import.pixels.end()) {
      out << "in no mask\n";
    } else {
      out << pixels->second << " pixels\n";
    }
  }
  out << "next: angiobench validate dataset --dataset " << printable(command.out)
      << "/dataset.json -g " << printable(command.out) << '\n';
}

int import_masks(const ImportMasksCommand& command, const Call& call) {
  if (is_volume_path(command.input)) {
    throw Error(ErrorKind::input, command.input, "is named as a volume of labels",
                "pictures; 'angiobench import stack' reads volumes");
  }
  const MaskExportOptions options = export_options(command);
  const std::unique_ptr<FileTree> tree =
      open_file_tree(command.input, {}, FolderLinks::follow, TopFolder::take_off);
  const MaskExportPlan plan = plan_mask_import(*tree, options);
  OutputFolder out(command.out, ExistingFolder::refuse);
  MaskImport import;
  {
    ProgressBar progress("importing", "masks", call.common, call.streams);
    import = write_mask_import(*tree, plan, out, call.common.jobs, progress.callback());
  }
  tell_placed(out.commit(), command.out, call);
  tell(import, command, call);
  return kExitPassed;
}

constexpr CommandLine<ImportMasksCommand> kLine = {help_page, bind, import_masks};

}  // namespace

VerbCode import_masks_code() { return code_of_line<kLine>(); }

}  // namespace angiobench::cli
