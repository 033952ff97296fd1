// SPDX-License-Identifier: MIT
#include "dataset/submission/label_stacks.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <limits>
#include <map>
#include <mutex>
#include <optional>
#include <utility>

#include "dataset/error.h"
#include "dataset/files/archive_name.h"
#include "dataset/files/input_file.h"
#include "dataset/frame_order.h"
#include "dataset/masks/npy.h"
#include "dataset/masks/png.h"

namespace angiobench {
namespace {

constexpr std::string_view kArray = ".npy";

// A user's own file: what it may take is what there is.
ArchiveLimits own_limits() {
  ArchiveLimits limits;
  limits.max_entry_bytes = limits.max_uncompressed_bytes;
  limits.max_ratio = std::numeric_limits<std::uint32_t>::max();
  return limits;
}

bool is_array(const std::string& name) { return file_suffix(name) == kArray; }

// How values of a type are read; nothing for types that are no labels.
struct ValueType {
  std::size_t bytes = 1;
  bool is_signed = false;
  bool is_big_endian = false;
};

std::optional<ValueType> value_type(std::string_view type) {
  if (type == "|b1" || type == "?") return ValueType{};
  if (type.size() != 3) return std::nullopt;
  const bool has_order = std::string_view("<>|=").find(type[0]) != std::string_view::npos;
  const bool is_whole = type[1] == 'u' || type[1] == 'i';
  const int bytes = type[2] - '0';
  const bool is_width = bytes == 1 || bytes == 2 || bytes == 4 || bytes == 8;
  if (!has_order || !is_whole || !is_width) return std::nullopt;
  return ValueType{static_cast<std::size_t>(bytes), type[1] == 'i', type[0] == '>'};
}

// Labels of several frames.
struct Stack {
  std::size_t num_frames = 0;
  int width = 0;
  int height = 0;
  std::vector<std::uint8_t> labels;

  MaskView frame(std::size_t at) const {
    const std::size_t area = static_cast<std::size_t>(width) * static_cast<std::size_t>(height);
    return {labels.data() + at * area, width, height, width};
  }
};

// The shape as [frames, height, width].
void take_shape(const NpyHeader& header, const std::string& path, bool is_single, Stack& stack) {
  const std::vector<std::uint64_t>& shape = header.shape;
  constexpr std::uint64_t kMostOfASide = 1 << 15;
  constexpr std::uint64_t kMaxFrames = 1 << 20;
  const std::size_t axes = is_single ? 2 : 3;
  bool is_stack = shape.size() == axes;
  for (std::size_t i = 0; is_stack && i < axes; ++i) {
    const std::uint64_t most = !is_single && i == 0 ? kMaxFrames : kMostOfASide;
    is_stack = shape[i] >= 1 && shape[i] <= most;
  }
  if (!is_stack) {
    throw Error(ErrorKind::input, path, "shape " + shape_text(shape),
                is_single ? "[height, width]"
                          : "[frames, height, width]: labels, so argmax over objects or classes");
  }
  stack.num_frames = is_single ? 1 : static_cast<std::size_t>(shape[0]);
  stack.height = static_cast<int>(shape[axes - 2]);
  stack.width = static_cast<int>(shape[axes - 1]);
}

// A value of an array; nothing where it is no label.
std::optional<std::uint8_t> label_of(const std::uint8_t* bytes, const ValueType& type) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < type.bytes; ++i) {
    const std::size_t at = type.is_big_endian ? i : type.bytes - 1 - i;
    value = value << 8 | bytes[at];
  }
  if (type.is_signed && type.bytes == 1 && value > 127) return std::nullopt;
  // A negative number of several bytes is a large one.
  if (value > 255) return std::nullopt;
  return static_cast<std::uint8_t>(value);
}

void read_labels(FileStream& file, const ValueType& type, const std::string& path, Stack& stack) {
  constexpr std::size_t kPiece = std::size_t{1} << 20;
  std::vector<std::uint8_t> piece;
  for (std::size_t done = 0; done < stack.labels.size();) {
    const std::size_t count = std::min(kPiece, stack.labels.size() - done);
    piece.resize(count * type.bytes);
    file.read(piece);
    for (std::size_t i = 0; i < count; ++i) {
      const std::optional<std::uint8_t> label = label_of(piece.data() + i * type.bytes, type);
      if (!label) {
        throw Error(ErrorKind::input, path,
                    "has a value that is no label (below 0 or above 255), in frame " +
                        std::to_string((done + i) / (stack.labels.size() / stack.num_frames)),
                    "labels from 0 to 255");
      }
      stack.labels[done + i] = *label;
    }
    done += count;
  }
}

Stack read_stack(FileStream& file, const std::string& path, bool is_single) {
  std::vector<std::uint8_t> head(
      static_cast<std::size_t>(std::min<std::uint64_t>(12, file.size())));
  file.read(head);
  const std::size_t header_bytes =
      static_cast<std::size_t>(std::min<std::uint64_t>(npy_header_bytes(head), file.size()));
  if (header_bytes > kMaxNpyHeader + 12)
    throw Error(ErrorKind::input, path,
                "has a .npy header of " + std::to_string(header_bytes) + " bytes");
  const std::size_t known = head.size();
  head.resize(std::max(known, header_bytes));
  file.read(std::span(head).subspan(known));
  const NpyHeader header = describe_npy(head, path);
  const std::optional<ValueType> type = value_type(header.type);
  if (!type) {
    throw Error(ErrorKind::input, path, "values of type '" + header.type + "'",
                "bool or whole numbers: labels, .astype(np.uint8)");
  }
  if (header.is_fortran && header.shape.size() > 1)
    throw Error(ErrorKind::input, path, "an array in Fortran order",
                "C order: np.ascontiguousarray before it is saved");
  Stack stack;
  take_shape(header, path, is_single, stack);
  const std::uint64_t count = static_cast<std::uint64_t>(stack.num_frames) *
                              static_cast<std::uint64_t>(stack.height) *
                              static_cast<std::uint64_t>(stack.width);
  if (file.size() < header.start || (file.size() - header.start) / type->bytes != count ||
      (file.size() - header.start) % type->bytes != 0) {
    throw Error(ErrorKind::input, path,
                std::to_string(file.size() - std::min<std::uint64_t>(file.size(), header.start)) +
                    " bytes of data",
                std::to_string(count * type->bytes) + ", as the shape says");
  }
  constexpr std::uint64_t kMostLabels = std::uint64_t{1} << 31;
  if (count > kMostLabels) {
    throw Error(ErrorKind::limit, path, "has " + std::to_string(count) + " labels",
                "at most " + std::to_string(kMostLabels) + " in one array: one for each sequence");
  }
  stack.labels.resize(static_cast<std::size_t>(count));
  read_labels(file, *type, path, stack);
  return stack;
}

class StackTree final : public FileTree {
 public:
  StackTree(std::unique_ptr<FileTree> inner, std::span<const StackFrames> sequences)
      : inner_(std::move(inner)) {
    for (const StackFrames& sequence : sequences) known_[sequence.sequence] = sequence;
    std::vector<std::string> stacks = inner_->files("");
    std::erase_if(stacks, [](const std::string& name) { return !is_array(name); });
    const bool is_only = stacks.size() == 1 && known_.size() == 1 &&
                         !known_.contains(std::string(file_stem(stacks.front())));
    for (const std::string& file : stacks) {
      const std::string name = is_only ? known_.begin()->first : std::string(file_stem(file));
      stacks_[name] = file;
    }
    for (const std::string& folder : inner_->folders("")) {
      for (const std::string& file : inner_->files(folder)) {
        if (is_array(file)) singles_[folder][std::string(file_stem(file)) + ".png"] = file;
      }
    }
  }

  std::string display_path(std::string_view relative) const override {
    const auto [sequence, frame] = parts_of(relative);
    const auto stack = stacks_.find(sequence);
    if (stack == stacks_.end()) {
      const std::string* const file = single(sequence, frame);
      return inner_->display_path(file == nullptr ? std::string(relative)
                                                  : join_path(sequence, *file));
    }
    return inner_->display_path(stack->second) + (frame.empty() ? "" : " (" + frame + ")");
  }
  std::vector<std::string> folders(std::string_view relative) const override {
    std::vector<std::string> names;
    if (!relative.empty()) return names;
    for (const auto& [name, file] : stacks_) names.push_back(name);
    for (const auto& [name, files] : singles_) {
      if (!stacks_.contains(name)) names.push_back(name);
    }
    std::ranges::sort(names);
    return names;
  }
  std::vector<std::string> files(std::string_view relative) const override {
    const std::string sequence(relative);
    std::vector<std::string> names;
    if (stacks_.contains(sequence)) {
      for (const std::string& frame : frames_of(sequence)) names.push_back(frame + ".png");
    } else if (const auto own = singles_.find(sequence); own != singles_.end()) {
      for (const auto& [name, file] : own->second) names.push_back(name);
    }
    std::ranges::sort(names);
    return names;
  }
  bool has_file(std::string_view relative) const override {
    const auto [sequence, frame] = parts_of(relative);
    return std::ranges::binary_search(files(sequence), frame);
  }
  bool read(std::string_view relative, std::vector<std::uint8_t>& bytes) const override {
    const auto [sequence, frame] = parts_of(relative);
    if (stacks_.contains(sequence)) {
      const std::vector<std::string> frames = frames_of(sequence);
      const auto at = std::ranges::find(frames, file_stem(frame));
      if (at == frames.end()) return false;
      const std::shared_ptr<const Stack> stack = load(sequence);
      bytes = encode_mask_png(stack->frame(static_cast<std::size_t>(at - frames.begin())),
                              voc_palette());
      return true;
    }
    const std::string* const file = single(sequence, frame);
    if (file == nullptr) return false;
    const std::string path = join_path(sequence, *file);
    const std::unique_ptr<FileStream> stream = inner_->open(path);
    if (stream == nullptr) return false;
    bytes = encode_mask_png(read_stack(*stream, inner_->display_path(path), true).frame(0),
                            voc_palette());
    return true;
  }

 private:
  static std::pair<std::string, std::string> parts_of(std::string_view relative) {
    const std::size_t slash = relative.find('/');
    if (slash == std::string_view::npos) return {std::string(relative), {}};
    return {std::string(relative.substr(0, slash)), std::string(relative.substr(slash + 1))};
  }

  const std::string* single(const std::string& sequence, const std::string& frame) const {
    const auto own = singles_.find(sequence);
    if (own == singles_.end()) return nullptr;
    const auto file = own->second.find(frame);
    return file == own->second.end() ? nullptr : &file->second;
  }

  // What the frames of a sequence's stack are called; none of a sequence that nobody asked for.
  std::vector<std::string> frames_of(const std::string& sequence) const {
    const auto known = known_.find(sequence);
    if (known == known_.end()) return {};
    const std::size_t count = load(sequence)->num_frames;
    const StackFrames& frames = known->second;
    if (count == frames.annotated.size()) return frames.annotated;
    if (count == frames.images.size()) return frames.images;
    throw Error(ErrorKind::input, inner_->display_path(stacks_.at(sequence)),
                "has " + std::to_string(count) + " frames",
                std::to_string(frames.annotated.size()) + ", the annotated frames of '" + sequence +
                    "'" +
                    (frames.images.empty() || frames.images.size() == frames.annotated.size()
                         ? ""
                         : ", or " + std::to_string(frames.images.size()) + ", its images"));
  }

  // The array of a sequence; the last two are kept.
  std::shared_ptr<const Stack> load(const std::string& sequence) const {
    const std::lock_guard lock(mutex_);
    for (const auto& [name, stack] : kept_) {
      if (stack != nullptr && name == sequence) return stack;
    }
    const std::string& file = stacks_.at(sequence);
    const std::unique_ptr<FileStream> stream = inner_->open(file);
    const std::string path = inner_->display_path(file);
    if (stream == nullptr) throw Error(ErrorKind::input, path, "is gone", "an array");
    auto stack = std::make_shared<const Stack>(read_stack(*stream, path, false));
    kept_[next_] = {sequence, stack};
    next_ = (next_ + 1) % kept_.size();
    return stack;
  }

  std::unique_ptr<FileTree> inner_;
  std::map<std::string, StackFrames> known_;
  std::map<std::string, std::string> stacks_;  // sequence -> its file
  // Sequence -> "<frame>.png" -> its file
  std::map<std::string, std::map<std::string, std::string>> singles_;
  mutable std::mutex mutex_;
  mutable std::array<std::pair<std::string, std::shared_ptr<const Stack>>, 2> kept_;
  mutable std::size_t next_ = 0;
};

bool is_lone_array(const std::string& path) {
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0 || !S_ISREG(info.st_mode)) return false;
  const InputFile file = open_input_file(path, "a submission", path);
  std::array<std::uint8_t, 8> first{};
  const ssize_t count = ::pread(file.descriptor.get(), first.data(), first.size(), 0);
  return count > 0 &&
         file_kind(std::span(first).first(static_cast<std::size_t>(count))) == "a NumPy array";
}

}  // namespace

bool holds_label_stacks(const std::string& path) {
  if (is_lone_array(path)) return true;
  std::unique_ptr<FileTree> tree;
  try {
    tree = open_file_tree(path, own_limits());
  } catch (const Error&) {
    return false;  // whoever opens it says why
  }
  bool has_arrays = false;
  std::vector<std::string> places = tree->folders("");
  places.insert(places.begin(), "");
  for (const std::string& place : places) {
    for (const std::string& file : tree->files(place)) {
      if (file_suffix(file) == ".png") return false;
      has_arrays = has_arrays || is_array(file);
    }
  }
  return has_arrays;
}

std::unique_ptr<FileTree> open_label_stacks(const std::string& path,
                                            std::span<const StackFrames> sequences) {
  std::unique_ptr<FileTree> inner;
  if (is_lone_array(path)) {
    inner = open_single_file(path, "an array");
  } else {
    inner = open_file_tree(path, own_limits());
  }
  return std::make_unique<StackTree>(std::move(inner), sequences);
}

}  // namespace angiobench
