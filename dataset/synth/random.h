// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

namespace angiobench::synth {

/// A seed that depends on all three numbers: every sequence, frame and purpose has its own stream,
/// so that no result depends on the order in which threads come to them.
std::uint64_t mix_seed(std::uint64_t seed, std::uint64_t stream, std::uint64_t index = 0);

/// xoshiro256++ (Blackman and Vigna 2019), seeded through splitmix64. The standard library's
/// distributions differ between implementations; these do not.
class Random {
 public:
  explicit Random(std::uint64_t seed);

  std::uint64_t next();
  /// In [0, 1).
  double uniform();
  double uniform(double low, double high) { return low + (high - low) * uniform(); }
  /// In low..high, both included.
  int integer(int low, int high);
  bool chance(double probability) { return uniform() < probability; }
  /// Zero mean, unit variance: the sum of four 16-bit uniforms (Irwin-Hall, excess kurtosis -0.3,
  /// never beyond 3.47). A frame draws a quarter of a million; the exact tail is not worth three
  /// times their cost.
  float normal();

 private:
  std::uint64_t state_[4];
};

}  // namespace angiobench::synth
