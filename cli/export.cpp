// SPDX-License-Identifier: MIT
#include "cli/exchange.h"
#include "cli/verbs.h"

namespace angiobench::cli {
namespace {

// What can be exported: a row each.
std::span<const Job> jobs() {
  static const Job kJobs[] = {
      {"coco", "masks as a COCO, YouTube-VIS or BURST json", export_coco_code()},
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
