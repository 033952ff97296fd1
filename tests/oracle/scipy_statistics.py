#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Independent answers for tests/evaluator/comparing/statistics_scipy_test.cpp.

Reads one JSON object from the file named on the command line and writes one to standard output:
  differences: lists for which Wilcoxon's test is wanted (scipy.stats.wilcoxon) ->
      wilcoxon: [{exact, approx}], exact is null where scipy's exact distribution does not apply (zeros or ties)
  contributions: lists for the exact sign-flip test -> sign_flips: p-values (scipy.stats.permutation_test)
  percentiles: [{values, p}] -> percentiles (numpy.percentile)
  sequences: [[[value, …] per sequence]] -> intervals: percentile bootstrap of the mean over all values, sequences
      resampled (an own loop over numpy's generator)
Exit 77: scipy is not installed.
"""
import json
import sys
import warnings

try:
    import numpy
    import scipy.stats
except ImportError:
    sys.exit(77)

warnings.simplefilter("ignore")


def wilcoxon(differences):
    magnitudes = [abs(d) for d in differences]
    has_ties = len(set(magnitudes)) < len(magnitudes) or 0 in magnitudes
    exact = None if has_ties else scipy.stats.wilcoxon(differences, method="exact").pvalue
    return {"exact": exact, "approx": scipy.stats.wilcoxon(differences, method="approx").pvalue}


def sign_flips(contributions):
    result = scipy.stats.permutation_test(
        (numpy.array(contributions),), lambda x, axis: numpy.sum(x, axis=axis), permutation_type="samples",
        n_resamples=numpy.inf, vectorized=True)
    return result.pvalue


def interval(sequences):
    random = numpy.random.default_rng(1)
    sums = numpy.array([sum(s) for s in sequences])
    counts = numpy.array([len(s) for s in sequences])
    draws = random.integers(0, len(sequences), size=(40000, len(sequences)))
    means = sums[draws].sum(axis=1) / counts[draws].sum(axis=1)
    return list(numpy.percentile(means, [2.5, 97.5]))


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        asked = json.load(file)
    json.dump({
        "wilcoxon": [wilcoxon(d) for d in asked["differences"]],
        "sign_flips": [sign_flips(c) for c in asked["contributions"]],
        "percentiles": [numpy.percentile(q["values"], 100 * q["p"]) for q in asked["percentiles"]],
        "intervals": [interval(s) for s in asked["sequences"]],
    }, sys.stdout)


main()
