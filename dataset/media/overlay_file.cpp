// SPDX-License-Identifier: MIT
#include "dataset/media/overlay_file.h"

#include <algorithm>
#include <array>
#include <boost/filesystem/operations.hpp>
#include <boost/filesystem/path.hpp>
#include <cmath>
#include <fstream>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <opencv2/videoio.hpp>
#include <string_view>
#include <utility>

#include "dataset/error.h"
#include "dataset/files/atomic_file.h"
#include "dataset/files/output_folder.h"
#include "dataset/files/temporary_name.h"
#include "dataset/frame_order.h"
#include "dataset/media/gif_file.h"

namespace angiobench {
namespace {

namespace fs = boost::filesystem;

// Tints of an object's colour that a filled GIF has; the rest of its palette are greys.
constexpr int kTints = 3;
constexpr std::size_t kMaxGifObjects = 64;

std::vector<std::uint8_t> encode_picture(const char* suffix, const cv::Mat& picture,
                                         const std::vector<int>& settings) {
  std::vector<std::uint8_t> bytes;
  try {
    cv::imencode(suffix, picture, bytes, settings);
  } catch (const cv::Exception& error) {
    throw Error(ErrorKind::bug, "",
                std::string("a picture cannot be written (") + error.what() + ")");
  }
  return bytes;
}

// --- a folder of PNGs ---

class OverlayFolder final : public OverlayWriter {
 public:
  OverlayFolder(const std::string& path, OverlayStyle style) : path_(path), style_(style) {
    // What can be a file's place and is there is no folder.
    boost::system::error_code code;
    if (fs::symlink_status(path_, code).type() == fs::file_not_found ||
        fs::is_directory(path_, code))
      return;
    const AtomicFile place(path_);  // names what else is there
    throw Error(ErrorKind::input, path_, "is a file", "a folder, or a name that is free");
  }

  void begin(const OverlayClip& clip) override {
    // What an earlier run left of the same clips goes as a whole.
    if (!folder_) folder_.emplace(path_, ExistingFolder::update);
    clip_ = clip.name;
  }
  void add(const std::string& frame, const cv::Mat& grey, const MaskView& labels) override {
    constexpr int kFastest = 1;
    folder_->write(clip_ + "/" + frame + ".png",
                   encode_picture(".png", draw_overlay(grey, labels, style_),
                                  {cv::IMWRITE_PNG_COMPRESSION, kFastest}));
  }
  void commit() override {
    if (folder_) folder_->commit();
  }

 private:
  std::string path_;
  OverlayStyle style_;
  std::optional<OutputFolder> folder_;
  std::string clip_;
};

// --- GIF ---

// The palette of a GIF: greys, then of each object its colour, or with `fill` its tints over dark,
// middle and bright greys.
class GifPalette {
 public:
  GifPalette(const std::vector<int>& object_ids, OverlayStyle style) {
    constexpr int kColors = 256;
    tints_ = style == OverlayStyle::fill ? kTints : 1;
    // Of few objects there are more.
    while (style == OverlayStyle::fill &&
           static_cast<int>(object_ids.size()) * tints_ * 2 <= kColors / 2)
      tints_ *= 2;
    greys_ = kColors - tints_ * static_cast<int>(object_ids.size());
    for (int i = 0; i < greys_; ++i) {
      const std::uint8_t grey = level(i, greys_);
      colors_.push_back({grey, grey, grey});
    }
    for (const int id : object_ids) {
      first_.at(static_cast<std::size_t>(id)) = static_cast<int>(colors_.size());
      for (int tint = 0; tint < tints_; ++tint) {
        colors_.push_back(overlay_color(level(tint, tints_), static_cast<std::uint8_t>(id), style));
      }
    }
  }

  const std::vector<Rgb>& colors() const { return colors_; }

  std::uint8_t entry(std::uint8_t grey, std::uint8_t label) const {
    const int first = first_[label];
    const int levels = label == kBackgroundLabel ? greys_ : tints_;
    return static_cast<std::uint8_t>(first + (grey * (levels - 1) + 127) / 255);
  }

 private:
  // Of so many greys the one with this number, from black to white.
  static std::uint8_t level(int number, int count) {
    return count == 1 ? std::uint8_t{0}
                      : static_cast<std::uint8_t>((number * 255 + (count - 1) / 2) / (count - 1));
  }

  int greys_ = 0;
  int tints_ = 0;
  std::vector<Rgb> colors_;
  std::array<int, 256> first_{};
};

class OverlayGif final : public OverlayWriter {
 public:
  OverlayGif(const std::string& path, OverlayStyle style)
      : path_(path), style_(style), file_(path) {
    check_gif(path);
  }

  void begin(const OverlayClip& clip) override {
    if (clip.object_ids.size() > kMaxGifObjects) {
      throw Error(ErrorKind::limit, path_,
                  "has to show " + std::to_string(clip.object_ids.size()) +
                      " objects; a GIF has colours for 64",
                  "an .mp4 or a folder");
    }
    clip_ = clip;
    palette_.emplace(clip.object_ids, style_);
    gif_.emplace(clip.width, clip.height, palette_->colors(),
                 [this](std::span<const std::uint8_t> bytes) { file_.write(bytes); });
  }

  void add(const std::string& /*frame*/, const cv::Mat& grey, const MaskView& labels) override {
    const Mask drawn = drawn_labels(labels, style_);
    pixels_.clear();
    for (int y = 0; y < grey.rows; ++y) {
      const std::uint8_t* const row = grey.ptr<std::uint8_t>(y);
      for (int x = 0; x < grey.cols; ++x)
        pixels_.push_back(palette_->entry(row[x], drawn.at(x, y)));
    }
    gif_->add(pixels_, hundredths());
    ++num_frames_;
  }

  void commit() override {
    gif_->finish();
    file_.commit();
  }

 private:
  // How long the next frame is shown: what is rounded away comes back with a later frame.
  int hundredths() {
    const double step = 1000 / frames_per_second(clip_.times_ms).value_or(kDefaultFps);
    const std::vector<double>& times = clip_.times_ms;
    const double milliseconds =
        num_frames_ + 1 < times.size() ? times[num_frames_ + 1] - times[num_frames_] : step;
    end_ms_ += std::max(0.0, milliseconds);
    constexpr long kLeast = 2;
    constexpr long kMost = 65535;
    const long shown = std::clamp(std::lround(end_ms_ / 10) - shown_, kLeast, kMost);
    shown_ += shown;
    return static_cast<int>(shown);
  }

  std::string path_;
  OverlayStyle style_;
  AtomicFile file_;
  OverlayClip clip_;
  std::optional<GifPalette> palette_;
  std::optional<GifFile> gif_;  // writes into file_
  std::vector<std::uint8_t> pixels_;
  std::size_t num_frames_ = 0;
  double end_ms_ = 0;  // of the frames that were added
  long shown_ = 0;     // hundredths of a second of them
};

// --- MP4 ---

// A folder with a temporary name, for as long as this lives: an encoder knows a container by the
// end of a file's name.
class TemporaryFolder {
 public:
  explicit TemporaryFolder(const std::string& beside) : path_(temporary_name(beside)) {
    boost::system::error_code code;
    fs::create_directory(path_, code);
    if (code) throw Error(ErrorKind::input, beside, "cannot be written (" + code.message() + ")");
    in_use_.emplace(path_);
  }
  ~TemporaryFolder() {
    boost::system::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  const std::string& path() const { return path_; }

 private:
  std::string path_;
  std::optional<InUse> in_use_;
};

class OverlayVideo final : public OverlayWriter {
 public:
  // A place that cannot be written and an encoder that is not there are told before anything is
  // drawn.
  OverlayVideo(const std::string& path, OverlayStyle style)
      : path_(path), style_(style), file_(path), folder_(path) {
    codec_ = find_codec();
  }

  void begin(const OverlayClip& clip) override {
    // Encoders of video halve the colours' sides.
    size_ = {clip.width + clip.width % 2, clip.height + clip.height % 2};
    const double fps = frames_per_second(clip.times_ms).value_or(kDefaultFps);
    if (!open("video.mp4", codec_, fps, size_))
      throw Error(ErrorKind::input, path_, "cannot be written (" + why_not() + ")");
  }

  void add(const std::string& /*frame*/, const cv::Mat& grey, const MaskView& labels) override {
    cv::Mat picture = draw_overlay(grey, labels, style_);
    if (picture.size() != size_) {
      cv::copyMakeBorder(picture, picture, 0, size_.height - picture.rows, 0,
                         size_.width - picture.cols, cv::BORDER_REPLICATE);
    }
    try {
      video_.write(picture);
    } catch (const cv::Exception& error) {
      throw Error(ErrorKind::input, path_, std::string("cannot be written (") + error.what() + ")");
    }
    ++num_frames_;
  }

  void commit() override {
    video_.release();
    check_whole();
    std::ifstream video(video_path_, std::ios::binary);
    std::vector<char> piece(std::size_t{1} << 20);
    while (video.read(piece.data(), static_cast<std::streamsize>(piece.size())) ||
           video.gcount() > 0)
      file_.write(std::string_view(piece.data(), static_cast<std::size_t>(video.gcount())));
    if (video.bad()) throw Error(ErrorKind::input, path_, "cannot be written (a failing disk)");
    file_.commit();
  }

 private:
  bool open(const char* name, std::string_view codec, double fps, cv::Size size) {
    video_path_ = folder_.path() + "/" + name;
    try {
      return video_.open(video_path_, cv::CAP_FFMPEG,
                         cv::VideoWriter::fourcc(codec[0], codec[1], codec[2], codec[3]), fps,
                         size);
    } catch (const cv::Exception&) {
      return false;
    }
  }

  // The first encoder that can be opened: a small video is tried.
  std::string_view find_codec() {
    const cv::Size small(64, 64);
    for (const std::string_view codec : {"avc1", "mp4v"}) {
      const bool is_open = open("try.mp4", codec, kDefaultFps, small);
      video_.release();
      if (is_open) return codec;
      // An encoder that is there fails on a full disk, too.
      try {
        const std::vector<std::uint8_t> probe(std::size_t{1} << 16);
        write_file_atomically(folder_.path() + "/probe", probe, Flush::with_folder);
      } catch (const Error& error) {
        throw Error(error.kind(), path_, error.found());
      }
    }
    throw Error(ErrorKind::inconclusive, path_,
                "cannot be encoded: this OpenCV opens no encoder of H.264 or MPEG-4",
                "a .gif or a folder, or an OpenCV with FFmpeg");
  }

  // OpenCV does not say why it failed.
  std::string why_not() const {
    boost::system::error_code code;
    const fs::space_info space = fs::space(folder_.path(), code);
    const bool is_full = !code && space.available < (std::uintmax_t{1} << 20);
    return is_full ? "No space left on device" : "the video that was encoded is cut";
  }

  // OpenCV's writer says nothing of a full disk: what it wrote is opened again.
  void check_whole() const {
    double count = 0;
    try {
      cv::VideoCapture capture(video_path_, cv::CAP_FFMPEG);
      if (capture.isOpened()) count = capture.get(cv::CAP_PROP_FRAME_COUNT);
    } catch (const cv::Exception&) {  // told below
    }
    if (std::lround(count) == num_frames_) return;
    throw Error(ErrorKind::input, path_, "cannot be written (" + why_not() + ")",
                "room for the video, twice");
  }

  std::string path_;
  OverlayStyle style_;
  AtomicFile file_;
  TemporaryFolder folder_;
  std::string_view codec_;  // its four letters
  std::string video_path_;
  cv::Size size_;
  cv::VideoWriter video_;
  long num_frames_ = 0;
};

}  // namespace

OverlayForm overlay_form(const std::string& path) {
  const std::string suffix = file_suffix(path);
  if (suffix == ".mp4") return OverlayForm::mp4;
  if (suffix == ".gif") return OverlayForm::gif;
  const std::string ending = fs::path(path).filename().extension().string();
  boost::system::error_code code;
  if (ending.empty() || fs::is_directory(path, code)) return OverlayForm::folder;
  // A pipe or a device is named, whatever it is called.
  const AtomicFile place(path);
  throw Error::about(ErrorKind::usage, "overlay", "is '" + path + "', which ends in " + ending,
                     "FILE.mp4, FILE.gif, or a folder for PNGs");
}

std::optional<double> frames_per_second(const std::vector<double>& times_ms) {
  std::vector<double> steps;
  for (std::size_t i = 1; i < times_ms.size(); ++i) steps.push_back(times_ms[i] - times_ms[i - 1]);
  if (steps.empty()) return std::nullopt;
  const auto middle = steps.begin() + static_cast<std::ptrdiff_t>(steps.size() / 2);
  std::nth_element(steps.begin(), middle, steps.end());
  if (!(*middle > 0)) return std::nullopt;
  return 1000 / *middle;
}

std::unique_ptr<OverlayWriter> make_overlay_writer(const std::string& path, OverlayStyle style) {
  switch (overlay_form(path)) {
    case OverlayForm::mp4:
      return std::make_unique<OverlayVideo>(path, style);
    case OverlayForm::gif:
      return std::make_unique<OverlayGif>(path, style);
    case OverlayForm::folder:
      break;
  }
  return std::make_unique<OverlayFolder>(path, style);
}

std::vector<std::uint8_t> encode_jpeg(const cv::Mat& picture, int quality) {
  return encode_picture(".jpg", picture, {cv::IMWRITE_JPEG_QUALITY, quality});
}

std::vector<std::uint8_t> encode_jpeg_within(const cv::Mat& picture, std::uint64_t max_bytes,
                                             int& quality) {
  constexpr int kLowest = 30;
  constexpr int kStep = 5;
  while (true) {
    std::vector<std::uint8_t> bytes = encode_jpeg(picture, quality);
    if (bytes.size() <= max_bytes || quality <= kLowest) return bytes;
    quality = std::max(kLowest, quality - kStep);
  }
}

}  // namespace angiobench
