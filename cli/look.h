// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "baselines/runner.h"
#include "cli/command.h"
#include "cli/option_set.h"
#include "dataset/media/overlay.h"

namespace angiobench::cli {

/// What a person gets to look at, beside the masks. Empty paths: nothing.
struct LookOptions {
  std::string overlay;  // FILE.mp4, FILE.gif, or a folder
  OverlayStyle style = OverlayStyle::outline;
  std::string page;  // FILE.html
};

/// `out` is the masks' folder, in which nothing of this may lie.
void add_look_options(OptionSet& options, LookOptions& look, const std::string& out);

/// The overlay and the page of a run. They are drawn from the masks that it wrote, so that clips
/// which were there already are shown, too; nothing stands at their places before that.
class LookFiles {
 public:
  /// Before the first frame is predicted: throws Error{usage} where one file is asked for and there
  /// are several clips, Error{input} where a place cannot be written, Error{inconclusive} where an
  /// encoder is missing.
  LookFiles(const LookOptions& options, const std::vector<Clip>& clips);
  ~LookFiles();
  LookFiles(const LookFiles&) = delete;
  LookFiles& operator=(const LookFiles&) = delete;

  /// Draws the clips that have masks in run.out and says where they can be seen, and what is odd.
  void draw(const std::vector<Clip>& clips, const RunOptions& run, const RunSummary& summary,
            const Call& call);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace angiobench::cli
