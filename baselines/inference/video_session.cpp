// SPDX-License-Identifier: MIT
#include "baselines/inference/video_session.h"

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>

#include "dataset/error.h"

namespace angiobench {
namespace {

// Adds the time until it goes to a stage.
class StageClock {
 public:
  explicit StageClock(double& stage) : stage_(stage), start_(std::chrono::steady_clock::now()) {}
  ~StageClock() {
    stage_ += std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  }
  StageClock(const StageClock&) = delete;
  StageClock& operator=(const StageClock&) = delete;

 private:
  double& stage_;
  std::chrono::steady_clock::time_point start_;
};

}  // namespace

VideoSession::VideoSession(NetworkEngine& engine, const SessionOptions& options)
    : engine_(engine), options_(options), matcher_(make_matcher(options.match)) {
  if (options.memory_every < 1) {
    throw Error::about(ErrorKind::usage, "memory_every",
                       "is " + std::to_string(options.memory_every), "1 or more");
  }
}

void VideoSession::check_frame(std::span<const float> image, int height, int width) {
  expects(height % 16 == 0 && width % 16 == 0, "a frame is padded to multiples of 16");
  expects(image.size() == 3 * static_cast<std::size_t>(height) * width,
          "an image has three planes");
  const CellGrid grid{height / 16, width / 16};
  expects(memory_.empty() || grid == grid_, "all frames of a clip have one size");
  grid_ = grid;
}

// Encodes a frame once for all objects.
std::unique_ptr<FrameEncoding> VideoSession::encode(std::span<const float> image, int height,
                                                    int width, std::vector<float>& key) {
  const StageClock clock(times_.key_encoder);
  key.resize(static_cast<std::size_t>(engine_.spec().key_channels()) * grid_.cells());
  std::unique_ptr<FrameEncoding> frame = engine_.encode_frame(image, height, width);
  engine_.copy_key(*frame, key);
  return frame;
}

std::span<const Plane> VideoSession::step(std::span<const float> image, int height, int width,
                                          const std::vector<NewObject>* prompt, bool last) {
  check_frame(image, height, width);
  if (ids_.empty() && (prompt == nullptr || prompt->empty())) return {};
  std::vector<float> key;
  const std::unique_ptr<FrameEncoding> frame = encode(image, height, width, key);

  // Predict, then let the prompt have its way.
  if (!ids_.empty()) predict(*frame, key);
  if (prompt != nullptr) {
    take_prompt(*prompt, height, width);
    if (!last) remember(*frame, key, Remembered::Kind::prompt);
    since_memory_ = 0;
    return planes_;
  }

  ++since_memory_;
  const bool regular = since_memory_ >= options_.memory_every;
  if (!last && (regular || options_.include_last)) {
    remember(*frame, key, regular ? Remembered::Kind::regular : Remembered::Kind::temporary);
  }
  if (regular) since_memory_ = 0;
  return planes_;
}

void VideoSession::take(std::span<const float> image, int height, int width,
                        const std::vector<NewObject>& objects, Known how, bool last) {
  check_frame(image, height, width);
  if (ids_.empty() && objects.empty()) return;

  // The masks are the frame's planes, whatever these were.
  if (planes_.empty()) planes_.emplace_back(height, width);
  for (const NewObject& object : objects) {
    expects(object.mask.height == height && object.mask.width == width,
            "a mask has the padded frame's size");
    if (!std::binary_search(ids_.begin(), ids_.end(), object.id)) know(object.id, height, width);
  }
  for (Plane& plane : planes_) std::fill(plane.pixels.begin(), plane.pixels.end(), 0.0F);
  for (const NewObject& object : objects) {
    const auto at = std::lower_bound(ids_.begin(), ids_.end(), object.id) - ids_.begin();
    planes_[static_cast<std::size_t>(at) + 1] = object.mask;
  }
  aggregate(planes_);

  if (how == Known::corrected) {
    memory_.remove_if(
        [](const Remembered& remembered) { return remembered.kind != Remembered::Kind::prompt; });
  }
  const bool is_vouched = how != Known::recalled;
  ++since_memory_;
  const bool is_lasting = is_vouched || since_memory_ >= options_.memory_every;
  if (is_lasting) since_memory_ = 0;
  if (last || !(is_lasting || options_.include_last)) return;
  std::vector<float> key;
  const std::unique_ptr<FrameEncoding> frame = encode(image, height, width, key);
  remember(*frame, key,
           is_vouched   ? Remembered::Kind::prompt
           : is_lasting ? Remembered::Kind::regular
                        : Remembered::Kind::temporary);
}

void VideoSession::predict(FrameEncoding& frame, std::span<const float> key) {
  std::vector<ValueFrame> readouts(ids_.size(), ValueFrame(static_cast<std::size_t>(grid_.cells()) *
                                                           engine_.spec().value_channels()));
  {
    const StageClock clock(times_.matching);
    read_memory(key, readouts);
  }
  {
    const StageClock clock(times_.decoder);
    for (std::size_t i = 0; i < ids_.size(); ++i)
      engine_.decode(frame, readouts[i], planes_[i + 1].pixels);
  }
  const StageClock clock(times_.other);
  aggregate(planes_);
}

void VideoSession::read_memory(std::span<const float> key, std::vector<ValueFrame>& readouts) {
  // Objects that remember the same frames share keys and scores.
  std::map<std::vector<const Remembered*>, std::vector<std::size_t>> groups;
  for (std::size_t i = 0; i < ids_.size(); ++i) {
    std::vector<const Remembered*> frames;
    for (const Remembered& remembered : memory_) {
      if (remembered.values.contains(ids_[i])) frames.push_back(&remembered);
    }
    groups[std::move(frames)].push_back(i);
  }

  for (const auto& [frames, objects] : groups) {
    MatchRequest request;
    request.value_channels = engine_.spec().value_channels();
    for (const Remembered* remembered : frames) request.keys.push_back(&remembered->key);
    for (const std::size_t object : objects) {
      std::vector<const ValueFrame*>& values = request.values.emplace_back();
      for (const Remembered* remembered : frames)
        values.push_back(&remembered->values.at(ids_[object]));
      request.readouts.emplace_back(readouts[object]);
    }
    matcher_->read(request, key);
  }
}

// An id and its empty plane.
void VideoSession::know(int id, int height, int width) {
  const auto at = std::lower_bound(ids_.begin(), ids_.end(), id) - ids_.begin();
  ids_.insert(ids_.begin() + at, id);
  planes_.emplace(planes_.begin() + at + 1, height, width);
}

void VideoSession::take_prompt(const std::vector<NewObject>& prompt, int height, int width) {
  const StageClock clock(times_.other);
  if (planes_.empty()) planes_.emplace_back(height, width);
  for (const NewObject& object : prompt) {
    expects(object.mask.height == height && object.mask.width == width,
            "a prompt has the padded frame's size");
    expects(!std::binary_search(ids_.begin(), ids_.end(), object.id), "an object is prompted once");
    know(object.id, height, width);
  }

  // Clear all planes under the new masks before these are put in: new masks may overlap.
  for (const NewObject& object : prompt) {
    for (std::size_t pixel = 0; pixel < object.mask.pixels.size(); ++pixel) {
      if (object.mask.pixels[pixel] <= 0.5F) continue;
      for (Plane& plane : planes_) plane.pixels[pixel] = 0;
    }
  }
  for (const NewObject& object : prompt) {
    const auto at = std::lower_bound(ids_.begin(), ids_.end(), object.id) - ids_.begin();
    planes_[static_cast<std::size_t>(at) + 1] = object.mask;
  }
  aggregate(planes_);
}

void VideoSession::remember(FrameEncoding& frame, std::span<const float> key,
                            Remembered::Kind kind) {
  const StageClock clock(times_.value_encoder);
  memory_.remove_if(
      [](const Remembered& remembered) { return remembered.kind == Remembered::Kind::temporary; });
  const int channels = engine_.spec().key_channels();
  Remembered& remembered =
      memory_.emplace_back(Remembered{kind, KeyFrame(key, channels, grid_), {}});

  Plane others(planes_[0].height, planes_[0].width);
  for (std::size_t i = 0; i < ids_.size(); ++i) {
    std::fill(others.pixels.begin(), others.pixels.end(), 0.0F);
    for (std::size_t j = 0; j < ids_.size(); ++j) {
      if (j == i) continue;
      for (std::size_t pixel = 0; pixel < others.pixels.size(); ++pixel) {
        others.pixels[pixel] += planes_[j + 1].pixels[pixel];
      }
    }
    ValueFrame& value = remembered.values[ids_[i]];
    value.resize(static_cast<std::size_t>(grid_.cells()) * engine_.spec().value_channels());
    engine_.encode_value(frame, planes_[i + 1].pixels, others.pixels, value);
  }

  // Forget the oldest frame that no prompt vouches for.
  if (options_.max_memory_frames > 0 && memory_frames() > options_.max_memory_frames) {
    const auto oldest = std::find_if(memory_.begin(), memory_.end(), [](const Remembered& r) {
      return r.kind == Remembered::Kind::regular;
    });
    if (oldest != memory_.end()) memory_.erase(oldest);
  }
}

std::size_t VideoSession::memory_bytes() const {
  std::size_t bytes = 0;
  for (const Remembered& remembered : memory_) {
    bytes += remembered.key.bytes();
    for (const auto& [id, value] : remembered.values) bytes += value.size() * sizeof(float);
  }
  return bytes;
}

}  // namespace angiobench
