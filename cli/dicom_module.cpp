// SPDX-License-Identifier: MIT
// What needs GDCM; see cli/modules.h.
#include "cli/exchange.h"
#include "cli/modules.h"
#include "cli/version.h"
#include "dataset/dicom/dicom_clip.h"

extern "C" const char* angiobench_module_stamp() {
  static const std::string stamp = angiobench::cli::build_stamp();
  return stamp.c_str();
}

extern "C" std::span<const angiobench::cli::ModuleVerb> angiobench_module_verbs() {
  static const angiobench::cli::ModuleVerb kVerbs[] = {
      {"export dicom-seg", angiobench::cli::export_dicom_seg_code()},
      {"import dicom", angiobench::cli::import_dicom_code()}};
  return kVerbs;
}

extern "C" angiobench::DicomOpener angiobench_module_dicom_opener() {
  return [](const std::string& path, const angiobench::FrameReading& reading) {
    return angiobench::dicom::open_dicom_clip(path, reading);
  };
}
