// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

namespace angiobench::test {

/// A folder of its own for one test, removed with everything in it when the object goes.
class TempFolder {
 public:
  TempFolder();
  ~TempFolder();
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;

  const std::string& path() const { return path_; }
  /// The path of something in it; "" is the folder itself.
  std::string operator/(std::string_view relative) const;
  /// Writes a file (folders are made).
  void write(std::string_view relative, std::string_view content) const;

 private:
  std::string path_;
};

}  // namespace angiobench::test
