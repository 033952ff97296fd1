// SPDX-License-Identifier: MIT
#include <algorithm>
#include <optional>
#include <ostream>
#include <set>
#include <string>
#include <vector>

#include "cli/archive_options.h"
#include "cli/color_option.h"
#include "cli/command.h"
#include "cli/exit_code.h"
#include "cli/result_files.h"
#include "cli/modules.h"
#include "cli/terminal.h"
#include "cli/verbs.h"
#include "dataset/benchmark.h"
#include "dataset/dataset_card.h"
#include "dataset/error.h"
#include "dataset/files/atomic_file.h"
#include "dataset/files/file_tree.h"
#include "dataset/files/json_fields.h"
#include "dataset/finding_codes.h"
#include "dataset/validator/dataset_traits.h"
#include "dataset/validator/validate_dataset.h"
#include "dataset/validator/validate_submission.h"
#include "evaluator/protocol.h"
#include "evaluator/scoring/sequence_score.h"
#include "evaluator/scoring/submission.h"
#include "reports/datasheet.h"
#include "reports/html/validation_page.h"
#include "reports/runs/participant_run.h"
#include "reports/validation.h"

namespace angiobench::cli {
namespace {

// Sequences on the contact sheet where the user names no number: a page of 1-2 MB.
constexpr std::size_t kDefaultPictures = 120;

enum class Subject { dataset, submission };

constexpr auto kFailOn =
    words<Severity>({{"warning", Severity::warning}, {"error", Severity::error}});

struct Request {
  std::string dataset;
  std::string truth;
  std::string predictions;  // of a submission
  std::string meta;
  std::string protocol;  // empty: the benchmark's own
  std::string colors;    // a table of colours, or "voc"; empty: none
  std::string sequences;
  std::string out;
  bool json = false;
  bool redact = false;
  bool public_frames = false;
  Severity fail_on = Severity::error;
  std::size_t max_findings = 3;
  std::size_t pictures = kDefaultPictures;
  std::string datasheet;  // of a data set
  std::string croissant;
  std::string card;
  SubmissionOptions limits;
};

HelpText dataset_help() {
  return {
      "validate dataset",
      "angiobench validate dataset --dataset NAME -g DIR [-o DIR] [--json] [--fail-on warning] "
      "[--datasheet FILE]",
      "Reads every mask of a benchmark's split and tells what is wrong with the data set: each "
      "finding with a permanent\n"
      "code (dataset/FINDINGS.md explains them), its place and its cure. Prints statistics; "
      "with -o also a JSON and a\n"
      "page with a contact sheet. Exit status 1 where a finding is as severe as --fail-on.",
      {"angiobench validate dataset --dataset mosxav-test -g data/mosxav -o check   # findings, "
       "statistics, check/validation.html",
       "angiobench validate dataset --dataset mosxav-test -g data/mosxav --datasheet "
       "DATASHEET.md   # for the data set's page",
       "angiobench validate dataset --dataset flat -g masks --fail-on warning --json > "
       "check.json   # for a script"}};
}

HelpText submission_help() {
  return {
      "validate submission",
      "angiobench validate submission --dataset NAME -g DIR -p PATH [-o DIR] [--json] [--fail-on "
      "warning] [--redact]",
      "Holds a submission (a folder or zip of <sequence>/<frame>.png) against a benchmark before "
      "it is scored: missing or\n"
      "misnumbered frames, wrong sizes, stray values, foreign ids, masks that are shifted, empty "
      "or copied from the ground\n"
      "truth. With --redact nothing tells of the ground truth. Exit status 1 where a finding is as "
      "severe as --fail-on, 5\nwhere a limit for files from strangers was hit.",
      {"angiobench validate submission --dataset mosxav-test -g data/mosxav -p mine.zip   # before "
       "it is sent",
       "angiobench validate submission --dataset davis2017-val -g DAVIS -p theirs --redact --json "
       "> for_them.json   # what a participant may see"}};
}

void bind_common(OptionSet& options, Request& request) {
  options
      .add("dataset", name_or_json(request.dataset, "benchmark", benchmark_names()),
           "a benchmark (e.g. mosxav-test) or a .json file that defines one")
      .required("a benchmark, e.g. mosxav-test");
  options
      .add("ground-truth,g", folder(request.truth),
           "the data set's root, or the folder that holds the sequences")
      .required("the ground truth's folder");
  options.add("meta", file(request.meta),
              "first-mask or meta json, where it is not beside the masks");
  options.add("sequences", names(request.sequences), "only these: a,b,@file");
  add_colors_option(options, request.colors);
  options.add("out,o", folder(request.out), "folder for validation.json and validation.html")
      .writes();
  options.add("json", flag(request.json),
              "print the JSON to the standard output in place of the text");
  options.add("fail-on", choice(request.fail_on, kFailOn),
              "exit 1 on findings from: warning or error");
  options.add("max-findings", number(request.max_findings),
              "findings of one code listed a sequence; 0 lists all");
  options.add("pictures", number(request.pictures), "sequences on the contact sheet");
}

void bind_dataset(OptionSet& options, Request& request) {
  bind_common(options, request);
  options
      .add("datasheet", file(request.datasheet, "FILE.md"),
           "also write a description in Markdown: counts, sizes, frame rates, contrast, motion, "
           "borders, late objects, duplicates within and between splits, classes")
      .writes();
  options
      .add("croissant", file(request.croissant, "FILE.json"),
           "also write Croissant 1.0 metadata (JSON-LD) for catalogues")
      .writes();
  options.add("card", file(request.card),
              "what the files do not tell (description, license, url, creators, published, …), as "
              "JSON; default: the benchmark's \"card\"");
  options.rule({"card", "datasheet", "croissant"}, [&request]() -> std::string {
    const bool is_described = !request.datasheet.empty() || !request.croissant.empty();
    if (request.card.empty() || is_described) return {};
    return "--card is of a description; expected --datasheet or --croissant, too";
  });
}

void bind_submission(OptionSet& options, Request& request) {
  bind_common(options, request);
  options
      .add("predictions,p", file(request.predictions, "PATH"),
           "the submission: a folder, a zip, a COCO json or volumes (.nrrd, .mha, .nii.gz)")
      .required("the predictions' folder or zip");
  options.add("protocol", name_or_json(request.protocol, "protocol", protocol_names()),
              "scoring rules that say which frames are needed; default: the benchmark's");
  options.add("redact", flag(request.redact), "tell nothing about the ground truth");
  options.add("public-frames", flag(request.public_frames),
              "with --redact: participants know which frames are annotated, so findings may name "
              "theirs");
  add_submission_options(options, request.limits);
}

// What the participant may see: no fact about the ground truth, in text, JSON or page.
void redact(Validation& validation, FrameKnowledge frames) {
  // What is wrong with the ground truth is nobody's business.
  std::erase_if(validation.findings,
                [](const Finding& finding) { return finding.code.starts_with("D"); });
  std::erase_if(validation.counts, [](const auto& entry) { return entry.first.starts_with("D"); });
  validation.findings = redacted(validation.findings, frames);
  for (auto& [code, places] : validation.counts) {
    if (finding_code(code).disclosure == Disclosure::harmless) continue;
    places =
        static_cast<std::uint64_t>(std::ranges::count(validation.findings, code, &Finding::code));
  }
  // Statistics and digest are over the annotated frames, so they tell which and how many these are.
  validation.sequences.clear();
  validation.totals = {};
  validation.digest.clear();
}

// What a participant's submission is called.
std::string shown_name(const Request& request) {
  const std::string organisers[] = {request.truth,    request.meta,   request.dataset,
                                    request.protocol, request.colors, request.out};
  return public_name(request.predictions, organisers);
}

DatasetCard card_of(const Request& request) {
  if (request.card.empty()) return load_dataset_card(request.dataset);
  const Json document = parse_json(read_text_file(request.card), request.card);
  return read_dataset_card(JsonFields(document, request.card));
}

Validation validation_of(const Request& request, Subject subject, const Call& call) {
  const BenchmarkDefinition benchmark = benchmark_with(request.dataset, request.colors);
  ValidationOptions options;
  options.jobs = call.common.jobs;
  options.meta_file = request.meta;
  options.sequences = parse_name_list(request.sequences);
  // "and 47 more like it" would tell how many frames are annotated; redacting shows each code once.
  options.max_per_code = request.redact ? 0 : request.max_findings;
  if (request.redact) options.shown_as = shown_name(request);
  if (!request.out.empty()) options.max_thumbnails = request.pictures;
  ProgressBar bar("validating", "masks", call.common, call.streams);
  options.progress = bar.callback();
  options.frame_values = module_frame_values();
  if (subject == Subject::dataset) return validate_dataset(request.truth, benchmark, options);
  // What the protocol reads must be there, and means what the protocol says.
  const Protocol protocol =
      load_protocol(request.protocol.empty() ? benchmark.protocol : request.protocol);
  options.is_read = [&protocol](const Sequence& sequence, std::size_t position) {
    return frame_need(protocol, sequence, position) == FrameNeed::both;
  };
  return validate_submission(request.predictions, request.truth, read_by(benchmark, protocol),
                             options, request.limits.limits());
}

// The descriptions of a data set; what cannot be described is told before anything is written.
void write_descriptions(const Request& request, const Validation& validation, const Call& call) {
  const BenchmarkDefinition benchmark = benchmark_with(request.dataset, request.colors);
  const DatasetCard card = card_of(request);
  TraitOptions options;
  options.jobs = call.common.jobs;
  options.meta_file = request.meta;
  options.sequences = parse_name_list(request.sequences);
  options.grey_frames = module_grey_frames();
  ProgressBar bar("describing", "masks", call.common, call.streams);
  options.progress = bar.callback();
  const DatasetTraits traits = read_dataset_traits(request.truth, benchmark, options);
  bar.clear();
  std::string croissant;
  if (!request.croissant.empty()) {
    croissant = croissant_json(validation, traits, benchmark, card,
                               request.card.empty() ? request.dataset : request.card);
  }
  if (!request.datasheet.empty()) {
    write_file_atomically(request.datasheet,
                          datasheet_markdown(validation, traits, benchmark, card));
  }
  if (!croissant.empty()) write_file_atomically(request.croissant, croissant);
}

int validate(const Request& request, Subject subject, const Call& call) {
  // What cannot be written is told before the work.
  std::optional<OutputFolder> folder;
  if (!request.out.empty()) {
    folder.emplace(request.out, ExistingFolder::update,
                   std::vector<std::string>{"validation.json", "validation.html"});
  }
  Validation validation = validation_of(request, subject, call);
  if (request.redact) {
    const bool are_known = request.public_frames || load_benchmark(request.dataset).dense;
    redact(validation, are_known ? FrameKnowledge::everybody : FrameKnowledge::secret);
  }
  // The cure of a code is told once; it is the same for all its places.
  std::set<std::string> told;
  for (Finding finding : validation.findings) {
    if (!told.insert(finding.code).second) finding.hint.clear();
    print_finding(finding, call.common, call.streams);
  }
  if (folder) {
    folder->write("validation.json", validation_json(validation));
    folder->write("validation.html", validation_page(validation));
    tell_placed(folder->commit(), request.out, call);
  }
  if (!request.datasheet.empty() || !request.croissant.empty())
    write_descriptions(request, validation, call);
  std::ostream& out = call.streams.out;
  out << (request.json ? validation_json(validation) : validation_text(validation));
  if (!request.out.empty() && !request.json && !request.redact)
    out << "\npage: " << printable(request.out) << "/validation.html\n";
  if (validation.counts.contains("S013")) return kExitLimit;
  Severity worst = Severity::note;
  const bool failed = worst_severity(validation, worst) && worst >= request.fail_on;
  return failed ? kExitFailed : kExitPassed;
}

int run_dataset(const Request& request, const Call& call) {
  return validate(request, Subject::dataset, call);
}

int run_submission(const Request& request, const Call& call) {
  if (!request.redact) return validate(request, Subject::submission, call);
  try {
    return validate(request, Subject::submission, call);
  } catch (const Error& error) {
    // What is not about the submission is about the ground truth.
    if (error.kind() == ErrorKind::usage || is_about_submission(error, shown_name(request))) throw;
    throw Error(error.kind(), "", "the ground truth cannot be used; the organisers must look");
  }
}

constexpr CommandLine<Request> kDataset = {dataset_help, bind_dataset, run_dataset};
constexpr CommandLine<Request> kSubmission = {submission_help, bind_submission, run_submission};

constexpr Job kJobs[] = {
    {"dataset", "what is wrong with a data set", code_of_line<kDataset>()},
    {"submission", "what is wrong with a submission for one", code_of_line<kSubmission>()},
};

int run(const std::vector<std::string>& arguments, const Streams& streams) {
  return run_job_of("validate",
                    "Tells what is wrong with a data set, or with a submission for one. Each of "
                    "the two has its own --help.",
                    kJobs, arguments, streams);
}

}  // namespace

VerbCode validate_code() {
  return {run, [] { return pages_of(kJobs); }};
}

}  // namespace angiobench::cli
