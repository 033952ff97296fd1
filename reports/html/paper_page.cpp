// SPDX-License-Identifier: MIT
#include "reports/html/paper_page.h"

#include "reports/html/page.h"
#include "reports/html/table.h"
#include "reports/published.h"

namespace angiobench {

std::string paper_html(std::span<const PaperTable> tables) {
  using namespace html;
  std::vector<std::pair<std::string, std::string>> sections;
  const PublishedFile& source = published_paper();
  Markup out;
  {
    const Element header(out, "header", {{"id", "top"}}, After::line_end);
    put_element(out, "p", {{"class", "kind"}}, "angiobench reproduce");
    put_element(out, "h1", {}, "The paper’s tables");
  }
  put(out,
      element(
          "p", {},
          element("a", {{"rel", "noreferrer"}, {"href", source.source.url}}, source.source.title)),
      "\n");
  for (const PaperTable& paper : tables) {
    const Table table = as_table(paper);
    const std::string number = "Table " + paper.name.substr(5);
    sections.emplace_back(paper.name, number);
    put(out, element("h2", {{"id", paper.name}}, number), "\n");
    TableDress dress;
    dress.id = paper.name;
    dress.label = number;
    dress.lines = TableLines::apart;
    dress.row_class = [&paper](std::size_t row) {
      return paper.rows[row].kind == PaperRowKind::measured ? "this" : "";
    };
    for (const Table::Column& column : table.columns)
      dress.column_classes.push_back(column.align == Table::Align::right ? "nw" : "w");
    if (paper.has_venue) dress.column_classes[1] = "w nw";
    put_table(out, table, dress);
    put_notes(out, table, paper.name);
  }
  return wrap_page("The paper’s tables – angiobench reproduce", sections, out);
}

}  // namespace angiobench
