// SPDX-License-Identifier: MIT
#include "evaluator/vessel/components.h"

#include <algorithm>
#include <bit>
#include <utility>

namespace angiobench {

std::uint32_t ComponentCounter::root(std::uint32_t label) {
  while (parents_[label] != label) {
    parents_[label] = parents_[parents_[label]];
    label = parents_[label];
  }
  return label;
}

void ComponentCounter::join(std::uint32_t a, std::uint32_t b) {
  a = root(a);
  b = root(b);
  if (a == b) return;
  if (b < a) std::swap(a, b);
  parents_[b] = a;
  if (is_touched_[b]) is_touched_[a] = true;
}

void ComponentCounter::read_row(const std::uint64_t* field, const std::uint64_t* other,
                                const kernels::FieldShape& shape, int y) {
  here_.clear();
  touches_.clear();
  for (int word = 0; word < shape.num_words; ++word) {
    std::uint64_t left = field[word * shape.stride + y];
    if (left == 0) continue;
    const std::uint64_t also = left & other[word * shape.stride + y];
    while (left != 0) {
      const int begin = std::countr_zero(left);
      const int length = std::countr_one(left >> begin);
      const std::uint64_t run =
          (length == 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << length) - 1) << begin;
      left &= ~run;
      const bool touches = (run & also) != 0;
      const std::int32_t first = 64 * word + begin;
      if (!here_.empty() && here_.back().end == first) {
        here_.back().end = first + length;
        if (touches) touches_.back() = true;
      } else {
        here_.push_back({first, first + length, 0});
        touches_.push_back(touches);
      }
    }
  }
}

ComponentCounts ComponentCounter::count(const std::uint64_t* field, const std::uint64_t* other,
                                        const kernels::FieldShape& shape) {
  parents_.clear();
  is_touched_.clear();
  above_.clear();
  for (int y = 0; y < shape.num_rows; ++y) {
    read_row(field, other, shape, y);
    std::size_t first = 0;
    for (std::size_t i = 0; i < here_.size(); ++i) {
      Run& run = here_[i];
      // Corners touch, too.
      while (first < above_.size() && above_[first].end < run.begin) ++first;
      bool is_new = true;
      for (std::size_t k = first; k < above_.size() && above_[k].begin <= run.end; ++k) {
        if (is_new) {
          run.label = root(above_[k].label);
          is_new = false;
        } else {
          join(run.label, above_[k].label);
        }
      }
      if (is_new) {
        run.label = static_cast<std::uint32_t>(parents_.size());
        parents_.push_back(run.label);
        is_touched_.push_back(false);
      }
      if (touches_[i]) is_touched_[root(run.label)] = true;
    }
    std::swap(above_, here_);
  }
  ComponentCounts counts;
  for (std::uint32_t label = 0; label < parents_.size(); ++label) {
    if (parents_[label] != label) continue;
    ++counts.components;
    counts.untouched += is_touched_[label] ? 0 : 1;
  }
  return counts;
}

}  // namespace angiobench
