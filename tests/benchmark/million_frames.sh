#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Memory and time of scoring a million frames: million_frames.sh ANGIOBENCH FOLDER
# Makes 1000 sequences of 1000 tiny masks in FOLDER (hard links, about 50 MB), scores them against themselves with 2
# threads, without and with all files written, prints what GNU time says and takes the masks away. Fails above 32 MB.
set -euo pipefail
[ $# = 2 ] || { echo "usage: million_frames.sh ANGIOBENCH FOLDER" >&2; exit 2; }
program=$1
folder=$2/million_frames
mkdir "$folder"
trap 'rm -rf "$folder"' EXIT
python3 - "$folder" <<'END'
import os, struct, sys, zlib
folder = sys.argv[1]
def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
rows = b"".join(b"\0" + bytes(int((x + 3 * y) % 7 < 3) for x in range(32)) for y in range(24))
mask = (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 32, 24, 8, 3, 0, 0, 0)) +
        chunk(b"PLTE", bytes(768)) + chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b""))
for sequence in range(1000):
    path = f"{folder}/truth/v{sequence:04d}"
    os.makedirs(path)
    if sequence % 50 == 0:  # file systems count the links of a file
        source = f"{folder}/mask{sequence}.png"
        with open(source, "wb") as file:
            file.write(mask)
    for frame in range(1000):
        os.link(source, f"{path}/{frame:05d}.png")
END
for out in "" "$folder/out"; do
  /usr/bin/time -f "%M KB peak, %U s user, %S s system, %e s wall" -o "$folder/time" "$program" score --dataset flat \
    -g "$folder/truth" -p "$folder/truth" --protocol vos-benchmark -j 2 --quiet ${out:+-o "$out"} >/dev/null
  echo "${out:+every file written: }$(cat "$folder/time")"
  [ "$(cut -d' ' -f1 "$folder/time")" -le 32768 ]
done
