// SPDX-License-Identifier: MIT
#include "cli/completion.h"

#include <algorithm>

namespace angiobench::cli {
namespace {

std::string joined(std::span<const std::string> words, const std::string& between = " ") {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : between) + word;
  return text;
}

std::vector<std::string> names_of(std::span<const VerbPages> verbs) {
  std::vector<std::string> names;
  for (const VerbPages& verb : verbs) names.push_back(verb.name);
  names.emplace_back("help");
  return names;
}

std::vector<std::string> jobs_of(const VerbPages& verb) {
  std::vector<std::string> jobs;
  for (const HelpPage& page : verb.pages) {
    if (!job_of(page).empty()) jobs.push_back(job_of(page));
  }
  return jobs;
}

std::vector<std::string> flags_of(const OptionFacts& option) {
  std::vector<std::string> flags;
  if (option.bare) return flags;
  if (option.letter != '\0') flags.push_back(option.shortest());
  flags.push_back(option.longest());
  return flags;
}

// A text between single quotes of a shell.
std::string in_quotes(const std::string& text) {
  std::string safe = "'";
  for (const char letter : text)
    safe += letter == '\'' ? std::string("'\\''") : std::string(1, letter);
  return safe + "'";
}

// The first clause of a help text, short enough for a list of completions.
std::string in_brief(const std::string& help) {
  constexpr std::size_t kMost = 70;
  std::string brief = help.substr(0, help.find_first_of(";(\n"));
  while (brief.ends_with(' ') || brief.ends_with(':')) brief.pop_back();
  if (brief.size() <= kMost) return brief;
  brief.resize(brief.rfind(' ', kMost));
  return brief + " ...";
}

// ---- bash ----

std::string bash_words(const OptionFacts& option) {
  std::string reply;
  if (!option.words.empty())
    reply += " $(compgen -W " + in_quotes(joined(option.words)) + " -- \"$cur\")";
  if (option.completion == Completion::files) reply += " $(compgen -f -- \"$cur\")";
  if (option.completion == Completion::folders) reply += " $(compgen -d -- \"$cur\")";
  return "COMPREPLY=(" + reply + (reply.empty() ? ")" : " )");
}

std::string bash_job(const HelpPage& page) {
  std::string values;
  std::string flags = "--help";
  std::string bare = "COMPREPLY=( $(compgen -f -- \"$cur\") )";
  bool has_bare = false;
  for (const OptionFacts& option : page.options) {
    if (option.bare) {
      // Words first, where both are bare: the first place is the one that has a few words.
      if (!has_bare) bare = bash_words(option);
      has_bare = true;
      continue;
    }
    flags += " " + option.longest();
    if (option.arity == Arity::none) continue;
    values +=
        "        " + joined(flags_of(option), "|") + ") " + bash_words(option) + "; return ;;\n";
  }
  std::string text = "    " + in_quotes(page.text.name) + ")\n";
  if (!values.empty()) text += "      case $prev in\n" + values + "      esac\n";
  return text + "      if [[ $cur == -* ]]; then COMPREPLY=( $(compgen -W " + in_quotes(flags) +
         " -- \"$cur\") ); return; fi\n      " + bare + " ;;\n";
}

// ---- zsh ----

// What stands in the brackets or between the colons of a specification of _arguments.
std::string zsh_safe(const std::string& text) {
  std::string safe;
  for (const char letter : text) {
    if (letter == '[' || letter == ']' || letter == ':' || letter == '\\') safe += '\\';
    safe += letter;
  }
  return safe;
}

std::string zsh_action(const OptionFacts& option) {
  const std::string words = joined(option.words);
  const bool has_files = option.completion == Completion::files;
  if (!words.empty() && has_files)
    return "{_alternative \"words:name:(" + words + ")\" \"files:file:_files\"}";
  if (!words.empty()) return "(" + words + ")";
  if (has_files) return "_files";
  if (option.completion == Completion::folders) return "_files -/";
  return " ";
}

std::string zsh_option(const OptionFacts& option) {
  const std::string value = ":" + zsh_safe(option.metavar) + ":" + zsh_action(option);
  if (option.bare) {
    const std::string place = option.arity == Arity::one ? "" : "*";
    return "        " + in_quotes(place + ":" + zsh_safe(option.name) + ":" + zsh_action(option)) +
           " \\\n";
  }
  std::string text;
  for (const std::string& name : flags_of(option)) {
    std::string spec = option.arity == Arity::repeated || option.arity == Arity::several ? "*" : "";
    spec += name + "[" + zsh_safe(in_brief(option.help)) + "]";
    if (option.arity != Arity::none) spec += value;
    text += "        " + in_quotes(spec) + " \\\n";
  }
  return text;
}

std::string zsh_described(std::span<const std::pair<std::string, std::string>> rows) {
  std::string text;
  for (const auto& [name, summary] : rows)
    text += "      " + in_quotes(name + ":" + zsh_safe(summary)) + "\n";
  return text;
}

// ---- fish ----

std::string fish_option(const std::string& when, const OptionFacts& option) {
  std::string line = "complete -c angiobench -n " + in_quotes(when);
  if (!option.bare) {
    if (option.letter != '\0') line += std::string(" -s ") + option.letter;
    line += " -l " + option.name + " -d " + in_quotes(in_brief(option.help));
    if (option.arity != Arity::none) line += " -r";
  }
  const bool takes_files =
      option.completion == Completion::files || option.completion == Completion::folders;
  if (option.arity != Arity::none && !takes_files) line += " -f";
  if (option.completion == Completion::folders) {
    line += " -f -a '(__fish_complete_directories)'";
  } else if (!option.words.empty()) {
    line += " -a " + in_quotes(joined(option.words));
    if (takes_files && !option.bare) line += " -F";
  }
  return line + "\n";
}

}  // namespace

std::string job_of(const HelpPage& page) {
  const std::size_t blank = page.text.name.find(' ');
  return blank == std::string::npos ? std::string{} : page.text.name.substr(blank + 1);
}

std::string bash_completion(std::span<const VerbPages> verbs) {
  std::string jobs;
  std::string cases;
  for (const VerbPages& verb : verbs) {
    if (const std::vector<std::string> own = jobs_of(verb); !own.empty())
      jobs += "    " + in_quotes(verb.name) + ") jobs=" + in_quotes(joined(own)) + " ;;\n";
    for (const HelpPage& page : verb.pages) cases += bash_job(page);
  }
  return "# bash completion for angiobench; made by 'angiobench completion bash'\n"
         "_angiobench() {\n"
         "  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} jobs=\n"
         "  local job=${COMP_WORDS[1]} at=1\n"
         "  COMPREPLY=()\n"
         "  # \"--option=value\" comes in three words.\n"
         "  if [[ $cur == = ]]; then cur=; elif [[ $prev == = ]]; then "
         "prev=${COMP_WORDS[COMP_CWORD-2]}; fi\n"
         "  if [[ $job == help && $COMP_CWORD -gt 1 ]]; then job=${COMP_WORDS[2]}; at=2; fi\n"
         "  if (( COMP_CWORD == at )); then\n"
         "    COMPREPLY=( $(compgen -W " +
         in_quotes(joined(names_of(verbs)) + " limits") +
         " -- \"$cur\") ); return\n"
         "  fi\n"
         "  case $job in\n" +
         jobs +
         "  esac\n"
         "  if [[ -n $jobs ]]; then\n"
         "    if (( COMP_CWORD == at + 1 )); then\n"
         "      COMPREPLY=( $(compgen -W \"$jobs --help\" -- \"$cur\") ); return\n"
         "    fi\n"
         "    job=\"$job ${COMP_WORDS[at+1]}\"\n"
         "  fi\n"
         "  case $job in\n" +
         cases +
         "  esac\n"
         "}\n"
         "complete -o filenames -F _angiobench angiobench\n";
}

std::string zsh_completion(std::span<const VerbPages> verbs) {
  std::vector<std::pair<std::string, std::string>> rows;
  std::string cases;
  for (const VerbPages& verb : verbs) {
    rows.emplace_back(verb.name, verb.summary);
    std::vector<std::pair<std::string, std::string>> jobs;
    for (const HelpPage& page : verb.pages) {
      if (!job_of(page).empty()) jobs.emplace_back(job_of(page), in_brief(page.text.summary));
      std::string options;
      for (const OptionFacts& option : page.options) options += zsh_option(option);
      cases += "    " + in_quotes(page.text.name) + ")\n      _arguments \\\n" + options +
               "        '--help[show the help page]' ;;\n";
    }
    if (!jobs.empty()) {
      cases += "    " + in_quotes(verb.name) + ")\n      local -a jobs=(\n" + zsh_described(jobs) +
               "      )\n      _describe job jobs ;;\n";
    }
  }
  std::string with_jobs;
  for (const VerbPages& verb : verbs) {
    if (!jobs_of(verb).empty()) with_jobs += (with_jobs.empty() ? "" : "|") + verb.name;
  }
  rows.emplace_back("help", "explains a verb");
  return "#compdef angiobench\n"
         "# zsh completion for angiobench; made by 'angiobench completion zsh'\n"
         "_angiobench() {\n"
         "  if (( CURRENT == 2 )); then\n"
         "    local -a verbs=(\n" +
         zsh_described(rows) +
         "    )\n"
         "    _describe verb verbs\n"
         "    return\n"
         "  fi\n"
         "  local job=$words[2] taken=1\n"
         "  if [[ $job == (" +
         with_jobs +
         ") ]] && (( CURRENT > 3 )); then job=\"$job $words[3]\"; taken=2; fi\n"
         "  # _arguments sees the words of the job alone.\n"
         "  shift $taken words\n"
         "  (( CURRENT -= taken ))\n"
         "  case $job in\n" +
         cases + "    help) _arguments '1:verb:(" + joined(names_of(verbs)) +
         ")' ;;\n"
         "  esac\n"
         "}\n"
         "if [[ $zsh_eval_context[-1] == loadautofunc ]]; then _angiobench \"$@\"; else compdef "
         "_angiobench angiobench; fi\n";
}

std::string fish_completion(std::span<const VerbPages> verbs) {
  std::string text =
      "# fish completion for angiobench; made by 'angiobench completion fish'\n"
      "# Whether the words before the cursor are exactly this verb (and job).\n"
      "function __angiobench_at\n"
      "    set -l words (commandline -opc)\n"
      "    test (count $words) -ge (math (count $argv) + 1); or return 1\n"
      "    for i in (seq (count $argv))\n"
      "        set -l at (math $i + 1)\n"
      "        test \"$words[$at]\" = \"$argv[$i]\"; or return 1\n"
      "    end\n"
      "end\n"
      "# Whether so many words stand before the cursor.\n"
      "function __angiobench_after\n"
      "    test (count (commandline -opc)) -eq $argv[1]\n"
      "end\n";
  for (const VerbPages& verb : verbs) {
    text += "complete -c angiobench -n '__angiobench_after 1' -f -a " + in_quotes(verb.name) +
            " -d " + in_quotes(verb.summary) + "\n";
    text += "complete -c angiobench -n '__angiobench_at help; and __angiobench_after 2' -f -a " +
            in_quotes(verb.name) + "\n";
    for (const HelpPage& page : verb.pages) {
      if (!job_of(page).empty()) {
        text += "complete -c angiobench -n '__angiobench_at " + verb.name +
                "; and __angiobench_after 2' -f -a " + in_quotes(job_of(page)) + " -d " +
                in_quotes(in_brief(page.text.summary)) + "\n";
      }
      for (const OptionFacts& option : page.options)
        text += fish_option("__angiobench_at " + page.text.name, option);
      text += "complete -c angiobench -n '__angiobench_at " + page.text.name +
              "' -l help -s h -d 'show the help page'\n";
    }
  }
  return text;
}

}  // namespace angiobench::cli
