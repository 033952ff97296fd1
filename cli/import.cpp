// SPDX-License-Identifier: MIT
#include "cli/import.h"

#include "cli/verbs.h"

namespace angiobench::cli {
namespace {

// What can be imported: the word, what it does, its code.
const Job kKinds[] = {
    {"masks", "pictures that an annotation tool exported, by colour or by label",
     import_masks_code()},
};

int run(const std::vector<std::string>& arguments, const Streams& streams) {
  return run_job_of("import", "Makes <sequence>/<frame>.png of what other programs keep.", kKinds,
                    arguments, streams);
}

}  // namespace

VerbCode import_code() {
  return {run, [] { return pages_of(kKinds); }};
}

}  // namespace angiobench::cli
