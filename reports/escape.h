// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

namespace angiobench {

// Text that came from a submission, made safe for where it goes. Every writer uses these.

// Bytes that are not UTF-8 and marks that turn the direction of writing become U+FFFD (in CSV they
// stay: a name must find its folder again).

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
/// A line for a terminal or a log: control codes (C0, C1, DEL), bytes that are not UTF-8 and the
/// marks that turn the direction of writing become "\xNN", byte by byte; so does the first sign of
/// what a CI system would take for a command in its log ("::" at the start, "##[" and "##vso["
/// anywhere).
std::string escape_terminal(std::string_view text);
/// A label value of OpenMetrics: \ " and line ends escaped, control codes U+FFFD.
std::string escape_openmetrics(std::string_view text);
/// Valid UTF-8: bytes that are not become U+FFFD each.
std::string valid_utf8(std::string_view text);

}  // namespace angiobench
