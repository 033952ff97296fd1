// SPDX-License-Identifier: MIT
#include "cli/man_page.h"

#include <algorithm>

#include "cli/exit_code.h"

namespace angiobench::cli {
namespace {

// Text that troff takes as it is: no control lines, hyphens that can be copied.
std::string troff(const std::string& text) {
  std::string safe;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool starts_line = i == 0 || text[i - 1] == '\n';
    if (starts_line && (text[i] == '.' || text[i] == '\'')) safe += "\\&";
    if (text[i] == '\\') {
      safe += "\\e";
    } else if (text[i] == '-') {
      safe += "\\-";
    } else {
      safe += text[i];
    }
  }
  return safe;
}

std::string title_line(const std::string& name, const std::string& version) {
  std::string title = name;
  std::ranges::transform(title, title.begin(), [](char letter) {
    return letter >= 'a' && letter <= 'z' ? static_cast<char>(letter - 'a' + 'A') : letter;
  });
  return ".TH " + troff(title) + " 1 \"\" \"angiobench " + troff(version) + "\" \"angiobench\"\n";
}

std::string options_of(const HelpPage& page, const std::string& title, const std::string& topic,
                       bool bare) {
  std::string text;
  for (const OptionFacts& option : page.options) {
    if (option.bare != bare || (!bare && option.topic != topic)) continue;
    text += ".TP\n.B " + troff(option_heading(option)) + "\n" + troff(option_help(option)) + "\n";
  }
  return text.empty() ? text : ".SS " + title + "\n" + text;
}

std::string exit_codes() {
  std::string text = ".SH EXIT STATUS\n";
  for (const ExitCodeWords& row : kExitCodeWords)
    text += ".TP\n.B " + std::to_string(row.code) + "\n" + troff(std::string(row.words)) + "\n";
  return text;
}

}  // namespace

std::string man_page(const VerbPages& verb, const std::string& version) {
  std::string text = title_line("angiobench-" + verb.name, version);
  text += ".SH NAME\nangiobench\\-" + troff(verb.name) + " \\- " + troff(verb.summary) + "\n";
  text += ".SH SYNOPSIS\n.nf\n";
  for (const HelpPage& page : verb.pages) text += troff(page.text.usage) + "\n";
  text += ".fi\n";
  for (const HelpPage& page : verb.pages) {
    const bool is_only = verb.pages.size() == 1;
    std::string heading = is_only ? "DESCRIPTION" : job_of(page);
    text += ".SH " + troff(heading) + "\n" + troff(page.text.summary) + "\n";
    text += options_of(page, "Arguments", "", true);
    text += options_of(page, "Options", "", false);
    text += options_of(page, "Limits for files from strangers", kLimitsTopic, false);
    text += options_of(page, "Common options", kCommonTopic, false);
    text += ".SS Examples\n.nf\n";
    for (const std::string& example : page.text.examples) text += troff(example) + "\n";
    text += ".fi\n";
  }
  return text + exit_codes() + ".SH SEE ALSO\n.BR angiobench (1)\n";
}

std::string man_overview(std::span<const VerbPages> verbs, const std::string& version) {
  std::string text = title_line("angiobench", version);
  text +=
      ".SH NAME\nangiobench \\- benchmark and leaderboard suite for video object segmentation in "
      "X\\-ray angiography\n"
      ".SH SYNOPSIS\n.B angiobench\n.I VERB\n[options]\n.SH VERBS\n";
  for (const VerbPages& verb : verbs) {
    text += ".TP\n.BR angiobench\\-" + troff(verb.name) + " (1)\n" + troff(verb.summary) + "\n";
  }
  return text + exit_codes();
}

}  // namespace angiobench::cli
