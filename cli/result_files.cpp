// SPDX-License-Identifier: MIT
#include "cli/result_files.h"

#include <boost/filesystem/operations.hpp>
#include <ostream>

#include "dataset/files/atomic_file.h"
#include "reports/result_json.h"

namespace angiobench::cli {

namespace fs = boost::filesystem;

std::string result_file(const std::string& path) {
  boost::system::error_code code;
  const bool is_folder = fs::is_directory(path, code) || path.ends_with('/');
  return is_folder ? (fs::path(path) / "result.json").string() : path;
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

NamedPath named_path(const std::string& argument) {
  const std::size_t sign = argument.rfind('=');
  boost::system::error_code code;
  if (sign == std::string::npos || sign == 0 || boost::filesystem::exists(argument, code))
    return {"", argument};
  return {argument.substr(0, sign), argument.substr(sign + 1)};
}

}  // namespace angiobench::cli
