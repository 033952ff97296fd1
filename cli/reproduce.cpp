// SPDX-License-Identifier: MIT
#include <ostream>

#include "cli/exit_code.h"
#include "cli/options.h"
#include "cli/result_files.h"
#include "cli/verbs.h"
#include "dataset/files/atomic_file.h"
#include "dataset/error.h"
#include "reports/html/paper_page.h"
#include "reports/result_json.h"

namespace angiobench::cli {
namespace {

namespace po = boost::program_options;

// "NAME=PATH" or a path; a path that exists as it stands is no name. "k=15=out" is the name "k=15".
MeasuredInput read_input(const std::string& argument) {
  MeasuredInput input;
  const NamedPath named = named_path(argument);
  input.name = named.name;
  input.path = named.path;
  input.result = read_result(input.path);
  if (input.name.empty()) input.name = input.result.submission.name;
  return input;
}

}  // namespace

int run_reproduce(const std::vector<std::string>& arguments, const Streams& streams) {
  po::options_description described("Options");
  described.add_options()                                                          //
      ("table", po::value<std::string>()->required(), "table1, table2 or table3")  //
      ("results", po::value<std::vector<std::string>>()->multitoken()->composing(),
       "result.json files or folders of 'score --out' to show beside the paper's rows; NAME=PATH "
       "names the row")  //
      ("bench", po::value<std::vector<std::string>>()->multitoken()->composing(),
       "table3: files of 'bench --json', whose speeds stand beside the paper's")  //
      ("format", po::value<std::string>()->default_value("text"),
       "text, markdown, latex or html")  //
      ("out,o", po::value<std::string>(), "a file (default: standard output)");
  po::positional_options_description positional;
  positional.add("table", 1);
  const HelpPage help{
      "angiobench reproduce table1|table2|table3 [--results [NAME=]PATH...] [--bench FILE...] "
      "[--format FORMAT] [-o FILE]",
      "Shows a table of the paper (arXiv 2601.00988): its rows as printed, rows measured here with "
      "the digest of their\n"
      "masks (table3: of the file of speeds), and for each cell that could not be measured the "
      "reason. A printed J&F that is not "
      "the mean of its columns\n"
      "is marked with ‡.",
      {"angiobench reproduce table1                                        # the published rows, "
       "and what is missing",
       "angiobench reproduce table1 --results STCN=out/val STCN=out/test   # a row measured on "
       "both splits, below STCN's",
       "angiobench reproduce table3 --results \"k=15=out/k15\" --bench speed.json --format html -o "
       "table3.html"}};
  const po::variables_map values = parse_options(arguments, described, positional, help, streams);
  if (wants_help(values)) return kExitPassed;

  std::vector<MeasuredInput> measured;
  if (values.count("results") != 0) {
    for (const std::string& argument : values["results"].as<std::vector<std::string>>()) {
      measured.push_back(read_input(argument));
    }
  }
  std::vector<SpeedFile> speeds;
  if (values.count("bench") != 0) {
    for (const std::string& path : values["bench"].as<std::vector<std::string>>()) {
      speeds.push_back(parse_speed_file(read_text_file(path), path));
    }
  }
  const std::vector<PaperTable> tables =
      reproduce_table(values["table"].as<std::string>(), measured, speeds);
  const std::string format = values["format"].as<std::string>();
  std::string content;
  if (format == "text") {
    content = paper_text(tables);
  } else if (format == "markdown") {
    content = paper_markdown(tables);
  } else if (format == "latex") {
    content = paper_latex(tables);
  } else if (format == "html") {
    content = paper_html(tables);
  } else {
    throw Error(ErrorKind::usage, "--format", "is '" + format + "'",
                "text, markdown, latex or html");
  }
  if (values.count("out") != 0) {
    write_file_atomically(values["out"].as<std::string>(), content);
  } else {
    streams.out << content;
  }
  return kExitPassed;
}

}  // namespace angiobench::cli
