# SPDX-License-Identifier: MIT
"""The one exception of the package, and what a finding is."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any


class Error(ValueError):
    """Something that was handed in cannot be used, or nothing could be scored.

    ``str(error)`` says what was found and what was expected. It pickles, so workers may raise it.

    Attributes:
        code: what it is, in one word that stays the same: a finding's code where it is about a finding ("S001"), a word
            for arrays ("array-type", "array-shape", "array-value", "array-empty", "frame-twice", "unknown-frame",
            "unknown-sequence"), else ``kind``.
        hint: what to do about it; may be empty.
        kind: "usage", "input", "inconclusive" (something that the answer needs is missing), "limit" or "bug".
        place: the file, array or argument that it is about; may be empty.
        findings: the findings behind it, each a dict with code, severity, path, sequence, frame, object, message, hint.
    """

    def __init__(
        self,
        message: str,
        code: str = "usage",
        hint: str = "",
        kind: str = "usage",
        place: str = "",
        findings: Sequence[Mapping[str, Any]] = (),
    ) -> None:
        super().__init__(message)
        self.code = code
        self.hint = hint
        self.kind = kind
        self.place = place
        self.findings = list(findings)

    def __reduce__(self) -> tuple[type[Error], tuple[Any, ...]]:
        return (type(self), (str(self), self.code, self.hint, self.kind, self.place, self.findings))
