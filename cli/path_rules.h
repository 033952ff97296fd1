// SPDX-License-Identifier: MIT
#pragma once

#include <string>

namespace angiobench::cli {

/// What a job does with the path that an option names.
enum class Access {
  none,          // it is no path
  reads,         // a file, or a folder with all that is below it
  reads_result,  // a result.json, or the folder that holds it, of which some files are read
  writes,
};

/// A path as it was named.
struct NamedAccess {
  std::string option;  // "--out"
  std::string path;
  Access access = Access::none;
};

/// Why a job may not write `out` where it reads, or writes, `other`: a clause as "--out is X, which
/// lies inside of Y (--predictions); expected a place outside of it". Empty where it may. Knows
/// links, and what does not exist yet.
std::string why_not_beside(const NamedAccess& out, const NamedAccess& other);

/// Whether one of two places is the other or lies inside of it: what must not be seen together.
bool share_a_place(const std::string& one, const std::string& other);

}  // namespace angiobench::cli
