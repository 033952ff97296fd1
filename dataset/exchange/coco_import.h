// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "dataset/finding.h"
#include "dataset/masks/coco_masks.h"
#include "dataset/progress.h"

namespace angiobench {

struct CocoImportOptions {
  std::string names_file;            // what numbers in a list of results mean; empty: nothing
  std::optional<CocoLabels> labels;  // objects or categories; none: of single images categories,
                                     // else objects
  bool has_single_images = false;    // each image is one, whatever folder it lies in
  bool are_apart = false;            // a mask for each object, in a folder of its own
  ProgressCallback progress;         // in masks
};

struct CocoImport {
  std::uint64_t num_sequences = 0;
  std::uint64_t num_masks = 0;
  bool has_single_images = false;
  std::vector<Finding> findings;
};

/// Turns the masks of a COCO json into PNGs of labels, handed to `write` with their paths:
/// `<sequence>/<frame>.png` as a submission and the layout `flat` have them (are_apart:
/// `<sequence>/<object>/<frame>.png`, as SA-V), of single images `masks/<name>.png` and the
/// benchmark that reads them, `benchmark.json`. Images whose file names have no folder are single.
/// The same file gives the same bytes. Throws as read_coco_records and CocoMasks; Error{input} for
/// names that are no file's.
CocoImport import_coco(
    const std::string& path, const CocoImportOptions& options,
    const std::function<void(const std::string&, std::span<const std::uint8_t>)>& write);

}  // namespace angiobench
