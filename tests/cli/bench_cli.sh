#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The verb `bench` as a user meets it: exit codes, help, a tiny measurement, its figures as JSON.
set -uo pipefail
program=$1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
failed=0
expect() {
  local wanted=$1
  shift
  "$@" >"$folder/out" 2>"$folder/err"
  local got=$?
  if [ "$got" != "$wanted" ]; then
    echo "FAILED: '$*' exited $got, expected $wanted"
    cat "$folder/out" "$folder/err"
    failed=1
  fi
}
said() {
  grep -qF -- "$2" "$folder/$1" || { echo "FAILED: '$2' is not in $1:"; cat "$folder/$1"; failed=1; }
}

expect 0 "$program" bench --help
said out "--table"
said out "reference-unfold"
expect 2 "$program" bench --table 4
said err "3a, 3b or 3c"
expect 2 "$program" bench --strategies nonsense
said err "reference-unfold"
expect 2 "$program" bench --windows 4 --size 64x64
said err "odd"
expect 2 "$program" bench --size 12
expect 2 "$program" bench --objects 0 --size 64x64
expect 3 "$program" bench --weights "$folder/none.safetensors"
expect 0 "$program" bench --strategies local,global --windows 3,5 --size 64x48 --objects 2 --memory-frames 2 --repeats 2 \
  --memory-every 1 -j 1 --quiet --json "$folder/bench.json"
said out "BLAS:"
said out "direct (no copies)"
grep -q '"fps_mean"' "$folder/bench.json" || { echo "FAILED: no figures in the JSON"; failed=1; }
[ "$(grep -c '"strategy"' "$folder/bench.json")" = 3 ] || { echo "FAILED: expected 3 cases"; failed=1; }
exit $failed
