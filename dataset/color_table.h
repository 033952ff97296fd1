// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "dataset/benchmark.h"

namespace angiobench {

/// Which colour means which label, and what the label is called, as an annotation tool or a data
/// set's authors have it.
struct ColorTable {
  std::vector<LabelClass> labels;  // ascending ids; names may be empty. 0 is the background
  std::string source;              // "voc", or the path of its file

  /// The name of a label; empty where the table has none.
  std::string name_of(int id) const;
};

/// Reads a table of colours, told apart by what it holds:
///
/// - CVAT's labelmap.txt, a line "name:red,green,blue:parts:actions" a label: what is called
///   "background" is 0, the others are 1, 2, … in the order of their lines;
/// - JSON: {"classes": [{"id", "name", "color": [r, g, b]}]} or {"palette": [[r, g, b], …]}, as
///   benchmark files have them (other fields are passed over, so that such a file may be given);
/// - lines "id red green blue [name]" or "id name red green blue [alpha]" (label descriptions of
///   ITK-SNAP, colour tables of 3D Slicer); what follows the colour is passed over but for a name
///   in quotes.
///
/// Lines that begin with '#' are comments. Black is the background where the table names no other.
/// Throws Error{input} naming the line or the field: an id above 255, an id or a colour twice.
ColorTable parse_color_table(std::string_view text, const std::string& path);

/// The table of a file, or, for "voc", the VOC / DAVIS map (labels 1 to 254; 255 is void there).
/// Throws Error{input}.
ColorTable load_color_table(const std::string& word_or_file);

/// The colours of a table by label, up to its highest one; where a label has none, the
/// background's.
std::vector<Rgb> palette_of(const ColorTable& table);

/// The benchmark with these colours instead of its own: masks in colours, truth and predictions,
/// are read through them. Its classes are the table's where it has none of its own and the table
/// has names.
BenchmarkDefinition with_colors(BenchmarkDefinition benchmark, const ColorTable& table);

/// Whether colours of the benchmark were stated, by its definition or by a table: predictions of
/// objects may be in them then. Nobody stated the VOC map, which is taken where no other is.
bool has_stated_colors(const BenchmarkDefinition& benchmark);

/// The palette through which masks of a role are read; empty: colours are refused. Predictions of
/// classes may be in the classes' colours, those of objects in stated ones.
std::span<const Rgb> palette_for(const BenchmarkDefinition& benchmark, MaskRole role);

/// "1 vessel (48, 112, 32), 2 catheter (176, 112, 32) and 3 more": the labels of a table.
std::string color_table_text(const ColorTable& table, std::size_t most = 6);

/// "(48, 112, 32)".
std::string color_text(const Rgb& color);

}  // namespace angiobench
