// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "dataset/sequence_index.h"
#include "dataset/validator/validation.h"

namespace angiobench {

/// The frames (images) of a sequence; empty where its folder has none.
struct SequenceImages {
  FrameNames names;  // sorted bytewise
  FrameNames files;  // the same with their extensions
};
SequenceImages list_images(const SequenceIndex& index, const Sequence& sequence);

/// Checks file names alone: files that do not belong, two files for one frame, numbering, masks
/// against images.
void check_sequence_files(const SequenceIndex& index, const Sequence& sequence,
                          const SequenceImages& images, FindingCollector& findings);

/// "00003, 00007-00009 and 12 more": the names at these positions, for a message.
std::string list_frames(const FrameNames& names, const std::vector<std::size_t>& positions);

/// Whether a file name ends so, letter case aside.
bool has_extension(std::string_view file, std::string_view extension);

}  // namespace angiobench
