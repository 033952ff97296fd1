// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "evaluator/result.h"

namespace angiobench::test {

/// An object and its means, as a test states them.
struct ObjectMeans {
  std::string sequence;
  int id = 1;
  double j = 0;
  double f = 0;
  ObjectGroup group = ObjectGroup::none;
};

/// A complete result over these objects (in the order given) with the aggregates J&F, J and F: over
/// all objects where none has a group, else the mean of four and each group's, and the pooled
/// means. `masks` names the submission and its digest. Stamps are made up.
Result stated_result(const std::string& masks, const std::vector<ObjectMeans>& objects);

/// Recomputes Result::aggregates of stated_result after a test changed its objects.
void recompute_aggregates(Result& result);

/// The shared MOSXAV test predictions as the public scorer rates them
/// (data/expected/mosxav-test.json, fractions), with the groups of the data set's first-mask file;
/// no sequence where the data is not there.
Result mosxav_test_result();

}  // namespace angiobench::test
