// SPDX-License-Identifier: MIT
#include "reports/leaderboard/board_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "dataset/error.h"
#include "dataset/files/atomic_file.h"
#include "dataset/files/temporary_name.h"

namespace angiobench {
namespace {

// A name that goes when this does, with what SQLite writes beside it.
struct TemporaryDatabase {
  explicit TemporaryDatabase(const std::string& path) : name(temporary_name(path)) {}
  ~TemporaryDatabase() {
    ::unlink(name.c_str());
    ::unlink((name + "-journal").c_str());
  }
  TemporaryDatabase(const TemporaryDatabase&) = delete;
  TemporaryDatabase& operator=(const TemporaryDatabase&) = delete;

  std::string name;
};

// Gives a file its name, where nothing has it; else false.
bool give_name(const std::string& temporary, const std::string& path) {
  if (::link(temporary.c_str(), path.c_str()) == 0) return true;
  if (errno == EEXIST) return false;
    // A file system without hard links.
#ifdef RENAME_NOREPLACE
  if (::renameat2(AT_FDCWD, temporary.c_str(), AT_FDCWD, path.c_str(), RENAME_NOREPLACE) == 0)
    return true;
  if (errno == EEXIST) return false;
#endif
  if (::access(path.c_str(), F_OK) == 0) return false;
  if (::rename(temporary.c_str(), path.c_str()) == 0) return true;
  throw Error(ErrorKind::input, path, std::string("cannot be made (") + std::strerror(errno) + ")");
}

}  // namespace

bool make_board_file(const std::string& path, int busy_milliseconds,
                     const std::function<void(sqlite::Database&)>& fill) {
  const TemporaryDatabase temporary(path);
  try {
    // Closed, and so flushed, before it has its name.
    sqlite::Database database(temporary.name, sqlite::OpenMode::create, busy_milliseconds);
    fill(database);
  } catch (const Error& error) {
    if (error.path() != temporary.name) throw;
    throw Error(error.kind(), path, error.found(), error.expected());
  }
  if (!give_name(temporary.name, path)) return false;
  flush_folder_of(path);
  return true;
}

}  // namespace angiobench
