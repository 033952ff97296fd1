// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "cli/verb.h"

namespace angiobench::cli {

// One function a verb, each in the file of its name.
int run_check(const std::vector<std::string>& arguments, const Streams& streams);
int run_compare(const std::vector<std::string>& arguments, const Streams& streams);
int run_explain(const std::vector<std::string>& arguments, const Streams& streams);
int run_report(const std::vector<std::string>& arguments, const Streams& streams);
int run_pack(const std::vector<std::string>& arguments, const Streams& streams);
int run_score(const std::vector<std::string>& arguments, const Streams& streams);
int run_validate(const std::vector<std::string>& arguments, const Streams& streams);
int run_leaderboard(const std::vector<std::string>& arguments, const Streams& streams);
int run_reproduce(const std::vector<std::string>& arguments, const Streams& streams);
int run_version(const std::vector<std::string>& arguments, const Streams& streams);

}  // namespace angiobench::cli
