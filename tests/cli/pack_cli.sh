#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Runs `pack` as a user does: pack_cli.sh PROGRAM. Exit codes, help, refusals, and an archive that `score` takes.
# shellcheck source=tests/cli/expect.sh
. "$(dirname "$0")/expect.sh" "$1"

expect 0 'Examples:' pack --help
expect 2 "-p \(the predictions' folder\) is missing" pack
expect 2 '-o \(the archive to write\) is missing' pack -p masks
expect 2 'what must be there' pack -p masks -o x.zip
expect 2 'what must be there' pack -p masks -o x.zip --dataset flat
expect 2 'unknown option' pack -p masks --colour
expect 2 'stands beside' pack --verify x.zip -p masks
expect 3 'not found' pack -p nowhere -o x.zip --dataset flat -g nowhere
expect 3 'not found' pack --verify nowhere.zip

# Five masks that a generator makes.
"$program" synth -o set --size 64 --length 6 --sequences 1,1,1 --quiet >/dev/null || exit 1
benchmark=(--dataset set/benchmarks/synth-test.json -g set)
cp -r set/test/Annotations masks
expect 2 'lies inside of masks' pack -p masks -o masks/x.zip "${benchmark[@]}"
expect 0 '^a.zip: [0-9]+ masks of 1 sequences, [0-9]+ bytes, sha256:' pack -p masks -o a.zip "${benchmark[@]}"
expect 0 '"digest": "sha256:' pack -p masks -o b.zip "${benchmark[@]}" --json -j 1
cmp a.zip b.zip || failed=1
expect 0 'every mask is the one that was packed' pack --verify a.zip
expect 0 '^c.zip' pack -p a.zip -o c.zip "${benchmark[@]}"
cmp a.zip c.zip || failed=1
"$program" score "${benchmark[@]}" -p a.zip --quiet >/dev/null || { echo 'score refuses what pack made'; failed=1; }
ls masks/*/*.png | sed 's|^masks/||; s|\.png$||' > frames.txt
expect 0 '^d.zip' pack -p masks -o d.zip --frames frames.txt
cmp a.zip d.zip || failed=1
echo v99/00000 >> frames.txt
expect 1 'nothing was packed' pack -p masks -o e.zip --frames frames.txt
rm "$(ls masks/*/*.png | tail -1)"
expect 1 'P003' pack -p masks -o e.zip "${benchmark[@]}" --every-frame
[ ! -e e.zip ] || { echo 'a refused archive was written'; failed=1; }
expect 4 'no manifest.sha256' pack --verify masks
exit $failed
