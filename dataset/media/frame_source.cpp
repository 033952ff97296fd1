// SPDX-License-Identifier: MIT
#include "dataset/media/frame_source.h"

#include <algorithm>
#include <cctype>
#include <cstdio>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>
#include <opencv2/videoio.hpp>
#include <utility>

#include "dataset/error.h"
#include "dataset/media/frame_io.h"

namespace angiobench {
namespace {

bool is_image_file(std::string name) {
  std::transform(name.begin(), name.end(), name.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return name.ends_with(".jpg") || name.ends_with(".jpeg") || name.ends_with(".png");
}

std::string stem_of(const std::string& file) { return file.substr(0, file.rfind('.')); }

class FolderSource final : public FrameSource {
 public:
  FolderSource(std::shared_ptr<const FileTree> tree, std::string folder)
      : tree_(std::move(tree)),
        folder_(std::move(folder)),
        files_(list_image_files(*tree_, folder_)) {}

  std::optional<Frame> next() override {
    if (position_ == files_.size()) return std::nullopt;
    const std::string& file = files_[position_++];
    const std::string path = join_path(folder_, file);
    if (!tree_->read(path, bytes_))
      throw Error(ErrorKind::input, tree_->display_path(path), "vanished", "a frame");
    return Frame{stem_of(file), decode_frame_rgb(bytes_, tree_->display_path(path))};
  }

 private:
  std::shared_ptr<const FileTree> tree_;
  std::string folder_;
  std::vector<std::string> files_;
  std::size_t position_ = 0;
  std::vector<std::uint8_t> bytes_;
};

cv::VideoCapture open_capture(const std::string& path) {
  cv::VideoCapture capture;
  try {
    capture.open(path, cv::CAP_FFMPEG);
  } catch (const cv::Exception& error) {
    throw Error(ErrorKind::input, path, std::string("cannot be opened (") + error.what() + ")",
                "a video");
  }
  if (!capture.isOpened())
    throw Error(ErrorKind::input, path, "missing or not a video", "a video that FFmpeg decodes");
  return capture;
}

class VideoSource final : public FrameSource {
 public:
  explicit VideoSource(const std::string& path) : path_(path), capture_(open_capture(path)) {}

  std::optional<Frame> next() override {
    cv::Mat bgr;
    Frame frame;
    try {
      if (!capture_.read(bgr)) return std::nullopt;
      cv::cvtColor(bgr, frame.rgb, bgr.channels() == 1 ? cv::COLOR_GRAY2RGB : cv::COLOR_BGR2RGB);
    } catch (const cv::Exception& error) {
      throw Error(ErrorKind::input, path_,
                  std::string("a frame cannot be decoded (") + error.what() + ")");
    }
    char name[16];
    std::snprintf(name, sizeof name, "%05d", position_++);
    frame.name = name;
    return frame;
  }

 private:
  std::string path_;
  cv::VideoCapture capture_;
  int position_ = 0;
};

}  // namespace

std::vector<std::string> list_image_files(const FileTree& tree, const std::string& folder) {
  std::vector<std::string> files;
  for (const std::string& file : tree.files(folder)) {
    if (is_image_file(file)) files.push_back(file);
  }
  std::sort(files.begin(), files.end(),
            [](const std::string& a, const std::string& b) { return stem_of(a) < stem_of(b); });
  const auto twice = std::adjacent_find(
      files.begin(), files.end(),
      [](const std::string& a, const std::string& b) { return stem_of(a) == stem_of(b); });
  if (twice != files.end()) {
    throw Error(ErrorKind::input, tree.display_path(folder),
                "has both " + *twice + " and " + *(twice + 1), "one file a frame");
  }
  return files;
}

std::unique_ptr<FrameSource> open_frame_folder(std::shared_ptr<const FileTree> tree,
                                               const std::string& folder) {
  return std::make_unique<FolderSource>(std::move(tree), folder);
}

std::unique_ptr<FrameSource> open_video(const std::string& path) {
  return std::make_unique<VideoSource>(path);
}

int stated_num_frames(const std::string& path) {
  const double count = open_capture(path).get(cv::CAP_PROP_FRAME_COUNT);
  return count > 0 && count < 1e8 ? static_cast<int>(count) : 0;
}

}  // namespace angiobench
