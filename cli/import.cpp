// SPDX-License-Identifier: MIT
#include "cli/exchange.h"
#include "cli/modules.h"
#include "cli/verbs.h"
#include "dataset/error.h"

namespace angiobench::cli {
namespace {

// `import dicom` is of the module "dicom"; without it there are no pages of it.
VerbCode dicom_code() {
  return {[](const std::vector<std::string>& arguments, const Streams& streams) {
            return module_code("dicom", "import dicom").run(arguments, streams);
          },
          [] {
            try {
              return module_code("dicom", "import dicom").pages();
            } catch (const Error&) {
              return std::vector<HelpPage>{};
            }
          }};
}

// What can be imported: a row each.
std::span<const Job> jobs() {
  static const Job kJobs[] = {
      {"coco", "masks of a COCO, YouTube-VIS or BURST json, as PNGs", import_coco_code()},
      {"dicom", "cines of DICOM as frames, with their times and sizes", dicom_code()},
      {"masks", "pictures that an annotation tool exported, by colour or by label",
       import_masks_code()},
      {"stack", "volumes of labels (.nrrd, .mha, .nii.gz), a slice a frame", import_stack_code()},
  };
  return kJobs;
}

int run(const std::vector<std::string>& arguments, const Streams& streams) {
  return run_job_of(
      "import",
      "Makes <sequence>/<frame>.png of what other programs and machines write. Each kind has its "
      "own --help.",
      jobs(), arguments, streams);
}

}  // namespace

VerbCode import_code() {
  return {run, [] { return pages_of(jobs()); }};
}

}  // namespace angiobench::cli
