# SPDX-License-Identifier: MIT
"""What the tests of the Python package share. CTest sets PYTHONPATH to the package that was built."""

import os
import pathlib
import sys
import unittest

import numpy

ROOT = pathlib.Path(__file__).resolve().parents[2]
DATA = pathlib.Path(os.environ.get("ANGIOBENCH_DATA") or ROOT.parent / "shared" / "data")
PROGRAM = os.environ.get("ANGIOBENCH_PROGRAM", "")
# A folder with clones of davis2017-evaluation and vos-benchmark, for who has them.
ORIGINALS = os.environ.get("ANGIOBENCH_ORIGINALS", "")


def data(*parts):
    """A path of the real data; the test is skipped where it is not there."""
    path = DATA.joinpath(*parts)
    if not path.exists():
        raise unittest.SkipTest(f"{path} is not there (ANGIOBENCH_DATA)")
    return path


def module_or_skip(name):
    try:
        return __import__(name)
    except ImportError as problem:
        raise unittest.SkipTest(f"{name} is not installed here") from problem


def labels_of(path):
    """The labels of a palette or grey PNG, as other programs see them."""
    image = module_or_skip("PIL.Image") and __import__("PIL.Image", fromlist=["open"]).open(path)
    return numpy.array(image)


def random_mask(random, height, width, num_labels=1):
    """Blobs, sometimes nothing, everything, noise or one pixel: what a mask may be."""
    kind = random.integers(0, 10)
    if kind == 0:
        return numpy.zeros((height, width), numpy.uint8)
    if kind == 1:
        return numpy.full((height, width), random.integers(1, num_labels + 1), numpy.uint8)
    if kind == 2:
        return random.integers(0, num_labels + 1, (height, width)).astype(numpy.uint8)
    mask = numpy.zeros((height, width), numpy.uint8)
    if kind == 3:
        mask[random.integers(0, height), random.integers(0, width)] = random.integers(1, num_labels + 1)
        return mask
    rows, columns = numpy.mgrid[0:height, 0:width]
    for label in range(1, num_labels + 1):
        row, column = random.uniform(0, height), random.uniform(0, width)
        radius = random.uniform(0.5, max(height, width) / 2)
        stretch = random.uniform(0.2, 3)
        mask[(rows - row) ** 2 + (stretch * (columns - column)) ** 2 < radius**2] = label
    return mask


def run_tests():
    """Runs the file's tests; 77, which CTest shows as skipped, where each of them was."""
    program = unittest.main(module="__main__", exit=False, verbosity=2)
    result = program.result
    if not result.wasSuccessful():
        sys.exit(1)
    if result.testsRun == 0 or len(result.skipped) == result.testsRun:
        sys.exit(77)
