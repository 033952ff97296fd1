// SPDX-License-Identifier: MIT
#include "reports/platforms/stack_tree.h"

#include <algorithm>
#include <boost/filesystem/operations.hpp>
#include <boost/filesystem/path.hpp>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "dataset/error.h"
#include "dataset/masks/mask_source.h"
#include "dataset/masks/label_stack.h"
#include "dataset/masks/png.h"

namespace angiobench {
namespace {

namespace fs = boost::filesystem;

// Files in memory, all in one folder.
class MemoryFolder final : public FileTree {
 public:
  using Files = std::map<std::string, std::vector<std::uint8_t>, std::less<>>;
  MemoryFolder(Files files, std::string shown_as)
      : files_(std::move(files)), shown_as_(std::move(shown_as)) {}

  std::string display_path(std::string_view relative) const override {
    return join_path(shown_as_, relative);
  }
  std::vector<std::string> folders(std::string_view) const override { return {}; }
  std::vector<std::string> files(std::string_view relative) const override {
    std::vector<std::string> names;
    if (relative.empty())
      for (const auto& [name, bytes] : files_) names.push_back(name);
    return names;
  }
  bool has_file(std::string_view relative) const override { return files_.contains(relative); }
  bool read(std::string_view relative, std::vector<std::uint8_t>& bytes) const override {
    const auto found = files_.find(relative);
    if (found == files_.end()) return false;
    bytes = found->second;
    return true;
  }

 private:
  Files files_;
  std::string shown_as_;
};

// The one stack below `path`: its folder and its name there; two empty texts where there is none.
std::pair<std::string, std::string> stack_at(const std::string& path) {
  const auto is_named = [](const std::string& name) { return volume_form_of(name).has_value(); };
  boost::system::error_code code;
  if (!fs::is_directory(path, code)) {
    const fs::path file(path);
    if (is_named(path)) return {file.parent_path().string(), file.filename().string()};
    return {};
  }
  const std::vector<std::string> names = open_folder(path, FolderLinks::refuse)->files("");
  if (names.size() == 1 && is_named(names.front())) return {path, names.front()};
  return {};
}

LabelStack read_stack(const std::string& path, std::uint64_t max_bytes,
                      const std::string& shown_as) {
  const auto [folder, name] = stack_at(path);
  std::unique_ptr<FileStream> file = open_folder(folder, FolderLinks::refuse)->open(name);
  const std::optional<VolumeForm> form = volume_form_of(name);
  if (!file || !form)
    throw Error(ErrorKind::input, shown_as, "is not there", "a stack of masks (.mha)");
  if (file->size() > max_bytes + kMaxVolumeHeader)
    throw Error(ErrorKind::limit, shown_as, "has " + std::to_string(file->size()) + " bytes",
                "at most " + std::to_string(max_bytes) + ", four for each pixel of the truth");
  return read_label_stack(VolumeReader(std::move(file), *form, shown_as), max_bytes);
}

// Colours that the benchmark's PNGs must have where it says so, else any.
std::vector<Rgb> colours_of(const BenchmarkDefinition& benchmark) {
  const std::span<const Rgb> any = voc_palette();
  std::vector<Rgb> colours(any.begin(), any.end());
  if (benchmark.has_fixed_palette)
    std::copy(benchmark.palette.begin(), benchmark.palette.end(), colours.begin());
  return colours;
}

}  // namespace

bool is_stack(const std::string& path) { return !stack_at(path).second.empty(); }

std::shared_ptr<const FileTree> open_stack(const std::string& path, const Sequence& sequence,
                                           const SequenceIndex& index,
                                           const std::string& shown_as) {
  const auto fail = [&](const std::string& found, const std::string& expected) {
    throw Error(ErrorKind::input, shown_as, found, expected);
  };
  if (index.masks->has_planes() || index.benchmark.has_single_images() ||
      index.benchmark.submission != MaskStorage::labels)
    fail("is a stack of label maps", "a zip of masks: those of this benchmark are no label maps");
  if (sequence.frames.empty()) fail("is of a sequence without masks", "another sequence");
  MaskBuffers buffers;
  Sha256 digest;
  const MaskView truth =
      index.masks->read_labels(sequence, sequence.frames[0], {}, buffers, digest);
  const std::size_t num_frames = sequence.frames.size();
  const std::uint64_t max_bytes = std::uint64_t{4} * num_frames *
                                  static_cast<std::uint64_t>(truth.width) *
                                  static_cast<std::uint64_t>(truth.height);
  const LabelStack stack = read_stack(path, max_bytes, shown_as);
  if (static_cast<std::size_t>(stack.num_frames) != num_frames)
    fail("has " + std::to_string(stack.num_frames) + " frames",
         std::to_string(num_frames) + ", one for each annotated frame");

  const std::vector<Rgb> colours = colours_of(index.benchmark);
  MemoryFolder::Files none;
  const FileMaskSource places(std::make_shared<MemoryFolder>(std::move(none), shown_as),
                              index.benchmark, MaskRole::prediction);
  MemoryFolder::Files files;
  for (std::size_t t = 0; t < num_frames; ++t) {
    const std::string place = places.path(sequence, sequence.frames[t]);
    files.emplace(place.substr(place.rfind('/') + 1),
                  encode_mask_png(stack.frame(static_cast<int>(t)), colours));
  }
  return std::make_shared<MemoryFolder>(std::move(files), shown_as);
}

}  // namespace angiobench
