// SPDX-License-Identifier: MIT
#include "dataset/parallel.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <limits>
#include <mutex>
#include <thread>
#include <vector>

namespace angiobench {

int num_workers(int jobs, std::size_t num_items) {
  const unsigned cores = std::max(1u, std::thread::hardware_concurrency());
  const std::size_t wanted = jobs > 0 ? static_cast<std::size_t>(jobs) : cores;
  return static_cast<int>(std::clamp<std::size_t>(std::min(wanted, num_items), 1, 1024));
}

void parallel_for(std::size_t num_items, int workers,
                  const std::function<void(int worker, std::size_t item)>& work) {
  std::atomic<std::size_t> next{0};
  std::atomic<bool> stop{false};
  std::mutex mutex;
  std::exception_ptr failure;
  std::size_t failed_item = std::numeric_limits<std::size_t>::max();

  const auto run = [&](int worker) {
    while (!stop.load(std::memory_order_relaxed)) {
      const std::size_t item = next.fetch_add(1, std::memory_order_relaxed);
      if (item >= num_items) return;
      try {
        work(worker, item);
      } catch (...) {
        const std::lock_guard lock(mutex);
        if (item < failed_item) {
          failed_item = item;
          failure = std::current_exception();
        }
        stop.store(true, std::memory_order_relaxed);
      }
    }
  };

  // Items are handed out in ascending order and those begun are finished, so the lowest failure is
  // always found.
  std::vector<std::jthread> threads;
  for (int worker = 1; worker < workers; ++worker) threads.emplace_back(run, worker);
  run(0);
  threads.clear();
  if (failure) std::rethrow_exception(failure);
}

}  // namespace angiobench
