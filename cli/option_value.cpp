// SPDX-License-Identifier: MIT
#include "cli/option_value.h"

#include <algorithm>
#include <utility>

namespace angiobench::cli {
namespace {

OptionValue one_text(std::string& field, std::string metavar, Completion completion) {
  OptionValue value;
  value.metavar = std::move(metavar);
  value.initial = field;
  value.completion = completion;
  if (completion == Completion::files || completion == Completion::folders)
    value.access = Access::reads;
  value.put = [&field](const std::string& text) {
    field = text;
    return std::string{};
  };
  return value;
}

OptionValue more_texts(std::vector<std::string>& field, std::string metavar,
                       Completion completion) {
  OptionValue value;
  value.arity = Arity::repeated;
  value.metavar = std::move(metavar);
  value.completion = completion;
  if (completion == Completion::files || completion == Completion::folders)
    value.access = Access::reads;
  value.put = [&field](const std::string& text) {
    field.push_back(text);
    return std::string{};
  };
  return value;
}

}  // namespace

std::string wrong_value(const std::string& text, const std::string& expected) {
  const bool is_number = parse_number<double>(text).has_value();
  return "is " + (is_number ? text : "'" + text + "'") + "; expected " + expected;
}

OptionValue flag(bool& field) {
  OptionValue value;
  value.arity = Arity::none;
  value.put = [&field](const std::string&) {
    field = true;
    return std::string{};
  };
  return value;
}

OptionValue text(std::string& field, std::string metavar) {
  return one_text(field, std::move(metavar), Completion::nothing);
}

OptionValue file(std::string& field, std::string metavar) {
  return one_text(field, std::move(metavar), Completion::files);
}

OptionValue file_or_word(std::string& field, std::string metavar) {
  OptionValue value = file(field, std::move(metavar));
  value.access = Access::none;
  return value;
}

OptionValue folder(std::string& field, std::string metavar) {
  return one_text(field, std::move(metavar), Completion::folders);
}

OptionValue names(std::string& field, std::vector<std::string> known) {
  OptionValue value = one_text(field, "A,B,@FILE", Completion::nothing);
  if (!known.empty()) value.completion = Completion::words;
  value.words = std::move(known);
  return value;
}

OptionValue name_or_json(std::string& field, std::string kind, std::vector<std::string> known) {
  OptionValue value = one_text(field, "NAME", Completion::files);
  value.words = std::move(known);
  value.put = [&field, kind = std::move(kind), words = value.words](const std::string& text) {
    const std::optional<std::string> found =
        text.ends_with(".json") ? text : resolve_name(words, text);
    if (found) {
      field = *found;
      return std::string{};
    }
    return unknown_name("", "is '" + text + "', which is no " + kind, words, text,
                        ", or a file that ends in .json")
        .clause();
  };
  return value;
}

OptionValue choice(std::string& field, std::vector<std::string> known) {
  OptionValue value = one_text(field, "WORD", Completion::words);
  value.words = std::move(known);
  value.put = [&field, words = value.words](const std::string& text) -> std::string {
    const std::optional<std::string> found = resolve_name(words, text);
    if (!found) return unknown_name("", {}, words, text).clause();
    field = *found;
    return {};
  };
  return value;
}

OptionValue texts(std::vector<std::string>& field, std::string metavar) {
  return more_texts(field, std::move(metavar), Completion::nothing);
}

OptionValue files(std::vector<std::string>& field, std::string metavar) {
  return more_texts(field, std::move(metavar), Completion::files);
}

OptionValue folders(std::vector<std::string>& field, std::string metavar) {
  return more_texts(field, std::move(metavar), Completion::folders);
}

}  // namespace angiobench::cli
