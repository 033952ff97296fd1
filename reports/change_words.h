// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "evaluator/comparing/comparison.h"
#include "evaluator/comparing/gate.h"
#include "reports/tables.h"

namespace angiobench {

// The words for changes and rules that every writer shares. Plain text: names of sequences come
// from strangers, so each writer escapes the whole for where it goes.

/// A score with one digit more than its community prints (49.25, 0.4925), so that a drop beside its
/// threshold can be read; "–" where there is none.
std::string format_fine(std::optional<double> value, ScoreStyle style);
/// The same with its sign ("+1.20", "−0.40", "0.00"); a minus is U+2212.
std::string format_fine_difference(double difference, ScoreStyle style);
/// "49.25 → 48.05 (−1.20)", or what is there of it.
std::string format_change(std::optional<double> before, std::optional<double> after,
                          ScoreStyle style);
/// A p-value: "0.031", "0.0002", "< 0.0001", "1".
std::string format_p(double p);
/// "p = 0.25 (sign flips, exact, 3 sequences)".
std::string format_sign_flips(const PairedStatistics& statistics);

/// "v03" or "v03/2".
std::string case_label(const CaseChange& change);

/// "J&F overall", "J_u", "J of each object".
std::string rule_subject(const RuleResult& judged);
/// "drop at most 0.50, warn above 0.20".
std::string rule_conditions(const RuleResult& judged, Display display);
/// What was found: "49.25 → 48.05 (−1.20)"; "8 sequences, 1 breaks the rule: v03 54.55 → 12.00
/// (−42.55)", at most `max_cases` of them; or why it is inconclusive.
std::string rule_facts(const RuleResult& judged, Display display, std::size_t max_cases);
/// Which condition an aggregate broke: "drop 1.20, at most 0.50 is allowed"; empty where none.
std::string rule_breach(const RuleResult& judged, Display display);

/// "failed", "passed", …; "failed (warning only)" for a rule of level warning that failed.
std::string rule_outcome(const RuleResult& judged);

/// One line on the whole: "Gate failed: 2 of 5 rules failed".
std::string gate_headline(const GateReport& report);

}  // namespace angiobench
