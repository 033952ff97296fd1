// SPDX-License-Identifier: MIT
#include "dataset/masks/packed_numbers.h"

#include <gtest/gtest.h>

#include <limits>
#include <map>
#include <random>
#include <string>
#include <vector>

namespace angiobench {
namespace {

TEST(PackedNumbers, AreWhatWasPut) {
  std::mt19937_64 random(3);
  // Blocks of each width, whatever the block before had; the last one is not full.
  std::vector<std::int64_t> expected;
  for (unsigned bits = 0; bits <= 64; ++bits) {
    const std::uint64_t mask = bits == 0 ? 0 : ~std::uint64_t{0} >> (64 - bits);
    const auto base = static_cast<std::int64_t>(bits == 64 ? 0 : random() >> 1 & ~mask);
    for (int i = 0; i < 256; ++i)
      expected.push_back(base + static_cast<std::int64_t>(random() & mask));
  }
  expected.push_back(std::numeric_limits<std::int64_t>::min());
  expected.push_back(-1);
  expected.push_back(std::numeric_limits<std::int64_t>::max());
  PackedNumbers packed;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    packed.push_back(expected[i]);
    ASSERT_EQ(packed.size(), i + 1);
    ASSERT_EQ(packed[i], expected[i]) << i;
  }
  for (std::size_t i = 0; i < expected.size(); ++i) ASSERT_EQ(packed[i], expected[i]) << i;
}

TEST(PackedNumbers, TakeTheWholeRangeInOneBlock) {
  PackedNumbers packed;
  for (int i = 0; i < 256; ++i)
    packed.push_back(i % 2 == 0 ? std::numeric_limits<std::int64_t>::min()
                                : std::numeric_limits<std::int64_t>::max() - i);
  for (int i = 0; i < 256; ++i) {
    ASSERT_EQ(packed[static_cast<std::size_t>(i)],
              i % 2 == 0 ? std::numeric_limits<std::int64_t>::min()
                         : std::numeric_limits<std::int64_t>::max() - i);
  }
}

TEST(TextPlaces, FindWhatWasPutAndNothingElse) {
  std::mt19937_64 random(4);
  TextPlaces places;
  EXPECT_FALSE(places.find("").has_value());
  std::map<std::string, std::size_t> expected;
  for (int i = 0; i < 5000; ++i) {
    const std::string text =
        i == 7 ? std::string() : "v" + std::to_string(random() % 3000) + std::string(i % 3, 'x');
    const std::size_t place = places.add(text);
    EXPECT_EQ(expected.emplace(text, expected.size()).first->second, place) << text;
  }
  ASSERT_EQ(places.size(), expected.size());
  for (const auto& [text, place] : expected) {
    ASSERT_EQ(places.find(text), place);
    ASSERT_EQ(places[place], text);
  }
  EXPECT_FALSE(places.find("v3000").has_value());
  EXPECT_FALSE(places.find("v").has_value());
}

}  // namespace
}  // namespace angiobench
