// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>

#include "dataset/files/archive_limits.h"
#include "dataset/files/file_tree.h"

namespace angiobench {

/// A zip as a tree. Members are read straight into memory, each checked against its own header, its
/// declared size and its CRC-32; nothing is ever written to disk. One common top folder
/// ("submission/v00/00000.png") is taken off and desktop debris is left out, each with a note
/// (A001, A002). A top folder counts as such where it holds nothing but folders (and the manifests
/// of `pack`), so the only sequence of an archive is not mistaken for one; TopFolder::keep leaves
/// it.
///
/// Throws Error{input} for a zip that is malformed or hostile (ZipDirectory), Error{limit} where a
/// limit is hit.
std::unique_ptr<FileTree> open_zip(const std::string& path, const ArchiveLimits& limits = {},
                                   TopFolder top = TopFolder::take_off,
                                   const std::string& shown_as = {});

}  // namespace angiobench
