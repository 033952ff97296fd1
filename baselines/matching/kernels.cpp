// SPDX-License-Identifier: MIT
#include "baselines/matching/kernels.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <vector>

namespace angiobench {
namespace {

// One source for all instruction sets: GCC's vector extensions, N floats wide, inlined into
// functions that are compiled for the set. Vectors wider than the machine's are lowered badly,
// hence the width as a parameter.
template <int N>
struct Vector {
  typedef float Type __attribute__((vector_size(N * sizeof(float)), aligned(4), may_alias));
};

#define ANGIOBENCH_INLINE [[gnu::always_inline]] inline

template <int N>
ANGIOBENCH_INLINE void products_of_rows(const float* query, std::ptrdiff_t query_stride,
                                        const float* keys, std::ptrdiff_t row_stride,
                                        std::ptrdiff_t stride, int channels, int num_rows,
                                        int count, float* out, std::ptrdiff_t out_stride) {
  using V = typename Vector<N>::Type;
  constexpr int kRows = 5;  // independent sums, so that their latency is hidden
  for (int j = 0; j < count; j += N) {
    int r = 0;
    for (; r + kRows <= num_rows; r += kRows) {
      const float* base = keys + r * row_stride + j;
      V sum[kRows] = {};
      for (int c = 0; c < channels; ++c) {
        const float q = query[c * query_stride];
        for (int i = 0; i < kRows; ++i) {
          sum[i] += q * *reinterpret_cast<const V*>(base + i * row_stride + c * stride);
        }
      }
      for (int i = 0; i < kRows; ++i)
        *reinterpret_cast<V*>(out + (r + i) * out_stride + j) = sum[i];
    }
    for (; r < num_rows; ++r) {
      V sum = {};
      const float* base = keys + r * row_stride + j;
      for (int c = 0; c < channels; ++c) {
        sum += query[c * query_stride] * *reinterpret_cast<const V*>(base + c * stride);
      }
      *reinterpret_cast<V*>(out + r * out_stride + j) = sum;
    }
  }
}

template <int N>
ANGIOBENCH_INLINE void products_of_queries(const float* query, std::ptrdiff_t query_stride,
                                           const float* keys, std::ptrdiff_t stride, int channels,
                                           int count, float* out, std::ptrdiff_t out_stride) {
  using V = typename Vector<N>::Type;
  for (int j = 0; j < count; j += 2 * N) {
    const bool two = j + N < count;
    V sum[4][2] = {};
    for (int c = 0; c < channels; ++c) {
      const float* base = keys + c * stride + j;
      const V first = *reinterpret_cast<const V*>(base);
      const V second = two ? *reinterpret_cast<const V*>(base + N) : V{};
      for (int i = 0; i < 4; ++i) {
        const float q = query[c * query_stride + i];
        sum[i][0] += q * first;
        sum[i][1] += q * second;
      }
    }
    for (int i = 0; i < 4; ++i) {
      *reinterpret_cast<V*>(out + i * out_stride + j) = sum[i][0];
      if (two) *reinterpret_cast<V*>(out + i * out_stride + j + N) = sum[i][1];
    }
  }
}

ANGIOBENCH_INLINE void insert_sorted(float score, std::int32_t at, int k, float* best,
                                     std::int32_t* index) {
  int i = k - 1;
  for (; i > 0 && best[i - 1] < score; --i) {
    best[i] = best[i - 1];
    index[i] = index[i - 1];
  }
  best[i] = score;
  index[i] = at;
}

template <int N>
ANGIOBENCH_INLINE void top_scores(const float* scores, int count, int k, float* best,
                                  std::int32_t* index) {
  // Start with the first k, sorted.
  for (int i = 0; i < k; ++i) insert_sorted(scores[i], i, i + 1, best, index);

  // Look at a block at a time: most have nothing above the k-th best.
  int i = k;
  for (; i + N <= count; i += N) {
    bool any = false;
    const float least = best[k - 1];
    for (int j = 0; j < N; ++j) any |= scores[i + j] > least;
    if (!any) continue;
    for (int j = 0; j < N; ++j) {
      if (scores[i + j] > best[k - 1]) insert_sorted(scores[i + j], i + j, k, best, index);
    }
  }
  for (; i < count; ++i) {
    if (scores[i] > best[k - 1]) insert_sorted(scores[i], i, k, best, index);
  }
}

template <int N>
ANGIOBENCH_INLINE void sum_of_rows(const float* const* rows, const float* weights, int count,
                                   int channels, float* out) {
  using V = typename Vector<N>::Type;
  constexpr int kBlock = 4;
  int c = 0;
  for (; c + kBlock * N <= channels; c += kBlock * N) {
    V sum[kBlock] = {};
    for (int i = 0; i < count; ++i) {
      const float* row = rows[i] + c;
      for (int b = 0; b < kBlock; ++b)
        sum[b] += weights[i] * *reinterpret_cast<const V*>(row + b * N);
    }
    for (int b = 0; b < kBlock; ++b) *reinterpret_cast<V*>(out + c + b * N) = sum[b];
  }
  for (; c < channels; ++c) {
    float sum = 0;
    for (int i = 0; i < count; ++i) sum += weights[i] * rows[i][c];
    out[c] = sum;
  }
}

#define ANGIOBENCH_KERNELS(SUFFIX, WIDTH, ATTRIBUTE)                                              \
  ATTRIBUTE void window_products_##SUFFIX(const float* query, std::ptrdiff_t query_stride,        \
                                          const float* keys, std::ptrdiff_t row_stride,           \
                                          std::ptrdiff_t stride, int channels, int num_rows,      \
                                          int count, float* out, std::ptrdiff_t out_stride) {     \
    products_of_rows<WIDTH>(query, query_stride, keys, row_stride, stride, channels, num_rows,    \
                            count, out, out_stride);                                              \
  }                                                                                               \
  ATTRIBUTE void row_products_##SUFFIX(const float* query, std::ptrdiff_t query_stride,           \
                                       const float* keys, std::ptrdiff_t stride, int channels,    \
                                       int count, float* out, std::ptrdiff_t out_stride) {        \
    products_of_queries<WIDTH>(query, query_stride, keys, stride, channels, count, out,           \
                               out_stride);                                                       \
  }                                                                                               \
  ATTRIBUTE void select_top_##SUFFIX(const float* scores, int count, int k, float* best,          \
                                     std::int32_t* index) {                                       \
    top_scores<WIDTH>(scores, count, k, best, index);                                             \
  }                                                                                               \
  ATTRIBUTE void weighted_sum_##SUFFIX(const float* const* rows, const float* weights, int count, \
                                       int channels, float* out) {                                \
    sum_of_rows<WIDTH>(rows, weights, count, channels, out);                                      \
  }                                                                                               \
  constexpr MatchKernels k##SUFFIX = {#SUFFIX, window_products_##SUFFIX, row_products_##SUFFIX,   \
                                      select_top_##SUFFIX, weighted_sum_##SUFFIX};

#if defined(__x86_64__)
ANGIOBENCH_KERNELS(avx512, 16, [[gnu::target("avx512f,fma")]])
ANGIOBENCH_KERNELS(avx2, 8, [[gnu::target("avx2,fma")]])
#endif
ANGIOBENCH_KERNELS(generic, 4, )

std::vector<const MatchKernels*> supported_kernels() {
  std::vector<const MatchKernels*> list;
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512f")) list.push_back(&kavx512);
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) list.push_back(&kavx2);
#endif
  list.push_back(&kgeneric);
  return list;
}

const std::vector<const MatchKernels*>& kernel_list() {
  static const std::vector<const MatchKernels*> list = supported_kernels();
  return list;
}

}  // namespace

const MatchKernels& match_kernels() { return *kernel_list().front(); }

const MatchKernels* const* all_match_kernels(std::size_t& count) {
  count = kernel_list().size();
  return kernel_list().data();
}

}  // namespace angiobench
