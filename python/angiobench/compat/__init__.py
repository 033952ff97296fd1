# SPDX-License-Identifier: MIT
"""Functions with the signatures, shapes and edge values of the public scorers, to be put in their place.

``from angiobench.compat.davis2017 import db_eval_boundary`` in place of ``from davis2017.metrics import …``. Both
modules need NumPy, when they are called.
"""

from . import davis2017, vos_benchmark

__all__ = ["davis2017", "vos_benchmark"]
