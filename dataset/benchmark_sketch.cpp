// SPDX-License-Identifier: MIT
#include "dataset/benchmark_sketch.h"

#include <algorithm>
#include <array>
#include <boost/filesystem/operations.hpp>
#include <boost/filesystem/path.hpp>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>

#include "dataset/error.h"
#include "dataset/files/file_tree.h"
#include "dataset/files/image_size.h"
#include "dataset/files/text.h"
#include "dataset/frame_order.h"
#include "dataset/frame_values.h"
#include "dataset/masks/png.h"
#include "dataset/names.h"

namespace angiobench {
namespace {

constexpr int kMaxDepth = 4;  // folders down where masks are looked for
constexpr std::size_t kMaxSequencesRead = 200;
constexpr int kSmallestVoid = 254;  // labels from here on stand for "nobody's" where ids are small

// Names under which data sets keep masks, most telling first.
constexpr std::array<std::string_view, 6> kMaskFolders = {"Annotations", "annotations", "masks",
                                                          "Masks",       "labels",      "GT"};

bool has_suffix(const std::string& name, std::string_view suffix) {
  return name.size() > suffix.size() && folded_name(name).ends_with(suffix);
}

bool is_mask(const std::string& name) { return has_suffix(name, ".png"); }

bool is_image(const std::string& name) {
  return std::ranges::find(kFrameSuffixes, file_suffix(name)) != std::end(kFrameSuffixes);
}

// A folder whose folders are sequences.
struct Place {
  std::string path;  // "" is the root
  std::vector<std::string> sequences;
  bool by_object = false;  // <sequence>/<object>/<frame>.png
};

std::size_t count_if_in(const FileTree& tree, const std::string& folder,
                        bool (*wanted)(const std::string&)) {
  return static_cast<std::size_t>(std::ranges::count_if(tree.files(folder), wanted));
}

bool is_number(const std::string& name) {
  return !name.empty() && name.size() <= 3 &&
         name.find_first_not_of("0123456789") == std::string::npos;
}

// Whether `sequence` holds a folder an object, with PNGs in each.
bool has_object_folders(const FileTree& tree, const std::string& sequence) {
  const std::vector<std::string> objects = tree.folders(sequence);
  return !objects.empty() && std::ranges::all_of(objects, [&](const std::string& object) {
    return is_number(object) && count_if_in(tree, join_path(sequence, object), is_mask) > 0;
  });
}

void find_places(const FileTree& tree, const std::string& folder, int depth,
                 std::vector<Place>& places) {
  Place labels{folder, {}, false};
  Place objects{folder, {}, true};
  for (const std::string& name : tree.folders(folder)) {
    const std::string below = join_path(folder, name);
    if (count_if_in(tree, below, is_mask) > 0) {
      labels.sequences.push_back(name);
    } else if (has_object_folders(tree, below)) {
      objects.sequences.push_back(name);
    } else if (depth < kMaxDepth) {
      find_places(tree, below, depth + 1, places);
    }
  }
  for (Place& place : {std::ref(labels), std::ref(objects)}) {
    if (!place.sequences.empty()) places.push_back(std::move(place));
  }
}

std::size_t rank_of(const Place& place) {
  const std::string name = place.path.substr(place.path.rfind('/') + 1);
  const auto known = std::ranges::find(kMaskFolders, name);
  return static_cast<std::size_t>(known - kMaskFolders.begin());
}

// What the masks of a place are like.
struct Masks {
  std::set<std::pair<std::uint32_t, std::uint32_t>> sizes;
  std::set<int> labels;        // but 0
  std::size_t num_masks = 0;   // in all sequences
  std::size_t num_colour = 0;  // of those read: true colour, which has no labels
  std::size_t num_read = 0;
};

void read_mask_file(const FileTree& tree, const std::string& path, MaskDecoder& decoder,
                    Masks& masks) {
  std::vector<std::uint8_t> bytes;
  if (!tree.read(path, bytes)) return;
  ++masks.num_read;
  MaskView view;
  try {
    const PngHeader header = read_png_header(bytes, tree.display_path(path));
    masks.sizes.emplace(header.width, header.height);
    view = decoder.decode(bytes, {}, tree.display_path(path));
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::input) throw;
    ++masks.num_colour;
    return;
  }
  std::array<bool, 256> seen{};
  for (int y = 0; y < view.height; ++y) {
    for (int x = 0; x < view.width; ++x) seen[view.at(x, y)] = true;
  }
  for (int label = 1; label < 256; ++label) {
    if (seen[static_cast<std::size_t>(label)]) masks.labels.insert(label);
  }
}

Masks look_at(const FileTree& tree, const Place& place) {
  Masks masks;
  MaskDecoder decoder;
  for (std::size_t i = 0; i < place.sequences.size(); ++i) {
    std::string folder = join_path(place.path, place.sequences[i]);
    const std::vector<std::string> objects = tree.folders(folder);
    if (place.by_object) folder = join_path(folder, objects.front());
    std::vector<std::string> files = tree.files(folder);
    std::erase_if(files, [](const std::string& name) { return !is_mask(name); });
    masks.num_masks += files.size();
    if (i >= kMaxSequencesRead || files.empty()) continue;
    const std::set<std::string> some{files.front(), files[files.size() / 2], files.back()};
    for (const std::string& file : some)
      read_mask_file(tree, join_path(folder, file), decoder, masks);
  }
  return masks;
}

// The folder that holds pictures of these sequences, relative to the root; empty where there is
// none.
std::string find_images(const FileTree& tree, const std::string& folder, const Place& place,
                        int depth) {
  if (folder != place.path) {
    const std::vector<std::string> folders = tree.folders(folder);
    const bool has_all = std::ranges::all_of(place.sequences, [&](const std::string& sequence) {
      return std::ranges::binary_search(folders, sequence) &&
             count_if_in(tree, join_path(folder, sequence), is_image) >
                 count_if_in(tree, join_path(folder, sequence), is_mask);
    });
    if (has_all) return folder.empty() ? "." : folder;
  }
  if (depth >= kMaxDepth) return {};
  for (const std::string& name : tree.folders(folder)) {
    const std::string found = find_images(tree, join_path(folder, name), place, depth + 1);
    if (!found.empty()) return found;
  }
  return {};
}

std::string what_is_there(const FileTree& tree) {
  std::map<std::string, std::size_t> kinds;
  for (const std::string& file : tree.files("")) {
    const std::size_t dot = file.rfind('.');
    ++kinds[dot == std::string::npos ? "without a suffix" : file.substr(dot)];
  }
  std::string text = std::to_string(tree.folders("").size()) + " folders";
  for (const auto& [kind, count] : kinds) text += ", " + std::to_string(count) + " files " + kind;
  return text;
}

std::string name_of(const std::string& folder) {
  boost::system::error_code code;
  const boost::filesystem::path path = boost::filesystem::weakly_canonical(folder, code);
  std::string name = folded_name(path.filename().string());
  std::erase_if(name, [](char letter) {
    return (letter < 'a' || letter > 'z') && (letter < '0' || letter > '9') && letter != '-';
  });
  return name.empty() ? "mine" : name;
}

// Which rules fit the labels, and what they do not tell.
void judge_labels(const Masks& masks, const Place& place, BenchmarkSketch& sketch) {
  BenchmarkDefinition& benchmark = sketch.benchmark;
  if (masks.num_colour > 0) {
    sketch.unknown.push_back("which colour is which object: " + std::to_string(masks.num_colour) +
                             " of " + plural(masks.num_read, "mask") +
                             " that were read are true colour or cannot be read as labels; "
                             "'validate dataset' names them");
  }
  if (place.by_object) {
    benchmark.layout = Layout::sa_v;
    benchmark.protocol = "sa-v";
    return;
  }
  const bool is_one_grey = masks.labels == std::set<int>{255};
  benchmark.protocol = is_one_grey ? "davis2016" : "vos-benchmark";
  if (is_one_grey) {
    sketch.found.emplace_back("masks of 0 and 255: one object, as DAVIS 2016 has it");
    return;
  }
  std::string labels;
  for (const int label : masks.labels)
    labels += (labels.empty() ? "" : ", ") + std::to_string(label);
  sketch.found.push_back("labels " + (labels.empty() ? std::string("0 alone") : labels));
  if (!masks.labels.empty() && *masks.labels.rbegin() >= kSmallestVoid && masks.labels.size() > 1) {
    sketch.unknown.push_back("whether label " + std::to_string(*masks.labels.rbegin()) +
                             " is an object or nobody's (void): a protocol with \"void\" leaves it "
                             "out");
  }
}

nlohmann::ordered_json json_of(const BenchmarkDefinition& benchmark) {
  nlohmann::ordered_json document = {{"schema", "benchmark-1"},
                                     {"name", benchmark.name},
                                     {"title", benchmark.title},
                                     {"layout", layout_name(benchmark.layout)},
                                     {"protocol", benchmark.protocol},
                                     {"roots", benchmark.roots},
                                     {"annotations", benchmark.annotations}};
  if (!benchmark.images.empty()) document["images"] = benchmark.images;
  if (benchmark.width > 0) document["width"] = benchmark.width;
  if (benchmark.height > 0) document["height"] = benchmark.height;
  return document;
}

}  // namespace

BenchmarkSketch sketch_benchmark(const std::string& folder, const std::string& name) {
  const std::unique_ptr<FileTree> tree = open_folder(folder);
  std::vector<Place> places;
  find_places(*tree, "", 0, places);
  if (places.empty()) {
    throw Error(ErrorKind::input, folder, "holds " + what_is_there(*tree),
                "a folder a sequence with masks as .png: <sequence>/<frame>.png");
  }
  // The most telling name, then the most sequences, then the first.
  std::ranges::stable_sort(places, {}, [](const Place& place) {
    return std::pair(rank_of(place), -static_cast<std::ptrdiff_t>(place.sequences.size()));
  });
  const Place& place = places.front();
  const Masks masks = look_at(*tree, place);

  BenchmarkSketch sketch;
  BenchmarkDefinition& benchmark = sketch.benchmark;
  benchmark.name = name.empty() ? name_of(folder) : name;
  benchmark.title = benchmark.name + ": " + plural(place.sequences.size(), "sequence") + ", " +
                    plural(masks.num_masks, "mask");
  benchmark.roots = {"."};
  benchmark.annotations = {place.path.empty() ? "." : place.path};
  sketch.found.push_back(plural(place.sequences.size(), "sequence") + " in " +
                         tree->display_path(place.path) + ", " + plural(masks.num_masks, "mask"));
  for (std::size_t i = 1; i < places.size(); ++i) {
    sketch.unknown.push_back(
        "what " + tree->display_path(places[i].path) + " is, with " +
        plural(places[i].sequences.size(), "folder") +
        " of PNGs: frames, another split, or other masks (\"annotations\" names one folder)");
  }
  judge_labels(masks, place, sketch);
  if (masks.sizes.size() == 1) {
    benchmark.width = static_cast<int>(masks.sizes.begin()->first);
    benchmark.height = static_cast<int>(masks.sizes.begin()->second);
    sketch.found.push_back("every mask has " + size_text(benchmark.width, benchmark.height) +
                           " pixels");
  }
  const std::string images = find_images(*tree, "", place, 0);
  if (!images.empty()) {
    benchmark.images = {images};
    sketch.found.push_back("frames in " + tree->display_path(images));
  } else {
    sketch.unknown.emplace_back("where the frames are (\"images\"), which 'predict' needs");
  }
  sketch.unknown.emplace_back("how many objects a sequence may have (\"max_objects\")");
  sketch.unknown.emplace_back("which sequences form a split (\"split_files\"): all are taken");
  sketch.unknown.push_back("which scoring rules the data set's authors use (\"protocol\"): " +
                           benchmark.protocol + " is taken");
  sketch.definition = json_of(benchmark).dump(2) + "\n";
  parse_benchmark(sketch.definition, benchmark.name);  // what is written can be read
  return sketch;
}

}  // namespace angiobench
