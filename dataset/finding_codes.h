// SPDX-License-Identifier: MIT
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "dataset/finding.h"

namespace angiobench {

/// Whether a finding tells something about the ground truth that a participant must not learn.
enum class Disclosure {
  harmless,
  reveals_truth,   // object ids, counts, which frames are annotated
  reveals_frame,   // the message is about the participant's own file, but that it was read tells
                   // that its frame is annotated
  reveals_frames,  // which frames are annotated, or how many, and nothing else
  is_of_truth,     // a fact of the ground truth or of the rules, not of the submission
};

/// Whether participants know which frames are annotated.
enum class FrameKnowledge {
  secret,
  everybody,  // every frame of the video is, or their list was published
};

/// One kind of finding. Codes are permanent: a code that is no longer made stays in the table and
/// in FINDINGS.md.
struct FindingCode {
  std::string_view code;  // "D001"
  Severity severity;
  std::string_view title;  // what it means, without names or figures
  std::string_view cure;   // what to do about it
  Disclosure disclosure = Disclosure::harmless;
};

/// Every code of the program, sorted.
std::span<const FindingCode> finding_codes();

/// The entry of a code; Error{bug} for one that the table does not have.
const FindingCode& finding_code(std::string_view code);

/// A gap in a submission that the user accepts (--missing zero or skip): an error becomes a
/// warning, which the result carries. Any other finding stays as it is.
Finding accepted_gap(Finding finding);

/// What D046 says of the ids of a sequence: "labels 254, 255 next to ids 1, 2: void?"; empty where
/// no label from 250 on stands beside ids below 65.
std::string void_label_words(std::span<const int> ids);

/// The finding as a participant may see it: where the code reveals the ground truth, the message
/// becomes the code's title; frame, object and the path inside the submission are dropped, the
/// sequence stays. Where everybody knows the frames, what reveals them alone stays as it is.
Finding redacted(const Finding& finding, FrameKnowledge frames = FrameKnowledge::secret);

/// All of them that are about the submission: what is wrong with a data set (codes D) and facts of
/// the ground truth are not shown.
/// A code that reveals something shows once a sequence, or its number would tell.
std::vector<Finding> redacted(const std::vector<Finding>& findings,
                              FrameKnowledge frames = FrameKnowledge::secret);

}  // namespace angiobench
