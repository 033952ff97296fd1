// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "dataset/dicom/header.h"
#include "dataset/dicom_reading.h"
#include "dataset/error.h"
#include "dataset/files/output_folder.h"
#include "dataset/media/frame_source.h"
#include "dataset/progress.h"

namespace angiobench::dicom {

struct DicomImportOptions {
  DicomWindow window;
  DicomLimits limits;
  /// The folder of the cine's frames; of several cines <name>_1, <name>_2, … Empty: the file's name
  /// without its suffix, or, where that is a UID, cine_<digits of its hash>.
  std::string name;
  ProgressCallback progress;  // frames; may be empty
};

/// A cine that was written.
struct ImportedCine {
  std::string name;
  std::string path;  // of the file
  std::uint64_t num_frames = 0;
  std::string values_as;        // how its values became grey
  std::vector<ClipNote> notes;  // of FrameFacts
};

struct DicomImport {
  std::vector<ImportedCine> cines;
  std::vector<Error> refused;  // files of a folder that are none, or cannot be read
};

/// Writes JPEGImages/<name>/00000.png, … (8-bit grey, what open_dicom_clip gives) and dicom.json
/// into `out`: of one file, or of a folder of them, a cine a file, single frames of one series
/// together. Nothing that says who the patient is goes into any of them. The caller commits.
///
/// Throws as open_dicom_clip where `path` is a file, or a folder without any cine; of a folder with
/// some the others go to `refused`, and nothing of them is kept. Throws Error{input} where two
/// cines would have one name, or a name cannot be a folder's.
DicomImport import_dicom(const std::string& path, const DicomImportOptions& options,
                         const OutputFolder& out);

}  // namespace angiobench::dicom
