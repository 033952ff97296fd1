#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Runs every libFuzzer program with AddressSanitizer and UndefinedBehaviorSanitizer and counts executions.
#   scripts/fuzz.sh [SECONDS [NAME...]]    each program for SECONDS (60), one after the other; NAMEs: only these
# Inputs that taught the fuzzers something stay in build/fuzz/corpus/NAME, inputs that broke something in
# build/fuzz/findings (move those to tests/fuzz/crashes/NAME, where the replay tests keep them). Exit 1 when one broke.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
seconds=${1:-60}
shift || true

cmake --preset fuzz ${CMAKE_CXX_COMPILER_LAUNCHER:+-DCMAKE_CXX_COMPILER_LAUNCHER="$CMAKE_CXX_COMPILER_LAUNCHER"} >/dev/null
cmake --build build/fuzz -j "${JOBS:-$(nproc)}" --target angiobench_fuzzers >/dev/null

names=("$@")
if [ ${#names[@]} = 0 ]; then
  for program in build/fuzz/tests/fuzz/*_fuzzer; do names+=("$(basename "${program%_fuzzer}")"); done
fi

failed=0
total=0
mkdir -p build/fuzz/findings
printf '%-24s %14s %10s  %s\n' program executions 'a second' outcome
for name in "${names[@]}"; do
  corpus=build/fuzz/corpus/$name
  log=build/fuzz/findings/$name.log
  mkdir -p "$corpus"
  "build/fuzz/tests/fuzz/${name}_replay" --write-seeds "$corpus"
  kept=()
  [ ! -d "tests/fuzz/crashes/$name" ] || kept=("tests/fuzz/crashes/$name")
  outcome=good
  "build/fuzz/tests/fuzz/${name}_fuzzer" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=1024 -malloc_limit_mb=512 \
    -max_len=4096 -print_final_stats=1 -artifact_prefix="build/fuzz/findings/$name-" "$corpus" "${kept[@]}" \
    >"$log" 2>&1 || outcome="BROKEN, see $log"
  executions=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log" | tail -1)
  rate=$(sed -n 's/^stat::average_exec_per_sec: *//p' "$log" | tail -1)
  printf '%-24s %14s %10s  %s\n' "$name" "${executions:-0}" "${rate:-0}" "$outcome"
  total=$((total + ${executions:-0}))
  [ "$outcome" = good ] || failed=1
done
printf '%-24s %14s\n' total "$total"
exit $failed
