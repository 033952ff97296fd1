// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "dataset/error.h"
#include "dataset/progress.h"
#include "dataset/synth/scene.h"
#include "dataset/words.h"

namespace angiobench::synth {

/// What kind of data set is made.
enum class Kind {
  objects,   // videos with masks of objects and of classes, in MOSXAV's layout
  semantic,  // the same, with the benchmarks of its classes
  dsa,       // runs of subtraction angiography with one mask each, in DIAS's layout
  chest,     // radiographs with parts that overlap, in PAXRay's layout
};

/// What `synth` makes. The defaults are MOSXAV's own numbers.
struct SynthOptions {
  Kind kind = Kind::objects;
  int size = 512;                            // pixels a side, 64..2048
  int min_frames = 33;                       // each sequence draws its length
  int max_frames = 60;                       // at most 1000
  std::array<int, 3> sequences{18, 12, 12};  // train, val, test
  double frame_rate = 15;                    // frames a second, 1..60
  Difficulty difficulty = Difficulty::normal;
  std::uint64_t seed = 1;
  /// Trainval: every so many frames and the last are annotated; test: every frame
  int annotation_step = 5;
  int jpeg_quality = 95;      // 1..100
  bool trusts_masks = false;  // of from_masks: takes every value as an object
  std::string from_masks;     // a folder of real mask sequences to render frames for; empty: none
  std::string sheet;          // PNG file for a contact sheet; empty: none
  std::string examples;       // a folder for example submissions for the test split; empty: none
  int jobs = 0;               // threads; 0: all cores
};

/// What came out.
struct SynthSummary {
  int sequences = 0;
  int frames = 0;                       // images
  int masks = 0;                        // annotated frames
  int objects = 0;                      // over all sequences
  std::vector<std::string> notes = {};  // of real masks: order and copies, where not as expected
};

/// What files and people call each kind.
inline constexpr auto kKinds = words<Kind>({{"objects", Kind::objects},
                                            {"semantic", Kind::semantic},
                                            {"dsa", Kind::dsa},
                                            {"chest", Kind::chest}});
/// What people call each difficulty.
inline constexpr auto kDifficulties = words<Difficulty>(
    {{"easy", Difficulty::easy}, {"normal", Difficulty::normal}, {"hard", Difficulty::hard}});

/// Every option that is out of its range: Error{usage} about its field.
std::vector<Error> mistakes_of(const SynthOptions& options);
/// Throws the first of them.
void check_options(const SynthOptions& options);

/// Makes a data set in the layout of its kind at `folder`, which must not exist or be empty:
/// everything is written to a temporary folder beside it, which is renamed at the end. Same
/// options, same bytes, whatever the number of threads. Beside the layout's files it has
/// `synth.json` (options, seed and what each sequence shows) and `benchmarks/` (benchmark
/// definitions with the right size, for
/// `--dataset FILE`). Throws Error{input} where something cannot be read or written.
SynthSummary synthesize(const std::string& folder, const SynthOptions& options,
                        const ProgressCallback& progress = {});

}  // namespace angiobench::synth
