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

}  // namespace angiobench::test
