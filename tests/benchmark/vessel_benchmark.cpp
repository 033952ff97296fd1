// SPDX-License-Identifier: MIT
// What the measures of vessels cost: by part and level of vector instructions, on real masks where
// ANGIOBENCH_DATA has them (MOSXAV test: every object, and the union of all, of every frame), else
// on drawn vessels.
#include <benchmark/benchmark.h>

#include <boost/filesystem/directory.hpp>
#include <boost/filesystem/operations.hpp>
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <string>
#include <vector>

#include "dataset/masks/png.h"
#include "evaluator/classes/confusion.h"
#include "evaluator/classes/multilabel.h"
#include "evaluator/counting/frame_counter.h"
#include "evaluator/vessel/map_score.h"
#include "evaluator/vessel/vessel_counter.h"

namespace angiobench {
namespace {

struct Frame {
  Mask truth;
  Mask prediction;
};

// A tree of winding vessels; the prediction lacks one and is a little off.
Mask drawn_tree(int shift, int num_vessels) {
  Mask mask(512, 512);
  for (int vessel = 0; vessel < num_vessels; ++vessel) {
    for (int i = 0; i < 2000; ++i) {
      const double t = i / 2000.0;
      const double x = 256 + 200 * t * std::cos(vessel + 2 * t) + shift;
      const double y = 40 + 430 * t + 20 * std::sin(9 * t + vessel);
      const int radius = 5 - static_cast<int>(4 * t);
      for (int dy = -radius; dy <= radius; ++dy) {
        for (int dx = -radius; dx <= radius; ++dx) {
          const int px = static_cast<int>(x) + dx;
          const int py = static_cast<int>(y) + dy;
          if (px >= 0 && py >= 0 && px < 512 && py < 512)
            mask.at(px, py) = static_cast<std::uint8_t>(1 + vessel % 4);
        }
      }
    }
  }
  return mask;
}

const std::vector<Frame>& frames() {
  static const std::vector<Frame> kFrames = [] {
    std::vector<Frame> found;
    const char* const root = std::getenv("ANGIOBENCH_DATA");
    const std::string truth = std::string(root == nullptr ? "" : root) + "/mosxav/test/Annotations";
    const std::string prediction =
        std::string(root == nullptr ? "" : root) + "/mosxav/predictions/test";
    if (root != nullptr && boost::filesystem::is_directory(truth)) {
      std::vector<std::string> names;
      for (const auto& entry : boost::filesystem::recursive_directory_iterator(truth)) {
        const std::string name = entry.path().string().substr(truth.size());
        if (entry.path().extension() == ".png" && boost::filesystem::exists(prediction + name))
          names.push_back(name);
      }
      std::ranges::sort(names);
      for (std::size_t i = 0; i < names.size(); i += 4)
        found.push_back({read_mask(truth + names[i]), read_mask(prediction + names[i])});
    }
    if (found.empty()) found.push_back({drawn_tree(0, 6), drawn_tree(2, 5)});
    return found;
  }();
  return kFrames;
}

enum class Of { objects, unions };

// Planes of every pair, made ahead: what is timed is what is counted of them.
struct Planes {
  LabelPlanes truth;
  LabelPlanes prediction;
  LabelSet labels;
};

std::vector<Planes> planes_of(Of what) {
  std::vector<Planes> all;
  for (const Frame& frame : frames()) {
    Planes& planes = all.emplace_back();
    std::array<std::uint8_t, 256> map{};
    for (std::size_t label = 1; label < 255; ++label)
      map[label] = what == Of::unions ? 1 : static_cast<std::uint8_t>(label);
    planes.truth.reset(bit_plane_shape(frame.truth.width(), frame.truth.height()));
    planes.truth.pack(kernels::level(0), frame.truth.view(), map);
    planes.prediction.reset(planes.truth.shape());
    planes.prediction.pack(kernels::level(0), frame.prediction.view(), map);
    planes.labels = planes.truth.labels() | planes.prediction.labels();
  }
  return all;
}

void count(benchmark::State& state, std::string_view level, Of what, const PairNeeds& needs) {
  static const std::vector<Planes> kObjects = planes_of(Of::objects);
  static const std::vector<Planes> kUnions = planes_of(Of::unions);
  VesselCounter counter;
  counter.use_level(level);
  PairCounts counts;
  std::int64_t num_pairs = 0;
  for (auto _ : state) {
    for (const Planes& planes : what == Of::objects ? kObjects : kUnions) {
      planes.labels.for_each([&](int label) {
        counter.count(planes.truth, label, planes.prediction, label, needs, {}, counts);
        benchmark::DoNotOptimize(counts);
        ++num_pairs;
      });
    }
  }
  state.counters["us_per_pair"] =
      benchmark::Counter(static_cast<double>(num_pairs) * 1e-6,
                         benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
  state.SetLabel(std::to_string(frames().size()) + " frames");
}

// The classes of a semantic frame: MOSXAV's ids.
void confusion(benchmark::State& state) {
  ConfusionCounter counter;
  ClassRules rules;
  for (std::size_t label = 0; label < 256; ++label)
    rules.truth_map[label] = rules.prediction_map[label] = static_cast<std::uint8_t>(label % 6);
  rules.num_classes = 6;
  ConfusionMatrix matrix;
  ConfusionMatrix sum;
  for (auto _ : state) {
    for (const Frame& frame : frames()) {
      counter.count(frame.truth.view(), frame.prediction.view(), rules, matrix);
      sum.add(matrix);
    }
  }
  state.counters["us_per_frame"] = benchmark::Counter(
      static_cast<double>(frames().size()) * static_cast<double>(state.iterations()) * 1e-6,
      benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}
BENCHMARK(confusion)->Unit(benchmark::kMillisecond);

// J, F and their counts of the same frames, masks decoded: what the rest is compared with.
void region_and_contour(benchmark::State& state) {
  FrameCounter counter;
  const CountingRules rules;
  std::vector<ObjectCounts> counts;
  std::size_t num_objects = 0;
  for (auto _ : state) {
    for (const Frame& frame : frames()) {
      counter.count(frame.truth.view(), frame.prediction.view(), rules, counts);
      num_objects += counts.size();
    }
  }
  state.counters["us_per_object"] =
      benchmark::Counter(static_cast<double>(num_objects) * 1e-6,
                         benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}
BENCHMARK(region_and_contour)->Unit(benchmark::kMillisecond);

// All of DIAS's columns and AP of a map of 512x512: its values round a truth, its mask and
// components.
void probability_map(benchmark::State& state) {
  const Mask truth = drawn_tree(0, 6);
  const Mask other = drawn_tree(2, 5);
  Mask map(512, 512);
  std::uint32_t random = 1;
  for (int y = 0; y < 512; ++y) {
    for (int x = 0; x < 512; ++x) {
      random = random * 1664525U + 1013904223U;
      map.at(x, y) = static_cast<std::uint8_t>((other.at(x, y) != 0 ? 120 : 0) + (random >> 25));
    }
  }
  VesselCounter counter;
  PairNeeds needs;
  needs.skeleton = needs.topology = true;
  Mask mask(512, 512);
  MapCounts counts;
  for (auto _ : state) {
    counts.histogram = count_values(truth.view(), map.view());
    counts.at = counts_at(counts.histogram, 128);
    for (std::ptrdiff_t i = 0; i < 512 * 512; ++i) mask.pixels()[i] = map.pixels()[i] >= 128;
    counter.count(truth.view(), mask.view(), needs, {}, counts.pair);
    benchmark::DoNotOptimize(published_map_values(counts));
    benchmark::DoNotOptimize(average_precision(counts.histogram));
  }
}
BENCHMARK(probability_map)->Unit(benchmark::kMicrosecond);

// One label of PAXRay: a plane of 512x512 bytes on each side.
void plane_of_bytes(benchmark::State& state) {
  std::vector<std::uint8_t> truth(512 * 512);
  std::vector<std::uint8_t> prediction(512 * 512);
  for (std::size_t i = 0; i < truth.size(); ++i) {
    truth[i] = i % 7 < 3;
    prediction[i] = i % 5 < 2;
  }
  for (auto _ : state) benchmark::DoNotOptimize(count_plane(truth, prediction));
}
BENCHMARK(plane_of_bytes)->Unit(benchmark::kMicrosecond);

PairNeeds only(bool PairNeeds::*part) {
  PairNeeds needs;
  needs.*part = true;
  return needs;
}

const bool kRegistered = [] {
  const std::vector<std::pair<std::string, PairNeeds>> parts = {
      {"areas", {}},
      {"skeleton", only(&PairNeeds::skeleton)},
      {"centreline", only(&PairNeeds::centreline)},
      {"radius", only(&PairNeeds::radius)},
      {"topology", only(&PairNeeds::topology)},
      {"border", only(&PairNeeds::border)},
      {"boundary", only(&PairNeeds::boundary)},
      {"contour", only(&PairNeeds::contour)},
      {"vessel", PairNeeds::vessel()}};
  for (const std::string_view level : FrameCounter::levels()) {
    for (const auto& [name, needs] : parts) {
      for (const Of what : {Of::objects, Of::unions}) {
        const std::string title = std::string(what == Of::objects ? "objects/" : "unions/") + name +
                                  "/" + std::string(level);
        benchmark::RegisterBenchmark(title.c_str(), [level, what,
                                                     needs = needs](benchmark::State& state) {
          count(state, level, what, needs);
        })->Unit(benchmark::kMillisecond);
      }
    }
  }
  return true;
}();

}  // namespace
}  // namespace angiobench
