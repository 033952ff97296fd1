#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Runs `adapter` as platforms do: adapter_cli.sh PROGRAM CC SOURCE. A competition's bundle goes through the steps of
# Codabench's worker with an honest, a failing, an incomplete and a hostile submission; grand-challenge's container gets
# jobs as its template has them; EvalAI's shim is called from Python.
cc=$2
source=$3
# shellcheck source=tests/cli/expect.sh
. "$(dirname "$0")/expect.sh" "$1"
command -v python3 >/dev/null && command -v zip >/dev/null || { echo 'skipped: python3 or zip is not there'; exit 77; }

# A truth whose place must not be told, and an honest submission.
"$program" synth --sequences 0,0,3 --length 6 -o vault/truth --examples vault/examples --quiet >/dev/null
cp -r vault/examples/fine honest
pack() { (cd "$1" && zip -q -r "../$1.zip" .); }

# Help and usage.
expect 2 'Usage: angiobench adapter' adapter
for job in codabench grand-challenge bundle; do
  expect 0 'Examples:' adapter $job --help
  expect 2 'unknown option' adapter $job --nonsense
done
expect 2 'PLATFORM is .kaggle.' adapter bundle kaggle --dataset mosxav-test -g vault/truth -o c.zip

# A program that a platform can start: one that needs libraries is refused.
expect 3 'needs libraries' adapter bundle codabench --dataset mosxav-test -g vault/truth --program "$(realpath "$program")" -o c.zip
printf '#include <unistd.h>\nint main(int n, char** v) { (void)n; return execv("%s", v); }\n' "$(realpath "$program")" >launcher.c
$cc -static -o launcher launcher.c || exit 1
sed "s/\"sequences\": \[[^]]*\],//; s/\"digest\": *\"[^\"]*\",//; s/\"scored_digest\": *\"[^\"]*\",//" "$source/dataset/benchmarks/mosxav-test.json" >ours.json
# The synthetic set is no released one: the bundle of the released benchmark refuses it.
expect 3 'is not the ground truth of mosxav-test' adapter bundle codabench --dataset mosxav-test -g vault/truth --program launcher -o c.zip
[ ! -e c.zip ] || { echo 'a refused bundle was written'; failed=1; }
expect 0 '^competition.zip$' adapter bundle codabench --dataset ours.json -g vault/truth --program launcher --title 'Coronary "VOS"' --start 2026-01-31 -o competition.zip
expect 0 '^again.zip$' adapter bundle codabench --dataset ours.json -g vault/truth --program launcher --title 'Coronary "VOS"' --start 2026-01-31 -o again.zip
cmp -s competition.zip again.zip || { echo 'the same competition makes other bytes'; failed=1; }

# run NAME SUBMISSION.zip: through the worker; what it would send is in NAME.json.
run() {
  rm -rf "work-$1"
  python3 "$source/tests/cli/codabench_worker.py" "work-$1" "${3:-competition.zip}" "$2" >"$1.json" || { echo "the worker failed at $1"; failed=1; }
}
# told NAME PYTHON: an expression over `told` must hold.
told() {
  python3 -c "import json,re,sys; told=json.load(open('$1.json')); sys.exit(0 if ($2) else 1)" ||
    { echo "of $1 this does not hold: $2"; head -c 2500 "$1.json"; failed=1; }
}
# Nothing of the organisers' machine and of the truth, and a page in any case.
silent() {
  told "$1" "not re.search('vault|$folder|input/ref|ours.json|object 1', told['log'] + (told['page'] or ''))"
  told "$1" "told['page'].startswith('<!DOCTYPE html>')"
}

mkdir wrapped && cp -r honest "wrapped/my run" && mkdir wrapped/__MACOSX && touch wrapped/.DS_Store "wrapped/__MACOSX/._my run"
for name in honest wrapped; do
  pack $name
  run $name $name.zip
  told $name "told['status'] == 'Finished' and 0 < told['scores']['JF'] < 100"
  told $name "told['output'] == ['detailed_results.html', 'scores.json', 'scores.txt']"
  silent $name
done
"$program" score --dataset ours.json -g vault/truth -p honest -o plain --quiet >/dev/null
python3 - <<'P' || failed=1
import json
plain = {(a["metric"], a["scope"]): a["value"] for a in json.load(open("plain/result.json"))["aggregates"]}
for name in ("honest", "wrapped"):
    scores = json.load(open(name + ".json"))["scores"]
    assert abs(scores["JF"] - 100 * plain["J&F", "overall"]) < 1e-9, (name, scores)
    assert abs(scores["J_seen"] - 100 * plain["J", "seen"]) < 1e-9, (name, scores)
P

# Failing: a mask that is none. Incomplete: a frame, a sequence are not there. Neither gets a score.
cp -r honest failing && echo 'no mask' >"$(find failing -name '*.png' | sort | sed -n 3p)"
cp -r honest incomplete && rm "$(find incomplete -name '*.png' | sort | sed -n 3p)"
cp -r honest short && rm -r short/v01
for name in failing incomplete short; do
  pack $name
  run $name $name.zip
  told $name "told['status'] == 'Failed' and told['scores'] is None and told['output'] == ['detailed_results.html']"
  told $name "told['program_rc'] == $([ $name = failing ] && echo 3 || echo 4)"
  told $name "re.search(r'<p><b>nothing was scored: [^<]{20,261}</b></p>', told['page'])"
  told $name "told['log'].splitlines()[-1].startswith('nothing was scored: ')"
  silent $name
done

# Hostile: masks that claim 30000x30000, names with markup, a folder called like the scores, a thousand other files.
cp -r honest hostile
python3 - <<'P'
import os, struct, zlib
def chunk(kind, data): return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
bomb = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 30000, 30000, 8, 0, 0, 0, 1)) + chunk(b"IDAT", zlib.compress(bytes(10**7))) + chunk(b"IEND", b"")
first = sorted(os.listdir("hostile/v00"))[2]
open("hostile/v00/" + first, "wb").write(bomb)
os.makedirs("hostile/<img src=x onerror=alert(1)>"); os.makedirs("hostile/scores.json")
open("hostile/scores.json/metadata", "w").write("command: evil")
for i in range(1000): open(f"hostile/<img src=x onerror=alert(1)>/{i}.txt", "w").write("::error::x")
P
pack hostile
run hostile hostile.zip
told hostile "told['status'] == 'Failed' and told['scores'] is None and told['program_rc'] in (3, 5)"
told hostile "'<img' not in told['page'] and '\n::error' not in told['log'] and len(told['page']) < 60000"
silent hostile
# A folder of folders, a zip in the zip, and no submission at all.
mkdir deep && cp -r honest deep/a && cp -r honest deep/b && pack deep && run deep deep.zip
told deep "told['program_rc'] == 4 and 'none of the sequences is here' in told['page']"
silent deep
mkdir zipped && cp honest.zip zipped/ && pack zipped && run zipped zipped.zip
told zipped "told['status'] == 'Finished'"
run nothing -
told nothing "told['program_rc'] == 3 and 'no folder' in told['page'] and told['scores'] is None"
# Another truth than the bundle's: the organisers must look, and nobody gets a score.
rm -rf swapped && mkdir swapped && (cd swapped && unzip -q ../competition.zip && mkdir ref && cd ref && unzip -q ../reference.zip)
mask=$(find swapped/ref -name '*.png' | sort | sed -n 3p)
cp "$(find swapped/ref -name '*.png' | sort | sed -n 2p)" "$mask"
(cd swapped/ref && rm ../reference.zip && zip -q -r ../reference.zip . && cd .. && rm -r ref && zip -q -r ../swapped.zip .)
run swapped-truth honest.zip swapped.zip
told swapped-truth "told['scores'] is None and told['program_rc'] == 3 and 'the organisers must look' in told['page']"
silent swapped-truth

# grand-challenge: jobs in any order, one for each sequence or one for all.
job() { # PK STATUS IMAGE FILE
  mkdir -p "gc/$1/output"
  [ -z "$4" ] || cp "$4" "gc/$1/output/masks.zip"
  printf '{"pk": "%s", "status": "%s", "inputs": [{"image": {"name": "%s"}, "socket": {"slug": "cine"}}], "outputs": [{"image": null, "file": "x", "socket": {"relative_path": "masks.zip", "slug": "masks"}}]}' "$1" "$2" "$3"
}
jobs() { printf '['; local comma=''; for one in "$@"; do printf '%s%s' "$comma" "$one"; comma=','; done; printf ']'; }
for sequence in v00 v01 v02; do (cd honest/$sequence && zip -q -r "../../$sequence.zip" .); done
gc() { expect "$1" "$2" adapter grand-challenge --dataset ours.json --input gc --truth vault/truth --output gc-out; }
jobs "$(job c Succeeded v02.mha v02.zip)" "$(job a Succeeded v00.mha v00.zip)" "$(job b Succeeded v01.mha v01.zip)" >gc/predictions.json 2>/dev/null || { mkdir -p gc; jobs "$(job c Succeeded v02.mha v02.zip)" "$(job a Succeeded v00.mha v00.zip)" "$(job b Succeeded v01.mha v01.zip)" >gc/predictions.json; }
gc 0 'J&F'
cp gc-out/metrics.json by-sequence.json
rm -rf gc && mkdir gc && jobs "$(job x Succeeded all.zip honest.zip)" >gc/predictions.json
gc 0 'J&F'
cmp by-sequence.json gc-out/metrics.json || { echo 'one job and three score otherwise'; failed=1; }
python3 - <<'P' || failed=1
import json
metrics = json.load(open("gc-out/metrics.json"))
plain = json.load(open("plain/result.json"))["aggregates"][0]["value"]
assert metrics["results"] == [] and metrics["aggregates"]["JF"] == plain, metrics
P
for broken in "$(job a Failed v00.mha v00.zip)" "$(job ../.. Succeeded v00.mha '')" '{}' '7'; do
  rm -rf gc/a && jobs "$broken" "$(job b Succeeded v01.mha v01.zip)" >gc/predictions.json
  gc 1 'nothing was scored: '
  [ "$(tail -1 <<<"$said")" != "${said#*nothing was scored}" ] && [ ! -e gc-out/metrics.json ] || { echo 'a broken job scored'; failed=1; }
done
# A stack in place of a zip: as a file, and as the folder of an image's socket; plain and compressed.
cat >stack.py <<'PY'
import pathlib, struct, sys, zlib
source, target, kind = sys.argv[1:]
values, frames = b"", sorted(pathlib.Path(source).glob("*.png"))
for frame in frames:
    data, at, stream = frame.read_bytes(), 8, b""
    while at < len(data):
        length, word = struct.unpack(">I4s", data[at:at + 8])
        if word == b"IHDR":
            width, height, bits = struct.unpack(">IIB", data[at + 8:at + 17])
        if word == b"IDAT":
            stream += data[at + 8:at + 8 + length]
        at += 12 + length
    rows = zlib.decompress(stream)
    assert bits == 8 and len(rows) == (width + 1) * height
    for y in range(height):
        assert rows[y * (width + 1)] == 0
        values += rows[y * (width + 1) + 1:(y + 1) * (width + 1)]
if kind == "short":
    values = b"".join(bytes((value, 0)) for value in values)
count = len(frames) + (kind == "longer")
values += bytes(width * height) if kind == "longer" else b""
header = f"ObjectType = Image\nNDims = 3\nBinaryData = True\nBinaryDataByteOrderMSB = False\nCompressedData = {kind == 'zlib'}\n"
header += f"ElementSpacing = 0.3 0.3 1\nDimSize = {width} {height} {count}\nElementType = {'MET_SHORT' if kind == 'short' else 'MET_UCHAR'}\nElementDataFile = LOCAL\n"
pathlib.Path(target).parent.mkdir(parents=True, exist_ok=True)
pathlib.Path(target).write_bytes(header.encode() + (zlib.compress(values) if kind == "zlib" else values))
PY
stack_job() { job "$1" Succeeded "$2.mha" '' | sed "s|masks.zip|$3|"; }
rm -rf gc && mkdir gc
python3 stack.py honest/v00 gc/a/output/masks.mha plain
python3 stack.py honest/v01 gc/b/output/images/masks/0f3a.mha zlib
python3 stack.py honest/v02 gc/c/output/images/masks/77.MHA short
stacks() { jobs "$(stack_job c v02 images/masks)" "$(stack_job a v00 masks.mha)" "$(stack_job b v01 images/masks)" >gc/predictions.json; }
stacks && gc 0 'J&F'
cmp by-sequence.json gc-out/metrics.json || { echo 'stacks and zips score otherwise'; failed=1; }
python3 stack.py honest/v00 gc/a/output/masks.mha longer
stacks && gc 1 'nothing was scored: .*frames; expected .*one for each annotated frame'
[ ! -e gc-out/metrics.json ] || { echo 'a stack of another length scored'; failed=1; }
head -c 3000 honest.zip >gc/a/output/masks.mha
stacks && gc 1 'nothing was scored: .*MetaImage'
rm gc/predictions.json
gc 1 'predictions.json is not there'

# EvalAI calls a function.
python3 - "$(realpath "$program")" "$source" <<'P' || failed=1
import sys
sys.path.insert(0, sys.argv[2] + "/scripts/platforms")
import evalai
evalai.PROGRAM, evalai.DATASET = sys.argv[1], "ours.json"
told = evalai.evaluate("vault/truth", "honest.zip", "test", submission_metadata={})
assert told["result"][0]["test"]["J&F"] > 0 and told["submission_result"]["complete"], told
try:
    evalai.evaluate("vault/truth", "incomplete.zip", "test")
except Exception as refused:
    assert "frames are missing" in str(refused) and "vault" not in str(refused), refused
else:
    raise SystemExit("an incomplete submission was scored")
P
exit $failed
