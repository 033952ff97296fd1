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

// Counts the bits of many rows.
class BitCount {
 public:
  void add(Rows rows) {
#if defined(__AVX512VPOPCNTDQ__)
    count_ += reinterpret_cast<Rows>(_mm512_popcnt_epi64(reinterpret_cast<__m512i>(rows)));
#else
    for (int i = 0; i < kLanes; ++i)
      count_ += static_cast<std::uint32_t>(__builtin_popcountll(rows[i]));
#endif
  }
  // The bits that a group of rows has in both of two planes.
  void add_group(const std::uint64_t* a, const std::uint64_t* b) {
#if defined(__AVX512VPOPCNTDQ__)
    add(load(a) & load(b));
#else
    for (int i = 0; i < kGroup; ++i)
      count_ += static_cast<std::uint32_t>(__builtin_popcountll(a[i] & b[i]));
#endif
  }
  std::uint32_t value() const {
#if defined(__AVX512VPOPCNTDQ__)
    std::uint64_t sum = 0;
    for (int i = 0; i < kLanes; ++i) sum += count_[i];
    return static_cast<std::uint32_t>(sum);
#else
    return count_;
#endif
  }

 private:
#if defined(__AVX512VPOPCNTDQ__)
  Rows count_ = {};
#else
  std::uint32_t count_ = 0;
#endif
};

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

// A label's part of a column of words.
struct Column {
  std::uint64_t* rows;  // null where the label is skipped
  int label;            // of the plane
};

inline Column column_of(const PackTarget& target, std::uint8_t raw, int word) {
  const int label = target.target[raw];
  if (label == 0) {
    target.skipped[raw / 64] |= std::uint64_t{1} << (raw % 64);
    return {nullptr, 0};
  }
  if (target.planes[label] == nullptr)
    target.planes[label] = target.allocate(target.context, label);
  return {target.planes[label] + word * target.shape.column_stride, label};
}

// Notes that a group of rows has pixels of a label where `seen` has bits.
inline void occupy(const PackTarget& target, const Column& column, int word, int group,
                   std::uint64_t seen) {
  target.planes[column.label][target.shape.occupied_at(word) + group / 64] |= std::uint64_t{1}
                                                                              << (group % 64);
  target.used[column.label / 64] |= std::uint64_t{1} << (column.label % 64);
  ColumnRange& range = target.columns[column.label];
  const int begin = 64 * word + __builtin_ctzll(seen);
  const int end = 64 * word + 64 - __builtin_clzll(seen);
  range.begin = range.end == 0 || begin < range.begin ? begin : range.begin;
  range.end = end > range.end ? end : range.end;
}

// Splits num_rows rows of 64 pixels, those whose bit is in `mask`, into the planes of their labels:
// one label after the other, so that the work grows with what is in these pixels only.
inline void pack_labels(const std::uint8_t* bytes, std::ptrdiff_t stride, int num_rows,
                        std::uint64_t mask, int group, int word, const PackTarget& target) {
  std::uint64_t left[kGroup] = {};  // pixels that are in no plane yet
  std::uint64_t rest = 0;
  for (int i = 0; i < num_rows; ++i) {
    left[i] = ~equal_bytes(bytes + i * stride, 0) & mask;
    rest |= left[i];
  }
  while (rest != 0) {
    int row = 0;
    while (left[row] == 0) ++row;
    const std::uint8_t label = bytes[row * stride + __builtin_ctzll(left[row])];
    const Column column = column_of(target, label, word);
    std::uint64_t seen = 0;
    rest = 0;
    for (int i = 0; i < num_rows; ++i) {
      const std::uint64_t bits = equal_bytes(bytes + i * stride, label) & left[i];
      if (column.rows != nullptr) column.rows[kGroup * group + i] |= bits;
      left[i] ^= bits;
      seen |= bits;
      rest |= left[i];
    }
    if (column.rows != nullptr) occupy(target, column, word, group, seen);
  }
}

#if defined(__AVX512BW__)
// A whole group: most have one label, which goes from the comparison into the plane without a
// detour over general registers.
__attribute__((noinline)) void pack_block(const std::uint8_t* bytes, std::ptrdiff_t stride,
                                          std::uint64_t mask, int group, int word,
                                          const PackTarget& target) {
  __m512i pixels[kGroup];
  __m512i some = _mm512_setzero_si512();
  for (int i = 0; i < kGroup; ++i) {
    pixels[i] = _mm512_loadu_si512(bytes + i * stride);
    some = _mm512_or_si512(some, pixels[i]);
  }
  const std::uint64_t seen = _mm512_test_epi8_mask(some, some) & mask;
  if (seen == 0) return;
  // Where there is one label, it is what any column with a pixel comes to.
  alignas(64) std::uint8_t labels[64];
  _mm512_store_si512(labels, some);
  const std::uint8_t label = labels[__builtin_ctzll(seen)];
  const __m512i wanted = _mm512_set1_epi8(static_cast<char>(label));
  __m512i others = _mm512_setzero_si512();  // not 0 where a pixel is neither 0 nor that label
  for (int i = 0; i < kGroup; ++i) {
    others =
        _mm512_or_si512(others, _mm512_min_epu8(pixels[i], _mm512_xor_si512(pixels[i], wanted)));
  }
  if (_mm512_mask_test_epi8_mask(mask, others, others) != 0) {
    pack_labels(bytes, stride, kGroup, mask, group, word, target);
    return;
  }
  const Column column = column_of(target, label, word);
  if (column.rows == nullptr) return;
  for (int i = 0; i < kGroup; ++i) {
    _store_mask64(reinterpret_cast<__mmask64*>(column.rows + kGroup * group + i),
                  _mm512_mask_cmpeq_epi8_mask(mask, pixels[i], wanted));
  }
  occupy(target, column, word, group, seen);
}
#else
// Half or a quarter of 64 pixels in a row.
#if defined(__AVX2__)
constexpr int kBytes = 32;
#else
constexpr int kBytes = 16;
#endif
typedef std::uint8_t Bytes __attribute__((vector_size(kBytes), aligned(1), may_alias));

inline Bytes load_bytes(const std::uint8_t* bytes) {
  return *reinterpret_cast<const Bytes*>(bytes);
}
inline void store_bytes(std::uint8_t* target, Bytes bytes) {
  *reinterpret_cast<Bytes*>(target) = bytes;
}

__attribute__((noinline)) void pack_block(const std::uint8_t* bytes, std::ptrdiff_t stride,
                                          std::uint64_t mask, int group, int word,
                                          const PackTarget& target) {
  alignas(64) std::uint8_t labels[64];
  for (int part = 0; part < 64; part += kBytes) {
    Bytes some = {};
    for (int i = 0; i < kGroup; ++i) some |= load_bytes(bytes + i * stride + part);
    store_bytes(labels + part, some);
  }
  const std::uint64_t seen = ~equal_bytes(labels, 0) & mask;
  if (seen == 0) return;
  // Where there is one label, it is what any column with a pixel comes to.
  const std::uint8_t label = labels[__builtin_ctzll(seen)];
  const Bytes wanted = Bytes{} + label;
  alignas(64) std::uint8_t others[64];  // not 0 where a pixel is neither 0 nor that label
  for (int part = 0; part < 64; part += kBytes) {
    Bytes some = {};
    for (int i = 0; i < kGroup; ++i) {
      const Bytes here = load_bytes(bytes + i * stride + part);
      const Bytes changed = here ^ wanted;
      some |= here < changed ? here : changed;
    }
    store_bytes(others + part, some);
  }
  if ((~equal_bytes(others, 0) & mask) != 0) {
    pack_labels(bytes, stride, kGroup, mask, group, word, target);
    return;
  }
  const Column column = column_of(target, label, word);
  if (column.rows == nullptr) return;
  for (int i = 0; i < kGroup; ++i)
    column.rows[kGroup * group + i] = equal_bytes(bytes + i * stride, label) & mask;
  occupy(target, column, word, group, seen);
}
#endif

void pack(const std::uint8_t* labels, std::ptrdiff_t stride, int row_begin, int row_end,
          const PackTarget& target) {
  const PlaneShape& shape = target.shape;
  const int last_bits = shape.width - 64 * (shape.num_words - 1);
  const std::uint64_t last_mask =
      last_bits == 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << last_bits) - 1;
  const auto mask_of = [&](int word) {
    return word + 1 == shape.num_words ? last_mask : ~std::uint64_t{0};
  };
  const int num_whole = row_end / kGroup;
  for (int group = row_begin / kGroup; group < num_whole; ++group) {
    const std::uint8_t* const bytes = labels + group * kGroup * stride;
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
        pack_block(bytes + 64 * word, stride, mask_of(word), group, word, target);
      }
    }
  }
  const int num_rest = row_end - num_whole * kGroup;
  if (num_rest == 0) return;
  for (int word = 0; word < shape.num_words; ++word) {
    pack_labels(labels + num_whole * kGroup * stride + 64 * word, stride, num_rest, mask_of(word),
                num_whole, word, target);
  }
}

// Calls visit(row) for the groups whose bit is set in `occupied`, with their first row.
template <typename Visit>
inline void for_each_group(std::uint64_t occupied, int word, Visit visit) {
  for (; occupied != 0; occupied &= occupied - 1)
    visit(kGroup * (64 * word + __builtin_ctzll(occupied)));
}

// Pixels in a group of rows of one plane, or of two where both have one.
inline void add_group(BitCount& count, const std::uint64_t* a, const std::uint64_t* b, int row,
                      int height) {
  if (row + kGroup <= height) {
    count.add_group(a + row, b + row);
    return;
  }
  Rows rows = {};
  for (int i = row; i < height; ++i) {  // below the image its last row stands once more
    rows[0] = a[i] & b[i];
    count.add(rows);
  }
}

RegionCounts region(const std::uint64_t* truth, const std::uint64_t* prediction,
                    const PlaneShape& shape, const ColumnRange& columns) {
  BitCount num_truth;
  BitCount num_prediction;
  BitCount num_both;
  for (int word = columns.begin / 64; 64 * word < columns.end; ++word) {
    const std::ptrdiff_t column = word * shape.column_stride;
    for (int k = 0; k < shape.group_words; ++k) {
      const std::ptrdiff_t occupied = shape.occupied_at(word) + k;
      const std::uint64_t in_truth = truth == nullptr ? 0 : truth[occupied];
      const std::uint64_t in_prediction = prediction == nullptr ? 0 : prediction[occupied];
      const std::uint64_t* const g = truth + column;
      const std::uint64_t* const p = prediction + column;
      for_each_group(in_truth & in_prediction, k, [&](int row) {
        add_group(num_truth, g, g, row, shape.height);
        add_group(num_prediction, p, p, row, shape.height);
        add_group(num_both, g, p, row, shape.height);
      });
      for_each_group(in_truth & ~in_prediction, k,
                     [&](int row) { add_group(num_truth, g, g, row, shape.height); });
      for_each_group(in_prediction & ~in_truth, k,
                     [&](int row) { add_group(num_prediction, p, p, row, shape.height); });
    }
  }
  return {num_truth.value(), num_prediction.value(), num_both.value()};
}

RunCounts runs(const std::uint64_t* plane, const PlaneShape& shape, const ColumnRange& columns) {
  BitCount num_ends;
  BitCount num_narrow;
  BitCount num_lonely;
  const int last = shape.width - 1;
  for (int word = columns.begin / 64; 64 * word < columns.end; ++word) {
    const std::uint64_t* const here_rows = plane + word * shape.column_stride;
    const std::uint64_t* const left_rows = word > 0 ? here_rows - shape.column_stride : nullptr;
    const std::uint64_t* const right_rows =
        word + 1 < shape.num_words ? here_rows + shape.column_stride : nullptr;
    const Rows border = splat(last / 64 == word ? std::uint64_t{1} << (last % 64) : 0);
    for (int k = 0; k < shape.group_words; ++k) {
      for_each_group(plane[shape.occupied_at(word) + k], k, [&](int row) {
        for (int y = row; y < row + kGroup; y += kLanes) {
          const Rows here = load(here_rows + y);
          Rows left = here << 1;
          if (left_rows != nullptr) left |= load(left_rows + y) >> 63;
          Rows right = here >> 1;
          if (right_rows != nullptr) right |= load(right_rows + y) << 63;
          Rows ends = here & ~right & ~border;
          Rows narrow = here & ~left & ~right;
          Rows gaps = ~here & left & right;
          if (row + kGroup > shape.height) {  // below the image its last row stands once more
            for (int i = 0; i < kLanes; ++i) {
              if (y + i < shape.height) continue;
              ends[i] = narrow[i] = gaps[i] = 0;
            }
          }
          num_ends.add(ends);
          if (!any(narrow | gaps)) continue;
          num_narrow.add(narrow);
          Rows above = {};
          if (y > 0) {
            above = load(here_rows + y - 1);
          } else {
            for (int i = 1; i < kLanes; ++i) above[i] = here[i - 1];
          }
          num_lonely.add((narrow & ~above & ~load(here_rows + y + 1)) | gaps);
        }
      });
    }
  }
  return {num_ends.value(), num_narrow.value(), num_lonely.value()};
}

// Part of a plane as a strip: 64 columns from `first` (which may lie outside the image), one word a
// row.
struct Strip {
  const std::uint64_t* low;   // column of words that holds the first bits, null where outside
  const std::uint64_t* high;  // the next one
  const std::uint64_t* low_occupied;  // their groups that hold a pixel
  const std::uint64_t* high_occupied;
  int shift;                  // bits of `low` that are left of the strip
  std::uint64_t last_column;  // bit of the image's last column, 0 where it is not among bits 0 … 62
  std::uint64_t inside;       // bits whose column is in the image

  // kHasEdge: the image's last column may be in the strip.
  template <bool kHasEdge>
  Rows rows(int y) const {
    Rows bits = {};
    if (low != nullptr) bits = load(low + y) >> shift;
    if (high != nullptr && shift != 0) bits |= load(high + y) << (64 - shift);
    // The column right of the image repeats the last one: no boundary along the edge.
    return kHasEdge ? bits | ((bits & last_column) << 1) : bits;
  }

  // The 64 groups from 64 k on that hold a pixel.
  std::uint64_t occupied(int k) const {
    return (low == nullptr ? 0 : low_occupied[k]) | (high == nullptr ? 0 : high_occupied[k]);
  }
};

Strip make_strip(const std::uint64_t* plane, const PlaneShape& shape, int first) {
  Strip strip{nullptr, nullptr, nullptr, nullptr, 0, 0, 0};
  const int word = first >= 0 ? first / 64 : -((63 - first) / 64);
  strip.shift = first - 64 * word;
  if (plane != nullptr) {
    if (word >= 0 && word < shape.num_words) {
      strip.low = plane + word * shape.column_stride;
      strip.low_occupied = plane + shape.occupied_at(word);
    }
    if (word + 1 >= 0 && word + 1 < shape.num_words) {
      strip.high = plane + (word + 1) * shape.column_stride;
      strip.high_occupied = plane + shape.occupied_at(word + 1);
    }
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

// Boundary of a strip into `out`, one word a row of the image, and the groups that have any into
// `found`. Returns whether any has. A pixel is boundary where it differs from its right, lower or
// lower right neighbour.
template <bool kHasEdge>
bool strip_boundary(const Strip& strip, const PlaneShape& shape, std::uint64_t* out,
                    std::uint64_t* found) {
  std::uint64_t any_found = 0;
  const Rows inside = splat(strip.inside);
  std::uint64_t here = strip.occupied(0);
  for (int k = 0; k < shape.group_words; ++k) {
    const std::uint64_t next = k + 1 < shape.group_words ? strip.occupied(k + 1) : 0;
    std::uint64_t with_boundary = 0;
    // A group's last row looks at the first of the group below.
    for_each_group(here | here >> 1 | next << 63, k, [&](int row) {
      Rows seen = {};
      for (int y = row; y < row + kGroup; y += kLanes) {
        const Rows upper = strip.rows<kHasEdge>(y);
        const Rows lower = strip.rows<kHasEdge>(y + 1);
        const Rows all = upper & (upper >> 1) & lower & (lower >> 1);
        const Rows some = upper | (upper >> 1) | lower | (lower >> 1);
        Rows boundary = (some ^ all) & inside;
        if (row + kGroup > shape.height) {  // below the image there is none
          for (int i = 0; i < kLanes; ++i) boundary[i] = y + i < shape.height ? boundary[i] : 0;
        }
        store(out + y, boundary);
        seen |= boundary;
      }
      with_boundary |= static_cast<std::uint64_t>(any(seen)) << (row / kGroup % 64);
    });
    found[k] = with_boundary;
    any_found |= with_boundary;
    here = next;
  }
  return any_found != 0;
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

// One side of the matching in a strip: how many boundary pixels there are, and how many of them lie
// within the disk of one of the other side's.
struct Matching {
  BitCount num_pixels;
  BitCount num_matched;

  void add(const std::uint64_t* rows, const std::uint64_t* found, const std::uint64_t* others,
           bool has_others, Rows wanted, int group_words, const Disk& disk) {
    for (int k = 0; k < group_words; ++k) {
      for_each_group(found[k], k, [&](int row) {
        for (int y = row; y < row + kGroup; y += kLanes) {
          const Rows pixels = load(rows + y) & wanted;
          if (!any(pixels)) continue;
          num_pixels.add(pixels);
          if (has_others) num_matched.add(pixels & dilate(others + y, disk));
        }
      });
    }
  }
};

BoundaryCounts boundary(const std::uint64_t* truth, const std::uint64_t* prediction,
                        const PlaneShape& shape, const ColumnRange& columns, const Disk& disk,
                        std::uint64_t* scratch) {
  // The pixel left of an object is boundary, too.
  const int x_begin = columns.begin > 0 ? columns.begin - 1 : 0;
  const int radius = disk.radius;
  const int useful = 63 - 2 * radius;
  const std::ptrdiff_t num_rows = kGroup * static_cast<std::ptrdiff_t>(shape.num_groups);
  std::uint64_t* const truth_rows = scratch + kStripPadding;
  std::uint64_t* const prediction_rows = truth_rows + num_rows + 2 * kStripPadding;
  std::uint64_t* const truth_found = prediction_rows + num_rows + kStripPadding;
  std::uint64_t* const prediction_found = truth_found + shape.group_words;
  const Rows wanted = splat(((std::uint64_t{1} << useful) - 1) << radius);
  Matching of_truth;
  Matching of_prediction;
  for (int first = x_begin; first < columns.end; first += useful) {
    const Strip truth_strip = make_strip(truth, shape, first - radius);
    const Strip prediction_strip = make_strip(prediction, shape, first - radius);
    const auto find = truth_strip.last_column == 0 ? strip_boundary<false> : strip_boundary<true>;
    const bool has_truth = find(truth_strip, shape, truth_rows, truth_found);
    const bool has_prediction = find(prediction_strip, shape, prediction_rows, prediction_found);
    of_truth.add(truth_rows, truth_found, prediction_rows, has_prediction, wanted,
                 shape.group_words, disk);
    of_prediction.add(prediction_rows, prediction_found, truth_rows, has_truth, wanted,
                      shape.group_words, disk);
    // Leave zeros, also in the bits that say where there were none.
    for (int k = 0; k < shape.group_words; ++k) {
      for_each_group(truth_found[k], k, [&](int row) {
        for (int i = row; i < row + kGroup; i += kLanes) store(truth_rows + i, Rows{});
      });
      for_each_group(prediction_found[k], k, [&](int row) {
        for (int i = row; i < row + kGroup; i += kLanes) store(prediction_rows + i, Rows{});
      });
      truth_found[k] = prediction_found[k] = 0;
    }
  }
  return {of_truth.num_pixels.value(), of_prediction.num_pixels.value(),
          of_truth.num_matched.value(), of_prediction.num_matched.value()};
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
  BitCount num_truth;
  BitCount num_prediction;
  BitCount truth_matched;
  BitCount prediction_matched;
  const auto dilate = disk.num_side == 1   ? dilate_wide<1>
                      : disk.num_side == 2 ? dilate_wide<2>
                                           : dilate_wide<0>;
  for (int word = 0; word < num_words; ++word) {
    const std::ptrdiff_t column = origin + word * stride;
    for (int i = 0; i < num_rows; i += kLanes) {
      const Rows g = load(maps[0] + column + i);
      const Rows p = load(maps[1] + column + i);
      if (any(g)) {
        num_truth.add(g);
        if (has[1]) truth_matched.add(g & dilate(maps[1] + column + i, stride, disk, spill));
      }
      if (any(p)) {
        num_prediction.add(p);
        if (has[0]) prediction_matched.add(p & dilate(maps[0] + column + i, stride, disk, spill));
      }
    }
  }
  return {num_truth.value(), num_prediction.value(), truth_matched.value(),
          prediction_matched.value()};
}

}  // namespace
}  // namespace angiobench::kernels
