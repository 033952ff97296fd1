// SPDX-License-Identifier: MIT
#include "dataset/submission/label_stacks.h"
#include "dataset/submission/pack.h"
#include "dataset/files/archive_name.h"

#include <algorithm>
#include <boost/filesystem/operations.hpp>
#include <boost/filesystem/path.hpp>
#include <nlohmann/json.hpp>
#include <optional>
#include <ostream>
#include <set>

#include "cli/color_option.h"
#include "cli/command.h"
#include "cli/exit_code.h"
#include "cli/scoring_options.h"
#include "cli/terminal.h"
#include "cli/verbs.h"
#include "dataset/files/atomic_file.h"
#include "dataset/color_table.h"
#include "dataset/error.h"
#include "dataset/frame_order.h"
#include "dataset/masks/coco_tree.h"
#include "dataset/masks/mask_source.h"
#include "dataset/masks/submission_place.h"
#include "dataset/masks/volume_tree.h"
#include "dataset/masks/png.h"
#include "dataset/sequence_index.h"
#include "evaluator/protocol.h"
#include "evaluator/scoring/sequence_score.h"

namespace angiobench::cli {
namespace {

struct PackCommand {
  std::string predictions;
  std::string out;
  std::string frames;
  std::string dataset;
  std::string ground_truth;
  std::string meta;
  std::string protocol;
  std::string sequences;
  std::string colors;
  bool every_frame = false;
  bool json = false;
  std::string verify;
};

HelpText help_page() {
  return {
      "pack",
      "angiobench pack -p PREDICTIONS -o ARCHIVE.zip (--dataset NAME -g GROUND_TRUTH | --frames "
      "FILE)\n"
      "angiobench pack --verify ARCHIVE.zip",
      "Packs predictions into a zip that scorers take, with the digests of all masks in "
      "manifest.sha256 (which\n"
      "'sha256sum -c' reads). The same masks give the same bytes. Refuses what is incomplete or "
      "no mask: exit\n"
      "status 1, and nothing is written.",
      {"angiobench pack -p results --dataset mosxav-test -g MOSXAV -o submission.zip",
       "angiobench pack -p results --frames frames.txt -o submission.zip   # without the ground "
       "truth",
       "angiobench pack -p labels.npz --dataset davis2017-val -g DAVIS -o submission.zip   # an "
       "array a sequence",
       "angiobench pack --verify submission.zip                            # is it what was "
       "packed?"}};
}

void bind_rules(OptionSet& options, PackCommand& command) {
  options.rule({"verify", "predictions", "out"}, [&command]() -> std::string {
    if (command.verify.empty() || (command.predictions.empty() && command.out.empty())) return {};
    return "--verify stands beside -p or -o; expected --verify alone";
  });
  options.rule({"predictions"}, [&command]() -> std::string {
    if (!command.verify.empty() || !command.predictions.empty()) return {};
    return "-p (the predictions' folder) is missing";
  });
  options.rule({"out"}, [&command]() -> std::string {
    if (!command.verify.empty() || !command.out.empty()) return {};
    return "-o (the archive to write) is missing";
  });
  options.rule({"dataset", "ground-truth", "frames"}, [&command]() -> std::string {
    const bool by_dataset = !command.dataset.empty() && !command.ground_truth.empty();
    const bool is_half = command.dataset.empty() != command.ground_truth.empty();
    if (!command.verify.empty() || (by_dataset == command.frames.empty() && !is_half)) return {};
    return "it is not said what must be there; expected --dataset with -g, or --frames";
  });
}

void bind(OptionSet& options, PackCommand& command) {
  options.add("predictions,p", file(command.predictions, "PATH"),
              "folder (or zip) of <sequence>/<frame>.png, a COCO json, volumes (.nrrd, .mha, "
              ".nii.gz), or label stacks of NumPy: .npz or "
              ".npy of [frames, height, width], whose masks are written as PNGs");
  options.add("out,o", file(command.out), "the archive to write").writes();
  options.add("dataset", name_or_json(command.dataset, "benchmark", benchmark_names()),
              "benchmark that says what must be there, with -g");
  options.add("ground-truth,g", folder(command.ground_truth),
              "the data set's root, or the folder that holds the sequences");
  options.add(
      "frames", file(command.frames),
      "instead of them: a file with a line of <sequence>/<frame> for each mask that must be "
      "there");
  options.add("every-frame", flag(command.every_frame),
              "a mask for each image of a video must be there, not only for annotated frames");
  options.add("meta", file(command.meta),
              "first-mask or meta json, where it is not beside the ground truth");
  options.add("protocol", name_or_json(command.protocol, "protocol", protocol_names()),
              "scoring rules that say which frames are needed; default: the benchmark's");
  options.add("sequences", names(command.sequences), "only these: a,b,@file");
  add_colors_option(options, command.colors);
  options.add("verify", file(command.verify), "compare an archive with its own manifest instead");
  options.add("json", flag(command.json), "print one JSON object");
  bind_rules(options, command);
}

// The size of a sequence's masks, where its first annotation tells.
void read_size(const SequenceIndex& index, const Sequence& sequence, PackSequence& packed) {
  packed.width = index.benchmark.width;
  packed.height = index.benchmark.height;
  if (packed.width > 0 || sequence.frames.empty() || index.benchmark.has_overlaps()) return;
  const FileMaskSource masks(index.truth, index.benchmark, MaskRole::truth);
  std::vector<std::uint8_t> bytes;
  if (!index.truth->read(masks.path(sequence, sequence.frames[0]), bytes)) return;
  const PngHeader header = read_png_header(bytes, masks.display(sequence, sequence.frames[0]));
  packed.width = static_cast<int>(header.width);
  packed.height = static_cast<int>(header.height);
}

// Names of the images of a video, without extension.
std::vector<std::string> image_names(const SequenceIndex& index, const Sequence& sequence) {
  std::vector<std::string> names;
  if (sequence.images.empty()) return names;
  for (const std::string& file : index.truth->files(sequence.images))
    names.push_back(file.substr(0, file.rfind('.')));
  return names;
}

// The masks that a list of the user's names.
std::vector<PackSequence> listed_masks(const PackCommand& command) {
  std::vector<PackSequence> listed =
      parse_frame_list(read_text_file(command.frames), command.frames);
  const std::vector<std::string> names = parse_name_list(command.sequences);
  if (names.empty()) return listed;
  const std::set<std::string> wanted(names.begin(), names.end());
  std::erase_if(listed,
                [&](const PackSequence& sequence) { return !wanted.contains(sequence.name); });
  return listed;
}

// The masks of a sequence that a protocol needs, or one for each image of its video.
PackSequence expected_of(const SequenceIndex& index, const Sequence& sequence,
                         const Protocol& protocol, const FileMaskSource& submission,
                         bool every_frame) {
  PackSequence packed;
  packed.name = sequence.name;
  read_size(index, sequence, packed);
  std::set<std::string> masks;
  for (std::size_t i = 0; i < sequence.frames.size(); ++i) {
    if (!every_frame && frame_need(protocol, sequence, i) != FrameNeed::both) continue;
    const std::vector<std::string> paths = submission.paths(sequence, sequence.frames[i]);
    masks.insert(paths.begin(), paths.end());
  }
  if (every_frame) {
    const std::vector<std::string> images = image_names(index, sequence);
    if (images.empty()) {
      throw Error(ErrorKind::input, index.truth->display_path(sequence.name),
                  "there are no images of this sequence",
                  "the images beside the masks, which --every-frame counts");
    }
    for (const std::string& image : images) masks.insert(submission.path(sequence, image));
  }
  packed.masks.assign(masks.begin(), masks.end());
  return packed;
}

struct PackInput {
  std::shared_ptr<const FileTree> predictions;
  std::vector<PackSequence> expected;
  std::vector<Rgb> palette = {};
};

// What a list of masks says of the frames of stacks.
std::vector<StackFrames> frames_of_stacks(const std::vector<PackSequence>& listed) {
  std::vector<StackFrames> stacks;
  for (const PackSequence& sequence : listed) {
    StackFrames frames{sequence.name, {}, {}};
    for (const std::string& mask : sequence.masks) {
      const std::size_t begin = mask.rfind('/') + 1;
      frames.annotated.push_back(mask.substr(begin, mask.size() - begin - 4));
    }
    std::ranges::sort(frames.annotated, FrameLess());
    stacks.push_back(std::move(frames));
  }
  return stacks;
}

std::vector<StackFrames> frames_of_stacks(const SequenceIndex& index) {
  std::vector<StackFrames> stacks;
  for (const Sequence& sequence : index.sequences) {
    StackFrames frames{sequence.name, {}, image_names(index, sequence)};
    for (std::size_t i = 0; i < sequence.frames.size(); ++i)
      frames.annotated.emplace_back(sequence.frames[i]);
    std::ranges::sort(frames.images, FrameLess());
    stacks.push_back(std::move(frames));
  }
  return stacks;
}

// A json or stacks as the masks that a list names.
std::shared_ptr<const FileTree> open_listed_whole(const std::string& path,
                                                  const std::vector<PackSequence>& listed) {
  SequenceIndex index;
  index.benchmark = load_benchmark("flat");
  for (const StackFrames& frames : frames_of_stacks(listed)) {
    Sequence& sequence = index.sequences.emplace_back();
    sequence.name = frames.sequence;
    for (const std::string& frame : frames.annotated) sequence.frames.append(frame);
  }
  return open_submission_tree(path, index);
}

std::shared_ptr<const FileTree> open_listed_tree(const PackCommand& command,
                                                 const std::vector<PackSequence>& listed) {
  if (holds_label_stacks(command.predictions))
    return open_label_stacks(command.predictions, frames_of_stacks(listed));
  const bool is_whole = is_json_file(command.predictions) || is_volume_path(command.predictions);
  if (is_whole) return open_listed_whole(command.predictions, listed);
  std::shared_ptr<const FileTree> tree = open_file_tree(command.predictions);
  return holds_volumes(*tree) ? open_listed_whole(command.predictions, listed) : tree;
}

PackInput open_listed(const PackCommand& command) {
  std::vector<PackSequence> listed = listed_masks(command);
  std::shared_ptr<const FileTree> tree = open_listed_tree(command, listed);
  PackInput input{std::move(tree), std::move(listed)};
  if (!command.colors.empty()) input.palette = palette_of(load_color_table(command.colors));
  return input;
}

PackInput open_input(const PackCommand& command) {
  if (!command.frames.empty()) return open_listed(command);
  const BenchmarkDefinition benchmark = benchmark_with(command.dataset, command.colors);
  const Protocol protocol =
      load_protocol(command.protocol.empty() ? benchmark.protocol : command.protocol);
  IndexOptions options;
  options.meta_file = command.meta;
  options.sequences = parse_name_list(command.sequences);
  const SequenceIndex index = index_ground_truth(command.ground_truth, benchmark, options);
  if (benchmark.submission == MaskStorage::planes) {
    throw Error::about(ErrorKind::usage, "dataset",
                       "is " + benchmark.name + ", which keeps masks as arrays",
                       "a benchmark whose masks are PNGs");
  }
  const bool are_stacks = holds_label_stacks(command.predictions);
  std::shared_ptr<const FileTree> tree =
      are_stacks ? open_label_stacks(command.predictions, frames_of_stacks(index))
                 : open_submission_tree(command.predictions, index);
  PackInput input{std::move(tree), {}};
  const std::span<const Rgb> palette = palette_for(benchmark, MaskRole::prediction);
  input.palette.assign(palette.begin(), palette.end());
  const FileMaskSource submission = submission_masks(benchmark, *input.predictions);
  for (const Sequence& sequence : index.sequences)
    input.expected.push_back(
        expected_of(index, sequence, protocol, submission, command.every_frame));
  return input;
}

bool has_errors(const std::vector<Finding>& findings) {
  return std::any_of(findings.begin(), findings.end(),
                     [](const Finding& finding) { return finding.severity == Severity::error; });
}

int verify(const PackCommand& command, const Call& call) {
  const std::unique_ptr<FileTree> archive = open_file_tree(command.verify);
  const std::vector<Finding> findings = verify_manifest(*archive);
  for (const Finding& finding : findings) print_finding(finding, call.common, call.streams);
  if (has_errors(findings)) return kExitFailed;
  if (!archive->has_file(kManifestName)) {
    throw Error(ErrorKind::inconclusive, command.verify,
                "there is no " + std::string(kManifestName),
                "an archive that 'angiobench pack' made");
  }
  call.streams.out << printable(command.verify) << ": every mask is the one that was packed\n";
  return kExitPassed;
}

int pack(const PackCommand& command, const Call& call) {
  if (!command.verify.empty()) return verify(command, call);

  const auto [predictions, expected, palette] = open_input(command);
  PackReport report;
  if (has_errors(found_in_masks(*predictions))) {
    report.findings = found_in_masks(*predictions);
  } else {
    ProgressBar progress("packing", "masks", call.common, call.streams);
    PackOptions options;
    options.jobs = call.common.jobs;
    options.palette = palette;
    options.progress = progress.callback();
    report = pack_submission(*predictions, expected, command.out, options);
    for (const Finding& found : found_in_masks(*predictions)) report.findings.push_back(found);
  }
  for (const Finding& note : predictions->notes()) print_finding(note, call.common, call.streams);
  for (const Finding& finding : report.findings) print_finding(finding, call.common, call.streams);
  if (has_errors(report.findings)) {
    print_message("error", "nothing was packed", call.common, call.streams);
    return kExitFailed;
  }
  if (command.json) {
    const nlohmann::ordered_json facts = {{"archive", command.out},
                                          {"sequences", expected.size()},
                                          {"masks", report.num_masks},
                                          {"bytes", report.archive_bytes},
                                          {"digest", format_digest(report.archive_digest)}};
    call.streams.out << facts.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) << '\n';
  } else {
    call.streams.out << printable(command.out) << ": " << report.num_masks << " masks of "
                     << expected.size() << " sequences, " << report.archive_bytes << " bytes, "
                     << format_digest(report.archive_digest) << '\n';
  }
  return kExitPassed;
}

constexpr CommandLine<PackCommand> kLine = {help_page, bind, pack};

}  // namespace

VerbCode pack_code() { return code_of_line<kLine>(); }

}  // namespace angiobench::cli
