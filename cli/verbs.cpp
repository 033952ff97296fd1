// SPDX-License-Identifier: MIT
#include "cli/verbs.h"

#include "cli/verb.h"

namespace angiobench::cli {
namespace {

constexpr Verb kVerbs[] = {
    {"version", "build, libraries and metric versions", run_version},
};

}  // namespace

std::span<const Verb> verbs() { return kVerbs; }

}  // namespace angiobench::cli
