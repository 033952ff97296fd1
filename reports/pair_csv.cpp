// SPDX-License-Identifier: MIT
#include "reports/pair_csv.h"

#include <charconv>
#include <initializer_list>
#include <vector>

#include "dataset/error.h"
#include "reports/csv.h"
#include "reports/escape.h"

namespace angiobench {
namespace {

constexpr std::string_view kFirstColumns = "sequence,frame,object,role,width,height";

// A column of whole numbers, of the group that it belongs to.
struct CountColumn {
  std::string_view name;
  bool PairNeeds::*group;  // null: always there
  std::uint32_t (*value)(const PairCounts& counts);
};

using Counts = const PairCounts&;

constexpr bool PairNeeds::*kAlways = nullptr;
constexpr CountColumn kColumns[] = {
    {"truth", kAlways, [](Counts c) { return c.truth; }},
    {"prediction", kAlways, [](Counts c) { return c.prediction; }},
    {"intersection", kAlways, [](Counts c) { return c.intersection; }},
    {"truth_skeleton", &PairNeeds::skeleton, [](Counts c) { return c.truth_skeleton; }},
    {"truth_skeleton_found", &PairNeeds::skeleton, [](Counts c) { return c.truth_skeleton_found; }},
    {"prediction_skeleton", &PairNeeds::skeleton, [](Counts c) { return c.prediction_skeleton; }},
    {"prediction_skeleton_inside", &PairNeeds::skeleton,
     [](Counts c) { return c.prediction_skeleton_inside; }},
    {"truth_skeleton_near", &PairNeeds::centreline, [](Counts c) { return c.truth_skeleton_near; }},
    {"prediction_skeleton_near", &PairNeeds::centreline,
     [](Counts c) { return c.prediction_skeleton_near; }},
    {"thin", &PairNeeds::radius, [](Counts c) { return c.radius[0]; }},
    {"thin_found", &PairNeeds::radius, [](Counts c) { return c.radius_found[0]; }},
    {"middle", &PairNeeds::radius, [](Counts c) { return c.radius[1]; }},
    {"middle_found", &PairNeeds::radius, [](Counts c) { return c.radius_found[1]; }},
    {"thick", &PairNeeds::radius, [](Counts c) { return c.radius[2]; }},
    {"thick_found", &PairNeeds::radius, [](Counts c) { return c.radius_found[2]; }},
    {"truth_components", &PairNeeds::topology, [](Counts c) { return c.truth_components; }},
    {"prediction_components", &PairNeeds::topology,
     [](Counts c) { return c.prediction_components; }},
    {"truth_holes", &PairNeeds::topology, [](Counts c) { return c.truth_holes; }},
    {"prediction_holes", &PairNeeds::topology, [](Counts c) { return c.prediction_holes; }},
    {"components_missed", &PairNeeds::topology, [](Counts c) { return c.components_missed; }},
    {"components_invented", &PairNeeds::topology, [](Counts c) { return c.components_invented; }},
    {"truth_boundary", &PairNeeds::boundary, [](Counts c) { return c.truth_boundary; }},
    {"prediction_boundary", &PairNeeds::boundary, [](Counts c) { return c.prediction_boundary; }},
    {"truth_matched@1", &PairNeeds::boundary, [](Counts c) { return c.truth_matched[0]; }},
    {"prediction_matched@1", &PairNeeds::boundary,
     [](Counts c) { return c.prediction_matched[0]; }},
    {"truth_matched@2", &PairNeeds::boundary, [](Counts c) { return c.truth_matched[1]; }},
    {"prediction_matched@2", &PairNeeds::boundary,
     [](Counts c) { return c.prediction_matched[1]; }},
    {"truth_matched@3", &PairNeeds::boundary, [](Counts c) { return c.truth_matched[2]; }},
    {"prediction_matched@3", &PairNeeds::boundary,
     [](Counts c) { return c.prediction_matched[2]; }},
    {"truth_matched@6", &PairNeeds::boundary, [](Counts c) { return c.truth_matched[3]; }},
    {"prediction_matched@6", &PairNeeds::boundary,
     [](Counts c) { return c.prediction_matched[3]; }},
};

// The distances of one side, two columns: how many elements, and their histogram.
struct SideColumn {
  std::string_view name;
  bool PairNeeds::*group;
  SideDistances PairCounts::*side;
};
constexpr SideColumn kSides[] = {
    {"truth_border", &PairNeeds::border, &PairCounts::truth_border},
    {"prediction_border", &PairNeeds::border, &PairCounts::prediction_border},
    {"truth_contour", &PairNeeds::contour, &PairCounts::truth_contour},
    {"prediction_contour", &PairNeeds::contour, &PairCounts::prediction_contour},
};

// What the other groups rest on is counted with them.
PairNeeds counted(PairNeeds needs) {
  needs.skeleton = needs.skeleton || needs.centreline || needs.radius;
  return needs;
}

void append_number(std::string& text, std::uint64_t number) {
  char digits[20];
  const auto [end, code] = std::to_chars(digits, digits + sizeof digits, number);
  text.append(digits, end);
}

void append_bins(std::string& text, const SideDistances& side, bool is_isotropic, bool has_kinds) {
  bool is_first = true;
  for (const DistanceBin& bin : side.bins) {
    if (!is_first) text += ' ';
    is_first = false;
    if (is_isotropic) {
      append_number(text, bin.key);
    } else {
      append_number(text, bin.key >> 32);
      text += '+';
      append_number(text, bin.key & 0xFFFFFFFFU);
    }
    if (has_kinds) {
      text += '@';
      append_number(text, bin.kind);
    }
    text += ':';
    append_number(text, bin.count);
  }
}

void append_row(std::string& text, const PairScore& row, const PairColumns& columns) {
  const PairNeeds needs = counted(columns.needs);
  const bool is_isotropic = !columns.spacing || columns.spacing->is_isotropic();
  for (const std::uint32_t number : {static_cast<std::uint32_t>(row.counts.width),
                                     static_cast<std::uint32_t>(row.counts.height)}) {
    text += ',';
    append_number(text, number);
  }
  for (const CountColumn& column : kColumns) {
    if (column.group != kAlways && !(needs.*column.group)) continue;
    text += ',';
    append_number(text, column.value(row.counts));
  }
  for (const SideColumn& column : kSides) {
    if (!(needs.*column.group)) continue;
    const SideDistances& side = row.counts.*column.side;
    text += ',';
    append_number(text, side.num_elements());
    text += ',';
    append_bins(text, side, is_isotropic, column.group == &PairNeeds::contour);
  }
  text += '\n';
}

}  // namespace

std::string pair_csv_header(const PairColumns& columns) {
  const PairNeeds needs = counted(columns.needs);
  std::string text(kFirstColumns);
  for (const CountColumn& column : kColumns) {
    if (column.group == kAlways || needs.*column.group) text += "," + std::string(column.name);
  }
  for (const SideColumn& column : kSides) {
    if (!(needs.*column.group)) continue;
    text += "," + std::string(column.name) + "," + std::string(column.name) + "_distances";
  }
  return text + "\n";
}

void write_pair_csv_rows(const SequenceScore& sequence, const PairColumns& columns,
                         const std::function<void(std::string_view)>& write) {
  constexpr std::size_t kPieceBytes = std::size_t{64} << 10;
  std::string text;
  const std::string name = escape_csv(sequence.name);
  for (const PairScore& row : sequence.pairs) {
    begin_object_row(text, name, sequence.frame_names[row.frame], row.object_id, row.role);
    append_row(text, row, columns);
    if (text.size() < kPieceBytes) continue;
    write(text);
    text.clear();
  }
  write(text);
}

std::map<std::pair<std::string, std::string>, std::pair<std::uint32_t, std::uint32_t>>
frame_sizes_of_pair_csv(std::string_view text, const std::string& path) {
  std::map<std::pair<std::string, std::string>, std::pair<std::uint32_t, std::uint32_t>> sizes;
  if (!text.starts_with(kFirstColumns))
    throw Error(ErrorKind::input, path, "its first line is not that of vessel_per_frame.csv");
  std::size_t position = 0;
  read_csv_record(text, position);
  for (std::size_t line = 2; position < text.size(); ++line) {
    const std::vector<std::string> fields = read_csv_record(text, position);
    constexpr std::size_t kWidth = 4;
    const auto fail = [&](const std::string& found) {
      throw Error(ErrorKind::input, path, "line " + std::to_string(line) + ": " + found,
                  "a row of vessel_per_frame.csv");
    };
    if (fields.size() < kWidth + 2) fail(std::to_string(fields.size()) + " columns");
    const auto number = [&](const std::string& field) {
      std::uint32_t value = 0;
      const auto [end, code] = std::from_chars(field.data(), field.data() + field.size(), value);
      if (code != std::errc{} || end != field.data() + field.size() || value == 0)
        fail("the size '" + field + "'");
      return value;
    };
    sizes[{fields[0], fields[1]}] = {number(fields[kWidth]), number(fields[kWidth + 1])};
  }
  return sizes;
}

}  // namespace angiobench
