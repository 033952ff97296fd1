// SPDX-License-Identifier: MIT
#include "reports/csv.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <optional>
#include <utility>

#include "dataset/error.h"
#include "dataset/words.h"
#include "evaluator/comparing/aggregate_sample.h"
#include "evaluator/measures.h"
#include "reports/decimal.h"
#include "reports/escape.h"
#include "reports/tables.h"

namespace angiobench {
namespace {

constexpr auto kRoles = words<FrameRole>({{"scored", FrameRole::scored},
                                          {"prompt", FrameRole::prompt},
                                          {"dropped", FrameRole::dropped},
                                          {"both-empty", FrameRole::both_empty},
                                          {"missing", FrameRole::missing}});

// The columns that every file has: what a row holds. Measures worked out from them follow.
constexpr std::string_view kPerFrameHeader =
    "sequence,frame,object,role,intersection,union,prediction,truth,prediction_boundary,truth_"
    "boundary,prediction_matched,truth_matched";

}  // namespace

void begin_object_row(std::string& text, const std::string& sequence, const std::string& frame,
                      int object_id, FrameRole role) {
  text += sequence + "," + escape_csv(frame) + "," + std::to_string(object_id) + ",";
  text += kRoles.of(role);
}

std::vector<std::string> read_csv_record(std::string_view text, std::size_t& position) {
  std::vector<std::string> fields(1);
  bool is_quoted = false;
  for (; position < text.size(); ++position) {
    const char c = text[position];
    if (is_quoted) {
      if (c != '"') {
        fields.back() += c;
      } else if (position + 1 < text.size() && text[position + 1] == '"') {
        fields.back() += '"';
        ++position;
      } else {
        is_quoted = false;
      }
    } else if (c == '"') {
      is_quoted = true;
    } else if (c == ',') {
      fields.emplace_back();
    } else if (c == '\n') {
      ++position;
      break;
    } else if (c != '\r') {
      fields.back() += c;
    }
  }
  for (std::string& field : fields) {
    const bool is_guarded = field.size() > 1 && field[0] == '\'' &&
                            std::string_view("=+-@\t\r").find(field[1]) != std::string_view::npos;
    if (is_guarded) field.erase(0, 1);
  }
  return fields;
}

std::string summary_csv(const Result& result) {
  // What objects have has always been these; a deviation and a variant are of images, and what
  // measures of pairs leave unsaid stands where there are any.
  const bool is_wide = !has_objects(result);
  const bool has_pairs = std::ranges::any_of(
      result.aggregates, [](const Aggregate& one) { return one.n_one_empty.has_value(); });
  std::string text = "metric,scope,value,n,low,high";
  if (is_wide) text += ",std,n_left_out,variant";
  if (has_pairs) text += ",n_one_empty,n_left_out";
  text += "\n";
  for (const Aggregate& aggregate : result.aggregates) {
    text += escape_csv(aggregate.metric.id) + "," + std::string(scope_name(aggregate.scope)) + "," +
            format_exact(aggregate.value, "") + "," + std::to_string(aggregate.n) + ",";
    if (aggregate.interval) text += format_exact(aggregate.interval->low);
    text += ",";
    if (aggregate.interval) text += format_exact(aggregate.interval->high);
    const auto add_count = [&](const std::optional<std::uint64_t>& count) {
      text += "," + (count ? std::to_string(*count) : std::string{});
    };
    if (is_wide) {
      text += "," + format_exact(aggregate.deviation, "");
      add_count(aggregate.n_left_out);
      text += "," + escape_csv(aggregate.variant);
    }
    if (has_pairs) {
      add_count(aggregate.n_one_empty);
      add_count(aggregate.n_left_out);
    }
    text += "\n";
  }
  return text;
}

std::string per_sequence_csv(const Result& result) {
  const std::vector<MetricDescriptor> metrics = sequence_metrics(result);
  std::string text = "sequence,objects,frames_scored";
  for (const MetricDescriptor& metric : metrics) text += "," + escape_csv(metric.metric.id);
  text += "\n";
  for (const SequenceScore& sequence : result.sequences) {
    text += escape_csv(sequence.name) + "," + std::to_string(sequence.objects.size()) + "," +
            std::to_string(sequence.frames_scored);
    for (const MetricDescriptor& metric : metrics)
      text += "," + format_exact(sequence_value(sequence, metric.metric), "");
    text += "\n";
  }
  return text;
}

std::string per_object_csv(const Result& result) {
  // J and F stand first in every file, under the names that they have always had.
  std::string text = "sequence,object,group,frames";
  std::vector<Metric> columns;
  for (const Metric& metric : {region_metric(), contour_metric()}) {
    columns.push_back(metric);
    text += "," + metric.id + "_mean";
    for (const char* const statistic : {"recall", "decay"}) {
      columns.push_back(statistic_of(metric, statistic));
      text += "," + columns.back().id;
    }
  }
  for (const MetricDescriptor& metric : object_metrics(result)) {
    if (std::ranges::find(columns, metric.metric) != columns.end()) continue;
    columns.push_back(metric.metric);
    text += "," + escape_csv(metric.metric.id);
  }
  text += "\n";
  for (const SequenceScore& sequence : result.sequences) {
    for (const ObjectScore& object : sequence.objects) {
      text += escape_csv(sequence.name) + "," + std::to_string(object.id) + "," +
              std::string(group_name(object.group)) + "," + std::to_string(object.frames);
      for (const Metric& metric : columns) text += "," + format_exact(object.value(metric), "");
      text += "\n";
    }
  }
  return text;
}

std::string per_frame_csv_header(const FrameMeasures& measures) {
  std::string text(kPerFrameHeader);
  for (const Measure* const measure : measures.measures) text += "," + escape_csv(measure->id);
  return text + "\n";
}

std::string per_frame_csv_rows(const SequenceScore& sequence, const FrameMeasures& measures) {
  std::string text;
  write_per_frame_csv_rows(sequence, measures, [&](std::string_view piece) { text += piece; });
  return text;
}

void write_per_frame_csv_rows(const SequenceScore& sequence, const FrameMeasures& measures,
                              const std::function<void(std::string_view)>& write) {
  constexpr std::size_t kPieceBytes = std::size_t{64} << 10;
  std::string text;
  const std::string name = escape_csv(sequence.name);
  for (const FrameScore& row : sequence.frames) {
    begin_object_row(text, name, sequence.frame_names[row.frame], row.object_id, row.role);
    const FrameCounts& counts = row.counts;
    for (const std::uint32_t count :
         {counts.intersection, counts.union_area, counts.prediction, counts.truth,
          counts.prediction_boundary, counts.truth_boundary, counts.prediction_matched,
          counts.truth_matched}) {
      text += "," + std::to_string(count);
    }
    for (const Measure* const measure : measures.measures)
      text += "," + format_exact(measures.value(*measure, row));
    text += "\n";
    if (text.size() >= kPieceBytes) {
      write(text);
      text.clear();
    }
  }
  write(text);
}

void read_per_frame_csv(std::string_view text, const std::string& path, Result& result) {
  std::map<std::string, SequenceScore*> sequences;
  for (SequenceScore& sequence : result.sequences) {
    sequences[sequence.name] = &sequence;
    sequence.frames.clear();
    sequence.frame_names.clear();
  }
  const std::string_view first = text.substr(0, text.find('\n'));
  if (!first.starts_with(kPerFrameHeader) ||
      (first.size() > kPerFrameHeader.size() && first[kPerFrameHeader.size()] != ','))
    throw Error(ErrorKind::input, path, "its first line is not that of per_frame.csv");
  std::size_t position = 0;
  const std::vector<std::string> header = read_csv_record(text, position);
  std::size_t line = 1;
  while (position < text.size()) {
    ++line;
    const std::vector<std::string> fields = read_csv_record(text, position);
    const auto fail = [&](const std::string& found, const std::string& expected) {
      throw Error(ErrorKind::input, path, "line " + std::to_string(line) + ": " + found, expected);
    };
    if (fields.size() != header.size())
      fail(std::to_string(fields.size()) + " columns", std::to_string(header.size()));
    const auto found = sequences.find(fields[0]);
    if (found == sequences.end())
      fail("the sequence '" + fields[0] + "'", "a sequence of the result");
    SequenceScore& sequence = *found->second;
    if (sequence.frame_names.empty() || sequence.frame_names.back() != fields[1])
      sequence.frame_names.push_back(fields[1]);
    FrameScore row;
    row.frame = static_cast<std::uint32_t>(sequence.frame_names.size() - 1);
    const auto number = [&](std::size_t column) {
      std::uint32_t value = 0;
      const std::string& field = fields[column];
      const auto [end, code] = std::from_chars(field.data(), field.data() + field.size(), value);
      if (code != std::errc{} || end != field.data() + field.size())
        fail("'" + field + "'", "a whole number");
      return value;
    };
    row.object_id = static_cast<int>(number(2));
    const std::optional<FrameRole> role = kRoles.exactly(fields[3]);
    if (!role)
      fail("the role '" + fields[3] + "'", "scored, prompt, dropped, both-empty or missing");
    row.role = *role;
    row.counts = {number(4), number(5), number(6),  number(7),
                  number(8), number(9), number(10), number(11)};
    sequence.frames.push_back(row);
  }
}

}  // namespace angiobench
