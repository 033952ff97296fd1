// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "dataset/parallel.h"
#include "dataset/progress.h"
#include "dataset/sequence_index.h"
#include "dataset/validator/validate_dataset.h"
#include "dataset/validator/validation.h"

namespace angiobench {

/// Which `wanted` of `count` things to take so that they are spread evenly, the first and last
/// among them.
inline std::vector<bool> spread(std::size_t count, std::size_t wanted) {
  std::vector<bool> taken(count, wanted >= count && count > 0);
  if (wanted >= count || wanted == 0) return taken;
  for (std::size_t i = 0; i < wanted; ++i)
    taken[wanted == 1 ? 0 : i * (count - 1) / (wanted - 1)] = true;
  return taken;
}

/// Reads every annotated frame of an index in chunks, which threads take in order, so that one long
/// video keeps all of them busy as well as many short ones do. `Record` is what a frame yields,
/// `Shared` what a sequence's chunks have in common, `Worker` what a thread owns. Of the records
/// only those of the sequences in flight are held.
///
///   make_worker()                                  -> std::unique_ptr<Worker>
///   begin(sequence)                                -> Shared, once, before any of its chunks
///   read(worker, sequence, first, last, shared)    -> std::vector<Record> of the frames [first,
///   last); may be called for
///                                                     several chunks of a sequence at once
///   finish(sequence, shared, records)              once, when all its chunks are read
template <typename Record, typename Shared, typename Worker, typename MakeWorker, typename Begin,
          typename Read, typename Finish>
void read_in_chunks(const SequenceIndex& index, int jobs, const ProgressCallback& progress,
                    MakeWorker make_worker, Begin begin, Read read, Finish finish) {
  // A chunk is long enough that the frames read twice at its ends (by those who look at neighbours)
  // cost little.
  constexpr std::size_t kChunkFrames = 64;
  struct Chunk {
    std::size_t sequence;
    std::size_t first;
    std::size_t last;
  };
  struct State {
    std::once_flag begun;
    std::optional<Shared> shared;
    std::vector<std::vector<Record>> parts;
    std::atomic<std::size_t> left{0};
  };
  std::vector<Chunk> chunks;
  std::vector<std::unique_ptr<State>> states;
  for (std::size_t at = 0; at < index.sequences.size(); ++at) {
    const std::size_t frames = index.sequences[at].frames.size();
    auto state = std::make_unique<State>();
    for (std::size_t first = 0; first < frames; first += kChunkFrames) {
      chunks.push_back({at, first, std::min(frames, first + kChunkFrames)});
    }
    state->left = (frames + kChunkFrames - 1) / kChunkFrames;
    state->parts.resize(state->left);
    states.push_back(std::move(state));
  }

  const std::uint64_t total = index.num_frames();
  std::atomic<std::uint64_t> done{0};
  const int workers = num_workers(jobs, chunks.size());
  std::vector<std::unique_ptr<Worker>> owned(static_cast<std::size_t>(workers));
  parallel_for(chunks.size(), workers, [&](int worker, std::size_t item) {
    const Chunk& chunk = chunks[item];
    std::unique_ptr<Worker>& own = owned[static_cast<std::size_t>(worker)];
    if (!own) own = make_worker();
    State& state = *states[chunk.sequence];
    std::call_once(state.begun, [&] { state.shared.emplace(begin(chunk.sequence)); });
    state.parts[chunk.first / kChunkFrames] =
        read(*own, chunk.sequence, chunk.first, chunk.last, *state.shared);
    const std::uint64_t now = done.fetch_add(chunk.last - chunk.first) + (chunk.last - chunk.first);
    if (progress) progress(now, total);
    if (state.left.fetch_sub(1) != 1) return;
    std::vector<Record> records;
    for (std::vector<Record>& part : state.parts) {
      if (records.empty()) {
        records = std::move(part);
      } else {
        std::ranges::move(part, std::back_inserter(records));
      }
    }
    finish(chunk.sequence, *state.shared, records);
    states[chunk.sequence].reset();
  });
}

/// Walks over the sequences of an index for a validator: read_in_chunks, with a collector of
/// findings for each sequence. begin(sequence, findings) and finish(sequence, shared, records,
/// findings) -> SequenceStatistics go into `validation.sequences`; the collectors are returned in
/// the order of the sequences, so that the caller can put other findings before them.
template <typename Record, typename Shared, typename Worker, typename MakeWorker, typename Begin,
          typename Read, typename Finish>
std::vector<FindingCollector> walk_sequences(const SequenceIndex& index,
                                             const ValidationOptions& options,
                                             Validation& validation, MakeWorker make_worker,
                                             Begin begin, Read read, Finish finish) {
  std::vector<FindingCollector> findings;
  for (const Sequence& sequence : index.sequences)
    findings.emplace_back(sequence.name, options.max_per_code);
  validation.sequences.resize(index.sequences.size());
  read_in_chunks<Record, Shared, Worker>(
      index, options.jobs, options.progress, make_worker,
      [&](std::size_t at) { return begin(at, findings[at]); }, read,
      [&](std::size_t at, Shared& shared, const std::vector<Record>& records) {
        validation.sequences[at] = finish(at, shared, records, findings[at]);
      });
  return findings;
}

}  // namespace angiobench
