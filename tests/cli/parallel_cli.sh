#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# GNU parallel does five uneven shards, one of which fails at first: parallel_cli.sh PROGRAM. Skipped where it is not there.
command -v parallel >/dev/null || { echo 'skipped: no GNU parallel (scripts/setup.sh --tests)'; exit 77; }
# shellcheck source=tests/cli/expect.sh
. "$(dirname "$0")/expect.sh" "$1"
export HOME=$folder  # its settings and its citation notice are nobody's business here
mkdir -p .parallel && touch .parallel/will-cite
"$program" synth --sequences 0,0,7 --length 3-9 -o truth --examples examples --quiet >/dev/null || { echo 'skipped: nothing is drawn without the module media'; exit 77; }
set -- --dataset mosxav-test -g truth -p examples/coarse
expect 0 'J&F' score "$@" -o once
expect 0 'in 5 shards' plan score "$@" --shards 5 -o plan.json
# The third call of its task fails once, as a machine would that lost its disk.
cat >task <<END
#!/bin/bash
[ "\$1" != 2 ] || [ -e failed ] || { touch failed; exit 75; }
exec "$program" score --plan plan.json --shard "\$1" -o parts -j 1
END
chmod +x task
all() { parallel -j2 --joblog log --resume-failed ./task '{}' ::: 0 1 2 3 4 >said 2>&1; }
all
[ $? = 1 ] || { echo "a failing shard is not told: $(cat said)"; failed=1; }
expect 4 '1 of 5 shards is missing: --array=2' merge --plan plan.json parts -o out
all || { echo "the second call failed: $(cat said)"; failed=1; }
[ "$(grep -c 'shard ' said)" = 1 ] || { echo "the second call ran others than the one that failed: $(cat said)"; failed=1; }
expect 0 'J&F' merge --plan plan.json parts -o out
for file in summary.csv per_sequence.csv per_object.csv per_frame.csv; do cmp "once/$file" "out/$file" || failed=1; done
diff <(sed '/"run": {/,$d' once/result.json) <(sed '/"run": {/,$d' out/result.json) || failed=1
# By its own counter, which starts at 1.
rm -rf parts
parallel -j2 "$program" score --plan plan.json --shard env -o parts -j 1 '&& : {}' ::: a b c d e >said 2>&1 || { echo "PARALLEL_SEQ: $(cat said)"; failed=1; }
expect 0 '5 of 5 shards done' status --plan plan.json parts
exit $failed
