// SPDX-License-Identifier: MIT
#include "reports/paper_runs.h"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "dataset/characters.h"
#include "dataset/error.h"
#include "dataset/files/text.h"
#include "dataset/names.h"
#include "dataset/plan/duration.h"
#include "reports/paper_tables.h"
#include "reports/published.h"

namespace angiobench {
namespace {

// The setting that the paper's tables were made with, but for what a table varies.
constexpr int kTableWindow = 15;
constexpr int kTableInterval = 6;

constexpr const char* kOthers = "methods of others, which this program does not have";

// A row's first words: "unfold" of "unfold (the paper's)".
std::string first_words(const std::string& row) { return row.substr(0, row.find(" (")); }

// "Local matching (the paper's)" -> "local-matching".
std::string folder_name(const std::string& row) {
  std::string name;
  for (const char c : first_words(row)) {
    if (is_ascii_letter(c) || is_digit(c)) {
      name += lowered(c);
    } else if (!name.empty() && name.back() != '-') {
      name += '-';
    }
  }
  return name;
}

PaperSetting local(int window, int interval, const char* strategy) {
  return {"local", window, interval, strategy};
}

// Rows of table 1 that are ours.
PaperRun run_of_method(const std::string& row) {
  PaperRun run{row, folder_name(row), {}, {"xacv", "mosxav-val", "mosxav-test"}, false, {}, {}};
  if (row == "STCN") {
    run.setting = {"stcn", 0, 0, ""};
  } else if (row.starts_with("Local matching")) {
    run.setting = local(kTableWindow, kTableInterval, "");
  } else {
    run.cannot = kOthers;
    run.datasets.clear();
  }
  return run;
}

// Rows of table 2: the paper's network, with weights that were trained with each loss.
PaperRun run_of_loss(const std::string& row) {
  return {row, folder_name(row), local(kTableWindow, kTableInterval, ""), {"mosxav-val"}, true, {},
          {}};
}

PaperRun run_of_strategy(const std::string& row) {
  static const std::map<std::string, std::string> strategies = {
      {"baseline", "global"},
      {"feature shift", "shift"},
      {"depth-wise convolution", "depth-wise"},
      {"unfold", "unfold"}};
  PaperRun run{row, {}, {}, {}, false, {}, {}};
  const auto found = strategies.find(first_words(row));
  if (found == strategies.end()) {
    run.cannot = "no exact counterpart here";
    return run;
  }
  run.setting = local(kTableWindow, kTableInterval, found->second.c_str());
  if (found->second == "global") run.setting = {"stcn", 0, kTableInterval, "global"};
  run.datasets = {"mosxav-val"};
  if (found->second == "shift" || found->second == "depth-wise") {
    run.setting.network.clear();
    run.datasets.clear();
    run.note =
        "speed alone: here it is another way to the masks of 'unfold', in the paper a network "
        "trained with it";
  }
  return run;
}

// "k=15" of table 3b, "r=6" of 3c.
PaperRun run_of_number(const std::string& row) {
  const int number = std::stoi(row.substr(2));
  PaperRun run{row, {}, {}, {"mosxav-val"}, false, {}, {}};
  run.setting = row.starts_with("k=") ? local(number, kTableInterval, "local")
                                      : local(kTableWindow, number, "local");
  return run;
}

std::vector<PaperRun> all_runs(std::string_view table) {
  std::vector<PaperRun> runs;
  const PublishedFile& paper = published_paper();
  if (table == "table1") {
    for (const PublishedEntry& entry : paper.entries) {
      if (std::ranges::find(runs, entry.method, &PaperRun::row) == runs.end())
        runs.push_back(run_of_method(entry.method));
    }
    return runs;
  }
  for (const PublishedTable& part : paper.tables) {
    if (!part.name.starts_with(table)) continue;
    for (const PublishedRow& row : part.rows) {
      runs.push_back(part.name == "table2"    ? run_of_loss(row.label)
                     : part.name == "table3a" ? run_of_strategy(row.label)
                                              : run_of_number(row.label));
    }
  }
  for (PaperRun& run : runs) {
    if (run.folder.empty()) run.folder = run.setting.mask_name();
  }
  return runs;
}

std::string number_suffix(const char* letter, int number) {
  return number > 0 ? "-" + std::string(letter) + std::to_string(number) : std::string();
}

// Texts, each with the names that it is about, in the order in which they came.
class Grouped {
 public:
  void add(const std::string& text, const std::string& name) {
    auto group = std::ranges::find(groups_, text, [](const auto& one) { return one.first; });
    if (group == groups_.end()) {
      groups_.emplace_back(text, "");
      group = groups_.end() - 1;
    }
    if (!name.empty()) group->second += (group->second.empty() ? "" : "; ") + name;
  }
  bool empty() const { return groups_.empty(); }
  std::string text(const std::string& before_names) const {
    std::string text;
    for (const auto& [what, names] : groups_) {
      text += "  " + what + "\n";
      if (!names.empty())
        text += "  " + before_names + (before_names.empty() ? "  " : "") + names + "\n";
    }
    return text;
  }

 private:
  std::vector<std::pair<std::string, std::string>> groups_;
};

std::string work_text(const PaperTask& task) {
  if (!task.again.empty()) return "as for '" + task.again + "'";
  const bool is_speed = task.what == "speed";
  const std::string noun = is_speed ? "setting" : "clip";
  const std::string then = is_speed ? "" : ", score";
  if (task.left == 0) {
    return is_speed ? "measured already"
                    : "all " + plural(task.clips, noun) + " predicted already" + then;
  }
  std::string text = (is_speed ? "measure " : "predict ") + plural(task.left, noun);
  if (task.left < task.clips) text += " of " + std::to_string(task.clips);
  return text + ", " + plural(task.frames, "frame") + ", about " + duration_words(task.seconds) +
         then;
}

}  // namespace

std::string PaperSetting::mask_name() const {
  return network + number_suffix("w", window) + number_suffix("r", memory_every);
}

std::string PaperSetting::speed_name() const {
  return strategy + number_suffix("w", window) + number_suffix("r", memory_every);
}

std::vector<PaperRun> paper_runs(std::string_view table, std::string_view row) {
  const std::vector<std::string> tables = paper_table_names();
  if (std::ranges::find(tables, table) == tables.end()) {
    throw Error::about(ErrorKind::usage, "table", "is '" + std::string(table) + "'",
                       "one that can be run: " + list_of_words(tables));
  }
  std::vector<PaperRun> runs = all_runs(table);
  if (row.empty()) return runs;
  std::vector<std::string> names;
  for (const PaperRun& run : runs) names.push_back(run.row);
  for (PaperRun& run : runs) {
    if (is_row_called(run, row)) return {std::move(run)};
  }
  throw unknown_name("row", "is '" + std::string(row) + "', which is no row of the table", names,
                     row);
}

bool is_row_called(const PaperRun& run, std::string_view name) {
  return folded_name(run.row) == folded_name(name) ||
         folded_name(first_words(run.row)) == folded_name(name);
}

std::vector<std::string> unmeasurable_datasets(std::string_view table) {
  if (table != "table1") return {};
  return {"CADICA: " + why_unmeasurable("cadica")};
}

std::string where_to_get(std::string_view name) {
  if (name == "stcn") return "published at github.com/hkchengrex/STCN";
  if (name == "local") return "published at github.com/xilin-x/XRAVOS";
  return "to be had through the paper (arXiv 2601.00988) and its repositories xilin-x/xavos-eval "
         "and xilin-x/XRAVOS";
}

std::string paper_tasks_text(std::string_view table, std::span<const PaperRun> runs,
                             std::span<const PaperTask> tasks) {
  // One thing may be missing for several rows, one reason hold for many.
  Grouped lacking;
  Grouped cannot;
  std::string done;
  double seconds = 0;
  for (const PaperTask& task : tasks) {
    const std::string name = task.row + " on " + task.what;
    for (const std::string& lack : task.lacks) lacking.add(lack, name);
    if (!task.lacks.empty()) continue;
    seconds += task.seconds;
    done += "  " + task.row + ", " + task.what + ": " + work_text(task) + "\n";
  }
  for (const PaperRun& run : runs) {
    if (!run.cannot.empty()) cannot.add(run.cannot, run.row);
    if (!run.note.empty()) cannot.add(run.note, run.row);
  }
  for (const std::string& dataset : unmeasurable_datasets(table)) cannot.add(dataset, {});
  std::string text = std::string(table) + ": what is run\n";
  text += done.empty() ? "  nothing\n" : done;
  if (!lacking.empty()) text += "what is lacking\n" + lacking.text("  needed for ");
  if (!cannot.empty()) text += "what cannot be run\n" + cannot.text("");
  if (seconds > 0) {
    text += "in all about " + duration_words(seconds) +
            " of one core (estimated for networks of the published size)\n";
  }
  return text;
}

}  // namespace angiobench
