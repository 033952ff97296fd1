// SPDX-License-Identifier: MIT
#include "cli/options.h"

#include <algorithm>
#include <boost/program_options/errors.hpp>
#include <boost/program_options/parsers.hpp>
#include <cstdlib>
#include <ostream>
#include <sstream>

#include "dataset/files/atomic_file.h"
#include "dataset/error.h"

namespace angiobench::cli {

namespace po = boost::program_options;

po::variables_map parse_options(const std::vector<std::string>& arguments,
                                const po::options_description& described,
                                const po::positional_options_description& positional,
                                const HelpPage& help, const Streams& streams) {
  po::options_description all(described);
  // Every verb takes the common flags, also one that has nothing to be quiet about.
  const bool takes_common = described.find_nothrow("quiet", false) != nullptr;
  if (!takes_common) add_common_options(all);
  all.add_options()("help,h", "show this page");
  po::variables_map values;
  try {
    const int style =
        po::command_line_style::default_style & ~po::command_line_style::allow_guessing;
    po::command_line_parser parser(arguments);
    parser.options(all).style(style).positional(positional);
    po::store(parser.run(), values);
    if (values.count("help") == 0) po::notify(values);
  } catch (const po::error& error) {
    throw Error(ErrorKind::usage, "", error.what(), "usage: " + help.usage + "; --help shows more");
  }
  if (values.count("help") != 0) {
    streams.out << "Usage: " << help.usage << "\n\n"
                << help.summary << "\n\n"
                << all << "\nExamples:\n";
    for (const std::string& example : help.examples) streams.out << "  " << example << '\n';
  } else if (!takes_common) {
    read_common_options(values, streams);  // refuses what makes no sense
  }
  return values;
}

std::string text_of(const po::variables_map& values, const char* name) {
  return values.count(name) != 0 ? values[name].as<std::string>() : std::string{};
}

bool wants_help(const po::variables_map& values) { return values.count("help") != 0; }

void add_common_options(po::options_description& described) {
  described.add_options()                                                           //
      ("jobs,j", po::value<int>()->default_value(0), "threads; 0 takes all cores")  //
      ("quiet", po::bool_switch(), "no progress, no notes")                         //
      ("verbose", po::bool_switch(), "also print notes")                            //
      ("color", po::value<std::string>()->default_value("auto"),
       "auto, always or never (also NO_COLOR)")  //
      ("log-format", po::value<std::string>()->default_value("text"),
       "text or json, for messages on stderr");
}

CommonOptions read_common_options(const po::variables_map& values, const Streams& streams) {
  CommonOptions options;
  options.quiet = values["quiet"].as<bool>();
  options.verbose = values["verbose"].as<bool>();
  options.jobs = values["jobs"].as<int>();
  if (options.jobs < 0 || options.jobs > 1024) {
    throw Error(ErrorKind::usage, "--jobs", "is " + std::to_string(options.jobs),
                "0 (all cores) to 1024");
  }
  const std::string color = values["color"].as<std::string>();
  if (color != "auto" && color != "always" && color != "never") {
    throw Error(ErrorKind::usage, "--color", "is '" + color + "'", "auto, always or never");
  }
  const char* no_color = std::getenv("NO_COLOR");
  const bool forbidden = no_color != nullptr && *no_color != '\0';
  options.color = color == "always" || (color == "auto" && streams.err_is_terminal && !forbidden);
  const std::string format = values["log-format"].as<std::string>();
  if (format != "text" && format != "json") {
    throw Error(ErrorKind::usage, "--log-format", "is '" + format + "'", "text or json");
  }
  options.json_log = format == "json";
  return options;
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
