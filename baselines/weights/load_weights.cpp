// SPDX-License-Identifier: MIT
#include "baselines/weights/load_weights.h"

#include <charconv>
#include <utility>

#include "baselines/weights/safetensors.h"
#include "baselines/weights/seed_weights.h"
#include "baselines/weights/shipped_weights.h"
#include "dataset/error.h"

namespace angiobench {

namespace {

constexpr int kMaxResize = 16384;

}  // namespace

LoadedWeights load_weights(const std::string& name) {
  const auto shipped = shipped_weights(name);
  constexpr std::string_view kSeed = "seed";
  constexpr std::string_view kSeedFile = "seed:";
  LoadedWeights loaded;
  loaded.is_trained = name != kSeed && !name.starts_with(kSeedFile);
  StateDict weights;
  if (name == kSeed) {
    weights = random_weights({});
  } else if (name.starts_with(kSeedFile)) {
    const std::string file = name.substr(kSeedFile.size());
    weights = reference_weights(read_safetensors(file), file);
  } else {
    WeightsMetadata words;
    weights = shipped ? parse_safetensors(MemorySource(*shipped, name), &words)
                      : read_weights(name, &words);
    loaded.normalization = words["normalization"];
    if (!loaded.normalization.empty() && loaded.normalization != "xray" &&
        loaded.normalization != "imagenet") {
      throw Error(ErrorKind::input, name, "says normalization '" + loaded.normalization + "'",
                  "xray or imagenet");
    }
    if (const std::string& resize = words["resize"]; !resize.empty()) {
      const auto [end, code] =
          std::from_chars(resize.data(), resize.data() + resize.size(), loaded.resize);
      if (code != std::errc() || end != resize.data() + resize.size() || loaded.resize < 0 ||
          loaded.resize > kMaxResize) {
        throw Error(ErrorKind::input, name, "says resize '" + resize + "'",
                    "0 to " + std::to_string(kMaxResize));
      }
    }
  }
  loaded.source = loaded.is_trained ? name.substr(name.rfind('/') + 1) : std::string(kSeed);
  loaded.spec = network_spec_of(weights, name);
  check_state_dict(weights, network_tensors(loaded.spec), name);
  loaded.digest = state_dict_digest(weights);
  loaded.weights = std::make_shared<const StateDict>(std::move(weights));
  return loaded;
}

}  // namespace angiobench
