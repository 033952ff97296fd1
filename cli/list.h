// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "cli/command.h"

namespace angiobench::cli {

/// What `list` says of one thing: a line, or an object of a JSON array.
struct ListRow {
  std::string name;
  std::string title;
  std::vector<std::pair<std::string, std::string>> facts;  // key, value; empty values are left out
};

struct ListCommand {
  bool json = false;
};

void bind_list(OptionSet& options, ListCommand& command);
void print_list(const std::vector<ListRow>& rows, const ListCommand& command, const Call& call);

/// The job `list networks`, of the module "baselines".
VerbCode list_networks_code();

}  // namespace angiobench::cli
