#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Holds what `export coco` writes and `import coco` reads against pycocotools: compressed strings, areas,
boxes, decoded masks and filled outlines, of random masks and, where ANGIOBENCH_DATA has them, of real ones.
Exit status 77 where the package is not installed.   pycocotools_parity.py PROGRAM"""

import glob
import json
import os
import random
import struct
import subprocess
import sys
import tempfile
import zlib

try:
    import numpy as np
    from pycocotools import mask as coco
except ImportError as error:
    print(f"skipped: {error}")
    sys.exit(77)

PROGRAM = os.path.abspath(sys.argv[1])
DATA = os.environ.get("ANGIOBENCH_DATA", "")
counts = {"masks": 0, "outlines": 0}


def run(*arguments):
    subprocess.run([PROGRAM, *arguments, "--quiet"], check=True, stdout=subprocess.DEVNULL)


def write_png(path, labels):
    height, width = labels.shape

    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    rows = np.hstack([np.zeros((height, 1), np.uint8), labels]).tobytes()
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
                   + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


def read_png(path):
    """Labels of a PNG of 8 bits or fewer, grey or with a palette."""
    with open(path, "rb") as file:
        data = file.read()
    at, packed = 8, b""
    while at < len(data):
        size, kind = struct.unpack(">I4s", data[at:at + 8])
        if kind == b"IHDR":
            width, height, bits, color = struct.unpack(">IIBB", data[at + 8:at + 18])
        if kind == b"IDAT":
            packed += data[at + 8:at + 8 + size]
        at += size + 12
    if color not in (0, 3) or bits > 8:
        return None
    stride = (width * bits + 7) // 8
    raw = np.frombuffer(zlib.decompress(packed), np.uint8).reshape(height, stride + 1)
    rows = np.zeros((height, stride), np.uint8)
    above = np.zeros(stride, np.uint8)
    for y in range(height):
        line = raw[y, 1:]
        if raw[y, 0] == 0:
            above = line
        elif raw[y, 0] == 1:
            above = np.cumsum(line, dtype=np.uint64).astype(np.uint8)
        elif raw[y, 0] == 2:
            above = line + above
        else:
            out, left, corner = bytearray(stride), 0, 0
            for x in range(stride):
                up = int(above[x])
                if raw[y, 0] == 3:
                    guess = (left + up) // 2
                else:
                    base = left + up - corner
                    near = sorted(((abs(base - left), 0, left), (abs(base - up), 1, up), (abs(base - corner), 2, corner)))
                    guess = near[0][2]
                left, corner = (int(line[x]) + guess) & 255, up
                out[x] = left
            above = np.frombuffer(bytes(out), np.uint8)
        rows[y] = above
    if bits == 8:
        return rows
    pixels = np.unpackbits(rows, axis=1).reshape(height, -1, bits)
    return (pixels * (1 << np.arange(bits - 1, -1, -1))).sum(axis=2, dtype=np.uint8)[:, :width]


def check_export(dataset, root, mask_file):
    """Every object of an exported truth against the PNG it was made of."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "out.json")
        run("export", "coco", "--dataset", dataset, "-g", root, "-o", path)
        with open(path) as file:
            document = json.load(file)
    videos = {video["id"]: video for video in document["videos"]}
    labels_of = {}
    for annotation in document["annotations"]:
        names = videos[annotation["video_id"]]["file_names"]
        for i, name in enumerate(names):
            file = mask_file(os.path.splitext(name)[0])
            if file not in labels_of:
                labels_of = {file: read_png(file)} if len(labels_of) > 500 else {**labels_of, file: read_png(file)}
            labels = labels_of[file]
            if labels is None:
                continue
            is_white = labels.max() == 255 and annotation["object_id"] == 1  # one object as 0 and 255
            expected = np.asfortranarray(labels == (255 if is_white else annotation["object_id"])).astype(np.uint8, order="F")
            found = annotation["segmentations"][i]
            if found is None:
                assert not expected.any(), f"{file}: object {annotation['object_id']} is missing"
                continue
            theirs = coco.encode(expected)
            assert found["size"] == list(theirs["size"]), file
            assert found["counts"].encode() == bytes(theirs["counts"]), f"{file}: another string"
            assert annotation["areas"][i] == int(coco.area(theirs)), file
            assert annotation["bboxes"][i] == [int(side) for side in coco.toBbox(theirs)], file
            assert (coco.decode({**found, "counts": found["counts"].encode()}) == expected).all(), file
            counts["masks"] += 1


def random_labels(height, width, draw):
    kind = draw.integers(6)
    if kind == 0:
        return draw.integers(0, 4, (height, width)).astype(np.uint8)  # noise
    if kind == 1:
        return np.full((height, width), draw.integers(1, 4), np.uint8)
    labels = np.zeros((height, width), np.uint8)
    for label in range(1, int(draw.integers(2, 5))):
        y, x = draw.integers(0, height), draw.integers(0, width)
        labels[y:y + int(draw.integers(1, height + 1)), x:x + int(draw.integers(1, width + 1))] = label
        if kind == 2:
            labels[:: int(draw.integers(1, 4))] = 0
    return labels


def check_random_export():
    draw = np.random.default_rng(24)
    with tempfile.TemporaryDirectory() as folder:
        for clip in range(120):
            height, width = (int(side) for side in draw.integers(1, 1 + int(draw.choice([3, 40, 300])), 2))
            for frame in range(10):
                write_png(f"{folder}/v{clip:03}/{frame:05}.png", random_labels(height, width, draw))
        check_export("flat", folder, lambda name: f"{folder}/{name}.png")


def check_import(images, annotations):
    """Single images whose masks pycocotools encoded or filled, one object each: read as it reads them."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "in.json")
        with open(path, "w") as file:
            json.dump({"images": images, "categories": [{"id": 1, "name": "x"}],
                       "annotations": [annotation for annotation, _ in annotations]}, file)
        run("import", "coco", path, "--stills", "-o", f"{folder}/out")
        for image, (_, expected) in zip(images, annotations):
            found = read_png(f"{folder}/out/masks/{image['id']}.png")
            assert (found == expected).all(), f"image {image['id']}"


def check_random_import():
    draw = random.Random(25)
    masks = np.random.default_rng(26)
    images, annotations = [], []
    for number in range(1, 3001):
        height, width = draw.randint(1, 90), draw.randint(1, 90)
        images.append({"id": number, "file_name": f"{number}.png", "width": width, "height": height})
        annotation = {"id": number, "image_id": number, "category_id": 1}
        if number % 3 == 0:
            labels = np.asfortranarray(random_labels(height, width, masks) == 1).astype(np.uint8, order="F")
            text = coco.encode(labels)
            annotation["segmentation"] = {"size": [height, width], "counts": bytes(text["counts"]).decode()}
            annotations.append((annotation, labels))
            counts["masks"] += 1
            continue
        outlines = []
        for _ in range(draw.randint(1, 2)):
            points = draw.randint(3, 12)
            step = draw.choice([1, 0.5, 0.01])
            outlines.append([round(draw.uniform(0, side) / step) * step for _ in range(points) for side in (width, height)])
        annotation["segmentation"] = outlines
        filled = [coco.decode(text) for text in coco.frPyObjects(outlines, height, width)]
        annotations.append((annotation, np.maximum.reduce(filled)))
        counts["outlines"] += len(outlines)
    check_import(images, annotations)


def check_real_outlines():
    for path in sorted(glob.glob(f"{DATA}/arcade/**/annotations/*.json", recursive=True)):
        with open(path) as file:
            document = json.load(file)
        sizes = {image["id"]: image for image in document["images"]}
        with tempfile.TemporaryDirectory() as folder:
            run("import", "coco", path, "--stills", "-o", f"{folder}/out")
            expected = {image["id"]: np.zeros((image["height"], image["width"]), np.uint8) for image in document["images"]}
            for annotation in reversed(document["annotations"]):  # the first of the file lies on top
                image = sizes[annotation["image_id"]]
                for text in coco.frPyObjects(annotation["segmentation"], image["height"], image["width"]):
                    expected[image["id"]][coco.decode(text) == 1] = annotation["category_id"]
                    counts["outlines"] += 1
            for image in document["images"]:
                name = os.path.splitext(os.path.basename(image["file_name"]))[0]
                assert (read_png(f"{folder}/out/masks/{name}.png") == expected[image["id"]]).all(), f"{path}: {name}"


check_random_export()
check_random_import()
if DATA:
    folders = ["davis2016/gt", "davis2016/pred", "davis2017/Annotations", "davis2017/pred-a", "davis2017/pred-osvos",
               "mosxav/test/Annotations", "mosxav/trainval/Annotations", "mosxav/predictions/test",
               "mosxav/predictions/val", "xacv/gt", "xacv/pred"]
    for folder in (f"{DATA}/{folder}" for folder in folders):
        if os.path.isdir(folder):
            check_export("flat", folder, lambda frame, folder=folder: f"{folder}/{frame}.png")
    check_real_outlines()
print(f"{counts['masks']} masks and {counts['outlines']} outlines are those of pycocotools")
