// SPDX-License-Identifier: MIT
#include "cli/verbs.h"

#include "cli/modules.h"
#include "cli/verb.h"

namespace angiobench::cli {
namespace {

int run_bench_module(const std::vector<std::string>& arguments, const Streams& streams) {
  return run_module_verb("baselines", "bench", arguments, streams);
}

int run_synth_module(const std::vector<std::string>& arguments, const Streams& streams) {
  return run_module_verb("media", "synth", arguments, streams);
}

int run_predict_module(const std::vector<std::string>& arguments, const Streams& streams) {
  return run_module_verb("baselines", "predict", arguments, streams);
}

int run_train_module(const std::vector<std::string>& arguments, const Streams& streams) {
  return run_module_verb("baselines", "train", arguments, streams);
}

constexpr Verb kVerbs[] = {
    {"predict", "frames and first masks to a submission, with a baseline", run_predict_module},
    {"synth", "makes a synthetic angiography data set", run_synth_module},
    {"validate", "findings in a data set or a submission, with codes, places and cures",
     run_validate},
    {"score", "masks -> result.json, CSVs, report.html", run_score},
    {"explain", "every protocol's score, what each rule contributes, the integers behind a number",
     run_explain},
    {"check", "CI gate: a result against a baseline by rules", run_check},
    {"compare", "results against the first of them, paired statistics", run_compare},
    {"train", "data to weights: both learned baselines", run_train_module},
    {"bench", "frames per second and memory of a baseline (the paper's Table 3)", run_bench_module},
    {"leaderboard", "the store of results: add, list, show, export, verify, rebuild, remove",
     run_leaderboard},
    {"reproduce", "the paper's tables: published rows beside what was measured here",
     run_reproduce},
    {"report", "renders results: HTML, Markdown, LaTeX, CSV, JUnit; never scores again",
     run_report},
    {"pack", "a zip that scorers take, with a manifest of digests", run_pack},
    {"version", "build, libraries and metric versions", run_version},
};

}  // namespace

std::span<const Verb> verbs() { return kVerbs; }

}  // namespace angiobench::cli
