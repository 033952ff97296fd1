// SPDX-License-Identifier: MIT
#include "dataset/masks/mask_source.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include <algorithm>
#include <array>
#include <chrono>
#include <cstring>
#include <optional>
#include <set>
#include <utility>

#include "dataset/color_table.h"
#include "dataset/error.h"
#include "dataset/files/archive_name.h"
#include "dataset/files/image_size.h"
#include "dataset/frame_order.h"
#include "dataset/masks/coco_tree.h"
#include "dataset/masks/npy.h"
#include "dataset/masks/label_digest.h"
#include "dataset/masks/submission_limits.h"
#include "dataset/masks/submission_place.h"

namespace angiobench {
namespace {

// "000, 001, …"
std::string first_names(const std::vector<std::string>& names) {
  constexpr std::size_t kShown = 4;
  std::string text;
  for (std::size_t i = 0; i < std::min(kShown, names.size()); ++i)
    text += (i == 0 ? "" : ", ") + names[i];
  return names.size() > kShown ? text + ", …" : text;
}

// Adds the time until it goes to one stage, where somebody looks at the clock.
class Lap {
 public:
  Lap(MaskBuffers& buffers, double ReadSeconds::*stage) : seconds_(buffers.seconds), stage_(stage) {
    if (seconds_ != nullptr) start_ = Clock::now();
  }
  ~Lap() {
    if (seconds_ != nullptr)
      seconds_->*stage_ += std::chrono::duration<double>(Clock::now() - start_).count();
  }
  Lap(const Lap&) = delete;
  Lap& operator=(const Lap&) = delete;

 private:
  using Clock = std::chrono::steady_clock;
  ReadSeconds* seconds_;
  double ReadSeconds::*stage_;
  Clock::time_point start_;
};

// Does what may throw an Error that names `path`; it leaves with the path for people. That is not
// made beforehand: for each of two files a frame it costs as much as counting a small object.
template <typename Work>
auto naming(const FileTree& tree, const std::string& path, Work work) {
  try {
    return work();
  } catch (const Error& error) {
    if (error.path() != path) throw;
    throw Error(error.kind(), tree.display_path(path), error.found(), error.expected());
  }
}

void check_size(const ExpectedMask& expected, int width, int height, const std::string& path) {
  if (expected.width == 0 || (expected.width == width && expected.height == height)) return;
  throw Error(ErrorKind::input, path, "the mask is " + size_text(width, height),
              size_text(expected.width, expected.height));
}

Mask& sized(Mask& mask, int width, int height) {
  if (mask.width() != width || mask.height() != height) mask = Mask(width, height);
  return mask;
}

// The binary PNGs of a frame's objects.
class ObjectFiles final : public PlaneReader {
 public:
  ObjectFiles(const FileMaskSource& source, const Sequence& sequence, std::string_view frame,
              MaskBuffers& buffers)
      : source_(source), sequence_(sequence), frame_(frame), buffers_(buffers) {
    for (const auto& [id, frames] : sequence.object_masks) {
      if (frames.find(frame)) ids_.push_back(id);
    }
  }

  MaskView next(const ExpectedMask& expected) override {
    Sha256 digest{};
    const int object = ids_[position_++];
    const MaskView view =
        source_.read_png(source_.path(sequence_, frame_, object), expected, buffers_, digest);
    digest_.update(digest);
    return view;
  }
  Sha256 digest() override { return digest_.finish(); }

 private:
  const FileMaskSource& source_;
  const Sequence& sequence_;
  std::string_view frame_;
  MaskBuffers& buffers_;
  std::size_t position_ = 0;
  Sha256Stream digest_;
};

// Pixels of 0 and 1, eight in a byte, the first one lowest; the last byte is filled with 0. What
// else stands in a plane its counter refuses.
void pack_bits(std::span<const std::uint8_t> pixels, std::vector<std::uint8_t>& bits) {
  bits.resize((pixels.size() + 7) / 8);
  std::size_t at = 0;
#if defined(__SSE2__)
  // The lowest bit of 16 bytes becomes their highest, which one instruction collects.
  for (; at + 16 <= pixels.size(); at += 16) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(pixels.data() + at));
    const auto word = static_cast<std::uint16_t>(_mm_movemask_epi8(_mm_slli_epi16(bytes, 7)));
    std::memcpy(bits.data() + at / 8, &word, sizeof word);
  }
#endif
  for (; at < pixels.size(); at += 8) {
    std::uint8_t byte = 0;
    for (std::size_t k = 0; k < 8 && at + k < pixels.size(); ++k)
      byte = static_cast<std::uint8_t>(byte | (pixels[at + k] & 1) << k);
    bits[at / 8] = byte;
  }
}

// "planes 3 512 512": what the digest of an array begins with; `num_planes` 0: labels.
std::string array_stamp(int num_planes, int width, int height) {
  return (num_planes > 0 ? "planes " + std::to_string(num_planes) + " " : "labels ") +
         std::to_string(width) + " " + std::to_string(height) + "\n";
}

// An array of planes, of which one is in memory. Its digest is over the shape and the bits of the
// planes: that of a file of eight times the bytes would be most of the work.
class ArrayFile final : public PlaneReader {
 public:
  ArrayFile(std::unique_ptr<FileStream> file, const std::string& path, const ExpectedMask& expected,
            MaskBuffers& buffers)
      : file_(std::move(file)), path_(path), buffers_(buffers) {
    const Lap lap(buffers_, &ReadSeconds::read);
    std::vector<std::uint8_t> head(std::min<std::size_t>(12, file_->size()));
    file_->read(head);
    const std::size_t known = head.size();
    const std::size_t wanted = std::min(
        {npy_header_bytes(head), kMaxNpyHeader + 12, static_cast<std::size_t>(file_->size())});
    if (wanted > known) {
      head.resize(wanted);
      file_->read(std::span(head).subspan(known));
    }
    const NpyHeader header = parse_npy_header(head, file_->size(), path_);
    shape_ = plane_shape(header, path_);
    check_shape(expected);
    if (expected.is_from_stranger)
      check_plane_bytes(file_->size(), expected.max_bytes, shape_, path_);
    digest_.update(array_stamp(shape_.num_planes, shape_.width, shape_.height));
    // A header that ends within the first bytes is followed by values of the first plane.
    first_.assign(head.begin() + static_cast<std::ptrdiff_t>(header.start), head.end());
    for (int plane = 0; plane < shape_.num_planes; ++plane) ids_.push_back(plane + 1);
  }

  MaskView next(const ExpectedMask& expected) override {
    check_size(expected, shape_.width, shape_.height, path_);
    sized(plane_, shape_.width, shape_.height);
    const std::span<std::uint8_t> pixels(
        plane_.pixels(),
        static_cast<std::size_t>(shape_.width) * static_cast<std::size_t>(shape_.height));
    std::ranges::copy(first_, pixels.begin());
    const std::span<std::uint8_t> rest = pixels.subspan(first_.size());
    {
      const Lap lap(buffers_, &ReadSeconds::read);
      file_->read(rest);
    }
    const Lap lap(buffers_, &ReadSeconds::hash);
    pack_bits(pixels, bits_);
    digest_.update(bits_);
    first_.clear();
    return plane_.view();
  }
  Sha256 digest() override { return digest_.finish(); }

 private:
  void check_shape(const ExpectedMask& expected) const {
    const bool has_size = expected.width > 0;
    const bool fits =
        (!has_size || (shape_.width == expected.width && shape_.height == expected.height)) &&
        (expected.num_planes == 0 || shape_.num_planes == expected.num_planes);
    if (fits) return;
    PlaneShape wanted = shape_;
    if (has_size) {
      wanted.width = expected.width;
      wanted.height = expected.height;
    }
    if (expected.num_planes > 0) wanted.num_planes = expected.num_planes;
    throw Error(ErrorKind::input, path_, "the array has the shape " + shape_text(shape_),
                shape_text(wanted) + ", the truth's");
  }

  std::unique_ptr<FileStream> file_;
  std::string path_;
  MaskBuffers& buffers_;
  std::vector<std::uint8_t> first_;
  std::vector<std::uint8_t> bits_;
  Mask plane_;
  Sha256Stream digest_;
};

std::string array_stamp(const ArrayFrame& frame) {
  return array_stamp(frame.num_planes, frame.width, frame.height);
}

std::ptrdiff_t stride_of(const ArrayFrame& frame) {
  return frame.stride != 0 ? frame.stride : frame.width;
}

// Copies a plane (labels: the only one) with the margins that a view promises.
MaskView copy_plane(const ArrayFrame& frame, int plane, Mask& mask) {
  const std::ptrdiff_t stride = stride_of(frame);
  const std::uint8_t* const data =
      frame.data + plane * (frame.plane_stride != 0 ? frame.plane_stride : stride * frame.height);
  sized(mask, frame.width, frame.height);
  for (int y = 0; y < frame.height; ++y) {
    std::memcpy(mask.pixels() + static_cast<std::ptrdiff_t>(y) * frame.width, data + y * stride,
                static_cast<std::size_t>(frame.width));
  }
  return mask.view();
}

std::span<const std::uint8_t> pixels_of(const Mask& mask) {
  return {mask.pixels(),
          static_cast<std::size_t>(mask.width()) * static_cast<std::size_t>(mask.height())};
}

// Of a map, whose values make no runs.
Sha256 value_digest(const ArrayFrame& frame, const Mask& mask) {
  Sha256Stream stream;
  stream.update(array_stamp(frame));
  stream.update(pixels_of(mask));
  return stream.finish();
}

class ArrayPlanes final : public PlaneReader {
 public:
  ArrayPlanes(const ArrayFrame& frame, std::string path, MaskBuffers& buffers)
      : frame_(frame), path_(std::move(path)), buffers_(buffers) {
    ids_ = frame.ids;
    for (int plane = 0; frame.ids.empty() && plane < frame.num_planes; ++plane)
      ids_.push_back(plane + 1);
    shape_ = {frame.num_planes, frame.height, frame.width};
    digest_.update(array_stamp(frame));
  }

  MaskView next(const ExpectedMask& expected) override {
    check_size(expected, frame_.width, frame_.height, path_);
    const MaskView view = copy_plane(frame_, position_++, buffers_.mask);
    const Lap lap(buffers_, &ReadSeconds::hash);
    digest_.update(pixels_of(buffers_.mask));
    return view;
  }
  Sha256 digest() override { return digest_.finish(); }

 private:
  const ArrayFrame& frame_;
  std::string path_;
  MaskBuffers& buffers_;
  int position_ = 0;
  Sha256Stream digest_;
};

class ArrayMaskSource final : public MaskSource {
 public:
  ArrayMaskSource(MaskArrays arrays, const BenchmarkDefinition& benchmark, MaskRole role,
                  const std::string& name)
      : MaskSource(benchmark, role), arrays_(std::move(arrays)), name_(name) {
    for (auto& [sequence, frames] : arrays_) {
      std::ranges::sort(frames, {}, &ArrayFrame::name);
      for (std::size_t i = 0; i < frames.size(); ++i) check(sequence, frames, i);
    }
  }

  std::string display() const override { return name_; }
  std::string display(const Sequence& sequence) const override {
    return name_ + "[" + sequence.name + "]";
  }
  std::string display(const Sequence& sequence, std::string_view frame, int object) const override {
    std::string text = name_ + "[" + sequence.name + "][" + std::string(frame) + "]";
    return object < 0 ? text : text + " object " + std::to_string(object);
  }
  std::vector<std::string> names() const override {
    std::vector<std::string> names;
    for (const auto& [name, frames] : arrays_) names.push_back(name);
    return names;
  }

  std::string display_name(const std::string& name) const override {
    return name_ + "[" + name + "]";
  }

  std::vector<bool> present(const Sequence& sequence) const override {
    std::vector<bool> present(sequence.frames.size());
    for (std::size_t i = 0; i < present.size(); ++i) {
      const ArrayFrame* const frame = find(sequence, sequence.frames[i]);
      present[i] = frame != nullptr;
      for (const auto& [id, frames] : sequence.object_masks) {
        if (!present[i] || !frames.find(sequence.frames[i])) continue;
        present[i] = frame->ids.empty() || std::ranges::binary_search(frame->ids, id);
      }
    }
    return present;
  }

  std::vector<int> missing_objects(const Sequence& sequence,
                                   std::string_view frame) const override {
    const ArrayFrame* const own = find(sequence, frame);
    std::vector<int> ids;
    for (const auto& [id, frames] : sequence.object_masks) {
      if (!frames.find(frame)) continue;
      const bool has_it =
          own != nullptr && (own->ids.empty() || std::ranges::binary_search(own->ids, id));
      if (!has_it) ids.push_back(id);
    }
    return ids;
  }

  MaskView read_labels(const Sequence& sequence, std::string_view frame,
                       const ExpectedMask& expected, MaskBuffers& buffers,
                       Sha256& digest) const override {
    const ArrayFrame& array = get(sequence, frame);
    if (expected.width > 0) {
      check_size(expected, array.width, array.height, display(sequence, frame, -1));
    }
    MaskView view;
    {
      const Lap lap(buffers, &ReadSeconds::read);
      view = copy_plane(array, 0, buffers.mask);
    }
    {
      const Lap lap(buffers, &ReadSeconds::hash);
      digest =
          storage() == MaskStorage::map ? value_digest(array, buffers.mask) : label_digest(view);
    }
    if (storage() != MaskStorage::map) return view;
    const std::span<const std::uint8_t> pixels = pixels_of(buffers.mask);
    const std::vector<std::uint16_t> values(pixels.begin(), pixels.end());
    return thresholded_map({values, view.width, view.height, 255}, buffers.mask);
  }

  std::unique_ptr<PlaneReader> open_planes(const Sequence& sequence, std::string_view frame,
                                           const ExpectedMask&,
                                           MaskBuffers& buffers) const override {
    return std::make_unique<ArrayPlanes>(get(sequence, frame), display(sequence, frame, -1),
                                         buffers);
  }

 private:
  void check(const std::string& sequence, const std::vector<ArrayFrame>& frames,
             std::size_t position) const {
    const ArrayFrame& frame = frames[position];
    const std::string path = name_ + "[" + sequence + "][" + frame.name + "]";
    if (position > 0 && frames[position - 1].name == frame.name)
      throw Error(ErrorKind::input, path, "two frames have this name", "one frame a name");
    if (frame.data == nullptr || frame.width < 1 || frame.height < 1)
      throw Error(ErrorKind::input, path, "has no pixels", "at least one");
    if ((frame.num_planes > 0) != has_planes()) {
      throw Error(ErrorKind::input, path, frame.num_planes > 0 ? "is planes" : "is labels",
                  has_planes() ? "planes [objects, height, width]" : "labels [height, width]");
    }
    const bool has_ids =
        frame.ids.empty() ||
        (frame.ids.size() == static_cast<std::size_t>(frame.num_planes) &&
         std::ranges::adjacent_find(frame.ids, std::greater_equal<>{}) == frame.ids.end());
    if (!has_ids)
      throw Error(ErrorKind::input, path, "has ids that do not fit its planes",
                  "an ascending id for each plane");
  }

  const ArrayFrame* find(const Sequence& sequence, std::string_view frame) const {
    const auto at = arrays_.find(sequence.name);
    if (at == arrays_.end()) return nullptr;
    const auto found = std::ranges::lower_bound(at->second, frame, {}, [](const ArrayFrame& array) {
      return std::string_view(array.name);
    });
    return found != at->second.end() && found->name == frame ? &*found : nullptr;
  }

  const ArrayFrame& get(const Sequence& sequence, std::string_view frame) const {
    const ArrayFrame* const array = find(sequence, frame);
    if (array == nullptr)
      throw Error(ErrorKind::input, display(sequence, frame, -1), "not found", "a mask");
    return *array;
  }

  MaskArrays arrays_;
  std::string name_;
};

}  // namespace

MaskStorage MaskSource::storage() const {
  return role_ == MaskRole::truth ? benchmark_.storage : benchmark_.submission;
}

bool MaskSource::has_planes() const {
  return storage() == MaskStorage::objects || storage() == MaskStorage::planes;
}

const std::array<std::uint8_t, 256>& MaskSource::ids() const {
  return role_ == MaskRole::truth ? benchmark_.labels.truth_ids : benchmark_.labels.prediction_ids;
}

FileMaskSource::FileMaskSource(std::shared_ptr<const FileTree> tree,
                               const BenchmarkDefinition& benchmark, MaskRole role)
    : MaskSource(benchmark, role),
      tree_(std::move(tree)),
      run_tree_(dynamic_cast<const RunTree*>(tree_.get())) {}

std::string FileMaskSource::path(const Sequence& sequence, std::string_view frame,
                                 int object) const {
  const BenchmarkDefinition& definition = benchmark();
  std::string_view folder;
  if (object >= 0 && storage() == MaskStorage::objects) folder = sequence.object_folders.at(object);
  if (role() == MaskRole::truth) {
    if (definition.masks.has_sequence_folder())
      return definition.masks.path(sequence.folder, sequence.name, folder, frame);
    // A single file's frame is called as the file.
    return join_path(sequence.folder, std::string(frame).append(definition.masks.extension()));
  }
  std::string first;
  for (const MaskPattern& pattern : definition.submission_masks) {
    std::string path = pattern.path(
        pattern.has_sequence_folder() ? std::string_view(sequence.name) : "", sequence.name, folder,
        pattern.is_ranked() ? std::to_string(sequence.rank) : std::string(frame));
    if (definition.submission_masks.size() == 1 || tree_->has_file(path)) return path;
    if (std::string actual = actual_file(*tree_, path); !actual.empty()) return actual;
    if (first.empty()) first = std::move(path);
  }
  return first;
}

std::vector<std::string> FileMaskSource::paths(const Sequence& sequence,
                                               std::string_view frame) const {
  if (storage() != MaskStorage::objects) return {path(sequence, frame)};
  std::vector<std::string> paths;
  for (const auto& [id, frames] : sequence.object_masks) {
    if (frames.find(frame)) paths.push_back(path(sequence, frame, id));
  }
  return paths;
}

FrameNames FileMaskSource::list_frames(const std::string& name) const {
  const BenchmarkDefinition& definition = benchmark();
  return angiobench::list_frames(
      *tree_, name,
      role() == MaskRole::truth ? definition.masks : definition.submission_masks.front());
}

std::string FileMaskSource::display(const Sequence& sequence) const {
  if (role() == MaskRole::truth) return tree_->display_path(sequence.folder);
  if (benchmark().submission_masks.front().has_sequence_folder() || sequence.frames.empty())
    return tree_->display_path(sequence.name);
  return tree_->display_path(path(sequence, sequence.frames[0]));
}

std::string FileMaskSource::display(const Sequence& sequence, std::string_view frame,
                                    int object) const {
  if (storage() == MaskStorage::objects && object < 0) return display(sequence);
  return tree_->display_path(path(sequence, frame, object));
}

std::string FileMaskSource::hint_of_place(const SequenceIndex& index) const {
  return place_hint(*tree_, index);
}

std::string FileMaskSource::other_contents(const Sequence& sequence) const {
  const MaskPattern& pattern =
      role() == MaskRole::truth ? benchmark().masks : benchmark().submission_masks.front();
  if (!pattern.has_sequence_folder()) return {};
  const std::string folder = role() == MaskRole::truth ? sequence.folder : sequence.name;
  const std::vector<std::string> found = tree_->folders(join_path(folder, pattern.inner_folder()));
  if (!sequence.object_folders.empty() && !found.empty()) {
    std::vector<std::string> expected;
    for (const auto& [id, name] : sequence.object_folders) expected.push_back(name);
    const bool has_some = std::ranges::any_of(
        expected, [&](const auto& name) { return std::ranges::binary_search(found, name); });
    return has_some
               ? ""
               : "holds the folders " + first_names(found) + "; expected " + first_names(expected);
  }
  const bool is_empty = tree_->files(folder).empty() && tree_->folders(folder).empty();
  if (is_empty || !angiobench::list_frames(*tree_, folder, pattern).empty()) return {};
  return describe_folder(*tree_, folder, pattern);
}

std::optional<OddEntry> FileMaskSource::odd_entry(const Sequence& sequence) const {
  const bool is_truth = role() == MaskRole::truth;
  const MaskPattern& pattern = is_truth ? benchmark().masks : benchmark().submission_masks.front();
  if (!pattern.has_sequence_folder()) return std::nullopt;
  const std::string folder = is_truth ? sequence.folder : sequence.name;
  if (std::optional<OddEntry> odd = find_odd_entry(*tree_, folder, pattern)) {
    odd->name = tree_->display_path(join_path(folder, odd->name));
    return odd;
  }
  if (is_truth) return std::nullopt;
  for (const OddEntry& entry : tree_->odd_entries("")) {
    if (entry.name == sequence.name) return OddEntry{tree_->display_path(entry.name), entry.kind};
  }
  return std::nullopt;
}

std::vector<bool> FileMaskSource::present(const Sequence& sequence) const {
  std::vector<bool> present(sequence.frames.size());
  const bool is_listed =
      storage() != MaskStorage::objects &&
      (role() == MaskRole::truth ? benchmark().masks.has_sequence_folder()
                                 : benchmark().submission_masks.size() == 1 &&
                                       benchmark().submission_masks.front().has_sequence_folder());
  if (is_listed) {
    const FrameNames names =
        list_frames(role() == MaskRole::truth ? sequence.folder : sequence.name);
    for (std::size_t i = 0; i < present.size(); ++i)
      present[i] = names.find(sequence.frames[i]).has_value();
    return present;
  }
  for (std::size_t i = 0; i < present.size(); ++i) {
    present[i] = std::ranges::all_of(paths(sequence, sequence.frames[i]), [&](const auto& file) {
      return !actual_file(*tree_, file).empty();
    });
  }
  return present;
}

std::vector<int> FileMaskSource::missing_objects(const Sequence& sequence,
                                                 std::string_view frame) const {
  std::vector<int> ids;
  for (const auto& [id, frames] : sequence.object_masks) {
    if (frames.find(frame) && actual_file(*tree_, path(sequence, frame, id)).empty())
      ids.push_back(id);
  }
  return ids;
}

void FileMaskSource::load(const std::string& relative, const ExpectedMask& expected,
                          MaskBuffers& buffers, Sha256& digest) const {
  {
    const Lap lap(buffers, &ReadSeconds::read);
    if (!tree_->read(relative, buffers.bytes)) {
      const std::string actual = actual_file(*tree_, relative);
      if (actual.empty() || !tree_->read(actual, buffers.bytes))
        throw Error(ErrorKind::input, tree_->display_path(relative), "not found", "a mask");
    }
  }
  if (expected.is_from_stranger) {
    naming(*tree_, relative, [&] {
      check_mask_bytes(buffers.bytes.size(), expected.max_bytes, expected.width, expected.height,
                       relative);
    });
  }
  const Lap lap(buffers, &ReadSeconds::hash);
  digest = sha256(buffers.bytes);
}

MaskDecodeOptions FileMaskSource::decode_options(const ExpectedMask& expected) const {
  MaskDecodeOptions options;
  options.role = role();
  options.expected_width = expected.width;
  options.expected_height = expected.height;
  options.palette = palette_for(benchmark(), role());
  return options;
}

MaskLabels FileMaskSource::read_kept_runs(const RunTree& tree, const std::string& relative,
                                          const ExpectedMask& expected, MaskBuffers& buffers,
                                          Sha256& digest) const {
  const Lap lap(buffers, &ReadSeconds::decode);
  return naming(*tree_, relative, [&] {
    MaskLabels labels =
        tree.read_runs(relative, expected.width, expected.height, buffers.coco, digest);
    if (storage() != MaskStorage::map) return labels;
    // What a map's threshold leaves of it.
    buffers.coco.mapped.assign(labels.runs.begin(), labels.runs.end());
    for (LabelRun& run : buffers.coco.mapped) run.label = 1;
    return MaskLabels(labels.width, labels.height, buffers.coco.mapped);
  });
}

MaskView FileMaskSource::read_png(const std::string& relative, const ExpectedMask& expected,
                                  MaskBuffers& buffers, Sha256& digest) const {
  if (run_tree_ != nullptr) {
    return pixels_of(read_kept_runs(*run_tree_, relative, expected, buffers, digest), buffers.mask);
  }
  load(relative, expected, buffers, digest);
  const Lap lap(buffers, &ReadSeconds::decode);
  return naming(*tree_, relative, [&] {
    if (storage() != MaskStorage::map)
      return buffers.decoder.decode(buffers.bytes, decode_options(expected), relative);
    check_map_form(read_png_header(buffers.bytes, relative), relative);
    return thresholded_map(
        buffers.decoder.decode_grey(buffers.bytes, decode_options(expected), relative),
        buffers.mask);
  });
}

MaskView FileMaskSource::read_labels(const Sequence& sequence, std::string_view frame,
                                     const ExpectedMask& expected, MaskBuffers& buffers,
                                     Sha256& digest) const {
  return read_png(path(sequence, frame), expected, buffers, digest);
}

MaskLabels FileMaskSource::read_runs(const Sequence& sequence, std::string_view frame,
                                     const ExpectedMask& expected, MaskBuffers& buffers,
                                     Sha256& digest) const {
  const std::string relative = path(sequence, frame);
  if (run_tree_ != nullptr) return read_kept_runs(*run_tree_, relative, expected, buffers, digest);
  if (storage() == MaskStorage::map) return read_png(relative, expected, buffers, digest);
  load(relative, expected, buffers, digest);
  const Lap lap(buffers, &ReadSeconds::decode);
  return naming(*tree_, relative, [&] {
    return buffers.decoder.decode_labels(buffers.bytes, decode_options(expected), relative);
  });
}

GreyMap FileMaskSource::read_map(const Sequence& sequence, std::string_view frame,
                                 const ExpectedMask& expected, MaskBuffers& buffers) const {
  const std::string relative = path(sequence, frame);
  Sha256 digest{};
  load(relative, expected, buffers, digest);
  return naming(*tree_, relative, [&] {
    check_map_form(read_png_header(buffers.bytes, relative), relative);
    return buffers.decoder.decode_grey(buffers.bytes, decode_options(expected), relative);
  });
}

std::unique_ptr<PlaneReader> FileMaskSource::open_planes(const Sequence& sequence,
                                                         std::string_view frame,
                                                         const ExpectedMask& expected,
                                                         MaskBuffers& buffers) const {
  if (storage() == MaskStorage::objects)
    return std::make_unique<ObjectFiles>(*this, sequence, frame, buffers);
  const std::string relative = path(sequence, frame);
  const std::string shown = tree_->display_path(relative);
  std::unique_ptr<FileStream> file = tree_->open(relative);
  if (file == nullptr) throw Error(ErrorKind::input, shown, "not found", "an array of planes");
  return std::make_unique<ArrayFile>(std::move(file), shown, expected, buffers);
}

FileMaskSource submission_masks(const BenchmarkDefinition& benchmark, const FileTree& tree) {
  return FileMaskSource(std::shared_ptr<const FileTree>(&tree, [](const FileTree*) {}), benchmark,
                        MaskRole::prediction);
}

std::shared_ptr<const MaskSource> array_masks(MaskArrays arrays,
                                              const BenchmarkDefinition& benchmark, MaskRole role,
                                              const std::string& name) {
  return std::make_shared<ArrayMaskSource>(std::move(arrays), benchmark, role, name);
}

SequenceIndex index_arrays(MaskArrays truth, const BenchmarkDefinition& benchmark) {
  SequenceIndex index;
  index.benchmark = benchmark;
  for (auto& [name, frames] : truth) {
    Sequence sequence;
    sequence.name = name;
    std::ranges::sort(frames, FrameLess(), &ArrayFrame::name);
    for (const ArrayFrame& frame : frames) {
      sequence.frames.append(frame.name);
      if (benchmark.storage != MaskStorage::objects) continue;
      for (int plane = 0; plane < frame.num_planes; ++plane) {
        const int id = frame.ids.empty() ? plane + 1 : frame.ids[static_cast<std::size_t>(plane)];
        sequence.object_masks[id].append(frame.name);
      }
    }
    if (!sequence.frames.empty()) index.sequences.push_back(std::move(sequence));
  }
  index.masks = array_masks(std::move(truth), benchmark, MaskRole::truth, "ground truth");
  return index;
}

MaskView mapped_labels(const MaskView& view, const std::array<std::uint8_t, 256>& map, Mask& mask) {
  std::array<bool, 256> has_label{};
  for (int y = 0; y < view.height; ++y) {
    for (int x = 0; x < view.width; ++x) has_label[view.at(x, y)] = true;
  }
  bool is_same = true;
  for (std::size_t label = 0; label < map.size(); ++label)
    is_same = is_same && (!has_label[label] || map[label] == label);
  if (is_same) return view;
  sized(mask, view.width, view.height);
  for (int y = 0; y < view.height; ++y) {
    const std::uint8_t* const from = view.row(y);
    std::uint8_t* const to = mask.pixels() + static_cast<std::ptrdiff_t>(y) * view.width;
    for (int x = 0; x < view.width; ++x) to[x] = map[from[x]];
  }
  return mask.view();
}

MaskLabels mapped_labels(const MaskLabels& labels, const std::array<std::uint8_t, 256>& map,
                         MappedMask& mapped) {
  if (!labels.has_runs) return mapped_labels(labels.pixels, map, mapped.pixels);
  mapped.runs.clear();
  for (LabelRun run : labels.runs) {
    run.label = map[static_cast<std::size_t>(run.label)];
    // Two labels may become one.
    if (run.label != kBackgroundLabel) append_run(mapped.runs, run);
  }
  return {labels.width, labels.height, mapped.runs};
}

void check_map_form(const PngHeader& header, const std::string& path) {
  const std::string expected = "a grey PNG of 8 or 16 bits";
  const bool is_grey = header.color_type == 0;
  if (!is_grey && header.color_type != 3)
    throw Error(ErrorKind::input, path, "the map is a colour picture", expected);
  if (is_grey && (header.bit_depth == 2 || header.bit_depth == 4)) {
    throw Error(ErrorKind::input, path, "the map has " + std::to_string(header.bit_depth) + " bits",
                expected);
  }
}

bool is_without_scale(const GreyMap& map) {
  std::uint16_t highest = 0;
  for (const std::uint16_t value : map.values) highest = std::max(highest, value);
  return highest == 1 && map.max_value > 1;
}

MaskView thresholded_map(const GreyMap& map, Mask& mask) {
  const int least = is_without_scale(map) ? 1 : (map.max_value + 1) / 2;
  sized(mask, map.width, map.height);
  std::ranges::transform(map.values, mask.pixels(), [least](std::uint16_t value) {
    return static_cast<std::uint8_t>(value >= least ? 1 : 0);
  });
  return mask.view();
}

int stray_plane_value(const MaskView& plane) {
  std::uint8_t highest = 0;
  for (int y = 0; y < plane.height; ++y) {
    const std::uint8_t* const row = plane.row(y);
    for (int x = 0; x < plane.width; ++x) highest = std::max(highest, row[x]);
  }
  if (highest <= 1) return 0;
  for (int y = 0; y < plane.height; ++y) {
    for (int x = 0; x < plane.width; ++x) {
      if (plane.at(x, y) > 1) return plane.at(x, y);
    }
  }
  return highest;
}

MaskFolder list_mask_folder(const FileTree& tree, const std::string& folder,
                            const MaskPattern& pattern) {
  MaskFolder masks;
  const std::vector<std::string> files = tree.files(folder);
  std::vector<std::string_view> names;
  std::size_t num_characters = 0;
  bool is_plain = true;  // in order, and nothing that could be a copy or a twin
  const FrameLess less;
  for (const std::string& file : files) {
    const std::optional<std::string_view> name = pattern.name_in(file);
    if (!name) continue;
    const auto is_odd = [](char c) { return c == ' ' || c == '(' || (c >= 'A' && c <= 'Z'); };
    is_plain = is_plain && (names.empty() || less(names.back(), *name)) &&
               std::ranges::none_of(file, is_odd);
    num_characters += name->size();
    names.push_back(*name);
  }
  masks.frames.reserve(num_characters);
  if (is_plain) {
    for (const std::string_view name : names) masks.frames.append(name);
  } else {
    // The names are sorted as frames, whatever stands around them in a file's name.
    std::vector<std::string> own;
    for (const std::string_view name : names) own.push_back(std::string(name) + ".png");
    const std::array<std::string_view, 1> suffixes = {".png"};
    FrameFiles sorted = sort_frame_files(own, suffixes);
    for (const std::string& file : sorted.files) {
      const std::string_view name = file_stem(file);
      if (!masks.frames.empty() && masks.frames[masks.frames.size() - 1] == name) continue;
      masks.frames.append(name);
    }
    masks.copies = std::move(sorted.copies);
    masks.twins = std::move(sorted.twins);
    masks.turned = std::move(sorted.turned);
  }
  for (const OddEntry& entry : tree.odd_entries(folder)) {
    if (!masks.odd && pattern.name_in(entry.name)) masks.odd = entry;
  }
  for (const std::string& inner : tree.folders(folder)) {
    if (!masks.odd && pattern.name_in(inner)) masks.odd = OddEntry{inner, "a folder"};
  }
  return masks;
}

std::optional<std::pair<std::string, std::string>> differ_in_text(const FrameNames& names) {
  const auto text_of = [](std::string_view name) {
    while (!name.empty() && name.back() >= '0' && name.back() <= '9') name.remove_suffix(1);
    return name;
  };
  // Where all have the same text, as nearly always, that is seen at once.
  bool is_one_text = true;
  for (std::size_t i = 1; is_one_text && i < names.size(); ++i)
    is_one_text = text_of(names[i]) == text_of(names[0]);
  if (is_one_text) return std::nullopt;
  std::map<std::int64_t, std::size_t> first_with;
  std::optional<std::pair<std::string, std::string>> mixed;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const std::optional<std::int64_t> number = frame_number(names[i]);
    if (!number) return std::nullopt;
    const auto [at, is_new] = first_with.emplace(*number, i);
    if (!is_new && !mixed && text_of(names[i]) != text_of(names[at->second]))
      mixed.emplace(names[0], names[i]);
  }
  return mixed;
}

FrameNames list_frames(const FileTree& tree, const std::string& folder,
                       const MaskPattern& pattern) {
  const std::string place = join_path(folder, pattern.inner_folder());
  if (!pattern.has_object_folder()) return list_mask_folder(tree, place, pattern).frames;
  std::set<std::string, FrameLess> names;
  for (const std::string& object : tree.folders(place)) {
    const FrameNames frames = list_mask_folder(tree, join_path(place, object), pattern).frames;
    for (std::size_t i = 0; i < frames.size(); ++i) names.emplace(frames[i]);
  }
  FrameNames frames;
  for (const std::string& name : names) frames.append(name);
  return frames;
}

std::optional<OddEntry> find_odd_entry(const FileTree& tree, const std::string& folder,
                                       const MaskPattern& pattern) {
  const std::string inner = pattern.inner_folder();
  const std::string place = join_path(folder, inner);
  if (!pattern.has_object_folder()) {
    std::optional<OddEntry> odd = list_mask_folder(tree, place, pattern).odd;
    if (odd) odd->name = join_path(inner, odd->name);
    return odd;
  }
  for (const OddEntry& entry : tree.odd_entries(place)) {
    // A link that is followed leads to an object's folder.
    const std::vector<std::string> folders = tree.folders(place);
    if (!std::ranges::binary_search(folders, entry.name))
      return OddEntry{join_path(inner, entry.name), entry.kind};
  }
  for (const std::string& object : tree.folders(place)) {
    std::optional<OddEntry> odd = list_mask_folder(tree, join_path(place, object), pattern).odd;
    if (odd) return OddEntry{join_path(join_path(inner, object), odd->name), odd->kind};
  }
  return std::nullopt;
}

std::string describe_folder(const FileTree& tree, const std::string& folder,
                            const MaskPattern& pattern) {
  const std::string wanted(pattern.extension());
  const std::vector<std::string> files = tree.files(folder);
  const auto num_masks = static_cast<std::size_t>(std::ranges::count_if(
      files, [&](const std::string& file) { return pattern.name_in(file).has_value(); }));
  if (pattern.has_object_folder() && num_masks > 0) {
    return "holds " + std::to_string(num_masks) + " " + wanted +
           " files, as merged masks do; expected a folder for each object";
  }
  if (pattern.has_object_folder() || num_masks == 0)
    return describe_contents(tree, folder, pattern);
  return "holds " + std::to_string(num_masks) + " " + wanted + " files";
}

namespace {

// What to do with files that are no masks.
std::string_view cure_of_files(std::string_view suffix) {
  if (suffix == ".npy" || suffix == ".npz")
    return " ('angiobench pack' makes PNGs of label stacks)";
  if (suffix == ".jpg" || suffix == ".jpeg")
    return " (JPEG changes labels: write PNGs where the masks are made)";
  static constexpr std::string_view kLossless[] = {".tif", ".tiff", ".bmp", ".gif"};
  if (std::ranges::find(kLossless, suffix) != std::end(kLossless)) {
    return " (Python: PIL.Image.open(\"a.tif\").save(\"a.png\") keeps the labels of grey and "
           "palette pictures)";
  }
  if (suffix == ".zip") return " (a zip is given as it is)";
  if (has_archive_extension(suffix)) return " (unpack it and give its folder)";
  if (suffix == ".json") return " (a json of run lengths is given as it is)";
  const bool is_video = suffix == ".mp4" || suffix == ".avi" || suffix == ".mov" ||
                        suffix == ".mkv" || suffix == ".webm";
  return is_video ? " (videos change labels: write PNGs where the masks are made)"
                  : std::string_view();
}

}  // namespace

std::string describe_contents(const FileTree& tree, const std::string& folder,
                              const MaskPattern& pattern) {
  const std::string wanted(pattern.extension());
  std::map<std::string, std::size_t> suffixes;
  const auto add = [&](const std::string& place) {
    for (const std::string& file : tree.files(place)) ++suffixes[file_suffix(file)];
  };
  add(folder);
  const std::vector<std::string> inner = tree.folders(folder);
  if (const auto masks = suffixes.find(wanted); masks != suffixes.end()) {
    return std::to_string(masks->second) + " " + wanted + " files lie directly in it" +
           (pattern.has_sequence_folder() ? "; expected a folder for each sequence" : "");
  }
  for (const std::string& name : inner) add(join_path(folder, name));
  suffixes.erase("");
  if (!suffixes.empty() && !suffixes.contains(wanted)) {
    const auto most =
        std::ranges::max_element(suffixes, {}, [](const auto& entry) { return entry.second; });
    return "holds " + std::to_string(most->second) + " " + most->first + " file" +
           (most->second == 1 ? "" : "s") + "; masks must be " + wanted +
           std::string(wanted == ".png" ? cure_of_files(most->first) : "");
  }
  if (suffixes.empty() && inner.empty()) return "is empty";
  if (inner.empty()) return "holds no " + wanted + " files";
  return (inner.size() == 1 ? "holds the folder " : "holds the folders ") + first_names(inner);
}

}  // namespace angiobench
