// SPDX-License-Identifier: MIT
#include "reports/html/element.h"

#include <gtest/gtest.h>

#include <string>

#include "dataset/error.h"
#include "reports/html/table.h"

namespace angiobench::html {
namespace {

TEST(HtmlElement, ClosesItselfAndEscapesTextAndAttributesByType) {
  Markup out;
  {
    const Element row(out, "tr", {{"title", "\"a' & <b>"}}, After::line_end);
    put_element(out, "td", {{"class", "n"}}, "1 < 2 & \"3\"", element("b", {}, "it's"));
    put_leaf(out, "br");
    put_leaf(out, "path", {{"d", "M0 0h1"}});
  }
  EXPECT_EQ(out.view(),
            "<tr title=\"&quot;a' &amp; &lt;b&gt;\"><td class=\"n\">1 &lt; 2 &amp; &quot;3&quot;"
            "<b>it&#39;s</b></td><br><path d=\"M0 0h1\"/></tr>\n");
}

TEST(HtmlElement, WritesNoBreakSpacesAsTheirEntity) {
  EXPECT_EQ(markup("95\u00a0%").view(), "95&nbsp;%");
}

TEST(HtmlElement, LeavesOutAttributesThatAreNotThere) {
  const Markup out = element("input", {when(false, "id", "x"), maybe("data-v", std::nullopt),
                                       flag("checked"), maybe("name", std::string("n"))});
  EXPECT_EQ(out.view(), "<input checked name=\"n\"></input>");
}

TEST(HtmlElement, FollowsNoAddressThatRunsCode) {
  const auto link = [](std::string_view address) {
    return std::string(element("a", {{"href", address}}, "x").view());
  };
  EXPECT_EQ(link("javascript:alert(1)"), "<a href=\"#\">x</a>");
  EXPECT_EQ(link(" JaVaScRiPt:alert(1)"), "<a href=\"#\">x</a>");
  EXPECT_EQ(link("data:text/html,<script>"), "<a href=\"#\">x</a>");
  EXPECT_EQ(link("https://example.org/?a=1&b"), "<a href=\"https://example.org/?a=1&amp;b\">x</a>");
  EXPECT_EQ(link("dataset/a:b.html"), "<a href=\"dataset/a:b.html\">x</a>");
  EXPECT_EQ(link("#a:b"), "<a href=\"#a:b\">x</a>");
}

TEST(HtmlElement, HandsOnWhatIsWrittenWhileItIsOpen) {
  Markup out;
  std::string page;
  {
    const Element list(out, "ul");
    put_element(out, "li", {}, "a");
    page += out.take();
    put_element(out, "li", {}, "b");
  }
  page += out.take();
  EXPECT_EQ(page, "<ul><li>a</li><li>b</li></ul>");
}

TEST(HtmlElement, RefusesCodeThatEndsItsElement) {
  Markup out;
  EXPECT_ANY_THROW(put_code(out, Code::script, "</script><b>"));
}

// What a page can show of the one model of tables: groups, marks, footnotes, rows that belong to
// others.
Table grouped_table() {
  Table table;
  table.caption = "A < B";
  table.columns = {
      {"Method", {}, Table::Align::left}, {"J", {}}, {"F", {}}, {"Digest", {}, Table::Align::left}};
  table.groups = {{"one & two", 1, 2}};
  table.rows = {{{"a"}, {"1.0", true}, {"2.0", false, "‡"}, {""}},
                {{"b"}, {"–", false, "", "why <not>"}, {"3.0"}, {"d"}}};
  table.rows[1][0].indented = true;
  table.notes = {"‡ a note"};
  return table;
}

TEST(HtmlTable, WritesTheModelOfAllTables) {
  Markup out;
  TableDress dress;
  dress.id = "t";
  put_table(out, grouped_table(), dress);
  put_notes(out, grouped_table(), "t");
  EXPECT_EQ(
      out.view(),
      "<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"A &lt; B\"><table>"
      "<caption>A &lt; B</caption><thead><tr><th scope=\"col\" rowspan=\"2\">Method</th>"
      "<th scope=\"colgroup\" colspan=\"2\">one &amp; two</th>"
      "<th scope=\"col\" rowspan=\"2\">Digest</th></tr><tr><th scope=\"col\" class=\"n\">J</th>"
      "<th scope=\"col\" class=\"n\">F</th></tr></thead><tbody>"
      "<tr><th scope=\"row\">a</th><td class=\"n\"><b>1.0</b></td><td class=\"n\">2.0"
      "<a href=\"#t-notes\" title=\"see the notes below\">‡</a></td><td></td></tr>\n"
      "<tr><th scope=\"row\">↳ b</th><td class=\"n\">–<sup><a href=\"#t-a\" "
      "title=\"why &lt;not&gt;\">a</a></sup></td><td class=\"n\">3.0</td><td>d</td></tr>\n"
      "</tbody></table></div>\n<ul class=\"facts-list note\" id=\"t-notes\">\n<li>‡ a note</li>\n"
      "<li id=\"t-a\"><b>a</b> why &lt;not&gt;</li>\n</ul>\n");
}

TEST(HtmlTable, TellsTheScriptHowAColumnIsSorted) {
  Markup out;
  {
    const TableScope table(out, {"c",
                                 {},
                                 "sortable",
                                 {words_heading("Name", Sort::given), number_heading("J"),
                                  words_heading("Pic", Sort::no)}});
    const Row row(out, {{"id", "r"}});
    put_number(out, "1.5", "1.49");
    put_number(out, "–", std::nullopt);
  }
  EXPECT_EQ(
      out.view(),
      "<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"c\">"
      "<table class=\"sortable\"><caption>c</caption><thead><tr>"
      "<th scope=\"col\" data-sort=\"t\" aria-sort=\"ascending\">Name</th>"
      "<th scope=\"col\" class=\"n\" data-sort=\"n\">J</th><th scope=\"col\">Pic</th></tr></thead>"
      "<tbody><tr id=\"r\"><td class=\"n\" data-v=\"1.49\">1.5</td><td class=\"n\">–</td></tr>\n"
      "</tbody></table></div>\n");
}

}  // namespace
}  // namespace angiobench::html
