// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace angiobench {

/// How the memory is searched for what resembles a cell of the present frame.
enum class Matching {
  global,  // every cell of every remembered frame (STCN)
  local,   // the window round the cell's own position (the paper's network as its code runs)
  local_best_match,  // the window round the best cell of each frame (paper, Eq. 8-9); without
                     // reference
};

/// Who computes local matching. All but `direct` copy every window (window^2 times the keys and
/// values) with LibTorch: they are the rows of the paper's Table 3 and the twins that `direct` is
/// tested against.
enum class Sampling {
  direct,      // window products and a gather of the best values; nothing is copied
  unfold,      // im2col (the paper's choice)
  shift,       // one shifted copy of the features per window position
  depth_wise,  // convolution with one one-hot kernel per window position
};

/// "global", "local", "local-best-match"; "direct", "unfold", "shift", "depth-wise".
std::string_view matching_name(Matching matching);
std::string_view sampling_name(Sampling sampling);

struct MatchOptions {
  Matching matching = Matching::local;
  Sampling sampling = Sampling::direct;
  int window = 15;  // side of the window in cells, odd; no parameter of the network depends on it
  int top_k = 20;   // candidates that take part in the read-out; all, where there are fewer
};

/// Size of a frame in cells of 16x16 pixels.
struct CellGrid {
  int height = 0;
  int width = 0;

  int cells() const { return height * width; }
  friend bool operator==(const CellGrid&, const CellGrid&) = default;
};

/// Score of a window cell that lies outside the frame: the official code's penalty (its -100 is
/// never reached). Such cells have value 0 and compete with the others for the top-k.
inline constexpr float kBorderScore = -1.0F;

/// Keys of one remembered frame, laid out for products with windows and without a margin: windows
/// are cut where they leave the frame. Shared by all objects that remember the frame.
class KeyFrame {
 public:
  /// `key`: channels x cells, channel by channel.
  KeyFrame(std::span<const float> key, int channels, CellGrid grid);

  int channels() const { return channels_; }
  CellGrid grid() const { return grid_; }

  /// Row y of the keys, channel-major: `channels` runs of grid().width floats, 32 readable floats
  /// after the last row's last run.
  const float* row(int y) const {
    return rows_.data() + static_cast<std::ptrdiff_t>(y) * channels_ * grid_.width;
  }
  /// Squared norms of row y's keys, one run.
  const float* norms(int y) const {
    return norms_.data() + static_cast<std::ptrdiff_t>(y) * grid_.width;
  }
  /// The key as it came.
  std::vector<float> plain() const;
  std::size_t bytes() const { return (rows_.size() + norms_.size()) * sizeof(float); }

 private:
  int channels_;
  CellGrid grid_;
  std::vector<float> rows_;
  std::vector<float> norms_;
};

/// What an object remembers of one frame: cells x value channels, cell by cell.
using ValueFrame = std::vector<float>;

/// The memory of objects that remember the same frames.
struct MatchRequest {
  std::vector<const KeyFrame*> keys;                   // a frame each, oldest first
  std::vector<std::vector<const ValueFrame*>> values;  // [object][frame]
  std::vector<std::span<float>> readouts;              // [object] cells x value channels, written
  int value_channels = 0;
};

/// Reads the memory. For a query q and a candidate with key k the score is (2 k.q - |k|^2) /
/// sqrt(channels); the best `top_k` of all candidates share a softmax, and the read-out is the mean
/// of their values under it.
class Matcher {
 public:
  virtual ~Matcher() = default;
  /// `query`: channels x cells, channel by channel, of the size of the remembered frames.
  virtual void read(const MatchRequest& request, std::span<const float> query) = 0;
};

/// The matcher for some options. Throws Error{usage} for an even window, a top-k below 1, or a
/// sampling other than `direct` with a matching other than `local`.
std::unique_ptr<Matcher> make_matcher(const MatchOptions& options);

}  // namespace angiobench
