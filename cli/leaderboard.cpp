// SPDX-License-Identifier: MIT
#include <algorithm>
#include <functional>
#include <optional>
#include <ostream>

#include "cli/command.h"
#include "cli/exit_code.h"
#include "cli/result_files.h"
#include "cli/terminal.h"
#include "cli/verbs.h"
#include "cli/version.h"
#include "dataset/error.h"
#include "dataset/files/atomic_file.h"
#include "evaluator/scoring/result_audit.h"
#include "evaluator/scoring/submission.h"
#include "reports/html/board_pages.h"
#include "reports/leaderboard/store.h"
#include "reports/result_json.h"
#include "reports/runs/submissions.h"
#include "reports/text_table.h"

namespace angiobench::cli {
namespace {

constexpr const char* kDefaultBoard = "leaderboard.sqlite";

OptionSet::Added bind_board(OptionSet& options, std::string& db) {
  return options.add("db", file(db), "the leaderboard's file");
}

// ---- add ----

constexpr auto kKinds =
    words<EntryKind>({{"masks", EntryKind::masks}, {"baseline", EntryKind::baseline}});

struct AddCommand {
  std::string db = kDefaultBoard;
  std::vector<std::string> results;
  SubmissionFacts facts;
  std::vector<std::string> reported;
  bool published = false;
  bool bare = false;
  bool rescore = false;
  SubmissionRequest request;  // what is scored again
};

HelpText add_help() {
  return {
      "leaderboard add",
      "angiobench leaderboard add [RESULT...] [--db FILE] [--method NAME] [--team NAME] [--link "
      "URL]",
      "Adds scored submissions, all or none. A file that is not there yet is made, with the "
      "published figures that ship\n"
      "with this program as rows of their own. Adding the same run again changes nothing.\n"
      "A result is worked out again and never believed: its means from its objects and, where "
      "per_frame.csv lies\n"
      "beside it, its objects from the integers. --rescore scores the masks; the board says of "
      "each "
      "run what stands\n"
      "behind it: figures, counts, or masks scored here.",
      {"angiobench leaderboard add out/result.json --method STCN --team \"Lab A\"   # one "
       "result, to leaderboard.sqlite",
       "angiobench leaderboard add val/ test/ --method Mine --link https://example.org/paper "
       "--db board.sqlite",
       "angiobench leaderboard add out/ --rescore -g MOSXAV -p stcn.zip   # the masks are scored, "
       "the "
       "result must agree",
       "angiobench leaderboard add out --db challenge.sqlite --bare   # all of 'score -p inbox/ -o "
       "out', without published figures",
       "angiobench leaderboard add --db board.sqlite   # a new board with the published figures "
       "only"}};
}

void bind_add(OptionSet& options, AddCommand& command) {
  bind_board(options, command.db).writes();
  options
      .add_bare("RESULT", files(command.results),
                "result.json, the folder of 'score --out' that holds it, or a folder of such "
                "folders; several")
      .reads_result();
  options.add("method", text(command.facts.method, "NAME"),
              "the method's name (default: the submission's)");
  options.add("variant", text(command.facts.variant), "its setting, e.g. \"k = 15\"");
  options.add("team", text(command.facts.team, "NAME"), "who made the masks");
  options.add("link", texts(command.facts.links, "URL"),
              "web address of a paper or code; may be repeated");
  options.add("note", text(command.facts.note), "a remark");
  options.add("kind", choice(command.facts.kind, kKinds),
              "masks or baseline (one of this project's own)");
  options.add("time", text(command.facts.time, "TIME"),
              "when it was submitted, UTC as 2026-01-31T12:34:56Z (default: now)");
  options.add("reported", files(command.reported),
              "a file of published figures (schema published-1)");
  options.add("published", flag(command.published),
              "also add the published figures of this program that are not there yet");
  options.add(
      "bare", flag(command.bare),
      "where the leaderboard is made now: without the published figures, which stand beside "
      "every ranking otherwise (a challenge of one's own has none)");
  options.add("rescore", flag(command.rescore),
              "score the masks now (-g, -p); a RESULT must say the same");
  options.add("ground-truth,g", folder(command.request.ground_truth),
              "rescore: the data set's root, or the folder that holds the sequences");
  options.add("predictions,p", file(command.request.predictions), "rescore: a folder or a zip");
  options.add("dataset", text(command.request.dataset, "NAME"),
              "rescore: a benchmark or a definition's file (default: that of RESULT)");
  options.add(
      "protocol", text(command.request.protocol, "NAME"),
      "rescore: a protocol or its file (default: that of RESULT, else the benchmark's own)");
  options.rule(
      {"rescore", "ground-truth", "predictions", "dataset", "protocol"},
      [&command]() -> std::string {
        const SubmissionRequest& request = command.request;
        const bool has_masks = !request.ground_truth.empty() && !request.predictions.empty();
        const bool has_any = !request.ground_truth.empty() || !request.predictions.empty() ||
                             !request.dataset.empty() || !request.protocol.empty();
        if (command.rescore && !has_masks) return "--rescore reads masks; expected -g and -p, too";
        if (!command.rescore && has_any)
          return "-g, -p, --dataset and --protocol are for masks that are scored; expected "
                 "--rescore";
        if (command.rescore && command.results.size() > 1)
          return "--rescore scores one submission; expected at most one RESULT";
        if (command.rescore && command.results.empty() && request.dataset.empty())
          return "nobody says which benchmark; expected --dataset NAME or a RESULT";
        return {};
      });
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

// Whether another truth was scored than the one that was released.
void tell_other_truth(const Result& result, const Call& call) {
  const TruthOrigin origin = truth_origin(result.dataset, result.protocol.name);
  if (!result.complete || origin != TruthOrigin::another) return;
  print_message("warning",
                result.dataset.name +
                    ": the ground truth is not the released one; the run is ranked among others of "
                    "the same truth only",
                call.common, call.streams);
}

// A result that was written elsewhere, with what it could be checked against.
BoardEntry entry_of_file(const AddCommand& command, const std::string& file, const Call& call) {
  const auto [result, counts] = read_checked_result(file, KeepRows::no);
  SubmissionFacts facts = command.facts;
  if (facts.method.empty()) facts.method = result.submission.name;
  tell_other_truth(result, call);
  return measured_entry(result, facts, file,
                        {counts.empty() ? Evidence::figures : Evidence::counts, counts});
}

// Masks that are scored here, and what RESULT says of them.
BoardEntry entry_of_masks(const AddCommand& command, const Call& call) {
  SubmissionRequest request = command.request;
  std::optional<Result> claimed;
  if (!command.results.empty()) {
    claimed = read_result_file(command.results.front());
    if (request.dataset.empty()) request.dataset = claimed->dataset.name;
    if (request.protocol.empty()) request.protocol = claimed->protocol.name;
  }
  ScoreOptions options;
  options.jobs = call.common.jobs;
  Result scored = score_submission(request, options);
  scored.tool_version = tool_version();
  scored.git_commit = tool_commit();
  scored.submission.name =
      claimed ? claimed->submission.name : name_of_submission(request.predictions);
  if (claimed) check_same_scores(*claimed, scored, command.results.front());
  for (const Finding& finding : scored.findings) {
    if (is_wrong_score(finding))
      throw Error(ErrorKind::input, request.predictions, finding.message,
                  "masks that mean what is scored [" + finding.code + "]");
  }
  SubmissionFacts facts = command.facts;
  if (facts.method.empty()) facts.method = scored.submission.name;
  tell_other_truth(scored, call);
  return measured_entry(scored, facts, request.predictions, {Evidence::masks, {}});
}

// Everything that is to be added, read and checked before the board is touched.
std::vector<BoardEntry> entries_of(const AddCommand& command,
                                   const std::vector<BoardEntry>& published, const Call& call) {
  std::vector<BoardEntry> entries;
  if (command.rescore) {
    entries.push_back(entry_of_masks(command, call));
  } else {
    for (const std::string& file : result_files(command.results))
      entries.push_back(entry_of_file(command, file, call));
  }
  for (const std::string& file : command.reported) {
    const PublishedFile reported = parse_published(read_text_file(file), file);
    for (const PublishedEntry& entry : reported.entries)
      entries.push_back(reported_entry(reported, entry));
  }
  if (command.published) entries.insert(entries.end(), published.begin(), published.end());
  return entries;
}

void tell_added(const BoardEntry& entry, const AddOutcome& outcome, const BoardView& view,
                const Call& call) {
  call.streams.out << (outcome.already_there ? "already there, run " : "added run ") << outcome.run
                   << ": " << printable(method_title(entry.facts)) << " on "
                   << printable(entry.dataset.name) << ", "
                   << printable(place_of(view, outcome.run)) << '\n';
  if (entry.complete) return;
  print_message(
      "warning",
      entry.dataset.name + ": " + entry.missing + "; the run stands in a section of its own",
      call.common, call.streams);
}

int run_add(const AddCommand& command, const Call& call) {
  const std::vector<BoardEntry> published =
      command.bare && !command.published ? std::vector<BoardEntry>{} : published_entries();
  const std::vector<BoardEntry> entries = entries_of(command, published, call);
  Board board =
      Board::open_or_create(command.db, command.bare ? std::vector<BoardEntry>{} : published);
  const std::vector<AddOutcome> outcomes = board.add(entries);
  const BoardView view = load_view(board);
  std::size_t reported = 0;
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    if (entries[i].facts.kind == EntryKind::reported) {
      reported += outcomes[i].already_there ? 0 : 1;
    } else {
      tell_added(entries[i], outcomes[i], view, call);
    }
  }
  std::ostream& out = call.streams.out;
  if (reported > 0)
    out << "added " << reported << (reported == 1 ? " published row\n" : " published rows\n");
  if (outcomes.empty())
    out << printable(command.db) << ": " << view.runs.size() << " rows, head " << view.head << '\n';
  return kExitPassed;
}

// ---- list ----

enum class ListForm { text, csv, markdown };

constexpr auto kListForms = words<ListForm>(
    {{"text", ListForm::text}, {"csv", ListForm::csv}, {"markdown", ListForm::markdown}});

struct ListCommand {
  std::string db = kDefaultBoard;
  bool all = false;
  ListForm form = ListForm::text;
};

HelpText list_help() {
  return {"leaderboard list",
          "angiobench leaderboard list [--db FILE] [--all] [--format text|csv|markdown]",
          "Lists the runs with the ids that 'remove' takes.",
          {"angiobench leaderboard list                     # the measured runs",
           "angiobench leaderboard list --all --format csv  # everything, for a spreadsheet"}};
}

void bind_list(OptionSet& options, ListCommand& command) {
  bind_board(options, command.db);
  options.add("all", flag(command.all), "published rows, too");
  options.add("format", choice(command.form, kListForms), "text, csv or markdown");
}

int run_list(const ListCommand& command, const Call& call) {
  const BoardView view = load_view(Board::open_read_only(command.db));
  const Table table = run_table(view, command.all);
  call.streams.out << (command.form == ListForm::text  ? text_table(table)
                       : command.form == ListForm::csv ? csv_table(table)
                                                       : markdown_table(table));
  return kExitPassed;
}

// ---- show ----

enum class ShowForm { text, markdown, latex, csv, html };

constexpr auto kShowForms = words<ShowForm>({{"text", ShowForm::text},
                                             {"markdown", ShowForm::markdown},
                                             {"latex", ShowForm::latex},
                                             {"csv", ShowForm::csv},
                                             {"html", ShowForm::html}});

struct ShowCommand {
  std::string db = kDefaultBoard;
  std::string dataset;
  std::string method;
  ShowForm form = ShowForm::text;
  std::optional<std::size_t> published;  // rows of each data set
  std::string out;
};

HelpText show_help() {
  return {"leaderboard show",
          "angiobench leaderboard show [--db FILE] [--dataset NAME] [--method NAME] [--format "
          "FORMAT] [-o PATH]",
          "Shows the standings. Ranks are worked out now, from the runs: complete runs of the same "
          "data set digest, protocol\n"
          "hash and metric version are ranked together; everything else stands in sections of its "
          "own.",
          {"angiobench leaderboard show --dataset mosxav-test                 # in the terminal",
           "angiobench leaderboard show --format html -o site/                # index, data sets, "
           "methods: open site/index.html",
           "angiobench leaderboard show --dataset mosxav-val --format latex   # a table to paste"}};
}

OptionValue published_rows(std::optional<std::size_t>& field) {
  OptionValue value;
  value.metavar = "N";
  value.words = {"all", "none"};
  value.completion = Completion::words;
  value.put = [&field](const std::string& text) -> std::string {
    if (text == "all") {
      field = BoardSelection{}.max_reported;
    } else if (text == "none") {
      field = 0;
    } else if (const auto number = parse_number<std::size_t>(text)) {
      field = *number;
    } else {
      return wrong_value(text, "all, none or a number");
    }
    return {};
  };
  return value;
}

void bind_show(OptionSet& options, ShowCommand& command) {
  bind_board(options, command.db);
  options.add("dataset", text(command.dataset, "NAME"), "one data set only");
  options.add("method", text(command.method, "NAME"), "one method only, with its places among all");
  options.add("format", choice(command.form, kShowForms), "text, markdown, latex, csv or html");
  options.add("published", published_rows(command.published),
              "published rows of each data set: all, none or a number, best first (default: all in "
              "html and csv, else 10)");
  options
      .add("out,o", file(command.out, "PATH"),
           "a file; with html and neither --dataset nor --method a folder (site)")
      .writes();
  options.rule({"format", "out"}, [&command]() -> std::string {
    const bool is_site =
        command.form == ShowForm::html && command.dataset.empty() && command.method.empty();
    if (!is_site || !command.out.empty()) return {};
    return "the HTML leaderboard is a folder of pages; expected -o FOLDER (or --dataset or "
           "--method)";
  });
}

std::string standings(const BoardView& view, const BoardSelection& selection, ShowForm form) {
  switch (form) {
    case ShowForm::text:
      return board_text(view, selection);
    case ShowForm::markdown:
      return board_markdown(view, selection);
    case ShowForm::latex:
      return board_latex(view, selection);
    case ShowForm::csv:
      return board_csv(view, selection);
    case ShowForm::html:
      return board_page(view, selection);
  }
  return {};
}

int run_show(const ShowCommand& command, const Call& call) {
  constexpr std::size_t kFewReported = 10;
  BoardSelection selection;
  selection.dataset = command.dataset;
  selection.method = command.method;
  const bool shows_all = command.form == ShowForm::html || command.form == ShowForm::csv;
  selection.max_reported =
      command.published.value_or(shows_all ? selection.max_reported : kFewReported);
  const BoardView view = load_view(Board::open_read_only(command.db));
  if (command.form == ShowForm::html && command.dataset.empty() && command.method.empty()) {
    const std::vector<BoardPage> pages = board_site(view);
    OutputFolder folder(command.out, ExistingFolder::update, {"index.html", "dataset", "method"});
    for (const BoardPage& page : pages) folder.write(page.path, page.content);
    tell_placed(folder.commit(), command.out, call);
    call.streams.out << printable(command.out) << "/index.html: " << pages.size() << " pages\n";
    return kExitPassed;
  }
  const std::string content = standings(view, selection, command.form);
  if (command.out.empty()) {
    call.streams.out << content;
  } else {
    write_file_atomically(command.out, content);
  }
  return kExitPassed;
}

// ---- export, rebuild ----

struct ExportCommand {
  std::string db = kDefaultBoard;
  std::string out;
};

HelpText export_help() {
  return {"leaderboard export",
          "angiobench leaderboard export [--db FILE] -o FOLDER",
          "Writes the board as text files that git shows changes of: a folder a run (entry.json, "
          "result.json), the\n"
          "published rows, and the audit. 'rebuild' makes the same board from them.",
          {"angiobench leaderboard export -o board/                      # then: git add board && "
           "git commit",
           "angiobench leaderboard export --db b.sqlite -o b && angiobench leaderboard rebuild b "
           "--db copy.sqlite"}};
}

void bind_export(OptionSet& options, ExportCommand& command) {
  bind_board(options, command.db);
  options.add("out,o", folder(command.out), "an empty folder, or an earlier export of this board")
      .required("an empty folder, or an earlier export of this board")
      .writes();
}

int run_export(const ExportCommand& command, const Call& call) {
  const Board board = Board::open_read_only(command.db);
  tell_placed(export_board(board, command.out), command.out, call);
  call.streams.out << printable(command.out) << ": head " << board.head() << '\n';
  return kExitPassed;
}

struct RebuildCommand {
  std::string db = kDefaultBoard;
  std::string from;
};

HelpText rebuild_help() {
  return {"leaderboard rebuild",
          "angiobench leaderboard rebuild FOLDER [--db FILE]",
          "Makes the database from an export. The file must not exist. Every digest and the whole "
          "audit are checked.",
          {"angiobench leaderboard rebuild board/                    # makes leaderboard.sqlite",
           "angiobench leaderboard rebuild board/ --db copy.sqlite"}};
}

void bind_rebuild(OptionSet& options, RebuildCommand& command) {
  bind_board(options, command.db).writes();
  options.add_bare("FOLDER", folder(command.from), "the folder that 'export' wrote")
      .required("the folder that 'export' wrote");
}

int run_rebuild(const RebuildCommand& command, const Call& call) {
  const Board board = rebuild_board(command.from, command.db);
  call.streams.out << printable(board.path()) << ": head " << board.head() << ", content "
                   << board.content_digest() << '\n';
  return kExitPassed;
}

// ---- verify ----

struct VerifyCommand {
  std::string db = kDefaultBoard;
  std::vector<std::string> heads;
  std::string against;
};

HelpText verify_help() {
  return {"leaderboard verify",
          "angiobench leaderboard verify [--db FILE] [--head HASH] [--against FOLDER]",
          "Checks the file, its triggers, the audit's chain of hashes, and every row against the "
          "record that the audit\n"
          "has the digest of. Exit 1 names each row that was tampered with. That rows at the end "
          "were cut off can only\n"
          "be told from a head that was noted elsewhere (--head, --against).",
          {"angiobench leaderboard verify                          # this board",
           "angiobench leaderboard verify --against board/         # and nothing is gone since the "
           "export"}};
}

void bind_verify(OptionSet& options, VerifyCommand& command) {
  bind_board(options, command.db);
  options.add("head", texts(command.heads, "HASH"),
              "a head that was noted earlier; may be repeated");
  options.add("against", folder(command.against), "an export whose head the audit must still hold");
}

int run_verify(const VerifyCommand& command, const Call& call) {
  std::vector<std::string> heads = command.heads;
  if (!command.against.empty()) heads.push_back(exported_head(command.against));
  const Board board = Board::open_read_only(command.db);
  const std::vector<Finding> findings = board.verify(heads);
  for (const Finding& finding : findings) print_finding(finding, call.common, call.streams);
  if (!findings.empty()) return kExitFailed;
  call.streams.out << printable(board.path()) << ": good, " << board.runs().size() << " rows, "
                   << board.audit().size() << " audit rows\nhead    " << board.head()
                   << "\ncontent " << board.content_digest() << '\n';
  return kExitPassed;
}

// ---- remove ----

struct RemoveCommand {
  std::string db = kDefaultBoard;
  std::optional<std::int64_t> run;
  std::string reason;
};

HelpText remove_help() {
  return {"leaderboard remove",
          "angiobench leaderboard remove RUN --reason TEXT [--db FILE]",
          "Takes a run off the board. The audit keeps that it was there, its digest and the "
          "reason.",
          {"angiobench leaderboard remove 446 --reason \"withdrawn by its team\"",
           "angiobench leaderboard remove 12 --reason \"superseded by the journal version\" --db "
           "board.sqlite"}};
}

void bind_remove(OptionSet& options, RemoveCommand& command) {
  bind_board(options, command.db);
  options.add_bare("RUN", number(command.run), "the run's id, as 'leaderboard list' shows it")
      .required("the run's id, as 'leaderboard list' shows it");
  options.add("reason", text(command.reason), "why; the audit keeps it for good")
      .required("why; the audit keeps it for good");
}

int run_remove(const RemoveCommand& command, const Call& call) {
  Board board = Board::open(command.db);
  board.remove(*command.run, command.reason);
  call.streams.out << "removed run " << *command.run << ", head " << board.head() << '\n';
  return kExitPassed;
}

// ---- rename ----

struct RenameCommand {
  std::string db = kDefaultBoard;
  std::optional<std::int64_t> run;
  NewNames names;
  std::string reason;
};

HelpText rename_help() {
  return {
      "leaderboard rename",
      "angiobench leaderboard rename RUN [--method NAME] [--variant TEXT] [--team NAME] --reason "
      "TEXT [--db FILE]",
      "Gives a submission other names, in all its runs. They get new ids: a run is never "
      "changed, so the audit shows\n"
      "what was taken away, what was added and why. The time it was handed in stays.",
      {"angiobench leaderboard rename 449 --method \"STCN + ours\" --reason \"asked for by its "
       "team\"",
       "angiobench leaderboard rename 450 --team \"\" --reason \"wants to stay anonymous\" --db "
       "board.sqlite"}};
}

// A name that may also become empty.
OptionValue new_name(std::optional<std::string>& field, std::string metavar) {
  OptionValue value;
  value.metavar = std::move(metavar);
  value.put = [&field](const std::string& text) -> std::string {
    field = text;
    return {};
  };
  return value;
}

void bind_rename(OptionSet& options, RenameCommand& command) {
  bind_board(options, command.db);
  options.add_bare("RUN", number(command.run), "the run's id, as 'leaderboard list' shows it")
      .required("the run's id, as 'leaderboard list' shows it");
  options.add("method", new_name(command.names.method, "NAME"), "the method's name");
  options.add("variant", new_name(command.names.variant, "TEXT"),
              "its setting; \"\" takes it away");
  options.add("team", new_name(command.names.team, "NAME"),
              "who made the masks; \"\" takes it away");
  options.add("reason", text(command.reason), "why; the audit keeps it for good")
      .required("why; the audit keeps it for good");
  options.rule({"method", "variant", "team"}, [&command]() -> std::string {
    const NewNames& names = command.names;
    if (names.method || names.variant || names.team) return {};
    return "nothing is renamed; expected --method, --variant or --team";
  });
}

int run_rename(const RenameCommand& command, const Call& call) {
  Board board = Board::open(command.db);
  for (const AddOutcome& outcome : board.rename(*command.run, command.names, command.reason))
    call.streams.out << "renamed, now run " << outcome.run << '\n';
  call.streams.out << "head " << board.head() << '\n';
  return kExitPassed;
}

constexpr CommandLine<AddCommand> kAdd = {add_help, bind_add, run_add};
constexpr CommandLine<ListCommand> kList = {list_help, bind_list, run_list};
constexpr CommandLine<ShowCommand> kShow = {show_help, bind_show, run_show};
constexpr CommandLine<ExportCommand> kExport = {export_help, bind_export, run_export};
constexpr CommandLine<VerifyCommand> kVerify = {verify_help, bind_verify, run_verify};
constexpr CommandLine<RebuildCommand> kRebuild = {rebuild_help, bind_rebuild, run_rebuild};
constexpr CommandLine<RemoveCommand> kRemove = {remove_help, bind_remove, run_remove};
constexpr CommandLine<RenameCommand> kRename = {rename_help, bind_rename, run_rename};

constexpr Job kJobs[] = {
    {"add", "add scored submissions (makes the file, with the published figures)",
     code_of_line<kAdd>()},
    {"list", "the runs and their ids", code_of_line<kList>()},
    {"show", "the standings: text, Markdown, LaTeX, CSV or HTML pages", code_of_line<kShow>()},
    {"export", "write the board as a folder of text files", code_of_line<kExport>()},
    {"verify", "tell whether anything was tampered with", code_of_line<kVerify>()},
    {"rebuild", "make the database from an export", code_of_line<kRebuild>()},
    {"rename", "give a submission another method, setting or team", code_of_line<kRename>()},
    {"remove", "take a run off the board", code_of_line<kRemove>()},
};

int run(const std::vector<std::string>& arguments, const Streams& streams) {
  return run_job_of("leaderboard",
                    "A leaderboard is one SQLite file. Ranks are never stored; published figures "
                    "never mix with measured ones; every\n"
                    "change is a row of a hash-chained audit.",
                    kJobs, arguments, streams);
}

}  // namespace

VerbCode leaderboard_code() {
  return {run, [] { return pages_of(kJobs); }};
}

}  // namespace angiobench::cli
