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
