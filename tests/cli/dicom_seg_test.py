#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""DICOM Segmentation, by judges that are not ours: pydicom reads the bits back, dciodvfy (dicom3tools) holds it to its IOD,
dcmdump (DCMTK) parses it.

dicom_seg_test.py PROGRAM. Skipped (77) without pydicom, NumPy and Pillow, or where the program has no GDCM.
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile

try:
    import numpy
    import pydicom
    from PIL import Image
    from pydicom.dataset import Dataset, FileMetaDataset
    from pydicom.uid import ExplicitVRLittleEndian, generate_uid
except ImportError as missing:
    print(f"skipped: {missing}")
    sys.exit(77)

program = os.path.abspath(sys.argv[1])
root = tempfile.mkdtemp(prefix="dicom-seg-")
failures = []
FRAMES, ROWS, COLUMNS = 7, 21, 13  # 273 pixels: frames begin within bytes
PATIENT = "Muster^Erika"


def expect(truth, what):
    if not truth:
        failures.append(what)


def call(*arguments):
    done = subprocess.run([program, *arguments], cwd=root, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    return done.returncode, done.stdout.decode(errors="replace")


def write_cine(path, frames=FRAMES, transfer=ExplicitVRLittleEndian, **changes):
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = "1.2.840.10008.5.1.4.1.1.12.1"
    meta.MediaStorageSOPInstanceUID = generate_uid()
    meta.TransferSyntaxUID = transfer
    cine = Dataset()
    cine.file_meta = meta
    cine.SpecificCharacterSet = "ISO_IR 192"
    cine.SOPClassUID, cine.SOPInstanceUID = meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID
    cine.PatientName, cine.PatientID, cine.PatientBirthDate, cine.PatientSex = PATIENT, "4711", "19500102", "F"
    cine.StudyInstanceUID, cine.SeriesInstanceUID = generate_uid(), generate_uid()
    cine.StudyDate, cine.StudyTime, cine.StudyID = "20260102", "101112", "1"
    cine.AccessionNumber, cine.ReferringPhysicianName = "A1", "Arzt^Anna"
    cine.Modality, cine.SeriesNumber, cine.InstanceNumber = "XA", 1, 1
    cine.Rows, cine.Columns, cine.NumberOfFrames = ROWS, COLUMNS, frames
    cine.SamplesPerPixel, cine.PhotometricInterpretation = 1, "MONOCHROME2"
    cine.BitsAllocated, cine.BitsStored, cine.HighBit, cine.PixelRepresentation = 8, 8, 7, 0
    cine.PatientOrientation = ["L", "F"]
    for name, value in changes.items():
        setattr(cine, name, value)
    cine.PixelData = bytes(frames * ROWS * COLUMNS + frames * ROWS * COLUMNS % 2)
    cine.is_little_endian, cine.is_implicit_VR = transfer.is_little_endian, transfer.is_implicit_VR
    cine.save_as(os.path.join(root, path), write_like_original=False)
    return cine


def write_masks(folder, names):
    """Objects 1, 3 and 200, which come and go; frame 2 has none."""
    random = numpy.random.default_rng(5)
    masks = random.choice(numpy.array([0, 0, 1, 3, 200], numpy.uint8), (len(names), ROWS, COLUMNS))
    masks[2] = 0
    masks[0][masks[0] == 200] = 0
    masks[-1][masks[-1] == 1] = 0
    os.makedirs(os.path.join(root, folder))
    for name, mask in zip(names, masks):
        Image.fromarray(mask).save(os.path.join(root, folder, name + ".png"))
    return masks


def bits_of(segmentation):
    """The frames, by the bits as PS3.5 has them and not by pydicom's own reader."""
    bits = numpy.unpackbits(numpy.frombuffer(segmentation.PixelData, numpy.uint8), bitorder="little")
    count = int(segmentation.NumberOfFrames) * ROWS * COLUMNS
    return bits[:count].reshape(-1, ROWS, COLUMNS)


def labels_of(segmentation, frames=FRAMES):
    """The labels that a reader makes of it, by the references alone."""
    labels = numpy.zeros((frames, ROWS, COLUMNS), numpy.uint8)
    ids = {s.SegmentNumber: int(s.SegmentLabel.split()[1]) for s in segmentation.SegmentSequence}
    pixels = bits_of(segmentation)
    expect(numpy.array_equal(pixels, segmentation.pixel_array.reshape(pixels.shape)), "pydicom's own pixels are others")
    for bits, groups in zip(pixels, segmentation.PerFrameFunctionalGroupsSequence):
        number = groups.SegmentIdentificationSequence[0].ReferencedSegmentNumber
        frame = groups.DerivationImageSequence[0].SourceImageSequence[0].ReferencedFrameNumber
        expect(list(groups.FrameContentSequence[0].DimensionIndexValues) == [number, frame], "other dimension index values")
        expect(bits.any(), "a frame without a pixel")
        expect(not labels[frame - 1][bits == 1].any(), "two objects share a pixel")
        labels[frame - 1][bits == 1] = ids[number]
    return labels


def hold_to_iod(path):
    if shutil.which("dciodvfy"):
        done = subprocess.run(["dciodvfy", path], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        said = done.stdout.decode(errors="replace")
        # A projection has no slices; the standard of today asks for their thickness in volumes alone.
        errors = [line for line in said.splitlines() if line.startswith("Error") and "SliceThickness" not in line]
        expect("Segmentation" in said, f"dciodvfy does not know it: {said[:300]}")
        expect(not errors, "dciodvfy: " + "; ".join(errors))
        print(f"dciodvfy: {len(errors)} errors, {said.count('Warning')} warnings\n{said}")
    else:
        print("skipped: dciodvfy (package dicom3tools) is not here")
    if shutil.which("dcmdump"):
        done = subprocess.run(["dcmdump", "-q", path], stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
        expect(done.returncode == 0 and b"SegmentSequence" in done.stdout, "dcmdump does not parse it")
    else:
        print("skipped: dcmdump (package dcmtk) is not here")


def test_round_trip():
    cine = write_cine("cine.dcm")
    masks = write_masks("masks", [f"{t:05}" for t in range(FRAMES)])
    code, said = call("export", "dicom-seg", "masks", "--of", "cine.dcm", "-o", "seg.dcm", "--objects", "coronary-artery,catheter")
    expect(code == 0 and "3 segments" in said and "holds the patient's data" in said, f"export: {code} {said}")
    path = os.path.join(root, "seg.dcm")
    segmentation = pydicom.dcmread(path)
    expect(numpy.array_equal(labels_of(segmentation), masks), "the masks are others")
    expect(segmentation.SOPClassUID == "1.2.840.10008.5.1.4.1.1.66.4", "another SOP class")
    expect([s.SegmentLabel for s in segmentation.SegmentSequence] == ["Object 1", "Object 3", "Object 200"], "other labels")
    expect(segmentation.SegmentSequence[0].SegmentedPropertyTypeCodeSequence[0].CodeMeaning == "Coronary artery", "another type")
    expect(segmentation.SegmentSequence[2].SegmentedPropertyTypeCodeSequence[0].CodeMeaning == "Catheter", "another type")
    for name in ("PatientName", "PatientID", "PatientBirthDate", "StudyInstanceUID", "StudyDate", "AccessionNumber"):
        expect(getattr(segmentation, name) == getattr(cine, name), f"{name} is another")
    reference = segmentation.ReferencedSeriesSequence[0]
    expect(reference.SeriesInstanceUID == cine.SeriesInstanceUID, "the series is another")
    expect(reference.ReferencedInstanceSequence[0].ReferencedSOPInstanceUID == cine.SOPInstanceUID, "the cine is another")
    expect(segmentation.SeriesInstanceUID != cine.SeriesInstanceUID, "the series is not new")
    hold_to_iod(path)


def test_anonymous():
    code, said = call("export", "dicom-seg", "masks", "--of", "cine.dcm", "-o", "nobody.dcm", "--anonymous", "--made", "manual")
    expect(code == 0 and "holds the patient's data" not in said, f"--anonymous: {code} {said}")
    with open(os.path.join(root, "nobody.dcm"), "rb") as file:
        content = file.read()
    for personal in (b"Muster", b"4711", b"19500102", b"Arzt", b"20260102"):
        expect(personal not in content, f"--anonymous keeps {personal}")
    expect(pydicom.dcmread(os.path.join(root, "nobody.dcm")).SegmentSequence[0].SegmentAlgorithmType == "MANUAL", "not manual")
    hold_to_iod(os.path.join(root, "nobody.dcm"))


def test_other_forms():
    spaced = {"PixelSpacing": [0.25, 0.25], "FrameOfReferenceUID": generate_uid(), "PositionReferenceIndicator": ""}
    write_cine("implicit.dcm", transfer=pydicom.uid.ImplicitVRLittleEndian, **spaced)
    code, said = call("export", "dicom-seg", "masks", "--of", "implicit.dcm", "-o", "implicit_seg.dcm")
    expect(code == 0, f"implicit VR: {code} {said}")
    segmentation = pydicom.dcmread(os.path.join(root, "implicit_seg.dcm"))
    shared = segmentation.SharedFunctionalGroupsSequence[0]
    expect(list(shared.PixelMeasuresSequence[0].PixelSpacing) == [0.25, 0.25], "the spacing is lost")
    expect(str(segmentation.PatientName) == PATIENT, "the name is lost")
    hold_to_iod(os.path.join(root, "implicit_seg.dcm"))
    # Masks of some frames, by their numbers.
    write_cine("long.dcm", frames=40)
    masks = write_masks("some", ["00003", "00010", "00017", "00039"])
    code, said = call("export", "dicom-seg", "some", "--of", "long.dcm", "-o", "some.dcm")
    expect(code == 0 and "that their numbers say" in said, f"some frames: {code} {said}")
    labels = labels_of(pydicom.dcmread(os.path.join(root, "some.dcm")), 40)
    expect(numpy.array_equal(labels[[3, 10, 17, 39]], masks) and not labels[:3].any(), "other frames")


def test_refusals():
    write_cine("short.dcm", frames=3)
    write_cine("large.dcm", Rows=ROWS + 1)
    os.makedirs(os.path.join(root, "empty"))
    Image.new("L", (COLUMNS, ROWS)).save(os.path.join(root, "empty/00000.png"))
    with open(os.path.join(root, "text.dcm"), "w", encoding="utf-8") as file:
        file.write("no DICOM" * 100)
    with open(os.path.join(root, "cine.dcm"), "rb") as file:
        whole = file.read()
    with open(os.path.join(root, "cut.dcm"), "wb") as file:
        file.write(whole[:300])
    for cine, masks, words in (("short.dcm", "masks", "has 3 frames, and none for the mask"),
                               ("large.dcm", "masks", "is 13x21; expected 13x22"),
                               ("text.dcm", "masks", "is not DICOM: there is no 'DICM'"), ("cut.dcm", "masks", "is cut off: it ends"),
                               ("nowhere.dcm", "masks", "nowhere.dcm"), ("cine.dcm", "empty", "holds no object")):
        code, said = call("export", "dicom-seg", masks, "--of", cine, "-o", "refused.dcm")
        expect(code == 3 and words in said, f"{cine} {masks}: {code} {said}")
    expect(not os.path.exists(os.path.join(root, "refused.dcm")), "a refused file was written")
    code, said = call("export", "dicom-seg", "masks", "--of", "cine.dcm", "-o", "x.dcm", "--objects", "liver")
    expect(code == 2 and "objects" in said, f"--objects liver: {code} {said}")


code, said = call("export", "dicom-seg", "--help")
if code != 0 and "not installed" in said:
    print("skipped: this build has no GDCM")
    sys.exit(77)
for test in (test_round_trip, test_anonymous, test_other_forms, test_refusals):
    test()
shutil.rmtree(root)
print("\n".join(failures) or "all passed")
sys.exit(bool(failures))
