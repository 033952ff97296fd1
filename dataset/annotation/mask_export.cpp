// SPDX-License-Identifier: MIT
#include "dataset/annotation/mask_export.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdlib>
#include <mutex>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "dataset/annotation/export_name.h"
#include "dataset/error.h"
#include "dataset/files/archive_name.h"
#include "dataset/files/image_size.h"
#include "dataset/files/text.h"
#include "dataset/frame_order.h"
#include "dataset/masks/npy.h"
#include "dataset/masks/png.h"
#include "dataset/masks/submission_place.h"
#include "dataset/names.h"
#include "dataset/parallel.h"

namespace angiobench {
namespace {

constexpr std::string_view kLabelMap = "labelmap.txt";
constexpr std::string_view kClasses = "SegmentationClass";
constexpr std::string_view kObjects = "SegmentationObject";
constexpr std::string_view kLists = "ImageSets/Segmentation";
constexpr int kMaxDepth = 4;
constexpr int kMaxLabel = 254;  // 255 is void to most readers

// Paths of the masks below `folder`, relative to it, with their extensions.
void list_masks(const FileTree& tree, const std::string& folder, const std::string& below,
                bool with_arrays, std::vector<std::string>& paths, int depth = 0) {
  const std::string place = join_path(folder, below);
  for (const std::string& file : tree.files(place)) {
    const std::string suffix = file_suffix(file);
    if (suffix == ".png" || (with_arrays && suffix == ".npy"))
      paths.push_back(join_path(below, file));
  }
  if (depth == kMaxDepth) return;
  for (const std::string& name : tree.folders(place))
    list_masks(tree, folder, join_path(below, name), with_arrays, paths, depth + 1);
}

std::string without_extension(const std::string& path) {
  return path.substr(0, path.size() - file_suffix(path).size());
}

std::string last_part(std::string_view path) {
  while (path.ends_with('/')) path.remove_suffix(1);
  const std::size_t slash = path.find_last_of("/!");
  const std::string name(slash == std::string_view::npos ? path : path.substr(slash + 1));
  return file_suffix(name) == ".zip" ? std::string(file_stem(name)) : name;
}

// What stands for a sequence that nobody named.
std::string usual_name(const FileTree& tree, const MaskExportOptions& options) {
  if (!options.name.empty()) return options.name;
  const std::string name = last_part(tree.typed_path(""));
  return name.empty() || name == "." || name == ".." ? "video" : name;
}

// One mask of a frame, before frames are put together.
struct FoundMask {
  std::string sequence;  // empty: not known yet
  std::string frame;
  std::string annotation;
  ExportFile file;
};

// The sequence and the frame that a name stands for.
void name_frame(FoundMask& mask, const std::string& folder, const std::string& name,
                const MaskExportOptions& options) {
  const SplitName split = split_frame_name(name);
  mask.sequence = folder;
  std::ranges::replace(mask.sequence, '/', '_');
  // In a folder of its own a frame has its own name already.
  const bool is_whole = options.frame_names == ExportFrameNames::whole || !folder.empty();
  if (!is_whole) mask.sequence = split.sequence;
  mask.frame = is_whole ? name : split.frame;
}

void check_name(const std::string& name, const std::string& path) {
  if (name.find('/') != std::string::npos)
    throw Error(ErrorKind::input, path, "the name '" + name + "'", "a name without folders");
  check_archive_name(name, {}, path);
}

// Puts the masks of each frame together.
class FrameCollector {
 public:
  FrameCollector(const FileTree& tree, const MaskExportOptions& options)
      : tree_(tree), options_(options) {}

  void add(FoundMask mask) {
    const std::string path = tree_.display_path(mask.file.path);
    const std::string sequence =
        mask.sequence.empty() ? usual_name(tree_, options_) : mask.sequence;
    check_name(sequence, path);
    check_name(mask.frame, path);
    auto& [frame, annotation] = frames_[sequence][mask.frame];
    const bool is_new = frame.files.empty();
    if (!is_new && options_.form == MaskExportForm::by_color) {
      throw Error(ErrorKind::input, path,
                  "is the frame " + mask.frame + " of '" + sequence + "', and so is " +
                      tree_.display_path(frame.files.front().path),
                  "one picture a frame (--keep-names takes whole names)");
    }
    if (!is_new && annotation != mask.annotation) {
      throw Error(ErrorKind::input, path,
                  "is of the annotation " + mask.annotation + " of a task, and " +
                      tree_.display_path(frame.files.front().path) + " of " + annotation,
                  "one annotation a task: leave out the files of the others");
    }
    annotation = mask.annotation;
    frame.files.push_back(std::move(mask.file));
  }

  // A frame that is known and has no mask.
  void add_empty(const std::string& sequence, const std::string& frame) {
    const std::string name = sequence.empty() ? usual_name(tree_, options_) : sequence;
    check_name(name, tree_.display_path(""));
    check_name(frame, tree_.display_path(""));
    frames_[name][frame];
  }

  std::vector<ExportFrame> take() {
    // A name for the only sequence is its name.
    const bool is_renamed = !options_.name.empty() && frames_.size() == 1;
    if (!options_.name.empty() && frames_.size() > 1 && !frames_.contains(options_.name)) {
      throw Error::about(ErrorKind::usage, "name",
                         "is '" + options_.name + "' for the sequences " + names_text(),
                         "no name, or masks of one sequence");
    }
    std::vector<ExportFrame> list;
    for (auto& [sequence, frames] : frames_) {
      for (auto& [name, found] : frames) {
        std::ranges::stable_sort(found.first.files, {}, &ExportFile::id);
        list.push_back({is_renamed ? options_.name : sequence, name, std::move(found.first.files)});
      }
    }
    return list;
  }

 private:
  std::string names_text() const {
    std::vector<std::string> names;
    for (const auto& [name, frames] : frames_) names.push_back(name);
    return list_of_words(names);
  }

  const FileTree& tree_;
  const MaskExportOptions& options_;
  std::map<std::string, ByFrame<std::pair<ExportFrame, std::string>>> frames_;
};

// --- by colour ---

ColorTable table_of(const FileTree& tree, const MaskExportOptions& options) {
  if (options.folder == MaskExportFolder::objects) return load_color_table("voc");
  if (options.colors) return *options.colors;
  const std::string file(kLabelMap);
  if (!tree.has_file(file)) {
    throw Error(
        ErrorKind::input, tree.display_path(file), "not found",
        "a table of the colours: labelmap.txt beside the masks, or --colours FILE (--by-label "
        "where each label has a file)");
  }
  return parse_color_table(read_text(tree, file), tree.display_path(file));
}

// Frames that the export lists.
void add_listed(const FileTree& tree, const MaskExportOptions& options, FrameCollector& frames) {
  const std::string folder(kLists);
  for (const std::string& file : tree.files(folder)) {
    if (file_suffix(file) != ".txt") continue;
    const std::string text = read_text(tree, join_path(folder, file));
    for (const std::string_view line : trimmed_lines(text)) {
      const std::size_t slash = line.rfind('/');
      const bool is_inside = slash != std::string_view::npos;
      FoundMask listed;
      name_frame(listed, is_inside ? std::string(line.substr(0, slash)) : std::string(),
                 std::string(is_inside ? line.substr(slash + 1) : line), options);
      frames.add_empty(listed.sequence, listed.frame);
    }
  }
}

MaskExportPlan plan_by_color(const FileTree& tree, const MaskExportOptions& options) {
  MaskExportPlan plan;
  plan.form = MaskExportForm::by_color;
  plan.table = table_of(tree, options);
  const std::string wanted(options.folder == MaskExportFolder::objects ? kObjects : kClasses);
  const bool is_cvat = !mask_export_marker(tree).empty();
  const std::string folder = is_cvat ? wanted : std::string();
  std::vector<std::string> paths;
  list_masks(tree, folder, "", false, paths);
  if (paths.empty()) {
    throw Error(ErrorKind::input, tree.display_path(folder), "holds no PNG",
                is_cvat ? "the masks of the export" : "masks, or the export of an annotation tool");
  }
  FrameCollector frames(tree, options);
  for (const std::string& path : paths) {
    const std::size_t slash = path.rfind('/');
    const bool is_inside = slash != std::string::npos;
    FoundMask mask;
    name_frame(mask, is_inside ? path.substr(0, slash) : std::string(),
               without_extension(is_inside ? path.substr(slash + 1) : path), options);
    mask.file.path = join_path(folder, path);
    frames.add(std::move(mask));
  }
  if (is_cvat) add_listed(tree, options, frames);
  plan.frames = frames.take();
  if (options.folder == MaskExportFolder::objects) {
    plan.notes.push_back(
        "SegmentationObject numbers the objects of each image anew: look for ids that are "
        "exchanged "
        "between frames ('validate dataset' tells them as D045)");
  }
  return plan;
}

// --- by label ---

// Labels as the names have them, without the word before them that all share: a control's name.
std::string control_of(const std::set<std::string>& labels) {
  std::string control;
  for (const std::string& label : labels) {
    const std::size_t dash = label.find('-');
    if (dash == std::string::npos || dash == 0 || dash + 1 == label.size()) return {};
    if (control.empty()) control = label.substr(0, dash + 1);
    if (!label.starts_with(control)) return {};
  }
  return control;
}

// The place of a label among those that were named, with or without the control's name.
int id_of(const std::string& label, const std::vector<std::string>& names) {
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (label == names[i] || label.ends_with("-" + names[i])) return static_cast<int>(i) + 1;
  }
  return 0;
}

ExportPattern pattern_of(const FileTree& tree, const std::vector<std::string>& paths,
                         const MaskExportOptions& options) {
  if (!options.pattern.empty()) {
    ExportPattern pattern = ExportPattern::parse(options.pattern);
    if (!pattern.has_label()) {
      throw Error::about(ErrorKind::usage, "pattern",
                         "is '" + options.pattern +
                             "', which has no "
                             "{label}",
                         "\"{frame}_{label}\" or the like");
    }
    return pattern;
  }
  std::optional<ExportPattern> pattern = find_label_pattern(paths);
  if (!pattern) {
    throw Error(ErrorKind::input, tree.display_path(paths.front()),
                "the names of the masks have no form that is known",
                "--pattern, e.g. \"{frame}_{label}\" for 00012_vessel.png");
  }
  return *pattern;
}

// Labels and their ids, by what files are called.
std::map<std::string, int> ids_of_labels(const std::map<std::string, std::string>& first_files,
                                         const MaskExportOptions& options, ColorTable& table) {
  std::set<std::string> found;
  for (const auto& [label, path] : first_files) found.insert(label);
  std::vector<std::string> names = options.labels;
  std::map<std::string, int> ids;
  if (names.empty()) {
    const std::string control = control_of(found);
    for (const std::string& label : found) names.push_back(label.substr(control.size()));
  }
  if (names.size() > static_cast<std::size_t>(kMaxLabel)) {
    throw Error(ErrorKind::input, first_files.begin()->second,
                "there are " + std::to_string(names.size()) + " labels",
                "at most 254 (is the pattern right?)");
  }
  for (const auto& [label, path] : first_files) {
    const int id = id_of(label, names);
    if (id == 0) {
      throw Error(ErrorKind::input, path, "has the label '" + label + "'",
                  "one of " + list_of_words(names) + " (--labels)");
    }
    ids[label] = id;
  }
  const std::span<const Rgb> voc = voc_palette();
  table.source = "labels";
  table.labels = {{0, "background", {0, 0, 0}}};
  for (std::size_t i = 0; i < names.size(); ++i)
    table.labels.push_back({static_cast<int>(i) + 1, names[i], voc[i + 1]});
  return ids;
}

MaskExportPlan plan_by_label(const FileTree& tree, const MaskExportOptions& options) {
  std::vector<std::string> files;
  list_masks(tree, "", "", true, files);
  if (files.empty()) {
    throw Error(ErrorKind::input, tree.display_path(""), "holds neither PNGs nor .npy arrays",
                "a mask for each label and frame");
  }
  std::vector<std::string> paths;
  for (const std::string& file : files) paths.push_back(without_extension(file));
  const ExportPattern pattern = pattern_of(tree, paths, options);

  std::vector<ExportName> names;
  std::map<std::string, std::string> first_files;
  for (std::size_t i = 0; i < paths.size(); ++i) {
    const std::optional<ExportName> name =
        options.pattern.empty() ? pattern.match_plain(paths[i]) : pattern.match(paths[i]);
    if (!name) {
      throw Error(ErrorKind::input, tree.display_path(files[i]),
                  "is not named as " + pattern.text(), "a mask of a label and a frame");
    }
    first_files.emplace(name->label, tree.display_path(files[i]));
    names.push_back(*name);
  }
  MaskExportPlan plan;
  plan.form = MaskExportForm::by_label;
  const std::map<std::string, int> ids = ids_of_labels(first_files, options, plan.table);
  plan.notes.push_back("names are read as " + pattern.text());

  FrameCollector frames(tree, options);
  for (std::size_t i = 0; i < files.size(); ++i) {
    FoundMask mask;
    std::string frame = names[i].frame;
    if (!options.tasks.empty()) {
      const auto task = options.tasks.find(frame);
      if (task == options.tasks.end()) {
        throw Error(ErrorKind::input, tree.display_path(files[i]),
                    "is of the task " + frame + ", which the list of tasks does not have",
                    "a list of all tasks");
      }
      frame = task->second;
    }
    name_frame(mask, names[i].sequence, frame, options);
    mask.annotation = names[i].annotation;
    mask.file = {files[i], ids.at(names[i].label)};
    frames.add(std::move(mask));
  }
  for (const auto& [task, name] : options.tasks) {
    FoundMask known;
    name_frame(known, names.front().sequence, name, options);
    frames.add_empty(known.sequence, known.frame);
  }
  const bool are_tasks = !names.front().annotation.empty();
  if (are_tasks && options.tasks.empty()) {
    plan.notes.push_back(
        "frames are called by the number of their task; --tasks FILE (the JSON export) gives them "
        "the names of their images");
  }
  plan.frames = frames.take();
  return plan;
}

// --- reading and merging ---

// What a frame came to.
struct FrameOutcome {
  int width = 0;
  int height = 0;
  std::uint64_t overlap = 0;
  std::uint64_t smoothed = 0;
  std::array<std::uint64_t, 256> pixels{};
};

// Owned by a thread.
struct Reader {
  MaskDecoder decoder;
  std::vector<std::uint8_t> bytes;
  std::vector<std::uint8_t> values;  // of one file, a byte a pixel
  int width = 0;
  int height = 0;
};

int packed(const Rgb& color) { return color[0] << 16 | color[1] << 8 | color[2]; }

class Importer {
 public:
  Importer(const FileTree& tree, const MaskExportPlan& plan) : tree_(tree), plan_(plan) {
    ids_.emplace_back(packed(plan.table.labels.front().color), 0);
    for (const LabelClass& label : plan.table.labels) {
      ids_.emplace_back(packed(label.color), label.id);
      is_label_[static_cast<std::size_t>(label.id)] = true;
    }
    // What nobody drew is black, whatever the table calls the background.
    ids_.emplace_back(0, 0);
    std::ranges::stable_sort(ids_, {}, &std::pair<int, int>::first);
  }

  // The labels of a frame that has files.
  Mask read(Reader& reader, const ExportFrame& frame, FrameOutcome& outcome) const {
    Mask mask;
    for (const ExportFile& file : frame.files) {
      const std::string path = tree_.display_path(file.path);
      if (!tree_.read(file.path, reader.bytes))
        throw Error(ErrorKind::input, path, "is gone", "a mask");
      if (file.id == 0) {
        read_colors(reader, path);
      } else {
        read_binary(reader, path, outcome);
      }
      if (mask.width() == 0) mask = Mask(reader.width, reader.height);
      if (mask.width() != reader.width || mask.height() != reader.height) {
        throw Error(ErrorKind::input, path, "is " + size_text(reader.width, reader.height),
                    size_text(mask.width(), mask.height()) + ", as the other masks of the frame");
      }
      put(reader, file.id, mask, outcome);
    }
    outcome.width = mask.width();
    outcome.height = mask.height();
    const std::size_t area =
        static_cast<std::size_t>(mask.width()) * static_cast<std::size_t>(mask.height());
    for (std::size_t i = 0; i < area; ++i) ++outcome.pixels[mask.pixels()[i]];
    return mask;
  }

 private:
  int id_of_color(int color) const {
    const auto at = std::ranges::lower_bound(ids_, color, {}, &std::pair<int, int>::first);
    return at == ids_.end() || at->first != color ? -1 : at->second;
  }

  [[noreturn]] void refuse_color(int color, std::size_t at, int width,
                                 const std::string& path) const {
    const Rgb rgb{static_cast<std::uint8_t>(color >> 16), static_cast<std::uint8_t>(color >> 8),
                  static_cast<std::uint8_t>(color)};
    const auto side = static_cast<std::size_t>(width);
    throw Error(ErrorKind::input, path,
                "has the colour " + color_text(rgb) + " at x " + std::to_string(at % side) +
                    ", y " + std::to_string(at / side) + ", which is not in " + plan_.table.source,
                "only colours of the table: " + color_table_text(plan_.table));
  }

  // A picture in colours, or one of the table's ids.
  void read_colors(Reader& reader, const std::string& path) const {
    const PngHeader header = read_png_header(reader.bytes, path);
    constexpr int kPalette = 3;
    constexpr int kGrey = 0;
    if (header.color_type != kPalette && header.color_type != kGrey && header.bit_depth == 8) {
      read_samples(reader, path);
      return;
    }
    const MaskView view = reader.decoder.decode(reader.bytes, {}, path);
    std::array<int, 256> id{};
    const std::vector<Rgb> palette =
        header.color_type == kPalette ? read_png_palette(reader.bytes, path) : std::vector<Rgb>();
    for (int label = 0; label < 256; ++label) {
      const auto at = static_cast<std::size_t>(label);
      id[at] = at < palette.size() ? id_of_color(packed(palette[at])) : -1;
      if (palette.empty() && is_label_[at]) id[at] = label;
    }
    start(reader, view.width, view.height);
    for (int y = 0; y < view.height; ++y) {
      for (int x = 0; x < view.width; ++x) {
        const std::uint8_t label = view.at(x, y);
        const std::size_t at = static_cast<std::size_t>(y) * static_cast<std::size_t>(view.width) +
                               static_cast<std::size_t>(x);
        if (id[label] < 0 && label < palette.size())
          refuse_color(packed(palette[label]), at, view.width, path);
        if (id[label] < 0) {
          throw Error(ErrorKind::input, path, "has the value " + std::to_string(label),
                      "colours of the table, or its labels");
        }
        reader.values[at] = static_cast<std::uint8_t>(id[label]);
      }
    }
  }

  void read_samples(Reader& reader, const std::string& path) const {
    const PngSamples samples = reader.decoder.decode_samples(reader.bytes, {}, path);
    start(reader, samples.width, samples.height);
    const auto step = static_cast<std::size_t>(samples.channels);
    int color = -1;
    int id = 0;
    for (std::size_t i = 0; i < reader.values.size(); ++i) {
      const auto at = samples.values.begin() + static_cast<std::ptrdiff_t>(i * step);
      // Grey with an alpha channel has one value.
      const int here =
          step < 3 ? at[0] << 16 | at[0] << 8 | at[0] : at[0] << 16 | at[1] << 8 | at[2];
      if (here != color) {
        color = here;
        id = id_of_color(color);
        if (id < 0) refuse_color(color, i, samples.width, path);
      }
      reader.values[i] = static_cast<std::uint8_t>(id);
    }
  }

  // A mask of one object: 0 and one other value, or an opacity, of which half and more counts.
  void read_binary(Reader& reader, const std::string& path, FrameOutcome& outcome) const {
    if (file_suffix(path) == ".npy") {
      read_array(reader, path);
    } else {
      read_brightness(reader, path);
    }
    std::array<std::uint64_t, 256> counts{};
    for (const std::uint8_t value : reader.values) ++counts[value];
    const auto kinds = std::count_if(counts.begin() + 1, counts.end(),
                                     [](std::uint64_t count) { return count > 0; });
    constexpr int kHalf = 128;
    int least = 1;
    if (kinds > 1) {
      least = kHalf;
      outcome.smoothed += check_opacity(counts, static_cast<int>(kinds), path);
    }
    for (std::uint8_t& value : reader.values)
      value = static_cast<std::uint8_t>(value >= least ? 1 : 0);
  }

  // Pixels of an opacity that are neither empty nor full. A few values that have much of the
  // picture are labels, and one of them would be lost.
  static std::uint64_t check_opacity(const std::array<std::uint64_t, 256>& counts, int kinds,
                                     const std::string& path) {
    constexpr int kFewKinds = 8;
    std::uint64_t between = 0;
    std::string values;
    for (std::size_t value = 1; value < counts.size(); ++value) {
      if (counts[value] == 0) continue;
      between += value < 255 ? counts[value] : 0;
      if (kinds <= kFewKinds) values += (values.empty() ? "" : ", ") + std::to_string(value);
    }
    const bool are_labels = kinds <= kFewKinds && between > counts[255];
    if (are_labels) {
      throw Error(
          ErrorKind::input, path, "has the values " + values + ": several labels in one file",
          "a file for each label of 0 and one other value (without --by-label masks are read "
          "by colour)");
    }
    return between;
  }

  static void read_brightness(Reader& reader, const std::string& path) {
    const PngHeader header = read_png_header(reader.bytes, path);
    if (header.color_type == 3 || header.color_type == 0) {
      const MaskView view = reader.decoder.decode(reader.bytes, {}, path);
      start(reader, view.width, view.height);
      for (int y = 0; y < view.height; ++y) {
        std::copy_n(view.row(y), view.width,
                    reader.values.begin() + static_cast<std::ptrdiff_t>(y) * view.width);
      }
      return;
    }
    const PngSamples samples = reader.decoder.decode_samples(reader.bytes, {}, path);
    start(reader, samples.width, samples.height);
    const auto step = static_cast<std::size_t>(samples.channels);
    const std::size_t num_colors = step < 3 ? 1 : 3;
    for (std::size_t i = 0; i < reader.values.size(); ++i) {
      const auto at = samples.values.begin() + static_cast<std::ptrdiff_t>(i * step);
      const int value = *std::max_element(at, at + static_cast<std::ptrdiff_t>(num_colors));
      reader.values[i] = static_cast<std::uint8_t>(samples.max_value > 255 ? value >> 8 : value);
    }
  }

  static void read_array(Reader& reader, const std::string& path) {
    const NpyArray array = parse_npy(reader.bytes, path);
    constexpr std::uint64_t kMaxSide = 1 << 15;
    const bool is_mask = array.shape.size() == 2 && array.shape[0] >= 1 && array.shape[1] >= 1 &&
                         array.shape[0] <= kMaxSide && array.shape[1] <= kMaxSide;
    if (!is_mask)
      throw Error(ErrorKind::input, path, "shape " + shape_text(array.shape), "[height, width]");
    start(reader, static_cast<int>(array.shape[1]), static_cast<int>(array.shape[0]));
    std::ranges::copy(array.values, reader.values.begin());
  }

  static void start(Reader& reader, int width, int height) {
    reader.width = width;
    reader.height = height;
    reader.values.resize(static_cast<std::size_t>(width) * static_cast<std::size_t>(height));
  }

  static void put(const Reader& reader, int id, Mask& mask, FrameOutcome& outcome) {
    for (std::size_t i = 0; i < reader.values.size(); ++i) {
      if (reader.values[i] == 0) continue;
      std::uint8_t& pixel = mask.pixels()[i];
      const int label = id == 0 ? reader.values[i] : id;
      if (pixel != kBackgroundLabel && pixel != label) ++outcome.overlap;
      pixel = static_cast<std::uint8_t>(label);
    }
  }

  const FileTree& tree_;
  const MaskExportPlan& plan_;
  std::vector<std::pair<int, int>> ids_;  // colour, label; ascending colours
  std::array<bool, 256> is_label_{};
};

std::string mask_path(const ExportFrame& frame) {
  return frame.sequence + "/" + frame.name + ".png";
}

// The size of a sequence's masks: that of the first that was read.
using Sizes = std::map<std::string, std::pair<int, int>>;

Sizes sizes_of(const FileTree& tree, const MaskExportPlan& plan,
               const std::vector<FrameOutcome>& outcomes) {
  Sizes sizes;
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    const ExportFrame& frame = plan.frames[i];
    if (frame.files.empty()) continue;
    const std::pair size(outcomes[i].width, outcomes[i].height);
    const auto [known, is_new] = sizes.emplace(frame.sequence, size);
    if (known->second == size) continue;
    throw Error(ErrorKind::input, tree.display_path(frame.files.front().path),
                "is " + std::to_string(size.first) + "x" + std::to_string(size.second),
                std::to_string(known->second.first) + "x" + std::to_string(known->second.second) +
                    ", as the masks of '" + frame.sequence + "' before it");
  }
  return sizes;
}

// A benchmark that reads what was written.
std::string dataset_json(const MaskExportPlan& plan, std::span<const Rgb> palette) {
  using Json = nlohmann::ordered_json;
  const auto color = [](const Rgb& rgb) { return Json::array({rgb[0], rgb[1], rgb[2]}); };
  Json classes = Json::array();
  Json colors = Json::array();
  for (const LabelClass& label : plan.table.labels) {
    while (colors.size() < static_cast<std::size_t>(label.id)) colors.push_back(color({}));
    colors.push_back(color(palette[static_cast<std::size_t>(label.id)]));
    if (label.name.empty()) continue;
    classes.push_back({{"id", label.id},
                       {"name", label.name},
                       {"color", color(palette[static_cast<std::size_t>(label.id)])}});
  }
  Json document = {{"schema", "benchmark-2"},
                   {"name", "imported"},
                   {"title", "Masks of an annotation tool"},
                   {"protocol", "vos-benchmark"},
                   {"annotations", Json::array({"."})},
                   {"storage", "labels"},
                   {"masks", "{sequence}/{frame}.png"},
                   {"prompts", "first-frame"}};
  document["palette"] = std::move(colors);
  if (!classes.empty()) document["classes"] = std::move(classes);
  return document.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

void add_up(const MaskExportPlan& plan, const std::vector<FrameOutcome>& outcomes,
            MaskImport& import) {
  std::set<std::string> sequences;
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    const ExportFrame& frame = plan.frames[i];
    sequences.insert(frame.sequence);
    import.num_files += frame.files.size();
    import.num_empty += frame.files.empty() ? 1 : 0;
    import.overlap_pixels += outcomes[i].overlap;
    import.overlap_frames += outcomes[i].overlap > 0 ? 1 : 0;
    import.smoothed_pixels += outcomes[i].smoothed;
    for (std::size_t id = 1; id < outcomes[i].pixels.size(); ++id) {
      if (outcomes[i].pixels[id] > 0) import.pixels[static_cast<int>(id)] += outcomes[i].pixels[id];
    }
  }
  import.num_sequences = sequences.size();
  import.num_frames = outcomes.size();
  for (const LabelClass& label : plan.table.labels) {
    const bool is_told = !label.name.empty() || import.pixels.contains(label.id);
    if (label.id != kBackgroundLabel && is_told) import.labels.push_back(label);
  }
}

}  // namespace

MaskExportPlan plan_mask_import(const FileTree& tree, const MaskExportOptions& options) {
  return options.form == MaskExportForm::by_label ? plan_by_label(tree, options)
                                                  : plan_by_color(tree, options);
}

std::vector<Rgb> viewer_palette(const ColorTable& table) {
  constexpr int kLeast = 48;  // of the channel that differs most
  const auto is_unlike = [](const Rgb& a, const Rgb& b) {
    for (std::size_t i = 0; i < a.size(); ++i) {
      if (std::abs(a[i] - b[i]) >= kLeast) return true;
    }
    return false;
  };
  const std::span<const Rgb> voc = voc_palette();
  std::vector<Rgb> palette(voc.begin(), voc.end());
  std::vector<Rgb> used = {Rgb{}};
  for (const LabelClass& label : table.labels) {
    if (label.id == kBackgroundLabel) continue;
    const auto is_free = [&](const Rgb& color) {
      return std::ranges::all_of(used, [&](const Rgb& other) { return is_unlike(color, other); });
    };
    Rgb color = label.color;
    // The VOC map's own colour of the label first, then whichever is free.
    if (!is_free(color)) color = voc[static_cast<std::size_t>(label.id)];
    const auto other = is_free(color) ? voc.end() : std::ranges::find_if(voc, is_free);
    if (other != voc.end()) color = *other;
    palette[static_cast<std::size_t>(label.id)] = color;
    used.push_back(color);
  }
  palette[kBackgroundLabel] = {};
  return palette;
}

MaskImport write_mask_import(const FileTree& tree, const MaskExportPlan& plan,
                             const OutputFolder& out, int jobs, const ProgressCallback& progress) {
  const std::vector<Rgb> palette = viewer_palette(plan.table);
  const Importer importer(tree, plan);
  std::vector<FrameOutcome> outcomes(plan.frames.size());
  const int num_threads = num_workers(jobs, plan.frames.size());
  std::vector<Reader> readers(static_cast<std::size_t>(num_threads));
  std::atomic<std::uint64_t> done{0};
  parallel_for(plan.frames.size(), num_threads, [&](int worker, std::size_t at) {
    const ExportFrame& frame = plan.frames[at];
    if (!frame.files.empty()) {
      const Mask mask =
          importer.read(readers[static_cast<std::size_t>(worker)], frame, outcomes[at]);
      out.write(mask_path(frame), encode_mask_png(mask.view(), palette));
    }
    const std::uint64_t count = done.fetch_add(1) + 1;
    if (progress) progress(count, plan.frames.size());
  });

  // Frames without a file have the size of the others.
  const Sizes sizes = sizes_of(tree, plan, outcomes);
  MaskImport import;
  import.notes = plan.notes;
  for (const ExportFrame& frame : plan.frames) {
    if (!frame.files.empty()) continue;
    const auto own = sizes.find(frame.sequence);
    const auto [width, height] = own == sizes.end() ? sizes.begin()->second : own->second;
    out.write(mask_path(frame), encode_mask_png(Mask(width, height).view(), palette));
  }
  out.write("dataset.json", dataset_json(plan, palette));
  add_up(plan, outcomes, import);
  if (import.pixels.empty()) {
    throw Error(ErrorKind::input, tree.display_path(""),
                "no mask shows a label: all " + std::to_string(import.num_frames) + " are empty",
                "masks with objects");
  }
  return import;
}

}  // namespace angiobench
