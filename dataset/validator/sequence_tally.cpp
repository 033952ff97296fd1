// SPDX-License-Identifier: MIT
#include "dataset/validator/sequence_tally.h"

#include <algorithm>
#include <utility>

#include "dataset/validator/thumbnail.h"

namespace angiobench {

std::string object_text(int id) { return "object " + std::to_string(id); }

bool SampledFrames::contains(std::size_t position) const {
  return std::ranges::find(positions_, position) != positions_.end();
}

void SampledFrames::take(std::size_t position, const MaskLabels& ids, std::string_view frame,
                         int side) {
  for (std::size_t i = 0; i < thumbnails_.size(); ++i) {
    if (positions_[i] != position) continue;
    Mask pixels;
    thumbnails_[i] = make_thumbnail(pixels_of(ids, pixels), std::string(frame), side);
  }
}

void SampledFrames::move_into(SequenceStatistics& statistics) {
  for (Thumbnail& thumbnail : thumbnails_) {
    const bool is_new =
        statistics.thumbnails.empty() || statistics.thumbnails.back().frame != thumbnail.frame;
    if (!thumbnail.png.empty() && is_new) statistics.thumbnails.push_back(std::move(thumbnail));
  }
}

void SequenceTally::add_mask(std::size_t position, const Annotation& annotation) {
  ++readable_frames_;
  digest_.update(sequence_.frames[position]);
  digest_.update(std::string_view("\0", 1));
  digest_.update(annotation.digest);
  if (width_ > 0) return;
  first_readable_ = position;
  width_ = annotation.facts.width;
  height_ = annotation.facts.height;
}

void SequenceTally::add_objects(std::size_t position, const std::map<int, std::uint32_t>& pixels,
                                std::size_t first) {
  empty_masks_ += pixels.empty() ? 1 : 0;
  const auto at = static_cast<std::uint32_t>(position);
  for (const auto& [id, count] : pixels) {
    ObjectStatistics& object = objects_[id];
    if (object.frames == 0) {
      object.id = id;
      object.first_frame = sequence_.frames[position];
      object.late = position > first;
      object.min_pixels = count;
    }
    ++object.frames;
    object.min_pixels = std::min(object.min_pixels, count);
    object.max_pixels = std::max(object.max_pixels, count);
    object.mean_pixels += count;
    if (object.runs.empty() || object.runs.back().second + 1 != at)
      object.runs.emplace_back(at, at);
    object.runs.back().second = at;
  }
}

void SequenceTally::finish(SequenceStatistics& statistics) {
  statistics.name = sequence_.name;
  statistics.annotated_frames = sequence_.frames.size();
  statistics.readable_frames = readable_frames_;
  statistics.empty_masks = empty_masks_;
  statistics.width = width_;
  statistics.height = height_;
  statistics.digest = digest_.finish();
  for (auto& [id, object] : objects_) {
    object.mean_pixels /= static_cast<double>(object.frames);
    statistics.objects.push_back(std::move(object));
  }
}

}  // namespace angiobench
