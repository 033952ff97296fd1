// SPDX-License-Identifier: MIT
#include "dataset/error.h"

#include <utility>

namespace angiobench {
namespace {

std::string compose(const std::string& path, const std::string& found,
                    const std::string& expected) {
  std::string text;
  if (!path.empty()) text = path + ": ";
  text += found;
  if (!expected.empty()) text += "; expected " + expected;
  return text;
}

}  // namespace

Error::Error(ErrorKind kind, std::string path, std::string found, std::string expected)
    : std::runtime_error(compose(path, found, expected)),
      kind_(kind),
      path_(std::move(path)),
      found_(std::move(found)),
      expected_(std::move(expected)) {}

void expects(bool condition, std::string_view what, SourcePlace where) {
  if (condition) return;
  throw Error(ErrorKind::bug, std::string(where.file) + ":" + std::to_string(where.line),
              "internal error: " + std::string(what) + " does not hold in " + where.function);
}

}  // namespace angiobench
