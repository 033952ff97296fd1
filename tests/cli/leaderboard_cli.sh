#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Runs `leaderboard` and `reproduce` as a user does: leaderboard_cli.sh PROGRAM. Exit codes, help, refusals, the life of
# a board, and writers at once.
# shellcheck source=tests/cli/expect.sh
. "$(dirname "$0")/expect.sh" "$1"

# result FILE NAME JF [COMPLETE] [DATASET]: a result.json of two sequences.
result() {
  local digest; digest=$(printf '%s' "$2 $3" | sha256sum | cut -d' ' -f1)
  mkdir -p "$(dirname "$1")"
  cat > "$1" <<JSON
{"schema_version": "1.0.0", "tool": {"name": "angiobench", "version": "0.1.0", "git_commit": "abc"},
 "protocol": {"name": "${5:-mosxav-val}", "version": 1, "hash": "sha256:$(printf rules | sha256sum | cut -d' ' -f1)", "rules": {}},
 "dataset": {"name": "${5:-mosxav-val}", "digest": "sha256:$(printf data | sha256sum | cut -d' ' -f1)", "sequences": 2, "objects": 2, "frames_scored": 20},
 "submission": {"name": "$2", "digest": "sha256:$digest"}, "complete": ${4:-true},
 "aggregates": [{"metric": "J&F", "scope": "overall", "value": $3, "n": 2,
                 "interval": {"level": 0.95, "low": 0.1, "high": 0.9, "unit": "sequence", "resamples": 10000}},
                {"metric": "J", "scope": "overall", "value": $3, "n": 2}, {"metric": "F", "scope": "overall", "value": $3, "n": 2}],
 "sequences": [{"name": "v00", "frames_scored": 10, "complete": true, "objects": [{"id": 1, "group": "", "frames": 10,
                "J": {"mean": $3, "recall": 1, "decay": 0}, "F": {"mean": $3, "recall": 1, "decay": 0}}]},
               {"name": "v01", "frames_scored": 10, "complete": ${4:-true}, "objects": []}],
 "findings": [], "run": {"started": "2026-05-01T00:00:00Z", "seconds": 1, "jobs": 1, "command": []}}
JSON
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
result part.json Partial 0.93 false
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
