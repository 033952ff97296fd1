// SPDX-License-Identifier: MIT
#include "reports/html/page.h"

#include <span>

#include "dataset/files/digest.h"
#include "dataset/files/embedded_file.h"
#include "dataset/error.h"
#include "reports/html/element.h"
#include "reports/html/print.h"

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

std::string with_player(std::string_view page, std::string_view own, PagePlayer player) {
  std::string content(embedded(page));
  if (player == PagePlayer::present) content += embedded(own);
  return content;
}

// How a content security policy names an inline style or script.
std::string csp_hash(std::string_view content) {
  const Sha256 digest = sha256(content);
  return "'sha256-" + base64(std::span<const std::uint8_t>(digest)) + "'";
}

// What a page may load and from where.
void put_policy(Markup& out, ReportAssets assets, PagePlayer player) {
  const bool split = assets == ReportAssets::split;
  const std::string self = "'self'";
  const std::string style = split ? self : csp_hash(page_style(player));
  const std::string script = split ? self : csp_hash(page_script(player));
  put_leaf(out, "meta",
           {{"http-equiv", "Content-Security-Policy"},
            {"content", "default-src 'none'; style-src " + style + "; script-src " + script +
                            "; img-src " + (split ? "'self' data:" : "data:") +
                            "; base-uri 'none'; form-action 'none'"}});
}

}  // namespace

std::string page_style(PagePlayer player) { return with_player("page.css", "player.css", player); }
std::string page_script(PagePlayer player) { return with_player("page.js", "player.js", player); }

std::vector<ReportFile> page_files(const std::string& assets_folder, PagePlayer player) {
  std::vector<ReportFile> files;
  for (const std::string_view name : {"page.css", "page.js", "player.css", "player.js"}) {
    if (player == PagePlayer::present || !name.starts_with("player"))
      files.push_back({assets_folder + "/" + std::string(name), std::string(embedded(name))});
  }
  return files;
}

Section::Section(Markup& out, std::string_view id, std::string_view heading)
    : Element(out, "section", {{"id", id}, {"aria-labelledby", "h-" + std::string(id)}},
              After::line_end) {
  put(out,
      element("h2", {{"id", "h-" + std::string(id)}}, heading, " ",
              element("a",
                      {{"class", "anchor"},
                       {"href", "#" + std::string(id)},
                       {"aria-label", "Link to this section: " + std::string(heading)}},
                      "#")),
      "\n");
}

void put_heading(Markup& out, std::string_view id, std::string_view text) {
  put(out,
      element("h2", {{"id", id}}, text, " ",
              element("a",
                      {{"class", "anchor"},
                       {"href", "#" + std::string(id)},
                       {"aria-label", "Link to this section"}},
                      "#")),
      "\n");
}

PageFrame page_frame(std::string_view title,
                     const std::vector<std::pair<std::string, std::string>>& sections,
                     ReportAssets assets, std::string_view assets_folder, PagePlayer player) {
  const bool split = assets == ReportAssets::split;
  const std::string folder(assets_folder);
  Markup out;
  PageFrame frame;
  put_doctype(out);
  {
    const Element html(out, "html", {{"lang", "en"}}, After::line_end);
    put(out, "\n");
    {
      const Element head(out, "head", {}, After::line_end);
      put(out, "\n", leaf("meta", {{"charset", "utf-8"}}), "\n");
      put_policy(out, assets, player);
      put(out, "\n",
          leaf("meta", {{"name", "viewport"}, {"content", "width=device-width, initial-scale=1"}}),
          "\n", leaf("meta", {{"name", "color-scheme"}, {"content", "light dark"}}), "\n",
          leaf("meta", {{"name", "referrer"}, {"content", "no-referrer"}}), "\n",
          leaf("link", {{"rel", "icon"}, {"href", "data:,"}}), "\n", element("title", {}, title),
          "\n");
      if (split) {
        put(out, leaf("link", {{"rel", "stylesheet"}, {"href", folder + "/page.css"}}), "\n");
        put_script_link(out, folder + "/page.js");
        if (player == PagePlayer::present) {
          put(out, leaf("link", {{"rel", "stylesheet"}, {"href", folder + "/player.css"}}), "\n");
          put_script_link(out, folder + "/player.js");
        }
      } else {
        put_code(out, Code::style, page_style(player));
      }
      put(out, "\n");
    }
    const Element body(out, "body", {}, After::line_end);
    put(out, "\n", element("a", {{"class", "skip"}, {"href", "#main"}}, "Skip to the content"),
        "\n");
    {
      const Element nav(out, "nav", {{"aria-label", "Sections"}}, After::line_end);
      const Element list(out, "ul");
      for (const auto& [id, heading] : sections)
        put_element(out, "li", {}, element("a", {{"href", "#" + id}}, heading));
    }
    {
      const Element main(out, "main", {{"id", "main"}}, After::line_end);
      put(out, "\n");
      frame.before = out.take();
    }
    if (!split) {
      put_code(out, Code::script, page_script(player));
      put(out, "\n");
    }
  }
  frame.after = out.take();
  return frame;
}

std::string wrap_page(std::string_view title,
                      const std::vector<std::pair<std::string, std::string>>& sections,
                      const Markup& body, ReportAssets assets, std::string_view assets_folder) {
  PageFrame frame = page_frame(title, sections, assets, assets_folder);
  frame.before.append(body.view()).append(frame.after);
  return std::move(frame.before);
}

}  // namespace html
}  // namespace angiobench
