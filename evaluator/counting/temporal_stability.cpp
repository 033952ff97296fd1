// SPDX-License-Identifier: MIT
#include "evaluator/counting/temporal_stability.h"

#include <algorithm>
#include <utility>

namespace angiobench {

std::vector<OutlineChange> OutlineSequence::add(std::size_t frame, FrameOutlines outlines,
                                                OutlineMatcher& matcher) {
  const auto own = std::make_shared<const FrameOutlines>(std::move(outlines));
  std::shared_ptr<const FrameOutlines> before;
  std::shared_ptr<const FrameOutlines> after;
  {
    const std::lock_guard lock(mutex_);
    slots_[frame].outlines = own;
    const auto meet = [&](std::size_t neighbour) -> std::shared_ptr<const FrameOutlines> {
      Slot& slot = slots_[neighbour];
      if (slot.outlines == nullptr) return nullptr;
      std::shared_ptr<const FrameOutlines> met = slot.outlines;
      ++slots_[frame].num_neighbours;
      if (++slot.num_neighbours == 2) slot.outlines = nullptr;
      return met;
    };
    if (frame > 0) before = meet(frame - 1);
    if (frame + 1 < slots_.size()) after = meet(frame + 1);
    if (slots_[frame].num_neighbours == 2) slots_[frame].outlines = nullptr;
  }
  std::vector<OutlineChange> changes;
  const auto compare = [&](const FrameOutlines& from, const FrameOutlines& to, std::size_t at) {
    for (const auto& own_outline : to) {
      const auto same = std::find_if(from.begin(), from.end(), [&](const auto& other) {
        return other.first == own_outline.first;
      });
      if (same == from.end() || same->second.empty() || own_outline.second.empty()) continue;
      changes.push_back({at, own_outline.first, matcher.change(same->second, own_outline.second)});
    }
  };
  if (before != nullptr) compare(*before, *own, frame);
  if (after != nullptr) compare(*own, *after, frame + 1);
  return changes;
}

}  // namespace angiobench
