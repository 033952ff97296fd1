// SPDX-License-Identifier: MIT
#include "cli/exchange.h"
#include "cli/modules.h"
#include "cli/verbs.h"
#include "dataset/error.h"

namespace angiobench::cli {
namespace {

// `export dicom-seg` is of the module "dicom"; without it there are no pages of it.
VerbCode dicom_seg_code() {
  return {[](const std::vector<std::string>& arguments, const Streams& streams) {
            return module_code("dicom", "export dicom-seg").run(arguments, streams);
          },
          [] {
            try {
              return module_code("dicom", "export dicom-seg").pages();
            } catch (const Error&) {
              return std::vector<HelpPage>{};
            }
          }};
}

// What can be exported: a row each.
std::span<const Job> jobs() {
  static const Job kJobs[] = {
      {"coco", "masks as a COCO, YouTube-VIS or BURST json", export_coco_code()},
      {"dicom-seg", "masks of a cine as DICOM Segmentation", dicom_seg_code()},
      {"stack", "masks as volumes of labels (.nrrd, .mha, .nii.gz)", export_stack_code()},
  };
  return kJobs;
}

int run(const std::vector<std::string>& arguments, const Streams& streams) {
  return run_job_of("export",
                    "Writes masks as other programs read them. Each kind has its own --help.",
                    jobs(), arguments, streams);
}

}  // namespace

VerbCode export_code() {
  return {run, [] { return pages_of(jobs()); }};
}

}  // namespace angiobench::cli
