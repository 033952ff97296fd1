// SPDX-License-Identifier: MIT
#pragma once

#include <ostream>
#include <streambuf>
#include <string>

namespace angiobench::cli {

/// Whether what a file descriptor gets is looked at as text by more than a program: a terminal, or
/// the log of a CI system that finds commands in it (GitHub, Azure, TeamCity, by their
/// environment), unless it is a file.
bool is_shown(int descriptor);

/// While it lives, all that is written to a stream goes through escape_log(), line by line: the
/// last wall between names that strangers chose and a terminal. Where a file is written to, nothing
/// is changed.
class SafeOutput : public std::streambuf {
 public:
  explicit SafeOutput(std::ostream& stream);
  ~SafeOutput() override;
  SafeOutput(const SafeOutput&) = delete;
  SafeOutput& operator=(const SafeOutput&) = delete;

 protected:
  int_type overflow(int_type character) override;
  std::streamsize xsputn(const char* text, std::streamsize count) override;
  int sync() override;

 private:
  friend class OwnCommands;
  bool pass_on(std::size_t count);

  std::ostream& stream_;
  std::streambuf* before_;
  std::string waiting_;  // the beginning of a line
};

/// While it lives, what is written to a stream is not looked at: for the commands to a CI system
/// that this program itself writes, whose names are escaped for them.
class OwnCommands {
 public:
  explicit OwnCommands(std::ostream& stream);
  ~OwnCommands();
  OwnCommands(const OwnCommands&) = delete;
  OwnCommands& operator=(const OwnCommands&) = delete;

 private:
  std::ostream& stream_;
  std::streambuf* before_;
};

}  // namespace angiobench::cli
