#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# What the weights that ship are worth: both learned baselines against the two floors on a synthetic test set that no
# training has seen (other seeds, unseen categories, lower frame rate), and as a transfer check on DAVIS and PUMaVOS
# clips, where ANGIOBENCH_DATA (default ../shared/data) has them. Ends with tables in Markdown. About 15 minutes.
# Usage: evaluate_reference.sh [WEIGHTS] [WORK_FOLDER]   (default small, the weights that ship; out/evaluation)
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
weights=${1:-small}
work=${2:-out/evaluation}
program=${ANGIOBENCH_PROGRAM:-build/release/cli/angiobench}
if [ -z "${ANGIOBENCH_PROGRAM:-}" ]; then
  cmake --preset release -DANGIOBENCH_TESTS=OFF >/dev/null
  cmake --build --preset release --parallel "$(nproc)" --target angiobench
fi
data=${ANGIOBENCH_DATA:-../shared/data}
mkdir -p "$work"
methods=(optical-flow first-mask stcn local)

# predict METHOD OUT ARGUMENTS...: skips what an earlier run finished.
predict() {
  local method=$1 out=$2
  shift 2
  local options=()
  case $method in stcn | local) options=(--weights "$weights") ;; esac
  "$program" predict --network "$method" "${options[@]}" -o "$out" --quiet "$@" >/dev/null
}

[ -d "$work/test" ] || "$program" synth -o "$work/test" --preset fluoroscopy --seed 9017 --quiet
definition=$work/test/benchmarks/synth-test.json
for method in "${methods[@]}"; do
  predict "$method" "$work/$method" --dataset "$definition" -g "$work/test"
  "$program" score --dataset "$definition" -g "$work/test" -p "$work/$method" --name "$method" \
    -o "$work/score/$method" --error-maps none --quiet >/dev/null
done
echo "## Synthetic test (\`synth --preset fluoroscopy --seed 9017\`)"
echo
"$program" report markdown "${methods[@]/#/$work/score/}"
echo
"$program" compare "${methods[@]/#/$work/score/}" --markdown - --quiet
"$program" compare "$work/score/stcn" "$work/score/local" --markdown - --quiet

if [ -d "$data/davis-frames/JPEGImages" ]; then
  truth=$data/davis-frames/Annotations2017
  for method in "${methods[@]}"; do
    predict "$method" "$work/davis/$method" --dataset flat -g "$truth" --images "$data/davis-frames/JPEGImages"
    "$program" score --dataset flat -g "$truth" -p "$work/davis/$method" --name "$method" \
      -o "$work/score-davis/$method" --error-maps none --quiet >/dev/null
  done
  printf '\n## Transfer: three DAVIS sequences, never trained on\n\n'
  "$program" report markdown "${methods[@]/#/$work/score-davis/}"
fi

if [ -d "$data/pumavos" ]; then
  mkdir -p "$work/pumavos-truth"
  for clip in caps chair; do
    ln -sfn "$(realpath "$data/pumavos/$clip/Annotations")" "$work/pumavos-truth/$clip"
  done
  for method in "${methods[@]}"; do
    for clip in caps chair; do
      masks=$data/pumavos/$clip/Annotations
      predict "$method" "$work/pumavos/$method.$clip" --clip "$data/pumavos/$clip/JPEGImages" \
        --first-mask "$masks/frame_000000.png" --name "$clip"
      mkdir -p "$work/pumavos/$method"
      ln -sfn "$(realpath "$work/pumavos/$method.$clip/$clip")" "$work/pumavos/$method/$clip"
    done
    "$program" score --dataset flat -g "$work/pumavos-truth" -p "$work/pumavos/$method" --name "$method" \
      -o "$work/score-pumavos/$method" --error-maps none --quiet >/dev/null
  done
  printf '\n## Transfer: two PUMaVOS clips, never trained on\n\n'
  "$program" report markdown "${methods[@]/#/$work/score-pumavos/}"
fi
