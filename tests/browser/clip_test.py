# SPDX-License-Identifier: MIT
"""Plays the page of a predicted clip in a real headless browser. Usage: clip_test.py ANGIOBENCH"""

import base64
import os
import pathlib
import subprocess
import sys
import tempfile
import time
import unittest

import chrome

PROGRAM = os.path.abspath(sys.argv.pop(1)) if len(sys.argv) > 1 else ""

# How many pixels of the player's canvas differ from a picture in colour, and by how much its greys do on average.
COMPARE = """
var address = arguments[0];
return new Promise(function (resolve) {
  var image = new Image();
  image.onload = function () {
    var canvas = document.querySelector('.player canvas'), other = document.createElement('canvas');
    other.width = canvas.width; other.height = canvas.height;
    other.getContext('2d').drawImage(image, 0, 0);
    var a = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
    var b = other.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
    var colored = 0, different = 0, greys = 0, apart = 0;
    for (var i = 0; i < a.length; i += 4) {
      var isColored = b[i] !== b[i + 1] || b[i] !== b[i + 2];
      if (isColored) { ++colored; different += a[i] !== b[i] || a[i + 1] !== b[i + 1] || a[i + 2] !== b[i + 2]; }
      else { ++greys; apart += Math.abs(a[i] - b[i]); different += a[i] !== a[i + 1] || a[i] !== a[i + 2]; }
    }
    resolve({ size: [image.naturalWidth, canvas.width], colored: colored, different: different, apart: apart / greys });
  };
  image.src = address;
});
"""
NUM_OF = """var c = document.querySelector('.player canvas'), d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data, n = 0;
for (var i = 0; i < d.length; i += 4) n += d[i] === arguments[0] && d[i + 1] === arguments[1] && d[i + 2] === arguments[2];
return n;"""
STATUS = "return document.querySelector('.player .status').textContent"


def run(*arguments, folder):
    done = subprocess.run([PROGRAM, *arguments], cwd=folder, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode != 0:
        raise RuntimeError(f"{arguments}: {done.returncode}: {done.stdout}")
    return done.stdout


class ClipInBrowser(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="angiobench-clip-")
        place = cls.folder.name
        run("synth", "-o", "set", "--size", "96", "--length", "12", "--sequences", "0,0,1", "--quiet", folder=place)
        clip = ["--network", "first-mask", "--clip", "set/test/JPEGImages/v00", "--first-mask", "set/test/Annotations/v00/00000.png",
                "--name", "cine", "-o", "masks", "--quiet"]
        run("predict", *clip, folder=place)
        # True masks, so that objects move; in the tenth frame there is none.
        for number in range(12):
            mask = pathlib.Path(place, f"set/test/Annotations/v00/{number:05}.png").read_bytes()
            pathlib.Path(place, f"masks/cine/{number:05}.png").write_bytes(mask)
        pathlib.Path(place, "masks/cine/00009.png").write_bytes(empty_png(96))
        run("predict", *clip, "--page", "look.html", "--overlay", "pngs", folder=place)
        run("predict", *clip, "--overlay", "filled", "--overlay-style", "fill", folder=place)
        run("synth", "-o", "long", "--size", "64", "--length", "610", "--sequences", "0,0,1", "--quiet", folder=place)
        long = ["--network", "first-mask", "--clip", "long/test/JPEGImages/v00", "--first-mask", "long/test/Annotations/v00/00000.png",
                "--name", "long", "-o", "masks2", "--quiet"]
        run("predict", *long, "--page", "split/long.html", folder=place)
        cls.page = pathlib.Path(place, "look.html").as_uri()
        cls.split = pathlib.Path(place, "split", "long.html").as_uri()
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
        self.wait_for("Frame 1 of 12")

    def size(self, width):
        self.browser.cdp("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=width < 500)

    def wait_for(self, words):
        deadline = time.monotonic() + 10
        while words not in self.browser.run(STATUS) and time.monotonic() < deadline:
            time.sleep(0.02)
        self.assertIn(words, self.browser.run(STATUS))

    def compare(self, folder, number):
        picture = pathlib.Path(self.folder.name, folder, "cine", f"{number:05}.png").read_bytes()
        return self.browser.run(COMPARE, "data:image/png;base64," + base64.b64encode(picture).decode())

    def num_of_first(self):
        """Pixels in the colour of the first object."""
        color = self.browser.run("return JSON.parse(document.querySelector('.player').dataset.clip).objects[0].color")
        return self.browser.run(NUM_OF, *(int(color[at:at + 2], 16) for at in (1, 3, 5)))

    def choose(self, label, value):
        self.browser.run("var s = document.querySelector('.player [aria-label=\"' + arguments[0] + '\"]'); s.value = arguments[1];"
                         "s.dispatchEvent(new Event(s.tagName === 'SELECT' ? 'change' : 'input', {bubbles: true}));", label, value)

    def test_asks_for_nothing_from_outside_and_breaks_no_rule(self):
        asked = [url for url in self.browser.requests() if not url.startswith("data:")]
        self.assertEqual(asked, [self.page])
        self.assertEqual(self.browser.complaints(), [])

    def test_draws_what_the_overlay_draws_after_each_step(self):
        for number in (0, 1, 2):
            self.wait_for(f"Frame {number + 1} of 12")
            found = self.compare("pngs", number)
            self.assertEqual(found["size"], [96, 96])
            self.assertGreater(found["colored"], 30)
            self.assertEqual(found["different"], 0)
            self.assertLess(found["apart"], 3)  # JPEG
            self.browser.press("ArrowRight")

    def test_fills_as_the_overlay_fills(self):
        self.choose("How objects are drawn", "fill")
        found = self.compare("filled", 0)
        self.assertGreater(found["colored"], 100)
        self.assertEqual(self.num_of_first(), 0)
        # The page's greys are those of a JPEG: tints are close, not equal.
        self.assertLess(found["apart"], 3)
        self.choose("How objects are drawn", "none")
        self.assertEqual(self.num_of_first(), 0)

    def test_plays_and_pauses(self):
        self.browser.click(".play")
        self.assertEqual(self.browser.run("return document.querySelector('.play').textContent"), "Pause")
        self.wait_for("Frame 5 of 12")
        self.browser.click(".play")
        self.assertEqual(self.browser.run("return document.querySelector('.play').textContent"), "Play")
        still = self.browser.run(STATUS)
        time.sleep(0.4)
        self.assertEqual(self.browser.run(STATUS), still)

    def test_goes_round_at_four_times_the_speed(self):
        self.choose("Speed", "4")
        self.browser.press("End")
        self.wait_for("Frame 12 of 12")
        self.browser.press("Space")
        deadline = time.monotonic() + 10
        while "Frame 12 " in self.browser.run(STATUS) and time.monotonic() < deadline:
            time.sleep(0.02)
        self.browser.press("Space")
        self.assertLess(int(self.browser.run(STATUS).split()[1]), 12)

    def test_slides(self):
        self.choose("Frame", "7")
        self.wait_for("Frame 8 of 12 · 00007")
        self.assertIn("Frame 8 of 12", self.browser.run("return document.querySelector('.transport input').getAttribute('aria-valuetext')"))

    def test_is_led_by_keys(self):
        for key, words in [("End", "Frame 12"), ("ArrowLeft", "Frame 11"), ("Home", "Frame 1 of"), ("ArrowLeft", "Frame 1 of"), ("ArrowRight", "Frame 2")]:
            self.browser.press(key)
            self.wait_for(words)
        self.browser.press("o")
        self.assertEqual(self.browser.run("return document.querySelector('[aria-label=\"How objects are drawn\"]').value"), "fill")

    def test_hides_an_object_by_its_box_and_by_its_digit(self):
        self.assertGreater(self.num_of_first(), 5)
        self.browser.press(self.browser.run("return document.querySelector('.layers kbd').textContent"))
        self.assertEqual(self.num_of_first(), 0)
        self.assertFalse(self.browser.run("return document.querySelector('.layers input').checked"))
        self.browser.click(".layers input")
        self.assertGreater(self.num_of_first(), 5)

    def test_a_contrast_window_stretches_greys_and_leaves_colours(self):
        colored = self.num_of_first()
        spread = ("var c = document.querySelector('.player canvas'), d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data, l = 255, h = 0;"
                  "for (var i = 0; i < d.length; i += 4) if (d[i] === d[i + 1] && d[i] === d[i + 2]) { l = Math.min(l, d[i]); h = Math.max(h, d[i]); } return h - l;")
        before = self.browser.run(spread)
        self.browser.run("Array.from(document.querySelectorAll('.window button')).find(b => b.textContent === 'Fit').click()")
        self.assertGreater(self.browser.run(spread), before)
        self.assertEqual(self.browser.run(spread), 255)
        self.assertEqual(self.num_of_first(), colored)
        self.choose("Contrast: width", "2")
        self.assertEqual(self.num_of_first(), colored)
        self.browser.run("Array.from(document.querySelectorAll('.window button')).find(b => b.textContent === 'Reset').click()")
        self.assertEqual(self.browser.run(spread), before)

    def test_warnings_lead_to_their_frames(self):
        words = self.browser.run("return document.querySelector('.odd').textContent")
        self.assertIn("Frame 00009", words)
        self.assertRegex(words, "vanished|left the frame")
        self.browser.click(".odd a[data-frame='9']")
        self.wait_for("Frame 10 of 12")
        self.assertEqual(self.browser.run("return document.querySelector('.odd a[aria-current]').dataset.frame"), "9")
        self.assertEqual(self.num_of_first(), 0)

    def test_a_curve_marks_the_frame_and_leads_to_another(self):
        mark = "return document.querySelector('.areas .now').getAttribute('d')"
        first = self.browser.run(mark)
        self.browser.run("var s = document.querySelector('svg.area'), b = s.getBoundingClientRect();"
                         "s.dispatchEvent(new MouseEvent('click', {clientX: b.left + b.width * (46 + 264) / 320, clientY: b.top + 10, bubbles: true}))")
        self.wait_for("Frame 12 of 12")
        self.assertNotEqual(self.browser.run(mark), first)

    def test_fits_a_phone_in_light_and_dark(self):
        for scheme in ("light", "dark"):
            for width in (400, 1280):
                self.size(width)
                self.browser.cdp("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
                self.browser.open(self.page)
                self.wait_for("Frame 1 of 12")
                self.assertLessEqual(self.browser.run("return document.documentElement.scrollWidth"), width)
                self.assertEqual(self.browser.run(chrome.LOWEST_CONTRASTS), {}, (scheme, width))

    def test_every_control_has_a_name_and_shows_the_focus(self):
        nameless = self.browser.run("return Array.from(document.querySelectorAll('.player button, .player input, .player select, .player canvas'))"
                                    ".filter(e => !(e.getAttribute('aria-label') || e.textContent.trim() || e.closest('label'))).map(e => e.outerHTML)")
        self.assertEqual(nameless, [])
        seen = set()
        for _ in range(14):
            self.browser.press("Tab")
            seen.add(self.browser.run("var a = document.activeElement; return a.tagName + ' ' + getComputedStyle(a).outlineStyle"))
        self.assertIn("CANVAS solid", seen)
        self.assertIn("BUTTON solid", seen)

    def test_without_scripts_the_first_frame_stands_and_says_why(self):
        self.browser.cdp("Emulation.setScriptExecutionDisabled", value=True)
        self.browser.open(self.page)
        shown = "var e = document.querySelector(arguments[0]); return !!e && e.getClientRects().length > 0"
        for selector in ("h1", ".poster", "noscript p", ".odd li", "svg.area"):
            self.assertTrue(self.browser.run(shown, selector), selector)
        self.assertGreater(self.browser.run("return document.querySelector('.poster').naturalWidth"), 0)
        self.assertEqual(self.browser.run("return document.querySelectorAll('button').length"), 0)
        self.assertFalse(self.browser.run(shown, ".frames img"))

    def test_works_in_a_sandboxed_frame(self):
        wrapper = pathlib.Path(self.folder.name, "frame.html")
        wrapper.write_text("<!DOCTYPE html><title>frame</title><iframe sandbox='allow-scripts' width=1200 height=800 src='look.html'></iframe>")
        self.browser.complaints()
        self.browser.open(wrapper.as_uri())
        self.assertEqual(self.browser.complaints(), [])

    def test_a_long_clip_loads_its_frames_from_the_folder_beside_it_and_nothing_else(self):
        self.browser.requests()
        self.browser.complaints()
        self.browser.open(self.split)
        self.wait_for("Frame 1 of 610")
        self.assertGreater(self.num_of_first(), 2)
        self.browser.press("End")
        self.wait_for("Frame 610 of 610")
        self.assertGreater(self.num_of_first(), 2)
        self.choose("Frame", "49")
        self.wait_for("Frame 50 of 610")
        self.browser.press("ArrowRight")
        self.wait_for("Frame 51 of 610")
        base = self.split.rsplit("/", 1)[0] + "/"
        asked = [url for url in self.browser.requests() if not url.startswith("data:")]
        for url in asked:
            self.assertTrue(url.startswith(base), url)
        self.assertEqual([url.rsplit("/", 1)[1] for url in asked if "frames-" in url], ["frames-0000.js", "frames-0012.js", "frames-0001.js"])
        self.assertEqual(self.browser.complaints(), [])

    def test_says_which_files_are_missing(self):
        place = pathlib.Path(self.folder.name, "split", "long_files", "frames-0003.js")
        content = place.read_bytes()
        place.unlink()
        try:
            self.browser.open(self.split)
            self.wait_for("Frame 1 of 610")
            self.choose("Frame", "160")
            self.wait_for("This frame cannot be read. Its file must lie in long_files")
        finally:
            place.write_bytes(content)


def empty_png(side):
    """A mask without an object, written by hand."""
    import struct
    import zlib

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)) +
            chunk(b"IDAT", zlib.compress(bytes((side + 1) * side))) + chunk(b"IEND", b""))


if __name__ == "__main__":
    if not PROGRAM:
        sys.exit(__doc__)
    if chrome.find_tools() is None:
        print("SKIPPED: no chromium or no chromedriver on the path")
        sys.exit(77)
    unittest.main()
