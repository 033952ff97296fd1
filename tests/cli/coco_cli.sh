#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Runs `export coco`, `import coco`, and the verbs that take a json in place of masks: coco_cli.sh PROGRAM.
# shellcheck source=tests/cli/expect.sh
. "$(dirname "$0")/expect.sh" "$1"

expect 0 'Examples:' export coco --help
expect 0 'Examples:' import coco --help
expect 2 '--dataset' export coco
expect 2 'the json' import coco
expect 2 'expected one of them' import coco x.json -o y --stills --apart
expect 2 'form' export coco --dataset flat -g . -o x.json --form voc
expect 3 'not found|No such file|cannot be read' import coco nowhere.json -o y
mkdir -p set && expect 2 'lies inside' export coco --dataset flat -g set -o set/x.json

"$program" synth -o set --size 64 --length 6 --sequences 2,1,1 --quiet >/dev/null || exit 1
benchmark=(--dataset set/benchmarks/synth-test.json -g set)
# Written as import writes them: with its palette.
expect 0 'masks in' export coco "${benchmark[@]}" -o truth.json
expect 0 'masks of' import coco truth.json -o masks
# Every other frame is predicted a frame late, so that scores are not all 1.
for clip in masks/*/; do
  last=
  for mask in "$clip"*.png; do
    if [ -n "$last" ]; then cp "$last" "$mask.late"; last=; else last=$mask; fi
  done
  for late in "$clip"*.late; do mv "$late" "${late%.late}"; done
done

# without_run FILE: a result without what is not of its masks: the run, names, digest of the files.
without_run() {
  python3 - "$1" <<'PY'
import json, sys
result = json.load(open(sys.argv[1]))
for key in ('run', 'submission', 'result_digest', 'findings'):
    result.pop(key, None)
print(json.dumps(result, sort_keys=True))
PY
}

"$program" score "${benchmark[@]}" -p masks -o by_png --quiet >/dev/null || { echo 'the PNGs are not scored'; exit 1; }
for form in youtube-vis coco burst; do
  for counts in compressed plain; do
    json=$form-$counts.json
    [ "$json" = coco-compressed.json ] || [ "$json" = burst-plain.json ] && continue
    expect 0 'masks in [0-9]+ frames' export coco "${benchmark[@]}" -p masks --form "$form" --counts "$counts" -o "$json"
    python3 -m json.tool "$json" >/dev/null || { echo "$json is no JSON"; failed=1; }
    expect 0 'J&F|J ' score "${benchmark[@]}" -p "$json" -o by_json
    cmp by_png/per_frame.csv by_json/per_frame.csv || failed=1
    cmp by_png/per_object.csv by_json/per_object.csv || failed=1
    [ "$(without_run by_png/result.json)" = "$(without_run by_json/result.json)" ] || { echo "$json: another result"; failed=1; }
    expect 0 '[0-9]+ masks of' import coco "$json" -o "back-$form-$counts"
    diff -r masks "back-$form-$counts" || failed=1
  done
done

# All verbs that read a submission read it.
json=youtube-vis-compressed.json
expect 0 '' validate submission "${benchmark[@]}" -p "$json"
expect 0 '^a.zip: ' pack -p "$json" -o a.zip "${benchmark[@]}"
"$program" pack -p masks -o b.zip "${benchmark[@]}" >/dev/null
cmp a.zip b.zip || failed=1
# Without the truth, by a list of frames; of a list of results, too.
(cd masks && find . -name '*.png' | sed 's|^./||; s|.png$||' | sort) > frames.txt
"$program" export coco "${benchmark[@]}" -p masks --form youtube-vis-results -o by_name.json --quiet
"$program" pack -p masks -o listed.zip --frames frames.txt >/dev/null
for one in "$json" by_name.json; do
  expect 0 '^listed_json.zip: ' pack -p "$one" -o listed_json.zip --frames frames.txt
  cmp listed.zip listed_json.zip || failed=1
  rm -f listed_json.zip
done
expect 0 '' explain "${benchmark[@]}" -p "$json"
expect 0 'masks in' export coco "${benchmark[@]}" -p "$json" -o again.json
cmp "$json" again.json || failed=1
expect 0 'submissions scored' score "${benchmark[@]}" -p "$json" -p masks

mkdir alone && cp "$json" alone/ && python3 -c "import zipfile; zipfile.ZipFile('alone.zip', 'w').write('$json')"
expect 0 'J&F|J ' score "${benchmark[@]}" -p alone
expect 0 'J&F|J ' score "${benchmark[@]}" -p alone.zip
expect 5 '--max-entry-size' score "${benchmark[@]}" -p alone.zip --max-entry-size 1000

# What is wrong is told, each with its exit code.
sed '0,/"video_id":1,/s//"video_id":77,/' "$json" > unknown.json
expect 1 'A013' validate submission "${benchmark[@]}" -p unknown.json
expect 1 'A013' score "${benchmark[@]}" -p unknown.json
expect 1 'A013' pack -p unknown.json -o c.zip "${benchmark[@]}"
[ ! -e c.zip ] || { echo 'a refused json was packed'; failed=1; }
python3 - "$json" <<'PY'
import copy, json, sys
whole = json.load(open(sys.argv[1]))
def write(name, change):
    document = copy.deepcopy(whole)
    change(document)
    json.dump(document, open(name, 'w'))
def first_mask(document):
    # Of a frame that is scored: neither the first nor the last.
    for annotation in document['annotations']:
        for mask in annotation['segmentations'][2:-1]:
            if mask: return mask
def second_object(document):
    again = copy.deepcopy(document['annotations'][0])
    again['id'] = 1000
    document['annotations'].append(again)
write('short.json', lambda d: first_mask(d).update(counts=[5, 7]))
write('over.json', lambda d: first_mask(d).update(counts=[5, 70000]))
write('negative.json', lambda d: first_mask(d).update(counts=[5, -7, 4098]))
write('size.json', lambda d: first_mask(d).update(size=[32, 128]))
write('twice.json', lambda d: d['annotations'][1].update(id=d['annotations'][0]['id']))
write('double.json', second_object)
write('videos.json', lambda d: d['videos'][0].update(id=d['videos'][1]['id']) if len(d['videos']) > 1 else d['videos'].append(dict(d['videos'][0])))
def overlap(document):
    other = copy.deepcopy(document['annotations'][0])
    other.update(id=1001, object_id=40, score=0.5)
    document['annotations'].append(other)
write('overlap.json', overlap)
open('utf16.json', 'w', encoding='utf-16').write(json.dumps(whole))
open('cut.json', 'w').write(json.dumps(whole)[:-40])
open('deep.json', 'w').write('{"videos":' + '[' * 500)
json.dump([dict(a, video_id=1) for a in whole['annotations'][:1]], open('numbers.json', 'w'))
PY
expect 3 'the runs end after 12 of the mask.s 4096 pixels' score "${benchmark[@]}" -p short.json
expect 1 'P010' validate submission "${benchmark[@]}" -p short.json
expect 3 'the runs go over the mask.s end' score "${benchmark[@]}" -p over.json
expect 3 'has the length -7' score "${benchmark[@]}" -p negative.json
expect 3 'the mask is 128x32' score "${benchmark[@]}" -p size.json
expect 1 'P01[01]' validate submission "${benchmark[@]}" -p size.json
expect 0 'A011' score "${benchmark[@]}" -p twice.json
expect 1 'A012' score "${benchmark[@]}" -p double.json
expect 3 'two videos' score "${benchmark[@]}" -p videos.json
expect 3 'is text in UTF-16' score "${benchmark[@]}" -p utf16.json
expect 3 'is not JSON: mistake in line 1' score "${benchmark[@]}" -p cut.json
expect 5 'nested deeper than 64 levels' score "${benchmark[@]}" -p deep.json
expect 3 'instances.json with the videos beside' score "${benchmark[@]}" -p numbers.json
expect 0 'masks of' import coco numbers.json --names "$json" -o named
expect 5 '--max-archive-size' score "${benchmark[@]}" -p "$json" --max-archive-size 1000
expect 0 'A010.*share [0-9]+ pixels|share [0-9]+ pixels.*A010' import coco overlap.json -o overlapped
# The higher score wins: the new object has all of the first one's pixels.
cmp -s overlapped/*/00000.png masks/*/00000.png && { echo 'an overlap changed nothing'; failed=1; }
# A list whose videos are names.
python3 - "$json" <<'PY'
import json, sys
whole = json.load(open(sys.argv[1]))
names = {video['id']: video['name'] for video in whole['videos']}
json.dump([{'video_id': names[a['video_id']], 'object_id': a['object_id'], 'score': 1, 'category_id': 1,
            'segmentations': a['segmentations']} for a in whole['annotations']], open('results.json', 'w'))
PY
expect 0 'J&F|J ' score "${benchmark[@]}" -p results.json -o by_list
cmp by_png/per_frame.csv by_list/per_frame.csv || failed=1
# Lists of results, with names for ids and with those of the truth's json.
expect 2 'form' export coco "${benchmark[@]}" -o x.json --names "$json"
for form in youtube-vis coco; do
  "$program" export coco "${benchmark[@]}" --form "$form" -o "names-$form.json" --quiet
  expect 0 'masks in' export coco "${benchmark[@]}" -p masks --form "$form-results" -o "list-$form.json"
  expect 0 'J&F|J ' score "${benchmark[@]}" -p "list-$form.json" -o "by_list_$form"
  cmp by_png/per_frame.csv "by_list_$form/per_frame.csv" || failed=1
  expect 0 'masks in' export coco "${benchmark[@]}" -p masks --form "$form-results" --names "names-$form.json" \
    -o "numbered-$form.json"
  grep -Eq '"(video|image)_id":1,' "numbered-$form.json" || { echo "numbered-$form.json has no numbers"; failed=1; }
  cp "names-$form.json" set/instances.json
  expect 0 'J&F|J ' score "${benchmark[@]}" -p "numbered-$form.json" -o "by_number_$form"
  cmp by_png/per_frame.csv "by_number_$form/per_frame.csv" || failed=1
  expect 0 'masks in' export coco "${benchmark[@]}" -p masks --form "$form-results" -o "again-$form.json"
  cmp "numbered-$form.json" "again-$form.json" || failed=1
  rm set/instances.json
done
exit $failed
