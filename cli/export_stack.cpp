// SPDX-License-Identifier: MIT
#include <optional>
#include <ostream>

#include "cli/command.h"
#include "cli/exchange.h"
#include "cli/exit_code.h"
#include "cli/result_files.h"
#include "cli/terminal.h"
#include "dataset/error.h"
#include "dataset/exchange/label_volumes.h"
#include "dataset/files/atomic_file.h"
#include "dataset/files/output_folder.h"
#include "dataset/files/text.h"

namespace angiobench::cli {
namespace {

struct ExportStackCommand {
  std::string masks;
  std::string out;
  std::optional<VolumeForm> form;
};

HelpText help_page() {
  return {
      "export stack",
      "angiobench export stack MASKS -o FILE.nrrd|FILE.mha|FILE.nii.gz\n"
      "angiobench export stack MASKS -o DIR [--form nrrd|mha|nifti]",
      "Writes the masks of a sequence as one volume of labels, for programs of medical imaging "
      "(3D Slicer, ITK-SNAP, nibabel):\n"
      "x along a row, y from the top down, frame k at z = k, spacing 1, packed. MASKS is a folder "
      "or zip of\n"
      "<sequence>/<frame>.png, or of <frame>.png. Labels stay what they are: 'import stack' gives "
      "the same masks back.",
      {"angiobench export stack out/cine -o cine.seg.nrrd      # of one sequence: what predict "
       "wrote",
       "angiobench export stack masks -o stacks --form nifti   # a file a sequence",
       "angiobench import stack cine.seg.nrrd -o back --frames out/cine   # back to PNGs of these "
       "names"}};
}

OptionValue form_of(std::optional<VolumeForm>& field) {
  static VolumeForm form = VolumeForm::nrrd;
  OptionValue value = choice(form, kVolumeForms);
  value.initial.clear();
  value.put = [&field](const std::string& text) -> std::string {
    field = kVolumeForms.find(text);
    return field ? "" : wrong_value(text, list_of_words(kVolumeForms.names()));
  };
  return value;
}

void bind(OptionSet& options, ExportStackCommand& command) {
  options.add_bare("MASKS", file(command.masks, "PATH"), "the masks: a folder or a zip of PNGs")
      .required("the masks");
  options
      .add("out,o", file(command.out, "PATH"),
           "a file whose name says its form, of one sequence; else a folder for a file a "
           "sequence")
      .required("the file or folder to write")
      .writes();
  options.add(
      "form", form_of(command.form),
      "of the files in a folder: nrrd (.nrrd), mha (.mha) or nifti (.nii.gz); default: nrrd");
  options.rule({"out", "form"}, [&command]() -> std::string {
    const std::optional<VolumeForm> named = volume_form_of(command.out);
    if (!command.form || !named || *named == *command.form) return {};
    return "--form is " + std::string(kVolumeForms.of(*command.form)) + " and --out is " +
           command.out + "; expected one of them";
  });
}

std::string name_of(const std::string& path) {
  std::string_view name = path;
  while (name.ends_with('/')) name.remove_suffix(1);
  name = name.substr(name.rfind('/') + 1);
  return std::string(name.substr(0, name.rfind('.')));
}

int export_stack(const ExportStackCommand& command, const Call& call) {
  const std::unique_ptr<FileTree> tree = open_file_tree(command.masks, {}, FolderLinks::follow);
  const std::vector<MaskSequence> sequences = list_mask_sequences(*tree, name_of(command.masks));
  std::uint64_t num_masks = 0;
  for (const MaskSequence& sequence : sequences) num_masks += sequence.files.size();
  if (const std::optional<VolumeForm> form = volume_form_of(command.out)) {
    if (sequences.size() > 1) {
      throw Error(ErrorKind::input, command.masks,
                  "holds " + std::to_string(sequences.size()) + " sequences",
                  "one for the file " + command.out + ", or a folder to write (--out DIR)");
    }
    write_file_atomically(command.out,
                          encode_label_volume(*tree, sequences.front(), *form, command.out));
  } else {
    const VolumeForm chosen = command.form.value_or(VolumeForm::nrrd);
    OutputFolder folder(command.out, ExistingFolder::update);
    ProgressBar progress("exporting", "sequences", call.common, call.streams);
    std::uint64_t done = 0;
    for (const MaskSequence& sequence : sequences) {
      const std::string file = sequence.name + std::string(volume_suffix(chosen));
      folder.write(file, encode_label_volume(*tree, sequence, chosen, file));
      progress.update(++done, sequences.size());
    }
    progress.clear();
    tell_placed(folder.commit(), command.out, call);
  }
  call.streams.out << printable(command.out) << ": " << plural(num_masks, "mask") << " of "
                   << plural(sequences.size(), "sequence") << '\n';
  return kExitPassed;
}

constexpr CommandLine<ExportStackCommand> kLine = {help_page, bind, export_stack};

}  // namespace

VerbCode export_stack_code() { return code_of_line<kLine>(); }

}  // namespace angiobench::cli
