// SPDX-License-Identifier: MIT
#include "dataset/synth/contact_sheet.h"

#include <algorithm>
#include <opencv2/core/mat.hpp>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "dataset/error.h"
#include "dataset/masks/png.h"

namespace angiobench::synth {
namespace {

cv::Mat outlined(const SheetTile& tile) {
  const Mask& mask = tile.mask;
  cv::Mat picture(mask.height(), mask.width(), CV_8UC3);
  for (int y = 0; y < mask.height(); ++y) {
    for (int x = 0; x < mask.width(); ++x) {
      const std::uint8_t grey =
          tile.grey[static_cast<std::size_t>(y) * static_cast<std::size_t>(mask.width()) +
                    static_cast<std::size_t>(x)];
      const std::uint8_t label = mask.at(x, y);
      const auto differs = [&](int u, int v) {
        return u >= 0 && v >= 0 && u < mask.width() && v < mask.height() && mask.at(u, v) != label;
      };
      const bool border = label != 0 && (differs(x - 1, y) || differs(x + 1, y) ||
                                         differs(x, y - 1) || differs(x, y + 1));
      const Rgb& color = voc_palette()[label];
      picture.at<cv::Vec3b>(y, x) =
          border ? cv::Vec3b(color[2], color[1], color[0]) : cv::Vec3b(grey, grey, grey);
    }
  }
  return picture;
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
