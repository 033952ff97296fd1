#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Makes the weights that ship (baselines/weights/small.*): renders the training set, trains, and puts weights,
# provenance, log and curves beside each other. About 80 minutes on one 2.5 GHz core; a stopped run goes on where it was.
# Where ANGIOBENCH_DATA (default ../shared/data) has ARCADE's training pictures, one clip in seven is made of them.
# Usage: train_reference.sh [--keep | --data-only] [WORK_FOLDER]   (default out/reference; --keep leaves
# baselines/weights alone, --data-only renders the training set and stops)
# With CONTRAST=0, STEPS=N, CROP=N it trains a variant, for ablations.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
keep=0
data_only=0
case "${1:-}" in
  --keep) keep=1; shift ;;
  --data-only) data_only=1; shift ;;
esac
work=${1:-out/reference}
cmake --preset release -DANGIOBENCH_TESTS=OFF >/dev/null
cmake --build --preset release --parallel "$(nproc)" --target angiobench
program=build/release/cli/angiobench
mkdir -p "$work"

[ -d "$work/data/benchmarks" ] || "$program" synth -o "$work/data" --preset training --seed 2601 --jpeg-quality 90
if [ "$data_only" = 1 ]; then exit 0; fi
stills=()
arcade=${ANGIOBENCH_DATA:-../shared/data}/arcade/train
if [ -d "$arcade/images" ]; then stills=(--stills "$arcade" --still-share 0.15); fi

# The network is the official one with a quarter of its width and six instead of thirteen blocks in the key encoder. It
# starts from nothing, so batch norm learns its statistics first and keeps them later. Vessels are thin: crops are a
# tenth to a quarter of the frame, at about its own scale, and the loss narrows to the hardest third of the pixels.
steps=${STEPS:-5000}
"$program" train -g "$work/data" --dataset "$work/data/benchmarks/synth-train.json" "${stills[@]}" \
  --width 16 --key-blocks 2,2,2 --value-blocks 2,2,2 \
  --crop "${CROP:-192}" --crop-area 0.09,0.25 --batch 4 \
  --steps "$steps" --warm-up 200 --learning-rate 1e-3 --drop-at $((steps * 78 / 100)) --clip 5 \
  --batch-statistics $((steps * 72 / 100)) --bootstrap $((steps * 24 / 100)),$((steps * 72 / 100)),0.3 \
  --contrast "${CONTRAST:-0.01}" --matching mixed --window 7 --seed "${SEED:-1}" \
  --validate "$work/data/benchmarks/synth-val.json" --validate-every $((steps / 4)) \
  --checkpoint-every 250 --log-every 25 --half -j 1 -o "$work/run"

# Then larger crops at a lower rate, so that the matching meets as many look-alikes as in whole frames.
if [ "${FINE:-1}" = 1 ]; then
  "$program" train -g "$work/data" --dataset "$work/data/benchmarks/synth-train.json" "${stills[@]}" \
    --init "$work/run/weights.safetensors" --crop 256 --crop-area 0.16,0.36 --batch 4 \
    --steps 800 --warm-up 50 --learning-rate 3e-4 --drop-at 560 --clip 5 --bootstrap 0,1,0.3 \
    --contrast "${CONTRAST:-0.01}" --matching mixed --window 7 --seed 2 \
    --validate "$work/data/benchmarks/synth-val.json" --validate-every 400 \
    --checkpoint-every 200 --log-every 20 --half -j 1 -o "$work/fine"
fi

if [ "$keep" = 0 ]; then
  for stage in run fine; do
    for kind in provenance.json log.csv validation.csv training.html; do
      cp "$work/$stage/$kind" "baselines/weights/small.$stage.$kind"
    done
  done
  cp "$work/fine/weights.safetensors" baselines/weights/small.safetensors
  ls -l baselines/weights/small.*
fi
