// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "dataset/benchmark.h"
#include "dataset/grey_frame.h"
#include "dataset/progress.h"

namespace angiobench {

/// How values are spread: quartiles by nearest rank, as the validation's object sizes.
struct ValueSpread {
  std::uint64_t count = 0;  // 0: nothing was measured, the others say nothing
  double least = 0;
  double quartile_1 = 0;
  double median = 0;
  double quartile_3 = 0;
  double most = 0;
};

/// Sorts the values and sums them up.
ValueSpread spread_of(std::vector<double> values);

/// What is measured of one sequence beside its statistics.
struct SequenceTraits {
  std::string name;
  std::uint64_t images = 0;           // of its video; 0: none lie here
  std::uint64_t annotated = 0;        // masks that could be read
  std::uint64_t object_frames = 0;    // objects in masks
  std::uint64_t border_frames = 0;    // of those, with a pixel on the border of the frame
  std::uint64_t still_masks = 0;      // masks with objects that equal the one before
  std::uint64_t repeated_images = 0;  // images that equal the one before, byte by byte
  ValueSpread motion;                 // of all its objects, see DatasetTraits
};

/// A class, and where it occurs.
struct ClassTraits {
  int id = 0;
  std::string name;
  Rgb color{};
  std::uint64_t sequences = 0;
  std::uint64_t frames = 0;
  std::uint64_t pixels = 0;
};

/// The same content in two places.
struct Duplicate {
  std::string what;  // "mask", "image"
  std::string first;
  std::string second;  // in another sequence, or "split: sequence/frame"
};

/// What another split of the same data set shares with this one.
struct SplitOverlap {
  std::string split;
  std::uint64_t sequences = 0;          // that it has
  std::vector<std::string> same_names;  // sequences that stand in both
  std::uint64_t same_masks = 0;         // masks with objects that occur in both
  std::uint64_t same_images = 0;
};

/// A file that a data set has once, as catalogues list it.
struct DataFile {
  std::string path;    // relative to the data set's root
  std::string sha256;  // 64 hexadecimal digits
  std::uint64_t bytes = 0;
};

/// What a description of a data set says beside what a validation found. Masks that cannot be read
/// say nothing here.
struct DatasetTraits {
  std::map<std::pair<int, int>, std::uint64_t> sizes;  // width and height -> masks
  std::vector<SequenceTraits> sequences;               // in the index's order
  ValueSpread lengths;                                 // masks a sequence
  ValueSpread images;                                  // images a sequence, where there are any
  ValueSpread
      strides;  // frames from one annotated frame to the next, by the numbers in their names
  ValueSpread objects;  // objects a sequence
  /// How far the centre of an object moves from one annotated frame that shows it to the next, in
  /// pixels a frame (by the numbers in their names; by position where names have none).
  ValueSpread motion;
  ValueSpread motion_share;  // the same as a share of the frame's diagonal
  /// Intersection over union of an object's mask with its own in the annotated frame before.
  ValueSpread overlap;
  /// Brightness of an object against the ring of 5 pixels around it that belongs to no object:
  /// mean outside - mean inside, in grey levels of 255; above 0: the object is darker. Of the
  /// first, middle and last annotated frame of each sequence.
  ValueSpread contrast;
  std::uint64_t contrast_frames = 0;  // frames that were looked at
  std::uint64_t object_frames = 0;
  std::uint64_t border_frames = 0;
  std::uint64_t num_objects = 0;
  std::uint64_t border_objects = 0;  // that touch the border in every mask that shows them
  std::uint64_t still_masks = 0;
  std::uint64_t repeated_images = 0;
  std::map<std::string, std::uint64_t> image_types;  // suffix -> images
  std::string class_source;  // what the classes are of: "masks", "semantic masks"; empty: neither
  std::vector<ClassTraits> classes;
  // Between sequences; the first few, and how many there are.
  std::vector<Duplicate> duplicates;
  std::uint64_t num_same_masks = 0;
  std::uint64_t num_same_images = 0;
  std::vector<SplitOverlap> splits;  // those that lie below the same root
  // For catalogues, relative to the data set's root.
  std::string masks_glob;
  std::string images_glob;  // empty: no images
  std::vector<DataFile> files;
};

struct TraitOptions {
  int jobs = 0;  // threads, 0: all cores; the outcome is the same for any number
  std::string meta_file;
  std::vector<std::string> sequences;  // only these; empty: all
  GreyFrameReader grey_frames;         // of frames that are no PNG; empty: they are not looked at
  ProgressCallback progress;           // in masks
};

/// Reads every mask (and hashes every image) of a benchmark's split below `root`, and the masks and
/// images of the data set's other splits where they lie below the same root. Throws Error{input}
/// where nothing of the layout is there.
DatasetTraits read_dataset_traits(const std::string& root, const BenchmarkDefinition& benchmark,
                                  const TraitOptions& options = {});

}  // namespace angiobench
