// SPDX-License-Identifier: MIT
// Files of lines: a packed archive's manifest (dataset/submission/pack.h), a list of frames, a
// split file; a table of colours, names of an export's tasks, the pattern and the name of a mask of
// an export (dataset/annotation).
//
// Byte 0 chooses: 0 manifest, 1 list of frames, 2 split file, 3 table, 4 tasks, 5 pattern and name
// with a line end between.
#include <algorithm>
#include <cstdlib>
#include <string>
#include <string_view>

#include "dataset/annotation/export_name.h"
#include "dataset/color_table.h"
#include "dataset/error.h"
#include "dataset/submission/pack.h"
#include "dataset/files/archive_name.h"
#include "dataset/sequence_index.h"
#include "tests/fuzz/fuzz_target.h"

namespace angiobench::test {
namespace {

using Bytes = std::vector<std::uint8_t>;

enum Choice : std::uint8_t { kManifest, kFrames, kSplit, kTable, kTasks, kPattern, kNumChoices };

// An archive of one mask and a manifest.
class PackedTree : public FileTree {
 public:
  explicit PackedTree(std::span<const std::uint8_t> manifest)
      : manifest_(manifest.begin(), manifest.end()) {}

  std::string display_path(std::string_view relative) const override {
    return "fuzz.zip!" + std::string(relative);
  }
  std::vector<std::string> folders(std::string_view relative) const override {
    return relative.empty() ? std::vector<std::string>{"v00"} : std::vector<std::string>{};
  }
  std::vector<std::string> files(std::string_view relative) const override {
    if (relative.empty()) return {std::string(kManifestName)};
    return relative == "v00" ? std::vector<std::string>{"00000.png"} : std::vector<std::string>{};
  }
  bool has_file(std::string_view relative) const override {
    return relative == kManifestName || relative == "v00/00000.png";
  }
  bool read(std::string_view relative, Bytes& bytes) const override {
    if (!has_file(relative)) return false;
    bytes = relative == kManifestName ? manifest_ : Bytes{'m', 'a', 's', 'k'};
    return true;
  }

 private:
  Bytes manifest_;
};

// A table's labels are ascending, begin with the background, and its palette gives their colours.
void check_table(std::string_view text) {
  const ColorTable table = parse_color_table(text, "fuzz.txt");
  const std::vector<Rgb> palette = palette_of(table);
  if (table.labels.size() < 2 || table.labels.front().id != 0 || palette.size() > 256) std::abort();
  for (std::size_t i = 0; i < table.labels.size(); ++i) {
    const LabelClass& label = table.labels[i];
    if (i > 0 && label.id <= table.labels[i - 1].id) std::abort();
    if (palette.at(static_cast<std::size_t>(label.id)) != label.color) std::abort();
  }
}

// What a pattern takes has a frame, and no part of it is a folder.
void check_pattern(std::string_view text) {
  const std::size_t end = std::min(text.find('\n'), text.size());
  const ExportPattern pattern = ExportPattern::parse(text.substr(0, end));
  const auto name = pattern.match(text.substr(std::min(end + 1, text.size())));
  if (!name) return;
  if (name->frame.empty() || name->frame.find('/') != std::string::npos) std::abort();
  if (pattern.has_label() && name->label.empty()) std::abort();
  if (split_frame_name(name->frame).frame.empty()) std::abort();
}

}  // namespace

std::vector<Bytes> fuzz_seeds() {
  std::vector<Bytes> seeds;
  const auto add = [&](Choice choice, const auto& rest) {
    seeds.push_back({choice});
    seeds.back().insert(seeds.back().end(), rest.begin(), rest.end());
  };
  const std::string digest(64, 'a');
  add(kManifest, digest + "  v00/00000.png\n" + digest + "  v00/00001.png\n");
  add(kFrames, std::string("# frames\nv00/00000\nv01/00003.png  # the last\n"));
  add(kSplit, std::string("v00\nv01 \n/JPEGImages/480p/bear/00000.jpg /Annotations/480p/bear\n"));
  add(kTable,
      std::string("# label:color_rgb:parts:actions\nvessel:48,112,32::\nbackground:0,0,0::\n"));
  add(kTable, std::string("1 255 0 0 1 1 1 \"vessel\"\n2 wire 0 255 0 255\n"));
  add(kTable, std::string(R"({"classes": [{"id": 3, "name": "wire", "color": [9, 8, 7]}]})"));
  add(kTasks, std::string("# task name\n3 00000.png\n"));
  add(kTasks, std::string(R"([{"id": 3, "data": {"image": "/data/0a1b2c3d-v01_00000.png"}}])"));
  add(kPattern, std::string("task-{frame}-annotation-{annotation}-by-{*}-{label}-{*}\n"
                            "task-3-annotation-7-by-1-tag-vessel-0"));
  add(kPattern, std::string("{*}-{*}-{*}-{label}-{frame}x\n") + std::string(300, '-'));
  return seeds;
}

}  // namespace angiobench::test

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace angiobench;
  if (size == 0 || data[0] >= test::kNumChoices) return 0;
  // A copy of the exact size: AddressSanitizer sees a read past the end.
  const std::vector<std::uint8_t> rest(data + 1, data + size);
  const std::string_view text(reinterpret_cast<const char*>(rest.data()), rest.size());
  try {
    switch (data[0]) {
      case test::kManifest:
        verify_manifest(test::PackedTree(rest));
        break;
      case test::kFrames:
        for (const PackSequence& sequence : parse_frame_list(text, "fuzz.txt")) {
          if (sequence.name.empty() || sequence.masks.empty()) std::abort();
        }
        break;
      case test::kTable:
        test::check_table(text);
        break;
      case test::kTasks:
        if (parse_task_names(text, "fuzz.json").empty() && text.find('[') == text.npos)
          std::abort();
        break;
      case test::kPattern:
        test::check_pattern(text);
        break;
      default:
        parse_split(text);
    }
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::bug) std::abort();
  }
  return 0;
}
