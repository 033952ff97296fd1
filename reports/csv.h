// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "evaluator/protocol.h"
#include "evaluator/result.h"

namespace angiobench {

// The CSV files of `score --out`, each with one header line; fractions with 17 significant digits.

/// metric,scope,value,n,low,high; without objects also std,n_left_out,variant
std::string summary_csv(const Result& result);
/// sequence,objects,frames_scored and one column for each of sequence_metrics, by its id
std::string per_sequence_csv(const Result& result);
/// sequence,object,group,frames,J_mean,J_recall,J_decay,F_mean,F_recall,F_decay and one column for
/// each further metric of the result, by its id
std::string per_object_csv(const Result& result);
/// sequence,frame,object,role,intersection,union,prediction,truth,prediction_boundary,truth_boundary,
/// prediction_matched,truth_matched and one column for each measure that has a value per frame: J,
/// F (or what the protocol measures in its place), …
std::string per_frame_csv_header(const FrameMeasures& measures);
/// The rows of one sequence (no header line).
std::string per_frame_csv_rows(const SequenceScore& sequence, const FrameMeasures& measures);
/// The same rows in pieces of some 64 KB: however long a sequence is, its text is never held whole.
void write_per_frame_csv_rows(const SequenceScore& sequence, const FrameMeasures& measures,
                              const std::function<void(std::string_view)>& write);
/// Appends "sequence,frame,object,role", with which rows of an object in a frame begin; `sequence`
/// is escaped already. Roles are "scored", "prompt", "dropped", "both-empty" or "missing".
void begin_object_row(std::string& text, const std::string& sequence, const std::string& frame,
                      int object_id, FrameRole role);
/// One record of RFC 4180; advances `position` past it. The ' before a formula is taken off again.
std::vector<std::string> read_csv_record(std::string_view text, std::size_t& position);
/// Fills SequenceScore::frame_names and ::frames of `result` from the text of a per_frame.csv.
/// Throws Error{input}.
void read_per_frame_csv(std::string_view text, const std::string& path, Result& result);

}  // namespace angiobench
