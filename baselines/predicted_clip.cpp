// SPDX-License-Identifier: MIT
#include "baselines/predicted_clip.h"

#include <map>
#include <memory>
#include <optional>
#include <span>
#include <utility>

#include "dataset/files/atomic_file.h"
#include "dataset/masks/png.h"
#include "dataset/media/frame_io.h"

namespace angiobench {
namespace {

// The masks that predict_clips wrote of a clip.
class WrittenMasks {
 public:
  WrittenMasks(std::string folder, std::map<int, std::string> object_folders)
      : folder_(std::move(folder)), object_folders_(std::move(object_folders)) {}

  // Valid until the next call.
  MaskView read(const std::string& frame) {
    if (object_folders_.empty()) return decode(folder_ + "/" + frame + ".png");
    std::optional<Mask> merged;
    for (const auto& [label, object] : object_folders_) {
      const MaskView own = decode(folder_ + "/" + object + "/" + frame + ".png");
      if (!merged) merged.emplace(own.width, own.height);
      for (int y = 0; y < own.height; ++y) {
        for (int x = 0; x < own.width; ++x) {
          if (own.at(x, y) != kBackgroundLabel) merged->at(x, y) = static_cast<std::uint8_t>(label);
        }
      }
    }
    merged_ = std::move(*merged);
    return merged_.view();
  }

 private:
  MaskView decode(const std::string& path) {
    file_ = read_text_file(path);
    const std::span bytes(reinterpret_cast<const std::uint8_t*>(file_.data()), file_.size());
    const MaskView mask = decoder_.decode(bytes, options_, path);
    options_.expected_width = mask.width;
    options_.expected_height = mask.height;
    return mask;
  }

  std::string folder_;
  std::map<int, std::string> object_folders_;
  MaskDecoder decoder_;
  MaskDecodeOptions options_;
  std::string file_;
  Mask merged_;
};

}  // namespace

void for_each_predicted(const Clip& clip, const std::string& out,
                        const std::function<void(const PredictedFrame&)>& visit) {
  WrittenMasks masks(out + "/" + clip.name, clip.first_masks().prompts.object_folders);
  const std::unique_ptr<FrameSource> source = clip.frames->open();
  PredictedFrame shown;
  while (std::optional<Frame> frame = source->next()) {
    shown.labels = masks.read(frame->name);
    shown.rgb = scaled_picture(frame->rgb, shown.labels.width, shown.labels.height);
    shown.name = std::move(frame->name);
    visit(shown);
    ++shown.number;
  }
}

}  // namespace angiobench
