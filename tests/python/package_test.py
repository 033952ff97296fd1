# SPDX-License-Identifier: MIT
"""The package as a whole: what it costs to import, what it loads, that it prints nothing, grows by nothing and lets other
threads run."""

import os
import pathlib
import re
import subprocess
import sys
import threading
import time
import unittest

import numpy

import angiobench as ab
from angiobench import _core, _reports
from angiobench.compat import davis2017
from support import ROOT, data, random_mask, run_tests

PACKAGE = pathlib.Path(ab.__file__).parent


def python(code, *options):
    return subprocess.run([sys.executable, *options, "-c", code], check=True, capture_output=True, text=True)


def resident_bytes():
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


class Import(unittest.TestCase):
    def test_takes_at_most_50_ms_of_cpu(self):
        code = "import time; start = time.process_time(); import angiobench; print(time.process_time() - start)"
        least = min(float(python(code).stdout) for _ in range(7))
        print(f"\nimport: {1000 * least:.1f} ms of CPU")
        self.assertLess(least, 0.05)

    def test_a_validation_loop_loads_no_array_library_no_files_no_opencv_and_no_torch(self):
        code = ("import sys, angiobench as ab, array, pickle; m = memoryview(array.array('B', [1] * 100)).cast('B', (10, 10));"
                "ab.frame(m, m); ab.Evaluator('mosxav-val'); ev = ab.Evaluator(measures='vessel');"
                "[ev.add(m, m, frame=k) for k in range(4)]; pickle.loads(pickle.dumps(ev)).merge(ev);"
                "print(sorted({'numpy', 'torch', 'pandas', 'cv2'} & set(sys.modules)));"
                "print(open('/proc/self/maps').read())")
        modules, maps = python(code).stdout.split("\n", 1)
        self.assertEqual(modules, "[]")
        self.assertIn("_core", maps)
        self.assertNotIn("_reports", maps)
        self.assertEqual(re.findall(r"libopencv\S*|libtorch\S*|libc10\S*", maps), [])

    def test_only_the_modules_entries_are_visible(self):
        for module in (_core, _reports):
            listed = subprocess.run(["nm", "-D", "--defined-only", module.__file__], capture_output=True, text=True, check=False)
            if listed.returncode != 0:
                self.skipTest("nm is not installed here")
            names = [line.split()[-1] for line in listed.stdout.splitlines()]
            self.assertIn("PyInit_" + module.__name__.rpartition(".")[2], names)
            self.assertEqual([name for name in names if "angiobench" in name], [])

    def test_what_a_validation_loop_loads_has_at_most_a_megabyte(self):
        core, reports = (os.path.getsize(module.__file__) for module in (_core, _reports))
        print(f"\n_core: {core / 1e6:.3f} MB, _reports: {reports / 1e6:.2f} MB")
        if os.environ.get("ANGIOBENCH_BUILD_TYPE", "Release") != "Release":
            self.skipTest("a build that is not Release is as large as it likes")
        self.assertLessEqual(core, 1_000_000)
        self.assertLess(reports, 8_000_000)

    def test_every_name_is_there_and_documented(self):
        for name in ab.__all__:
            self.assertTrue(getattr(ab, name).__doc__ or name == "Counts", name)
        self.assertRegex(ab.__version__, r"^\d+\.\d+")
        self.assertTrue((PACKAGE / "py.typed").exists())


class Types(unittest.TestCase):
    def test_mypy_finds_nothing(self):
        found = subprocess.run([sys.executable, "-m", "mypy", "--version"], capture_output=True, check=False)
        if found.returncode != 0:
            self.skipTest("mypy is not installed here")
        checked = subprocess.run([sys.executable, "-m", "mypy", "--config-file", ROOT / "pyproject.toml", "--strict",
                                  "--cache-dir", os.devnull, ROOT / "python" / "angiobench"],
                                 capture_output=True, text=True, check=False)
        self.assertEqual(checked.returncode, 0, checked.stdout)

    def test_stubs_name_what_the_module_has(self):
        for module, kinds in ((_core, ("Counts", "Evaluation")), (_reports, ("Board", "ScoredResult"))):
            stub = (ROOT / "python" / "angiobench" / (module.__name__.rpartition(".")[2] + ".pyi")).read_text()
            stated = set(re.findall(r"^(?:def|class) (\w+)|^(\w+): str", stub, flags=re.M))
            names = {first or second for first, second in stated}
            self.assertEqual(names, {name for name in dir(module) if not name.startswith("__")})
            for kind in kinds:
                body = re.search(rf"^class {kind}:\n(.*?)(?=^\S|\Z)", stub, flags=re.M | re.S).group(1)
                members = {name for name in re.findall(r"def (\w+)", body) if not name.startswith("__")}
                self.assertEqual(members, {name for name in dir(getattr(module, kind)) if not name.startswith("_")}, kind)


class Behaviour(unittest.TestCase):
    def test_prints_nothing(self):
        code = """if True:
            import angiobench as ab, array, tempfile
            from angiobench.compat import vos_benchmark
            m = memoryview(array.array('B', [1] * 100)).cast('B', (10, 10))
            ev = ab.Evaluator()
            for frame in range(4):
                ev.add(m, m, sequence='s', frame=frame)
            result = ev.result()
            with tempfile.TemporaryDirectory() as folder:
                result.write(folder)
                ab.compare(result, ab.read_result(folder))
                ab.check(result, folder)
            for call in (lambda: ev.add(m, m, sequence='s', frame=1), lambda: ab.score('/nonexistent', '/x'),
                         lambda: ab.frame(m, 3), lambda: vos_benchmark.benchmark(['/nonexistent'], ['/x'])):
                try:
                    call()
                    raise SystemExit('no Error')
                except ab.Error:
                    pass
        """
        done = python(code)
        self.assertEqual((done.stdout, done.stderr), ("", ""))

    def test_a_hundred_thousand_calls_without_growth(self):
        random = numpy.random.default_rng(0)
        truth, prediction = (random_mask(random, 40, 50, 3) for _ in range(2))
        wide, wrong = prediction.astype("i8"), prediction.astype("i8") + 300

        def calls(count):
            for _ in range(count):
                ab.frame(truth, prediction)
                ab.frame(truth, wide)
                davis2017.db_eval_iou(truth, prediction)
                davis2017.db_eval_boundary(truth, prediction)
                try:
                    ab.frame(truth, wrong)
                except ab.Error:
                    pass

        calls(1000)
        before = resident_bytes()
        calls(20_000)
        grown = resident_bytes() - before
        print(f"\n100,000 calls: {grown / 1024:.0f} KiB more")
        self.assertLess(grown, 512 * 1024)

    def test_evaluators_that_go_leave_nothing(self):
        mask = numpy.ones((40, 50), numpy.uint8)

        def turn():
            evaluator = ab.Evaluator()
            evaluator.add(numpy.stack([mask] * 5), numpy.stack([mask] * 5))
            evaluator.merge(evaluator).result(intervals=False).to_json()

        for _ in range(50):
            turn()
        before = resident_bytes()
        for _ in range(1000):
            turn()
        self.assertLess(resident_bytes() - before, 1024 * 1024)

    def test_arrays_are_let_go(self):
        mask = numpy.ones((40, 50), numpy.uint8)
        before = sys.getrefcount(mask)
        ab.frame(mask, mask)
        ab.Evaluator().add(mask, mask, frame=0)
        with self.assertRaises(ab.Error):
            ab.frame(mask, mask.astype(float))
        self.assertEqual(sys.getrefcount(mask), before)
        mask.resize((10, 10), refcheck=False)  # raises where a buffer is still lent

    def test_other_threads_run_meanwhile(self):
        # One call counts for a while; without the GIL released nothing else would happen during it.
        random = numpy.random.default_rng(1)
        large = random.integers(0, 3, (4000, 4000)).astype(numpy.uint8)
        moments, during = [], []
        done = threading.Event()

        def ticks():
            while not done.is_set():
                moments.append(time.perf_counter())
                time.sleep(0.0005)

        thread = threading.Thread(target=ticks)
        thread.start()
        start = time.perf_counter()
        ab.frame(large, large[::-1])
        end = time.perf_counter()
        done.set()
        thread.join()
        during = [moment for moment in moments if start + 0.01 < moment < end - 0.01]
        self.assertGreater(len(during), 3, f"{end - start:.3f} s in one call")

    def test_two_threads_work_at_once(self):
        if len(os.sched_getaffinity(0)) < 2 or os.getloadavg()[0] > 0.7:
            self.skipTest(f"two idle cores are needed; the load is {os.getloadavg()[0]:.1f}")
        random = numpy.random.default_rng(2)
        pairs = [tuple(random_mask(random, 512, 512, 4) for _ in range(2)) for _ in range(16)]

        def work():
            for _ in range(30):
                for truth, prediction in pairs:
                    ab.frame(truth, prediction)

        def seconds(count):
            threads = [threading.Thread(target=work) for _ in range(count)]
            start = time.perf_counter()
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            return time.perf_counter() - start

        gain = max(2 * seconds(1) / seconds(2) for _ in range(3))
        print(f"\ntwo threads: {gain:.2f} x")
        self.assertGreater(gain, 1.7)

    def test_interrupted(self):
        code = f"""if True:
            import angiobench as ab, os, signal, threading
            threading.Timer(0.02, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
            try:
                while True:
                    ab.score({str(data('mosxav'))!r}, {str(data('mosxav', 'predictions', 'test'))!r}, dataset='mosxav-test')
            except KeyboardInterrupt:
                print('interrupted')
        """
        self.assertEqual(python(code).stdout, "interrupted\n")


if __name__ == "__main__":
    run_tests()
