// SPDX-License-Identifier: MIT
// Writes reports of made-up results for the browser: <folder>/report.html,
// <folder>/split/report.html and its files.
#include <cstdio>
#include <string>
#include <vector>

#include "dataset/files/atomic_file.h"
#include "reports/html/report.h"
#include "tests/support/results.h"

int main(int argc, char** argv) {
  using namespace angiobench;
  if (argc != 2) {
    std::fputs("usage: report_sample FOLDER\n", stderr);
    return 2;
  }
  const std::string folder = argv[1];
  const Result result = test::make_result({.sequences = 4, .objects = 4, .frames = 40, .seed = 3});
  Result baseline = test::make_result({.sequences = 4, .objects = 4, .frames = 40, .seed = 4});
  baseline.submission = {"before", "sha256:" + std::string(64, 'd')};
  std::vector<ErrorMap> maps;
  for (const SequenceScore& sequence : result.sequences) {
    for (std::size_t frame = 0; frame < sequence.frame_names.size(); ++frame) {
      Mask truth(128, 96);
      Mask prediction(128, 96);
      for (int y = 20; y < 80; ++y) {
        for (int x = 20; x < 80; ++x) truth.at(x, y) = 1;
        for (int x = 20 + static_cast<int>(frame % 30); x < 95; ++x)
          prediction.at(x, y) = y < 40 ? 2 : 1;
      }
      maps.push_back({sequence.name, sequence.frame_names[frame],
                      encode_error_map(truth.view(), prediction.view())});
    }
  }
  ReportOptions options;
  options.baseline = &baseline;
  options.error_maps = maps;
  options.gate =
      GateBadge{Outcome::failed, {"v01: J&F fell from 80.1 to 54.2; at most 5.0 is allowed"}};
  options.standings =
      ReportStandings{"mosxav-test",
                      {"J&F", "J"},
                      {{"1", "1–2", "reported method", "reported", "a paper", {0.61, 0.58}, false},
                       {"2", "1–2", "our-method", "measured", "", {0.44, std::nullopt}, true}}};
  write_file_atomically(folder + "/report.html", report_html(result, options));
  options.assets = ReportAssets::split;
  for (const ReportFile& file : report_files(result, options)) {
    write_file_atomically(folder + "/split/" + (file.path.empty() ? "report.html" : file.path),
                          file.content);
  }
  return 0;
}
