// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "dataset/files/json_fields.h"
#include "evaluator/result.h"

namespace angiobench {

// What result.json holds of tasks without objects: classes, confusion matrix, histogram of maps,
// measures and class sums of a sequence. Used by result_json alone.

/// `, "confusion": …`, as far as the result has it: members of the whole, each on lines of its own.
std::string class_members_json(const Result& result);
/// `"measures": {…}, "class_sums": […], ` of a sequence; empty where it has neither.
std::string sequence_members_json(const SequenceScore& sequence);
/// `{"level": 0.95, …}`
std::string interval_json(const Interval& interval);

/// The same read back. Throw Error{input} that names the field.
void read_class_members(JsonFields& fields, Result& result);
void read_sequence_members(JsonFields& fields, SequenceScore& sequence);
Interval read_interval(JsonFields fields);
/// A number or null, which must be there.
std::optional<double> optional_number(JsonFields& fields, std::string_view name);

}  // namespace angiobench
