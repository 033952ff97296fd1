// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

namespace angiobench {

// Text that came from a submission, made safe for where it goes. Every writer uses these.

// Bytes that are not UTF-8 and characters that mislead become U+FFFD (in CSV they stay: a name must
// find its folder again): marks that turn the direction of writing, ends of lines that are no line
// ends, what has no width (but the joiners that scripts need) and invisible tags.

/// HTML text: & < > " ', the no-break space and control codes. For html/element alone: pages are
/// written by type.
std::string escape_html(std::string_view text);
/// The value of an attribute in double quotes: as text, but ' stays.
std::string escape_html_attribute(std::string_view text);
/// XML 1.0 text and attributes: as HTML, characters that XML forbids become U+FFFD.
std::string escape_xml(std::string_view text);
/// A CSV field: quoted where needed; a leading = + - @ tab or CR gets a ' before it (spreadsheet
/// formulas).
std::string escape_csv(std::string_view text);
/// LaTeX text: \ { } $ & # % _ ^ ~ and control codes.
std::string escape_latex(std::string_view text);
/// A cell of a Markdown table: | ` * _ < > [ ] \ and line ends.
std::string escape_markdown(std::string_view text);
/// The message of a CI workflow command (::error ::): % CR LF; properties also : and ,
std::string escape_workflow_message(std::string_view text);
std::string escape_workflow_property(std::string_view text);
/// A line for a terminal or a log: control codes (C0, C1, DEL), bytes that are not UTF-8 and
/// characters that mislead become "\xNN", byte by byte, so does the first sign of what a CI system
/// would take for a command in its log ("::" at the start; "##[", "##vso[" and "##teamcity["
/// anywhere), and a backslash becomes two: what stands there tells which name it was.
std::string escape_terminal(std::string_view text);
/// Lines that were made for a program to read, where a terminal or a CI system's log shows them:
/// the same characters, but tabs and backslashes, as "\uNNNN", which in JSON means what it was.
std::string escape_log(std::string_view lines);
/// A label value of OpenMetrics: \ " and line ends escaped, control codes U+FFFD.
std::string escape_openmetrics(std::string_view text);
/// Valid UTF-8: bytes that are not become U+FFFD each.
std::string valid_utf8(std::string_view text);

}  // namespace angiobench
