// SPDX-License-Identifier: MIT
#pragma once

#include "cli/verb.h"

namespace angiobench::cli {

// The code of each job of `import` and of `export`, in the file of its name.
VerbCode import_coco_code();
VerbCode import_dicom_code();  // in the module "dicom"
VerbCode import_masks_code();
VerbCode import_stack_code();
VerbCode export_coco_code();
VerbCode export_dicom_seg_code();  // in the module "dicom"
VerbCode export_stack_code();

}  // namespace angiobench::cli
