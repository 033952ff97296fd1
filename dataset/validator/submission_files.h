// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "dataset/files/file_tree.h"
#include "dataset/masks/mask_source.h"
#include "dataset/sequence_index.h"
#include "dataset/validator/validation.h"

namespace angiobench {

/// What a submission has, by name alone.
struct SubmissionFiles {
  std::string folder;  // that holds the sequences, relative to the tree; "" nearly always
  std::map<std::string, FrameNames> sequences;  // single images: one sequence each
};

/// Lists a submission and finds what is wrong with it as a whole: P009, P033, P035, P036. Where one
/// of them is found, there is no point in looking further: false is returned.
bool survey_submission(const FileMaskSource& masks, const SequenceIndex& index,
                       const std::string& root, SubmissionFiles& files, FindingCollector& findings);

/// Compares the names of one sequence's masks with the expected ones: P003-P008. Returns for each
/// expected frame whether its mask is there under its own name.
std::vector<bool> check_submitted_names(const FileMaskSource& masks, const SequenceIndex& index,
                                        const Sequence& sequence, const FrameNames& submitted,
                                        FindingCollector& findings);

}  // namespace angiobench
