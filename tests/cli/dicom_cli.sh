#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# DICOM as a user has it: dicom_cli.sh PROGRAM MAKE_DICOM. From a file to masks, what is refused, and that no output says
# whose pictures they are.
# shellcheck source=tests/cli/expect.sh
. "$(dirname "$0")/expect.sh" "$1"
make_dicom=$2
mkdir made && "$make_dicom" made || exit 1
secrets='SECRET|PID4711|19511213|20240229|99\.8\.7'

expect 0 'Examples:' import dicom --help
expect 2 '' import dicom
expect 2 '-o .* is missing' import dicom made/IM000001
expect 2 "--window is 5; expected C,W" import dicom made/IM000001 -o x --window 5
expect 2 "--window is '?5,0" import dicom made/IM000001 -o x --window 5,0
expect 2 "--name is '../x'" import dicom made/IM000001 -o x --name ../x
expect 3 'nowhere: error: ' import dicom nowhere -o x
expect 5 'huge.dcm: error: claims frames of 65535x65535; expected at most 8192x8192' import dicom made/huge.dcm -o x
expect 3 'single.dcm: error: has a single frame' import dicom made/single.dcm -o x
expect 3 'ls.dcm: error: has neither a window' import dicom made/ls.dcm -o x --window file
head -c 1500 made/explicit.dcm >cut.dcm
expect 3 'cut.dcm: error: is cut off' import dicom cut.dcm -o x
printf '\x30\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x03%0200d' 0 >secure.dcm
expect 3 'secure.dcm: error: is encrypted or signed' import dicom secure.dcm -o x
echo text >text.dcm
expect 3 'text.dcm: error: is not DICOM' import dicom text.dcm -o x
[ ! -e x ] || { echo 'a refused import left a folder'; failed=1; }

# Six transfer syntaxes are the same pictures.
for name in implicit explicit rle lossless ls j2k; do
  expect 0 '^'$name': 1 cine' import dicom made/$name.dcm -o $name --name cine
  diff -r implicit/JPEGImages $name/JPEGImages || { echo "$name differs"; failed=1; }
done
[ "$(ls implicit/JPEGImages/cine | wc -l)" = 8 ] || { echo 'not eight frames'; failed=1; }
expect 0 "warning: 'IM000001': the file says that text is burnt into" import dicom made/IM000001 -o one
grep -q '"values_as": "10 bits by window 500,800 (LINEAR) of the file"' one/dicom.json || { echo 'no window'; failed=1; }
grep -q '"patient_pixel_spacing_is": "approximate"' one/dicom.json || { echo 'no spacing'; failed=1; }
expect 0 '' import dicom made/inverted.dcm -o inverted --name IM000001
cmp -s one/JPEGImages/IM000001/00000.png inverted/JPEGImages/IM000001/00000.png && { echo 'not inverted'; failed=1; }

# Of a folder what can be had, and an exit status that says that it is not all.
expect 1 '10 cines; 2 files could not be imported' import dicom made -o all
[ -s all/JPEGImages/rle/00007.png ] || { echo 'no cine of the folder'; failed=1; }
expect 1 '' import dicom made -o named --name case7
[ -d named/JPEGImages/case7_10 ] || { echo 'not named'; failed=1; }

# From a file to masks, without a step between: the masks of the imported frames, byte for byte.
cat >disc.py <<'TEXT'
import struct, sys, zlib
width, height = 96, 80
rows = b"".join(b"\0" + bytes(1 if 36 * ((x - 32) ** 2 + (y - 40) ** 2) < height * height else 0 for x in range(width))
                for y in range(height))
def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
sys.stdout.buffer.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)) +
                        chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))
TEXT
python3 disc.py >disc.png || exit 1
flow=(predict --network optical-flow --first-mask disc.png --name cine)
expect 0 '^cine: 1 sequences, 8 frames' "${flow[@]}" --clip one/JPEGImages/IM000001 -o of_frames
expect 0 'warning: .*text is burnt into' "${flow[@]}" --clip made/IM000001 -o of_file
diff -r of_frames/cine of_file/cine || { echo 'masks of the file and of its frames differ'; failed=1; }
grep -q 'window 500,800 (LINEAR) of the file' of_file/manifest.json || { echo 'the manifest has no window'; failed=1; }
expect 0 'predicted again: .*how the frames are read' "${flow[@]}" --clip made/IM000001 --dicom-window 400,300 -o of_file
expect 0 '' "${flow[@]}" --clip made/rle.dcm -o of_rle
expect 0 '' "${flow[@]}" --clip made/lossless.dcm -o of_lossless
diff -r of_rle/cine of_lossless/cine || { echo 'masks of two transfer syntaxes differ'; failed=1; }
mkdir folder && cp made/IM000001 folder/
expect 0 '' "${flow[@]}" --clip folder -o of_folder
diff -r of_frames/cine of_folder/cine || { echo 'masks of the folder differ'; failed=1; }
expect 5 'huge.dcm: error: claims frames of 65535' "${flow[@]}" --clip made/huge.dcm -o refused
expect 2 "--dicom-window is 'wide'" "${flow[@]}" --clip made/IM000001 --dicom-window wide -o refused

# Nothing says whose pictures they are.
! grep -rqaE "$secrets" one all of_file of_rle inverted || { echo 'an output names the patient'; failed=1; }
for file in IM000001 huge.dcm single.dcm rle.dcm; do
  said=$("$program" import dicom made/$file -o spoken --verbose 2>&1)
  ! grep -qE "$secrets" <<<"$said" || { echo "a message names the patient: $said"; failed=1; }
  rm -rf spoken
done

# Memory does not grow with the number of frames: 100 times as many, at most a tenth more.
peak() {
  python3 -c 'import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)' "$program" import dicom "made/frames_$1.dcm" -o "peak_$1" --window 400,800
}
few=$(peak 20)
many=$(peak 2000)
echo "peak of 20 frames $few KiB, of 2000 frames $many KiB"
[ "$many" -lt $((few + few / 10)) ] || { echo 'memory grows with the frames'; failed=1; }

# Without its module: words, and an exit status of its own.
mkdir copy && cp "$program" copy/angiobench
cp "$(dirname "$program")/angiobench_baselines.so" copy/
program=$PWD/copy/angiobench
expect 4 "'import dicom' needs angiobench_dicom.so, which is not installed; expected a build with GDCM" import dicom made/IM000001 -o y
expect 4 "made/IM000001' \(DICOM\) needs angiobench_dicom.so" "${flow[@]}" --clip made/IM000001 -o y
expect 0 '8 frames' "${flow[@]}" --clip one/JPEGImages/IM000001 -o frames_alone
exit $failed
