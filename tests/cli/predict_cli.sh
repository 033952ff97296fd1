#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Runs `predict` as a user does: predict_cli.sh PROGRAM. Exit codes, help, refusals, and what it writes.
# shellcheck source=tests/cli/expect.sh
. "$(dirname "$0")/expect.sh" "$1"

"$program" synth -o set --size 64 --length 6 --sequences 1,2,1 --quiet >/dev/null || exit 1
data=(--dataset set/benchmarks/synth-val.json -g set)
floor=(--network first-mask "${data[@]}")

expect 0 'Examples:' predict --help
expect 2 '-o .* is missing' predict
expect 2 'neither --ground-truth nor --clip' predict -o x
expect 2 'both --ground-truth and --clip' predict -o x -g set --clip set
expect 2 'without --dataset' predict -o x -g set
expect 2 'without --first-mask' predict -o x --clip set
expect 2 "network is 'magic', which is no predictor" predict -o x "${data[@]}" --network magic
expect 2 '--window is 0; expected 1 to' predict -o x "${floor[@]}" --window 0
expect 2 'is not a sequence' predict -o x "${floor[@]}" --sequences v77
expect 2 'unknown option' predict -o x --colour
expect 3 'nowhere: error' predict -o x --network first-mask --dataset mosxav-val -g nowhere
expect 3 'nothing.safetensors: error' predict -o x "${floor[@]}" --weights nothing.safetensors
expect 3 'set/synth.json: error' predict -o x "${floor[@]}" --weights set/synth.json
[ ! -e x ] || { echo 'a failed run left a folder'; failed=1; }

expect 0 '^synth-val: 2 sequences, 12 frames predicted' predict "${floor[@]}" -o first
expect 0 '2 were there already' predict "${floor[@]}" -o first
expect 3 'was made with network "first-mask", this run has "optical-flow"' predict "${data[@]}" --network optical-flow -o first
expect 0 '2 sequences, 12 frames' predict "${data[@]}" --network optical-flow -o flow -j 1
expect 0 '2 sequences, 12 frames' predict "${data[@]}" --network optical-flow -o flow2 -j 2 --quiet
diff -r flow flow2 || { echo 'one and two threads differ'; failed=1; }
grep -q '"network": "optical-flow"' flow/manifest.json || { echo 'no manifest'; failed=1; }

# What was predicted goes through the other verbs as it is.
"$program" validate submission "${data[@]}" -p flow >said 2>&1 || { cat said; failed=1; }
"$program" score "${data[@]}" -p flow -o scored >said 2>&1 || { cat said; failed=1; }
[ -s scored/report.html ] || { echo 'no report'; failed=1; }

expect 0 '^cine: 1 sequences, 6 frames' predict --network first-mask --clip set/test/JPEGImages/v00 \
  --first-mask set/test/Annotations/v00/00000.png --name cine -o clip
[ -s clip/cine/00005.png ] || { echo 'no mask of the clip'; failed=1; }

# The learned ones, where this build has them, with weights that mean nothing and say so.
"$program" predict --network stcn "${data[@]}" -o none >said 2>&1
if ! grep -q 'which this build lacks' said; then
  expect 2 'weights is missing, and local has none' predict --network local "${data[@]}" -o y
  expect 0 'NOT TRAINED' predict --network stcn --weights seed "${data[@]}" --sequences v01 -j 1 -o seed
  expect 2 '--max-memory-frames is -2; expected 0 to' predict --network stcn --weights seed "${data[@]}" --max-memory-frames -2 -o z
  expect 0 '1 sequences' predict --network local --weights seed "${data[@]}" --sequences v01 -j 1 --memory-every 1 --max-memory-frames 2 -o short
  grep -q 'max-memory-frames 2 ' short/manifest.json || { echo 'the manifest hides the limit of the memory'; failed=1; }
  expect 3 'was made with predictor' predict --network local --weights seed "${data[@]}" --sequences v01 -j 1 --memory-every 1 -o short
  grep -q 'scores mean nothing' seed/manifest.json || { echo 'the manifest hides that the weights are not trained'; failed=1; }
fi
exit $failed
