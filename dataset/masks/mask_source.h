// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "dataset/benchmark.h"
#include "dataset/files/digest.h"
#include "dataset/files/file_tree.h"
#include "dataset/masks/coco_masks.h"
#include "dataset/masks/mask.h"
#include "dataset/masks/npy.h"
#include "dataset/masks/png.h"
#include "dataset/sequence_index.h"

namespace angiobench {

/// What is known of a mask before it is read.
struct ExpectedMask {
  int width = 0;  // 0: not known
  int height = 0;
  std::uint64_t max_bytes = 0;    // of its file (check_mask_bytes)
  bool is_from_stranger = false;  // whether there are limits at all
  int num_planes = 0;             // of an array; 0: not known
};

/// Seconds that reading took, by stage.
struct ReadSeconds {
  double read = 0;    // files into memory
  double hash = 0;    // digests
  double decode = 0;  // to labels
};

/// What a thread reads masks with: buffers that are reused from mask to mask.
struct MaskBuffers {
  MaskDecoder decoder;
  std::vector<std::uint8_t> bytes;  // of the file that was read last
  Mask mask;                        // labels that no decoder made
  CocoBuffers coco;                 // of masks that a tree keeps as runs
  ReadSeconds* seconds = nullptr;   // where the clock is to be looked at
};

/// The planes of one frame, one after the other: objects that may overlap.
class PlaneReader {
 public:
  virtual ~PlaneReader() = default;
  /// Object ids of the planes, in the order in which next() gives them.
  const std::vector<int>& ids() const { return ids_; }
  /// The size of an array, known before a plane is read; zeros where every object has a file.
  const PlaneShape& shape() const { return shape_; }
  /// The next plane; the object is where it is not 0. Valid until the next call, also of another
  /// reader with the same buffers. Throws Error{input} where it cannot be read or has not the
  /// expected size, Error{limit} where its file is too large.
  virtual MaskView next(const ExpectedMask& expected) = 0;
  /// Over what was read; once, after the last plane.
  virtual Sha256 digest() = 0;

 protected:
  std::vector<int> ids_;
  PlaneShape shape_;
};

/// The one who knows where masks are: the masks of a ground truth or of a submission, in a folder,
/// a zip or a caller's memory. Says whether a mask is there and what it is called, reads it as
/// labels or as planes, and knows what its labels mean. All members are safe to call from several
/// threads, each with buffers of its own.
///
/// `frame` is a frame's name. In files of a submission the first of the benchmark's
/// `submission_masks` that is there counts.
class MaskSource {
 public:
  virtual ~MaskSource() = default;

  const BenchmarkDefinition& benchmark() const { return benchmark_; }
  MaskRole role() const { return role_; }
  MaskStorage storage() const;
  /// Whether frames are read with open_planes and not with read_labels.
  bool has_planes() const;
  /// Raw label -> object id.
  const std::array<std::uint8_t, 256>& ids() const;

  /// What a message calls the whole, the masks of a sequence, and one mask (of one object where a
  /// frame has several files).
  virtual std::string display() const = 0;
  virtual std::string display(const Sequence& sequence) const = 0;
  virtual std::string display(const Sequence& sequence, std::string_view frame,
                              int object = -1) const = 0;

  /// What lies where sequences would: names, sorted bytewise, and what a message calls one.
  virtual std::vector<std::string> names() const = 0;
  virtual std::string display_name(const std::string& name) const = 0;
  /// Of a submission that holds no sequence of the index: what is there and what to give instead
  /// (place_hint); empty where nobody knows.
  virtual std::string hint_of_place(const SequenceIndex&) const { return {}; }
  /// What lies in place of masks where a sequence has none: "holds 6 .jpg files; masks must be
  /// .png"; empty where it has some, or nothing at all.
  virtual std::string other_contents(const Sequence&) const { return {}; }
  /// What is called like a mask of the sequence, or like its folder, and is no regular file or
  /// folder: what a message calls it, and what it is. Nothing is read from it.
  virtual std::optional<OddEntry> odd_entry(const Sequence&) const { return std::nullopt; }
  /// For each frame of the sequence whether all is there that the truth has of it.
  virtual std::vector<bool> present(const Sequence& sequence) const = 0;
  /// Where each object has a mask: ids whose mask of this frame the truth has and this one lacks.
  virtual std::vector<int> missing_objects(const Sequence& sequence,
                                           std::string_view frame) const = 0;

  /// The labels of a frame as they are kept, a map thresholded to 0 and 1. Valid until the buffers
  /// are used again. `digest` becomes that of the file, of an array that of its size and pixels.
  /// Throws Error{input} where there is no such mask, it cannot be read or has not the expected
  /// size, Error{limit} where its file is too large.
  virtual MaskView read_labels(const Sequence& sequence, std::string_view frame,
                               const ExpectedMask& expected, MaskBuffers& buffers,
                               Sha256& digest) const = 0;
  /// The same as runs, where the file has them so.
  virtual MaskLabels read_runs(const Sequence& sequence, std::string_view frame,
                               const ExpectedMask& expected, MaskBuffers& buffers,
                               Sha256& digest) const {
    return read_labels(sequence, frame, expected, buffers, digest);
  }
  /// The planes of a frame. An array is held against the expected size and number of planes by its
  /// header, before a value is read; its file may have a byte a value and 64 KiB where
  /// `expected.max_bytes` is 0. Throws as read_labels.
  virtual std::unique_ptr<PlaneReader> open_planes(const Sequence& sequence, std::string_view frame,
                                                   const ExpectedMask& expected,
                                                   MaskBuffers& buffers) const = 0;

 protected:
  MaskSource(const BenchmarkDefinition& benchmark, MaskRole role)
      : benchmark_(benchmark), role_(role) {}

 private:
  BenchmarkDefinition benchmark_;
  MaskRole role_;
};

class RunTree;

/// Masks in a tree of files; of a RunTree without their files being made.
class FileMaskSource final : public MaskSource {
 public:
  FileMaskSource(std::shared_ptr<const FileTree> tree, const BenchmarkDefinition& benchmark,
                 MaskRole role);

  const FileTree& tree() const { return *tree_; }
  /// Where the mask of a frame lies (of one object where each has a file), relative to the tree;
  /// where it would lie if it is not there.
  std::string path(const Sequence& sequence, std::string_view frame, int object = -1) const;
  /// Every file of a frame's annotation, relative to the tree, whether it is there or not.
  std::vector<std::string> paths(const Sequence& sequence, std::string_view frame) const;
  /// Frames that have a mask in a folder that is called `name` where sequences lie.
  FrameNames list_frames(const std::string& name) const;

  std::string display() const override { return tree_->display_path(""); }
  std::string display(const Sequence& sequence) const override;
  std::string display(const Sequence& sequence, std::string_view frame,
                      int object = -1) const override;
  std::vector<std::string> names() const override { return tree_->folders(""); }
  std::string display_name(const std::string& name) const override {
    return tree_->display_path(name);
  }
  std::string hint_of_place(const SequenceIndex& index) const override;
  std::string other_contents(const Sequence& sequence) const override;
  std::optional<OddEntry> odd_entry(const Sequence& sequence) const override;
  std::vector<bool> present(const Sequence& sequence) const override;
  std::vector<int> missing_objects(const Sequence& sequence, std::string_view frame) const override;
  MaskView read_labels(const Sequence& sequence, std::string_view frame,
                       const ExpectedMask& expected, MaskBuffers& buffers,
                       Sha256& digest) const override;
  MaskLabels read_runs(const Sequence& sequence, std::string_view frame,
                       const ExpectedMask& expected, MaskBuffers& buffers,
                       Sha256& digest) const override;
  std::unique_ptr<PlaneReader> open_planes(const Sequence& sequence, std::string_view frame,
                                           const ExpectedMask& expected,
                                           MaskBuffers& buffers) const override;

  /// The values of a probability map, for who asks for more than its threshold. Throws as
  /// read_labels.
  GreyMap read_map(const Sequence& sequence, std::string_view frame, const ExpectedMask& expected,
                   MaskBuffers& buffers) const;

  /// One PNG at `relative`: what read_labels does for a frame's. `object` is for who reads planes.
  MaskView read_png(const std::string& relative, const ExpectedMask& expected, MaskBuffers& buffers,
                    Sha256& digest) const;

 private:
  void load(const std::string& relative, const ExpectedMask& expected, MaskBuffers& buffers,
            Sha256& digest) const;
  MaskDecodeOptions decode_options(const ExpectedMask& expected) const;
  MaskLabels read_kept_runs(const RunTree& tree, const std::string& relative,
                            const ExpectedMask& expected, MaskBuffers& buffers,
                            Sha256& digest) const;

  std::shared_ptr<const FileTree> tree_;
  const RunTree* run_tree_;  // the same, where it keeps runs; else null
};

/// The masks of a submission in a tree, which must outlive them.
FileMaskSource submission_masks(const BenchmarkDefinition& benchmark, const FileTree& tree);

/// One frame in a caller's memory: `height` rows of `width` bytes, `stride` bytes apart. Labels, or
/// planes of objects that may overlap.
struct ArrayFrame {
  std::string name;
  const std::uint8_t* data = nullptr;
  int width = 0;
  int height = 0;
  std::ptrdiff_t stride = 0;        // 0: width
  int num_planes = 0;               // 0: labels
  std::ptrdiff_t plane_stride = 0;  // from plane to plane; 0: height rows
  std::vector<int> ids = {};        // object ids of the planes, ascending; empty: 1, 2, …
};

/// Masks in a caller's memory, by sequence; they must outlive whoever reads them.
using MaskArrays = std::map<std::string, std::vector<ArrayFrame>>;

/// The masks of a caller's arrays: nothing is encoded on the way. `name` is what messages call
/// them. Throws Error{input} for two frames of a name, for a frame without pixels, and where planes
/// and labels are not what the benchmark's masks are.
std::shared_ptr<const MaskSource> array_masks(MaskArrays arrays,
                                              const BenchmarkDefinition& benchmark, MaskRole role,
                                              const std::string& name);

/// The index of a ground truth in a caller's memory: no files, no meta json. Throws as array_masks.
SequenceIndex index_arrays(MaskArrays truth, const BenchmarkDefinition& benchmark);

/// Whether a PNG may be a probability map: grey of 8 or 16 bits, or of 1 bit or with a palette
/// where it is a mask. Throws Error{input} with `path` for colours and for other depths.
void check_map_form(const PngHeader& header, const std::string& path);

/// Whether a map has the values 0 and 1 alone, both of them: a mask, or probabilities that were
/// written without their scale.
bool is_without_scale(const GreyMap& map);

/// Object ids instead of labels: the view itself where `map` changes nothing in it, otherwise
/// `mask`, filled.
MaskView mapped_labels(const MaskView& view, const std::array<std::uint8_t, 256>& map, Mask& mask);

/// The same of runs or pixels, whichever there are; `mapped` holds what is not the mask itself.
struct MappedMask {
  Mask pixels;
  std::vector<LabelRun> runs;
};
MaskLabels mapped_labels(const MaskLabels& labels, const std::array<std::uint8_t, 256>& map,
                         MappedMask& mapped);

/// A map's pixels of 0.5 and more as labels 0 and 1, in `mask`. A file of 0 and 1 only is a mask
/// (is_without_scale): no map has no pixel above 1/255.
MaskView thresholded_map(const GreyMap& map, Mask& mask);

/// The first value of a plane that is neither 0 nor 1; 0 where there is none.
int stray_plane_value(const MaskView& plane);

/// What a folder of masks holds, told apart by its names.
struct MaskFolder {
  FrameNames frames;                // in the order of FrameLess
  std::vector<std::string> copies;  // names of files that are copies of others; never frames
  std::optional<std::pair<std::string, std::string>> twins;  // files that differ in case only
  /// Neighbours that bytes sort otherwise
  std::optional<std::pair<std::string, std::string>> turned;
  // What is called like a mask and is no regular file: its name and what it is ("a folder").
  std::optional<OddEntry> odd;
};

/// The masks that lie directly in `folder` (a sequence's or an object's own).
MaskFolder list_mask_folder(const FileTree& tree, const std::string& folder,
                            const MaskPattern& pattern);

/// Two names that have the same number at their end and differ in other text, as one file for each
/// label of a frame does; nothing where there are none, or names without a number.
std::optional<std::pair<std::string, std::string>> differ_in_text(const FrameNames& names);

/// The frames whose masks lie below `folder` (a sequence's own, or what holds the single files).
FrameNames list_frames(const FileTree& tree, const std::string& folder, const MaskPattern& pattern);

/// The first thing below `folder` (of a sequence) that is called like a mask, or like an object's
/// folder, and is no regular file; its name is relative to `folder`.
std::optional<OddEntry> find_odd_entry(const FileTree& tree, const std::string& folder,
                                       const MaskPattern& pattern);

/// What lies in the folder of a sequence where its masks should: "holds 6 .png files, as merged
/// masks do; expected a folder for each object", else as describe_contents.
std::string describe_folder(const FileTree& tree, const std::string& folder,
                            const MaskPattern& pattern);

/// What lies in a folder where masks should: "holds 6 .jpg files; masks must be .png", "6 PNG files
/// lie directly in it", "is empty", …
std::string describe_contents(const FileTree& tree, const std::string& folder,
                              const MaskPattern& pattern);

}  // namespace angiobench
