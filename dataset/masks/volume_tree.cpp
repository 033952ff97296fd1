// SPDX-License-Identifier: MIT
#include "dataset/masks/volume_tree.h"

#include <algorithm>
#include <boost/filesystem/operations.hpp>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "dataset/error.h"
#include "dataset/files/archive_name.h"
#include "dataset/files/image_size.h"
#include "dataset/masks/coco_tree.h"
#include "dataset/masks/label_digest.h"
#include "dataset/masks/png.h"
#include "dataset/volumes/volume_reader.h"

namespace angiobench {
namespace {

// Sequences whose runs are kept: as many as threads read at a time, some 0.3 MB each.
constexpr std::size_t kMaxKeptVolumes = 16;

// The frames of a volume, read: or why they cannot be.
struct ReadVolume {
  std::mutex mutex;
  bool is_read = false;
  std::vector<LabelRuns> frames;
  std::vector<Sha256> digests;
  std::optional<Error> trouble;
};

// A volume by its header.
struct ListedVolume {
  std::string file;  // in the tree of files
  int width = 0;
  int height = 0;
  std::map<std::string, std::size_t> paths;  // of each mask, relative to the tree: its frame
};

std::unique_ptr<VolumeReader> open_reader(const FileTree& files, const std::string& file) {
  const std::string path = files.display_path(file);
  const std::optional<VolumeForm> form = volume_form_of(file);
  std::unique_ptr<FileStream> stream = files.open(file);
  if (stream == nullptr || !form)
    throw Error(ErrorKind::input, path, "is gone", "a stack of masks");
  return std::make_unique<VolumeReader>(std::move(stream), *form, path);
}

void read_frames(VolumeReader& reader, ReadVolume& volume) {
  const VolumeHeader& header = reader.header();
  Mask mask(header.width, header.height);
  std::vector<std::uint8_t> samples;
  const std::size_t area = header.frame_bytes() / header.sample.bytes;
  for (int t = 0; t < header.num_frames; ++t) {
    read_label_frame(reader, samples, {mask.pixels(), area});
    volume.frames.emplace_back(mask.view());
    volume.digests.push_back(label_digest(volume.frames.back().view()));
  }
  reader.finish();
}

class VolumeTree final : public RunTree {
 public:
  VolumeTree(std::shared_ptr<const FileTree> files, const SequenceIndex& index,
             const std::string& lone_sequence)
      : files_(std::move(files)), inner_(index.benchmark.submission_masks.front().inner_folder()) {
    for (const std::string& file : files_->files("")) {
      if (!volume_form_of(file)) continue;
      const std::string name = lone_sequence.empty() ? volume_stem(file) : lone_sequence;
      const auto [place, is_new] = volumes_.emplace(name, ListedVolume{});
      if (!is_new) {
        throw Error(ErrorKind::input, files_->display_path(""),
                    "has both " + place->second.file + " and " + file, "one stack a sequence");
      }
      place->second.file = file;
      const auto sequence = std::ranges::find(index.sequences, name, &Sequence::name);
      // One that nobody asks for is told by its name.
      if (sequence != index.sequences.end()) list_frames(index, *sequence, place->second);
    }
  }

  std::string display_path(std::string_view relative) const override {
    const auto volume = volumes_.find(std::string(relative.substr(0, relative.find('/'))));
    if (volume == volumes_.end()) return files_->display_path(relative);
    const std::size_t slash = relative.rfind('/');
    const std::string shown = files_->display_path(volume->second.file);
    if (slash == std::string_view::npos) return shown;
    return shown + " (" + std::string(relative.substr(slash + 1)) + ")";
  }
  std::vector<std::string> folders(std::string_view relative) const override {
    std::vector<std::string> names;
    if (relative.empty()) {
      for (const auto& [name, volume] : volumes_) names.push_back(name);
    } else if (!inner_.empty() && relative.find('/') == std::string_view::npos &&
               volumes_.contains(std::string(relative))) {
      names.push_back(inner_.substr(0, inner_.find('/')));
    }
    return names;
  }
  std::vector<std::string> files(std::string_view relative) const override {
    std::vector<std::string> names;
    const ListedVolume* const volume = volume_of(relative);
    if (volume == nullptr) return names;
    for (const auto& [path, frame] : volume->paths) {
      if (parent_path(path) == relative) names.push_back(path.substr(relative.size() + 1));
    }
    return names;
  }
  bool has_file(std::string_view relative) const override {
    const ListedVolume* const volume = volume_of(relative);
    return volume != nullptr && volume->paths.contains(std::string(relative));
  }
  bool read(std::string_view relative, std::vector<std::uint8_t>& bytes) const override {
    if (!has_file(relative)) return false;
    CocoBuffers buffers;
    Sha256 digest{};
    Mask pixels;
    const MaskLabels labels = read_runs(std::string(relative), 0, 0, buffers, digest);
    bytes = encode_mask_png(pixels_of(labels, pixels), voc_palette());
    return true;
  }
  MaskLabels read_runs(const std::string& relative, int expected_width, int expected_height,
                       CocoBuffers& buffers, Sha256& digest) const override {
    const ListedVolume* const listed = volume_of(relative);
    if (listed == nullptr || !listed->paths.contains(relative))
      throw Error(ErrorKind::input, relative, "not found", "a mask");
    check_size(*listed, expected_width, expected_height);
    const std::size_t frame = listed->paths.at(relative);
    const std::shared_ptr<const ReadVolume> volume = load(*listed);
    const MaskLabels labels = volume->frames[frame].view();
    digest = volume->digests[frame];
    buffers.mapped.assign(labels.runs.begin(), labels.runs.end());
    return {labels.width, labels.height, buffers.mapped};
  }
  std::vector<Finding> found_in_masks() const override { return {}; }
  std::vector<Finding> notes() const override { return files_->notes(); }

 private:
  // Reads the header, and says which frames there are.
  void list_frames(const SequenceIndex& index, const Sequence& sequence, ListedVolume& volume) {
    const std::unique_ptr<VolumeReader> reader = open_reader(*files_, volume.file);
    const auto count = static_cast<std::size_t>(reader->header().num_frames);
    volume.width = reader->header().width;
    volume.height = reader->header().height;
    FrameNames names = sequence.frames;
    if (count != names.size()) names = images_of(index, sequence);
    if (count != names.size()) {
      // How many frames are annotated is not for everybody.
      throw Error(
          ErrorKind::input, reader->path(), "has " + std::to_string(count) + " frames",
          "one for each annotated frame of '" + sequence.name + "'" +
              (names.empty() ? std::string{}
                             : ", or for each of " + std::to_string(names.size()) + " images") +
              ": an array of [x, y, frame]");
    }
    const MaskPattern& pattern = index.benchmark.submission_masks.front();
    for (std::size_t t = 0; t < count; ++t)
      volume.paths.emplace(pattern.path(sequence.name, sequence.name, {}, names[t]), t);
  }

  const ListedVolume* volume_of(std::string_view relative) const {
    const auto found = volumes_.find(std::string(relative.substr(0, relative.find('/'))));
    return found == volumes_.end() ? nullptr : &found->second;
  }

  void check_size(const ListedVolume& volume, int width, int height) const {
    const bool fits =
        (width == 0 || width == volume.width) && (height == 0 || height == volume.height);
    if (fits) return;
    throw Error(ErrorKind::input, files_->display_path(volume.file),
                "has frames of " + size_text(volume.width, volume.height),
                size_text(width, height) + ", as the truth's" +
                    turned_words(volume.width, volume.height, width, height));
  }

  // The frames of a volume, read by the first who asks.
  std::shared_ptr<const ReadVolume> load(const ListedVolume& listed) const {
    const std::shared_ptr<ReadVolume> volume = kept_of(listed.file);
    const std::lock_guard lock(volume->mutex);
    if (!volume->is_read) {
      try {
        read_frames(*open_reader(*files_, listed.file), *volume);
      } catch (const Error& error) {
        volume->trouble = error;
      }
      volume->is_read = true;
    }
    if (volume->trouble) throw *volume->trouble;
    return volume;
  }
  std::shared_ptr<ReadVolume> kept_of(const std::string& file) const {
    const std::lock_guard lock(mutex_);
    for (const auto& [name, volume] : kept_) {
      if (name == file) return volume;
    }
    if (kept_.size() == kMaxKeptVolumes) kept_.pop_front();
    return kept_.emplace_back(file, std::make_shared<ReadVolume>()).second;
  }

  std::shared_ptr<const FileTree> files_;
  std::string inner_;                            // folder between a sequence's and its masks
  std::map<std::string, ListedVolume> volumes_;  // by sequence
  mutable std::mutex mutex_;
  mutable std::deque<std::pair<std::string, std::shared_ptr<ReadVolume>>> kept_;
};

// Stacks are label maps of videos.
void check_benchmark(const SequenceIndex& index, const std::string& shown) {
  const BenchmarkDefinition& benchmark = index.benchmark;
  if (benchmark.submission == MaskStorage::labels && !benchmark.has_single_images()) return;
  throw Error(ErrorKind::input, shown, "is a stack of label maps of a video",
              "a folder or a zip of masks: those of " + benchmark.name + " are no such maps");
}

}  // namespace

bool is_volume_path(const std::string& path) {
  boost::system::error_code code;
  return volume_form_of(path).has_value() && !boost::filesystem::is_directory(path, code);
}

bool holds_volumes(const FileTree& tree) {
  if (!tree.folders("").empty()) return false;
  std::vector<std::string> files = tree.files("");
  std::erase_if(files, [](const std::string& file) { return is_manifest_name(file); });
  return !files.empty() && std::ranges::all_of(files, [](const std::string& file) {
    return volume_form_of(file).has_value();
  });
}

std::shared_ptr<const FileTree> volume_tree(std::shared_ptr<const FileTree> files,
                                            const SequenceIndex& index) {
  check_benchmark(index, files->display_path(""));
  return std::make_shared<VolumeTree>(std::move(files), index, std::string{});
}

std::shared_ptr<const FileTree> open_volume(const std::string& path, const SequenceIndex& index,
                                            const std::string& shown_as) {
  std::shared_ptr<const FileTree> file = open_single_file(path, "a stack of masks", shown_as);
  const std::string shown = file->display_path("");
  check_benchmark(index, shown);
  std::string name = volume_stem(path);
  if (std::ranges::find(index.sequences, name, &Sequence::name) == index.sequences.end()) {
    if (index.sequences.size() != 1) {
      throw Error(ErrorKind::input, shown,
                  "is one stack, named after none of the " +
                      std::to_string(index.sequences.size()) + " sequences",
                  "a folder or a zip of <sequence>" +
                      std::string(volume_suffix(*volume_form_of(path))) +
                      ", or one sequence (--sequences)");
    }
    name = index.sequences.front().name;
  }
  return std::make_shared<VolumeTree>(std::move(file), index, name);
}

}  // namespace angiobench
