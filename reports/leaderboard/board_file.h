// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <string>

#include "reports/leaderboard/sqlite.h"

namespace angiobench {

/// Makes the file of a board where there is none: `fill` writes into a database under a temporary
/// name, which gets its own when all is there. A program that ends within leaves no file that is
/// no board. False where another program made one meanwhile: that one stays. Throws Error{input};
/// then nothing stays.
bool make_board_file(const std::string& path, int busy_milliseconds,
                     const std::function<void(sqlite::Database&)>& fill);

}  // namespace angiobench
