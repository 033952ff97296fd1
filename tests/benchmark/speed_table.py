#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Commands as people type them, timed as whole processes and held against each other in one run.

Each case is one command and, where there is one, what it is held against: the same masks scored without a folder, decoding
alone, a public tool. All commands of a table run in turn, round after round, so that a machine that drifts drifts for all
of them; figures are medians over the rounds, CPU seconds are user and system of the process and its children. A case
whose data or peer is not there is left out and named.
"""
import argparse
import json
import os
import platform
import shlex
import shutil
import statistics
import sys
import tempfile
import time


def run(command):
    """CPU and wall seconds, peak megabytes and exit code of one process."""
    start = time.monotonic()
    child = os.fork()
    if child == 0:
        null = os.open(os.devnull, os.O_RDWR)
        for descriptor in (0, 1, 2):
            os.dup2(null, descriptor)
        try:
            os.execvp(command[0], command)
        except OSError:
            os._exit(127)
    _, status, usage = os.wait4(child, 0)
    return {"cpu": usage.ru_utime + usage.ru_stime, "wall": time.monotonic() - start, "mb": usage.ru_maxrss / 1024,
            "code": os.waitstatus_to_exitcode(status)}


class Case:
    """A row of the table."""

    def __init__(self, name, command, against=None, most=None, least=None, codes=(0,), needs=(), clean=None):
        self.name = name          # what the row is called
        self.command = command    # words
        self.against = against    # name of the row that the ratio is to, None: no ratio
        self.most = most          # the ratio may be this at most …
        self.least = least        # … and must be this at least (of a peer: peer / ours)
        self.codes = codes        # exit codes that are no failure
        self.needs = needs        # paths without which the row is left out
        self.clean = clean        # folder to take away before each run
        self.runs = []

    def missing(self):
        if shutil.which(self.command[0]) is None:
            return self.command[0]
        return next((path for path in self.needs if not os.path.exists(path)), None)

    def median(self, what):
        return statistics.median(one[what] for one in self.runs)


def cases_of(args, work):
    """The rows: what is typed, with the data's place in front."""
    program = args.angiobench
    data = args.data
    rows = []

    def score_set(benchmark, truth, predictions, peer_truth):
        needs = (truth, predictions)
        source = ["--dataset", benchmark, "-g", truth, "-p", predictions, "-j", "2"]
        out = f"{work}/{benchmark}"
        bare = f"score {benchmark}"
        rows.append(Case(bare, [program, "score", *source], needs=needs))
        rows.append(Case(f"floor: decode {benchmark}", [args.floor, benchmark, truth, predictions, "2"], bare, needs=needs))
        rows.append(Case(f"{bare} -o", [program, "score", *source, "-o", f"{out}-o"], bare, 1.3, needs=needs, clean=f"{out}-o"))
        rows.append(Case(f"{bare} -o --error-maps all", [program, "score", *source, "-o", f"{out}-a", "--error-maps", "all"], bare,
                         4, needs=needs, clean=f"{out}-a"))
        rows.append(Case(f"validate submission {benchmark}", [program, "validate", "submission", *source], bare, 1.5, codes=(0, 1),
                         needs=needs))
        rows.append(Case(f"validate dataset {benchmark}", [program, "validate", "dataset", "--dataset", benchmark, "-g", truth, "-j",
                                                           "2"], codes=(0, 1), needs=needs))
        rows.append(Case(f"explain {benchmark}", [program, "explain", *source], needs=needs))
        rows.append(Case(f"pack {benchmark}", [program, "pack", "--dataset", benchmark, "-g", truth, "-p", predictions, "-o",
                                               f"{out}.zip"], codes=(0, 1), needs=needs, clean=f"{out}.zip"))
        if args.peer:
            words = args.peer.replace("{truth}", peer_truth).replace("{predictions}", predictions)
            rows.append(Case(f"peer {benchmark}", shlex.split(words), bare, least=150, needs=(peer_truth, predictions)))

    score_set("mosxav-test", f"{data}/mosxav", f"{data}/mosxav/predictions/test", f"{data}/mosxav/test/Annotations")
    score_set("davis2017-val", f"{data}/davis2017/Annotations", f"{data}/davis2017/pred-a", f"{data}/davis2017/Annotations")
    truth, zip_file = f"{data}/davis2016/gt", f"{data}/davis2016/predictions/stm.zip"
    rows.append(Case("score davis2016-val (with T)", [program, "score", "--dataset", "davis2016-val", "-g", truth, "-p", zip_file, "-j",
                                                      "2"], needs=(truth, zip_file)))
    rows.append(Case("report html mosxav-test", [program, "report", "html", f"{work}/mosxav-test-o", "-o", f"{work}/page.html"],
                     needs=(f"{data}/mosxav",)))
    if args.before:
        # The same command of another build, for every row of ours.
        for row in [row for row in rows if row.command[0] == program]:
            rows.append(Case(f"before: {row.name}", [args.before, *row.command[1:]], row.name, codes=row.codes, needs=row.needs,
                             clean=row.clean))
    return rows


def take_away(path):
    if path and os.path.isdir(path):
        shutil.rmtree(path)
    elif path and os.path.exists(path):
        os.remove(path)


def measure(rows, rounds, slow_rounds):
    """Runs all rows in turn; peers, which take minutes, in the first rounds only."""
    for number in range(rounds + 1):  # the first round warms the page cache
        for row in rows:
            if row.name.startswith("peer") and number > slow_rounds:
                continue
            take_away(row.clean)
            one = run(row.command)
            if one["code"] not in row.codes:
                sys.exit(f"speed_table: {shlex.join(row.command)} ended with {one['code']}")
            if number > 0 or row.name.startswith("peer") and slow_rounds == 0:
                row.runs.append(one)


def ratio_of(row, by_name):
    """Ours over what it is held against; of a peer or another build: theirs over ours."""
    if row.against is None:
        return None
    other = by_name[row.against].median("cpu")
    return row.median("cpu") / other if other > 0 else None


def verdict_of(row, ratio):
    if ratio is None or (row.most is None and row.least is None):
        return ""
    if row.most is not None:
        return f"at most {row.most:g}x: {'yes' if ratio <= row.most else 'NO'}"
    return f"at least {row.least:g}x: {'yes' if ratio >= row.least else 'NO'}"


def cpu_words():
    model, flags = "unknown processor", ""
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            for line in file:
                if line.startswith("model name"):
                    model = line.split(":", 1)[1].strip()
                if line.startswith("flags"):
                    flags = f" {line.split(':', 1)[1].strip()} "
                    break
    except OSError:
        pass
    levels = [("avx512_vpopcntdq", "AVX-512 with VPOPCNTDQ"), ("avx512bw", "AVX-512"), ("avx2", "AVX2")]
    level = next((words for flag, words in levels if f" {flag} " in flags), "no AVX2")
    return f"{model}, {os.cpu_count()} cores, {level}, {platform.system()}"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--angiobench", required=True, help="the program")
    parser.add_argument("--floor", required=True, help="the program that decodes and does nothing else")
    parser.add_argument("--data", required=True, help="folder of real masks")
    parser.add_argument("--peer", default="", help="a public tool; {truth} and {predictions} are replaced")
    parser.add_argument("--before", default="", help="another build of the program, to compare each command with")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--peer-rounds", type=int, default=1)
    parser.add_argument("--only", default="", help="rows whose name has this, and those that they are held against")
    parser.add_argument("--json", default="", help="also write the figures to this file")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as work:
        rows = cases_of(args, work)
        by_name = {row.name: row for row in rows}
        if args.only:
            wanted = {row.name for row in rows if args.only in row.name}
            wanted |= {by_name[name].against for name in wanted if by_name[name].against}
            rows = [row for row in rows if row.name in wanted]
        left_out = [(row.name, row.missing()) for row in rows if row.missing()]
        rows = [row for row in rows if not row.missing()]
        measure(rows, args.rounds, args.peer_rounds)
    print(f"{cpu_words()}; medians of {args.rounds} rounds, all commands in turn")
    print(f"| {'command':<44} | {'CPU s':>8} | {'wall s':>8} | {'MB':>6} | {'ratio':>8} | |")
    print("| --- | ---: | ---: | ---: | ---: | --- |")
    records = []
    failed = False
    for row in rows:
        ratio = ratio_of(row, by_name)
        verdict = verdict_of(row, ratio)
        failed = failed or verdict.endswith("NO")
        shown = "" if ratio is None else f"{ratio:.2f}x"
        print(f"| {row.name:<44} | {row.median('cpu'):8.4f} | {row.median('wall'):8.4f} | {row.median('mb'):6.1f} | {shown:>8} | "
              f"{verdict} |")
        records.append({"name": row.name, "command": shlex.join(row.command), "cpu_seconds": row.median("cpu"),
                        "wall_seconds": row.median("wall"), "peak_mb": row.median("mb"), "against": row.against, "ratio": ratio,
                        "at_most": row.most, "at_least": row.least, "holds": None if not verdict else not verdict.endswith("NO")})
    for name, path in left_out:
        print(f"left out: {name} (no {path})")
    if args.json:
        with open(args.json, "w", encoding="utf-8") as file:
            json.dump({"machine": cpu_words(), "rounds": args.rounds, "rows": records}, file, indent=1)
            file.write("\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
