#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The verb `bench` as a user meets it: exit codes, help, a tiny measurement, its figures as JSON.
# shellcheck source=tests/cli/expect.sh
. "$(dirname "$0")/expect.sh" "$1"

expect 0 'reference-unfold' bench --help
expect 2 '3a, 3b or 3c' bench --table 4
expect 2 'reference-unfold' bench --strategies nonsense
expect 2 'odd' bench --windows 4 --size 64x64
expect 2 'WIDTHxHEIGHT' bench --size 12
expect 2 '--objects is 0; expected 1 to 255' bench --objects 0 --size 64x64
if ( ulimit -v 3500000 && "$program" bench --help >/dev/null 2>&1 ); then
  said=$(ulimit -v 3500000 && "$program" bench --size 4096x4096 2>&1)
  [ $? = 4 ] && grep -q 'would take about .* of memory' <<<"$said" || { echo "FAILED: 4096x4096 in 3.5 GB: $said"; failed=1; }
else
  echo 'SKIPPED: memory that does not suffice (this build does not start in a small address space)'
fi
expect 3 'none.safetensors: error' bench --weights none.safetensors
expect 0 'direct \(no copies\)' bench --strategies local,global --windows 5,15 --size 64x48 --objects 2 --memory-frames 2 \
  --repeats 2 --memory-every 1 -j 1 --quiet --json bench.json
grep -qF 'BLAS:' <<<"$said" || { echo 'FAILED: the BLAS is not named'; failed=1; }
grep -q '"fps_mean"' bench.json || { echo 'FAILED: no figures in the JSON'; failed=1; }
[ "$(grep -c '"strategy"' bench.json)" = 3 ] || { echo 'FAILED: expected 3 cases'; failed=1; }

# The speeds stand beside the paper's; the file is named by its digest.
expect 0 'r=1, measured here .* bench [0-9a-f]{12}' reproduce table3 --bench bench.json
expect 0 'cases have another setting' reproduce table3 --bench bench.json
expect 2 '--bench is given for table1' reproduce table1 --bench bench.json
expect 3 'nowhere.json: error' reproduce table3 --bench nowhere.json
exit $failed
