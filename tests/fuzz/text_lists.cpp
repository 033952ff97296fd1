// SPDX-License-Identifier: MIT
// Files of lines: a packed archive's manifest (dataset/submission/pack.h), a list of frames, a
// split file.
//
// Byte 0 chooses: 0 manifest, 1 list of frames, 2 split file.
#include <cstdlib>
#include <string>
#include <string_view>

#include "dataset/error.h"
#include "dataset/submission/pack.h"
#include "dataset/files/archive_name.h"
#include "dataset/sequence_index.h"
#include "tests/fuzz/fuzz_target.h"

namespace angiobench::test {
namespace {

using Bytes = std::vector<std::uint8_t>;

enum Choice : std::uint8_t { kManifest, kFrames, kSplit, kNumChoices };

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
      default:
        parse_split(text);
    }
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::bug) std::abort();
  }
  return 0;
}
