// SPDX-License-Identifier: MIT
#pragma once

#include <ostream>
#include <span>
#include <string_view>

#include "tests/support/temp_folder.h"

namespace angiobench::test {

/// Whether a generator makes the mistake or its cure.
enum class Variant { bad, cured };

/// Makes a data set (in "data") and, for codes P…, a submission (in "predictions") that has exactly
/// the finding of `code`, or, cured, none at all.
struct FindingCase {
  std::string_view code;
  std::string_view benchmark;
  void (*make)(const TempFolder& folder, Variant variant);

  friend std::ostream& operator<<(std::ostream& out, const FindingCase& one) {
    return out << one.code;
  }
};

/// One for every code of the table that validators make, sorted by code.
std::span<const FindingCase> finding_cases();

}  // namespace angiobench::test
