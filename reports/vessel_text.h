// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "evaluator/result.h"

namespace angiobench {

/// The measures of vessels (of pairs of masks) of a result, in its order; empty where none were
/// asked for.
std::vector<MetricDescriptor> vessel_metrics(const Result& result);

/// Whether a metric's figure of a place (scope_name) is left out where so many measures of vessels
/// are shown together: of more than a few all but those that stand for the others, overall.
bool is_vessel_detail(const Metric& metric, std::string_view place, std::size_t num_vessel_metrics);

/// Whether tables that hold every metric of a result show this one without being asked: of more
/// than a few measures of vessels those that stand for the others. All have a section of their own
/// on the page, and lines of their own in the headline.
bool is_shown_in_tables(const Result& result, const Metric& metric);
bool is_shown_in_tables(const Result& result, const Aggregate& aggregate);
/// Those of them that are.
std::vector<MetricDescriptor> shown_in_tables(const Result& result,
                                              std::vector<MetricDescriptor> metrics);

/// Over all objects of a result, frames by which of their masks are empty.
FrameSides frame_sides(const Result& result);

/// "px" or "mm".
std::string length_unit(const Result& result);

/// The overall figures of all measures of vessels, a line a group, and how many frames have one
/// mask alone; empty where there are none.
std::string vessel_text(const Result& result);

}  // namespace angiobench
