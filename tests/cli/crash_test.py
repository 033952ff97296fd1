#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Whatever happens to a verb that writes, what it writes is old or new, and the same command gives what it would have given.

crash_test.py PROGRAM PRELOAD [--tries N] [--seed N] [--only NAME,...]

Each verb is killed (kill -9) at random moments and at calls of the system that write, and each of its calls to open,
write, rename and fsync is made to fail in turn (PRELOAD: tests/support/failing_calls.cpp); then the state is held against
the one before and the one after, and the command is run again. All of it once more where the system can neither exchange
folders nor link files nor lock, and with two writers at once. --tries is the number of each kind for each verb.
"""
import argparse
import hashlib
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

parser = argparse.ArgumentParser()
parser.add_argument("program")
parser.add_argument("preload")
parser.add_argument("--tries", type=int, default=5)
parser.add_argument("--seed", type=int, default=1)
parser.add_argument("--only", default="")
arguments = parser.parse_args()
program, preload = os.path.abspath(arguments.program), os.path.abspath(arguments.preload)
luck = random.Random(arguments.seed)
root = tempfile.mkdtemp(prefix="crash-test-")
failures = []
counts = {}  # (what, outcome) -> how often


def call(command, folder, environment=None, timeout=300):
    """Runs `angiobench COMMAND` in a folder; its exit status and all that it said."""
    done = subprocess.run([program, *command], cwd=folder, env={**os.environ, **(environment or {})}, timeout=timeout,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    return done.returncode, done.stdout.decode(errors="replace")


def must(command, folder):
    code, said = call(command, folder)
    if code not in (0, 1):
        sys.exit(f"{' '.join(command)}: exit {code}: {said}")
    return said


def is_temporary(name):
    return ".angiobench-tmp." in name or name.endswith("-journal")


# What differs between two runs of the same command: times.
TIMES = [(re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"), b"TIME"), (re.compile(rb'"seconds": [^,\n]+'), b"SECONDS"),
         (re.compile(rb"TIME, [\d.]+ s with"), b"TIME")]


def digest(path):
    if os.path.islink(path):
        return "link " + os.readlink(path)
    with open(path, "rb") as file:
        content = file.read()
    if content.startswith(b"SQLite format 3"):
        code, said = call(["leaderboard", "verify", "--db", path], root)
        _, rows = call(["leaderboard", "list", "--db", path, "--all", "--format", "csv"], root)
        content = (rows if code == 0 else said).encode()
    for pattern, word in TIMES:
        content = pattern.sub(word, content)
    return hashlib.sha256(content).hexdigest()


def snapshot(folder, watched):
    """Path -> digest of every file of the watched entries that is not temporary."""
    found = {}
    for name in watched:
        path = os.path.join(folder, name)
        if os.path.isfile(path):
            found[name] = digest(path)
        for parent, folders, files in os.walk(path):
            folders[:] = [one for one in folders if not is_temporary(one)]
            for file in files:
                if not is_temporary(file):
                    place = os.path.join(parent, file)
                    found[os.path.relpath(place, folder)] = digest(place)
    return found


def leftovers(folder):
    return [os.path.join(parent, name) for parent, folders, files in os.walk(folder) for name in folders + files
            if is_temporary(name) or name.endswith(".partial")]


class Scenario:
    """A command and what it finds: `before` makes the old state in an empty folder."""

    def __init__(self, name, command, watched, before=(), key=None, units=None, others=(), between=()):
        self.name, self.command, self.watched, self.key = name, command, watched, key
        self.units = units  # a function from a path to the unit that is old or new by itself
        self.old_folder = os.path.join(root, name, "old")
        os.makedirs(self.old_folder)
        for step in before:
            must(step, self.old_folder)
        for path in others:
            os.makedirs(os.path.dirname(os.path.join(self.old_folder, path)), exist_ok=True)
            with open(os.path.join(self.old_folder, path), "w", encoding="utf-8") as file:
                file.write("not of this program: " + path)
        self.old = snapshot(self.old_folder, watched)
        folder = self.fresh("new")
        start = time.monotonic()
        must(command, folder)
        self.seconds = time.monotonic() - start
        self.new = snapshot(folder, watched)
        self.between = None  # a whole state on the way, by its command
        if between:
            folder = self.fresh("between")
            must(between, folder)
            self.between = snapshot(folder, watched)
        if self.old == self.new:
            sys.exit(f"{name}: the command changes nothing: the test could not fail")
        for path in others:
            if self.new.get(path) != self.old[path]:
                failures.append(f"{name}: {path}, which is not of this program, is lost")
        if leftovers(folder):
            failures.append(f"{name}: leaves {leftovers(folder)}")

    def fresh(self, name="try"):
        folder = os.path.join(root, self.name, name)
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(self.old_folder, folder, symlinks=True)
        return folder

    def state_of(self, folder):
        now = snapshot(folder, self.watched)
        if now == self.old:
            return "old"
        if now == self.new:
            return "new"
        if self.between and now == self.between:
            return "between units"
        if self.units:  # each of them is old or new
            def part(of, unit):
                return {path: value for path, value in of.items() if self.units(path) == unit}
            units = {self.units(path) for path in [*now, *self.old, *self.new]}
            if all(part(now, one) in (part(self.old, one), part(self.new, one)) for one in units):
                return "between units"
        if self.key and self.key not in now:
            return "without its key"
        changed = [path for path in now if now[path] not in (self.old.get(path), self.new.get(path))]
        half = [path for path in now if now[path] == self.new.get(path) != self.old.get(path)]
        missing = [path for path in self.old if path in self.new and path not in now]
        return f"HALF: new {half[:4]}, neither {changed[:4]}, missing {missing[:4]}"

    def run_again(self, folder, what):
        code, said = call(self.command, folder)
        if code not in (0, 1) and self.name in ONCE and snapshot(folder, self.watched) == self.new:
            code = 0  # it is there already, and says so
        state = self.state_of(folder)
        if code not in (0, 1) or state != "new" or leftovers(folder):
            failures.append(f"{self.name}, {what}: run again: exit {code}, {state}, left {leftovers(folder)}: {said[-400:]}")

    def judge(self, folder, what, allowed):
        state = self.state_of(folder)
        kind = what.split(" ")[0]
        counts[(kind, state.split(":")[0])] = counts.get((kind, state.split(":")[0]), 0) + 1
        if state not in allowed:
            failures.append(f"{self.name}, {what}: {state}")
        return state

    def kill_somewhen(self):
        for _ in range(arguments.tries):
            folder = self.fresh()
            delay = luck.uniform(0, 1.2 * self.seconds)
            child = subprocess.Popen([program, *self.command], cwd=folder, stdout=subprocess.DEVNULL,
                                     stderr=subprocess.DEVNULL)
            time.sleep(delay)
            child.send_signal(signal.SIGKILL)
            child.wait()
            what = f"killed after {delay:.4f} s"
            self.judge(folder, what, ("old", "new", "between units"))
            self.run_again(folder, what)

    def count_calls(self, always):
        folder = self.fresh()
        place = os.path.join(root, "calls")
        call(self.command, folder, {"LD_PRELOAD": preload, "COUNT_CALLS": place, "FAIL_ALWAYS": always})
        with open(place, encoding="utf-8") as file:
            return {kind: int(number) for kind, number in (line.split() for line in file)}

    def moments(self, always):
        """`tries` calls, of which most are among the last of their kind: there things are put into place."""
        last, others = [], []
        for kind, number in self.count_calls(always).items():
            near = max(3, arguments.tries // 4)
            for at in range(1, number + 1):
                (last if at > number - near else others).append((kind, at))
        wanted = min(len(others), arguments.tries // 3)
        chosen = luck.sample(others, wanted) + luck.sample(last, min(len(last), arguments.tries - wanted))
        return sorted(chosen)

    def kill_at_calls(self, always=""):
        allowed = ("old", "new", "between units") + (("without its key",) if always else ())
        for kind, at in self.moments(always):
            folder = self.fresh()
            code, said = call(self.command, folder,
                              {"LD_PRELOAD": preload, "FAIL_AT": f"{kind}:{at}:kill", "FAIL_ALWAYS": always})
            what = f"killed{'-simple' if always else ''} at {kind} {at}"
            if code != -signal.SIGKILL and code not in (0, 1):
                failures.append(f"{self.name}, {what}: exit {code}: {said[-300:]}")
            self.judge(folder, what, allowed)
            self.run_again(folder, what)

    def fail_calls(self, always=""):
        for kind, at in self.moments(always):
            error = luck.choice([28, 5, 122, 13])  # ENOSPC, EIO, EDQUOT, EACCES
            folder = self.fresh()
            code, said = call(self.command, folder,
                              {"LD_PRELOAD": preload, "FAIL_AT": f"{kind}:{at}:{error}", "FAIL_ALWAYS": always})
            what = f"failed{'-simple' if always else ''} at {kind} {at} with {error}"
            state = self.judge(folder, what, ("old", "new", "between units"))
            if code not in (0, 1, 3, 5):
                failures.append(f"{self.name}, {what}: exit {code}: {said[-300:]}")
            if code in (0, 1) and state != "new":
                failures.append(f"{self.name}, {what}: exit {code}, but it is {state}: {said[-300:]}")
            if code in (3, 5) and not re.search(r"error: .*\(.+\)|SQLite says|disk|I/O", said):
                failures.append(f"{self.name}, {what}: says no reason: {said[-300:]}")
            self.run_again(folder, what)


ONCE = {"synth", "rebuild", "init", "import", "board_remove"}  # refuse what is there already


def scenarios():
    data = os.path.join(root, "data")
    os.makedirs(data)
    must(["synth", "-o", "set", "--size", "64", "--length", "5", "--sequences", "0,0,2", "--seed", "3", "--examples",
          "examples", "--quiet"], data)
    benchmark, masks = os.path.join(data, "set/benchmarks/synth-test.json"), os.path.join(data, "set")
    fine, coarse = (os.path.join(data, "examples", one) for one in ("fine", "coarse"))
    scoring = ["score", "--dataset", benchmark, "-g", masks, "--quiet", "-p"]
    for name, submission in (("a", fine), ("b", coarse)):
        must([*scoring, submission, "-o", name, "--name", name], data)
    a, b = os.path.join(data, "a"), os.path.join(data, "b")
    mine = ("mine.txt", "notes/mine.txt")

    def below(folder):
        return tuple(f"{folder}/{one}" for one in mine)

    yield Scenario("score", [*scoring, coarse, "-o", "out"], ["out"], [[*scoring, fine, "-o", "out"]],
                   key="out/result.json", others=below("out"))
    yield Scenario("score_new", [*scoring, coarse, "-o", "deep/out"], ["deep"])
    davis = [*scoring, coarse, "--protocol", "davis2017", "--legacy-csv", "csv"]
    yield Scenario("score_legacy", davis, ["csv"], key="csv/global_results-val.csv", others=below("csv"))
    checking = ["validate", "submission", "--dataset", benchmark, "-g", masks, "--quiet", "-o", "check", "-p"]
    yield Scenario("validate", [*checking, coarse], ["check"], [[*checking, fine]], key="check/validation.json",
                   others=below("check"))
    page = ["report", "html", b, "-o", "page.html"]
    yield Scenario("report_html", page, ["page.html"], [["report", "html", a, "-o", "page.html"]])
    split = ["--assets", "split", "-o", "page.html"]
    yield Scenario("report_split", ["report", "html", b, *split], ["page.html", "page_files", "mine.txt"],
                   [["report", "html", a, *split]], key="page.html", others=("mine.txt",))
    yield Scenario("report_svg", ["report", "svg", b, "-o", "figures"], ["figures"],
                   [["report", "svg", a, "-o", "figures"]], others=below("figures"))
    yield Scenario("report_csv", ["report", "csv", b, "-o", "new/table.csv"], ["new"])
    add = ["leaderboard", "add", "--db", "board.sqlite", "--bare", "--time", "2026-01-01T00:00:00Z"]
    yield Scenario("board_first", [*add, a], ["board.sqlite"], between=add)
    yield Scenario("board_add", [*add, b], ["board.sqlite"], [[*add, a]])
    yield Scenario("board_remove", ["leaderboard", "remove", "2", "--reason", "r", "--db", "board.sqlite"],
                   ["board.sqlite"], [[*add, a], [*add, b]])
    export = ["leaderboard", "export", "--db", "board.sqlite", "-o", "board"]
    yield Scenario("board_export", export, ["board"], [[*add, a], export, [*add, b]], key="board/leaderboard.json",
                   others=("board/.git/config", "board/README.md"))
    site = ["leaderboard", "show", "--db", "board.sqlite", "--format", "html", "-o", "site"]
    yield Scenario("board_site", site, ["site"], [[*add, a], site, [*add, b]], key="site/index.html",
                   others=below("site"))
    yield Scenario("rebuild", ["leaderboard", "rebuild", "board", "--db", "copy.sqlite"], ["copy.sqlite"],
                   [[*add, a], export])
    yield Scenario("synth", ["synth", "-o", "made", "--size", "64", "--length", "3", "--sequences", "0,0,1", "--quiet"],
                   ["made"])
    packing = ["pack", "--dataset", benchmark, "-g", masks, "-o", "masks.zip", "--quiet", "-p"]
    yield Scenario("pack", [*packing, coarse], ["masks.zip"], [[*packing, fine]])
    yield Scenario("init", ["init", "benchmark", coarse, "-o", "mine.json", "--quiet"], ["mine.json"])
    yield Scenario("import", ["import", "masks", coarse, "-o", "imported", "--colours", "voc", "--quiet"], ["imported"])
    yield Scenario("datasheet", ["validate", "dataset", "--dataset", benchmark, "-g", masks, "--quiet", "--datasheet",
                                 "sheet.md"], ["sheet.md"])
    yield Scenario("man", ["man", "-o", "man1"], ["man1"], key="man1/angiobench.1", others=below("man1"))
    gate = ["--baseline", a, "--json", "c/gate.json", "--junit", "c/gate.xml"]
    yield Scenario("check", ["check", b, *gate], ["c"], [["check", a, *gate]], units=lambda path: path)
    predict = ["predict", "--network", "optical-flow", "--dataset", benchmark, "-g", masks, "--quiet", "-o", "masks"]
    before = ["predict", "--network", "first-mask", "--dataset", benchmark, "-g", masks, "--quiet", "-o", "masks"]
    yield Scenario("predict", predict, ["masks/v00", "masks/v01"], [before], units=lambda path: path.split("/")[1])
    if call(["train", "--stills", "x", "-o", "x"], root)[0] == 3:
        training = ["train", "-g", masks, "--dataset", benchmark, "--width", "4", "--key-blocks", "1,1,1",
                    "--value-blocks", "1,1,1", "--crop", "48", "--batch", "1", "--steps", "2", "-j", "1", "--quiet",
                    "-o", "run"]
        yield Scenario("train", training, ["run"], units=lambda path: path)


def race(name, commands, folder, judge, again=10):
    """Several commands at once, `again` times; `judge` says what is wrong with what they leave."""
    for _ in range(again):
        shutil.rmtree(folder, ignore_errors=True)
        os.makedirs(folder)
        running = [subprocess.Popen([program, *one], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
                   for one in commands]
        said = [one.communicate()[0].decode(errors="replace") for one in running]
        codes = [one.returncode for one in running]
        wrong = judge(codes, folder)
        counts[("race", "bad" if wrong else "good")] = counts.get(("race", "bad" if wrong else "good"), 0) + 1
        if wrong or leftovers(folder):
            failures.append(f"{name} at once: {wrong}, exits {codes}, left {leftovers(folder)}: {said}")


def races():
    data, folder = os.path.join(root, "data"), os.path.join(root, "race")
    a, b = os.path.join(data, "a"), os.path.join(data, "b")
    score = ["score", "--dataset", os.path.join(data, "set/benchmarks/synth-test.json"), "-g",
             os.path.join(data, "set"), "--quiet", "-o", "out", "-p"]

    def result_is_whole(codes, folder):
        from_first = {digest(os.path.join(folder, "out", one)) for one in os.listdir(os.path.join(folder, "out"))
                      if one.endswith(".csv")}
        wanted = [{digest(os.path.join(one, name)) for name in os.listdir(one) if name.endswith(".csv")} for one in (a, b)]
        return "" if set(codes) <= {0, 1} and from_first in wanted else "a mixture"

    race("score", [[*score, os.path.join(data, "examples", one), "--name", name]
                   for one, name in (("fine", "a"), ("coarse", "b"))], folder, result_is_whole)

    def board_is_whole(codes, folder):
        code, said = call(["leaderboard", "verify", "--db", "b.sqlite"], folder)
        _, rows = call(["leaderboard", "list", "--db", "b.sqlite", "--format", "csv"], folder)
        return "" if codes == [0, 0] and code == 0 and rows.count("\n") == 3 else f"{said}{rows}"

    race("leaderboard add", [["leaderboard", "add", one, "--db", "b.sqlite", "--bare"] for one in (a, b)], folder,
         board_is_whole)

    def one_set(codes, folder):
        return "" if sorted(codes) in ([0, 3], [0, 0]) and os.path.exists(f"{folder}/s/synth.json") else "no set"

    race("synth", [["synth", "-o", "s", "--size", "64", "--length", "2", "--sequences", "0,0,1", "--quiet"]] * 2, folder,
         one_set)


def main():
    try:
        wanted, told = set(arguments.only.split(",")) - {""}, 0
        for scenario in scenarios():
            if wanted and scenario.name not in wanted:
                continue
            scenario.kill_somewhen()
            scenario.kill_at_calls()
            scenario.fail_calls()
            scenario.kill_at_calls("exchange,link,lock")
            scenario.fail_calls("exchange,link,lock")
            print(f"{scenario.name}: {scenario.seconds:.3f} s a run, {len(failures)} failures", flush=True)
            while len(failures) > told:
                print("FAILED", failures[told], flush=True)
                told += 1
        if not wanted or "race" in wanted:
            races()
    finally:
        shutil.rmtree(root, ignore_errors=True)
    for (what, outcome), number in sorted(counts.items()):
        print(f"{what:14} {outcome:16} {number}")
    for failure in failures:
        print("FAILED", failure)
    return 1 if failures else 0


sys.exit(main())
