// SPDX-License-Identifier: MIT
#include "reports/escape.h"

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

// U+200E, U+200F, U+202A-202E, U+2066-2069: they turn the direction of what follows.
bool turns_direction(std::string_view character) {
  if (character.size() != 3 || character[0] != '\xE2') return false;
  const auto second = static_cast<unsigned char>(character[1]);
  const auto third = static_cast<unsigned char>(character[2]);
  if (second == 0x80) return third == 0x8E || third == 0x8F || (third >= 0xAA && third <= 0xAE);
  return second == 0x81 && third >= 0xA6 && third <= 0xA9;
}

bool is_control(char c) {
  return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == '\x7f';
}

// Replaces characters by `replace(c)` where that is not empty; control codes become U+FFFD.
template <typename Replace>
std::string escape_with(std::string_view text, Replace replace) {
  std::string escaped;
  escaped.reserve(text.size() + 16);
  for (std::size_t at = 0; at < text.size();) {
    const char c = text[at];
    const std::size_t length = utf8_length(text, at);
    const std::string_view replacement = length == 1 ? replace(c) : std::string_view{};
    if (!replacement.empty()) {
      escaped += replacement;
    } else if (length == 0 || (length == 1 && is_control(c)) ||
               turns_direction(text.substr(at, length))) {
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

std::string escape_terminal(std::string_view text) {
  std::string safe;
  safe.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = utf8_length(text, at);
    const std::string_view character = text.substr(at, length == 0 ? 1 : length);
    at += character.size();
    const auto lead = static_cast<unsigned char>(character[0]);
    const bool is_c0 = length == 1 && (lead < 0x20 || lead == 0x7F);
    const bool is_c1 =
        length == 2 && lead == 0xC2 && static_cast<unsigned char>(character[1]) < 0xA0;
    const std::string_view rest = text.substr(at - character.size());
    const bool is_command =
        rest.starts_with("##[") || rest.starts_with("##vso[") ||
        (rest.starts_with("::") && safe.find_first_not_of(' ') == std::string::npos);
    if (length != 0 && !is_c0 && !is_c1 && !is_command && !turns_direction(character)) {
      safe += character;
      continue;
    }
    for (const char c : character) {
      char code[8];
      std::snprintf(code, sizeof code, "\\x%02X",
                    static_cast<unsigned>(static_cast<unsigned char>(c)));
      safe += code;
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
