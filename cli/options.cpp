// SPDX-License-Identifier: MIT
#include "cli/options.h"

#include <algorithm>
#include <sstream>

#include "cli/help_page.h"
#include "dataset/files/atomic_file.h"

namespace angiobench::cli {
namespace {

constexpr int kMaxJobs = 1024;

constexpr auto kColorChoices = words<ColorChoice>({{"auto", ColorChoice::when_terminal},
                                                   {"always", ColorChoice::always},
                                                   {"never", ColorChoice::never}});
constexpr auto kLogFormats =
    words<LogFormat>({{"text", LogFormat::text}, {"json", LogFormat::json}});

}  // namespace

void add_common_options(OptionSet& options, CommonOptions& common) {
  options.begin_topic(kCommonTopic);
  options.add("jobs,j", number(common.jobs, {0, kMaxJobs, "0 (all cores) to 1024"}),
              "threads; 0 takes all cores");
  options.add("quiet", flag(common.quiet), "no progress, no notes");
  options.add("verbose", flag(common.verbose), "also print notes");
  options.add("color", choice(common.color, kColorChoices),
              "auto, always or never (also NO_COLOR)");
  options.add("log-format", choice(common.log_format, kLogFormats),
              "text or json, for messages on stderr");
  options.begin_topic("");
}

std::vector<std::string> parse_name_list(std::string_view text) {
  std::vector<std::string> names;
  std::istringstream parts{std::string(text)};
  std::string part;
  while (std::getline(parts, part, ',')) {
    if (part.empty()) continue;
    if (part.front() != '@') {
      names.push_back(part);
      continue;
    }
    std::istringstream lines(read_text_file(part.substr(1)));
    std::string line;
    while (std::getline(lines, line)) {
      line.erase(std::find(line.begin(), line.end(), '#'), line.end());
      const std::size_t first = line.find_first_not_of(" \t\r");
      if (first == std::string::npos) continue;
      names.push_back(line.substr(first, line.find_last_not_of(" \t\r") - first + 1));
    }
  }
  return names;
}

}  // namespace angiobench::cli
