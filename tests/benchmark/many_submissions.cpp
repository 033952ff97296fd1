// SPDX-License-Identifier: MIT
// Whether memory grows with the submissions that one process has scored: many_submissions BENCHMARK
// TRUTH SUBMISSION COUNT scores the same one (a folder or a zip, opened anew) COUNT times with 2
// threads. Exit status 1 where the process grew by more than a megabyte after the first tenth.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>

#include "dataset/masks/mask_source.h"
#include "evaluator/scoring/scorer.h"

namespace {

using namespace angiobench;

// Memory that the process holds now.
double resident_megabytes() {
  std::ifstream status("/proc/self/statm");
  double total = 0;
  double resident = 0;
  status >> total >> resident;
  constexpr double kPage = 4096;
  return resident * kPage / (1 << 20);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 5) {
    std::fprintf(stderr, "usage: many_submissions BENCHMARK TRUTH SUBMISSION COUNT\n");
    return 2;
  }
  const int count = std::max(10, std::atoi(argv[4]));
  const SequenceIndex index = index_ground_truth(argv[2], load_benchmark(argv[1]));
  const Protocol protocol = load_protocol(index.benchmark.protocol);
  double early = 0;
  double highest = 0;
  const auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < count; ++i) {
    const auto predictions = open_file_tree(argv[3]);
    const MissingFrames missing = find_missing(index, *predictions, protocol);
    ScoreOptions options;
    options.jobs = 2;
    if (!score(index, *predictions, protocol, missing, options).failures.empty()) std::abort();
    const double now = resident_megabytes();
    if (i < count / 10) early = std::max(early, now);
    highest = std::max(highest, now);
  }
  const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - start;
  std::printf("%d submissions in %.1f s (%.1f ms each): %.1f MB at most, %.1f MB after a tenth\n",
              count, wall.count(), 1e3 * wall.count() / count, highest, early);
  return highest <= early + 1 ? 0 : 1;
}
