// SPDX-License-Identifier: MIT
#include <optional>
#include <ostream>

#include "cli/command.h"
#include "cli/exchange.h"
#include "cli/exit_code.h"
#include "cli/result_files.h"
#include "cli/scoring_options.h"
#include "cli/terminal.h"
#include "dataset/exchange/coco_import.h"
#include "dataset/files/output_folder.h"

namespace angiobench::cli {
namespace {

enum class Labels { by_file, objects, categories };

constexpr auto kLabels = words<Labels>({{"by-file", Labels::by_file},
                                        {"objects", Labels::objects},
                                        {"categories", Labels::categories}});

struct ImportCommand {
  std::string json;
  std::string out;
  std::string names;
  Labels labels = Labels::by_file;
  bool stills = false;
  bool apart = false;
};

HelpText help_page() {
  return {
      "import coco",
      "angiobench import coco FILE.json -o DIR [--names FILE.json] [--labels categories] "
      "[--stills] [--apart]",
      "Turns the masks of a COCO, YouTube-VIS or BURST json (run lengths, or outlines) into PNGs: "
      "a folder of\n"
      "<sequence>/<frame>.png, which is a submission and a truth for --dataset flat; of single "
      "images masks/ and the\n"
      "benchmark.json that reads them. Where objects overlap a pixel goes to the one with the "
      "higher score, else to\n"
      "the first of the file, and that is counted and told. Exit status 1 where the file has "
      "errors of its own.",
      {"angiobench import coco results.json -o masks               # then: score -p masks …",
       "angiobench import coco results.json --names instances.json -o masks   # its ids are "
       "numbers",
       "angiobench import coco arcade/annotations/train.json --stills -o arcade   # polygons"}};
}

void bind(OptionSet& options, ImportCommand& command) {
  options.add_bare("FILE.json", file(command.json), "the json").required("the json");
  options.add("out,o", folder(command.out), "folder for the masks")
      .required("the folder for the masks")
      .writes();
  options.add("names", file(command.names, "FILE.json"),
              "the json that says which videos or images the ids of a list of results are");
  options.add("labels", choice(command.labels, kLabels),
              "what a label is: an object's id or a category; by-file: categories for single "
              "images, else objects");
  options.add("stills", flag(command.stills),
              "each image is a single one, whatever folder its file name has");
  options.add(
      "apart", flag(command.apart),
      "a mask for each object (<sequence>/<object>/<frame>.png, as SA-V): nothing overlaps");
  options.rule({"apart", "stills"}, [&command]() -> std::string {
    if (!command.apart || !command.stills) return {};
    return "--apart stands beside --stills; expected one of them";
  });
}

int import_coco_masks(const ImportCommand& command, const Call& call) {
  OutputFolder folder(command.out, ExistingFolder::update);
  CocoImport done;
  {
    ProgressBar progress("importing", "masks", call.common, call.streams);
    CocoImportOptions options;
    options.names_file = command.names;
    if (command.labels == Labels::objects) options.labels = CocoLabels::objects;
    if (command.labels == Labels::categories) options.labels = CocoLabels::categories;
    options.has_single_images = command.stills;
    options.are_apart = command.apart;
    options.progress = progress.callback();
    done = import_coco(command.json, options,
                       [&](const std::string& relative, std::span<const std::uint8_t> content) {
                         folder.write(relative, content);
                       });
  }
  tell_placed(folder.commit(), command.out, call);
  print_findings(done.findings, call.common, call.streams);
  const std::string out = printable(command.out);
  call.streams.out << out << ": " << done.num_masks << " masks of " << done.num_sequences
                   << (done.has_single_images ? " images" : " sequences") << '\n';
  if (done.has_single_images) {
    call.streams.out << "next: angiobench validate dataset --dataset " << out
                     << "/benchmark.json -g " << out << '\n';
  }
  return count_errors(done.findings) > 0 ? kExitFailed : kExitPassed;
}

constexpr CommandLine<ImportCommand> kLine = {help_page, bind, import_coco_masks};

}  // namespace

VerbCode import_coco_code() { return code_of_line<kLine>(); }

}  // namespace angiobench::cli
