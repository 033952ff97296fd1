// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "reports/leaderboard/records.h"
#include "reports/leaderboard/sqlite.h"
#include "reports/leaderboard/store.h"
#include "reports/utc_time.h"

namespace angiobench {

/// What a Board is made of. For the store's own files only.
struct Board::State {
  State(const std::string& path, sqlite::OpenMode mode, const BoardOptions& given)
      : database(path, mode, given.busy_milliseconds), options(given) {}

  std::string now() const { return options.now.empty() ? utc_now() : options.now; }

  sqlite::Database database;
  BoardOptions options;
};

}  // namespace angiobench
