// SPDX-License-Identifier: MIT
#include "reports/html/result_folder.h"

#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "dataset/files/atomic_file.h"
#include "reports/class_csv.h"
#include "reports/csv.h"
#include "reports/html/participant_page.h"
#include "reports/packed_rows.h"
#include "reports/participant.h"
#include "reports/result_json.h"
#include "reports/skeleton_map.h"

namespace angiobench {
namespace {

// A report keeps curves of every frame up to this many rows; `report` draws the rest from
// per_frame.csv.
constexpr std::size_t kMaxReportRows = 200'000;

// Everything that a result folder may hold, result.json first: it is what readers open. What an
// earlier run left of it goes, for it would stand beside figures that it is not of.
std::vector<std::string> owned_entries() {
  return {"result.json",      "summary.csv",     "per_sequence.csv", "per_object.csv",
          "per_frame.csv",    "per_class.csv",   "confusion.csv",    "per_image.csv",
          "report.html",      "error_maps",      "skeleton_maps",    "vessel_per_frame.csv",
          "participant.json", "participant.html"};
}

}  // namespace

struct ResultFolder::State {
  State(std::string path, const ResultFolderOptions& asked)
      : options(asked),
        shown_path(std::move(path)),
        folder(shown_path, ExistingFolder::update, owned_entries()),
        per_frame(folder.file(asked.task == Task::objects ? "per_frame.csv" : "per_image.csv"),
                  Flush::with_folder),
        worst({}) {
    if (options.pairs) per_pair.emplace(folder.file("vessel_per_frame.csv"), Flush::with_folder);
    if (options.error_maps != ErrorMapChoice::none)
      maps.emplace(folder.file("error_maps"), options.sequence_name, options.frame_name);
    if (options.error_maps != ErrorMapChoice::none && options.pairs)
      skeletons.emplace(folder.file("skeleton_maps"), options.sequence_name, options.frame_name);
  }

  ResultFolderOptions options;
  std::string shown_path;
  OutputFolder folder;
  AtomicFile per_frame;  // per_image.csv where there are no objects
  std::optional<AtomicFile> per_pair;
  bool has_image_header = false;
  std::optional<PackedRows> rows{std::in_place};
  WorstFrames worst;
  std::vector<FramePosition> wanted;  // frames whose maps are to be drawn, ascending
  std::optional<StagedErrorMaps> maps;
  std::optional<StagedErrorMaps> skeletons;  // of the same frames
  std::size_t num_sequences = 0;
};

ResultFolder::ResultFolder(std::string path, const ResultFolderOptions& options)
    : state_(std::make_unique<State>(std::move(path), options)) {
  if (state_->options.task == Task::objects) {
    state_->per_frame.write(per_frame_csv_header(state_->options.measures));
  } else {
    state_->rows.reset();
  }
  if (state_->per_pair) state_->per_pair->write(pair_csv_header(*state_->options.pairs));
}

ResultFolder::~ResultFolder() = default;

std::string ResultFolder::report_path() const { return state_->shown_path + "/report.html"; }

void ResultFolder::add(const SequenceScore& sequence) {
  State& state = *state_;
  if (state.options.task != Task::objects) {
    const std::vector<Metric>& measures = state.options.image_measures;
    if (!state.has_image_header && !sequence.images.empty()) {
      state.per_frame.write(per_image_csv_header(measures, sequence.images.front()));
      state.has_image_header = true;
    }
    state.per_frame.write(per_image_csv_rows(sequence, measures));
    return;
  }
  write_per_frame_csv_rows(sequence, state.options.measures,
                           [&](std::string_view text) { state.per_frame.write(text); });
  if (state.per_pair) {
    write_pair_csv_rows(sequence, *state.options.pairs,
                        [&](std::string_view text) { state.per_pair->write(text); });
  }
  if (state.rows && state.rows->num_rows() + sequence.frames.size() > kMaxReportRows)
    state.rows.reset();
  if (state.rows) state.rows->append(sequence);
  std::size_t position = state.num_sequences;
  if (state.maps) {
    // Sequences that were left out stand in the index, too.
    while (state.options.sequence_name(position) != sequence.name) ++position;
    for (const std::size_t frame : state.worst.take(position))
      state.wanted.emplace_back(position, frame);
  }
  state.num_sequences = position;
}

void ResultFolder::add(const FrameView& frame) {
  state_->maps->add(frame.sequence, frame.frame,
                    encode_error_map(frame.truth, frame.prediction, state_->options.map_options));
  if (!state_->skeletons) return;
  Mask truth;
  Mask prediction;
  state_->skeletons->add(
      frame.sequence, frame.frame,
      encode_skeleton_map(pixels_of(frame.truth, truth), pixels_of(frame.prediction, prediction),
                          state_->options.map_options));
}

void ResultFolder::attach(ScoreOptions& options) {
  options.on_sequence = [this](const SequenceScore& sequence) { add(sequence); };
  // A scorer that shows no frames need not keep them.
  if (state_->options.error_maps == ErrorMapChoice::all)
    options.on_frame = [this](const FrameView& frame) { add(frame); };
  if (state_->options.error_maps == ErrorMapChoice::worst) {
    options.on_counts = [this](std::size_t sequence, std::size_t frame,
                               std::span<const ObjectCounts> counts) {
      state_->worst.offer(sequence, frame, counts);
    };
  }
}

void ResultFolder::draw_worst(const SequenceIndex& index, const MaskSource& predictions,
                              const Protocol& protocol, const ScoreOptions& options) {
  ScoreOptions second = options;
  second.progress = {};
  second.on_counts = {};
  second.on_sequence = {};
  second.on_frame = [this](const FrameView& frame) { add(frame); };
  show_frames(index, predictions, protocol, state_->wanted, second);
  state_->wanted.clear();
}

Placed ResultFolder::write(const Result& result) {
  State& state = *state_;
  ReportOptions report;
  report.rows = state.rows ? &*state.rows : nullptr;
  report.read_image = state.options.read_image;
  if (state.maps) {
    state.maps->sort();
    report.staged_maps = &*state.maps;
  }
  if (state.skeletons) {
    state.skeletons->sort();
    report.staged_skeletons = &*state.skeletons;
  }
  AtomicFile page(state.folder.file("report.html"), Flush::with_folder);
  write_report_html(result, report, [&](std::string_view text) { page.write(text); });
  page.commit();
  if (state.maps) state.maps->commit();
  if (state.skeletons) state.skeletons->commit();
  state.per_frame.commit();
  if (state.per_pair) state.per_pair->commit();
  state.folder.write("summary.csv", summary_csv(result));
  state.folder.write("per_sequence.csv", per_sequence_csv(result));
  if (state.options.task == Task::objects) {
    state.folder.write("per_object.csv", per_object_csv(result));
  } else if (!result.classes.empty()) {
    state.folder.write("per_class.csv", per_class_csv(result));
    if (result.confusion) state.folder.write("confusion.csv", confusion_csv(result));
  }
  if (state.options.reader == ResultReader::participant) {
    const ParticipantReport shown =
        participant_report(result, state.options.frames, state.options.notes);
    state.folder.write("participant.json", participant_json(shown));
    state.folder.write("participant.html", participant_page(shown));
  }
  state.folder.write("result.json", result_to_json(result));
  return state.folder.commit();
}

}  // namespace angiobench
