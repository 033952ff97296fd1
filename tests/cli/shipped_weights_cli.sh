#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The weights that ship, used as the demo uses them: shipped_weights_cli.sh PROGRAM SOURCE_FOLDER. They must be those
# that their provenance speaks of, and follow objects of a new synthetic run better than the first mask copied does.
source=$2
# shellcheck source=tests/cli/expect.sh
. "$(dirname "$0")/expect.sh" "$1"
fail() {
  echo "$1"
  failed=1
}

"$program" synth -o set --preset fluoroscopy --sequences 0,0,2 --length 8 --size 256 --seed 12 --quiet >/dev/null
for method in first-mask stcn local; do
  weights=(--weights small)
  [ $method != first-mask ] || weights=()
  "$program" predict --network $method "${weights[@]}" --dataset set/benchmarks/synth-test.json -g set -o $method \
    --sheet $method.png --quiet >/dev/null || fail "$method: predict failed"
  "$program" score --dataset set/benchmarks/synth-test.json -g set -p $method --quiet 2>/dev/null |
    awk '/J&F/ { print $2; exit }' >$method.score
  [ -s $method.png ] || fail "$method: no picture"
done
echo "J&F: first mask $(cat first-mask.score), stcn $(cat stcn.score), local $(cat local.score)"
for method in stcn local; do
  awk -v a="$(cat $method.score)" -v b="$(cat first-mask.score)" 'BEGIN { exit !(a > b + 5) }' ||
    fail "$method is not five points above the first mask"
  digest=$(grep -o '"weights": "sha256:[0-9a-f]*"' $method/manifest.json | grep -o 'sha256:[0-9a-f]*')
  grep -q "\"weights_digest\": \"$digest\"" "$source/baselines/weights/small.fine.provenance.json" ||
    fail "$method ran on $digest, which the provenance does not name"
done
exit $failed
