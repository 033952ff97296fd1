// SPDX-License-Identifier: MIT
#pragma once

// The inner loops of the scorer, compiled once for each level of vector instructions and chosen
// at run time. This header and kernel_body.h include nothing but <cstdint> and <cstddef>: an inline
// function of the standard library that was compiled for AVX-512 must never be the one that the
// linker keeps for every CPU.

#include <cstddef>
#include <cstdint>

namespace angiobench::kernels {

/// Rows that are looked at together. A plane knows which groups of them hold a pixel, so that the
/// work after packing grows with the pixels of an object and not with the box around it.
inline constexpr int kGroup = 8;

/// Bit plane of one label: bit b of word w of row y says whether pixel (64 w + b, y) has it. Words
/// stand column by column, `bits[w * column_stride + y]`, so that vectors run over rows and never
/// shift across lanes. Behind the bits stands what is occupied: bit t % 64 of
/// `bits[num_words * column_stride + w * group_words + t / 64]` is set where rows kGroup * t to
/// kGroup * t + kGroup - 1 of column w hold a pixel.
struct PlaneShape {
  int width;                     // pixels
  int height;                    // rows
  int num_words;                 // ceil(width / 64)
  int num_groups;                // ceil(height / kGroup)
  int group_words;               // ceil(num_groups / 64)
  std::ptrdiff_t column_stride;  // words from one column to the next, >= height + kRowPadding

  // Inlined everywhere, so that no level's copy can become the one for every CPU.
  [[gnu::always_inline]] std::ptrdiff_t plane_words() const {
    return num_words * (column_stride + static_cast<std::ptrdiff_t>(group_words));
  }
  [[gnu::always_inline]] std::ptrdiff_t occupied_at(int word) const {
    return num_words * column_stride + static_cast<std::ptrdiff_t>(word) * group_words;
  }
};

/// Words that may be read after the last row of a column.
inline constexpr int kRowPadding = 17;

/// Columns that hold at least one pixel are among these, end exclusive; none where end == 0.
struct ColumnRange {
  int begin;
  int end;
};

/// A rectangle of pixels, ends exclusive; empty where y_end == 0.
struct PixelBox {
  int x_begin;
  int x_end;
  int y_begin;
  int y_end;
};

/// What `pack` fills: planes by label. `planes[label]` is null until the label is met, when
/// `allocate` must return a zeroed plane; a plane that is there is zero at the start. Labels whose
/// entry in `target` is 0 are skipped.
struct PackTarget {
  PlaneShape shape;
  const std::uint8_t* target;  // 256 entries: raw label -> label of the plane, 0 to skip
  std::uint64_t** planes;      // 256 entries
  ColumnRange* columns;        // 256 entries, reset by the caller
  std::uint64_t* used;         // 256 bits: labels that have a pixel, reset by the caller
  std::uint64_t* skipped;  // 256 bits: raw labels, but 0, that were skipped, reset by the caller
  std::uint64_t* (*allocate)(void* context, int label);
  void* context;
};

/// Pixels of one label in both masks.
struct RegionCounts {
  std::uint32_t truth;
  std::uint32_t prediction;
  std::uint32_t intersection;
};

/// A disk {x^2 + y^2 <= r^2} around the centre: row +-d reaches half_width[d] to each side, d = 0 …
/// radius.
struct Disk {
  int radius;  // at most kMaxStripRadius for boundary_counts
  std::uint8_t half_width[64];
};
inline constexpr int kMaxStripRadius = 29;

/// Any disk, for radii that leave a strip of 64 columns no useful ones, and for off-centre disks.
/// Its rows from the widest to the narrowest, each inside the one before.
struct WideStep {
  int dy;    // the row that is added …
  int low;   // … after what was collected has been widened by this many columns to lower dx
  int high;  // and by this many to higher dx
};
struct WideDisk {
  const WideStep* steps;
  int num_steps;
  int shift;  // after the last step: dx that everything is moved by, and then
  int low;    // widened by
  int high;
  int num_rows;  // largest |dy|
  int num_side;  // words to each side that a pixel reaches
};

/// The runs of a label along the rows of a plane.
struct RunCounts {
  std::uint32_t ends;    // those that end before the image does
  std::uint32_t narrow;  // those of one pixel
  std::uint32_t lonely;  // of these, such as have none of the label above and below; and gaps of
                         // one pixel between two runs
};

struct BoundaryCounts {
  std::uint32_t truth;
  std::uint32_t prediction;
  std::uint32_t truth_matched;
  std::uint32_t prediction_matched;
};

/// A piece of one plane with empty words around it, in which the shape of a mask is worked on: word
/// w of row y is `origin[w * stride + y]`; words -1 … num_words and rows -kFieldPadding … num_rows
/// + kFieldPadding - 1 may be read and are empty unless said otherwise. num_rows is a multiple of
/// kGroup.
struct FieldShape {
  int num_words;
  int num_rows;
  std::ptrdiff_t stride;  // num_rows + 2 * kFieldPadding

  [[gnu::always_inline]] std::ptrdiff_t field_words() const { return (num_words + 2) * stride; }
  [[gnu::always_inline]] std::ptrdiff_t origin() const { return stride + 8; }
};
inline constexpr int kFieldPadding = 8;

/// The squared distances up to 36 between pixels, in order; `near` counts by place in this list.
inline constexpr int kNearSquares[] = {0,  1,  2,  4,  5,  8,  9,  10, 13, 16,
                                       17, 18, 20, 25, 26, 29, 32, 34, 36};
inline constexpr int kNumNearSquares = 19;

/// Where the points of an outline lie around one of them (temporal stability). Coordinates from the
/// middle of the outline; arrays are padded with anything to a multiple of kOutlinePadding.
struct OutlinePoints {
  const float* rows;
  const float* columns;
  std::size_t num_points;
};
inline constexpr std::size_t kOutlinePadding = 16;
inline constexpr int kOutlineRings = 5;
inline constexpr int kOutlineSectors = 12;
inline constexpr int kOutsideRings =
    kOutlineRings * kOutlineSectors;  // beside the bins: further away
inline constexpr int kUnclearBin =
    kOutsideRings + 1;  // nearer to a border than `margin`, or padding

/// The borders of bins. Squared distances below `low` are surely within a ring, from `high` on
/// surely not; `margin` in pixels to the borders of sectors.
struct OutlineBorders {
  float low[kOutlineRings];
  float high[kOutlineRings];
  float margin;
};

/// A bin of a shape context that holds something, and that bin of the points it is compared with.
struct OutlineBin {
  float value;
  const float* others;
};
inline constexpr std::size_t kOutlineBlock = 16;  // points that are compared together

/// Bytes that are 1.
struct ByteOverlap {
  std::uint64_t truth;
  std::uint64_t both;
  std::uint64_t either;
};

/// What `near` looks for.
struct NearQuery {
  const std::uint64_t* query;    // pixels that ask, at the field's origin
  const std::uint64_t* targets;  // pixels that answer
  const std::uint64_t* low;      // null, or the low bit of each asking pixel's class
  const std::uint64_t* high;     // null, or the high bit; only beside `low`
  int num_squares;               // the first squared distances of kNearSquares
  std::uint64_t* rest;           // null, or receives the pixels that found none
  std::uint32_t (*counts)[4];    // num_squares rows by class, added to
};

/// One level's loops.
struct Level {
  const char* name;  // "avx512vpopcntdq", "avx512", "avx2", "baseline"
  /// Splits rows [row_begin, row_end) of a label map (`stride` bytes a row, 64 readable bytes past
  /// its end) into planes; row_begin is a multiple of kGroup. The other rows are background.
  void (*pack)(const std::uint8_t* labels, std::ptrdiff_t stride, int row_begin, int row_end,
               const PackTarget& target);
  /// Counts pixels of the two planes; either may be null (empty).
  RegionCounts (*region)(const std::uint64_t* truth, const std::uint64_t* prediction,
                         const PlaneShape& shape, const ColumnRange& columns);
  /// Counts the runs of a plane, whose pixels are in `columns`.
  RunCounts (*runs)(const std::uint64_t* plane, const PlaneShape& shape,
                    const ColumnRange& columns);
  /// Boundaries and their matches within a disk. `columns` has every pixel of both masks. Either
  /// plane may be null. Row `height` of each plane must repeat row height - 1. `scratch` has
  /// boundary_scratch_words(shape) words, all of them 0 before and after.
  BoundaryCounts (*boundary)(const std::uint64_t* truth, const std::uint64_t* prediction,
                             const PlaneShape& shape, const ColumnRange& columns, const Disk& disk,
                             std::uint64_t* scratch);
  /// The same for a WideDisk, with wide_scratch_words of scratch that may hold anything; `box` has
  /// every pixel of both masks.
  BoundaryCounts (*boundary_wide)(const std::uint64_t* truth, const std::uint64_t* prediction,
                                  const PlaneShape& shape, const PixelBox& box,
                                  const WideDisk& disk, std::uint64_t* scratch);

  // The shape of a mask, on fields. Pointers are to origins; a field that is written is written
  // whole, its empty surroundings too, unless said otherwise.
  /// Thins to one pixel by the 256 entries of scikit-image's `skeletonize`, in place. `gone` is a
  /// field for scratch, `due` has skeleton_marks(shape) entries.
  void (*skeletonize)(std::uint64_t* field, const FieldShape& shape, std::uint64_t* gone,
                      std::uint32_t* due);
  /// Pixels of both and of each.
  RegionCounts (*overlap)(const std::uint64_t* truth, const std::uint64_t* prediction,
                          const FieldShape& shape);
  /// Set pixels of which one of four neighbours is not set.
  void (*border)(const std::uint64_t* field, const FieldShape& shape, std::uint64_t* out);
  /// DAVIS's boundary (as `boundary`) of a field in which the column right of the image and the row
  /// below it repeat the last ones; `inside` has the image's pixels.
  void (*davis_boundary)(const std::uint64_t* field, const std::uint64_t* inside,
                         const FieldShape& shape, std::uint64_t* out);
  /// Windows of 2x2 pixels, named by their lower right one, that are neither full nor empty, and
  /// their classes 0 … 3: one or three pixels; two side by side, left and right; two side by side,
  /// above and below; two opposite.
  void (*contour)(const std::uint64_t* field, const FieldShape& shape, std::uint64_t* out,
                  std::uint64_t* low, std::uint64_t* high);
  /// 8-connected components less holes (of 4-connected background).
  std::int64_t (*euler)(const std::uint64_t* field, const FieldShape& shape);
  /// Counts the pixels that ask by the squared distance of their nearest target. Targets may also
  /// stand around the field.
  void (*near)(const NearQuery& query, const FieldShape& shape);
  /// The squared distance to the nearest target of each pixel of `query`, in order of rows, words
  /// and bits, into `best`, which the caller has set to at most 2^31 - 1. There is a target.
  /// num_rows and the columns are at most kMaxFarSide. `scratch` has far_scratch_words(shape).
  void (*far)(const std::uint64_t* query, const std::uint64_t* targets, const FieldShape& shape,
              std::int32_t* best, std::uint64_t* scratch);
  /// Adds what two arrays of bytes 0 and 1 have: ones of the truth, of both, of either. `seen`
  /// collects the bits of all bytes; where it is above 1 the sums mean nothing.
  void (*byte_overlap)(const std::uint8_t* truth, const std::uint8_t* prediction,
                       std::size_t num_bytes, ByteOverlap* sums, std::uint8_t* seen);

  // Outlines, roughly: whoever asks knows what single precision may be off by.
  /// The bin (ring * 12 + sector, the outermost ring first; kOutsideRings, kUnclearBin) of every
  /// point around the one at (row, column), padding included. The points whose bin is not clear go
  /// to `unclear`; returns their number.
  std::size_t (*outline_bins)(const OutlinePoints& points, float row, float column,
                              const OutlineBorders& borders, std::int32_t* bins,
                              std::uint32_t* unclear);
  /// Chi-square distances of one context, of which `bins` are an even number, to kOutlineBlock
  /// others from place `at` on, whose bins add up to `sums`.
  void (*outline_costs)(const OutlineBin* bins, std::size_t num_bins, const float* sums,
                        std::size_t at, float* costs);
};

constexpr std::size_t skeleton_marks(const FieldShape& shape) {
  return 2 * static_cast<std::size_t>(shape.num_words + 2) *
         static_cast<std::size_t>(shape.num_rows / kGroup + 2);
}

/// Sides up to which squares of distances fit the far search, with room for "no target at all".
inline constexpr int kMaxFarSide = 20000;
/// Words of columns that the far search takes at a time, so that its memory is bounded by rows.
inline constexpr int kFarWords = 4;
constexpr std::size_t far_scratch_words(const FieldShape& shape) {
  // A word a row; 16 bits a pixel below and twice as many a column; 32 a column; and the squares of
  // twice the columns.
  return static_cast<std::size_t>(shape.num_rows) +
         static_cast<std::size_t>(shape.num_rows + 2) * kFarWords * 16 + kFarWords * 32 +
         static_cast<std::size_t>(shape.num_words + kFarWords) * 64 + 8;
}

/// Rows of zeros before and after those of a strip, as far as a disk reaches and a vector more.
inline constexpr int kStripPadding = 40;

constexpr std::size_t boundary_scratch_words(const PlaneShape& shape) {
  return 2 * (static_cast<std::size_t>(shape.num_groups) * kGroup + 2 * kStripPadding +
              static_cast<std::size_t>(shape.group_words));
}

constexpr std::size_t wide_scratch_words(const PixelBox& box, const WideDisk& disk) {
  const auto num_columns = static_cast<std::size_t>((box.x_end - box.x_begin) / 64 + 3) +
                           2 * static_cast<std::size_t>(disk.num_side);
  const std::size_t num_rows = static_cast<std::size_t>(box.y_end - box.y_begin + 1) +
                               2 * static_cast<std::size_t>(disk.num_rows) + 2 * kRowPadding;
  return 2 * num_columns * num_rows + 8 * (2 * static_cast<std::size_t>(disk.num_side) + 1);
}

/// The levels that this CPU can run, best first.
int num_levels();
const Level& level(int index);

// The levels compiled into this program.
extern const Level kBaseline;
#if defined(__x86_64__)
extern const Level kAvx2;
extern const Level kAvx512;
extern const Level kAvx512Vpopcntdq;
#endif

}  // namespace angiobench::kernels
