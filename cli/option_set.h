// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/option_value.h"
#include "dataset/error.h"

namespace angiobench::cli {

/// What help, manual pages and shells tell of an option or of a bare word.
struct OptionFacts {
  std::string name;      // "ground-truth"; of a bare word "RESULT"
  char letter = '\0';    // 'g'
  bool bare = false;     // a bare word: named by its place
  std::string required;  // what must be given ("the ground truth's folder"); empty: may be left out
  std::string help;
  std::string topic;  // told by `--help TOPIC` only; empty: by --help
  Arity arity = Arity::one;
  std::string metavar;
  std::string initial;
  std::vector<std::string> words;
  Completion completion = Completion::nothing;
  Access access = Access::none;

  /// "-g" where it has a letter, else "--ground-truth"; of a bare word its name.
  std::string shortest() const;
  /// "--ground-truth"; of a bare word its name.
  std::string longest() const;
};

/// An option as a command line gave it.
struct GivenOption {
  std::string name;
  Arity arity = Arity::one;
  Access access = Access::none;
  std::vector<std::string> texts;  // of a flag none
};

/// What came of a command line. Everything that is wrong with it is told, not only the first.
struct ParseReport {
  bool help = false;                  // --help stands there: nothing else was looked at
  std::string topic;                  // the word after it, where it is a topic
  std::vector<std::string> mistakes;  // "-g (the ground truth's folder) is missing"
};

/// The options of a job, each bound to its field, its help and its check when it is added.
class OptionSet {
 public:
  /// What can be said of an option after it was added.
  class Added {
   public:
    /// It must be given; `what` says what it is, in words ("the ground truth's folder").
    Added& required(std::string what);
    /// Another name under which libraries know it, beside its own with "_" for "-".
    Added& field(std::string name);
    /// What it names is written: no other option may read it, or what it lies in.
    Added& writes();
    /// What it names is a result.json or its folder, in which something else may be written.
    Added& reads_result();
    /// Where it is given, the rest stands in what it names: nothing else is required, no rule holds
    /// but those that name it, and of other options only those `beside` it and the common ones may
    /// be given.
    Added& stands_for_all_but(std::vector<std::string> beside);

   private:
    friend class OptionSet;
    Added(OptionSet& set, std::size_t at) : set_(set), at_(at) {}
    OptionSet& set_;
    std::size_t at_;
  };

  /// `names` is "ground-truth,g" or "dataset".
  Added add(std::string_view names, OptionValue value, std::string help);
  /// Words without a dash, in the order in which they are added; the last may be repeated. `name`
  /// is how help calls it.
  Added add_bare(std::string_view name, OptionValue value, std::string help);
  /// What is added from here on is told by `--help TOPIC`; "" ends that.
  void begin_topic(std::string_view topic);

  /// What several options must be together: `broken` returns "", or the mistake as a clause. It is
  /// asked when all are read, where none of those `about` has a mistake already.
  void rule(std::initializer_list<std::string_view> about, std::function<std::string()> broken);
  /// What a library says of the fields when all are read: its errors about fields, told as the
  /// flags that they belong to.
  void ask(std::function<std::vector<Error>()> library);

  /// Reads a command line (without the verb) into the fields. Knows nothing but its arguments, and
  /// where paths lead: nothing is written into what is read.
  ParseReport parse(const std::vector<std::string>& arguments);

  std::vector<OptionFacts> facts() const;
  /// The options that the command line gave, those that every job takes aside.
  std::vector<GivenOption> given() const;
  bool has(std::string_view name) const;
  /// "--top-k is 0; expected 1 or more", for an error about a field. Where no option has the
  /// field, the error's own words.
  std::string words_of(const Error& error) const;

 private:
  struct Option {
    OptionFacts facts;
    std::vector<std::string> fields;
    std::function<std::string(const std::string&)> put;
    std::vector<std::string> texts;  // as given
    bool given = false;
    bool mistaken = false;
    std::optional<std::vector<std::string>> beside;  // of one that stands for the others
  };
  struct Rule {
    std::vector<std::string> about;
    std::function<std::string()> broken;
  };
  struct Token;

  Option* find(std::string_view name);
  bool names_option(const std::string& token) const;
  const Option* find_field(std::string_view field) const;
  std::vector<Token> split(const std::vector<std::string>& arguments, ParseReport& report);
  std::vector<std::string> forgiven(const std::vector<std::string>& arguments) const;
  void take(Option& option, const std::string& text, ParseReport& report);
  void take_bare(std::size_t& place, const std::string& text, ParseReport& report);
  const Option* find_representative() const;
  void check_beside(const Option& representative, ParseReport& report);
  void check_together(ParseReport& report);
  void check_paths(ParseReport& report) const;
  std::string unknown_option(const std::string& word);

  std::vector<Option> options_;
  std::vector<Rule> rules_;
  std::vector<std::function<std::vector<Error>()>> libraries_;
  std::string topic_;
};

/// A command line, read into a struct of its own by a function that binds its fields.
template <typename Command>
struct Parsed {
  Command command;
  ParseReport report;
};

template <typename Command>
Parsed<Command> parse_command(void (*bind)(OptionSet&, Command&),
                              const std::vector<std::string>& arguments) {
  Parsed<Command> parsed;
  OptionSet options;
  bind(options, parsed.command);
  parsed.report = options.parse(arguments);
  return parsed;
}

}  // namespace angiobench::cli
