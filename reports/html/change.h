// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string_view>

#include "evaluator/result.h"

namespace angiobench::html {

/// How a number stands to the baseline's.
enum class Change { improved, regressed, within_tolerance, new_failure, fixed, not_comparable };

/// The symbol (▲ ▼ ≈ ! * x) and the word that always stands beside it.
std::string_view change_symbol(Change change);
std::string_view change_word(Change change);
/// CSS class: "up", "down", "same" or "none".
std::string_view change_class(Change change);

/// Judges a difference: within ±tolerance is "within tolerance"; `higher_better` says which side is better.
/// Not comparable where either value is missing.
Change judge_change(std::optional<double> now, std::optional<double> before, double tolerance, bool higher_better = true);

/// Judges an object by its J&F, but first whether it collapsed or came back: J at 0.5 or more against 0.1 or less, the
/// defaults of the gate's rule.
Change judge_object(const ObjectScore& now, const ObjectScore& before, double tolerance);

/// Why two results must not be compared, in words; empty where they may be.
std::string_view why_not_comparable(const Result& now, const Result& before);

}  // namespace angiobench::html
