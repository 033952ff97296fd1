#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Many submissions at once, and a board of them: many_cli.sh PROGRAM.
# shellcheck source=tests/cli/expect.sh
. "$(dirname "$0")/expect.sh" "$1"
"$program" synth --sequences 0,0,3 --length 6 -o truth --examples examples --quiet >/dev/null
names=$(cd examples && printf '%s\n' *)
count=$(wc -l <<<"$names")
[ "$count" -ge 2 ] || { echo 'there are not two examples'; exit 1; }
mkdir inbox
for name in $names; do "$program" pack --dataset mosxav-test -g truth -p "examples/$name" -o "inbox/$name.zip" --quiet >/dev/null; done
score() { expect "$1" "$2" score --dataset mosxav-test -g truth "${@:3}"; }

# The same files as one run each, but for `run`.
score 0 "$count of $count submissions scored" -p inbox -o many
for name in $names; do
  score 0 'J&F' -p "inbox/$name.zip" -o "single/$name"
  for file in summary.csv per_sequence.csv per_object.csv per_frame.csv; do
    cmp "many/$name/$file" "single/$name/$file" || failed=1
  done
  diff <(sed '/"run": {/,$d' "many/$name/result.json") <(sed '/"run": {/,$d' "single/$name/result.json") || failed=1
done
first=$(head -1 <<<"$names")
second=$(sed -n 2p <<<"$names")
score 0 "== $second" -p "inbox/$second.zip" -p "examples/$first" -o given
[ -s "given/$first/result.json" ] && [ -s "given/$second/result.json" ] || { echo 'two that were given are not there'; failed=1; }

# One that fails stops no other, and leaves nothing behind; the exit status is the gravest.
echo 'no zip' >inbox/broken.zip
score 3 "$count of $((count + 1)) submissions scored" -p inbox -o mixed
[ ! -e mixed/broken ] && [ -s "mixed/$first/result.json" ] || { echo 'the broken one left something, or a good one nothing'; failed=1; }
score 3 'broken.zip' -p inbox --public-out public
grep -q '"reason": "nothing was scored: broken.zip' public/broken/participant.json || { echo 'no public reason'; failed=1; }
grep -q '"metric": "J&F"' "public/$first/participant.json" || { echo 'no public figure'; failed=1; }
score 2 'two submissions are called' -p "inbox/$first.zip" -p "examples/$first"
score 2 'is for one submission; here are 2' -p "inbox/$first.zip" -p "examples/$second" --name x
score 3 'no_such' -p "inbox/$first.zip" -p no_such
rm inbox/broken.zip

# All of them on a board of one's own; a name that was handed in with markup, and its cure.
expect 0 "added run $((count + 1)): " leaderboard add many --db board.sqlite --bare
expect 3 'holds no result.json' leaderboard add truth --db board.sqlite
expect 0 'a challenge of one.s own has none' leaderboard add --help
run=$("$program" leaderboard list --db board.sqlite | awk '$3 == "'"$first"'" {print $1}')
expect 2 'nothing is renamed' leaderboard rename "$run" --db board.sqlite --reason x
expect 2 'reason' leaderboard rename "$run" --db board.sqlite --method x
expect 3 'there is no run 999' leaderboard rename 999 --db board.sqlite --method x --reason x
expect 0 'now run [0-9]+' leaderboard rename "$run" --db board.sqlite --method '<img src=x onerror=alert(1)>' --team '"Lab" & co' --reason 'their wish'
expect 0 'good' leaderboard verify --db board.sqlite
expect 0 'index.html' leaderboard show --db board.sqlite --format html -o site
! grep -rq '<img src=x' site || { echo 'a name is markup'; failed=1; }
grep -q '&lt;img src=x' site/index.html || { echo 'the leader is not named'; failed=1; }
# The challenge's page: the ranking comes first, with intervals and dates.
for page in site/index.html site/dataset/mosxav-test.html; do
  sed -n '/<main/,$p' "$page" | grep -m1 -A60 '<table' >ranking
  for part in 'Rank' '95 % interval' 'class="nw">.*\[' '20[0-9][0-9]-[0-9][0-9]-[0-9][0-9]' '&lt;img src=x'; do
    grep -q "$part" ranking || { echo "$page does not lead with $part"; failed=1; }
  done
done
expect 0 'renamed' leaderboard rename "$("$program" leaderboard list --db board.sqlite | awk '/img src/ {print $1}')" --db board.sqlite --method "$first" --team '' --reason back
expect 0 "$first" leaderboard show --db board.sqlite --dataset mosxav-test
exit $failed
