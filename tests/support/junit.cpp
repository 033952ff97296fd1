// SPDX-License-Identifier: MIT
#include "tests/support/junit.h"

#include <cstdint>
#include <map>
#include <set>
#include <stdexcept>
#include <vector>

namespace angiobench::test {
namespace {

struct Element {
  std::string name;
  std::map<std::string, std::string> attributes;
  std::vector<Element> children;
  bool has_text = false;
};

class Problem : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

// The part of XML 1.0 that reports use: no DTD, no namespaces, no CDATA.
class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  Element parse() {
    check_characters();
    if (has_declaration()) at_ = kDeclaration.size();
    skip_blanks();
    Element root = element();
    skip_blanks();
    if (at_ != text_.size()) throw Problem("something follows the root element");
    return root;
  }

  bool has_declaration() const { return text_.starts_with(kDeclaration); }

 private:
  static constexpr std::string_view kDeclaration = R"(<?xml version="1.0" encoding="UTF-8"?>)";

  // UTF-8, and the characters that XML 1.0 allows.
  void check_characters() const {
    for (std::size_t i = 0; i < text_.size();) {
      const auto byte = static_cast<unsigned char>(text_[i]);
      const std::size_t length = byte < 0x80 ? 1 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
      if ((byte >= 0x80 && byte < 0xc2) || byte > 0xf4 || i + length > text_.size())
        throw Problem("not UTF-8 at byte " + std::to_string(i));
      std::uint32_t code = length == 1 ? byte : byte & (0xffU >> (length + 1));
      for (std::size_t j = 1; j < length; ++j) {
        const auto next = static_cast<unsigned char>(text_[i + j]);
        if ((next & 0xc0U) != 0x80) throw Problem("not UTF-8 at byte " + std::to_string(i));
        code = code << 6 | (next & 0x3fU);
      }
      const bool allowed = code == 9 || code == 10 || code == 13 ||
                           (code >= 0x20 && code < 0xd800) || (code >= 0xe000 && code < 0xfffe) ||
                           (code >= 0x10000 && code < 0x110000);
      if (!allowed) throw Problem("a forbidden character at byte " + std::to_string(i));
      i += length;
    }
  }

  char peek() const {
    if (at_ >= text_.size()) throw Problem("the text ends early");
    return text_[at_];
  }
  void expect(char wanted) {
    if (peek() != wanted)
      throw Problem("'" + std::string(1, wanted) + "' expected at byte " + std::to_string(at_));
    ++at_;
  }
  void skip_blanks() {
    while (at_ < text_.size() && std::string_view(" \t\r\n").find(text_[at_]) != text_.npos) ++at_;
  }
  std::string name() {
    const std::size_t start = at_;
    const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
    const auto is_inner = [](char c) { return (c >= '0' && c <= '9') || c == '-' || c == '_'; };
    while (is_letter(peek()) || (at_ > start && is_inner(peek()))) ++at_;
    if (at_ == start) throw Problem("a name expected at byte " + std::to_string(at_));
    return std::string(text_.substr(start, at_ - start));
  }
  void reference() {
    const std::size_t end = text_.find(';', at_);
    const std::string_view entity = text_.substr(at_, end == text_.npos ? 0 : end - at_ + 1);
    const bool is_number = entity.size() > 3 && entity.starts_with("&#") &&
                           entity.find_first_not_of("0123456789", 2) == entity.size() - 1;
    const std::set<std::string_view> known = {"&amp;", "&lt;", "&gt;", "&quot;", "&apos;"};
    if (!is_number && !known.contains(entity))
      throw Problem("a bare & at byte " + std::to_string(at_));
    at_ = end + 1;
  }

  Element element() {
    expect('<');
    Element element;
    element.name = name();
    for (skip_blanks(); peek() != '>' && peek() != '/'; skip_blanks()) {
      const std::string attribute = name();
      expect('=');
      expect('"');
      const std::size_t start = at_;
      while (peek() != '"') {
        if (peek() == '<') throw Problem("a < in the attribute " + attribute);
        if (peek() == '&') {
          reference();
        } else {
          ++at_;
        }
      }
      const std::string value(text_.substr(start, at_ - start));
      if (!element.attributes.emplace(attribute, value).second)
        throw Problem("the attribute " + attribute + " occurs twice");
      expect('"');
    }
    if (peek() == '/') {
      ++at_;
      expect('>');
      return element;
    }
    expect('>');
    while (true) {
      if (peek() == '&') {
        reference();
        element.has_text = true;
      } else if (peek() != '<') {
        element.has_text |= std::string_view(" \t\r\n").find(peek()) == text_.npos;
        ++at_;
      } else if (text_.substr(at_, 2) == "</") {
        at_ += 2;
        if (name() != element.name) throw Problem(element.name + " is closed by another tag");
        expect('>');
        return element;
      } else {
        element.children.push_back(this->element());
      }
    }
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

struct Rule {
  std::set<std::string> required;
  std::set<std::string> optional;
  std::set<std::string> children;
  bool text = false;
};

const std::map<std::string, Rule>& rules() {
  static const std::map<std::string, Rule> table = {
      {"testsuites",
       {{}, {"name", "time", "tests", "failures", "disabled", "errors"}, {"testsuite"}, false}},
      {"testsuite",
       {{"name", "tests"},
        {"failures", "errors", "time", "disabled", "skipped", "timestamp", "hostname", "id",
         "package", "group", "file", "log", "url", "version"},
        {"testsuite", "properties", "testcase", "system-out", "system-err"},
        false}},
      {"testcase",
       {{"name"},
        {"time", "classname", "group"},
        {"skipped", "error", "failure", "properties", "system-out", "system-err"},
        false}},
      {"properties", {{}, {}, {"property"}, false}},
      {"property", {{"name", "value"}, {}, {}, true}},
      {"skipped", {{}, {"message", "type"}, {}, true}},
      {"failure", {{}, {"message", "type"}, {}, true}},
      {"error", {{}, {"message", "type"}, {}, true}},
      {"system-out", {{}, {}, {}, true}},
      {"system-err", {{}, {}, {}, true}},
  };
  return table;
}

void check_element(const Element& element) {
  const auto found = rules().find(element.name);
  if (found == rules().end()) throw Problem("the element " + element.name + " is not JUnit's");
  const Rule& rule = found->second;
  for (const std::string& name : rule.required) {
    if (!element.attributes.contains(name)) throw Problem(element.name + " has no " + name);
  }
  for (const auto& [name, value] : element.attributes) {
    if (!rule.required.contains(name) && !rule.optional.contains(name))
      throw Problem(element.name + " has the attribute " + name);
  }
  if (element.has_text && !rule.text) throw Problem(element.name + " holds text");
  for (const Element& child : element.children) {
    if (!rule.children.contains(child.name)) throw Problem(element.name + " holds a " + child.name);
    check_element(child);
  }
}

std::size_t count_with(const Element& suite, const std::string& outcome) {
  std::size_t count = 0;
  for (const Element& child : suite.children) {
    if (child.name != "testcase") continue;
    if (outcome.empty()) ++count;
    for (const Element& part : child.children) count += part.name == outcome ? 1 : 0;
  }
  return count;
}

void check_counts(const Element& root) {
  std::map<std::string, std::size_t> totals;
  const std::map<std::string, std::string> counted = {
      {"tests", ""}, {"failures", "failure"}, {"errors", "error"}, {"skipped", "skipped"}};
  for (const Element& suite : root.children) {
    for (const auto& [attribute, outcome] : counted) {
      const std::size_t count = count_with(suite, outcome);
      totals[attribute] += count;
      const auto stated = suite.attributes.find(attribute);
      if (stated != suite.attributes.end() && stated->second != std::to_string(count))
        throw Problem("testsuite says " + attribute + " " + stated->second + ", it has " +
                      std::to_string(count));
    }
  }
  for (const auto& [attribute, count] : totals) {
    const auto stated = root.attributes.find(attribute);
    if (stated != root.attributes.end() && stated->second != std::to_string(count))
      throw Problem("testsuites says " + attribute + " " + stated->second + ", it has " +
                    std::to_string(count));
  }
}

}  // namespace

std::string xml_problem(std::string_view text) {
  try {
    Parser(text).parse();
    return {};
  } catch (const Problem& problem) {
    return problem.what();
  }
}

std::string junit_problem(std::string_view text) {
  try {
    Parser parser(text);
    if (!parser.has_declaration()) return "no XML declaration";
    const Element root = parser.parse();
    if (root.name != "testsuites") return "the root is " + root.name;
    check_element(root);
    check_counts(root);
    return {};
  } catch (const Problem& problem) {
    return problem.what();
  }
}

}  // namespace angiobench::test
