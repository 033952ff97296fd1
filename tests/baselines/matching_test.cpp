// SPDX-License-Identifier: MIT
#include "baselines/matching/matcher.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "baselines/matching/kernels.h"
#include "baselines/matching/torch_matching.h"
#include "dataset/error.h"

namespace angiobench {
namespace {

std::vector<float> random_numbers(std::size_t count, std::mt19937& random, float scale = 1) {
  std::normal_distribution<float> normal(0, scale);
  std::vector<float> numbers(count);
  for (float& number : numbers) number = normal(random);
  return numbers;
}

// A memory of random frames, and a query.
struct Scene {
  CellGrid grid;
  int channels;
  int value_channels;
  std::vector<std::vector<float>> keys;         // [frame] channels x cells
  std::vector<std::vector<ValueFrame>> values;  // [object][frame]
  std::vector<float> query;

  Scene(CellGrid cells, int key_channels, int value_channel_count, int frames, int objects,
        unsigned seed, float scale = 1)
      : grid(cells), channels(key_channels), value_channels(value_channel_count) {
    std::mt19937 random(seed);
    const auto count = static_cast<std::size_t>(grid.cells());
    for (int t = 0; t < frames; ++t)
      keys.push_back(random_numbers(count * channels, random, scale));
    for (int i = 0; i < objects; ++i) {
      auto& mine = values.emplace_back();
      for (int t = 0; t < frames; ++t)
        mine.push_back(random_numbers(count * value_channels, random));
    }
    query = random_numbers(count * channels, random, scale);
  }
};

// The read-outs of all objects.
std::vector<std::vector<float>> read(const Scene& scene, const MatchOptions& options) {
  std::vector<KeyFrame> frames;
  for (const std::vector<float>& key : scene.keys) {
    frames.emplace_back(key, scene.channels, scene.grid);
  }
  std::vector<std::vector<float>> readouts(
      scene.values.size(),
      std::vector<float>(static_cast<std::size_t>(scene.grid.cells()) * scene.value_channels));
  MatchRequest request;
  request.value_channels = scene.value_channels;
  for (const KeyFrame& frame : frames) request.keys.push_back(&frame);
  for (std::size_t i = 0; i < scene.values.size(); ++i) {
    auto& values = request.values.emplace_back();
    for (const ValueFrame& frame : scene.values[i]) values.push_back(&frame);
    request.readouts.emplace_back(readouts[i]);
  }
  make_matcher(options)->read(request, scene.query);
  return readouts;
}

// Slow twin: for each cell all candidates in the order of their definition, sorted, softmax, sum.
std::vector<std::vector<float>> read_slowly(const Scene& scene, const MatchOptions& options) {
  struct Candidate {
    double score;
    int frame;
    int cell;  // -1: outside
  };
  const CellGrid grid = scene.grid;
  const auto score = [&](int query, int frame, int cell) {
    double product = 0;
    double norm = 0;
    for (int c = 0; c < scene.channels; ++c) {
      const double k =
          static_cast<double>(scene.keys[frame][static_cast<std::size_t>(c) * grid.cells() + cell]);
      product +=
          k * static_cast<double>(scene.query[static_cast<std::size_t>(c) * grid.cells() + query]);
      norm += k * k;
    }
    return (2 * product - norm) / std::sqrt(static_cast<double>(scene.channels));
  };
  std::vector<std::vector<float>> readouts(
      scene.values.size(),
      std::vector<float>(static_cast<std::size_t>(grid.cells()) * scene.value_channels));
  for (int query = 0; query < grid.cells(); ++query) {
    std::vector<Candidate> candidates;
    for (int frame = 0; frame < static_cast<int>(scene.keys.size()); ++frame) {
      if (options.matching == Matching::global) {
        for (int cell = 0; cell < grid.cells(); ++cell)
          candidates.push_back({score(query, frame, cell), frame, cell});
        continue;
      }
      int centre = query;
      if (options.matching == Matching::local_best_match) {
        for (int cell = centre = 0; cell < grid.cells(); ++cell) {
          if (score(query, frame, cell) > score(query, frame, centre)) centre = cell;
        }
      }
      for (int dy = -(options.window / 2); dy <= options.window / 2; ++dy) {
        for (int dx = -(options.window / 2); dx <= options.window / 2; ++dx) {
          const int y = centre / grid.width + dy;
          const int x = centre % grid.width + dx;
          if (y < 0 || y >= grid.height || x < 0 || x >= grid.width) {
            candidates.push_back({-1, frame, -1});
          } else {
            candidates.push_back(
                {score(query, frame, y * grid.width + x), frame, y * grid.width + x});
          }
        }
      }
    }
    std::stable_sort(candidates.begin(), candidates.end(),
                     [](const Candidate& a, const Candidate& b) { return a.score > b.score; });
    candidates.resize(std::min(candidates.size(), static_cast<std::size_t>(options.top_k)));
    double total = 0;
    for (const Candidate& candidate : candidates)
      total += std::exp(candidate.score - candidates[0].score);
    for (std::size_t object = 0; object < scene.values.size(); ++object) {
      for (int channel = 0; channel < scene.value_channels; ++channel) {
        double sum = 0;
        for (const Candidate& candidate : candidates) {
          if (candidate.cell < 0) continue;
          const std::vector<float>& values = scene.values[object][candidate.frame];
          sum += std::exp(candidate.score - candidates[0].score) / total *
                 static_cast<double>(
                     values[static_cast<std::size_t>(candidate.cell) * scene.value_channels +
                            channel]);
        }
        readouts[object][static_cast<std::size_t>(query) * scene.value_channels + channel] =
            static_cast<float>(sum);
      }
    }
  }
  return readouts;
}

void expect_planes_near(const std::vector<std::vector<float>>& got,
                        const std::vector<std::vector<float>>& want, float tolerance = 2e-5F) {
  ASSERT_EQ(got.size(), want.size());
  for (std::size_t i = 0; i < got.size(); ++i) {
    ASSERT_EQ(got[i].size(), want[i].size());
    float largest = 0;
    for (std::size_t j = 0; j < got[i].size(); ++j)
      largest = std::max(largest, std::abs(got[i][j] - want[i][j]));
    EXPECT_LE(largest, tolerance) << "object " << i;
  }
}

TEST(DirectMatching, EqualsTheSlowTwinForEveryMatchingWindowAndShape) {
  unsigned seed = 1;
  for (const Matching matching : {Matching::global, Matching::local, Matching::local_best_match}) {
    for (const CellGrid grid : {CellGrid{1, 1}, CellGrid{3, 7}, CellGrid{9, 5}, CellGrid{6, 18}}) {
      for (const int window : {1, 3, 7, 17}) {
        for (const int frames : {1, 3}) {
          MatchOptions options;
          options.matching = matching;
          options.window = window;
          options.top_k = 5;
          const Scene scene(grid, 8, 6, frames, 2, ++seed);
          SCOPED_TRACE(std::string(matching_name(matching)) + " " + std::to_string(grid.height) +
                       "x" + std::to_string(grid.width) + " window " + std::to_string(window));
          expect_planes_near(read(scene, options), read_slowly(scene, options));
        }
      }
    }
  }
}

TEST(DirectMatching, EqualsTheMaterialisingTwinAtTheSizeOfTheNetwork) {
  MatchOptions options;
  const Scene scene({12, 14}, 64, 96, 2, 2, 7, 0.6F);
  const std::vector<std::vector<float>> direct = read(scene, options);
  for (const Sampling sampling : {Sampling::unfold, Sampling::shift, Sampling::depth_wise}) {
    SCOPED_TRACE(std::string(sampling_name(sampling)));
    options.sampling = sampling;
    expect_planes_near(direct, read(scene, options));
  }
}

TEST(DirectMatching, TakesAllCandidatesWhereThereAreFewerThanTopK) {
  MatchOptions options;
  options.window = 3;
  options.top_k = 20;
  const Scene scene({4, 4}, 8, 4, 1, 1, 11);
  expect_planes_near(read(scene, options), read_slowly(scene, options));
}

TEST(DirectMatching, StaysFiniteWhereScoresOverflowAnExponential) {
  MatchOptions options;
  options.window = 3;
  for (const Matching matching : {Matching::global, Matching::local}) {
    options.matching = matching;
    for (const std::vector<float>& readout : read(Scene({4, 5}, 8, 4, 2, 1, 3, 60.0F), options)) {
      for (const float value : readout) EXPECT_TRUE(std::isfinite(value));
    }
  }
}

TEST(DirectMatching, LetsCellsOutsideTheFrameCompeteWithValueZero) {
  // Keys of zero score 0 everywhere inside, the border -1: in a corner 4 cells are inside and 5
  // outside.
  Scene scene({4, 4}, 4, 1, 1, 1, 5);
  std::fill(scene.keys[0].begin(), scene.keys[0].end(), 0.0F);
  std::fill(scene.values[0][0].begin(), scene.values[0][0].end(), 1.0F);
  MatchOptions options;
  options.window = 3;
  options.top_k = 9;
  const float inside = 4;
  EXPECT_NEAR(read(scene, options)[0][0], inside / (inside + 5 * std::exp(-1.0F)), 1e-6F);
}

TEST(MatchKernels, AgreeForEveryInstructionSet) {
  std::size_t count = 0;
  const MatchKernels* const* kernels = all_match_kernels(count);
  ASSERT_GE(count, 1U);
  std::mt19937 random(3);
  constexpr int kChannels = 16;
  constexpr int kStride = 40;
  constexpr int kRows = 7;
  const std::vector<float> keys = random_numbers(kRows * kChannels * kStride + 32, random);
  const std::vector<float> query = random_numbers(4 * kChannels, random);
  const std::vector<float> scores = random_numbers(1001, random);
  for (const int cells : {1, 8, 15, 16, 23, 33}) {
    std::vector<std::vector<float>> windows;
    std::vector<std::vector<float>> rows;
    for (std::size_t i = 0; i < count; ++i) {
      std::vector<float> out(kRows * 64 + 32);
      kernels[i]->window_products(query.data(), 4, keys.data(), kChannels * kStride, kStride,
                                  kChannels, kRows, cells, out.data(), 64);
      std::vector<float> wanted;
      for (int r = 0; r < kRows; ++r)
        wanted.insert(wanted.end(), out.begin() + r * 64, out.begin() + r * 64 + cells);
      windows.push_back(wanted);
      kernels[i]->row_products(query.data(), 4, keys.data(), kStride, kChannels, cells, out.data(),
                               64);
      wanted.clear();
      for (int r = 0; r < 4; ++r)
        wanted.insert(wanted.end(), out.begin() + r * 64, out.begin() + r * 64 + cells);
      rows.push_back(wanted);

      std::vector<float> best(20);
      std::vector<std::int32_t> index(20);
      kernels[i]->select_top(scores.data(), 1001, 20, best.data(), index.data());
      std::vector<float> sorted = scores;
      std::sort(sorted.rbegin(), sorted.rend());
      EXPECT_TRUE(std::equal(best.begin(), best.end(), sorted.begin())) << kernels[i]->name;
    }
    for (std::size_t i = 1; i < count; ++i) {
      expect_planes_near({windows[i], rows[i]}, {windows[0], rows[0]});
    }
  }
}

TEST(MatchKernels, KeepTheFirstOfEqualScores) {
  const std::vector<float> scores(100, 0.5F);
  std::vector<float> best(3);
  std::vector<std::int32_t> index(3);
  match_kernels().select_top(scores.data(), 100, 3, best.data(), index.data());
  EXPECT_EQ(index, (std::vector<std::int32_t>{0, 1, 2}));
}

TEST(MakeMatcher, RefusesOptionsThatMakeNoSense) {
  EXPECT_THROW(make_matcher({Matching::local, Sampling::direct, 4, 20}), Error);
  EXPECT_THROW(make_matcher({Matching::local, Sampling::direct, 5, 0}), Error);
  EXPECT_THROW(make_matcher({Matching::global, Sampling::unfold, 5, 20}), Error);
  EXPECT_THROW(make_matcher({Matching::local_best_match, Sampling::shift, 5, 20}), Error);
}

TEST(TorchMatching, LetsGradientsThroughToKeysValuesAndQuery) {
  const auto leaf = [](at::IntArrayRef shape) { return at::randn(shape).requires_grad_(true); };
  for (const bool local : {true, false}) {
    const at::Tensor keys = leaf({8, 2, 4, 5});
    const at::Tensor values = leaf({2, 3, 2, 4, 5});
    const at::Tensor query = leaf({8, 4, 5});
    const at::Tensor out = local ? match_local(keys, values, query, 3, 0, Sampling::unfold)
                                 : match_global(keys, values, query, 0);
    out.sum().backward();
    for (const at::Tensor& tensor : {keys, values, query}) {
      EXPECT_GT(tensor.grad().abs().sum().item<float>(), 0.0F);
    }
  }
}

}  // namespace
}  // namespace angiobench
