// SPDX-License-Identifier: MIT
#include "dataset/media/frame_source.h"

#include <algorithm>
#include <boost/filesystem/operations.hpp>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <map>
#include <opencv2/core.hpp>
#include <opencv2/core/utility.hpp>
#include <opencv2/imgproc.hpp>
#include <opencv2/videoio.hpp>
#include <utility>

#include "dataset/error.h"
#include "dataset/files/input_file.h"
#include "dataset/files/archive_name.h"
#include "dataset/files/digest.h"
#include "dataset/files/image_size.h"
#include "dataset/files/zip_tree.h"
#include "dataset/masks/volume_tree.h"
#include "dataset/media/frame_io.h"
#include "dataset/media/volume_clip.h"

namespace angiobench {
namespace {

// The archive is the user's own: 16-bit frames may be large, and there may be many.
ArchiveLimits own_archive() {
  ArchiveLimits limits;
  limits.max_archive_bytes = 1ULL << 40;
  limits.max_uncompressed_bytes = 1ULL << 40;
  limits.max_entry_bytes = 1ULL << 30;
  limits.max_ratio = 2000;  // black frames pack as well as empty masks
  return limits;
}

std::string number_text(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.3g", value);
  return text;
}

void add_order_notes(const FrameFiles& files, FrameFacts& facts) {
  if (files.turned) {
    facts.notes.push_back(
        {Severity::warning, "frames are taken in the order of their numbers, '" +
                                files.turned->first + "' before '" + files.turned->second +
                                "'; a program that sorts names by bytes has another order"});
  }
  if (!files.copies.empty()) {
    facts.notes.push_back({Severity::warning, std::to_string(files.copies.size()) +
                                                  " copies are no frames and left out, the first "
                                                  "is '" +
                                                  files.copies.front() + "'"});
  }
}

// Says where a number is left out: a frame that was lost on the way looks like a jump.
void add_gap_note(const std::vector<std::string>& names, FrameFacts& facts) {
  std::map<std::int64_t, std::size_t> steps;
  std::vector<std::int64_t> numbers;
  for (const std::string& name : names) {
    const std::optional<std::int64_t> number = frame_number(name);
    if (!number) return;
    if (!numbers.empty()) ++steps[*number - numbers.back()];
    numbers.push_back(*number);
  }
  if (steps.size() < 2) return;
  const auto usual = std::max_element(
      steps.begin(), steps.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
  // Where steps are of many lengths, none is a gap.
  if (4 * usual->second < 3 * (numbers.size() - 1)) return;
  for (std::size_t i = 1; i < numbers.size(); ++i) {
    if (numbers[i] - numbers[i - 1] <= usual->first) continue;
    facts.notes.push_back(
        {Severity::warning, "the frame '" + names[i] + "' follows '" + names[i - 1] +
                                "', where others are " + std::to_string(usual->first) +
                                " apart: frames are missing, and no masks of them are written"});
    return;
  }
}

void add_orientation_note(const FrameReading& reading, FrameFacts& facts) {
  if (facts.orientation == 1) return;
  const bool follows = reading.orientation == Orientation::upright;
  facts.is_turned = follows;
  const std::string tag =
      "the frames carry a tag: to be shown " + orientation_text(facts.orientation) + ". ";
  facts.notes.push_back(
      {follows ? Severity::note : Severity::warning,
       tag + (follows ? "They are read so, and the masks are written so"
                      : "They are read as they are stored, and masks are read and written so; "
                        "--orientation upright reads them as viewers show them")});
}

// Bits a sample as a frame's header has it, 8 or 16, as it will be decoded.
int header_bits(std::span<const std::uint8_t> file) { return sample_bits(file) > 8 ? 16 : 8; }

// What every clip knows of its first frame.
void describe_first(const StoredFrame& first, const FrameReading& reading, FrameFacts& facts) {
  facts.stored_bits = first.bits();
  facts.orientation = first.orientation;
  const FrameValues values = frame_values(first);
  facts.least = values.least;
  facts.most = values.most;
  facts.has_colour = values.has_colour;
  const bool turns = reading.orientation == Orientation::upright && first.orientation >= 5;
  facts.width = turns ? first.rgb.rows : first.rgb.cols;
  facts.height = turns ? first.rgb.cols : first.rgb.rows;
}

class FolderClip final : public ClipSource, public std::enable_shared_from_this<FolderClip> {
 public:
  FolderClip(std::shared_ptr<const FileTree> tree, std::string folder, const FrameReading& reading)
      : tree_(std::move(tree)),
        folder_(std::move(folder)),
        reading_(reading),
        files_(list_frame_files(*tree_, folder_)) {
    for (const std::string& file : files_.files) names_.emplace_back(file_stem(file));
  }

  std::string place() const override { return tree_->display_path(folder_); }
  const std::vector<std::string>& names() const override { return names_; }
  const FrameFacts& facts() const override {
    if (!facts_) facts_ = find_facts();
    return *facts_;
  }
  std::unique_ptr<FrameSource> open() const override;

  std::string digest() const override {
    Sha256Stream whole;
    std::vector<std::uint8_t> bytes;
    for (std::size_t i = 0; i < names_.size(); ++i) {
      read(i, bytes);
      whole.update(names_[i] + '\n' + format_digest(sha256(bytes)) + '\n');
    }
    return format_digest(whole.finish());
  }

  std::size_t size() const { return names_.size(); }
  std::string path(std::size_t i) const {
    return tree_->display_path(join_path(folder_, files_.files[i]));
  }

  StoredFrame decode(std::size_t i, std::vector<std::uint8_t>& bytes) const {
    read(i, bytes);
    return decode_frame(bytes, path(i));
  }

  cv::Mat converted(const StoredFrame& frame, std::size_t i) const {
    const FrameFacts& own = facts();
    if (const auto trouble = difference(frame.bits(), frame.orientation, own, i)) throw *trouble;
    return frame_rgb(frame, own.bits,
                     reading_.orientation == Orientation::upright ? frame.orientation : 1);
  }

 private:
  void read(std::size_t i, std::vector<std::uint8_t>& bytes) const {
    if (!tree_->read(join_path(folder_, files_.files[i]), bytes))
      throw Error(ErrorKind::input, path(i), "vanished", "a frame");
  }

  // What is wrong with a frame beside the first.
  std::optional<Error> difference(int bits, int orientation, const FrameFacts& own,
                                  std::size_t i) const {
    if (bits != own.stored_bits) {
      return Error(ErrorKind::input, path(i),
                   "has " + std::to_string(bits) + " bits a sample, the first frame " +
                       std::to_string(own.stored_bits),
                   "one depth for all frames of a clip");
    }
    if (orientation != own.orientation) {
      return Error(ErrorKind::input, path(i),
                   "is to be shown " + orientation_text(orientation) + ", the first frame " +
                       orientation_text(own.orientation),
                   "one orientation for all frames of a clip (ImageMagick: mogrify -auto-orient)");
    }
    return std::nullopt;
  }

  // Compares the header of a frame with the first's: `size` as stored.
  void compare(std::size_t i, const ImageSize& size, int bits, int orientation, FrameFacts& facts,
               std::size_t& num_sizes) const {
    if (!facts.trouble) facts.trouble = difference(bits, orientation, facts, i);
    const bool turns = reading_.orientation == Orientation::upright && orientation >= 5;
    const int width = turns ? size.height : size.width;
    const int height = turns ? size.width : size.height;
    const SideFit fit = side_fit(width, height, facts.width, facts.height);
    if (fit == SideFit::same) return;
    const std::string sizes =
        size_text(width, height) + ", the first frame " + size_text(facts.width, facts.height);
    if (num_sizes++ == 0) {
      facts.notes.push_back({Severity::warning, "frames differ in size: '" + names_[i] + "' has " +
                                                    sizes + "; each is scaled to the mask"});
    }
    if (fit > SideFit::scaled && !facts.trouble) {
      facts.trouble = Error(ErrorKind::input, path(i), "has " + sizes,
                            "frames of one ratio of sides in a clip");
    }
  }

  void look_at_header(std::size_t i, const std::vector<std::uint8_t>& bytes,
                      FrameFacts& facts) const {
    try {
      check_frame_header(bytes, path(i));
    } catch (const Error& error) {
      if (!facts.trouble) facts.trouble = error;
    }
  }

  FrameFacts find_facts() const {
    if (names_.empty()) {
      const std::vector<std::string> folders = tree_->folders(folder_);
      std::string found = "has no frames";
      if (!files_.others.empty()) {
        found += ", but '" + files_.others.front() + "'";
      } else if (!folders.empty()) {
        found += ", but " + std::to_string(folders.size()) + " folders, the first is '" +
                 folders.front() + "'";
      }
      throw Error(ErrorKind::input, place(), found, "files of JPEG, PNG, BMP or TIFF");
    }
    FrameFacts facts;
    std::vector<std::uint8_t> bytes;
    describe_first(decode(0, bytes), reading_, facts);
    // The scale of more than 8 bits is that of the whole clip: look at every frame. Of others the
    // headers say enough.
    std::size_t num_sizes = 0;
    for (std::size_t i = 1; i < names_.size(); ++i) {
      if (facts.stored_bits == 8) {
        read(i, bytes);
        look_at_header(i, bytes, facts);
        if (const auto size = image_size(bytes)) {
          compare(i, *size, header_bits(bytes), exif_orientation(bytes), facts, num_sizes);
        }
        continue;
      }
      const StoredFrame frame = decode(i, bytes);
      compare(i, {frame.rgb.cols, frame.rgb.rows}, frame.bits(), frame.orientation, facts,
              num_sizes);
      if (frame.bits() != 16) continue;
      double least = 0;
      double most = 0;
      cv::minMaxIdx(frame.rgb.reshape(1), &least, &most);
      facts.least = std::min(facts.least, static_cast<int>(least));
      facts.most = std::max(facts.most, static_cast<int>(most));
    }
    if (facts.stored_bits == 16)
      facts.bits = reading_.bits != 0 ? reading_.bits : bits_for(facts.most);
    if (facts.most >= 1 << facts.bits || (reading_.bits != 0 && facts.bits != reading_.bits)) {
      throw Error(ErrorKind::input, place(),
                  "has " + std::to_string(facts.stored_bits) + "-bit files with values up to " +
                      std::to_string(facts.most),
                  "values of " + std::to_string(reading_.bits) + " bits, as --bits says");
    }
    add_order_notes(files_, facts);
    add_gap_note(names_, facts);
    add_orientation_note(reading_, facts);
    add_value_notes(reading_, facts);
    return facts;
  }

  std::shared_ptr<const FileTree> tree_;
  std::string folder_;
  FrameReading reading_;
  FrameFiles files_;
  std::vector<std::string> names_;
  mutable std::optional<FrameFacts> facts_;
};

class FolderSource final : public FrameSource {
 public:
  explicit FolderSource(std::shared_ptr<const FolderClip> clip) : clip_(std::move(clip)) {
    clip_->facts();  // found here, not by the thread that reads ahead
  }

  std::optional<Frame> next() override {
    if (position_ == clip_->size()) return std::nullopt;
    const std::size_t i = position_++;
    return Frame{clip_->names()[i], clip_->converted(clip_->decode(i, bytes_), i)};
  }

 private:
  std::shared_ptr<const FolderClip> clip_;
  std::size_t position_ = 0;
  std::vector<std::uint8_t> bytes_;
};

std::unique_ptr<FrameSource> FolderClip::open() const {
  return std::make_unique<FolderSource>(shared_from_this());
}

// As stored: OpenCV's own turning is that of its version (container_orientation).
cv::VideoCapture open_capture(const std::string& path) {
  cv::VideoCapture capture;
  try {
    capture.open(path, cv::CAP_FFMPEG);
    capture.set(cv::CAP_PROP_ORIENTATION_AUTO, 0.0);
  } catch (const cv::Exception& error) {
    throw Error(ErrorKind::input, path, std::string("cannot be opened (") + error.what() + ")",
                "a video");
  }
  if (!capture.isOpened()) {
    throw Error(ErrorKind::input, path, "missing or not a video",
                "a folder or a zip of frames, or a video that FFmpeg decodes");
  }
  return capture;
}

// How the container says that a player turns the picture, in the numbers of Exif. OpenCV 4.6 says
// it the wrong way round (opencv/opencv#22088), those before and after it say degrees clockwise.
int container_orientation(const cv::VideoCapture& capture) {
  int turn = static_cast<int>(capture.get(cv::CAP_PROP_ORIENTATION_META)) % 360;
  if (cv::getVersionMajor() == 4 && cv::getVersionMinor() == 6) turn = (360 - turn) % 360;
  return turn == 90 ? 6 : turn == 180 ? 3 : turn == 270 ? 8 : 1;
}

class VideoSource final : public FrameSource {
 public:
  // `orientation`: 1, or the tag that is to be followed.
  VideoSource(const std::string& path, int orientation)
      : path_(path), orientation_(orientation), capture_(open_capture(path)) {}

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
    if (orientation_ != 1) frame.rgb = upright(frame.rgb, orientation_);
    frame.name = numbered_frame(position_++);
    return frame;
  }

 private:
  std::string path_;
  int orientation_;
  cv::VideoCapture capture_;
  std::size_t position_ = 0;
};

class VideoClip final : public ClipSource {
 public:
  VideoClip(std::string path, const FrameReading& reading)
      : path_(std::move(path)), reading_(reading) {
    cv::VideoCapture capture = open_capture(path_);
    orientation_ = container_orientation(capture);
    // Some containers claim a clock's ticks.
    constexpr double kMostFps = 1000;
    const double fps = capture.get(cv::CAP_PROP_FPS);
    if (fps > 0 && fps <= kMostFps) fps_ = fps;
    double count = capture.get(cv::CAP_PROP_FRAME_COUNT);
    // Some containers do not say.
    constexpr double kMost = 1e8;
    if (!(count >= 1 && count < kMost)) {
      for (count = 0; count < kMost && capture.grab();) ++count;
    }
    for (std::size_t i = 0; static_cast<double>(i) < count; ++i)
      names_.push_back(numbered_frame(i));
  }

  std::string place() const override { return path_; }
  const std::vector<std::string>& names() const override { return names_; }

  const FrameFacts& facts() const override {
    if (facts_) return *facts_;
    const std::optional<Frame> first = open()->next();
    if (!first) throw Error(ErrorKind::input, path_, "has no frame that can be decoded", "a video");
    if (reading_.bits != 0 && reading_.bits != 8)
      throw Error(ErrorKind::input, path_, "is decoded to 8 bits", "no --bits for a video");
    FrameFacts facts;
    describe_first({first->rgb, 1}, reading_, facts);  // turned already, where it is to be
    facts.orientation = orientation_;
    for (std::size_t i = 0; fps_ > 0 && i < names_.size(); ++i)
      facts.frame_times_ms.push_back(1000 * static_cast<double>(i) / fps_);
    add_orientation_note(reading_, facts);
    add_value_notes(reading_, facts);
    facts_ = std::move(facts);
    return *facts_;
  }

  std::unique_ptr<FrameSource> open() const override {
    return std::make_unique<VideoSource>(
        path_, reading_.orientation == Orientation::upright ? orientation_ : 1);
  }

  std::string digest() const override { return digest_of_clip_file(path_); }

 private:
  std::string path_;
  FrameReading reading_;
  std::vector<std::string> names_;
  int orientation_ = 1;
  double fps_ = 0;  // 0: unknown
  mutable std::optional<FrameFacts> facts_;
};

// A picture is no clip, though FFmpeg would decode one frame of it.
void refuse_picture(const std::string& path) {
  if (std::ranges::find(kFrameSuffixes, file_suffix(path)) == std::end(kFrameSuffixes)) return;
  std::ifstream file(path, std::ios::binary);
  const std::vector<char> text((std::istreambuf_iterator<char>(file)), {});
  const std::vector<std::uint8_t> bytes(text.begin(), text.end());
  if (!image_size(bytes)) return;
  check_frame_header(bytes, path);
  throw Error(ErrorKind::input, path, "is a single picture",
              "a folder or a zip of frames, or a video");
}

// The folder of a clip's frames: the root, or what single folders lead to.
std::string frame_folder_of(const FileTree& tree) {
  std::string folder;
  while (list_frame_files(tree, folder).files.empty()) {
    const std::vector<std::string> inner = tree.folders(folder);
    if (inner.size() != 1) break;
    folder = join_path(folder, inner.front());
  }
  return folder;
}

std::vector<std::uint8_t> first_bytes_of(const std::string& path) {
  std::vector<std::uint8_t> bytes(kDicomMarkEnd);
  std::ifstream file(path, std::ios::binary);
  file.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  bytes.resize(static_cast<std::size_t>(file.gcount()));
  return bytes;
}

bool looks_like_dicom(const std::string& path) {
  return is_dicom_suffix(file_suffix(path)) || has_dicom_mark(first_bytes_of(path));
}

// Whether a folder without frames has DICOM files.
bool holds_dicom(const FileTree& tree, const std::string& folder) {
  return std::ranges::any_of(tree.files(folder), [&](const std::string& file) {
    return looks_like_dicom(tree.display_path(join_path(folder, file)));
  });
}

std::shared_ptr<const ClipSource> open_dicom(const std::string& path, const FrameReading& reading) {
  if (!reading.open_dicom) {
    throw Error(ErrorKind::inconclusive, path, "is DICOM, which is not read here",
                "frames or a video");
  }
  return reading.open_dicom(path, reading);
}

}  // namespace

void add_value_notes(const FrameReading& reading, FrameFacts& facts) {
  if (facts.stored_bits == 16) {
    facts.notes.push_back(
        {Severity::note, "16-bit files with values from " + std::to_string(facts.least) + " to " +
                             std::to_string(facts.most) + ": read as " +
                             std::to_string(facts.bits) + " bits" +
                             (reading.bits != 0 ? "" : " (--bits N says otherwise)")});
  }
  if (uses_small_part(facts.least, facts.most, 1 << facts.bits)) {
    const double share = static_cast<double>(facts.most - facts.least + 1) / (1 << facts.bits);
    facts.notes.push_back(
        {Severity::warning,
         "the frames use " + number_text(100 * share) + " % of their range (values from " +
             std::to_string(facts.least) + " to " + std::to_string(facts.most) + " of " +
             std::to_string(facts.bits) + " bits): networks were trained on pictures that use it"});
  }
  if (facts.has_colour)
    facts.notes.push_back({Severity::note, "the frames are in colour, where X-rays are grey"});
}

std::string digest_of_clip_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  Sha256Stream whole;
  std::vector<char> piece(std::size_t{1} << 20);
  while (file.read(piece.data(), static_cast<std::streamsize>(piece.size())) || file.gcount() > 0)
    whole.update(std::string_view(piece.data(), static_cast<std::size_t>(file.gcount())));
  if (file.bad() || !file.eof()) throw Error(ErrorKind::input, path, "cannot be read");
  return format_digest(whole.finish());
}

FrameFiles list_frame_files(const FileTree& tree, const std::string& folder) {
  FrameFiles files = sort_frame_files(tree.files(folder), kFrameSuffixes);
  if (files.twins) {
    throw Error(ErrorKind::input, tree.display_path(folder),
                "has both " + files.twins->first + " and " + files.twins->second,
                "one file a frame");
  }
  return files;
}

std::shared_ptr<const ClipSource> open_frame_folder(std::shared_ptr<const FileTree> tree,
                                                    const std::string& folder,
                                                    const FrameReading& reading) {
  return std::make_shared<FolderClip>(std::move(tree), folder, reading);
}

std::shared_ptr<const ClipSource> open_video(const std::string& path, const FrameReading& reading) {
  open_input_file(path, "a video");  // FFmpeg opens what it is told by name, and says little
  return std::make_shared<VideoClip>(path, reading);
}

std::shared_ptr<const ClipSource> open_clip(const std::string& path, const FrameReading& reading) {
  boost::system::error_code code;
  std::shared_ptr<const FileTree> tree;
  if (is_volume_path(path)) return open_volume_clip(path, reading);
  if (boost::filesystem::is_directory(path, code)) {
    tree = open_folder(path);
  } else {
    // FFmpeg opens what it is told by name: a pipe, a device, an address.
    open_input_file(path, "a folder or a zip of frames, or a video that FFmpeg decodes");
    if (looks_like_dicom(path)) return open_dicom(path, reading);
    const std::vector<std::uint8_t> first = first_bytes_of(path);
    const std::string_view kind = archive_kind(
        {reinterpret_cast<const char*>(first.data()), std::min<std::size_t>(first.size(), 8)});
    refuse_picture(path);
    if (kind == "zip") {
      tree = open_zip(path, own_archive());
    } else if (!kind.empty()) {
      throw Error(ErrorKind::input, path, "is a " + std::string(kind) + " file",
                  "a folder or a zip of frames, or a video");
    }
  }
  if (tree == nullptr) return open_video(path, reading);
  const std::string folder = frame_folder_of(*tree);
  const bool is_folder = boost::filesystem::is_directory(path, code);
  if (is_folder && list_frame_files(*tree, folder).files.empty() && holds_dicom(*tree, folder))
    return open_dicom(tree->display_path(folder), reading);
  return open_frame_folder(std::move(tree), folder, reading);
}

SideFit side_fit(int mask_width, int mask_height, int frame_width, int frame_height) {
  if (mask_width == frame_width && mask_height == frame_height) return SideFit::same;
  // A side that was scaled and rounded is off by less than a pixel.
  const auto fits = [](std::int64_t width, std::int64_t height, std::int64_t to_width,
                       std::int64_t to_height) {
    return std::abs(width * to_height - height * to_width) <=
           std::max({width, height, to_width, to_height});
  };
  if (fits(mask_width, mask_height, frame_width, frame_height)) return SideFit::scaled;
  if (fits(mask_height, mask_width, frame_width, frame_height)) return SideFit::turned;
  return SideFit::other;
}

}  // namespace angiobench
