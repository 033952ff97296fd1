// SPDX-License-Identifier: MIT
#include "dataset/media/volume_clip.h"

#include <algorithm>
#include <opencv2/core/mat.hpp>
#include <utility>

#include "dataset/files/file_tree.h"
#include "dataset/media/frame_io.h"
#include "dataset/frame_order.h"
#include "dataset/volumes/volume_reader.h"

namespace angiobench {
namespace {

constexpr int kMostGrey = 65535;

VolumeReader open_frames(const std::string& path) {
  const std::unique_ptr<FileTree> file = open_single_file(path, "a volume of frames");
  return VolumeReader(file->open(file->files("").front()), *volume_form_of(path), path);
}

// The frames of a volume as they are stored, one after the other.
class StoredFrames {
 public:
  explicit StoredFrames(const std::string& path) : reader_(open_frames(path)) {
    samples_.resize(reader_.header().frame_bytes());
  }

  // The next one; nothing behind the last.
  std::optional<StoredFrame> next() {
    const VolumeHeader& header = reader_.header();
    if (position_ == header.num_frames) {
      reader_.finish();
      return std::nullopt;
    }
    reader_.read(samples_);
    StoredFrame frame;
    if (header.sample.bytes == 1) {
      frame.rgb = filled<std::uint8_t>(header, CV_8UC3);
    } else {
      frame.rgb = filled<std::uint16_t>(header, CV_16UC3);
    }
    ++position_;
    return frame;
  }

 private:
  template <typename Sample>
  cv::Mat filled(const VolumeHeader& header, int type) const {
    cv::Mat rgb(header.height, header.width, type);
    const std::uint8_t* sample = samples_.data();
    for (int y = 0; y < header.height; ++y) {
      auto* const row = rgb.ptr<cv::Vec<Sample, 3>>(y);
      for (int x = 0; x < header.width; ++x, sample += header.sample.bytes) {
        const std::int64_t value = sample_at(sample, header.sample);
        if (value < 0 || value > kMostGrey) {
          throw Error(ErrorKind::input, reader_.path(),
                      "has the value " + std::to_string(value) + " in frame " +
                          numbered_frame(static_cast<std::size_t>(position_)),
                      "greys from 0 to 65535");
        }
        row[x] = cv::Vec<Sample, 3>::all(static_cast<Sample>(value));
      }
    }
    return rgb;
  }

  VolumeReader reader_;
  std::vector<std::uint8_t> samples_;
  int position_ = 0;
};

class VolumeFrames final : public FrameSource {
 public:
  VolumeFrames(const std::string& path, int bits) : frames_(path), bits_(bits) {}

  std::optional<Frame> next() override {
    const std::optional<StoredFrame> stored = frames_.next();
    if (!stored) return std::nullopt;
    return Frame{numbered_frame(position_++), frame_rgb(*stored, bits_)};
  }

 private:
  StoredFrames frames_;
  int bits_;
  std::size_t position_ = 0;
};

class VolumeClip final : public ClipSource {
 public:
  VolumeClip(std::string path, const FrameReading& reading)
      : path_(std::move(path)), reading_(reading) {
    const VolumeReader volume = open_frames(path_);
    const auto count = static_cast<std::size_t>(volume.header().num_frames);
    for (std::size_t i = 0; i < count; ++i) names_.push_back(numbered_frame(i));
  }

  std::string place() const override { return path_; }
  const std::vector<std::string>& names() const override { return names_; }
  const FrameFacts& facts() const override {
    if (!facts_) facts_ = find_facts();
    return *facts_;
  }
  std::unique_ptr<FrameSource> open() const override {
    return std::make_unique<VolumeFrames>(path_, facts().bits);
  }
  std::string digest() const override { return digest_of_clip_file(path_); }

 private:
  FrameFacts find_facts() const {
    StoredFrames frames(path_);
    StoredFrame frame = *frames.next();
    FrameFacts facts;
    facts.width = frame.rgb.cols;
    facts.height = frame.rgb.rows;
    facts.stored_bits = frame.bits();
    const FrameValues first = frame_values(frame);
    facts.least = first.least;
    facts.most = first.most;
    if (facts.stored_bits == 16) {
      while (std::optional<StoredFrame> next = frames.next()) {
        const FrameValues values = frame_values(*next);
        facts.least = std::min(facts.least, values.least);
        facts.most = std::max(facts.most, values.most);
      }
      facts.bits = reading_.bits != 0 ? reading_.bits : bits_for(facts.most);
    }
    if (facts.most >= 1 << facts.bits || (reading_.bits != 0 && facts.bits != reading_.bits)) {
      throw Error(ErrorKind::input, path_,
                  "has " + std::to_string(facts.stored_bits) + "-bit values up to " +
                      std::to_string(facts.most),
                  "values of " + std::to_string(reading_.bits) + " bits, as --bits says");
    }
    add_value_notes(reading_, facts);
    return facts;
  }

  std::string path_;
  FrameReading reading_;
  std::vector<std::string> names_;
  mutable std::optional<FrameFacts> facts_;
};

}  // namespace

std::shared_ptr<const ClipSource> open_volume_clip(const std::string& path,
                                                   const FrameReading& reading) {
  return std::make_shared<VolumeClip>(path, reading);
}

}  // namespace angiobench
