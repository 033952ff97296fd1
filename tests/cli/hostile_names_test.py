#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Names that strangers chose reach no terminal and no log as anything but text.

hostile_names_test.py PROGRAM
Sequences, frames, submissions and paths carry escape codes, marks that turn the direction of writing, commands to CI systems
and text that looks like an escaped name; every verb shows them into a pipe, to a terminal and into a CI system's log.
"""
import json
import os
import pty
import re
import shutil
import subprocess
import sys
import tempfile

program = os.path.abspath(sys.argv[1])
root = tempfile.mkdtemp(prefix="hostile-names-")
failures, num_checked = [], 0

# Names of sequences, which are folders: no slash.
NAMES = ["::error file=x,line=1::pwned", "v\x1b[2J\x1b]0;title\x07", "a\u202egnp.exe", "\u2066x\u2069\u200e", "##[error]x",
         "##vso[task.setvariable]x", "##teamcity[x]", "line\n::warning::pwned", "b\\x1B[2J", "\u009b31m", "tab\tcr\rover",
         "=1+1", "\u2028::error::x", "\ufefftext"]
CLEAN = {**os.environ, "NO_COLOR": "1"}
for key in ("GITHUB_ACTIONS", "TF_BUILD", "TEAMCITY_VERSION", "CI", "GITHUB_STEP_SUMMARY"):
    CLEAN.pop(key, None)


def into_pipe(command, environment):
    done = subprocess.run([program, *command], cwd=root, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          stdin=subprocess.DEVNULL, timeout=60, check=False)
    return done.returncode, done.stdout


def into_terminal(command):
    """Standard output and error are a terminal."""
    main_end, other_end = pty.openpty()
    child = subprocess.Popen([program, *command], cwd=root, env=CLEAN, stdin=subprocess.DEVNULL, stdout=other_end,
                             stderr=other_end)
    os.close(other_end)
    said = b""
    while True:
        try:
            piece = os.read(main_end, 65536)
        except OSError:
            break
        if not piece:
            break
        said += piece
    os.close(main_end)
    # The terminal itself makes \r\n of \n; the bar of progress wipes its line.
    return child.wait(), said.replace(b"\r\n", b"\n").replace(b"\r\x1b[K", b"")


def unsafe_in(said):
    """What of it is more than text; empty where nothing is."""
    try:
        text = said.decode()
    except UnicodeDecodeError as error:
        return f"no UTF-8: {error}"
    for line in text.split("\n"):
        if line.lstrip(" \t").startswith("::"):
            return f"a command: {line!r}"
    found = re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff]|##\\[|##vso\\[|"
                      "##teamcity\\[", text)
    return f"{found.group()!r} in {text[max(0, found.start() - 60):found.end() + 20]!r}" if found else ""


def check(command, codes=(0, 1), data=False):
    """`data`: the words are for a program (CSV, JSON): into a pipe they are what they are."""
    global num_checked
    ways = [("a terminal", into_terminal(command))]
    if not data:
        ways.append(("a pipe", into_pipe(command, CLEAN)))
    if "always" not in command:
        for system in ("GITHUB_ACTIONS", "TF_BUILD", "TEAMCITY_VERSION"):
            quiet = ["--annotations", "never"] if command[0] == "check" else []
            ways.append((system, into_pipe([*command, *quiet], {**CLEAN, system: "true"})))
    for way, (code, said) in ways:
        num_checked += 1
        wrong = unsafe_in(said)
        if code not in codes or wrong:
            failures.append(f"{' '.join(command)[:80]!r} to {way}: exit {code}, {wrong or said[-300:]!r}")


def prepare():
    for command in (["synth", "-o", "set", "--size", "64", "--length", "3", "--sequences", "0,0,1", "--quiet", "--examples",
                     "examples"],):
        subprocess.run([program, *command], cwd=root, check=True, stdout=subprocess.DEVNULL)
    source = os.path.join(root, "set/test/Annotations/v00")
    for name in NAMES:
        shutil.copytree(source, os.path.join(root, "truth", name))
        shutil.copytree(os.path.join(root, "examples/coarse/v00"), os.path.join(root, "masks", name))


def main():
    try:
        prepare()
        scored = ["--dataset", "flat", "--protocol", "vos-benchmark", "-g", "truth"]
        name = NAMES[0] + NAMES[1] + NAMES[2]
        code, said = into_pipe(["score", *scored, "-p", "masks", "--name", name, "-o", "out", "--quiet",
                                "--error-maps", "none"], CLEAN)
        if code not in (0, 1):
            sys.exit(f"score: {code}: {said!r}")
        os.rename(f"{root}/out", f"{root}/::error::out")
        shutil.copytree(f"{root}/::error::out", f"{root}/out")
        os.remove(os.path.join(root, "masks", NAMES[1], "00001.png"))
        check(["score", *scored, "-p", "masks", "--name", name], codes=(1, 3, 4))
        check(["score", *scored, "-p", "masks", "--missing", "zero", "--name", name])
        check(["score", *scored, "-p", "masks", "--missing", "zero", "--log-format", "json"])
        check(["score", *scored, "-p", "masks", "-o", "::error::new\x1b", "--missing", "zero", "--error-maps", "none"])
        check(["score", *scored, "-p", "::error::\x1bmasks"], codes=(3,))
        check(["validate", "submission", *scored, "-p", "masks", "--verbose"])
        check(["validate", "dataset", "--dataset", "flat", "-g", "truth", "--verbose"])
        check(["validate", "submission", *scored, "-p", "masks", "--json"], data=True)
        check(["compare", "out", "::error::out"])
        check(["report", "markdown", "\x1bA=out", "##[x]B=out"])
        check(["check", "out", "--baseline", "::error::out"])
        check(["check", "out", "--baseline", "out", "--json", "-"], data=True)
        check(["explain", *scored, "-p", "masks", "--sequence", NAMES[0], "--object", "1"], codes=(0, 1, 2, 3, 4))
        check(["explain", *scored, "-p", "masks"], codes=(0, 1, 4))
        for form in ("markdown", "latex"):
            for table in ("summary", "sequences", "objects"):
                check(["report", form, "::error::out", "--table", table])
        for table in ("summary", "sequences", "objects", "long"):
            check(["report", "csv", "out", "--table", table], data=True)
        check(["report", "nnunet", "out"], data=True, codes=(0, 1, 2, 3))
        check(["leaderboard", "add", "::error::out", "--db", "::error::b.sqlite", "--method", "m"], codes=(0, 3))
        check(["leaderboard", "add", "out", "--db", "::error::\x1bb.sqlite", "--method", "a\u202eb"], codes=(0, 3))
        for job in (["list"], ["show"], ["verify"], ["export", "-o", "::error::board"], ["show", "--format", "markdown"]):
            check(["leaderboard", *job, "--db", "::error::b.sqlite"], codes=(0, 1, 3))
        check(["leaderboard", "list", "--db", "::error::b.sqlite", "--format", "csv"], data=True)
        check(["pack", *scored, "-p", "masks", "-o", "::error::x.zip"], codes=(0, 1, 3))
        check(["init", "benchmark", "truth"], codes=(0, 3))
        check(["predict", "--network", "first-mask", "--dataset", "flat", "-g", "truth", "-o", "::error::p"], codes=(0, 3, 4))
        check(["::error::verb"], codes=(2,))
        check(["score", "--::error::\x1b"], codes=(2,))
        check(["help", "::error::\x1b"], codes=(2,))
        check(["leaderboard", "::error::\u202e"], codes=(2,))
        # A file has every name as it is.
        with open(f"{root}/table.csv", "wb") as file:
            subprocess.run([program, "report", "csv", "out", "--table", "sequences"], cwd=root, stdout=file, check=True,
                           env={**CLEAN, "GITHUB_ACTIONS": "true"})
        with open(f"{root}/table.csv", "rb") as file:
            table = file.read()
        for one in ("::error file=x", "v\x1b[2J", "\u202egnp", "##[error]x"):
            if one.encode() not in table:
                failures.append(f"a file of CSV lacks {one!r}")
        # JSON that was shown still means the same.
        _, said = into_pipe(["validate", "dataset", "--dataset", "flat", "-g", "truth", "--json", "--quiet"],
                            {**CLEAN, "GITHUB_ACTIONS": "true"})
        names = {one["name"] for one in json.loads(said[said.index(b"{"):])["sequences"]}
        if names != set(NAMES):
            failures.append(f"the names in JSON are {names ^ set(NAMES)}")
        # What the program itself tells GitHub, it does.
        _, said = into_pipe(["check", "out", "--annotations", "always"],
                            {**CLEAN, "GITHUB_ACTIONS": "true"})
        if not re.search(rb"^::(notice|warning|error)", said, re.MULTILINE):
            failures.append(f"no annotation: {said[-300:]!r}")
    finally:
        shutil.rmtree(root, ignore_errors=True)
    print(f"{num_checked} checked")
    for failure in failures:
        print("FAILED", failure)
    return 1 if failures or num_checked < 100 else 0


sys.exit(main())
