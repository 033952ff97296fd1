// SPDX-License-Identifier: MIT
#include "dataset/parallel.h"

#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>
#include <vector>

namespace angiobench {
namespace {

TEST(ParallelFor, DoesEveryItemOnce) {
  for (const int workers : {1, 2, 7}) {
    std::vector<std::atomic<int>> done(1000);
    parallel_for(done.size(), workers, [&](int worker, std::size_t item) {
      EXPECT_GE(worker, 0);
      EXPECT_LT(worker, workers);
      ++done[item];
    });
    for (const std::atomic<int>& count : done) ASSERT_EQ(count.load(), 1);
  }
}

TEST(ParallelFor, ThrowsTheLowestItemsFailure) {
  for (const int workers : {1, 4}) {
    for (int round = 0; round < 20; ++round) {
      try {
        parallel_for(200, workers, [](int, std::size_t item) {
          if (item >= 50) throw std::runtime_error(std::to_string(item));
        });
        FAIL() << "nothing thrown";
      } catch (const std::runtime_error& error) {
        EXPECT_STREQ(error.what(), "50");
      }
    }
  }
}

TEST(ParallelFor, HasNothingToDoForNoItems) {
  parallel_for(0, 3, [](int, std::size_t) { FAIL() << "no item"; });
  EXPECT_EQ(num_workers(0, 0), 1);
  EXPECT_EQ(num_workers(8, 3), 3);
}

}  // namespace
}  // namespace angiobench
