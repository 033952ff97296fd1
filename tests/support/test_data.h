// SPDX-License-Identifier: MIT
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace angiobench::test {

/// The path of something in the folder of real data (environment variable ANGIOBENCH_DATA, else
/// ../shared/data beside the project); empty where it is not there.
std::string test_data(std::string_view relative);

}  // namespace angiobench::test

/// Declares `path` as the test data at `relative`, or skips the test, visibly, where it is absent.
#define ANGIOBENCH_REQUIRE_DATA(path, relative)                     \
  const std::string path = ::angiobench::test::test_data(relative); \
  if (path.empty()) GTEST_SKIP() << "no test data at " << (relative) << " (set ANGIOBENCH_DATA)"
