// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <utility>

#include "evaluator/protocol.h"
#include "evaluator/result.h"
#include "evaluator/scoring/explanation.h"

namespace angiobench {

/// Every protocol's score of one submission as a table for a terminal; `own` is the benchmark's
/// protocol, which gets a star and says how scores are printed. Where two protocols were compared
/// (`between`: their names) also what each rule contributed.
std::string explanation_text(const Explanation& explanation, const Protocol& own,
                             const std::optional<std::pair<std::string, std::string>>& between);

/// The numbers of the submission that read `number`, a line each with the protocol, the metric and
/// the public tool; says so where there is none.
std::string number_explanation(const Explanation& explanation, const std::string& number);

/// The same as JSON, fractions with all their digits, a line end at the end.
std::string explanation_json(const Explanation& explanation);

/// The frames of one object one by one, then what kinds of frames its mean is made of. The sequence
/// holds its rows.
std::string object_explanation(const Protocol& protocol, const SequenceScore& sequence,
                               const ObjectScore& object);

/// The integers and the arithmetic of one frame of one object.
std::string frame_explanation(const Protocol& protocol, const FrameScore& row,
                              const std::string& frame);

}  // namespace angiobench
