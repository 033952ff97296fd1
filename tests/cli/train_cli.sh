#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Runs `train` as a user does: train_cli.sh PROGRAM. Refusals, a run that is stopped and goes on, its files, and the
# weights through `predict` and `score`.
# shellcheck source=tests/cli/expect.sh
. "$(dirname "$0")/expect.sh" "$1"
fail() {
  echo "$1"
  failed=1
}

expect 0 'Examples:' train --help
expect 2 '-o \(a folder for the run\) is missing' train
expect 2 'nothing to train on' train -o run
expect 2 'comes alone' train -o run -g set
expect 2 'width is 3; expected even' train -o run --stills s --width 3
expect 2 "key-blocks is '1,2'" train -o run --stills s --key-blocks 1,2
expect 2 'crop is 100; expected a multiple of 16' train -o run --stills s --crop 100
expect 2 "matching is 'sideways'" train -o run --stills s --matching sideways
expect 2 "device is 'tpu'" train -o run --stills s --device tpu
expect 3 'nowhere: error' train -o run --stills nowhere
[ ! -e run ] || fail 'a failed run left a folder'

expect 0 'set: 4 sequences' synth -o set --size 64 --length 6 --sequences 2,1,1 --annotation-step 1
small=(-g set --dataset set/benchmarks/synth-train.json --width 4 --key-blocks 1,1,1 --value-blocks 1,1,1 --crop 48
  --batch 2 --matching mixed --window 3 --batch-statistics 5 --log-every 2 --checkpoint-every 4
  --validate set/benchmarks/synth-val.json --half -j 1 --quiet)
short=("${small[@]}" --steps 8 --learning-rate 1e-3 --validate-every 4)
expect 0 '^8 steps in .*best validation J&F' train "${short[@]}" -o whole
for file in weights.safetensors best.safetensors checkpoint.safetensors log.csv validation.csv training.html provenance.json; do
  [ -s "whole/$file" ] || fail "whole/$file is missing"
done
[ "$(wc -l <whole/log.csv)" = 5 ] || fail "log.csv: $(cat whole/log.csv)"
[ "$(wc -l <whole/validation.csv)" = 3 ] || fail "validation.csv: $(cat whole/validation.csv)"
grep -q '"data_digest": "sha256:' whole/provenance.json || fail 'no provenance'
grep -q '<svg class="curve"' whole/training.html || fail 'the page has no curve'

# What was chosen by is what `score` says of the same weights.
expect 0 'predicted' predict --network local --weights whole/best.safetensors --normalization xray --resize 0 -g set \
  --dataset set/benchmarks/synth-val.json -o chosen --quiet
said=$("$program" score --dataset set/benchmarks/synth-val.json -g set -p chosen --quiet 2>/dev/null | awk '/J&F/ { print $2; exit }')
best=$(tail -n +2 whole/validation.csv | sort -t, -k2,2gr | head -n 1 | cut -d, -f2)
[ "$said" = "$(awk -v v="$best" 'BEGIN { printf "%.1f", 100 * v }')" ] || fail "validated $best, score says $said"

# What a long run will take is said after its first steps; one that does not fit into memory is not begun.
huge=()
for word in "${small[@]}"; do [ "$word" = --quiet ] || huge+=("$word"); done
huge+=(--steps 1000000 --validate-every 1000000)
expect 0 '999997 steps of batches of 2 clips of 48x48: about .* without validations and [0-9]+ MB of memory' \
  train "${huge[@]}" -o huge --stop-after 3
if ( ulimit -v 8000000 && "$program" train --help >/dev/null 2>&1 ); then
  said=$(ulimit -v 8000000 && "$program" train -g set --dataset set/benchmarks/synth-train.json --batch 1024 -o fat 2>&1)
  [ $? = 4 ] && grep -q 'would take about .*; expected a smaller batch, crop or network' <<<"$said" || fail "a batch of 1024: $said"
else
  echo 'SKIPPED: memory that does not suffice (this build does not start in a small address space)'
fi

# Stopped and gone on: the same weights, bit for bit.
expect 0 '^stopped after step 3 of 8' train "${short[@]}" -o parts --stop-after 3
[ ! -e parts/weights.safetensors ] || fail 'a run that was stopped has final weights'
expect 0 '^stopped after step 6 of 8' train "${short[@]}" -o parts --stop-after 3
expect 3 'other settings \(learning_rate\)' train "${small[@]}" -o parts --steps 8 --learning-rate 1e-4 --validate-every 4
expect 0 '^8 steps in' train "${short[@]}" -o parts
cmp whole/weights.safetensors parts/weights.safetensors || fail 'a stopped run ended elsewhere'
diff whole/validation.csv parts/validation.csv || fail 'a stopped run was validated otherwise'

# Two validations without a better one stop it.
expect 0 'stopped early' train "${small[@]}" -o early --steps 400 --learning-rate 1e-12 --validate-every 2 --patience 2

# A checkpoint that was cut off is refused with its name.
head -c 1000 parts/checkpoint.safetensors >cut && mv cut parts/checkpoint.safetensors
expect 3 'parts/checkpoint.safetensors: error' train "${short[@]}" -o parts

# The weights say how their pictures are normalised: both baselines run on them without options.
for network in local stcn; do
  expect 0 'frames predicted' predict --network $network --weights whole/weights.safetensors -g set \
    --dataset set/benchmarks/synth-test.json -o $network --quiet
  grep -q '"normalization": "xray"' $network/manifest.json || fail "$network: $(cat $network/manifest.json)"
  # Eight steps make no network: what covers the whole frame is told, and the score is there all the same.
  "$program" score --dataset set/benchmarks/synth-test.json -g set -p $network --quiet >said 2>&1
  code=$?
  { [ $code = 0 ] || { [ $code = 1 ] && grep -q 'P023' said; }; } && grep -q 'J&F' said || fail "$network: exit $code, $(cat said)"
done
exit $failed
