#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Volumes of labels and of frames, through the program, by judges that are not ours: nibabel (NIfTI), unu of Teem (NRRD) and
VTK, on which 3D Slicer stands (all three). A judge that is not here is left out, with a line that says so.

stack_test.py PROGRAM. Skipped (77) without NumPy and Pillow.
"""
import gzip
import os
import shutil
import subprocess
import sys
import tempfile

try:
    import numpy
    from PIL import Image
except ImportError as missing:
    print(f"skipped: {missing}")
    sys.exit(77)

program = os.path.abspath(sys.argv[1])
root = tempfile.mkdtemp(prefix="stack-")
failures, skipped = [], []
UNU = shutil.which("teem-unu") or shutil.which("unu")
SUFFIXES = (".nrrd", ".mha", ".nii.gz")


def expect(truth, what):
    if not truth:
        failures.append(what)


def call(*arguments):
    done = subprocess.run([program, *arguments], cwd=root, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    return done.returncode, done.stdout.decode(errors="replace")


def run(code, words, *arguments):
    got, said = call(*arguments)
    expect(got == code and words in said, f"{' '.join(arguments)}: exit {got} (expected {code}, '{words}'): {said[-600:]}")
    return said


def at(name):
    return os.path.join(root, name)


def masks_in(folder):
    """[x, y, frame], as volumes have them."""
    files = sorted(name for name in os.listdir(at(folder)) if name.endswith(".png"))
    return numpy.stack([numpy.array(Image.open(at(f"{folder}/{name}"))).T for name in files], axis=2)


def read_nibabel(path):
    import nibabel
    image = nibabel.load(path)
    expect(nibabel.aff2axcodes(image.affine) == ("L", "P", "S"), f"nibabel: axes {nibabel.aff2axcodes(image.affine)}")
    expect(image.get_data_dtype() == numpy.uint8 and image.header.get_zooms() == (1, 1, 1), "nibabel: another type or spacing")
    expect(numpy.allclose(image.get_qform(), image.get_sform()), "nibabel: qform and sform differ")
    return numpy.asanyarray(image.dataobj)


def read_unu(path):
    raw = subprocess.run([UNU, "save", "-f", "nrrd", "-e", "raw", "-i", path, "-o", path + ".raw.nrrd"], check=True) and path + ".raw.nrrd"
    with open(raw, "rb") as file:
        head, values = file.read().split(b"\n\n", 1)
    sizes = [int(n) for line in head.decode().splitlines() if line.startswith("sizes:") for n in line.split()[1:]]
    expect("left-posterior-superior" in head.decode(), "unu: another space")
    return numpy.frombuffer(values, numpy.uint8).reshape(sizes, order="F")


def read_vtk(path):
    from vtkmodules.util.numpy_support import vtk_to_numpy
    from vtkmodules.vtkIOImage import vtkMetaImageReader, vtkNIFTIImageReader, vtkNrrdReader
    reader = {".nrrd": vtkNrrdReader, ".mha": vtkMetaImageReader, ".gz": vtkNIFTIImageReader}[os.path.splitext(path)[1]]()
    reader.SetFileName(path)
    reader.Update()
    image = reader.GetOutput()
    return vtk_to_numpy(image.GetPointData().GetScalars()).reshape(image.GetDimensions(), order="F")


def has(module):
    try:
        __import__(module)
        return True
    except ImportError:
        return False


JUDGES = []
for name, is_here, read, suffixes in (("nibabel", has("nibabel"), read_nibabel, (".nii.gz",)),
                                      ("unu (teem-apps)", UNU, read_unu, (".nrrd",)),
                                      ("vtk", has("vtkmodules.vtkIOImage"), read_vtk, SUFFIXES)):
    if is_here:
        JUDGES.append((name, read, suffixes))
    else:
        skipped.append(name)


def test_others_read_what_is_written():
    masks = masks_in("masks/v00")
    for suffix in SUFFIXES:
        run(0, "1 sequence", "export", "stack", "masks/v00", "-o", "v00" + suffix)
        for name, read, suffixes in JUDGES:
            if suffix in suffixes:
                expect(numpy.array_equal(read(at("v00" + suffix)), masks), f"{name} reads other labels of {suffix}")
        run(0, "1 sequence", "import", "stack", "v00" + suffix, "-o", "back" + suffix, "--frames", "masks/v00")
        for file in os.listdir(at("masks/v00")):
            with open(at(f"masks/v00/{file}"), "rb") as one, open(at(f"back{suffix}/v00/{file}"), "rb") as other:
                expect(one.read() == other.read(), f"{suffix}: {file} comes back as other bytes")


def test_what_others_write_is_read():
    masks = masks_in("masks/v00")
    if has("nibabel"):
        import nibabel
        for dtype in (numpy.uint8, numpy.int16, numpy.int32):
            nibabel.save(nibabel.Nifti1Image(masks.astype(dtype), numpy.eye(4)), at("theirs.nii.gz"))
            run(0, "1 sequence", "import", "stack", "theirs.nii.gz", "-o", "theirs")
            expect(numpy.array_equal(masks_in("theirs/theirs"), masks), f"nibabel's {dtype} is read as other labels")
        nibabel.save(nibabel.Nifti1Image(masks.astype(numpy.float32), numpy.eye(4)), at("float.nii"))
        run(3, "datatype 16", "import", "stack", "float.nii", "-o", "theirs")
    if UNU:
        for encoding in ("raw", "gzip"):
            subprocess.run([UNU, "save", "-f", "nrrd", "-e", encoding, "-i", at("v00.nrrd"), "-o", at("unu.nrrd")], check=True)
            run(0, "1 sequence", "import", "stack", "unu.nrrd", "-o", "unu")
            expect(numpy.array_equal(masks_in("unu/unu"), masks), f"unu's {encoding} is read as other labels")
    if has("vtkmodules.vtkIOImage"):
        from vtkmodules.vtkIOImage import vtkMetaImageReader, vtkMetaImageWriter, vtkNIFTIImageWriter
        reader = vtkMetaImageReader()
        reader.SetFileName(at("v00.mha"))
        for writer, file in ((vtkMetaImageWriter(), "vtk.mha"), (vtkNIFTIImageWriter(), "vtk.nii.gz")):
            writer.SetInputConnection(reader.GetOutputPort())
            writer.SetFileName(at(file))
            writer.Write()
            run(0, "1 sequence", "import", "stack", file, "-o", "vtk")
            expect(numpy.array_equal(masks_in("vtk/vtk"), masks), f"VTK's {file} is read as other labels")


def test_scores_are_those_of_the_masks():
    data = ["--dataset", "set/benchmarks/synth-test.json", "-g", "set"]
    run(0, "", "score", *data, "-p", "masks", "-o", "by_png", "--quiet")
    run(0, "sequences", "export", "stack", "masks", "-o", "stacks", "--form", "nifti")
    shutil.make_archive(at("zipped"), "zip", at("stacks"))
    for predictions in ("stacks", "zipped.zip"):
        run(0, "", "score", *data, "-p", predictions, "-o", "by_stack", "--quiet")
        for file in ("per_frame.csv", "per_object.csv"):
            with open(at(f"by_png/{file}"), "rb") as one, open(at(f"by_stack/{file}"), "rb") as other:
                expect(one.read() == other.read(), f"{predictions}: another {file}")
    run(0, "", "score", *data, "--sequences", "v00", "-p", "v00.nrrd")
    run(0, "", "validate", "submission", *data, "-p", "stacks")
    run(0, "", "pack", *data, "-p", "masks", "-o", "a.zip")
    run(0, "", "pack", *data, "-p", "stacks", "-o", "b.zip")
    with open(at("a.zip"), "rb") as one, open(at("b.zip"), "rb") as other:
        expect(one.read() == other.read(), "pack makes another archive of stacks")
    with open(at("frames.txt"), "w", encoding="utf-8") as file:
        file.writelines(f"v00/{name[:-4]}\n" for name in sorted(os.listdir(at("masks/v00"))))
    run(0, "", "pack", "--frames", "frames.txt", "-p", "v00.mha", "-o", "c.zip")
    # What is not whole, or not a stack, is told.
    with open(at("v00.nrrd"), "rb") as file:
        whole = file.read()
    with open(at("cut.nrrd"), "wb") as file:
        file.write(whole[:len(whole) - 20])
    run(3, "damaged", "score", *data, "--sequences", "v00", "-p", "cut.nrrd")
    bomb = (b"NRRD0004\ntype: uint8\ndimension: 3\nsizes: 32768 32768 4\nencoding: gzip\n\n" + gzip.compress(bytes(1 << 20)))
    with open(at("bomb.nrrd"), "wb") as file:
        file.write(bomb)
    said = run(3, "frames", "score", *data, "--sequences", "v00", "-p", "bomb.nrrd")
    expect("bomb.nrrd" in said, "the file is not named")


def test_clips_and_first_masks():
    clip = "set/test/JPEGImages/v00"
    files = sorted(os.listdir(at(clip)))
    frames = numpy.stack([numpy.array(Image.open(at(f"{clip}/{name}")).convert("L")) for name in files])
    os.makedirs(at("pngs"), exist_ok=True)
    for t, frame in enumerate(frames):
        Image.fromarray(frame).save(at(f"pngs/{t:05}.png"))
    head = (f"NRRD0004\ntype: %s\ndimension: 3\nsizes: {frames.shape[2]} {frames.shape[1]} {frames.shape[0]}\nendian: little\n"
            "encoding: %s\n\n")
    with open(at("clip8.nrrd"), "wb") as file:
        file.write((head % ("uint8", "raw")).encode() + frames.tobytes())
    with open(at("clip16.nrrd"), "wb") as file:
        file.write((head % ("int16", "gzip")).encode() + gzip.compress((frames.astype(numpy.int16) * 16 + 15).tobytes()))
    with open(at("below.nrrd"), "wb") as file:
        file.write((head % ("int16", "raw")).encode() + (frames.astype(numpy.int16) - 1000).tobytes())
    first = "masks/v00/" + sorted(os.listdir(at("masks/v00")))[0]
    os.makedirs(at("one"), exist_ok=True)
    shutil.copy(at(first), at("one/00000.png"))
    run(0, "1 mask", "export", "stack", "one", "-o", "first.nrrd")
    said = run(0, "", "predict", "--network", "optical-flow", "--clip", "pngs", "--first-mask", first, "-o", "predicted", "--name", "a")
    if "not installed" in said:
        skipped.append("predict (no module)")
        return
    for name, clip_file, mask in (("b", "clip8.nrrd", first), ("c", "clip8.nrrd", "first.nrrd"), ("d", "clip16.nrrd", "first.nrrd")):
        run(0, "", "predict", "--network", "optical-flow", "--clip", clip_file, "--first-mask", mask, "-o", "predicted", "--name", name)
        for file in sorted(os.listdir(at("predicted/a"))):
            with open(at(f"predicted/a/{file}"), "rb") as one, open(at(f"predicted/{name}/{file}"), "rb") as other:
                expect(one.read() == other.read(), f"{clip_file} with {mask}: {file} is another")
    run(3, "has the value -", "predict", "--network", "first-mask", "--clip", "below.nrrd", "--first-mask", first, "-o", "below")
    run(3, "slices", "predict", "--network", "first-mask", "--clip", "pngs", "--first-mask", "three.mha", "-o", "below")


run(0, "Examples:", "export", "stack", "--help")
run(0, "Examples:", "import", "stack", "--help")
run(2, "the masks", "export", "stack")
run(0, "", "synth", "-o", "set", "--size", "64", "--length", "6", "--sequences", "1,1,2", "--examples", "examples", "--quiet")
# Masks as this program writes them, every other frame late, so that they are no copy of the truth.
run(0, "2 sequences", "export", "stack", "set/test/Annotations", "-o", "truth", "--form", "mha")
run(0, "2 sequences", "import", "stack", "truth", "-o", "masks", "--frames", "set/test/Annotations")
for sequence in ("v00", "v01"):
    expect(numpy.array_equal(masks_in(f"masks/{sequence}"), masks_in(f"set/test/Annotations/{sequence}")), "labels are others")
    for early, late in zip(*[iter(sorted(os.listdir(at(f"masks/{sequence}"))))] * 2):
        shutil.copy(at(f"masks/{sequence}/{early}"), at(f"masks/{sequence}/{late}"))
run(2, "expected one of them", "export", "stack", "masks", "-o", "x.mha", "--form", "nrrd")
run(3, "holds 2 sequences", "export", "stack", "masks", "-o", "x.mha")
os.makedirs(at("three"))
for name in sorted(os.listdir(at("masks/v00")))[:3]:
    shutil.copy(at(f"masks/v00/{name}"), at(f"three/{name}"))
run(0, "3 masks", "export", "stack", "three", "-o", "three.mha")
for test in (test_others_read_what_is_written, test_what_others_write_is_read, test_scores_are_those_of_the_masks,
             test_clips_and_first_masks):
    test()
shutil.rmtree(root)
for name in skipped:
    print(f"left out: {name} is not here")
print("\n".join(failures) or "all passed")
sys.exit(bool(failures))
