// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "dataset/files/digest.h"
#include "dataset/files/file_tree.h"
#include "dataset/masks/mask.h"
#include "dataset/masks/mask_source.h"
#include "dataset/masks/png.h"
#include "dataset/sequence_index.h"
#include "dataset/validator/mask_facts.h"

namespace angiobench {

/// Why an annotation could not be taken.
enum class Trouble {
  none,
  missing,     // no such file
  unreadable,  // not a PNG (or .npy), truncated or corrupt
  color,       // a colour type that the role may not have, or a colour image
  depth,       // 16 bits where the role may not have them
  not_binary,  // objects, planes: a value that is neither background nor the object
  size,        // not the size that the frame has
  type,        // an array whose values are no labels (floats)
  shape,       // an array of another number of planes or another size than expected, or no planes
  limit,       // larger than a file from a stranger may be
};

/// The annotation of one frame as it lies on disk.
struct Annotation {
  Trouble trouble = Trouble::none;
  std::string message;  // what was found, where there is trouble
  std::string path;     // of the file with trouble, else of the (first) file, as the user named it
  int object = -1;      // the object whose file has trouble, -1: the whole frame
  int color_type = -1;  // of the first file; -1: not a PNG
  int bit_depth = 0;
  std::string disorder;    // what is wrong with the order of the palette; empty: nothing
  int foreign_label = -1;  // a label whose palette colour is not the data set's; -1: none
  MaskFacts facts;         // labels as they are on disk (object ids + 1, where objects may overlap)
  /// Fingerprint of the object ids: equal for equal masks of whatever labels
  std::uint64_t identity = 0;
  Sha256 digest{};  // of the files' bytes
};

/// The semantic masks that a data set has beside its own.
struct SemanticMasks {
  std::string root;          // relative to the truth; empty: there are none
  std::vector<Rgb> palette;  // colours of the classes, by id; empty where the benchmark has none
};
SemanticMasks semantic_masks_of(const SequenceIndex& index);

/// Reads annotations of a source with everything that a validator asks of them: why one cannot be
/// taken, and what its pixels say. Owns the buffers. One a thread.
class AnnotationReader {
 public:
  explicit AnnotationReader(const FileMaskSource& source) : source_(source) {}

  /// Reads a frame's mask; it is refused by its header, before a pixel is decoded.
  Annotation read(const Sequence& sequence, std::string_view frame,
                  const ExpectedMask& expected = {});

  /// As runs: object ids of the frame read last, overlapping ones painted over each other; valid
  /// until the next read. Empty (width 0) where there was trouble.
  const MaskLabels& ids() const { return ids_; }
  /// The same as it is kept, where each frame has one mask of labels.
  const MaskLabels& labels() const { return labels_; }

  /// The values of the map that was read last, valid until the next read; none (width 0) of another
  /// storage.
  const GreyMap& map() const { return map_; }

  /// Reads one PNG of labels at `relative`, colours mapped through `palette`; the labels are in
  /// ids().
  Annotation read_png(const std::string& relative, std::span<const Rgb> palette);

 private:
  void read_objects(const Sequence& sequence, std::string_view frame, Annotation& annotation);
  void read_planes(const Sequence& sequence, std::string_view frame, Annotation& annotation);
  // Decodes the PNG at `relative`; returns its labels as runs, empty where there was trouble.
  MaskLabels decode(const std::string& relative, std::span<const Rgb> palette,
                    Annotation& annotation);
  MaskView decode_map(const PngHeader& header, const std::string& path, Annotation& annotation);
  void explain_array(const std::string& relative, Annotation& annotation);
  bool is_within_limits(const PngHeader& header, const std::string& path, Annotation& annotation);

  const FileMaskSource& source_;
  MaskBuffers buffers_;
  Mask painted_;
  std::vector<LabelRun> scanned_;  // of a mask that its decoder gave as pixels
  MappedMask mapped_;
  MaskLabels ids_;
  MaskLabels labels_;
  GreyMap map_;
  ExpectedMask expected_;
};

}  // namespace angiobench
