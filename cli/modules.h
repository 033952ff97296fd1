// SPDX-License-Identifier: MIT
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "cli/verb.h"
#include "dataset/dicom_reading.h"
#include "dataset/frame_values.h"
#include "dataset/grey_frame.h"

namespace angiobench::cli {

// Verbs that need OpenCV or LibTorch live in modules (shared libraries beside the program) that are
// loaded when such a verb runs: `score` must not pay 100 MB and a quarter of a second for libraries
// that it never calls.

/// A verb as its module has it; what it is called for people stands in the table of verbs.
struct ModuleVerb {
  std::string_view name;
  VerbCode code;
};

/// What a module exports under the name "angiobench_module_stamp": build_stamp() of its build. It
/// is asked first, and nothing else of a module with another stamp.
using ModuleStamp = const char* (*)();
/// What a module exports under the name "angiobench_module_verbs".
using ModuleVerbs = std::span<const ModuleVerb> (*)();

/// What the module "media" exports under the name "angiobench_module_frame_values".
using ModuleFrameValues = FrameValueReader (*)();

/// What the module "media" exports under the name "angiobench_module_grey_frames".
using ModuleGreyFrames = GreyFrameReader (*)();

/// What the module "dicom" exports under the name "angiobench_module_dicom_opener".
using ModuleDicomOpener = DicomOpener (*)();

/// Opens DICOM clips: loads the module "dicom" at its first call, so that who has none pays
/// nothing. The opener throws as module_code where that is not there.
DicomOpener module_dicom_opener();

/// What looks at frames that need OpenCV: loads the module "media" at its first call, so that who
/// meets no such frame pays nothing; of each nothing where that module is not there.
FrameValueReader module_frame_values();
GreyFrameReader module_grey_frames();

/// The code of a verb of a module ("media": OpenCV; "baselines": LibTorch; "dicom": GDCM). Throws
/// Error{inconclusive} where the module is not there (the program was built without its library),
/// Error{input} where it is not of this build.
VerbCode module_code(std::string_view module, std::string_view verb);

}  // namespace angiobench::cli
