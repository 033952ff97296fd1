# SPDX-License-Identifier: MIT
"""What Codabench's worker (2026-03) does with a scoring program, without its queue, container and web server.

codabench_worker.py WORK COMPETITION.zip SUBMISSION.zip: lays out app/{program,input/ref,input/res,output} below WORK,
unpacks with Python (so files arrive as 0644 and links as text), runs the command of metadata.yaml without a shell in
app/program with a bare environment, then looks for scores.json, scores.txt and a page, and prints what it would send.
"""
import io
import json
import os
import shlex
import subprocess
import sys
import zipfile

work, competition, submission = sys.argv[1:4]
app = os.path.join(os.path.realpath(work), "app")
output = os.path.join(app, "output")


def unpack(source, place):
    os.makedirs(place)
    with zipfile.ZipFile(source) as archive:
        archive.extractall(place)
    for folder, _, files in os.walk(place):
        for name in files:
            os.chmod(os.path.join(folder, name), 0o644)


with zipfile.ZipFile(competition) as bundle:
    pages = {name: bundle.read(name) for name in bundle.namelist()}
for needed in ("competition.yaml", "logo.png", "overview.md", "terms.md", "program.zip", "reference.zip"):
    assert needed in pages, f"the bundle has no {needed}"
unpack(io.BytesIO(pages["program.zip"]), os.path.join(app, "program"))
unpack(io.BytesIO(pages["reference.zip"]), os.path.join(app, "input/ref"))
if submission != "-":
    unpack(submission, os.path.join(app, "input/res"))
os.makedirs(output)

with open(os.path.join(app, "program/metadata.yaml")) as metadata:
    command = metadata.read().split("command:", 1)[1].strip()
ran = subprocess.run(
    [word.replace("/app", app, 1) if word.startswith("/app") else word for word in shlex.split(command)],
    cwd=os.path.join(app, "program"), env={"PATH": "/usr/bin:/bin"}, capture_output=True, timeout=600)

told = {"program_rc": ran.returncode, "log": ran.stdout.decode() + ran.stderr.decode(), "scores": None, "page": None}
if os.path.exists(os.path.join(output, "metadata")):
    raise SystemExit("the output has a file 'metadata'")
if os.path.exists(os.path.join(output, "scores.json")):
    with open(os.path.join(output, "scores.json")) as scores:
        told["scores"] = json.load(scores)
elif os.path.exists(os.path.join(output, "scores.txt")):
    with open(os.path.join(output, "scores.txt")) as scores:
        told["scores"] = dict(line.split(":") for line in scores.read().splitlines())
if os.path.exists(os.path.join(output, "detailed_results.html")):
    with open(os.path.join(output, "detailed_results.html")) as page:
        told["page"] = page.read()
told["status"] = "Finished" if ran.returncode == 0 and told["scores"] else "Failed"
told["output"] = sorted(os.listdir(output))
columns = [line.split(": ")[1] for line in pages["competition.yaml"].decode().splitlines()
           if line.startswith("        key: ")]
if told["scores"] is not None:
    assert list(told["scores"]) == columns, f"{list(told['scores'])} are not the board's columns {columns}"
json.dump(told, sys.stdout, indent=1)
