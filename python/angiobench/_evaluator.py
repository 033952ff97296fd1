# SPDX-License-Identifier: MIT
"""Evaluator: scores masks in a validation loop."""

from __future__ import annotations

from . import _core
from ._errors import Error
from ._result import Result
from ._score import name_list, path_of, protocol_words, spacing_list

TYPE_CHECKING = False
if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Mapping, Sequence
    from typing import Any


def _counting(
    dataset: str,
    protocol: str,
    measures: list[str],
    spacing: list[float],
    ground_truth: str,
    meta: str,
    max_ids: int,
    protocol_text: str,
) -> _core.Evaluation:
    """What counts by an Evaluator's settings, which are what it pickles."""
    truth = None
    if ground_truth:
        from . import _reports

        words = {
            "dataset": dataset,
            "protocol": protocol,
            "protocol_text": protocol_text,
            "measures": measures,
            "spacing": spacing,
            "meta": meta,
        }
        truth = _reports.open_truth(ground_truth, words)
    elif meta:
        raise Error("meta is given without a ground truth", "usage", "ground_truth, the data set's root, beside it")
    return _core.Evaluation(dataset, protocol, measures, spacing, max_ids, protocol_text, truth)


class Evaluator:
    """Scores masks as they come; what it keeps are counts (33 bytes an object and frame), never masks.

    Add every annotated frame, also those that the protocol does not score: which they are is the protocol's business
    (most leave out the first and the last). The order does not matter. It pickles and merges, so that workers and
    ranks may each have one; and it may be used from several threads::

        ev = angiobench.Evaluator("mosxav-val")
        for sequence, frame, truth, logits in loader:
            ev.add(truth, logits.argmax(0), sequence=sequence, frame=frame)
        print(ev.result().headline)

    T of ``davis2016`` compares neighbouring frames, and which they are is known at the end: of its objects outlines are
    kept, too (some hundred bytes each), and compared by :meth:`result`. Not looked for: what only files show
    (palettes, wrong names).

    Args:
        dataset: a benchmark's name, or a definition file. Sequences that are not in its official split are refused,
            where that is known. Without one: "flat", whatever you add.
        protocol: rules by name, file or dict; without, the benchmark's own. For classes a semantic benchmark
            ("mosxav-semantic-val").
        measures: of vessels, beside the protocol's: "vessel" or "cldice,hd95".
        spacing: mm of a pixel, for distances.
        ground_truth: the data set's folder. It tells which sequences, frames and objects there are, and their groups
            (J_s, J_u of ``mosxav-test``), so that what was not added is known. Masks are read from it only where nobody
            adds a frame that says which objects there are.
        meta: first-mask or meta json, where it is not beside the ground truth.
        max_ids: object ids that a prediction may use in one sequence.

    Raises:
        Error: for an unknown name, and where masks are planes or probability maps (:func:`score` takes them).
    """

    __slots__ = ("_settings", "_counted")

    def __init__(
        self,
        dataset: str | os.PathLike[str] | None = None,
        *,
        protocol: str | os.PathLike[str] | Mapping[str, Any] | None = None,
        measures: str | Iterable[str] | None = None,
        spacing: float | Sequence[float] | None = None,
        ground_truth: str | os.PathLike[str] | None = None,
        meta: str | os.PathLike[str] | None = None,
        max_ids: int = 255,
    ) -> None:
        self._settings = (
            path_of(dataset) or "flat",
            protocol_words(protocol)[0],
            name_list(measures, "measures"),
            spacing_list(spacing),
            path_of(ground_truth) or "",
            path_of(meta) or "",
            max_ids,
            protocol_words(protocol)[1],
        )
        self._counted = _counting(*self._settings)

    @property
    def dataset(self) -> str:
        """The benchmark's name."""
        return self._counted.dataset

    @property
    def protocol(self) -> str:
        """The protocol's name."""
        return self._counted.protocol

    def add(
        self,
        truth: Any,
        prediction: Any,
        *,
        sequence: str = "sequence",
        frame: str | int | Sequence[str | int] | None = None,
    ) -> None:
        """Counts one frame, or all frames of a clip at once. The GIL is released.

        Args:
            truth: (height, width) labels 0 to 255 of any whole type, or bool; (frames, height, width) for a clip.
                NumPy, a tensor in the host's memory (by DLPack, without a copy), a memoryview; read-only and strided
                ones, too.
            prediction: the same shape.
            sequence: its name.
            frame: its name, as files are called without ".png"; a number becomes five digits. Of a clip a list of them;
                without, frames are numbered from 0 on.

        Raises:
            Error: "array-type", "array-shape" (also another size than the sequence's frames before), "array-value",
                "array-empty", "frame-twice", "unknown-sequence", "unknown-frame". Nothing was added then, and the
                evaluator goes on.
        """
        if not isinstance(sequence, str):
            raise Error(f"sequence is a {type(sequence).__name__}", "unknown-sequence", "a name (str)")
        self._counted.add(truth, prediction, sequence, frame)

    def merge(self, other: Evaluator) -> Evaluator:
        """Adds what another one has counted; returns itself.

        A frame that both have is fine where its masks are the same (samplers pad with repeated samples).

        Raises:
            Error: "frame-twice" where they are not; "usage" where the other counts by other rules. Nothing is changed.
        """
        if not isinstance(other, Evaluator):
            raise TypeError(f"an Evaluator is merged with an Evaluator, not with a {type(other).__name__}")
        self._counted.merge(other._counted)
        return self

    def result(self, *, name: str = "", intervals: bool = True) -> Result:
        """The score of what was added so far. More may be added afterwards.

        Args:
            name: of the submission.
            intervals: whether the bootstrap over sequences is drawn (2 ms for 12 sequences, 60 ms for 500).

        Raises:
            Error: ``.kind`` "inconclusive" where nothing was added or nothing of it is scored.
        """
        from . import _reports

        return Result(_reports.evaluation_result(self._counted, name, intervals))

    def clear(self) -> None:
        """Forgets every frame."""
        self._counted.clear()

    def __len__(self) -> int:
        """Frames that were added."""
        return self._counted.num_frames()

    def __bool__(self) -> bool:
        return True

    def __getstate__(self) -> tuple[Any, ...]:
        return (self._settings, self._counted.state())

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        self._settings = state[0]
        self._counted = _counting(*self._settings)
        self._counted.restore(state[1])

    def __repr__(self) -> str:
        return (
            f"<angiobench.Evaluator of {self.dataset} by {self.protocol}: "
            f"{self._counted.num_sequences()} sequences, {len(self)} frames>"
        )
