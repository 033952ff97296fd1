// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "dataset/files/file_tree.h"
#include "dataset/masks/mask.h"
#include "dataset/progress.h"
#include "dataset/volumes/volume.h"

namespace angiobench {

/// Label maps of one sequence as PNGs.
struct MaskSequence {
  std::string name;
  std::vector<std::string> frames;  // names, in the order of FrameLess
  std::vector<std::string> files;   // of each frame, relative to the tree
};

/// The sequences of a tree of <sequence>/<frame>.png; of PNGs at its top one, called `own_name`.
/// Throws Error{input} where there are no masks, where two files are one frame, and for what is
/// called like a mask and is no file.
std::vector<MaskSequence> list_mask_sequences(const FileTree& tree, const std::string& own_name);

/// Calls `visit` with the labels of each frame in order, all of one size. Throws Error{input} where
/// a file is no label map, or has another size than the first.
void read_mask_sequence(const FileTree& tree, const MaskSequence& sequence,
                        const std::function<void(std::size_t frame, const MaskView&)>& visit);

/// The frames of a sequence as one volume of 8-bit labels (VolumeWriter), frame k of `frames` at
/// z = k. Throws as read_mask_sequence and VolumeWriter; `path` is what messages call the volume.
std::vector<std::uint8_t> encode_label_volume(const FileTree& tree, const MaskSequence& sequence,
                                              VolumeForm form, const std::string& path);

struct VolumeImport {
  std::uint64_t num_sequences = 0;
  std::uint64_t num_masks = 0;
};

/// Turns volumes of labels (a file, or a folder or zip of <sequence>.nrrd, .mha, .nii.gz) into PNGs
/// of labels, handed to `write` as <sequence>/<frame>.png. Frames are called as the files of
/// `names` (images or masks: those of the sequence's folder in it, or, of a single volume, those at
/// its top), or, where that is null, 00000, 00001, …; one frame of a volume is in memory. Throws as
/// VolumeReader; Error{input} where there are no volumes, or not as many names as frames.
VolumeImport import_label_volumes(
    const std::string& path, const FileTree* names, const ProgressCallback& progress,
    const std::function<void(const std::string&, std::span<const std::uint8_t>)>& write);

}  // namespace angiobench
