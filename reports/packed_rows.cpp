// SPDX-License-Identifier: MIT
#include "reports/packed_rows.h"

#include <algorithm>
#include <string_view>

namespace angiobench {
namespace {

// A whole number in groups of seven bits, the lowest first; the high bit says that more follow.
void append_number(std::vector<std::uint8_t>& bytes, std::uint64_t value) {
  for (; value >= 0x80; value >>= 7) bytes.push_back(static_cast<std::uint8_t>(value | 0x80));
  bytes.push_back(static_cast<std::uint8_t>(value));
}

// Reads back what append_number wrote, in the same order.
class Reader {
 public:
  explicit Reader(const std::vector<std::uint8_t>& bytes) : at_(bytes.data()) {}

  std::uint64_t number() {
    std::uint64_t value = 0;
    for (unsigned shift = 0;; shift += 7) {
      const std::uint8_t byte = *at_++;
      value |= std::uint64_t{byte & 0x7Fu} << shift;
      if (byte < 0x80) return value;
    }
  }
  std::uint32_t number32() { return static_cast<std::uint32_t>(number()); }

  std::string_view characters(std::size_t count) {
    const std::string_view text(reinterpret_cast<const char*>(at_), count);
    at_ += count;
    return text;
  }

 private:
  const std::uint8_t* at_;
};

}  // namespace

void PackedRows::append(const SequenceScore& sequence) {
  std::vector<std::uint8_t> bytes;
  // A name is what it shares with the one before and the rest.
  std::string_view before;
  for (const std::string& name : sequence.frame_names) {
    const auto differs = std::mismatch(before.begin(), before.end(), name.begin(), name.end());
    const auto shared = static_cast<std::size_t>(differs.first - before.begin());
    append_number(bytes, shared);
    append_number(bytes, name.size() - shared);
    bytes.insert(bytes.end(), name.begin() + static_cast<std::ptrdiff_t>(shared), name.end());
    before = name;
  }
  for (const FrameScore& row : sequence.frames) {
    append_number(bytes, row.frame);
    append_number(bytes, static_cast<std::uint32_t>(row.object_id));
    append_number(bytes, static_cast<std::uint64_t>(row.role));
    const FrameCounts& counts = row.counts;
    for (const std::uint32_t count :
         {counts.intersection, counts.union_area, counts.prediction, counts.truth,
          counts.prediction_boundary, counts.truth_boundary, counts.prediction_matched,
          counts.truth_matched}) {
      append_number(bytes, count);
    }
  }
  num_rows_ += sequence.frames.size();
  // The copy has no room to spare.
  sequences_.push_back({static_cast<std::uint32_t>(sequence.frames.size()),
                        static_cast<std::uint32_t>(sequence.frame_names.size()),
                        std::vector<std::uint8_t>(bytes.begin(), bytes.end())});
}

void PackedRows::unpack(std::size_t sequence, SequenceScore& score) const {
  const Packed& packed = sequences_[sequence];
  Reader reader(packed.bytes);
  score.frame_names.clear();
  score.frame_names.reserve(packed.num_names);
  for (std::uint32_t i = 0; i < packed.num_names; ++i) {
    const std::size_t shared = reader.number();
    const std::size_t rest = reader.number();
    std::string name = i == 0 ? std::string() : score.frame_names.back().substr(0, shared);
    name += reader.characters(rest);
    score.frame_names.push_back(std::move(name));
  }
  score.frames.clear();
  score.frames.reserve(packed.num_rows);
  for (std::uint32_t i = 0; i < packed.num_rows; ++i) {
    FrameScore row;
    row.frame = reader.number32();
    row.object_id = static_cast<int>(reader.number32());
    row.role = static_cast<FrameRole>(reader.number());
    for (std::uint32_t* const count :
         {&row.counts.intersection, &row.counts.union_area, &row.counts.prediction,
          &row.counts.truth, &row.counts.prediction_boundary, &row.counts.truth_boundary,
          &row.counts.prediction_matched, &row.counts.truth_matched}) {
      *count = reader.number32();
    }
    score.frames.push_back(row);
  }
}

}  // namespace angiobench
