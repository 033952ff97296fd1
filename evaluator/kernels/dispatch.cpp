// SPDX-License-Identifier: MIT
#include "evaluator/kernels/kernels.h"

namespace angiobench::kernels {
namespace {

struct Levels {
  const Level* usable[4] = {};
  int count = 0;
};

Levels find_levels() {
  Levels levels;
#if defined(__x86_64__)
  __builtin_cpu_init();
  const bool has_avx512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                          __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
  if (has_avx512 && __builtin_cpu_supports("avx512vpopcntdq") && __builtin_cpu_supports("popcnt"))
    levels.usable[levels.count++] = &kAvx512Vpopcntdq;
  if (has_avx512 && __builtin_cpu_supports("popcnt")) levels.usable[levels.count++] = &kAvx512;
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("popcnt") &&
      __builtin_cpu_supports("bmi")) {
    levels.usable[levels.count++] = &kAvx2;
  }
#endif
  levels.usable[levels.count++] = &kBaseline;
  return levels;
}

const Levels& levels() {
  static const Levels kLevels = find_levels();
  return kLevels;
}

}  // namespace

int num_levels() { return levels().count; }
const Level& level(int index) { return *levels().usable[index]; }

}  // namespace angiobench::kernels
