// SPDX-License-Identifier: MIT
#pragma once

#include "cli/verb.h"

namespace angiobench::cli {

// The code of each verb of the program itself, in the file of its name.
VerbCode adapter_code();
VerbCode check_code();
VerbCode compare_code();
VerbCode completion_code();
VerbCode explain_code();
VerbCode import_code();
VerbCode init_code();
VerbCode leaderboard_code();
VerbCode list_code();
VerbCode man_code();
VerbCode pack_code();
VerbCode report_code();
VerbCode reproduce_code();
VerbCode score_code();
VerbCode validate_code();
VerbCode version_code();

}  // namespace angiobench::cli
