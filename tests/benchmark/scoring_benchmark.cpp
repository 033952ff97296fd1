// SPDX-License-Identifier: MIT
// What a frame costs: decoding, packing, counting; by size, number of objects, and density of
// boundaries.
#include <benchmark/benchmark.h>

#include <cmath>
#include <random>

#include "dataset/masks/png.h"
#include "evaluator/counting/frame_counter.h"

namespace angiobench {
namespace {

struct Size {
  int width;
  int height;
};
constexpr Size kSizes[] = {{512, 512}, {854, 480}, {1920, 1080}, {3840, 2160}};

// Smooth blobs, one an object, moved by `shift` pixels: what real masks look like.
Mask blobs(Size size, int num_objects, int shift) {
  Mask mask(size.width, size.height);
  std::mt19937 random(7);
  for (int id = 1; id <= num_objects; ++id) {
    const int cx = static_cast<int>(random() % static_cast<unsigned>(size.width)) + shift;
    const int cy = static_cast<int>(random() % static_cast<unsigned>(size.height));
    const int radius = size.height / 12;
    for (int y = std::max(0, cy - radius); y < std::min(size.height, cy + radius); ++y) {
      for (int x = std::max(0, cx - radius); x < std::min(size.width, cx + radius); ++x) {
        if ((x - cx) * (x - cx) + (y - cy) * (y - cy) < radius * radius)
          mask.at(x, y) = static_cast<std::uint8_t>(id);
      }
    }
  }
  return mask;
}

// Thin lines everywhere: the most boundary that a vessel tree may have.
Mask dense(Size size, int shift) {
  Mask mask(size.width, size.height);
  for (int y = 0; y < size.height; ++y) {
    for (int x = 0; x < size.width; ++x) {
      if ((x + shift + static_cast<int>(5 * std::sin(y * 0.05))) % 9 < 3) mask.at(x, y) = 1;
    }
  }
  return mask;
}

void decode(benchmark::State& state) {
  const Size size = kSizes[state.range(0)];
  const std::vector<std::uint8_t> file = encode_mask_png(blobs(size, 5, 0).view(), voc_palette());
  MaskDecoder decoder;
  const MaskDecodeOptions options;
  for (auto _ : state) benchmark::DoNotOptimize(decoder.decode(file, options, "mask.png").data);
  state.SetLabel(std::to_string(size.width) + "x" + std::to_string(size.height) + ", " +
                 std::to_string(file.size()) + " bytes");
}
BENCHMARK(decode)->DenseRange(0, 3)->Unit(benchmark::kMicrosecond);

void decode_runs(benchmark::State& state) {
  const Size size = kSizes[state.range(0)];
  const std::vector<std::uint8_t> file = encode_mask_png(blobs(size, 5, 0).view(), voc_palette());
  MaskDecoder decoder;
  const MaskDecodeOptions options;
  std::size_t num_runs = 0;
  for (auto _ : state) num_runs = decoder.decode_labels(file, options, "mask.png").runs.size();
  state.SetLabel(std::to_string(size.width) + "x" + std::to_string(size.height) + ", " +
                 std::to_string(num_runs) + " runs");
}
BENCHMARK(decode_runs)->DenseRange(0, 3)->Unit(benchmark::kMicrosecond);

void pack(benchmark::State& state) {
  const Size size = kSizes[state.range(0)];
  const Mask mask = blobs(size, 5, 0);
  FrameCounter counter;
  const CountingRules rules;
  for (auto _ : state) counter.set_truth(mask.view(), rules);
  state.SetLabel(std::to_string(size.width) + "x" + std::to_string(size.height));
}
BENCHMARK(pack)->DenseRange(0, 3)->Unit(benchmark::kMicrosecond);

void pack_runs(benchmark::State& state) {
  const Size size = kSizes[state.range(0)];
  const Mask mask = blobs(size, 5, 0);
  std::vector<LabelRun> storage;
  const MaskLabels runs = runs_of(mask.view(), storage);
  FrameCounter counter;
  const CountingRules rules;
  for (auto _ : state) counter.set_truth(runs, rules);
  state.SetLabel(std::to_string(size.width) + "x" + std::to_string(size.height));
}
BENCHMARK(pack_runs)->DenseRange(0, 3)->Unit(benchmark::kMicrosecond);

void count(benchmark::State& state, std::string_view level) {
  const Size size = kSizes[state.range(0)];
  const int num_objects = static_cast<int>(state.range(1));
  const Mask truth = num_objects == 0 ? dense(size, 0) : blobs(size, num_objects, 0);
  const Mask prediction = num_objects == 0 ? dense(size, 2) : blobs(size, num_objects, 4);
  FrameCounter counter;
  if (!counter.use_level(level)) {
    state.SkipWithError("this CPU has no such level");
    return;
  }
  const CountingRules rules;
  std::vector<ObjectCounts> counts;
  for (auto _ : state) counter.count(truth.view(), prediction.view(), rules, counts);
  state.SetLabel(std::to_string(size.width) + "x" + std::to_string(size.height) + ", " +
                 (num_objects == 0 ? std::string("dense boundary")
                                   : std::to_string(num_objects) + " objects"));
}
const bool kRegistered = [] {
  for (const std::string_view level : FrameCounter::levels()) {
    benchmark::RegisterBenchmark(("count/" + std::string(level)).c_str(),
                                 [level](benchmark::State& state) { count(state, level); })
        ->ArgsProduct({{0, 1, 2, 3}, {0, 1, 5, 10}})
        ->Unit(benchmark::kMicrosecond);
  }
  return true;
}();

}  // namespace
}  // namespace angiobench
