# SPDX-License-Identifier: MIT
"""Evaluator: what score() makes of the same masks, in any order, from any number of workers and threads."""

import multiprocessing
import pickle
import threading
import unittest

import numpy

import angiobench as ab
import oracle
from angiobench.compat import vos_benchmark
from support import data, labels_of, module_or_skip, random_mask, run_tests


def clips(seed, num_clips=4, num_frames=6, size=(40, 50), num_labels=3):
    """{sequence: (truth, prediction)} of (frames, height, width)."""
    random = numpy.random.default_rng(seed)
    return {
        f"s{number}": tuple(
            numpy.stack([random_mask(random, *size, num_labels) for _ in range(num_frames)]) for _ in range(2)
        )
        for number in range(num_clips)
    }


def filled(given, **options):
    evaluator = ab.Evaluator(**options)
    for sequence, (truth, prediction) in given.items():
        for frame in range(len(truth)):
            evaluator.add(truth[frame], prediction[frame], sequence=sequence, frame=frame)
    return evaluator


def figures(result):
    facts = result.to_dict()
    facts.pop("run")
    return facts


def part_of(job):
    """What a worker of a pool does: its own evaluator, sent back."""
    given, names = job
    return filled({name: given[name] for name in names})


class ClipData:
    """Every frame of clips as items of a torch Dataset."""

    def __init__(self, given):
        self.items = [(name, frame, truth[frame], prediction[frame])
                      for name, (truth, prediction) in given.items() for frame in range(len(truth))]

    def __len__(self):
        return len(self.items)

    def __getitem__(self, position):
        name, frame, truth, prediction = self.items[position]
        evaluator = ab.Evaluator()
        evaluator.add(truth, prediction, sequence=name, frame=frame)
        return evaluator  # pickled on its way to the main process


def merge_all(evaluators):
    merged = ab.Evaluator()
    for evaluator in evaluators:
        merged.merge(evaluator)
    return merged


class SameAsScore(unittest.TestCase):
    def test_under_every_protocol_that_reads_label_maps(self):
        given = clips(1)
        truth, prediction = ({name: pair[side] for name, pair in given.items()} for side in (0, 1))
        tried = 0
        for protocol in ab.protocols():
            try:
                expected = ab.score(truth, prediction, protocol=protocol)
            except ab.Error as refusal:
                with self.assertRaises(ab.Error):  # a rule refuses the masks, or they are of another task
                    filled(given, protocol=protocol).result()
                self.assertIn(refusal.kind, ("input", "usage", "inconclusive"))
                continue
            tried += 1
            found = filled(given, protocol=protocol).result()
            with self.subTest(protocol):
                self.assertEqual(figures(found), figures(expected))
                self.assertEqual(found.to_csv("frames"), expected.to_csv("frames"))
        self.assertGreater(tried, 10)

    def test_with_t_of_neighbouring_frames(self):
        rows, columns = numpy.mgrid[0:120, 0:160]

        def clip(seed):
            random = numpy.random.default_rng(seed)
            frames = []
            for frame in range(7):
                row, column = 60 + random.uniform(-3, 3), 60 + 4 * frame + random.uniform(-2, 2)
                angle = numpy.arctan2(rows - row, columns - column)
                radius = 30 + 9 * numpy.sin(3 * angle + random.uniform(0, 1)) + random.uniform(-3, 3)
                frames.append(255 * ((rows - row) ** 2 + (columns - column) ** 2 < radius**2).astype("u1"))
            return numpy.stack(frames)

        # Of "goat" the protocol leaves T out; of "gone" the second half predicts nothing.
        given = {name: (clip(2 * seed), clip(2 * seed + 1)) for seed, name in enumerate(("blackswan", "camel", "goat", "gone"))}
        given["gone"][1][4:] = 0
        truth, prediction = ({name: pair[side] for name, pair in given.items()} for side in (0, 1))
        expected = ab.score(truth, prediction, protocol="davis2016")
        self.assertGreater(expected.flat()["T/overall"], 0)
        self.assertEqual(figures(filled(given, protocol="davis2016").result()), figures(expected))
        # In any order, from parts that were pickled.
        places = [(name, frame) for name in given for frame in range(7)]
        numpy.random.default_rng(0).shuffle(places)
        parts = [ab.Evaluator(protocol="davis2016") for _ in range(3)]
        for number, (name, frame) in enumerate(places):
            frame = int(frame)
            parts[number % 3].add(given[name][0][frame], given[name][1][frame], sequence=name, frame=frame)
        first, *others = (pickle.loads(pickle.dumps(part)) for part in parts)
        for other in others:
            first.merge(other)
        self.assertEqual(figures(first.result()), figures(expected))

    def test_with_t_of_davis(self):
        # The first and the last frame that the truth has are not added: they come from its folder.
        root, masks = data("davis2016", "gt"), data("davis2016", "pred")
        evaluator = ab.Evaluator("davis2016-val", ground_truth=root)
        expected = ab.score(root, masks, dataset="davis2016-val", sequences="blackswan")
        self.assertGreater(expected.flat()["T/overall"], 0)
        for path in sorted((root / "blackswan").glob("*.png"))[1:-1]:
            evaluator.add(labels_of(path), labels_of(masks / "blackswan" / path.name), sequence="blackswan", frame=path.stem)
        found = [sequence for sequence in evaluator.result().sequences if sequence["name"] == "blackswan"]
        self.assertEqual([one["objects"] for one in found], [one["objects"] for one in expected.sequences])

    def test_with_measures_of_vessels(self):
        given = clips(2, num_clips=2)
        truth, prediction = ({name: pair[side] for name, pair in given.items()} for side in (0, 1))
        for options in ({"measures": "vessel"}, {"measures": "cldice,hd95,nsd@2", "spacing": 0.3},
                        {"measures": ["hd95"], "spacing": (0.3, 0.4), "protocol": "vots"}):
            expected = ab.score(truth, prediction, **options)
            self.assertEqual(figures(filled(given, **options).result()), figures(expected))

    def test_of_classes(self):
        random = numpy.random.default_rng(3)
        given = {"v01": tuple(random.integers(0, 5, (3, 512, 512)).astype("u1") for _ in range(2))}
        evaluator = filled(given, dataset="mosxav-semantic-val")
        expected = ab.score({"v01": given["v01"][0]}, {"v01": given["v01"][1]}, dataset="mosxav-semantic-val")
        found = evaluator.result()
        self.assertEqual(found.flat(), expected.flat())
        self.assertEqual(found.to_dict()["classes"], expected.to_dict()["classes"])
        self.assertEqual(pickle.loads(pickle.dumps(evaluator)).result().flat(), expected.flat())
        stray = given["v01"][1][0].copy()
        stray[5, 6] = 77
        with self.assertRaises(ab.Error) as caught:
            evaluator.add(given["v01"][0][0], stray, sequence="v04", frame=0)
        self.assertIn("77", str(caught.exception))
        self.assertEqual(len(evaluator), 3)

    def test_with_the_ground_truth_at_hand(self):
        root, masks = data("mosxav"), data("mosxav", "predictions", "test")
        evaluator = ab.Evaluator("mosxav-test", ground_truth=root)
        expected = ab.score(root, masks, dataset="mosxav-test", sequences="v00,v03")
        for sequence in ("v00", "v03"):
            for path in sorted((root / "test" / "Annotations" / sequence).glob("*.png")):
                evaluator.add(labels_of(path), labels_of(masks / sequence / path.name), sequence=sequence, frame=path.stem)
        result = evaluator.result()
        self.assertFalse(result.complete)  # ten sequences were not added
        self.assertIn("S002", [finding["code"] for finding in result.findings])
        own = [sequence for sequence in result.sequences if sequence["name"] in ("v00", "v03")]
        self.assertEqual([s["objects"] for s in own], [s["objects"] for s in expected.sequences])
        self.assertEqual({o["group"] for s in own for o in s["objects"]}, {"seen", "unseen"})
        with self.assertRaises(ab.Error) as caught:
            evaluator.add(numpy.zeros((512, 512), "u1"), numpy.zeros((512, 512), "u1"), sequence="v00", frame=99999)
        self.assertEqual(caught.exception.code, "unknown-frame")

    def test_against_the_twin(self):
        for seed in range(4):
            given = clips(20 + seed, num_clips=1, size=(23, 31))
            truth, prediction = given["s0"]
            evaluator = vos_benchmark.Evaluator(name="video")
            for frame in range(len(truth)):
                evaluator.feed_frame(prediction[frame], truth[frame])
            self.assertEqual(evaluator.conclude(), oracle.vos_benchmark(zip(truth, prediction)))
        self.assertEqual(vos_benchmark.Evaluator().conclude(), ({}, {}))


class Parts(unittest.TestCase):
    def test_order_of_adding_changes_no_bit(self):
        given = clips(4)
        expected = filled(given)
        shuffled = ab.Evaluator()
        places = [(name, frame) for name in given for frame in range(6)]
        numpy.random.default_rng(0).shuffle(places)
        for name, frame in places:
            shuffled.add(given[name][0][int(frame)], given[name][1][int(frame)], sequence=name, frame=int(frame))
        self.assertEqual(shuffled.__getstate__(), expected.__getstate__())
        self.assertEqual(figures(shuffled.result()), figures(expected.result()))

    def test_a_clip_at_once(self):
        given = clips(5)
        whole = ab.Evaluator()
        for name, (truth, prediction) in given.items():
            whole.add(truth, prediction, sequence=name)
        self.assertEqual(whole.__getstate__(), filled(given).__getstate__())

    def test_pickled_and_merged_from_a_pool(self):
        given = clips(6)
        with multiprocessing.get_context("spawn").Pool(2) as pool:
            parts = pool.map(part_of, [(given, ["s0", "s3"]), (given, ["s1"]), (given, ["s2"])])
        self.assertEqual(figures(merge_all(parts).result()), figures(filled(given).result()))
        self.assertEqual(figures(merge_all(parts[::-1] + parts).result()), figures(filled(given).result()))

    def test_a_data_loader_with_two_workers(self):
        torch = module_or_skip("torch")
        from torch.utils.data import DataLoader

        given = clips(7)
        loader = DataLoader(ClipData(given), batch_size=5, shuffle=True, num_workers=2, collate_fn=merge_all,
                            generator=torch.Generator().manual_seed(0))
        self.assertEqual(figures(merge_all(loader).result()), figures(filled(given).result()))

    def test_from_four_threads(self):
        given = clips(8, num_clips=8)
        evaluator = ab.Evaluator()

        def work(names):
            for name in names:
                for frame in range(6):
                    evaluator.add(given[name][0][frame], given[name][1][frame], sequence=name, frame=frame)

        threads = [threading.Thread(target=work, args=(list(given)[i::4],)) for i in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(evaluator.__getstate__(), filled(given).__getstate__())

    def test_what_is_kept_are_counts(self):
        given = clips(9, num_clips=1, num_frames=2, size=(480, 854), num_labels=2)
        small = len(filled(given).__getstate__()[1])
        self.assertLess(small, 1000)


class Refused(unittest.TestCase):
    def setUp(self):
        self.mask = numpy.zeros((20, 30), numpy.uint8)
        self.mask[4:9, 4:9] = 1
        self.evaluator = ab.Evaluator()
        for frame in range(3):
            self.evaluator.add(self.mask, self.mask, sequence="s", frame=frame)

    def refusal(self, code, *arguments, **names):
        with self.assertRaises(ab.Error) as caught:
            self.evaluator.add(*arguments, **names)
        self.assertEqual(caught.exception.code, code)
        self.assertEqual(len(self.evaluator), 3)

    def test_and_the_evaluator_goes_on(self):
        mask = self.mask
        self.refusal("frame-twice", mask, mask, sequence="s", frame="00001")
        self.refusal("array-shape", mask[:9], mask[:9], sequence="s", frame=3)
        self.refusal("array-shape", mask, mask[:9], sequence="s", frame=3)
        self.refusal("array-value", mask, mask.astype(int) * 300, sequence="s", frame=3)
        self.refusal("array-type", mask, mask * 0.5, sequence="s", frame=3)
        self.refusal("array-empty", mask[:0], mask[:0], sequence="s", frame=3)
        self.refusal("unknown-frame", mask, mask, sequence="s")
        for frame in ("", -1, 1.5, True, 10**30):
            self.refusal("unknown-frame", mask, mask, sequence="s", frame=frame)
        self.refusal("unknown-sequence", mask, mask, sequence=3, frame=3)
        # Of a clip nothing is added where one frame is refused.
        self.refusal("frame-twice", numpy.stack([mask] * 2), numpy.stack([mask] * 2), sequence="s", frame=[7, 2])
        self.assertEqual(float(self.evaluator.result().headline), 1)

    def test_a_sequence_that_the_data_set_does_not_have(self):
        full = numpy.zeros((512, 512), numpy.uint8)
        evaluator = ab.Evaluator("mosxav-val")
        with self.assertRaises(ab.Error) as caught:
            evaluator.add(full, full, sequence="v1", frame=0)
        self.assertEqual(caught.exception.code, "unknown-sequence")
        self.assertIn("v01", caught.exception.hint)
        with self.assertRaises(ab.Error) as caught:
            evaluator.add(self.mask, self.mask, sequence="v01", frame=0)
        self.assertIn("512 x 512", str(caught.exception))

    def test_a_part_of_the_data_set_is_not_complete(self):
        evaluator = ab.Evaluator("mosxav-val")
        full = numpy.ones((512, 512), numpy.uint8)
        for frame in range(3):
            evaluator.add(full, full, sequence="v01", frame=frame)
        result = evaluator.result()
        self.assertFalse(result.complete)
        self.assertIn("D017", [finding["code"] for finding in result.findings])

    def test_merging(self):
        other = ab.Evaluator()
        other.add(self.mask, 0 * self.mask, sequence="s", frame=1)
        with self.assertRaises(ab.Error) as caught:
            self.evaluator.merge(other)
        self.assertEqual(caught.exception.code, "frame-twice")
        with self.assertRaises(ab.Error):
            self.evaluator.merge(ab.Evaluator(protocol="strict"))
        with self.assertRaises(TypeError):
            self.evaluator.merge(None)
        self.assertEqual(len(self.evaluator.merge(self.evaluator)), 3)

    def test_nothing_to_score(self):
        with self.assertRaises(ab.Error) as caught:
            ab.Evaluator().result()
        self.assertEqual(caught.exception.kind, "inconclusive")

    def test_damaged_states(self):
        settings, state = self.evaluator.__getstate__()
        for end in range(len(state)):
            with self.assertRaises(ab.Error):
                ab.Evaluator.__new__(ab.Evaluator).__setstate__((settings, state[:end]))
        random = numpy.random.default_rng(0)
        for _ in range(300):  # whatever comes of it, it is a value or an Error
            damaged = bytearray(state)
            damaged[random.integers(0, len(state))] = random.integers(0, 256)
            evaluator = ab.Evaluator.__new__(ab.Evaluator)
            try:
                evaluator.__setstate__((settings, bytes(damaged)))
                evaluator.result()
            except ab.Error:
                pass

    def test_names_and_rules(self):
        for options in ({"dataset": "mosxav-vol"}, {"protocol": "strickt"}, {"measures": "cldoice"}, {"spacing": 0.3},
                        {"measures": "vessel", "spacing": -1}, {"dataset": "sa-v-val"}, {"dataset": "dias-test"},
                        {"protocol": {"schema": "protocol-1"}}, {"protocol": [object()]}, {"meta": "x.json"},
                        {"ground_truth": "/nonexistent"}):
            with self.subTest(options), self.assertRaises(ab.Error):
                ab.Evaluator(**options)


if __name__ == "__main__":
    run_tests()
