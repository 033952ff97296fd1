// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "baselines/predictor.h"
#include "baselines/weights/state_dict.h"

namespace angiobench {

/// What a predictor may be told; each takes what concerns it. A value of -1 is "the predictor's own
/// default".
struct PredictorOptions {
  /// Learned predictors: checked by check_state_dict before it comes here
  std::shared_ptr<const StateDict> weights;
  int window = -1;  // local: side of the matching window, odd, in cells of 16 pixels (default 15)
  int top_k = -1;   // candidates that take part in the read-out (default 20)
  int memory_every = -1;       // a frame is remembered every so many (default 5)
  int max_memory_frames = -1;  // frames that are remembered at most (default 64); 0: no limit
  bool include_last = false;   // the previous frame is a temporary memory
  /// Local: the window sits on the best match (paper, Eq. 8-9; without reference)
  bool best_match_window = false;
  int resize = -1;             // shorter side that frames are resized to; 0: not resized
  std::string normalization;   // "xray", "imagenet"; empty: the predictor's own
  std::string device = "cpu";  // "cpu", "cuda"
  int threads = 0;             // 0: all cores
};

/// A row of the table of predictors.
struct PredictorKind {
  std::string_view name;     // "stcn"
  std::string_view summary;  // one line for --help
  std::string_view source;   // where it comes from
  bool needs_weights;        // whether PredictorOptions::weights must be there
  std::unique_ptr<Predictor> (*make)(const PredictorOptions& options);
};

/// Every predictor of this build (without LibTorch the learned ones are missing).
std::span<const PredictorKind> predictor_kinds();

/// The predictor of this name. Throws Error{usage} for an unknown name (lists the known ones) and
/// for options that do not fit it, Error{inconclusive} for a learned one in a build without
/// LibTorch.
std::unique_ptr<Predictor> make_predictor(std::string_view name, const PredictorOptions& options);

}  // namespace angiobench
