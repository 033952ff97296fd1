// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

namespace angiobench {

/// A data file that was put into the program when it was built (cmake/EmbedFiles.cmake).
struct EmbeddedFile {
  std::string_view name;     // file name without folders, e.g. "mosxav-test.json"
  std::string_view content;  // its bytes
};

}  // namespace angiobench
