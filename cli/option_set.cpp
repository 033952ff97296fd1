// SPDX-License-Identifier: MIT
#include "cli/option_set.h"

#include <algorithm>
#include <boost/program_options/errors.hpp>
#include <boost/program_options/options_description.hpp>
#include <boost/program_options/parsers.hpp>
#include <optional>
#include <span>
#include <utility>

#include "cli/help_page.h"

namespace angiobench::cli {
namespace {

namespace po = boost::program_options;

constexpr std::string_view kHelp = "help";

po::options_description describe(std::span<const OptionFacts> options) {
  po::options_description described;
  for (const OptionFacts& option : options) {
    if (option.bare) continue;
    std::string names = option.name;
    if (option.letter != '\0') names += std::string(",") + option.letter;
    if (option.arity == Arity::none) {
      described.add_options()(names.c_str(), "");
    } else if (option.arity == Arity::several) {
      described.add_options()(names.c_str(), po::value<std::vector<std::string>>()->multitoken());
    } else {
      described.add_options()(names.c_str(), po::value<std::string>());
    }
  }
  return described;
}

// What is wrong with the form of an option, in our words. `arity`: of the option, where it is one.
std::string wrong_form(const po::invalid_command_line_syntax& error, std::optional<Arity> arity) {
  const std::string name = error.get_option_name();
  // "--quick=": the flag has a value too many, and not too few.
  if (arity == Arity::none) return name + " takes no value";
  switch (error.kind()) {
    case po::invalid_syntax::missing_parameter:
    case po::invalid_syntax::empty_adjacent_parameter:
      return name + " comes without its value";
    case po::invalid_syntax::extra_parameter:
      return name + " takes no value";
    default:
      return std::string(error.what());
  }
}

// The name that a token gives to an option: "--out" of "--out=x", "-o" of "-ox". Empty for others.
std::string option_name(const std::string& token) {
  if (token.size() > 2 && token.starts_with("--")) return token.substr(0, token.find('='));
  if (token.size() > 1 && token[0] == '-' && token[1] != '-') return token.substr(0, 2);
  return {};
}

}  // namespace

std::string OptionFacts::shortest() const {
  return letter != '\0' ? std::string("-") + letter : longest();
}

std::string OptionFacts::longest() const { return bare ? name : "--" + name; }

OptionSet::Added& OptionSet::Added::required(std::string what) {
  set_.options_[at_].facts.required = std::move(what);
  return *this;
}

OptionSet::Added& OptionSet::Added::field(std::string name) {
  set_.options_[at_].fields.push_back(std::move(name));
  return *this;
}

OptionSet::Added& OptionSet::Added::writes() {
  set_.options_[at_].facts.access = Access::writes;
  return *this;
}

OptionSet::Added& OptionSet::Added::reads_result() {
  set_.options_[at_].facts.access = Access::reads_result;
  return *this;
}

OptionSet::Added& OptionSet::Added::stands_for_all_but(std::vector<std::string> beside) {
  set_.options_[at_].beside = std::move(beside);
  return *this;
}

OptionSet::Added OptionSet::add(std::string_view names, OptionValue value, std::string help) {
  Option option;
  const std::size_t comma = names.find(',');
  option.facts.name = names.substr(0, comma);
  if (comma != std::string_view::npos) option.facts.letter = names[comma + 1];
  expects(!has(option.facts.name), "an option is added once");
  option.facts.topic = topic_;
  option.facts.help = std::move(help);
  option.facts.arity = value.arity;
  option.facts.metavar = std::move(value.metavar);
  option.facts.initial = std::move(value.initial);
  option.facts.words = std::move(value.words);
  option.facts.completion = value.completion;
  option.facts.access = value.access;
  std::string field = option.facts.name;
  std::ranges::replace(field, '-', '_');
  option.fields.push_back(std::move(field));
  option.put = std::move(value.put);
  options_.push_back(std::move(option));
  return {*this, options_.size() - 1};
}

OptionSet::Added OptionSet::add_bare(std::string_view name, OptionValue value, std::string help) {
  Added added = add(name, std::move(value), std::move(help));
  options_.back().facts.bare = true;
  return added;
}

void OptionSet::begin_topic(std::string_view topic) { topic_ = topic; }

void OptionSet::rule(std::initializer_list<std::string_view> about,
                     std::function<std::string()> broken) {
  rules_.push_back({{about.begin(), about.end()}, std::move(broken)});
}

void OptionSet::ask(std::function<std::vector<Error>()> library) {
  libraries_.push_back(std::move(library));
}

bool OptionSet::has(std::string_view name) const {
  return std::ranges::any_of(options_,
                             [&](const Option& option) { return option.facts.name == name; });
}

std::vector<OptionFacts> OptionSet::facts() const {
  std::vector<OptionFacts> facts;
  for (const Option& option : options_) facts.push_back(option.facts);
  return facts;
}

std::vector<GivenOption> OptionSet::given() const {
  std::vector<GivenOption> given;
  for (const Option& option : options_) {
    if (!option.given || option.facts.topic == kCommonTopic) continue;
    given.push_back(
        {option.facts.name, option.facts.arity, option.facts.access,
         option.facts.arity == Arity::none ? std::vector<std::string>{} : option.texts});
  }
  return given;
}

OptionSet::Option* OptionSet::find(std::string_view name) {
  for (Option& option : options_) {
    if (option.facts.name == name) return &option;
  }
  return nullptr;
}

bool OptionSet::names_option(const std::string& token) const {
  const std::string name = option_name(token);
  return !name.empty() && std::ranges::any_of(options_, [&](const Option& option) {
    return !option.facts.bare &&
           (option.facts.longest() == name || option.facts.shortest() == name);
  });
}

const OptionSet::Option* OptionSet::find_field(std::string_view field) const {
  for (const Option& option : options_) {
    if (std::ranges::find(option.fields, field) != option.fields.end()) return &option;
  }
  return nullptr;
}

std::string OptionSet::words_of(const Error& error) const {
  const Option* const option = find_field(error.field());
  if (option == nullptr) return error.what();
  return option->facts.longest() + " " + error.clause();
}

// A piece of a command line: a value for an option, or a bare word.
struct OptionSet::Token {
  Option* option = nullptr;  // none: a bare word
  std::string text;
};

// Names of options as they are spelt in the table, whatever their case, with "_" taken for "-".
std::vector<std::string> OptionSet::forgiven(const std::vector<std::string>& arguments) const {
  std::vector<std::string> written = arguments;
  for (std::string& token : written) {
    if (token == "--") break;
    if (!token.starts_with("--")) continue;
    const std::size_t end = std::min(token.find('='), token.size());
    const std::string name = token.substr(2, end - 2);
    if (has(name)) continue;
    const std::string folded = folded_name(name);
    if (has(folded)) token = "--" + folded + token.substr(end);
  }
  return written;
}

std::string OptionSet::unknown_option(const std::string& word) {
  std::vector<std::string> known{"--help"};
  for (const Option& option : options_) {
    if (!option.facts.bare) known.push_back(option.facts.longest());
  }
  const std::vector<std::string> near = nearest_names(known, word);
  // What was most likely meant is not missing, too.
  for (Option& option : options_) {
    if (!near.empty() && option.facts.longest() == near.front()) option.mistaken = true;
  }
  return "unknown option '" + word + "'" +
         (near.empty() ? "" : "; did you mean " + list_of_words(near, "'") + "?");
}

// Program_options tells the first mistake of form and stops: what it stumbles over is told and
// taken away, until it gets through.
std::vector<OptionSet::Token> OptionSet::split(const std::vector<std::string>& arguments,
                                               ParseReport& report) {
  const std::vector<OptionFacts> facts = this->facts();
  const po::options_description described = describe(facts);
  const int style = po::command_line_style::default_style & ~po::command_line_style::allow_guessing;
  std::vector<std::string> rest = forgiven(arguments);
  std::optional<po::parsed_options> parsed;
  while (!parsed) {
    try {
      parsed =
          po::command_line_parser(rest).options(described).style(style).allow_unregistered().run();
    } catch (const po::invalid_command_line_syntax& error) {
      const std::string name = error.get_option_name();
      std::string other = name;  // the option's other name, which may be the one that was typed
      std::optional<Arity> arity;
      for (Option& option : options_) {
        if (option.facts.longest() != name && option.facts.shortest() != name) continue;
        option.mistaken = true;
        arity = option.facts.arity;
        other = option.facts.longest() == name ? option.facts.shortest() : option.facts.longest();
      }
      report.mistakes.push_back(wrong_form(error, arity));
      const auto at = std::ranges::find_if(rest, [&](const std::string& token) {
        return option_name(token) == name || option_name(token) == other;
      });
      if (at == rest.end()) return {};
      rest.erase(at);
    } catch (const po::error& error) {
      report.mistakes.emplace_back(error.what());
      return {};
    }
  }

  std::vector<Token> tokens;
  bool after_unknown = false;
  for (const po::option& found : parsed->options) {
    if (found.unregistered) {
      const std::string& word = found.original_tokens.front();
      report.mistakes.push_back(unknown_option(word.substr(0, word.find('='))));
      after_unknown = word.find('=') == std::string::npos;
      continue;
    }
    const bool is_bare = found.position_key >= 0;
    // What follows an unknown option is most likely its value.
    if (is_bare && std::exchange(after_unknown, false)) continue;
    after_unknown = false;
    Option* const option = is_bare ? nullptr : find(found.string_key);
    // An option where a value should stand: the value was forgotten ("--out=--quick" means it).
    if (option != nullptr && option->facts.arity != Arity::none &&
        found.original_tokens.size() > 1 && names_option(found.original_tokens[1])) {
      report.mistakes.push_back(option->facts.longest() + " comes without its value");
      option->mistaken = true;
      continue;
    }
    if (!is_bare && found.value.empty()) tokens.push_back({option, {}});
    for (const std::string& value : found.value) tokens.push_back({option, value});
  }
  return tokens;
}

void OptionSet::take(Option& option, const std::string& text, ParseReport& report) {
  const bool again = option.given && option.facts.arity == Arity::one;
  option.given = true;
  const std::string wrong = again ? "is given twice" : option.put(text);
  option.texts.push_back(text);
  if (wrong.empty()) return;
  option.mistaken = true;
  report.mistakes.push_back(option.facts.longest() + " " + wrong);
}

void OptionSet::take_bare(std::size_t& place, const std::string& text, ParseReport& report) {
  while (place < options_.size() && !options_[place].facts.bare) ++place;
  if (place == options_.size()) {
    report.mistakes.push_back("'" + text + "' is one word too many");
    return;
  }
  Option& option = options_[place];
  take(option, text, report);
  if (option.facts.arity == Arity::one) ++place;
}

// The option that was given and stands for the others, if there is one.
const OptionSet::Option* OptionSet::find_representative() const {
  const auto found = std::ranges::find_if(
      options_, [](const Option& option) { return option.given && option.beside; });
  return found == options_.end() ? nullptr : &*found;
}

void OptionSet::check_beside(const Option& representative, ParseReport& report) {
  for (Option& option : options_) {
    const bool may_stand = !option.given || &option == &representative ||
                           option.facts.topic == kCommonTopic ||
                           std::ranges::find(*representative.beside, option.facts.name) !=
                               representative.beside->end();
    if (may_stand) continue;
    option.mistaken = true;
    report.mistakes.push_back(option.facts.longest() + " is given, and " +
                              representative.facts.longest() +
                              " says it already; expected one of them");
  }
}

void OptionSet::check_together(ParseReport& report) {
  const Option* const representative = find_representative();
  if (representative != nullptr) check_beside(*representative, report);
  for (Option& option : options_) {
    if (representative != nullptr) break;
    if (option.facts.required.empty() || option.given || option.mistaken) continue;
    option.mistaken = true;
    report.mistakes.push_back(option.facts.shortest() + " (" + option.facts.required +
                              ") is missing");
  }
  for (const Rule& rule : rules_) {
    if (representative != nullptr &&
        std::ranges::find(rule.about, representative->facts.name) == rule.about.end())
      continue;
    const bool told = std::ranges::any_of(rule.about, [&](const std::string& name) {
      const Option* const option = find(name);
      expects(option != nullptr, "a rule is about options of its set");
      return option->mistaken;
    });
    if (told) continue;
    if (std::string mistake = rule.broken(); !mistake.empty())
      report.mistakes.push_back(std::move(mistake));
  }
  if (representative != nullptr) return;
  for (const auto& library : libraries_) {
    for (const Error& error : library()) {
      const Option* const option = find_field(error.field());
      if (option == nullptr || !option->mistaken) report.mistakes.push_back(words_of(error));
    }
  }
}

void OptionSet::check_paths(ParseReport& report) const {
  std::vector<NamedAccess> paths;
  for (const Option& option : options_) {
    if (option.mistaken || option.facts.access == Access::none) continue;
    for (const std::string& text : option.texts)
      paths.push_back({option.facts.longest(), text, option.facts.access});
  }
  for (std::size_t i = 0; i < paths.size(); ++i) {
    for (std::size_t j = 0; j < paths.size(); ++j) {
      // Of two that are written one is told.
      const bool is_told = paths[j].access == Access::writes && j <= i;
      if (paths[i].access != Access::writes || is_told) continue;
      if (std::string mistake = why_not_beside(paths[i], paths[j]); !mistake.empty())
        report.mistakes.push_back(std::move(mistake));
    }
  }
}

ParseReport OptionSet::parse(const std::vector<std::string>& arguments) {
  ParseReport report;
  for (auto at = arguments.begin(); at != arguments.end() && *at != "--"; ++at) {
    if (*at != "-h" && folded_name(*at) != "--help") continue;
    report.help = true;
    const auto is_topic = [&](const Option& option) {
      return at + 1 != arguments.end() && option.facts.topic == folded_name(*(at + 1));
    };
    if (std::ranges::any_of(options_, is_topic)) report.topic = folded_name(*(at + 1));
    return report;
  }
  std::size_t place = 0;
  for (const Token& token : split(arguments, report)) {
    if (token.option == nullptr) {
      take_bare(place, token.text, report);
    } else {
      take(*token.option, token.text, report);
    }
  }
  check_together(report);
  check_paths(report);
  return report;
}

}  // namespace angiobench::cli
