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

constexpr int kGroup = 8;  // rows that are looked at together

// Whether any of 64 bytes in each of kGroup rows is not 0.
inline bool any_label(const std::uint8_t* bytes, std::ptrdiff_t stride) {
#if defined(__AVX512BW__)
  __m512i some = _mm512_loadu_si512(bytes);
  for (int i = 1; i < kGroup; ++i)
    some = _mm512_or_si512(some, _mm512_loadu_si512(bytes + i * stride));
  return _mm512_test_epi64_mask(some, some) != 0;
#elif defined(__AVX2__)
  __m256i some = _mm256_setzero_si256();
  for (int i = 0; i < kGroup; ++i) {
    const auto* const row = reinterpret_cast<const __m256i*>(bytes + i * stride);
    some = _mm256_or_si256(some,
                           _mm256_or_si256(_mm256_loadu_si256(row), _mm256_loadu_si256(row + 1)));
  }
  return _mm256_testz_si256(some, some) == 0;
#else
  std::uint64_t some = 0;
  for (int i = 0; i < kGroup; ++i) {
    for (int k = 0; k < 64; k += 8) {
      std::uint64_t part;
      __builtin_memcpy(&part, bytes + i * stride + k, sizeof part);
      some |= part;
    }
  }
  return some != 0;
#endif
}

// The plane that a label goes into, or null where it is skipped.
inline std::uint64_t* plane_of(const PackTarget& target, int plane) {
  if (plane == 0) return nullptr;
  if (target.planes[plane] == nullptr)
    target.planes[plane] = target.allocate(target.context, plane);
  return target.planes[plane];
}

// Takes rows top … of a column of words, whose bits `seen` are set in one at least, into the box.
inline void extend(PixelBox& box, const std::uint64_t* rows, int num_rows, int top, int word,
                   std::uint64_t seen) {
  const int x_begin = 64 * word + __builtin_ctzll(seen);
  const int x_end = 64 * word + 64 - __builtin_clzll(seen);
  if (box.y_end == 0) box = {x_begin, x_end, top + num_rows, 0};
  if (x_begin < box.x_begin) box.x_begin = x_begin;
  if (x_end > box.x_end) box.x_end = x_end;
  if (top < box.y_begin) {
    int first = 0;
    while (rows[first] == 0) ++first;
    if (top + first < box.y_begin) box.y_begin = top + first;
  }
  if (top + num_rows > box.y_end) {
    int last = num_rows;
    while (rows[last - 1] == 0) --last;
    if (top + last > box.y_end) box.y_end = top + last;
  }
}

// Splits kNumRows rows of 64 pixels, those whose bit is in `mask`, into the planes of their labels.
template <int kNumRows>
__attribute__((noinline)) void pack_block(const std::uint8_t* bytes, std::ptrdiff_t stride,
                                          std::uint64_t mask, int top, int word,
                                          const PackTarget& target) {
  std::uint64_t left[kNumRows];  // pixels that are in no plane yet
  std::uint64_t rest = 0;
  for (int i = 0; i < kNumRows; ++i) {
    left[i] = ~equal_bytes(bytes + i * stride, 0) & mask;
    rest |= left[i];
  }
  // One label after the other: the work grows with what is in these pixels only.
  while (rest != 0) {
    int row = 0;
    while (left[row] == 0) ++row;
    const std::uint8_t label = bytes[row * stride + __builtin_ctzll(left[row])];
    const int id = target.target[label];
    std::uint64_t* const plane = plane_of(target, id);
    rest = 0;
    if (plane == nullptr) {
      for (int i = 0; i < kNumRows; ++i) {
        left[i] &= ~equal_bytes(bytes + i * stride, label);
        rest |= left[i];
      }
      continue;
    }
    std::uint64_t* const column = plane + word * target.shape.column_stride + top;
    std::uint64_t seen = 0;
    std::uint32_t area = 0;
    for (int i = 0; i < kNumRows; ++i) {
      const std::uint64_t bits = equal_bytes(bytes + i * stride, label) & left[i];
      column[i] |= bits;
      left[i] ^= bits;
      rest |= left[i];
      seen |= bits;
      area += static_cast<std::uint32_t>(__builtin_popcountll(bits));
    }
    PlaneSummary& summary = target.summaries[id];
    summary.area += area;
    extend(summary.box, column, kNumRows, top, word, seen);
  }
}

void pack(const std::uint8_t* labels, std::ptrdiff_t stride, const PackTarget& target) {
  const PlaneShape& shape = target.shape;
  const int last_bits = shape.width - 64 * (shape.num_words - 1);
  const std::uint64_t last_mask =
      last_bits == 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << last_bits) - 1;
  // A few rows at a time, which stay in the nearest cache: what stands below one another is alike,
  // so that most blocks have one label or none.
  const int whole = shape.height - shape.height % kGroup;
  for (int top = 0; top < whole; top += kGroup) {
    const std::uint8_t* const bytes = labels + top * stride;
    for (int first = 0; first < shape.num_words; first += 64) {
      // Which of the next 64 blocks hold a label: asked of all before any is looked into, so that
      // the answers need no guess.
      const int num_blocks = shape.num_words - first < 64 ? shape.num_words - first : 64;
      std::uint64_t busy = 0;
      for (int i = 0; i < num_blocks; ++i) {
        busy |= static_cast<std::uint64_t>(any_label(bytes + 64 * (first + i), stride)) << i;
      }
      for (; busy != 0; busy &= busy - 1) {
        const int word = first + __builtin_ctzll(busy);
        const std::uint64_t mask = word + 1 == shape.num_words ? last_mask : ~std::uint64_t{0};
        pack_block<kGroup>(bytes + 64 * word, stride, mask, top, word, target);
      }
    }
  }
  for (int y = whole; y < shape.height; ++y) {
    for (int word = 0; word < shape.num_words; ++word) {
      const std::uint64_t mask = word + 1 == shape.num_words ? last_mask : ~std::uint64_t{0};
      pack_block<1>(labels + y * stride + 64 * word, stride, mask, y, word, target);
    }
  }
}

std::uint32_t intersection(const std::uint64_t* truth, const std::uint64_t* prediction,
                           const PlaneShape& shape, const PixelBox& box) {
  std::uint32_t count = 0;
  for (int word = box.x_begin / 64; 64 * word < box.x_end; ++word) {
    const std::uint64_t* const g = truth + word * shape.column_stride;
    const std::uint64_t* const p = prediction + word * shape.column_stride;
    for (int y = box.y_begin; y < box.y_end; ++y)
      count += static_cast<std::uint32_t>(__builtin_popcountll(g[y] & p[y]));
  }
  return count;
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

// Words side by side: word i holds the columns after those of word i - 1.
inline void widen(Rows* window, int num_words, int low, int high) {
  for (; low > 0 && high > 0; --low, --high) {
    Rows before = {};
    for (int i = 0; i < num_words; ++i) {
      const Rows here = window[i];
      const Rows after = i + 1 < num_words ? window[i + 1] : Rows{};
      window[i] = here | (here << 1) | (here >> 1) | (before >> 63) | (after << 63);
      before = here;
    }
  }
  for (; low > 0; --low) {
    Rows before = {};
    for (int i = 0; i < num_words; ++i) {
      const Rows here = window[i];
      window[i] = here | (here << 1) | (before >> 63);
      before = here;
    }
  }
  for (; high > 0; --high) {
    for (int i = 0; i < num_words; ++i) {
      const Rows after = i + 1 < num_words ? window[i + 1] : Rows{};
      window[i] |= (window[i] >> 1) | (after << 63);
    }
  }
}

// Moves everything by dx columns: a pixel sees what stood dx to its right (left where dx < 0).
inline void shift(Rows* window, int num_words, int dx) {
  for (; dx < 0; ++dx) {
    for (int i = num_words; i-- > 0;)
      window[i] = (window[i] << 1) | (i > 0 ? window[i - 1] >> 63 : Rows{});
  }
  for (; dx > 0; --dx) {
    for (int i = 0; i < num_words; ++i)
      window[i] = (window[i] >> 1) | (i + 1 < num_words ? window[i + 1] << 63 : Rows{});
  }
}

// Bits of a word of kLanes rows that lie within the disk of a bit of `near`. kSide: words to each
// side where the compiler shall know it, 0 where the disk says it; `spill` is for that case.
template <int kSide>
Rows dilate_wide(const std::uint64_t* near, std::ptrdiff_t column_stride, const WideDisk& disk,
                 Rows* spill) {
  const int num_side = kSide > 0 ? kSide : disk.num_side;
  const int num_words = 2 * num_side + 1;
  Rows local[2 * kSide + 1];
  Rows* const window = kSide > 0 ? local : spill;
  for (int i = 0; i < num_words; ++i) window[i] = Rows{};
  for (int k = 0; k < disk.num_steps; ++k) {
    const WideStep& step = disk.steps[k];
    widen(window, num_words, step.low, step.high);
    const std::uint64_t* const row = near + step.dy;
    for (int i = 0; i < num_words; ++i) window[i] |= load(row + (i - num_side) * column_stride);
  }
  shift(window, num_words, disk.shift);
  widen(window, num_words, disk.low, disk.high);
  return window[num_side];
}

// Boundary of a column of words, rows y_begin … y_end, into `out`. Returns whether any bit is set.
bool column_boundary(const std::uint64_t* plane, const PlaneShape& shape, int word, int y_begin,
                     int y_end, std::uint64_t* out) {
  const std::uint64_t* const column = plane + word * shape.column_stride;
  const bool is_last = word + 1 == shape.num_words;
  const std::uint64_t* const next = is_last ? nullptr : column + shape.column_stride;
  const int last = is_last ? (shape.width - 1) % 64 : 63;
  const Rows inside = splat(~std::uint64_t{0} >> (63 - last));
  // The column right of the image repeats the last one.
  const Rows edge = splat(is_last ? std::uint64_t{1} << last : 0);
  const auto right_of = [&](int y) {
    const Rows here = load(column + y);
    const Rows right = (here >> 1) | (here & edge);
    return next == nullptr ? right : right | (load(next + y) << 63);
  };
  const int num_rows = y_end - y_begin;
  Rows seen = {};
  for (int i = 0; i < num_rows; i += kLanes) {
    const int y = y_begin + i;
    const Rows here = load(column + y);
    const Rows below = load(column + y + 1);
    const Rows right = right_of(y);
    const Rows below_right = right_of(y + 1);
    const Rows all = here & right & below & below_right;
    const Rows some = here | right | below | below_right;
    const Rows boundary = (some ^ all) & inside;
    store(out + i, boundary);
    if (i + kLanes <= num_rows) seen |= boundary;
  }
  for (int i = num_rows - num_rows % kLanes; i < num_rows; ++i) seen[0] |= out[i];
  for (int i = num_rows; i < num_rows + kLanes; ++i) out[i] = 0;
  return any(seen);
}

BoundaryCounts boundary_wide(const std::uint64_t* truth, const std::uint64_t* prediction,
                             const PlaneShape& shape, const PixelBox& box, const WideDisk& disk,
                             std::uint64_t* scratch) {
  BoundaryCounts counts{0, 0, 0, 0};
  const int y_begin = box.y_begin > 0 ? box.y_begin - 1 : 0;
  const int word_begin = (box.x_begin > 0 ? box.x_begin - 1 : 0) / 64;
  const int num_words = (box.x_end - 1) / 64 + 1 - word_begin;
  const int num_rows = box.y_end - y_begin;
  // Maps with empty columns and rows around them, as far as the disk reaches.
  const std::ptrdiff_t stride = num_rows + 2 * disk.num_rows + 2 * kLanes;
  const std::ptrdiff_t map_words = stride * (num_words + 2 * disk.num_side);
  std::uint64_t* const maps[2] = {scratch, scratch + map_words};
  const std::ptrdiff_t origin = stride * disk.num_side + disk.num_rows;
  for (std::ptrdiff_t i = 0; i < 2 * map_words; ++i) scratch[i] = 0;
  Rows* const spill = reinterpret_cast<Rows*>(scratch + 2 * map_words);
  bool has[2] = {false, false};
  for (int which = 0; which < 2; ++which) {
    const std::uint64_t* const plane = which == 0 ? truth : prediction;
    if (plane == nullptr) continue;
    for (int word = 0; word < num_words; ++word) {
      has[which] |= column_boundary(plane, shape, word_begin + word, y_begin, box.y_end,
                                    maps[which] + origin + word * stride);
    }
  }
  const auto dilate = disk.num_side == 1   ? dilate_wide<1>
                      : disk.num_side == 2 ? dilate_wide<2>
                                           : dilate_wide<0>;
  for (int word = 0; word < num_words; ++word) {
    const std::ptrdiff_t column = origin + word * stride;
    for (int i = 0; i < num_rows; i += kLanes) {
      const Rows g = load(maps[0] + column + i);
      const Rows p = load(maps[1] + column + i);
      if (any(g)) {
        counts.truth += count_bits(g);
        if (has[1]) {
          counts.truth_matched += count_bits(g & dilate(maps[1] + column + i, stride, disk, spill));
        }
      }
      if (any(p)) {
        counts.prediction += count_bits(p);
        if (has[0]) {
          counts.prediction_matched +=
              count_bits(p & dilate(maps[0] + column + i, stride, disk, spill));
        }
      }
    }
  }
  return counts;
}

}  // namespace
}  // namespace angiobench::kernels
