// SPDX-License-Identifier: MIT
#include "reports/html/report.h"

#include "dataset/error.h"
#include "reports/html/page.h"
#include "reports/html/sections.h"

namespace angiobench {

std::vector<ReportFile> report_files(const Result& result, const ReportOptions& options) {
  using namespace html;
  const ReportView view = make_view(result, options.baseline, options.tolerance);
  const SectionContext context{result, options, view, result.protocol.display};
  const bool split = options.assets == ReportAssets::split;

  const std::string before_gallery = title_section(context) + headline_section(context) +
                                     warnings_section(context) + sequences_section(context) +
                                     objects_section(context) + curves_section(context);
  const std::string after_gallery = distribution_section(context) + leaderboard_section(context) +
                                    reproduce_section(context) + copy_section(context);
  const std::vector<std::pair<std::string, std::string>> sections = {
      {"headline", "Headline"},
      {"warnings", "Warnings"},
      {"sequences", "Sequences"},
      {"objects", "Objects"},
      {"curves", "Curves"},
      {"gallery", "Gallery"},
      {"distribution", "Distribution"},
      {"leaderboard", "Leaderboard"},
      {"reproduce", "Reproduce"},
      {"copy", "To paste"}};
  const std::string title =
      result_names({&result, 1}).front() + " on " + result.dataset.name + " – angiobench report";

  // The gallery gets what the rest of the page leaves.
  constexpr std::uint64_t kGalleryMarkup = 12'000;  // its headings, legend and filters
  const std::uint64_t rest = wrap_page(title, sections, before_gallery + after_gallery,
                                       options.assets, options.assets_folder)
                                 .size() +
                             kGalleryMarkup + 200 * result.sequences.size();
  std::vector<ReportFile> files(1);
  const std::string gallery =
      gallery_section(context, rest < options.max_bytes ? options.max_bytes - rest : 0, files);
  files.front().content = wrap_page(title, sections, before_gallery + gallery + after_gallery,
                                    options.assets, options.assets_folder);
  if (split) {
    files.push_back({options.assets_folder + "/page.css", std::string(page_style())});
    files.push_back({options.assets_folder + "/page.js", std::string(page_script())});
  }
  return files;
}

std::string report_html(const Result& result, const ReportOptions& options) {
  expects(options.assets == ReportAssets::embedded, "one file holds its assets");
  return std::move(report_files(result, options).front().content);
}

}  // namespace angiobench
