// SPDX-License-Identifier: MIT
// The verbs `completion` and `man`: what is said of all other verbs, for shells and for man.
#include <algorithm>
#include <ostream>

#include "cli/command.h"
#include "cli/completion.h"
#include "cli/exit_code.h"
#include "cli/man_page.h"
#include "cli/result_files.h"
#include "cli/terminal.h"
#include "cli/verbs.h"
#include "cli/version.h"

namespace angiobench::cli {
namespace {

enum class Shell { bash, zsh, fish };

constexpr auto kShells =
    words<Shell>({{"bash", Shell::bash}, {"zsh", Shell::zsh}, {"fish", Shell::fish}});

// All verbs that people type. A module that is not there has no pages, and is no obstacle.
std::vector<VerbPages> all_pages(const Call& call) {
  std::vector<VerbPages> all;
  for (const Verb& verb : verbs()) {
    if (verb.group == VerbGroup::hidden) continue;
    VerbPages one{std::string(verb.name), std::string(verb.summary), {}};
    try {
      one.pages = code_of(verb).pages();
    } catch (const Error& error) {
      print_message("warning", error.what(), call.common, call.streams);
    }
    if (!one.pages.empty()) all.push_back(std::move(one));
  }
  return all;
}

// ---- completion ----

struct CompletionCommand {
  Shell shell = Shell::bash;
};

HelpText completion_help() {
  return {"completion",
          "angiobench completion bash|zsh|fish",
          "Prints a script that completes verbs, options and the words that they take.",
          {"angiobench completion bash > ~/.local/share/bash-completion/completions/angiobench",
           "angiobench completion zsh > ~/.zfunc/_angiobench   # a folder of $fpath",
           "angiobench completion fish > ~/.config/fish/completions/angiobench.fish"}};
}

void bind_completion(OptionSet& options, CompletionCommand& command) {
  options.add_bare("SHELL", choice(command.shell, kShells), "bash, zsh or fish")
      .required("bash, zsh or fish");
}

int print_completion(const CompletionCommand& command, const Call& call) {
  const std::vector<VerbPages> pages = all_pages(call);
  call.streams.out << (command.shell == Shell::bash  ? bash_completion(pages)
                       : command.shell == Shell::zsh ? zsh_completion(pages)
                                                     : fish_completion(pages));
  return kExitPassed;
}

constexpr CommandLine<CompletionCommand> kCompletion = {completion_help, bind_completion,
                                                        print_completion};

// ---- man ----

struct ManCommand {
  std::string verb;
  std::string out;
};

HelpText man_help() {
  return {
      "man",
      "angiobench man [VERB]\nangiobench man -o DIR",
      "Prints a manual page (troff), or writes those of all verbs into a folder. The build runs "
      "it; installed pages are read\nwith man angiobench-VERB.",
      {"angiobench man score | man -l -   # one page", "angiobench man -o share/man/man1"}};
}

void bind_man(OptionSet& options, ManCommand& command) {
  options.add_bare("VERB", text(command.verb, "VERB"), "the verb; default: the program's own page");
  options.add("out,o", folder(command.out), "folder for the pages of all verbs").writes();
}

int print_man(const ManCommand& command, const Call& call) {
  const std::vector<VerbPages> pages = all_pages(call);
  if (!command.out.empty()) {
    OutputFolder folder(command.out, ExistingFolder::update, {"angiobench.1"});
    folder.write("angiobench.1", man_overview(pages, tool_version()));
    for (const VerbPages& page : pages)
      folder.write("angiobench-" + page.name + ".1", man_page(page, tool_version()));
    tell_placed(folder.commit(), command.out, call);
    return kExitPassed;
  }
  if (command.verb.empty()) {
    call.streams.out << man_overview(pages, tool_version());
    return kExitPassed;
  }
  std::vector<std::string> names;
  for (const VerbPages& page : pages) names.push_back(page.name);
  const std::optional<std::string> name = resolve_name(names, command.verb);
  if (!name) throw unknown_name("", "there is no verb '" + command.verb + "'", names, command.verb);
  call.streams.out << man_page(*std::ranges::find(pages, *name, &VerbPages::name), tool_version());
  return kExitPassed;
}

constexpr CommandLine<ManCommand> kMan = {man_help, bind_man, print_man};

}  // namespace

VerbCode completion_code() { return code_of_line<kCompletion>(); }

VerbCode man_code() { return code_of_line<kMan>(); }

}  // namespace angiobench::cli
