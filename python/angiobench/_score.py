# SPDX-License-Identifier: MIT
"""score() and frame()."""

from __future__ import annotations

from . import _core
from ._errors import Error
from ._result import Result

TYPE_CHECKING = False
if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Mapping, Sequence
    from typing import Any, Literal, Union

    PathLike = Union[str, os.PathLike[str]]
    Array = Any  # whatever has the buffer protocol, DLPack or __array_interface__
    Masks = Union[PathLike, Array, Mapping[str, Any]]


def path_of(value: object) -> str | None:
    """The path that a str or os.PathLike means; None for anything else."""
    if isinstance(value, str):
        return value
    convert = getattr(type(value), "__fspath__", None)
    if convert is None:
        return None
    path = convert(value)
    return path if isinstance(path, str) else None


def protocol_words(value: str | os.PathLike[str] | Mapping[str, Any] | None) -> tuple[str, str]:
    """(name or file, JSON) of which one is empty; both: the benchmark's own."""
    if value is None:
        return "", ""
    path = path_of(value)
    if path is not None:
        return path, ""
    import json

    try:
        return "", json.dumps(value)
    except (TypeError, ValueError):
        raise Error(f"protocol is a {type(value).__name__}", "usage", "a name, a file, or a dict of one") from None


def name_list(value: str | Iterable[str] | None, what: str) -> list[str]:
    """["a", "b"] of "a,b" or of an iterable."""
    if value is None:
        return []
    if isinstance(value, str):
        value = value.split(",")
    names = [name.strip() for name in value]
    if not names or not all(names):
        raise Error(f"{what} names nothing", "usage", "one or more names, or None")
    return names


def spacing_list(value: float | Sequence[float] | None) -> list[float]:
    """[rows, columns] in mm of one number or of two."""
    if value is None:
        return []
    numbers = [float(value)] if isinstance(value, (int, float)) else [float(number) for number in value]
    if len(numbers) not in (1, 2) or not all(0 < number < 1e6 for number in numbers):
        raise Error("spacing is not understood", "usage", "mm of a pixel: one number, or (rows, columns)")
    return numbers


def score(
    ground_truth: Masks,
    predictions: Masks,
    *,
    dataset: str | os.PathLike[str] | None = None,
    protocol: str | os.PathLike[str] | Mapping[str, Any] | None = None,
    measures: str | Iterable[str] | None = None,
    spacing: float | Sequence[float] | None = None,
    missing: Literal["error", "zero", "skip"] = "error",
    sequences: str | Iterable[str] | None = None,
    meta: str | os.PathLike[str] | None = None,
    name: str | None = None,
    out: str | os.PathLike[str] | None = None,
    error_maps: Literal["worst", "all", "none"] = "worst",
    max_ids: int = 64,
    jobs: int = 0,
) -> Result:
    """Scores a submission: the figures of ``angiobench score``, to the last bit.

    Args:
        ground_truth: the data set's folder; or arrays: a dict of sequence -> (frames, height, width) labels, or a dict
            of sequence -> dict of frame -> (height, width), or one (frames, height, width) alone. Labels are whole
            numbers of 0 to 255 in any type; a value outside is an Error, never wrapped. Frames without a name are
            called "00000", "00001", …; numbers as names become five digits. Where a benchmark keeps planes, a frame is
            (objects, height, width).
        predictions: a folder or a zip of <sequence>/<frame>.png; or arrays as above. With a folder as ground truth, an
            array without names is of the annotated frames, in their order.
        dataset: a benchmark ("mosxav-test", "davis2017-val", …: :func:`datasets`) or a definition file; without one
            "flat": folders of <sequence>/<frame>.png, scored as vos-benchmark does.
        protocol: scoring rules by name ("strict", "davis2017", …: :func:`protocols`), a file, or a dict of what such a
            file holds; without, the benchmark's own.
        measures: of vessels, beside the protocol's: "vessel", or "cldice,hd95,nsd@2" (docs/scoring.md).
        spacing: mm of a pixel, of rows and columns, for distances.
        missing: what becomes of predictions that are not there: "error" (nothing is scored), "zero", or "skip" (the
            result is not complete).
        sequences: only these.
        meta: first-mask or meta json, where it is not beside the ground truth.
        name: of the submission; without, its file name.
        out: also write the folder of ``angiobench score --out`` (see :meth:`Result.write`), of files in the same pass.
        error_maps: of ``out``: which frames get one.
        max_ids: object ids that a prediction may use in one sequence.
        jobs: threads; 0: all cores. Changes no byte.

    Returns:
        A :class:`Result`. Ctrl-C ends it; the GIL is released.

    Raises:
        Error: for files and arrays that cannot be used (``.kind`` "input"), what is missing ("inconclusive"; ``.code``
            "S001", "S002"), limits for strangers' files ("limit"), and arguments ("usage").
    """
    if error_maps not in ("worst", "all", "none"):
        raise Error(f"error_maps is {error_maps!r}", "usage", "'all', 'worst' or 'none'")
    truth_path = path_of(ground_truth)
    prediction_path = path_of(predictions)
    words: dict[str, Any] = {
        "dataset": path_of(dataset) or "flat",
        "protocol": protocol_words(protocol)[0],
        "protocol_text": protocol_words(protocol)[1],
        "meta": path_of(meta) or "",
        "measures": name_list(measures, "measures"),
        "sequences": name_list(sequences, "sequences"),
        "spacing": spacing_list(spacing),
        "missing": missing,
        "name": name or "",
        "out": path_of(out) or "",
        "error_maps": error_maps,
        "max_ids": max_ids,
        "jobs": jobs,
    }
    from . import _reports

    if truth_path is not None and prediction_path is not None:
        return Result(_reports.score_files(truth_path, prediction_path, words))
    if prediction_path is not None:
        raise Error(
            "predictions are files and the ground truth is not", "usage", "both as files, or predictions as arrays"
        )
    truth = ground_truth if truth_path is None else _reports.open_truth(truth_path, words)
    result = Result(_reports.score_arrays(truth, predictions, words))
    if out is not None:
        result.write(out)
    return result


def frame(
    truth: Array, prediction: Array, *, void_label: int | None = None, tolerance: float = 0.008
) -> dict[int, _core.Counts]:
    """Counts every object of one frame: one call, however many objects there are.

    Args:
        truth: (height, width) labels 0 to 255 of any whole type, or bool; 0 is background.
        prediction: the same shape.
        void_label: pixels with this label in the truth leave both masks before boundaries are taken; it is no object.
        tolerance: within which boundaries match: a share of the image's diagonal (below 1), or whole pixels.

    Returns:
        id -> :class:`Counts` for each id that either mask has, ascending: eight integers in pixels, ``.j``
        (|P∧G| / |P∨G|) and ``.f`` (DAVIS 2017's contour accuracy), both in [0, 1].

    Raises:
        Error: "array-type", "array-shape", "array-value" or "array-empty".
    """
    if void_label is not None and not isinstance(void_label, int):
        raise Error(f"void_label is a {type(void_label).__name__}", "usage", "a label of 0 to 255, or None")
    return _core.frame(truth, prediction, -1 if void_label is None else void_label, float(tolerance))


def read_result(path: str | os.PathLike[str]) -> Result:
    """Reads a result.json, or the folder that holds one, and works out again what follows from the rest of it.

    Raises:
        Error: where it cannot be read, or a figure does not follow.
    """
    import os

    from . import _reports

    return Result(_reports.read_result(os.fspath(path)))


def datasets() -> list[str]:
    """Names of the benchmarks that are built in."""
    return _core.dataset_names()


def protocols() -> list[str]:
    """Names of the protocols that are built in."""
    return _core.protocol_names()
