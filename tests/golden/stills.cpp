// SPDX-License-Identifier: MIT
#include "tests/golden/stills.h"

#include <zlib.h>

#include <algorithm>
#include <boost/filesystem/directory.hpp>
#include <boost/filesystem/operations.hpp>

#include "dataset/files/atomic_file.h"
#include "tests/support/test_data.h"

namespace angiobench::test {
namespace {

std::uint32_t crc_of(const std::vector<std::uint8_t>& bytes) {
  return static_cast<std::uint32_t>(::crc32(0, bytes.data(), static_cast<unsigned>(bytes.size())));
}

}  // namespace

nlohmann::json read_stills(std::string_view file) {
  return nlohmann::json::parse(read_text_file(test_data("expected/stills/" + std::string(file))));
}

std::uint32_t packed_crc(const Mask& map) {
  const auto row_bytes = static_cast<std::size_t>((map.width() + 7) / 8);
  std::vector<std::uint8_t> bytes(row_bytes * static_cast<std::size_t>(map.height()));
  for (int y = 0; y < map.height(); ++y) {
    for (int x = 0; x < map.width(); ++x) {
      if (map.at(x, y) == 0) continue;
      bytes[static_cast<std::size_t>(y) * row_bytes + static_cast<std::size_t>(x / 8)] |=
          static_cast<std::uint8_t>(0x80 >> (x % 8));
    }
  }
  return crc_of(bytes);
}

std::uint32_t pixel_crc(const Mask& map) {
  return crc_of(
      {map.pixels(), map.pixels() + static_cast<std::ptrdiff_t>(map.width()) * map.height()});
}

Mask select_label(const Mask& mask, int label) {
  Mask selected(mask.width(), mask.height());
  for (int y = 0; y < mask.height(); ++y) {
    for (int x = 0; x < mask.width(); ++x)
      selected.at(x, y) = label == 0 ? mask.at(x, y) != 0 : mask.at(x, y) == label;
  }
  return selected;
}

std::vector<std::string> common_files(const std::string& a, const std::string& b) {
  std::vector<std::string> names;
  for (const auto& entry : boost::filesystem::directory_iterator(a)) {
    const std::string name = entry.path().filename().string();
    if (boost::filesystem::exists(b + "/" + name)) names.push_back(name);
  }
  std::ranges::sort(names);
  return names;
}

Mask dias_map(const Mask& truth, int k) {
  Mask map(truth.width(), truth.height());
  const auto shifted = [&](int x, int y) {
    const int from_x = x - 2;
    const int from_y = y + 1;
    return from_x >= 0 && from_y >= 0 && from_x < truth.width() && from_y < truth.height() &&
           truth.at(from_x, from_y) != 0;
  };
  for (int y = 0; y < truth.height(); ++y) {
    for (int x = 0; x < truth.width(); ++x) {
      int sum = 0;
      for (int dy = -3; dy <= 3; ++dy) {
        for (int dx = -3; dx <= 3; ++dx) {
          const int nx = x + dx;
          const int ny = y + dy;
          if (nx < 0 || ny < 0 || nx >= truth.width() || ny >= truth.height()) continue;
          sum += shifted(nx, ny) ? 1 : 0;
        }
      }
      const std::int64_t hash =
          (std::int64_t{x} * 7919 + std::int64_t{y} * 104729 + std::int64_t{k} * 15485863) % 65521;
      const int noise = static_cast<int>(hash * 31 % 61);
      map.at(x, y) = static_cast<std::uint8_t>(std::clamp(sum * 230 / 49 + noise - 22, 0, 255));
    }
  }
  return map;
}

std::vector<std::uint8_t> ellipses(int image, bool is_truth, int num_labels, int height,
                                   int width) {
  std::vector<std::uint8_t> values;
  values.reserve(static_cast<std::size_t>(num_labels * height * width));
  for (int c = 0; c < num_labels; ++c) {
    const int v = (image * 7919 + c * 104729 + 12345) % 65536;
    const bool truth_absent = c % 11 == 10 && (image + c) % 3 == 0;
    const bool absent = is_truth ? truth_absent : truth_absent || (image * 31 + c * 17) % 23 == 0;
    int cx = v * 13 % 64;
    int cy = v * 29 % 72;
    int a = 3 + v / 7 % (4 + c % 17);
    int b = 2 + v / 11 % (3 + c % 13);
    if (!is_truth) {
      cx += v / 5 % 5 - 2;
      cy += v / 3 % 5 - 2;
      a += v / 17 % 3 - 1;
    }
    for (int y = 0; y < height; ++y) {
      for (int x = 0; x < width; ++x) {
        const bool inside =
            (x - cx) * (x - cx) * b * b + (y - cy) * (y - cy) * a * a <= a * a * b * b;
        const bool lonely =
            !is_truth && absent && x == 0 && y == 0 && (c % 29 == 28 || c % 22 == 10);
        values.push_back((inside && !absent) || lonely ? 1 : 0);
      }
    }
  }
  return values;
}

}  // namespace angiobench::test
