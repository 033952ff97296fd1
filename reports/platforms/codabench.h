// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>

#include "reports/platforms/platform_score.h"

namespace angiobench {

/// A run of the scoring program on Codabench or CodaLab.
struct CodabenchRun {
  std::string input;                   // holds ref/ (the bundle's truth) and res/ (the submission)
  std::string output;                  // gets detailed_results.html, scores.txt and scores.json
  std::string dataset;                 // empty: what ref/angiobench.json says
  std::optional<PlatformScale> scale;  // none: the same
  int jobs = 0;
  std::string tool_version;
  std::string git_commit;
};

/// Scores it and writes what the platform reads: the page first, whatever happens; the scores last
/// and only where there are some. Throws Error{input} where the output cannot be written.
PlatformScore run_codabench(const CodabenchRun& run);

/// What a competition's bundle is made of.
struct CodabenchBundle {
  std::string ground_truth;
  std::string meta_file;
  PlatformConfig config;  // its digest is worked out
  std::string program;    // the static program
  std::string title;
  std::string image = "codalab/codalab-legacy:py37";  // the container that runs the program
  std::string start;                                  // "2026-01-31"
  int max_submissions = 100;                          // of a participant
};

/// Writes competition.zip (competition.yaml, pages, the scoring program and the reference data, a
/// zip each). The reference holds the masks that are scored and what says of their objects, nothing
/// else; it is opened again and scored against itself. Throws Error{input} for a truth that is not
/// the benchmark's and for a program that is not static.
void write_codabench_bundle(const CodabenchBundle& bundle, const std::string& path);
/// The reference data alone, to renew them.
void write_codabench_reference(const CodabenchBundle& bundle, const std::string& path);

}  // namespace angiobench
