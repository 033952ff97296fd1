#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Does the contrastive loss help? Trains the reference network four times, short and on small crops, with and without it,
# from two seeds, and compares the pairs on the synthetic test. About an hour of one core.
# Usage: ablate_contrast.sh [WORK_FOLDER]   (default out/ablation)
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
work=${1:-out/ablation}
program=build/release/cli/angiobench
mkdir -p "$work"
for seed in 1 2; do
  for contrast in 0.01 0; do
    run=$work/seed$seed-contrast$contrast
    mkdir -p "$run"
    [ -e "$work/data" ] || ./scripts/train_reference.sh --data-only "$work"
    ln -sfn ../data "$run/data"
    SEED=$seed CONTRAST=$contrast STEPS=1000 CROP=128 FINE=0 ./scripts/train_reference.sh --keep "$run"
  done
done
[ -d "$work/test" ] || "$program" synth -o "$work/test" --preset fluoroscopy --seed 9017 --quiet
definition=$work/test/benchmarks/synth-test.json
for seed in 1 2; do
  for contrast in 0.01 0; do
    name=seed$seed-contrast$contrast
    "$program" predict --network local --weights "$work/$name/run/weights.safetensors" --dataset "$definition" \
      -g "$work/test" -o "$work/predictions/$name" --quiet >/dev/null
    "$program" score --dataset "$definition" -g "$work/test" -p "$work/predictions/$name" --name "$name" \
      -o "$work/score/$name" --error-maps none --quiet >/dev/null
  done
  "$program" compare "$work/score/seed$seed-contrast0" "$work/score/seed$seed-contrast0.01" --markdown - --quiet
done
