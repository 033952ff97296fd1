// SPDX-License-Identifier: MIT
#include <boost/filesystem/operations.hpp>
#include <ostream>

#include "cli/command.h"
#include "cli/exit_code.h"
#include "cli/terminal.h"
#include "cli/verbs.h"
#include "dataset/benchmark_sketch.h"
#include "dataset/files/atomic_file.h"

namespace angiobench::cli {
namespace {

struct InitCommand {
  std::string folder;
  std::string name;
  std::string out;
  bool overwrite = false;
};

HelpText help_page() {
  return {"init benchmark",
          "angiobench init benchmark DIR [--name NAME] [-o FILE.json]",
          "Looks at a folder of masks and writes the benchmark definition that reads it, for "
          "--dataset FILE.json. Says what it\n"
          "saw, and what the folder could not tell. Changes nothing in the folder.",
          {"angiobench init benchmark masks -o mine.json   # then: validate dataset --dataset "
           "mine.json -g masks",
           "angiobench init benchmark study/GT --name study   # to the terminal"}};
}

void bind(OptionSet& options, InitCommand& command) {
  options.add_bare("DIR", folder(command.folder), "the data set's root: masks below it")
      .required("the folder of masks");
  options.add("name", text(command.name, "NAME"), "of the benchmark (default: the folder's)");
  options
      .add("out,o", file(command.out, "FILE.json"), "the file to write (default: standard output)")
      .writes();
  options.add("overwrite", flag(command.overwrite), "where the file is there already");
  options.rule({"out"}, [&command]() -> std::string {
    if (command.out.empty() || command.out.ends_with(".json")) return {};
    return "--out is '" + command.out + "'; expected a name that ends in .json, as --dataset wants";
  });
}

int init_benchmark(const InitCommand& command, const Call& call) {
  boost::system::error_code code;
  if (!command.out.empty() && !command.overwrite && boost::filesystem::exists(command.out, code))
    throw Error(ErrorKind::input, command.out, "exists already", "a new name, or --overwrite");
  const BenchmarkSketch sketch = sketch_benchmark(command.folder, command.name);
  for (const std::string& found : sketch.found)
    print_message("note", "found: " + found, call.common, call.streams);
  for (const std::string& unknown : sketch.unknown)
    print_message("note", "could not tell: " + unknown, call.common, call.streams);
  if (command.out.empty()) {
    call.streams.out << sketch.definition;
    return kExitPassed;
  }
  write_file_atomically(command.out, sketch.definition);
  call.streams.out << printable(command.out) << ": next: angiobench validate dataset --dataset "
                   << printable(command.out) << " -g " << printable(command.folder) << '\n';
  return kExitPassed;
}

constexpr CommandLine<InitCommand> kLine = {help_page, bind, init_benchmark};

constexpr Job kJobs[] = {
    {"benchmark", "a benchmark definition from a folder of masks", code_of_line<kLine>()},
};

int run(const std::vector<std::string>& arguments, const Streams& streams) {
  return run_job_of("init", "Makes the files that a data set of one's own needs.", kJobs, arguments,
                    streams);
}

}  // namespace

VerbCode init_code() {
  return {run, [] { return pages_of(kJobs); }};
}

}  // namespace angiobench::cli
