// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "cli/option_set.h"

namespace angiobench::cli {

/// What people are told of a job beside its options.
struct HelpText {
  std::string name;                   // "score", "leaderboard add"
  std::string usage;                  // "angiobench score …"; a line a form
  std::string summary;                // what it does, a few lines
  std::vector<std::string> examples;  // "command   # what it shows", at least two
};

/// All that is said of a job, as data: help, manual pages and completions are made from it.
struct HelpPage {
  HelpText text;
  std::vector<OptionFacts> options;
};

/// The topic of the options that every job takes.
inline constexpr const char* kCommonTopic = "common";
/// The topic of the limits for files from strangers.
inline constexpr const char* kLimitsTopic = "limits";

/// What `--help`, or `--help TOPIC`, prints. Options of a topic of their own are only named in it;
/// those that every job takes stand at the end of each page.
std::string help_text(const HelpPage& page, const std::string& topic = {});

/// "-g, --ground-truth DIR", "--timing", "RESULT...".
std::string option_heading(const OptionFacts& option);

/// The help of an option with what holds where it is not given.
std::string option_help(const OptionFacts& option);

}  // namespace angiobench::cli
