// SPDX-License-Identifier: MIT
#include "cli/verbs.h"

#include "cli/modules.h"
#include "cli/verb.h"

namespace angiobench::cli {

namespace {

using enum VerbGroup;

constexpr Verb kVerbs[] = {
    {"predict", "frames and first masks to a submission, with a baseline", predicting, nullptr,
     "baselines"},
    {"synth", "makes a synthetic angiography data set", data, nullptr, "media"},
    {"validate", "findings in a data set or a submission, with codes, places and cures", data,
     validate_code, ""},
    {"score", "masks -> result.json, CSVs, report.html", scoring, score_code, ""},
    {"explain", "every protocol's score, what each rule contributes, the integers behind a number",
     scoring, explain_code, ""},
    {"check", "CI gate: a result against a baseline by rules", scoring, check_code, ""},
    {"compare", "results against the first of them, paired statistics", scoring, compare_code, ""},
    {"train", "data to weights: both learned baselines", predicting, nullptr, "baselines"},
    {"bench", "frames per second and memory of a baseline (the paper's Table 3)", predicting,
     nullptr, "baselines"},
    {"leaderboard",
     "the store of results: add, list, show, export, verify, rebuild, rename, remove", showing,
     leaderboard_code, ""},
    {"adapter",
     "challenge platforms: scores inside of Codabench and grand-challenge, makes bundles", showing,
     adapter_code, ""},
    {"reproduce", "the paper's tables: published rows beside what was measured here", showing,
     reproduce_code, ""},
    {"report", "renders results: HTML, Markdown, LaTeX, CSV, JUnit; never scores again", showing,
     report_code, ""},
    {"pack", "a zip that scorers take, with a manifest of digests", data, pack_code, ""},
    {"import", "masks of annotation tools -> <sequence>/<frame>.png", data, import_code, ""},
    {"init", "a benchmark definition from a folder of masks", data, init_code, ""},
    {"list", "what is built in: data sets, protocols, measures, networks", program, list_code, ""},
    {"completion", "a script for bash, zsh or fish that completes all this", program,
     completion_code, ""},
    {"version", "build, libraries and metric versions", program, version_code, ""},
    {"man", "manual pages, for the build", hidden, man_code, ""},
};

}  // namespace

std::span<const Verb> verbs() { return kVerbs; }

VerbCode code_of(const Verb& verb) {
  return verb.module.empty() ? verb.code() : module_code(verb.module, verb.name);
}

}  // namespace angiobench::cli
