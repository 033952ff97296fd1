// SPDX-License-Identifier: MIT
#include "dataset/masks/inflate.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <random>
#include <vector>

namespace angiobench {
namespace {

using Bytes = std::vector<std::uint8_t>;

Bytes deflate_with_zlib(const Bytes& content, int level, int strategy) {
  z_stream stream{};
  EXPECT_EQ(deflateInit2(&stream, level, Z_DEFLATED, 15, 8, strategy), Z_OK);
  Bytes out(compressBound(static_cast<uLong>(content.size())) + 64);
  Bytes in = content;
  stream.next_in = in.data();
  stream.avail_in = static_cast<uInt>(in.size());
  stream.next_out = out.data();
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

// What inflate_mask makes of a stream; empty where it declines.
Bytes inflate(const Bytes& stream, std::size_t size, bool& accepted) {
  Bytes target(size + kInflateSlack, 0xEE);
  accepted = inflate_mask(stream, target.data(), size);
  target.resize(size);
  return target;
}

// The bytes that inflate_runs stands for; empty where it declines. Every byte is in one run, and
// neighbours differ.
Bytes spread(const Bytes& stream, std::size_t size, bool& accepted) {
  std::vector<ByteRun> buffer;
  const std::span<const ByteRun> runs = inflate_runs(stream, size, buffer);
  accepted = !runs.empty();
  Bytes bytes;
  for (const ByteRun& run : runs) {
    EXPECT_EQ(run.begin, bytes.size());
    EXPECT_TRUE(bytes.empty() || bytes.back() != run.byte);
    bytes.resize((&run + 1)->begin, static_cast<std::uint8_t>(run.byte));
  }
  EXPECT_EQ(bytes.size(), accepted ? size : 0);
  return bytes;
}

std::size_t num_runs(const Bytes& bytes) {
  std::size_t num = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) num += i == 0 || bytes[i] != bytes[i - 1] ? 1 : 0;
  return num;
}

// Content like that of masks, and unlike it.
Bytes make_content(std::mt19937_64& random) {
  Bytes content;
  const std::size_t size = random() % 20000;
  const std::uint64_t kind = random() % 4;
  while (content.size() < size) {
    if (kind == 0) {
      content.insert(content.end(), 1 + random() % 900, static_cast<std::uint8_t>(random() % 4));
    } else if (kind == 1) {
      content.push_back(static_cast<std::uint8_t>(random()));
    } else if (kind == 2 && content.size() > 600) {
      const std::size_t back = 1 + random() % 600;
      for (std::size_t i = 0, count = 3 + random() % 300; i < count; ++i)
        content.push_back(content[content.size() - back]);
    } else {
      for (std::size_t i = 0, count = 1 + random() % 40; i < count; ++i)
        content.push_back(static_cast<std::uint8_t>(random() % 50 * 3));
    }
  }
  return content;
}

TEST(InflateMask, MakesWhatZlibCompressedAtEveryLevelAndStrategy) {
  std::mt19937_64 random(31);
  for (int round = 0; round < 400; ++round) {
    const Bytes content = make_content(random);
    for (const int strategy : {Z_DEFAULT_STRATEGY, Z_FILTERED, Z_HUFFMAN_ONLY, Z_RLE, Z_FIXED}) {
      const Bytes stream = deflate_with_zlib(content, static_cast<int>(random() % 10), strategy);
      bool accepted = false;
      EXPECT_EQ(inflate(stream, content.size(), accepted), content);
      EXPECT_TRUE(accepted) << content.size() << " bytes, strategy " << strategy;
    }
  }
}

// A few labels in rows that resemble the row above: what masks are.
Bytes make_label_map(std::mt19937_64& random) {
  const std::size_t width = 40 + random() % 700;
  Bytes content;
  std::size_t begin = random() % (width / 2);
  std::size_t length = 1 + random() % (width / 3);
  for (std::size_t y = 0; y < 80; ++y) {
    Bytes row(width + 1);
    if (y > random() % 20) {
      std::fill_n(row.begin() + static_cast<std::ptrdiff_t>(begin + 1), length,
                  static_cast<std::uint8_t>(1 + y / 40));
      if (random() % 8 == 0) row[1 + random() % width] = 3;
    }
    content.insert(content.end(), row.begin(), row.end());
    if (random() % 2 == 0 && begin + length + 2 < width) ++begin;
    if (random() % 3 == 0 && length > 2) --length;
  }
  return content;
}

TEST(InflateRuns, GivesTheRunsOfWhatZlibCompressedAtEveryLevelAndStrategy) {
  std::mt19937_64 random(34);
  int num_accepted = 0;
  for (int round = 0; round < 400; ++round) {
    const Bytes content = round % 2 == 0 ? make_content(random) : make_label_map(random);
    for (const int strategy : {Z_DEFAULT_STRATEGY, Z_FILTERED, Z_HUFFMAN_ONLY, Z_RLE, Z_FIXED}) {
      const Bytes stream = deflate_with_zlib(content, static_cast<int>(random() % 10), strategy);
      bool accepted = false;
      const Bytes bytes = spread(stream, content.size(), accepted);
      if (accepted) {
        EXPECT_EQ(bytes, content);
        ++num_accepted;
      } else {
        // Nothing, or more runs than a label map has.
        EXPECT_TRUE(content.empty() || num_runs(content) > content.size() / 16) << content.size();
      }
    }
  }
  EXPECT_GT(num_accepted, 1000);
}

TEST(InflateRuns, DeclinesAnotherSizeAndEveryTruncation) {
  std::mt19937_64 random(35);
  const Bytes content = make_label_map(random);
  Bytes stream = deflate_with_zlib(content, 9, Z_DEFAULT_STRATEGY);
  bool accepted = false;
  spread(stream, content.size(), accepted);
  EXPECT_TRUE(accepted);
  for (const std::size_t size : {content.size() - 1, content.size() + 1, std::size_t{0}}) {
    spread(stream, size, accepted);
    EXPECT_FALSE(accepted) << size;
  }
  for (std::size_t size = 0; size < stream.size(); ++size) {
    spread(Bytes(stream.begin(), stream.begin() + static_cast<std::ptrdiff_t>(size)),
           content.size(), accepted);
    EXPECT_FALSE(accepted) << size;
  }
  stream.push_back(0);
  spread(stream, content.size(), accepted);
  EXPECT_FALSE(accepted);
}

// Whatever is done to a stream: both inflate it to the same bytes, or runs are declined.
TEST(InflateRuns, AcceptsNothingThatInflateMaskDoesNot) {
  std::mt19937_64 random(36);
  int num_accepted = 0;
  int num_declined = 0;
  for (int round = 0; round < 20000; ++round) {
    Bytes content = round % 2 == 0 ? make_content(random) : make_label_map(random);
    content.resize(std::min<std::size_t>(content.size(), 900));
    Bytes stream = deflate_with_zlib(content, static_cast<int>(random() % 10),
                                     random() % 2 == 0 ? Z_DEFAULT_STRATEGY : Z_FIXED);
    for (std::uint64_t i = random() % 3; i > 0; --i)
      stream[random() % stream.size()] ^= static_cast<std::uint8_t>(1U << (random() % 8));
    bool has_runs = false;
    const Bytes runs = spread(stream, content.size(), has_runs);
    bool has_bytes = false;
    const Bytes bytes = inflate(stream, content.size(), has_bytes);
    ++(has_runs ? num_accepted : num_declined);
    if (!has_runs) continue;
    ASSERT_TRUE(has_bytes);
    ASSERT_EQ(runs, bytes);
  }
  EXPECT_GT(num_accepted, 3000);
  EXPECT_GT(num_declined, 3000);
}

// As nobody's masks have them.
TEST(InflateRuns, FindsSourcesThatLieAnywhere) {
  std::mt19937_64 random(37);
  Bytes content;
  while (content.size() < 400'000) {
    // Runs as long as a label map's are on average, and copies of some of them.
    const std::size_t reach = std::min<std::size_t>(content.size(), 32'000);
    if (content.size() < 40'000) {
      content.insert(content.end(), 40 + random() % 40, static_cast<std::uint8_t>(random()));
      continue;
    }
    const std::size_t back = reach - random() % (reach / 2) * (random() % 2);
    for (std::size_t i = 0; i < 200; ++i) content.push_back(content[content.size() - back]);
  }
  ASSERT_LT(num_runs(content), content.size() / 16);
  const Bytes stream = deflate_with_zlib(content, 9, Z_DEFAULT_STRATEGY);
  bool accepted = false;
  EXPECT_EQ(spread(stream, content.size(), accepted), content);
  EXPECT_TRUE(accepted);
}

TEST(InflateMask, DeclinesAnotherSize) {
  const Bytes content(5000, 7);
  const Bytes stream = deflate_with_zlib(content, 9, Z_DEFAULT_STRATEGY);
  bool accepted = true;
  inflate(stream, content.size() - 1, accepted);
  EXPECT_FALSE(accepted);
  inflate(stream, content.size() + 1, accepted);
  EXPECT_FALSE(accepted);
}

TEST(InflateMask, DeclinesEveryTruncationAndTrailingBytes) {
  std::mt19937_64 random(32);
  const Bytes content = make_content(random);
  Bytes stream = deflate_with_zlib(content, 6, Z_DEFAULT_STRATEGY);
  for (std::size_t size = 0; size < stream.size(); ++size) {
    bool accepted = true;
    inflate(Bytes(stream.begin(), stream.begin() + static_cast<std::ptrdiff_t>(size)),
            content.size(), accepted);
    EXPECT_FALSE(accepted) << size;
  }
  stream.push_back(0);
  bool accepted = true;
  inflate(stream, content.size(), accepted);
  EXPECT_FALSE(accepted);
}

// Whatever is done to a stream: what is accepted, zlib makes the same of.
TEST(InflateMask, AcceptsNothingThatZlibDoesNot) {
  std::mt19937_64 random(33);
  int num_accepted = 0;
  for (int round = 0; round < 20000; ++round) {
    Bytes content = make_content(random);
    content.resize(std::min<std::size_t>(content.size(), 600));
    Bytes stream = deflate_with_zlib(content, static_cast<int>(random() % 10),
                                     random() % 2 == 0 ? Z_DEFAULT_STRATEGY : Z_FIXED);
    for (std::uint64_t i = random() % 3; i > 0; --i)
      stream[random() % stream.size()] ^= static_cast<std::uint8_t>(1U << (random() % 8));
    bool accepted = false;
    const Bytes ours = inflate(stream, content.size(), accepted);
    if (!accepted) continue;
    ++num_accepted;
    Bytes theirs(content.size() + 1);
    uLongf size = static_cast<uLongf>(theirs.size());
    ASSERT_EQ(uncompress(theirs.data(), &size, stream.data(), static_cast<uLong>(stream.size())),
              Z_OK);
    theirs.resize(size);
    ASSERT_EQ(theirs, ours);
  }
  EXPECT_GT(num_accepted, 5000);
}

}  // namespace
}  // namespace angiobench
