// SPDX-License-Identifier: MIT
#include "reports/leaderboard/sqlite.h"

#include <sqlite3.h>
#include <sys/stat.h>

#include <cstring>

#include "dataset/error.h"
#include "dataset/files/input_file.h"
#include "reports/decimal.h"

namespace angiobench::sqlite {

std::string describe(const Value& value) {
  if (const auto* integer = std::get_if<std::int64_t>(&value)) return std::to_string(*integer);
  if (const auto* real = std::get_if<double>(&value)) return full_text(*real);
  if (const auto* text = std::get_if<std::string>(&value)) {
    constexpr std::size_t kMaxShown = 80;
    return text->size() <= kMaxShown ? "'" + *text + "'"
                                     : "'" + text->substr(0, kMaxShown) + "…' (" +
                                           std::to_string(text->size()) + " bytes)";
  }
  return "NULL";
}

Database::Database(const std::string& path, OpenMode mode, int busy_milliseconds) : path_(path) {
  struct stat info {};
  if (::stat(path.c_str(), &info) == 0) check_input_file(path, "a leaderboard (SQLite)");
  int flags = SQLITE_OPEN_READONLY;
  if (mode == OpenMode::read_write) flags = SQLITE_OPEN_READWRITE;
  if (mode == OpenMode::create) flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
  if (sqlite3_open_v2(path.c_str(), &handle_, flags, nullptr) != SQLITE_OK) {
    std::string words = handle_ == nullptr ? "out of memory" : sqlite3_errmsg(handle_);
    if (const int system = handle_ == nullptr ? 0 : sqlite3_system_errno(handle_); system != 0)
      words = std::strerror(system);
    sqlite3_close(handle_);
    throw Error(ErrorKind::input, path, "cannot be opened (" + words + ")",
                "a leaderboard (SQLite)");
  }
  sqlite3_extended_result_codes(handle_, 1);
  sqlite3_busy_timeout(handle_, busy_milliseconds);
  // Someone else's file may hold hostile views and triggers: they get no functions with side
  // effects.
  sqlite3_db_config(handle_, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(handle_, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  sqlite3_db_config(handle_, SQLITE_DBCONFIG_ENABLE_FKEY, 1, nullptr);
}

Database::~Database() { sqlite3_close(handle_); }

void Database::fail() const {
  throw Error(ErrorKind::input, path_, std::string("SQLite says: ") + sqlite3_errmsg(handle_));
}

bool Database::has_unfinished_change() const {
  return sqlite3_exec(handle_, "PRAGMA schema_version", nullptr, nullptr, nullptr) ==
         SQLITE_READONLY_ROLLBACK;
}

void Database::execute(const std::string& sql) {
  if (sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) fail();
}

Statement::Statement(const Database& database, std::string_view sql) : database_(database) {
  if (sqlite3_prepare_v2(database.handle(), sql.data(), static_cast<int>(sql.size()), &handle_,
                         nullptr) != SQLITE_OK) {
    database.fail();
  }
}

Statement::~Statement() { sqlite3_finalize(handle_); }

void Statement::bind(int index, const Value& value) {
  int code = SQLITE_OK;
  if (const auto* integer = std::get_if<std::int64_t>(&value)) {
    code = sqlite3_bind_int64(handle_, index, *integer);
  } else if (const auto* real = std::get_if<double>(&value)) {
    code = sqlite3_bind_double(handle_, index, *real);
  } else if (const auto* text = std::get_if<std::string>(&value)) {
    // A null destructor is SQLITE_STATIC's value; SQLITE_TRANSIENT (a copy) is the -1 that the C
    // macro casts.
    code = sqlite3_bind_text64(handle_, index, text->data(), text->size(),
                               reinterpret_cast<sqlite3_destructor_type>(-1), SQLITE_UTF8);
  } else {
    code = sqlite3_bind_null(handle_, index);
  }
  if (code != SQLITE_OK) database_.fail();
}

bool Statement::step() {
  const int code = sqlite3_step(handle_);
  if (code == SQLITE_ROW) return true;
  if (code != SQLITE_DONE) database_.fail();
  return false;
}

void Statement::reset() {
  sqlite3_reset(handle_);
  sqlite3_clear_bindings(handle_);
}

int Statement::columns() const { return sqlite3_column_count(handle_); }

Value Statement::value(int column) const {
  switch (sqlite3_column_type(handle_, column)) {
    case SQLITE_INTEGER:
      return static_cast<std::int64_t>(sqlite3_column_int64(handle_, column));
    case SQLITE_FLOAT:
      return sqlite3_column_double(handle_, column);
    case SQLITE_NULL:
      return std::monostate{};
    default:
      return text(column);
  }
}

std::string Statement::text(int column) const {
  const unsigned char* const bytes = sqlite3_column_text(handle_, column);
  if (bytes == nullptr) return {};
  return {reinterpret_cast<const char*>(bytes),
          static_cast<std::size_t>(sqlite3_column_bytes(handle_, column))};
}

std::int64_t Statement::integer(int column) const { return sqlite3_column_int64(handle_, column); }

Transaction::Transaction(Database& database) : database_(database) {
  database_.execute("BEGIN IMMEDIATE");
}

Transaction::~Transaction() {
  // A failed ROLLBACK leaves nothing to do: SQLite has rolled back by itself.
  if (open_) sqlite3_exec(database_.handle(), "ROLLBACK", nullptr, nullptr, nullptr);
}

void Transaction::commit() {
  database_.execute("COMMIT");
  open_ = false;
}

ReadTransaction::ReadTransaction(const Database& database) : database_(database) {
  Statement(database_, "BEGIN").step();
}

ReadTransaction::~ReadTransaction() {
  sqlite3_exec(database_.handle(), "ROLLBACK", nullptr, nullptr, nullptr);
}

}  // namespace angiobench::sqlite
