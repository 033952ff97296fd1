#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The static program: static_test.sh STATIC DYNAMIC. It needs no library and no loader, runs in a root that holds nothing
# else, says what it cannot do, starts at once, and scores as the dynamic program does, on all shared data that are there.
set -uo pipefail
static=$(realpath "$1")
dynamic=$(realpath "$2")
data=$(realpath -m "${ANGIOBENCH_DATA:-$(dirname "${BASH_SOURCE[0]}")/../../../shared/data}")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0
wrong() { echo "static_test: $*"; failed=1; }

readelf -lW "$static" | grep -qE 'INTERP|DYNAMIC' && wrong 'it asks for a loader'
readelf -dW "$static" 2>/dev/null | grep -q NEEDED && wrong 'it needs a library'
# Nobody's call of dlopen reaches glibc's: ours stands in its place, three bytes that answer no.
loader=$(readelf -sW "$static" 2>/dev/null | awk '$8 == "dlopen" { print $3 }')
[ "${loader:-0}" -le 16 ] || wrong 'a call of dlopen would load libraries'
size=$(stat -c %s "$static")
cp "$static" "$work/stripped" && strip --strip-all "$work/stripped"
stripped=$(stat -c %s "$work/stripped")
echo "static_test: $size bytes, $stripped stripped, $(gzip -9c "$work/stripped" | wc -c) zipped"
[ "$stripped" -lt 10000000 ] || wrong 'it has 10 MB or more'
"$static" version --json | grep -q '"static": true' || wrong 'version does not say that it is static'
for verb in predict train bench synth; do
  said=$("$static" $verb --help 2>&1); code=$?
  [ $code = 4 ] && grep -q 'this build scores only' <<<"$said" || wrong "$verb: exit $code, said: $said"
done

# CPU of a start, over many, above that of a program that does nothing (of which a virtual machine's page faults are most).
TIMEFORMAT='%U %S'
starts() { { time for _ in $(seq 200); do "$@" >/dev/null; done; } 2>&1; }
read -r user system < <(starts "$static" version)
read -r floor_user floor_system < <(starts /bin/true)
awk -v all="$(awk "BEGIN { print ($user + $system) * 1000 / 200 }")" -v floor="$(awk "BEGIN { print ($floor_user + $floor_system) * 1000 / 200 }")" 'BEGIN {
  printf "static_test: %.2f ms CPU to start, %.2f of them as /bin/true\n", all, floor; exit all - floor > 2 }' || wrong 'it starts slowly'

# both TEST NAME DATASET TRUTH PREDICTIONS: the same bytes but for `run`, `tool` and nothing else.
compared=0
both() {
  local dataset=$1 truth=$2 predictions=$3 program
  [ -e "$truth" ] && [ -e "$predictions" ] || return 0
  for program in static dynamic; do
    "${!program}" score --dataset "$dataset" -g "$truth" -p "$predictions" -o "$work/$program" --missing zero --quiet >"$work/$program.txt" 2>&1
    echo "exit $?" >>"$work/$program.txt"
    sed -i '/^report: /d' "$work/$program.txt"
    [ -d "$work/$program" ] || continue
    sed -i '/^  "run": {/,$d; /"git_commit"/d' "$work/$program/result.json"
    rm -f "$work/$program/report.html"
  done
  diff -r "$work/static" "$work/dynamic" >"$work/diff" && diff "$work/static.txt" "$work/dynamic.txt" >>"$work/diff" ||
    { wrong "$dataset differs"; head -5 "$work/diff"; }
  rm -rf "$work/static" "$work/dynamic"
  compared=$((compared + 1))
}
both mosxav-test "$data/mosxav" "$data/mosxav/predictions/test"
both mosxav-val "$data/mosxav" "$data/mosxav/predictions/val"
both mosxav-semantic-test "$data/mosxav" "$data/mosxav/predictions/semantic-test"
both xacv "$data/xacv/gt" "$data/xacv/pred"
both davis2016-val "$data/davis2016/gt" "$data/davis2016/pred"
both davis2017-val "$data/davis2017" "$data/davis2017/pred-a"
both davis2017-val "$data/davis2017" "$data/davis2017/pred-osvos"
both flat "$data/edge/gt.zip" "$data/edge/pred.zip"
"$dynamic" synth --sequences 0,0,3 --length 6 -o "$work/set" --examples "$work/examples" --quiet >/dev/null || wrong 'synth failed'
both mosxav-test "$work/set" "$work/examples/fine"
echo "static_test: $compared data sets scored by both"
[ -d "$data" ] || echo "static_test: skipped the shared data: $data is not there"

# A root that holds the program and the data, and nothing else: no /proc, no /etc, no /tmp.
mkdir "$work/system" && cp "$static" "$work/system/angiobench" && mv "$work/set" "$work/examples/fine" "$work/system/"
enter=(chroot "$work/system")
[ "$(id -u)" = 0 ] || enter=(unshare -r chroot "$work/system")
if "${enter[@]}" /angiobench version >/dev/null 2>&1; then
  "${enter[@]}" /angiobench score --dataset mosxav-test -g /set -p /fine -o /out --quiet >"$work/said" 2>&1 || { wrong 'it does not score in an empty root'; cat "$work/said"; }
  [ -s "$work/system/out/result.json" ] && [ -s "$work/system/out/report.html" ] || wrong 'nothing was written in an empty root'
else
  "${enter[@]}" true 2>&1 | grep -qi 'permi' && echo 'static_test: skipped the empty root: no right to enter one' || wrong 'it does not start in an empty root'
fi
exit $failed
