// SPDX-License-Identifier: MIT
#include <algorithm>
#include <ostream>

#include "cli/exit_code.h"
#include "cli/options.h"
#include "cli/result_files.h"
#include "cli/terminal.h"
#include "cli/verbs.h"
#include "dataset/files/atomic_file.h"
#include "dataset/error.h"
#include "reports/decimal.h"
#include "reports/html/board_pages.h"
#include "reports/leaderboard/store.h"
#include "reports/result_json.h"
#include "reports/text_table.h"

namespace angiobench::cli {
namespace {

namespace po = boost::program_options;

using Arguments = std::vector<std::string>;

po::options_description board_options() {
  po::options_description described("Options");
  described.add_options()("db", po::value<std::string>()->default_value("leaderboard.sqlite"),
                          "the leaderboard's file");
  return described;
}

Arguments list_of(const po::variables_map& values, const char* name) {
  return values.count(name) == 0 ? Arguments{} : values[name].as<Arguments>();
}

// Where a run that was just added stands.
std::string place_of(const BoardView& view, std::int64_t run) {
  for (const DatasetStandings& dataset : view.datasets) {
    for (const StandingGroup& group : dataset.groups) {
      for (const Standing& standing : group.standings) {
        if (standing.run->id != run) continue;
        std::string place;
        if (!group.columns.empty()) {
          place = group.columns.front().heading + " " +
                  cell_text(standing.run->entry, group.columns.front(), dataset.style) + ", ";
        }
        if (standing.rank == 0) return place + "not ranked (" + standing.reason + ")";
        return place + "rank " + rank_text(standing) + " of " +
               std::to_string(group.standings.size());
      }
    }
    for (const Standing& standing : dataset.unranked) {
      if (standing.run->id == run) return "not ranked (" + standing.reason + ")";
    }
  }
  return "published figures, not ranked";
}

int run_add(const Arguments& arguments, const Streams& streams) {
  po::options_description described = board_options();
  described.add_options()  //
      ("result", po::value<Arguments>(),
       "result.json, or the folder of 'score --out' that holds it; several")                 //
      ("method", po::value<std::string>(), "the method's name (default: the submission's)")  //
      ("variant", po::value<std::string>(), "its setting, e.g. \"k = 15\"")                  //
      ("team", po::value<std::string>(), "who made the masks")                               //
      ("link", po::value<Arguments>()->composing(),
       "web address of a paper or code; may be repeated")  //
      ("note", po::value<std::string>(), "a remark")       //
      ("kind", po::value<std::string>()->default_value("masks"),
       "masks or baseline (one of this project's own)")  //
      ("time", po::value<std::string>(),
       "when it was submitted, UTC as 2026-01-31T12:34:56Z (default: now)")  //
      ("reported", po::value<Arguments>()->composing(),
       "a file of published figures (schema published-1)")  //
      ("published", po::bool_switch(),
       "also add the published figures of this program that are not there yet")  //
      ("bare", po::bool_switch(), "make a new leaderboard without published figures");
  add_common_options(described);
  po::positional_options_description positional;
  positional.add("result", -1);
  const HelpPage help{
      "angiobench leaderboard add [RESULT...] [--db FILE] [--method NAME] [--team NAME] [--link "
      "URL]",
      "Adds scored submissions, all or none. A file that is not there yet is made, with the "
      "published figures that ship\n"
      "with this program as rows of their own. Adding the same run again changes nothing.",
      {"angiobench leaderboard add out/result.json --method STCN --team \"Lab A\"   # one result, "
       "to leaderboard.sqlite",
       "angiobench leaderboard add val/ test/ --method Mine --link https://example.org/paper --db "
       "board.sqlite",
       "angiobench leaderboard add --db board.sqlite   # a new board with the published figures "
       "only"}};
  const po::variables_map values = parse_options(arguments, described, positional, help, streams);
  if (wants_help(values)) return kExitPassed;
  const CommonOptions common = read_common_options(values, streams);
  const std::string path = values["db"].as<std::string>();

  SubmissionFacts facts;
  facts.variant = text_of(values, "variant");
  facts.team = text_of(values, "team");
  facts.links = list_of(values, "link");
  facts.note = text_of(values, "note");
  facts.time = text_of(values, "time");
  const std::string kind = values["kind"].as<std::string>();
  if (kind != "masks" && kind != "baseline")
    throw Error(ErrorKind::usage, "--kind", "is '" + kind + "'", "masks or baseline");
  facts.kind = entry_kind_from_name(kind, "--kind");

  // Everything is read and checked before the board is touched.
  std::vector<BoardEntry> entries;
  for (const std::string& file : list_of(values, "result")) {
    const Result result = read_result_file(file);
    facts.method = values.count("method") != 0 ? text_of(values, "method") : result.submission.name;
    entries.push_back(measured_entry(result, facts, file));
  }
  for (const std::string& file : list_of(values, "reported")) {
    const PublishedFile published = parse_published(read_text_file(file), file);
    for (const PublishedEntry& entry : published.entries)
      entries.push_back(reported_entry(published, entry));
  }
  const bool bare = values["bare"].as<bool>();
  const std::vector<BoardEntry> published = bare ? std::vector<BoardEntry>{} : published_entries();
  if (values["published"].as<bool>())
    entries.insert(entries.end(), published.begin(), published.end());

  Board board = Board::open_or_create(path, published);
  const std::vector<AddOutcome> outcomes = board.add(entries);
  const BoardView view = load_view(board);
  std::size_t reported = 0;
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    const BoardEntry& entry = entries[i];
    if (entry.facts.kind == EntryKind::reported) {
      reported += outcomes[i].already_there ? 0 : 1;
      continue;
    }
    streams.out << (outcomes[i].already_there ? "already there, run " : "added run ")
                << outcomes[i].run << ": " << printable(method_title(entry.facts)) << " on "
                << printable(entry.dataset.name) << ", "
                << printable(place_of(view, outcomes[i].run)) << '\n';
    if (!entry.complete) {
      print_message(
          "warning",
          entry.dataset.name + ": " + entry.missing + "; the run stands in a section of its own",
          common, streams);
    }
  }
  if (reported > 0)
    streams.out << "added " << reported
                << (reported == 1 ? " published row\n" : " published rows\n");
  if (outcomes.empty())
    streams.out << path << ": " << view.runs.size() << " rows, head " << view.head << '\n';
  return kExitPassed;
}

int run_list(const Arguments& arguments, const Streams& streams) {
  po::options_description described = board_options();
  described.add_options()("all", po::bool_switch(), "published rows, too")(
      "format", po::value<std::string>()->default_value("text"), "text, csv or markdown");
  const HelpPage help{
      "angiobench leaderboard list [--db FILE] [--all] [--format text|csv|markdown]",
      "Lists the runs with the ids that 'remove' takes.",
      {"angiobench leaderboard list                     # the measured runs",
       "angiobench leaderboard list --all --format csv  # everything, for a spreadsheet"}};
  const po::variables_map values = parse_options(arguments, described, {}, help, streams);
  if (wants_help(values)) return kExitPassed;
  const BoardView view = load_view(Board::open_read_only(values["db"].as<std::string>()));
  const Table table = run_table(view, values["all"].as<bool>());
  const std::string format = values["format"].as<std::string>();
  if (format == "text") {
    streams.out << text_table(table);
  } else if (format == "csv") {
    streams.out << csv_table(table);
  } else if (format == "markdown") {
    streams.out << markdown_table(table);
  } else {
    throw Error(ErrorKind::usage, "--format", "is '" + format + "'", "text, csv or markdown");
  }
  return kExitPassed;
}

std::size_t read_max_reported(const std::string& text, const std::string& format) {
  if (text == "all") return BoardSelection{}.max_reported;
  if (text == "none") return 0;
  if (text.empty()) return format == "html" || format == "csv" ? BoardSelection{}.max_reported : 10;
  const std::optional<Decimal> number = parse_decimal(text);
  if (!number || number->places != 0 || number->units < 0) {
    throw Error(ErrorKind::usage, "--published", "is '" + text + "'", "all, none or a number");
  }
  return static_cast<std::size_t>(number->units);
}

int run_show(const Arguments& arguments, const Streams& streams) {
  po::options_description described = board_options();
  described.add_options()                                                                 //
      ("dataset", po::value<std::string>(), "one data set only")                          //
      ("method", po::value<std::string>(), "one method only, with its places among all")  //
      ("format", po::value<std::string>()->default_value("text"),
       "text, markdown, latex, csv or html")  //
      ("published", po::value<std::string>(),
       "published rows of each data set: all, none or a number, best first "
       "(default: all in html and csv, else 10)")  //
      ("out,o", po::value<std::string>(),
       "a file; with html and neither --dataset nor --method a folder (site)");
  const HelpPage help{
      "angiobench leaderboard show [--db FILE] [--dataset NAME] [--method NAME] [--format FORMAT] "
      "[-o PATH]",
      "Shows the standings. Ranks are worked out now, from the runs: complete runs of the same "
      "data set digest, protocol\n"
      "hash and metric version are ranked together; everything else stands in sections of its own.",
      {"angiobench leaderboard show --dataset mosxav-test                 # in the terminal",
       "angiobench leaderboard show --format html -o site/                # index, data sets, "
       "methods: open site/index.html",
       "angiobench leaderboard show --dataset mosxav-val --format latex   # a table to paste"}};
  const po::variables_map values = parse_options(arguments, described, {}, help, streams);
  if (wants_help(values)) return kExitPassed;
  const std::string format = values["format"].as<std::string>();
  BoardSelection selection;
  selection.dataset = text_of(values, "dataset");
  selection.method = text_of(values, "method");
  selection.max_reported = read_max_reported(text_of(values, "published"), format);
  const std::string out = text_of(values, "out");
  const BoardView view = load_view(Board::open_read_only(values["db"].as<std::string>()));

  std::string content;
  if (format == "text") {
    content = board_text(view, selection);
  } else if (format == "markdown") {
    content = board_markdown(view, selection);
  } else if (format == "latex") {
    content = board_latex(view, selection);
  } else if (format == "csv") {
    content = board_csv(view, selection);
  } else if (format == "html" && selection.dataset.empty() && selection.method.empty()) {
    if (out.empty()) {
      throw Error(ErrorKind::usage, "", "the HTML leaderboard is a folder of pages",
                  "-o FOLDER (or --dataset or --method)");
    }
    const std::vector<BoardPage> pages = board_site(view);
    for (const BoardPage& page : pages) write_file_atomically(out + "/" + page.path, page.content);
    streams.out << out << "/index.html: " << pages.size() << " pages\n";
    return kExitPassed;
  } else if (format == "html") {
    content = board_page(view, selection);
  } else {
    throw Error(ErrorKind::usage, "--format", "is '" + format + "'",
                "text, markdown, latex, csv or html");
  }
  if (out.empty()) {
    streams.out << content;
  } else {
    write_file_atomically(out, content);
  }
  return kExitPassed;
}

int run_export(const Arguments& arguments, const Streams& streams) {
  po::options_description described = board_options();
  described.add_options()("out,o", po::value<std::string>()->required(),
                          "an empty folder, or an earlier export of this board");
  const HelpPage help{"angiobench leaderboard export [--db FILE] -o FOLDER",
                      "Writes the board as text files that git shows changes of: a folder a run "
                      "(entry.json, result.json), the\n"
                      "published rows, and the audit. 'rebuild' makes the same board from them.",
                      {"angiobench leaderboard export -o board/                      # then: git "
                       "add board && git commit",
                       "angiobench leaderboard export --db b.sqlite -o b && angiobench leaderboard "
                       "rebuild b --db copy.sqlite"}};
  const po::variables_map values = parse_options(arguments, described, {}, help, streams);
  if (wants_help(values)) return kExitPassed;
  const Board board = Board::open_read_only(values["db"].as<std::string>());
  const std::string folder = values["out"].as<std::string>();
  export_board(board, folder);
  streams.out << folder << ": head " << board.head() << '\n';
  return kExitPassed;
}

int run_rebuild(const Arguments& arguments, const Streams& streams) {
  po::options_description described = board_options();
  described.add_options()("folder", po::value<std::string>()->required(),
                          "the folder that 'export' wrote");
  po::positional_options_description positional;
  positional.add("folder", 1);
  const HelpPage help{
      "angiobench leaderboard rebuild FOLDER [--db FILE]",
      "Makes the database from an export. The file must not exist. Every digest and the whole "
      "audit are checked.",
      {"angiobench leaderboard rebuild board/                    # makes leaderboard.sqlite",
       "angiobench leaderboard rebuild board/ --db copy.sqlite"}};
  const po::variables_map values = parse_options(arguments, described, positional, help, streams);
  if (wants_help(values)) return kExitPassed;
  const Board board =
      rebuild_board(values["folder"].as<std::string>(), values["db"].as<std::string>());
  streams.out << board.path() << ": head " << board.head() << ", content " << board.content_digest()
              << '\n';
  return kExitPassed;
}

int run_verify(const Arguments& arguments, const Streams& streams) {
  po::options_description described = board_options();
  described.add_options()("head", po::value<Arguments>()->composing(),
                          "a head that was noted earlier; may be repeated")(
      "against", po::value<std::string>(), "an export whose head the audit must still hold");
  add_common_options(described);
  const HelpPage help{"angiobench leaderboard verify [--db FILE] [--head HASH] [--against FOLDER]",
                      "Checks the file, its triggers, the audit's chain of hashes, and every row "
                      "against the record that the audit\n"
                      "has the digest of. Exit 1 names each row that was tampered with. That rows "
                      "at the end were cut off can only\n"
                      "be told from a head that was noted elsewhere (--head, --against).",
                      {"angiobench leaderboard verify                          # this board",
                       "angiobench leaderboard verify --against board/         # and nothing is "
                       "gone since the export"}};
  const po::variables_map values = parse_options(arguments, described, {}, help, streams);
  if (wants_help(values)) return kExitPassed;
  const CommonOptions common = read_common_options(values, streams);
  Arguments heads = list_of(values, "head");
  if (values.count("against") != 0) heads.push_back(exported_head(text_of(values, "against")));
  const Board board = Board::open_read_only(values["db"].as<std::string>());
  const std::vector<Finding> findings = board.verify(heads);
  for (const Finding& finding : findings) print_finding(finding, common, streams);
  if (!findings.empty()) return kExitFailed;
  streams.out << board.path() << ": good, " << board.runs().size() << " rows, "
              << board.audit().size() << " audit rows\nhead    " << board.head() << "\ncontent "
              << board.content_digest() << '\n';
  return kExitPassed;
}

int run_remove(const Arguments& arguments, const Streams& streams) {
  po::options_description described = board_options();
  described.add_options()("run", po::value<std::int64_t>()->required(),
                          "the run's id, as 'leaderboard list' shows it")(
      "reason", po::value<std::string>()->required(), "why; the audit keeps it for good");
  po::positional_options_description positional;
  positional.add("run", 1);
  const HelpPage help{
      "angiobench leaderboard remove RUN --reason TEXT [--db FILE]",
      "Takes a run off the board. The audit keeps that it was there, its digest and the reason.",
      {"angiobench leaderboard remove 446 --reason \"withdrawn by its team\"",
       "angiobench leaderboard remove 12 --reason \"superseded by the journal version\" --db "
       "board.sqlite"}};
  const po::variables_map values = parse_options(arguments, described, positional, help, streams);
  if (wants_help(values)) return kExitPassed;
  Board board = Board::open(values["db"].as<std::string>());
  board.remove(values["run"].as<std::int64_t>(), values["reason"].as<std::string>());
  streams.out << "removed run " << values["run"].as<std::int64_t>() << ", head " << board.head()
              << '\n';
  return kExitPassed;
}

constexpr Verb kJobs[] = {
    {"add", "add scored submissions (makes the file, with the published figures)", run_add},
    {"list", "the runs and their ids", run_list},
    {"show", "the standings: text, Markdown, LaTeX, CSV or HTML pages", run_show},
    {"export", "write the board as a folder of text files", run_export},
    {"verify", "tell whether anything was tampered with", run_verify},
    {"rebuild", "make the database from an export", run_rebuild},
    {"remove", "take a run off the board", run_remove},
};

void print_overview(std::ostream& out) {
  out << "Usage: angiobench leaderboard JOB [options]      (angiobench leaderboard JOB --help "
         "explains one)\n\n"
         "A leaderboard is one SQLite file. Ranks are never stored; published figures never mix "
         "with measured ones; every\n"
         "change is a row of a hash-chained audit.\n\n";
  for (const Verb& job : kJobs) {
    out << "  " << job.name << std::string(10 - job.name.size(), ' ') << job.summary << '\n';
  }
  out << "\nExamples:\n"
         "  angiobench leaderboard add out/result.json --method STCN   # add a result to "
         "leaderboard.sqlite\n"
         "  angiobench leaderboard show --format html -o site/         # pages for a web server, "
         "or to open from disk\n";
}

}  // namespace

int run_leaderboard(const std::vector<std::string>& arguments, const Streams& streams) {
  if (arguments.empty()) {
    print_overview(streams.err);
    return kExitUsage;
  }
  const std::string& name = arguments.front();
  if (name == "--help" || name == "-h" || name == "help") {
    print_overview(streams.out);
    return kExitPassed;
  }
  for (const Verb& job : kJobs) {
    if (job.name == name) return job.run({arguments.begin() + 1, arguments.end()}, streams);
  }
  throw Error(ErrorKind::usage, "leaderboard", "there is no job '" + name + "'",
              "add, list, show, export, verify, rebuild or remove");
}

}  // namespace angiobench::cli
