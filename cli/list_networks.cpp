// SPDX-License-Identifier: MIT
#include "baselines/predictors.h"
#include "cli/command.h"
#include "cli/exit_code.h"
#include "cli/list.h"

namespace angiobench::cli {
namespace {

HelpText help_page() {
  return {
      "list networks",
      "angiobench list networks [--json]",
      "What --network of 'predict' takes in this build, where each comes from, whether it needs "
      "weights.",
      {"angiobench list networks          # a line each",
       "angiobench list networks --json | jq -r '.[].name'   # the names for a script"}};
}

int list_networks(const ListCommand& command, const Call& call) {
  std::vector<ListRow> rows;
  for (const PredictorKind& kind : predictor_kinds()) {
    rows.push_back({std::string(kind.name),
                    std::string(kind.summary),
                    {{"source", std::string(kind.source)},
                     {"weights", kind.needs_weights ? "needed" : "none"}}});
  }
  print_list(rows, command, call);
  return kExitPassed;
}

constexpr CommandLine<ListCommand> kLine = {help_page, bind_list, list_networks};

}  // namespace

VerbCode list_networks_code() { return code_of_line<kLine>(); }

}  // namespace angiobench::cli
