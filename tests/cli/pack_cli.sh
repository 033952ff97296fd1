#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Runs `pack` as a user does: pack_cli.sh PROGRAM. Exit codes, help, refusals, and an archive that `score` takes.
set -uo pipefail
program=$1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit 1
failed=0

# expect CODE PATTERN ARGUMENTS...: the exit code, and a pattern that standard output and error together must have.
expect() {
  local code=$1 pattern=$2 said got
  shift 2
  said=$("$program" pack "$@" 2>&1)
  got=$?
  if [ "$got" != "$code" ] || ! grep -qE -e "$pattern" <<<"$said"; then
    printf 'pack %s: exit %s (expected %s), said:\n%s\n' "$*" "$got" "$code" "$said"
    failed=1
  fi
}

expect 0 'Examples:' --help
expect 2 '-p: error: is missing'
expect 2 '-o: error: is missing' -p masks
expect 2 'what must be there' -p masks -o x.zip
expect 2 'what must be there' -p masks -o x.zip --dataset flat
expect 2 'unrecognised option' -p masks --colour
expect 2 'stands beside' --verify x.zip -p masks
expect 3 'not found' -p nowhere -o x.zip --dataset flat -g nowhere
expect 3 'not found' --verify nowhere.zip

# Five masks that a generator makes.
"$program" synth -o set --size 64 --length 6 --sequences 1,1,1 --quiet >/dev/null || exit 1
benchmark=(--dataset set/benchmarks/synth-test.json -g set)
cp -r set/test/Annotations masks
expect 2 'lies inside the predictions' -p masks -o masks/x.zip "${benchmark[@]}"
expect 0 '^a.zip: [0-9]+ masks of 1 sequences, [0-9]+ bytes, sha256:' -p masks -o a.zip "${benchmark[@]}"
expect 0 '"digest": "sha256:' -p masks -o b.zip "${benchmark[@]}" --json -j 1
cmp a.zip b.zip || failed=1
expect 0 'every mask is the one that was packed' --verify a.zip
expect 0 '^c.zip' -p a.zip -o c.zip "${benchmark[@]}"
cmp a.zip c.zip || failed=1
"$program" score "${benchmark[@]}" -p a.zip --quiet >/dev/null || { echo 'score refuses what pack made'; failed=1; }
ls masks/*/*.png | sed 's|^masks/||; s|\.png$||' > frames.txt
expect 0 '^d.zip' -p masks -o d.zip --frames frames.txt
cmp a.zip d.zip || failed=1
echo v99/00000 >> frames.txt
expect 1 'nothing was packed' -p masks -o e.zip --frames frames.txt
rm "$(ls masks/*/*.png | tail -1)"
expect 1 'P003' -p masks -o e.zip "${benchmark[@]}" --every-frame
[ ! -e e.zip ] || { echo 'a refused archive was written'; failed=1; }
expect 4 'no manifest.sha256' --verify masks
exit $failed
