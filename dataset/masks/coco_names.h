// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

#include "dataset/frame_order.h"

namespace angiobench {

// Parts of a "file_name", as it was written on whatever system: "v00/00003.jpg",
// "set\\v00\\00003.jpg".

/// "00003.jpg".
inline std::string_view coco_file(std::string_view path) {
  return path.substr(path.find_last_of("/\\") + 1);
}
/// "00003".
inline std::string_view coco_stem(std::string_view path) { return file_stem(coco_file(path)); }
/// The folder that holds the file, "v00"; empty where there is none.
inline std::string_view coco_folder(std::string_view path) {
  const std::size_t slash = path.find_last_of("/\\");
  return slash == std::string_view::npos ? std::string_view{} : coco_file(path.substr(0, slash));
}

}  // namespace angiobench
