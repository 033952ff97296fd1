// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstdint>

namespace angiobench {

/// One block of Philox4x32-10 (Salmon, Moraes, Dror, Shaw: "Parallel random numbers: as easy as 1,
/// 2, 3", SC 2011): 128 random bits that are a pure function of a 128-bit counter and a 64-bit key.
constexpr std::array<std::uint32_t, 4> philox_block(std::array<std::uint32_t, 4> counter,
                                                    std::array<std::uint32_t, 2> key) {
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t even = std::uint64_t{0xD2511F53} * counter[0];
    const std::uint64_t odd = std::uint64_t{0xCD9E8D57} * counter[2];
    counter = {static_cast<std::uint32_t>(odd >> 32) ^ counter[1] ^ key[0],
               static_cast<std::uint32_t>(odd),
               static_cast<std::uint32_t>(even >> 32) ^ counter[3] ^ key[1],
               static_cast<std::uint32_t>(even)};
    key[0] += 0x9E3779B9;
    key[1] += 0xBB67AE85;
  }
  return counter;
}

/// What a stream is drawn for; one seed gives unrelated words for each.
enum class RandomPurpose : std::uint32_t { bootstrap = 0, sign_flips = 1 };

/// The random words of one numbered draw: key = seed, counter = (block, purpose, draw). Draw r
/// gives the same words whoever asks, so that work may be split over threads or machines in any
/// way.
class PhiloxStream {
 public:
  PhiloxStream(std::uint64_t seed, RandomPurpose purpose, std::uint64_t draw)
      : counter_{0, static_cast<std::uint32_t>(purpose), static_cast<std::uint32_t>(draw),
                 static_cast<std::uint32_t>(draw >> 32)},
        key_{static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32)} {}

  /// 32 random bits.
  std::uint32_t next() {
    if (used_ == 4) {
      words_ = philox_block(counter_, key_);
      ++counter_[0];
      used_ = 0;
    }
    return words_[used_++];
  }

  /// Uniform in [0, bound), without bias (Lemire, "Fast random integer generation in an interval",
  /// 2019); bound >= 1.
  std::uint32_t below(std::uint32_t bound) {
    std::uint64_t product = std::uint64_t{next()} * bound;
    if (static_cast<std::uint32_t>(product) < bound) {
      const std::uint32_t threshold = (0U - bound) % bound;
      while (static_cast<std::uint32_t>(product) < threshold)
        product = std::uint64_t{next()} * bound;
    }
    return static_cast<std::uint32_t>(product >> 32);
  }

 private:
  std::array<std::uint32_t, 4> counter_;
  std::array<std::uint32_t, 2> key_;
  std::array<std::uint32_t, 4> words_{};
  unsigned used_ = 4;
};

}  // namespace angiobench
