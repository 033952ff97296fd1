// SPDX-License-Identifier: MIT
// The floor under `score`: a process that reads and decodes every mask that is scored, to runs
// where its decoder does so, and does nothing else: decode_floor BENCHMARK TRUTH PREDICTIONS
// THREADS
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "dataset/masks/mask_source.h"
#include "dataset/parallel.h"
#include "evaluator/scoring/scorer.h"

namespace {

using namespace angiobench;

struct Item {
  std::size_t sequence;
  std::size_t frame;
};

std::vector<Item> scored_frames(const SequenceIndex& index, const Protocol& protocol) {
  std::vector<Item> items;
  for (std::size_t i = 0; i < index.sequences.size(); ++i) {
    for (std::size_t frame = 0; frame < index.sequences[i].frames.size(); ++frame) {
      if (frame_need(protocol, index.sequences[i], frame) == FrameNeed::both)
        items.push_back({i, frame});
    }
  }
  return items;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 5) {
    std::fprintf(stderr, "usage: decode_floor BENCHMARK TRUTH PREDICTIONS THREADS\n");
    return 2;
  }
  const BenchmarkDefinition benchmark = load_benchmark(argv[1]);
  const SequenceIndex index = index_ground_truth(argv[2], benchmark);
  const auto predictions = open_file_tree(argv[3]);
  const FileMaskSource truths(index.truth, index.benchmark, MaskRole::truth);
  const FileMaskSource submission = submission_masks(index.benchmark, *predictions);
  const std::vector<Item> items = scored_frames(index, load_protocol(benchmark.protocol));
  const int jobs = std::max(1, std::atoi(argv[4]));
  struct Worker {
    MaskDecoder decoder;
    std::vector<std::uint8_t> bytes;
  };
  std::vector<Worker> workers(static_cast<std::size_t>(jobs));
  parallel_for(items.size(), jobs, [&](int worker, std::size_t i) {
    auto& [decoder, bytes] = workers[static_cast<std::size_t>(worker)];
    const Sequence& sequence = index.sequences[items[i].sequence];
    const std::string_view name = sequence.frames[items[i].frame];
    const auto take = [&](const FileTree& tree, const std::string& path) {
      tree.read(path, bytes);
      decoder.decode_labels(bytes, {}, path);
    };
    take(*index.truth, truths.path(sequence, name));
    take(*predictions, submission.path(sequence, name));
  });
  return 0;
}
