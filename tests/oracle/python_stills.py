#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Fresh answers of scikit-image, SciPy and scikit-learn for tests/evaluator/vessel/python_test.cpp.

Reads one JSON object from the file named on the command line and writes one to standard output:
  masks: lists of rows of '.' and '#' -> skeletons (skimage.morphology.skeletonize), components (scipy.ndimage.label with
      eight neighbours), holes (the background with four neighbours in the image padded by a pixel, less one)
  pairs: [[truth, prediction]] of such masks, both set -> squares: for each the sorted squared distances from the truth's
      border to the prediction's and back (scipy.ndimage.distance_transform_edt)
  maps: [{values, truth}] -> auc (sklearn.metrics.roc_auc_score), ap (average_precision_score)
  labels: [{truth, prediction}] -> confusion (sklearn.metrics.confusion_matrix over 0 … 5)
Exit 77: one of the three is not installed.
"""
import json
import sys

try:
    import numpy
    import scipy.ndimage
    import skimage.morphology
    import sklearn.metrics
except ImportError:
    sys.exit(77)


def array_of(rows):
    return numpy.array([[c == "#" for c in row] for row in rows], dtype=bool)


def rows_of(array):
    return ["".join("#" if value else "." for value in row) for row in array]


def border(mask):
    padded = numpy.pad(mask, 1)
    inner = padded[:-2, 1:-1] & padded[2:, 1:-1] & padded[1:-1, :-2] & padded[1:-1, 2:]
    return mask & ~inner


def squares(mask, other):
    distances = scipy.ndimage.distance_transform_edt(~border(other))[border(mask)]
    return sorted(int(round(value * value)) for value in distances)


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        question = json.load(file)
    eight = numpy.ones((3, 3), dtype=int)
    answer = {"skeletons": [], "components": [], "holes": [], "squares": [], "auc": [], "ap": [], "confusion": []}
    for rows in question["masks"]:
        mask = array_of(rows)
        answer["skeletons"].append(rows_of(skimage.morphology.skeletonize(mask)))
        answer["components"].append(int(scipy.ndimage.label(mask, eight)[1]))
        answer["holes"].append(int(scipy.ndimage.label(~numpy.pad(mask, 1))[1]) - 1)
    for truth_rows, prediction_rows in question["pairs"]:
        truth, prediction = array_of(truth_rows), array_of(prediction_rows)
        answer["squares"].append([squares(truth, prediction), squares(prediction, truth)])
    for entry in question["maps"]:
        values, truth = numpy.array(entry["values"]), numpy.array(entry["truth"])
        answer["auc"].append(float(sklearn.metrics.roc_auc_score(truth, values)))
        answer["ap"].append(float(sklearn.metrics.average_precision_score(truth, values)))
    for entry in question["labels"]:
        matrix = sklearn.metrics.confusion_matrix(entry["truth"], entry["prediction"], labels=range(6))
        answer["confusion"].append(matrix.tolist())
    json.dump(answer, sys.stdout)


main()
