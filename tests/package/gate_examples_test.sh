#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Runs the steps of action.yml and gitlab-gate.yml in a clean root, as their platforms do: gate_examples_test.sh PROGRAM
# RELEASE_FOLDER. PROGRAM makes the data. A passing model, a regressing one, an archive that is not the pinned one.
set -uo pipefail
program=$(realpath "$1")
release=$(realpath "$2")
source=$(realpath "$(dirname "${BASH_SOURCE[0]}")/../..")
cd "$source" || exit 1
. tests/package/clean_root.sh
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -c 'import yaml' 2>/dev/null || { echo 'skipped: Python has no yaml'; exit 77; }
clean_root "$work/system" curl ca-certificates || exit $?
failed=0
wrong() { echo "gate_examples: $*"; failed=1; }

# A model's repository.
model=$work/system/model
mkdir -p "$model/ci"
"$program" synth --sequences 0,0,3 --length 6 -o "$model/data" --examples "$work/examples" --quiet >/dev/null
cp -r "$work/examples/fine" "$model/good"
cp -r "$model/good" "$model/bad"
first=$(find "$model/bad/v01" -name '*.png' | sort | head -1)
for mask in "$model"/bad/v01/*.png; do cp "$first" "$work/first.png" && cp "$work/first.png" "$mask"; done
"$program" score --dataset mosxav-test -g "$model/data" -p "$model/good" -o "$work/accepted" --quiet >/dev/null
cp "$work/accepted/result.json" "$model/ci/baseline.json"
cp scripts/ci_gate_rules.json "$model/ci/gate.json"
cp "$release"/angiobench-*-linux-x86_64.tar.gz "$work/system/archive.tar.gz"
digest=$(sha256sum "$work/system/archive.tar.gz" | cut -d' ' -f1)

# The examples name inputs that the action has, and a job that the include has.
python3 - <<'P' || failed=1
import yaml
action = yaml.safe_load(open("action.yml"))
uses = [step for step in yaml.safe_load(open("scripts/ci_gate_workflow.yml"))["jobs"]["gate"]["steps"] if "with" in step]
needed = {name for name, facts in action["inputs"].items() if facts.get("required")}
given = set(uses[0]["with"])
assert needed <= given <= set(action["inputs"]), (needed - given, given - set(action["inputs"]))
gate = yaml.safe_load(open("gitlab-gate.yml"))
example = yaml.safe_load(open("scripts/ci_gate_gitlab.yml"))
assert example["gate"]["extends"] in gate
assert set(example["gate"]["variables"]) <= set(gate[".angiobench-gate"]["variables"])
P

# steps github|gitlab PREDICTIONS SHA256: writes the script that the platform would run, and runs it in the root.
steps() {
  python3 - "$1" "$2" "$3" >"$work/system/steps.sh" <<'P'
import shlex, sys, yaml
platform, predictions, digest = sys.argv[1:]
inputs = {"version": "0.1.0", "sha256": digest, "dataset": "mosxav-test", "ground-truth": "data", "predictions": predictions,
          "baseline": "ci/baseline.json", "rules": "ci/gate.json", "archive": "file:///archive.tar.gz"}
print("cd /model || exit 99\nexport CI=true")
if platform == "github":
    print("export GITHUB_SERVER_URL=https://example.org RUNNER_TEMP=/runner GITHUB_ENV=/runner/env GITHUB_STEP_SUMMARY=/runner/summary GITHUB_ACTIONS=true")
    print("rm -rf /runner; mkdir /runner; touch /runner/env")
    for step in yaml.safe_load(open("action.yml"))["runs"]["steps"]:
        if "run" not in step:
            continue
        assert step["shell"] == "bash"
        env = {}
        for name, value in step.get("env", {}).items():
            inner = value.strip("${} ")
            env[name] = inputs[inner[7:]] if inner.startswith("inputs.") else "owner/angiobench"
        words = " ".join(f"{name}={shlex.quote(value)}" for name, value in env.items())
        print(f"env $(cat /runner/env) {words} bash --noprofile --norc -eo pipefail -c {shlex.quote(step['run'])} || exit $?")
else:
    job = yaml.safe_load(open("gitlab-gate.yml"))[".angiobench-gate"]
    variables = dict(job["variables"], ANGIOBENCH_ARCHIVE=inputs["archive"], ANGIOBENCH_SHA256=digest, DATASET="mosxav-test",
                     GROUND_TRUTH="data", PREDICTIONS=predictions, BASELINE="ci/baseline.json", RULES="ci/gate.json")
    print("rm -rf gate .angiobench")
    for name, value in variables.items():
        print(f"export {name}={shlex.quote(value)}")
    for line in job["before_script"] + job["script"]:
        print(f"{{ {line}\n}} || exit $?")
P
  local start=$EPOCHREALTIME code
  chroot "$work/system" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin bash /steps.sh >"$work/said" 2>&1
  code=$?
  awk -v a="$start" -v b="$EPOCHREALTIME" -v what="$1 $2" -v code="$code" 'BEGIN { printf "gate_examples: %s: exit %d after %.2f s\n", what, code, b - a }'
  return $code
}
for platform in github gitlab; do
  out=$([ $platform = github ] && echo "$work/system/runner/gate" || echo "$model/gate")
  steps $platform good "$digest" || { wrong "$platform does not pass a model that is the same"; cat "$work/said"; }
  for file in gate.xml gate.prom gate.json result/report.html; do [ -s "$out/$file" ] || wrong "$platform keeps no $file"; done
  steps $platform bad "$digest"
  [ $? = 1 ] || { wrong "$platform passes a model that froze"; cat "$work/said"; }
  grep -q '<failure' "$out/gate.xml" && [ -s "$out/result/report.html" ] || wrong "$platform keeps no report of a failed gate"
  steps $platform good "${digest/[0-9]/x}" && wrong "$platform takes another archive"
  [ -e "$out/gate.json" ] && [ $platform = github ] && wrong "$platform scored with another archive"
done
grep -q 'regressed\|new failure' "$work/system/runner/summary" 2>/dev/null || { steps github bad "$digest"; grep -q 'v01' "$work/system/runner/summary" || wrong 'the step summary does not say what failed'; }
exit $failed
