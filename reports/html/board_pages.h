// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "reports/leaderboard/views.h"

namespace angiobench {

/// A page of the HTML view.
struct BoardPage {
  std::string path;  // below the site's folder, e.g. "dataset/mosxav-test.html"
  std::string content;
};

/// The whole site: index.html (overall), a page a data set and a page a method, each complete in
/// itself (style and script within, nothing from elsewhere), linked to each other.
std::vector<BoardPage> board_site(const BoardView& view);
/// One page that stands alone: a data set's, a method's, or the overall one where the selection
/// names neither.
std::string board_page(const BoardView& view, const BoardSelection& selection);

}  // namespace angiobench
