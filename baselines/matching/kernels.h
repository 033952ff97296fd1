// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>

namespace angiobench {

/// The inner loops of matching, compiled for several instruction sets; the best that the processor
/// has is taken once.
struct MatchKernels {
  const char* name;  // "avx512", "avx2" or "generic"

  /// Products of one query with `num_rows` runs of `count` neighbouring cells: out[r * out_stride +
  /// j] = sum over c of query[c * query_stride] * keys[r * row_stride + c * stride + j]. Writes up
  /// to 16 floats past `count` and reads as many keys past the last.
  void (*window_products)(const float* query, std::ptrdiff_t query_stride, const float* keys,
                          std::ptrdiff_t row_stride, std::ptrdiff_t stride, int channels,
                          int num_rows, int count, float* out, std::ptrdiff_t out_stride);

  /// Products of four queries (query[c * query_stride + i]) with one run of `count` cells: out[i *
  /// out_stride + j]. Writes and reads up to 16 floats past `count`.
  void (*row_products)(const float* query, std::ptrdiff_t query_stride, const float* keys,
                       std::ptrdiff_t stride, int channels, int count, float* out,
                       std::ptrdiff_t out_stride);

  /// The `k` largest of `count` >= k scores in falling order; of equal ones those that come first.
  void (*select_top)(const float* scores, int count, int k, float* best, std::int32_t* index);

  /// out = sum over i of weights[i] * rows[i], each of `channels` floats.
  void (*weighted_sum)(const float* const* rows, const float* weights, int count, int channels,
                       float* out);
};

const MatchKernels& match_kernels();

/// The kernels of every instruction set that this processor has, best first (for tests).
const MatchKernels* const* all_match_kernels(std::size_t& count);

}  // namespace angiobench
