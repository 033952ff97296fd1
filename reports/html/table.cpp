// SPDX-License-Identifier: MIT
#include "reports/html/table.h"

namespace angiobench::html {
namespace {

void put_heading(Markup& out, const Heading& heading, bool spans_rows) {
  const bool numbers = heading.align == Table::Align::right;
  put_element(out, "th",
              {{"scope", "col"},
               when(spans_rows, "rowspan", "2"),
               when(numbers, "class", "n"),
               when(heading.sort != Sort::no, "data-sort", numbers ? "n" : "t"),
               when(heading.sort == Sort::given, "aria-sort", "ascending")},
              heading.content);
}

// Titles over their columns; what has none reaches down through both lines.
void put_grouped_headings(Markup& out, const TableHead& head) {
  const auto group_at = [&](std::size_t column) -> const Table::Group* {
    for (const Table::Group& group : head.groups) {
      if (column >= group.first && column < group.first + group.count) return &group;
    }
    return nullptr;
  };
  {
    const Element row(out, "tr");
    for (std::size_t column = 0; column < head.headings.size(); ++column) {
      const Table::Group* const group = group_at(column);
      if (group == nullptr) {
        put_heading(out, head.headings[column], true);
      } else if (column == group->first) {
        put_element(out, "th", {{"scope", "colgroup"}, {"colspan", std::to_string(group->count)}},
                    group->title);
      }
    }
  }
  if (head.lines == TableLines::apart) put(out, "\n");
  const Element row(out, "tr");
  for (std::size_t column = 0; column < head.headings.size(); ++column) {
    if (group_at(column) != nullptr) put_heading(out, head.headings[column], false);
  }
}

// Caption and headings; gives `out` back, so that the body's element can follow.
Markup& put_head(Markup& out, const TableHead& head) {
  const std::string_view line = head.lines == TableLines::apart ? "\n" : "";
  put(out, line);
  put_element(out, "caption", {}, head.caption);
  put(out, line);
  {
    const Element thead(out, "thead");
    if (!head.groups.empty()) {
      put_grouped_headings(out, head);
    } else {
      const Element row(out, "tr");
      for (const Heading& heading : head.headings) put_heading(out, heading, false);
    }
  }
  put(out, line);
  return out;
}

}  // namespace

Heading words_heading(std::string_view text, Sort sort) {
  return {markup(text), Table::Align::left, sort};
}

Heading number_heading(std::string_view text, Sort sort) {
  return {markup(text), Table::Align::right, sort};
}

TableScope::TableScope(Markup& out, const TableHead& head)
    : box_(out, "div",
           {{"class", "scroll"},
            {"role", "region"},
            {"tabindex", "0"},
            {"aria-label", head.label.empty() ? head.caption : head.label}},
           After::line_end),
      table_(out, "table", {when(!head.css_class.empty(), "class", head.css_class)}),
      body_(put_head(out, head), "tbody") {
  if (head.lines == TableLines::apart) put(out, "\n");
}

void put_number(Markup& out, std::string_view text, const std::optional<std::string>& key) {
  put_element(out, "td", {{"class", "n"}, maybe("data-v", key)}, text);
}

void put_table(Markup& out, const Table& table, const TableDress& dress) {
  const Footnotes footnotes(table);
  const bool sortable = dress.css_class == "sortable";
  TableHead head{table.caption, dress.label, dress.css_class, {}, table.groups, dress.lines};
  for (const Table::Column& column : table.columns)
    head.headings.push_back(
        {markup(column.heading), column.align, sortable ? Sort::yes : Sort::no});
  const TableScope scope(out, head);
  for (std::size_t index = 0; index < table.rows.size(); ++index) {
    const std::string row_class = dress.row_class ? dress.row_class(index) : std::string();
    const Row row(out, {when(!row_class.empty(), "class", row_class)});
    for (std::size_t column = 0; column < table.rows[index].size(); ++column) {
      const Table::Cell& cell = table.rows[index][column];
      Markup content = cell.strong ? element("b", {}, cell.text) : markup(cell.text);
      if (!cell.mark.empty()) {
        put_element(content, "a",
                    {{"href", "#" + dress.id + "-notes"}, {"title", "see the notes below"}},
                    cell.mark);
      }
      if (const std::string letter = footnotes.letter_of(cell); !letter.empty()) {
        put_element(
            content, "sup", {},
            element("a", {{"href", "#" + dress.id + "-" + letter}, {"title", cell.footnote}},
                    letter));
      }
      if (column == 0) {
        put_element(out, "th", {{"scope", "row"}}, cell.indented ? "↳ " : "", content);
        continue;
      }
      std::string css = table.columns[column].align == Table::Align::right ? "n" : "";
      if (column < dress.column_classes.size() && !dress.column_classes[column].empty())
        css += (css.empty() ? "" : " ") + dress.column_classes[column];
      put_element(out, "td", {when(!css.empty(), "class", css)}, content);
    }
  }
}

void put_notes(Markup& out, const Table& table, std::string_view id) {
  const std::string anchor(id);
  const Footnotes footnotes(table);
  const Element list(out, "ul", {{"class", "facts-list note"}, {"id", anchor + "-notes"}},
                     After::line_end);
  put(out, "\n");
  for (const std::string& note : table.notes) put(out, element("li", {}, note), "\n");
  for (const Footnotes::Note& note : footnotes.notes()) {
    put(out,
        element("li", {{"id", anchor + "-" + note.letter}}, element("b", {}, note.letter), " ",
                note.text),
        "\n");
  }
}

}  // namespace angiobench::html
