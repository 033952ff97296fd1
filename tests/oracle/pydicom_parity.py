#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Holds `import dicom` against pydicom, which reads and windows DICOM files by code of its own: pydicom_parity.py PROGRAM
MAKE_DICOM. Skipped (77) where pydicom, NumPy or Pillow are absent.
"""
import json
import os
import subprocess
import sys
import tempfile

try:
    import numpy
    import pydicom
    from PIL import Image
    from pydicom.pixel_data_handlers.util import apply_modality_lut, apply_voi_lut
except ImportError as error:
    print(f"skipped: {error}")
    sys.exit(77)

program, make_dicom = map(os.path.abspath, sys.argv[1:3])
failures, num_compared, num_skipped = [], 0, 0


def greys(file):
    """What pydicom shows, as 0 to 255: its windows give all values that the stored bits can have after slope and intercept."""
    data = pydicom.dcmread(file)
    shown = apply_voi_lut(apply_modality_lut(data.pixel_array, data), data).astype(numpy.float64)
    least = -2 ** (data.BitsStored - 1) if data.PixelRepresentation else 0
    slope, intercept = float(data.get("RescaleSlope", 1)), float(data.get("RescaleIntercept", 0))
    shown = (shown - (least * slope + intercept)) * 255 / ((2 ** data.BitsStored - 1) * slope)
    return 255 - shown if data.PhotometricInterpretation == "MONOCHROME1" else shown


def compare(folder, name):
    global num_compared, num_skipped
    file = os.path.join(folder, name)
    try:
        expected = greys(file)
    except (NotImplementedError, RuntimeError) as error:  # no decoder for this transfer syntax
        num_skipped += 1
        print(f"{name}: pydicom does not decode it ({str(error)[:60]})")
        return
    out = os.path.join(folder, "out_" + name)
    subprocess.run([program, "import", "dicom", file, "-o", out, "--name", "cine", "--window", "file", "--quiet"], check=True,
                   stdout=subprocess.DEVNULL)
    with open(os.path.join(out, "dicom.json"), encoding="utf-8") as text:
        cine = json.load(text)["cines"][0]
    if cine["num_frames"] != len(expected):
        failures.append(f"{name}: {cine['num_frames']} frames, pydicom has {len(expected)}")
    for i, frame in enumerate(expected):
        ours = numpy.asarray(Image.open(os.path.join(out, "JPEGImages", "cine", f"{i:05d}.png")), dtype=numpy.float64)
        # Half a grey is rounding.
        worst = numpy.abs(ours - frame).max()
        if worst > 0.5001:
            failures.append(f"{name}, frame {i}: {worst} greys apart")
    num_compared += 1


with tempfile.TemporaryDirectory() as made:
    subprocess.run([make_dicom, made], check=True)
    for cine_file in ("IM000001", "inverted.dcm", *sorted(os.listdir(os.path.join(made, "windows")))):
        place = made if os.path.exists(os.path.join(made, cine_file)) else os.path.join(made, "windows")
        compare(place, cine_file)
print(f"{num_compared} files compared, {num_skipped} that pydicom does not decode")
for failure in failures:
    print("FAILED", failure)
sys.exit(1 if failures or num_compared < 5 else 0)
