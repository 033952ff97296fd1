#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Installs a build into an empty folder, runs the installed program, and builds another project against it with
# find_package(angiobench). Usage: install_test.sh BUILD_DIRECTORY
set -euo pipefail
build=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cmake --install "$build" --prefix "$work/installed" >"$work/log" || { cat "$work/log"; exit 1; }
"$work/installed/bin/angiobench" version >/dev/null
"$work/installed/bin/angiobench" synth --help >/dev/null  # finds its module in lib/angiobench
for file in man/man1/angiobench.1 man/man1/angiobench-score.1 man/man1/angiobench-leaderboard.1 \
  bash-completion/completions/angiobench zsh/site-functions/_angiobench fish/vendor_completions.d/angiobench.fish; do
  [ -s "$work/installed/share/$file" ] || { echo "not installed: share/$file"; exit 1; }
done
grep -q 'ground\\-truth' "$work/installed/share/man/man1/angiobench-score.1" || { echo 'the manual page has no options'; exit 1; }
if command -v groff >/dev/null; then
  groff -man -Tutf8 -ww "$work"/installed/share/man/man1/*.1 >/dev/null 2>"$work/log" || exit 1
  [ ! -s "$work/log" ] || { echo 'groff warns:'; head "$work/log"; exit 1; }
fi
cat >"$work/CMakeLists.txt" <<'TEXT'
cmake_minimum_required(VERSION 3.25)
project(consumer LANGUAGES CXX)
set(CMAKE_CXX_STANDARD 20)
find_package(angiobench REQUIRED)
add_executable(consumer main.cpp)
target_link_libraries(consumer PRIVATE angiobench::angiobench_reports)
TEXT
cat >"$work/main.cpp" <<'TEXT'
#include "evaluator/protocol.h"
#include "reports/result_json.h"
int main() { return angiobench::load_protocol("strict").name == "strict" ? 0 : 1; }
TEXT
cmake -S "$work" -B "$work/b" -DCMAKE_PREFIX_PATH="$work/installed" >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
cmake --build "$work/b" >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
"$work/b/consumer"
