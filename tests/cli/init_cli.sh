#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Runs `init benchmark` as a user does: init_cli.sh PROGRAM. What it writes is validated and scored with.
# shellcheck source=tests/cli/expect.sh
. "$(dirname "$0")/expect.sh" "$1"
fail() {
  echo "$1"
  failed=1
}

expect 2 '-?DIR \(the folder of masks\) is missing' init benchmark
expect 3 'nowhere: error' init benchmark nowhere
mkdir empty && touch empty/a.jpg empty/b.jpg
expect 3 'empty: error: holds 0 folders, 2 files .jpg; expected a folder a sequence' init benchmark empty
expect 2 "out is 'x'; expected a name that ends in .json" init benchmark empty -o x

# check DIR PREDICTIONS: the definition of DIR reads it: validates without errors, and its own masks score full marks.
check() {
  expect 0 'next: angiobench validate dataset' init benchmark "$1" -o "$2".json
  expect 0 'sequences [1-9]' validate dataset --dataset "$2".json -g "$1"
  expect 0 'J&F' score --dataset "$2".json -g "$1" -p "$3" --quiet
  grep -qE 'J&F[^0-9]*(100\.0|1\.000)' <<<"$said" || fail "$1: its own masks do not score 100: $said"
}

"$program" synth -o set --size 64 --length 6 --sequences 0,0,2 --quiet >/dev/null || exit 1

# A folder a sequence, frames beside it.
mkdir mine && cp -r set/test/Annotations mine/masks && cp -r set/test/JPEGImages mine/frames
check mine mine mine/masks
grep -q '"annotations": \["masks"\]' <(tr -d '\n' <mine.json | sed 's/\[ */[/; s/ *\]/]/g; s/\[ */[/g') || fail "mine: $(cat mine.json)"
grep -q '"frames"' mine.json || fail 'the frames were not found'
grep -q '"width": 64' mine.json || fail 'the size was not found'
expect 0 'could not tell: which scoring rules' init benchmark mine
expect 3 'mine.json: error: exists already' init benchmark mine -o mine.json
expect 0 'frames predicted' predict --network first-mask --dataset mine.json -g mine -o predicted --quiet

# The sequences alone.
check set/test/Annotations bare set/test/Annotations
expect 0 'could not tell: where the frames are' init benchmark set/test/Annotations

# A whole data set of another layout: the masks are found, the other folder of masks is named.
expect 0 'could not tell: what set/test/Annotations_Semantic is' init benchmark set/test
check set/test whole set/test/Annotations

# A folder an object.
mkdir objects
for sequence in v00 v01; do
  mkdir -p objects/$sequence/000
  cp set/test/Annotations_Semantic/$sequence/*.png objects/$sequence/000/
done
expect 0 '"layout": "sa-v"' init benchmark objects
exit $failed
