// SPDX-License-Identifier: MIT
#pragma once

#include <boost/program_options/options_description.hpp>
#include <boost/program_options/positional_options.hpp>
#include <boost/program_options/variables_map.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "cli/verb.h"

namespace angiobench::cli {

/// What `--help` of a verb shows: usage line, options, two worked examples.
struct HelpPage {
  std::string usage;                  // "angiobench score --dataset NAME -g DIR -p PATH [-o DIR]"
  std::string summary;                // what the verb does, a few lines
  std::vector<std::string> examples;  // "command   # what it shows", at least two
};

/// Parses arguments against `described` (plus --help). A pure function of its arguments but for the
/// help text, which goes to `streams.out` and makes the result empty ("help" set). Throws
/// Error{usage} with the option's name. `positional` may name options that take bare words.
boost::program_options::variables_map parse_options(
    const std::vector<std::string>& arguments,
    const boost::program_options::options_description& described,
    const boost::program_options::positional_options_description& positional, const HelpPage& help,
    const Streams& streams);

/// Whether the user asked for help (and got it), so that the verb has nothing else to do.
bool wants_help(const boost::program_options::variables_map& values);

/// The value of an option of text, empty where it is not given.
std::string text_of(const boost::program_options::variables_map& values, const char* name);

/// --quiet, --verbose, --color, --log-format, --jobs: flags that every verb takes.
struct CommonOptions {
  bool quiet = false;
  bool verbose = false;
  bool color = false;     // resolved from --color, NO_COLOR and whether stderr is a terminal
  bool json_log = false;  // --log-format json: one JSON object a line on stderr
  int jobs = 0;           // 0: all cores
};

/// Adds the flags of CommonOptions to a description.
void add_common_options(boost::program_options::options_description& described);
CommonOptions read_common_options(const boost::program_options::variables_map& values,
                                  const Streams& streams);

/// "a,b,@file" -> names; a file has one name a line, '#' starts a comment. Throws Error{input}.
std::vector<std::string> parse_name_list(std::string_view text);

}  // namespace angiobench::cli
