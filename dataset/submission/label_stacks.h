// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "dataset/files/file_tree.h"

namespace angiobench {

/// What the frames of a stack may be: a sequence's annotated frames, or all images of its video.
struct StackFrames {
  std::string sequence;
  std::vector<std::string> annotated;  // names in order
  std::vector<std::string> images;     // names in order; empty: not known
};

/// Whether `path` is a container of NumPy arrays: a .npy file, an .npz (a zip of .npy files and
/// nothing else), or a folder with .npy files and no PNG, there or one folder down. Decided by
/// content. False where nothing is there.
bool holds_label_stacks(const std::string& path);

/// Such a container as a tree of <sequence>/<frame>.png, encoded when they are read: stacks of
/// labels [frames, height, width], called by their sequence ("v00" of an .npz, v00.npy; where there
/// is one sequence and one array, whatever that is called), or single arrays [height, width] as
/// <sequence>/<frame>.npy. Values are bool or whole numbers of any width from 0 to 255. A stack has
/// as many frames as the sequence has annotated frames, or images.
///
/// One array is in memory at a time for each of the last two sequences. Throws Error{input} for
/// what cannot be listed; errors of an array (another type, shape, number of frames, a value above
/// 255, Error{limit} for more than 2^31 labels) come with its first frame.
std::unique_ptr<FileTree> open_label_stacks(const std::string& path,
                                            std::span<const StackFrames> sequences);

}  // namespace angiobench
