// SPDX-License-Identifier: MIT
#include "cli/path_rules.h"

#include <algorithm>
#include <boost/filesystem/operations.hpp>
#include <boost/filesystem/path.hpp>

namespace angiobench::cli {
namespace {

namespace fs = boost::filesystem;

// Where a path leads; empty where that cannot be told.
fs::path place_of(const std::string& path) {
  boost::system::error_code code;
  fs::path place = fs::weakly_canonical(path, code);
  if (code) return {};
  return place.filename() == "." ? place.parent_path() : place;
}

bool lies_in(const fs::path& inner, const fs::path& folder) {
  return std::mismatch(folder.begin(), folder.end(), inner.begin(), inner.end()).first ==
         folder.end();
}

bool is_same(const fs::path& left, const fs::path& right) {
  boost::system::error_code code;
  return left == right ||
         (fs::exists(left, code) && fs::exists(right, code) && fs::equivalent(left, right, code));
}

// "NAME=PATH" of what is read is its path.
std::string without_name(const NamedAccess& named) {
  boost::system::error_code code;
  const std::size_t sign = named.path.rfind('=');
  const bool has_name = named.access != Access::writes && sign != std::string::npos && sign > 0 &&
                        !fs::exists(named.path, code);
  return has_name ? named.path.substr(sign + 1) : named.path;
}

}  // namespace

std::string why_not_beside(const NamedAccess& out, const NamedAccess& other) {
  const std::string read = without_name(other);
  if (out.path.empty() || out.path == "-" || read.empty() || read == "-") return {};
  const fs::path target = place_of(out.path);
  const fs::path place = place_of(read);
  if (target.empty() || place.empty()) return {};
  const std::string begin = out.option + " is " + out.path + ", which ";
  const bool is_result =
      other.access == Access::reads_result && is_same(target, place / "result.json");
  if (is_result || is_same(target, place)) {
    return begin + "is what " + other.option +
           (other.access == Access::writes ? " writes" : " reads") + "; expected another place";
  }
  boost::system::error_code code;
  const bool is_tree = other.access == Access::reads && fs::is_directory(place, code);
  if (!is_tree || !lies_in(target, place)) return {};
  return begin + "lies inside of " + read + " (" + other.option +
         "); expected a place outside of it";
}

bool share_a_place(const std::string& one, const std::string& other) {
  if (one.empty() || other.empty()) return false;
  const fs::path a = place_of(one);
  const fs::path b = place_of(other);
  return !a.empty() && !b.empty() && (lies_in(a, b) || lies_in(b, a) || is_same(a, b));
}

}  // namespace angiobench::cli
