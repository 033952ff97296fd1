// SPDX-License-Identifier: MIT
// The verb `status`: which shards of a plan are done.
#include <algorithm>
#include <boost/filesystem/operations.hpp>
#include <ostream>

#include "cli/command.h"
#include "cli/exit_code.h"
#include "cli/planned.h"
#include "cli/terminal.h"
#include "cli/verbs.h"
#include "dataset/error.h"
#include "dataset/files/input_file.h"
#include "reports/runs/planned_run.h"

namespace angiobench::cli {
namespace {

struct StatusCommand {
  std::string plan;
  std::string folder;
};

HelpText help_page() {
  return {"status",
          "angiobench status --plan FILE DIR",
          "Says which shards of a plan are done in the folder that they share, and how much of the "
          "work that is. Exit 0 where\n"
          "all are, 4 where some are missing, with the list that --array= takes.",
          {"angiobench status --plan plan.json parts",
           "angiobench status --plan predict.json run   # clips that are whole count as done"}};
}

void bind(OptionSet& options, StatusCommand& command) {
  options.add("plan", file(command.plan), "the plan").required("the plan's file");
  options.add_bare("DIR", folder(command.folder), "the folder of its parts, clips or runs")
      .required("the folder of its parts, clips or runs");
}

// What is done, by item; prints what is there and cannot be used.
std::vector<bool> items_done(const StatusCommand& command, const Plan& plan, const Call& call) {
  std::vector<bool> done(plan.items.size());
  boost::system::error_code code;
  if (!boost::filesystem::exists(boost::filesystem::symlink_status(command.folder, code)))
    return done;
  check_input_folder(command.folder, "a folder of parts, clips or runs");
  if (plan.verb != PlannedVerb::score) {
    done.assign(plan.items.size(), true);
    for (const UndoneItem& one : undone_items(plan, command.folder)) {
      done[one.item] = false;
      if (!one.why.empty())
        print_message("warning", "'" + plan.items[one.item].name + "' " + one.why, call.common,
                      call.streams);
    }
    return done;
  }
  PartSet parts(plan, part_maker());
  for (const std::string& path : list_parts(command.folder, plan)) {
    try {
      parts.add(path);
    } catch (const Error& error) {
      print_message("warning", error.what(), call.common, call.streams);
    }
  }
  const std::vector<std::uint32_t> missing = parts.missing_shards();
  for (std::size_t i = 0; i < plan.items.size(); ++i)
    done[i] = !std::ranges::binary_search(missing, plan.items[i].shard);
  return done;
}

int status(const StatusCommand& command, const Call& call) {
  const Plan plan = read_plan(command.plan);
  const std::vector<bool> done = items_done(command, plan, call);
  std::uint64_t total = 0;
  std::uint64_t cost = 0;
  std::size_t num_done = 0;
  std::vector<std::uint32_t> missing;
  for (std::size_t i = 0; i < done.size(); ++i) {
    total += plan.items[i].cost;
    cost += done[i] ? plan.items[i].cost : 0;
    num_done += done[i] ? 1 : 0;
    if (!done[i]) missing.push_back(plan.items[i].shard);
  }
  std::ranges::sort(missing);
  missing.erase(std::unique(missing.begin(), missing.end()), missing.end());
  const double share = total == 0 ? 1 : static_cast<double>(cost) / static_cast<double>(total);
  std::ostream& out = call.streams.out;
  out << "plan " << plan.short_id() << " (" << verb_name(plan.verb)
      << "): " << plan.shards - missing.size() << " of " << plan.shards << " shards done, "
      << num_done << " of " << plan.items.size() << " items, " << static_cast<int>(100 * share)
      << " % of the work\n";
  if (missing.empty()) return kExitPassed;
  out << "missing: --array=" << array_list(missing) << '\n';
  return kExitInconclusive;
}

constexpr CommandLine<StatusCommand> kLine = {help_page, bind, status};

}  // namespace

VerbCode status_code() { return code_of_line<kLine>(); }

}  // namespace angiobench::cli
