# SPDX-License-Identifier: MIT
"""Opens the report in a real headless browser. Usage: report_test.py REPORT_SAMPLE_PROGRAM"""

import pathlib
import subprocess
import sys
import tempfile
import unittest

import chrome

PROGRAM = sys.argv.pop(1) if len(sys.argv) > 1 else ""

COLUMN = "return Array.from(document.querySelectorAll('#objects tbody tr')).map(r => r.cells[arguments[0]].dataset.v || r.cells[arguments[0]].textContent);"


class ReportInBrowser(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="angiobench-report-")
        subprocess.run([PROGRAM, cls.folder.name], check=True)
        cls.page = pathlib.Path(cls.folder.name, "report.html").as_uri()
        cls.split = pathlib.Path(cls.folder.name, "split", "report.html").as_uri()
        cls.browser = chrome.Chrome().__enter__()

    @classmethod
    def tearDownClass(cls):
        cls.browser.__exit__()
        cls.folder.cleanup()

    def setUp(self):
        self.browser.as_new()
        self.browser.open("about:blank")
        self.browser.requests()
        self.browser.complaints()
        self.browser.open(self.page)

    def visible(self, selector):
        return self.browser.run("var e = document.querySelector(arguments[0]); return !!e && e.getClientRects().length > 0;", selector)

    def test_asks_for_nothing_from_outside_and_breaks_no_rule(self):
        self.browser.run("window.scrollTo(0, document.body.scrollHeight)")
        asked = [url for url in self.browser.requests() if not url.startswith("data:")]
        self.assertEqual(asked, [self.page])
        self.assertEqual(self.browser.complaints(), [])

    def test_sorts_a_table_and_says_so(self):
        names = self.browser.run(COLUMN, 0)
        heading = "#objects thead th:nth-child(4)"  # J
        self.browser.click(heading + " button")
        values = [float(value) for value in self.browser.run(COLUMN, 3)]
        self.assertEqual(values, sorted(values, reverse=True))
        self.assertNotEqual(self.browser.run(COLUMN, 0), names)
        self.assertEqual(self.browser.run("return document.querySelector(arguments[0]).getAttribute('aria-sort')", heading), "descending")
        self.browser.click(heading + " button")
        values = [float(value) for value in self.browser.run(COLUMN, 3)]
        self.assertEqual(values, sorted(values))
        self.assertEqual(self.browser.run("return document.querySelectorAll('#objects th[aria-sort=ascending]').length"), 1)
        self.browser.click("#objects thead th:first-child button")
        self.assertEqual(self.browser.run(COLUMN, 0), names)

    def test_toggles_overlays(self):
        shown = "return getComputedStyle(document.querySelector(arguments[0])).display"
        self.assertEqual(self.browser.run(shown, ".curves .lf"), "inline")
        self.browser.click("#show-f")
        self.assertEqual(self.browser.run(shown, ".curves .lf"), "none")
        self.assertEqual(self.browser.run(shown, ".curves .lj"), "inline")
        self.browser.click("#show-f")
        self.assertEqual(self.browser.run(shown, ".curves .lf"), "inline")
        look = "return getComputedStyle(document.querySelector('.maps .map')).filter"
        self.assertEqual(self.browser.run(look), "none")
        self.browser.click("#show-hatch")
        self.assertIn("#hatch", self.browser.run(look))

    def test_score_comes_first_on_a_narrow_screen(self):
        self.browser.cdp("Emulation.setDeviceMetricsOverride", width=400, height=900, deviceScaleFactor=1, mobile=False)
        top = "return document.querySelector(arguments[0]).getBoundingClientRect().top"
        score = self.browser.run(top, ".headline .big")
        self.assertLess(score, 900 / 2)
        self.assertLess(score, self.browser.run(top, "#top .facts"))
        self.assertLess(self.browser.run(top, "#top .facts"), self.browser.run(top, "#warnings"))
        lines = self.browser.run("var e = document.querySelector('.headline .big'); return e.getClientRects().length * e.scrollHeight"
                                 " / parseFloat(getComputedStyle(e).lineHeight)")
        self.assertLess(lines, 2)

    def test_follows_every_kind_of_anchor(self):
        broken = self.browser.run("return Array.from(document.querySelectorAll('a[href^=\"#\"]')).map(a => a.getAttribute('href').slice(1))"
                                  ".filter(id => !document.getElementById(id))")
        self.assertEqual(broken, [])
        for selector, target in [("nav a[href='#gallery']", "gallery"), ("#sequences tbody tr:nth-child(2) a", "s1"),
                                 ("#objects tbody tr:nth-child(3) a", "s0o3"), ("#s0o3 figcaption a", "r-s0o3")]:
            self.browser.click(selector)
            self.assertTrue(self.browser.url().endswith("#" + target))
            top = self.browser.run("return document.getElementById(arguments[0]).getBoundingClientRect().top", target)
            self.assertTrue(-5 < top < 900, (target, top))

    def test_enlarges_a_frame_and_leafs_through(self):
        first, second = self.browser.run("return Array.from(document.querySelectorAll('.maps figure')).slice(0, 2).map(f => f.id)")
        self.browser.click(f"#{first} .open")
        self.assertEqual(self.browser.run("return getComputedStyle(document.getElementById(arguments[0])).position", first), "fixed")
        self.browser.press("ArrowRight")
        self.assertTrue(self.browser.url().endswith("#" + second))
        self.browser.press("ArrowLeft")
        self.assertTrue(self.browser.url().endswith("#" + first))
        self.browser.press("Escape")
        self.assertTrue(self.browser.url().endswith("#gallery"))

    def test_plays_a_sequence_with_errors_truth_and_prediction(self):
        self.browser.click(".open-player")
        count = """var c = document.querySelector('.maps .player canvas'), d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data, n = 0;
                   for (var i = 0; i < d.length; i += 4) n += d[i] === arguments[0] && d[i + 1] === arguments[1] && d[i + 2] === arguments[2];
                   return n;"""
        choose = "var s = document.querySelector(arguments[0]); s.value = arguments[1]; s.dispatchEvent(new Event('change'));"
        self.browser.run(choose, ".maps .player select[aria-label='How objects are drawn']", "fill")
        look = ".maps .player select[aria-label='What is drawn']"
        # The sample's first frame: true rows 20 to 79 and columns 20 to 79; predicted columns 20 to 94, as another object above row 40.
        half = lambda color: [(channel + 32) >> 1 for channel in color]
        self.assertEqual(self.browser.run(count, *half((0xcc, 0x79, 0xa7))), 20 * 60)
        self.assertEqual(self.browser.run(count, *half((0xbf, 0xbf, 0xbf))), 40 * 60)
        self.assertEqual(self.browser.run(count, *half((0xd5, 0x5e, 0))), 60 * 15)
        self.browser.run(choose, look, "1")
        self.assertEqual(self.browser.run(count, *half((0xe6, 0x9f, 0))), 60 * 75)
        self.browser.run(choose, look, "2")
        self.assertEqual(self.browser.run(count, *half((0x56, 0xb4, 0xe9))), 60 * 60)
        # The second frame's prediction begins a column later.
        self.browser.press("ArrowRight")
        self.browser.run(choose, look, "1")
        self.assertEqual(self.browser.run(count, *half((0xe6, 0x9f, 0))), 60 * 74)
        self.assertIn("Frame 2 of 40", self.browser.run("return document.querySelector('.maps .player .status').textContent"))
        self.assertEqual(self.browser.complaints(), [])

    def test_stands_with_scripts_off(self):
        self.browser.cdp("Emulation.setScriptExecutionDisabled", value=True)
        self.browser.open(self.page)
        for selector in ["h1", ".headline td.big", "#sequences tbody tr", "#objects svg.strip", ".curves svg.curve", ".maps img", "#copy pre"]:
            self.assertTrue(self.visible(selector), selector)
        self.assertEqual(self.browser.run("return document.querySelectorAll('button').length"), 0, "no control that does nothing")
        self.browser.click("#show-j")  # overlays are the style sheet's work
        self.assertEqual(self.browser.run("return getComputedStyle(document.querySelector('.curves .lj')).display"), "none")

    def test_text_has_contrast_in_light_and_dark(self):
        for scheme in ["light", "dark"]:
            self.browser.cdp("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
            self.assertEqual(self.browser.run(chrome.LOWEST_CONTRASTS), {}, scheme)

    def test_does_not_scroll_sideways_on_a_narrow_screen(self):
        self.browser.cdp("Emulation.setDeviceMetricsOverride", width=360, height=740, deviceScaleFactor=1, mobile=True)
        self.assertLessEqual(self.browser.run("return document.documentElement.scrollWidth"), 360)

    def test_shows_where_the_keyboard_is(self):
        for _ in range(3):
            self.browser.press("Tab")
        outline = self.browser.run("var s = getComputedStyle(document.activeElement); return document.activeElement.tagName + ' ' + s.outlineStyle")
        self.assertEqual(outline, "A solid")

    def test_moves_nothing_where_motion_is_unwanted(self):
        self.browser.cdp("Emulation.setEmulatedMedia", features=[{"name": "prefers-reduced-motion", "value": "reduce"}])
        self.assertEqual(self.browser.run("return getComputedStyle(document.documentElement).scrollBehavior"), "auto")

    def test_hatches_errors_in_print(self):
        self.browser.cdp("Emulation.setEmulatedMedia", media="print")
        self.assertIn("#hatch", self.browser.run("return getComputedStyle(document.querySelector('.maps .map')).filter"))
        self.assertFalse(self.visible("nav"))

    def test_works_in_a_sandboxed_frame(self):
        wrapper = pathlib.Path(self.folder.name, "frame.html")
        wrapper.write_text("<!DOCTYPE html><title>frame</title><iframe sandbox='allow-scripts' width=1200 height=800 src='report.html'></iframe>")
        self.browser.requests()
        self.browser.open(wrapper.as_uri())
        self.assertEqual(sorted(url for url in self.browser.requests() if not url.startswith("data:")), sorted([wrapper.as_uri(), self.page]))
        self.assertEqual(self.browser.complaints(), [])

    def test_split_assets_are_found_and_nothing_else(self):
        self.browser.requests()
        self.browser.complaints()
        self.browser.open(self.split)
        self.browser.run("window.scrollTo(0, document.body.scrollHeight)")
        base = self.split.rsplit("/", 1)[0] + "/"
        for url in self.browser.requests():
            self.assertTrue(url.startswith((base, "data:")), url)
        self.assertEqual(self.browser.complaints(), [])
        self.assertEqual(self.browser.run("return getComputedStyle(document.querySelector('nav')).position"), "sticky")
        self.assertTrue(self.visible("#objects thead button"))
        self.assertGreater(self.browser.run("return document.querySelector('.maps .map').naturalWidth"), 0)


if __name__ == "__main__":
    if not PROGRAM:
        sys.exit(__doc__)
    if chrome.find_tools() is None:
        print("SKIPPED: no chromium or no chromedriver on the path")
        sys.exit(77)
    unittest.main()
