# SPDX-License-Identifier: MIT
# What the extension module gives to the package beside it. Nothing here is for users: their names are in __init__.py.
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
        ground_truth: str,
        meta: str,
        max_ids: int,
        protocol_text: str,
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
    def result(self, name: str, with_intervals: bool, /) -> ScoredResult: ...
    def state(self) -> bytes: ...
    def restore(self, state: bytes, /) -> None: ...

@final
class ScoredResult:
    @property
    def value(self) -> float | None: ...
    @property
    def metric(self) -> str: ...
    @property
    def complete(self) -> bool: ...
    def to_json(self) -> str: ...
    def csv(self, kind: str, /) -> str: ...
    def headline_text(self) -> str: ...
    def notebook_html(self) -> str: ...
    def report_html(self) -> str: ...
    def write(self, path: str, /) -> None: ...

@final
class Board:
    def __init__(self, path: str, /) -> None: ...
    @property
    def datasets(self) -> list[str]: ...
    @property
    def head(self) -> str: ...
    def runs(self) -> list[dict[str, Any]]: ...
    def text(self, dataset: str, method: str, /) -> str: ...
    def csv(self, dataset: str, method: str, /) -> str: ...
    def markdown(self, dataset: str, method: str, /) -> str: ...
    def latex(self, dataset: str, method: str, /) -> str: ...

def frame(truth: Any, prediction: Any, void_label: int, tolerance: float, /) -> dict[int, Counts]: ...
def region(annotation: Any, segmentation: Any, void_pixels: Any, /) -> tuple[tuple[int, ...], bytes, bytes]: ...
def boundary(
    annotation: Any, segmentation: Any, void_pixels: Any, tolerance: float, /
) -> tuple[tuple[int, ...], bytes, bytes]: ...
def statistics(
    values: Sequence[float], published: bool, /
) -> tuple[float | None, float | None, float | None]: ...
def score_files(ground_truth: str, predictions: str, words: dict[str, Any], /) -> ScoredResult: ...
def score_arrays(ground_truth: Any, predictions: Any, words: dict[str, Any], /) -> ScoredResult: ...
def read_result(path: str, /) -> ScoredResult: ...
def dataset_names() -> list[str]: ...
def protocol_names() -> list[str]: ...
def explain(
    ground_truth: str,
    predictions: str,
    dataset: str,
    protocol: str,
    meta: str,
    protocols: Sequence[str],
    between: Sequence[str],
    number: str,
    jobs: int,
    /,
) -> tuple[str, str]: ...
def explain_object(
    ground_truth: str,
    predictions: str,
    dataset: str,
    protocol: str,
    meta: str,
    sequence: str,
    object: int,
    frame: str,
    jobs: int,
    /,
) -> str: ...
def validate(
    ground_truth: str,
    predictions: str | None,
    dataset: str,
    protocol: str,
    meta: str,
    sequences: Sequence[str],
    max_findings: int,
    jobs: int,
    /,
) -> tuple[str, str, str, bool]: ...
def compare(
    results: Sequence[ScoredResult],
    tolerance: float,
    level: float,
    resamples: int,
    seed: int,
    lenient: bool,
    jobs: int,
    /,
) -> tuple[str, str, str, bool]: ...
def check(
    result: ScoredResult, baseline: ScoredResult | None, rules: str, lenient: bool, seed: int, jobs: int, /
) -> tuple[str, str, str, str, str]: ...
