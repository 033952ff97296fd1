// SPDX-License-Identifier: MIT
#pragma once

namespace angiobench::python {

/// "0.1.0", and the commit that this was built from ("unknown" outside git): in a file of their
/// own, for the commit changes often.
const char* tool_version();
const char* tool_commit();

}  // namespace angiobench::python
