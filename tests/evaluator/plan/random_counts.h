// SPDX-License-Identifier: MIT
#pragma once

#include <random>
#include <string>

#include "dataset/sequence_index.h"
#include "evaluator/plan/count_rows.h"
#include "evaluator/vessel/pair_packing.h"

namespace angiobench::test {

inline Sequence sequence_of(const std::string& name, std::size_t num_frames) {
  Sequence sequence;
  sequence.name = name;
  for (std::size_t i = 0; i < num_frames; ++i) {
    const std::string digits = std::to_string(i);
    sequence.frames.append(std::string(5 - digits.size(), '0') + digits);
  }
  return sequence;
}

inline FrameCounts random_counts(std::mt19937& random) {
  FrameCounts counts;
  for (std::uint32_t* const number :
       {&counts.intersection, &counts.union_area, &counts.prediction, &counts.truth,
        &counts.prediction_boundary, &counts.truth_boundary, &counts.prediction_matched,
        &counts.truth_matched})
    *number = static_cast<std::uint32_t>(random() % 7 == 0 ? random() : random() % 1000);
  return counts;
}

/// Everything that a frame may say, at random: also what no pass would count together.
inline SequenceCounts random_sequence(std::mt19937& random, std::size_t num_frames) {
  SequenceCounts counts;
  counts.tables.assign(1, CountTable(num_frames));
  for (auto* const digest : {&counts.truth_digest, &counts.prediction_digest}) {
    for (std::uint8_t& byte : *digest) byte = static_cast<std::uint8_t>(random());
  }
  counts.is_suspicious = random() % 2 == 0;
  counts.holds_void_label = random() % 2 == 0;
  for (FrameRecord& record : counts.tables.front()) {
    if (random() % 6 == 0) continue;
    record.read = random() % 4 == 0 ? FrameNeed::truth : FrameNeed::both;
    record.missing = record.read == FrameNeed::truth && random() % 2 == 0;
    for (int id = 1; id < 6; ++id) {
      if (random() % 2 == 0) record.truth_ids.push_back(id);
      if (random() % 2 == 0) record.counts.push_back({id, random_counts(random)});
      if (random() % 3 == 0) record.second_counts.push_back({id, random_counts(random)});
      if (random() % 4 == 0) record.predicted_ids.push_back(id);
      if (random() % 5 == 0) {
        PairCounts pair;
        pair.width = pair.height = 64;
        pair.truth = static_cast<std::uint32_t>(random() % 100);
        pair.truth_border.elements[0] = 2;
        pair.truth_border.bins = {{3, 1, 0}, {random() % 50 + 3, 4, 0}};
        record.object_pairs.push_back({id, pack_pair(pair)});
      }
      if (random() % 5 == 0)
        record.outline_changes.emplace_back(id, static_cast<double>(random()) / 3e9);
    }
    for (std::size_t i = 0; i < record.truth_ids.size() * record.predicted_ids.size(); ++i)
      record.pairs.push_back(random_counts(random));
  }
  return counts;
}

}  // namespace angiobench::test
