// SPDX-License-Identifier: MIT
#include "reports/escape.h"

#include <algorithm>
#include <cstdint>
#include <cstdio>

namespace angiobench {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD

// Length of the well-formed UTF-8 sequence that starts at `at` (Unicode, table 3-7), 0 where there
// is none.
std::size_t utf8_length(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) {
    return at + i < text.size() ? static_cast<unsigned char>(text[at + i]) : 0U;
  };
  const auto within = [&](std::size_t i, unsigned low, unsigned high) {
    return byte(i) >= low && byte(i) <= high;
  };
  const unsigned lead = byte(0);
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead <= 0xDF) return within(1, 0x80, 0xBF) ? 2 : 0;
  if (lead >= 0xE0 && lead <= 0xEF) {
    const unsigned low = lead == 0xE0 ? 0xA0 : 0x80;
    const unsigned high = lead == 0xED ? 0x9F : 0xBF;
    return within(1, low, high) && within(2, 0x80, 0xBF) ? 3 : 0;
  }
  if (lead >= 0xF0 && lead <= 0xF4) {
    const unsigned low = lead == 0xF0 ? 0x90 : 0x80;
    const unsigned high = lead == 0xF4 ? 0x8F : 0xBF;
    return within(1, low, high) && within(2, 0x80, 0xBF) && within(3, 0x80, 0xBF) ? 4 : 0;
  }
  return 0;
}

// The code point of a well-formed sequence.
std::uint32_t code_point(std::string_view character) {
  const auto lead = static_cast<unsigned char>(character[0]);
  if (character.size() == 1) return lead;
  std::uint32_t code = lead & (0x7FU >> character.size());
  for (const char c : character.substr(1))
    code = code << 6 | (static_cast<unsigned char>(c) & 0x3FU);
  return code;
}

struct CodeRange {
  std::uint32_t first;
  std::uint32_t last;
};

// What shows something else than stands there. U+200C and U+200D join letters, and stay.
constexpr CodeRange kMisleading[] = {
    {0x061C, 0x061C},    // turns the direction of writing
    {0x200B, 0x200B},    // no width
    {0x200E, 0x200F},    // turns the direction
    {0x2028, 0x202E},    // line and paragraph ends; turns the direction
    {0x2060, 0x206F},    // no width; turns the direction; deprecated
    {0xFEFF, 0xFEFF},    // no width
    {0xE0000, 0xE007F},  // invisible tags
};

bool misleads(std::string_view character) {
  if (character.size() < 2) return false;
  const std::uint32_t code = code_point(character);
  return std::ranges::any_of(kMisleading, [code](const CodeRange& range) {
    return code >= range.first && code <= range.last;
  });
}

// Whether a CI system would take what follows in a line for a command. `is_first`: nothing but
// spaces stands before it.
bool starts_command(std::string_view rest, bool is_first) {
  return rest.starts_with("##[") || rest.starts_with("##vso[") || rest.starts_with("##teamcity[") ||
         (is_first && rest.starts_with("::"));
}

bool is_control_code(std::string_view character) {
  const std::uint32_t code = code_point(character);
  return code < 0x20 || (code >= 0x7F && code < 0xA0);
}

void append_byte(std::string& text, char byte) {
  char piece[8];
  std::snprintf(piece, sizeof piece, "\\x%02X",
                static_cast<unsigned>(static_cast<unsigned char>(byte)));
  text += piece;
}

void append_code(std::string& text, std::uint32_t code) {
  char piece[16];
  std::snprintf(piece, sizeof piece, "\\u%04X", static_cast<unsigned>(code));
  text += piece;
}

bool is_alphanumeric(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

// Replaces characters by `replace(c)` where that is not empty; control codes become U+FFFD. Letters
// and digits, which nobody replaces, are taken over by the word: a page carries pictures as text.
template <typename Replace>
std::string escape_with(std::string_view text, Replace replace) {
  std::string escaped;
  escaped.reserve(text.size() + 16);
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t first = at;
    while (at < text.size() && is_alphanumeric(text[at])) ++at;
    escaped += text.substr(first, at - first);
    if (at == text.size()) break;
    const char c = text[at];
    const std::size_t length = utf8_length(text, at);
    const std::string_view replacement = length == 1 ? replace(c) : std::string_view{};
    if (!replacement.empty()) {
      escaped += replacement;
    } else if (length == 0 || (c != '\t' && is_control_code(text.substr(at, length))) ||
               misleads(text.substr(at, length))) {
      escaped += kReplacement;
    } else {
      escaped += text.substr(at, length);
    }
    at += length == 0 ? 1 : length;
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
  std::string escaped = escape_with(text, [](char c) -> std::string_view {
    if (c == '\n') return "\n";
    return html_entity(c);
  });
  constexpr std::string_view kNoBreakSpace = "\xC2\xA0";
  for (std::size_t at = 0; (at = escaped.find(kNoBreakSpace, at)) != std::string::npos;)
    escaped.replace(at, kNoBreakSpace.size(), "&nbsp;");
  return escaped;
}

std::string escape_html_attribute(std::string_view text) {
  return escape_with(text, [](char c) -> std::string_view {
    if (c == '\n') return "\n";
    return c == '\'' ? std::string_view() : html_entity(c);
  });
}

std::string escape_xml(std::string_view text) {
  std::string escaped = escape_with(text, [](char c) -> std::string_view {
    if (c == '\n') return "&#10;";
    return html_entity(c);
  });
  // U+FFFE and U+FFFF are well-formed UTF-8 that XML forbids.
  for (const std::string_view forbidden : {"\xEF\xBF\xBE", "\xEF\xBF\xBF"}) {
    for (std::size_t at = 0; (at = escaped.find(forbidden, at)) != std::string::npos;) {
      escaped.replace(at, forbidden.size(), kReplacement);
    }
  }
  return escaped;
}

std::string escape_csv(std::string_view text) {
  std::string field;
  if (!text.empty() && std::string_view("=+-@\t\r").find(text.front()) != std::string_view::npos)
    field += '\'';
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
  std::string escaped = escape_with(text, [](char c) -> std::string_view {
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
  // A row starts with its first cell: nothing for a CI system to find.
  return starts_command(escaped, true) ? "{}" + escaped : escaped;
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

std::string escape_terminal(std::string_view text) {
  std::string safe;
  safe.reserve(text.size());
  bool is_first = true;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = utf8_length(text, at);
    const std::string_view character = text.substr(at, length == 0 ? 1 : length);
    const bool is_safe = length != 0 && !is_control_code(character) && !misleads(character) &&
                         !starts_command(text.substr(at), is_first);
    at += character.size();
    is_first = is_first && character == " ";
    if (character == "\\") {
      safe += "\\\\";
    } else if (is_safe) {
      safe += character;
    } else {
      for (const char c : character) append_byte(safe, c);
    }
  }
  return safe;
}

std::string escape_log(std::string_view lines) {
  std::string safe;
  safe.reserve(lines.size());
  bool is_first = true;
  for (std::size_t at = 0; at < lines.size();) {
    const std::size_t length = utf8_length(lines, at);
    const std::string_view character = lines.substr(at, length == 0 ? 1 : length);
    const bool is_layout = character == "\n" || character == "\t";
    const bool is_safe =
        is_layout || (length != 0 && !is_control_code(character) && !misleads(character) &&
                      !starts_command(lines.substr(at), is_first));
    at += character.size();
    is_first = character == "\n" || (is_first && (character == " " || character == "\t"));
    if (is_safe) {
      safe += character;
    } else if (length == 0) {
      append_byte(safe, character[0]);
    } else if (const std::uint32_t code = code_point(character); code < 0x10000) {
      append_code(safe, code);
    } else {
      append_code(safe, 0xD7C0 + (code >> 10));
      append_code(safe, 0xDC00 + (code & 0x3FF));
    }
  }
  return safe;
}

std::string escape_openmetrics(std::string_view text) {
  return escape_with(text, [](char c) -> std::string_view {
    switch (c) {
      case '\\':
        return "\\\\";
      case '"':
        return "\\\"";
      case '\n':
        return "\\n";
      default:
        return {};
    }
  });
}

std::string valid_utf8(std::string_view text) {
  std::string valid;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = utf8_length(text, at);
    valid += length == 0 ? kReplacement : text.substr(at, length);
    at += length == 0 ? 1 : length;
  }
  return valid;
}

}  // namespace angiobench
