# SPDX-License-Identifier: MIT
"""What Codabench's worker (84acd59, 2026) does with a scoring program, without its queue, container and web server.

codabench_worker.py WORK COMPETITION.zip SUBMISSION.zip: lays out app/{program,input/ref,input/res,output} below WORK,
unpacks with Python (so files arrive as 0644 and links as text), runs the command of metadata.yaml without a shell in
app/program with a bare environment, then looks for scores.json, scores.txt and a page, and prints what it would send.
The worker runs twice: the first run, without an ingestion program, hands over nothing but a file `metadata`, which lies in
input/res beside what was handed in. A zip that Python cannot unpack fails in that first run: the scoring program is not
called, and there is no page. A SUBMISSION of `-` leaves out input/res, which only CodaLab may do.
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
    try:
        unpack(submission, os.path.join(app, "input/res"))
    except Exception as error:  # whatever Python says: the participant sees the platform's text alone
        json.dump({"status": "Failed", "program_rc": None, "log": "", "scores": None, "page": None, "output": [],
                   "unpacked": f"{type(error).__name__}"}, sys.stdout, indent=1)
        raise SystemExit(0)
    first_run = os.path.join(app, "input/res/metadata")
    if not os.path.exists(first_run):
        with open(first_run, "w") as metadata:
            metadata.write("elapsedTime: null\nexitCode: null\ningestionElapsedTime: null\ningestionExitCode: null\n")
for place in ("data", "shared", "ingested_program"):
    os.makedirs(os.path.join(app, place))
os.makedirs(output)

with open(os.path.join(app, "program/metadata.yaml")) as metadata:
    command = metadata.read().split("command:", 1)[1].strip()
ran = subprocess.run(
    [word.replace("/app", app, 1) if word.startswith("/app") else word for word in shlex.split(command)],
    cwd=os.path.join(app, "program"), stdin=subprocess.DEVNULL, capture_output=True, timeout=600,
    env={"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "PYTHONUNBUFFERED": "1", "http_proxy": "",
         "https_proxy": ""})

told = {"program_rc": ran.returncode, "log": ran.stdout.decode() + ran.stderr.decode(), "scores": None, "page": None}
# The scores of a run that failed are not looked for.
if ran.returncode != 0:
    pass
elif os.path.exists(os.path.join(output, "scores.json")):
    with open(os.path.join(output, "scores.json")) as scores:
        told["scores"] = json.load(scores)
elif os.path.exists(os.path.join(output, "scores.txt")):
    with open(os.path.join(output, "scores.txt")) as scores:
        told["scores"] = {key: float(value) for key, value in (line.split(":") for line in scores.read().splitlines())}
told["output"] = sorted(os.listdir(output))
# detailed_results.html, else whichever page comes first; it is sent of a failed run too, the rest of the output is not.
pages_there = [name for name in told["output"] if name.endswith(".html")]
if pages_there:
    with open(os.path.join(output, "detailed_results.html" if "detailed_results.html" in pages_there else pages_there[0])) as page:
        told["page"] = page.read()
# The worker's own `metadata` must find its place free; the scores are sent before it looks.
told["status"] = "Finished" if told["scores"] is not None and "metadata" not in told["output"] else "Failed"
columns = [line.split(": ")[1] for line in pages["competition.yaml"].decode().splitlines()
           if line.startswith("        key: ")]
if told["scores"] is not None:
    assert list(told["scores"]) == columns, f"{list(told['scores'])} are not the board's columns {columns}"
json.dump(told, sys.stdout, indent=1)
