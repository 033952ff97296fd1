// SPDX-License-Identifier: MIT
#include "dataset/masks/submission_place.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "dataset/files/archive_name.h"
#include "dataset/finding_codes.h"
#include "dataset/frame_order.h"
#include "dataset/masks/coco_tree.h"
#include "dataset/masks/mask_source.h"
#include "dataset/masks/submission_limits.h"
#include "dataset/masks/volume_tree.h"

namespace angiobench {
namespace {

constexpr std::size_t kMaxDepth = 3;
// Folders that are looked into; whoever has more of them has no few wrappings.
constexpr std::size_t kMaxFolders = 2000;

std::set<std::string> names_of(const SequenceIndex& index) {
  std::set<std::string> names;
  for (const Sequence& sequence : index.sequences) names.insert(sequence.name);
  return names;
}

bool holds_some(const FileTree& tree, const std::string& folder,
                const BenchmarkDefinition& benchmark, const std::set<std::string>& names) {
  const bool has_folders = benchmark.submission_masks.front().has_sequence_folder();
  for (const std::string& entry : has_folders ? tree.folders(folder) : tree.files(folder)) {
    if (has_folders && names.contains(entry)) return true;
    for (const MaskPattern& pattern : benchmark.submission_masks) {
      const auto name = has_folders ? std::nullopt : pattern.name_in(entry);
      if (name && names.contains(std::string(*name))) return true;
    }
  }
  return false;
}

// Folders in which platforms and data sets keep masks, so that they may wrap a submission's.
bool is_platform_folder(std::string_view name) {
  static constexpr std::string_view kNames[] = {"Annotations", "Annotations_6fps",
                                                "Annotations_unsupervised", "480p"};
  return std::ranges::find(kNames, name) != std::end(kNames);
}

// Whether the way from the top to `place` leads through the only folder at each level, or through
// one that platforms ask for.
bool is_only_way(const FileTree& tree, const std::string& place) {
  std::string_view rest = place;
  std::string at;
  while (!rest.empty()) {
    const std::string part(rest.substr(0, rest.find('/')));
    rest.remove_prefix(std::min(rest.size(), part.size() + 1));
    if (tree.folders(at).size() != 1 && !is_platform_folder(part)) return false;
    at = join_path(at, part);
  }
  return true;
}

// What a json may hold of a submission whose zip may have so many entries: each may be a mask of
// that many objects.
CocoLimits coco_limits(const ArchiveLimits& limits) {
  CocoLimits coco;
  coco.are_options = true;
  coco.max_bytes = limits.max_archive_bytes;
  coco.max_entries = std::min(coco.max_entries, limits.max_entries * kDefaultMaxIds);
  coco.json.max_token_bytes = std::min(coco.json.max_token_bytes, limits.max_entry_bytes);
  return coco;
}

// The json that is all a folder or zip holds, as platforms unpack and people pack results; empty:
// there is something else.
std::string only_json(const FileTree& tree) {
  if (!tree.folders("").empty()) return {};
  std::vector<std::string> files = tree.files("");
  std::erase_if(files, [](const std::string& file) { return is_manifest_name(file); });
  return files.size() == 1 && file_suffix(files.front()) == ".json" ? files.front() : "";
}

// A folder's is read where it lies; of a zip's the whole is unpacked into memory, as its limits let
// it.
std::shared_ptr<const FileTree> open_only_json(const FileTree& tree, const std::string& json,
                                               const std::string& path, const SequenceIndex& index,
                                               const ArchiveLimits& limits) {
  const std::string shown = tree.display_path(json);
  const std::string file = join_path(path, json);
  if (is_json_file(file)) return open_coco_tree(file, index, coco_limits(limits), shown);
  std::vector<std::uint8_t> bytes;
  tree.read(json, bytes);
  return coco_tree(random_bytes_of({bytes.begin(), bytes.end()}, shown), shown, index,
                   coco_limits(limits));
}

std::string last_part(std::string_view path) {
  while (path.ends_with('/')) path.remove_suffix(1);
  const std::size_t slash = path.find_last_of("/!");
  return std::string(slash == std::string_view::npos ? path : path.substr(slash + 1));
}

std::string folder_above(std::string path) {
  while (path.ends_with('/')) path.pop_back();
  const std::size_t slash = path.rfind('/');
  return slash == std::string::npos ? "." : slash == 0 ? "/" : path.substr(0, slash);
}

}  // namespace

std::string dataset_marker(const FileTree& tree) {
  static constexpr std::string_view kMarkers[] = {
      "Annotations_Semantic", "ImageSets", "JPEGImages", "ground_truth",
      "labels.json",          "meta.json", "db_info.yml"};
  std::vector<std::string> folders = tree.folders("");
  folders.insert(folders.begin(), "");
  for (const std::string& folder : folders) {
    const std::vector<std::string> inner = tree.folders(folder);
    for (const std::string_view marker : kMarkers) {
      const bool is_there = std::ranges::find(inner, marker) != inner.end() ||
                            tree.has_file(join_path(folder, marker));
      if (is_there) return join_path(folder, marker);
    }
  }
  return {};
}

std::string mask_export_marker(const FileTree& tree) {
  // A label map alone may lie beside sequences, too.
  static constexpr std::string_view kLabelMap = "labelmap.txt";
  const std::vector<std::string> folders = tree.folders("");
  for (const std::string_view name : {"SegmentationClass", "SegmentationObject"}) {
    if (std::ranges::find(folders, name) != folders.end())
      return std::string(tree.has_file(kLabelMap) ? kLabelMap : name);
  }
  return {};
}

std::vector<std::string> places_of_sequences(const FileTree& tree,
                                             const BenchmarkDefinition& benchmark,
                                             const std::set<std::string>& names) {
  std::vector<std::string> places;
  std::vector<std::string> level = {""};
  std::size_t num_folders = 0;
  for (std::size_t depth = 0; depth <= kMaxDepth && !level.empty(); ++depth) {
    std::vector<std::string> next;
    for (const std::string& folder : level) {
      if (++num_folders > kMaxFolders) break;
      if (holds_some(tree, folder, benchmark, names)) {
        places.push_back(folder);
        continue;
      }
      for (const std::string& inner : tree.folders(folder))
        next.push_back(join_path(folder, inner));
    }
    level = std::move(next);
  }
  std::ranges::sort(places);
  return places;
}

std::shared_ptr<const FileTree> open_submission_tree(const std::string& path,
                                                     const SequenceIndex& index,
                                                     const ArchiveLimits& limits,
                                                     const std::string& shown_as) {
  if (is_json_file(path)) return open_coco_tree(path, index, coco_limits(limits), shown_as);
  if (is_volume_path(path)) return open_volume(path, index, shown_as);
  std::shared_ptr<const FileTree> tree =
      open_file_tree(path, limits, FolderLinks::refuse, TopFolder::keep, shown_as);
  if (const std::string json = only_json(*tree); !json.empty())
    return open_only_json(*tree, json, path, index, limits);
  if (holds_volumes(*tree)) return volume_tree(std::move(tree), index);
  const std::vector<std::string> places =
      places_of_sequences(*tree, index.benchmark, names_of(index));
  const bool is_wrapped = places.size() == 1 && !places.front().empty() &&
                          dataset_marker(*tree).empty() && is_only_way(*tree, places.front());
  if (!is_wrapped) return tree;
  Finding note = make_finding("A002", {tree->typed_path("")},
                              "everything lies in '" + places.front() + "', which is taken off");
  return open_inner(tree, places.front(), {std::move(note)});
}

std::string place_hint(const FileTree& tree, const SequenceIndex& index) {
  const std::set<std::string> names = names_of(index);
  const std::vector<std::string> places = places_of_sequences(tree, index.benchmark, names);
  if (!places.empty()) {
    constexpr std::size_t kShown = 4;
    std::string text = "they lie in ";
    for (std::size_t i = 0; i < std::min(kShown, places.size()); ++i)
      text += (i == 0 ? "" : " and in ") + tree.typed_path(places[i]);
    if (places.size() > kShown) text += ", …";
    return text + (places.size() == 1 ? "; give that alone, with -p or zipped"
                                      : "; give one of them alone, with -p or zipped");
  }
  const MaskPattern& pattern = index.benchmark.submission_masks.front();
  const std::string top = tree.typed_path("");
  if (pattern.has_sequence_folder() && names.contains(last_part(top)) &&
      !list_frames(tree, "", pattern).empty()) {
    return "this is the folder of the sequence '" + last_part(top) +
           "'; give the one above with -p: " + folder_above(top);
  }
  if (const std::string marker = mask_export_marker(tree); !marker.empty()) {
    return "it is the export of an annotation tool (" + marker +
           "): 'angiobench import masks' makes <sequence>/<frame>.png of it";
  }
  return "it " + describe_contents(tree, "", pattern);
}

}  // namespace angiobench
