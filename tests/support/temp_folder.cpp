// SPDX-License-Identifier: MIT
#include "tests/support/temp_folder.h"

#include <boost/filesystem/operations.hpp>

#include "dataset/files/atomic_file.h"

namespace angiobench::test {

namespace fs = boost::filesystem;

TempFolder::TempFolder() {
  const fs::path path = fs::temp_directory_path() / fs::unique_path("angiobench-%%%%-%%%%-%%%%");
  fs::create_directories(path);
  path_ = path.string();
}

TempFolder::~TempFolder() {
  boost::system::error_code code;
  fs::remove_all(path_, code);
}

std::string TempFolder::operator/(std::string_view relative) const {
  return relative.empty() ? path_ : path_ + "/" + std::string(relative);
}

void TempFolder::write(std::string_view relative, std::string_view content) const {
  write_file_atomically(*this / relative, content);
}

}  // namespace angiobench::test
