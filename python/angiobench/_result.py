# SPDX-License-Identifier: MIT
"""A scored submission."""

from __future__ import annotations

from ._errors import Error

TYPE_CHECKING = False
if TYPE_CHECKING:
    import os
    from typing import Any

    import pandas

    from . import _reports


class Aggregate:
    """A headline number of a result.

    ``float(aggregate)`` is its value and ``f"{aggregate:.3f}"`` formats it; where it has none both raise ValueError.

    Attributes:
        metric: "J&F", "J", "F", "J_recall", "mIoU", …
        scope: "overall", "pooled", "seen" or "unseen".
        value: in the metric's unit (fractions in [0, 1]); None where it is not defined, which a finding explains.
        n: what it is a mean over: objects, sequences, classes or images.
        interval: (low, high) at 95 %, by bootstrap over sequences; None where there is none.
        deviation: standard deviation over what it is a mean over, where the protocol gives one.
    """

    __slots__ = ("metric", "scope", "value", "n", "interval", "deviation")

    def __init__(self, facts: dict[str, Any]) -> None:
        self.metric: str = facts["metric"]
        self.scope: str = facts["scope"]
        self.value: float | None = None if facts["value"] is None else float(facts["value"])
        self.n: int = facts["n"]
        interval = facts.get("interval")
        self.interval: tuple[float, float] | None = (interval["low"], interval["high"]) if interval else None
        self.deviation: float | None = facts.get("std")

    def __float__(self) -> float:
        if self.value is None:
            raise Error(f"{self.metric} ({self.scope}) has no value", "S012", "a finding of the result says why")
        return self.value

    def __format__(self, spec: str) -> str:
        return format(float(self), spec) if spec else str(self)

    def __repr__(self) -> str:
        value = "None" if self.value is None else f"{self.value:.6g}"
        interval = "" if self.interval is None else f" [{self.interval[0]:.4g}, {self.interval[1]:.4g}]"
        return f"{self.metric}/{self.scope} {value}{interval} (n = {self.n})"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Aggregate):
            return NotImplemented
        return all(getattr(self, name) == getattr(other, name) for name in self.__slots__)

    __hash__ = None  # type: ignore[assignment]


class Result:
    """A scored submission: what ``angiobench score`` makes of the same masks.

    Made by :func:`score`, :meth:`Evaluator.result` and :func:`read_result`.
    """

    __slots__ = ("_scored", "_facts")

    def __init__(self, scored: _reports.ScoredResult) -> None:
        self._scored = scored
        self._facts: dict[str, Any] | None = None

    def to_dict(self) -> dict[str, Any]:
        """The contents of result.json (schema "result-1"); values are fractions, None where there is none."""
        import json

        facts: dict[str, Any] = json.loads(self.to_json())
        return facts

    def _known(self) -> dict[str, Any]:
        if self._facts is None:
            self._facts = self.to_dict()
        return self._facts

    @property
    def headline(self) -> Aggregate:
        """The number that ranks: "J&F" of the whole under most protocols. ``float(result.headline)``."""
        metric = self._scored.metric
        for aggregate in self.aggregates:
            if aggregate.metric == metric and aggregate.scope == "overall":
                return aggregate
        raise Error(f"the result has no {metric}", "S012", "look at .aggregates")

    @property
    def aggregates(self) -> list[Aggregate]:
        """Every headline number, in the order in which people read them."""
        return [Aggregate(facts) for facts in self._known()["aggregates"]]

    @property
    def complete(self) -> bool:
        """Whether the whole data set was scored; if not, this is no score of it."""
        return self._scored.complete

    @property
    def findings(self) -> list[dict[str, Any]]:
        """Facts about the files and the score that a reader should know: code, severity, message, hint, place."""
        findings: list[dict[str, Any]] = self._known().get("findings", [])
        return findings

    @property
    def dataset(self) -> dict[str, Any]:
        """Name, split, digest and counts of the data set."""
        facts: dict[str, Any] = self._known()["dataset"]
        return facts

    @property
    def protocol(self) -> dict[str, Any]:
        """Name, version, hash and rules of the protocol."""
        facts: dict[str, Any] = self._known()["protocol"]
        return facts

    @property
    def sequences(self) -> list[dict[str, Any]]:
        """Every sequence with its objects, as in result.json."""
        sequences: list[dict[str, Any]] = self._known()["sequences"]
        return sequences

    def flat(self, prefix: str = "") -> dict[str, float]:
        """Aggregates for a logger: ``{"J&F/overall": 0.4925, "J/seen": …}``.

        What has no value is left out: no logger knows what to do with it.
        """
        return {f"{prefix}{one.metric}/{one.scope}": one.value for one in self.aggregates if one.value is not None}

    def to_json(self) -> str:
        """The text of result.json, fractions with 17 significant digits, a line end at the end."""
        return self._scored.to_json()

    def to_csv(self, kind: str) -> str:
        """One of the tables of ``score --out`` as CSV text.

        Args:
            kind: "objects", "frames" (images, where there are no objects), "sequences", "classes", "confusion" or
                "summary".
        """
        return self._scored.csv(kind)

    def to_pandas(self, kind: str = "objects") -> pandas.DataFrame:
        """The same table as a DataFrame, values to the last bit. Needs pandas, which nothing else here does.

        Raises:
            Error: for an unknown kind, and where the result has no such table ("classes" of objects).
        """
        import io

        import pandas

        text = self.to_csv(kind)
        if not text:
            raise Error(f"this result has no table of {kind}", "usage", "'objects', 'frames' or 'sequences'")
        names = {name: str for name in ("sequence", "frame", "name", "group", "metric", "scope", "role")}
        header = text.split("\n", 1)[0].split(",")
        frame = pandas.read_csv(
            io.StringIO(text),
            dtype={name: of for name, of in names.items() if name in header},
            float_precision="round_trip",
            keep_default_na=False,
            na_values={name: [""] for name in header if name not in names},
        )
        return frame

    def to_html(self) -> str:
        """The whole report as one HTML page, offline, without error maps (:meth:`write` draws them)."""
        return self._scored.report_html()

    def write(self, directory: str | os.PathLike[str]) -> None:
        """Writes the folder of ``angiobench score --out``: result.json, the CSV files, report.html, error_maps/.

        The same bytes as the program writes, but for what ``run`` tells of the run. Of files the masks are read once
        more (error maps are drawn from them); :func:`score` with ``out=`` spares that. Of arrays and of an
        :class:`Evaluator` there are no error maps, for the masks are gone. All at once: who looks sees the old folder
        or the new one.

        Raises:
            Error: where it cannot be written, or a mask has changed since it was scored.
        """
        import os

        self._scored.write(os.fspath(directory))

    def __str__(self) -> str:
        return self._scored.headline_text()

    def __repr__(self) -> str:
        value = self._scored.value
        shown = "None" if value is None else f"{value:.6g}"
        note = "" if self.complete else ", not complete"
        return f"<angiobench.Result of {self.dataset['name']}: {self._scored.metric} {shown}{note}>"

    def _repr_html_(self) -> str:
        return self._scored.notebook_html()
