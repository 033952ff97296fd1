// SPDX-License-Identifier: MIT
#include "tests/support/tiny_benchmark.h"

#include <algorithm>
#include <functional>
#include <map>
#include <vector>

#include "dataset/files/file_tree.h"
#include "dataset/files/zip_writer.h"
#include "dataset/masks/mask.h"
#include "dataset/masks/npy.h"
#include "dataset/masks/png.h"
#include "tests/support/png_writer.h"

namespace angiobench::test {
namespace {

constexpr int kFrames = 7;
constexpr int kGone = 3;  // the second object is not there in this frame and the next

void write_bytes(const TempFolder& folder, const std::string& path,
                 const std::vector<std::uint8_t>& bytes) {
  folder.write(path, {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

constexpr int kStep = 5;  // of frame numbers where the meta json has ranges

std::string padded(int number, std::size_t num_digits) {
  const std::string digits = std::to_string(number);
  return std::string(num_digits - digits.size(), '0') + digits;
}

void draw(Mask& mask, int left, int top, int side, int value) {
  for (int y = top; y < top + side; ++y) {
    for (int x = left; x < left + side; ++x) mask.at(x, y) = static_cast<std::uint8_t>(value);
  }
}

// Raw labels that mean an object, by its id.
std::map<int, int> labels_of(const std::array<std::uint8_t, 256>& ids,
                             const std::vector<bool>& values) {
  std::map<int, int> labels;
  for (int label = 1; label < 256; ++label) {
    const auto at = static_cast<std::size_t>(label);
    if (ids[at] != 0 && (values.empty() || values[at])) labels[ids[at]] = label;
  }
  return labels;
}

// Writes one benchmark.
class Writer {
 public:
  Writer(const TempFolder& folder, const BenchmarkDefinition& benchmark)
      : folder_(folder), benchmark_(benchmark) {
    width_ = benchmark.width > 0 ? benchmark.width : 48;
    height_ = benchmark.height > 0 ? benchmark.height : 40;
    names_ = benchmark.sequences;
    if (names_.empty()) names_ = {"s7", "s12"};
    names_.resize(2);
    has_ranges_ = !benchmark.unseen_files.empty();
    root_ = join_path("data", benchmark.roots.front());
    truth_labels_ = labels_of(benchmark.labels.truth_ids, benchmark.labels.truth_values);
    prediction_labels_ =
        labels_of(benchmark.labels.prediction_ids, benchmark.labels.prediction_values);
    if (benchmark.labels.prediction_ids == LabelRules().prediction_ids) {
      for (auto& [id, label] : prediction_labels_) label = id;
    }
  }

  void write() {
    const std::string annotations = join_path(root_, benchmark_.annotations.front());
    const int num_frames = benchmark_.has_single_images() ? 1 : kFrames;
    for (std::size_t i = 0; i < names_.size(); ++i) {
      for (int time = 0; time < num_frames; ++time) {
        std::string frame = frame_name(time);
        if (benchmark_.has_single_images()) frame = benchmark_.masks.prefix() + names_[i];
        write_frame(annotations, benchmark_.masks, MaskRole::truth, i, time, frame);
        write_frame("predictions", benchmark_.submission_masks.front(), MaskRole::prediction, i,
                    time, frame);
      }
    }
    write_lists();
  }

 private:
  std::string frame_name(int time) const {
    return has_ranges_ ? padded(1 + kStep * time, 8) : padded(time, 5);
  }

  bool shows(int object, int time) const {
    return object == 0 || (time != kGone && time != kGone + 1);
  }

  void draw_object(Mask& mask, std::size_t sequence, int object, int time, MaskRole role,
                   int value) const {
    const int scale = width_ / 48;
    const bool is_larger =
        role == MaskRole::prediction && (time > 0 || benchmark_.has_single_images());
    draw(mask, scale * (3 + static_cast<int>(sequence) + 3 * time), scale * (4 + 18 * object),
         scale * 12 + (is_larger ? scale : 0), value);
  }

  void write_frame(const std::string& base, const MaskPattern& pattern, MaskRole role,
                   std::size_t sequence, int time, const std::string& frame) {
    const std::string& name = names_[sequence];
    const std::string folder = pattern.has_sequence_folder() ? join_path(base, name) : base;
    const MaskStorage storage =
        role == MaskRole::truth ? benchmark_.storage : benchmark_.submission;
    // In single images the file of the truth holds the frame's whole name.
    std::string stem = frame;
    if (benchmark_.has_single_images() && role == MaskRole::truth) stem = name;
    const auto place = [&](const std::string& object) {
      return pattern.path(folder, name, object, stem);
    };
    if (storage == MaskStorage::objects) {
      for (int object = 0; object < 2; ++object) {
        Mask mask(width_, height_);
        if (shows(object, time)) draw_object(mask, sequence, object, time, role, 255);
        write_bytes(folder_, place("00" + std::to_string(object)),
                    write_png(mask.view(), PngKind{.color_type = 0}));
      }
      return;
    }
    if (storage == MaskStorage::planes) {
      std::vector<std::uint8_t> values;
      for (int object = 0; object < 2; ++object) {
        Mask mask(width_, height_);
        draw_object(mask, sequence, object, time, role, 1);
        // Objects may overlap.
        if (object == 1) draw_object(mask, sequence, 0, time, role, 1);
        values.insert(values.end(), mask.pixels(), mask.pixels() + width_ * height_);
      }
      const std::vector<std::uint64_t> shape = {2, static_cast<std::uint64_t>(height_),
                                                static_cast<std::uint64_t>(width_)};
      write_bytes(folder_, place(""), encode_npy(shape, values));
      return;
    }
    const std::map<int, int>& labels = role == MaskRole::truth ? truth_labels_ : prediction_labels_;
    const bool is_map = storage == MaskStorage::map;
    Mask mask(width_, height_, is_map ? 30 : 0);
    int object = 0;
    for (const auto& [id, label] : labels) {
      if (object == 2) break;
      if (shows(object, time))
        draw_object(mask, sequence, object, time, role, is_map ? 200 : label);
      ++object;
    }
    const bool is_grey =
        is_map || (!benchmark_.color_types.empty() && benchmark_.color_types.front() == 0);
    write_bytes(folder_, place(""),
                is_grey ? write_png(mask.view(), PngKind{.color_type = 0})
                        : encode_mask_png(mask.view(), benchmark_.palette));
  }

  // Split files and the json, as far as the benchmark names any.
  void write_lists() {
    if (benchmark_.layout == Layout::paxray) {
      std::string entries;
      for (const std::string& name : names_) {
        entries += (entries.empty() ? "" : ", ") + (R"({"image": "images/)" + name) +
                   R"(.png", "target": "labels/)" + name + R"(.npy"})";
        folder_.write("data/images/" + name + ".png", "");
      }
      folder_.write("data/paxray.json", R"({"label_dict": {"0": "lung", "1": "rib"}, ")" +
                                            benchmark_.split + "\": [" + entries + "]}");
      return;
    }
    std::string list;
    std::string json;
    std::string frames;
    for (int time = 0; time < kFrames; ++time)
      frames += (time == 0 ? "\"" : "\", \"") + frame_name(time);
    frames += "\"";
    const std::string range = has_ranges_
                                  ? R"("frame_range": {"start": ")" + frame_name(0) +
                                        R"(", "end": ")" + frame_name(kFrames - 1) +
                                        R"(", "frame_nums": ")" + std::to_string(kFrames) + "\"}, "
                                  : "";
    for (const std::string& name : names_) {
      list += name + "\n";
      json += (json.empty() ? "\"" : ", \"") + name + R"(": {"length": 7, "width": )" +
              std::to_string(width_) + R"(, "height": )" + std::to_string(height_) +
              R"(, "frames": {")" + frame_name(0) +
              R"(": {"objects": ["1", "2"]}}, "seen_objects": ["1"], )" +
              R"("unseen_objects": ["2"], "objects": {"1": {)" + range +
              R"("category": "ape", "frames": [)" + frames + R"(]}, "2": {)" + range +
              R"("category": "stent", "frames": [)" + frames + "]}}}";
    }
    if (!benchmark_.unseen_files.empty())
      folder_.write(join_path(root_, benchmark_.unseen_files.front()), names_.back() + "\n");
    if (!benchmark_.unsupervised_files.empty())
      folder_.write(join_path(root_, benchmark_.unsupervised_files.front()), list);
    if (!benchmark_.scene_files.empty()) {
      folder_.write(join_path(root_, benchmark_.scene_files.front()),
                    "{\"" + names_.front() +
                        R"(": {"first_segment": [0, 2], "second_segment": [3, 4], )" +
                        R"("remain_segments": [5, 6]}, ")" + names_.back() +
                        R"(": {"second_segment": [3, 6], "remain_segments": []}})");
    }
    if (!benchmark_.split_files.empty())
      folder_.write(join_path(root_, benchmark_.split_files.front()), list);
    if (!benchmark_.meta_files.empty())
      folder_.write(join_path(root_, benchmark_.meta_files.front()),
                    R"({"videos": {)" + json + "}}");
  }

  const TempFolder& folder_;
  const BenchmarkDefinition& benchmark_;
  int width_ = 0;
  int height_ = 0;
  std::vector<std::string> names_;
  std::string root_;
  bool has_ranges_ = false;          // the meta json has ranges of frames, whose names step by five
  std::map<int, int> truth_labels_;  // object id -> raw label
  std::map<int, int> prediction_labels_;
};

}  // namespace

void write_tiny_benchmark(const TempFolder& folder, const BenchmarkDefinition& benchmark) {
  Writer(folder, benchmark).write();
}

void zip_folder(const std::string& folder, const std::string& zip) {
  const std::unique_ptr<FileTree> tree = open_folder(folder);
  ZipWriter writer(zip);
  std::vector<std::uint8_t> bytes;
  const std::function<void(const std::string&)> add = [&](const std::string& place) {
    for (const std::string& file : tree->files(place)) {
      tree->read(join_path(place, file), bytes);
      writer.add(join_path(place, file), bytes);
    }
    for (const std::string& inner : tree->folders(place)) add(join_path(place, inner));
  };
  add("");
  writer.finish();
}

}  // namespace angiobench::test
