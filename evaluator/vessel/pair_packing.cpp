// SPDX-License-Identifier: MIT
#include "evaluator/vessel/pair_packing.h"

#include <array>

#include "dataset/error.h"

namespace angiobench {
namespace {

// Calls visit(number) for each number of a pair but its distances.
template <typename Counts, typename Visit>
void for_each_number(Counts& counts, Visit visit) {
  for (auto* const number :
       {&counts.truth, &counts.prediction, &counts.intersection, &counts.truth_skeleton,
        &counts.truth_skeleton_found, &counts.prediction_skeleton,
        &counts.prediction_skeleton_inside, &counts.truth_skeleton_near,
        &counts.prediction_skeleton_near, &counts.truth_components, &counts.prediction_components,
        &counts.truth_holes, &counts.prediction_holes, &counts.components_missed,
        &counts.components_invented, &counts.truth_boundary, &counts.prediction_boundary})
    visit(*number);
  for (auto* const list : {&counts.radius, &counts.radius_found}) {
    for (auto& number : *list) visit(number);
  }
  for (auto* const list : {&counts.truth_matched, &counts.prediction_matched}) {
    for (auto& number : *list) visit(number);
  }
}

template <typename Counts, typename Visit>
void for_each_side(Counts& counts, Visit visit) {
  for (auto* const side : {&counts.truth_border, &counts.prediction_border, &counts.truth_contour,
                           &counts.prediction_contour})
    visit(*side);
}

// Seven bits a byte, the lowest first; the high bit says that more follow.
void put(std::vector<std::uint8_t>& bytes, std::uint64_t number) {
  for (; number >= 0x80; number >>= 7) bytes.push_back(static_cast<std::uint8_t>(number | 0x80));
  bytes.push_back(static_cast<std::uint8_t>(number));
}

class Reader {
 public:
  explicit Reader(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}

  std::uint64_t next() {
    std::uint64_t number = 0;
    for (unsigned shift = 0;; shift += 7) {
      expects(at_ < bytes_.size() && shift < 64, "a packed pair is whole");
      const std::uint8_t byte = bytes_[at_++];
      number |= std::uint64_t{byte & 0x7FU} << shift;
      if (byte < 0x80) return number;
    }
  }
  bool is_done() const { return at_ == bytes_.size(); }
  std::size_t num_left() const { return bytes_.size() - at_; }

 private:
  std::span<const std::uint8_t> bytes_;
  std::size_t at_ = 0;
};

// Bins are sorted by key, so differences are small. Whether a bin counts one element, which most
// far ones do, and its kind share a byte with the difference's lowest bits.
void put_side(std::vector<std::uint8_t>& bytes, const SideDistances& side) {
  for (const std::uint32_t number : side.elements) put(bytes, number);
  put(bytes, side.bins.size());
  std::uint64_t key = 0;
  for (const DistanceBin& bin : side.bins) {
    expects(bin.key >= key && bin.kind < kNumContourKinds, "bins are sorted by distance");
    const std::uint64_t is_more = bin.count == 1 ? 0 : 1;
    const std::uint64_t step = bin.key - key;
    // Keys under a spacing that is not isotropic use their high bits.
    put(bytes, step << 3 | std::uint64_t{bin.kind} << 1 | is_more);
    if (is_more != 0) put(bytes, bin.count);
    key = bin.key;
  }
}

void read_side(Reader& reader, SideDistances& side) {
  for (std::uint32_t& number : side.elements) number = static_cast<std::uint32_t>(reader.next());
  const std::uint64_t num_bins = reader.next();
  expects(num_bins <= reader.num_left(), "a packed pair is whole");  // a byte each, or more
  side.bins.resize(num_bins);
  std::uint64_t key = 0;
  for (DistanceBin& bin : side.bins) {
    const std::uint64_t packed = reader.next();
    key += packed >> 3;
    bin.key = key;
    bin.kind = static_cast<std::uint8_t>(packed >> 1 & 3U);
    bin.count = (packed & 1U) != 0 ? static_cast<std::uint32_t>(reader.next()) : 1;
  }
}

}  // namespace

std::vector<std::uint8_t> pack_pair(const PairCounts& counts) {
  thread_local std::vector<std::uint8_t> bytes;
  bytes.clear();
  put(bytes, static_cast<std::uint64_t>(counts.width));
  put(bytes, static_cast<std::uint64_t>(counts.height));
  for_each_number(counts, [&](std::uint32_t number) { put(bytes, number); });
  for_each_side(counts, [&](const SideDistances& side) { put_side(bytes, side); });
  return {bytes.begin(), bytes.end()};
}

void unpack_pair(std::span<const std::uint8_t> bytes, PairCounts& counts) {
  Reader reader(bytes);
  counts.width = static_cast<int>(reader.next());
  counts.height = static_cast<int>(reader.next());
  for_each_number(
      counts, [&](std::uint32_t& number) { number = static_cast<std::uint32_t>(reader.next()); });
  for_each_side(counts, [&](SideDistances& side) { read_side(reader, side); });
  expects(reader.is_done(), "a packed pair has nothing more");
}

}  // namespace angiobench
