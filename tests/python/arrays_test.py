# SPDX-License-Identifier: MIT
"""Arrays of every kind: what is taken, what is refused and with which words."""

import array
import unittest

import numpy

import angiobench as ab
import oracle
from angiobench.compat import davis2017
from support import module_or_skip, random_mask, run_tests

MASK = numpy.zeros((20, 30), numpy.uint8)
MASK[3:9, 4:12] = 1
MASK[12:15, 20:25] = 2
COUNTS = {identity: tuple(counts) for identity, counts in ab.frame(MASK, MASK).items()}


def counts_of(truth, prediction, **options):
    return {identity: tuple(counts) for identity, counts in ab.frame(truth, prediction, **options).items()}


class Taken(unittest.TestCase):
    def test_every_whole_type_gives_the_counts_of_bytes(self):
        for kind in ("u1", "u2", "u4", "u8", "i1", "i2", "i4", "i8"):
            with self.subTest(kind):
                self.assertEqual(counts_of(MASK, MASK.astype(kind)), COUNTS)

    def test_bool_is_object_1(self):
        self.assertEqual(counts_of(MASK > 0, MASK > 0), counts_of((MASK > 0).astype(int), (MASK > 0).astype(int)))

    def test_strides_of_any_kind_give_the_counts_of_a_copy(self):
        big = numpy.zeros((41, 62), numpy.uint8)
        big[1::2, 1::2][:20, :30] = MASK
        for name, view in {
            "fortran": numpy.asfortranarray(MASK),
            "backwards": MASK[::-1, ::-1][::-1, ::-1],
            "rows of a larger one": numpy.vstack([MASK, MASK])[:20],
            "every second pixel": big[1::2, 1::2][:20, :30],
            "a window": numpy.pad(MASK, 3)[3:-3, 3:-3],
        }.items():
            with self.subTest(name):
                self.assertEqual(counts_of(view, MASK), COUNTS)
        flipped = MASK[::-1]
        self.assertEqual(counts_of(flipped, flipped), counts_of(flipped.copy(), flipped.copy()))

    def test_broadcast_and_read_only_arrays(self):
        full = numpy.broadcast_to(numpy.uint8(1), (50, 60))
        self.assertEqual(ab.frame(full, full)[1].intersection, 3000)
        frozen = MASK.copy()
        frozen.flags.writeable = False
        self.assertEqual(counts_of(frozen, frozen), COUNTS)

    def test_without_numpy(self):
        flat = array.array("B", MASK.tobytes())
        view = memoryview(flat).cast("B", (20, 30))
        self.assertEqual(counts_of(view, view), COUNTS)

    def test_what_is_at_the_edge_of_foreign_memory_is_not_read(self):
        # One pixel more or less on either side would be seen.
        for width in range(1, 70):
            memory = numpy.full(width * 3 + 2, 7, numpy.uint8)
            view = memory[1:-1].reshape(3, width)
            view[:] = 1
            self.assertEqual(list(ab.frame(view, view)), [1])

    def test_tensors_share_their_memory(self):
        torch = module_or_skip("torch")
        tensor = torch.from_numpy(MASK.copy())
        for kind in (torch.uint8, torch.int16, torch.int32, torch.int64):
            self.assertEqual(counts_of(MASK, tensor.to(kind)), COUNTS)
        self.assertEqual(counts_of(MASK > 0, tensor > 0), counts_of(MASK > 0, MASK > 0))
        self.assertEqual(counts_of(MASK.T.copy(), tensor.T), counts_of(MASK.T.copy(), MASK.T.copy()))
        for wrong, code in ((tensor.float(), "array-type"), (torch.zeros(20, 30, requires_grad=True), "array-type"),
                            (tensor.long() * 300, "array-value"), (tensor.bfloat16(), "array-type"),
                            (torch.zeros(20, 30, device="meta"), "array-type")):
            with self.assertRaises(ab.Error) as caught:
                ab.frame(MASK, wrong)
            self.assertEqual(caught.exception.code, code)

    def test_images_of_pillow(self):
        image = module_or_skip("PIL.Image") and __import__("PIL.Image", fromlist=["fromarray"])
        self.assertEqual(counts_of(MASK, image.fromarray(MASK)), COUNTS)


class Refused(unittest.TestCase):
    def refusal(self, *arguments, **options):
        with self.assertRaises(ValueError) as caught:
            ab.frame(*arguments, **options)
        self.assertIsInstance(caught.exception, ab.Error)
        return caught.exception

    def test_a_value_beyond_a_byte_is_never_wrapped(self):
        for value, kind in ((300, "i8"), (256, "u2"), (-1, "i1"), (-1, "i2"), (-212, "i4"), (2**40 + 1, "u8")):
            wide = numpy.zeros((20, 30), kind)
            wide[3, 4] = value
            error = self.refusal(MASK, wide)
            self.assertEqual(error.code, "array-value")
            self.assertIn(f"has the value {value} at [3, 4]", str(error))
            self.assertIn("0 to 255", error.hint)

    def test_the_place_of_a_value_in_a_strided_array(self):
        wide = numpy.zeros((40, 60), "i4")
        wide[14, 22] = 999
        self.assertIn("999 at [7, 11]", str(self.refusal(MASK, wide[::2, ::2])))

    def test_floating_point_and_what_is_no_number(self):
        for wrong in (MASK.astype(float), numpy.full((20, 30), numpy.nan), MASK.astype("f2"), MASK.astype(complex),
                      MASK.astype(object), MASK.astype(">i4"), MASK.astype("U1"), MASK.tolist(), "mask", None, 3):
            self.assertEqual(self.refusal(MASK, wrong).code, "array-type")

    def test_arrays_that_lie_about_themselves(self):
        class Nowhere:
            __array_interface__ = {"shape": (3, 3), "typestr": "|u1", "data": (0, True), "version": 3}

        class Raises:
            def __dlpack__(self, **_):
                raise RuntimeError("not today")

            def __dlpack_device__(self):
                return 1, 0

        for wrong in (Nowhere(), Raises()):
            self.assertEqual(self.refusal(MASK, wrong).code, "array-type")

    def test_shapes(self):
        self.assertEqual(self.refusal(MASK, MASK[:-1]).code, "array-shape")
        self.assertEqual(self.refusal(MASK[None], MASK[None]).code, "array-shape")
        self.assertEqual(self.refusal(MASK.ravel(), MASK.ravel()).code, "array-shape")
        self.assertEqual(self.refusal(numpy.uint8(1), numpy.uint8(1)).code, "array-shape")
        self.assertEqual(self.refusal(MASK[:0], MASK[:0]).code, "array-empty")
        self.assertEqual(self.refusal(MASK[:, :0], MASK[:, :0]).code, "array-empty")

    def test_arguments(self):
        for options in ({"tolerance": -1}, {"tolerance": float("nan")}, {"tolerance": 2.5}, {"void_label": 300}, {"void_label": "x"}):
            self.assertEqual(self.refusal(MASK, MASK, **options).code, "usage")

    def test_error_pickles(self):
        import pickle

        error = pickle.loads(pickle.dumps(self.refusal(MASK, MASK.astype(float))))
        self.assertEqual((error.code, error.kind, error.place), ("array-type", "input", "prediction"))


class AgainstTheTwin(unittest.TestCase):
    def test_frames_of_many_objects(self):
        random = numpy.random.default_rng(1)
        for number in range(150):
            height, width = random.integers(1, 90, 2)
            truth, prediction = (random_mask(random, height, width, 4) for _ in range(2))
            tolerance = (0.008, 0.03, 4, 0)[number % 4]
            found = ab.frame(truth, prediction, tolerance=tolerance)
            self.assertEqual(list(found), sorted({int(v) for m in (truth, prediction) for v in numpy.unique(m) if v}))
            for identity, counts in found.items():
                own, other = truth == identity, prediction == identity
                expected = (int((own & other).sum()), int((own | other).sum()), int(other.sum()), int(own.sum()),
                            *oracle.contour_counts(own, other, tolerance))
                self.assertEqual(tuple(counts), expected)
                self.assertEqual(counts.j, oracle.region(own, other))
                self.assertEqual(counts.f, oracle.contour(own, other, None, tolerance))

    def test_void_leaves_both_masks(self):
        random = numpy.random.default_rng(2)
        for _ in range(60):
            height, width = random.integers(2, 60, 2)
            truth, prediction = (random_mask(random, height, width, 2) for _ in range(2))
            truth[random.random((height, width)) < 0.2] = 255
            void = truth == 255
            for identity, counts in ab.frame(truth, prediction, void_label=255).items():
                own, other = truth == identity, (prediction == identity) & ~void
                self.assertEqual((counts.j, counts.f), (oracle.region(own, other), oracle.contour(own, other)))

    def test_davis_functions(self):
        random = numpy.random.default_rng(3)
        for number in range(200):
            height, width = random.integers(1, 80, 2)
            truth, prediction = (random_mask(random, height, width) for _ in range(2))
            void = None if number % 3 else random.random((height, width)) < 0.15
            tolerance = (0.008, 0.05, 3)[number % 3]
            self.assertEqual(davis2017.db_eval_iou(truth, prediction, void), oracle.region(truth, prediction, void))
            self.assertEqual(davis2017.db_eval_boundary(truth, prediction, void, tolerance),
                             oracle.contour(truth, prediction, void, tolerance))


class DavisShapes(unittest.TestCase):
    def test_of_two_dimensions_a_number_of_more_an_array(self):
        ones = numpy.ones((2, 3, 8, 9), bool)
        self.assertIsInstance(davis2017.db_eval_iou(ones[0, 0], ones[0, 0]), numpy.float64)
        self.assertEqual(davis2017.db_eval_iou(ones[0], ones[0]).shape, (3,))
        self.assertEqual(davis2017.db_eval_iou(ones, ones).shape, (2, 3))
        self.assertEqual(davis2017.db_eval_boundary(ones[0], ones[0]).dtype, numpy.float64)
        with self.assertRaises(ValueError):
            davis2017.db_eval_boundary(ones, ones)

    def test_edge_values(self):
        nothing, full = numpy.zeros((8, 9)), numpy.ones((8, 9))
        self.assertEqual(repr(davis2017.db_eval_iou(nothing, nothing)), "1")
        self.assertEqual(davis2017.db_eval_iou(full, nothing), 0)
        self.assertEqual(davis2017.db_eval_boundary(nothing, nothing), 1)
        self.assertEqual(davis2017.db_eval_boundary(full, nothing), 1)  # neither has a boundary
        point = nothing.copy()
        point[3, 3] = 1
        self.assertEqual(davis2017.db_eval_boundary(point, nothing), 0)
        self.assertEqual(davis2017.f_measure(point, point), 1)

    def test_floats_are_masks_where_they_are_0_and_1(self):
        half = numpy.full((8, 9), 0.5)
        for wrong in (half, numpy.full((8, 9), numpy.nan), numpy.full((8, 9), 255.0)):
            with self.assertRaises(ab.Error) as caught:
                davis2017.db_eval_iou(wrong, wrong)
            self.assertEqual(caught.exception.code, "array-value")
        # A wide value is an object; its lowest byte alone would be background.
        self.assertEqual(davis2017.db_eval_iou(numpy.full((8, 9), 256), numpy.ones((8, 9), bool)), 1)

    def test_statistics(self):
        mean, recall, decay = davis2017.db_statistics([0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2])
        self.assertEqual((mean, recall), (numpy.mean([0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2]), 0.5))
        self.assertAlmostEqual(decay, numpy.mean([0.9, 0.8, 0.7]) - numpy.mean([0.4, 0.3, 0.2]))


if __name__ == "__main__":
    run_tests()
