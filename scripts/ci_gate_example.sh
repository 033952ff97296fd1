#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The CI gate at work: ci_gate_example.sh [PROGRAM]. A baseline is scored and kept; then come the same masks again, a
# model change that freezes one sequence (caught: exit 1), a change that shows the other verdicts, and a run on other
# data (inconclusive: exit 4). Uses the real MOSXAV test predictions where ANGIOBENCH_DATA (default ../shared/data) has
# them, else a small synthetic benchmark. Every expectation is checked: exit 0 means the gate did its work.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
rules=$PWD/scripts/ci_gate_rules.json
program=${1:-build/release/cli/angiobench}
program=$(realpath "$program")
data=$(realpath -m "${ANGIOBENCH_DATA:-../shared/data}")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
unset CI GITHUB_ACTIONS GITHUB_STEP_SUMMARY

if [ -d "$data/mosxav/test/Annotations" ] && [ -d "$data/mosxav/predictions/test" ]; then
  truth=$data/mosxav
  masks=$data/mosxav/test/Annotations
  cp -r "$data/mosxav/predictions/test" main
else
  # An example submission: outlines that are a little off.
  "$program" synth --sequences 1,1,6 --length 12 -o synthetic --examples examples >/dev/null
  truth=$work/synthetic
  masks=$work/synthetic/test/Annotations
  cp -r examples/fine main
  # And one video is lost.
  first=$(find main/v01 -name '*.png' | sort | head -1)
  for mask in main/v00/*.png; do cp "$first" "$mask"; done
fi
chmod -R u+w main
mapfile -t sequences < <(ls main)

score() { "$program" score --dataset mosxav-test -g "$truth" -p "$1" -o "runs/$1" --quiet >/dev/null; }
# freeze RUN SEQUENCE: from its first mask on, the model of RUN no longer moves.
freeze() {
  local first
  first=$(find "$1/$2" -name '*.png' | sort | head -1)
  cp "$first" first.png
  for mask in "$1/$2"/*.png; do cp first.png "$mask"; done
}
# expect CODE PATTERN ARGUMENTS...: runs the gate, shows what it says, and holds it to its exit code and words.
expect() {
  local code=$1 pattern=$2 got=0
  shift 2
  printf '\n$ angiobench check %s\n' "$*"
  "$program" check "$@" >said.txt 2>&1 || got=$?
  cat said.txt
  if [ "$got" != "$code" ] || ! grep -qF -- "$pattern" said.txt; then
    printf 'ci_gate_example: exit %s (expected %s), or it does not say: %s\n' "$got" "$code" "$pattern"
    exit 1
  fi
}

echo "== A person scores main and keeps it as the baseline"
score main
expect 0 'baseline renewed' runs/main --baseline baseline.json --renew-baseline

echo; echo "== The same masks: nothing changed"
cp -r main same
score same
expect 0 'no change (identical masks)' runs/same --baseline baseline.json --rules "$rules"

echo; echo "== A change freezes one sequence: caught, whatever the mean says"
victim=${sequences[5]}
cp -r main frozen
freeze frozen "$victim"
score frozen
expect 1 "$victim " runs/frozen --baseline baseline.json --rules "$rules" --junit gate.xml --markdown gate.md
grep -q '<failure' gate.xml

echo; echo "== A change for better and worse: every verdict has its word"
cp -r main mixed
for sequence in "${sequences[0]}" "${sequences[3]}"; do cp "$masks/$sequence"/*.png "mixed/$sequence/"; done  # perfect here
cp "$(find "main/${sequences[1]}" -name '*.png' | sort | head -1)" other.png
for mask in "mixed/${sequences[2]}"/*.png; do cp other.png "$mask"; done  # masks of another video here: lost
score mixed
expect 1 '▲ improved' runs/mixed --baseline baseline.json --rules "$rules" --markdown mixed.md
for word in '▲ improved' '▼ regressed' '! new failure' '\* fixed'; do grep -qF -- "$word" mixed.md || { echo "no $word"; exit 1; }; done

echo; echo "== A part of the data: not comparable unless that is said"
"$program" score --dataset mosxav-test -g "$truth" -p main --sequences "${sequences[0]}" -o runs/part --quiet >/dev/null
expect 4 'inconclusive' runs/part --baseline baseline.json --rules "$rules"
expect 0 'waived' runs/part --baseline baseline.json --rules "$rules" --lenient

echo; echo "== In a CI nobody renews a baseline by accident"
CI=true expect 2 'refused' runs/frozen --baseline baseline.json --renew-baseline
echo; echo "ci_gate_example: the gate caught what it should"
