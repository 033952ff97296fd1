// SPDX-License-Identifier: MIT
// The rows of one item of a part (evaluator/plan/count_rows.h) that somebody sent: an I row, then
// its rows. What is accepted must be the same after it is written and read again.
#include <algorithm>
#include <cstdlib>
#include <random>
#include <string>
#include <string_view>

#include "dataset/error.h"
#include "evaluator/plan/count_rows.h"
#include "tests/evaluator/plan/random_counts.h"
#include "tests/fuzz/fuzz_target.h"

namespace angiobench::test {
namespace {

constexpr std::size_t kFrames = 3;

SequenceCounts read(std::string_view text, const std::string& path) {
  const std::size_t end = std::min(text.find('\n'), text.size());
  const ItemRow head = read_item_row(text.substr(0, end), path);
  SequenceCounts counts;
  counts.tables.assign(1, CountTable(kFrames));
  static const Sequence sequence = sequence_of("v00", kFrames);
  read_rows(head, text.substr(std::min(end + 1, text.size())), sequence, path, counts);
  counts.truth_digest = head.truth_digest;
  counts.prediction_digest = head.prediction_digest;
  counts.is_suspicious = head.is_suspicious;
  counts.holds_void_label = head.holds_void_label;
  return counts;
}

}  // namespace

std::vector<std::vector<std::uint8_t>> fuzz_seeds() {
  std::mt19937 random(3);
  std::vector<std::vector<std::uint8_t>> seeds;
  for (int i = 0; i < 6; ++i) {
    const std::string rows = rows_of(0, random_sequence(random, kFrames));
    seeds.emplace_back(rows.begin(), rows.end());
  }
  return seeds;
}

}  // namespace angiobench::test

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace angiobench;
  try {
    const SequenceCounts counts =
        test::read({reinterpret_cast<const char*>(data), size}, "fuzz.part");
    const std::string rows = rows_of(0, counts);
    if (rows_of(0, test::read(rows, "again.part")) != rows) std::abort();
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::bug) std::abort();
  }
  return 0;
}
