// SPDX-License-Identifier: MIT
#include "cli/result_files.h"

#include <algorithm>
#include <boost/filesystem/operations.hpp>
#include <iterator>
#include <ostream>

#include "cli/terminal.h"
#include "dataset/error.h"
#include "dataset/files/atomic_file.h"
#include "reports/result_json.h"

namespace angiobench::cli {

namespace fs = boost::filesystem;

std::string result_file(const std::string& path) {
  boost::system::error_code code;
  const bool is_folder = fs::is_directory(path, code) || path.ends_with('/');
  return is_folder ? (fs::path(path) / "result.json").string() : path;
}

std::vector<std::string> result_files(const std::vector<std::string>& paths) {
  std::vector<std::string> files;
  for (const std::string& path : paths) {
    const std::string own = result_file(path);
    boost::system::error_code code;
    if (own == path || fs::exists(own, code)) {
      files.push_back(own);
      continue;
    }
    std::vector<std::string> inner;
    for (fs::directory_iterator entry(path, code), end; !code && entry != end;
         entry.increment(code)) {
      const fs::path result = entry->path() / "result.json";
      if (fs::exists(result, code)) inner.push_back(result.string());
      code.clear();
    }
    if (inner.empty()) {
      throw Error(ErrorKind::input, path, "holds no result.json, nor does a folder in it",
                  "a folder of 'score --out'");
    }
    std::ranges::sort(inner);
    std::ranges::move(inner, std::back_inserter(files));
  }
  return files;
}

Result read_result_file(const std::string& path) {
  return read_result(result_file(path), KeepRows::no);
}

void write_report(const std::string& path, std::string_view text, const Streams& streams) {
  if (path == "-") {
    streams.out << text;
  } else {
    write_file_atomically(path, text);
  }
}

void tell_placed(Placed placed, const std::string& path, const Call& call) {
  if (placed == Placed::at_once) return;
  print_message("note",
                path +
                    ": its entries were exchanged one after the other, for the folder itself "
                    "cannot be exchanged",
                call.common, call.streams);
}

NamedPath named_path(const std::string& argument) {
  const std::size_t sign = argument.rfind('=');
  boost::system::error_code code;
  if (sign == std::string::npos || sign == 0 || boost::filesystem::exists(argument, code))
    return {"", argument};
  return {argument.substr(0, sign), argument.substr(sign + 1)};
}

}  // namespace angiobench::cli
