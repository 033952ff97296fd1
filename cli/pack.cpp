// SPDX-License-Identifier: MIT
#include "dataset/submission/pack.h"
#include "dataset/files/archive_name.h"

#include <algorithm>
#include <boost/filesystem/operations.hpp>
#include <boost/filesystem/path.hpp>
#include <nlohmann/json.hpp>
#include <optional>
#include <ostream>
#include <set>

#include "cli/exit_code.h"
#include "cli/options.h"
#include "cli/terminal.h"
#include "cli/verbs.h"
#include "dataset/files/atomic_file.h"
#include "dataset/error.h"
#include "dataset/masks/mask_source.h"
#include "dataset/masks/png.h"
#include "dataset/sequence_index.h"
#include "evaluator/protocol.h"
#include "evaluator/scoring/sequence_score.h"

namespace angiobench::cli {
namespace {

namespace po = boost::program_options;
namespace fs = boost::filesystem;

struct PackCommand {
  CommonOptions common;
  std::string predictions;
  std::string out;
  std::string frames;
  std::string dataset;
  std::string ground_truth;
  std::string meta;
  std::string protocol;
  std::vector<std::string> sequences;
  bool every_frame = false;
  bool json = false;
  std::string verify;
};

std::optional<PackCommand> parse(const std::vector<std::string>& arguments,
                                 const Streams& streams) {
  po::options_description described("Options");
  described.add_options()                                                                       //
      ("predictions,p", po::value<std::string>(), "folder (or zip) of <sequence>/<frame>.png")  //
      ("out,o", po::value<std::string>(), "the archive to write")                               //
      ("dataset", po::value<std::string>(), "benchmark that says what must be there, with -g")  //
      ("ground-truth,g", po::value<std::string>(),
       "the data set's root, or the folder that holds the sequences")  //
      ("frames", po::value<std::string>(),
       "instead of them: a file with a line of <sequence>/<frame> for each mask that must be "
       "there")  //
      ("every-frame", po::bool_switch(),
       "a mask for each image of a video must be there, not only for annotated frames")  //
      ("meta", po::value<std::string>()->default_value(""),
       "first-mask or meta json, where it is not beside the ground truth")  //
      ("protocol", po::value<std::string>()->default_value(""),
       "scoring rules that say which frames are needed; default: the benchmark's")              //
      ("sequences", po::value<std::string>()->default_value(""), "only these: a,b,@file")       //
      ("verify", po::value<std::string>(), "compare an archive with its own manifest instead")  //
      ("json", po::bool_switch(), "print one JSON object");
  add_common_options(described);
  const HelpPage help{
      "angiobench pack -p PREDICTIONS -o ARCHIVE.zip (--dataset NAME -g GROUND_TRUTH | --frames "
      "FILE)",
      "Packs predictions into a zip that scorers take, with the digests of all masks in "
      "manifest.sha256 (which\n"
      "'sha256sum -c' reads). The same masks give the same bytes. Refuses what is incomplete or no "
      "mask: exit\n"
      "status 1, and nothing is written.",
      {"angiobench pack -p results --dataset mosxav-test -g MOSXAV -o submission.zip",
       "angiobench pack -p results --frames frames.txt -o submission.zip   # without the ground "
       "truth",
       "angiobench pack --verify submission.zip                            # is it what was "
       "packed?"}};
  const po::variables_map values = parse_options(arguments, described, {}, help, streams);
  if (wants_help(values)) return std::nullopt;

  const auto text = [&](const char* name) {
    return values.count(name) != 0 ? values[name].as<std::string>() : std::string{};
  };
  PackCommand command;
  command.common = read_common_options(values, streams);
  command.json = values["json"].as<bool>();
  command.verify = text("verify");
  command.predictions = text("predictions");
  command.out = text("out");
  if (!command.verify.empty()) {
    if (!command.predictions.empty() || !command.out.empty()) {
      throw Error(ErrorKind::usage, "--verify", "stands beside -p or -o", "--verify alone");
    }
    return command;
  }
  if (command.predictions.empty())
    throw Error(ErrorKind::usage, "-p", "is missing", "the predictions' folder");
  if (command.out.empty())
    throw Error(ErrorKind::usage, "-o", "is missing", "the archive to write");
  command.frames = text("frames");
  command.dataset = text("dataset");
  command.ground_truth = text("ground-truth");
  const bool by_dataset = !command.dataset.empty() && !command.ground_truth.empty();
  if (by_dataset == !command.frames.empty() ||
      command.dataset.empty() != command.ground_truth.empty()) {
    throw Error(ErrorKind::usage, "", "it is not said what must be there",
                "--dataset with -g, or --frames");
  }
  command.meta = text("meta");
  command.protocol = text("protocol");
  command.sequences = parse_name_list(text("sequences"));
  command.every_frame = values["every-frame"].as<bool>();

  // Results never go into the predictions' folder.
  boost::system::error_code code;
  const fs::path archive = fs::weakly_canonical(command.out, code);
  const fs::path folder = fs::weakly_canonical(command.predictions, code);
  if (!code && fs::is_directory(folder) &&
      std::mismatch(folder.begin(), folder.end(), archive.begin(), archive.end()).first ==
          folder.end()) {
    throw Error(ErrorKind::usage, "--out", command.out + " lies inside the predictions",
                "a place outside of " + command.predictions);
  }
  return command;
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

std::vector<PackSequence> expected_masks(const PackCommand& command, const FileTree& predictions) {
  if (!command.frames.empty()) {
    std::vector<PackSequence> listed =
        parse_frame_list(read_text_file(command.frames), command.frames);
    if (command.sequences.empty()) return listed;
    const std::set<std::string> wanted(command.sequences.begin(), command.sequences.end());
    std::erase_if(listed,
                  [&](const PackSequence& sequence) { return !wanted.contains(sequence.name); });
    return listed;
  }
  const BenchmarkDefinition benchmark = load_benchmark(command.dataset);
  const Protocol protocol =
      load_protocol(command.protocol.empty() ? benchmark.protocol : command.protocol);
  IndexOptions options;
  options.meta_file = command.meta;
  options.sequences = command.sequences;
  const SequenceIndex index = index_ground_truth(command.ground_truth, benchmark, options);
  if (benchmark.submission == MaskStorage::planes) {
    throw Error(ErrorKind::usage, "--dataset", benchmark.name + " keeps masks as arrays",
                "a benchmark whose masks are PNGs");
  }
  const FileMaskSource submission = submission_masks(benchmark, predictions);
  std::vector<PackSequence> expected;
  for (const Sequence& sequence : index.sequences) {
    PackSequence packed;
    packed.name = sequence.name;
    read_size(index, sequence, packed);
    std::set<std::string> masks;
    for (std::size_t i = 0; i < sequence.frames.size(); ++i) {
      if (!command.every_frame && frame_need(protocol, sequence, i) != FrameNeed::both) continue;
      const std::vector<std::string> paths = submission.paths(sequence, sequence.frames[i]);
      masks.insert(paths.begin(), paths.end());
    }
    if (command.every_frame) {
      const std::vector<std::string> images = image_names(index, sequence);
      if (images.empty()) {
        throw Error(ErrorKind::input, index.truth->display_path(sequence.name),
                    "there are no images of this sequence",
                    "the images beside the masks, which --every-frame counts");
      }
      for (const std::string& image : images) masks.insert(submission.path(sequence, image));
    }
    packed.masks.assign(masks.begin(), masks.end());
    expected.push_back(std::move(packed));
  }
  return expected;
}

bool has_errors(const std::vector<Finding>& findings) {
  return std::any_of(findings.begin(), findings.end(),
                     [](const Finding& finding) { return finding.severity == Severity::error; });
}

int verify(const PackCommand& command, const Streams& streams) {
  const std::unique_ptr<FileTree> archive = open_file_tree(command.verify);
  const std::vector<Finding> findings = verify_manifest(*archive);
  for (const Finding& finding : findings) print_finding(finding, command.common, streams);
  if (has_errors(findings)) return kExitFailed;
  if (!archive->has_file(kManifestName)) {
    throw Error(ErrorKind::inconclusive, command.verify,
                "there is no " + std::string(kManifestName),
                "an archive that 'angiobench pack' made");
  }
  streams.out << printable(command.verify) << ": every mask is the one that was packed\n";
  return kExitPassed;
}

}  // namespace

int run_pack(const std::vector<std::string>& arguments, const Streams& streams) {
  const std::optional<PackCommand> command = parse(arguments, streams);
  if (!command) return kExitPassed;
  if (!command->verify.empty()) return verify(*command, streams);

  const std::unique_ptr<FileTree> predictions = open_file_tree(command->predictions);
  const std::vector<PackSequence> expected = expected_masks(*command, *predictions);
  PackReport report;
  {
    ProgressBar progress("packing", "masks", command->common, streams);
    PackOptions options;
    options.jobs = command->common.jobs;
    options.progress = progress.callback();
    report = pack_submission(*predictions, expected, command->out, options);
  }
  for (const Finding& note : predictions->notes()) print_finding(note, command->common, streams);
  for (const Finding& finding : report.findings) print_finding(finding, command->common, streams);
  if (has_errors(report.findings)) {
    print_message("error", "nothing was packed", command->common, streams);
    return kExitFailed;
  }
  if (command->json) {
    const nlohmann::ordered_json facts = {{"archive", command->out},
                                          {"sequences", expected.size()},
                                          {"masks", report.num_masks},
                                          {"bytes", report.archive_bytes},
                                          {"digest", format_digest(report.archive_digest)}};
    streams.out << facts.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) << '\n';
  } else {
    streams.out << printable(command->out) << ": " << report.num_masks << " masks of "
                << expected.size() << " sequences, " << report.archive_bytes << " bytes, "
                << format_digest(report.archive_digest) << '\n';
  }
  return kExitPassed;
}

}  // namespace angiobench::cli
