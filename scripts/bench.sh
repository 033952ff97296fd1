#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Benchmarks of the scorer. Usage: bench.sh [--peer "COMMAND"] [--rounds N] [--only end-to-end|frames]
#   --peer   a shell command that scores the same masks with a public tool; {truth} and {predictions} are replaced.
#            vos-benchmark, for one: --peer "python3 benchmark.py -g {truth} -m {predictions} -n 2"
# Prints the floor (decoding alone), the scorer and the peer of the same run, alternating, then what one frame costs,
# and what the measures of vessels, classes and maps do.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
peer=""
rounds=5
only=""
while [ $# -gt 0 ]; do
  case "$1" in
    --peer) peer=$2; shift 2 ;;
    --rounds) rounds=$2; shift 2 ;;
    --only) only=$2; shift 2 ;;
    *) echo "bench.sh: unknown option $1" >&2; exit 2 ;;
  esac
done
dpkg-query -W libbenchmark-dev >/dev/null 2>&1 || { echo "bench.sh needs libbenchmark-dev" >&2; exit 1; }
cmake --preset bench >/dev/null
cmake --build --preset bench --parallel "$(nproc)" --target end_to_end scoring_benchmark vessel_benchmark \
  >/dev/null
data=${ANGIOBENCH_DATA:-../shared/data}
run() { # BENCHMARK TRUTH PREDICTIONS TRUTH_OF_THE_PEER
  [ -d "$2" ] && [ -e "$3" ] || { echo "$1: no masks at $2, left out"; return 0; }
  local command=${peer//\{truth\}/$4}
  command=${command//\{predictions\}/$3}
  ${command:+env} build/bench/tests/benchmark/end_to_end "$1" "$2" "$3" "$rounds" ${command:+"$command >/dev/null"}
  echo
}
if [ "$only" != frames ]; then
  run mosxav-test "$data/mosxav" "$data/mosxav/predictions/test" "$data/mosxav/test/Annotations"
  run davis2017-val "$data/davis2017/Annotations" "$data/davis2017/pred-a" "$data/davis2017/Annotations"
fi
[ "$only" != end-to-end ] || exit 0
build/bench/tests/benchmark/scoring_benchmark --benchmark_min_time=0.2
ANGIOBENCH_DATA=$data build/bench/tests/benchmark/vessel_benchmark --benchmark_min_time=0.2
