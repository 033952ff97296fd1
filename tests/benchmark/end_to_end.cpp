// SPDX-License-Identifier: MIT
// Scoring against its floor and a peer, alternating in one run: end_to_end BENCHMARK TRUTH
// PREDICTIONS ROUNDS [PEER COMMAND] Prints medians of CPU and wall seconds and the ratios between
// them. The floor reads and decodes every mask that is scored and does nothing else; the peer is a
// shell command that scores the same masks.
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <string>
#include <vector>

#include "dataset/files/digest.h"
#include "dataset/parallel.h"
#include "dataset/masks/mask_source.h"
#include "dataset/masks/png.h"
#include "evaluator/scoring/scorer.h"

namespace {

using namespace angiobench;

struct Cost {
  double cpu = 0;
  double wall = 0;
};

double seconds_of(const timeval& time) {
  return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
}

double cpu_of(int who) {
  rusage usage{};
  ::getrusage(who, &usage);
  return seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime);
}

Cost measure(int who, const std::function<void()>& work) {
  const auto start = std::chrono::steady_clock::now();
  const double cpu = cpu_of(who);
  work();
  const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - start;
  return {cpu_of(who) - cpu, wall.count()};
}

Cost median(std::vector<Cost> costs) {
  const auto middle = [&](double Cost::*part) {
    std::sort(costs.begin(), costs.end(),
              [&](const Cost& a, const Cost& b) { return a.*part < b.*part; });
    return costs[costs.size() / 2].*part;
  };
  return {middle(&Cost::cpu), middle(&Cost::wall)};
}

enum class Floor { decode, decode_and_pack };

// Reads and decodes what `score` would, with as many threads; also splits it into bit planes if
// asked.
void run_floor(const SequenceIndex& index, const FileTree& predictions, const Protocol& protocol,
               int jobs, Floor floor) {
  struct Item {
    std::size_t sequence;
    std::size_t frame;
  };
  std::vector<Item> items;
  for (std::size_t i = 0; i < index.sequences.size(); ++i) {
    for (std::size_t frame = 0; frame < index.sequences[i].frames.size(); ++frame) {
      if (frame_need(protocol, index.sequences[i], frame) == FrameNeed::both)
        items.push_back({i, frame});
    }
  }
  const FileMaskSource truths(index.truth, index.benchmark, MaskRole::truth);
  const FileMaskSource submission = submission_masks(index.benchmark, predictions);
  std::vector<MaskDecoder> decoders(static_cast<std::size_t>(jobs));
  std::vector<FrameCounter> counters(static_cast<std::size_t>(jobs));
  std::vector<std::vector<std::uint8_t>> buffers(static_cast<std::size_t>(jobs));
  parallel_for(items.size(), jobs, [&](int worker, std::size_t i) {
    const Sequence& sequence = index.sequences[items[i].sequence];
    const std::string_view name = sequence.frames[items[i].frame];
    auto& bytes = buffers[static_cast<std::size_t>(worker)];
    auto& decoder = decoders[static_cast<std::size_t>(worker)];
    const auto take = [&](const FileTree& tree, const std::string& path) {
      tree.read(path, bytes);
      const MaskLabels mask = decoder.decode_labels(bytes, {}, path);
      if (floor == Floor::decode_and_pack)
        counters[static_cast<std::size_t>(worker)].set_truth(mask, protocol.counting);
    };
    take(*index.truth, truths.path(sequence, name));
    take(predictions, submission.path(sequence, name));
  });
}

long peak_kilobytes() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 5) {
    std::fprintf(stderr, "usage: end_to_end BENCHMARK TRUTH PREDICTIONS ROUNDS [PEER COMMAND]\n");
    return 2;
  }
  const BenchmarkDefinition benchmark = load_benchmark(argv[1]);
  const Protocol protocol = load_protocol(benchmark.protocol);
  constexpr int kJobs = 2;
  const int rounds = std::max(1, std::atoi(argv[4]));
  const std::string peer = argc > 5 ? argv[5] : "";
  std::vector<Cost> floor_costs;
  std::vector<Cost> packed_costs;
  std::vector<Cost> own_costs;
  std::vector<Cost> vessel_costs;
  std::vector<Cost> peer_costs;
  const auto measure_floor = [&](Floor kind) {
    return measure(RUSAGE_SELF, [&] {
      const SequenceIndex index = index_ground_truth(argv[2], benchmark);
      const auto predictions = open_file_tree(argv[3]);
      run_floor(index, *predictions, protocol, kJobs, kind);
    });
  };
  const Protocol vessel = with_measures(protocol, {"vessel"}, {});
  const auto measure_score = [&](const Protocol& rules) {
    return measure(RUSAGE_SELF, [&] {
      const SequenceIndex index = index_ground_truth(argv[2], benchmark);
      const auto predictions = open_file_tree(argv[3]);
      const MissingFrames missing = find_missing(index, *predictions, rules);
      ScoreOptions options;
      options.jobs = kJobs;
      options.missing = missing.any() ? MissingPolicy::skip : MissingPolicy::error;
      if (!score(index, *predictions, rules, missing, options).failures.empty()) std::abort();
    });
  };
  long vessel_kilobytes = 0;  // by which the first run with measures of vessels grew the process
  for (int round = 0; round <= rounds; ++round) {
    // The peer leaves cold caches behind, which would count against whoever comes first.
    if (!peer.empty()) measure_score(protocol);
    const Cost own = measure_score(protocol);
    const long plain_kilobytes = peak_kilobytes();
    const Cost with_vessel = measure_score(vessel);
    if (round == 0) vessel_kilobytes = peak_kilobytes() - plain_kilobytes;
    const Cost floor = measure_floor(Floor::decode);
    const Cost packed = measure_floor(Floor::decode_and_pack);
    Cost other;
    if (!peer.empty()) {
      other = measure(RUSAGE_CHILDREN, [&] {
        if (std::system(peer.c_str()) != 0) std::abort();
      });
    }
    if (round == 0) continue;  // the first round warms the page cache
    own_costs.push_back(own);
    vessel_costs.push_back(with_vessel);
    floor_costs.push_back(floor);
    packed_costs.push_back(packed);
    if (!peer.empty()) peer_costs.push_back(other);
  }
  const Cost own = median(own_costs);
  const Cost with_vessel = median(vessel_costs);
  const Cost floor = median(floor_costs);
  const Cost packed = median(packed_costs);
  std::printf("%-28s %10s %10s\n", (benchmark.name + ", 2 threads").c_str(), "CPU s", "wall s");
  std::printf("%-28s %10.4f %10.4f\n", "decode only (floor)", floor.cpu, floor.wall);
  std::printf("%-28s %10.4f %10.4f\n", "score", own.cpu, own.wall);
  std::printf("%-28s %10.4f %10.4f\n", "decode and pack", packed.cpu, packed.wall);
  std::printf("%-28s %9.2fx %9.2fx   (required: at most 1.35x)\n", "score / decode only",
              own.cpu / floor.cpu, own.wall / floor.wall);
  std::printf("%-28s %9.2fx %9.2fx\n", "score / decode and pack", own.cpu / packed.cpu,
              own.wall / packed.wall);
  std::printf("%-28s %10.4f %10.4f\n", "score --measures vessel", with_vessel.cpu,
              with_vessel.wall);
  std::printf("%-28s %9.2fx %9.2fx   (required: at most 10x, goal 5x)\n", "with / without vessel",
              with_vessel.cpu / own.cpu, with_vessel.wall / own.wall);
  std::printf("%-28s %10.2f MB a thread   (goal: below 1)\n", "memory for vessels",
              static_cast<double>(vessel_kilobytes) / 1024 / kJobs);
  if (!peer.empty()) {
    const Cost other = median(peer_costs);
    std::printf("%-28s %10.4f %10.4f\n", "peer", other.cpu, other.wall);
    std::printf("%-28s %9.0fx %9.0fx   (required: at least 100x, goal 200x)\n", "peer / score",
                other.cpu / own.cpu, other.wall / own.wall);
  }
  std::printf("peak memory of this process: %.1f MB\n",
              static_cast<double>(peak_kilobytes()) / 1024);
  return 0;
}
