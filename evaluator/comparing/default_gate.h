// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "evaluator/comparing/gate.h"

namespace angiobench {

/// The rules for whoever gave none, all of level error. Of the result's first aggregate, the one
/// that its protocol ranks by: it may fall by at most 0.005 (a fall above 0.002 warns), and in no
/// sequence by more than 0.05; no object may fall from a J of 0.5 or more to 0.1 or less. A rule
/// whose figure no sequence or object of the result has is left out.
GateRules default_gate_rules(const Result& result);

/// The same in a sentence, for whoever reads the report.
std::string default_gate_words();

}  // namespace angiobench
