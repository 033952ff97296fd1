// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "dataset/files/archive_limits.h"
#include "dataset/files/digest.h"
#include "dataset/files/file_tree.h"
#include "dataset/finding.h"
#include "dataset/masks/png.h"
#include "dataset/progress.h"

namespace angiobench {

/// What a submission must hold of one sequence.
struct PackSequence {
  std::string name;
  std::vector<std::string> masks;  // paths of the masks that must be there, e.g. "v00/00000.png"
  int width = 0;                   // size of its masks; 0: any, but one size for all
  int height = 0;
};

struct PackOptions {
  int jobs = 0;  // threads that check the masks; 0: all cores
  ArchiveLimits limits;
  std::vector<Rgb> palette;  // colours that masks may be in, by label (palette_for); empty: none
  ProgressCallback progress;
};

/// What was packed. Where a finding is an error nothing was written.
struct PackReport {
  std::vector<Finding> findings;
  std::uint64_t num_masks = 0;
  std::uint64_t archive_bytes = 0;
  Sha256 archive_digest{};
};

/// Writes the masks of `sequences` (every PNG of their folders, so predictions for all frames of a
/// video go in where only some are annotated) and their manifest as a zip to `out`: the same masks
/// give the same bytes. Each mask is decoded by the rules for predictions first.
///
/// Refuses, with findings and without writing: missing sequences (P001) and masks (P003), masks
/// that cannot be read (P010) or have the wrong size (P011), two spellings of a name. Leaves out
/// with a finding: other folders (P002) and other files (P008). Throws Error where `out` cannot be
/// written, and Error{limit} where a scorer with the default limits would refuse the archive.
PackReport pack_submission(const FileTree& predictions, const std::vector<PackSequence>& sequences,
                           const std::string& out, const PackOptions& options = {});

/// Reads the lines of "sequence/frame" (with or without ".png", '#' starts a comment) into
/// sequences, sorted bytewise. Throws Error{input} naming the line.
std::vector<PackSequence> parse_frame_list(std::string_view text, const std::string& path);

/// Compares a packed archive with its own manifest: A003 for a mask whose digest differs, A004 for
/// one that is listed and not there, A005 for one that is there and not listed, A006 for an archive
/// without a manifest (a note). Throws Error{input} for a line that is none.
std::vector<Finding> verify_manifest(const FileTree& archive);

}  // namespace angiobench
