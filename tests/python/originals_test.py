# SPDX-License-Identifier: MIT
"""The public functions themselves beside ours, on random and on real masks: values, types and shapes, and the CPU that
both take in one run. ANGIOBENCH_ORIGINALS names a folder that holds clones of davis2017-evaluation and vos-benchmark;
without it everything here is skipped."""

import contextlib
import inspect
import io
import os
import shutil
import sys
import tempfile
import time
import unittest
import warnings

import numpy

import angiobench as ab
from angiobench.compat import davis2017, vos_benchmark
from support import ORIGINALS, data, labels_of, module_or_skip, random_mask, run_tests

if ORIGINALS:
    numpy.bool = bool  # their code is older than NumPy 1.24
    for name in ("davis2017-evaluation", "vos-benchmark"):
        sys.path.append(os.path.join(ORIGINALS, name))


def cpu_of(work, least=0.3):
    """CPU seconds of one call, over at least so many."""
    count, start = 0, time.process_time()
    while time.process_time() - start < least:
        work()
        count += 1
    return (time.process_time() - start) / count


def masks_of_data(most):
    """Pairs of real label maps, a few of each sequence."""
    root, masks = data("mosxav", "test", "Annotations"), data("mosxav", "predictions", "test")
    pairs = []
    for sequence in sorted(path.name for path in root.iterdir()):
        for path in sorted((root / sequence).glob("*.png"))[1:-1][: most // 12]:
            pairs.append((labels_of(path), labels_of(masks / sequence / path.name)))
    return pairs


@unittest.skipUnless(ORIGINALS, "ANGIOBENCH_ORIGINALS names no folder")
class Originals(unittest.TestCase):
    def setUp(self):
        warnings.simplefilter("ignore")
        module_or_skip("cv2").setNumThreads(1)
        module_or_skip("skimage")

    def same(self, left, right):
        self.assertIs(type(left), type(right))
        numpy.testing.assert_array_equal(left, right)

    def test_davis_functions_on_random_masks(self):
        from davis2017 import metrics

        random = numpy.random.default_rng(11)
        for number in range(300):
            height, width = random.integers(1, 90, 2)
            truth, prediction = (random_mask(random, height, width).astype(bool) for _ in range(2))
            void = None if number % 3 else random.random((height, width)) < 0.1
            tolerance = (0.008, 0.05, 3, 0.0)[number % 4]
            self.same(metrics.db_eval_iou(truth, prediction, void), davis2017.db_eval_iou(truth, prediction, void))
            self.same(metrics.db_eval_boundary(truth, prediction, void, tolerance),
                      davis2017.db_eval_boundary(truth, prediction, void, tolerance))
        stacks = [numpy.stack([random_mask(random, 60, 70).astype(bool) for _ in range(6)]) for _ in range(2)]
        self.same(metrics.db_eval_iou(*stacks), davis2017.db_eval_iou(*stacks))
        self.same(metrics.db_eval_boundary(*stacks), davis2017.db_eval_boundary(*stacks))
        self.same(metrics.db_eval_iou(*(stack.reshape(2, 3, 60, 70) for stack in stacks)),
                  davis2017.db_eval_iou(*(stack.reshape(2, 3, 60, 70) for stack in stacks)))

    def test_davis_functions_on_real_masks(self):
        from davis2017 import metrics

        for truth, prediction in masks_of_data(24):
            for identity in numpy.unique(truth)[1:4]:
                pair = truth == identity, prediction == identity
                self.same(metrics.db_eval_iou(*pair), davis2017.db_eval_iou(*pair))
                self.same(metrics.db_eval_boundary(*pair), davis2017.db_eval_boundary(*pair))

    def test_signatures(self):
        from davis2017 import metrics
        from vos_benchmark.evaluator import Evaluator

        def names(function):
            return [(one.name, one.default, one.kind) for one in inspect.signature(function).parameters.values()]

        for name in ("db_eval_iou", "db_eval_boundary", "f_measure"):
            self.assertEqual(names(getattr(metrics, name)), names(getattr(davis2017, name)))
        self.assertEqual(names(Evaluator), names(vos_benchmark.Evaluator))
        self.assertEqual(names(Evaluator.feed_frame), names(vos_benchmark.Evaluator.feed_frame))

    def test_vos_benchmark_function_on_real_masks(self):
        module_or_skip("tqdm")
        from vos_benchmark.benchmark import benchmark

        root, predicted = data("mosxav", "test", "Annotations"), data("mosxav", "predictions", "test")
        with tempfile.TemporaryDirectory() as folder:
            for side, source in (("gt", root), ("pred", predicted)):
                for sequence in ("v01", "v09"):
                    shutil.copytree(source / sequence, os.path.join(folder, side, sequence))
            truth, masks = os.path.join(folder, "gt"), os.path.join(folder, "pred")
            for skips in (True, False):
                with contextlib.redirect_stdout(io.StringIO()):
                    theirs = benchmark([truth], [masks], verbose=False, num_processes=2, skip_first_and_last=skips)
                with open(os.path.join(masks, "results.csv"), "rb") as file:
                    table = file.read()
                os.remove(os.path.join(masks, "results.csv"))
                ours = vos_benchmark.benchmark([truth], [masks], verbose=False, num_processes=2, skip_first_and_last=skips)
                self.assertEqual(ours, theirs)
                with open(os.path.join(masks, "results.csv"), "rb") as file:
                    self.assertEqual(file.read(), table)
                os.remove(os.path.join(masks, "results.csv"))

    def test_boundary_takes_a_fortieth_of_the_time(self):
        from davis2017 import metrics

        random = numpy.random.default_rng(12)
        pairs = [tuple(random_mask(random, 512, 512).astype(bool) for _ in range(2)) for _ in range(8)]
        theirs = cpu_of(lambda: [metrics.db_eval_boundary(*pair) for pair in pairs])
        ours = cpu_of(lambda: [davis2017.db_eval_boundary(*pair) for pair in pairs])
        print(f"\ndb_eval_boundary, 512x512: {1e6 * theirs / 8:.0f} us and {1e6 * ours / 8:.0f} us of CPU, {theirs / ours:.0f} x")
        self.assertGreater(theirs / ours, 40)

    def test_evaluator_takes_a_hundredth_of_the_time(self):
        from vos_benchmark.evaluator import Evaluator

        pairs = masks_of_data(48)

        def theirs():
            evaluator = Evaluator()
            for truth, prediction in pairs:
                evaluator.feed_frame(prediction, truth)
            return evaluator.conclude()

        def ours():
            evaluator = ab.Evaluator()
            for frame, (truth, prediction) in enumerate(pairs):
                evaluator.add(truth, prediction, sequence="s", frame=frame)
            return evaluator.result(intervals=False)

        slow, fast = cpu_of(theirs), cpu_of(ours)
        print(f"\nEvaluator, MOSXAV test: {1e6 * slow / len(pairs):.0f} us and {1e6 * fast / len(pairs):.0f} us of CPU a frame, "
              f"{slow / fast:.0f} x")
        self.assertGreater(slow / fast, 100)


if __name__ == "__main__":
    run_tests()
