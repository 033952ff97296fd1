// SPDX-License-Identifier: MIT
#include "reports/html/frame_images.h"

#include <boost/filesystem/operations.hpp>
#include <cstdint>
#include <utility>

#include "dataset/error.h"
#include "dataset/files/atomic_file.h"
#include "dataset/files/input_file.h"

namespace angiobench {
namespace {

// Where a frame's image is; empty where there is none.
std::string image_path(const std::string& folder, const std::string& sequence,
                       const std::string& frame) {
  for (const std::string& name : {sequence, frame}) {
    if (name.empty() || name == "." || name == ".." ||
        name.find_first_of("/\\") != std::string::npos)
      return {};
  }
  boost::system::error_code code;
  for (const char* extension : {".jpg", ".jpeg", ".png"}) {
    std::string path = folder + "/" + sequence + "/" + frame + extension;
    if (boost::filesystem::is_regular_file(path, code)) return path;
  }
  return {};
}

}  // namespace

std::function<std::string(const std::string& sequence, const std::string& frame)> frame_images(
    const std::string& folder) {
  check_input_folder(folder, "a folder of frames, as <sequence>/<frame>.jpg");
  return [folder](const std::string& sequence, const std::string& frame) -> std::string {
    constexpr std::uint64_t kMaxBytes = 64ULL << 20;
    const std::string path = image_path(folder, sequence, frame);
    return path.empty() ? std::string() : read_text_file(path, kMaxBytes);
  };
}

void check_frame_images(const std::string& folder, const SequenceIndex& index) {
  check_input_folder(folder, "a folder of frames, as <sequence>/<frame>.jpg");
  for (const Sequence& sequence : index.sequences) {
    if (sequence.frames.empty()) continue;
    for (const std::size_t frame : {std::size_t{0}, sequence.frames.size() - 1}) {
      if (!image_path(folder, sequence.name, std::string(sequence.frames[frame])).empty()) return;
    }
  }
  const std::string wanted =
      index.sequences.empty() || index.sequences.front().frames.empty()
          ? std::string("<sequence>/<frame>")
          : index.sequences.front().name + "/" + std::string(index.sequences.front().frames[0]);
  throw Error(ErrorKind::input, folder, "has no frame of " + index.benchmark.name,
              "the folder with " + wanted + ".jpg, .jpeg or .png");
}

}  // namespace angiobench
