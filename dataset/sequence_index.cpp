// SPDX-License-Identifier: MIT
#include "dataset/sequence_index.h"

#include <algorithm>
#include <sstream>
#include <utility>

#include "dataset/atomic_file.h"
#include "dataset/error.h"
#include "dataset/json_fields.h"

namespace angiobench {
namespace {

constexpr std::string_view kMaskSuffix = ".png";

bool has_masks(const FileTree& tree, const std::string& folder) {
  for (const std::string& file : tree.files(folder)) {
    if (file.ends_with(kMaskSuffix)) return true;
  }
  return false;
}

// Whether some folder directly below `folder` holds masks.
bool holds_sequences(const FileTree& tree, const std::string& folder) {
  const std::vector<std::string> names = tree.folders(folder);
  return std::any_of(names.begin(), names.end(),
                     [&](const std::string& name) { return has_masks(tree, join_path(folder, name)); });
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

Place find_annotations(const FileTree& tree, const BenchmarkDefinition& benchmark) {
  std::vector<std::string> tried;
  for (const std::string& root : benchmark.roots) {
    for (const std::string& annotations : benchmark.annotations) {
      const std::string folder = join_path(root, annotations);
      if (holds_sequences(tree, folder)) return {root, folder};
      tried.push_back(join_path(folder, "<sequence>/<frame>.png"));
    }
  }
  throw Error(ErrorKind::input, tree.display_path(""), "no masks in the layout of " + benchmark.name,
              "one of " + list_of(tried));
}

std::string read_text(const FileTree& tree, const std::string& relative) {
  std::vector<std::uint8_t> bytes;
  if (!tree.read(relative, bytes)) throw Error(ErrorKind::input, tree.display_path(relative), "not found", "a file");
  return {bytes.begin(), bytes.end()};
}

// The first candidate below `root` that exists, or "".
std::string find_file(const FileTree& tree, const std::string& root, const std::vector<std::string>& candidates) {
  for (const std::string& candidate : candidates) {
    std::string file = join_path(root, candidate);
    if (tree.has_file(file)) return file;
  }
  return {};
}

// Sequence names of a split file: a name a line, or DAVIS 2016's "/JPEGImages/480p/bear/00000.jpg /Annotations/…".
std::vector<std::string> parse_split(const std::string& text) {
  std::set<std::string> names;
  std::istringstream lines(text);
  std::string line;
  while (std::getline(lines, line)) {
    std::string name = line.substr(0, line.find_first_of(" \t\r"));
    if (name.empty()) continue;
    if (name.front() == '/') {
      const std::size_t last = name.rfind('/');
      const std::size_t before = last == 0 ? std::string::npos : name.rfind('/', last - 1);
      if (before != std::string::npos) name = name.substr(before + 1, last - before - 1);
    }
    names.insert(name);
  }
  return {names.begin(), names.end()};
}

int parse_id(const std::string& text, const std::string& path, const std::string& place) {
  const bool is_number = !text.empty() && text.size() <= 3 &&
                         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
  const int id = is_number ? std::stoi(text) : 0;
  if (id < 1 || id > 255) {
    throw Error(ErrorKind::input, path, "field '" + place + "' has the object id \"" + text + "\"", "1 to 255");
  }
  return id;
}

// Object ids are strings in most files, numbers in some.
int id_of(const Json& value, const std::string& path, const std::string& place) {
  if (value.is_string()) return parse_id(value.get<std::string>(), path, place);
  if (value.is_number_integer()) return parse_id(std::to_string(value.get<std::int64_t>()), path, place);
  throw Error(ErrorKind::input, path, "field '" + place + "' holds " + value.dump(), "object ids");
}

void read_video(const Json& value, const std::string& name, const std::string& path, FirstMaskVideo& video) {
  const std::string place = "videos." + name;
  // MOSXAV val: a list of frame names, ids not stated.
  if (value.is_array()) {
    for (const Json& frame : value) {
      if (!frame.is_string()) {
        throw Error(ErrorKind::input, path, "field '" + place + "' holds " + frame.dump(), "frame names");
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
  const std::pair<const char*, std::set<int>*> groups[] = {{"seen_objects", &video.seen_objects},
                                                           {"unseen_objects", &video.unseen_objects}};
  for (const auto& [key, group] : groups) {
    if (!fields.has(key)) continue;
    const Json& list = fields.value(key);
    if (!list.is_array()) fields.fail(key, "a list of object ids");
    for (const Json& id : list) group->insert(id_of(id, path, fields.place(key)));
  }
  // YouTube-VOS: each object with its frames and category; MOSE v2: a list or number of objects, and the length.
  constexpr std::int64_t kMaxLength = 100'000'000;
  if (fields.has("length")) video.length = static_cast<int>(fields.integer("length", 0, kMaxLength));
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
    const bool is_seen = std::find(benchmark.seen_categories.begin(), benchmark.seen_categories.end(), category) !=
                         benchmark.seen_categories.end();
    (is_seen ? video.seen_objects : video.unseen_objects).insert(id);
  }
  sequence.prompts = std::move(video.prompts);
  sequence.seen_objects = std::move(video.seen_objects);
  sequence.unseen_objects = std::move(video.unseen_objects);
  sequence.object_frames = std::move(video.object_frames);
  sequence.meta_objects = std::move(video.objects);
  sequence.length = video.length;
}

}  // namespace

void FrameNames::append(std::string_view name) {
  characters_ += name;
  ends_.push_back(static_cast<std::uint32_t>(characters_.size()));
}

std::string_view FrameNames::operator[](std::size_t index) const {
  const std::size_t start = index == 0 ? 0 : ends_[index - 1];
  return std::string_view(characters_).substr(start, ends_[index] - start);
}

std::optional<std::size_t> FrameNames::find(std::string_view name) const {
  std::size_t low = 0;
  std::size_t high = size();
  while (low < high) {
    const std::size_t middle = (low + high) / 2;
    if ((*this)[middle] < name) {
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

std::map<std::string, FirstMaskVideo> parse_first_masks(std::string_view text, const std::string& path) {
  const Json document = parse_json(text, path);
  JsonFields fields(document, path);
  const Json& list = fields.value("videos");
  if (!list.is_object()) fields.fail("videos", "an object with an entry for each video");
  std::map<std::string, FirstMaskVideo> videos;
  for (const auto& item : list.items()) read_video(item.value(), item.key(), path, videos[item.key()]);
  return videos;
}

SequenceIndex index_ground_truth(const std::string& root, const BenchmarkDefinition& benchmark,
                                 const IndexOptions& options) {
  SequenceIndex index;
  index.benchmark = benchmark;
  index.truth = open_file_tree(root);
  const FileTree& tree = *index.truth;
  const Place place = find_annotations(tree, benchmark);

  // The split file says which folders belong to the split; without one, the first-mask json does.
  std::map<std::string, FirstMaskVideo> videos;
  std::string meta_path = options.meta_file;
  if (!meta_path.empty()) {
    videos = parse_first_masks(read_text_file(meta_path), meta_path);
  } else if (const std::string file = find_file(tree, place.root, benchmark.meta_files); !file.empty()) {
    meta_path = tree.display_path(file);
    videos = parse_first_masks(read_text(tree, file), meta_path);
  }
  std::vector<std::string> names;
  std::string named_by;
  if (const std::string file = find_file(tree, place.root, benchmark.split_files); !file.empty()) {
    names = parse_split(read_text(tree, file));
    named_by = tree.display_path(file);
  } else if (!videos.empty()) {
    for (const auto& [name, video] : videos) names.push_back(name);
    named_by = meta_path;
  } else {
    names = tree.folders(place.annotations);
    if (!benchmark.split_files.empty()) {
      index.findings.push_back({"D001", Severity::note, tree.display_path(place.annotations), "", "", -1,
                                "no split file; every folder is taken as a sequence of " + benchmark.name,
                                "put " + benchmark.split_files.front() + " beside the masks"});
    }
  }

  // --sequences narrows the split and must name what is in it.
  if (!options.sequences.empty()) {
    const std::set<std::string> wanted(options.sequences.begin(), options.sequences.end());
    for (const std::string& name : wanted) {
      if (std::find(names.begin(), names.end(), name) == names.end()) {
        throw Error(ErrorKind::usage, "--sequences", "'" + name + "' is not a sequence of " + benchmark.name,
                    "one of " + list_of(names));
      }
    }
    names.assign(wanted.begin(), wanted.end());
  }

  std::string image_root;
  for (const std::string& candidate : benchmark.images) {
    const std::string folder = join_path(place.root, candidate);
    if (!tree.folders(folder).empty()) {
      image_root = folder;
      break;
    }
  }
  for (const std::string& name : names) {
    Sequence sequence;
    sequence.name = name;
    sequence.folder = join_path(place.annotations, name);
    if (!image_root.empty()) sequence.images = join_path(image_root, name);
    for (const std::string& file : tree.files(sequence.folder)) {
      if (!file.ends_with(kMaskSuffix)) continue;
      sequence.frames.append(std::string_view(file).substr(0, file.size() - kMaskSuffix.size()));
    }
    if (sequence.frames.empty()) {
      if (named_by.empty()) continue;  // an empty folder that nobody promised
      throw Error(ErrorKind::input, tree.display_path(sequence.folder), "no masks of the sequence '" + name + "'",
                  "the masks that " + named_by + " promises");
    }
    if (const auto found = videos.find(name); found != videos.end()) {
      apply(std::move(found->second), benchmark, sequence);
    }
    index.sequences.push_back(std::move(sequence));
  }
  std::sort(index.sequences.begin(), index.sequences.end(),
            [](const Sequence& a, const Sequence& b) { return a.name < b.name; });
  if (index.sequences.empty()) {
    throw Error(ErrorKind::input, tree.display_path(place.annotations), "no sequence with masks",
                "<sequence>/<frame>.png");
  }
  return index;
}

}  // namespace angiobench
