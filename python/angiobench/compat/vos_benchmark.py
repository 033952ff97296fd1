# SPDX-License-Identifier: MIT
"""The function of vos-benchmark (hkchengrex, vos_benchmark/benchmark.py) and its Evaluator, to the last bit.

What differs: whatever is wrong is an :class:`angiobench.Error` in place of a printed line and exit(1); nothing is
printed, so ``verbose`` says nothing; frames are in natural order of their names (the same where numbers are padded).
"""

from __future__ import annotations

from .._errors import Error
from .._evaluator import Evaluator as _Evaluator
from .._score import path_of, score

TYPE_CHECKING = False
if TYPE_CHECKING:
    import os
    from collections.abc import Sequence
    from typing import Any, Union

    import numpy

    PathLike = Union[str, os.PathLike[str]]
    Figures = tuple[dict[int, numpy.float64], dict[int, numpy.float64]]
    ObjectMetrics = dict[str, Figures]


def _protocol(skip_first_and_last: bool, boundary: float = 0.008) -> dict[str, Any]:
    """The rules of the protocol vos-benchmark; without its rule of frames where none is skipped."""
    rules: dict[str, Any] = {
        "schema": "protocol-1",
        "name": "vos-benchmark",
        "version": 1,
        "title": "vos-benchmark's rules",
        "source": "vos-benchmark (hkchengrex)",
        "verified": "from the text, no code to run",
        "objects": {"from": "truth-scored", "frames": "from-first-sight"},
    }
    if skip_first_and_last:
        rules["frames"] = {"drop_first": True, "drop_last": True}
    if boundary != 0.008:
        rules["boundary"] = {"tolerance": boundary}
    return rules


def _folders(root: str) -> list[str]:
    import os

    return sorted(name for name in os.listdir(root) if os.path.isdir(os.path.join(root, name)))


def _videos(gt_root: str, mask_root: str, strict: bool) -> tuple[str, list[str]]:
    """The folder that holds the truth's videos, and those that are scored."""
    import os

    truth = _folders(gt_root)
    masks = _folders(mask_root)
    if len(os.listdir(gt_root)) != len(os.listdir(mask_root)) and "Annotations" in truth:
        inner = os.path.join(gt_root, "Annotations")
        if not any(name.endswith(".png") for name in os.listdir(inner)[:1]):
            gt_root, truth = inner, _folders(inner)
    both = sorted(set(truth) & set(masks))
    if not strict:
        return gt_root, both
    for here, there, extra in ((gt_root, mask_root, set(truth) - set(masks)), (mask_root, gt_root, set(masks) - set(truth))):
        if extra:
            raise Error(
                f"{here}: has videos that {there} has not: {', '.join(sorted(extra))}",
                "S002",
                "the same videos in both, or strict=False",
                "inconclusive",
                here,
            )
    return gt_root, both


def _percentages(sequence: dict[str, Any]) -> Figures:
    import numpy

    objects = sequence["objects"]
    iou = {one["id"]: numpy.float64(one["J"]["mean"]) * 100 for one in objects}
    boundary_f = {one["id"]: numpy.float64(one["F"]["mean"]) * 100 for one in objects}
    return iou, boundary_f


def _table(metrics: ObjectMetrics, global_jf: float, global_j: float, global_f: float) -> str:
    """The text of results.csv."""
    width = max([len(name) for name in metrics] + [len("Global score")])
    lines = [
        f'{"sequence":<{width}},{"obj":>3}, {"J&F":>4}, {"J":>4}, {"F":>4}',
        f'{"Global score":<{width}},{"":>3}, {global_jf:.1f}, {global_j:.1f}, {global_f:.1f}',
    ]
    for name, (iou, boundary_f) in metrics.items():
        for identity, j in iou.items():
            f = boundary_f[identity]
            lines.append(f"{name:<{width}},{identity:03}, {(j + f) / 2:>4.1f}, {j:>4.1f}, {f:>4.1f}")
    return "\n".join(lines) + "\n"


def benchmark(
    gt_roots: Sequence[PathLike],
    mask_roots: Sequence[PathLike],
    strict: bool = True,
    num_processes: int | None = None,
    *,
    verbose: bool = True,
    skip_first_and_last: bool = True,
) -> tuple[list[float], list[float], list[float], list[ObjectMetrics]]:
    """Scores predictions of data sets and writes results.csv into each folder of predictions, as the public one does.

    Args:
        gt_roots: folders that hold a folder of masks for each video.
        mask_roots: as many, of predictions.
        strict: videos on one side only are an Error; else those on both sides are scored.
        num_processes: threads here; None: all cores. Changes no digit.
        verbose: nothing is printed either way.
        skip_first_and_last: whether the first and the last annotated frame of each video are left out.

    Returns:
        (J&F, J, F, objects), each a list with an item a data set: means over all objects in percent, and for each video
        ({id: J}, {id: F}) in percent.

    Raises:
        angiobench.Error: for what the public one stops at, and masks that cannot be read.
    """
    import os

    import numpy

    truths = [path_of(root) or "" for root in gt_roots]
    masks = [path_of(root) or "" for root in mask_roots]
    if isinstance(gt_roots, str) or isinstance(mask_roots, str) or len(truths) != len(masks) or not truths:
        raise Error("gt_roots and mask_roots do not match", "usage", "two lists of folders, as long as each other")
    for root in truths + masks:
        if not os.path.isdir(root):
            raise Error(f"{root}: no such folder", "input", "a folder that holds a folder for each video", "input", root)
    all_jf: list[float] = []
    all_j: list[float] = []
    all_f: list[float] = []
    all_objects: list[ObjectMetrics] = []
    for gt_root, mask_root in zip(truths, masks):
        root, videos = _videos(gt_root, mask_root, strict)
        metrics: ObjectMetrics = {video: ({}, {}) for video in videos}
        if videos:
            result = score(
                root, mask_root, protocol=_protocol(skip_first_and_last), sequences=videos, max_ids=255,
                jobs=num_processes or 0,
            )
            metrics.update((sequence["name"], _percentages(sequence)) for sequence in result.sequences)
        values_j = [value for iou, _ in metrics.values() for value in iou.values()]
        values_f = [value for _, boundary_f in metrics.values() for value in boundary_f.values()]
        if not values_j:
            raise Error(f"{mask_root}: not one object was scored", "inconclusive", "videos of three frames and more",
                        "inconclusive", mask_root)
        global_j = numpy.array(values_j).mean()
        global_f = numpy.array(values_f).mean()
        global_jf = (global_j + global_f) / 2
        partial = os.path.join(mask_root, f".results.csv.{os.getpid()}")
        try:
            with open(partial, "w", encoding="utf-8") as file:
                file.write(_table(metrics, global_jf, global_j, global_f))
            os.replace(partial, os.path.join(mask_root, "results.csv"))
        except OSError as problem:
            raise Error(f"{mask_root}: results.csv cannot be written ({problem})", "input", "a folder that can be "
                        "written to", "input", mask_root) from problem
        all_jf.append(global_jf)
        all_j.append(global_j)
        all_f.append(global_f)
        all_objects.append(metrics)
    return all_jf, all_j, all_f, all_objects


class Evaluator:
    """vos_benchmark.evaluator.Evaluator: a video's frames one by one. Objects count from the first frame in which
    either mask has them; those of the truth are concluded.

    Args:
        boundary: how far a boundary may be off, a share of the diagonal.
        name: kept, as there.
    """

    def __init__(self, boundary: float = 0.008, name: str | None = None) -> None:
        self.boundary = boundary
        self.name = name
        self._counted = _Evaluator(protocol=_protocol(False, boundary))

    def feed_frame(self, mask: numpy.ndarray[Any, Any], gt: numpy.ndarray[Any, Any]) -> None:
        """Adds a frame, prediction first: (height, width) labels of 0 to 255 each."""
        self._counted.add(gt, mask, frame=len(self._counted))

    def conclude(self) -> Figures:
        """({id: J}, {id: F}) in percent; empty before the first frame, and where the truth has no object."""
        try:
            return _percentages(self._counted.result(intervals=False).sequences[0])
        except Error as error:
            if error.kind != "inconclusive":
                raise
            return {}, {}
