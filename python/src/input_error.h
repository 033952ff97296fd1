// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "dataset/error.h"

namespace angiobench::python {

/// Something that a caller handed in and that cannot be used: an Error of the kind input with a
/// word of its own, which Python shows as `.code`.
class InputError : public Error {
 public:
  /// `code` is one of those that docs/python.md lists: "array-value", "frame-twice", …
  InputError(std::string code, const std::string& place, const std::string& found,
             const std::string& expected = {})
      : Error(ErrorKind::input, place, found, expected), code_(std::move(code)) {}

  const std::string& code() const { return code_; }

 private:
  std::string code_;
};

}  // namespace angiobench::python
