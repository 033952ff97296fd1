// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "dataset/exchange/label_volumes.h"
#include "dataset/files/file_tree.h"
#include "dataset/words.h"

namespace angiobench::dicom {

/// What an object is, as its codes say (SNOMED CT, in the categories of PS3.16 CID 7150).
enum class SegmentKind { vessel, coronary_artery, catheter, stent };

inline constexpr auto kSegmentKinds =
    words<SegmentKind>({{"vessel", SegmentKind::vessel},
                        {"coronary-artery", SegmentKind::coronary_artery},
                        {"catheter", SegmentKind::catheter},
                        {"stent", SegmentKind::stent}});

/// How masks came about: SegmentAlgorithmType.
enum class SegmentOrigin { automatic, semiautomatic, manual };

inline constexpr auto kSegmentOrigins =
    words<SegmentOrigin>({{"automatic", SegmentOrigin::automatic},
                          {"semiautomatic", SegmentOrigin::semiautomatic},
                          {"manual", SegmentOrigin::manual}});

/// What becomes of the patient's data in the cine.
enum class PatientData {
  carried,  // patient and study as in the cine: the standard asks for it, viewers file by it
  left_out  // empty names, ids and dates; UIDs of study, series and image stay: they are the link
};

struct SegmentationOptions {
  /// Of object ids 1, 2, … in order; the last goes for all that follow
  std::vector<SegmentKind> kinds = {SegmentKind::vessel};
  SegmentOrigin origin = SegmentOrigin::automatic;
  std::string algorithm = "angiobench";  // SegmentAlgorithmName, at most 64 characters
  PatientData patient = PatientData::carried;
  std::string version;  // of this program: SoftwareVersions
};

/// A segmentation, and what is in it.
struct Segmentation {
  std::vector<std::uint8_t> file;
  int num_segments = 0;
  std::uint64_t num_frames = 0;   // an object in a frame each
  std::uint64_t num_masks = 0;    // that were read
  std::uint64_t cine_frames = 0;  // that the cine has
  std::vector<int> object_ids;    // of the segments in order
};

/// Writes the masks of a cine as DICOM Segmentation (PS3.3 A.51, BINARY): a segment an object id,
/// numbered from 1, called "Object <id>"; a frame for each object and mask in which it has a pixel,
/// by segment, then by frame, one bit a pixel, frames packed without a gap (PS3.5 8.1.1). Each
/// frame refers to its frame of the cine; dimensions are segment and frame (TemporalPositionIndex).
/// UIDs are new and random, dates are now's, so no two files are alike.
///
/// Mask k is of frame k where there are as many masks as the cine has frames; otherwise of the
/// frame that the number in its name says, counted from 0.
///
/// Throws Error{input} where `cine` is no DICOM image or lacks what a reference needs, where sizes
/// differ, where a mask is of no frame, and where no mask has an object; Error{limit} for more bits
/// than a file can hold; as read_mask_sequence otherwise.
Segmentation encode_segmentation(const FileTree& tree, const MaskSequence& masks,
                                 const std::string& cine, const SegmentationOptions& options);

}  // namespace angiobench::dicom
