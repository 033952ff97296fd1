#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Whatever stands where a file is expected is named and never waited for: every verb, every option that names a path.

odd_files_test.py PROGRAM
Options are those that `angiobench help` lists; a verb without a row below fails the test.
"""
import os
import re
import shutil
import socket
import struct
import subprocess
import sys
import tempfile

program = os.path.abspath(sys.argv[1])
root = tempfile.mkdtemp(prefix="odd-files-")
failures, num_checked = [], 0
NOBODY = 65534


def call(command, user=None):
    """Exit status and words; status "waits" where the program does not end."""
    extra = {"user": user, "group": user, "extra_groups": []} if user else {}
    try:
        done = subprocess.run([program, *command], cwd=root, timeout=60, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False, **extra)
    except subprocess.TimeoutExpired:
        return "waits", ""
    return done.returncode, done.stdout.decode(errors="replace")


def prepare():
    os.chmod(root, 0o777)
    for command in (["synth", "-o", "set", "--size", "64", "--length", "4", "--sequences", "1,1,1", "--examples", "masks",
                     "--quiet"],
                    ["score", "--dataset", "set/benchmarks/synth-test.json", "-g", "set", "-p", "masks/fine", "-o", "out",
                     "--quiet"],
                    ["leaderboard", "add", "out", "--db", "board.sqlite", "--bare"],
                    ["leaderboard", "export", "--db", "board.sqlite", "-o", "board"],
                    ["export", "coco", *DATA, "-o", "coco.json"],
                    ["export", "stack", "masks/fine/v00", "-o", "first.nrrd"],
                    ["plan", "score", *SCORED, "--shards", "1", "-o", "plan.json"],
                    ["score", "--plan", "plan.json", "--shard", "0", "-o", "parts"],
                    ["synth", "-o", "videos", "--size", "64", "--length", "12", "--sequences", "1,1,1", "--quiet"]):
        code, said = call(command)
        if code not in (0, 1):
            sys.exit(f"{command}: {code}: {said}")
    with open(f"{root}/frames.txt", "w", encoding="utf-8") as file:
        file.write("v00/00000\n")
    with open(f"{root}/card.json", "w", encoding="utf-8") as file:
        file.write('{"description": "x", "license": "https://x.org/l", "url": "https://x.org", "published": "2026", '
                   '"creators": ["x"]}')
    write_cine(f"{root}/cine.dcm")
    with open(f"{root}/gate.json", "w", encoding="utf-8") as file:
        file.write('{"schema": "gate-1", "rules": []}')


def write_cine(path):
    """A DICOM cine of two frames of 2x2, explicit little endian."""
    def element(group, number, kind, value):
        value += b"\0" * (len(value) % 2)
        long = kind in (b"OB", b"OW")
        length = struct.pack("<HI", 0, len(value)) if long else struct.pack("<H", len(value))
        return struct.pack("<HH", group, number) + kind + length + value

    def number(value):
        return struct.pack("<H", value)

    with open(path, "wb") as file:
        file.write(bytes(128) + b"DICM" + element(2, 0x10, b"UI", b"1.2.840.10008.1.2.1") +
                   element(0x28, 2, b"US", number(1)) + element(0x28, 4, b"CS", b"MONOCHROME2 ") +
                   element(0x28, 8, b"IS", b"2 ") + element(0x28, 0x10, b"US", number(2)) +
                   element(0x28, 0x11, b"US", number(2)) + element(0x28, 0x100, b"US", number(8)) +
                   element(0x28, 0x101, b"US", number(8)) + element(0x28, 0x102, b"US", number(7)) +
                   element(0x28, 0x103, b"US", number(0)) + element(0x7FE0, 0x10, b"OB", bytes(range(8))))


def make_odd(kind, path):
    """Puts something at a path; returns the words that tell of it, of a file's place and of a folder's."""
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "loop":
        os.symlink(os.path.basename(path), path)
    elif kind == "device":
        os.symlink("/dev/zero", path)
    elif kind == "socket":
        here = os.getcwd()
        os.chdir(os.path.dirname(path))  # the name of a socket is short
        socket.socket(socket.AF_UNIX).bind(os.path.basename(path))
        os.chdir(here)
    elif kind == "folder":
        os.mkdir(path)
    elif kind == "forbidden":
        with open(path, "w", encoding="utf-8") as file:
            file.write("{}")
        os.chmod(path, 0)
    return {"pipe": "pipe", "loop": "symbolic links|leads nowhere|a link|loop", "device": "device", "socket": "socket",
            "folder": r"folder|[Dd]irectory|not a regular file|holds|no masks|no \w+\.json|result\.json",
            "forbidden": "Permission denied|is a file; expected|holds something else"}[kind]


DATA = ["--dataset", "set/benchmarks/synth-test.json", "-g", "set"]
SCORED = [*DATA, "-p", "masks/fine"]
BOARD = ["--db", "board.sqlite"]
LEARNED = ["--dataset", "videos/benchmarks/synth-train.json", "-g", "videos", "--width", "8", "--key-blocks", "1,1,1",
           "--value-blocks", "1,1,1", "--steps", "1", "--batch", "1", "--crop", "32"]
# The verbs that name paths: words that run, and the bare words among them that are paths, by their place.
ROWS = {
    "adapter bundle": (["codabench", *DATA, "-o", "bundle.zip"], []),
    "adapter codabench": ([], []),
    "adapter grand-challenge": ([], []),
    "bench": ([], []),
    "check": (["out", "--baseline", "out"], [0]),
    "compare": (["out", "out"], [0, 1]),
    "explain": ([*SCORED], []),
    "import masks": (["masks/fine", "-o", "made", "--colours", "voc"], [0]),
    "export coco": ([*DATA, "--form", "coco-results", "-o", "new.json"], []),
    "export dicom-seg": (["masks/fine/v00", "--of", "coco.json", "-o", "new.json"], [0]),
    "export stack": (["masks/fine/v00", "-o", "new.nrrd"], [0]),
    "import stack": (["first.nrrd", "-o", "made"], [0]),
    "import coco": (["coco.json", "-o", "made"], [0]),
    "import dicom": (["cine.dcm", "-o", "made"], [0]),
    "init benchmark": (["masks/fine", "-o", "new.json"], [0]),
    "leaderboard add": (["out", *BOARD], [0]),
    "leaderboard export": ([*BOARD, "-o", "board"], []),
    "leaderboard list": ([*BOARD], []),
    "leaderboard rebuild": (["board", "--db", "copy.sqlite"], [0]),
    "leaderboard rename": (["1", "--method", "m", "--reason", "r", *BOARD], []),
    "leaderboard remove": (["1", "--reason", "r", *BOARD], []),
    "leaderboard show": ([*BOARD], []),
    "leaderboard verify": ([*BOARD], []),
    "man": ([], []),
    "merge": (["--plan", "plan.json", "parts", "-o", "made"], [2]),
    "pack": ([*SCORED, "-o", "masks.zip"], []),
    "plan predict": (["--network", "first-mask", *DATA, "--shards", "1", "-o", "new.json"], []),
    "plan train": ([*LEARNED, "--vary", "seed=1:2", "-o", "new.json"], []),
    "plan score": ([*SCORED, "--shards", "1", "-o", "new.json"], []),
    "predict": (["--network", "first-mask", *DATA, "-o", "predicted"], []),
    "report": (["html", "out"], [1]),
    "reproduce": (["table1", "--results", "out"], []),
    "score": ([*SCORED], []),
    "status": (["--plan", "plan.json", "parts"], [2]),
    "submit slurm": (["--plan", "plan.json", "-o", "made", "--dry-run"], []),
    "train": ([*LEARNED, "-o", "run"], []),
    "synth": (["-o", "made", "--size", "64", "--length", "2", "--sequences", "0,0,1"], []),
    "validate dataset": ([*DATA], []),
    "validate submission": ([*SCORED], []),
}
# What a participant may read names no place: these end, and are no bug, whatever they say.
REDACTED = {"adapter codabench", "adapter grand-challenge"}
# These load the networks' libraries each time: one kind of odd file is enough.
HEAVY = {"bench", "plan predict", "plan train", "predict", "train"}
# Options that need other words beside them.
OTHERS = {
    **{("leaderboard add", option): ["--rescore", *SCORED, *BOARD]
       for option in ("--ground-truth", "--predictions", "--dataset", "--protocol")},
    ("import masks", "--tasks"): ["masks/fine", "-o", "made", "--by-label"],
    ("validate dataset", "--card"): [*DATA, "--datasheet", "new.md"],
    ("validate dataset", "--croissant"): [*DATA, "--card", "card.json"],
    ("pack", "--frames"): ["-p", "masks/fine", "-o", "masks.zip"],
    ("pack", "--verify"): [],
    ("plan predict", "--clip"): ["--network", "first-mask", "--first-mask", "set/test/Annotations/v00/00000.png", "--shards", "1", "-o", "new.json"],
    ("plan predict", "--first-mask"): ["--network", "first-mask", "--clip", "set/test/JPEGImages/v00", "--shards", "1", "-o", "new.json"],
    ("plan predict", "--weights"): ["--network", "stcn", *DATA, "--shards", "1", "-o", "new.json"],
    ("predict", "--clip"): ["--network", "first-mask", "--first-mask", "set/test/Annotations/v00/00000.png", "-o", "predicted"],
    ("predict", "--first-mask"): ["--network", "first-mask", "--clip", "set/test/JPEGImages/v00", "-o", "predicted"],
    ("predict", "--weights"): ["--network", "stcn", *DATA, "-o", "predicted"],
    **{(page, "--validate-root"): [*ROWS[page][0], "--validate", "videos/benchmarks/synth-val.json"]
       for page in ("plan train", "train")},
    **{(page, "--plan"): ["--shard", "0", "-o", "made"] for page in ("predict", "score", "train")},
    ("predict", "--overlay"): ["--network", "first-mask", *DATA, "-o", "predicted"],
    ("predict", "--page"): ["--network", "first-mask", *DATA, "-o", "predicted"],
    ("score", "--with-images"): [*SCORED, "-o", "made"],
    ("report", "--rules"): ["junit", "out"],
    ("report", "--leaderboard"): ["html", "out"],
    ("reproduce", "--bench"): ["table3"],
    ("reproduce", "--ground-truth"): ["table1", "--run", "--row", "STCN", "--weights", "small", "--work", "made"],
    ("reproduce", "--weights"): ["table1", "--run", "--row", "STCN", "-g", "mosxav=set", "--work", "made"],
    ("reproduce", "--work"): ["table1", "--run", "--row", "STCN", "-g", "mosxav=set", "--weights", "small"],
}
# What stands before a path in an option's value.
BEFORE = {("reproduce", "--ground-truth"): "mosxav="}
# What a page's options write, beside --out.
WRITTEN = {"bench": {"--json"}, "check": {"--json", "--junit", "--markdown", "--openmetrics"},
           "compare": {"--json", "--markdown"}, "merge": {"--legacy-csv"}, "leaderboard rebuild": {"--db"}, "predict": {"--sheet", "--overlay", "--page"},
           "reproduce": {"--work"},
           "score": {"--legacy-csv"}, "validate dataset": {"--datasheet", "--croissant"}, "synth": {"--examples", "--sheet"}}
# Options for which a folder is as good as a file, and those for which it is written.
TAKES_FOLDER = {"--predictions", "--ground-truth", "--images", "--clip", "--from-masks", "--baseline", "--results",
                "--validate-root", "--stills", "--with-images", "--first-mask", "--against", "--out", "--examples",
                "--legacy-csv", "--verify"}


def options_of(page):
    """The options of a page that name a path: (long name, metavar)."""
    _, text = call(["help", *page.split(" ")])
    return re.findall(r"^ +(?:-\w[ ,]+)?(--[\w-]+)[ =](FILE(?:\.json)?|DIR|PATH|NAME)\b", text, re.MULTILINE)


def pages():
    _, overview = call(["--help"])
    for verb in re.findall(r"^  ([a-z]+)  +\S", overview, re.MULTILINE):
        _, text = call(["help", verb])
        jobs = re.findall(r"^  ([a-z-]+)  +\S", text, re.MULTILINE) if " JOB" in text.split("\n")[0] else []
        for job in jobs or [""]:
            yield f"{verb} {job}".strip()


def with_value(words, option, value, letter):
    """The words, with the option's value in place of the one that is there."""
    words = list(words)
    for name in (option, letter):
        if name in words:
            words[words.index(name) + 1] = value
            return words
    return [*words, option, value]


def check(page, what, command, kind, words):
    global num_checked
    num_checked += 1
    code, said = call([*page.split(" "), *command], NOBODY if kind == "forbidden" else None)
    # A bundle takes the static program alone.
    if "which this build lacks" in said or "is not installed" in said or "expected the static program" in said:
        num_checked -= 1
    elif page in REDACTED or what == "--public-out":
        if code not in (1, 2, 3, 4, 5):
            failures.append(f"{page} {what} at a {kind}: exit {code}: {said[-300:]}")
    elif code not in ((1, 2, 3, 4, 5) if page == "validate dataset" else (2, 3, 4, 5)) or "odd" not in said or not re.search(words + "|(exists|is there) already", said):
        failures.append(f"{page} {what} at a {kind}: exit {code}: {said[-300:]}")
    for name in ("made", "predicted", "new.json", "new.nrrd", "copy.sqlite", "masks.zip", "run"):
        remove(os.path.join(root, name))


LETTERS = {"--ground-truth": "-g", "--predictions": "-p", "--out": "-o", "--baseline": "-b", "--rules": "-r"}


def check_page(page, kind):
    base, bare = ROWS[page]
    odd = os.path.join(root, "odd.json")
    for option, metavar in options_of(page):
        is_name = metavar == "NAME" and (option not in ("--dataset", "--protocol", "--validate") or
                                         page == "leaderboard show")
        # A name is given to another file than the one that nobody may read.
        if is_name or (kind == "forbidden" and option in WRITTEN.get(page, set()) | {"--out"}):
            continue
        if kind == "forbidden" and (page, option) == ("submit slurm", "--program"):
            continue  # it is for the nodes to run, not for this machine to read
        if kind == "folder" and (option in TAKES_FOLDER or metavar == "DIR"):
            continue
        words = make_odd(kind, odd)
        value = BEFORE.get((page, option), "") + odd
        command = with_value(OTHERS.get((page, option), base), option, value, LETTERS.get(option))
        check(page, option, command, kind, words)
        remove(odd)
    for place in bare:
        if kind == "folder" and page in ("merge", "status"):
            continue  # one without parts is of shards that did not begin
        words = make_odd(kind, odd)
        command = [odd if i == place else word for i, word in enumerate(base)]
        check(page, f"word {place}", command, kind, words)
        remove(odd)


def remove(path):
    if os.path.isdir(path) and not os.path.islink(path):
        shutil.rmtree(path)
    elif os.path.lexists(path):
        os.remove(path)


def check_lists():
    """Lists that an option names by an @."""
    odd = os.path.join(root, "odd.json")
    for kind in ("pipe", "loop", "device", "folder"):
        words = make_odd(kind, odd)
        check("score", "--sequences @", [*SCORED, "--sequences", "@" + odd], kind, words)
        remove(odd)


def check_inside():
    """Nothing is written into what is read, or over it."""
    global num_checked
    inside = [
        ["score", *SCORED, "-o", "masks/fine/out"], ["score", *SCORED, "-o", "set/out"], ["score", *SCORED, "-o", "set"],
        ["score", *SCORED, "--legacy-csv", "masks/fine/x.csv"], ["validate", "dataset", *DATA, "-o", "set/check"],
        ["validate", "submission", *SCORED, "-o", "masks/fine/check"], ["pack", *SCORED, "-o", "set/x.zip"],
        ["pack", *SCORED, "-o", "masks/fine/x.zip"], ["init", "benchmark", "masks/fine", "-o", "masks/fine/x.json"],
        ["import", "masks", "masks/fine", "-o", "masks/fine/made", "--colours", "voc"],
        ["import", "dicom", "masks/fine", "-o", "masks/fine/made"],
        ["validate", "dataset", *DATA, "--datasheet", "set/sheet.md"],
        ["report", "html", "out", "-o", "out/result.json"], ["report", "svg", "out", "-o", "out"],
        ["report", "csv", "out", "-o", "out/result.json"], ["report", "csv", "out/result.json", "-o", "out/../out/result.json"],
        ["compare", "A=out", "B=out", "--json", "out/result.json"],
        ["check", "out", "--baseline", "out", "--json", "same.txt", "--junit", "same.txt"],
        ["leaderboard", "export", *BOARD, "-o", "board.sqlite"], ["leaderboard", "show", *BOARD, "-o", "board.sqlite"],
        ["leaderboard", "rebuild", "board", "--db", "board/copy.sqlite"],
        ["synth", "-o", "set/made", "--from-masks", "set"], ["synth", "-o", "made", "--examples", "made"],
        ["predict", "--network", "first-mask", *DATA, "-o", "set/masks"],
        ["predict", "--network", "first-mask", *DATA, "-o", "predicted", "--page", "set/look.html"],
        ["predict", "--network", "first-mask", *DATA, "-o", "predicted", "--overlay", "set/look"],
        ["predict", "--network", "first-mask", *DATA, "-o", "predicted", "--overlay", "predicted/look.mp4"],
        ["score", *SCORED, "--with-images", "set/test", "-o", "set/test/out"],
        ["reproduce", "table1", "--run", "-g", "mosxav=set", "--work", "set/work"],
        ["report", "html", "out", "--with-images", "set/test", "-o", "set/test/page.html"],
    ]
    before = sorted(os.path.join(parent, name) for parent, _, files in os.walk(root) for name in files)
    for command in inside:
        num_checked += 1
        code, said = call(command)
        if code != 2 or not re.search(r"lies inside of|is what --[\w-]+ (reads|writes)|is what RESULT reads", said):
            failures.append(f"{' '.join(command)}: exit {code}: {said[-300:]}")
    after = sorted(os.path.join(parent, name) for parent, _, files in os.walk(root) for name in files)
    if before != after:
        failures.append(f"a refused command changed files: {set(after) ^ set(before)}")


def main():
    try:
        prepare()
        named = {page for page in pages() if options_of(page)}
        if named - set(ROWS):
            failures.append(f"no row for {sorted(named - set(ROWS))}")
        if len(named) < 18:
            failures.append(f"only {len(named)} verbs name paths: the help is not read")
        kinds = ["pipe", "loop", "device", "socket", "folder"] + (["forbidden"] if os.getuid() == 0 else [])
        for page in sorted(named & set(ROWS)):
            for kind in kinds[:1] if page in HEAVY else kinds:
                check_page(page, kind)
        check_lists()
        check_inside()
    finally:
        shutil.rmtree(root, ignore_errors=True)
    print(f"{num_checked} checked")
    for failure in failures:
        print("FAILED", failure)
    return 1 if failures or num_checked < 250 else 0


sys.exit(main())
