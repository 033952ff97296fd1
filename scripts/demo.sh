#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# From nothing to a report: installs what is missing, builds, scores predictions and ends with the path of a report.
# Where ANGIOBENCH_DATA (default ../shared/data) has MOSXAV's masks, the real predictions there are scored; elsewhere a
# small synthetic benchmark is made and scored. Usage: demo.sh [--no-install]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

if [ "${1:-}" = --no-install ]; then ./scripts/setup.sh --no-install; else ./scripts/setup.sh; fi
cmake --preset release -DANGIOBENCH_TESTS=OFF >/dev/null
cmake --build --preset release --parallel "$(nproc)" --target angiobench
program=build/release/cli/angiobench
out=out/demo
rm -rf "$out"
mkdir -p "$out"

data=${ANGIOBENCH_DATA:-../shared/data}
if [ -d "$data/mosxav/test/Annotations" ] && [ -d "$data/mosxav/predictions/test" ]; then
  echo "Scoring the real MOSXAV test predictions in $data"
  "$program" score --dataset mosxav-test -g "$data/mosxav" -p "$data/mosxav/predictions/test" -o "$out/score"
else
  echo "No MOSXAV masks in $data: making a small synthetic benchmark"
  "$program" synth --preset demo -o "$out/synthetic"
  "$program" predict --dataset mosxav-test -g "$out/synthetic" --network optical-flow -o "$out/predictions"
  "$program" score --dataset mosxav-test -g "$out/synthetic" -p "$out/predictions" -o "$out/score"
fi
echo
echo "Open $(pwd)/$out/score/report.html"
