// SPDX-License-Identifier: MIT
// Prints the result.json of a made-up submission that agrees with itself, for tests of verbs:
// make_result NAME JF [complete|partial] [DATASET]
#include <cstdlib>
#include <iostream>
#include <string>

#include "reports/result_json.h"
#include "tests/reports/leaderboard/sample_board.h"

int main(int argc, char** argv) {
  if (argc < 3) return 2;
  const std::string dataset = argc > 4 ? argv[4] : "mosxav-val";
  angiobench::Result result =
      angiobench::test::sample_result(argv[1], std::strtod(argv[2], nullptr), dataset);
  if (argc > 3 && std::string(argv[3]) == "partial") {
    result.complete = false;
    result.sequences.back().complete = false;
  }
  std::cout << angiobench::result_to_json(result);
  return 0;
}
