#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Every verb and job as a user first meets it: no arguments, --help, help VERB, a slip of the finger, and one form for all
# mistakes. verbs_cli.sh PROGRAM. The list of jobs is the program's own: that of its manual pages.
# shellcheck source=tests/cli/expect.sh
. "$(dirname "$0")/expect.sh" "$1"
fail() {
  echo "$1"
  failed=1
}

# The program.
expect 2 '^Usage: angiobench VERB' 
expect 0 '^Usage: angiobench VERB' --help
expect 0 '^Usage: angiobench VERB' help
expect 0 '6 a bug' help
expect 2 "^angiobench: there is no verb 'scor'; did you mean 'score'\?" scor
expect 2 "there is no verb 'zzzz'; 'angiobench --help' lists them all" zzzz
expect 2 "did you mean 'reproduce' or 'report'" help rep
expect 0 'angiobench 0' --version
expect 0 'angiobench 0' VERSION

# Verbs with jobs.
for verb in leaderboard validate list init; do
  expect 2 "^Usage: angiobench $verb JOB" $verb
  expect 0 "^Usage: angiobench $verb JOB" $verb --help
  expect 0 "^Usage: angiobench $verb JOB" help $verb
  expect 2 "^angiobench $verb: there is no job 'zzzz'; expected " $verb zzzz
done
expect 2 "there is no job 'datset'; did you mean 'datasets' or 'dataset'|did you mean 'dataset'" validate datset
expect 0 'Reads every mask' help validate DataSet

# Every job: help in three ways is one text; a typo is told with the nearest name and exit code 2.
"$program" man -o pages || fail 'no manual pages'
mapfile -t jobs < <(sed -n 's/^angiobench \([a-z]*\)\( [a-z]*\)\{0,1\}.*/\1\2/p' <("$program" completion bash | sed -n "s/^    '\([a-z ]*\)')$/angiobench \1/p") | sort -u)
[ ${#jobs[@]} -ge 25 ] || fail "only ${#jobs[@]} jobs: ${jobs[*]}"
for job in "${jobs[@]}"; do
  read -ra words <<<"$job"
  help=$("$program" "${words[@]}" --help 2>&1) || fail "$job --help fails"
  [ "$help" = "$("$program" help "${words[@]}" 2>&1)" ] || fail "help $job is not $job --help"
  [ "$(grep -c '^  angiobench ' <<<"$(sed -n '/^Examples:/,$p' <<<"$help")")" -ge 2 ] || fail "$job: fewer than two examples"
  grep -q "^Usage: angiobench $job" <<<"$help" || fail "$job: no usage line"
  expect 2 "^angiobench $job: unknown option '--jsbo'" "${words[@]}" --jsbo
  expect 2 "did you mean '--quiet'\?" "${words[@]}" --quite
  ! grep -q -- '--max-archive-size' <<<"$help" || fail "$job: limits stand in its help"
done
grep -q 'angiobench predict --clip FRAMES --first-mask PNG' <("$program" predict --help) || fail 'predict hides its clip form'
expect 0 'max-archive-size' score --help limits
expect 0 'max-archive-size' help limits
expect 0 'max-archive-size' validate submission --help limits

# All mistakes at once, in one form.
expect 2 "^angiobench score: unknown option '--datset'; did you mean '--dataset'\?" score --datset x --missing nul -j x
for mistake in "--missing is 'nul'; expected error, zero or skip" "--jobs is 'x'; expected 0 \(all cores\) to 1024" \
  '-g \(the ground truth.s folder\) is missing' '-p \(the predictions. folder or zip\) is missing'; do
  grep -qE -e "^angiobench score: $mistake\$" <<<"$said" || fail "not told: $mistake"
done

# Names as they are meant.
expect 3 'nowhere: error' score --DataSet MOSXAV_Test -g nowhere -p nowhere
expect 2 "dataset is 'mosxav-tset', which is no benchmark; did you mean 'mosxav-test'" score --dataset mosxav-tset -g . -p .
expect 2 "protocol is 'mosxav-vla', which is no protocol; did you mean 'mosxav-val'" score --dataset flat --protocol mosxav-vla -g . -p .
# Names are looked at with everything else, before a file is.
expect 2 "dataset is 'mosxav-tset'" score --dataset mosxav-tset --protocol strct --missing nul
for mistake in "--protocol is 'strct', which is no protocol; did you mean 'strict'\?.*" '-g .the ground truth.s folder. is missing'; do
  grep -qE -e "^angiobench score: $mistake\$" <<<"$said" || fail "not told: $mistake"
done

# What is built in.
expect 0 '^mosxav-test  +MOSXAV test: .*protocol: mosxav-test' list datasets
expect 0 '^strict  +.*\[source: angiobench; verified: from the text' list protocols
expect 0 '^first-mask  +.*weights: none' list networks
expect 0 '^J  +.*better: higher' list measures
for what in datasets protocols measures networks; do
  "$program" list $what --json | python3 -c '
import json, sys
rows = json.load(sys.stdin)
assert rows and all(row["name"] and row["title"] for row in rows), rows' || fail "list $what --json"
  [ "$("$program" list $what | wc -l)" = "$("$program" list $what --json | grep -c '"name"')" ] || fail "list $what: not a line each"
done
exit $failed
