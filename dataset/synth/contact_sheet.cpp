// SPDX-License-Identifier: MIT
#include "dataset/synth/contact_sheet.h"

#include <algorithm>
#include <opencv2/core/mat.hpp>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "dataset/error.h"
#include "dataset/media/overlay.h"

namespace angiobench::synth {
namespace {

cv::Mat outlined(SheetTile tile) {
  const cv::Mat grey(tile.mask.height(), tile.mask.width(), CV_8UC1, tile.grey.data());
  return draw_overlay(grey, tile.mask.view(), OverlayStyle::outline);
}

}  // namespace

std::vector<std::uint8_t> contact_sheet(std::span<const SheetTile> tiles, int columns,
                                        int tile_size) {
  expects(columns > 0 && tile_size > 0, "a sheet has columns and tiles a size");
  const int rows = std::max(1, (static_cast<int>(tiles.size()) + columns - 1) / columns);
  std::vector<std::uint8_t> bytes;
  try {
    cv::Mat sheet(rows * tile_size, columns * tile_size, CV_8UC3, cv::Scalar(32, 32, 32));
    for (std::size_t i = 0; i < tiles.size(); ++i) {
      cv::Mat small;
      cv::resize(outlined(tiles[i]), small, {tile_size, tile_size}, 0, 0, cv::INTER_AREA);
      cv::putText(small, tiles[i].caption, {6, tile_size - 8}, cv::FONT_HERSHEY_SIMPLEX,
                  tile_size / 640.0, {0, 0, 0}, 3, cv::LINE_AA);
      cv::putText(small, tiles[i].caption, {6, tile_size - 8}, cv::FONT_HERSHEY_SIMPLEX,
                  tile_size / 640.0, {255, 255, 255}, 1, cv::LINE_AA);
      const int column = static_cast<int>(i) % columns;
      const int row = static_cast<int>(i) / columns;
      small.copyTo(sheet(cv::Rect(column * tile_size, row * tile_size, tile_size, tile_size)));
    }
    cv::imencode(".png", sheet, bytes);
  } catch (const cv::Exception& error) {
    throw Error(ErrorKind::bug, "",
                std::string("a contact sheet cannot be drawn (") + error.what() + ")");
  }
  return bytes;
}

}  // namespace angiobench::synth
