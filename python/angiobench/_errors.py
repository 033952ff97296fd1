# SPDX-License-Identifier: MIT
"""The one exception of the package, and what a finding is."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any


def _as_arguments(text: str) -> str:
    """What the libraries call as the program does ("--max-ids") as arguments are called."""
    if "--" not in text and "-g " not in text:
        return text
    import re

    text = text.replace("--missing zero or --missing skip", "missing='zero' or 'skip'")
    text = text.replace("--missing zero or skip", "missing='zero' or 'skip'")
    text = text.replace("-g GROUND_TRUTH -p PREDICTIONS", "the ground truth before the predictions")
    return re.sub(r"(?<![\w-])--([a-z][a-z-]+)", lambda found: found.group(1).replace("-", "_"), text)


class Error(ValueError):
    """Something that was handed in cannot be used, or nothing could be scored.

    ``str(error)`` says what was found and what was expected. It pickles, so workers may raise it.

    Attributes:
        code: what it is, in one word that stays the same: a finding's code where it is about a finding ("S001"), a word
            for arrays ("array-type", "array-shape", "array-value", "array-empty", "frame-twice", "unknown-frame",
            "unknown-sequence"), else ``kind``.
        hint: what to do about it; may be empty.
        kind: "usage", "input", "inconclusive" (something that the answer needs is missing), "limit", "passing" (the system failed; another try
            may do) or "bug".
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
        super().__init__(_as_arguments(message))
        self.code = code
        self.hint = _as_arguments(hint)
        self.kind = kind
        self.place = place
        self.findings = list(findings)

    def __reduce__(self) -> tuple[type[Error], tuple[Any, ...]]:
        return (type(self), (str(self), self.code, self.hint, self.kind, self.place, self.findings))
