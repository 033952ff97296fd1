// SPDX-License-Identifier: MIT
#include "reports/escape.h"

namespace angiobench {
namespace {

bool is_control(char c) { return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == '\x7f'; }

// Replaces characters by `replace(c)` where that is not empty; control codes become U+FFFD.
template <typename Replace>
std::string escape_with(std::string_view text, Replace replace) {
  std::string escaped;
  escaped.reserve(text.size() + 16);
  for (const char c : text) {
    const std::string_view replacement = replace(c);
    if (!replacement.empty()) {
      escaped += replacement;
    } else if (is_control(c)) {
      escaped += "\xEF\xBF\xBD";
    } else {
      escaped += c;
    }
  }
  return escaped;
}

std::string_view html_entity(char c) {
  switch (c) {
    case '&':
      return "&amp;";
    case '<':
      return "&lt;";
    case '>':
      return "&gt;";
    case '"':
      return "&quot;";
    case '\'':
      return "&#39;";
    default:
      return {};
  }
}

}  // namespace

std::string escape_html(std::string_view text) {
  return escape_with(text, [](char c) -> std::string_view {
    if (c == '\n') return "\n";
    return html_entity(c);
  });
}

std::string escape_xml(std::string_view text) {
  return escape_with(text, [](char c) -> std::string_view {
    if (c == '\n') return "&#10;";
    return html_entity(c);
  });
}

std::string escape_csv(std::string_view text) {
  std::string field;
  if (!text.empty() && std::string_view("=+-@\t\r").find(text.front()) != std::string_view::npos) field += '\'';
  field += text;
  if (field.find_first_of(",\"\r\n") == std::string::npos) return field;
  std::string quoted = "\"";
  for (const char c : field) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + '"';
}

std::string escape_latex(std::string_view text) {
  return escape_with(text, [](char c) -> std::string_view {
    switch (c) {
      case '\\':
        return "\\textbackslash{}";
      case '{':
        return "\\{";
      case '}':
        return "\\}";
      case '$':
        return "\\$";
      case '&':
        return "\\&";
      case '#':
        return "\\#";
      case '%':
        return "\\%";
      case '_':
        return "\\_";
      case '^':
        return "\\textasciicircum{}";
      case '~':
        return "\\textasciitilde{}";
      case '\n':
      case '\r':
        return " ";
      default:
        return {};
    }
  });
}

std::string escape_markdown(std::string_view text) {
  return escape_with(text, [](char c) -> std::string_view {
    switch (c) {
      case '|':
        return "\\|";
      case '`':
        return "\\`";
      case '*':
        return "\\*";
      case '_':
        return "\\_";
      case '<':
        return "&lt;";
      case '>':
        return "&gt;";
      case '[':
        return "\\[";
      case ']':
        return "\\]";
      case '\\':
        return "\\\\";
      case '&':
        return "&amp;";
      case '\n':
      case '\r':
        return " ";
      default:
        return {};
    }
  });
}

std::string escape_workflow_message(std::string_view text) {
  return escape_with(text, [](char c) -> std::string_view {
    switch (c) {
      case '%':
        return "%25";
      case '\r':
        return "%0D";
      case '\n':
        return "%0A";
      default:
        return {};
    }
  });
}

std::string escape_workflow_property(std::string_view text) {
  return escape_with(text, [](char c) -> std::string_view {
    switch (c) {
      case '%':
        return "%25";
      case '\r':
        return "%0D";
      case '\n':
        return "%0A";
      case ':':
        return "%3A";
      case ',':
        return "%2C";
      default:
        return {};
    }
  });
}

}  // namespace angiobench
