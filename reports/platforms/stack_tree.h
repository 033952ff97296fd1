// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>

#include "dataset/files/file_tree.h"
#include "dataset/sequence_index.h"

namespace angiobench {

/// The masks of one sequence that came as a stack (VolumeForm), as the folder of PNGs which
/// it would be otherwise: frame k of the stack is the k-th annotated frame of the sequence.
/// `path` is such a file by its name, or a folder that holds one and nothing else; messages call it
/// `shown_as`.
///
/// Throws Error{input} where it has not one frame for each annotated frame, or not the size of the
/// truth's, and where the benchmark's masks are no label maps; as read_label_stack otherwise. No
/// more than the truth's pixels at four bytes each are unpacked.
std::shared_ptr<const FileTree> open_stack(const std::string& path, const Sequence& sequence,
                                           const SequenceIndex& index, const std::string& shown_as);

/// Whether `path` is, or holds, a file that is named so (*.mha, *.nrrd, *.nii.gz, *.nii).
bool is_stack(const std::string& path);

}  // namespace angiobench
