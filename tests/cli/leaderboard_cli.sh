#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Runs `leaderboard` and `reproduce` as a user does: leaderboard_cli.sh PROGRAM MAKE_RESULT. Exit codes, help, refusals, the life of
# a board, and writers at once.
# shellcheck source=tests/cli/expect.sh
. "$(dirname "$0")/expect.sh" "$1"

make_result=$2
# result FILE NAME JF [complete|partial] [DATASET]
result() {
  mkdir -p "$(dirname "$1")"
  "$make_result" "${@:2}" > "$1"
}

# Help and usage.
expect 2 'Usage: angiobench leaderboard' leaderboard
expect 0 'Usage: angiobench leaderboard' leaderboard --help
expect 2 "there is no job 'sort'" leaderboard sort
for job in add list show export verify rebuild remove; do
  expect 0 'Examples:' leaderboard $job --help
  expect 2 'unknown option' leaderboard $job --nonsense
done
expect 3 'absent.sqlite: error: cannot be opened' leaderboard show --db absent.sqlite
[ ! -e absent.sqlite ] || { echo 'show made a file'; failed=1; }
expect 3 'no-such.json' leaderboard add no-such.json --db bad.sqlite
[ ! -e bad.sqlite ] || { echo 'a refused add made a file'; failed=1; }
expect 2 "kind is 'gold'" leaderboard add --kind gold
expect 2 '-o .* is missing' leaderboard export
expect 2 'reason' leaderboard remove 3

# The life of a board.
result a/result.json Alpha 0.61
result b.json Beta 0.52
result part.json Partial 0.93 partial
expect 0 '^leaderboard.sqlite: 447 rows, head sha256:' leaderboard add
expect 0 'added run 449: Alpha on mosxav-val, J&F 61.0, rank 1 of 1' leaderboard add a
expect 0 'added run 450: Beta \(k = 15\) on mosxav-val, J&F 52.0, rank 2 of 2' leaderboard add b.json --variant 'k = 15' --team Lab --link https://example.org
expect 0 'not ranked \(incomplete: 1 of 2 sequences' leaderboard add part.json
expect 0 'already there, run 449' leaderboard add a
expect 3 "are there as 'Alpha'" leaderboard add a --method Thief
expect 3 'is no web address' leaderboard add b.json --link javascript:x
expect 0 '^449 +mosxav-val +Alpha' leaderboard list
expect 0 'Published|published' leaderboard list --all
expect 2 "format is 'xls'" leaderboard list --format xls
expect 0 '^1 +Alpha|^ *1 +Alpha' leaderboard show --dataset mosxav-val
expect 0 'Local matching' leaderboard show --dataset mosxav-val --format markdown
expect 0 'toprule' leaderboard show --dataset mosxav-val --format latex --published none
expect 0 'mosxav-val,measured,' leaderboard show --method Alpha --format csv
expect 3 "no data set 'nowhere'" leaderboard show --dataset nowhere
expect 2 'folder of pages' leaderboard show --format html
expect 0 'site/index.html: [0-9]+ pages' leaderboard show --format html -o site
expect 0 'Alpha' leaderboard show --format html --dataset mosxav-val
[ -s site/index.html ] && [ -s site/dataset/mosxav-val.html ] || { echo 'no site'; failed=1; }
! grep -rlE '<(script|img|link|iframe)[^>]*(src|href)="http' site || { echo 'a page requests something'; failed=1; }

# A result is worked out again: what does not follow is refused with its field, by whoever reads it.
forged() { sed "$1" b.json > forged.json; cmp -s b.json forged.json && { echo "nothing was forged by $1"; failed=1; }; }
forged 's/"metric": "J&F", "scope": "overall", "value": [0-9.]*/"metric": "J\&F", "scope": "overall", "value": 0.99/'
for reader in 'leaderboard add forged.json' 'report csv forged.json' 'compare forged.json b.json' 'check forged.json --baseline b.json' \
  'reproduce table1 --results forged.json'; do
  # shellcheck disable=SC2086
  expect 3 'aggregates.0..value of J&F .overall. is 0.99; expected 0.52' $reader
done
forged 's/"metric": "J&F", "scope": "overall", "value": [0-9.]*/"metric": "J\&F", "scope": "overall", "value": 1.5/'
expect 3 'aggregates.0..value of J&F .overall. is 1.5; expected a value in .0, 1.' leaderboard add forged.json
forged 's/"objects": 2,/"objects": 9,/'
expect 3 'dataset.objects is 9; expected 2' leaderboard add forged.json
forged 's/"hash": "sha256:[0-9a-f]*/"hash": "sha256:0000/'
expect 3 'protocol.hash is sha256:0000; expected sha256:' leaderboard add forged.json
expect 2 'expected -g and -p, too' leaderboard add b.json --rescore
expect 2 'expected --rescore' leaderboard add b.json -g truth -p masks
expect 3 "the time is '2026-02-30T00:00:00Z'; expected a moment of the calendar" leaderboard add b.json --time 2026-02-30T00:00:00Z

# What stands behind a row: figures, counts, masks that were scored here.
"$program" synth -o set --sequences 0,0,1 --length 5-5 --seed 3 --quiet >/dev/null || { echo 'no set'; failed=1; }
cp -r set/test/Annotations masks 2>/dev/null || cp -r set/*/Annotations masks
benchmark=set/benchmarks/synth-test.json
expect 0 'J&F' score --dataset $benchmark -g set -p masks -o scored --quiet
expect 0 'added run' leaderboard add scored/result.json --db stands.sqlite --bare
expect 0 'counts' leaderboard list --db stands.sqlite
mkdir alone && cp scored/result.json alone
expect 0 'already there' leaderboard add alone --db stands.sqlite
expect 0 'added run' leaderboard add scored --rescore --dataset $benchmark -g set -p masks --db stands.sqlite
expect 0 'masks scored here' leaderboard list --db stands.sqlite
expect 0 'masks scored here' leaderboard show --db stands.sqlite
expect 0 'already there' leaderboard add scored --db stands.sqlite
expect 0 'good, 1 rows, 4 audit rows' leaderboard verify --db stands.sqlite
sed 's/^\([^,]*,[^,]*,[^,]*,scored,\)[0-9]*/\12/' scored/per_frame.csv > rows.csv
cp -r scored edited && cp rows.csv edited/per_frame.csv
expect 3 'which follows from per_frame.csv' leaderboard add edited --db stands.sqlite
sed 's/"digest": "sha256:[0-9a-f]*"}, "complete"/"digest": "sha256:'"$(printf '0%.0s' $(seq 64))"'"}, "complete"/; t; s/\("submission": {[^}]*"digest": "sha256:\)[0-9a-f]*/\1'"$(printf '0%.0s' $(seq 64))"'/' scored/result.json > other.json
expect 3 'submission.digest is sha256:0' leaderboard add other.json --rescore --dataset $benchmark -g set -p masks --db stands.sqlite

# Verify, export, rebuild, remove.
expect 0 'good, 450 rows, 451 audit rows' leaderboard verify
expect 0 'export: head sha256:' leaderboard export -o export
expect 0 'good' leaderboard verify --against export
expect 0 'copy.sqlite: head' leaderboard rebuild export --db copy.sqlite
expect 3 'is there already' leaderboard rebuild export --db copy.sqlite
[ "$("$program" leaderboard verify | tail -2)" = "$("$program" leaderboard verify --db copy.sqlite | tail -2)" ] || { echo 'a rebuilt board differs'; failed=1; }
expect 0 'removed run 450' leaderboard remove 450 --reason 'by request'
expect 3 'there is no run 450' leaderboard remove 450 --reason again
expect 1 'L004' leaderboard verify --db copy.sqlite --head "$("$program" leaderboard verify | sed -n 's/^head *//p')"
printf 'x' | dd of=copy.sqlite bs=1 seek=0 conv=notrunc status=none
expect 3 'not a database' leaderboard verify --db copy.sqlite

# Writers at once, one of them killed again and again: nothing is lost and nothing is half there.
for i in 1 2 3 4; do
  for k in 1 2 3; do result "w$i-$k.json" "Writer $i-$k" 0.$i$k; done
  "$program" leaderboard add w$i-*.json --db many.sqlite --quiet >out.$i 2>&1 &
done
for k in 1 2 3 4; do
  result "killed-$k.json" "Killed $k" 0.7$k
  "$program" leaderboard add "killed-$k.json" --db many.sqlite >/dev/null 2>&1 &
  victim=$!
  sleep 0.0$k
  kill -9 $victim 2>/dev/null
  wait $victim 2>/dev/null
done
wait
[ "$("$program" leaderboard list --db many.sqlite | grep -c 'Writer')" = 12 ] || { echo 'a run was lost'; cat out.*; failed=1; }
expect 0 'good' leaderboard verify --db many.sqlite

# The paper's tables.
expect 0 'Examples:' reproduce --help
expect 2 'table' reproduce
expect 2 "TABLE is 'table9'" reproduce table9
expect 0 'STM .*79.7‡' reproduce table1
expect 0 'CADICA: cannot be measured' reproduce table1
expect 0 'STCN, measured here' reproduce table1 --results STCN=b.json
expect 0 'mosxav-val [0-9a-f]{12}' reproduce table1 --results b.json
expect 0 'incomplete \(1 of 2 sequences\)' reproduce table1 --results part.json
expect 3 'is a second result' reproduce table1 --results X=a X=b.json
expect 0 'k=9, measured here' reproduce table3 --results k=9=b.json
expect 0 'cross-entropy' reproduce table2 --format markdown
expect 0 'multicolumn' reproduce table1 --format latex
expect 0 '^$' reproduce table1 --format html -o table1.html
grep -q '<caption>Table 1 of' table1.html || { echo 'no HTML table'; failed=1; }
expect 2 "format is 'doc'" reproduce table1 --format doc
exit $failed
