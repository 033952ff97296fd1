// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dataset/benchmark.h"
#include "dataset/files/file_tree.h"
#include "dataset/masks/coco_masks.h"
#include "dataset/sequence_index.h"

namespace angiobench {

/// A tree whose masks are kept as runs. Who reads its files gets PNGs, made for the purpose; who
/// knows it (the mask source) gets the runs.
class RunTree : public FileTree {
 public:
  /// The labels of the mask at `relative`, valid until the buffers are used again; `digest` is over
  /// what is kept of it and not that of a file. Throws Error, naming `relative`: {input} where
  /// there is no such mask, it cannot be read or has not the expected size (0: any), {limit} where
  /// it is too large.
  virtual MaskLabels read_runs(const std::string& relative, int expected_width, int expected_height,
                               CocoBuffers& buffers, Sha256& digest) const = 0;
  /// What is wrong with it: what its index tells, and what reading masks has found until now, so
  /// that it is asked when all is read. (notes() has what is not wrong.)
  virtual std::vector<Finding> found_in_masks() const = 0;
};

/// The same of any tree; nothing of one that keeps no runs.
std::vector<Finding> found_in_masks(const FileTree& tree);

/// Whether a file is a json by its first bytes, or is called one. False for what is no regular
/// file.
bool is_json_file(const std::string& path);

/// The masks of a COCO json as the tree of a submission for the index's benchmark: folders of
/// sequences with a file a frame (an object). Frames that a list gives by place alone are those of
/// the index: the annotated ones, or all images, whichever are so many; what numbers of videos and
/// images mean in a list of results `instances.json` at the truth's top says. Objects that share
/// pixels are laid over each other (CocoMasks) where a frame has one mask. Throws as
/// read_coco_records and CocoMasks. Where a benchmark has arrays of planes, category k is plane k,
/// of as many as the truth's first array has; Error{input} for a category beyond them. `shown_as`
/// is what messages call the file; empty: its path.
std::shared_ptr<const FileTree> open_coco_tree(const std::string& path, const SequenceIndex& index,
                                               const CocoLimits& limits,
                                               const std::string& shown_as = {});

/// The same of a json that is open, which messages call `shown`.
std::shared_ptr<const FileTree> coco_tree(std::shared_ptr<const RandomBytes> json,
                                          const std::string& shown, const SequenceIndex& index,
                                          const CocoLimits& limits);

/// The same of masks that are read already.
std::shared_ptr<const FileTree> coco_tree(std::shared_ptr<const CocoMasks> masks,
                                          const SequenceIndex& index);

/// The json of a truth that lies at its top, `instances.json`, which says what numbers of videos
/// and images in a list of results mean; nullopt where there is none. Throws as read_coco_records.
std::optional<CocoRecords> names_of_truth(const SequenceIndex& index);

/// What labels stand for in a benchmark's masks, and where frames have their names from.
CocoNaming coco_naming(const SequenceIndex& index);

}  // namespace angiobench
