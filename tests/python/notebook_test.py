# SPDX-License-Identifier: MIT
"""A result in the cell of a notebook, in a real browser at two widths, light and dark."""

import pathlib
import sys
import tempfile
import unittest

import numpy

import angiobench as ab
from support import ROOT, random_mask, run_tests

sys.path.append(str(ROOT / "tests" / "browser"))
import chrome  # noqa: E402

# What notebooks put round the output of a cell.
PAGE = """<!doctype html><html><head><meta charset="utf-8"><meta name="color-scheme" content="light dark"><style>
body {{ margin: 8px; font: 14px sans-serif; background: {ground}; color: {ink}; }}</style></head><body>{cell}</body></html>"""


def result_of(num_sequences):
    random = numpy.random.default_rng(0)
    truth = {f"a_rather_long_name_of_a_sequence_{i:03}": numpy.stack([random_mask(random, 30, 40, 2) for _ in range(4)])
             for i in range(num_sequences)}
    return ab.score(truth, {name: numpy.roll(value, 2, 2) for name, value in truth.items()}, protocol="davis2017-unsupervised",
                    name="a <b>bold</b> name")


class Notebook(unittest.TestCase):
    def setUp(self):
        if chrome.find_tools() is None:
            self.skipTest("Chromium or chromedriver is not installed here")

    def test_reads_at_1280_and_400_pixels(self):
        with tempfile.TemporaryDirectory() as folder, chrome.Chrome() as browser:
            for count in (3, 40):
                cell = result_of(count)._repr_html_()
                for ground, ink in (("#ffffff", "#111111"), ("#111111", "#eeeeee")):
                    page = pathlib.Path(folder, "cell.html")
                    page.write_text(PAGE.format(ground=ground, ink=ink, cell=cell), encoding="utf-8")
                    for width in (1280, 400):
                        browser.cdp("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=False)
                        browser.open(page.as_uri())
                        self.assertEqual(browser.complaints(), [])
                        # Nothing is wider than the window but what scrolls by itself.
                        self.assertLessEqual(browser.run("return document.documentElement.scrollWidth"), width)
                        self.assertEqual(browser.run(chrome.LOWEST_CONTRASTS), {})
                        self.assertIn("a <b>bold</b> name", browser.run("return document.body.innerText"))
                        self.assertEqual(browser.run("return document.querySelector('details').open"), count <= 12)
                        self.assertEqual(browser.run("return document.querySelectorAll('script').length"), 0)


if __name__ == "__main__":
    run_tests()
