#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Plans as users meet them: whatever the number of shards, their order and how often one is merged, the files are those of
one run; and what is wrong with a plan or a part is said, with a cure that is true.

plan_test.py PROGRAM SOURCE [PRELOAD]

SOURCE is the repository (definitions of benchmarks). Real masks come from ANGIOBENCH_DATA; without it those cases are
skipped, and it is said. PRELOAD (tests/support/failing_calls.cpp) makes calls of the system fail.
"""
import hashlib
import json
import os
import random
import re
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time
import zlib

program, source = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
preload = os.path.abspath(sys.argv[3]) if len(sys.argv) > 3 else None
data = os.environ.get("ANGIOBENCH_DATA", os.path.join(source, "..", "shared", "data"))
root = tempfile.mkdtemp(prefix="plan-test-")
luck = random.Random(5)
failures = []


def fail(words):
    failures.append(words)
    print("FAILED:", words, flush=True)


def run(*words, environment=None, cwd=None):
    done = subprocess.run([program, *map(str, words)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd=cwd or root,
                          env={**os.environ, **(environment or {})}, check=False, timeout=300)
    return done.returncode, done.stdout.decode(errors="replace")


def expect(code, pattern, *words, **more):
    got, said = run(*words, **more)
    if got != code or not re.search(pattern, said):
        fail(f"{' '.join(map(str, words))}: exit {got} (expected {code} and '{pattern}'), said:\n{said[:1500]}")
    return said


def png(path, width, height, rows):
    """A grey PNG of labels."""
    def chunk(name, body):
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
    os.makedirs(os.path.dirname(path), exist_ok=True)
    raw = b"".join(b"\0" + bytes(row) for row in rows)
    with open(path, "wb") as file:
        file.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)) +
                   chunk(b"IDAT", zlib.compress(raw, 1)) + chunk(b"IEND", b""))


def squares(width, height, places):
    """Rows of labels: for each (label, x, y, side) a square."""
    rows = [bytearray(width) for _ in range(height)]
    for label, left, top, side in places:
        for y in range(top, min(top + side, height)):
            rows[y][left:min(left + side, width)] = bytes([label]) * (min(left + side, width) - left)
    return rows


def definition(name, **changes):
    """A shipped benchmark for any set of sequences; the path of its file."""
    with open(os.path.join(source, "dataset", "benchmarks", name + ".json"), encoding="utf-8") as file:
        benchmark = json.load(file)
    for field in ("sequences", "digest", "scored_digest", "width", "height", "unseen_videos"):
        benchmark.pop(field, None)
    benchmark.update(changes)
    path = os.path.join(root, name + "-any.json")
    with open(path, "w", encoding="utf-8") as file:
        json.dump(benchmark, file)
    return path


def draw(folder, truth, prediction, count, frames=3, labels=(1, 2)):
    """Sequences of two moving squares; the predictions are a little off, and one sequence is all wrong."""
    for sequence in range(count):
        for frame in range(frames):
            name = f"v{sequence:02d}/{frame:05d}.png"
            x, y = 3 + frame + sequence % 5, 4 + sequence % 7
            big, small = 8 + sequence % 9, 6
            png(os.path.join(root, folder, truth, name), 48, 40,
                squares(48, 40, [(labels[0], x, y, big), (labels[-1], 28, 20 + frame, small)]))
            png(os.path.join(root, folder, prediction, name), 48, 40,
                squares(48, 40, [(labels[0], x + 1, y, big), (labels[-1], 29 - sequence % 2, 21 + frame, small + 1)]))


TIMES = [(re.compile(rb"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ, [\d.]+ s with (\d+ threads?|all cores)"), b"RUN"),
         (re.compile(rb"20\d\d-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?Z?"), b"TIME"),
         (re.compile(rb"angiobench (score|merge) [^<]*"), b"COMMAND"),
         # A remark on the command's paths.
         (re.compile(rb'<p class="note">[^<]* stands for folders of the machine that scored; <code>result.json</code> has them.</p>'), b"")]


def contents(folder):
    """Path -> digest of every file; of result.json and the page what says how the run went is left out."""
    found = {}
    for parent, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(parent, name)
            with open(path, "rb") as file:
                content = file.read()
            if name == "result.json":
                content = content[:content.index(b'"run": {')]
            if name == "report.html":
                for pattern, word in TIMES:
                    content = pattern.sub(word, content)
            found[os.path.relpath(path, folder)] = hashlib.sha256(content).hexdigest()
    return found


def differences(one, other):
    return sorted(name for name in one.keys() | other.keys() if one.get(name) != other.get(name))


def shards_of(plan, parts, count, *more):
    numbers = list(range(count))
    luck.shuffle(numbers)
    for number in numbers:
        expect(0, f"shard {number} of {count}: ", "score", "--plan", plan, "--shard", number, "-o", parts, "-j", 1 + number % 2, *more)


def same_as_one_run(name, counts, *options, legacy=False):
    """One run, then plans of several numbers of shards."""
    folder = os.path.join(root, "of-" + name)
    extra = ["--legacy-csv", os.path.join(folder, "legacy-once")] if legacy else []
    code, said = run("score", *options, "-o", os.path.join(folder, "once"), "-j", 1, *extra)
    if code not in (0, 1):
        fail(f"{name}: one run: exit {code}: {said}")
        return
    once = contents(os.path.join(folder, "once"))
    for count in counts:
        plan = os.path.join(folder, f"plan{count}.json")
        parts = os.path.join(folder, f"parts{count}")
        expect(0, f"in {count} shard", "plan", "score", *options, "--shards", count, "-o", plan)
        shards_of(plan, parts, count)
        out = os.path.join(folder, f"merged{count}")
        extra = ["--legacy-csv", os.path.join(folder, f"legacy{count}")] if legacy else []
        files = [os.path.join(parts, part) for part in os.listdir(parts)]
        given = files + luck.sample(files, (len(files) + 1) // 2)  # some twice
        luck.shuffle(given)
        code_of_merge, said = run("merge", "--plan", plan, *given, "-o", out, *extra)
        if code_of_merge != code:
            fail(f"{name} in {count} shards: merge ended with {code_of_merge}, one run with {code}: {said}")
            continue
        if wrong := differences(once, contents(out)):
            fail(f"{name} in {count} shards: other bytes in {wrong[:6]}")
        if legacy:
            with open(os.path.join(folder, "legacy-once"), "rb") as left, open(os.path.join(folder, f"legacy{count}"), "rb") as right:
                if left.read() != right.read():
                    fail(f"{name} in {count} shards: another legacy CSV")
    print(f"{name}: {len(once)} files are the same bytes for {', '.join(map(str, counts))} shards", flush=True)


# --- the same bytes ---

MANY = (1, 2, 3, 12, 50)
draw("flat", "truth", "prediction", 52)
FLAT = ("-g", os.path.join(root, "flat/truth"), "-p", os.path.join(root, "flat/prediction"))
same_as_one_run("flat", MANY, "--dataset", "flat", *FLAT)
same_as_one_run("unsupervised", MANY, "--dataset", "flat", "--protocol", "davis2017-unsupervised", *FLAT)
same_as_one_run("vessel", (1, 12), "--dataset", "flat", "--measures", "vessel", "--spacing", "0.3", *FLAT)
same_as_one_run("T", MANY, "--dataset", "flat", "--protocol", "davis2016", *FLAT)

# MOSE v2, with a video that is missing and counts as 0.
draw("mose", "data/valid/Annotations", "prediction", 52)
with open(os.path.join(root, "mose/data/valid/meta.json"), "w", encoding="utf-8") as meta:
    json.dump({"videos": {f"v{i:02d}": {"length": 3, "width": 48, "height": 40, "objects": {
        "1": {"category": "ape", "frames": ["00000", "00001", "00002"]},
        "2": {"category": "stent", "frames": ["00000", "00001", "00002"]}}} for i in range(52)}}, meta)
shutil.rmtree(os.path.join(root, "mose/prediction/v17"))
MOSE = ("--dataset", definition("mose-v2-valid"), "-g", os.path.join(root, "mose/data"), "-p", os.path.join(root, "mose/prediction"))
same_as_one_run("mose-v2", MANY, *MOSE)


def drawn_set(name, preset, pattern, counts, length=2):
    """A set that the program draws, where the module for it is there."""
    code, said = run("synth", "-o", f"{name}/data", "--preset", preset, "--sequences", "0,0,52", "--length", length, "--size", "64",
                     "--examples", f"{name}/examples", "--quiet")
    if code != 0:
        print(f"skipped: {name} ({said.strip()})")
        return
    folder = os.path.join(root, name, "data")
    known = [os.path.join(parent, file) for parent, _, files in os.walk(folder) for file in files if re.fullmatch(pattern, file)]
    dataset = known[0] if known else pattern
    same_as_one_run(name, counts, "--dataset", dataset, "-g", folder, "-p", os.path.join(root, name, "examples", "coarse"))


drawn_set("dias", "dsa", r".*test.*\.json", MANY)
drawn_set("semantic", "semantic", r".*semantic.*test.*\.json", MANY)
drawn_set("paxray", "paxray", r".*test.*\.json", (1, 3, 12), length=1)

if os.path.isdir(os.path.join(data, "mosxav")):
    same_as_one_run("mosxav-test", (1, 2, 3, 12), "--dataset", "mosxav-test", "-g", os.path.join(data, "mosxav"), "-p",
                    os.path.join(data, "mosxav/predictions/test"), legacy=True)
    same_as_one_run("mosxav-vessel", (3,), "--dataset", "mosxav-test", "-g", os.path.join(data, "mosxav"), "-p",
                    os.path.join(data, "mosxav/predictions/test"), "--measures", "vessel")
    same_as_one_run("davis2016", (1, 2, 3), "--dataset", "davis2016-val", "-g", os.path.join(data, "davis2016/gt"), "-p",
                    os.path.join(data, "davis2016/pred"), "--sequences", "blackswan,bmx-trees,paragliding-launch")
else:
    print(f"skipped: real masks ({data} has none)")

# --- a plan is the same everywhere, and says what it is ---

OPTIONS = ("plan", "score", "--dataset", "flat", *FLAT, "--shards")
expect(0, r"plan [0-9a-f]{12}: 52 items, 156 frames, in 4 shards\nabout 1 s of one core", *OPTIONS, 4, "-o", "here/plan.json")
os.makedirs(os.path.join(root, "elsewhere/flat"), exist_ok=True)
for side in ("truth", "prediction"):
    shutil.copytree(os.path.join(root, "flat", side), os.path.join(root, "elsewhere/flat", side))
expect(0, "plan", "plan", "score", "--dataset", "flat", "-g", "flat/truth", "-p", "flat/prediction", "--shards", 4, "-o", "plan.json",
       cwd=os.path.join(root, "elsewhere"))
with open(os.path.join(root, "here/plan.json"), "rb") as one, open(os.path.join(root, "elsewhere/plan.json"), "rb") as other:
    text = one.read()
    if text != other.read():
        fail("a plan of the same files elsewhere is another")
    if root.encode() in text:
        fail("a plan names a path")
# Relative places are found from any folder; -g and -p say others.
expect(0, "shard 0 of 4", "score", "--plan", "elsewhere/plan.json", "--shard", 0, "-o", "moved")
shutil.rmtree(os.path.join(root, "elsewhere/flat"))
expect(3, "flat", "score", "--plan", "elsewhere/plan.json", "--shard", 1, "-o", "moved")
expect(0, "shard 1 of 4", "score", "--plan", "elsewhere/plan.json", "--shard", 1, "-o", "moved", *FLAT)
os.remove(os.path.join(root, "elsewhere/plan.places"))
expect(2, "--ground-truth is not given", "score", "--plan", "elsewhere/plan.json", "--shard", 2, "-o", "moved")

# --- idempotent; status; trees ---

plan = "here/plan.json"
expect(4, r"0 of 4 shards done(.|\n)*--array=0-3", "status", "--plan", plan, "parts")
expect(0, "shard 1 of 4", "score", "--plan", plan, "--shard", 1, "-o", "parts")
part = os.path.join(root, "parts", os.listdir(os.path.join(root, "parts"))[0])
before = os.stat(part)
expect(0, "nothing to do", "score", "--plan", plan, "--shard", 1, "-o", "parts")
if os.stat(part).st_mtime_ns != before.st_mtime_ns:
    fail("a part that was there was touched")
with open(part, "rb") as file:
    whole = file.read()
expect(0, "shard 1 of 4", "score", "--plan", plan, "--shard", 1, "-o", "parts", "--force")
with open(part, "rb") as file:
    if file.read() != whole:
        fail("a part that was made again is another")
expect(0, "shard 2 of 4", "score", "--plan", plan, "--shard", "env", "-o", "parts", environment={"SLURM_ARRAY_TASK_ID": "2"})
expect(4, r"2 of 4 shards done(.|\n)*--array=0,3", "status", "--plan", plan, "parts")
expect(4, "2 of 4 shards are missing: --array=0,3", "merge", "--plan", plan, "parts", "-o", "never")
if os.path.exists(os.path.join(root, "never")):
    fail("a merge that misses shards left something")
for shard in (0, 3):
    expect(0, "shard", "score", "--plan", plan, "--shard", shard, "-o", "parts2")
expect(0, "2 of 4 shards", "merge", "--plan", plan, "parts", "--partial", "-o", "tree")
expect(0, "J&F|J", "merge", "--plan", plan, "tree", "parts2", "parts", "-o", "of-tree")
if wrong := differences(contents(os.path.join(root, "of-flat/once")), contents(os.path.join(root, "of-tree"))):
    fail(f"a tree of merges: other bytes in {wrong[:6]}")
expect(0, "12 of 12 shards done, 52 of 52 items, 100 %", "status", "--plan", "of-flat/plan12.json", "of-flat/parts12")

# --- many submissions ---

shutil.copytree(os.path.join(root, "flat/prediction"), os.path.join(root, "other"))
shutil.copy(os.path.join(root, "flat/truth/v00/00001.png"), os.path.join(root, "other/v00/00001.png"))
BOTH = (*FLAT, "-p", os.path.join(root, "other"))
expect(0, "scored", "score", "--dataset", "flat", *BOTH, "-o", "two-once")
expect(0, "104 items", "plan", "score", "--dataset", "flat", *BOTH, "--shards", 7, "-o", "two/plan.json")
shards_of("two/plan.json", "two/parts", 7)
expect(0, "== other", "merge", "--plan", "two/plan.json", "two/parts", "-o", "two-merged")
if wrong := differences(contents(os.path.join(root, "two-once")), contents(os.path.join(root, "two-merged"))):
    fail(f"two submissions: other bytes in {wrong[:6]}")
expect(0, "added", "leaderboard", "add", "two-merged", "--db", "board.sqlite", "--bare")

# --- bad input ---

expect(2, "expected 1 to 52", *OPTIONS, 53, "-o", "never.json")
expect(2, "expected 0 to 3", "score", "--plan", plan, "--shard", 4, "-o", "parts")
expect(2, "no array task runs here", "score", "--plan", plan, "--shard", "env", "-o", "parts",
       environment={name: "" for name in ("SLURM_ARRAY_TASK_ID", "AWS_BATCH_JOB_ARRAY_INDEX", "JOB_COMPLETION_INDEX", "PARALLEL_SEQ")})
expect(2, "--plan comes without --shard", "score", "--plan", plan, "-o", "parts")
expect(2, "--plan comes without --out", "score", "--plan", plan, "--shard", 0)
expect(2, "--shard comes without --plan", "score", "--dataset", "flat", *FLAT, "--shard", 0)
expect(2, "--missing is given, and --plan says it already", "score", "--plan", plan, "--shard", 0, "-o", "parts", "--missing", "zero")
expect(2, "names 1 submission; expected 2", "score", "--plan", "two/plan.json", "--shard", 0, "-o", "x", *FLAT)
if run("predict", "--help")[0] == 0:
    expect(3, "is a plan of 'score'", "predict", "--plan", plan, "--shard", 0, "-o", "x")
for damage, words in ((lambda text: text[:len(text) // 2], "truncated"), (lambda text: text[:-3] + b"\n", "truncated|edited"),
                      (lambda text: text.replace(b"F\t", b"G\t", 1), "edited or damaged"), (lambda text: b"", "0 bytes")):
    os.makedirs(os.path.join(root, "bad"), exist_ok=True)
    bad = os.path.join(root, "bad", os.path.basename(part))
    with open(bad, "wb") as file:
        file.write(damage(whole))
    expect(3, f"bad/.*({words})", "merge", "--plan", plan, "bad", "parts2", "-o", "never")
    expect(4, "warning.*bad/", "status", "--plan", plan, "bad")
    expect(0, "it is made again", "score", "--plan", plan, "--shard", 1, "-o", "bad")
    with open(bad, "rb") as file:
        if file.read() != whole:
            fail("a damaged part was not made again")
expect(0, "plan", *OPTIONS, 3, "-o", "here/three.json")
expect(3, "is of the plan sha256:", "merge", "--plan", "here/three.json", part, "-o", "never")
expect(4, "3 of 3 shards are missing: --array=0-2", "merge", "--plan", "here/three.json", "parts", "-o", "never")
with open(os.path.join(root, plan), "rb") as file:
    text = file.read()
with open(os.path.join(root, "here/edited.json"), "wb") as file:
    file.write(text.replace(b'"shards":4', b'"shards": 4'))
expect(3, "it was edited", "score", "--plan", "here/edited.json", "--shard", 0, "-o", "x", *FLAT)
expect(3, "not found|No such file", "score", "--plan", "nowhere.json", "--shard", 0, "-o", "x")
# A file that came, went, or has another size.
changed = os.path.join(root, "flat/prediction/v03/00001.png")
kept = open(changed, "rb").read()
with open(changed, "ab") as file:
    file.write(b"x")
expect(3, "'v03' changed since the plan was made", "merge", "--plan", plan, "parts", "parts2", "-o", "never")
os.remove(changed)
shard = next(row[7] for row in json.loads(text)["items"] if row[1] == "v03")
expect(3, "'v03' changed since the plan was made", "score", "--plan", plan, "--shard", shard, "-o", "changed")
with open(changed, "wb") as file:
    file.write(kept)
expect(4, "nothing was planned", "plan", "score", "--dataset", "flat", "-g", os.path.join(root, "flat/truth"), "-p",
       os.path.join(root, "mose/prediction"), "--shards", 2, "-o", "never.json")
# A protocol of one's own that changed.
with open(os.path.join(source, "evaluator/protocols/strict.json"), encoding="utf-8") as file:
    rules = json.load(file)
own = os.path.join(root, "own.json")
with open(own, "w", encoding="utf-8") as file:
    json.dump(rules, file)
expect(0, "plan", "plan", "score", "--dataset", "flat", "--protocol", own, *FLAT, "--shards", 2, "-o", "own/plan.json")
expect(0, "shard 0", "score", "--plan", "own/plan.json", "--shard", 0, "-o", "own/parts")
with open(own, "a", encoding="utf-8") as file:
    file.write("\n")
expect(3, "own.json.*is not the file that the plan was made with", "score", "--plan", "own/plan.json", "--shard", 1, "-o", "own/parts")
if os.path.exists(os.path.join(root, "never")) or os.path.exists(os.path.join(root, "never.json")):
    fail("what was refused left something")

# --- plans and parts are what their schemas say ---

def breaches(value, schema, place="it"):
    """What of a value is not as a schema says; of the words that ours use, any other is a failure."""
    kinds = {"object": dict, "array": list, "string": str, "integer": int}
    found = []
    for word, rule in schema.items():
        if word in ("$schema", "title", "description", "properties"):
            continue
        if word == "type":
            wrong = not isinstance(value, kinds[rule]) or isinstance(value, bool)
        elif word == "const":
            wrong = value != rule
        elif word == "enum":
            wrong = value not in rule
        elif word == "required":
            wrong = [name for name in rule if name not in value]
        elif word == "pattern":
            wrong = not re.search(rule, value)
        elif word in ("minimum", "maximum"):
            wrong = value < rule if word == "minimum" else value > rule
        elif word in ("minItems", "maxItems"):
            wrong = len(value) < rule if word == "minItems" else len(value) > rule
        elif word == "items":
            wrong = [told for i, one in enumerate(value) for told in breaches(one, rule, f"{place}[{i}]")]
        elif word == "prefixItems":
            wrong = [told for i, one in enumerate(rule[:len(value)]) for told in breaches(value[i], one, f"{place}[{i}]")]
        elif word == "additionalProperties":
            others = [name for name in value if name not in schema.get("properties", {})]
            wrong = others if rule is False else [told for name in others for told in breaches(value[name], rule, f"{place}.{name}")]
        else:
            wrong = "a word that this test does not know"
        if wrong:
            found.append(f"{place}: {word}: {wrong}")
    for name, rule in schema.get("properties", {}).items():
        if isinstance(value, dict) and name in value:
            found += breaches(value[name], rule, f"{place}.{name}")
    return found


def schema_of(*path):
    with open(os.path.join(source, *path), encoding="utf-8") as file:
        return json.load(file)


with open(os.path.join(root, plan), encoding="utf-8") as file:
    planned = json.load(file)
for told in breaches(planned, schema_of("dataset", "schema", "plan-1.json"), "the plan"):
    fail(told)
if not breaches({**planned, "host": "here"}, schema_of("dataset", "schema", "plan-1.json")) or \
        not breaches({**planned, "shards": 0}, schema_of("dataset", "schema", "plan-1.json")):
    fail("the schema of plans takes anything")
parts = sorted(os.listdir(os.path.join(root, "parts")))
if not parts:
    fail("there is no part")
for name in parts:
    with open(os.path.join(root, "parts", name), encoding="utf-8") as file:
        head = json.loads(file.readline())
    for told in breaches(head, schema_of("evaluator", "schema", "part-1.json"), name):
        fail(told)

# --- killed at any moment: a part is there and whole, or not there ---

start = time.monotonic()
run("score", "--plan", plan, "--shard", 0, "-o", "timed", "-j", 1)
seconds = time.monotonic() - start
for moment in range(50):
    is_merge = moment % 2 == 1
    target = os.path.join(root, "killed", str(moment))
    words = ("merge", "--plan", plan, "parts", "parts2", "--partial", "-o", target) if is_merge else \
        ("score", "--plan", plan, "--shard", "0", "-o", target, "-j", "1")
    with subprocess.Popen([program, *words], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=root) as child:
        time.sleep(luck.uniform(0, 1.1 * seconds))
        child.kill()
    for name in os.listdir(target) if os.path.isdir(target) else ():
        if ".angiobench-tmp." in name:
            continue
        code, said = run("merge", "--plan", plan, os.path.join(target, name), "--partial", "-o", os.path.join(root, "checked"))
        if code != 0:
            fail(f"killed: {name} is not whole: {said}")
    expect(0, "shard 0|nothing to do", "score", "--plan", plan, "--shard", "0", "-o", target)
    left = [name for name in os.listdir(target) if ".angiobench-tmp." in name]
    if left:
        fail(f"killed: {left} stayed")
print("killed 50 times: parts are whole, or not there", flush=True)

# --- stopped, and the failures that pass ---

with subprocess.Popen([program, "score", "--plan", plan, "--shard", "0", "-o", "stopped"], cwd=root, stdout=subprocess.DEVNULL,
                      stderr=subprocess.DEVNULL) as child:
    child.send_signal(signal.SIGTERM)
    if child.wait() not in (0, 143, -signal.SIGTERM):
        fail(f"SIGTERM: exit {child.returncode}")
if preload:
    def with_failure(code, pattern, failure, target):
        expect(code, pattern, "score", "--plan", plan, "--shard", "0", "-o", target, environment={"LD_PRELOAD": preload, "FAIL_AT": failure})
        return os.listdir(os.path.join(root, target)) if os.path.isdir(os.path.join(root, target)) else []
    start = time.monotonic()
    with_failure(0, "shard 0 of 4", "write:1:28", "full-once")  # a disk that is full for a moment: waited for
    if time.monotonic() - start < 0.9:
        fail("a full disk was not waited for")
    for failure in ("fsync:1:5", "rename:1:116"):
        if left := with_failure(75, "cannot be written", failure, "passing"):
            fail(f"exit 75 left {left}")
    with_failure(3, "cannot be written", "rename:1:13", "for-good")
    # A folder that cannot be listed, or not to its end, is not taken for an empty one: it is listed again.
    for at in (1, 2, 9):
        start = time.monotonic()
        with_failure(0, "shard 0 of 4", f"list:{at}:116", f"stale-{at}")
        if time.monotonic() - start < 0.9:
            fail(f"a stale folder was not waited for (list {at})")
        if os.listdir(os.path.join(root, f"stale-{at}")) == [] or contents(os.path.join(root, f"stale-{at}")) != \
                contents(os.path.join(root, "full-once")):
            fail(f"a part that was made after a stale folder is another (list {at})")
    with_failure(75, r"cannot be listed \(Stale file handle\)", "list:all:116", "stale")
    # By hand it is told at once.
    for at in (1, 9):
        expect(3, r"cannot be listed \(Input/output error\)", "score", "--dataset", "flat", *FLAT,
               environment={"LD_PRELOAD": preload, "FAIL_AT": f"list:{at}:5"})
else:
    print("skipped: failures of the system")

print("FAILED" if failures else "passed", f"({len(failures)} failures)")
shutil.rmtree(root, ignore_errors=True)
sys.exit(1 if failures else 0)
