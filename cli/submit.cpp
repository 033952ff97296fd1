// SPDX-License-Identifier: MIT
// The verb `submit`: hands a plan to a scheduler.
#include <fcntl.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/filesystem/operations.hpp>
#include <cerrno>
#include <cstring>
#include <ostream>

#include "cli/command.h"
#include "cli/exit_code.h"
#include "cli/terminal.h"
#include "cli/verbs.h"
#include "dataset/error.h"
#include "dataset/files/atomic_file.h"
#include "dataset/files/input_file.h"
#include "reports/platforms/slurm.h"

extern char** environ;  // NOLINT(readability-redundant-declaration): POSIX asks programs for it

namespace angiobench::cli {
namespace {

struct SlurmCommand {
  SlurmRequest request;
  std::string out;
  bool dry_run = false;
};

HelpText slurm_help() {
  return {"submit slurm",
          "angiobench submit slurm --plan FILE -o DIR [--sbatch-arg=…] [--dry-run]",
          "Writes array.sbatch and merge.sbatch into DIR, both to be read and edited, prints the "
          "two calls of sbatch and makes\n"
          "them: an array with a task a shard, whose parts lie in DIR/parts, and a merge after it "
          "into DIR/merged. Partition, time,\n"
          "memory and GPUs are the site's business: --sbatch-arg takes them, several times.",
          {"angiobench submit slurm --plan plan.json -o job --dry-run   # write and print, submit "
           "nothing",
           "angiobench submit slurm --plan predict.json -o job --sbatch-arg=--partition=gpu "
           "--sbatch-arg=--gres=gpu:1"}};
}

// The program as other machines find it, if they find it at all: where this one was started from.
std::string own_path() {
  boost::system::error_code code;
  const std::string path = boost::filesystem::read_symlink("/proc/self/exe", code).string();
  return code || path.empty() ? "angiobench" : path;
}

void bind_slurm(OptionSet& options, SlurmCommand& command) {
  options.add("plan", file(command.request.plan), "the plan").required("the plan's file");
  options
      .add("out,o", folder(command.out),
           "folder for the scripts, the logs, the parts and what they are merged into")
      .required("a folder that all nodes see")
      .writes();
  options.add(
      "sbatch-arg", texts(command.request.sbatch_args, "ARG"),
      "an argument of the array's sbatch, e.g. --sbatch-arg=--time=2:00:00; may be repeated");
  options.add("program", file(command.request.program),
              "the program on the nodes; default: this one");
  options.add("dry-run", flag(command.dry_run), "write the scripts, print the calls, make none");
}

std::string whole_path(const std::string& path) {
  boost::system::error_code code;
  return boost::filesystem::absolute(path, code).lexically_normal().string();
}

// What a program prints; throws where it cannot be run, or ends with another status than 0. No
// shell in between.
std::string output_of(const std::vector<std::string>& words) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0)
    throw Error(ErrorKind::input, words.front(),
                std::string("no pipe (") + std::strerror(errno) + ")");
  const Descriptor from(ends[0]);
  Descriptor into(ends[1]);
  std::vector<char*> arguments;
  std::vector<std::string> copies = words;
  for (std::string& word : copies) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, into.get(), STDOUT_FILENO);
  pid_t child = 0;
  const int failed =
      ::posix_spawnp(&child, words.front().c_str(), &actions, nullptr, arguments.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  if (failed != 0) {
    throw Error(ErrorKind::inconclusive, words.front(),
                std::string("cannot be run (") + std::strerror(failed) + ")",
                "Slurm's commands on this machine; --dry-run prints what to submit from another");
  }
  into = Descriptor();
  std::string text;
  std::array<char, 4096> block{};
  for (;;) {
    const ssize_t count = ::read(from.get(), block.data(), block.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) break;
    text.append(block.data(), static_cast<std::size_t>(count));
  }
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    throw Error(ErrorKind::inconclusive, words.front(),
                "ended with " + std::to_string(WIFEXITED(status) ? WEXITSTATUS(status) : 128),
                "a job that is taken; what it says stands above");
  }
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
  // "JOB;CLUSTER" where there are several clusters.
  return text.substr(0, text.find(';'));
}

void write_script(const std::string& path, const std::string& text) {
  write_file_atomically(path, std::string_view(text));
  constexpr mode_t kReadAndRun = 0755;
  (void)::chmod(path.c_str(), kReadAndRun);
}

// Whether anything stands at a path, be it a link that leads nowhere.
bool is_there(const std::string& path) {
  boost::system::error_code code;
  return boost::filesystem::exists(boost::filesystem::symlink_status(path, code));
}

int submit_slurm(const SlurmCommand& command, const Call& call) {
  const Plan plan = read_plan(command.request.plan);
  // The nodes may have another program than this machine, but what is here must be one.
  if (is_there(command.request.program)) check_input_file(command.request.program, "the program");
  if (is_there(command.out)) check_input_folder(command.out, "a folder for the scripts");
  SlurmRequest request = command.request;
  if (request.program.empty()) request.program = own_path();
  request.plan = whole_path(request.plan);
  const std::string folder = whole_path(command.out);
  request.parts = folder + "/parts";
  request.out = folder + "/merged";
  const std::string array = folder + "/array.sbatch";
  const std::string merge = folder + "/merge.sbatch";
  write_script(array, slurm_array_script(plan, request));
  write_script(merge, slurm_merge_script(plan, request));
  request.sbatch_args.insert(request.sbatch_args.begin(), "--output=" + folder + "/shard-%a.log");

  const std::vector<std::string> first = slurm_array_call(plan, request, array);
  std::ostream& out = call.streams.out;
  const auto second = [&](const std::string& job) {
    std::vector<std::string> words = slurm_merge_call(job, merge);
    words.insert(words.end() - 1, "--output=" + folder + "/merge.log");
    return words;
  };
  out << printable(shell_line(first)) << '\n';
  if (command.dry_run) {
    out << printable(shell_line(second("JOB"))) << "   # JOB: what the first call prints\n";
    return kExitPassed;
  }
  const std::string job = output_of(first);
  out << printable(shell_line(second(job))) << '\n';
  const std::string merge_job = output_of(second(job));
  out << "array " << printable(job) << ", merge " << printable(merge_job) << "; "
      << printable("angiobench status --plan " + request.plan + " " + request.parts)
      << " says how far it is\n";
  return kExitPassed;
}

constexpr CommandLine<SlurmCommand> kSlurm = {slurm_help, bind_slurm, submit_slurm};

constexpr Job kJobs[] = {
    {"slurm", "an array of a task a shard, and a merge after it", code_of_line<kSlurm>()},
};

int run(const std::vector<std::string>& arguments, const Streams& streams) {
  return run_job_of("submit",
                    "Hands a plan to a scheduler. Others than Slurm: docs/cluster.md has recipes "
                    "for GNU parallel and array jobs.",
                    kJobs, arguments, streams);
}

}  // namespace

VerbCode submit_code() {
  return {run, [] { return pages_of(kJobs); }};
}

}  // namespace angiobench::cli
