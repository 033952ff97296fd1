# SPDX-License-Identifier: MIT
"""The metrics of davis2017-evaluation (Pont-Tuset et al., davis2017/metrics.py and utils.py), to the last bit.

A pixel is set where its value is not 0, as there. What differs: shapes that do not match are an
:class:`angiobench.Error` (a ValueError) in place of an AssertionError; arrays of floating point are taken where every
value is 0 or 1, and refused otherwise (there any value but 0 is an object, a NaN, too); a ``bound_th`` of 1 and more is
a whole number of pixels.
"""

from __future__ import annotations

from .. import _core

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any, Union

    import numpy

    Figures = Union[numpy.ndarray[Any, numpy.dtype[numpy.float64]], numpy.float64, float, int]


def db_eval_iou(annotation: Any, segmentation: Any, void_pixels: Any = None) -> Figures:
    """Region similarity J: the Jaccard index of two binary masks.

    Args:
        annotation: (…, height, width); the truth.
        segmentation: the same shape.
        void_pixels: the same shape, or None: pixels that count nowhere.

    Returns:
        Of two dimensions a float64 (1, an int, where neither has a pixel); of more an array of float64 of the leading
        dimensions, 1 where neither has a pixel.

    Raises:
        angiobench.Error: "array-type", "array-shape", "array-value" or "array-empty".
    """
    import numpy

    leading, values, cases = _core.region(annotation, segmentation, void_pixels)
    figures = numpy.frombuffer(values, dtype=numpy.float64)
    if not leading:
        return 1 if cases[0] == 1 else numpy.float64(figures[0])
    return figures.reshape(leading).copy()


def db_eval_boundary(
    annotation: Any, segmentation: Any, void_pixels: Any = None, bound_th: float = 0.008
) -> Figures:
    """Contour accuracy F of two binary masks.

    Args:
        annotation: (height, width) or (frames, height, width); the truth.
        segmentation: the same shape.
        void_pixels: the same shape, or None: pixels that leave both masks before their boundaries are taken.
        bound_th: how far a boundary may be off: a share of the image's diagonal below 1, else whole pixels.

    Returns:
        Of two dimensions a number in [0, 1]; of three an array of float64, one a frame.

    Raises:
        angiobench.Error: as db_eval_iou, and for more than three dimensions.
    """
    import numpy

    leading, values, cases = _core.boundary(annotation, segmentation, void_pixels, bound_th)
    figures = numpy.frombuffer(values, dtype=numpy.float64)
    if leading:
        return figures.reshape(leading).copy()
    # The public code has an int, a float and a float64 here, as its branches go.
    if cases[0] == 1:
        return 0
    return numpy.float64(figures[0]) if cases[0] == 0 else float(figures[0])


def f_measure(foreground_mask: Any, gt_mask: Any, void_pixels: Any = None, bound_th: float = 0.008) -> Figures:
    """db_eval_boundary of one frame, with the prediction first, as the public function has it."""
    return db_eval_boundary(gt_mask, foreground_mask, void_pixels, bound_th)


def db_statistics(per_frame_values: Sequence[float]) -> tuple[float, float, float]:
    """Mean, recall (share of frames above 0.5) and decay of an object's values, as davis2017/utils.py has them.

    From 257 frames on the public code's decay is wrong or NaN (it keeps positions in 8 bits), and so it is here. What
    it has no value for is NaN.
    """
    import math

    found = _core.statistics([float(value) for value in per_frame_values], True)
    mean, recall, decay = (math.nan if value is None else value for value in found)
    return mean, recall, decay
