#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""From frames to the paper's tables, on drawn data sets in MOSXAV's and XACV's layouts: reproduce_run_test.py PROGRAM

Frames are 512x512, as these benchmarks ask. Without LibTorch the words are tried alone.
"""
import json
import os
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time
import unittest
import zlib

program = os.path.abspath(sys.argv.pop(1))
root = tempfile.mkdtemp(prefix="reproduce-run-")
TABLE1 = ["table1", "--run", "-g", "mosxav=mosxav", "-g", "xacv=xacv", "--weights", "small", "--work", "work"]


def call(*arguments):
    """Exit status, standard output, messages."""
    done = subprocess.run([program, "reproduce", *arguments], cwd=root, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def write_grey(path, rows):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    os.makedirs(os.path.dirname(path), exist_ok=True)
    header = struct.pack(">IIBBBBB", len(rows[0]), len(rows), 8, 0, 0, 0, 0)
    with open(path, "wb") as file:
        file.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) +
                   chunk(b"IDAT", zlib.compress(b"".join(b"\0" + row for row in rows))) + chunk(b"IEND", b""))


def make_xacv():
    """A folder a patient, two annotated frames each: vessel 127, catheter 255."""
    videos = sorted(os.listdir(f"{root}/mosxav/trainval/JPEGImages"))[:2]
    for number, video in enumerate(videos):
        patient = f"{root}/xacv/CVAI-{number}"
        name = f"CVAI-{number}LAO44"
        shutil.copytree(f"{root}/mosxav/trainval/JPEGImages/{video}", f"{patient}/images/{name}")
        for frame in (0, 3):
            rows = []
            for y in range(512):
                row = bytearray(512)
                if 100 <= y < 260:
                    row[120 + frame:200 + frame] = bytes([127]) * 80
                if 300 <= y < 420:
                    row[300:330] = bytes([255]) * 30
                rows.append(bytes(row))
            write_grey(f"{patient}/ground_truth/{name}CATH/{frame:05d}.png", rows)


def stamps():
    """When each mask, score and speed was written."""
    times = {}
    for folder, _, files in os.walk(f"{root}/work"):
        for file in files:
            times[os.path.join(folder, file)] = os.stat(os.path.join(folder, file)).st_mtime_ns
    return times


def cells(table, row):
    """The line of a row that was measured, as it stands below the published one."""
    lines = table.split("\n")
    at = next(i for i, line in enumerate(lines) if line.startswith(row))
    return lines[at + 1]


class ReproduceRun(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        subprocess.run([program, "synth", "-o", "mosxav", "--size", "512", "--length", "4", "--sequences", "0,2,1",
                        "--seed", "2", "--annotation-step", "1", "--quiet"], cwd=root, check=True, stdout=subprocess.DEVNULL)
        make_xacv()
        code, _, words = call(*TABLE1, "--dry-run")
        cls.has_networks = not (code == 4 and ("not installed" in words or "lacks" in words or "scores only" in words))

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(root)

    def setUp(self):
        shutil.rmtree(f"{root}/work", ignore_errors=True)

    def need_networks(self):
        if not self.has_networks:
            self.skipTest("this build has no networks")

    def test_words_of_what_was_given_wrong(self):
        for arguments, code, words in (
                (["table1", "--run"], 2, "--run comes without --work"),
                (["table1", "--row", "STCN"], 2, "come without --run"),
                (["dias-table2", "--run", "--dry-run"], 2, "one that can be run"),
                (["table1", "--run", "--work", "work", "--row", "STN"], 2, "did you mean 'STM' or 'STCN'"),
                (["table1", "--run", "--work", "work", "--row", "XMem"], 4, "'XMem' cannot be run (methods of others"),
                (["table1", "--run", "--work", "work", "-g", "mosxav"], 2, "mosxav=DIR"),
                (["table1", "--run", "--work", "work", "-g", "davis=mosxav"], 2, "names no data set of the tables"),
                (["table1", "--run", "--work", "work", "--weights", "xmem=small"], 2, "names no row that is predicted"),
                (["table1", "--run", "--work", "mosxav/work", "-g", "mosxav=mosxav"], 2, "--work is mosxav/work")):
            got, _, said = call(*arguments)
            self.assertEqual(got, code, f"{arguments}: {said}")
            self.assertIn(words, said)
        self.assertFalse(os.path.exists(f"{root}/work"))

    def test_what_is_lacking_is_said_with_where_it_is_to_be_had(self):
        code, out, said = call("table1", "--run", "--dry-run")
        self.assertEqual(code, 4)
        self.assertIn("nothing of table1 can be run", said)
        for words in ("-g xacv=DIR", "-g mosxav=DIR", "--weights stcn=FILE (published at github.com/hkchengrex/STCN)",
                      "--weights local=FILE (published at github.com/xilin-x/XRAVOS)", "xilin-x/xavos-eval",
                      "needed for STCN on xacv", "CADICA's public release has lesion boxes", "XMem"):
            self.assertIn(words, out)
        code, out, _ = call("table2", "--run", "--dry-run", "-g", "mosxav=mosxav", "--weights", "local=small")
        self.assertEqual(code, 4, "weights of the network are those of no loss")
        self.assertIn('--weights "cross-entropy"=FILE', out)

    def test_a_dry_run_says_what_it_would_do_and_does_nothing(self):
        self.need_networks()
        code, out, said = call(*TABLE1, "--dry-run")
        self.assertEqual(code, 0, said)
        self.assertIn("STCN, mosxav-val: predict 2 clips, 8 frames, about", out)
        self.assertIn("STCN, xacv: predict 2 clips, 8 frames, about", out)
        self.assertRegex(out, "in all about .* of one core")
        self.assertFalse(os.path.exists(f"{root}/work"))
        code, out, _ = call("table1", "--run", "--dry-run", "-g", "mosxav=mosxav", "--weights", "stcn=nowhere.pth")
        self.assertEqual(code, 4)
        self.assertIn("weights: nowhere.pth: ", out)

    def test_from_frames_to_the_table_and_the_second_run_writes_nothing(self):
        self.need_networks()
        code, out, said = call(*TABLE1)
        self.assertIn(code, (0, 1), said)
        for row in ("STCN", "Local matching"):
            line = cells(out, row)
            self.assertIn("measured here", line)
            self.assertEqual(line.count("[a]"), 3, "CADICA alone has no figures: " + line)
            self.assertNotIn("[b]", line)
            self.assertIn("mosxav-val", line)
        # The figures are those of the verb that scores.
        for name in ("xacv", "mosxav-val", "mosxav-test"):
            with open(f"{root}/work/scores/{name}/stcn/result.json", encoding="utf-8") as file:
                result = json.load(file)
            self.assertTrue(result["complete"])
            self.assertEqual(result["dataset"]["name"], name)
        before = stamps()
        code, again, said = call(*TABLE1)
        self.assertIn(code, (0, 1), said)
        self.assertEqual(again, out)
        self.assertEqual(stamps(), before)
        self.assertIn("all 2 clips predicted already", said)
        self.assertEqual(said.count("scored already"), 6)
        # A mask that changed is scored again, others are not.
        mask = f"{root}/work/masks/mosxav-val/stcn"
        sequence = sorted(name for name in os.listdir(mask) if not name.endswith(".json"))[0]
        shutil.copy(f"{mask}/{sequence}/00000.png", f"{mask}/{sequence}/00002.png")
        code, changed, said = call(*TABLE1)
        self.assertEqual(said.count("scored already"), 5)
        self.assertNotEqual(changed, out)

    def test_one_row_alone(self):
        self.need_networks()
        code, out, said = call("table1", "--run", "--row", "local matching", "-g", "mosxav-test=mosxav", "--weights",
                               "local=small", "--work", "work", "--format", "markdown", "-o", "table.md")
        self.assertIn(code, (0, 1), said)
        self.assertEqual(out, "")
        self.assertEqual(os.listdir(f"{root}/work/masks"), ["mosxav-test"])
        self.assertEqual(os.listdir(f"{root}/work/masks/mosxav-test"), ["local-matching"])
        with open(f"{root}/table.md", encoding="utf-8") as file:
            self.assertIn("measured here", file.read())

    @staticmethod
    def started_until_first_score():
        """A run of table 1 that has its first score, and where that is."""
        run = subprocess.Popen([program, "reproduce", *TABLE1, "-j", "1"], cwd=root, stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE)
        first = f"{root}/work/scores/xacv/stcn/result.json"
        limit = time.monotonic() + 120
        while not os.path.exists(first) and run.poll() is None and time.monotonic() < limit:
            time.sleep(0.02)
        return run, first

    def test_what_was_killed_goes_on(self):
        self.need_networks()
        run, _ = self.started_until_first_score()
        self.assertIsNone(run.poll(), "done before it was killed")
        run.send_signal(signal.SIGKILL)
        run.communicate()
        before = {path: time_of for path, time_of in stamps().items() if "/xacv/stcn/" in path}
        code, out, said = call(*TABLE1)
        self.assertIn(code, (0, 1), said)
        self.assertIn("STCN, xacv: all 2 clips predicted already", said)
        after = stamps()
        self.assertEqual({path: after.get(path) for path in before}, before)
        self.assertIn("mosxav-test", cells(out, "Local matching"))

    def test_a_signal_stops_it_and_what_is_finished_stays(self):
        self.need_networks()
        run, first = self.started_until_first_score()
        run.send_signal(signal.SIGTERM)
        out, said = run.communicate()
        self.assertEqual(run.returncode, 143, said.decode())
        self.assertEqual(out, b"", "no table of half a run")
        self.assertIn("what is finished is kept in work; the same command goes on", said.decode())
        self.assertTrue(os.path.exists(first))

    def test_a_row_that_fails_stops_no_other(self):
        self.need_networks()
        broken = f"{root}/broken"
        shutil.copytree(f"{root}/mosxav", broken)
        sequence = sorted(os.listdir(f"{broken}/test/Annotations"))[0]
        with open(f"{broken}/test/Annotations/{sequence}/00001.png", "wb") as file:
            file.write(b"no png")
        code, out, said = call("table1", "--run", "--row", "STCN", "-g", "mosxav=broken", "--weights", "small", "--work",
                               "work")
        self.assertEqual(code, 3, said)
        self.assertIn("mosxav-val", cells(out, "STCN"))
        self.assertNotIn("mosxav-test sha", cells(out, "STCN"))
        shutil.rmtree(broken)

    def test_speeds_are_measured_once_and_rows_share_what_is_the_same(self):
        self.need_networks()
        arguments = ["table3", "--run", "--row", "k=5", "-g", "mosxav=mosxav", "--weights", "local=small", "--work", "work"]
        code, out, said = call(*arguments, "--dry-run")
        self.assertEqual(code, 0, said)
        self.assertIn("k=5, speed: measure 1 setting, 24 frames, about", out)
        code, out, said = call(*arguments)
        self.assertIn(code, (0, 1), said)
        line = cells(out, "k=5")
        self.assertIn("k=5, measured here", line)
        self.assertRegex(line, r"±.*bench sha|±.*bench ")
        before = stamps()
        code, again, said = call(*arguments)
        self.assertEqual((again, stamps()), (out, before))
        self.assertIn("k=5, speed: measured already", said)
        _, out, _ = call("table3", "--run", "--dry-run", "-g", "mosxav=mosxav", "--weights", "small")
        self.assertIn("r=6, mosxav-val: as for 'unfold (the paper's)'", out)
        self.assertIn("r=6, speed: as for 'k=15'", out)
        self.assertIn("feature shift", out)
        self.assertNotIn("feature shift, mosxav-val", out)


if __name__ == "__main__":
    unittest.main(verbosity=2)
