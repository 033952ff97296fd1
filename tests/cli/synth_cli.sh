#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Runs `synth` as a user does: synth_cli.sh PROGRAM. Exit codes, help, refusals, and what it writes.
# shellcheck source=tests/cli/expect.sh
. "$(dirname "$0")/expect.sh" "$1"

expect 0 'Examples:' synth --help
expect 2 '-o \(a folder to make\) is missing' synth
expect 2 'unknown option' synth -o x --colour
expect 2 "preset is 'tiny'" synth -o x --preset tiny
expect 2 "difficulty is 'brutal'" synth -o x --difficulty brutal
expect 2 "sequences is '1,2'" synth -o x --sequences 1,2
expect 2 "length is 'long'" synth -o x --length long
expect 2 'length is 3; expected 9 to 1000|length: .*expected' synth -o x --length 9-3
expect 2 'frame-rate is 90' synth -o x --frame-rate 90
expect 2 'size is 12; expected 64 to 2048' synth -o x --size 12
expect 3 'nowhere: error' synth -o x --from-masks nowhere
expect 2 'length is 5; expected 1 to 1' synth -o x --preset paxray --length 5
expect 2 'from-masks is given' synth -o x --preset dsa --from-masks nowhere
expect 2 'examples is given; expected a test split' synth -o x --examples y --sequences 1,1,0
[ ! -e x ] || { echo 'a failed run left a folder'; failed=1; }

expect 0 '^set: 3 sequences, 18 frames' synth -o set --size 64 --length 6 --sequences 1,1,1 --sheet sheet.png -j 2
for file in trainval/JPEGImages/v00/00005.jpg trainval/Annotations/v01/00005.png trainval/Annotations_Semantic/v01/00000.png \
  trainval/ImageSets/{train,val}.txt trainval/ImageSets/val_first_mask.json trainval/labels.json \
  test/JPEGImages/v00/00003.jpg test/Annotations/v00/00003.png test/ImageSets/test.txt \
  test/ImageSets/test_first_mask.json test/labels.json synth.json benchmarks/synth-test.json; do
  [ -s "set/$file" ] || { echo "set/$file is missing"; failed=1; }
done
[ -s sheet.png ] || { echo 'no contact sheet'; failed=1; }
expect 3 'exists already' synth -o set --size 64
expect 0 'sequences' synth -o again --size 64 --length 6 --sequences 1,1,1 -j 1 --quiet
diff -r set again || { echo 'one and two threads differ'; failed=1; }
expect 0 '^rendered: 3 sequences' synth -o rendered --from-masks set
# Masks that are not padded give the frames that padded ones give, in their order.
mkdir -p bare/v padded/v
for i in 0 1 2 3 4 5; do
  cp "set/test/Annotations/v00/0000$i.png" "bare/v/f$((8 + i)).PNG"
  cp "set/test/Annotations/v00/0000$i.png" "padded/v/f0$i.png"
done
expect 0 '^a: 1 sequences, 6 frames' synth -o a --from-masks bare
expect 0 '^b: 1 sequences, 6 frames' synth -o b --from-masks padded
for i in 0 1 2 3 4 5; do
  cmp "a/trainval/JPEGImages/v/f$((8 + i)).jpg" "b/trainval/JPEGImages/v/f0$i.jpg" || { echo "frame $i is another one"; failed=1; }
done
rm -r a b bare padded

# Single images, classes, and two submissions for each.
mkdir stills
small=(--size 64 --sequences '1,1,2' --quiet)
expect 0 '^stills/dsa: 4 sequences, 20 frames, 4 masks' synth -o stills/dsa --preset dsa --length 5 --examples stills/maps "${small[@]}" --sheet stills/sheet.png
expect 0 '^stills/chest: 4 sequences, 4 frames, 4 masks' synth -o stills/chest --preset paxray --examples stills/planes "${small[@]}"
expect 0 '^stills/classes: 4 sequences, 20 frames' synth -o stills/classes --preset semantic --length 5 --examples stills/labels "${small[@]}"
for file in dsa/test/images/image_s3_i4.png dsa/test/labels/label_s3.png dsa/test/views/view_s2.png maps/{fine,coarse}/s3.png sheet.png \
  chest/images/chest_003.png chest/labels/chest_003.npy chest/paxray.json planes/{fine,coarse}/chest_002.npy \
  classes/benchmarks/synth-semantic-test.json classes/test/Annotations_Semantic/v01/00004.png labels/{fine,coarse}/v01/00004.png; do
  [ -s "stills/$file" ] || { echo "stills/$file is missing"; failed=1; }
done
[ ! -e set/benchmarks/synth-semantic-test.json ] || { echo 'an older preset writes more than it did'; failed=1; }
for of in chest/benchmarks/synth-chest-test.json:chest:planes dsa/benchmarks/synth-dsa-test.json:dsa:maps \
  classes/benchmarks/synth-semantic-test.json:classes:labels; do
  IFS=: read -r benchmark set examples <<<"$of"
  expect 0 'sequences 2, ' validate submission --dataset "stills/$benchmark" -g "stills/$set" -p "stills/$examples/coarse" --fail-on warning
done
rm -r stills
[ "$(ls)" = "$(printf 'again\nrendered\nset\nsheet.png')" ] || { echo "left behind: $(ls)"; failed=1; }
exit $failed
