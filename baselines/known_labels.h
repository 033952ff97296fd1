// SPDX-License-Identifier: MIT
#pragma once

namespace angiobench {

/// Why the labels of a whole frame are known without predicting them.
enum class Known {
  corrected,  // somebody says what is seen there: frames that were remembered without such a word
              // are forgotten (as STCN's interactive use starts each pass from what was given)
  given,      // as good as a prompt, and so is what was remembered before
  recalled,  // an earlier run predicted them: remembered where its turn comes, as a predicted frame
};

}  // namespace angiobench
