// SPDX-License-Identifier: MIT
#include <algorithm>
#include <iterator>
#include <ostream>
#include <span>

#include "cli/command.h"
#include "cli/reproduce_run.h"
#include "cli/exit_code.h"
#include "cli/result_files.h"
#include "cli/verbs.h"
#include "dataset/files/atomic_file.h"
#include "dataset/error.h"
#include "reports/html/paper_page.h"
#include "reports/result_json.h"
#include "reports/still_tables.h"

namespace angiobench::cli {
namespace {

enum class PaperForm { text, markdown, latex, html };

constexpr auto kForms = words<PaperForm>({{"text", PaperForm::text},
                                          {"markdown", PaperForm::markdown},
                                          {"latex", PaperForm::latex},
                                          {"html", PaperForm::html}});

struct ReproduceCommand {
  std::string table;
  std::vector<std::string> results;
  std::vector<std::string> bench;
  RowsChoice rows;
  PaperForm form = PaperForm::text;
  std::string out;
};

HelpText help_page() {
  return {
      "reproduce",
      "angiobench reproduce TABLE [--results [NAME=]PATH...] [--bench FILE...] "
      "[--format FORMAT] [-o FILE]\n"
      "angiobench reproduce TABLE --run -g NAME=DIR... --weights NAME=FILE... --work DIR "
      "[--row NAME] [--dry-run]",
      "Shows a published table: table1, table2, table3 of the paper (arXiv 2601.00988), "
      "dias-table2, paxray,\n"
      "mosxav-semantic. Its rows as printed, rows measured here with the digest of their "
      "masks (table3: of the file\n"
      "of speeds), and for each cell that could not be measured the reason. A printed J&F that "
      "is not the mean of its\n"
      "columns is marked with ‡.\n"
      "With --run the rows of table1, table2 and table3 that can be are predicted, scored and "
      "(table3) measured first.\n"
      "What is finished in --work is kept: the same command goes on where it was stopped. Exit "
      "4 where nothing can be run.",
      {"angiobench reproduce table1 --run -g mosxav=MOSXAV -g xacv=XACV --weights stcn=stcn.pth "
       "--work repro --dry-run   # what it would take",
       "angiobench reproduce table1 --run --row STCN -g mosxav=MOSXAV --weights stcn=stcn.pth "
       "--work repro",
       "angiobench reproduce table1                                        # the published "
       "rows, and what is missing",
       "angiobench reproduce table1 --results STCN=out/val STCN=out/test   # a row measured on "
       "both splits, below STCN's",
       "angiobench reproduce table3 --results \"k=15=out/k15\" --bench speed.json --format "
       "html -o table3.html"}};
}

// The paper's tables and those of still images and classes.
std::vector<std::string> table_names() {
  std::vector<std::string> names = paper_table_names();
  for (std::string& name : still_table_names()) names.push_back(std::move(name));
  return names;
}

std::vector<PaperTable> tables_of(const ReproduceCommand& command,
                                  std::span<const MeasuredInput> measured,
                                  std::span<const SpeedFile> speeds) {
  const std::vector<std::string> stills = still_table_names();
  if (std::ranges::find(stills, command.table) == stills.end())
    return reproduce_table(command.table, measured, speeds);
  if (!speeds.empty()) {
    throw Error::about(ErrorKind::usage, "bench", "is given for " + command.table,
                       "table3, the one with speeds");
  }
  return still_table(command.table, measured);
}

void bind(OptionSet& options, ReproduceCommand& command) {
  options
      .add_bare("TABLE", choice(command.table, table_names()),
                "table1, table2, table3 of the paper, dias-table2, paxray or mosxav-semantic")
      .required("a table, e.g. table1");
  OptionValue results = files(command.results, "PATH");
  results.arity = Arity::several;
  options
      .add("results", std::move(results),
           "result.json files or folders of 'score --out' to show beside the paper's rows; "
           "NAME=PATH names the row")
      .reads_result();
  OptionValue bench = files(command.bench);
  bench.arity = Arity::several;
  options.add("bench", std::move(bench),
              "table3: files of 'bench --json', whose speeds stand beside the paper's");
  add_rows_options(options, command.rows);
  options.add("format", choice(command.form, kForms), "text, markdown, latex or html");
  options.add("out,o", file(command.out), "a file (default: standard output)").writes();
}

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

std::string written(const std::vector<PaperTable>& tables, PaperForm form) {
  switch (form) {
    case PaperForm::text:
      return paper_text(tables);
    case PaperForm::markdown:
      return paper_markdown(tables);
    case PaperForm::latex:
      return paper_latex(tables);
    case PaperForm::html:
      return paper_html(tables);
  }
  return {};
}

int reproduce(const ReproduceCommand& command, const Call& call) {
  std::vector<MeasuredInput> measured;
  for (const std::string& argument : command.results) measured.push_back(read_input(argument));
  std::vector<SpeedFile> speeds;
  for (const std::string& path : command.bench)
    speeds.push_back(parse_speed_file(read_text_file(path), path));
  int code = kExitPassed;
  if (command.rows.run) {
    RowsRun run = run_rows(command.rows, command.table, call);
    if (run.ended) return run.code;
    code = run.code;
    std::ranges::move(run.results, std::back_inserter(measured));
    std::ranges::move(run.speeds, std::back_inserter(speeds));
  }
  const std::string content = written(tables_of(command, measured, speeds), command.form);
  if (command.out.empty()) {
    call.streams.out << content;
  } else {
    write_file_atomically(command.out, content);
  }
  return code;
}

constexpr CommandLine<ReproduceCommand> kLine = {help_page, bind, reproduce};

}  // namespace

VerbCode reproduce_code() { return code_of_line<kLine>(); }

}  // namespace angiobench::cli
