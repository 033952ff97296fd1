// SPDX-License-Identifier: MIT
#include "reports/utc_time.h"

#include <array>
#include <ctime>

namespace angiobench {

std::string utc_now() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  ::gmtime_r(&now, &parts);
  std::array<char, 32> text{};
  std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &parts);
  return text.data();
}

std::string utc_today() { return utc_now().substr(0, 10); }

}  // namespace angiobench
