// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace angiobench::html {

/// What the page of a training run shows.
struct TrainingPage {
  std::string log_csv;         // a header, then rows; the first column is the step
  std::string validation_csv;  // the same; scores in [0, 1]
  std::vector<std::pair<std::string, std::string>> settings;  // plain text
};

/// The curves of a training run: each column of the log over the steps, the validation scores, and
/// the settings as a table. One page, nothing from elsewhere; the numbers stand beside it in CSV.
/// Rows that are no numbers are left out.
std::string training_page(const TrainingPage& page);

}  // namespace angiobench::html
