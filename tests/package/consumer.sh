# SPDX-License-Identifier: MIT
# Sourced by the tests of installations: `build_consumer WORK PREFIX` builds another project against what is installed in
# PREFIX, as WORK/consumer/build/consumer: it scores the data set in its first argument against itself.
# shellcheck shell=bash
build_consumer() {
  local folder=$1/consumer
  mkdir -p "$folder"
  cat >"$folder/CMakeLists.txt" <<'TEXT'
cmake_minimum_required(VERSION 3.25)
project(consumer LANGUAGES CXX)
set(CMAKE_CXX_STANDARD 20)
find_package(angiobench REQUIRED)
add_executable(consumer main.cpp)
target_link_libraries(consumer PRIVATE angiobench::reports)
TEXT
  cat >"$folder/main.cpp" <<'TEXT'
#include <angiobench/score.h>
#include <cstdio>
// Scores argv[1] against itself, as any program would.
int main(int, char** argv) {
  angiobench::SubmissionRequest request;
  request.dataset = "mosxav-test";
  request.ground_truth = argv[1];
  request.predictions = argv[1] + std::string("/test/Annotations");
  const angiobench::Result result = angiobench::score_submission(request);
  std::puts(angiobench::result_to_json(result).substr(0, 1).c_str());
  return result.complete && !result.aggregates.empty() && *result.aggregates[0].value == 1 ? 0 : 1;
}
TEXT
  cmake -S "$folder" -B "$folder/build" -DCMAKE_PREFIX_PATH="$2" && cmake --build "$folder/build"
}
