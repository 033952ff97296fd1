// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <opencv2/core/mat.hpp>
#include <optional>
#include <string>
#include <vector>

#include "dataset/files/file_tree.h"

namespace angiobench {

/// One frame of a video.
struct Frame {
  std::string name;  // without extension, "00012"
  cv::Mat rgb;       // 8-bit, R, G, B
};

/// A video's frames, one after another.
class FrameSource {
 public:
  virtual ~FrameSource() = default;
  /// The next frame; nothing at the end. Throws Error{input} where it cannot be decoded.
  virtual std::optional<Frame> next() = 0;
};

/// Names of the image files (.jpg, .jpeg, .png, any case) directly in a folder of a tree, sorted
/// bytewise. Throws Error{input} where two have the same name but for the extension, for it could
/// not be told which one is the frame.
std::vector<std::string> list_image_files(const FileTree& tree, const std::string& folder);

/// A folder's image files as frames, in the order of their names.
std::unique_ptr<FrameSource> open_frame_folder(std::shared_ptr<const FileTree> tree,
                                               const std::string& folder);

/// A video file that OpenCV can decode; frames are named 00000, 00001, …. Throws Error{input} where
/// it cannot be opened.
std::unique_ptr<FrameSource> open_video(const std::string& path);

/// How many frames a video file says it has; 0 where it does not say. (Some say too many.)
int stated_num_frames(const std::string& path);

}  // namespace angiobench
