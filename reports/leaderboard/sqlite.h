// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

struct sqlite3;
struct sqlite3_stmt;

namespace angiobench::sqlite {

/// What a cell holds: NULL, an integer, a real or a text.
using Value = std::variant<std::monostate, std::int64_t, double, std::string>;

/// For messages: NULL, 12, 0.5 or 'text'.
std::string describe(const Value& value);

enum class OpenMode { read_only, read_write, create };

/// A connection. SQLite's failures become Error{input} with the file's path.
class Database {
 public:
  /// Waits up to `busy_milliseconds` for other writers.
  Database(const std::string& path, OpenMode mode, int busy_milliseconds);
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  /// Runs one or more statements that give no rows.
  void execute(const std::string& sql);
  /// Whether a program that ended left a change unfinished, which nobody can take back who only
  /// reads.
  bool has_unfinished_change() const;
  const std::string& path() const { return path_; }
  sqlite3* handle() const { return handle_; }
  /// Throws Error{input} with SQLite's words for the last failure.
  [[noreturn]] void fail() const;

 private:
  std::string path_;
  sqlite3* handle_ = nullptr;
};

/// A prepared statement.
class Statement {
 public:
  Statement(const Database& database, std::string_view sql);
  ~Statement();
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  /// Binds the parameter at `index` (from 1).
  void bind(int index, const Value& value);
  /// Steps; true while there is a row.
  bool step();
  void reset();
  int columns() const;
  Value value(int column) const;
  std::string text(int column) const;
  std::int64_t integer(int column) const;

 private:
  const Database& database_;
  sqlite3_stmt* handle_ = nullptr;
};

/// BEGIN IMMEDIATE: the one writer; rolled back unless commit() was called.
class Transaction {
 public:
  explicit Transaction(Database& database);
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  void commit();

 private:
  Database& database_;
  bool open_ = true;
};

/// BEGIN: everything that is read until the end is of one state of the file.
class ReadTransaction {
 public:
  explicit ReadTransaction(const Database& database);
  ~ReadTransaction();
  ReadTransaction(const ReadTransaction&) = delete;
  ReadTransaction& operator=(const ReadTransaction&) = delete;

 private:
  const Database& database_;
};

}  // namespace angiobench::sqlite
