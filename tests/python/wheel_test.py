# SPDX-License-Identifier: MIT
"""A wheel is made of what was built, and installed into a fresh environment without a network. BUILD is the build folder."""

import os
import pathlib
import subprocess
import sys
import tempfile
import unittest
import zipfile

from support import ROOT, run_tests

BUILD = os.environ.get("ANGIOBENCH_BUILD", "")
OFFLINE = {"PIP_NO_INDEX": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1", "http_proxy": "http://127.0.0.1:9",
           "https_proxy": "http://127.0.0.1:9"}


class Wheel(unittest.TestCase):
    def test_in_a_fresh_environment(self):
        if not BUILD:
            self.skipTest("ANGIOBENCH_BUILD names no build folder")
        for module in ("pip", "venv", "ensurepip"):
            if subprocess.run([sys.executable, "-c", f"import {module}"], capture_output=True, check=False).returncode:
                self.skipTest(f"{module} is not installed here (python3-pip, python3-venv)")
        environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"} | OFFLINE
        with tempfile.TemporaryDirectory() as folder:
            made = subprocess.run(
                [sys.executable, "-m", "pip", "wheel", "--no-deps", "--wheel-dir", folder, f"--config-settings=build-dir={BUILD}",
                 "--config-settings=jobs=2", str(ROOT)], env=environment, capture_output=True, text=True, check=False)
            self.assertEqual(made.returncode, 0, made.stdout + made.stderr)
            wheel = next(pathlib.Path(folder).glob("angiobench-*.whl"))
            with zipfile.ZipFile(wheel) as archive:
                names = archive.namelist()
                for module in ("_core", "_reports"):
                    self.assertTrue(any(name.startswith(f"angiobench/{module}.") and name.endswith(".so") for name in names))
                for wanted in ("angiobench/py.typed", "angiobench/_core.pyi", "angiobench/compat/davis2017.py"):
                    self.assertIn(wanted, names)
                self.assertTrue(any(name.endswith(".dist-info/LICENSE") for name in names))
                self.assertGreater(sum(info.file_size for info in archive.infolist()), 300_000)
            print(f"\n{wheel.name}: {wheel.stat().st_size / 1e6:.2f} MB")
            fresh = pathlib.Path(folder, "fresh")
            subprocess.run([sys.executable, "-m", "venv", fresh], env=environment, check=True, capture_output=True)
            subprocess.run([fresh / "bin" / "python", "-m", "pip", "install", wheel], env=environment, check=True,
                           capture_output=True)
            code = ("import angiobench as ab, array, sys;"
                    "m = memoryview(array.array('B', [1] * 100)).cast('B', (10, 10)); ev = ab.Evaluator();"
                    "[ev.add(m, m, sequence='s', frame=k) for k in range(4)];"
                    "print(ab.__file__, float(ev.result().headline), 'numpy' in sys.modules)")
            said = subprocess.run([fresh / "bin" / "python", "-c", code], env=environment, check=True, capture_output=True,
                                  text=True, cwd=folder).stdout.split()
            self.assertTrue(said[0].startswith(str(fresh)))
            self.assertEqual(said[1:], ["1.0", "False"])


if __name__ == "__main__":
    run_tests()
