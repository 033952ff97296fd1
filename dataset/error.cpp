// SPDX-License-Identifier: MIT
#include "dataset/error.h"

#include <utility>

namespace angiobench {
namespace {

std::string joined(const std::string& found, const std::string& expected) {
  if (expected.empty()) return found;
  // "did you mean 'a'?" is a sentence of its own.
  return found + (found.ends_with('?') ? " Expected " : "; expected ") + expected;
}

std::string compose(const std::string& path, const std::string& found,
                    const std::string& expected) {
  return (path.empty() ? "" : path + ": ") + joined(found, expected);
}

}  // namespace

Error::Error(ErrorKind kind, std::string path, std::string found, std::string expected)
    : std::runtime_error(compose(path, found, expected)),
      kind_(kind),
      path_(std::move(path)),
      found_(std::move(found)),
      expected_(std::move(expected)) {}

std::string Error::clause() const { return joined(found_, expected_); }

Error Error::about(ErrorKind kind, std::string field, std::string found, std::string expected) {
  Error error(kind, "", field.empty() ? found : field + " " + found, expected);
  error.field_ = std::move(field);
  error.found_ = std::move(found);
  return error;
}

void expects(bool condition, std::string_view what, SourcePlace where) {
  if (condition) return;
  throw Error(ErrorKind::bug, std::string(where.file) + ":" + std::to_string(where.line),
              "internal error: " + std::string(what) + " does not hold in " + where.function);
}

}  // namespace angiobench
