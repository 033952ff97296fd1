// SPDX-License-Identifier: MIT
#include "cli/command.h"

#include <algorithm>
#include <ostream>

#include "cli/exit_code.h"
#include "cli/terminal.h"

namespace angiobench::cli {
namespace {

void print_jobs(std::string_view verb, std::string_view about, std::span<const Job> jobs,
                std::ostream& out) {
  out << "Usage: angiobench " << verb << " JOB [options]      (angiobench " << verb
      << " JOB --help explains one)\n\n"
      << about << "\n\n";
  std::size_t width = 0;
  for (const Job& job : jobs) width = std::max(width, job.name.size());
  for (const Job& job : jobs) {
    out << "  " << job.name << std::string(width + 3 - job.name.size(), ' ') << job.summary << '\n';
  }
  out << "\nExamples:\n";
  for (const Job& job : jobs.first(std::min<std::size_t>(2, jobs.size()))) {
    // A job whose module is not there has none.
    for (const HelpPage& page : job.code.pages()) out << "  " << page.text.examples.front() << '\n';
  }
}

}  // namespace

int tell_mistakes(const HelpText& text, std::span<const std::string> mistakes,
                  const Streams& streams) {
  for (const std::string& mistake : mistakes)
    streams.err << "angiobench " << text.name << ": " << printable(mistake) << '\n';
  streams.err << "Usage: " << text.usage.substr(0, text.usage.find('\n')) << "; 'angiobench help "
              << text.name << "' shows more\n";
  return kExitUsage;
}

std::optional<int> read_arguments(OptionSet& options, const HelpText& text,
                                  const std::vector<std::string>& arguments,
                                  const Streams& streams) {
  const ParseReport report = options.parse(arguments);
  if (report.help) {
    streams.out << help_text({text, options.facts()}, report.topic);
    return kExitPassed;
  }
  if (report.mistakes.empty()) return std::nullopt;
  return tell_mistakes(text, report.mistakes, streams);
}

int run_job_of(std::string_view verb, std::string_view about, std::span<const Job> jobs,
               const std::vector<std::string>& arguments, const Streams& streams) {
  if (arguments.empty()) {
    print_jobs(verb, about, jobs, streams.err);
    return kExitUsage;
  }
  const bool asks_for_help = arguments.front() == "help";
  if (arguments.front() == "-h" || arguments.front() == "--help" ||
      (asks_for_help && arguments.size() == 1)) {
    print_jobs(verb, about, jobs, streams.out);
    return kExitPassed;
  }
  std::vector<std::string> names;
  for (const Job& job : jobs) names.emplace_back(job.name);
  const std::string& wanted = arguments[asks_for_help ? 1 : 0];
  const std::optional<std::string> name = resolve_name(names, wanted);
  if (!name) {
    const Error unknown = unknown_name("", "there is no job '" + wanted + "'", names, wanted);
    streams.err << "angiobench " << verb << ": " << printable(unknown.clause()) << '\n';
    return kExitUsage;
  }
  const Job& job = *std::ranges::find(jobs, *name, &Job::name);
  if (asks_for_help) return job.code.run({"--help"}, streams);
  return job.code.run({arguments.begin() + 1, arguments.end()}, streams);
}

std::vector<HelpPage> pages_of(std::span<const Job> jobs) {
  std::vector<HelpPage> pages;
  for (const Job& job : jobs) {
    for (HelpPage& page : job.code.pages()) pages.push_back(std::move(page));
  }
  return pages;
}

}  // namespace angiobench::cli
