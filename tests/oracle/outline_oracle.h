// SPDX-License-Identifier: MIT
#pragma once

#include <utility>
#include <vector>

#include "evaluator/counting/mask_contour.h"
#include "evaluator/counting/outline_shape.h"

namespace angiobench::oracle {

/// Shape contexts straight from their definition: a histogram of angle and distance around each
/// point, [point][ring * 12 + sector], outermost ring first, divided by its sum.
std::vector<std::vector<double>> shape_contexts(const Contour& points);

/// Cheapest path through a cost matrix by Dijkstra's algorithm on the graph of its cells.
std::vector<std::pair<int, int>> shortest_path(const std::vector<std::vector<double>>& costs);

/// DAVIS 2016's (in)stability of two outlines (without the factor of 5).
double outline_change(const Contour& from, const Contour& to);

/// What shape_of_points must give to the last bit: every distance, mean and angle in double
/// precision, in the public code's order of additions.
OutlineShape plain_shape(const Contour& points);

/// What OutlineMatcher::change must give to the last bit and tie: a dynamic programme over the
/// exact costs of all pairs, twice.
double plain_change(const OutlineShape& from, const OutlineShape& to);

}  // namespace angiobench::oracle
