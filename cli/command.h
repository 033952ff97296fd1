// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "cli/options.h"
#include "cli/stop.h"
#include "cli/verb.h"

namespace angiobench::cli {

/// What a job is called with, beside its own command.
struct Call {
  const std::vector<std::string>& arguments;
  const CommonOptions& common;
  const Streams& streams;
};

/// A job's command line: what is said of it, how it is bound to its struct, and what is done with
/// that.
template <typename Command>
struct CommandLine {
  HelpText (*text)();
  void (*bind)(OptionSet& options, Command& command);
  int (*act)(const Command& command, const Call& call);
};

/// Reads the arguments into the fields. Help goes to `out`, mistakes go to `err`, all of them; the
/// exit code where there is nothing more to do.
std::optional<int> read_arguments(OptionSet& options, const HelpText& text,
                                  const std::vector<std::string>& arguments,
                                  const Streams& streams);

/// Prints what is wrong with a command line, one form for all of it, and returns the exit code.
int tell_mistakes(const HelpText& text, std::span<const std::string> mistakes,
                  const Streams& streams);

/// What `make` makes; where it throws about one of its own fields, the error is about `field`,
/// which stands for it on this command line (--validate takes a data set, too).
template <typename Make>
auto as_field(const char* field, const Make& make) {
  try {
    return make();
  } catch (const Error& error) {
    if (error.field().empty()) throw;
    throw Error::about(error.kind(), field, error.found(), error.expected());
  }
}

/// Reads a command line and acts on it.
template <typename Command>
int run_command(const CommandLine<Command>& line, const std::vector<std::string>& arguments,
                const Streams& streams) {
  Command command;
  CommonOptions common;
  OptionSet options;
  line.bind(options, command);
  add_common_options(options, common);
  if (const std::optional<int> done = read_arguments(options, line.text(), arguments, streams))
    return *done;
  const StopSignals signals;
  try {
    return line.act(command, {arguments, common, streams});
  } catch (const Stopped& stopped) {
    return tell_stopped(stopped, streams);
  } catch (const Error& error) {
    // What a library says of a field is said of the flag that it belongs to.
    const std::string words = options.words_of(error);
    if (error.kind() == ErrorKind::usage) return tell_mistakes(line.text(), {{words}}, streams);
    if (error.field().empty()) throw;
    throw Error(error.kind(), "", words);
  }
}

/// What is said of a command line, as data.
template <typename Command>
HelpPage page_of(const CommandLine<Command>& line) {
  Command command;
  CommonOptions common;
  OptionSet options;
  line.bind(options, command);
  add_common_options(options, common);
  return {line.text(), options.facts()};
}

/// The code of a verb or job that is one command line. `line` is a constant of the verb's file.
template <const auto& line>
constexpr VerbCode code_of_line() {
  return {[](const std::vector<std::string>& arguments, const Streams& streams) {
            return run_command(line, arguments, streams);
          },
          [] { return std::vector<HelpPage>{page_of(line)}; }};
}

}  // namespace angiobench::cli
