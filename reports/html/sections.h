// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "reports/html/element.h"
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

Markup title_section(const SectionContext& context);
Markup headline_section(const SectionContext& context);
Markup warnings_section(const SectionContext& context);
Markup sequences_section(const SectionContext& context);
Markup objects_section(const SectionContext& context);
/// Of measures of vessels; empty where there are none.
Markup vessel_section(const SectionContext& context);
Markup curves_section(const SectionContext& context);
Markup distribution_section(const SectionContext& context);
Markup leaderboard_section(const SectionContext& context);
Markup reproduce_section(const SectionContext& context);
Markup copy_section(const SectionContext& context);

/// The gallery takes at most `budget` bytes, frames that matter most first; with split assets its
/// images become `files` and no budget holds. It is handed to `write` in pieces.
void write_gallery_section(const SectionContext& context, std::uint64_t budget,
                           std::vector<ReportFile>& files,
                           const std::function<void(std::string_view)>& write);

/// A cell with a figure that is a score, sorted by its full value.
void put_score(Markup& out, std::optional<double> value, ScoreStyle style);

/// "J<sub>s</sub>" for (J, seen).
Markup metric_html(const MetricDescriptor& metric, Scope scope);
/// The same for a heading that was made (tables.h: metric_heading).
Markup heading_html(const std::string& heading);

}  // namespace angiobench::html
