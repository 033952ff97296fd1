// SPDX-License-Identifier: MIT
#include "reports/html/result_folder.h"

#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "dataset/files/atomic_file.h"
#include "reports/csv.h"
#include "reports/packed_rows.h"
#include "reports/participant.h"
#include "reports/result_json.h"

namespace angiobench {
namespace {

// A report keeps curves of every frame up to this many rows; `report` draws the rest from
// per_frame.csv.
constexpr std::size_t kMaxReportRows = 200'000;

}  // namespace

struct ResultFolder::State {
  State(std::string path, const ResultFolderOptions& asked)
      : options(asked),
        shown_path(std::move(path)),
        folder(shown_path),
        per_frame(folder.file("per_frame.csv")),
        worst({}, asked.map_options) {
    if (options.error_maps != ErrorMapChoice::none)
      maps.emplace(folder.file("error_maps"), options.sequence_name, options.frame_name);
  }

  ResultFolderOptions options;
  std::string shown_path;
  OutputFolder folder;
  AtomicFile per_frame;
  std::optional<PackedRows> rows{std::in_place};
  ErrorMapCollector worst;
  std::optional<StagedErrorMaps> maps;
  std::size_t num_sequences = 0;
};

ResultFolder::ResultFolder(std::string path, const ResultFolderOptions& options)
    : state_(std::make_unique<State>(std::move(path), options)) {
  state_->per_frame.write(per_frame_csv_header(state_->options.measures));
}

ResultFolder::~ResultFolder() = default;

std::string ResultFolder::report_path() const { return state_->shown_path + "/report.html"; }

void ResultFolder::add(const SequenceScore& sequence) {
  State& state = *state_;
  write_per_frame_csv_rows(sequence, state.options.measures,
                           [&](std::string_view text) { state.per_frame.write(text); });
  if (state.rows && state.rows->num_rows() + sequence.frames.size() > kMaxReportRows)
    state.rows.reset();
  if (state.rows) state.rows->append(sequence);
  std::size_t position = state.num_sequences;
  if (state.maps) {
    // Sequences that were left out stand in the index, too.
    while (state.options.sequence_name(position) != sequence.name) ++position;
    for (const ErrorMapCollector::Kept& map : state.worst.take(position))
      state.maps->add(position, map.frame, map.png);
  }
  state.num_sequences = position;
}

void ResultFolder::add(const FrameView& frame) {
  State& state = *state_;
  if (!state.maps) return;
  if (state.options.error_maps == ErrorMapChoice::all) {
    state.maps->add(frame.sequence, frame.frame,
                    encode_error_map(frame.truth, frame.prediction, state.options.map_options));
    return;
  }
  std::vector<FrameCounts> counts;
  for (const ObjectCounts& object : frame.counts) counts.push_back(object.counts);
  state.worst.offer(frame.sequence, frame.frame, frame.truth, frame.prediction, counts);
}

void ResultFolder::attach(ScoreOptions& options) {
  options.on_sequence = [this](const SequenceScore& sequence) { add(sequence); };
  // A scorer that shows no frames need not keep them.
  if (state_->maps) options.on_frame = [this](const FrameView& frame) { add(frame); };
}

void ResultFolder::write(const Result& result) {
  State& state = *state_;
  const auto place = [&](const char* name) { return state.folder.file(name); };
  ReportOptions report;
  report.rows = state.rows ? &*state.rows : nullptr;
  if (state.maps) {
    state.maps->sort();
    report.staged_maps = &*state.maps;
  }
  AtomicFile page(place("report.html"));
  write_report_html(result, report, [&](std::string_view text) { page.write(text); });
  page.commit();
  if (state.maps) state.maps->commit();
  state.per_frame.commit();
  write_file_atomically(place("summary.csv"), summary_csv(result));
  write_file_atomically(place("per_sequence.csv"), per_sequence_csv(result));
  write_file_atomically(place("per_object.csv"), per_object_csv(result));
  if (state.options.reader == ResultReader::participant)
    write_file_atomically(place("participant.json"), participant_json(result));
  write_file_atomically(place("result.json"), result_to_json(result));
  state.folder.commit();
}

}  // namespace angiobench
