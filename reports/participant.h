// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "evaluator/result.h"

namespace angiobench {

/// What the organiser of a hidden benchmark may tell a participant: the aggregates and findings
/// about the participant's own files. Nothing that tells of the ground truth: no sequence's,
/// object's or frame's score, no counts (they say how many objects there are), no digest of the
/// truth, no command line (it names paths), findings redacted.
///
/// JSON of schema "participant-1", values with 17 significant digits, a line end at the end.
std::string participant_json(const Result& result);

/// The same for a terminal: benchmark, protocol, a line an aggregate.
std::string participant_text(const Result& result);

}  // namespace angiobench
