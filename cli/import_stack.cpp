// SPDX-License-Identifier: MIT
#include <memory>
#include <ostream>

#include "cli/command.h"
#include "cli/exchange.h"
#include "cli/exit_code.h"
#include "cli/result_files.h"
#include "cli/terminal.h"
#include "dataset/exchange/label_volumes.h"
#include "dataset/files/output_folder.h"
#include "dataset/files/text.h"

namespace angiobench::cli {
namespace {

struct ImportStackCommand {
  std::string input;
  std::string out;
  std::string frames;
};

HelpText help_page() {
  return {"import stack",
          "angiobench import stack PATH -o DIR [--frames DIR]",
          "Makes <sequence>/<frame>.png of volumes of labels: a .nrrd (.seg.nrrd), .mha, .nii or "
          ".nii.gz, or a folder or\n"
          "zip of <sequence>.nrrd and so on. Slices are frames in order, x runs along a row, y "
          "from the top down, whatever a\n"
          "file says of directions. Values are whole numbers from 0 to 255.",
          {"angiobench import stack mended.seg.nrrd -o masks --frames out/cine   # names of the "
           "frames",
           "angiobench import stack stacks -o masks                              # 00000, 00001, "
           "…",
           "angiobench score -p stacks --dataset mosxav-test -g MOSXAV           # no import is "
           "needed"}};
}

void bind(OptionSet& options, ImportStackCommand& command) {
  options.add_bare("PATH", file(command.input, "PATH"), "the volume, or a folder or zip of them")
      .required("the volume of labels");
  options.add("out,o", folder(command.out), "the folder for <sequence>/<frame>.png")
      .required("the folder to write")
      .writes();
  options.add("frames", folder(command.frames),
              "a folder of images or masks whose names the frames get, there or in "
              "<sequence>/ (default: 00000, 00001, …)");
}

int import_stack(const ImportStackCommand& command, const Call& call) {
  std::unique_ptr<FileTree> names;
  if (!command.frames.empty()) names = open_file_tree(command.frames, {}, FolderLinks::follow);
  OutputFolder folder(command.out, ExistingFolder::update);
  const VolumeImport done =
      import_label_volumes(command.input, names.get(), {},
                           [&](const std::string& relative, std::span<const std::uint8_t> content) {
                             folder.write(relative, content);
                           });
  tell_placed(folder.commit(), command.out, call);
  call.streams.out << printable(command.out) << ": " << plural(done.num_masks, "mask") << " of "
                   << plural(done.num_sequences, "sequence") << '\n';
  return kExitPassed;
}

constexpr CommandLine<ImportStackCommand> kLine = {help_page, bind, import_stack};

}  // namespace

VerbCode import_stack_code() { return code_of_line<kLine>(); }

}  // namespace angiobench::cli
