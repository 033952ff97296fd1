// SPDX-License-Identifier: MIT
#include "cli/color_option.h"

#include "dataset/color_table.h"

namespace angiobench::cli {

void add_colors_option(OptionSet& options, std::string& colors) {
  OptionValue value = file_or_word(colors, "FILE");
  value.words = {"voc"};
  options
      .add("colours", std::move(value),
           "which colour is which label, where masks are in colours: a labelmap.txt, lines of \"id "
           "red green blue name\", a json with \"classes\" or \"palette\", or voc")
      .field("colors");
}

BenchmarkDefinition benchmark_with(const std::string& dataset, const std::string& colors) {
  BenchmarkDefinition benchmark = load_benchmark(dataset);
  return colors.empty() ? benchmark : with_colors(std::move(benchmark), load_color_table(colors));
}

}  // namespace angiobench::cli
