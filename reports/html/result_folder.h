// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "dataset/files/output_folder.h"
#include "dataset/finding_codes.h"
#include "evaluator/protocol.h"
#include "evaluator/result.h"
#include "evaluator/scoring/scorer.h"
#include "reports/error_map.h"
#include "reports/html/report.h"
#include "reports/pair_csv.h"

namespace angiobench {

/// Whom a result folder is for.
enum class ResultReader {
  everybody,    // who has the ground truth
  participant,  // also participant.json and .html, with what somebody may see who has not
};

struct ResultFolderOptions {
  ResultReader reader = ResultReader::everybody;
  FrameKnowledge frames = FrameKnowledge::secret;  // of participants
  std::vector<Finding> notes;                      // for them: of the submission's files
  ErrorMapChoice error_maps = ErrorMapChoice::worst;
  ErrorMapOptions map_options;
  /// ReportOptions::read_image, for the page.
  std::function<std::string(const std::string& sequence, const std::string& frame)> read_image;
  FrameMeasures measures;            // columns of per_frame.csv: frame_measures(protocol)
  std::optional<PairColumns> pairs;  // of vessel_per_frame.csv; none: there is no such file
  Task task = Task::objects;
  std::vector<Metric> image_measures;  // columns of per_image.csv, where there are no objects
  /// Names by position in the index. Needed where error maps are kept.
  std::function<std::string(std::size_t sequence)> sequence_name;
  std::function<std::string(std::size_t sequence, std::size_t frame)> frame_name;
};

/// The folder that a scored submission is kept in: result.json, summary.csv, per_sequence.csv,
/// per_object.csv, per_frame.csv, vessel_per_frame.csv, report.html, error_maps/, participant.json
/// and .html; without objects per_class.csv, confusion.csv and per_image.csv in place of those of
/// objects. Frames leave memory as sequences are complete. Everything appears at once, at write();
/// without it nothing does.
class ResultFolder {
 public:
  /// Throws Error{input} where the folder cannot be made.
  ResultFolder(std::string path, const ResultFolderOptions& options);
  ~ResultFolder();
  ResultFolder(const ResultFolder&) = delete;
  ResultFolder& operator=(const ResultFolder&) = delete;

  /// The next sequence, in the index's order, with its per-frame rows.
  void add(const SequenceScore& sequence);
  /// A decoded frame whose error map is kept; from any thread.
  void add(const FrameView& frame);
  /// Makes the scorer hand over sequences, and of frames what the choice of error maps needs: all
  /// of them, or their counts, by which the worst are known when all are counted.
  void attach(ScoreOptions& options);
  /// Draws the error maps of the worst frames, whose masks are read a second time. After the score,
  /// with the arguments that it had.
  void draw_worst(const SequenceIndex& index, const MaskSource& predictions,
                  const Protocol& protocol, const ScoreOptions& options);
  /// Writes all files and puts the folder into place, in which others' files stay. Throws
  /// Error{input} with the system's words.
  Placed write(const Result& result);

  /// "<path>/report.html"
  std::string report_path() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace angiobench
