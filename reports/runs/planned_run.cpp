// SPDX-License-Identifier: MIT
#include "reports/runs/planned_run.h"

#include <algorithm>
#include <boost/filesystem/operations.hpp>
#include <cstdlib>
#include <memory>
#include <utility>

#include "dataset/error.h"
#include "dataset/files/atomic_file.h"
#include "dataset/files/file_tree.h"
#include "dataset/files/json_fields.h"
#include "dataset/files/text.h"
#include "evaluator/plan/score_plan.h"

namespace angiobench {
namespace {

namespace fs = boost::filesystem;

// Files in a folder and those in it.
std::uint64_t count_files(const FileTree& tree, const std::string& folder) {
  std::uint64_t count = tree.files(folder).size();
  for (const std::string& inner : tree.folders(folder))
    count += count_files(tree, join_path(folder, inner));
  return count;
}

// Why a clip is not whole; empty where it is. `clips` is the manifest's.
std::string why_not_predicted(const PlanItem& item, const FileTree& tree, const Json& clips) {
  const auto record = clips.find(item.name);
  if (record == clips.end() || !record->is_object()) return "the manifest does not know it";
  const auto masks = record->find("masks");
  if (masks == record->end() || !masks->is_number_unsigned())
    return "the manifest does not say how many masks it has";
  const auto num_masks = masks->get<std::uint64_t>();
  const std::uint64_t found = count_files(tree, item.name);
  if (found != num_masks)
    return "has " + std::to_string(found) + " masks of the " + std::to_string(num_masks) +
           " that were written";
  if (num_masks < item.frames)
    return "has " + std::to_string(num_masks) + " masks of " + std::to_string(item.frames) +
           " frames";
  return {};
}

std::vector<UndoneItem> undone_clips(const Plan& plan, const std::string& folder) {
  boost::system::error_code code;
  const std::string path = folder + "/manifest.json";
  Json clips = Json::object();
  if (fs::exists(path, code)) {
    const Json manifest = parse_json(read_text_file(path), path);
    JsonFields fields(manifest, path);
    if (fields.has("clips")) {
      fields.object("clips");
      clips = fields.value("clips");
    }
  }
  std::unique_ptr<FileTree> tree;
  if (fs::exists(folder, code)) tree = open_folder(folder, FolderLinks::refuse);
  std::vector<UndoneItem> undone;
  for (std::size_t i = 0; i < plan.items.size(); ++i) {
    const PlanItem& item = plan.items[i];
    const bool is_there = tree != nullptr && fs::exists(folder + "/" + item.name, code);
    std::string why = is_there ? why_not_predicted(item, *tree, clips) : "";
    if (!is_there || !why.empty()) undone.push_back({i, std::move(why)});
  }
  return undone;
}

std::vector<UndoneItem> undone_runs(const Plan& plan, const std::string& folder) {
  boost::system::error_code code;
  std::vector<UndoneItem> undone;
  for (std::size_t i = 0; i < plan.items.size(); ++i) {
    const std::string run = folder + "/" + plan.items[i].name;
    if (fs::exists(run + "/weights.safetensors", code)) continue;
    undone.push_back({i, fs::exists(run, code) ? "is not at its end" : ""});
  }
  return undone;
}

// The rows of a csv file without its heading; none where there is no file.
std::vector<std::vector<std::string>> csv_rows(const std::string& path) {
  boost::system::error_code code;
  std::vector<std::vector<std::string>> rows;
  if (!fs::exists(path, code)) return rows;
  const std::string text = read_text_file(path);
  for (const std::string_view line : trimmed_lines(text)) {
    std::vector<std::string>& row = rows.emplace_back(1);
    for (const char c : line) {
      if (c == ',') {
        row.emplace_back();
      } else {
        row.back() += c;
      }
    }
  }
  if (!rows.empty()) rows.erase(rows.begin());
  return rows;
}

}  // namespace

RunOutcome merge_submission(const Plan& plan, const PartSet& parts, std::uint32_t submission,
                            const OpenSubmission& opened, RunRequest request) {
  std::vector<std::uint32_t> items;
  for (std::uint32_t i = 0; i < plan.items.size(); ++i) {
    if (plan.items[i].submission == submission) items.push_back(i);
  }
  check_items(plan, submission, items, opened, request.score.jobs);
  request.name = plan.submissions[submission];
  request.shards = plan.shards;
  request.scorer = [&](const OpenSubmission& whole, const MissingFrames& missing,
                       const ScoreOptions& options) {
    return score_parts(plan, parts, submission, whole, missing, options);
  };
  return run_submission(opened, request);
}

std::vector<UndoneItem> undone_items(const Plan& plan, const std::string& folder) {
  expects(plan.verb != PlannedVerb::score, "what was scored lies in parts");
  return plan.verb == PlannedVerb::predict ? undone_clips(plan, folder) : undone_runs(plan, folder);
}

std::string training_outcomes_csv(const Plan& plan, const std::string& folder) {
  std::string text = "run,steps,best_step,J&F,J,F,last_loss\n";
  for (const PlanItem& item : plan.items) {
    const std::string run = folder + "/" + item.name;
    const auto validations = csv_rows(run + "/validation.csv");
    const auto log = csv_rows(run + "/log.csv");
    const std::vector<std::string>* best = nullptr;
    double best_value = 0;
    for (const auto& row : validations) {
      if (row.size() < 4)
        throw Error(ErrorKind::input, run + "/validation.csv", "has a row of other cells",
                    "step,J&F,J,F");
      const double value = std::strtod(row[1].c_str(), nullptr);
      if (best != nullptr && value <= best_value) continue;
      best = &row;
      best_value = value;
    }
    const bool has_loss = !log.empty() && log.back().size() > 1;
    text += item.name + "," + (log.empty() ? std::to_string(item.frames) : log.back().front());
    for (std::size_t cell = 0; cell < 4; ++cell) text += "," + (best ? (*best)[cell] : "");
    text += "," + (has_loss ? log.back()[1] : "") + "\n";
  }
  return text;
}

std::vector<std::uint32_t> shards_of(const Plan& plan, const std::vector<UndoneItem>& items) {
  std::vector<std::uint32_t> shards;
  for (const UndoneItem& one : items) shards.push_back(plan.items[one.item].shard);
  std::ranges::sort(shards);
  shards.erase(std::unique(shards.begin(), shards.end()), shards.end());
  return shards;
}

}  // namespace angiobench
