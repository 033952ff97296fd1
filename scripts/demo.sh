#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The whole story on data that needs no download: installs what is missing, builds, makes a small synthetic benchmark,
# validates it, predicts it with both learned baselines and the two floors, scores all four, puts them on a leaderboard
# beside the published rows, checks one against another, and ends with the paths of a picture and a report. Then the
# other tasks from data to report: classes, one mask an image from probabilities (as DIAS), labels that overlap (PAXRay).
# Where ANGIOBENCH_DATA (default ../shared/data) has MOSXAV's masks, the real predictions there are scored, too.
# Usage: demo.sh [--no-install]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

if [ "${1:-}" = --no-install ]; then ./scripts/setup.sh --no-install; else ./scripts/setup.sh; fi
# The tree that test.sh uses: what one of the two has built the other does not build again.
cmake --preset release >/dev/null
cmake --build --preset release --parallel "$(nproc)" --target angiobench angiobench_pages
program=$PWD/build/release/cli/angiobench
rm -rf out/demo
mkdir -p out/demo
cd out/demo
started=$SECONDS

say() { printf '\n== %s\n' "$*"; }
# Shows a command as a user would type it, then runs it.
run() {
  printf '$ angiobench %s\n' "$*"
  "$program" "$@"
}

say "A benchmark: three synthetic angiography runs in MOSXAV's layout, four frames a second"
run synth -o set --preset fluoroscopy --sequences 0,0,3 --length 18-20 --seed 12 --quiet
dataset=set/benchmarks/synth-test.json

say "Is it what it should be?"
run validate dataset --dataset $dataset -g set --quiet --fail-on error

say "Predictions: the floors, and the learned baselines where this build has LibTorch"
methods=(first-mask optical-flow)
if "$program" version | grep -q 'baselines built'; then methods+=(stcn local); fi
for method in "${methods[@]}"; do
  case $method in stcn | local) options=(--weights small) ;; *) options=() ;; esac
  run predict --network "$method" "${options[@]}" --dataset $dataset -g set -o "predictions/$method" \
    --sheet "frames-$method.png" --quiet
done

say "Scores, and a leaderboard that ships with the published rows"
for method in "${methods[@]}"; do
  run validate submission --dataset $dataset -g set -p "predictions/$method" --quiet --fail-on error >/dev/null
  run score --dataset $dataset -g set -p "predictions/$method" -o "score/$method" --quiet | sed -n 1,2p
  run leaderboard add "score/$method" --method "$method" --kind baseline --quiet >/dev/null
done
run leaderboard show --dataset synth-test
run leaderboard show --format html -o leaderboard

best=${methods[-1]}
floor=${methods[0]}
if [ "$best" = local ]; then floor=optical-flow; fi
say "A gate, as a CI would have it: '$best' must not be worse than '$floor'"
cat >gate.json <<'RULES'
{
  "schema": "gate-1",
  "rules": [{"metric": "J&F", "scope": "overall", "max_drop": 0.0, "level": "error"}]
}
RULES
verdict=0
run check "score/$best" --baseline "score/$floor" --rules gate.json --quiet || verdict=$?
echo "(exit code $verdict)"
run report html "score/$best" --baseline "score/$floor" --with-images set/test/JPEGImages -o report.html

# The other three tasks: classes, one mask an image from probabilities, labels that overlap. Nobody predicts them here:
# the two submissions are the truth, made worse.
tasks=(semantic:synth-semantic-test dsa:synth-dsa-test paxray:synth-chest-test)
for task in "${tasks[@]}"; do
  preset=${task%%:*}
  benchmark=${task##*:}
  dataset=$preset/benchmarks/$benchmark.json
  say "Another task: $benchmark"
  run synth -o "$preset" --preset "$preset" --sequences 0,0,3 --seed 12 --examples "$preset-examples" --quiet
  run validate dataset --dataset "$dataset" -g "$preset" --quiet --fail-on error
  for quality in fine coarse; do
    run validate submission --dataset "$dataset" -g "$preset" -p "$preset-examples/$quality" --quiet --fail-on error >/dev/null
    run score --dataset "$dataset" -g "$preset" -p "$preset-examples/$quality" -o "score/$preset-$quality" --quiet
    run leaderboard add "score/$preset-$quality" --method "$quality" --kind baseline --quiet >/dev/null
  done
  run leaderboard show --dataset "$benchmark"
  run check "score/$preset-fine" --baseline "score/$preset-coarse" --quiet | sed -n 1,6p
  run report html "score/$preset-fine" --baseline "score/$preset-coarse" -o "report-$preset.html"
done
cd ../..

data=${ANGIOBENCH_DATA:-../shared/data}
if [ -d "$data/mosxav/test/Annotations" ] && [ -d "$data/mosxav/predictions/test" ]; then
  say "The real MOSXAV test predictions"
  "$program" score --dataset mosxav-test -g "$data/mosxav" -p "$data/mosxav/predictions/test" -o out/demo/mosxav --quiet
fi
printf '\nThe story took %d s after the build.\n' $((SECONDS - started))
echo "Look at  $(pwd)/out/demo/frames-$best.png"
echo "     and $(pwd)/out/demo/leaderboard/index.html"
echo "Open     $(pwd)/out/demo/report.html"
for task in "${tasks[@]}"; do echo "     and $(pwd)/out/demo/report-${task%%:*}.html"; done
