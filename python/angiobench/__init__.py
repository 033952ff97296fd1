# SPDX-License-Identifier: MIT
"""Scores video object segmentation: DAVIS, YouTube-VOS, MOSE, MOSXAV and others, measures of vessels, classes.

The figures of the ``angiobench`` program, from Python, without a subprocess::

    import angiobench as ab

    result = ab.score("MOSXAV", "predictions.zip", dataset="mosxav-test")
    print(result)                            # the headline with its interval
    logger.log(result.flat())                # {"J&F/overall": 0.4925, …}

    ev = ab.Evaluator("mosxav-val")          # in a validation loop: counts, not masks
    ev.add(truth, prediction, sequence="v01", frame="00005")
    ev.result().headline.value

    ab.frame(truth, prediction)[1].f         # one frame, every object

Neither NumPy nor PyTorch nor pandas is needed or imported; arrays of all of them are taken. What cannot be used is a
:class:`angiobench.Error`, which is a ValueError; nothing is ever printed. ``angiobench.compat`` has functions with the
signatures of davis2017-evaluation and vos-benchmark. The guide is docs/python.md.
"""

from ._core import Counts, git_commit as __git_commit__, metric_version as __metric_version__, version as __version__
from ._errors import Error
from ._evaluator import Evaluator
from ._leaderboard import Leaderboard
from ._result import Aggregate, Result
from ._score import datasets, frame, protocols, read_result, score
from ._verbs import Check, Comparison, Explanation, Validation, check, compare, explain, validate
from . import compat

__all__ = [
    "Aggregate",
    "Check",
    "Comparison",
    "Counts",
    "Error",
    "Evaluator",
    "Explanation",
    "Leaderboard",
    "Result",
    "Validation",
    "check",
    "compare",
    "compat",
    "datasets",
    "explain",
    "frame",
    "protocols",
    "read_result",
    "score",
    "validate",
]
