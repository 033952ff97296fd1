// SPDX-License-Identifier: MIT
#include "reports/html/page.h"

#include <span>

#include "dataset/files/digest.h"
#include "dataset/files/embedded_file.h"
#include "dataset/error.h"
#include "reports/escape.h"
#include "reports/html/markup.h"

namespace angiobench {

std::span<const EmbeddedFile> embedded_report_page();

namespace html {
namespace {

std::string_view embedded(std::string_view name) {
  for (const EmbeddedFile& file : embedded_report_page()) {
    if (file.name == name) return file.content;
  }
  expects(false, "the page's style and script are embedded");
  return {};
}

// How a content security policy names an inline style or script.
std::string csp_hash(std::string_view content) {
  const Sha256 digest = sha256(content);
  return "'sha256-" + base64(std::span<const std::uint8_t>(digest)) + "'";
}

}  // namespace

std::string_view page_style() { return embedded("page.css"); }
std::string_view page_script() { return embedded("page.js"); }

PageFrame page_frame(std::string_view title,
                     const std::vector<std::pair<std::string, std::string>>& sections,
                     ReportAssets assets, std::string_view assets_folder) {
  const bool split = assets == ReportAssets::split;
  std::string out =
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta "
      "http-equiv=\"Content-Security-Policy\" "
      "content=\"default-src 'none'; ";
  put(out, "style-src ", split ? "'self'" : csp_hash(page_style()), "; script-src ",
      split ? "'self'" : csp_hash(page_script()), "; img-src ",
      split ? "'self' data:" : "data:", "; base-uri 'none'; form-action 'none'\">\n",
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta "
      "name=\"color-scheme\" content=\"light dark\">\n"
      "<meta name=\"referrer\" content=\"no-referrer\">\n<link rel=\"icon\" "
      "href=\"data:,\">\n<title>",
      escape_html(title), "</title>\n");
  if (split) {
    put(out, "<link rel=\"stylesheet\" href=\"", escape_html(assets_folder),
        "/page.css\">\n<script defer src=\"", escape_html(assets_folder), "/page.js\"></script>\n");
  } else {
    put(out, "<style>", page_style(), "</style>\n");
  }
  out +=
      "</head>\n<body>\n<a class=\"skip\" href=\"#main\">Skip to the content</a>\n<nav "
      "aria-label=\"Sections\"><ul>";
  for (const auto& [id, heading] : sections)
    put(out, "<li><a href=\"#", id, "\">", escape_html(heading), "</a></li>");
  put(out, "</ul></nav>\n<main id=\"main\">\n");
  std::string after = "</main>\n";
  if (!split) put(after, "<script>", page_script(), "</script>\n");
  after += "</body>\n</html>\n";
  return {std::move(out), std::move(after)};
}

std::string wrap_page(std::string_view title,
                      const std::vector<std::pair<std::string, std::string>>& sections,
                      std::string_view body, ReportAssets assets, std::string_view assets_folder) {
  PageFrame frame = page_frame(title, sections, assets, assets_folder);
  put(frame.before, body, frame.after);
  return std::move(frame.before);
}

}  // namespace html
}  // namespace angiobench
