// SPDX-License-Identifier: MIT
#include "dataset/exchange/coco_import.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "dataset/error.h"
#include "dataset/files/archive_name.h"
#include "dataset/masks/png.h"

namespace angiobench {
namespace {

CocoRecords read_records(const std::string& path) {
  return read_coco_records(open_random_bytes(path, "a COCO json"), path);
}

// Whether images are single ones: their names have no folder, and no video claims them.
bool are_single(const CocoRecords& records) {
  if (records.form != CocoForm::images) return false;
  for (std::size_t i = 0; i < records.images.size(); ++i) {
    const bool has_place = records.images.name(i).find_first_of("/\\") != std::string_view::npos ||
                           records.images.video(i).has_value();
    if (has_place) return false;
  }
  return true;
}

// Names of a file become paths: what could lead elsewhere is refused.
void check_path(const std::string& relative, const std::string& json) {
  check_archive_name(relative, ArchiveLimits{}, json);
}

nlohmann::ordered_json classes_of(const CocoRecords& records) {
  nlohmann::ordered_json classes = nlohmann::ordered_json::array();
  const auto colors = voc_palette();
  const auto add = [&](std::int64_t id, const std::string& name) {
    const Rgb& color = colors[static_cast<std::size_t>(id)];
    classes.push_back({{"id", id}, {"name", name}, {"color", color}});
  };
  add(0, "background");
  for (const auto& [id, name] : records.categories) {
    if (id >= 1 && id <= 254) add(id, name.empty() ? std::to_string(id) : name);
  }
  return classes;
}

// The benchmark that reads single images as they are written here.
std::string benchmark_of(const CocoRecords& records, CocoLabels labels) {
  nlohmann::ordered_json json = {{"schema", "benchmark-2"},
                                 {"name", "imported"},
                                 {"title", "Single images imported from a COCO json"},
                                 {"protocol", "semantic"},
                                 {"task", "semantic"},
                                 {"annotations", {"masks"}},
                                 {"images", {"images"}},
                                 {"storage", "labels"},
                                 {"masks", "{frame}.png"},
                                 {"prompts", "none"}};
  if (labels == CocoLabels::categories) {
    json["classes"] = classes_of(records);
  } else {
    json["protocol"] = "stills";
    json["task"] = "objects";
  }
  return json.dump(2) + "\n";
}

class Importer {
 public:
  Importer(const CocoMasks& masks, const CocoImportOptions& options, const std::string& path,
           const std::function<void(const std::string&, std::span<const std::uint8_t>)>& write)
      : masks_(masks), options_(options), path_(path), write_(write) {
    for (std::size_t i = 0; i < masks.num_sequences(); ++i) num_frames_ += masks.num_frames(i);
  }

  void put(std::size_t sequence, std::size_t frame, int label, const std::string& folder) {
    const std::string name(masks_.frame(sequence, frame));
    const std::string relative = folder + "/" + name + ".png";
    check_path(relative, path_);
    const MaskLabels labels = read(sequence, frame, label, relative);
    write_(relative, encode_mask_png(pixels_of(labels, pixels_), voc_palette()));
    ++num_masks_;
    if (options_.progress && label == 0) options_.progress(num_masks_, num_frames_);
  }
  std::uint64_t num_masks() const { return num_masks_; }

 private:
  MaskLabels read(std::size_t sequence, std::size_t frame, int label, const std::string& relative) {
    try {
      return masks_.read(sequence, frame, label, 0, 0, buffers_).labels;
    } catch (const Error& error) {
      if (!error.path().empty()) throw;
      throw Error(error.kind(), path_ + "!" + relative, error.found(), error.expected());
    }
  }

  const CocoMasks& masks_;
  const CocoImportOptions& options_;
  const std::string& path_;
  const std::function<void(const std::string&, std::span<const std::uint8_t>)>& write_;
  CocoBuffers buffers_;
  Mask pixels_;
  std::uint64_t num_masks_ = 0;
  std::uint64_t num_frames_ = 0;
};

}  // namespace

CocoImport import_coco(
    const std::string& path, const CocoImportOptions& options,
    const std::function<void(const std::string&, std::span<const std::uint8_t>)>& write) {
  CocoRecords records = read_records(path);
  std::optional<CocoRecords> names;
  if (!options.names_file.empty()) names = read_records(options.names_file);
  CocoImport done;
  done.has_single_images = options.has_single_images || are_single(names ? *names : records);
  CocoNaming naming;
  naming.has_single_images = done.has_single_images;
  naming.names = names ? &*names : nullptr;
  naming.labels = options.labels.value_or(done.has_single_images ? CocoLabels::categories
                                                                 : CocoLabels::objects);
  if (done.has_single_images) {
    const std::string benchmark = benchmark_of(names ? *names : records, naming.labels);
    write("benchmark.json",
          std::span(reinterpret_cast<const std::uint8_t*>(benchmark.data()), benchmark.size()));
  }
  const CocoMasks masks(std::move(records), naming);
  done.num_sequences = masks.num_sequences();
  Importer importer(masks, options, path, write);
  for (std::size_t i = 0; i < masks.num_sequences(); ++i) {
    const std::string folder = done.has_single_images ? "masks" : std::string(masks.name(i));
    for (std::size_t frame = 0; frame < masks.num_frames(i); ++frame) {
      if (!options.are_apart) {
        importer.put(i, frame, 0, folder);
        continue;
      }
      for (const int label : masks.labels_of(i))
        importer.put(i, frame, label, folder + "/" + std::to_string(label));
    }
  }
  done.num_masks = importer.num_masks();
  done.findings = masks.findings();
  std::ranges::copy(masks.overlaps(), std::back_inserter(done.findings));
  return done;
}

}  // namespace angiobench
