# SPDX-License-Identifier: MIT
"""The public scorers' float64 figures on real masks, bit for bit: ../shared/data/expected, each file made by a run of the
public code. Skipped where the data is not there."""

import json
import math
import unittest

import numpy

import angiobench as ab
from angiobench.compat import davis2017, vos_benchmark
from support import data, labels_of, run_tests


def expected(*parts):
    return json.loads(data("expected", *parts).read_text())


def frames_of(folder, first=1, last=-1):
    paths = sorted(folder.glob("*.png"))
    return paths[first:last] if last else paths[first:]


class VosBenchmark(unittest.TestCase):
    def check(self, figures, found, greatest=0.0):
        """Both as {sequence: {id: [J, F]}} in percent."""
        count, worst = 0, 0.0
        for sequence, objects in figures.items():
            self.assertEqual({int(identity) for identity in objects}, set(found[sequence]))
            for identity, (j, f) in objects.items():
                for left, right in zip((j, f), found[sequence][int(identity)]):
                    worst = max(worst, abs(left - right))
                    count += 1
        self.assertLessEqual(worst, greatest)
        return count

    def test_score_of_files(self):
        cases = (("mosxav-test.json", "mosxav-test", ("mosxav",), ("mosxav", "predictions", "test"), None),
                 ("mosxav-val.json", "mosxav-val", ("mosxav",), ("mosxav", "predictions", "val"), None),
                 ("davis2017-pred-a.json", "davis2017-val", ("davis2017",), ("davis2017", "pred-a"), "vos-benchmark"),
                 ("xacv.json", "xacv", ("xacv", "gt"), ("xacv", "pred"), None))
        for name, dataset, truth, masks, protocol in cases:
            with self.subTest(name):
                result = ab.score(data(*truth), data(*masks), dataset=dataset, protocol=protocol, max_ids=255)
                found = {sequence["name"]: {one["id"]: [100 * one["J"]["mean"], 100 * one["F"]["mean"]]
                                            for one in sequence["objects"]} for sequence in result.sequences}
                figures = {sequence: objects for sequence, objects in expected(name)["objects"].items() if objects}
                self.assertGreater(self.check(figures, found), 20)

    def test_the_function_and_its_evaluator(self):
        figures = expected("mosxav-test.json")["objects"]
        root, masks = data("mosxav", "test", "Annotations"), data("mosxav", "predictions", "test")
        found = {}
        for sequence in figures:
            evaluator = vos_benchmark.Evaluator(name=sequence)
            for path in frames_of(root / sequence):
                evaluator.feed_frame(labels_of(masks / sequence / path.name), labels_of(path))
            iou, boundary_f = evaluator.conclude()
            found[sequence] = {identity: [iou[identity], boundary_f[identity]] for identity in iou}
        self.assertEqual(self.check(figures, found), 110)


class Davis2017(unittest.TestCase):
    def test_functions_and_statistics(self):
        figures = expected("davis2017-pred-osvos.json")["objects"]
        root, masks = data("davis2017", "Annotations"), data("davis2017", "pred-osvos")
        count = 0
        for name, numbers in figures.items():
            sequence, identity = name.rsplit("_", 1)
            paths = frames_of(root / sequence)
            truth = numpy.stack([labels_of(path) for path in paths]) == int(identity)
            prediction = numpy.stack([labels_of(masks / sequence / path.name) for path in paths]) == int(identity)
            found = (*davis2017.db_statistics(davis2017.db_eval_iou(truth, prediction)),
                     *davis2017.db_statistics(davis2017.db_eval_boundary(truth, prediction)))
            self.assertEqual(list(found), numbers, name)
            count += len(numbers)
        self.assertGreater(count, 70)

    def test_drawn_masks_of_every_kind(self):
        import io
        import zipfile

        import PIL.Image

        figures = expected("protocols", "davis2017-semi-edge.json")["figures"]
        archives = [zipfile.ZipFile(data("edge", name)) for name in ("gt.zip", "pred.zip")]
        names = [sorted(name for name in archive.namelist() if name.endswith(".png")) for archive in archives]
        count = 0
        for sequence, objects in figures.items():
            if not objects:
                continue
            stacks = []
            for archive, listed in zip(archives, names):
                own = [name for name in listed if name.split("/")[-2] == sequence]
                stacks.append([numpy.array(PIL.Image.open(io.BytesIO(archive.read(name)))) for name in own][1:-1])
            if len(stacks[0]) != len(stacks[1]) or stacks[0][0].size > 2_000_000:
                continue  # the largest take seconds to decode
            truth, prediction = (numpy.where(numpy.stack(stack) == 255, 0, numpy.stack(stack)) for stack in stacks)
            for identity, numbers in objects.items():
                own, other = truth == int(identity), prediction == int(identity)
                j = davis2017.db_statistics(davis2017.db_eval_iou(own, other))
                f = davis2017.db_statistics(davis2017.db_eval_boundary(own, other))
                wanted = [numbers[key] for key in ("J", "J_recall", "J_decay", "F", "F_recall", "F_decay")]
                for left, right in zip((*j, *f), wanted):
                    self.assertTrue(left == right or (right is None and math.isnan(left)), (sequence, identity))
                    count += 1
        self.assertGreater(count, 300)


if __name__ == "__main__":
    run_tests()
