// SPDX-License-Identifier: MIT
#include "reports/platforms/codabench.h"

#include <algorithm>
#include <boost/filesystem/operations.hpp>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>
#include <vector>

#include "dataset/files/atomic_file.h"
#include "dataset/files/digest.h"
#include "dataset/files/output_folder.h"
#include "dataset/files/zip_writer.h"
#include "dataset/masks/png.h"
#include "reports/html/participant_page.h"
#include "reports/platforms/elf_program.h"

namespace angiobench {
namespace {

namespace fs = boost::filesystem;

constexpr std::uint64_t kMostOfAFile = 4ULL << 30;

// ---- a run ----

// What the worker's first run (of predictions, where there is nothing to run) leaves beside every
// submission: how it ended (compute_worker.py, commit 84acd59).
constexpr std::string_view kWorkerFile = "metadata";

// A platform unpacks what was handed in; who zipped a zip handed in that.
std::string submission_in(const std::string& res) {
  const std::unique_ptr<FileTree> tree = open_folder(res, FolderLinks::refuse);
  std::vector<std::string> files = tree->files("");
  std::erase(files, kWorkerFile);
  const bool is_one_zip = tree->folders("").empty() && files.size() == 1 &&
                          files.front().size() > 4 && files.front().ends_with(".zip");
  return is_one_zip ? join_path(res, files.front()) : res;
}

PlatformScore score_run(const CodabenchRun& run) {
  const std::string ref = join_path(run.input, "ref");
  const std::string res = join_path(run.input, "res");
  PlatformRequest request{ref, {}, run.jobs, run.tool_version, run.git_commit};
  request.config.dataset = run.dataset;
  boost::system::error_code code;
  try {
    if (!fs::is_directory(ref, code))
      return refused_score(request, ErrorKind::input, kOrganisersMustLook);
    request.config = platform_config_in(ref, run.dataset);
    if (run.scale) request.config.scale = *run.scale;
  } catch (const Error& error) {
    return refused_score(request, error.kind(), kOrganisersMustLook);
  }
  if (!fs::is_directory(res, code)) {
    return refused_score(request, ErrorKind::input,
                         "the platform handed over no submission (no folder 'res'); hand it in "
                         "again, or ask the organisers");
  }
  try {
    return score_for_platform(request, submission_in(res));
  } catch (const Error&) {
    return refused_score(request, ErrorKind::input, "the submission cannot be read");
  }
}

// Codabench reads JSON, CodaLab lines of "key: value".
void write_scores(const std::string& output, const std::vector<PlatformFigure>& figures) {
  std::string lines;
  std::string json = "{";
  for (const PlatformFigure& figure : figures) {
    const std::string number = platform_number(figure.value);
    lines += figure.key + ": " + number + "\n";
    json += (json.size() == 1 ? "\"" : ", \"") + figure.key + "\": " + number;
  }
  write_file_atomically(join_path(output, "scores.txt"), lines);
  write_file_atomically(join_path(output, "scores.json"), json + "}\n");
}

// ---- a bundle ----

using Files = std::map<std::string, std::vector<std::uint8_t>>;  // by path, so always in one order

std::vector<std::uint8_t> bytes_of(std::string_view text) { return {text.begin(), text.end()}; }

void write_zip(const Files& files, const std::string& path) {
  ZipWriter zip(path);
  for (const auto& [name, content] : files) zip.add(name, content);
  zip.finish();
}

std::vector<std::uint8_t> file_bytes(const std::string& path) {
  return bytes_of(read_text_file(path, kMostOfAFile));
}

OpenTruth truth_of(const CodabenchBundle& bundle, const std::string& root,
                   const std::string& meta_file) {
  SubmissionRequest request;
  request.dataset = bundle.config.dataset;
  request.ground_truth = root;
  request.meta_file = meta_file;
  request.protocol = bundle.config.protocol;
  return open_truth(request);
}

// The truth's masks as a submission: what they score, and their digest.
Result score_of_itself(const OpenTruth& truth) {
  const MaskSource& masks = *truth.index.masks;
  ScoreOutcome outcome =
      score(truth.index, masks, truth.protocol, find_missing(truth.index, masks, truth.protocol));
  if (!outcome.failures.empty()) throw Error(outcome.failures.front());
  return std::move(outcome.result);
}

// Throws for a truth that is not the whole of the benchmark as it was released.
void check_truth(const OpenTruth& truth, const Result& result, const std::string& path) {
  const SequenceIndex& index = truth.index;
  const std::vector<std::string>& official = index.benchmark.sequences;
  if (!official.empty() &&
      !std::ranges::equal(official, index.sequences, {}, {}, &Sequence::name)) {
    throw Error(ErrorKind::input, path,
                "is not the ground truth of " + index.benchmark.name + ": it has " +
                    std::to_string(index.sequences.size()) + " sequences, the benchmark " +
                    std::to_string(official.size()) + " (" + official.front() + ", …)",
                "the benchmark's own, or a definition file that describes this one");
  }
  for (const Finding& finding : result.findings) {
    if (finding.code == "D017" || finding.code == "D018") {
      throw Error(ErrorKind::input, path,
                  "is not the ground truth of " + result.dataset.name + ": " + finding.message,
                  "the benchmark's own, or a definition file that describes this one");
    }
  }
}

// What index_ground_truth needs, where it looks for it.
Files reference_files(const OpenTruth& truth, const std::string& meta_file) {
  const SequenceIndex& index = truth.index;
  const FileTree& tree = *index.truth;
  const FileMaskSource masks(index.truth, index.benchmark, MaskRole::truth);
  Files files;
  const auto take = [&](const std::string& relative) {
    std::vector<std::uint8_t> bytes;
    if (tree.read(relative, bytes)) files[relative] = std::move(bytes);
  };
  for (const Sequence& sequence : index.sequences) {
    for (std::size_t i = 0; i < sequence.frames.size(); ++i) {
      for (const std::string& path : masks.paths(sequence, sequence.frames[i])) take(path);
    }
  }
  const BenchmarkDefinition& benchmark = index.benchmark;
  for (const auto* candidates :
       {&benchmark.split_files, &benchmark.meta_files, &benchmark.unseen_files,
        &benchmark.unsupervised_files, &benchmark.scene_files}) {
    for (const std::string& candidate : *candidates) {
      const std::string place =
          fs::path(join_path(index.root, candidate)).lexically_normal().string();
      if (!place.starts_with("..")) take(place);
    }
  }
  if (!meta_file.empty() && !benchmark.meta_files.empty())
    files[join_path(index.root, benchmark.meta_files.front())] = file_bytes(meta_file);
  return files;
}

struct Reference {
  std::string path;  // of its zip
  PlatformConfig config;
  std::vector<PlatformFigure> figures;  // of a perfect submission
};

Reference write_reference(const CodabenchBundle& bundle, const std::string& path) {
  const OpenTruth truth = truth_of(bundle, bundle.ground_truth, bundle.meta_file);
  const Result own = score_of_itself(truth);
  check_truth(truth, own, bundle.ground_truth);
  Reference reference{path, bundle.config, {}};
  reference.config.truth_digest = own.dataset.digest;
  Files files = reference_files(truth, bundle.meta_file);
  for (const auto& [name, packed] : {std::pair(&reference.config.dataset, "benchmark.json"),
                                     std::pair(&reference.config.protocol, "protocol.json")}) {
    if (!name->ends_with(".json")) continue;
    files[packed] = file_bytes(*name);
    *name = packed;
  }
  files[kPlatformConfigName] = bytes_of(platform_config_json(reference.config));
  write_zip(files, path);
  // The platform will read this, and nothing else.
  const Result again = score_of_itself(truth_of(bundle, path, ""));
  if (again.dataset.digest != own.dataset.digest || again.dataset.objects != own.dataset.objects) {
    throw Error(ErrorKind::input, bundle.ground_truth,
                "cannot be packed: its packed masks score otherwise than in the folder",
                "one of the layouts of docs/layouts.md");
  }
  reference.figures = platform_figures(participant_report(again), bundle.config.scale);
  return reference;
}

// Files of a program bundle arrive without the right to be run, and no shell reads the command.
constexpr const char* kRunScript = R"(#!/bin/sh
# Usage: run.sh INPUT OUTPUT
set -e
program=/tmp/angiobench.$$
cp "$(dirname "$0")/angiobench" "$program"
chmod 700 "$program"
exec "$program" adapter codabench "$1" "$2"
)";

Files program_files(const CodabenchBundle& bundle) {
  check_static_program(bundle.program);
  return {{"angiobench", file_bytes(bundle.program)},
          {"run.sh", bytes_of(kRunScript)},
          {"metadata.yaml", bytes_of("command: sh run.sh /app/input /app/output\n")},
          // CodaLab's.
          {"metadata", bytes_of("command: sh $program/run.sh $input $output\n")}};
}

// A vessel in a round field of view.
std::vector<std::uint8_t> logo_png() {
  constexpr int kSide = 256;
  Mask mask(kSide, kSide);
  for (int y = 0; y < kSide; ++y) {
    for (int x = 0; x < kSide; ++x) {
      const int dx = x - kSide / 2;
      const int dy = y - kSide / 2;
      if (dx * dx + dy * dy > 120 * 120) continue;
      const int bend = dy * dy / 160 - 40;
      const int branch = dy > 0 ? bend - dy : 10'000;
      const int width = 14 - dy / 24;
      mask.at(x, y) = std::abs(dx - bend) < width ? 2 : std::abs(dx - branch) < width / 2 ? 3 : 1;
    }
  }
  static constexpr Rgb kColors[] = {{255, 255, 255}, {40, 44, 52}, {213, 94, 0}, {0, 114, 178}};
  return encode_mask_png(mask.view(), kColors);
}

std::string yaml_text(const std::string& text) { return nlohmann::json(text).dump(); }

// JSON's strings are YAML's.
std::string competition_yaml(const CodabenchBundle& bundle, const Reference& reference) {
  constexpr std::size_t kMaxTitle = 64;
  std::string yaml = "version: 2\ntitle: " + yaml_text(bundle.title) +
                     "\nimage: logo.png\ndocker_image: " + yaml_text(bundle.image) +
                     "\nenable_detailed_results: true\nterms: terms.md\npages:\n"
                     "  - title: \"Overview\"\n    file: overview.md\n"
                     "tasks:\n  - index: 0\n    name: \"Scoring\"\n"
                     "    scoring_program: program.zip\n    reference_data: reference.zip\n"
                     "phases:\n  - index: 0\n    name: \"Test\"\n    start: " +
                     yaml_text(bundle.start) + "\n    tasks:\n      - 0\n    max_submissions: " +
                     std::to_string(bundle.max_submissions) +
                     "\n    execution_time_limit: 600\n"
                     "leaderboards:\n  - index: 0\n    title: " +
                     yaml_text(bundle.title.substr(0, kMaxTitle)) +
                     "\n    key: main\n    submission_rule: \"Force_Last\"\n    columns:\n";
  const int precision = bundle.config.scale == PlatformScale::percent ? 1 : 3;
  std::size_t index = 0;
  for (const PlatformFigure& figure : reference.figures) {
    yaml += "      - index: " + std::to_string(index++) +
            "\n        title: " + yaml_text(figure.title) + "\n        key: " + figure.key +
            "\n        sorting: " + (figure.higher_is_better ? "desc" : "asc") +
            "\n        precision: " + std::to_string(precision) + "\n";
  }
  return yaml;
}

std::string overview(const CodabenchBundle& bundle, const Reference& reference) {
  std::string columns;
  for (const PlatformFigure& figure : reference.figures)
    columns += (columns.empty() ? "" : ", ") + figure.title;
  return "# " + bundle.title + "\n\nHand in a zip of `<sequence>/<frame>.png`, PNG masks whose " +
         "values are object ids, for every frame. One folder round everything does no harm.\n\n" +
         "Scored by angiobench as `" + load_benchmark(bundle.config.dataset).name +
         "`: " + columns +
         ". A submission that is not complete gets no score, and is told what is missing.\n";
}

}  // namespace

PlatformScore run_codabench(const CodabenchRun& run) {
  boost::system::error_code code;
  for (const char* old : {"scores.json", "scores.txt", "detailed_results.html"})
    fs::remove(join_path(run.output, old), code);
  PlatformScore score = score_run(run);
  write_file_atomically(join_path(run.output, "detailed_results.html"),
                        participant_page(score.report));
  if (!score.figures.empty()) write_scores(run.output, score.figures);
  return score;
}

void write_codabench_reference(const CodabenchBundle& bundle, const std::string& path) {
  // It is read again before it has its name.
  const OutputFolder staged(path + ".parts");
  const std::string reference = staged.file("reference.zip");
  write_reference(bundle, reference);
  write_file_atomically(path, file_bytes(reference));
}

void write_codabench_bundle(const CodabenchBundle& bundle, const std::string& path) {
  const Files program = program_files(bundle);
  // The inner zips are made in a folder that goes again.
  const OutputFolder staged(path + ".parts");
  const Reference reference = write_reference(bundle, staged.file("reference.zip"));
  write_zip(program, staged.file("program.zip"));
  write_zip({{"competition.yaml", bytes_of(competition_yaml(bundle, reference))},
             {"logo.png", logo_png()},
             {"overview.md", bytes_of(overview(bundle, reference))},
             {"terms.md", bytes_of("# Terms\n\nThe organisers' terms go here.\n")},
             {"program.zip", file_bytes(staged.file("program.zip"))},
             {"reference.zip", file_bytes(staged.file("reference.zip"))}},
            path);
}

}  // namespace angiobench
