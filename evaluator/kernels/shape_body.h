// SPDX-License-Identifier: MIT
#pragma once

// The shape of a mask on 64-pixel words: skeleton, borders, nearest pixels. Included after
// kernel_body.h by one file for each level. Everything here has internal linkage.

#include "evaluator/kernels/kernel_body.h"

namespace angiobench::kernels {
namespace {

inline Rows choose(Rows which, Rows set, Rows not_set) {
#if defined(__AVX512F__)
  return reinterpret_cast<Rows>(
      _mm512_ternarylogic_epi64(reinterpret_cast<__m512i>(which), reinterpret_cast<__m512i>(set),
                                reinterpret_cast<__m512i>(not_set), 0xCA));
#else
  return not_set ^ (which & (set ^ not_set));
#endif
}

// The neighbours of kLanes rows of 64 pixels: bit b of `w` is the pixel left of pixel b.
struct Neighbours {
  Rows nw, n, ne, e, se, s, sw, w;
};

inline Rows left_of(const std::uint64_t* at, std::ptrdiff_t stride) {
  return (load(at) << 1) | (load(at - stride) >> 63);
}
inline Rows right_of(const std::uint64_t* at, std::ptrdiff_t stride) {
  return (load(at) >> 1) | (load(at + stride) << 63);
}

// What `skeletonize` of scikit-image removes (method "zhang"), by the code NW + 2 N + 4 NE + 8 E +
// 16 SE + 32 S + 64 SW + 128 W: 25 of its 256 entries are not those of Zhang and Suen (CACM 27(3),
// 1984). The entries 1 and 3 of the table, as a decision diagram: the order of neighbours with the
// fewest nodes.
inline Rows removed_first(const Neighbours& around) {
  const auto& [nw, n, ne, e, se, s, sw, w] = around;
  const Rows t2 = w;
  const Rows t3 = t2 & ~e;
  const Rows t4 = nw & t3;
  const Rows t5 = sw & t4;
  const Rows t6 = t5 & ~se;
  const Rows t7 = ~w;
  const Rows t8 = choose(e, t7, t2);
  const Rows t9 = choose(nw, t3, t8);
  const Rows t10 = choose(sw, t4, t9);
  const Rows t11 = ~e | t7;
  const Rows t12 = choose(nw, t3, t11);
  const Rows t13 = sw & t12;
  const Rows t14 = choose(se, t13, t10);
  const Rows t15 = choose(s, t14, t6);
  const Rows t16 = e & t7;
  const Rows t17 = t16 & ~nw;
  const Rows t18 = t17 & ~sw;
  const Rows t19 = se & t17;
  const Rows t20 = choose(s, t19, t18);
  const Rows t21 = choose(ne, t20, t15);
  const Rows t22 = choose(nw, t11, t8);
  const Rows t23 = choose(sw, t3, t22);
  const Rows t24 = t23 & ~se;
  const Rows t25 = choose(s, t5, t24);
  const Rows t26 = nw | t11;
  const Rows t27 = choose(nw, t2, t3);
  const Rows t28 = choose(sw, t27, t26);
  const Rows t29 = e;
  const Rows t30 = choose(nw, t29, t16);
  const Rows t31 = t30 & ~sw;
  const Rows t32 = choose(se, t31, t28);
  const Rows t33 = choose(s, t6, t32);
  const Rows t34 = choose(ne, t33, t25);
  const Rows t35 = choose(n, t34, t21);
  return t35;
}

// The entries 2 and 3.
inline Rows removed_second(const Neighbours& around) {
  const auto& [nw, n, ne, e, se, s, sw, w] = around;
  const Rows t2 = ~w;
  const Rows t3 = e & t2;
  const Rows t4 = se & t3;
  const Rows t5 = t4 & ~nw;
  const Rows t6 = w;
  const Rows t7 = t6 & ~e;
  const Rows t8 = t7 & ~se;
  const Rows t9 = t8 & ~ne;
  const Rows t10 = choose(sw, t9, t5);
  const Rows t11 = choose(e, t2, t6);
  const Rows t12 = choose(ne, t4, t11);
  const Rows t13 = t12 & ~nw;
  const Rows t14 = ~e | t2;
  const Rows t15 = se | t14;
  const Rows t16 = e;
  const Rows t17 = choose(se, t16, t3);
  const Rows t18 = choose(ne, t17, t15);
  const Rows t19 = choose(se, t6, t7);
  const Rows t20 = t19 & ~ne;
  const Rows t21 = choose(nw, t20, t18);
  const Rows t22 = choose(sw, t21, t13);
  const Rows t23 = choose(s, t22, t10);
  const Rows t24 = choose(se, t3, t11);
  const Rows t25 = choose(ne, t4, t24);
  const Rows t26 = choose(se, t3, t14);
  const Rows t27 = ne & t26;
  const Rows t28 = choose(nw, t27, t25);
  const Rows t29 = nw & t8;
  const Rows t30 = choose(sw, t29, t28);
  const Rows t31 = ne & t4;
  const Rows t32 = t31 & ~nw;
  const Rows t33 = choose(sw, t32, t31);
  const Rows t34 = choose(s, t33, t30);
  const Rows t35 = choose(n, t34, t23);
  return t35;
}

void skeletonize(std::uint64_t* field, const FieldShape& shape, std::uint64_t* gone,
                 std::uint32_t* due) {
  const int num_groups = shape.num_rows / kGroup;
  const std::ptrdiff_t mark_stride = num_groups + 2;
  const std::ptrdiff_t num_marks = (shape.num_words + 2) * mark_stride;
  // The half-pass up to which each block of kGroup rows and 64 columns has to be looked at, and the
  // blocks that lost a pixel in this one.
  std::uint32_t* const changed = due + num_marks;
  for (std::ptrdiff_t i = 0; i < num_marks; ++i) due[i] = 0;
  for (int word = 0; word < shape.num_words; ++word) {
    for (int group = 0; group < num_groups; ++group) {
      Rows some = {};
      const std::uint64_t* const rows = field + word * shape.stride + group * kGroup;
      for (int i = 0; i < kGroup; i += kLanes) some |= load(rows + i);
      if (any(some)) due[(word + 1) * mark_stride + group + 1] = 2;
    }
  }
  bool removed_any = true;  // in this pass of two halves
  for (std::uint32_t half = 1; half % 2 == 0 || removed_any; ++half) {
    const bool is_first = half % 2 == 1;
    if (is_first) removed_any = false;
    std::ptrdiff_t num_changed = 0;
    for (int word = 0; word < shape.num_words; ++word) {
      for (int group = 0; group < num_groups; ++group) {
        const std::ptrdiff_t mark = (word + 1) * mark_stride + group + 1;
        if (due[mark] < half) continue;
        const std::ptrdiff_t place = word * shape.stride + group * kGroup;
        Rows some = {};
        for (int i = 0; i < kGroup; i += kLanes) {
          const std::uint64_t* const at = field + place + i;
          const Rows here = load(at);
          Rows removed = {};
          if (any(here)) {
            const Neighbours around = {left_of(at - 1, shape.stride),  load(at - 1),
                                       right_of(at - 1, shape.stride), right_of(at, shape.stride),
                                       right_of(at + 1, shape.stride), load(at + 1),
                                       left_of(at + 1, shape.stride),  left_of(at, shape.stride)};
            removed = here & (is_first ? removed_first(around) : removed_second(around));
          }
          store(gone + place + i, removed);
          some |= removed;
        }
        if (any(some)) changed[num_changed++] = static_cast<std::uint32_t>(mark);
      }
    }
    // All pixels were decided from the same image: only now do they go.
    for (std::ptrdiff_t k = 0; k < num_changed; ++k) {
      const std::ptrdiff_t mark = changed[k];
      const std::ptrdiff_t place =
          (mark / mark_stride - 1) * shape.stride + (mark % mark_stride - 1) * kGroup;
      for (int i = 0; i < kGroup; i += kLanes)
        store(field + place + i, load(field + place + i) & ~load(gone + place + i));
      for (std::ptrdiff_t dw = -mark_stride; dw <= mark_stride; dw += mark_stride) {
        for (std::ptrdiff_t dg = -1; dg <= 1; ++dg) due[mark + dw + dg] = half + 2;
      }
    }
    removed_any |= num_changed != 0;
  }
}

RegionCounts overlap(const std::uint64_t* truth, const std::uint64_t* prediction,
                     const FieldShape& shape) {
  BitCount num_truth;
  BitCount num_prediction;
  BitCount num_both;
  for (int word = 0; word < shape.num_words; ++word) {
    for (int y = 0; y < shape.num_rows; y += kLanes) {
      const Rows g = load(truth + word * shape.stride + y);
      const Rows p = load(prediction + word * shape.stride + y);
      if (!any(g | p)) continue;
      num_truth.add(g);
      num_prediction.add(p);
      num_both.add(g & p);
    }
  }
  return {num_truth.value(), num_prediction.value(), num_both.value()};
}

// Empties what stands around a field.
inline void clear_around(std::uint64_t* field, const FieldShape& shape) {
  for (int y = -kFieldPadding; y < shape.num_rows + kFieldPadding; ++y) {
    field[-shape.stride + y] = 0;
    field[shape.num_words * shape.stride + y] = 0;
  }
  for (int word = 0; word < shape.num_words; ++word) {
    for (int y = 0; y < kFieldPadding; ++y) {
      field[word * shape.stride - 1 - y] = 0;
      field[word * shape.stride + shape.num_rows + y] = 0;
    }
  }
}

void border(const std::uint64_t* field, const FieldShape& shape, std::uint64_t* out) {
  clear_around(out, shape);
  for (int word = 0; word < shape.num_words; ++word) {
    for (int y = 0; y < shape.num_rows; y += kLanes) {
      const std::ptrdiff_t place = word * shape.stride + y;
      const std::uint64_t* const at = field + place;
      const Rows here = load(at);
      Rows found = {};
      if (any(here)) {
        const Rows inner =
            load(at - 1) & load(at + 1) & left_of(at, shape.stride) & right_of(at, shape.stride);
        found = here & ~inner;
      }
      store(out + place, found);
    }
  }
}

void davis_boundary(const std::uint64_t* field, const std::uint64_t* inside,
                    const FieldShape& shape, std::uint64_t* out) {
  clear_around(out, shape);
  for (int word = 0; word < shape.num_words; ++word) {
    for (int y = 0; y < shape.num_rows; y += kLanes) {
      const std::ptrdiff_t place = word * shape.stride + y;
      const std::uint64_t* const at = field + place;
      const Rows here = load(at);
      const Rows below = load(at + 1);
      const Rows right = right_of(at, shape.stride);
      const Rows below_right = right_of(at + 1, shape.stride);
      const Rows some = here | right | below | below_right;
      const Rows all = here & right & below & below_right;
      store(out + place, (some ^ all) & load(inside + place));
    }
  }
}

void contour(const std::uint64_t* field, const FieldShape& shape, std::uint64_t* out,
             std::uint64_t* low, std::uint64_t* high) {
  clear_around(out, shape);
  for (int word = 0; word < shape.num_words; ++word) {
    for (int y = 0; y < shape.num_rows; y += kLanes) {
      const std::ptrdiff_t place = word * shape.stride + y;
      const std::uint64_t* const at = field + place;
      const Rows here = load(at);
      const Rows above = load(at - 1);
      const Rows left = left_of(at, shape.stride);
      const Rows above_left = left_of(at - 1, shape.stride);
      store(out + place, (here | above | left | above_left) & ~(here & above & left & above_left));
      const Rows beside = ~(here ^ above) & ~(left ^ above_left) & (here ^ left);
      const Rows stacked = ~(here ^ left) & ~(above ^ above_left) & (here ^ above);
      const Rows opposite = ~(here ^ above_left) & ~(above ^ left) & (here ^ above);
      store(low + place, beside | opposite);
      store(high + place, stacked | opposite);
    }
  }
}

// Corners less edges plus faces of the union of closed pixels, whose components are 8-connected.
std::int64_t euler(const std::uint64_t* field, const FieldShape& shape) {
  BitCount corners;
  BitCount edges;
  BitCount faces;
  for (int word = 0; word < shape.num_words; ++word) {
    for (int y = 0; y < shape.num_rows; y += kLanes) {
      const std::uint64_t* const at = field + word * shape.stride + y;
      const Rows here = load(at);
      const Rows above = load(at - 1);
      const Rows left = left_of(at, shape.stride);
      const Rows some = here | above | left | left_of(at - 1, shape.stride);
      if (!any(some)) continue;
      corners.add(some);
      edges.add(here | above);
      edges.add(here | left);
      faces.add(here);
    }
  }
  return std::int64_t{corners.value()} - edges.value() + faces.value();
}

// Offsets (right, down), one of each set of mirrored ones, by squared length.
struct NearStep {
  std::int8_t across;
  std::int8_t down;
  std::int8_t place;    // in kNearSquares
  std::int8_t is_last;  // of its length
};
constexpr NearStep kNearSteps[] = {
    {0, 0, 0, 1},  {1, 0, 1, 0},  {0, 1, 1, 1},  {1, 1, 2, 1},  {2, 0, 3, 0},  {0, 2, 3, 1},
    {2, 1, 4, 0},  {1, 2, 4, 1},  {2, 2, 5, 1},  {3, 0, 6, 0},  {0, 3, 6, 1},  {3, 1, 7, 0},
    {1, 3, 7, 1},  {3, 2, 8, 0},  {2, 3, 8, 1},  {4, 0, 9, 0},  {0, 4, 9, 1},  {4, 1, 10, 0},
    {1, 4, 10, 1}, {3, 3, 11, 1}, {4, 2, 12, 0}, {2, 4, 12, 1}, {5, 0, 13, 0}, {4, 3, 13, 0},
    {3, 4, 13, 0}, {0, 5, 13, 1}, {5, 1, 14, 0}, {1, 5, 14, 1}, {5, 2, 15, 0}, {2, 5, 15, 1},
    {4, 4, 16, 1}, {5, 3, 17, 0}, {3, 5, 17, 1}, {6, 0, 18, 0}, {0, 6, 18, 1}};

// kClasses: 1, 2 (only `low`) or 4.
template <int kClasses>
void near_classes(const NearQuery& query, const FieldShape& shape) {
  BitCount counts[kNumNearSquares][kClasses];
  if (query.rest != nullptr) clear_around(query.rest, shape);
  for (int word = 0; word < shape.num_words; ++word) {
    for (int y = 0; y < shape.num_rows; y += kLanes) {
      const std::ptrdiff_t place = word * shape.stride + y;
      Rows rest = load(query.query + place);
      if (any(rest)) {
        const Rows low = kClasses >= 2 ? load(query.low + place) : Rows{};
        const Rows high = kClasses == 4 ? load(query.high + place) : Rows{};
        // Rows at the same distance above and below, and their neighbours to both sides.
        Rows here[7];
        Rows left[7];
        Rows right[7];
        int num_loaded = 0;
        Rows hit = {};
        for (const NearStep& step : kNearSteps) {
          if (step.place >= query.num_squares) break;
          for (; num_loaded <= step.down; ++num_loaded) {
            const std::uint64_t* const up = query.targets + place - num_loaded;
            const std::uint64_t* const down = query.targets + place + num_loaded;
            here[num_loaded] = load(up) | load(down);
            left[num_loaded] = load(up - shape.stride) | load(down - shape.stride);
            right[num_loaded] = load(up + shape.stride) | load(down + shape.stride);
          }
          const Rows rows = here[step.down];
          if (step.across == 0) {
            hit |= rows;
          } else {
            hit |= (rows << step.across) | (left[step.down] >> (64 - step.across)) |
                   (rows >> step.across) | (right[step.down] << (64 - step.across));
          }
          if (!step.is_last) continue;
          const Rows found = rest & hit;
          hit = Rows{};
          if (!any(found)) continue;
          rest &= ~found;
          if constexpr (kClasses == 1) {
            counts[step.place][0].add(found);
          } else if constexpr (kClasses == 2) {
            counts[step.place][0].add(found & ~low);
            counts[step.place][1].add(found & low);
          } else {
            counts[step.place][0].add(found & ~(low | high));
            counts[step.place][1].add(found & low & ~high);
            counts[step.place][2].add(found & high & ~low);
            counts[step.place][3].add(found & low & high);
          }
          if (!any(rest)) break;
        }
      }
      if (query.rest != nullptr) store(query.rest + place, rest);
    }
  }
  for (int i = 0; i < query.num_squares; ++i) {
    for (int k = 0; k < kClasses; ++k) query.counts[i][k] += counts[i][k].value();
  }
}

void near(const NearQuery& query, const FieldShape& shape) {
  if (query.low == nullptr) {
    near_classes<1>(query, shape);
  } else if (query.high == nullptr) {
    near_classes<2>(query, shape);
  } else {
    near_classes<4>(query, shape);
  }
}

// Rows to the nearest target in a column, up to this.
constexpr std::int16_t kNoTarget = 0x7FFF;
typedef std::int16_t Halves __attribute__((vector_size(kLanes * 8), aligned(8), may_alias));
typedef std::int32_t Quarters __attribute__((vector_size(kLanes * 8), aligned(4), may_alias));
constexpr int kHalfLanes = kLanes * 4;
constexpr int kQuarterLanes = kLanes * 2;

// One row further from the targets of 64 columns, 0 where one stands.
inline void step_away(std::int16_t* distances, std::uint64_t targets) {
  const Halves most = Halves{} + kNoTarget;
  for (int i = 0; i < 64; i += kHalfLanes) {
    Halves& away = *reinterpret_cast<Halves*>(distances + i);
#if defined(__AVX512BW__)
    const __m512i more =
        _mm512_maskz_adds_epi16(static_cast<__mmask32>(~(targets >> i)),
                                reinterpret_cast<__m512i>(away), _mm512_set1_epi16(1));
    away = reinterpret_cast<Halves>(more);
    static_cast<void>(most);
#else
    Halves bit;
    for (int k = 0; k < kHalfLanes; ++k) bit[k] = static_cast<std::int16_t>(1U << k);
    const auto some =
        reinterpret_cast<Halves>(splat((targets >> i & 0xFFFFU) * 0x0001000100010001ULL));
    const Halves is_free = (some & bit) == 0;
    const Halves room = away < most;
    away = (away - room) & is_free;  // a comparison is -1 where it holds
#endif
  }
}

// For rows that ask: distances down each column below, then up, and the best of their squares over
// all columns. Exact; columns are taken kFarWords words at a time.
void far(const std::uint64_t* query, const std::uint64_t* targets, const FieldShape& shape,
         std::int32_t* best, std::uint64_t* scratch) {
  constexpr std::ptrdiff_t kColumns = 64 * kFarWords;
  std::uint64_t* const asks = scratch;
  auto* const up = reinterpret_cast<std::int16_t*>(asks + shape.num_rows);
  std::int16_t* const down = up + kColumns;
  std::int16_t* const below = down + kColumns;
  auto* const squares_here = reinterpret_cast<std::int32_t*>(below + shape.num_rows * kColumns);
  std::int32_t* const squares = squares_here + kColumns;
  const std::int32_t width = 64 * shape.num_words;
  for (std::int32_t i = -width; i < width; ++i) squares[width + i] = i * i;
  for (int y = 0; y < shape.num_rows; y += kLanes) {
    Rows some = {};
    for (int word = 0; word < shape.num_words; ++word)
      some |= load(query + word * shape.stride + y);
    store(asks + y, some);
  }
  for (int first = 0; first < shape.num_words; first += kFarWords) {
    const int num_words = shape.num_words - first < kFarWords ? shape.num_words - first : kFarWords;
    const std::uint64_t* const chunk = targets + first * shape.stride;
    for (std::ptrdiff_t i = 0; i < kColumns; ++i) up[i] = down[i] = kNoTarget;
    for (int y = shape.num_rows; y-- > 0;) {
      for (int word = 0; word < num_words; ++word) {
        step_away(down + 64 * word, chunk[word * shape.stride + y]);
        if (asks[y] == 0) continue;
        for (int i = 0; i < 64; i += kHalfLanes) {
          *reinterpret_cast<Halves*>(below + y * kColumns + 64 * word + i) =
              *reinterpret_cast<const Halves*>(down + 64 * word + i);
        }
      }
    }
    std::int32_t* answer = best;
    for (int y = 0; y < shape.num_rows; ++y) {
      for (int word = 0; word < num_words; ++word)
        step_away(up + 64 * word, chunk[word * shape.stride + y]);
      if (asks[y] == 0) continue;
      for (int i = 0; i < 64 * num_words; ++i) {
        const std::int16_t under = below[y * kColumns + i];
        const std::int32_t rows = up[i] < under ? up[i] : under;
        squares_here[i] = rows * rows;
      }
      for (int word = 0; word < shape.num_words; ++word) {
        std::uint64_t left = query[word * shape.stride + y];
        for (; left != 0; left &= left - 1, ++answer) {
          const std::int32_t x = 64 * word + __builtin_ctzll(left);
          const std::int32_t* const across = squares + width + 64 * first - x;
          Quarters least = Quarters{} + *answer;
          for (int i = 0; i < 64 * num_words; i += kQuarterLanes) {
            const Quarters sum = *reinterpret_cast<const Quarters*>(squares_here + i) +
                                 *reinterpret_cast<const Quarters*>(across + i);
            least = sum < least ? sum : least;
          }
          std::int32_t value = least[0];
          for (int i = 1; i < kQuarterLanes; ++i) value = least[i] < value ? least[i] : value;
          *answer = value;
        }
      }
    }
  }
}

// The sums of 8 bytes each.
inline Rows fold_bytes(Rows bytes) {
  constexpr std::uint64_t kEven = 0x00FF00FF00FF00FFULL;
  constexpr std::uint64_t kFourth = 0x0000FFFF0000FFFFULL;
  const Rows pairs = (bytes & kEven) + ((bytes >> 8) & kEven);
  const Rows fours = (pairs & kFourth) + ((pairs >> 16) & kFourth);
  return (fours & 0xFFFFFFFFULL) + (fours >> 32);
}

void byte_overlap(const std::uint8_t* truth, const std::uint8_t* prediction, std::size_t num_bytes,
                  ByteOverlap* sums, std::uint8_t* seen) {
  // Lanes of eight bits hold 255 bytes of 0 and 1 without a carry.
  Rows truth_sum = {};
  Rows both_sum = {};
  Rows either_sum = {};
  Rows all_bits = {};
  constexpr std::size_t kBytesAtOnce = kLanes * 8;
  std::size_t i = 0;
  while (i + kBytesAtOnce <= num_bytes) {
    Rows truth_bytes = {};
    Rows both_bytes = {};
    Rows either_bytes = {};
    for (int round = 0; round < 255 && i + kBytesAtOnce <= num_bytes; ++round, i += kBytesAtOnce) {
      Rows g;
      Rows p;
      __builtin_memcpy(&g, truth + i, sizeof g);
      __builtin_memcpy(&p, prediction + i, sizeof p);
      all_bits |= g | p;
      truth_bytes += g;
      both_bytes += g & p;
      either_bytes += g | p;
    }
    truth_sum += fold_bytes(truth_bytes);
    both_sum += fold_bytes(both_bytes);
    either_sum += fold_bytes(either_bytes);
  }
  std::uint64_t bits = 0;
  for (int k = 0; k < kLanes; ++k) {
    sums->truth += truth_sum[k];
    sums->both += both_sum[k];
    sums->either += either_sum[k];
    bits |= all_bits[k];
  }
  bits |= bits >> 32;
  bits |= bits >> 16;
  bits |= bits >> 8;
  for (; i < num_bytes; ++i) {
    bits |= static_cast<std::uint64_t>(truth[i] | prediction[i]);
    sums->truth += truth[i];
    sums->both += static_cast<std::uint64_t>(truth[i] & prediction[i]);
    sums->either += static_cast<std::uint64_t>(truth[i] | prediction[i]);
  }
  *seen |= static_cast<std::uint8_t>(bits);
}

}  // namespace
}  // namespace angiobench::kernels
