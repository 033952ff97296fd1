// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "dataset/finding.h"
#include "dataset/finding_codes.h"
#include "evaluator/result.h"

namespace angiobench {

/// One figure of a participant's score.
struct ParticipantFigure {
  std::string metric;   // "J&F"
  std::string scope;    // "overall", "seen", …
  std::string heading;  // "J_s", as tables head it
  std::optional<double> value;
  std::string shown;      // as its community prints it: "49.3"
  bool in_tables = true;  // false: one of many measures of vessels
  bool higher_is_better = true;
  bool is_fraction = true;  // of 0 to 1
};

/// What the organiser of a hidden benchmark may tell a participant, scored or not: JSON, page and
/// terminal say this and nothing else. Nothing in it tells of the ground truth: no sequence's,
/// object's or frame's score, no counts (they say how many objects there are), no digest of the
/// truth or of the masks that were read, no command line and no path of the machine.
struct ParticipantReport {
  std::string tool_version;
  std::string metric_version{kMetricVersion};
  std::string dataset;
  std::string protocol;  // empty: it is not known
  int protocol_version = 0;
  std::string protocol_hash;
  std::string submission;         // its name
  std::string submission_digest;  // empty where it would tell which frames are annotated
  bool complete = false;
  /// Why nothing was scored, at most kMaxReasonBytes in UTF-8; empty: something was.
  std::string reason;
  std::vector<ParticipantFigure> figures;
  std::vector<Finding> findings;  // redacted
};

/// What platforms show of a failed run.
inline constexpr std::size_t kMaxReasonBytes = 280;

/// A line for people, cut at a character and marked where it is longer.
std::string shortened_reason(std::string_view words);

/// The report of a scored submission; `notes` are of its files (FileTree::notes).
ParticipantReport participant_report(const Result& result,
                                     FrameKnowledge frames = FrameKnowledge::secret,
                                     std::span<const Finding> notes = {});

/// Schema "participant-1", values with 17 significant digits, a line end at the end; the reason,
/// where there is one, comes first.
std::string participant_json(const ParticipantReport& report);

/// The same for a terminal: benchmark, protocol, a line a figure; without a score the reason.
std::string participant_text(const ParticipantReport& report);

}  // namespace angiobench
