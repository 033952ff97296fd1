// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/command.h"
#include "cli/verb.h"
#include "dataset/files/output_folder.h"
#include "evaluator/result.h"

namespace angiobench::cli {

/// "DIR" -> "DIR/result.json"; a file's path as it is.
std::string result_file(const std::string& path);

/// The results of paths: files, folders of 'score --out', and of a folder that holds no result.json
/// those of the folders in it, by name. Throws Error{input} for a folder that holds none.
std::vector<std::string> result_files(const std::vector<std::string>& paths);

/// Reads a result.json, or the one in a folder, without the frames beside it. Throws Error{input}.
Result read_result_file(const std::string& path);

/// Writes text to a file, or to `streams.out` where `path` is "-".
void write_report(const std::string& path, std::string_view text, const Streams& streams);

/// Says so where a folder's entries had to be exchanged one after the other.
void tell_placed(Placed placed, const std::string& path, const Call& call);

/// An argument of the form [NAME=]PATH; what is there as a file or folder is a path as a whole.
struct NamedPath {
  std::string name;  // may be empty
  std::string path;
};
NamedPath named_path(const std::string& argument);

}  // namespace angiobench::cli
