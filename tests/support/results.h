// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include "evaluator/result.h"

namespace angiobench::test {

/// Two sequences, three objects, five annotated frames each, with per-frame rows: small enough to
/// check by eye. v00 has object 1 (seen) and 2 (unseen, appears in the third frame); v01 has object
/// 1 (seen), which is lost.
Result tiny_result();

/// What make_result draws.
struct ResultShape {
  int sequences = 4;
  int objects = 3;  // a sequence
  int frames = 30;  // a sequence
  std::uint64_t seed = 1;
};

/// A result as `score` would give it under a rule "all but first and last": rows and means agree
/// with one another. Objects drift, get lost, appear late; some are seen, some unseen. Same shape,
/// same result.
Result make_result(const ResultShape& shape);

/// Recomputes objects' means, recall and aggregates (J&F, J, F overall, seen, unseen, pooled) from
/// the rows, as a plain mean over objects.
void refresh_means(Result& result);

/// Makes it a result that readers accept: the hash is that of its rules, counts and aggregates are
/// those of its objects, intervals are drawn.
Result readable(Result result);

}  // namespace angiobench::test
