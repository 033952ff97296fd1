#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Shards of predictions and of training as a user makes them: plan_predict_cli.sh PROGRAM.
# shellcheck source=tests/cli/expect.sh
. "$(dirname "$0")/expect.sh" "$1"
fail() { printf '%s\n' "$1"; failed=1; }
expect 0 'set: 4 sequences' synth -o set --size 64 --length 6 --sequences 0,0,4 --quiet --examples examples
data=(--network optical-flow --dataset set/benchmarks/synth-test.json -g set)
expect 0 '4 sequences' predict "${data[@]}" -o one --quiet
expect 0 '4 items, 24 frames, in 3 shards' plan predict "${data[@]}" --shards 3 -o plan.json
expect 2 'expected 1 to 4' plan predict "${data[@]}" --shards 5 -o never.json
expect 4 '0 of 3 shards done' status --plan plan.json run
for shard in 2 0; do expect 0 'sequences' predict --plan plan.json --shard $shard -o run --quiet; done
expect 4 '1 of 3 shards is missing: --array=1' merge --plan plan.json run
expect 4 '2 of 3 shards done' status --plan plan.json run
expect 0 'were there already' predict --plan plan.json --shard 2 -o run
expect 2 'no array task runs here' predict --plan plan.json --shard env -o run --quiet
PARALLEL_SEQ=2 "$program" predict --plan plan.json --shard env -o run --quiet >/dev/null || fail 'PARALLEL_SEQ'
expect 0 'all 4 clips are there' merge --plan plan.json run
diff -rq -x manifest.json one run || fail 'shards predict other masks than one run'

# What lacks a mask, and whose frames changed.
mask=$(find run -name '*.png' | sort | head -1)
rm "$mask"
expect 4 'has 5 masks of the 6 that were written' merge --plan plan.json run
expect 2 '--network is given, and --plan says it already' predict --plan plan.json --shard 0 -o run --network stcn
expect 3 "is a plan of 'predict'" score --plan plan.json --shard 0 -o parts
frame=$(find set -name '*.jpg' | sort | head -1)
printf x >>"$frame"
for shard in 0 1 2; do "$program" predict --plan plan.json --shard $shard -o other --quiet 2>&1; done >said2
grep -q 'changed since the plan was made' said2 || fail "changed frames: $(cat said2)"

# Frames in a zip: another zip with the same names is seen.
frames=$(dirname "$frame")
sequence=$(basename "$frames")
python3 -c 'import sys, zipfile, os
for name, more in (("frames.zip", b""), ("others.zip", b"x")):
  with zipfile.ZipFile(name, "w") as archive:
    for file in sorted(os.listdir(sys.argv[1])):
      with open(os.path.join(sys.argv[1], file), "rb") as frame: archive.writestr("f/" + file, frame.read() + more)' "$frames"
first=$(find set -path "*/$sequence/*.png" | sort | head -1)
expect 0 '1 item, 6 frames' plan predict --network optical-flow --clip frames.zip --first-mask "$first" --shards 1 -o zip.json
expect 0 '1 sequences, 6 frames' predict --plan zip.json --shard 0 -o of-zip --quiet
expect 3 'others.zip: error: is not the file that the plan was made with \(--clip\)' predict --plan zip.json --shard 0 -o never --clip others.zip

# Stopped by a time limit: 143, and the same command goes on.
expect 0 'long: 1 sequences' synth -o long --size 256 --length 60 --sequences 0,0,1 --quiet
expect 0 '1 shard' plan predict --network optical-flow --dataset long/benchmarks/synth-test.json -g long --shards 1 -o long.json
"$program" predict --plan long.json --shard 0 -o held -j 1 >held.log 2>&1 &
pid=$!
for _ in $(seq 2000); do
  [ "$(find held.partial -name '*.png' 2>/dev/null | wc -l)" -lt 3 ] || break
  sleep 0.01
done
kill -TERM $pid
wait $pid
code=$?
[ $code = 143 ] || fail "SIGTERM: exit $code: $(cat held.log)"
expect 0 '1 sequences, 60 frames' predict --plan long.json --shard 0 -o held
expect 0 'all 1 clips' merge --plan long.json held

# Training over seeds and settings, where this build has it.
expect 0 'set2: 4 sequences' synth -o set2 --size 64 --length 6 --sequences 2,1,1 --annotation-step 1
train=(-g set2 --dataset set2/benchmarks/synth-train.json --width 4 --key-blocks 1,1,1 --value-blocks 1,1,1 --crop 48
  --batch 2 --window 3 --matching local --batch-statistics 5 --log-every 2 --checkpoint-every 2 --steps 2)
"$program" plan train "${train[@]}" --vary seed=1:2 -o train.json >said3 2>&1
code=$?
if grep -q 'needs LibTorch' said3; then
  echo 'skipped: plans of training (no LibTorch)'
else
  [ $code = 0 ] && grep -q '2 items, 4 steps' said3 || fail "plan train: $(cat said3)"
  # Two runs of two small steps are their two starts.
  grep -q 'about 3 s of one core' said3 || fail "the estimate of small runs: $(cat said3)"
  expect 0 'in 2 shards' plan train "${train[@]}" --vary seed=1:2 --shards 2 -o train.json
  expect 2 "unknown option '--sead'" plan train "${train[@]}" --vary sead=1:2 -o never.json
  expect 2 'expected OPTION=VALUE:VALUE' plan train "${train[@]}" --vary 'seed=../x' -o never.json
  expect 0 'seed=1:' train --plan train.json --shard 0 -o runs -j 1 --quiet
  expect 4 "'seed=2' is missing" merge --plan train.json runs
  expect 0 'seed=2:' train --plan train.json --shard 1 -o runs -j 1 --quiet
  expect 0 'seed=2: is there' train --plan train.json --shard 1 -o runs -j 1 --quiet
  expect 0 '^seed=2,2,' merge --plan train.json runs -o table
  [ "$(wc -l <table/outcomes.csv)" = 3 ] || fail "outcomes.csv: $(cat table/outcomes.csv)"
  # What is learned from, or validated with, changed since the plan: of what is done nothing is asked.
  expect 0 '2 items' plan train "${train[@]}" --vary seed=1:2 --validate set2/benchmarks/synth-val.json --shards 2 -o validated.json
  learned=$(find "set2/trainval/JPEGImages/$(head -1 set2/trainval/ImageSets/train.txt)" -type f | sort | head -1)
  cp "$learned" kept.jpg
  printf x >>"$learned"
  expect 0 'seed=1: is there' train --plan train.json --shard 0 -o runs --quiet
  expect 3 'training data changed since the plan was made.*plan. again' train --plan train.json --shard 0 -o changed -j 1 --quiet
  [ ! -e changed ] || fail 'a run of other data left something'
  cp kept.jpg "$learned"
  printf x >>"$(find "set2/trainval/Annotations/$(head -1 set2/trainval/ImageSets/val.txt)" -type f | sort | tail -1)"
  expect 3 'training data changed' train --plan validated.json --shard 1 -o changed -j 1 --quiet
fi
[ ! -e never.json ] || fail 'what was refused left a plan'

# Slurm's scripts, without a Slurm: they say what they do, and do it.
expect 0 'sbatch --parsable --array=0-2 .*--partition=gpu .*array.sbatch' submit slurm --plan plan.json -o job --sbatch-arg=--partition=gpu --dry-run
grep -q -e '--dependency=afterany:JOB' <<<"$said" || fail "no dependency: $said"
bash -n job/array.sbatch && bash -n job/merge.sbatch || fail 'a script is no script'
expect 0 'plan score|4 items' plan score --dataset set/benchmarks/synth-test.json -g set -p examples/coarse --shards 2 -o score.json
mkdir bin
printf '#!/bin/sh\necho "requeue $2" >>%s/requeued\nexit 1\n' "$folder" >bin/scontrol
chmod +x bin/scontrol
# A stand-in for sbatch runs what it is given, at once.
cat >bin/sbatch <<'END'
#!/bin/bash
for word in "$@"; do script=$word; done
number=$(($(cat jobs 2>/dev/null || echo 0) + 1))
echo $number >jobs
case "$*" in
  *--array=0-1*) for task in 0 1; do SLURM_JOB_ID=$number SLURM_ARRAY_JOB_ID=$number SLURM_ARRAY_TASK_ID=$task SLURM_RESTART_COUNT=${tries:-0} bash "$script" >&2 || echo "task $task: $?" >&2; done ;;
  *--dependency=afterany:*) bash "$script" >&2 ;;
esac
echo "$number;cluster"
END
chmod +x bin/sbatch
PATH=$folder/bin:$PATH expect 0 'array 1, merge 2' submit slurm --plan score.json -o job2 --program "$program"
[ -s job2/merged/result.json ] || fail "the scripts merged nothing: $said"
# A worker that exits 75 asks for the queue, but not a fourth time.
printf '#!/bin/sh\nexit 75\n' >worker && chmod +x worker
PATH=$folder/bin:$PATH expect 0 'exit 75: 3_0 goes back' submit slurm --plan score.json -o job3 --program "$folder/worker"
[ "$(cat requeued)" = $'requeue 3\nrequeue 3' ] || fail "requeued: $(cat requeued)"
tries=3 PATH=$folder/bin:$PATH expect 0 'task 0: 75' submit slurm --plan score.json -o job4 --program "$folder/worker"
[ "$(wc -l <requeued)" = 2 ] || fail 'a task was requeued a fourth time'
said=$(PATH=/nonexistent "$program" submit slurm --plan score.json -o job5 --program "$program" 2>&1)
[ $? = 4 ] && grep -q 'sbatch: error: cannot be run' <<<"$said" || fail "without Slurm: $said"
exit $failed
