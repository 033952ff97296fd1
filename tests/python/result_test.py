# SPDX-License-Identifier: MIT
"""Result and the verbs: the same bytes as the program, tables, comparison, gate, explanation, validation, board."""

import json
import os
import pathlib
import re
import subprocess
import tempfile
import unittest

import numpy

import angiobench as ab
from support import PROGRAM, data, module_or_skip, random_mask, run_tests


def run_of(text):
    """result.json without what tells of the run."""
    facts = json.loads(text)
    facts.pop("run")
    facts["tool"].pop("git_commit")  # the program beside it may be of another one
    return facts


def page_of(text):
    """report.html without the command line, the time, the threads and the commit of who made it."""
    return re.sub(r"<pre.*?</pre>|\b[0-9a-f]{12}(-dirty)?\b|\d+(\.\d+)? s\b|\d{4}-\d\d-\d\dT[\d:]+Z|\d+ (threads?|jobs?)", "", text, flags=re.S)


def result_of(seed, worse=False, name=""):
    random = numpy.random.default_rng(seed)
    truth = {f"s{i}": numpy.stack([random_mask(random, 30, 40, 2) for _ in range(5)]) for i in range(4)}
    prediction = {key: (numpy.roll(value, 3, 2) if worse else value) for key, value in truth.items()}
    return ab.score(truth, prediction, protocol="all-frames", name=name)


class Folder(unittest.TestCase):
    def test_the_same_bytes_as_the_program(self):
        if not PROGRAM:
            self.skipTest("ANGIOBENCH_PROGRAM names no program")
        cases = (("mosxav-test", data("mosxav"), data("mosxav", "predictions", "test"), [], {}),
                 ("davis2017-val", data("davis2017"), data("davis2017", "pred-a"),
                  ["--measures", "cldice", "--missing", "zero"], {"measures": "cldice", "missing": "zero"}))
        for dataset, truth, masks, options, arguments in cases:
            with self.subTest(dataset), tempfile.TemporaryDirectory() as folder:
                out = {name: pathlib.Path(folder, name) for name in ("program", "written", "at_once")}
                subprocess.run([PROGRAM, "score", "--dataset", dataset, "-g", truth, "-p", masks, "-o", out["program"],
                                "--quiet", *options], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                result = ab.score(truth, masks, dataset=dataset, out=out["at_once"], **arguments)
                result.write(out["written"])
                names = sorted(path.relative_to(out["program"]) for path in out["program"].rglob("*") if path.is_file())
                self.assertIn(pathlib.Path("per_frame.csv"), names)
                for other in ("written", "at_once"):
                    self.assertEqual(names, sorted(path.relative_to(out[other]) for path in out[other].rglob("*")
                                                   if path.is_file()))
                    for name in names:
                        left, right = (out[side].joinpath(name).read_bytes() for side in ("program", other))
                        if name.name == "result.json":
                            left, right = run_of(left), run_of(right)
                        elif name.name == "report.html":
                            left, right = page_of(left.decode()), page_of(right.decode())
                        self.assertEqual(left, right, name)
                self.assertEqual(run_of(result.to_json()), run_of(out["program"].joinpath("result.json").read_text()))
                self.assertEqual(ab.read_result(out["program"]).to_csv("frames"), result.to_csv("frames"))

    def test_a_mask_that_changed_since_is_noticed_before_anything_is_replaced(self):
        import shutil

        with tempfile.TemporaryDirectory() as folder:
            truth, masks = pathlib.Path(folder, "gt"), pathlib.Path(folder, "pred")
            for target, source in ((truth, data("mosxav", "test", "Annotations")), (masks, data("mosxav", "predictions", "test"))):
                shutil.copytree(source / "v01", target / "v01")
            result = ab.score(truth, masks)
            out = pathlib.Path(folder, "out")
            result.write(out)
            before = out.joinpath("result.json").read_bytes()
            frames = sorted((masks / "v01").glob("*.png"))
            shutil.copy(frames[5], frames[4])
            with self.assertRaises(ab.Error) as caught:
                result.write(out)
            self.assertIn("has changed", str(caught.exception))
            self.assertEqual(out.joinpath("result.json").read_bytes(), before)

    def test_of_arrays(self):
        with tempfile.TemporaryDirectory() as folder:
            result = result_of(1, worse=True, name="rolled")
            result.write(folder)
            self.assertEqual(run_of(pathlib.Path(folder, "result.json").read_text()), run_of(result.to_json()))
            self.assertEqual(pathlib.Path(folder, "per_frame.csv").read_text(), result.to_csv("frames"))
            self.assertEqual(ab.read_result(folder).to_dict(), result.to_dict())

    def test_nothing_is_written_where_nothing_can_be(self):
        with self.assertRaises(ab.Error) as caught:
            result_of(1).write("/proc/nowhere")
        self.assertEqual(caught.exception.kind, "input")


class Tables(unittest.TestCase):
    def test_headline_aggregates_and_flat(self):
        result = result_of(2, worse=True)
        self.assertEqual(result.headline.metric, "J&F")
        self.assertEqual(result.flat("val/")["val/J&F/overall"], float(result.headline))
        self.assertEqual([one.value for one in result.aggregates if one.scope == "overall"][:1], [result.headline.value])
        low, high = result.headline.interval
        self.assertTrue(low <= float(result.headline) <= high)
        self.assertEqual(f"{result.headline:.2f}", f"{result.headline.value:.2f}")
        self.assertIn("J&F", str(result))
        self.assertTrue(all(isinstance(value, float) for value in result.flat().values()))

    def test_to_pandas_to_the_last_bit(self):
        module_or_skip("pandas")
        result = result_of(3, worse=True)
        frame = result.to_pandas("objects")
        facts = {(s["name"], one["id"]): one for s in result.sequences for one in s["objects"]}
        self.assertEqual(len(frame), len(facts))
        for row in frame.itertuples():
            self.assertEqual(row.J_mean, facts[row.sequence, row.object]["J"]["mean"])
        frames = result.to_pandas("frames")
        self.assertEqual(list(frames["frame"][:1]), ["00000"])
        self.assertEqual(frames["intersection"].dtype, numpy.int64)
        self.assertEqual(list(result.to_pandas("sequences")["sequence"]), ["s0", "s1", "s2", "s3"])
        self.assertEqual(len(result.to_pandas("summary")), len(result.aggregates))
        for wrong in ("classes", "foo"):
            with self.assertRaises(ab.Error):
                result.to_pandas(wrong)

    def test_classes(self):
        module_or_skip("pandas")
        random = numpy.random.default_rng(4)
        truth, prediction = ({"v01": random.integers(0, 5, (2, 512, 512)).astype("u1")} for _ in range(2))
        result = ab.score(truth, prediction, dataset="mosxav-semantic-val")
        self.assertEqual(len(result.to_pandas("classes")), 5)
        self.assertEqual(len(result.to_pandas("frames")), 2)

    def test_notebook_escapes_what_comes_from_outside(self):
        html = ab.score({"<b>s</b>": numpy.ones((4, 8, 8), bool)}, {"<b>s</b>": numpy.ones((4, 8, 8), bool)},
                        name="<script>x</script>")._repr_html_()
        self.assertNotIn("<b>s</b>", html)
        self.assertNotIn("<script", html)
        self.assertIn("&lt;script&gt;", html)
        self.assertIn("J&amp;F", html)


class Verbs(unittest.TestCase):
    def test_compare(self):
        before, after = result_of(5, name="good"), result_of(5, worse=True, name="rolled")
        comparison = ab.compare(before, after)
        self.assertTrue(comparison.conclusive)
        self.assertIn("regressed", str(comparison))
        self.assertEqual(comparison.to_dict()["schema"], "comparison-1")
        self.assertEqual(ab.compare(before, after).to_json(), comparison.to_json())
        self.assertFalse(ab.compare(before, result_of(6)).conclusive)
        with self.assertRaises(ab.Error):
            ab.compare(before)

    def test_check(self):
        good, bad = result_of(7), result_of(7, worse=True)
        self.assertTrue(ab.check(good, good))
        self.assertEqual(ab.check(bad, good).verdict, "failed")
        self.assertEqual(ab.check(good).verdict, "inconclusive")  # no baseline
        rules = {"schema": "gate-1", "rules": [{"metric": "J", "scope": "overall", "min": 0.99}]}
        self.assertEqual(ab.check(good, rules=rules).verdict, "passed")
        self.assertFalse(ab.check(bad, rules=rules))
        self.assertIn("<testsuite", ab.check(bad, rules=rules).junit)
        for wrong in ({"rules": []}, {"schema": "gate-1", "rules": [{"metric": "J"}]}, "/nonexistent.json"):
            with self.assertRaises(ab.Error):
                ab.check(good, rules=wrong)

    def test_explain_and_validate(self):
        truth, masks = data("mosxav"), data("mosxav", "predictions", "test")
        explanation = ab.explain(truth, masks, dataset="mosxav-test", protocols="mosxav-test,strict",
                                 between=("mosxav-test", "strict"))
        self.assertEqual(len(explanation.to_dict()["protocols"]), 2)
        self.assertIn("strict", str(explanation))
        words = str(ab.explain(truth, masks, dataset="mosxav-test", sequence="v01", object=2, frame=5))
        self.assertIn("00005", words)
        with self.assertRaises(ab.Error):
            ab.explain(truth, masks, dataset="mosxav-test", sequence="v01")
        found = ab.validate(truth, masks, dataset="mosxav-test", sequences="v01")
        self.assertTrue(found.ok)
        self.assertIn("<html", found.html)
        other = ab.validate(truth, data("mosxav", "predictions", "val"), dataset="mosxav-test")
        self.assertFalse(other.ok)
        self.assertTrue(all(finding["code"] for finding in other.findings))

    def test_missing_masks_are_told_with_their_code(self):
        truth = {"v": numpy.ones((5, 9, 9), bool)}
        with self.assertRaises(ab.Error) as caught:
            ab.score(truth, {"v": numpy.ones((3, 9, 9), bool)})
        self.assertEqual((caught.exception.code, caught.exception.kind), ("S001", "inconclusive"))
        self.assertEqual(caught.exception.findings[0]["sequence"], "v")
        self.assertNotIn("--", str(caught.exception) + caught.exception.hint)
        self.assertFalse(ab.score(truth, {"v": numpy.ones((3, 9, 9), bool)}, missing="skip").complete)
        with self.assertRaises(ab.Error) as caught:
            ab.score(data("mosxav"), data("mosxav", "predictions", "val"), dataset="mosxav-test")
        self.assertEqual(caught.exception.kind, "inconclusive")
        self.assertNotIn("--", str(caught.exception) + caught.exception.hint)

    def test_bad_arguments(self):
        ones = {"v": numpy.ones((4, 9, 9), bool)}
        for call in (lambda: ab.score(ones, ones, missing="foo"), lambda: ab.score(ones, "/tmp"), lambda: ab.score(3, 4),
                     lambda: ab.score({1: ones["v"]}, ones), lambda: ab.score({}, {}), lambda: ab.score("/nonexistent", "/x"),
                     lambda: ab.score(ones, ones, meta="x.json"), lambda: ab.score(ones, ones, sequences=""),
                     lambda: ab.score(ones, ones, dataset="mosxav-vol"), lambda: ab.score(ones, ones, error_maps="few"),
                     lambda: ab.read_result("/nonexistent"), lambda: ab.Leaderboard("/nonexistent"),
                     lambda: ab.validate("/nonexistent"), lambda: ab.score({"v": ones["v"] * 300}, ones)):
            with self.assertRaises(ab.Error):
                call()

    def test_predictions_in_memory_against_files(self):
        from support import labels_of

        truth, masks = data("mosxav"), data("mosxav", "predictions", "test")
        frames = {path.stem: labels_of(path) for path in (masks / "v01").glob("*.png")}
        stacked = numpy.stack([frames[name] for name in sorted(frames)])
        expected = ab.score(truth, masks, dataset="mosxav-test", sequences=["v01"]).sequences
        for given in (frames, stacked, list(stacked)):
            self.assertEqual(ab.score(truth, {"v01": given}, dataset="mosxav-test", sequences=["v01"]).sequences, expected)
        with self.assertRaises(ab.Error):
            ab.score(truth, {"v01": stacked[1:]}, dataset="mosxav-test", sequences=["v01"])

    def test_planes_that_overlap(self):
        random = numpy.random.default_rng(8)
        truth, prediction = ({f"i{k}": random.integers(0, 2, (1, 3, 20, 30)).astype("u1") for k in range(2)} for _ in range(2))
        self.assertIn("labels", str(ab.score(truth, prediction, dataset="paxray-val")))

    def test_leaderboard(self):
        if not PROGRAM:
            self.skipTest("ANGIOBENCH_PROGRAM names no program")
        with tempfile.TemporaryDirectory() as folder:
            out, board = os.path.join(folder, "out"), os.path.join(folder, "board.db")
            ab.score(data("mosxav"), data("mosxav", "predictions", "test"), dataset="mosxav-test", out=out)
            subprocess.run([PROGRAM, "leaderboard", "add", "--db", board, out, "--method", "Ours"], check=True,
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            read = ab.Leaderboard(board)
            own = [run for run in read.runs() if run["method"] == "Ours"]
            self.assertEqual(len(own), 1)
            self.assertAlmostEqual(own[0]["figures"]["J&F/overall"], 0.4925, 4)
            self.assertIn("mosxav-test", read.datasets)
            self.assertIn("Ours", read.text("mosxav-test"))
            self.assertIn("Ours", read.to_markdown("mosxav-test"))
            self.assertIn("Ours", read.to_csv())
            self.assertTrue(read.head)
            with self.assertRaises(ab.Error):
                read.text("nothing")


if __name__ == "__main__":
    run_tests()
