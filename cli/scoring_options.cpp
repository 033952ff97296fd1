// SPDX-License-Identifier: MIT
#include "cli/scoring_options.h"

#include <algorithm>
#include <map>
#include <ostream>
#include <set>

#include "cli/color_option.h"
#include "cli/exit_code.h"
#include "dataset/error.h"
#include "dataset/finding_codes.h"
#include "dataset/names.h"

namespace angiobench::cli {
namespace {

constexpr auto kMissingPolicies = words<MissingPolicy>({{"error", MissingPolicy::error},
                                                        {"zero", MissingPolicy::zero},
                                                        {"skip", MissingPolicy::skip}});

}  // namespace

void add_truth_options(OptionSet& options, ScoringInputs& inputs) {
  options
      .add("dataset", name_or_json(inputs.dataset, "benchmark", benchmark_names()),
           "benchmark: layout + split + protocol (mosxav-test, davis2017-val, …), or a .json")
      .required("a benchmark, e.g. mosxav-test");
  options
      .add("ground-truth,g", folder(inputs.ground_truth),
           "the data set's root, or the folder that holds the sequences")
      .required("the ground truth's folder");
}

void add_rule_options(OptionSet& options, ScoringInputs& inputs) {
  options.add("meta", file(inputs.meta),
              "first-mask or meta json, where it is not beside the ground truth");
  options.add("protocol", name_or_json(inputs.protocol, "protocol", protocol_names()),
              "scoring rules by name, or a .json; default: the benchmark's");
  add_colors_option(options, inputs.colors);
  options.add("missing", choice(inputs.missing, kMissingPolicies),
              "missing predictions: error, zero (scored 0) or skip (left out)");
  options.add("sequences", names(inputs.sequences), "only these: a,b,@file");
  add_submission_options(options, inputs.limits);
}

void add_scoring_options(OptionSet& options, ScoringInputs& inputs) {
  add_truth_options(options, inputs);
  options
      .add("predictions,p", file(inputs.predictions, "PATH"),
           "folder or zip of <sequence>/<frame>.png")
      .required("the predictions' folder or zip");
  add_rule_options(options, inputs);
}

void add_measure_options(OptionSet& options, ScoringInputs& inputs) {
  std::vector<std::string> known = {"vessel"};
  for (const PairMeasure& measure : pair_measures()) {
    for (const std::string_view word : {measure.group, measure.id}) {
      if (std::ranges::find(known, word) == known.end()) known.emplace_back(word);
    }
  }
  options.rule({"measures"}, [&inputs, known]() -> std::string {
    std::vector<std::string> unknown;
    select_pair_measures(parse_name_list(inputs.measures), unknown);
    std::erase_if(unknown,
                  [](const std::string& word) { return find_measure(metric_named(word)); });
    if (unknown.empty()) return {};
    return "--measures " +
           unknown_name("", "names '" + unknown.front() + "'", known, unknown.front()).clause();
  });
  options.add("measures", names(inputs.measures, std::move(known)),
              "beside the protocol's: vessel (clDice, centre lines, topology, distances …), or "
              "some of it (cldice,hd95,nsd@2); 'list measures' has all");
  options.add(
      "spacing",
      numbers(inputs.spacing, {1, 2, ','},
              {1e-6, 1000, "millimetres of a pixel, S or ROW,COLUMN, e.g. 0.3 or 0.3,0.25"}),
      "size of a pixel in mm, S or ROW,COLUMN; default: the benchmark's, else distances "
      "are in pixels");
}

SubmissionRequest request_of(const ScoringInputs& inputs) {
  SubmissionRequest request;
  request.dataset = inputs.dataset;
  request.ground_truth = inputs.ground_truth;
  request.predictions = inputs.predictions;
  request.meta_file = inputs.meta;
  request.protocol = inputs.protocol;
  request.colors = inputs.colors;
  request.measures = parse_name_list(inputs.measures);
  if (!inputs.spacing.empty()) request.spacing = {inputs.spacing.front(), inputs.spacing.back()};
  request.sequences = parse_name_list(inputs.sequences);
  request.limits = inputs.limits.limits();
  return request;
}

ScoringData open_scoring_data(const ScoringInputs& inputs) {
  return open_submission(request_of(inputs));
}

ScoreOptions score_options(const ScoringInputs& inputs, const CommonOptions& common) {
  const SubmissionLimits limits = inputs.limits.limits();
  ScoreOptions options;
  options.jobs = common.jobs;
  options.missing = inputs.missing;
  options.max_ids = limits.max_ids;
  options.max_mask_bytes = limits.max_mask_bytes;
  return options;
}

std::size_t count_errors(const std::vector<Finding>& findings) {
  return static_cast<std::size_t>(
      std::count_if(findings.begin(), findings.end(),
                    [](const Finding& finding) { return finding.severity == Severity::error; }));
}

void print_findings(const std::vector<Finding>& findings, const CommonOptions& options,
                    const Streams& streams) {
  constexpr int kShownOfACode = 8;
  std::map<std::string, int> shown;
  std::set<std::string> hints;
  for (Finding finding : findings) {
    const bool is_cut = !options.verbose && options.log_format != LogFormat::json &&
                        ++shown[finding.code] > kShownOfACode;
    if (is_cut) continue;
    // A cure is said once, not after each of its findings.
    if (options.log_format != LogFormat::json && !hints.insert(finding.code + finding.hint).second)
      finding.hint.clear();
    print_finding(finding, options, streams);
  }
  for (const auto& [code, count] : shown) {
    if (count <= kShownOfACode) continue;
    const auto first = std::find_if(findings.begin(), findings.end(),
                                    [&](const Finding& finding) { return finding.code == code; });
    if (first->severity == Severity::note) continue;
    print_message(
        severity_name(first->severity),
        std::to_string(count - kShownOfACode) + " more of [" + code + "] (--verbose shows all)",
        options, streams);
  }
}

namespace {

Finding finding_of(const Error& failure) {
  return make_finding(
      failure.kind() == ErrorKind::limit ? "S013" : "S006", {failure.path()},
      failure.found() + (failure.expected().empty() ? "" : "; expected " + failure.expected()));
}

}  // namespace

int report_failures(const std::vector<Error>& failures, const CommonOptions& options,
                    const Streams& streams) {
  int code = kExitInput;
  for (const Error& failure : failures) print_finding(finding_of(failure), options, streams);
  for (const Error& failure : failures) {
    if (failure.kind() == ErrorKind::bug) return exit_code_of(failure.kind());
    if (failure.kind() == ErrorKind::passing) code = kExitPassing;
    if (failure.kind() == ErrorKind::limit && code != kExitPassing) code = kExitLimit;
  }
  print_message("error",
                "nothing was scored: " + std::to_string(failures.size()) + " sequences failed",
                options, streams);
  return code;
}

}  // namespace angiobench::cli
