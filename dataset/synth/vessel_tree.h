// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "dataset/synth/heart.h"

namespace angiobench::synth {

/// One vessel without its side branches; `points`, `radii` and `path` run from its origin to its
/// end.
struct Branch {
  int parent = -1;        // index of the branch it springs from, -1 for the root
  int parent_point = -1;  // index of the parent's point there
  /// Main vessel it belongs to (0: left main, 1: LAD, 2: LCX; RCA and veins have one)
  int group = 0;
  std::vector<Vec3> points;   // in the relaxed heart, 1 mm apart
  std::vector<double> radii;  // mm
  std::vector<double> path;   // mm of vessel from the tree's root
};

/// Where a vessel gives off a side branch: radii just before and after it.
struct Junction {
  int parent = 0;        // branch
  int child = 0;         // branch
  double before_mm = 0;  // the parent's radius before
  double after_mm = 0;   // the parent's radius after
  double side_mm = 0;    // the child's first radius
};

struct VesselTree {
  std::vector<Branch> branches;  // parents before children
  std::vector<Junction> junctions;
};

/// Radii of both vessels after a junction by Murray's law (1926), r^3 = after^3 + side^3; `share`
/// of the flow goes to the side branch, 0 < share < 1.
struct MurrayRadii {
  double after_mm = 0;
  double side_mm = 0;
};
MurrayRadii split_radius(double before_mm, double share);

enum class TreeKind {
  left_coronary,   // left main, LAD with diagonals and septals, LCX with marginals
  right_coronary,  // RCA with conus, marginal, posterior descending and posterolateral branches
  coronary_veins,  // coronary sinus, great cardiac vein and its tributaries, wide, filled from the
                   // sinus
};

struct TreeOptions {
  TreeKind kind = TreeKind::left_coronary;
  double root_radius_mm = 2.2;    // 0.75 of it for a sinus's tributary
  double least_radius_mm = 0.22;  // where branching ends
  double tortuosity = 1;          // how much vessels wind
  int num_stenoses = 1;           // narrowings of 40 to 85 % of the diameter, on the large vessels
};

VesselTree grow_tree(const Heart& heart, const TreeOptions& options, Random& random);

}  // namespace angiobench::synth
