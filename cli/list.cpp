// SPDX-License-Identifier: MIT
#include <algorithm>
#include <nlohmann/json.hpp>
#include <ostream>

#include "cli/command.h"
#include "cli/exit_code.h"
#include "cli/list.h"
#include "cli/modules.h"
#include "cli/verbs.h"
#include "dataset/benchmark.h"
#include "evaluator/measures.h"
#include "evaluator/protocol.h"
#include "reports/text_table.h"

namespace angiobench::cli {
namespace {

using Json = nlohmann::ordered_json;

HelpText help_of(const std::string& what, const std::string& words, const std::string& example) {
  return {"list " + what,
          "angiobench list " + what + " [--json]",
          words,
          {"angiobench list " + what + "          # a line each",
           "angiobench list " + what + " --json" + example}};
}

HelpText datasets_help() {
  return help_of("datasets",
                 "The benchmarks that are built in: what --dataset takes, what each is, the rules "
                 "that it is scored by.",
                 " | jq -r '.[].name'   # the names for a script");
}

HelpText protocols_help() {
  return help_of("protocols",
                 "The scoring rules that are built in: what --protocol takes, what they say, whose "
                 "scorer they follow.",
                 " | jq '.[] | select(.name == \"strict\")'   # one of them");
}

std::vector<ListRow> datasets() {
  std::vector<ListRow> rows;
  for (const std::string& name : benchmark_names()) {
    const BenchmarkDefinition benchmark = load_benchmark(name);
    rows.push_back(
        {name,
         benchmark.title,
         {{"layout", std::string(layout_name(benchmark.layout))},
          {"split", benchmark.split},
          {"task", benchmark.task == Task::objects ? std::string()
                                                   : std::string(task_name(benchmark.task))},
          {"protocol", benchmark.protocol}}});
  }
  return rows;
}

std::vector<ListRow> protocols() {
  std::vector<ListRow> rows;
  for (const std::string& name : protocol_names()) {
    const Protocol protocol = load_protocol(name);
    rows.push_back(
        {name,
         protocol.title,
         {{"task",
           protocol.task == Task::objects ? std::string() : std::string(task_name(protocol.task))},
          {"source", protocol.source},
          {"verified", verification_words(protocol.verified)}}});
  }
  return rows;
}

HelpText measures_help() {
  return help_of(
      "measures",
      "What is measured: what each number is called in files, what it says, which way is "
      "better.",
      " | jq -r '.[].name'   # the names for a script");
}

std::vector<ListRow> measure_rows() {
  std::vector<ListRow> rows;
  for (const Measure& measure : measures()) {
    rows.push_back({measure.id,
                    measure.words.empty() ? measure.name : measure.words,
                    {{"better", std::string(direction_name(measure.direction))},
                     {"unit", std::string(unit_name(measure.unit))}}});
  }
  return rows;
}

int list_measures(const ListCommand& command, const Call& call) {
  print_list(measure_rows(), command, call);
  return kExitPassed;
}

int list_datasets(const ListCommand& command, const Call& call) {
  print_list(datasets(), command, call);
  return kExitPassed;
}

int list_protocols(const ListCommand& command, const Call& call) {
  print_list(protocols(), command, call);
  return kExitPassed;
}

constexpr CommandLine<ListCommand> kDatasets = {datasets_help, bind_list, list_datasets};
constexpr CommandLine<ListCommand> kProtocols = {protocols_help, bind_list, list_protocols};

constexpr CommandLine<ListCommand> kMeasures = {measures_help, bind_list, list_measures};

// Networks are known to the module that has them.
constexpr VerbCode kNetworks = {
    [](const std::vector<std::string>& arguments, const Streams& streams) {
      return module_code("baselines", "list networks").run(arguments, streams);
    },
    []() -> std::vector<HelpPage> {
      try {
        return module_code("baselines", "list networks").pages();
      } catch (const Error&) {
        return {};  // where the module is not there, nothing is said of what it has
      }
    }};

constexpr Job kJobs[] = {
    {"datasets", "what --dataset takes", code_of_line<kDatasets>()},
    {"protocols", "what --protocol takes", code_of_line<kProtocols>()},
    {"measures", "what is measured", code_of_line<kMeasures>()},
    {"networks", "what --network takes", kNetworks},
};

int run(const std::vector<std::string>& arguments, const Streams& streams) {
  return run_job_of("list", "What is built in, a line each, with where it comes from.", kJobs,
                    arguments, streams);
}

}  // namespace

void bind_list(OptionSet& options, ListCommand& command) {
  options.add("json", flag(command.json), "print a JSON array");
}

void print_list(const std::vector<ListRow>& rows, const ListCommand& command, const Call& call) {
  std::ostream& out = call.streams.out;
  if (command.json) {
    Json document = Json::array();
    for (const ListRow& row : rows) {
      Json entry = {{"name", row.name}, {"title", row.title}};
      for (const auto& [key, value] : row.facts) {
        if (!value.empty()) entry[key] = value;
      }
      document.push_back(std::move(entry));
    }
    out << document.dump(2) << '\n';
    return;
  }
  std::size_t width = 0;
  for (const ListRow& row : rows) width = std::max(width, terminal_columns(row.name));
  for (const ListRow& row : rows) {
    out << row.name << std::string(width + 2 - terminal_columns(row.name), ' ') << row.title;
    std::string facts;
    for (const auto& [key, value] : row.facts) {
      if (!value.empty()) facts += (facts.empty() ? "" : "; ") + key + ": " + value;
    }
    if (!facts.empty()) out << " [" << facts << "]";
    out << '\n';
  }
}

VerbCode list_code() {
  return {run, [] { return pages_of(kJobs); }};
}

}  // namespace angiobench::cli
