# SPDX-License-Identifier: MIT
"""explain(), validate(), compare() and check(), over the extension _reports."""

from __future__ import annotations

from ._errors import Error
from ._result import Result
from ._score import name_list, path_of, read_result

TYPE_CHECKING = False
if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Mapping
    from typing import Any, Literal, Union

    from . import _reports

    PathLike = Union[str, os.PathLike[str]]


class Report:
    """What a verb says: ``str(report)`` is its text for a terminal."""

    __slots__ = ("text", "_json")

    def __init__(self, text: str, json_text: str) -> None:
        self.text = text
        self._json = json_text

    def to_json(self) -> str:
        """The same as JSON, as the program's ``--json`` prints it."""
        return self._json

    def to_dict(self) -> dict[str, Any]:
        """The same, parsed."""
        import json

        facts: dict[str, Any] = json.loads(self._json)
        return facts

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return f"<angiobench.{type(self).__name__}: {self.text.splitlines()[0] if self.text else ''}>"


class Explanation(Report):
    """A submission under every protocol, and what each rule contributes between two."""

    __slots__ = ()


class Validation(Report):
    """What is wrong with a data set or a submission.

    Attributes:
        ok: no finding is an error.
        html: the page with the contact sheet.
    """

    __slots__ = ("ok", "html")

    def __init__(self, text: str, json_text: str, html: str, has_error: bool) -> None:
        super().__init__(text, json_text)
        self.html = html
        self.ok = not has_error

    @property
    def findings(self) -> list[dict[str, Any]]:
        """Each with code, severity, place, message and hint."""
        findings: list[dict[str, Any]] = self.to_dict()["findings"]
        return findings


class Comparison(Report):
    """Results against the first of them.

    Attributes:
        conclusive: all could be compared and are complete.
        markdown: for a pull request.
    """

    __slots__ = ("markdown", "conclusive")

    def __init__(self, text: str, json_text: str, markdown: str, conclusive: bool) -> None:
        super().__init__(text, json_text)
        self.markdown = markdown
        self.conclusive = conclusive


class Check(Report):
    """The verdict of a gate.

    Attributes:
        verdict: "passed", "warned", "failed" or "inconclusive".
        markdown, junit: for CI.
    """

    __slots__ = ("verdict", "markdown", "junit")

    def __init__(self, verdict: str, text: str, json_text: str, markdown: str, junit: str) -> None:
        super().__init__(text, json_text)
        self.verdict = verdict
        self.markdown = markdown
        self.junit = junit

    @property
    def passed(self) -> bool:
        """Passed, perhaps with warnings; what is inconclusive is not passed."""
        return self.verdict in ("passed", "warned")

    def __bool__(self) -> bool:
        return self.passed


def _existing(path: PathLike, what: str) -> str:
    text = path_of(path)
    if text is None:
        raise Error(f"{what} is a {type(path).__name__}", "usage", "a path; arrays go to score()")
    return text


def explain(
    ground_truth: PathLike,
    predictions: PathLike,
    *,
    dataset: PathLike = "flat",
    protocol: PathLike | None = None,
    protocols: str | Iterable[str] | None = None,
    between: str | Iterable[str] | None = None,
    number: str | float | None = None,
    sequence: str | None = None,
    object: int | None = None,
    frame: str | int | None = None,
    meta: PathLike | None = None,
    jobs: int = 0,
) -> Explanation:
    """Says why a score is what it is, from one decoding pass.

    Args:
        ground_truth, predictions, dataset, protocol, meta, jobs: as of :func:`score`; files only.
        protocols: which; without, all that are built in.
        between: two: what each rule contributes from one to the other; the parts add up exactly.
        number: "49.4": which protocols print this number.
        sequence, object: the frames behind one object's score, as text alone; with ``frame`` the integers of one.

    Raises:
        Error: as :func:`score`.
    """
    from . import _reports

    truth = _existing(ground_truth, "ground_truth")
    masks = _existing(predictions, "predictions")
    words = (truth, masks, path_of(dataset) or "flat", path_of(protocol) or "", path_of(meta) or "")
    if (sequence is None) != (object is None) or (frame is not None and sequence is None):
        raise Error("sequence, object and frame go together", "usage", "sequence and object, and frame beside them")
    if sequence is not None and object is not None:
        name = f"{frame:05d}" if isinstance(frame, int) else frame or ""
        return Explanation(_reports.explain_object(*words, sequence, object, name, jobs), "{}")
    two = name_list(between, "between")
    if two and len(two) != 2:
        raise Error(f"between names {len(two)} protocols", "usage", "two")
    found = "" if number is None else str(number)
    return Explanation(*_reports.explain(*words, name_list(protocols, "protocols"), two, found, jobs))


def validate(
    ground_truth: PathLike,
    predictions: PathLike | None = None,
    *,
    dataset: PathLike = "flat",
    protocol: PathLike | None = None,
    sequences: str | Iterable[str] | None = None,
    meta: PathLike | None = None,
    max_findings: int = 3,
    jobs: int = 0,
) -> Validation:
    """Tells what is wrong with a data set or, with predictions, with a submission for it, before it is scored.

    Findings are values, not exceptions: look at ``.ok`` and ``.findings``. Of images that are no PNG the values are
    not read here (the program does).

    Args:
        max_findings: findings of one code listed a sequence; 0 lists all.

    Raises:
        Error: where the ground truth cannot be found or the archive is refused.
    """
    from . import _reports

    masks = None if predictions is None else _existing(predictions, "predictions")
    return Validation(
        *_reports.validate(
            _existing(ground_truth, "ground_truth"),
            masks,
            path_of(dataset) or "flat",
            path_of(protocol) or "",
            path_of(meta) or "",
            name_list(sequences, "sequences"),
            max_findings,
            jobs,
        )
    )


def _result(value: Result | PathLike) -> _reports.ScoredResult:
    return value._scored if isinstance(value, Result) else read_result(value)._scored


def compare(
    *results: Result | PathLike,
    tolerance: float = 0.0005,
    level: float = 0.95,
    resamples: int = 10000,
    seed: int = 0,
    lenient: bool = False,
    jobs: int = 0,
) -> Comparison:
    """Compares results with the first of them, paired by sequence: differences with bootstrap intervals, sign-flip and
    Wilcoxon tests (Holm over several), changed sequences, ranks.

    Args:
        results: two or more: :class:`Result` objects, or paths of a result.json or its folder.
        tolerance: changes up to this are "within tolerance".
        lenient: other sequences or objects are no obstacle: what all have is compared.
        seed: the same seed, the same bytes.

    Raises:
        Error: for fewer than two, and where one cannot be read. What cannot be compared is told, see ``conclusive``.
    """
    from . import _reports

    if len(results) < 2:
        raise Error(f"{len(results)} results to compare", "usage", "two or more")
    if not (0 <= tolerance <= 1 and 0.5 <= level <= 0.9999 and 100 <= resamples <= 1_000_000):
        raise Error(
            "tolerance, level or resamples is out of range", "usage", "0 to 1, 0.5 to 0.9999, 100 to 1,000,000"
        )
    scored = [_result(one) for one in results]
    return Comparison(*_reports.compare(scored, tolerance, level, resamples, seed, lenient, jobs))


def check(
    result: Result | PathLike,
    baseline: Result | PathLike | None = None,
    *,
    rules: Mapping[str, Any] | PathLike | None = None,
    lenient: bool = False,
    seed: int = 0,
    jobs: int = 0,
) -> Check:
    """Judges a result by rules: a gate for a training run or a CI.

    Nothing passes by accident: what cannot be judged is inconclusive, and ``bool(check)`` is False then.

    Args:
        baseline: what it is compared with.
        rules: a dict or a file of schema "gate-1" (docs/gate.md); without, the headline may fall by 0.005 and in no
            sequence by 0.05, no object from J 0.5 to 0.1.

    Raises:
        Error: where a rule is not understood, or a file cannot be read.
    """
    from . import _reports

    text = ""
    if rules is not None:
        path = path_of(rules)
        if path is None:
            import json

            text = json.dumps(rules)
        else:
            try:
                with open(path, encoding="utf-8") as file:
                    text = file.read()
            except (OSError, UnicodeDecodeError) as problem:
                raise Error(f"{path}: {problem}", "input", "a rules file of schema gate-1", "input", path) from problem
    before = None if baseline is None else _result(baseline)
    return Check(*_reports.check(_result(result), before, text, lenient, seed, jobs))
