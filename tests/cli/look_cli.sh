#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Runs `predict --overlay --page` and `score --with-images` as a user does: look_cli.sh PROGRAM [PRELOAD]. PRELOAD
# (tests/support/failing_calls.cpp) makes the disk full.
preload=${2:-}
# shellcheck source=tests/cli/expect.sh
. "$(dirname "$0")/expect.sh" "$1"

"$program" synth -o set --size 64 --length 6 --sequences 1,2,1 --quiet >/dev/null || exit 1
clip=(--network first-mask --clip set/test/JPEGImages/v00 --first-mask set/test/Annotations/v00/00000.png --name cine)
data=(--network first-mask --dataset set/benchmarks/synth-val.json -g set)

# One run: masks, an overlay, a page; what the clip does not say is said.
expect 0 'shown at 15 a second' predict "${clip[@]}" -o masks --overlay look.mp4 --page look.html
grep -q '^overlay: look.mp4' <<<"$said" && grep -q '^page: look.html' <<<"$said" || { echo "no word of the files: $said"; failed=1; }
head -c 12 look.mp4 | grep -q ftyp || { echo 'no MP4'; failed=1; }
[ "$(grep -c '<img alt="" data-runs=' look.html)" = 6 ] || { echo 'not every frame is in the page'; failed=1; }

# Masks that were there already are shown as well, and the same command gives the same bytes.
cp look.html before.html
expect 0 '1 were there already' predict "${clip[@]}" -o masks --overlay look.gif --overlay-style fill --page look.html
cmp look.html before.html || { echo 'the page of the same masks differs'; failed=1; }
head -c 6 look.gif | grep -q GIF89a || { echo 'no GIF'; failed=1; }
expect 0 'overlay: pngs' predict "${clip[@]}" -o masks --overlay pngs
[ "$(find pngs/cine -name '*.png' | wc -l)" = 6 ] || { echo 'not a PNG a frame'; failed=1; }

# A mask that was mended by hand is what is drawn.
cp set/test/Annotations/v00/00005.png masks/cine/00003.png
expect 0 'page: look.html' predict "${clip[@]}" -o masks --page look.html
cmp -s look.html before.html && { echo 'the page does not follow the masks'; failed=1; }

# A data set: a folder for each sequence; a file and a page are of one.
expect 0 'overlay: all' predict "${data[@]}" -o many --overlay all
[ "$(find all -name '*.png' | wc -l)" = 12 ] || { echo 'not every sequence was drawn'; failed=1; }
expect 2 "--overlay is 'x.mp4', one file, and here are 2 clips; expected a folder, --sequences" predict "${data[@]}" -o m2 --overlay x.mp4
expect 2 '--page is of one clip, and here are 2 clips' predict "${data[@]}" -o m2 --page x.html
expect 0 'page: one.html' predict "${data[@]}" -o m3 --sequences v01 --page one.html
expect 2 "which ends in .avi; expected FILE.mp4" predict "${clip[@]}" -o m2 --overlay x.avi
expect 2 "--overlay-style is 'blob'; expected outline|--overlay-style is 'blob'" predict "${clip[@]}" -o m2 --overlay-style blob
[ ! -e m2 ] || { echo 'a refused command predicted'; failed=1; }

# Places that cannot be written are told before the first frame is predicted.
mkdir -p way.mp4 way.html
echo mine >file
expect 3 'way.mp4: .*is a folder' predict "${clip[@]}" -o m4 --overlay way.mp4
expect 3 'way.html: .*is a folder' predict "${clip[@]}" -o m4 --page way.html
expect 3 'file: .*is a file' predict "${clip[@]}" -o m4 --overlay file
expect 3 'file/x.html: ' predict "${clip[@]}" -o m4 --page file/x.html
[ ! -e m4 ] || { echo 'something was predicted'; failed=1; }

# A full disk: old or new, words, and exit 3.
if [ -n "$preload" ]; then
  for what in look.mp4 look.gif pngs page.html; do
    option=--overlay
    [ "$what" = page.html ] && option=--page
    "$program" predict "${clip[@]}" -o masks $option $what --quiet >/dev/null 2>&1 || { echo "$what is not written"; failed=1; }
    find . -name "*$what*" -type f -exec sha256sum {} + >old
    find pngs -type f -exec sha256sum {} + | sort >>old
    for call in write:1 write:2 write:4 write:all; do
      said=$(FAIL_AT=$call:28 LD_PRELOAD=$preload "$program" predict "${clip[@]}" -o masks $option $what 2>&1)
      got=$?
      find . -name "*$what*" -type f -exec sha256sum {} + >new
      find pngs -type f -exec sha256sum {} + | sort >>new
      # What has fewer writes than that comes to pass, and so does a video whose other encoder could be opened.
      [ "$got" = 0 ] && [ "$call" != write:all ] && continue
      cmp -s old new || { echo "$what, $call: what was there is not as before"; diff old new; failed=1; }
      { [ "$got" = 3 ] && grep -qiE 'no space left|is cut' <<<"$said"; } || { echo "$what, $call: exit $got: $said"; failed=1; }
    done
    leftovers=$(find . -name '*angiobench-tmp*' | head -3)
    [ -z "$leftovers" ] || { echo "left over: $leftovers"; failed=1; }
  done
fi

# `score --with-images`: frames behind the maps at once.
scored=(--dataset set/benchmarks/synth-test.json -g set -p made)
"$program" predict --network first-mask --dataset set/benchmarks/synth-test.json -g set -o made --quiet >/dev/null || failed=1
expect 0 'J&F' score "${scored[@]}" -o plain --error-maps all
grep -q 'class="frame"' plain/report.html && { echo 'frames without being asked for'; failed=1; }
expect 0 'J&F' score "${scored[@]}" -o out --error-maps all --with-images set/test/JPEGImages
[ "$(grep -o 'class="frame"' out/report.html | wc -l)" -ge 5 ] || { echo 'no frames behind the maps'; failed=1; }
expect 0 '' report html plain --with-images set/test/JPEGImages -o again.html
expect 2 '--with-images comes without --out' score "${scored[@]}" --with-images set/test/JPEGImages
expect 2 '--with-images comes with --error-maps none' score "${scored[@]}" -o x --error-maps none --with-images set/test/JPEGImages
expect 3 'set/test: error: has no frame of synth-test; expected the folder with v00/' score "${scored[@]}" -o x --with-images set/test
expect 3 'nowhere' score "${scored[@]}" -o x --with-images nowhere
[ ! -e x ] || { echo 'a refused command wrote'; failed=1; }
exit $failed
