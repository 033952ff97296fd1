// SPDX-License-Identifier: MIT
#include <ostream>

#include "cli/command.h"
#include "cli/dicom_window.h"
#include "cli/exchange.h"
#include "cli/exit_code.h"
#include "cli/result_files.h"
#include "cli/terminal.h"
#include "dataset/dicom/dicom_import.h"
#include "dataset/files/output_folder.h"
#include "dataset/files/text.h"

namespace angiobench::cli {
namespace {

struct ImportDicomCommand {
  std::string input;
  std::string out;
  dicom::DicomImportOptions options;
};

HelpText help_page() {
  return {
      "import dicom",
      "angiobench import dicom PATH -o DIR [--name NAME] [--window C,W|full|file]",
      "Writes the frames of a DICOM cine (X-ray angiography, several frames in a file) as grey "
      "PNGs "
      "of 8 bits,\n"
      "<out>/JPEGImages/<name>/00000.png, and <out>/dicom.json: frame times, sizes, spacing, "
      "angles, "
      "the window that\n"
      "was used. Of a folder each cine, and single frames of one series together. No name, id, "
      "date "
      "or UID of a patient\n"
      "is written; the folder is called as the file, so --name where that tells something. What "
      "is burnt into the\n"
      "pictures stays there. Exit status 1 where files of a folder could not be imported. Changes "
      "nothing in PATH.",
      {"angiobench import dicom IM000001 -o cine --name lca   # then: predict --clip "
       "cine/JPEGImages/lca …",
       "angiobench import dicom study -o frames --name case7 --window 512,1024"}};
}

void bind(OptionSet& options, ImportDicomCommand& command) {
  options.add_bare("PATH", file(command.input, "PATH"), "a DICOM file, or a folder of them")
      .required("a DICOM file, or a folder of them");
  options.add("out,o", folder(command.out), "the folder to write")
      .required("the folder to write")
      .writes();
  options.add(
      "name", text(command.options.name, "NAME"),
      "folder of the frames; of several cines NAME_1, NAME_2, … (default: the file's name)");
  options.add("window", dicom_window(command.options.window), kDicomWindowWords);
}

void tell(const dicom::DicomImport& import, const ImportDicomCommand& command, const Call& call) {
  for (const dicom::ImportedCine& cine : import.cines) {
    for (const ClipNote& note : cine.notes) {
      print_message(severity_name(note.severity), "'" + cine.name + "': " + note.text, call.common,
                    call.streams);
    }
  }
  for (const Error& error : import.refused)
    print_message("error", error.what(), call.common, call.streams);
  std::ostream& out = call.streams.out;
  out << printable(command.out) << ": " << plural(import.cines.size(), "cine");
  if (!import.refused.empty())
    out << "; " << plural(import.refused.size(), "file") << " could not be imported";
  out << '\n';
  for (const dicom::ImportedCine& cine : import.cines)
    out << "  " << printable(cine.name) << ": " << plural(cine.num_frames, "frame") << '\n';
  const std::string first = command.out + "/JPEGImages/" + import.cines.front().name;
  out << "next: "
      << printable("angiobench predict --clip " + first + " --first-mask MASK.png -o masks")
      << '\n';
}

int import_dicom(const ImportDicomCommand& command, const Call& call) {
  OutputFolder out(command.out, ExistingFolder::refuse);
  dicom::DicomImport import;
  {
    ProgressBar progress("importing", "frames", call.common, call.streams);
    dicom::DicomImportOptions options = command.options;
    options.progress = progress.callback();
    import = dicom::import_dicom(command.input, options, out);
  }
  tell_placed(out.commit(), command.out, call);
  tell(import, command, call);
  return import.refused.empty() ? kExitPassed : kExitFailed;
}

constexpr CommandLine<ImportDicomCommand> kLine = {help_page, bind, import_dicom};

}  // namespace

VerbCode import_dicom_code() { return code_of_line<kLine>(); }

}  // namespace angiobench::cli
