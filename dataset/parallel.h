// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <functional>

namespace angiobench {

/// Threads for `jobs` (0: as many as the machine has) and `num_items` things to do; at least 1.
int num_workers(int jobs, std::size_t num_items);

/// Calls `work(worker, item)` once for every item in [0, num_items), from `workers` threads (1: the
/// caller's own). Each worker (0 <= worker < workers) is one thread, so that it may own buffers.
/// Items are taken in ascending order. After an exception no new item is started, and the one of
/// the lowest item is thrown again: so the outcome does not depend on the number of threads as long
/// as `work` writes to slots of its own item.
void parallel_for(std::size_t num_items, int workers,
                  const std::function<void(int worker, std::size_t item)>& work);

}  // namespace angiobench
