// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "baselines/matching/matcher.h"
#include "baselines/weights/network_spec.h"
#include "baselines/weights/state_dict.h"

namespace angiobench {

/// What an engine computed from one frame; only the engine that made it can use it.
class FrameEncoding {
 public:
  virtual ~FrameEncoding() = default;
};

/// The network, frame by frame and object by object, in plain floats. Images and masks are planes
/// of height x width pixels (multiples of 16), row by row; values and read-outs are cells x
/// spec().value_channels(), cell by cell. Not thread-safe; each call uses as many threads as
/// set_engine_threads said.
class NetworkEngine {
 public:
  virtual ~NetworkEngine() = default;

  virtual const NetworkSpec& spec() const = 0;
  /// One line: library, version, instruction set.
  virtual std::string describe() const = 0;

  /// Encodes a frame: 3 planes, normalised. The encoding keeps what it needs of the image.
  virtual std::unique_ptr<FrameEncoding> encode_frame(std::span<const float> image, int height,
                                                      int width) = 0;
  /// The frame's key, channels x cells, channel by channel.
  virtual void copy_key(const FrameEncoding& frame, std::span<float> key) const = 0;
  /// The value of one object: its own (soft) mask and the sum of all others' -> cells x value
  /// channels.
  virtual void encode_value(FrameEncoding& frame, std::span<const float> mask,
                            std::span<const float> others, std::span<float> value) = 0;
  /// The probability (after the sigmoid) of one object for each pixel.
  virtual void decode(FrameEncoding& frame, std::span<const float> readout,
                      std::span<float> probability) = 0;
};

enum class EngineKind {
  fast,   // oneDNN called directly, batch norm folded, shared work once a frame; CPU
  torch,  // the network written down with LibTorch: slow twin of `fast`, and the one for CUDA
};

std::string_view engine_name(EngineKind kind);

/// An engine for weights that fit `spec` (check_state_dict). `device`: "cpu" or "cuda" (torch
/// only). `fast` keeps `weights` for clips of other sizes. Throws Error{inconclusive} for a device
/// or engine that this build lacks.
std::unique_ptr<NetworkEngine> make_engine(EngineKind kind, const NetworkSpec& spec,
                                           std::shared_ptr<const StateDict> weights,
                                           const std::string& device = "cpu");

/// `fast` where this build and processor have it, else `torch`.
EngineKind best_engine(const std::string& device = "cpu");

/// What the fast engine runs on, e.g. "oneDNN 2.6.3, blocks of 16"; empty where this build has
/// none.
std::string fast_engine_version();

/// Sets the number of threads that engines and matching use, here and in LibTorch; 0: all cores.
void set_engine_threads(int threads);

}  // namespace angiobench
