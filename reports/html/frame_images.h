// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <string>

#include "dataset/sequence_index.h"

namespace angiobench {

/// Reads a frame's image as its file has it: DIR/<sequence>/<frame>.jpg, .jpeg or .png; empty where
/// there is none. Names from a result do not lead out of DIR. The function throws Error{input} for
/// a file of more than 64 MiB. Throws Error{input} where DIR is no folder.
std::function<std::string(const std::string& sequence, const std::string& frame)> frame_images(
    const std::string& folder);

/// Stops where the folder has no frame of the data set: Error{input}. Of each sequence the first
/// and the last annotated frame are looked for.
void check_frame_images(const std::string& folder, const SequenceIndex& index);

}  // namespace angiobench
