#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Signals stop long verbs where work is counted: what can go on is kept, nothing half-written stays, and the exit status
# names the signal. Usage: stop_cli.sh ANGIOBENCH
source "$(dirname "${BASH_SOURCE[0]}")/expect.sh"
set -m  # else a shell has its background jobs ignore SIGINT

# stop SIGNAL CODE PATTERN ARGUMENTS...: starts the verb, waits until it counts something, sends the signal. Where the verb
# was done before it came, that is said, and nothing is asked.
stop() {
  local signal=$1 code=$2 pattern=$3 pid got caught
  shift 3
  "$program" "$@" >said 2>&1 &
  pid=$!
  # On a busy machine it may take a while until the verb itself runs: then it handles signals.
  for _ in $(seq 200); do
    caught=$(sed -n 's/^SigCgt:\s*//p' "/proc/$pid/status" 2>/dev/null)
    [ $((0x${caught:-0} & 1 << ($(kill -l "$signal") - 1))) = 0 ] || break
    sleep 0.05
  done
  sleep "${pause:-0.5}"
  kill -s "$signal" "$pid" 2>/dev/null
  wait "$pid"
  got=$?
  said=$(cat said)
  [ "$got" = 0 ] && { echo "done before the signal came: $*"; return 1; }
  if [ "$got" != "$code" ] || ! grep -qE -e "$pattern" <<<"$said"; then
    printf '%s: exit %s (expected %s and "%s"), said:\n%s\n' "$*" "$got" "$code" "$pattern" "$said"
    failed=1
  fi
}
fail() { printf '%s\n' "$1"; failed=1; }

# A data set that is rendered: nothing of it may stay.
if stop INT 130 '^angiobench: stopped by SIGINT; nothing was written$' synth -o set --sequences 0,0,9 --length 30 --seed 3; then
  [ -z "$(ls -A | grep -v '^said$')" ] || fail "left behind: $(ls -A)"
fi
# The same for a score of many frames, by another signal.
python3 - <<'END'
import os, struct, zlib
def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
rows = b"".join(b"\0" + bytes(int((x + 3 * y) % 7 < 3) for x in range(32)) for y in range(24))
mask = (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 32, 24, 8, 3, 0, 0, 0)) +
        chunk(b"PLTE", bytes(768)) + chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b""))
for sequence in range(60):
    path = f"truth/v{sequence:03d}"
    os.makedirs(path)
    with open(f"{path}/00000.png", "wb") as file:
        file.write(mask)
    for frame in range(1, 1000):
        os.link(f"{path}/00000.png", f"{path}/{frame:05d}.png")
END
if pause=0.3 stop TERM 143 '^angiobench: stopped by SIGTERM; nothing was written$' score --dataset flat \
  --protocol vos-benchmark -g truth -p truth -j 1 --quiet -o out; then
  [ -z "$(ls -A | grep -vE '^(said|truth)$')" ] || fail "left behind: $(ls -A)"
fi
rm -rf truth

# What was predicted is kept, and the same command goes on to what it would have given at once.
"$program" synth -o set --sequences 0,0,6 --length 25 --size 128 --seed 5 --quiet >/dev/null || fail "no data set"
data=(--dataset set/benchmarks/synth-test.json -g set --network optical-flow --quiet)
"$program" predict "${data[@]}" -o whole >/dev/null || fail "no prediction"
if pause=0.2 stop HUP 129 'stopped by SIGHUP; clips that are finished are kept in masks' predict "${data[@]}" -j 1 -o masks; then
  "$program" predict "${data[@]}" -o masks >/dev/null || fail "it does not go on"
  diff -r <(cd whole && find . -name '*.png' -exec sha256sum {} + | sort) \
    <(cd masks && find . -name '*.png' -exec sha256sum {} + | sort) || fail "other masks"
fi
# A reader that goes away is an error with words, never an abort.
{ "$program" list protocols; echo "$?" >code; } 2>words | head -c 1 >/dev/null
case "$(cat code)" in 0 | 3) ;; *) fail "a closed pipe: exit $(cat code), $(cat words)" ;; esac
"$program" list protocols >&- 2>words
[ $? = 3 ] && grep -q 'standard output cannot be written' words || fail "a closed output: $(cat words)"
# A file that may not grow.
(ulimit -f 1; "$program" synth -o small --sequences 0,0,1 --length 5 --seed 1 --quiet) >/dev/null 2>words
[ $? = 3 ] && grep -q 'small' words || fail "a file that may not grow: $(cat words)"
[ ! -e small ] || fail "half a data set stays"
exit $failed
