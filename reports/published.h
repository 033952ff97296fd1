// SPDX-License-Identifier: MIT
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "dataset/files/embedded_file.h"
#include "evaluator/metric.h"
#include "reports/decimal.h"

namespace angiobench {

/// Where published figures were read.
struct PublishedSource {
  std::string title;
  std::string url;  // http(s)
  /// Short, for tables, e.g. "arXiv 2601.00988"; the title where the file gives none
  std::string label;
};

/// One published number with the digits it was published with. In percent, but for measures that
/// are no fractions.
struct PublishedFigure {
  Metric metric;      // "J&F", "J", "J_recall", "fps", …
  std::string place;  // a scope's name: "overall", "seen", "unseen"; a machine's for speeds
  Decimal number;
};

/// What a source says of one method on one data set.
struct PublishedEntry {
  std::string dataset;  // name of a benchmark definition where there is one, e.g. "mosxav-test"
  std::string split;
  std::string method;
  /// Setting or task where a source has several rows for a method; may be empty
  std::string variant;
  std::string id;  // the source's own id; may be empty
  std::string venue;
  int year = 0;  // 0: not stated
  std::vector<PublishedFigure> figures;
  std::vector<Metric> derived;  // what the source does not print and was worked out from its others
  std::string note;
};

/// A row of a smaller table: a setting and its figures.
struct PublishedRow {
  std::string label;
  std::vector<PublishedFigure> figures;
};

struct PublishedTable {
  std::string name;  // "table2"
  std::string title;
  std::string dataset;
  std::string label;  // what the rows differ in
  std::string note;
  std::vector<PublishedRow> rows;
};

/// One file of reports/published (schema "published-1"): a source and its figures.
struct PublishedFile {
  std::string name;  // file name
  PublishedSource source;
  Display display = Display::percent;  // how the community of its data sets prints numbers
  std::vector<PublishedEntry> entries;
  std::vector<PublishedTable> tables;
};

/// Parses a file of schema "published-1". Throws Error{input} naming the field that is wrong or
/// missing.
PublishedFile parse_published(std::string_view text, const std::string& path);

/// Everything that ships with the project, by file name.
const std::vector<PublishedFile>& published_files();

/// The file of the paper whose tables `reproduce` shows.
const PublishedFile& published_paper();

/// The figure of this metric and place (or scope), or nullptr.
const PublishedFigure* find_figure(std::span<const PublishedFigure> figures, const Metric& metric,
                                   std::string_view place);
const PublishedFigure* find_figure(std::span<const PublishedFigure> figures, const Metric& metric,
                                   Scope scope);

/// A printed J&F beside the mean of the columns that it is said to be the mean of (J and F, or the
/// seen and unseen four). `follows` is false where they differ by more than the rounding of all of
/// them allows: half a unit of the last printed digit for the columns' mean and as much for the
/// printed value.
struct MeanCheck {
  bool checked = false;  // false: columns are missing, or the value was derived from them
  bool follows = true;
  std::string mean;  // exact, e.g. "79.15"
};
MeanCheck check_mean(std::span<const PublishedFigure> figures);

/// Data files that were built in (cmake/EmbedFiles.cmake).
std::span<const EmbeddedFile> embedded_published();

}  // namespace angiobench
