// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "dataset/dicom/grey.h"
#include "dataset/dicom/header.h"
#include "dataset/media/frame_source.h"

namespace angiobench::dicom {

/// A cine of DICOM: the frames of one file, or of a series of files with one each. Frames are named
/// 00000, 00001, …; one is in memory at a time.
class DicomClip : public ClipSource {
 public:
  /// The header of the (first) file.
  virtual const DicomHeader& header() const = 0;
  /// How its values become grey; reads the whole cine where the file has no window. Throws as
  /// facts().
  virtual const GreyRule& grey_rule() const = 0;
  /// Reads frame after frame as grey, rows x columns of 8 bits each.
  virtual std::unique_ptr<FrameSource> open_grey() const = 0;
};

/// Opens a file, or a folder: of one cine and nothing else that is DICOM, or of single-frame files
/// of one series and one form, which are put into the order of their instance numbers. `reading`:
/// its window; `bits` has no meaning here. Throws Error{input} for what read_dicom_header refuses,
/// a single frame, and folders with anything else; Error{limit}.
std::shared_ptr<const DicomClip> open_dicom_clip(const std::string& path,
                                                 const FrameReading& reading = {},
                                                 const DicomLimits& limits = {});

/// The DICOM files directly in a folder, by suffix or content, in natural order: paths. Indices of
/// media (DICOMDIR) are left out.
std::vector<std::string> list_dicom_files(const std::string& folder);

}  // namespace angiobench::dicom
