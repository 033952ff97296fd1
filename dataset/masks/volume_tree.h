// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>

#include "dataset/files/file_tree.h"
#include "dataset/sequence_index.h"

namespace angiobench {

/// Whether a path has the name of a volume (volume_form_of) and is no folder.
bool is_volume_path(const std::string& path);

/// Whether what lies at the top of a tree are volumes, beside manifests, and no folders.
bool holds_volumes(const FileTree& tree);

/// Volumes of labels, <sequence>.nrrd, .mha, .nii.gz or .nii at the top of `files`, as the tree of
/// a submission for the index's benchmark (a RunTree): folders of sequences with a file a frame. A
/// volume has as many frames as its sequence has annotated ones, which they are then in order, or
/// as it has images. Frames are those of the index; x runs along a row, y from the top down,
/// whatever a header says of directions.
///
/// Headers are read at once. Throws Error{input} as VolumeReader, for two volumes of a sequence,
/// for another number of frames, and where the benchmark's masks are no label maps of videos. When
/// a mask is asked for all frames of its sequence are read, one after the other, and kept as runs
/// (of the last few sequences): then Error{input} for values that are damaged or no labels, and
/// for frames that have not the expected size.
std::shared_ptr<const FileTree> volume_tree(std::shared_ptr<const FileTree> files,
                                            const SequenceIndex& index);

/// The same of one file: of the sequence that it is named after, or, where the index has but one,
/// of that. Throws Error{input} for another name, too. `shown_as` is what messages call it; empty:
/// its path.
std::shared_ptr<const FileTree> open_volume(const std::string& path, const SequenceIndex& index,
                                            const std::string& shown_as = {});

}  // namespace angiobench
