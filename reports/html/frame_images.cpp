// SPDX-License-Identifier: MIT
#include "reports/html/frame_images.h"

#include <boost/filesystem/operations.hpp>
#include <cstdint>

#include "dataset/files/atomic_file.h"
#include "dataset/files/input_file.h"

namespace angiobench {

std::function<std::string(const std::string& sequence, const std::string& frame)> frame_images(
    const std::string& folder) {
  check_input_folder(folder, "a folder of frames, as <sequence>/<frame>.jpg");
  return [folder](const std::string& sequence, const std::string& frame) -> std::string {
    constexpr std::uint64_t kMaxBytes = 64ULL << 20;
    for (const std::string& name : {sequence, frame}) {
      if (name.empty() || name == "." || name == ".." ||
          name.find_first_of("/\\") != std::string::npos)
        return {};
    }
    boost::system::error_code code;
    for (const char* extension : {".jpg", ".jpeg", ".png"}) {
      const std::string path = folder + "/" + sequence + "/" + frame + extension;
      if (boost::filesystem::is_regular_file(path, code)) return read_text_file(path, kMaxBytes);
    }
    return {};
  };
}

}  // namespace angiobench
