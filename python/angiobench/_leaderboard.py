# SPDX-License-Identifier: MIT
"""Leaderboard: read access to the store of results."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    import os
    from typing import Any

    import pandas


class Leaderboard:
    """A leaderboard file, read when it is opened; ``angiobench leaderboard`` changes it.

    Args:
        path: the SQLite file that ``angiobench leaderboard add`` made.

    Raises:
        Error: where it is missing, is no leaderboard, or was written by a newer version.
    """

    __slots__ = ("_board",)

    def __init__(self, path: str | os.PathLike[str]) -> None:
        import os

        from . import _reports

        self._board = _reports.Board(os.fspath(path))

    @property
    def datasets(self) -> list[str]:
        """Names of the data sets, in order."""
        return self._board.datasets

    @property
    def head(self) -> str:
        """The hash of the last audit row."""
        return self._board.head

    def runs(self) -> list[dict[str, Any]]:
        """Every run: id, added, kind ("masks", "baseline", "reported"), dataset, protocol, method, variant, team,
        complete, submission (digest) and figures ({"J&F/overall": 0.4925})."""
        return self._board.runs()

    def text(self, dataset: str = "", method: str = "") -> str:
        """The tables for a terminal; only of a data set or of a method where they are named."""
        return self._board.text(dataset, method)

    def to_csv(self, dataset: str = "", method: str = "") -> str:
        """A row a figure, fractions."""
        return self._board.csv(dataset, method)

    def to_markdown(self, dataset: str = "", method: str = "") -> str:
        """GitHub's tables."""
        return self._board.markdown(dataset, method)

    def to_latex(self, dataset: str = "", method: str = "") -> str:
        """Booktabs tables."""
        return self._board.latex(dataset, method)

    def to_pandas(self, dataset: str = "", method: str = "") -> pandas.DataFrame:
        """A row a figure. Needs pandas."""
        import io

        import pandas

        return pandas.read_csv(io.StringIO(self.to_csv(dataset, method)), float_precision="round_trip")

    def __str__(self) -> str:
        return self.text()

    def __repr__(self) -> str:
        return f"<angiobench.Leaderboard: {len(self.runs())} runs of {len(self.datasets)} data sets>"
