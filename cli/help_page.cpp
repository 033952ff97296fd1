// SPDX-License-Identifier: MIT
#include "cli/help_page.h"

#include <algorithm>
#include <functional>
#include <sstream>

namespace angiobench::cli {
namespace {

constexpr std::size_t kWidth = 100;
constexpr std::size_t kHelpColumn = 26;

// Words from the help's column on, wrapped, below or beside a heading.
std::string entry(const std::string& heading, const std::string& words) {
  std::string text = "  " + heading;
  std::size_t column = text.size();
  const auto new_line = [&] {
    text += '\n' + std::string(kHelpColumn, ' ');
    column = kHelpColumn;
  };
  if (column + 2 > kHelpColumn) {
    new_line();
  } else {
    text += std::string(kHelpColumn - column, ' ');
    column = kHelpColumn;
  }
  std::istringstream stream(words);
  std::string word;
  bool is_first = true;
  while (stream >> word) {
    if (!is_first && column + 1 + word.size() > kWidth) {
      new_line();
      is_first = true;
    }
    if (!is_first) text += ' ';
    text += word;
    column += word.size() + (is_first ? 0 : 1);
    is_first = false;
  }
  return text + '\n';
}

std::string entries(const HelpPage& page, const std::string& title,
                    const std::function<bool(const OptionFacts&)>& wanted) {
  std::string text;
  for (const OptionFacts& option : page.options) {
    if (wanted(option)) text += entry(option_heading(option), option_help(option));
  }
  return text.empty() ? text : "\n" + title + ":\n" + text;
}

std::string usage_lines(const std::string& usage) {
  std::string text = "Usage: ";
  for (const char letter : usage) {
    text += letter;
    if (letter == '\n') text += "       ";
  }
  return text + "\n";
}

}  // namespace

std::string option_heading(const OptionFacts& option) {
  if (option.bare) return option.name + (option.arity == Arity::one ? "" : "...");
  std::string heading = option.letter != '\0' ? std::string("-") + option.letter + ", " : "";
  heading += option.longest();
  if (option.arity == Arity::none) return heading;
  return heading + " " + option.metavar + (option.arity == Arity::several ? "..." : "");
}

std::string option_help(const OptionFacts& option) {
  std::string text = option.help;
  if (!option.initial.empty() && option.arity == Arity::one && !option.bare)
    text += " [" + option.initial + "]";
  return text;
}

std::string help_text(const HelpPage& page, const std::string& topic) {
  const auto of_topic = [&](const std::string& wanted) {
    return [wanted](const OptionFacts& option) { return !option.bare && option.topic == wanted; };
  };
  if (!topic.empty()) {
    return usage_lines(page.text.usage) + entries(page, "Options (" + topic + ")", of_topic(topic));
  }
  std::string text = usage_lines(page.text.usage) + "\n" + page.text.summary + "\n";
  text += entries(page, "Arguments", [](const OptionFacts& option) { return option.bare; });
  text += entries(page, "Options", of_topic(""));
  text += entries(page, "Common options", of_topic(kCommonTopic));
  text += entry("-h, --help", "show this page");
  if (std::ranges::any_of(page.options, of_topic(kLimitsTopic)))
    text += entry("--help limits", "show the limits for files from strangers, which can be set");
  text += "\nExamples:\n";
  for (const std::string& example : page.text.examples) text += "  " + example + '\n';
  return text;
}

}  // namespace angiobench::cli
