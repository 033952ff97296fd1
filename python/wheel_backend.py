# SPDX-License-Identifier: MIT
"""Builds the wheel and the source archive (PEP 517), with CMake and nothing from a package index.

Settings (``pip wheel . --config-settings build-dir=…``):
    build-dir: a build folder in which the extension is built already, or that is to be kept; without, a temporary one
        that builds the package alone (ANGIOBENCH_PYTHON_ONLY).
    jobs: how many compilers run; without, one a processor.
"""

from __future__ import annotations

import base64
import hashlib
import io
import os
import re
import subprocess
import sys
import sysconfig
import tarfile
import tempfile
import zipfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
NAME = "angiobench"


def _version() -> str:
    """The version that CMakeLists.txt states, and no other place."""
    with open(os.path.join(ROOT, "CMakeLists.txt"), encoding="utf-8") as file:
        found = re.search(r"project\(angiobench VERSION ([0-9.]+)", file.read())
    if found is None:
        raise RuntimeError("CMakeLists.txt: no version; expected project(angiobench VERSION …)")
    return found.group(1)


def _metadata() -> str:
    return (
        "Metadata-Version: 2.1\n"
        f"Name: {NAME}\n"
        f"Version: {_version()}\n"
        "Summary: Scores video object segmentation: DAVIS, YouTube-VOS, MOSE, MOSXAV and others\n"
        "License: MIT\n"
        "License-File: LICENSE\n"
        "Requires-Python: >=3.9\n"
        "Provides-Extra: numpy\n"
        'Requires-Dist: numpy; extra == "numpy"\n'
        "Provides-Extra: pandas\n"
        'Requires-Dist: pandas; extra == "pandas"\n'
        "\n"
        "Scores of video object segmentation from Python: `angiobench.score`, an `Evaluator` for validation loops, and\n"
        "functions with the signatures of davis2017-evaluation and vos-benchmark, to the last bit. Guide: docs/python.md.\n"
    )


def _run(*command: str) -> None:
    # What it prints belongs to the builder's log, and the name of the wheel alone to its standard output.
    subprocess.run(command, check=True, stdout=sys.stderr)


def _install(build: str, staging: str, jobs: str) -> None:
    if not os.path.exists(os.path.join(build, "CMakeCache.txt")):
        _run(
            "cmake", "-S", ROOT, "-B", build, "-DCMAKE_BUILD_TYPE=Release", "-DANGIOBENCH_PYTHON_ONLY=ON", "-DANGIOBENCH_UNITY=ON",
            f"-DANGIOBENCH_PYTHON_EXECUTABLE={sys.executable}",
        )  # fmt: skip
    _run("cmake", "--build", build, "--parallel", jobs, "--target", "angiobench_python")
    _run("cmake", "--install", build, "--component", "python", "--prefix", staging)


def _package_files(staging: str) -> dict[str, str]:
    """Name in the wheel -> file, wherever below the prefix CMake put the package."""
    files: dict[str, str] = {}
    for folder, _, names in os.walk(staging):
        for name in names:
            path = os.path.join(folder, name)
            inside = os.path.relpath(path, staging).replace(os.sep, "/")
            at = inside.find(f"-packages/{NAME}/")  # dist-packages here, site-packages elsewhere
            if at >= 0:
                files[inside[at + len("-packages/") :]] = path
    for module in ("_core", "_reports"):
        if not any(name.startswith(f"{NAME}/{module}.") and name.endswith(".so") for name in files):
            raise RuntimeError(f"an extension was not built; expected {NAME}/{module}….so")
    return files


def _tag() -> str:
    python = f"cp{sys.version_info[0]}{sys.version_info[1]}"
    return f"{python}-{python}-{sysconfig.get_platform().replace('-', '_').replace('.', '_')}"


def _hash(data: bytes) -> str:
    return "sha256=" + base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()


def _read(path: str) -> bytes:
    with open(path, "rb") as file:
        return file.read()


def get_requires_for_build_wheel(config_settings: dict[str, str] | None = None) -> list[str]:
    return []


def get_requires_for_build_sdist(config_settings: dict[str, str] | None = None) -> list[str]:
    return []


def build_wheel(
    wheel_directory: str, config_settings: dict[str, str] | None = None, metadata_directory: str | None = None
) -> str:
    settings = config_settings or {}
    tag = _tag()
    info = f"{NAME}-{_version()}.dist-info"
    with tempfile.TemporaryDirectory() as folder:
        build = settings.get("build-dir") or os.path.join(folder, "build")
        staging = os.path.join(folder, "staging")
        _install(os.path.join(ROOT, build), staging, settings.get("jobs") or str(os.cpu_count() or 1))
        content = {name: _read(path) for name, path in _package_files(staging).items()}
    content[f"{info}/METADATA"] = _metadata().encode()
    content[f"{info}/LICENSE"] = _read(os.path.join(ROOT, "LICENSE"))
    content[f"{info}/WHEEL"] = (
        f"Wheel-Version: 1.0\nGenerator: angiobench\nRoot-Is-Purelib: false\nTag: {tag}\n".encode()
    )
    record = "".join(f"{name},{_hash(data)},{len(data)}\n" for name, data in sorted(content.items()))
    content[f"{info}/RECORD"] = (record + f"{info}/RECORD,,\n").encode()
    wheel = f"{NAME}-{_version()}-{tag}.whl"
    with zipfile.ZipFile(os.path.join(wheel_directory, wheel), "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in sorted(content.items()):
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))  # the same bytes, whenever it is built
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = (0o755 if name.endswith(".so") else 0o644) << 16
            archive.writestr(entry, data)
    return wheel


def build_sdist(sdist_directory: str, config_settings: dict[str, str] | None = None) -> str:
    """The files of the repository that are tracked: everything that the wheel is built from is among them."""
    base = f"{NAME}-{_version()}"
    listed = subprocess.run(["git", "-C", ROOT, "ls-files", "-z"], check=True, stdout=subprocess.PIPE).stdout
    name = f"{base}.tar.gz"
    with tarfile.open(os.path.join(sdist_directory, name), "w:gz", format=tarfile.PAX_FORMAT) as archive:
        for path in sorted(listed.decode().split("\0")):
            if path and os.path.isfile(os.path.join(ROOT, path)):
                archive.add(os.path.join(ROOT, path), f"{base}/{path}", recursive=False)
        data = _metadata().encode()
        entry = tarfile.TarInfo(f"{base}/PKG-INFO")
        entry.size = len(data)
        archive.addfile(entry, io.BytesIO(data))
    return name
