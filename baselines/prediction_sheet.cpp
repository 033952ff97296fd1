// SPDX-License-Identifier: MIT
#include "baselines/prediction_sheet.h"

#include <algorithm>

#include "dataset/files/atomic_file.h"
#include "dataset/media/overlay.h"

namespace angiobench {

void PredictionSheet::offer(std::string_view clip, std::string_view frame, int number,
                            int num_frames, const cv::Mat& rgb, const Mask& labels) {
  const std::string name(clip);
  if (std::find(clips_.begin(), clips_.end(), name) == clips_.end()) {
    if (static_cast<int>(clips_.size()) >= max_clips_) return;
    clips_.push_back(name);
  }
  // Where the length is not known every frame may be the last.
  const bool is_last = num_frames == 0 || number + 1 == num_frames;
  const bool is_middle = num_frames > 2 && number == num_frames / 2;
  if (!is_last && !is_middle) return;
  const cv::Mat grey = grey_of(rgb);
  synth::SheetTile tile;
  tile.caption = name + " " + std::string(frame);
  for (int y = 0; y < grey.rows; ++y) {
    const std::uint8_t* const row = grey.ptr<std::uint8_t>(y);
    tile.grey.insert(tile.grey.end(), row, row + grey.cols);
  }
  tile.mask = labels;
  tiles_[name][is_middle ? "a middle" : "b last"] = std::move(tile);
}

void PredictionSheet::write(const std::string& path) const {
  std::vector<synth::SheetTile> tiles;
  for (const std::string& clip : clips_) {
    const auto found = tiles_.find(clip);
    if (found == tiles_.end()) continue;
    for (const auto& [place, tile] : found->second) tiles.push_back(tile);
  }
  if (tiles.empty()) return;
  constexpr int kColumns = 2;
  constexpr int kTileSize = 480;
  write_file_atomically(path, synth::contact_sheet(tiles, kColumns, kTileSize));
}

}  // namespace angiobench
