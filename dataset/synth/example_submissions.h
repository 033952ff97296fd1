// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "dataset/files/output_folder.h"
#include "dataset/masks/mask.h"
#include "dataset/masks/png.h"

namespace angiobench::synth {

/// How far an example is from the truth. Lengths are shares of the image's width.
struct ExampleQuality {
  std::string_view name;  // its folder
  double wobble = 0;      // by which outlines leave their place, standard deviation
  int num_holes = 0;      // round places of an image in which nothing is found
  double hole = 0;        // their radius
  double blur = 0;        // of a map, standard deviation
  double noise = 0;       // of a map, standard deviation of the probability
  double confused = 0;    // share of sequences in which two classes are taken for each other
};

inline constexpr std::array<ExampleQuality, 2> kExampleQualities = {{
    {"fine", 0.0015, 1, 0.03, 0.002, 0.03, 0},
    {"coarse", 0.005, 3, 0.06, 0.006, 0.1, 0.5},
}};

/// The truth as a method of that quality might predict it: outlines that wobble by smooth noise,
/// and holes. Labels are the truth's. Same seed, same bytes.
Mask degraded(const MaskView& truth, const ExampleQuality& quality, std::uint64_t seed);

/// The probability that such a method gives a mask's object, times 255.
std::vector<std::uint8_t> probability_map(const MaskView& truth, const ExampleQuality& quality,
                                          std::uint64_t seed);

/// Example submissions, <folder>/<quality>/…, in the forms that the benchmarks of synthetic data
/// take. They are the truth, made worse: for trying out and for tests, not for a comparison with
/// anything. All members but commit() may be called from several threads; they do nothing where
/// there is no folder.
class ExampleSubmissions {
 public:
  /// `folder` must not exist or be empty (Error{input}); an empty name: there is none.
  ExampleSubmissions(const std::string& folder, std::uint64_t seed);

  /// Labels of a video's frame at <sequence>/<frame>.png. What is given to a method is kept as it
  /// is (`is_given`).
  void add_labels(const std::string& sequence, const std::string& frame, const Mask& truth,
                  std::span<const Rgb> palette, bool is_given) const;
  /// As add_labels for classes: in some sequences classes 2 and 3 are taken for each other.
  void add_classes(const std::string& sequence, const std::string& frame, const Mask& truth,
                   std::span<const Rgb> palette) const;
  /// A probability map of an image at <name>.png.
  void add_map(const std::string& name, const Mask& truth) const;
  /// An array [planes, height, width] at <name>.npy.
  void add_planes(const std::string& name, std::span<const Mask> truth) const;

  /// Puts the folder into place.
  void commit();

 private:
  std::unique_ptr<OutputFolder> out_;
  std::uint64_t seed_;
};

}  // namespace angiobench::synth
