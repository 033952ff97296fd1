// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "dataset/benchmark.h"
#include "dataset/files/file_tree.h"
#include "dataset/sequence_index.h"

namespace angiobench {

/// What only a data set has beside the masks of its annotations ("JPEGImages", "ImageSets",
/// "meta.json", …), at the top of a tree or in a folder there; empty where there is nothing of the
/// kind. A folder of annotations alone is none: platforms ask for it in submissions.
std::string dataset_marker(const FileTree& tree);

/// What of an annotation tool's export lies at the top of a tree, which is no
/// <sequence>/<frame>.png
/// ("labelmap.txt", "SegmentationClass"); empty where nothing of the kind does.
std::string mask_export_marker(const FileTree& tree);

/// Folders of a tree, at most three levels down, that hold sequences of these names (single images:
/// masks of these names); "" is the top. In bytewise order, none inside another.
std::vector<std::string> places_of_sequences(const FileTree& tree,
                                             const BenchmarkDefinition& benchmark,
                                             const std::set<std::string>& names);

/// Opens a submission (open_file_tree) where its sequences lie. Folders and zips alike: one common
/// top folder is taken off, whatever files lie beside it, and a folder that platforms ask for
/// ("Annotations", "Annotations/480p"), with a note (A002). Where several folders hold sequences,
/// or one lies beside others, none is chosen; place_hint names them. A COCO json is one, too
/// (open_coco_tree), also as all that a folder or zip holds, and stacks of labels (volume_tree).
/// `shown_as` and errors as open_file_tree's.
std::shared_ptr<const FileTree> open_submission_tree(const std::string& path,
                                                     const SequenceIndex& index,
                                                     const ArchiveLimits& limits = {},
                                                     const std::string& shown_as = {});

/// Of a submission whose top holds no sequence of the index: what is there, and what to give
/// instead, as it can be typed: "they lie in x.zip/run; give that alone, with -p or zipped".
std::string place_hint(const FileTree& tree, const SequenceIndex& index);

}  // namespace angiobench
