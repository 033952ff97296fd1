// SPDX-License-Identifier: MIT
#include "reports/html/report.h"

#include "dataset/error.h"
#include "reports/html/class_sections.h"
#include "reports/html/page.h"
#include "reports/html/sections.h"

namespace angiobench {
namespace {

// A part of the page, in its order; the gallery is written by itself.
struct PagePart {
  const char* id;
  const char* name;
  html::Markup (*section)(const html::SectionContext&) = nullptr;
  bool is_behind_gallery = false;
};

std::vector<PagePart> object_parts() {
  using namespace html;
  return {{"headline", "Headline", headline_section},
          {"warnings", "Warnings", warnings_section},
          {"sequences", "Sequences", sequences_section},
          {"objects", "Objects", objects_section},
          {"vessels", "Vessels", vessel_section},
          {"curves", "Curves", curves_section},
          {"gallery", "Gallery"},
          {"distribution", "Distribution", distribution_section, true},
          {"leaderboard", "Leaderboard", leaderboard_section, true},
          {"reproduce", "Reproduce", reproduce_section, true},
          {"copy", "To paste", copy_section, true}};
}

// Where there are no objects, classes and maps stand in their place.
std::vector<PagePart> class_parts() {
  using namespace html;
  return {{"headline", "Headline", headline_section},
          {"warnings", "Warnings", warnings_section},
          {"confusion", "Confusion", confusion_section},
          {"classes", "Classes", classes_section},
          {"curves", "Curves", map_curves_section},
          {"sequences", "Sequences", sequences_section},
          {"leaderboard", "Leaderboard", leaderboard_section, true},
          {"reproduce", "Reproduce", reproduce_section, true},
          {"copy", "To paste", copy_section, true}};
}

// A page that shows the frames of its sequences in order can play them, where it may be so large
// that the player's 22 KB do not push maps out.
html::PagePlayer player_of(const ReportOptions& options) {
  constexpr std::uint64_t kLeastBytes = 500'000;
  if (options.assets == ReportAssets::embedded && options.max_bytes < kLeastBytes)
    return html::PagePlayer::none;
  const bool has_maps = options.staged_maps != nullptr || !options.error_maps.empty();
  return has_maps && options.shown_maps == ErrorMapChoice::all ? html::PagePlayer::present
                                                               : html::PagePlayer::none;
}

// Hands the page to `write`; with split assets, the gallery's images become `files`.
void write_page(const Result& result, const ReportOptions& options, std::vector<ReportFile>& files,
                const std::function<void(std::string_view)>& write) {
  using namespace html;
  const ReportView view = make_view(result, options.baseline, options.tolerance, options.rows);
  const SectionContext context{result, options, view, result.protocol.display};

  const bool is_of_objects = has_objects(result);
  const std::vector<PagePart> parts = is_of_objects ? object_parts() : class_parts();
  std::vector<std::pair<std::string, std::string>> sections;
  Markup before_gallery = title_section(context);
  Markup after_gallery;
  for (const PagePart& part : parts) {
    const Markup section = part.section == nullptr ? Markup() : part.section(context);
    if (section.empty() && part.section != nullptr) continue;
    sections.emplace_back(part.id, part.name);
    put(part.is_behind_gallery ? after_gallery : before_gallery, section);
  }
  const std::string title =
      result_names({&result, 1}).front() + " on " + result.dataset.name + " – angiobench report";
  const PageFrame frame =
      page_frame(title, sections, options.assets, options.assets_folder, player_of(options));

  // The gallery gets what the rest of the page leaves.
  constexpr std::uint64_t kGalleryMarkup = 12'000;  // its headings, legend and filters
  const std::uint64_t rest = frame.before.size() + before_gallery.size() + after_gallery.size() +
                             frame.after.size() + kGalleryMarkup + 200 * result.sequences.size();
  write(frame.before);
  write(before_gallery.take());
  if (is_of_objects) {
    write_gallery_section(context, rest < options.max_bytes ? options.max_bytes - rest : 0, files,
                          write);
  }
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
    for (ReportFile& file : html::page_files(options.assets_folder, player_of(options)))
      files.push_back(std::move(file));
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
