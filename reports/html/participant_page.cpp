// SPDX-License-Identifier: MIT
#include "reports/html/participant_page.h"

#include <set>
#include <utility>
#include <vector>

#include "reports/html/page.h"
#include "reports/html/print.h"
#include "reports/html/table.h"

namespace angiobench {
namespace {

using namespace html;

void put_title(Markup& out, const ParticipantReport& report) {
  const Element header(out, "header", {}, After::line_end);
  if (!report.reason.empty()) put(out, element("p", {}, element("b", {}, report.reason)), "\n");
  put(out, element("p", {{"class", "kind"}}, "Score of a submission"), "\n",
      element("h1", {}, report.submission, " ",
              element("span", {{"class", "on"}}, "on ", report.dataset)),
      "\n");
  {
    const Element badges(out, "p", {}, After::line_end);
    const auto badge = [&](std::string_view css_class, std::string_view words) {
      put_element(out, "span", {{"class", "badge " + std::string(css_class)}}, words);
    };
    if (!report.reason.empty()) {
      badge("bad", "Not scored");
    } else if (!report.complete) {
      badge("warn", "Not complete: only of what was there");
    } else {
      badge("ok", "Scored");
    }
  }
  const Element facts(out, "dl", {{"class", "facts"}});
  if (!report.protocol.empty()) {
    put_fact(out, "Protocol", report.protocol, " ", std::to_string(report.protocol_version), " (",
             element("code", {}, report.protocol_hash.substr(0, 19)), ")");
  }
  put_fact(out, "Measured with", "angiobench ", report.tool_version, ", metric version ",
           report.metric_version);
  if (!report.submission_digest.empty())
    put_fact(out, "Digest of the masks", element("code", {}, report.submission_digest));
}

void put_figures(Markup& out, const ParticipantReport& report) {
  const Section section(out, "figures", "Figures");
  TableHead head;
  head.caption = "What is scored, over the whole data set";
  head.headings = {words_heading("Measure", Sort::no), number_heading("Value", Sort::no),
                   words_heading("Better", Sort::no)};
  const TableScope table(out, head);
  for (const ParticipantFigure& figure : report.figures) {
    if (!figure.in_tables) continue;
    const Row row(out);
    put_element(out, "th", {{"scope", "row"}}, figure.heading);
    put_number(out, figure.shown, std::nullopt);
    put_element(out, "td", {}, figure.higher_is_better ? "higher" : "lower");
  }
}

void put_findings(Markup& out, const ParticipantReport& report) {
  const Section section(out, "findings", "Findings");
  const Element list(out, "ul", {{"class", "findings"}});
  std::set<std::string> told;  // a cure is said once
  for (const Finding& finding : report.findings) {
    const std::string_view severity = severity_name(finding.severity);
    const std::string place = !finding.path.empty() ? finding.path : finding.sequence;
    const Element item(out, "li", {{"class", severity}}, After::line_end);
    put_element(out, "p", {}, element("b", {}, severity), " ", element("code", {}, finding.code),
                " ", place, place.empty() ? "" : ": ", finding.message);
    if (!finding.hint.empty() && told.insert(finding.code + finding.hint).second)
      put_element(out, "p", {{"class", "note"}}, "Cure: ", finding.hint);
  }
}

}  // namespace

std::string participant_page(const ParticipantReport& report) {
  std::vector<std::pair<std::string, std::string>> sections;
  Markup body;
  put_title(body, report);
  if (!report.figures.empty()) {
    sections.emplace_back("figures", "Figures");
    put_figures(body, report);
  }
  if (!report.findings.empty()) {
    sections.emplace_back("findings", "Findings");
    put_findings(body, report);
  }
  return wrap_page(report.submission + " on " + report.dataset, sections, body);
}

}  // namespace angiobench
