// SPDX-License-Identifier: MIT
#include "baselines/matching/matcher.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <string>

#include "baselines/matching/kernels.h"
#include "baselines/matching/torch_matcher.h"
#include "dataset/error.h"
#include "dataset/words.h"

namespace angiobench {
namespace {

// Floats that kernels may read or write past a run (matching/kernels.h).
constexpr int kSlack = 16;

// Cells of the memory that take part in the read-out of one cell, and their weights.
struct Candidates {
  std::vector<float> scores;        // of all candidates, frame by frame
  std::vector<float> best;          // the top-k scores, then their weights
  std::vector<std::int32_t> index;  // where they stand in `scores`
  std::vector<std::int32_t> cell;   // frame * cells + cell, or -1 outside the frame
};

void softmax(std::vector<float>& scores, int count) {
  const float largest = scores[0];
  float sum = 0;
  for (int i = 0; i < count; ++i) {
    scores[i] = std::exp(scores[i] - largest);
    sum += scores[i];
  }
  for (int i = 0; i < count; ++i) scores[i] /= sum;
}

// The direct matchers differ only in who is a candidate.
class DirectMatcher : public Matcher {
 public:
  explicit DirectMatcher(const MatchOptions& options) : options_(options) {}

  void read(const MatchRequest& request, std::span<const float> query) final {
    expects(!request.keys.empty(), "a memory has at least one frame");
    const CellGrid grid = request.keys.front()->grid();
    expects(
        query.size() == static_cast<std::size_t>(grid.cells()) * request.keys.front()->channels(),
        "the query has the size of the memory's keys");
    prepare(request, query);
#pragma omp parallel
    {
      Candidates candidates;
#pragma omp for schedule(static)
      for (int y = 0; y < grid.height; ++y) {
        for (int x = 0; x < grid.width; ++x) {
          collect(request, query, y, x, candidates);
          read_cell(request, y * grid.width + x, candidates);
        }
      }
    }
  }

 protected:
  /// Work for all cells together.
  virtual void prepare(const MatchRequest&, std::span<const float>) {}
  /// Fills `scores` for the cell (y, x).
  virtual void collect(const MatchRequest& request, std::span<const float> query, int y, int x,
                       Candidates& candidates) = 0;
  /// The cell (frame * cells + cell) that candidate `index` of the cell (y, x) is, or -1.
  virtual std::int32_t locate(std::int32_t index, int cell, CellGrid grid) const = 0;

  const MatchOptions& options() const { return options_; }

 private:
  void read_cell(const MatchRequest& request, int cell, Candidates& candidates) const {
    // Choose the best and weigh them.
    const CellGrid grid = request.keys.front()->grid();
    const int count = static_cast<int>(candidates.scores.size());
    const int k = std::min(options_.top_k, count);
    candidates.best.resize(k);
    candidates.index.resize(k);
    match_kernels().select_top(candidates.scores.data(), count, k, candidates.best.data(),
                               candidates.index.data());
    softmax(candidates.best, k);

    // Drop those outside the frame: their values are 0.
    int inside = 0;
    candidates.cell.resize(k);
    for (int i = 0; i < k; ++i) {
      const std::int32_t at = locate(candidates.index[i], cell, grid);
      if (at < 0) continue;
      candidates.cell[inside] = at;
      candidates.best[inside] = candidates.best[i];
      ++inside;
    }

    // Gather the values of each object.
    const int channels = request.value_channels;
    std::vector<const float*>& rows = row_buffer();
    rows.resize(inside);
    for (std::size_t object = 0; object < request.values.size(); ++object) {
      for (int i = 0; i < inside; ++i) {
        const ValueFrame& values = *request.values[object][candidates.cell[i] / grid.cells()];
        rows[i] = values.data() +
                  static_cast<std::ptrdiff_t>(candidates.cell[i] % grid.cells()) * channels;
      }
      match_kernels().weighted_sum(
          rows.data(), candidates.best.data(), inside, channels,
          request.readouts[object].data() + static_cast<std::ptrdiff_t>(cell) * channels);
    }
  }

  static std::vector<const float*>& row_buffer() {
    thread_local std::vector<const float*> rows;
    return rows;
  }

  MatchOptions options_;
};

// Scores of every cell of a frame for four queries at a time.
class GlobalScores {
 public:
  // scores[i * out_stride + cell] for the queries first, first + 1, … first + 3 (copies of the last
  // past the end).
  static void compute(const KeyFrame& frame, std::span<const float> query, int first, float* scores,
                      std::ptrdiff_t out_stride) {
    const CellGrid grid = frame.grid();
    const int cells = grid.cells();
    const int channels = frame.channels();
    thread_local std::vector<float> four;
    thread_local std::vector<float> products;
    four.resize(static_cast<std::size_t>(channels) * 4);
    products.resize(4 * static_cast<std::size_t>(grid.width + 2 * kSlack));
    for (int c = 0; c < channels; ++c) {
      for (int i = 0; i < 4; ++i)
        four[c * 4 + i] =
            query[static_cast<std::size_t>(c) * cells + std::min(first + i, cells - 1)];
    }
    const float root = std::sqrt(static_cast<float>(channels));
    const std::ptrdiff_t run = grid.width + 2 * kSlack;
    for (int y = 0; y < grid.height; ++y) {
      match_kernels().row_products(four.data(), 4, frame.row(y), grid.width, channels, grid.width,
                                   products.data(), run);
      const float* norms = frame.norms(y);
      for (int i = 0; i < 4; ++i) {
        float* out = scores + i * out_stride + y * grid.width;
        for (int x = 0; x < grid.width; ++x) out[x] = (2 * products[i * run + x] - norms[x]) / root;
      }
    }
  }
};

class GlobalMatcher final : public DirectMatcher {
 public:
  using DirectMatcher::DirectMatcher;

 protected:
  void collect(const MatchRequest& request, std::span<const float> query, int y, int x,
               Candidates& candidates) override {
    const CellGrid grid = request.keys.front()->grid();
    const std::size_t total = request.keys.size() * static_cast<std::size_t>(grid.cells());
    const int cell = y * grid.width + x;

    // Four queries of a row share one pass over the keys.
    thread_local std::vector<float> four;
    const int slot = x % 4;
    if (slot == 0) {
      four.resize(4 * total);
      for (std::size_t f = 0; f < request.keys.size(); ++f) {
        GlobalScores::compute(*request.keys[f], query, cell, four.data() + f * grid.cells(),
                              static_cast<std::ptrdiff_t>(total));
      }
    }
    candidates.scores.assign(four.begin() + static_cast<std::ptrdiff_t>(slot * total),
                             four.begin() + static_cast<std::ptrdiff_t>((slot + 1) * total));
  }

  std::int32_t locate(std::int32_t index, int, CellGrid) const override { return index; }
};

class LocalMatcher final : public DirectMatcher {
 public:
  using DirectMatcher::DirectMatcher;

 protected:
  void prepare(const MatchRequest& request, std::span<const float> query) override {
    grid_ = request.keys.front()->grid();
    centres_.clear();
    if (options().matching != Matching::local_best_match) return;

    // Find the best cell of each frame for every query; of equal ones the first.
    const int cells = grid_.cells();
    centres_.resize(request.keys.size() * static_cast<std::size_t>(cells));
#pragma omp parallel
    {
      std::vector<float> scores(4 * static_cast<std::size_t>(cells));
#pragma omp for schedule(static)
      for (int first = 0; first < cells; first += 4) {
        for (std::size_t f = 0; f < request.keys.size(); ++f) {
          GlobalScores::compute(*request.keys[f], query, first, scores.data(), cells);
          for (int i = 0; i < 4 && first + i < cells; ++i) {
            const float* begin = scores.data() + static_cast<std::ptrdiff_t>(i) * cells;
            centres_[f * cells + first + i] =
                static_cast<std::int32_t>(std::max_element(begin, begin + cells) - begin);
          }
        }
      }
    }
  }

  void collect(const MatchRequest& request, std::span<const float> query, int y, int x,
               Candidates& candidates) override {
    const int window = options().window;
    const int radius = window / 2;
    const int cells = grid_.cells();
    const int channels = request.keys.front()->channels();
    const float root = std::sqrt(static_cast<float>(channels));
    const std::size_t area = static_cast<std::size_t>(window) * window;
    candidates.scores.resize(request.keys.size() * area);
    thread_local std::vector<float> products;
    const std::ptrdiff_t run = window + kSlack;
    products.resize(static_cast<std::size_t>(window * run + kSlack));

    for (std::size_t f = 0; f < request.keys.size(); ++f) {
      const KeyFrame& frame = *request.keys[f];
      const int centre = centre_of(f, y * grid_.width + x);
      const int centre_y = centre / grid_.width;
      const int centre_x = centre % grid_.width;

      // Products with the part of the window that lies in the frame.
      const int top = std::max(0, centre_y - radius);
      const int bottom = std::min(grid_.height, centre_y + radius + 1);
      const int left = std::max(0, centre_x - radius);
      const int right = std::min(grid_.width, centre_x + radius + 1);
      match_kernels().window_products(
          query.data() + y * grid_.width + x, cells, frame.row(top) + left,
          static_cast<std::ptrdiff_t>(channels) * grid_.width, grid_.width, channels, bottom - top,
          right - left, products.data(), run);

      // Scores, with the border's where a cell lies outside.
      float* out = candidates.scores.data() + f * area;
      std::fill(out, out + area, kBorderScore);
      for (int row = top; row < bottom; ++row) {
        const float* norms = frame.norms(row) + left;
        const float* product = products.data() + (row - top) * run;
        float* scores = out + static_cast<std::ptrdiff_t>(row - centre_y + radius) * window +
                        (left - centre_x + radius);
        for (int j = 0; j < right - left; ++j) scores[j] = (2 * product[j] - norms[j]) / root;
      }
    }
  }

  std::int32_t locate(std::int32_t index, int cell, CellGrid grid) const override {
    const int window = options().window;
    const int area = window * window;
    const int frame = index / area;
    const int centre = centre_of(static_cast<std::size_t>(frame), cell);
    const int y = centre / grid.width + index % area / window - window / 2;
    const int x = centre % grid.width + index % window - window / 2;
    if (y < 0 || y >= grid.height || x < 0 || x >= grid.width) return -1;
    return frame * grid.cells() + y * grid.width + x;
  }

 private:
  int centre_of(std::size_t frame, int cell) const {
    return centres_.empty() ? cell
                            : centres_[frame * static_cast<std::size_t>(grid_.cells()) + cell];
  }

  CellGrid grid_;
  std::vector<std::int32_t> centres_;  // [frame][cell], empty: the cell itself
};

}  // namespace

constexpr auto kMatchingWords = words<Matching>({{"global", Matching::global},
                                                 {"local", Matching::local},
                                                 {"local-best-match", Matching::local_best_match}});

std::string_view matching_name(Matching matching) { return kMatchingWords.of(matching); }

constexpr auto kSamplingWords = words<Sampling>({{"direct", Sampling::direct},
                                                 {"unfold", Sampling::unfold},
                                                 {"shift", Sampling::shift},
                                                 {"depth-wise", Sampling::depth_wise}});

std::string_view sampling_name(Sampling sampling) { return kSamplingWords.of(sampling); }

KeyFrame::KeyFrame(std::span<const float> key, int channels, CellGrid grid)
    : channels_(channels),
      grid_(grid),
      rows_(static_cast<std::size_t>(grid.cells()) * channels + 2 * kSlack),
      norms_(static_cast<std::size_t>(grid.cells())) {
  expects(key.size() == static_cast<std::size_t>(channels) * grid.cells(),
          "a key has one number a channel and cell");
  for (int y = 0; y < grid.height; ++y) {
    float* norms = norms_.data() + static_cast<std::ptrdiff_t>(y) * grid.width;
    for (int c = 0; c < channels; ++c) {
      const float* from =
          key.data() + (static_cast<std::ptrdiff_t>(c) * grid.height + y) * grid.width;
      float* to = rows_.data() + (static_cast<std::ptrdiff_t>(y) * channels + c) * grid.width;
      std::copy(from, from + grid.width, to);
      for (int x = 0; x < grid.width; ++x) norms[x] += from[x] * from[x];
    }
  }
}

std::vector<float> KeyFrame::plain() const {
  std::vector<float> key(static_cast<std::size_t>(channels_) * grid_.cells());
  for (int y = 0; y < grid_.height; ++y) {
    for (int c = 0; c < channels_; ++c) {
      const float* from = row(y) + static_cast<std::ptrdiff_t>(c) * grid_.width;
      std::copy(from, from + grid_.width,
                key.data() + (static_cast<std::ptrdiff_t>(c) * grid_.height + y) * grid_.width);
    }
  }
  return key;
}

std::unique_ptr<Matcher> make_matcher(const MatchOptions& options) {
  if (options.top_k < 1) {
    throw Error::about(ErrorKind::usage, "top_k", "is " + std::to_string(options.top_k),
                       "1 or more");
  }
  if (options.matching == Matching::global) {
    if (options.sampling != Sampling::direct) {
      throw Error::about(ErrorKind::usage, "sampling",
                         "is " + std::string(sampling_name(options.sampling)),
                         "direct: global matching has no windows");
    }
    return std::make_unique<GlobalMatcher>(options);
  }
  if (options.window < 1 || options.window % 2 == 0) {
    throw Error::about(ErrorKind::usage, "window", "is " + std::to_string(options.window),
                       "an odd number of cells");
  }
  if (options.sampling == Sampling::direct) return std::make_unique<LocalMatcher>(options);
  if (options.matching != Matching::local) {
    throw Error::about(ErrorKind::usage, "sampling",
                       "is " + std::string(sampling_name(options.sampling)),
                       "direct: only windows at the cell's own position are sampled otherwise");
  }
  return make_torch_matcher(options);
}

}  // namespace angiobench
