#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Runs `validate` as a user does: validate_cli.sh PROGRAM. Exit codes, help, refusals, and what it writes.
# shellcheck source=tests/cli/expect.sh
. "$(dirname "$0")/expect.sh" "$1"

expect 0 'Examples:' validate --help
expect 0 'Examples:' validate dataset --help
expect 0 'Examples:' validate submission --help
expect 2 'Usage: angiobench validate JOB' validate
expect 2 "there is no job 'frames'" validate frames
expect 2 '--dataset .* is missing' validate dataset
expect 2 "dataset is 'mosxav', which is no benchmark" validate dataset --dataset mosxav -g .
expect 2 '-p .* is missing' validate submission --dataset flat -g .
expect 2 "fail-on is 'note'" validate dataset --dataset flat -g . --fail-on note
expect 2 'max-findings is -1' validate dataset --dataset flat -g . --max-findings -1
expect 3 'nowhere: error' validate dataset --dataset flat -g nowhere
expect 3 'no masks in the layout of flat' validate dataset --dataset flat -g .

# A set that nobody broke.
"$program" synth -o set --size 64 --length 8 --sequences 1,1,2 --quiet >/dev/null 2>&1 || { echo 'synth failed'; exit 1; }
benchmark=set/benchmarks/synth-test.json
expect 0 'sequences 2, frames 16, annotated frames 16' validate dataset --dataset "$benchmark" -g set
expect 0 'page: out/validation.html' validate dataset --dataset "$benchmark" -g set -o out
[ -s out/validation.json ] && grep -q 'data:image/png;base64' out/validation.html || { echo 'no JSON or no contact sheet'; failed=1; }
expect 0 '"schema": "validation-1"' validate dataset --dataset "$benchmark" -g set --json
"$program" validate dataset --dataset "$benchmark" -g set --json -j 1 >one.json 2>/dev/null
"$program" validate dataset --dataset "$benchmark" -g set --json -j 3 >three.json 2>/dev/null
cmp one.json three.json || { echo 'the outcome depends on the number of threads'; failed=1; }

# A broken one: a warning ends with 0 or 1, as the user has it; an error with 1.
touch set/test/Annotations/v00/notes.txt
expect 0 'D014' validate dataset --dataset "$benchmark" -g set
expect 1 'warning: not a mask.*\[D014\]' validate dataset --dataset "$benchmark" -g set --fail-on warning
expect 0 '"code":"D014"' validate dataset --dataset "$benchmark" -g set --log-format json
rm set/test/Annotations/v00/notes.txt
rm set/test/Annotations/v00/00003.png
expect 1 'error: no mask for the frame 00003 \[D008\]' validate dataset --dataset "$benchmark" -g set

# Frames that the scorer's own libraries cannot read are looked at by the module that has OpenCV: a dark BMP, 2 x 2.
cp -r set dark
for frame in dark/test/JPEGImages/v00/*.jpg; do
  { printf 'BM\106\0\0\0\0\0\0\0\066\0\0\0\050\0\0\0\002\0\0\0\002\0\0\0\001\0\030\0'
    printf '\0%.0s' $(seq 24)
    printf '\012\012\012\013\013\013\0\0\012\012\012\014\014\014\0\0'; } >"${frame%.jpg}.bmp"
  rm "$frame"
done
expect 1 'values from 10 to 12 of 0 to 255: 1.2 % \[D070\]' validate dataset --dataset "$benchmark" -g dark

# The ground truth handed in as a submission, and what a participant is told of it.
"$program" synth -o set --size 64 --length 8 --sequences 1,1,2 --quiet --force >/dev/null 2>&1 || {
  rm -rf set
  "$program" synth -o set --size 64 --length 8 --sequences 1,1,2 --quiet >/dev/null 2>&1
}
cp -r set/test/Annotations copy
expect 1 'all [0-9]+ masks after the prompts equal the ground truth.*\[P030\]' validate submission --dataset "$benchmark" -g set -p copy
said=$("$program" validate submission --dataset "$benchmark" -g set -p copy --redact --json 2>&1)
grep -q 'P030' <<<"$said" && ! grep -q 'after the prompts' <<<"$said" || { echo 'redacted findings tell of the ground truth'; failed=1; }
grep -q '"statistics": null' <<<"$said" && ! grep -q 'annotated_frames' <<<"$said" || { echo 'redacted statistics tell which frames are annotated'; failed=1; }
rm copy/v01/00002.png
expect 1 'no mask for the frame 00002 \[P003\]' validate submission --dataset "$benchmark" -g set -p copy

# Names from strangers reach neither the terminal nor the page as they are.
mkdir "copy/$(printf 'x\033[31m<script>')"
cp copy/v00/00000.png "copy/$(printf 'x\033[31m<script>')/"
said=$("$program" validate submission --dataset "$benchmark" -g set -p copy -o out --color never 2>&1)
grep -q "$(printf '\033')" <<<"$said" && { echo 'a control code reached the terminal'; failed=1; }
grep -q 'x\\x1B\[31m<script>' <<<"$said" || { echo 'the foreign folder is not named'; failed=1; }
grep -q "31m<script>" out/validation.html && { echo "a tag reached the page"; failed=1; }
grep -q '31m&lt;script&gt;' out/validation.html || { echo 'the page does not name the foreign folder'; failed=1; }
exit $failed
