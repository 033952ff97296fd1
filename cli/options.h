// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/option_set.h"
#include "dataset/words.h"

namespace angiobench::cli {

enum class ColorChoice { when_terminal, always, never };
enum class LogFormat { text, json };

/// --quiet, --verbose, --color, --log-format, --jobs: flags that every verb takes.
struct CommonOptions {
  bool quiet = false;
  bool verbose = false;
  ColorChoice color = ColorChoice::when_terminal;
  LogFormat log_format = LogFormat::text;  // json: one JSON object a line on stderr
  int jobs = 0;                            // 0: all cores
};

void add_common_options(OptionSet& options, CommonOptions& common);

/// "a,b,@file" -> names; a file has one name a line, '#' starts a comment. Throws Error{input}.
std::vector<std::string> parse_name_list(std::string_view text);

}  // namespace angiobench::cli
