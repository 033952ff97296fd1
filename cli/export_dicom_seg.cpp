// SPDX-License-Identifier: MIT
#include <ostream>

#include "cli/command.h"
#include "cli/exchange.h"
#include "cli/exit_code.h"
#include "cli/options.h"
#include "cli/terminal.h"
#include "cli/version.h"
#include "dataset/dicom/segmentation.h"
#include "dataset/error.h"
#include "dataset/files/atomic_file.h"
#include "dataset/files/text.h"

namespace angiobench::cli {
namespace {

struct ExportSegCommand {
  std::string masks;
  std::string cine;
  std::string out;
  std::string objects;
  bool anonymous = false;
  dicom::SegmentationOptions options;
};

HelpText help_page() {
  return {
      "export dicom-seg",
      "angiobench export dicom-seg MASKS --of CINE.dcm -o SEG.dcm",
      "Writes the masks of a cine as DICOM Segmentation: a segment an object, a frame where it has "
      "a pixel, each with\n"
      "its frame of the cine. MASKS is a folder or zip of <frame>.png, a mask for each frame in "
      "order, or named by the\n"
      "frames' numbers from 0. THE FILE HOLDS THE PATIENT'S NAME, ID AND DATES AS THE CINE HAS "
      "THEM, for a viewer files\n"
      "it by them: keep it where the cine is kept, or use --anonymous. No other file of this "
      "program holds any.",
      {"angiobench export dicom-seg out/cine --of IM000001 -o seg.dcm",
       "angiobench export dicom-seg out/cine --of IM000001 -o seg.dcm --objects "
       "coronary-artery,catheter",
       "angiobench export dicom-seg mended --of IM000001 -o seg.dcm --made semiautomatic "
       "--anonymous"}};
}

void bind(OptionSet& options, ExportSegCommand& command) {
  dicom::SegmentationOptions& segmentation = command.options;
  options.add_bare("MASKS", file(command.masks, "PATH"), "the masks: a folder or a zip of PNGs")
      .required("the masks");
  options.add("of", file(command.cine, "FILE"), "the DICOM file that the masks are of")
      .required("the cine's DICOM file");
  options.add("out,o", file(command.out), "the segmentation to write")
      .required("the file to write")
      .writes();
  options.add("objects", names(command.objects, dicom::kSegmentKinds.names()),
              "what objects 1, 2, … are, in order (the last for all that follow): vessel, "
              "coronary-artery, catheter, stent; default: vessel");
  options.add("made", choice(segmentation.origin, dicom::kSegmentOrigins),
              "how the masks were made: automatic, semiautomatic or manual");
  options.add("algorithm", text(segmentation.algorithm, "NAME"), "what made them");
  options.add("anonymous", flag(command.anonymous),
              "leave the patient's and the study's data empty; UIDs stay, for they are the link to "
              "the cine");
}

int export_segmentation(const ExportSegCommand& command, const Call& call) {
  dicom::SegmentationOptions options = command.options;
  options.version = tool_version();
  if (command.anonymous) options.patient = dicom::PatientData::left_out;
  if (const std::vector<std::string> words = parse_name_list(command.objects); !words.empty()) {
    options.kinds.clear();
    for (const std::string& word : words)
      options.kinds.push_back(dicom::kSegmentKinds.read("objects", word));
  }
  const std::unique_ptr<FileTree> tree = open_file_tree(command.masks, {}, FolderLinks::follow);
  const std::vector<MaskSequence> sequences = list_mask_sequences(*tree, "masks");
  if (sequences.size() > 1) {
    throw Error(ErrorKind::input, command.masks,
                "holds " + std::to_string(sequences.size()) + " sequences, '" +
                    sequences.front().name + "' first",
                "the folder of one");
  }
  AtomicFile file(command.out);
  const dicom::Segmentation made =
      dicom::encode_segmentation(*tree, sequences.front(), command.cine, options);
  file.write(made.file);
  file.commit();
  if (made.num_masks != made.cine_frames) {
    print_message("note",
                  std::to_string(made.num_masks) + " masks are of the frames, of " +
                      std::to_string(made.cine_frames) + ", that their numbers say, from 0",
                  call.common, call.streams);
  }
  if (!command.anonymous) {
    print_message("note", "the file holds the patient's data of the cine (--anonymous: none)",
                  call.common, call.streams);
  }
  call.streams.out << printable(command.out) << ": "
                   << plural(static_cast<std::uint64_t>(made.num_segments), "segment") << " in "
                   << plural(made.num_frames, "frame") << " of " << plural(made.num_masks, "mask")
                   << '\n';
  return kExitPassed;
}

constexpr CommandLine<ExportSegCommand> kLine = {help_page, bind, export_segmentation};

}  // namespace

VerbCode export_dicom_seg_code() { return code_of_line<kLine>(); }

}  // namespace angiobench::cli
