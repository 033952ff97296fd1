# SPDX-License-Identifier: MIT
"""CPU that public Python packages take for measures of vessels: vessel_peer.py TRUTH PREDICTIONS [EVERY]

Every object of every EVERY-th frame that both folders have: scikit-image's skeletons and clDice, SciPy's labels and
distance transforms as MetricsReloaded uses them (HD, HD95, ASSD, NSD at three tolerances). Prints milliseconds of CPU an
object; compare with `objects/vessel` of vessel_benchmark, run at the same time.
"""

import pathlib
import sys
import time

import numpy as np
from PIL import Image
from scipy import ndimage
from skimage.morphology import skeletonize


def border(mask):
    return mask & ~ndimage.binary_erosion(mask)


def measure(truth, prediction):
    lines = skeletonize(truth), skeletonize(prediction)
    hits = (lines[0] & prediction).sum(), (lines[1] & truth).sum()
    for mask in truth, prediction:
        ndimage.label(mask, np.ones((3, 3)))
        ndimage.label(~np.pad(mask, 1))
    if not truth.any() or not prediction.any():
        return hits
    borders = border(truth), border(prediction)
    far = [ndimage.distance_transform_edt(~one) for one in borders]
    sides = far[1][borders[0]], far[0][borders[1]]
    found = [max(side.max() for side in sides), max(np.percentile(side, 95) for side in sides)]
    found.append(sum(side.sum() for side in sides) / sum(side.size for side in sides))
    found.extend(sum((side <= t).sum() for side in sides) for t in (1, 2, 3))
    ndimage.distance_transform_edt(np.pad(truth, 1))[1:-1, 1:-1][lines[0]]
    return hits, found


def main():
    truth, prediction = map(pathlib.Path, sys.argv[1:3])
    every = int(sys.argv[3]) if len(sys.argv) > 3 else 16
    names = [path.relative_to(truth) for path in sorted(truth.rglob("*.png"))]
    pairs = [(np.array(Image.open(truth / name)), np.array(Image.open(prediction / name)))
             for name in names[::every] if (prediction / name).exists()]
    count = 0
    start = time.process_time()
    for one, other in pairs:
        for label in sorted(set(np.unique(one)) | set(np.unique(other))):
            if label in (0, 255):
                continue
            measure(one == label, other == label)
            count += 1
    spent = time.process_time() - start
    print(f"{count} objects of {len(pairs)} frames: {1000 * spent / max(count, 1):.1f} ms of CPU an object")


if __name__ == "__main__":
    main()
