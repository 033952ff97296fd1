// SPDX-License-Identifier: MIT
#include <algorithm>
#include <boost/filesystem/operations.hpp>
#include <boost/filesystem/path.hpp>
#include <optional>
#include <ostream>

#include "cli/exit_code.h"
#include "cli/options.h"
#include "cli/result_files.h"
#include "cli/verbs.h"
#include "dataset/files/atomic_file.h"
#include "dataset/error.h"
#include "evaluator/comparing/gate.h"
#include "reports/change_words.h"
#include "reports/error_map.h"
#include "reports/gate_report.h"
#include "reports/html/figure_files.h"
#include "reports/html/report.h"
#include "reports/html/standings.h"
#include "reports/leaderboard/store.h"
#include "reports/result_json.h"
#include "reports/result_table.h"
#include "reports/tables.h"

namespace angiobench::cli {
namespace {

namespace po = boost::program_options;
namespace fs = boost::filesystem;

constexpr std::uint64_t kMaxImageBytes = 64ULL << 20;
// Of one rule, in the badge's list.
constexpr std::size_t kMaxCasesShown = 3;

struct ReportCommand {
  std::string form;
  std::vector<std::string> results;
  std::string out;
  std::string baseline;
  std::string rules;
  std::string table;
  std::string images;
  std::string leaderboard;
  ResultTableOptions columns;
  ReportAssets assets = ReportAssets::embedded;
  ErrorMapChoice error_maps = ErrorMapChoice::all;
  std::uint64_t max_bytes = 0;
  double tolerance = 0;
};

// The folder of a result: of "DIR/result.json" it is DIR, so that the files beside it are found.
std::string folder_of(const std::string& path) {
  boost::system::error_code code;
  if (fs::is_directory(path, code)) return path;
  const fs::path file(path);
  if (file.filename() != "result.json") return {};
  return file.has_parent_path() ? file.parent_path().string() : std::string(".");
}

Result read_whole_result(const std::string& path) {
  const std::string folder = folder_of(path);
  return read_result(folder.empty() ? path : folder);
}

template <typename Choice>
Choice choose(const std::string& option, const std::string& value,
              std::initializer_list<std::pair<const char*, Choice>> choices) {
  std::string known;
  for (const auto& [name, choice] : choices) {
    if (value == name) return choice;
    known += (known.empty() ? "" : ", ") + std::string(name);
  }
  throw Error(ErrorKind::usage, option, "is '" + value + "'", "one of " + known);
}

std::optional<ReportCommand> parse(const std::vector<std::string>& arguments,
                                   const Streams& streams) {
  po::options_description described("Options");
  described.add_options()  //
      ("form", po::value<std::string>()->default_value(""),
       "html, markdown, latex, csv, junit or svg (the first word)")  //
      ("result", po::value<std::vector<std::string>>(),
       "folders that `score --out` wrote, or their result.json; in tables NAME=PATH names the row, "
       "and results of several data sets stand side by side")  //
      ("out,o", po::value<std::string>()->default_value(""),
       "file to write; default: standard output; svg: a folder")  //
      ("baseline", po::value<std::string>()->default_value(""),
       "html, junit: a result to show differences to")  //
      ("rules", po::value<std::string>()->default_value(""),
       "html, junit: the gate's rules (gate.json), for the verdict")  //
      ("tolerance", po::value<double>()->default_value(0.0005, "0.0005"),
       "html: differences up to this are within tolerance (fraction)")  //
      ("table", po::value<std::string>()->default_value("summary"),
       "markdown, latex, csv: summary, sequences or objects; csv: also long (challengeR)")  //
      (
          "columns", po::value<std::string>()->default_value(""),
          "markdown, latex, csv: headings of the summary's columns, in order, with commas "
          "(J&F,J_u)")  //
      ("decimals", po::value<int>(),
       "markdown, latex, csv: digits after the point, 0 to 6; default: as the community prints")  //
      ("assets", po::value<std::string>()->default_value("embedded"),
       "html: embedded (one file) or split (style, script and images in FILE_files)")  //
      ("error-maps", po::value<std::string>()->default_value("all"),
       "html: all, worst or none of those that `score` kept")  //
      ("with-images", po::value<std::string>()->default_value(""),
       "html: put frames from DIR/<sequence>/<frame>.jpg or .png behind the error maps; mind the "
       "data set's licence")  //
      ("leaderboard", po::value<std::string>()->default_value(""),
       "html: a leaderboard (SQLite file) to show the result in")  //
      ("max-size", po::value<double>()->default_value(8.0),
       "html: megabytes; the gallery shrinks until the page fits");
  po::positional_options_description positional;
  positional.add("form", 1).add("result", -1);
  const HelpPage help{
      "angiobench report html|markdown|latex|csv|junit|svg RESULT... [-o FILE]",
      "Renders results; never scores again. Tables take several results, one a row.",
      {"angiobench report html out --baseline out-main -o report.html   # with a column of "
       "differences",
       "angiobench report latex A=val-a B=val-b A=test-a B=test-b       # a booktabs table, val "
       "and "
       "test side by side",
       "angiobench report svg out -o figures                           # curves and error maps",
       "angiobench report csv out-a out-b --table long -o long.csv     # for challengeR"}};
  const po::variables_map values = parse_options(arguments, described, positional, help, streams);
  if (wants_help(values)) return std::nullopt;

  ReportCommand command;
  command.form = values["form"].as<std::string>();
  const auto forms = {"html", "markdown", "latex", "csv", "junit", "svg"};
  if (std::find(forms.begin(), forms.end(), command.form) == forms.end()) {
    throw Error(
        ErrorKind::usage, "",
        command.form.empty() ? "no form was named" : "there is no form '" + command.form + "'",
        "html, markdown, latex, csv, junit or svg; usage: " + help.usage);
  }
  if (values.count("result") != 0)
    command.results = values["result"].as<std::vector<std::string>>();
  if (command.results.empty())
    throw Error(ErrorKind::usage, "", "no result was named", "usage: " + help.usage);
  command.out = values["out"].as<std::string>();
  command.baseline = values["baseline"].as<std::string>();
  command.rules = values["rules"].as<std::string>();
  command.table = values["table"].as<std::string>();
  command.images = values["with-images"].as<std::string>();
  command.leaderboard = values["leaderboard"].as<std::string>();
  command.tolerance = values["tolerance"].as<double>();
  if (!(command.tolerance >= 0 && command.tolerance < 1)) {
    throw Error(ErrorKind::usage, "--tolerance", "is " + std::to_string(command.tolerance),
                "a fraction from 0 to 1");
  }
  const double megabytes = values["max-size"].as<double>();
  if (!(megabytes > 0 && megabytes <= 4096)) {
    throw Error(ErrorKind::usage, "--max-size", "is " + std::to_string(megabytes),
                "megabytes above 0, at most 4096");
  }
  command.max_bytes = static_cast<std::uint64_t>(megabytes * 1e6);
  command.assets =
      choose<ReportAssets>("--assets", values["assets"].as<std::string>(),
                           {{"embedded", ReportAssets::embedded}, {"split", ReportAssets::split}});
  command.error_maps =
      choose<ErrorMapChoice>("--error-maps", values["error-maps"].as<std::string>(),
                             {{"all", ErrorMapChoice::all},
                              {"worst", ErrorMapChoice::worst},
                              {"none", ErrorMapChoice::none}});
  std::string columns = values["columns"].as<std::string>();
  while (!columns.empty()) {
    const std::size_t comma = columns.find(',');
    command.columns.columns.push_back(columns.substr(0, comma));
    columns.erase(0, comma == std::string::npos ? comma : comma + 1);
  }
  if (values.count("decimals") != 0) {
    command.columns.decimals = values["decimals"].as<int>();
    if (*command.columns.decimals < 0 || *command.columns.decimals > 6) {
      throw Error(ErrorKind::usage, "--decimals", "is " + std::to_string(*command.columns.decimals),
                  "0 to 6");
    }
  }
  const bool for_tables = !command.columns.columns.empty() || command.columns.decimals;
  const bool is_table =
      command.form == "markdown" || command.form == "latex" || command.form == "csv";
  if (for_tables && (!is_table || command.table != "summary")) {
    throw Error(ErrorKind::usage, "--columns, --decimals", "are of the summary's table",
                "report markdown, latex or csv without another --table");
  }
  if (command.form == "svg" && command.out.empty())
    throw Error(ErrorKind::usage, "--out", "is missing", "a folder for the figures");
  const bool one_result =
      command.form == "html" || command.form == "junit" || command.form == "svg";
  if (one_result && command.results.size() > 1) {
    throw Error(ErrorKind::usage, "",
                "'" + command.form + "' got " + std::to_string(command.results.size()) + " results",
                "one (another to compare with is named by --baseline)");
  }
  if (command.assets == ReportAssets::split && command.out.empty()) {
    throw Error(ErrorKind::usage, "--assets", "is 'split' without --out",
                "a file to write the others beside");
  }
  return command;
}

void write_out(const std::string& out, const std::string& text, const Streams& streams) {
  if (out.empty() || out == "-") {
    streams.out << text;
  } else {
    write_file_atomically(out, text);
  }
}

GateBadge badge_of(const GateReport& report) {
  GateBadge badge;
  badge.verdict = report.verdict;
  badge.facts = report.reasons;
  for (const RuleResult& rule : report.rules) {
    if (rule.outcome == Outcome::passed) continue;
    badge.facts.push_back(rule_subject(rule.rule) + ": " + rule_outcome(rule) + "; " +
                          rule_facts(rule, report.display, kMaxCasesShown));
  }
  return badge;
}

// Reads DIR/<sequence>/<frame>.jpg, .jpeg or .png; names from a result must not lead out of DIR.
std::string read_frame_image(const std::string& folder, const std::string& sequence,
                             const std::string& frame) {
  for (const std::string& name : {sequence, frame}) {
    if (name.empty() || name == "." || name == ".." ||
        name.find_first_of("/\\") != std::string::npos)
      return {};
  }
  boost::system::error_code code;
  for (const char* extension : {".jpg", ".jpeg", ".png"}) {
    const std::string path = folder + "/" + sequence + "/" + frame + extension;
    if (fs::is_regular_file(path, code)) return read_text_file(path, kMaxImageBytes);
  }
  return {};
}

void write_html(const ReportCommand& command, const Streams& streams) {
  const Result result = read_whole_result(command.results.front());
  std::optional<Result> baseline;
  if (!command.baseline.empty()) baseline = read_whole_result(command.baseline);
  ReportOptions options;
  options.baseline = baseline ? &*baseline : nullptr;
  options.tolerance = command.tolerance;
  if (!command.rules.empty()) {
    const GateRules rules = parse_gate_rules(read_text_file(command.rules), command.rules);
    options.gate = badge_of(evaluate_gate(result, options.baseline, rules));
  }
  if (!command.leaderboard.empty()) {
    options.standings =
        report_standings(Board::open_read_only(command.leaderboard).runs(ShowTexts::yes), result);
  }
  std::vector<ErrorMap> maps;
  const std::string folder = folder_of(command.results.front());
  if (!folder.empty() && command.error_maps != ErrorMapChoice::none)
    maps = read_error_maps(folder + "/error_maps", result);
  options.error_maps = maps;
  options.shown_maps = command.error_maps;
  if (!command.images.empty()) {
    boost::system::error_code code;
    if (!fs::is_directory(command.images, code)) {
      throw Error(ErrorKind::input, command.images, "is not a folder",
                  "frames as <sequence>/<frame>.jpg");
    }
    options.read_image = [&](const std::string& sequence, const std::string& frame) {
      return read_frame_image(command.images, sequence, frame);
    };
  }
  options.max_bytes = command.max_bytes;
  options.assets = command.assets;
  if (command.assets == ReportAssets::embedded) {
    write_out(command.out, report_html(result, options), streams);
    return;
  }
  const fs::path page(command.out);
  options.assets_folder = page.stem().string() + "_files";
  const std::string beside =
      page.has_parent_path() ? page.parent_path().string() + "/" : std::string();
  const std::vector<ReportFile> files = report_files(result, options);
  // The page last: where it stands, everything that it names stands, too.
  for (auto file = files.rbegin(); file != files.rend(); ++file) {
    write_file_atomically(file->path.empty() ? command.out : beside + file->path, file->content);
  }
}

void write_junit(const ReportCommand& command, const Streams& streams) {
  if (command.rules.empty()) {
    throw Error(ErrorKind::usage, "--rules", "is missing",
                "the gate's rules: JUnit's test cases are rules that hold or do not");
  }
  const Result result = read_result_file(command.results.front());
  std::optional<Result> baseline;
  if (!command.baseline.empty()) baseline = read_result_file(command.baseline);
  const GateRules rules = parse_gate_rules(read_text_file(command.rules), command.rules);
  write_out(command.out, gate_junit(evaluate_gate(result, baseline ? &*baseline : nullptr, rules)),
            streams);
}

// Curves and error maps, each a file, below the folder.
void write_svg(const ReportCommand& command) {
  const Result result = read_whole_result(command.results.front());
  const std::string folder = folder_of(command.results.front());
  std::vector<ErrorMap> maps;
  if (!folder.empty() && command.error_maps != ErrorMapChoice::none)
    maps = read_error_maps(folder + "/error_maps", result);
  const std::vector<ReportFile> files = figure_files(result, maps);
  if (files.empty()) {
    throw Error(ErrorKind::input, command.results.front(),
                "has no per-frame rows and no error maps",
                "the whole folder that score --out wrote");
  }
  for (const ReportFile& file : files)
    write_file_atomically(command.out + "/" + file.path, file.content);
}

void write_tables(const ReportCommand& command, const Streams& streams) {
  std::vector<Result> results;
  std::vector<std::string> names;
  std::vector<std::string> paths;
  for (const std::string& argument : command.results) {
    const NamedPath named = named_path(argument);
    results.push_back(read_result_file(named.path));
    names.push_back(named.name);
    paths.push_back(named.path);
  }
  std::string text;
  if (command.table == "long") {
    if (command.form != "csv")
      throw Error(ErrorKind::usage, "--table", "'long' is a CSV file", "report csv --table long");
    text = long_csv(results);
  } else {
    std::vector<Table> tables;
    if (command.table == "summary") {
      tables.push_back(
          result_table(named_results(std::move(results), names, paths), command.columns));
    } else if (command.table == "sequences" || command.table == "objects") {
      if (command.form == "csv" && results.size() > 1) {
        throw Error(
            ErrorKind::usage, "--table",
            "'" + command.table + "' as CSV got " + std::to_string(results.size()) + " results",
            "one result, or --table long for several");
      }
      for (const Result& result : results) {
        tables.push_back(command.table == "sequences" ? sequence_table(result)
                                                      : object_table(result));
      }
    } else {
      throw Error(ErrorKind::usage, "--table", "is '" + command.table + "'",
                  "summary, sequences, objects or long");
    }
    for (const Table& table : tables) {
      if (!text.empty()) text += '\n';
      text += command.form == "markdown" ? markdown_table(table)
              : command.form == "latex"  ? latex_table(table)
                                         : csv_table(table);
    }
  }
  write_out(command.out, text, streams);
}

}  // namespace

int run_report(const std::vector<std::string>& arguments, const Streams& streams) {
  const std::optional<ReportCommand> command = parse(arguments, streams);
  if (!command) return kExitPassed;
  if (command->form == "html") {
    write_html(*command, streams);
  } else if (command->form == "junit") {
    write_junit(*command, streams);
  } else if (command->form == "svg") {
    write_svg(*command);
  } else {
    write_tables(*command, streams);
  }
  return kExitPassed;
}

}  // namespace angiobench::cli
