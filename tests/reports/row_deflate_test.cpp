// SPDX-License-Identifier: MIT
#include "reports/row_deflate.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <random>

#include "dataset/error.h"

namespace angiobench {
namespace {

using Bytes = std::vector<std::uint8_t>;

// What zlib, which is no part of the compressor, reads from a stream that must make `size` bytes.
Bytes inflated(const Bytes& stream, std::size_t size) {
  Bytes bytes(size + 1);
  uLongf length = bytes.size();
  EXPECT_EQ(uncompress(bytes.data(), &length, stream.data(), stream.size()), Z_OK);
  bytes.resize(length);
  return bytes;
}

TEST(DeflateRows, IsReadBackByZlibWhateverTheBytes) {
  std::mt19937_64 random(3);
  for (int round = 0; round < 300; ++round) {
    const std::size_t row_bytes = 1 + random() % (round % 10 == 0 ? 40000 : 300);
    const std::size_t num_rows = 1 + random() % 40;
    const unsigned kinds = 1 + static_cast<unsigned>(random() % (round % 3 == 0 ? 256 : 3));
    Bytes rows(row_bytes * num_rows);
    // Runs of random length, now and then a copy of the row above.
    for (std::size_t i = 0; i < rows.size();) {
      const std::size_t length = 1 + random() % (1 + random() % 600);
      const bool from_above = random() % 3 == 0 && i >= row_bytes;
      const auto value = static_cast<std::uint8_t>(random() % kinds);
      for (std::size_t k = 0; k < length && i < rows.size(); ++k, ++i)
        rows[i] = from_above ? rows[i - row_bytes] : value;
    }
    ASSERT_EQ(inflated(deflate_rows(rows, row_bytes), rows.size()), rows)
        << row_bytes << " x " << num_rows;
  }
}

TEST(DeflateRows, TakesNoiseOneByteAndOneValue) {
  std::mt19937_64 random(4);
  Bytes noise(7000);
  for (std::uint8_t& byte : noise) byte = static_cast<std::uint8_t>(random());
  EXPECT_EQ(inflated(deflate_rows(noise, 100), noise.size()), noise);
  const Bytes one = {7};
  EXPECT_EQ(inflated(deflate_rows(one, 1), 1), one);
  const Bytes zeros(512 * 129);
  const Bytes stream = deflate_rows(zeros, 129);
  EXPECT_EQ(inflated(stream, zeros.size()), zeros);
  EXPECT_LT(stream.size(), 120u);
}

// Counts that double from symbol to symbol ask for codes longer than the format has.
TEST(DeflateRows, KeepsCodesWithinFifteenBits) {
  Bytes rows;
  std::size_t count = 1;
  for (int symbol = 0; symbol < 20; ++symbol, count *= 2) {
    // Alternating with a rarer neighbour, so that nothing matches.
    for (std::size_t i = 0; i < count; ++i)
      rows.push_back(static_cast<std::uint8_t>(symbol * 7 + i % 2));
  }
  EXPECT_EQ(inflated(deflate_rows(rows, rows.size()), rows.size()), rows);
}

TEST(DeflateRows, RefusesRowsThatAreNotWhole) {
  EXPECT_THROW(deflate_rows(Bytes(10), 3), Error);
  EXPECT_THROW(deflate_rows(Bytes(10), 0), Error);
}

}  // namespace
}  // namespace angiobench
