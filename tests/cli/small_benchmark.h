// SPDX-License-Identifier: MIT
#pragma once

#include <random>
#include <string>

#include "dataset/masks/png.h"
#include "tests/support/masks.h"
#include "tests/support/temp_folder.h"

namespace angiobench::test {

/// A MOSXAV test split of two sequences with five annotated frames each, and predictions for it, in
/// one folder: truth/test/{Annotations,ImageSets} and predictions/. Object 2 of v01 appears in the
/// third frame.
class SmallBenchmark {
 public:
  SmallBenchmark() {
    for (const char* const sequence : {"v00", "v01"}) {
      for (int frame = 0; frame < 5; ++frame) {
        const std::string name = std::string(sequence) + "/0000" + std::to_string(frame) + ".png";
        const bool has_second = frame >= 2 || std::string(sequence) == "v00";
        write("truth/test/Annotations/" + name, 200 + 10 * frame, has_second ? 60 : -1);
        write("predictions/" + name, 206 + 10 * frame, has_second ? 62 : -1);
      }
    }
    folder.write("truth/test/ImageSets/test.txt", "v00\nv01\n");
    folder.write("truth/test/ImageSets/test_first_mask.json",
                 R"({"videos": {
                   "v00": {"frames": {"00000": {"objects": ["1", "2"]}}, "seen_objects": ["1"], "unseen_objects": ["2"]},
                   "v01": {"frames": {"00000": {"objects": ["1"]}, "00002": {"objects": ["2"]}},
                           "seen_objects": ["1"], "unseen_objects": ["2"]}}})");
  }

  std::string truth() const { return folder / "truth"; }
  std::string predictions() const { return folder / "predictions"; }

  TempFolder folder;

 private:
  // Object 1 is a square at x, object 2 one at y; -1: not there.
  void write(const std::string& path, int x, int y) const {
    Mask mask(512, 512);
    for (int i = 0; i < 80; ++i) {
      for (int k = 0; k < 80; ++k) {
        mask.at(x + i, 300 + k) = 1;
        if (y >= 0) mask.at(100 + i, y + k) = 2;
      }
    }
    write_mask_png(folder / path, mask.view(), voc_palette().first(21));
  }
};

}  // namespace angiobench::test
