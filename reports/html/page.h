// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "reports/html/element.h"
#include "reports/html/report.h"

namespace angiobench::html {

/// Whether a page can play clips (player.js).
enum class PagePlayer { none, present };

/// The style sheet and the script that every page of this project carries, and behind them those of
/// the player.
std::string page_style(PagePlayer player = PagePlayer::none);
std::string page_script(PagePlayer player = PagePlayer::none);

/// The files of a page with split assets: page.css, page.js, and the player's.
std::vector<ReportFile> page_files(const std::string& assets_folder, PagePlayer player);

/// A part of a page: <section id=…> with a heading that links to itself.
class Section : public Element {
 public:
  Section(Markup& out, std::string_view id, std::string_view heading);
};

/// A heading that links to itself, for parts that are no section.
void put_heading(Markup& out, std::string_view id, std::string_view text);

/// A term and what is said of it, in a <dl class="facts">.
template <typename... Parts>
void put_fact(Markup& out, std::string_view term, const Parts&... parts) {
  put_element(out, "div", {}, element("dt", {}, term), element("dd", {}, parts...));
}

/// What stands before and after the body of a page.
struct PageFrame {
  std::string before;
  std::string after;
};

/// The frame of wrap_page's page, for a body that is written in pieces.
PageFrame page_frame(std::string_view title,
                     const std::vector<std::pair<std::string, std::string>>& sections,
                     ReportAssets assets = ReportAssets::embedded,
                     std::string_view assets_folder = "report_files",
                     PagePlayer player = PagePlayer::none);

/// A whole page round `body`: language, character set, a content security policy that
/// allows the page's own style and script (by hash, or 'self' with split assets) and images in data
/// URIs, and nothing from elsewhere; a skip link and a bar of links to `sections` (id, heading).
/// `title` is plain text.
std::string wrap_page(std::string_view title,
                      const std::vector<std::pair<std::string, std::string>>& sections,
                      const Markup& body, ReportAssets assets = ReportAssets::embedded,
                      std::string_view assets_folder = "report_files");

}  // namespace angiobench::html
