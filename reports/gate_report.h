// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "evaluator/comparing/gate.h"

namespace angiobench {

// A gate's report in the forms that CI systems read. All are pure functions of the report.

/// For a terminal or a log: verdict, rules, changed cases, statistics, notes.
std::string gate_text(const GateReport& report);

/// Everything, as JSON (schema "gate-report-1"): values are fractions, null where there is none.
std::string gate_json(const GateReport& report);

/// JUnit XML: a test case "comparability" and one a rule. A case's name holds the rule's metric,
/// scope and kinds of conditions and stays the same from run to run; what was found stands in its
/// message, up to 50 cases. Failed rules of level error are failures, inconclusive ones errors;
/// others say what was found in their output.
std::string gate_junit(const GateReport& report);

/// GitHub's Markdown: the verdict first, ten rows of each table, the rest folded; never longer than
/// `max_bytes` (what does not fit is counted). A step summary may have 1 MiB.
std::string gate_markdown(const GateReport& report, std::size_t max_bytes = 900'000);

/// Workflow commands, one a line: at most ten ::error and ::warning lines, errors first; the tenth
/// counts what is left where there are more.
std::vector<std::string> gate_annotations(const GateReport& report);

/// OpenMetrics text: scores, baselines, differences and the gate's state as gauges with six
/// decimals.
std::string gate_openmetrics(const GateReport& report);

}  // namespace angiobench
