# SPDX-License-Identifier: MIT
"""EvalAI's evaluation script: put this beside the static program, set DATASET, hand in zips.

EvalAI calls evaluate() with the annotation file (the truth: a zip or a folder) and the submission (never unpacked here),
and shows what it returns, or the text of the exception, to the participant. Neither tells of the truth.
"""
import json
import os
import subprocess
import tempfile

PROGRAM = os.path.join(os.path.dirname(os.path.abspath(__file__)), "angiobench")
DATASET = "mosxav-test"


def evaluate(annotation_file, submission_file, phase_codename, **kwargs):
    with tempfile.TemporaryDirectory() as public:
        subprocess.run([PROGRAM, "score", "--dataset", DATASET, "-g", annotation_file, "-p", submission_file,
                        "--public-out", public], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
        with open(os.path.join(public, "participant.json"), encoding="utf-8") as file:
            report = json.load(file)
    if not report["complete"]:
        raise RuntimeError(report.get("reason", "the submission is not complete"))
    figures = {f["metric"] + ("" if f["scope"] == "overall" else "_" + f["scope"]): f["value"]
               for f in report["aggregates"] if f["value"] is not None}
    return {"result": [{phase_codename: figures}], "submission_result": report}
