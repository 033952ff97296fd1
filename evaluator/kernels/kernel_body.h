// SPDX-License-Identifier: MIT
#pragma once

// Included by one file for each level, which is compiled with that level's flags. Everything here
// has internal linkage.

#include "evaluator/kernels/kernels.h"

#if defined(__AVX2__) || defined(__SSE2__)
#include <immintrin.h>
#endif

namespace angiobench::kernels {
namespace {

#if defined(__AVX512BW__)
constexpr int kLanes = 8;
#elif defined(__AVX2__)
constexpr int kLanes = 4;
#else
constexpr int kLanes = 2;
#endif

// kLanes rows of one column of words. GCC's vector extension makes as good code as intrinsics here.
typedef std::uint64_t Rows __attribute__((vector_size(kLanes * 8), aligned(8), may_alias));

inline Rows load(const std::uint64_t* words) { return *reinterpret_cast<const Rows*>(words); }
inline void store(std::uint64_t* words, Rows rows) { *reinterpret_cast<Rows*>(words) = rows; }
inline Rows splat(std::uint64_t word) { return Rows{} + word; }

inline bool any(Rows rows) {
#if defined(__AVX512BW__)
  return _mm512_test_epi64_mask(reinterpret_cast<__m512i>(rows), reinterpret_cast<__m512i>(rows)) !=
         0;
#elif defined(__AVX2__)
  return _mm256_testz_si256(reinterpret_cast<__m256i>(rows), reinterpret_cast<__m256i>(rows)) == 0;
#else
  return (rows[0] | rows[1]) != 0;
#endif
}

inline std::uint32_t count_bits(Rows rows) {
  std::uint32_t count = 0;
  for (int i = 0; i < kLanes; ++i)
    count += static_cast<std::uint32_t>(__builtin_popcountll(rows[i]));
  return count;
}

// Bit i of the result: whether byte i of 64 equals `label`.
inline std::uint64_t equal_bytes(const std::uint8_t* bytes, std::uint8_t label) {
#if defined(__AVX512BW__)
  return _mm512_cmpeq_epi8_mask(_mm512_loadu_si512(bytes),
                                _mm512_set1_epi8(static_cast<char>(label)));
#elif defined(__AVX2__)
  const __m256i wanted = _mm256_set1_epi8(static_cast<char>(label));
  const __m256i low = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(bytes));
  const __m256i high = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(bytes + 32));
  const auto low_bits =
      static_cast<std::uint32_t>(_mm256_movemask_epi8(_mm256_cmpeq_epi8(low, wanted)));
  const auto high_bits =
      static_cast<std::uint32_t>(_mm256_movemask_epi8(_mm256_cmpeq_epi8(high, wanted)));
  return low_bits | static_cast<std::uint64_t>(high_bits) << 32;
#elif defined(__SSE2__)
  const __m128i wanted = _mm_set1_epi8(static_cast<char>(label));
  std::uint64_t bits = 0;
  for (int i = 0; i < 4; ++i) {
    const __m128i part = _mm_loadu_si128(reinterpret_cast<const __m128i*>(bytes + 16 * i));
    const auto part_bits =
        static_cast<std::uint32_t>(_mm_movemask_epi8(_mm_cmpeq_epi8(part, wanted)));
    bits |= static_cast<std::uint64_t>(part_bits) << (16 * i);
  }
  return bits;
#else
  std::uint64_t bits = 0;
  for (int i = 0; i < 64; ++i) bits |= static_cast<std::uint64_t>(bytes[i] == label) << i;
  return bits;
#endif
}

void pack(const std::uint8_t* labels, std::ptrdiff_t stride, const PackTarget& target) {
  const PlaneShape& shape = target.shape;
  const int last_bits = shape.width - 64 * (shape.num_words - 1);
  const std::uint64_t last_mask =
      last_bits == 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << last_bits) - 1;
  for (int y = 0; y < shape.height; ++y) {
    const std::uint8_t* const row = labels + y * stride;
    for (int word = 0; word < shape.num_words; ++word) {
      const std::uint8_t* const bytes = row + 64 * word;
      std::uint64_t left = word + 1 == shape.num_words ? last_mask : ~std::uint64_t{0};
      left &= ~equal_bytes(bytes, 0);
      // Take one label after the other: the work grows with what is in these 64 pixels only.
      while (left != 0) {
        const std::uint8_t raw = bytes[__builtin_ctzll(left)];
        const std::uint64_t bits = equal_bytes(bytes, raw) & left;
        left &= ~bits;
        const int label = target.target[raw];
        if (label == 0) continue;
        if (target.planes[label] == nullptr)
          target.planes[label] = target.allocate(target.context, label);
        target.planes[label][word * shape.column_stride + y] |= bits;
        PlaneBox& box = target.boxes[label];
        if (box.row_end == 0) box = {y, y, word, word};
        box.row_end = y + 1;
        if (word < box.word_begin) box.word_begin = word;
        if (word >= box.word_end) box.word_end = word + 1;
      }
    }
  }
}

RegionCounts region(const std::uint64_t* truth, const std::uint64_t* prediction,
                    const PlaneShape& shape, const PlaneBox& box) {
  RegionCounts counts{0, 0, 0, 0, 0};
  for (int word = box.word_begin; word < box.word_end; ++word) {
    const std::uint64_t* const g = truth == nullptr ? nullptr : truth + word * shape.column_stride;
    const std::uint64_t* const p =
        prediction == nullptr ? nullptr : prediction + word * shape.column_stride;
    std::uint64_t seen = 0;
    std::uint32_t num_truth = 0;
    std::uint32_t num_prediction = 0;
    std::uint32_t num_both = 0;
    if (g != nullptr && p != nullptr) {
      for (int y = box.row_begin; y < box.row_end; ++y) {
        num_truth += static_cast<std::uint32_t>(__builtin_popcountll(g[y]));
        num_prediction += static_cast<std::uint32_t>(__builtin_popcountll(p[y]));
        num_both += static_cast<std::uint32_t>(__builtin_popcountll(g[y] & p[y]));
        seen |= g[y] | p[y];
      }
    } else if (g != nullptr || p != nullptr) {
      const std::uint64_t* const one = g != nullptr ? g : p;
      std::uint32_t count = 0;
      for (int y = box.row_begin; y < box.row_end; ++y) {
        count += static_cast<std::uint32_t>(__builtin_popcountll(one[y]));
        seen |= one[y];
      }
      (g != nullptr ? num_truth : num_prediction) = count;
    }
    counts.truth += num_truth;
    counts.prediction += num_prediction;
    counts.intersection += num_both;
    if (seen == 0) continue;
    if (counts.x_end == 0) counts.x_begin = 64 * word + __builtin_ctzll(seen);
    counts.x_end = 64 * word + 64 - __builtin_clzll(seen);
  }
  return counts;
}

// Part of a plane as a strip: 64 columns from `first` (which may lie outside the image), one word a
// row.
struct Strip {
  const std::uint64_t* low;   // column of words that holds the first bits, null where outside
  const std::uint64_t* high;  // the next one
  int shift;                  // bits of `low` that are left of the strip
  std::uint64_t last_column;  // bit of the image's last column, 0 where it is not among bits 0 … 62
  std::uint64_t inside;       // bits whose column is in the image

  Rows rows(int y) const {
    Rows bits = {};
    if (low != nullptr) bits = load(low + y) >> shift;
    if (high != nullptr && shift != 0) bits |= load(high + y) << (64 - shift);
    // The column right of the image repeats the last one: no boundary along the edge.
    return bits | ((bits & last_column) << 1);
  }
};

Strip make_strip(const std::uint64_t* plane, const PlaneShape& shape, int first) {
  Strip strip{nullptr, nullptr, 0, 0, 0};
  const int word = first >= 0 ? first / 64 : -((63 - first) / 64);
  strip.shift = first - 64 * word;
  if (plane != nullptr) {
    if (word >= 0 && word < shape.num_words) strip.low = plane + word * shape.column_stride;
    if (word + 1 >= 0 && word + 1 < shape.num_words)
      strip.high = plane + (word + 1) * shape.column_stride;
  }
  const int last = shape.width - 1 - first;
  if (last >= 0 && last < 63) strip.last_column = std::uint64_t{1} << last;
  const std::uint64_t from = first >= 0     ? ~std::uint64_t{0}
                             : first <= -64 ? 0
                                            : ~std::uint64_t{0} << -first;
  const std::uint64_t to = last >= 63 ? ~std::uint64_t{0}
                           : last < 0 ? 0
                                      : (std::uint64_t{2} << last) - 1;
  strip.inside = from & to;
  return strip;
}

// Boundary rows y_begin … y_end of a strip into `out` (which has r zero rows before and after).
// Returns whether any bit is set. A pixel is boundary where it differs from its right, lower or
// lower right neighbour.
bool strip_boundary(const Strip& strip, int y_begin, int y_end, int radius, std::uint64_t* out) {
  const int num_rows = y_end - y_begin;
  std::uint64_t* const first = out + radius;
  for (int i = 0; i < radius; ++i) out[i] = 0;
  Rows seen = {};
  if (strip.low != nullptr || strip.high != nullptr) {
    const Rows inside = splat(strip.inside);
    for (int i = 0; i < num_rows; i += kLanes) {
      const Rows here = strip.rows(y_begin + i);
      const Rows below = strip.rows(y_begin + i + 1);
      const Rows all = here & (here >> 1) & below & (below >> 1);
      const Rows some = here | (here >> 1) | below | (below >> 1);
      const Rows boundary = (some ^ all) & inside;
      store(first + i, boundary);
      if (i + kLanes <= num_rows) seen |= boundary;
    }
    for (int i = num_rows - num_rows % kLanes; i < num_rows; ++i) seen[0] |= first[i];
  } else {
    for (int i = 0; i < num_rows; ++i) first[i] = 0;
  }
  for (int i = num_rows; i < num_rows + radius + kLanes; ++i) first[i] = 0;
  return any(seen);
}

// Bits of `of` that lie within the disk of a bit of `near`.
inline Rows dilate(const std::uint64_t* near, const Disk& disk) {
  Rows reached = load(near);
  for (int d = 1; d <= disk.radius; ++d) {
    // What was collected so far stands nearer to the centre row: it reaches further to the sides.
    for (int step = disk.half_width[d - 1] - disk.half_width[d]; step > 0; --step) {
      reached |= (reached << 1) | (reached >> 1);
    }
    reached |= load(near - d) | load(near + d);
  }
  for (int step = disk.half_width[disk.radius]; step > 0; --step)
    reached |= (reached << 1) | (reached >> 1);
  return reached;
}

BoundaryCounts boundary(const std::uint64_t* truth, const std::uint64_t* prediction,
                        const PlaneShape& shape, const PixelBox& box, const Disk& disk,
                        std::uint64_t* scratch) {
  BoundaryCounts counts{0, 0, 0, 0};
  // The pixel left of and above an object is boundary, too.
  const int x_begin = box.x_begin > 0 ? box.x_begin - 1 : 0;
  const int y_begin = box.y_begin > 0 ? box.y_begin - 1 : 0;
  const int num_rows = box.y_end - y_begin;
  const int radius = disk.radius;
  const int useful = 63 - 2 * radius;
  std::uint64_t* const truth_rows = scratch;
  std::uint64_t* const prediction_rows = scratch + boundary_scratch_words(shape.height) / 2;
  const std::uint64_t useful_bits = ((std::uint64_t{1} << useful) - 1) << radius;
  for (int first = x_begin; first < box.x_end; first += useful) {
    const Strip truth_strip = make_strip(truth, shape, first - radius);
    const Strip prediction_strip = make_strip(prediction, shape, first - radius);
    const bool has_truth = strip_boundary(truth_strip, y_begin, box.y_end, radius, truth_rows);
    const bool has_prediction =
        strip_boundary(prediction_strip, y_begin, box.y_end, radius, prediction_rows);
    if (!has_truth && !has_prediction) continue;
    const Rows wanted = splat(useful_bits);
    for (int i = radius; i < radius + num_rows; i += kLanes) {
      // Rows past the end are zero.
      const Rows g = load(truth_rows + i) & wanted;
      const Rows p = load(prediction_rows + i) & wanted;
      if (any(g)) {
        counts.truth += count_bits(g);
        if (has_prediction)
          counts.truth_matched += count_bits(g & dilate(prediction_rows + i, disk));
      }
      if (any(p)) {
        counts.prediction += count_bits(p);
        if (has_truth) counts.prediction_matched += count_bits(p & dilate(truth_rows + i, disk));
      }
    }
  }
  return counts;
}

}  // namespace
}  // namespace angiobench::kernels
