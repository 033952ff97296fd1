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
expect 2 "--orientation is 'up'; did you mean 'upright'" predict -o x "${floor[@]}" --orientation up
expect 2 '--bits is 9; expected 8, 10, 12' predict -o x "${floor[@]}" --bits 9
expect 2 "--size is 'huge'" predict -o x "${floor[@]}" --size huge
expect 3 'nowhere: error' predict -o x --network first-mask --dataset mosxav-val -g nowhere
expect 3 'nothing.safetensors: error' predict -o x "${floor[@]}" --weights nothing.safetensors
expect 3 'set/synth.json: error' predict -o x "${floor[@]}" --weights set/synth.json
[ ! -e x ] || { echo 'a failed run left a folder'; failed=1; }

expect 0 '^synth-val: 2 sequences, 12 frames predicted' predict "${floor[@]}" -o first
expect 0 '2 were there already' predict "${floor[@]}" -o first
expect 0 "clip 'v01': predicted again: .*network, weights or options" predict "${data[@]}" --network optical-flow -o first
expect 3 'made with other settings' predict "${floor[@]}" --sequences v01 -o first
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

# One cine and one mask: frames that are not padded, an empty mask before the first, a second mask with the same --out.
mkdir -p cine/frames masks
number=8
for frame in set/test/JPEGImages/v00/*.jpg; do
  cp "$frame" "cine/frames/img_$number.JPG"
  number=$((number + 1))
done
cp set/test/Annotations/v00/00000.png first.png
expect 0 'next: shown/cine has a mask a frame .* score --dataset flat -g TRUTH -p shown' predict --network first-mask \
  --clip cine --first-mask first.png -o shown
expect 0 "'img_9.JPG' before 'img_10.JPG'" predict --network optical-flow --clip cine --first-mask first.png -o own
"$program" predict --network optical-flow --clip set/test/JPEGImages/v00 --first-mask first.png --name cine -o padded --quiet >/dev/null
for i in 0 1 2 3 4 5; do
  cmp "own/cine/img_$((8 + i)).png" "padded/cine/0000$i.png" || { echo "frame $i is another one"; failed=1; }
done
expect 0 "first mask: object [0-9]+: [0-9]+ pixel" predict --network optical-flow --clip cine --first-mask first.png -o own
cp set/test/Annotations/v00/00003.png first.png
expect 0 'predicted again: made before with other input \(the first masks\)' predict --network optical-flow --clip cine --first-mask first.png -o own
cp set/test/Annotations/v00/00003.png masks/img_11.png
expect 0 'at img_11' predict --network optical-flow --clip cine --first-mask masks --name late -o own
[ "$(ls own/late)" = "$(ls own/cine)" ] || { echo 'frames before the first mask have no mask'; failed=1; }

# A mask is mended, and the run goes on from it; what is killed on the way ends with the same command.
mend=(predict --network optical-flow --clip set/test/JPEGImages/v00 --first-mask set/test/Annotations/v00/00000.png --name cine -o mend)
expect 2 '--from comes without --clip' predict "${floor[@]}" -o x --from 3
expect 2 '--correct comes without --clip' predict "${floor[@]}" -o x --correct
expect 3 'there is no mask to go on from' "${mend[@]}" --from 3
[ ! -e mend ] || { echo 'a refused run left a folder'; failed=1; }
expect 0 '6 frames' "${mend[@]}"
cp -r mend unmended
expect 2 "--from is '9'; expected a frame's name, '00000' to '00005', or its number" "${mend[@]}" --from 9
expect 2 '--from is the last frame' "${mend[@]}" --from 5
expect 3 'made with other input \(network, weights or options\)' "${mend[@]/optical-flow/first-mask}" --from 3
expect 0 "goes on from the frame '00003', whose mask shows object.*" "${mend[@]}" --from 3
grep -q '2 frames predicted' <<<"$said" || { echo "frames that are kept were predicted: $said"; failed=1; }
diff -r -x manifest.json unmended mend || { echo 'nothing was mended, and masks changed'; failed=1; }
cp set/test/Annotations/v00/00003.png mend/cine/00003.png
sum=$(sha256sum <mend/cine/00003.png)
expect 3 'mended by hand \(at .00003.\), over which this run would write' "${mend[@]}"
expect 0 '2 frames predicted' "${mend[@]}" --from 00003
[ "$(sha256sum <mend/cine/00003.png)" = "$sum" ] || { echo 'the mended mask was written over'; failed=1; }
expect 0 '1 were there already' "${mend[@]}"
expect 3 'mended by hand' "${mend[@]/optical-flow/first-mask}"
[ "$(sha256sum <mend/cine/00003.png)" = "$sum" ] || { echo 'a refused run wrote over the mended mask'; failed=1; }
mkdir several
cp set/test/Annotations/v00/0000[03].png several
expect 0 "'00003' is a correction: object" predict --network optical-flow --clip set/test/JPEGImages/v00 --first-mask several --correct --name cine -o corrected
for i in 4 5; do cmp "corrected/cine/0000$i.png" "mend/cine/0000$i.png" || { echo "a correction at $i"; failed=1; }; done
"$program" synth -o cines --size 256 --length 60 --sequences 0,0,1 --annotation-step 1 --quiet >/dev/null
killed=(predict --network optical-flow --clip cines/test/JPEGImages/v00 --first-mask cines/test/Annotations/v00/00000.png -o killed -j 1)
expect 0 '60 frames' "${killed[@]}"
cp cines/test/Annotations/v00/00009.png killed/v00/00009.png
cp -r killed/v00 before
"$program" "${killed[@]}" --from 9 >killed.log 2>&1 &
pid=$!
for _ in $(seq 2000); do
  [ "$(find killed.partial -name '*.png' 2>/dev/null | wc -l)" -lt 14 ] || break
  sleep 0.01
done
kill -KILL $pid
wait $pid 2>/dev/null
diff -r before killed/v00 || { echo 'half a run was published'; failed=1; }
expect 0 '50 frames predicted' "${killed[@]}" --from 9
cmp killed/v00/00009.png before/00009.png || { echo 'the mended mask is lost'; failed=1; }
[ ! -e killed.partial ] || { echo 'a killed run left its masks'; failed=1; }

# Bad sequences are all told, the others are predicted.
cp -r set broken
rm -r broken/trainval/JPEGImages/v02
head -c 100 set/trainval/Annotations/v01/00000.png >broken/trainval/Annotations/v01/00000.png
expect 3 'nothing was predicted' predict --network first-mask --dataset set/benchmarks/synth-val.json -g broken -o b
cp set/trainval/Annotations/v01/00000.png broken/trainval/Annotations/v01/00000.png
expect 3 '1 sequences, 6 frames predicted.*; 1 could not be predicted' predict --network first-mask --dataset set/benchmarks/synth-val.json -g broken -o b
[ -d b/v01 ] || { echo 'the good sequence was not predicted'; failed=1; }

# A program that is held up while another ends its clip goes on and drops its own.
"$program" synth -o long --size 256 --length 60 --sequences 0,0,1 --quiet >/dev/null
long=(--network optical-flow --dataset long/benchmarks/synth-test.json -g long -j 1 -o held)
"$program" predict "${long[@]}" >held.log 2>&1 &
held=$!
for _ in $(seq 2000); do
  [ "$(find held.partial -name '*.png' 2>/dev/null | wc -l)" -lt 3 ] || break
  sleep 0.01
done
kill -STOP $held
expect 0 '1 sequences, 60 frames' predict "${long[@]}"
[ -d held.partial ] || { echo 'the program was not held up in its clip'; failed=1; }
kill -CONT $held
wait $held || { echo "the program that was held up failed: $(cat held.log)"; failed=1; }
grep -q '1 were there already' held.log || { echo "it says: $(cat held.log)"; failed=1; }
[ "$(find held/v00 -name '*.png' | wc -l)" = 60 ] || { echo 'a mutilated clip was published'; failed=1; }
expect 0 '1 were there already' predict "${long[@]}"
[ ! -e held.partial ] || { echo 'unfinished clips are left'; failed=1; }

# What another machine left unfinished goes by its age.
mkdir -p old.partial/v01.elsewhere.1.0000abcd
touch -d '3 hours ago' old.partial/v01.elsewhere.1.0000abcd
expect 0 '2 sequences' predict "${floor[@]}" -o old
[ -d old.partial/v01.elsewhere.1.0000abcd ] || { echo 'a day is not 3 hours'; failed=1; }
expect 0 '2 were there already' predict "${floor[@]}" -o old --stale 2
[ ! -e old.partial ] || { echo 'what is stale is still there'; failed=1; }

# The learned ones, where this build has them, with weights that mean nothing and say so.
"$program" predict --network stcn "${data[@]}" -o none >said 2>&1
if ! grep -q 'which this build lacks' said; then
  expect 0 '1 sequences' predict --network local "${data[@]}" --sequences v01 -o y --quiet
  grep -q '"weights_file": "small"' y/manifest.json || { echo 'small is not the default'; failed=1; }
  expect 0 'NOT TRAINED' predict --network stcn --weights seed "${data[@]}" --sequences v01 -j 1 -o seed
  expect 2 '--max-memory-frames is -2; expected 0 to' predict --network stcn --weights seed "${data[@]}" --max-memory-frames -2 -o z
  expect 0 '1 sequences' predict --network local --weights seed "${data[@]}" --sequences v01 -j 1 --memory-every 1 --max-memory-frames 2 -o short
  grep -q 'max-memory-frames 2 ' short/manifest.json || { echo 'the manifest hides the limit of the memory'; failed=1; }
  expect 0 'predicted again: .*network, weights or options' predict --network local --weights seed "${data[@]}" --sequences v01 -j 1 --memory-every 1 -o short
  # Frames for which memory does not suffice: said before the first, with what helps.
  "$program" synth -o wide --size 2048 --length 2 --sequences 0,0,1 --quiet >/dev/null
  wide=(--network local --weights seed --dataset wide/benchmarks/synth-test.json -g wide)
  space=3500000
  if ( ulimit -v $space && "$program" predict --help >/dev/null 2>&1 ); then
    said=$(ulimit -v $space && "$program" predict "${wide[@]}" -o narrow 2>&1)
    [ $? = 4 ] && grep -qE 'would take about [0-9.]+ GB of memory, of which .* are free; expected --resize N' <<<"$said" ||
      { echo "frames that do not fit into memory: $said"; failed=1; }
    [ ! -e narrow/v00 ] || { echo 'a clip was begun that does not fit into memory'; failed=1; }
  else
    echo 'SKIPPED: memory that does not suffice (this build does not start in a small address space)'
  fi
  # Threads that wait sleep: beside two busy programs two threads cost hardly more than one (spinning: three times as much).
  yes >/dev/null &
  busy=$!
  yes >/dev/null &
  busy="$busy $!"
  cost() {  # CPU of a run with so many threads, in ms
    local TIMEFORMAT='%U %S' spent
    rm -rf cost
    spent=$( { time "$program" predict --network local --dataset long/benchmarks/synth-test.json -g long -j "$1" -o cost --quiet >/dev/null; } 2>&1 )
    awk '{ printf "%d", 1000 * ($1 + $2) }' <<<"$spent"
  }
  rm -r long
  "$program" synth -o long --size 256 --length 12 --sequences 0,0,1 --quiet >/dev/null
  one=$(cost 1)
  two=$(cost 2)
  # shellcheck disable=SC2086
  kill $busy
  [ "$one" -gt 0 ] && [ $((10 * two)) -lt $((17 * one)) ] || { echo "two threads cost $two ms of CPU, one $one"; failed=1; }
  grep -q 'scores mean nothing' seed/manifest.json || { echo 'the manifest hides that the weights are not trained'; failed=1; }
fi
exit $failed
