// SPDX-License-Identifier: MIT
#include <algorithm>
#include <ostream>
#include <set>
#include <string>
#include <vector>

#include "cli/archive_options.h"
#include "cli/exit_code.h"
#include "cli/options.h"
#include "cli/terminal.h"
#include "cli/verbs.h"
#include "dataset/files/atomic_file.h"
#include "dataset/benchmark.h"
#include "dataset/error.h"
#include "dataset/files/file_tree.h"
#include "dataset/finding_codes.h"
#include "dataset/validator/validate_dataset.h"
#include "dataset/validator/validate_submission.h"
#include "reports/html/validation_page.h"
#include "reports/validation.h"

namespace angiobench::cli {
namespace {

namespace po = boost::program_options;

// Sequences on the contact sheet where the user names no number: a page of 1-2 MB.
constexpr int kDefaultPictures = 120;

enum class Subject { dataset, submission };

struct Request {
  Subject subject = Subject::dataset;
  BenchmarkDefinition benchmark;
  std::string truth;
  std::string predictions;
  std::string out;
  bool json = false;
  bool redact = false;
  Severity fail_on = Severity::error;
  ValidationOptions options;
  SubmissionLimits limits;
};

HelpPage help_page(Subject subject) {
  if (subject == Subject::dataset) {
    return {
        "angiobench validate dataset --dataset NAME -g DIR [-o DIR] [--json] [--fail-on warning]",
        "Reads every mask of a benchmark's split and tells what is wrong with the data set: each "
        "finding with a permanent\n"
        "code (dataset/FINDINGS.md explains them), its place and its cure. Prints statistics; with "
        "-o also a JSON and a\n"
        "page with a contact sheet. Exit status 1 where a finding is as severe as --fail-on.",
        {"angiobench validate dataset --dataset mosxav-test -g data/mosxav -o check   # findings, "
         "statistics, check/validation.html",
         "angiobench validate dataset --dataset flat -g masks --fail-on warning --json > "
         "check.json   # for a script"}};
  }
  return {
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

po::options_description describe(Subject subject) {
  po::options_description described("Options");
  described.add_options()  //
      ("dataset", po::value<std::string>(),
       "a benchmark (e.g. mosxav-test) or a .json file that defines one")  //
      ("ground-truth,g", po::value<std::string>(),
       "the data set's root, or the folder that holds the sequences")  //
      ("meta", po::value<std::string>()->default_value(""),
       "first-mask or meta json, where it is not beside the masks")                        //
      ("sequences", po::value<std::string>()->default_value(""), "only these: a,b,@file")  //
      ("out,o", po::value<std::string>()->default_value(""),
       "folder for validation.json and validation.html")                                         //
      ("json", po::bool_switch(), "print the JSON to the standard output in place of the text")  //
      ("fail-on", po::value<std::string>()->default_value("error"),
       "exit 1 on findings from: warning or error")  //
      ("max-findings", po::value<int>()->default_value(3),
       "findings of one code listed a sequence; 0 lists all")  //
      ("pictures", po::value<int>()->default_value(kDefaultPictures),
       "sequences on the contact sheet");
  if (subject == Subject::submission) {
    described.add_options()                                                               //
        ("predictions,p", po::value<std::string>(), "the submission: a folder or a zip")  //
        ("redact", po::bool_switch(), "tell nothing about the ground truth");
    add_submission_options(described);
  }
  add_common_options(described);
  return described;
}

int not_negative(const po::variables_map& values, const std::string& name) {
  const int value = values[name].as<int>();
  if (value < 0)
    throw Error(ErrorKind::usage, "--" + name, "is " + std::to_string(value), "0 or more");
  return value;
}

std::string required(const po::variables_map& values, const std::string& name,
                     const std::string& flag) {
  if (values.count(name) == 0)
    throw Error(ErrorKind::usage, "", flag + " is missing",
                "it on the command line (--help shows how)");
  return values[name].as<std::string>();
}

Request read_request(const po::variables_map& values, Subject subject,
                     const CommonOptions& common) {
  Request request;
  request.subject = subject;
  request.benchmark = load_benchmark(required(values, "dataset", "--dataset NAME"));
  request.truth = required(values, "ground-truth", "-g DIR");
  if (subject == Subject::submission) {
    request.predictions = required(values, "predictions", "-p PATH");
    request.redact = values["redact"].as<bool>();
    request.limits = read_submission_options(values);
  }
  request.out = values["out"].as<std::string>();
  request.json = values["json"].as<bool>();
  const std::string level = values["fail-on"].as<std::string>();
  if (level != "warning" && level != "error")
    throw Error(ErrorKind::usage, "--fail-on", "is '" + level + "'", "warning or error");
  request.fail_on = level == "warning" ? Severity::warning : Severity::error;
  request.options.jobs = common.jobs;
  request.options.meta_file = values["meta"].as<std::string>();
  request.options.sequences = parse_name_list(values["sequences"].as<std::string>());
  request.options.max_per_code = static_cast<std::size_t>(not_negative(values, "max-findings"));
  // "and 47 more like it" would tell how many frames are annotated; redacting shows each code once.
  if (request.redact) request.options.max_per_code = 0;
  const int pictures = not_negative(values, "pictures");
  if (!request.out.empty()) request.options.max_thumbnails = static_cast<std::size_t>(pictures);
  return request;
}

// What the participant may see: no fact about the ground truth, in text, JSON or page.
void redact(Validation& validation) {
  validation.findings = redacted(validation.findings);
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

int run_validation(const Request& asked, const CommonOptions& common, const Streams& streams) {
  Request request = asked;
  Validation validation;
  {
    ProgressBar bar("validating", "masks", common, streams);
    request.options.progress = bar.callback();
    validation = request.subject == Subject::dataset
                     ? validate_dataset(request.truth, request.benchmark, request.options)
                     : validate_submission(request.predictions, request.truth, request.benchmark,
                                           request.options, request.limits);
  }
  if (request.redact) redact(validation);
  // The cure of a code is told once; it is the same for all its places.
  std::set<std::string> told;
  for (Finding finding : validation.findings) {
    if (!told.insert(finding.code).second) finding.hint.clear();
    print_finding(finding, common, streams);
  }
  if (!request.out.empty()) {
    write_file_atomically(request.out + "/validation.json", validation_json(validation));
    write_file_atomically(request.out + "/validation.html", validation_page(validation));
  }
  streams.out << (request.json ? validation_json(validation) : validation_text(validation));
  if (!request.out.empty() && !request.json)
    streams.out << "\npage: " << printable(request.out) << "/validation.html\n";
  if (validation.counts.contains("S013")) return kExitLimit;
  Severity worst = Severity::note;
  const bool failed = worst_severity(validation, worst) && worst >= request.fail_on;
  return failed ? kExitFailed : kExitPassed;
}

}  // namespace

int run_validate(const std::vector<std::string>& arguments, const Streams& streams) {
  const HelpPage overview{"angiobench validate dataset|submission [options]",
                          "Tells what is wrong with a data set, or with a submission for one. Each "
                          "of the two has its own --help.",
                          {help_page(Subject::dataset).examples.front(),
                           help_page(Subject::submission).examples.front()}};
  const std::string word = arguments.empty() ? std::string{} : arguments.front();
  if (word != "dataset" && word != "submission") {
    if (!word.empty() && (word == "-h" || word == "--help")) {
      parse_options({"--help"}, po::options_description("Options"), {}, overview, streams);
      return kExitPassed;
    }
    throw Error(ErrorKind::usage, "",
                word.empty() ? "validate needs to know what" : "'" + word + "' cannot be validated",
                "'validate dataset' or 'validate submission'; --help shows more");
  }
  const Subject subject = word == "dataset" ? Subject::dataset : Subject::submission;
  const po::variables_map values = parse_options(
      {arguments.begin() + 1, arguments.end()}, describe(subject), {}, help_page(subject), streams);
  if (wants_help(values)) return kExitPassed;
  const CommonOptions common = read_common_options(values, streams);
  return run_validation(read_request(values, subject, common), common, streams);
}

}  // namespace angiobench::cli
