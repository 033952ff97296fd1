// SPDX-License-Identifier: MIT
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "evaluator/comparing/comparison.h"

namespace angiobench {

// Changes as JSON, for the reports of `compare` and `check`.

/// A number, or null where there is none (or it is not finite).
nlohmann::ordered_json number_json(std::optional<double> value);
nlohmann::ordered_json change_json(const CaseChange& change);
/// Comparability, aggregates with statistics, sequences and objects.
nlohmann::ordered_json comparison_to_json(const Comparison& comparison);
/// Indented by two, a line end at the end; bytes that are not UTF-8 become U+FFFD.
std::string dump_json(const nlohmann::ordered_json& json);

}  // namespace angiobench
