// SPDX-License-Identifier: MIT
#include "dataset/sequence_index.h"

#include <algorithm>
#include <array>
#include <optional>
#include <sstream>
#include <utility>

#include "dataset/characters.h"
#include "dataset/files/atomic_file.h"
#include "dataset/error.h"
#include "dataset/files/json_fields.h"
#include "dataset/files/text.h"
#include "dataset/names.h"
#include "dataset/finding_codes.h"
#include "dataset/frame_order.h"
#include "dataset/frame_values.h"
#include "dataset/masks/coco_tree.h"
#include "dataset/masks/mask_source.h"
#include "dataset/masks/submission_place.h"

namespace angiobench {
namespace {

// Folders of annotation tools and data sets: what lies directly in one is no video of that name.
// Some are also good names of a video, and are those of a tool only beside another of the kind.
bool is_tool_folder(std::string_view name) {
  return name.starts_with("SegmentationClass") || name.starts_with("SegmentationObject") ||
         name.starts_with("Annotations") || name == "JPEGImages" || name == "ImageSets" ||
         name == "masks_human" || name == "masks_machine" || name == "masks_instances";
}
bool may_be_tool_folder(std::string_view name) {
  static constexpr std::string_view kNames[] = {"annotations", "ann", "images", "img",    "imgs",
                                                "frames",      "gt",  "label",  "labels", "mask",
                                                "masks",       "rgb", "color",  "colors"};
  return std::ranges::find(kNames, lowered(name)) != std::end(kNames);
}

// Names of folders that may be videos: not those of an annotation tool.
std::vector<std::string> video_folders(const FileTree& tree, const std::string& folder) {
  std::vector<std::string> names = tree.folders(folder);
  const auto num_possible =
      static_cast<std::size_t>(std::ranges::count_if(names, [](const std::string& name) {
        return is_tool_folder(name) || may_be_tool_folder(name);
      }));
  std::erase_if(names, [&](const std::string& name) {
    return is_tool_folder(name) || (may_be_tool_folder(name) && num_possible > 1);
  });
  return names;
}

// Whether `folder` is what a benchmark keeps its sequences in.
bool holds_sequences(const FileTree& tree, const std::string& folder, const MaskPattern& masks) {
  if (!masks.has_sequence_folder()) return !list_frames(tree, folder, masks).empty();
  const std::vector<std::string> names = video_folders(tree, folder);
  return std::any_of(names.begin(), names.end(), [&](const std::string& name) {
    return !list_frames(tree, join_path(folder, name), masks).empty();
  });
}

// "<sequence>/<frame>.png"
std::string place_form(const BenchmarkDefinition& benchmark) {
  std::string text = benchmark.masks.text();
  std::ranges::replace(text, '{', '<');
  std::ranges::replace(text, '}', '>');
  return text;
}

std::string list_of(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

struct Place {
  std::string root;         // the split's folder
  std::string annotations;  // the folder that holds the sequences
};

std::optional<Place> place_of_annotations(const FileTree& tree,
                                          const BenchmarkDefinition& benchmark,
                                          const std::string& top = {}) {
  for (const std::string& root : benchmark.roots) {
    for (const std::string& annotations : benchmark.annotations) {
      const std::string folder = join_path(join_path(top, root), annotations);
      if (holds_sequences(tree, folder, benchmark.masks))
        return Place{join_path(top, root), folder};
    }
  }
  return std::nullopt;
}

// The folders, at most two levels down, in which the layout is found.
std::vector<std::string> deeper_places(const FileTree& tree, const BenchmarkDefinition& benchmark) {
  constexpr std::size_t kMostFolders = 500;
  std::vector<std::string> places;
  std::vector<std::string> level = tree.folders("");
  std::size_t num_folders = 0;
  for (int depth = 0; depth < 2; ++depth) {
    std::vector<std::string> next;
    for (const std::string& folder : level) {
      if (++num_folders > kMostFolders) return places;
      if (place_of_annotations(tree, benchmark, folder)) {
        places.push_back(folder);
        continue;
      }
      for (const std::string& inner : tree.folders(folder))
        next.push_back(join_path(folder, inner));
    }
    level = std::move(next);
  }
  return places;
}

// The tree in which a benchmark's layout lies: one common top folder and the "Annotations" of
// platforms are taken off. The tree itself where that is not how it is.
std::shared_ptr<const FileTree> without_top(std::shared_ptr<const FileTree> tree,
                                            const BenchmarkDefinition& benchmark,
                                            std::vector<Finding>& findings) {
  if (place_of_annotations(*tree, benchmark)) return tree;
  const std::vector<std::string> places = deeper_places(*tree, benchmark);
  if (places.size() != 1) return tree;
  // Each folder on the way must be the only one, or such as platforms have it.
  std::string at;
  for (std::string_view rest = places.front(); !rest.empty();) {
    const std::string part(rest.substr(0, rest.find('/')));
    rest.remove_prefix(std::min(rest.size(), part.size() + 1));
    const bool is_platform = part == "Annotations" || part == "480p";
    if (tree->folders(at).size() != 1 && !is_platform) return tree;
    at = join_path(at, part);
  }
  findings.push_back(
      make_finding("A002", {tree->display_path("")},
                   "everything lies in '" + places.front() + "', which is taken off"));
  return open_inner(std::move(tree), places.front());
}

// A COCO json at the top of a tree or in its "annotations", by how it begins; empty: none.
std::string coco_json_in(const FileTree& tree) {
  for (const std::string folder : {"", "annotations"}) {
    for (const std::string& file : tree.files(folder)) {
      if (file_suffix(file) != ".json") continue;
      const std::unique_ptr<FileStream> stream = tree.open(join_path(folder, file));
      if (stream == nullptr) continue;
      std::string start(static_cast<std::size_t>(std::min<std::uint64_t>(stream->size(), 1 << 16)),
                        '\0');
      stream->read({reinterpret_cast<std::uint8_t*>(start.data()), start.size()});
      const auto has = [&](std::string_view key) { return start.find(key) != std::string::npos; };
      const bool is_coco = has("\"segmentation\"") || has("\"segmentations\"") ||
                           (has("\"images\"") && (has("\"file_name\"") || has("\"annotations\"")));
      if (is_coco) return join_path(folder, file);
    }
  }
  return {};
}

Place find_annotations(const FileTree& tree, const BenchmarkDefinition& benchmark) {
  if (std::optional<Place> place = place_of_annotations(tree, benchmark)) return *place;
  if (const std::string json = coco_json_in(tree); !json.empty()) {
    throw Error(ErrorKind::input, tree.display_path(""),
                "no masks in the layout of " + benchmark.name + "; its masks are in " + json +
                    ", a COCO json",
                "PNGs: angiobench import coco " + tree.typed_path(json) +
                    " -o DIR (--stills where each image is a single one)");
  }
  std::vector<std::string> tried;
  for (const std::string& root : benchmark.roots) {
    for (const std::string& annotations : benchmark.annotations)
      tried.push_back(join_path(join_path(root, annotations), place_form(benchmark)));
  }
  if (benchmark.layout == Layout::cadica) {
    throw Error(ErrorKind::inconclusive, tree.display_path(""),
                "no masks: CADICA's public release has lesion boxes only",
                "masks as <sequence>/<frame>.png");
  }
  // Say what is there instead, in the first of the places that exists.
  std::string found;
  for (const std::string& root : benchmark.roots) {
    for (const std::string& annotations : benchmark.annotations) {
      const std::string folder = join_path(root, annotations);
      const bool is_there = !tree.files(folder).empty() || !tree.folders(folder).empty();
      if (!is_there || !found.empty()) continue;
      found = "; " + tree.display_path(folder) + ": " +
              describe_contents(tree, folder, benchmark.masks);
      // Masks in the folders of a tool, one level above where sequences would be.
      for (const std::string& name : tree.folders(folder)) {
        const std::string inner = join_path(folder, name);
        const std::size_t num_masks = list_frames(tree, inner, benchmark.masks).size();
        if (!benchmark.masks.has_sequence_folder() || num_masks == 0) continue;
        found = "; " + std::to_string(num_masks) + " " + std::string(benchmark.masks.extension()) +
                " files lie directly in " + tree.display_path(inner) +
                ", a folder of an annotation tool; expected a folder for each sequence in it "
                "(move each video's masks into one), and -g " +
                tree.typed_path(inner);
        break;
      }
    }
  }
  if (const std::vector<std::string> places = deeper_places(tree, benchmark); !places.empty()) {
    found = "; they lie in " + tree.typed_path(places.front()) +
            (places.size() > 1 ? " and in " + tree.typed_path(places[1]) : "") + ": give " +
            (places.size() > 1 ? "one of them" : "that") + " with -g";
  }
  throw Error(ErrorKind::input, tree.display_path(""),
              "no masks in the layout of " + benchmark.name + found, "one of " + list_of(tried));
}

// The first candidate below `root` that exists, or "".
std::string find_file(const FileTree& tree, const std::string& root,
                      const std::vector<std::string>& candidates) {
  for (const std::string& candidate : candidates) {
    std::string file = join_path(root, candidate);
    if (tree.has_file(file)) return file;
  }
  return {};
}

int parse_id(const std::string& text, const std::string& path, const std::string& place) {
  const bool is_number =
      !text.empty() && text.size() <= 3 && std::all_of(text.begin(), text.end(), is_digit);
  const int id = is_number ? std::stoi(text) : 0;
  if (id < 1 || id > 255) {
    throw Error(ErrorKind::input, path, "field '" + place + "' has the object id \"" + text + "\"",
                "1 to 255");
  }
  return id;
}

// Object ids are strings in most files, numbers in some.
int id_of(const Json& value, const std::string& path, const std::string& place) {
  if (value.is_string()) return parse_id(value.get<std::string>(), path, place);
  if (value.is_number_integer())
    return parse_id(std::to_string(value.get<std::int64_t>()), path, place);
  throw Error(ErrorKind::input, path, "field '" + place + "' holds " + value.dump(), "object ids");
}

// LVOS writes numbers as text: {"start": "00000001", "end": "00000056", "frame_nums": "12"}.
int number_of(JsonFields& fields, std::string_view name) {
  const std::string text = fields.string(name);
  constexpr std::size_t kMaxDigits = 9;
  const bool is_number = !text.empty() && text.size() <= kMaxDigits &&
                         text.find_first_not_of("0123456789") == std::string::npos;
  if (!is_number) fields.fail(name, "a number as text, e.g. \"00000001\"");
  return std::stoi(text);
}

FrameRange read_range(JsonFields fields) {
  FrameRange range;
  range.start = number_of(fields, "start");
  range.end = number_of(fields, "end");
  range.num_frames = number_of(fields, "frame_nums");
  range.num_digits = fields.string("start").size();
  if (range.end < range.start) fields.fail("end", "a frame that is not before the start");
  return range;
}

void read_video(const Json& value, const std::string& name, const std::string& path,
                FirstMaskVideo& video) {
  const std::string place = "videos." + name;
  // MOSXAV val: a list of frame names, ids not stated.
  if (value.is_array()) {
    for (const Json& frame : value) {
      if (!frame.is_string()) {
        throw Error(ErrorKind::input, path, "field '" + place + "' holds " + frame.dump(),
                    "frame names");
      }
      video.prompts[frame.get<std::string>()];
    }
    return;
  }
  JsonFields fields(value, path, place);
  // MOSXAV test: the ids given at each frame, and the groups.
  if (fields.has("frames") && fields.value("frames").is_object()) {
    for (const auto& frame : fields.value("frames").items()) {
      std::vector<int>& ids = video.prompts[frame.key()];
      JsonFields entry(frame.value(), path, place + ".frames." + frame.key());
      const Json& list = entry.value("objects");
      if (!list.is_array()) entry.fail("objects", "a list of object ids");
      for (const Json& id : list) ids.push_back(id_of(id, path, entry.place("objects")));
    }
  }
  const std::pair<const char*, std::set<int>*> groups[] = {
      {"seen_objects", &video.seen_objects}, {"unseen_objects", &video.unseen_objects}};
  for (const auto& [key, group] : groups) {
    if (!fields.has(key)) continue;
    const Json& list = fields.value(key);
    if (!list.is_array()) fields.fail(key, "a list of object ids");
    for (const Json& id : list) group->insert(id_of(id, path, fields.place(key)));
  }
  // YouTube-VOS: each object with its frames and category; MOSE v2: a list or number of objects,
  // and the length.
  constexpr std::int64_t kMaxLength = 100'000'000;
  if (fields.has("length"))
    video.length = static_cast<int>(fields.integer("length", 0, kMaxLength));
  if (fields.has("width")) video.width = static_cast<int>(fields.integer("width", 0, kMaxLength));
  if (fields.has("height"))
    video.height = static_cast<int>(fields.integer("height", 0, kMaxLength));
  if (!fields.has("objects")) return;
  const Json& objects = fields.value("objects");
  if (objects.is_object()) {
    for (const auto& object : objects.items()) {
      const int id = parse_id(object.key(), path, fields.place("objects"));
      video.objects.insert(id);
      if (!object.value().is_object()) continue;
      JsonFields entry(object.value(), path, fields.place("objects") + "." + object.key());
      if (entry.has("frames")) video.object_frames[id] = entry.strings("frames");
      if (entry.has("category")) video.categories[id] = entry.string("category");
      if (entry.has("frame_range"))
        video.object_ranges[id] = read_range(entry.object("frame_range"));
    }
  } else if (objects.is_array()) {
    for (const Json& id : objects) video.objects.insert(id_of(id, path, fields.place("objects")));
  } else if (objects.is_number_integer()) {
    const std::int64_t count = fields.integer("objects", 0, 255);
    for (int id = 1; id <= count; ++id) video.objects.insert(id);
  } else {
    fields.fail("objects", "object ids, or objects with their frames");
  }
}

void apply(FirstMaskVideo&& video, const BenchmarkDefinition& benchmark, Sequence& sequence) {
  for (const auto& [id, category] : video.categories) {
    if (benchmark.seen_categories.empty()) break;
    const bool is_seen =
        std::find(benchmark.seen_categories.begin(), benchmark.seen_categories.end(), category) !=
        benchmark.seen_categories.end();
    (is_seen ? video.seen_objects : video.unseen_objects).insert(id);
  }
  sequence.prompts = std::move(video.prompts);
  sequence.seen_objects = std::move(video.seen_objects);
  sequence.unseen_objects = std::move(video.unseen_objects);
  sequence.object_frames = std::move(video.object_frames);
  sequence.meta_objects = std::move(video.objects);
  sequence.object_ranges = std::move(video.object_ranges);
  sequence.length = video.length;
  sequence.meta_width = video.width;
  sequence.meta_height = video.height;
}

// A folder of masks for each object of a sequence; its frames are those that any object has.
void list_objects(const FileTree& tree, const MaskPattern& pattern, Sequence& sequence) {
  std::set<std::string, FrameLess> frames;
  const std::string place = join_path(sequence.folder, pattern.inner_folder());
  for (const std::string& folder : tree.folders(place)) {
    constexpr std::size_t kMaxDigits = 5;
    const bool is_number =
        folder.size() <= kMaxDigits && std::all_of(folder.begin(), folder.end(), is_digit);
    if (!is_number) continue;
    FrameNames masks = list_mask_folder(tree, join_path(place, folder), pattern).frames;
    for (std::size_t i = 0; i < masks.size(); ++i) frames.emplace(masks[i]);
    const int id = std::stoi(folder);
    if (sequence.object_folders.emplace(id, folder).second)
      sequence.object_masks.emplace(id, std::move(masks));
  }
  for (const std::string& frame : frames) sequence.frames.append(frame);
}

// Single files: a sequence of one frame for each, which is called as the file.
std::vector<Sequence> list_single_files(const SequenceIndex& index) {
  const MaskPattern& pattern = index.benchmark.masks;
  std::vector<Sequence> sequences;
  for (const std::string& file : index.truth->files(index.annotations)) {
    const std::optional<std::string_view> name = pattern.name_in(file);
    if (!name) continue;
    Sequence sequence;
    sequence.name = *name;
    sequence.folder = index.annotations;
    sequence.images = index.images;
    sequence.frames.append(
        std::string_view(file).substr(0, file.size() - pattern.extension().size()));
    sequences.push_back(std::move(sequence));
  }
  return sequences;
}

std::string stem_of(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  if (slash != std::string_view::npos) path.remove_prefix(slash + 1);
  return std::string(path.substr(0, path.rfind('.')));
}

// PAXRay: a sequence for each entry {"image", "target"} of the split in paxray.json.
std::vector<Sequence> list_paxray(SequenceIndex& index, const IndexOptions& options) {
  const FileTree& tree = *index.truth;
  std::vector<Sequence> sequences;
  const auto add = [&](const std::string& name, const std::string& target) {
    Sequence sequence;
    sequence.name = name;
    sequence.folder = parent_path(target);
    sequence.frames.append(stem_of(target));
    sequence.images = index.images;
    if (tree.has_file(target)) {
      sequences.push_back(std::move(sequence));
    } else if (options.problems == IndexProblems::report) {
      index.findings.push_back(make_finding("D064", {tree.display_path(target), name},
                                            "named in " + index.meta_file + " and not there"));
    } else {
      throw Error(ErrorKind::input, tree.display_path(target), "not found",
                  "the array that " + index.meta_file + " names");
    }
  };
  const std::string path = tree.display_path(index.split_file);
  index.meta_file = path;
  const Json document = parse_json(read_text(tree, index.split_file), path);
  JsonFields fields(document, path);
  const Json& entries = fields.value(index.benchmark.split);
  if (!entries.is_array()) fields.fail(index.benchmark.split, "a list of {\"image\", \"target\"}");
  const std::string base = parent_path(index.split_file);
  for (std::size_t i = 0; i < entries.size(); ++i) {
    JsonFields entry(entries[i], path, index.benchmark.split + "[" + std::to_string(i) + "]");
    const std::string target = entry.string("target");
    const bool has_folder = target.find('/') != std::string::npos;
    add(stem_of(entry.string("image")),
        has_folder ? join_path(base, target) : join_path(index.annotations, target));
  }
  return sequences;
}

// IndexOptions::sequences narrows the split and must name what is in it.
std::set<std::string> wanted_of(const IndexOptions& options, const std::vector<std::string>& names,
                                const std::string& benchmark) {
  std::set<std::string> wanted;
  for (const std::string& asked : options.sequences) {
    const std::optional<std::string> name = resolve_name(names, asked);
    if (!name) {
      throw unknown_name("sequences",
                         "names '" + asked + "', which is not a sequence of " + benchmark, names,
                         asked);
    }
    wanted.insert(*name);
  }
  return wanted;
}

void keep_wanted(SequenceIndex& index, const IndexOptions& options) {
  if (options.sequences.empty()) return;
  std::vector<std::string> names;
  for (const Sequence& sequence : index.sequences) names.push_back(sequence.name);
  const std::set<std::string> wanted = wanted_of(options, names, index.benchmark.name);
  std::erase_if(index.sequences,
                [&](const Sequence& sequence) { return !wanted.contains(sequence.name); });
}

// Those of the official split that are among `present`; the rest is told. Empty where the benchmark
// knows no list or none of it is there: then it is another data set in the same form.
std::vector<std::string> official_sequences(SequenceIndex& index,
                                            const std::vector<std::string>& present) {
  const std::vector<std::string>& official = index.benchmark.sequences;
  std::vector<std::string> names;
  std::vector<std::string> absent;
  for (const std::string& name : official) {
    const bool is_there = std::binary_search(present.begin(), present.end(), name);
    (is_there ? names : absent).push_back(name);
  }
  if (names.empty() || absent.empty()) return names;
  constexpr std::size_t kShown = 5;
  const std::vector<std::string> shown(
      absent.begin(),
      absent.begin() + static_cast<std::ptrdiff_t>(std::min(kShown, absent.size())));
  index.findings.push_back(
      make_finding("D017", {index.truth->display_path(index.annotations)},
                   std::to_string(absent.size()) + " of the " + std::to_string(official.size()) +
                       " sequences of " + index.benchmark.name +
                       " are not here: " + list_of(shown) + (absent.size() > kShown ? ", …" : "")));
  return names;
}

// The truth of another split: its list lies there, ours does not, and it names what is there.
void refuse_other_split(const SequenceIndex& index, const std::vector<std::string>& names) {
  const BenchmarkDefinition& benchmark = index.benchmark;
  if (benchmark.split_files.empty() || benchmark.layout == Layout::flat) return;
  const FileTree& tree = *index.truth;
  std::set<std::string> listed;
  std::string found;
  std::string file_of_it;
  for (const std::string& name : benchmark_names()) {
    const BenchmarkDefinition other = load_benchmark(name);
    if (other.layout != benchmark.layout || other.split == benchmark.split ||
        other.task != benchmark.task || other.masks != benchmark.masks)
      continue;
    const std::string file = find_file(tree, index.root, other.split_files);
    if (file.empty() || !file.ends_with(".txt")) continue;
    const std::vector<std::string> lines = parse_split(read_text(tree, file));
    listed.insert(lines.begin(), lines.end());
    found += (found.empty() ? "" : " or ") + name;
    if (file_of_it.empty()) file_of_it = tree.display_path(file);
  }
  const auto num_listed =
      std::ranges::count_if(names, [&](const std::string& name) { return listed.contains(name); });
  if (listed.empty() || 2 * static_cast<std::size_t>(num_listed) <= names.size()) return;
  throw Error(ErrorKind::input, tree.display_path(index.annotations),
              "is the ground truth of " + found + " (" + file_of_it + "), not of " + benchmark.name,
              "the ground truth of " + benchmark.name + ", with " + benchmark.split_files.front() +
                  " where it is known");
}

// Single images of the official split alone, where the benchmark knows it.
void keep_split(SequenceIndex& index) {
  if (index.benchmark.sequences.empty()) return;
  std::vector<std::string> present;
  for (const Sequence& sequence : index.sequences) present.push_back(sequence.name);
  std::sort(present.begin(), present.end());
  const std::vector<std::string> names = official_sequences(index, present);
  if (names.empty()) return;
  std::erase_if(index.sequences, [&](const Sequence& sequence) {
    return !std::binary_search(names.begin(), names.end(), sequence.name);
  });
}

// One image a sequence: what the split lists lies in one folder.
void index_single_images(SequenceIndex& index, const IndexOptions& options) {
  const bool has_json = index.benchmark.layout == Layout::paxray && !index.split_file.empty();
  index.sequences = has_json ? list_paxray(index, options) : list_single_files(index);
  if (!has_json) keep_split(index);
  std::ranges::sort(index.sequences, FrameLess(), &Sequence::name);
  for (std::size_t i = 0; i < index.sequences.size(); ++i) index.sequences[i].rank = i;
  keep_wanted(index, options);
}

// XACV as published: a folder a patient, <patient>/{images,ground_truth}/<video>, where some videos
// stand twice: the vessel alone, and as <video>CATH vessel and catheter. The latter is the
// annotation, the name is without the suffix.
std::vector<Sequence> list_xacv_patients(const FileTree& tree,
                                         const BenchmarkDefinition& benchmark) {
  constexpr std::string_view kBoth = "CATH";
  std::map<std::string, Sequence> sequences;
  for (const std::string& patient : tree.folders("")) {
    const std::string annotations = join_path(patient, "ground_truth");
    for (const std::string& folder : tree.folders(annotations)) {
      const bool has_both = folder.ends_with(kBoth);
      Sequence sequence;
      sequence.name = has_both ? folder.substr(0, folder.size() - kBoth.size()) : folder;
      sequence.folder = join_path(annotations, folder);
      sequence.frames = list_frames(tree, sequence.folder, benchmark.masks);
      if (sequence.frames.empty()) continue;
      for (const std::string& name : {sequence.name, folder}) {
        const std::string images = join_path(join_path(patient, "images"), name);
        if (sequence.images.empty() && !tree.files(images).empty()) sequence.images = images;
      }
      if (has_both || !sequences.contains(sequence.name))
        sequences[sequence.name] = std::move(sequence);
    }
  }
  std::vector<Sequence> list;
  for (auto& [name, sequence] : sequences) list.push_back(std::move(sequence));
  return list;
}

// What the first-mask or meta json says; a json that cannot be read is told or thrown as `options`
// has it.
std::map<std::string, FirstMaskVideo> read_meta(SequenceIndex& index, const IndexOptions& options) {
  const FileTree& tree = *index.truth;
  std::string found = options.meta_file;
  std::map<std::string, FirstMaskVideo> videos;
  try {
    if (!found.empty()) {
      videos = parse_first_masks(read_text_file(found), found);
    } else if (const std::string file = find_file(tree, index.root, index.benchmark.meta_files);
               !file.empty()) {
      found = tree.display_path(file);
      videos = parse_first_masks(read_text(tree, file), found);
    }
  } catch (const Error& error) {
    if (options.problems == IndexProblems::refuse || error.kind() != ErrorKind::input) throw;
    const std::string expected =
        error.expected().empty() ? std::string() : "; expected " + error.expected();
    index.findings.push_back(make_finding("D040", {error.path()}, error.found() + expected));
    return {};
  }
  index.meta_file = found;
  for (const auto& [name, video] : videos) index.meta_videos.insert(name);
  return videos;
}

// The candidate that is there, its names; the benchmark's own where none is. `found` gets the file.
std::set<std::string> listed_videos(const SequenceIndex& index,
                                    const std::vector<std::string>& candidates,
                                    const std::vector<std::string>& official, std::string& found) {
  const std::string file = find_file(*index.truth, index.root, candidates);
  if (file.empty()) return {official.begin(), official.end()};
  found = index.truth->display_path(file);
  const std::vector<std::string> names = parse_split(read_text(*index.truth, file));
  return {names.begin(), names.end()};
}

// What lists and json beside the masks say of videos as wholes: which are unseen, which belong to
// the unsupervised task, and where their scene changes.
void read_video_lists(SequenceIndex& index) {
  const BenchmarkDefinition& benchmark = index.benchmark;
  std::string unseen_file;
  std::string unsupervised_file;
  const std::set<std::string> unseen =
      listed_videos(index, benchmark.unseen_files, benchmark.unseen_videos, unseen_file);
  const std::set<std::string> unsupervised = listed_videos(
      index, benchmark.unsupervised_files, benchmark.unsupervised_videos, unsupervised_file);
  std::map<std::string, std::array<std::optional<std::pair<int, int>>, 3>> scenes;
  if (const std::string file = find_file(*index.truth, index.root, benchmark.scene_files);
      !file.empty()) {
    index.scene_file = index.truth->display_path(file);
    scenes = parse_scenes(read_text(*index.truth, file), index.scene_file);
  }
  const bool has_groups = !benchmark.unseen_files.empty() || !unseen.empty();
  for (Sequence& sequence : index.sequences) {
    if (has_groups) {
      sequence.seen_objects.clear();
      sequence.unseen_objects.clear();
      (unseen.contains(sequence.name) ? sequence.unseen_objects : sequence.seen_objects) =
          sequence.meta_objects;
    }
    sequence.is_unsupervised = unsupervised.empty() || unsupervised.contains(sequence.name);
    if (const auto found = scenes.find(sequence.name); found != scenes.end())
      sequence.segments = found->second;
  }
  // A name that is no folder is more likely a slip than meant.
  const std::vector<std::string> folders = index.truth->folders(index.annotations);
  const auto note_strangers = [&](const std::string& file, const std::set<std::string>& names) {
    if (file.empty() || folders.empty()) return;
    for (const std::string& name : names) {
      if (std::ranges::binary_search(folders, name)) continue;
      index.findings.push_back(
          make_finding("D035", {file, name}, "names a video that is not there"));
    }
  };
  note_strangers(unseen_file, unseen);
  note_strangers(unsupervised_file, unsupervised);
}

// Layouts with a folder a sequence.
void index_videos(SequenceIndex& index, const IndexOptions& options) {
  const FileTree& tree = *index.truth;
  const BenchmarkDefinition& benchmark = index.benchmark;
  std::map<std::string, FirstMaskVideo> videos = read_meta(index, options);

  // The split file says which folders belong to the split; without one, the first-mask json does.
  std::vector<std::string> names;
  std::string named_by;
  if (!index.split_file.empty()) {
    const std::vector<std::string> lines = parse_split(read_text(tree, index.split_file));
    const std::set<std::string> listed(lines.begin(), lines.end());
    names.assign(listed.begin(), listed.end());
    named_by = tree.display_path(index.split_file);
  } else if (!videos.empty()) {
    for (const auto& [name, video] : videos) names.push_back(name);
    named_by = index.meta_file;
  } else if (names = official_sequences(index, tree.folders(index.annotations)); names.empty()) {
    names = video_folders(tree, index.annotations);
    if (!benchmark.split_files.empty()) {
      index.findings.push_back(make_finding("D001", {tree.display_path(index.annotations)},
                                            "no split file (" + benchmark.split_files.front() +
                                                "); every folder is taken as a sequence of " +
                                                benchmark.name));
    }
  }

  if (index.split_file.empty() && videos.empty()) refuse_other_split(index, names);

  if (!options.sequences.empty()) {
    const std::set<std::string> wanted = wanted_of(options, names, benchmark.name);
    names.assign(wanted.begin(), wanted.end());
  }

  for (const std::string& name : names) {
    Sequence sequence;
    sequence.name = name;
    sequence.folder = join_path(index.annotations, name);
    if (!index.images.empty()) sequence.images = join_path(index.images, name);
    if (benchmark.storage == MaskStorage::objects) {
      list_objects(tree, benchmark.masks, sequence);
    } else {
      sequence.frames = list_frames(tree, sequence.folder, benchmark.masks);
    }
    if (sequence.frames.empty()) {
      if (named_by.empty()) continue;  // an empty folder that nobody promised
      const std::string path = tree.display_path(sequence.folder);
      const std::string message = "no masks of the sequence '" + name + "'";
      if (options.problems == IndexProblems::refuse) {
        throw Error(ErrorKind::input, path, message, "the masks that " + named_by + " promises");
      }
      index.findings.push_back(make_finding(index.split_file.empty() ? "D016" : "D005",
                                            {path, name},
                                            message + ", which " + named_by + " names"));
      continue;
    }
    if (const auto found = videos.find(name); found != videos.end()) {
      apply(std::move(found->second), benchmark, sequence);
    }
    index.sequences.push_back(std::move(sequence));
  }
  read_video_lists(index);
}

// An entry that is called like a mask and is no file: it ends the run, or is told.
void tell_odd_entry(SequenceIndex& index, const OddEntry& odd, const std::string& folder,
                    const std::string& sequence, const IndexOptions& options) {
  const std::string where = index.truth->display_path(join_path(folder, odd.name));
  if (options.problems == IndexProblems::refuse)
    throw Error(ErrorKind::input, where, "is " + odd.kind, "a mask in a regular file");
  index.findings.push_back(
      make_finding("D020", {where, sequence}, "is " + odd.kind + "; expected a regular file"));
}

// What is wrong with the names in a folder of masks, for every verb: an entry that is no file ends
// the run (or is told), for the benchmark must not shrink in silence; copies, twins and an order
// that bytes sort otherwise are told.
void check_folder(SequenceIndex& index, const Sequence& sequence, const std::string& folder,
                  const IndexOptions& options) {
  const FileTree& tree = *index.truth;
  const MaskFolder masks = list_mask_folder(tree, folder, index.benchmark.masks);
  const std::string path = tree.display_path(folder);
  if (masks.odd) tell_odd_entry(index, *masks.odd, folder, sequence.name, options);
  for (const std::string& copy : masks.copies) {
    index.findings.push_back(
        make_finding("D019", {tree.display_path(join_path(folder, copy)), sequence.name},
                     "looks like a copy of '" + std::string(copied_stem(file_stem(copy))) +
                         "' and is no frame"));
  }
  if (masks.twins) {
    index.findings.push_back(
        make_finding("D012", {path, sequence.name, std::string(file_stem(masks.twins->second))},
                     "'" + masks.twins->first + "' and '" + masks.twins->second +
                         "' differ in the case of letters only"));
  }
  if (const auto mixed = differ_in_text(masks.frames)) {
    index.findings.push_back(
        make_finding("D029", {path, sequence.name, mixed->second},
                     "'" + mixed->first + "' and '" + mixed->second +
                         "' differ in more than a number; one mask a frame is expected"));
  }
  // "00003" and "3" are two files for one frame (D012), and no question of order.
  const auto number = [](std::string_view name) {
    std::size_t begin = name.size();
    while (begin > 0 && name[begin - 1] >= '0' && name[begin - 1] <= '9') --begin;
    const std::size_t first = std::min(name.find_first_not_of('0', begin), name.size());
    return std::pair(name.substr(0, begin), name.substr(first));
  };
  bool has_number_twins = false;
  for (std::size_t i = 1; masks.turned && i < masks.frames.size(); ++i)
    has_number_twins = has_number_twins || number(masks.frames[i - 1]) == number(masks.frames[i]);
  if (masks.turned && !has_number_twins) {
    index.findings.push_back(
        make_finding("D013", {path, sequence.name, std::string(file_stem(masks.turned->second))},
                     std::string(file_stem(masks.turned->second)) + " follows " +
                         std::string(file_stem(masks.turned->first)) +
                         " by its number; by bytes it sorts before"));
  }
}

// In a data set that has a mask for every frame a gap is a lost mask.
void check_dense(const SequenceIndex& index, const Sequence& sequence) {
  if (!index.benchmark.dense || index.benchmark.has_single_images()) return;
  const FileTree& tree = *index.truth;
  const auto refuse = [&](const std::string& message) {
    throw Error(ErrorKind::input, tree.display_path(sequence.folder), message,
                "a mask for every frame of " + index.benchmark.name);
  };
  if (!sequence.images.empty()) {
    for (const std::string& file :
         sort_frame_files(tree.files(sequence.images), kFrameSuffixes).files) {
      if (!sequence.frames.find(file_stem(file)))
        refuse("the frame " + std::string(file_stem(file)) + " has no mask");
    }
    return;
  }
  std::optional<std::uint64_t> before;
  for (std::size_t i = 0; i < sequence.frames.size(); ++i) {
    const std::string name(sequence.frames[i]);
    constexpr std::size_t kMaxDigits = 18;
    const bool is_number =
        !name.empty() && name.size() <= kMaxDigits && std::ranges::all_of(name, is_digit);
    if (!is_number) return;
    const std::uint64_t number = std::stoull(name);
    if (before && number > *before + 1) {
      refuse("after " + std::string(sequence.frames[i - 1]) + " comes " + name + ": " +
             std::to_string(number - *before - 1) + " masks are missing");
    }
    before = number;
  }
}

// The folders of an annotation tool's export are no sequences.
void refuse_export(const FileTree& tree, const BenchmarkDefinition& benchmark) {
  const std::string marker = mask_export_marker(tree);
  const bool is_elsewhere =
      std::ranges::any_of(benchmark.annotations, [&](const std::string& folder) {
        return folder != "." && !(tree.folders(folder).empty() && tree.files(folder).empty());
      });
  if (marker.empty() || is_elsewhere || benchmark.layout != Layout::flat ||
      !benchmark.masks.has_sequence_folder())
    return;
  std::string found = "is the export of an annotation tool (" + marker + ")";
  for (const std::string& folder : tree.folders("")) {
    const auto count = std::ranges::count(tree.files(folder), ".png", file_suffix);
    if (count == 0 || !is_tool_folder(folder)) continue;
    found +=
        ": " + std::to_string(count) + " .png files lie directly in " + tree.typed_path(folder);
    break;
  }
  const std::string root = tree.typed_path("");
  throw Error(
      ErrorKind::input, root, found,
      "a folder for each sequence, which 'angiobench import masks " + root + " -o DIR' makes");
}

void check_sequences(SequenceIndex& index, const IndexOptions& options) {
  const MaskPattern& pattern = index.benchmark.masks;
  if (!pattern.has_sequence_folder()) {
    // Single images lie beside each other.
    if (!index.annotations.empty()) {
      if (const auto odd = list_mask_folder(*index.truth, index.annotations, pattern).odd)
        tell_odd_entry(index, *odd, index.annotations, "", options);
    }
    return;
  }
  for (const Sequence& sequence : index.sequences) {
    const std::string place = join_path(sequence.folder, pattern.inner_folder());
    if (pattern.has_object_folder()) {
      for (const auto& [id, folder] : sequence.object_folders)
        check_folder(index, sequence, join_path(place, folder), options);
    } else {
      check_folder(index, sequence, place, options);
    }
    if (options.problems == IndexProblems::refuse) check_dense(index, sequence);
  }
}

}  // namespace

std::string FrameRange::name(int number) const {
  const std::string digits = std::to_string(number);
  return digits.size() < num_digits ? std::string(num_digits - digits.size(), '0') + digits
                                    : digits;
}

std::map<std::string, std::array<std::optional<std::pair<int, int>>, 3>> parse_scenes(
    std::string_view text, const std::string& path) {
  const Json document = parse_json(text, path);
  if (!document.is_object())
    throw Error(ErrorKind::input, path, "no object", "an object with an entry for each video");
  std::map<std::string, std::array<std::optional<std::pair<int, int>>, 3>> videos;
  for (const auto& item : document.items()) {
    JsonFields fields(item.value(), path, item.key());
    auto& segments = videos[item.key()];
    const char* const names[] = {"first_segment", "second_segment", "remain_segments"};
    for (std::size_t i = 0; i < segments.size(); ++i) {
      if (!fields.has(names[i])) continue;
      const Json& ends = fields.value(names[i]);
      if (ends.is_null() || (ends.is_array() && ends.empty())) continue;
      const auto is_frame = [](const Json& end) {
        return end.is_number_integer() && end.get<std::int64_t>() >= 0 &&
               end.get<std::int64_t>() < 100'000'000;
      };
      if (!ends.is_array() || ends.size() != 2 || !std::ranges::all_of(ends, is_frame))
        fields.fail(names[i], "[first frame, last frame] as numbers, or an empty list");
      segments[i] = {ends[0].get<int>(), ends[1].get<int>()};
    }
  }
  return videos;
}

void FrameNames::append(std::string_view name) {
  if (size_ == 0) length_ = name.size();
  if (ends_.empty() && name.size() != length_) {
    for (std::size_t i = 1; i <= size_; ++i)
      ends_.push_back(static_cast<std::uint32_t>(i * length_));
  }
  characters_ += name;
  ++size_;
  if (!ends_.empty()) ends_.push_back(static_cast<std::uint32_t>(characters_.size()));
}

std::string_view FrameNames::operator[](std::size_t index) const {
  if (ends_.empty()) return std::string_view(characters_).substr(index * length_, length_);
  const std::size_t start = index == 0 ? 0 : ends_[index - 1];
  return std::string_view(characters_).substr(start, ends_[index] - start);
}

std::optional<std::size_t> FrameNames::find(std::string_view name) const {
  const FrameLess less;
  std::size_t low = 0;
  std::size_t high = size();
  while (low < high) {
    const std::size_t middle = (low + high) / 2;
    if (less((*this)[middle], name)) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  if (low < size() && (*this)[low] == name) return low;
  return std::nullopt;
}

std::uint64_t SequenceIndex::num_frames() const {
  std::uint64_t count = 0;
  for (const Sequence& sequence : sequences) count += sequence.frames.size();
  return count;
}

std::vector<std::string> parse_split(std::string_view text) {
  std::vector<std::string> names;
  for (const std::string_view line : trimmed_lines(text)) {
    std::string name(line.substr(0, line.find_first_of(" \t")));
    if (name.front() == '/') {
      const std::size_t last = name.rfind('/');
      const std::size_t before = last == 0 ? std::string::npos : name.rfind('/', last - 1);
      if (before != std::string::npos) name = name.substr(before + 1, last - before - 1);
      if (!names.empty() && names.back() == name) continue;
    }
    names.push_back(name);
  }
  return names;
}

std::map<std::string, FirstMaskVideo> parse_first_masks(std::string_view text,
                                                        const std::string& path) {
  const Json document = parse_json(text, path);
  JsonFields fields(document, path);
  const Json& list = fields.value("videos");
  if (!list.is_object()) fields.fail("videos", "an object with an entry for each video");
  std::map<std::string, FirstMaskVideo> videos;
  for (const auto& item : list.items())
    read_video(item.value(), item.key(), path, videos[item.key()]);
  return videos;
}

FrameNames images_of(const SequenceIndex& index, const Sequence& sequence) {
  FrameNames names;
  if (sequence.images.empty() || index.truth == nullptr) return names;
  static constexpr std::array<std::string_view, 6> kSuffixes = {".jpg", ".jpeg", ".png",
                                                                ".bmp", ".tif",  ".tiff"};
  const std::vector<std::string> files = index.truth->files(sequence.images);
  for (const std::string& file : sort_frame_files(files, kSuffixes).files)
    names.append(file_stem(file));
  return names;
}

SequenceIndex index_ground_truth(const std::string& root, const BenchmarkDefinition& benchmark,
                                 const IndexOptions& options) {
  SequenceIndex index;
  index.benchmark = benchmark;
  if (is_json_file(root)) {
    throw Error(ErrorKind::input, root, "is a json, and a ground truth is a folder or a zip",
                "PNGs: angiobench import coco " + root + " -o DIR");
  }
  index.truth = open_file_tree(root, {}, FolderLinks::follow);
  if (benchmark.layout == Layout::xacv)
    index.sequences = list_xacv_patients(*index.truth, benchmark);
  if (index.sequences.empty())
    index.truth = without_top(std::move(index.truth), benchmark, index.findings);
  index.masks = std::make_shared<FileMaskSource>(index.truth, benchmark, MaskRole::truth);
  const FileTree& tree = *index.truth;
  if (!index.sequences.empty()) {
    keep_wanted(index, options);
    check_sequences(index, options);
    return index;
  }
  refuse_export(tree, benchmark);
  const Place place = find_annotations(tree, benchmark);
  index.root = place.root;
  index.annotations = place.annotations;
  index.split_file = find_file(tree, place.root, benchmark.split_files);
  for (const std::string& candidate : benchmark.images) {
    const std::string folder = join_path(place.root, candidate);
    if (tree.folders(folder).empty() && tree.files(folder).empty()) continue;
    index.images = folder;
    break;
  }
  // Single images are in the order of their numbers: s2 before s10.
  if (benchmark.has_single_images()) {
    index_single_images(index, options);
  } else {
    index_videos(index, options);
    std::ranges::sort(index.sequences, {}, &Sequence::name);
  }
  check_sequences(index, options);
  if (index.sequences.empty() && options.problems == IndexProblems::refuse) {
    throw Error(ErrorKind::input, tree.display_path(place.annotations), "no sequence with masks",
                place_form(benchmark));
  }
  return index;
}

}  // namespace angiobench
