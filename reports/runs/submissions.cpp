// SPDX-License-Identifier: MIT
#include "reports/runs/submissions.h"

#include <algorithm>
#include <boost/filesystem/operations.hpp>
#include <boost/filesystem/path.hpp>
#include <map>

#include "dataset/error.h"
#include "dataset/files/file_tree.h"
#include "dataset/names.h"

namespace angiobench {
namespace {

namespace fs = boost::filesystem;

// The zips of a folder that holds some and no folder; else empty.
std::vector<std::string> zips_in(const std::string& path) {
  boost::system::error_code code;
  if (!fs::is_directory(path, code)) return {};
  const std::unique_ptr<FileTree> tree = open_folder(path);
  if (!tree->folders("").empty()) return {};
  std::vector<std::string> zips;
  for (const std::string& file : tree->files("")) {
    if (folded_name(file).ends_with(".zip")) zips.push_back(join_path(path, file));
  }
  return zips;
}

}  // namespace

std::string name_of_submission(const std::string& predictions) {
  boost::system::error_code code;
  const fs::path path = fs::path(predictions).lexically_normal();
  const fs::path name = path.filename() == "." ? path.parent_path().filename() : path.filename();
  const std::string extension = folded_name(name.extension().string());
  const bool is_file =
      (extension == ".zip" || extension == ".json") && !fs::is_directory(path, code);
  const std::string text = is_file ? name.stem().string() : name.string();
  return text.empty() || text == ".." || text == "/" ? "submission" : text;
}

SubmissionList list_submissions(std::span<const std::string> predictions) {
  SubmissionList list;
  list.are_many = predictions.size() > 1;
  std::map<std::string, std::string> paths;  // by name
  const auto add = [&](const std::string& path) {
    const std::string name = name_of_submission(path);
    const auto [at, is_new] = paths.emplace(name, path);
    if (!is_new) {
      throw Error(ErrorKind::usage, "",
                  "two submissions are called '" + name + "': " + at->second + " and " + path,
                  "a name of its own for each");
    }
    list.submissions.push_back({path, name});
  };
  for (const std::string& path : predictions) {
    const std::vector<std::string> zips = zips_in(path);
    list.are_many = list.are_many || !zips.empty();
    for (const std::string& zip : zips) add(zip);
    if (zips.empty()) add(path);
  }
  return list;
}

}  // namespace angiobench
