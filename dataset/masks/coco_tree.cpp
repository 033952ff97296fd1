// SPDX-License-Identifier: MIT
#include "dataset/masks/coco_tree.h"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <optional>
#include <utility>

#include "dataset/error.h"
#include "dataset/files/input_file.h"
#include "dataset/frame_order.h"
#include "dataset/masks/mask_source.h"
#include "dataset/masks/npy.h"
#include "dataset/masks/png.h"

namespace angiobench {
namespace {

constexpr std::uint8_t kWhite = 255;

constexpr std::string_view kNamesFile = "instances.json";

// Whether a list of results says by numbers what its masks belong to.
bool has_numbers(const CocoRecords& results) {
  if (results.form != CocoForm::video_results && results.form != CocoForm::image_results)
    return false;
  for (std::size_t i = 0; i < results.annotations.size(); ++i) {
    if (results.annotations.owner(i) >= 0) return true;
  }
  return false;
}

// The label that a file must have for an object: what the benchmark's rules make the object of it.
std::array<std::uint8_t, 256> labels_for(const BenchmarkDefinition& benchmark) {
  std::array<std::uint8_t, 256> labels{};
  const auto& ids = benchmark.labels.prediction_ids;
  for (std::size_t object = 1; object < 256; ++object) {
    if (ids[object] == object) {
      labels[object] = static_cast<std::uint8_t>(object);
      continue;
    }
    const auto at = std::find(ids.begin() + 1, ids.end(), static_cast<std::uint8_t>(object));
    labels[object] = at != ids.end() ? static_cast<std::uint8_t>(at - ids.begin())
                                     : static_cast<std::uint8_t>(object);
  }
  return labels;
}

// How many planes the arrays of a benchmark have, as the truth's first says; 0: it has none.
int planes_of(const SequenceIndex& index) {
  if (index.benchmark.submission != MaskStorage::planes) return 0;
  for (const Sequence& sequence : index.sequences) {
    if (sequence.frames.empty() || index.masks == nullptr || !index.masks->has_planes()) continue;
    MaskBuffers buffers;
    return index.masks->open_planes(sequence, sequence.frames[0], {}, buffers)->shape().num_planes;
  }
  return 0;
}

// A frame as the .npy [planes, height, width] that it would be, of which one plane is in memory.
class CocoPlanes final : public FileStream {
 public:
  CocoPlanes(std::shared_ptr<const CocoMasks> masks, std::size_t sequence, std::size_t frame,
             int num_planes, std::string path)
      : masks_(std::move(masks)),
        sequence_(sequence),
        frame_(frame),
        num_planes_(num_planes),
        path_(std::move(path)) {
    const MaskLabels whole = read(1);  // all planes are as large
    width_ = whole.width;
    height_ = whole.height;
    const std::vector<std::uint64_t> shape = {static_cast<std::uint64_t>(num_planes),
                                              static_cast<std::uint64_t>(height_),
                                              static_cast<std::uint64_t>(width_)};
    ready_ = encode_npy(shape, {});
    size_ = ready_.size() + shape[0] * shape[1] * shape[2];
  }

  std::uint64_t size() const override { return size_; }

  void read(std::span<std::uint8_t> bytes) override {
    while (!bytes.empty()) {
      if (used_ == ready_.size()) draw_next();
      const std::size_t num_bytes = std::min(bytes.size(), ready_.size() - used_);
      std::copy_n(ready_.begin() + static_cast<std::ptrdiff_t>(used_), num_bytes, bytes.begin());
      used_ += num_bytes;
      bytes = bytes.subspan(num_bytes);
    }
  }

 private:
  MaskLabels read(int label) {
    try {
      return masks_->read(sequence_, frame_, label, width_, height_, buffers_).labels;
    } catch (const Error& error) {
      if (!error.path().empty()) throw;
      throw Error(error.kind(), path_, error.found(), error.expected());
    }
  }
  void draw_next() {
    if (plane_ == num_planes_) throw Error(ErrorKind::input, path_, "ends early", "all its planes");
    const auto width = static_cast<std::size_t>(width_);
    ready_.assign(width * static_cast<std::size_t>(height_), 0);
    used_ = 0;
    for (const LabelRun& run : read(++plane_).runs) {
      const std::size_t row = static_cast<std::size_t>(run.y) * width;
      std::fill(ready_.begin() + static_cast<std::ptrdiff_t>(row) + run.x_begin,
                ready_.begin() + static_cast<std::ptrdiff_t>(row) + run.x_end, std::uint8_t{1});
    }
  }

  std::shared_ptr<const CocoMasks> masks_;
  std::size_t sequence_;
  std::size_t frame_;
  int num_planes_;
  std::string path_;
  int width_ = 0;
  int height_ = 0;
  int plane_ = 0;  // the last one drawn
  std::uint64_t size_ = 0;
  std::vector<std::uint8_t> ready_;  // the header, or the plane
  std::size_t used_ = 0;             // of it
  CocoBuffers buffers_;
};

class CocoTree final : public RunTree {
 public:
  CocoTree(std::shared_ptr<const CocoMasks> masks, const SequenceIndex& index)
      : masks_(std::move(masks)),
        pattern_(index.benchmark.submission_masks.front()),
        has_objects_(index.benchmark.submission == MaskStorage::objects),
        num_planes_(planes_of(index)),
        labels_(labels_for(index.benchmark)) {
    for (const MaskPattern& pattern : index.benchmark.submission_masks) {
      if (!pattern.is_ranked()) {
        pattern_ = pattern;
        break;
      }
    }
    check_planes(index.benchmark.name);
    keeps_labels_ = true;
    for (std::size_t i = 1; i < labels_.size(); ++i)
      keeps_labels_ = keeps_labels_ && labels_[i] == i;
    if (!has_objects_) return;
    // Folders of objects are called as the truth's.
    for (const Sequence& sequence : index.sequences) {
      if (!sequence.object_folders.empty())
        object_folders_[sequence.name] = sequence.object_folders;
    }
  }

  std::string display_path(std::string_view relative) const override {
    return relative.empty() ? masks_->path() : masks_->path() + "!" + std::string(relative);
  }
  std::vector<std::string> folders(std::string_view relative) const override;
  std::vector<std::string> files(std::string_view relative) const override;
  bool has_file(std::string_view relative) const override { return find(relative).has_value(); }
  bool read(std::string_view relative, std::vector<std::uint8_t>& bytes) const override;
  std::unique_ptr<FileStream> open(std::string_view relative) const override;
  std::vector<Finding> notes() const override {
    std::vector<Finding> notes = masks_->findings();
    std::erase_if(notes, [](const Finding& one) { return one.severity != Severity::note; });
    return notes;
  }
  MaskLabels read_runs(const std::string& relative, int expected_width, int expected_height,
                       CocoBuffers& buffers, Sha256& digest) const override;
  std::vector<Finding> found_in_masks() const override {
    std::vector<Finding> found = masks_->findings();
    std::erase_if(found, [](const Finding& one) { return one.severity == Severity::note; });
    std::ranges::move(masks_->overlaps(), std::back_inserter(found));
    return found;
  }

 private:
  struct Target {
    std::size_t sequence = 0;
    std::size_t frame = 0;
    int object = 0;  // 0: all
  };

  void check_planes(const std::string& benchmark) const;
  std::optional<Target> find(std::string_view relative) const;
  std::optional<Target> find_in(std::size_t sequence, std::string_view rest) const;
  std::string folder_of_object(const std::string& sequence, int object) const;
  MaskLabels read_target(const Target& target, int expected_width, int expected_height,
                         CocoBuffers& buffers, Sha256& digest) const;

  std::shared_ptr<const CocoMasks> masks_;
  MaskPattern pattern_;
  bool has_objects_;
  int num_planes_;  // 0: the masks are no arrays
  bool keeps_labels_ = true;
  std::array<std::uint8_t, 256> labels_;
  std::map<std::string, std::map<int, std::string>, std::less<>> object_folders_;
};

void CocoTree::check_planes(const std::string& benchmark) const {
  for (std::size_t i = 0; num_planes_ > 0 && i < masks_->num_sequences(); ++i) {
    for (const int label : masks_->labels_of(i)) {
      if (label <= num_planes_) continue;
      throw Error(
          ErrorKind::input, masks_->path(),
          "'" + std::string(masks_->name(i)) + "' has the category " + std::to_string(label),
          "1 to " + std::to_string(num_planes_) + ", the planes of the arrays of " + benchmark);
    }
  }
}

std::unique_ptr<FileStream> CocoTree::open(std::string_view relative) const {
  if (num_planes_ == 0) return RunTree::open(relative);
  const auto target = find(relative);
  if (!target) return nullptr;
  return std::make_unique<CocoPlanes>(masks_, target->sequence, target->frame, num_planes_,
                                      display_path(relative));
}

std::string CocoTree::folder_of_object(const std::string& sequence, int object) const {
  const auto folders = object_folders_.find(sequence);
  if (folders != object_folders_.end()) {
    const auto at = folders->second.find(object);
    if (at != folders->second.end()) return at->second;
  }
  return std::to_string(object);
}

std::vector<std::string> CocoTree::folders(std::string_view relative) const {
  std::vector<std::string> names;
  if (!pattern_.has_sequence_folder()) return names;
  if (relative.empty()) {
    for (std::size_t i = 0; i < masks_->num_sequences(); ++i) names.emplace_back(masks_->name(i));
    return names;
  }
  const std::string_view name = relative.substr(0, relative.find('/'));
  const auto sequence = masks_->find(name);
  if (!sequence) return names;
  std::string_view rest = relative.substr(std::min(relative.size(), name.size() + 1));
  if (has_objects_ && rest == pattern_.inner_folder()) {
    for (const int object : masks_->labels_of(*sequence))
      names.push_back(folder_of_object(std::string(name), object));
    std::ranges::sort(names);
    return names;
  }
  // A folder on the way to the masks.
  const std::string_view inner = pattern_.inner_folder();
  const bool is_on_the_way = inner.starts_with(rest) && rest.size() < inner.size() &&
                             (rest.empty() || inner[rest.size()] == '/');
  if (!is_on_the_way) return names;
  const std::string_view next = inner.substr(rest.empty() ? 0 : rest.size() + 1);
  names.emplace_back(next.substr(0, next.find('/')));
  return names;
}

std::vector<std::string> CocoTree::files(std::string_view relative) const {
  std::vector<std::string> names;
  const auto add = [&](std::string_view frame) {
    names.push_back(pattern_.prefix() + std::string(frame) + pattern_.suffix());
  };
  if (!pattern_.has_sequence_folder()) {
    if (!relative.empty()) return names;
    for (std::size_t i = 0; i < masks_->num_sequences(); ++i) add(masks_->name(i));
    std::ranges::sort(names);
    return names;
  }
  const std::string_view name = relative.substr(0, relative.find('/'));
  const auto sequence = masks_->find(name);
  if (!sequence) return names;
  std::string place = join_path(name, pattern_.inner_folder());
  if (has_objects_) {
    const std::vector<std::string> objects = folders(place);
    const bool is_object =
        relative.size() > place.size() + 1 && relative.starts_with(place) &&
        std::ranges::binary_search(objects, std::string(relative.substr(place.size() + 1)));
    if (!is_object) return names;
  } else if (relative != place) {
    return names;
  }
  for (std::size_t i = 0; i < masks_->num_frames(*sequence); ++i) add(masks_->frame(*sequence, i));
  std::ranges::sort(names);
  return names;
}

std::optional<CocoTree::Target> CocoTree::find(std::string_view relative) const {
  if (!pattern_.has_sequence_folder()) {
    if (relative.find('/') != std::string_view::npos) return std::nullopt;
    const auto name = pattern_.name_in(relative);
    const auto sequence = name ? masks_->find(*name) : std::nullopt;
    if (!sequence || masks_->num_frames(*sequence) != 1) return std::nullopt;
    return Target{*sequence, 0, 0};
  }
  const std::size_t slash = relative.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const auto sequence = masks_->find(relative.substr(0, slash));
  return sequence ? find_in(*sequence, relative.substr(slash + 1)) : std::nullopt;
}

std::optional<CocoTree::Target> CocoTree::find_in(std::size_t sequence,
                                                  std::string_view rest) const {
  const std::string& inner = pattern_.inner_folder();
  if (!inner.empty()) {
    if (!rest.starts_with(inner) || rest.size() <= inner.size() || rest[inner.size()] != '/')
      return std::nullopt;
    rest.remove_prefix(inner.size() + 1);
  }
  Target target{sequence, 0, 0};
  const std::string own(masks_->name(sequence));
  if (has_objects_) {
    const std::size_t slash = rest.find('/');
    if (slash == std::string_view::npos) return std::nullopt;
    for (const int object : masks_->labels_of(sequence)) {
      if (folder_of_object(own, object) == rest.substr(0, slash)) target.object = object;
    }
    if (target.object == 0) return std::nullopt;
    rest.remove_prefix(slash + 1);
  }
  if (rest.find('/') != std::string_view::npos) return std::nullopt;
  const auto name = pattern_.name_in(rest);
  const auto frame = name ? masks_->find_frame(sequence, *name) : std::nullopt;
  if (!frame) return std::nullopt;
  target.frame = *frame;
  return target;
}

MaskLabels CocoTree::read_target(const Target& target, int expected_width, int expected_height,
                                 CocoBuffers& buffers, Sha256& digest) const {
  const CocoFrame frame = masks_->read(target.sequence, target.frame, target.object, expected_width,
                                       expected_height, buffers);
  digest = frame.digest;
  if (keeps_labels_ && !has_objects_) return frame.labels;
  buffers.mapped.clear();
  for (LabelRun run : frame.labels.runs) {
    run.label = has_objects_ ? kWhite : labels_[static_cast<std::size_t>(run.label)];
    append_run(buffers.mapped, run);
  }
  return {frame.labels.width, frame.labels.height, buffers.mapped};
}

MaskLabels CocoTree::read_runs(const std::string& relative, int expected_width, int expected_height,
                               CocoBuffers& buffers, Sha256& digest) const {
  const auto target = find(relative);
  if (!target) throw Error(ErrorKind::input, relative, "not found", "a mask");
  try {
    return read_target(*target, expected_width, expected_height, buffers, digest);
  } catch (const Error& error) {
    if (!error.path().empty()) throw;
    throw Error(error.kind(), relative, error.found(), error.expected());
  }
}

bool CocoTree::read(std::string_view relative, std::vector<std::uint8_t>& bytes) const {
  const auto target = find(relative);
  if (!target) return false;
  if (num_planes_ > 0) {
    const std::unique_ptr<FileStream> arrays = open(relative);
    bytes.resize(static_cast<std::size_t>(arrays->size()));
    arrays->read(bytes);
    return true;
  }
  CocoBuffers buffers;
  Sha256 digest{};
  try {
    const MaskLabels labels = read_target(*target, 0, 0, buffers, digest);
    Mask pixels;
    bytes = encode_mask_png(pixels_of(labels, pixels), voc_palette());
  } catch (const Error& error) {
    if (!error.path().empty()) throw;
    throw Error(error.kind(), display_path(relative), error.found(), error.expected());
  }
  return true;
}

}  // namespace

std::optional<CocoRecords> names_of_truth(const SequenceIndex& index) {
  if (index.truth == nullptr) return std::nullopt;
  for (const std::string& folder : {std::string(), index.root}) {
    const std::string relative = join_path(folder, kNamesFile);
    if (!index.truth->has_file(relative)) continue;
    const std::string path = index.truth->display_path(relative);
    if (is_json_file(index.truth->typed_path(relative)))
      return read_coco_records(open_random_bytes(index.truth->typed_path(relative)), path);
    std::vector<std::uint8_t> bytes;  // in a zip
    index.truth->read(relative, bytes);
    return read_coco_records(random_bytes_of({bytes.begin(), bytes.end()}, path), path);
  }
  return std::nullopt;
}

std::vector<Finding> found_in_masks(const FileTree& tree) {
  const auto* const runs = dynamic_cast<const RunTree*>(&tree);
  return runs != nullptr ? runs->found_in_masks() : std::vector<Finding>{};
}

bool is_json_file(const std::string& path) {
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0 || !S_ISREG(info.st_mode)) return false;
  std::string start;
  try {
    const auto bytes = open_random_bytes(path);
    start.resize(static_cast<std::size_t>(std::min<std::uint64_t>(bytes->size(), 64)));
    bytes->read(0, start);
  } catch (const Error&) {
    return false;  // whoever opens it as what it is to be says why it cannot
  }
  if (file_suffix(path) == ".json") return true;
  const std::size_t first = start.find_first_not_of(" \t\r\n\xEF\xBB\xBF");
  return first != std::string::npos && (start[first] == '{' || start[first] == '[');
}

CocoNaming coco_naming(const SequenceIndex& index) {
  const BenchmarkDefinition& benchmark = index.benchmark;
  CocoNaming naming;
  naming.has_single_images = benchmark.has_single_images();
  if (benchmark.task == Task::semantic || benchmark.task == Task::multilabel)
    naming.labels = CocoLabels::categories;
  if (benchmark.task == Task::binary) naming.labels = CocoLabels::one;
  // A map of 0 and 1 would be one without its scale.
  if (benchmark.submission == MaskStorage::map) {
    naming.labels = CocoLabels::one;
    naming.one_label = kWhite;
  }
  naming.frames_of = [&index](const std::string& name, std::size_t num_frames) {
    const auto sequence = std::ranges::find(index.sequences, name, &Sequence::name);
    if (sequence == index.sequences.end()) {
      // It is told as a foreign one, whatever its frames are.
      FrameNames frames;
      for (std::size_t i = 0; i < num_frames; ++i) frames.append(std::to_string(i));
      return frames;
    }
    if (sequence->frames.size() == num_frames) return sequence->frames;
    FrameNames images = images_of(index, *sequence);
    if (images.size() == num_frames) return images;
    // How many frames are annotated is not for everybody.
    throw Error(ErrorKind::input, "",
                "the video '" + name + "' has " + std::to_string(num_frames) +
                    " masks an object, and not so many frames",
                "one for each " +
                    (images.empty() ? std::string("annotated frame")
                                    : "of " + std::to_string(images.size()) +
                                          " images, or for each annotated frame") +
                    ", or \"videos\" with file_names");
  };
  return naming;
}

std::shared_ptr<const FileTree> coco_tree(std::shared_ptr<const CocoMasks> masks,
                                          const SequenceIndex& index) {
  return std::make_shared<CocoTree>(std::move(masks), index);
}

std::shared_ptr<const FileTree> coco_tree(std::shared_ptr<const RandomBytes> json,
                                          const std::string& shown, const SequenceIndex& index,
                                          const CocoLimits& limits) {
  CocoRecords records = read_coco_records(std::move(json), shown, limits);
  std::optional<CocoRecords> names;
  if (has_numbers(records)) names = names_of_truth(index);
  CocoNaming naming = coco_naming(index);
  naming.names = names ? &*names : nullptr;
  try {
    return coco_tree(std::make_shared<CocoMasks>(std::move(records), naming), index);
  } catch (const Error& error) {
    if (!error.path().empty()) throw;
    throw Error(error.kind(), shown, error.found(), error.expected());
  }
}

std::shared_ptr<const FileTree> open_coco_tree(const std::string& path, const SequenceIndex& index,
                                               const CocoLimits& limits,
                                               const std::string& shown_as) {
  const std::string& shown = shown_as.empty() ? path : shown_as;
  return coco_tree(open_random_bytes(path, "a COCO json", shown), shown, index, limits);
}

}  // namespace angiobench
