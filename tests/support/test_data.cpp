// SPDX-License-Identifier: MIT
#include "tests/support/test_data.h"

#include <boost/filesystem/operations.hpp>
#include <cstdlib>

namespace angiobench::test {

std::string test_data(std::string_view relative) {
  const char* named = std::getenv("ANGIOBENCH_DATA");
  const std::string root = named != nullptr && *named != '\0' ? named : ANGIOBENCH_TEST_DATA;
  const std::string path = root + "/" + std::string(relative);
  boost::system::error_code code;
  return boost::filesystem::exists(path, code) ? path : std::string{};
}

}  // namespace angiobench::test
