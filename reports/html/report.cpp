// SPDX-License-Identifier: MIT
#include "reports/html/report.h"

#include <algorithm>

#include "dataset/error.h"
#include "reports/html/page.h"
#include "reports/html/sections.h"
#include "reports/vessel_text.h"

namespace angiobench {
namespace {

// Hands the page to `write`; with split assets, the gallery's images become `files`.
void write_page(const Result& result, const ReportOptions& options, std::vector<ReportFile>& files,
                const std::function<void(std::string_view)>& write) {
  using namespace html;
  const ReportView view = make_view(result, options.baseline, options.tolerance, options.rows);
  const SectionContext context{result, options, view, result.protocol.display};

  Markup before_gallery = title_section(context);
  for (const auto& section : {headline_section, warnings_section, sequences_section,
                              objects_section, vessel_section, curves_section})
    put(before_gallery, section(context));
  Markup after_gallery = distribution_section(context);
  for (const auto& section : {leaderboard_section, reproduce_section, copy_section})
    put(after_gallery, section(context));
  std::vector<std::pair<std::string, std::string>> sections = {{"headline", "Headline"},
                                                               {"warnings", "Warnings"},
                                                               {"sequences", "Sequences"},
                                                               {"objects", "Objects"},
                                                               {"curves", "Curves"},
                                                               {"gallery", "Gallery"},
                                                               {"distribution", "Distribution"},
                                                               {"leaderboard", "Leaderboard"},
                                                               {"reproduce", "Reproduce"},
                                                               {"copy", "To paste"}};
  if (!vessel_metrics(result).empty()) {
    const auto objects =
        std::ranges::find(sections, "objects", [](const auto& s) { return s.first; });
    sections.insert(objects + 1, {"vessels", "Vessels"});
  }
  const std::string title =
      result_names({&result, 1}).front() + " on " + result.dataset.name + " – angiobench report";
  const PageFrame frame = page_frame(title, sections, options.assets, options.assets_folder);

  // The gallery gets what the rest of the page leaves.
  constexpr std::uint64_t kGalleryMarkup = 12'000;  // its headings, legend and filters
  const std::uint64_t rest = frame.before.size() + before_gallery.size() + after_gallery.size() +
                             frame.after.size() + kGalleryMarkup + 200 * result.sequences.size();
  write(frame.before);
  write(before_gallery.take());
  write_gallery_section(context, rest < options.max_bytes ? options.max_bytes - rest : 0, files,
                        write);
  write(after_gallery.view());
  write(frame.after);
}

}  // namespace

std::vector<ReportFile> report_files(const Result& result, const ReportOptions& options) {
  std::vector<ReportFile> files(1);
  std::string page;
  write_page(result, options, files, [&](std::string_view piece) { page += piece; });
  files.front().content = std::move(page);
  if (options.assets == ReportAssets::split) {
    files.push_back({options.assets_folder + "/page.css", std::string(html::page_style())});
    files.push_back({options.assets_folder + "/page.js", std::string(html::page_script())});
  }
  return files;
}

std::string report_html(const Result& result, const ReportOptions& options) {
  std::string page;
  write_report_html(result, options, [&](std::string_view piece) { page += piece; });
  return page;
}

void write_report_html(const Result& result, const ReportOptions& options,
                       const std::function<void(std::string_view)>& write) {
  expects(options.assets == ReportAssets::embedded, "one file holds its assets");
  std::vector<ReportFile> none;
  write_page(result, options, none, write);
}

}  // namespace angiobench
