// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "reports/html/element.h"
#include "reports/tables.h"

namespace angiobench::html {

/// How a column of a page can be sorted by the reader: names as text, figures by their data-v.
enum class Sort {
  no,
  yes,
  given,  // yes, and the rows come in its order, ascending
};

/// The heading of a column on a page.
struct Heading {
  Markup content;
  Table::Align align = Table::Align::left;  // right: figures
  Sort sort = Sort::no;
};

Heading words_heading(std::string_view text, Sort sort = Sort::yes);
Heading number_heading(std::string_view text, Sort sort = Sort::yes);

/// Whether the parts of a table stand on lines of their own in the page's source.
enum class TableLines { joined, apart };

/// A table before its rows.
struct TableHead {
  std::string caption;
  std::string label{};      // what it is called where it cannot be seen; empty: the caption
  std::string css_class{};  // "sortable" lets the page's script sort it; empty: none
  std::vector<Heading> headings{};
  std::vector<Table::Group> groups{};  // a line of titles above the headings
  TableLines lines = TableLines::joined;
};

/// A table in a box of its own, which scrolls sideways on narrow screens and is reached by
/// keyboard. Rows are written to `out` while this lives.
class TableScope {
 public:
  TableScope(Markup& out, const TableHead& head);

 private:
  Element box_;
  Element table_;
  Element body_;
};

/// A row of a TableScope: its cells are written while it lives.
class Row : public Element {
 public:
  explicit Row(Markup& out, Attributes attributes = {})
      : Element(out, "tr", attributes, After::line_end) {}
};

/// A cell with a figure; `key` is what it is sorted by, none where there is no value.
void put_number(Markup& out, std::string_view text, const std::optional<std::string>& key);

/// What a page adds to a Table.
struct TableDress {
  std::string id{};                           // before the anchors of marks and footnotes
  std::string label{};                        // see TableHead
  std::string css_class{};                    // of the table
  std::vector<std::string> column_classes{};  // of a column's cells; right-aligned ones have "n"
  std::function<std::string(std::size_t row)> row_class{};
  TableLines lines = TableLines::joined;
};

/// A whole table: the first cell of a row is its heading, marks and footnotes lead to put_notes'
/// list.
void put_table(Markup& out, const Table& table, const TableDress& dress);
/// The notes and the footnotes of a table as a list, "<id>-notes".
void put_notes(Markup& out, const Table& table, std::string_view id);

}  // namespace angiobench::html
