# SPDX-License-Identifier: MIT
"""A slow, obvious twin of J and F in NumPy, from the published definitions: whole arrays shifted, a disk gone through
offset by offset. Linked into nothing."""

import math

import numpy


def boundary_map(mask):
    """A pixel differs from its right, lower or lower right neighbour; the last row and column know less of them."""
    mask = numpy.asarray(mask) != 0
    east, south, both = (numpy.zeros_like(mask) for _ in range(3))
    east[:, :-1] = mask[:, 1:]
    south[:-1, :] = mask[1:, :]
    both[:-1, :-1] = mask[1:, 1:]
    edge = (mask != east) | (mask != south) | (mask != both)
    edge[-1, :] = mask[-1, :] != east[-1, :]
    edge[:, -1] = mask[:, -1] != south[:, -1]
    edge[-1, -1] = False
    return edge


def dilated(mask, radius):
    """What is within a disk of a set pixel; outside the image is empty."""
    height, width = mask.shape
    grown = numpy.zeros_like(mask)
    for dy in range(-radius, radius + 1):
        for dx in range(-radius, radius + 1):
            if dx * dx + dy * dy > radius * radius or abs(dy) >= height or abs(dx) >= width:
                continue
            to_rows, to_columns = slice(max(dy, 0), height + min(dy, 0)), slice(max(dx, 0), width + min(dx, 0))
            of_rows, of_columns = slice(max(-dy, 0), height + min(-dy, 0)), slice(max(-dx, 0), width + min(-dx, 0))
            grown[to_rows, to_columns] |= mask[of_rows, of_columns]
    return grown


def radius_of(shape, tolerance):
    return int(tolerance) if tolerance >= 1 else math.ceil(tolerance * math.sqrt(shape[0] ** 2 + shape[1] ** 2))


def region(truth, prediction, void=None):
    truth, prediction = numpy.asarray(truth) != 0, numpy.asarray(prediction) != 0
    counted = numpy.ones_like(truth) if void is None else numpy.asarray(void) == 0
    union = int(((truth | prediction) & counted).sum())
    return int((truth & prediction & counted).sum()) / union if union else 1.0


def contour_counts(truth, prediction, tolerance=0.008):
    radius = radius_of(numpy.shape(truth), tolerance)
    edge_of_truth, edge_of_prediction = boundary_map(truth), boundary_map(prediction)
    return (
        int(edge_of_prediction.sum()),
        int(edge_of_truth.sum()),
        int((edge_of_prediction & dilated(edge_of_truth, radius)).sum()),
        int((edge_of_truth & dilated(edge_of_prediction, radius)).sum()),
    )


def contour(truth, prediction, void=None, tolerance=0.008):
    if void is not None:
        truth, prediction = (numpy.where(numpy.asarray(void) != 0, 0, mask) for mask in (truth, prediction))
    of_prediction, of_truth, precise, found = contour_counts(truth, prediction, tolerance)
    if of_prediction == 0 and of_truth == 0:
        return 1.0
    if of_prediction == 0 or of_truth == 0 or precise + found == 0:
        return 0.0
    precision, recall = precise / of_prediction, found / of_truth
    return 2 * precision * recall / (precision + recall)


def vos_benchmark(frames):
    """({id: J}, {id: F}) in percent of [(truth, prediction)]: objects count once either mask has shown them."""
    known, in_truth, values_j, values_f = [], set(), {}, {}
    for truth, prediction in frames:
        ids = {int(value) for mask in (truth, prediction) for value in numpy.unique(mask) if value}
        in_truth |= {int(value) for value in numpy.unique(truth) if value}
        known = sorted(set(known) | ids)
        for identity in known:
            values_j.setdefault(identity, []).append(region(truth == identity, prediction == identity))
            values_f.setdefault(identity, []).append(contour(truth == identity, prediction == identity))
    mean = lambda values: {identity: numpy.mean(values[identity]) * 100 for identity in sorted(in_truth)}  # noqa: E731
    return mean(values_j), mean(values_f)
