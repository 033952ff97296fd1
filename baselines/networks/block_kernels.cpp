// SPDX-License-Identifier: MIT
#include "baselines/networks/block_kernels.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace angiobench {
namespace {

// GCC's vector extensions, one block of channels in one or two vectors; see matching/kernels.cpp.
template <int N>
struct Vector {
  typedef float Type __attribute__((vector_size(N * sizeof(float)), aligned(4), may_alias));
};

#define ANGIOBENCH_INLINE [[gnu::always_inline]] inline

// A block of B channels of one pixel, held in B / N vectors.
template <int B, int N>
struct Pixel {
  using V = typename Vector<N>::Type;
  static constexpr int kParts = B / N;
  V part[kParts];

  ANGIOBENCH_INLINE void load(const float* from) {
    for (int i = 0; i < kParts; ++i) part[i] = *reinterpret_cast<const V*>(from + i * N);
  }
  ANGIOBENCH_INLINE void store(float* to) const {
    for (int i = 0; i < kParts; ++i) *reinterpret_cast<V*>(to + i * N) = part[i];
  }
  ANGIOBENCH_INLINE void at_least(const Pixel& other) {
    for (int i = 0; i < kParts; ++i) part[i] = part[i] > other.part[i] ? part[i] : other.part[i];
  }
  ANGIOBENCH_INLINE void mix(float a, const Pixel& x, float b, const Pixel& y) {
    for (int i = 0; i < kParts; ++i) part[i] = a * x.part[i] + b * y.part[i];
  }
  ANGIOBENCH_INLINE void add(const Pixel& x) {
    for (int i = 0; i < kParts; ++i) part[i] += x.part[i];
  }
  ANGIOBENCH_INLINE void add_product(const Pixel& x, const Pixel& y) {
    for (int i = 0; i < kParts; ++i) part[i] += x.part[i] * y.part[i];
  }
  ANGIOBENCH_INLINE float sum() const {
    float total = 0;
    for (int i = 0; i < kParts; ++i) {
      for (int j = 0; j < N; ++j) total += part[i][j];
    }
    return total;
  }
};

template <int B, int N>
ANGIOBENCH_INLINE void max_pool_block(const float* in, int height, int width, float* out) {
  for (int y = 0; y < height / 2; ++y) {
    for (int x = 0; x < width / 2; ++x) {
      Pixel<B, N> best{};
      for (int row = std::max(0, 2 * y - 1); row <= 2 * y + 1; ++row) {
        for (int column = std::max(0, 2 * x - 1); column <= 2 * x + 1; ++column) {
          Pixel<B, N> pixel;
          pixel.load(in + (static_cast<std::ptrdiff_t>(row) * width + column) * B);
          best.at_least(pixel);
        }
      }
      best.store(out + (static_cast<std::ptrdiff_t>(y) * (width / 2) + x) * B);
    }
  }
}

template <int B, int N>
ANGIOBENCH_INLINE void add_enlarged_block(const float* in, int height, int width, const float* skip,
                                          float* sum, float* positive) {
  // Output row 2y mixes rows y - 1 and y with 1/4 and 3/4, row 2y + 1 rows y and y + 1 with 3/4 and
  // 1/4; columns too.
  const std::ptrdiff_t run = static_cast<std::ptrdiff_t>(width) * B;
  for (int out_y = 0; out_y < 2 * height; ++out_y) {
    const int y = out_y / 2;
    const int other = std::clamp(out_y % 2 == 0 ? y - 1 : y + 1, 0, height - 1);
    const float* near = in + y * run;
    const float* far = in + other * run;
    const std::ptrdiff_t start = 2 * run * out_y;
    const auto column = [&](int x) __attribute__((always_inline)) {
      Pixel<B, N> a;
      Pixel<B, N> b;
      Pixel<B, N> mixed;
      a.load(near + static_cast<std::ptrdiff_t>(x) * B);
      b.load(far + static_cast<std::ptrdiff_t>(x) * B);
      mixed.mix(0.75F, a, 0.25F, b);
      return mixed;
    };
    const auto put = [&](int out_x, const Pixel<B, N>& a, const Pixel<B, N>& b)
        __attribute__((always_inline)) {
      const std::ptrdiff_t at = start + static_cast<std::ptrdiff_t>(out_x) * B;
      Pixel<B, N> total;
      Pixel<B, N> other_part;
      total.mix(0.75F, a, 0.25F, b);
      other_part.load(skip + at);
      total.add(other_part);
      total.store(sum + at);
      Pixel<B, N> zero{};
      zero.at_least(total);
      zero.store(positive + at);
    };
    Pixel<B, N> left = column(0);
    Pixel<B, N> middle = left;
    for (int x = 0; x < width; ++x) {
      const Pixel<B, N> right = x + 1 < width ? column(x + 1) : middle;
      put(2 * x, middle, left);
      put(2 * x + 1, middle, right);
      left = middle;
      middle = right;
    }
  }
}

template <int B, int N>
ANGIOBENCH_INLINE void positive_block(const float* in, std::size_t count, float* out) {
  for (std::size_t i = 0; i < count; i += B) {
    Pixel<B, N> pixel;
    Pixel<B, N> zero{};
    pixel.load(in + i);
    zero.at_least(pixel);
    zero.store(out + i);
  }
}

template <int B, int N>
ANGIOBENCH_INLINE void accumulate_3x3_block(const float* in, int height, int width, int y,
                                            const float* weight, float* out) {
  Pixel<B, N> weights[9];
  for (int i = 0; i < 9; ++i) weights[i].load(weight + static_cast<std::ptrdiff_t>(i) * B);
  for (int x = 0; x < width; ++x) {
    Pixel<B, N> total{};
    for (int ky = -1; ky <= 1; ++ky) {
      if (y + ky < 0 || y + ky >= height) continue;
      for (int kx = -1; kx <= 1; ++kx) {
        if (x + kx < 0 || x + kx >= width) continue;
        Pixel<B, N> pixel;
        pixel.load(in + (static_cast<std::ptrdiff_t>(y + ky) * width + x + kx) * B);
        total.add_product(pixel, weights[(ky + 1) * 3 + kx + 1]);
      }
    }
    out[x] += total.sum();
  }
}

#define ANGIOBENCH_KERNELS(SUFFIX, BLOCK, WIDTH, ATTRIBUTE)                                        \
  ATTRIBUTE void max_pool_##SUFFIX(const float* in, int height, int width, float* out) {           \
    max_pool_block<BLOCK, WIDTH>(in, height, width, out);                                          \
  }                                                                                                \
  ATTRIBUTE void add_enlarged_##SUFFIX(const float* in, int height, int width, const float* skip,  \
                                       float* sum, float* positive) {                              \
    add_enlarged_block<BLOCK, WIDTH>(in, height, width, skip, sum, positive);                      \
  }                                                                                                \
  ATTRIBUTE void positive_##SUFFIX(const float* in, std::size_t count, float* out) {               \
    positive_block<BLOCK, WIDTH>(in, count, out);                                                  \
  }                                                                                                \
  ATTRIBUTE void accumulate_3x3_##SUFFIX(const float* in, int height, int width, int y,            \
                                         const float* weight, float* out) {                        \
    accumulate_3x3_block<BLOCK, WIDTH>(in, height, width, y, weight, out);                         \
  }                                                                                                \
  constexpr BlockKernels k##SUFFIX = {max_pool_##SUFFIX, add_enlarged_##SUFFIX, positive_##SUFFIX, \
                                      accumulate_3x3_##SUFFIX};

#if defined(__x86_64__)
ANGIOBENCH_KERNELS(avx512, 16, 16, [[gnu::target("avx512f,fma")]])
ANGIOBENCH_KERNELS(avx2, 8, 8, [[gnu::target("avx2,fma")]])
#endif
ANGIOBENCH_KERNELS(generic16, 16, 4, )
ANGIOBENCH_KERNELS(generic8, 8, 4, )

}  // namespace

const BlockKernels& block_kernels(int block) {
#if defined(__x86_64__)
  if (block == 16 && __builtin_cpu_supports("avx512f")) return kavx512;
  if (block == 8 && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return kavx2;
#endif
  return block == 16 ? kgeneric16 : kgeneric8;
}

void enlarge_row_4_sigmoid(const float* row0, const float* row1, float t, int width, float* out) {
  thread_local std::vector<float> mixed;
  mixed.resize(static_cast<std::size_t>(width));
  for (int x = 0; x < width; ++x) mixed[x] = (1 - t) * row0[x] + t * row1[x];

  // Pixel 4x + i lies at x + (i + 1/2) / 4 - 1/2; past the ends the border's pixel stands.
  for (int x = 0; x < width; ++x) {
    const float left = mixed[std::max(0, x - 1)];
    const float middle = mixed[x];
    const float right = mixed[std::min(width - 1, x + 1)];
    out[4 * x] = 0.375F * left + 0.625F * middle;
    out[4 * x + 1] = 0.125F * left + 0.875F * middle;
    out[4 * x + 2] = 0.875F * middle + 0.125F * right;
    out[4 * x + 3] = 0.625F * middle + 0.375F * right;
  }
  for (int x = 0; x < 4 * width; ++x) out[x] = 1 / (1 + std::exp(-out[x]));
}

}  // namespace angiobench
