# SPDX-License-Identifier: MIT
# What the extension module _core gives to the package beside it: all that counts
# masks in memory. Nothing here is for users: their names are in __init__.py.
from collections.abc import Iterator, Sequence
from typing import Any, final

version: str
git_commit: str
metric_version: str

@final
class Counts:
    """What was counted of one object in one frame, in pixels: everything that J and F are made of.

    Iterates over its eight integers in this order, compares and pickles.
    """

    @property
    def intersection(self) -> int:
        """|P∧G|"""
    @property
    def union(self) -> int:
        """|P∨G|"""
    @property
    def prediction(self) -> int:
        """|P|"""
    @property
    def truth(self) -> int:
        """|G|"""
    @property
    def prediction_boundary(self) -> int:
        """|∂P|"""
    @property
    def truth_boundary(self) -> int:
        """|∂G|"""
    @property
    def prediction_matched(self) -> int:
        """|∂P ∧ dilated ∂G|"""
    @property
    def truth_matched(self) -> int:
        """|∂G ∧ dilated ∂P|"""
    @property
    def j(self) -> float:
        """Region similarity |P∧G| / |P∨G| in [0, 1]; 1 where both are empty."""
    @property
    def f(self) -> float:
        """Contour accuracy in [0, 1], as DAVIS 2017 has it; 1 where neither has a boundary."""
    def __eq__(self, other: object) -> bool: ...
    def __iter__(self) -> Iterator[int]: ...

@final
class Evaluation:
    def __init__(
        self,
        dataset: str,
        protocol: str,
        measures: Sequence[str],
        spacing: Sequence[float],
        max_ids: int,
        protocol_text: str,
        truth: Truth | None,
        /,
    ) -> None: ...
    @property
    def dataset(self) -> str: ...
    @property
    def protocol(self) -> str: ...
    @property
    def protocol_hash(self) -> str: ...
    def add(self, truth: Any, prediction: Any, sequence: str, frame: Any, /) -> None: ...
    def merge(self, other: Evaluation, /) -> None: ...
    def num_frames(self) -> int: ...
    def num_sequences(self) -> int: ...
    def clear(self) -> None: ...
    def state(self) -> bytes: ...
    def restore(self, state: bytes, /) -> None: ...

@final
class Truth:
    """A data set's folder that _reports.open_truth opened."""

def frame(truth: Any, prediction: Any, void_label: int, tolerance: float, /) -> dict[int, Counts]: ...
def region(annotation: Any, segmentation: Any, void_pixels: Any, /) -> tuple[tuple[int, ...], bytes, bytes]: ...
def boundary(
    annotation: Any, segmentation: Any, void_pixels: Any, tolerance: float, /
) -> tuple[tuple[int, ...], bytes, bytes]: ...
def statistics(
    values: Sequence[float], published: bool, /
) -> tuple[float | None, float | None, float | None]: ...
def dataset_names() -> list[str]: ...
def protocol_names() -> list[str]: ...
