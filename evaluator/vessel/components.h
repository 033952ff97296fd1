// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <vector>

#include "evaluator/kernels/kernels.h"

namespace angiobench {

/// Components of a mask, and those that another mask does not touch.
struct ComponentCounts {
  std::uint32_t components = 0;
  std::uint32_t untouched = 0;
};

/// Counts 8-connected components: runs of rows, joined where they touch a run above. Holds its
/// buffers; one a thread.
class ComponentCounter {
 public:
  /// Both are fields of this shape, at their origins.
  ComponentCounts count(const std::uint64_t* field, const std::uint64_t* other,
                        const kernels::FieldShape& shape);

 private:
  struct Run {
    std::int32_t begin;  // columns, end exclusive
    std::int32_t end;
    std::uint32_t label;
  };

  std::uint32_t root(std::uint32_t label);
  void join(std::uint32_t a, std::uint32_t b);
  void read_row(const std::uint64_t* field, const std::uint64_t* other,
                const kernels::FieldShape& shape, int y);

  std::vector<Run> above_;
  std::vector<Run> here_;
  std::vector<bool> touches_;           // of the runs of this row
  std::vector<std::uint32_t> parents_;  // of labels; a root is its own
  std::vector<bool> is_touched_;        // of roots
};

}  // namespace angiobench
