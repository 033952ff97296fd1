# SPDX-License-Identifier: MIT
"""Opens the leaderboard's pages in a real headless browser. Usage: leaderboard_test.py ANGIOBENCH_PROGRAM MAKE_RESULT"""

import pathlib
import subprocess
import sys
import tempfile
import unittest

import chrome

PROGRAM = sys.argv.pop(1) if len(sys.argv) > 1 else ""
MAKE_RESULT = sys.argv.pop(1) if len(sys.argv) > 1 else ""


def result(name, value, complete=True):
    """A result.json of two sequences."""
    return subprocess.run([MAKE_RESULT, name, str(value), "complete" if complete else "partial"], check=True,
                          capture_output=True, text=True).stdout


class LeaderboardInBrowser(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="angiobench-board-")
        root = pathlib.Path(cls.folder.name)
        board = ["--db", str(root / "board.sqlite")]
        for position, (name, value, complete) in enumerate(
                [("Alpha", 0.6, True), ("Beta <b>", 0.7, True), ("Gamma", 0.5, True), ("Half", 0.9, False)]):
            file = root / f"{position}.json"
            file.write_text(result(name, value, complete), encoding="utf-8")
            subprocess.run([PROGRAM, "leaderboard", "add", str(file), "--link", "https://example.org/x", "--time",
                            f"2026-01-0{position + 1}T00:00:00Z", "--quiet", *board], check=True, stdout=subprocess.DEVNULL)
        subprocess.run([PROGRAM, "leaderboard", "show", "--format", "html", "-o", str(root / "site"), *board], check=True,
                       stdout=subprocess.DEVNULL)
        subprocess.run([PROGRAM, "reproduce", "table1", "--results", f"STCN={root / '0.json'}", "--format", "html", "-o",
                        str(root / "table1.html")], check=True)
        cls.index = (root / "site" / "index.html").as_uri()
        cls.dataset = (root / "site" / "dataset" / "mosxav-val.html").as_uri()
        cls.table = (root / "table1.html").as_uri()
        cls.browser = chrome.Chrome().__enter__()

    @classmethod
    def tearDownClass(cls):
        cls.browser.__exit__()
        cls.folder.cleanup()

    def setUp(self):
        self.browser.as_new()

    def column(self, position):
        """What the first table's rows show there."""
        return self.browser.run("return Array.from(document.querySelector('table').tBodies[0].rows)"
                                ".map(r => r.cells[arguments[0]].textContent.trim())", position)

    def test_asks_for_nothing_from_outside_and_breaks_no_rule(self):
        for page in [self.index, self.dataset, self.table]:
            self.browser.open("about:blank")
            self.browser.requests()
            self.browser.complaints()
            self.browser.open(page)
            self.assertEqual([url for url in self.browser.requests() if not url.startswith("data:")], [page])
            self.assertEqual(self.browser.complaints(), [])

    def test_ranks_and_sorts(self):
        self.browser.open(self.dataset)
        self.assertEqual(self.column(0), ["1", "2", "3"])
        self.assertEqual([name.split(" link")[0] for name in self.column(1)], ["Beta <b>", "Alpha", "Gamma"])
        self.browser.click("table thead th:nth-child(2) button")
        self.assertEqual([name.split(" link")[0] for name in self.column(1)], ["Alpha", "Beta <b>", "Gamma"])
        self.assertEqual(self.column(0), ["2", "1", "3"])

    def test_index_leads_with_what_was_measured_in_order_of_ranks(self):
        self.browser.open(self.index)
        self.assertEqual(self.column(0), ["1", "2", "3"])
        self.assertEqual(self.column(1), ["Beta <b>", "Alpha", "Gamma"])
        self.assertEqual(self.browser.run("return document.querySelector('#datasets ~ .scroll tbody th').textContent"), "mosxav-val")

    def test_leads_from_page_to_page(self):
        self.browser.open(self.index)
        self.browser.click("#datasets ~ .scroll a[href='dataset/mosxav-val.html']")
        self.assertEqual(self.browser.url(), self.dataset)
        self.browser.click("table tbody tr:nth-child(2) th a")
        self.assertEqual(self.browser.run("return document.querySelector('h1').textContent"), "Alpha")
        self.browser.click(".kind a")
        self.assertEqual(self.browser.url(), self.index)

    def test_stands_with_scripts_off(self):
        self.browser.cdp("Emulation.setScriptExecutionDisabled", value=True)
        for page in [self.index, self.dataset, self.table]:
            self.browser.open(page)
            self.assertEqual(self.browser.run("return document.querySelectorAll('button').length"), 0)
            self.assertGreater(self.browser.run("return document.querySelectorAll('tbody tr').length"), 10)

    def test_text_has_contrast_in_light_and_dark(self):
        for page in [self.index, self.dataset, self.table]:
            self.browser.open(page)
            for scheme in ["light", "dark"]:
                self.browser.cdp("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
                self.assertEqual(self.browser.run(chrome.LOWEST_CONTRASTS), {}, (page, scheme))

    def test_does_not_scroll_sideways_on_a_narrow_screen(self):
        self.browser.cdp("Emulation.setDeviceMetricsOverride", width=390, height=800, deviceScaleFactor=1, mobile=False)
        for page in [self.index, self.dataset, self.table]:
            self.browser.open(page)
            self.assertLessEqual(self.browser.run("return document.documentElement.scrollWidth"), 390, page)

    def test_every_anchor_is_there_and_every_table_is_named(self):
        for page in [self.index, self.dataset, self.table]:
            self.browser.open(page)
            broken = self.browser.run("return Array.from(document.querySelectorAll('a[href^=\"#\"]'))"
                                      ".map(a => a.getAttribute('href').slice(1)).filter(id => !document.getElementById(id))")
            self.assertEqual(broken, [])
            unnamed = self.browser.run("return Array.from(document.querySelectorAll('table')).filter(t => !t.caption).length")
            self.assertEqual(unnamed, 0)


if __name__ == "__main__":
    if not PROGRAM:
        sys.exit(__doc__)
    if chrome.find_tools() is None:
        print("SKIPPED: no chromium or no chromedriver on the path")
        sys.exit(77)
    unittest.main()
