// SPDX-License-Identifier: MIT
#include <algorithm>
#include <boost/filesystem/operations.hpp>
#include <boost/filesystem/path.hpp>
#include <optional>
#include <ostream>

#include "cli/command.h"
#include "cli/exit_code.h"
#include "cli/result_files.h"
#include "cli/verbs.h"
#include "dataset/benchmark.h"
#include "dataset/files/atomic_file.h"
#include "dataset/error.h"
#include "evaluator/comparing/gate.h"
#include "reports/change_words.h"
#include "reports/error_map.h"
#include "reports/gate_report.h"
#include "reports/html/figure_files.h"
#include "reports/html/frame_images.h"
#include "reports/html/report.h"
#include "reports/html/standings.h"
#include "reports/leaderboard/store.h"
#include "reports/nnunet.h"
#include "reports/pair_csv.h"
#include "reports/result_json.h"
#include "reports/result_table.h"
#include "reports/tables.h"
#include "reports/tracking.h"

namespace angiobench::cli {
namespace {

namespace fs = boost::filesystem;

// Of one rule, in the badge's list.
constexpr std::size_t kMaxCasesShown = 3;

enum class Form { html, markdown, latex, csv, junit, svg, nnunet, huggingface, mlflow };
enum class TableKind { summary, sequences, objects, long_rows };

constexpr auto kForms = words<Form>({{"html", Form::html},
                                     {"markdown", Form::markdown},
                                     {"latex", Form::latex},
                                     {"csv", Form::csv},
                                     {"junit", Form::junit},
                                     {"svg", Form::svg},
                                     {"nnunet", Form::nnunet},
                                     {"huggingface", Form::huggingface},
                                     {"mlflow", Form::mlflow}});
constexpr auto kTables = words<TableKind>({{"summary", TableKind::summary},
                                           {"sequences", TableKind::sequences},
                                           {"objects", TableKind::objects},
                                           {"long", TableKind::long_rows}});
constexpr auto kAssets =
    words<ReportAssets>({{"embedded", ReportAssets::embedded}, {"split", ReportAssets::split}});
constexpr auto kErrorMaps = words<ErrorMapChoice>({{"all", ErrorMapChoice::all},
                                                   {"worst", ErrorMapChoice::worst},
                                                   {"none", ErrorMapChoice::none}});

struct ReportCommand {
  Form form = Form::html;
  std::vector<std::string> results;
  std::string out;
  std::string baseline;
  std::string rules;
  double tolerance = 0.0005;
  TableKind table = TableKind::summary;
  ReportAssets assets = ReportAssets::embedded;
  ErrorMapChoice error_maps = ErrorMapChoice::all;
  std::string images;
  std::string leaderboard;
  double max_megabytes = 8;
  std::string columns;  // "a,b"
  std::optional<int> decimals;
  std::string source;  // huggingface: an URL
};

bool is_table(Form form) {
  return form == Form::markdown || form == Form::latex || form == Form::csv;
}

HelpText help_page() {
  return {
      "report",
      "angiobench report html|markdown|latex|csv|junit|svg|nnunet|huggingface|mlflow RESULT... [-o "
      "FILE]",
      "Renders results; never scores again. Tables take several results, one a row.",
      {"angiobench report html out --baseline out-main -o report.html   # with a column of "
       "differences",
       "angiobench report latex A=val-a B=val-b A=test-a B=test-b       # a booktabs table, val "
       "and test side by side",
       "angiobench report svg out -o figures                           # curves and error maps",
       "angiobench report huggingface out --source https://example.org/run   # for README.md of a "
       "model",
       "angiobench report csv out-a out-b --table long -o long.csv     # for challengeR"}};
}

void bind_rules(OptionSet& options, ReportCommand& command) {
  options.rule({"FORM", "RESULT"}, [&command]() -> std::string {
    const bool one_result = !is_table(command.form);
    if (!one_result || command.results.size() < 2) return {};
    return "'" + std::string(kForms.of(command.form)) + "' got " +
           std::to_string(command.results.size()) +
           " results; expected one (another to compare with is named by --baseline)";
  });
  options.rule({"assets", "out"}, [&command]() -> std::string {
    if (command.assets != ReportAssets::split || !command.out.empty()) return {};
    return "--assets is 'split' without --out; expected a file to write the others beside";
  });
  options.rule({"FORM", "table", "columns", "decimals"}, [&command]() -> std::string {
    if (command.columns.empty() && !command.decimals) return {};
    if (is_table(command.form) && command.table == TableKind::summary) return {};
    return "--columns and --decimals are of the summary's table; expected report markdown, latex "
           "or "
           "csv without another --table";
  });
  options.rule({"FORM", "out"}, [&command]() -> std::string {
    if (command.form != Form::svg || !command.out.empty()) return {};
    return "-o (a folder for the figures) is missing";
  });
  options.rule({"FORM", "rules"}, [&command]() -> std::string {
    if (command.form != Form::junit || !command.rules.empty()) return {};
    return "--rules (the gate's rules: JUnit's test cases are rules that hold or do not) is "
           "missing";
  });
  options.rule({"FORM", "source"}, [&command]() -> std::string {
    if (command.source.empty() || command.form == Form::huggingface) return {};
    return "--source is of a model card; expected report huggingface";
  });
  options.rule({"FORM", "table"}, [&command]() -> std::string {
    const bool is_text = command.form == Form::markdown || command.form == Form::latex;
    if (!is_text || command.table != TableKind::long_rows) return {};
    return "--table is 'long', which is a CSV file; expected report csv --table long";
  });
  options.rule({"FORM", "table", "RESULT"}, [&command]() -> std::string {
    const bool one_result =
        command.table == TableKind::sequences || command.table == TableKind::objects;
    if (command.form != Form::csv || !one_result || command.results.size() < 2) return {};
    return "--table is '" + std::string(kTables.of(command.table)) + "' as CSV of " +
           std::to_string(command.results.size()) +
           " results; expected one result, or --table long for several";
  });
}

void bind(OptionSet& options, ReportCommand& command) {
  options
      .add_bare(
          "FORM", choice(command.form, kForms),
          "html, markdown, latex, csv, junit, svg, nnunet (its summary.json), huggingface (front "
          "matter of a model card) or mlflow (metrics, params and tags as JSON)")
      .required("html, markdown, latex, csv, junit, svg, nnunet, huggingface or mlflow");
  options
      .add_bare("RESULT", files(command.results),
                "folders that `score --out` wrote, or their result.json; in tables NAME=PATH names "
                "the row, and results of several data sets stand side by side")
      .required("a result.json, or the folder of score -o")
      .reads_result();
  options.add("out,o", file(command.out), "file to write; default: standard output; svg: a folder")
      .writes();
  options.add("baseline", file(command.baseline), "html, junit: a result to show differences to")
      .reads_result();
  options.add("rules", file(command.rules),
              "html, junit: the gate's rules (gate.json), for the verdict");
  options.add("tolerance",
              number(command.tolerance,
                     {0, 1, "a fraction from 0 to 1", [](double value) { return value < 1; }}),
              "html: differences up to this are within tolerance (fraction)");
  options.add("table", choice(command.table, kTables),
              "markdown, latex, csv: summary, sequences or objects; csv: also long (challengeR)");
  options.add("columns", names(command.columns),
              "markdown, latex, csv: headings of the summary's columns, in order, with commas "
              "(J&F,J_u)");
  options.add("decimals", number(command.decimals, {0, 6}),
              "markdown, latex, csv: digits after the point, 0 to 6; default: as the community "
              "prints");
  options.add("assets", choice(command.assets, kAssets),
              "html: embedded (one file) or split (style, script and images in FILE_files)");
  options.add("error-maps", choice(command.error_maps, kErrorMaps),
              "html: all, worst or none of those that `score` kept");
  options.add("with-images", folder(command.images),
              "html: put frames from DIR/<sequence>/<frame>.jpg or .png behind the error maps; "
              "mind the data set's licence");
  options.add("leaderboard", file(command.leaderboard),
              "html: a leaderboard (SQLite file) to show the result in");
  options.add("max-size",
              number(command.max_megabytes, {0, 4096, "megabytes above 0, at most 4096",
                                             [](double value) { return value > 0; }}),
              "html: megabytes; the gallery shrinks until the page fits");
  options.add("source", text(command.source, "URL"), "huggingface: where the result can be seen");
  bind_rules(options, command);
}

// The folder of a result: of "DIR/result.json" it is DIR, so that the files beside it are found.
std::string folder_of(const std::string& path) {
  boost::system::error_code code;
  if (fs::is_directory(path, code)) return path;
  const fs::path file(path);
  if (file.filename() != "result.json") return {};
  return file.has_parent_path() ? file.parent_path().string() : std::string(".");
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
    badge.facts.push_back(rule_subject(rule) + ": " + rule_outcome(rule) + "; " +
                          rule_facts(rule, report.display, kMaxCasesShown));
  }
  return badge;
}

// What a page shows beside the result, and what must live as long as it is drawn.
struct PageParts {
  Result result;
  std::optional<Result> baseline;
  std::vector<ErrorMap> maps;
  std::vector<ErrorMap> skeletons;
  ReportOptions options;
};

void find_parts(const ReportCommand& command, PageParts& parts) {
  const std::string& path = command.results.front();
  parts.result = read_result(path);
  if (!command.baseline.empty()) parts.baseline = read_result(command.baseline);
  ReportOptions& options = parts.options;
  options.baseline = parts.baseline ? &*parts.baseline : nullptr;
  options.tolerance = command.tolerance;
  if (!command.rules.empty()) {
    const GateRules rules = parse_gate_rules(read_text_file(command.rules), command.rules);
    options.gate = badge_of(evaluate_gate(parts.result, options.baseline, rules));
  }
  if (!command.leaderboard.empty()) {
    options.standings = report_standings(
        Board::open_read_only(command.leaderboard).runs(ShowTexts::yes), parts.result);
  }
  const std::string folder = folder_of(path);
  if (!folder.empty() && command.error_maps != ErrorMapChoice::none) {
    parts.maps = read_error_maps(folder + "/error_maps", parts.result);
    parts.skeletons = read_error_maps(folder + "/skeleton_maps", parts.result);
  }
  options.error_maps = parts.maps;
  options.skeleton_maps = parts.skeletons;
  options.shown_maps = command.error_maps;
  options.max_bytes = static_cast<std::uint64_t>(command.max_megabytes * 1e6);
  options.assets = command.assets;
}

void write_split_page(const ReportCommand& command, PageParts& parts) {
  const fs::path page(command.out);
  const std::string name = page.filename().string();
  parts.options.assets_folder = page.stem().string() + "_files";
  // The folder that they are in is the user's: only the page and its files are exchanged. Where the
  // page stands, everything that it names stands, too.
  OutputFolder folder(page.has_parent_path() ? page.parent_path().string() : ".",
                      ExistingFolder::update, {name, parts.options.assets_folder});
  for (const ReportFile& file : report_files(parts.result, parts.options))
    folder.write(file.path.empty() ? name : file.path, file.content);
  folder.commit(Placed::in_steps);
}

void write_html(const ReportCommand& command, const Streams& streams) {
  PageParts parts;
  find_parts(command, parts);
  if (!command.images.empty()) parts.options.read_image = frame_images(command.images);
  if (command.assets == ReportAssets::split) {
    write_split_page(command, parts);
  } else {
    write_out(command.out, report_html(parts.result, parts.options), streams);
  }
}

void write_junit(const ReportCommand& command, const Streams& streams) {
  const Result result = read_result_file(command.results.front());
  std::optional<Result> baseline;
  if (!command.baseline.empty()) baseline = read_result_file(command.baseline);
  const GateRules rules = parse_gate_rules(read_text_file(command.rules), command.rules);
  write_out(command.out, gate_junit(evaluate_gate(result, baseline ? &*baseline : nullptr, rules)),
            streams);
}

// Curves and error maps, each a file, below the folder.
void write_svg(const ReportCommand& command, const Call& call) {
  const Result result = read_result(command.results.front());
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
  OutputFolder out(command.out, ExistingFolder::update, {"curves", "error_maps"});
  for (const ReportFile& file : files) out.write(file.path, file.content);
  tell_placed(out.commit(), command.out, call);
}

// The size of every frame: as counted, else the data set's where all have one.
FrameSizes frame_sizes(const Result& result, const std::string& folder) {
  boost::system::error_code code;
  const std::string file = folder + "/vessel_per_frame.csv";
  constexpr std::uint64_t kMaxBytes = std::uint64_t{1} << 31;
  if (!folder.empty() && fs::exists(file, code))
    return frame_sizes_of_pair_csv(read_text_file(file, kMaxBytes), file);
  FrameSizes sizes;
  const std::vector<std::string> known = benchmark_names();
  if (std::ranges::find(known, result.dataset.name) == known.end()) return sizes;
  const BenchmarkDefinition benchmark = load_benchmark(result.dataset.name);
  if (benchmark.width == 0) return sizes;
  for (const SequenceScore& sequence : result.sequences) {
    for (const std::string& frame : sequence.frame_names) {
      sizes[{sequence.name, frame}] = {static_cast<std::uint32_t>(benchmark.width),
                                       static_cast<std::uint32_t>(benchmark.height)};
    }
  }
  return sizes;
}

void write_nnunet(const ReportCommand& command, const Streams& streams) {
  const std::string& path = command.results.front();
  const Result result = read_result(path);
  write_out(command.out, nnunet_summary(result, frame_sizes(result, folder_of(path)), path),
            streams);
}

// A model card, or a run of MLflow.
void write_tracking(const ReportCommand& command, const Streams& streams) {
  const std::string& path = command.results.front();
  const Result result = read_result_file(path);
  write_out(command.out,
            command.form == Form::mlflow ? mlflow_run(result)
                                         : huggingface_card(result, command.source, path),
            streams);
}

ResultTableOptions table_options(const ReportCommand& command) {
  ResultTableOptions options;
  options.columns = parse_name_list(command.columns);
  options.decimals = command.decimals;
  return options;
}

Table table_of(const Result& result, TableKind kind) {
  return kind == TableKind::sequences ? sequence_table(result) : object_table(result);
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
  if (command.table == TableKind::long_rows) {
    write_out(command.out, long_csv(results), streams);
    return;
  }
  std::vector<Table> tables;
  if (command.table == TableKind::summary) {
    tables.push_back(
        result_table(named_results(std::move(results), names, paths), table_options(command)));
  } else {
    for (const Result& result : results) tables.push_back(table_of(result, command.table));
  }
  std::string text;
  for (const Table& table : tables) {
    if (!text.empty()) text += '\n';
    text += command.form == Form::markdown ? markdown_table(table)
            : command.form == Form::latex  ? latex_table(table)
                                           : csv_table(table);
  }
  write_out(command.out, text, streams);
}

int report(const ReportCommand& command, const Call& call) {
  if (command.form == Form::html) {
    write_html(command, call.streams);
  } else if (command.form == Form::junit) {
    write_junit(command, call.streams);
  } else if (command.form == Form::nnunet) {
    write_nnunet(command, call.streams);
  } else if (command.form == Form::huggingface || command.form == Form::mlflow) {
    write_tracking(command, call.streams);
  } else if (command.form == Form::svg) {
    write_svg(command, call);
  } else {
    write_tables(command, call.streams);
  }
  return kExitPassed;
}

constexpr CommandLine<ReportCommand> kLine = {help_page, bind, report};

}  // namespace

VerbCode report_code() { return code_of_line<kLine>(); }

}  // namespace angiobench::cli
