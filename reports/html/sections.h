// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "reports/html/report.h"
#include "reports/html/view.h"
#include "reports/tables.h"

namespace angiobench::html {

/// What every section is made from.
struct SectionContext {
  const Result& result;
  const ReportOptions& options;
  const ReportView& view;
  ScoreStyle style;
};

// The sections in the order of the page. Each is a whole <section> with an id and a heading, and
// says so in a sentence where it has nothing to show.

std::string title_section(const SectionContext& context);
std::string headline_section(const SectionContext& context);
std::string warnings_section(const SectionContext& context);
std::string sequences_section(const SectionContext& context);
std::string objects_section(const SectionContext& context);
std::string curves_section(const SectionContext& context);
std::string distribution_section(const SectionContext& context);
std::string leaderboard_section(const SectionContext& context);
std::string reproduce_section(const SectionContext& context);
std::string copy_section(const SectionContext& context);

/// The gallery takes at most `budget` bytes, frames that matter most first; with split assets its
/// images become `files` and no budget holds. It is handed to `write` in pieces.
void write_gallery_section(const SectionContext& context, std::uint64_t budget,
                           std::vector<ReportFile>& files,
                           const std::function<void(std::string_view)>& write);

/// "J<sub>s</sub>" for (J, seen).
std::string metric_html(const MetricDescriptor& metric, Scope scope);
/// The same for a heading that was made (tables.h: metric_heading).
std::string heading_html(const std::string& heading);

/// "<section id=…><h2>…": a heading with a link to itself.
std::string open_section(std::string_view id, std::string_view heading);

/// A table cell with a score ("<td class=n data-v=…>12.3"), a cell with a difference and its word.
std::string score_cell(std::optional<double> value, ScoreStyle style);

}  // namespace angiobench::html
