// SPDX-License-Identifier: MIT
#include "baselines/weights/load_weights.h"

#include <boost/filesystem/operations.hpp>
#include <charconv>
#include <set>
#include <utility>

#include "baselines/weights/safetensors.h"
#include "baselines/weights/seed_weights.h"
#include "baselines/weights/shipped_weights.h"
#include "baselines/weights/weights_set.h"
#include "dataset/error.h"

namespace angiobench {

namespace {

constexpr int kMaxResize = 16384;

// Leaves out what the network does not have, adds what it does not need.
StateDict fitted(StateDict weights, const std::vector<TensorSpec>& expected,
                 std::vector<std::string>& notes) {
  constexpr std::string_view kCounter = ".num_batches_tracked";
  std::set<std::string_view> known;
  for (const TensorSpec& tensor : expected) known.insert(tensor.name);
  StateDict own;
  std::vector<std::string> left;
  for (StateDict::Entry& entry : weights.entries()) {
    if (known.contains(entry.name)) {
      own.add(entry.name, std::move(entry.tensor));
    } else {
      left.push_back(entry.name);
    }
  }
  if (!left.empty()) {
    notes.push_back("left out, for the network does not have them: " + std::to_string(left.size()) +
                    (left.size() == 1 ? " tensor, " : " tensors, ") + some_names(left));
  }
  int num_counters = 0;
  for (const TensorSpec& tensor : expected) {
    if (!tensor.name.ends_with(kCounter) || own.find(tensor.name) != nullptr) continue;
    own.add(tensor.name,
            {tensor.type, tensor.shape, std::vector<std::uint8_t>(element_size(tensor.type))});
    ++num_counters;
  }
  if (num_counters > 0) {
    notes.push_back(std::to_string(num_counters) +
                    " counters (num_batches_tracked) are missing and taken as 0: they take no part "
                    "in predicting");
  }
  return own;
}

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
    // "#NAME" behind a file that is there without it.
    const std::size_t mark = name.rfind('#');
    boost::system::error_code ignored;
    const bool has_choice =
        mark != std::string::npos && mark > 0 && !boost::filesystem::exists(name, ignored);
    const std::string file = has_choice ? name.substr(0, mark) : name;
    std::string note;
    weights = shipped ? parse_safetensors(MemorySource(*shipped, name), &words)
                      : read_weights(file, &words, has_choice ? name.substr(mark + 1) : "", &note);
    if (!note.empty()) loaded.notes.push_back(file + " " + note);
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
  const std::vector<TensorSpec> expected = network_tensors(loaded.spec);
  if (loaded.is_trained) weights = fitted(std::move(weights), expected, loaded.notes);
  check_state_dict(weights, expected, name);
  loaded.digest = state_dict_digest(weights);
  loaded.weights = std::make_shared<const StateDict>(std::move(weights));
  return loaded;
}

}  // namespace angiobench
