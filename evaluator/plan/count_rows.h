// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "dataset/benchmark.h"
#include "dataset/sequence_index.h"
#include "evaluator/scoring/counting_pass.h"
#include "evaluator/scoring/stills_pass.h"

namespace angiobench {

// What was counted of one item of a plan as rows of text, each ended by a line feed, cells by tabs.
// The same counts are the same bytes. The first cell says what a row is, the second the item:
//
//   I  item  bytes  rows  truth-digest  prediction-digest  marks     how much follows; marks: s
//      (suspicious), v (holds the label 255), - (none)
//   F  item  frame  read  missing  width  height  truth-ids  predicted-ids     read: 1 the truth
//      alone, 2 both; ids: a,b or -
//   C  item  frame  object  the eight integers (counts.h)
//   S  the same under the second rules (mose-v2)
//   P  item  frame  object  proposal  the eight integers (unsupervised)
//   V  item  frame  object  hex    the packed pair (vessel/pair_packing.h)
//   T  item  frame  object  hex    how much the outline changed: the 64 bits of the double
//   B  item  frame  missing  truth-digest  prediction-digest  values  tp,fp,fn,tn  on  off  hex
//      a map: value:pixels, … that are not 0, and the packed pair
//   M  item  frame  missing  truth-digest  prediction-digest  classes  truth:prediction:pixels,…
//   L  item  frame  missing  truth-digest  prediction-digest  truth:intersection:union,…
//
// F is followed by the frame's C, S, P, V and T rows; frames ascend, so do objects.

/// Rows of a sequence under one plan of counting.
std::string rows_of(std::size_t item, const SequenceCounts& counts);

/// The row of one image; the item's I row stands before all of its images.
std::string row_of(std::size_t item, const StillCounts& counts, Task task);
/// The I row of an item whose other rows are `rows`.
std::string item_row(std::size_t item, std::string_view rows, const Sha256& truth,
                     const Sha256& prediction, std::string_view marks);

/// What an I row says.
struct ItemRow {
  std::size_t item = 0;
  std::uint64_t num_bytes = 0;  // of the rows that follow
  std::uint64_t num_rows = 0;
  Sha256 truth_digest{};
  Sha256 prediction_digest{};
  bool is_suspicious = false;
  bool holds_void_label = false;
};

/// Reads an I row, without its line feed. Throws Error{input} about `path`.
ItemRow read_item_row(std::string_view row, const std::string& path);

/// Reads the rows of one item, whose I row is `head`, into `counts.tables[0]`: what rows_of was
/// given. Throws Error{input} about `path` where a row is not what can stand there.
void read_rows(const ItemRow& head, std::string_view rows, const Sequence& sequence,
               const std::string& path, SequenceCounts& counts);

/// The same of images: calls `on_image` for each, with the place's sequence filled by the caller.
void read_images(const ItemRow& head, std::string_view rows, const Sequence& sequence, Task task,
                 const std::string& path, const std::function<void(StillCounts&&)>& on_image);

}  // namespace angiobench
