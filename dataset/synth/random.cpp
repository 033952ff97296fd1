// SPDX-License-Identifier: MIT
#include "dataset/synth/random.h"

#include <bit>

namespace angiobench::synth {
namespace {

// splitmix64 (Steele, Lea, Flood 2014): constants from the publication.
std::uint64_t split_mix(std::uint64_t& state) {
  std::uint64_t z = (state += 0x9e3779b97f4a7c15ULL);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
  return z ^ (z >> 31);
}

}  // namespace

std::uint64_t mix_seed(std::uint64_t seed, std::uint64_t stream, std::uint64_t index) {
  std::uint64_t state = seed;
  state = split_mix(state) ^ (stream * 0xd1342543de82ef95ULL);
  state = split_mix(state) ^ (index * 0xaf251af3b0f025b5ULL);
  return split_mix(state);
}

Random::Random(std::uint64_t seed) {
  for (std::uint64_t& word : state_) word = split_mix(seed);
}

std::uint64_t Random::next() {
  const std::uint64_t result = std::rotl(state_[0] + state_[3], 23) + state_[0];
  const std::uint64_t t = state_[1] << 17;
  state_[2] ^= state_[0];
  state_[3] ^= state_[1];
  state_[1] ^= state_[2];
  state_[0] ^= state_[3];
  state_[2] ^= t;
  state_[3] = std::rotl(state_[3], 45);
  return result;
}

double Random::uniform() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }

int Random::integer(int low, int high) {
  return low + static_cast<int>(uniform() * (high - low + 1));
}

float Random::normal() {
  const std::uint64_t bits = next();
  const auto sum = static_cast<std::int32_t>((bits & 0xffff) + ((bits >> 16) & 0xffff) +
                                             ((bits >> 32) & 0xffff) + (bits >> 48));
  // The sum of four uniforms on 0..65535 has mean 131070 and standard deviation 65536 * sqrt(4 /
  // 12).
  return static_cast<float>(sum - 131070) * (1.0F / 37837.2F);
}

}  // namespace angiobench::synth
