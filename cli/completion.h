// SPDX-License-Identifier: MIT
#pragma once

#include <span>
#include <string>
#include <vector>

#include "cli/help_page.h"

namespace angiobench::cli {

/// A verb as shells and manual pages show it.
struct VerbPages {
  std::string name;
  std::string summary;
  std::vector<HelpPage> pages;  // one, or one a job
};

/// Scripts that complete verbs, jobs, options and the words that these take.
std::string bash_completion(std::span<const VerbPages> verbs);
std::string zsh_completion(std::span<const VerbPages> verbs);
std::string fish_completion(std::span<const VerbPages> verbs);

/// The job's own word: "add" of "leaderboard add"; empty for a verb that is one job.
std::string job_of(const HelpPage& page);

}  // namespace angiobench::cli
