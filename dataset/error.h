// SPDX-License-Identifier: MIT
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

namespace angiobench {

/// Why the program cannot go on; each kind is one exit code (cli/exit_code.h).
enum class ErrorKind {
  usage,         // the command line or an option is wrong (exit 2)
  input,         // a file is missing, unreadable or malformed (exit 3)
  inconclusive,  // something the answer needs is missing, nothing was scored (exit 4)
  limit,         // a limit for untrusted input was hit (exit 5)
  bug,           // our own mistake (exit 6)
  passing,       // the system failed in a way that may pass: another try may do (exit 75)
};

/// The only exception of this project. `what()` reads "path: what was found; expected what was
/// expected".
class Error : public std::runtime_error {
 public:
  /// `expected` may be empty. `path` names the file (or "archive.zip!member") and may be empty.
  Error(ErrorKind kind, std::string path, std::string found, std::string expected = {});
  /// About an option of a library, which is named as its field is ("max_entries"); `found` goes on
  /// from the name ("is 0"). The program says the flag in its place, another language its argument.
  static Error about(ErrorKind kind, std::string field, std::string found,
                     std::string expected = {});

  ErrorKind kind() const { return kind_; }
  const std::string& path() const { return path_; }
  const std::string& field() const { return field_; }  // empty: not about an option
  const std::string& found() const { return found_; }
  const std::string& expected() const { return expected_; }
  /// "what was found; expected what was expected"
  std::string clause() const;

 private:
  ErrorKind kind_;
  std::string path_;
  std::string field_;
  std::string found_;
  std::string expected_;
};

/// Where in the source a call stands: std::source_location, which the clang that builds the fuzzers
/// does not have.
struct SourcePlace {
  const char* file;
  const char* function;
  int line;

  static constexpr SourcePlace here(const char* file = __builtin_FILE(),
                                    const char* function = __builtin_FUNCTION(),
                                    int line = __builtin_LINE()) {
    return {file, function, line};
  }
};

/// States what must hold if our code is right; always on. Throws Error{bug} with the place in the
/// source.
void expects(bool condition, std::string_view what, SourcePlace where = SourcePlace::here());

}  // namespace angiobench
