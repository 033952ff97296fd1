// SPDX-License-Identifier: MIT
#pragma once

#include <string>

namespace angiobench {

/// "2026-01-31T12:34:56Z", now.
std::string utc_now();

/// "2026-01-31", now.
std::string utc_today();

}  // namespace angiobench
