#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes reports/published/*.json (schema "published-1", one file a source) from the figures that were collected from
public places: DATA/reference_scores.csv and DATA/paper/table*.csv.

Usage: scripts/make_published.py [DATA]      (default: $ANGIOBENCH_DATA, else ../shared/data)

Every figure keeps the digits it was published with, as text in percent, so that nothing is lost to binary fractions; a
test compares every one with the collection where it is present. Run it again when the collection grows; do not edit
the files it writes."""
import csv
import json
import os
import re
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
OUT = os.path.join(ROOT, "reports", "published")

# (benchmark, split) of the collection -> (name of our benchmark definition, split)
DATASETS = {
    ("DAVIS2016", "val"): "davis2016-val",
    ("DAVIS2017", "val"): "davis2017-val",
    ("DAVIS2017", "test-dev"): "davis2017-test-dev",
    ("YouTubeVOS2018", "val"): "youtube-vos-2018-valid",
    ("YouTubeVOS2019", "val"): "youtube-vos-2019-valid",
    ("MOSEv1", "val"): "mose-v1-valid",
    ("MOSEv2", "val"): "mose-v2-valid",
    ("SA-V", "val"): "sa-v-val",
    ("SA-V", "test"): "sa-v-test",
    ("LVOSv1", "val"): "lvos-v1-val",
    ("LVOSv1", "test"): "lvos-v1-test",
    ("LVOSv2", "val"): "lvos-v2-val",
    ("VOST", "val"): "vost-val",
    ("MOSXAV", "val"): "mosxav-val",
    ("MOSXAV", "test"): "mosxav-test",
    ("XACV", "test"): "xacv",
}

# Column of the collection -> figure: a metric, and after a space its scope where that is not "overall".
COLUMNS = {"JF": "J&F", "J": "J", "F": "F", "J_seen": "J seen", "F_seen": "F seen", "J_unseen": "J unseen",
           "F_unseen": "F unseen"}

# MOSEv2's contour measure (radius that follows the object's size) by the scorer's names.
EXTRAS = {"J&Fdot": "J&\u1e1e", "Fdot": "\u1e1e", "J&Fdot_disappear": "J&\u1e1e_d", "J&Fdot_reappear": "J&\u1e1e_r"}

TASKS = {"semisup": "semi-supervised", "semi2017": "semi-supervised", "unsup": "unsupervised",
         "unsup2017": "unsupervised"}

PAPER = {"label": "arXiv 2601.00988",
         "title": "Few-Shot Video Object Segmentation in X-Ray Angiography Using Local Matching and "
                  "Spatio-Temporal Consistency Loss (Neural Networks 200, 108808, 2026)",
         "url": "https://arxiv.org/abs/2601.00988"}


def entry_of(row):
    """One line of the collection as an entry; parts of its note become fields, the rest stays a note."""
    entry = {"dataset": DATASETS[row["benchmark"], row["split"]], "split": row["split"], "method": row["method"]}
    if row["year"]:
        entry["year"] = int(row["year"])
    variant, derived, note = [], [], []
    for part in filter(None, (p.strip() for p in row["note"].split(";"))):
        if part == "official site":
            continue
        if part.startswith("id="):
            entry["id"] = part[3:]
        elif part.startswith("type="):
            if part[5:]:
                variant.append(TASKS[part[5:]])
        elif part == "JF=(J+F)/2 computed here":
            derived.append("J&F")
        else:
            note.append(part)
    figures = {name: row[column] for column, name in COLUMNS.items() if row[column]}
    for part in filter(None, row["extra"].split(";")):
        key, value = part.split("=", 1)
        if key == "all_frames":
            variant.append("all frames" if value == "yes" else "default frames")
        else:
            figures[EXTRAS.get(key, key)] = value
    if variant:
        entry["variant"] = ", ".join(variant)
    entry["figures"] = figures
    if derived:
        entry["derived"] = derived
    if note:
        entry["note"] = "; ".join(note)
    return entry


def write(name, document):
    """A JSON object with one line an entry or table row: a changed figure is a changed line."""
    dump = lambda value: json.dumps(value, ensure_ascii=False)
    lines = []
    for key, value in document.items():
        if key == "entries":
            body = ",\n".join("  " + dump(e) for e in value)
            lines.append('"entries": [\n%s\n ]' % body)
        elif key == "tables":
            tables = []
            for table in value:
                rows = ",\n".join("    " + dump(r) for r in table["rows"])
                head = {k: v for k, v in table.items() if k != "rows"}
                tables.append("  " + dump(head)[:-1] + ', "rows": [\n%s\n   ]}' % rows)
            lines.append('"tables": [\n%s\n ]' % ",\n".join(tables))
        else:
            lines.append("%s: %s" % (dump(key), dump(value)))
    text = "{\n " + ",\n ".join(lines) + "\n}\n"
    json.loads(text)
    with open(os.path.join(OUT, name), "w", encoding="utf-8", newline="\n") as file:
        file.write(text)


def paper_document(folder):
    read = lambda name: list(csv.DictReader(open(os.path.join(folder, name), encoding="utf-8", newline="")))
    entries = []
    for row in read("table1.csv"):
        venue, year = re.fullmatch(r"(.*?) ?(\d{4})", row["venue"]).groups()
        for dataset, split, columns in (
                ("cadica", "", {"jf": "J&F", "j": "J", "f": "F"}),
                ("xacv", "test", {"jf": "J&F", "j": "J", "f": "F"}),
                ("mosxav-val", "val", {"jf": "J&F", "j": "J", "f": "F"}),
                ("mosxav-test", "test", {"jf": "J&F", "js": "J seen", "fs": "F seen", "ju": "J unseen",
                                         "fu": "F unseen"})):
            prefix = dataset.replace("-", "_")
            entry = {"dataset": dataset, "split": split, "method": row["method"], "year": int(year)}
            if venue:
                entry["venue"] = venue
            if not split:
                del entry["split"]
            entry["figures"] = {name: row[prefix + "_" + column] for column, name in columns.items()}
            # A note about one split's J&F stays with that split; what it says of the mean is worked out from the
            # figures by the program, so it is left out here.
            notes = [p.strip() for p in row["note"].split(";") if p.strip() and not p.strip().startswith("printed")]
            notes = [n for n in notes if "for the test column" not in n or dataset == "mosxav-test"]
            if notes:
                entry["note"] = "; ".join(n.replace(" for the test column", "") for n in notes)
            entries.append(entry)

    def rows(name, label, figures):
        return [{"label": label(row), "figures": {figure: row[column] for column, figure in figures.items()
                                                  if row[column]}} for row in read(name)]

    tables = [
        {"table": "table2", "title": "Training loss", "dataset": "mosxav-val", "label": "loss",
         "rows": rows("table2.csv", lambda r: r["loss"], {"mosxav_val_mean_j": "J"})},
        {"table": "table3a", "title": "Sampling strategy", "dataset": "mosxav-val", "label": "sampling",
         "rows": rows("table3a.csv", lambda r: r["sampling"],
                      {"mean_j": "J", "fps_rtx6000": "fps RTX6000", "fps_i9_13900h": "fps i9-13900H",
                       "fps_i9_13900h_std": "fps_std i9-13900H", "fps_r9_7940hs": "fps R9-7940HS",
                       "fps_r9_7940hs_std": "fps_std R9-7940HS"})},
        {"table": "table3b", "title": "Window size k", "dataset": "mosxav-val", "label": "window",
         "note": "the first row was hard to read in the scan of the text",
         "rows": rows("table3b.csv", lambda r: "k=" + r["window_k"], {"mean_j": "J", "fps_rtx6000": "fps RTX6000"})},
        {"table": "table3c", "title": "Key-frame interval r", "dataset": "mosxav-val", "label": "interval",
         "note": "the row r=5 was hard to read in the scan of the text",
         "rows": rows("table3c.csv", lambda r: "r=" + r["keyframe_interval_r"],
                      {"mean_j": "J", "fps_rtx6000": "fps RTX6000"})},
    ]
    return {"schema": "published-1", "source": PAPER, "unit": "percent", "entries": entries, "tables": tables}


def main():
    data = sys.argv[1] if len(sys.argv) > 1 else os.environ.get("ANGIOBENCH_DATA", os.path.join(ROOT, "../shared/data"))
    os.makedirs(OUT, exist_ok=True)
    with open(os.path.join(data, "reference_scores.csv"), encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file))
    sources = {}
    for row in lines:
        sources.setdefault((row["source_repo"], row["source_path"], row["commit"]), []).append(entry_of(row))
    for (repository, path, commit), entries in sources.items():
        stem = re.sub(r"[^a-z0-9]+", "-", (repository.split("/")[1] + "-" + path.rsplit(".", 1)[0]).lower()).strip("-")
        source = {"label": "DAVIS challenge site" if repository.startswith("davisvideochallenge/") else repository,
                  "title": repository + ", " + path,
                  "url": "https://github.com/%s/blob/%s/%s" % (repository, commit, path),
                  "repository": repository, "path": path, "commit": commit}
        document = {"schema": "published-1", "source": source, "unit": "percent"}
        # The site of the challenge prints fractions, as its community does.
        if source.get("repository") == "davisvideochallenge/davisvideochallenge.github.io":
            document["display"] = "fraction"
        document["entries"] = entries
        write(stem + ".json", document)
    write("arxiv-2601-00988.json", paper_document(os.path.join(data, "paper")))


if __name__ == "__main__":
    main()
