#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# How fast it is: commands as they are typed, as whole processes, in one table.
# Usage: bench.sh [--peer "COMMAND"] [--before PROGRAM] [--rounds N] [--only TEXT] [--json FILE] [--long] [--pieces]
#   --peer    a shell command that scores the same masks with a public tool; {truth} and {predictions} are replaced.
#             vos-benchmark, for one: --peer "python3 benchmark.py -g {truth} -m {predictions} -n 2"
#   --before  another build of angiobench: each command of ours is timed with it, too
#   --only    rows whose name has this text, and those they are held against
#   --json    the same figures for a program
#   --long    also a million frames (minutes)
#   --pieces  also what one frame costs, piece by piece, and the measures of vessels, classes and maps
# Exit status 1: a ratio is not what it must be.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
table=()
long=""
pieces=""
while [ $# -gt 0 ]; do
  case "$1" in
    --peer|--before|--rounds|--only|--json) table+=("$1" "$2"); shift 2 ;;
    --long) long=yes; shift ;;
    --pieces) pieces=yes; shift ;;
    *) echo "bench.sh: unknown option $1" >&2; exit 2 ;;
  esac
done
dpkg-query -W libbenchmark-dev >/dev/null 2>&1 || { echo "bench.sh needs libbenchmark-dev" >&2; exit 1; }
cmake --preset bench >/dev/null
targets=(angiobench decode_floor ${pieces:+scoring_benchmark vessel_benchmark})
cmake --build --preset bench --parallel "$(nproc)" --target "${targets[@]}" >/dev/null
data=$(realpath "${ANGIOBENCH_DATA:-../shared/data}")
status=0
python3 tests/benchmark/speed_table.py --angiobench build/bench/cli/angiobench --floor build/bench/tests/benchmark/decode_floor \
  --data "$data" "${table[@]}" || status=$?
if [ -n "$long" ]; then
  folder=$(mktemp -d)
  tests/benchmark/million_frames.sh "$PWD/build/bench/cli/angiobench" "$folder" || status=1
  rmdir "$folder"
fi
if [ -n "$pieces" ]; then
  build/bench/tests/benchmark/scoring_benchmark --benchmark_min_time=0.2
  ANGIOBENCH_DATA=$data build/bench/tests/benchmark/vessel_benchmark --benchmark_min_time=0.2
fi
exit $status
