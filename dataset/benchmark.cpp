// SPDX-License-Identifier: MIT
#include "dataset/benchmark.h"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <numeric>
#include <optional>
#include <span>
#include <utility>

#include "dataset/color_fields.h"
#include "dataset/dataset_card.h"
#include "dataset/files/atomic_file.h"
#include "dataset/files/embedded_file.h"
#include "dataset/error.h"
#include "dataset/files/json_fields.h"
#include "dataset/label_map.h"
#include "dataset/names.h"
#include "dataset/words.h"

namespace angiobench {

std::span<const EmbeddedFile> embedded_benchmarks();

namespace {

constexpr auto kLayouts = words<Layout>({{"flat", Layout::flat},
                                         {"mosxav", Layout::mosxav},
                                         {"davis2016", Layout::davis2016},
                                         {"davis2017", Layout::davis2017},
                                         {"xacv", Layout::xacv},
                                         {"mose", Layout::mose},
                                         {"youtube-vos", Layout::youtube_vos},
                                         {"sa-v", Layout::sa_v},
                                         {"cadica", Layout::cadica},
                                         {"dias", Layout::dias},
                                         {"paxray", Layout::paxray}});
constexpr auto kStorages = words<MaskStorage>({{"labels", MaskStorage::labels},
                                               {"objects", MaskStorage::objects},
                                               {"planes", MaskStorage::planes},
                                               {"map", MaskStorage::map}});
constexpr auto kTasks = words<Task>({{"objects", Task::objects},
                                     {"semantic", Task::semantic},
                                     {"binary", Task::binary},
                                     {"multilabel", Task::multilabel}});
constexpr auto kPromptRules = words<PromptRule>({{"none", PromptRule::none},
                                                 {"first-frame", PromptRule::first_frame},
                                                 {"listed", PromptRule::listed},
                                                 {"meta", PromptRule::meta}});
constexpr auto kColorTypes =
    words<int>({{"grey", 0}, {"rgb", 2}, {"palette", 3}, {"grey-alpha", 4}, {"rgba", 6}});

std::vector<bool> only(std::initializer_list<std::size_t> labels) {
  std::vector<bool> allowed(256);
  for (const std::size_t label : labels) allowed[label] = true;
  return allowed;
}

std::vector<bool> up_to(int label) {
  std::vector<bool> allowed(256);
  for (int i = 0; i <= label; ++i) allowed[static_cast<std::size_t>(i)] = true;
  return allowed;
}

void take_nonzero(LabelRules& labels, std::uint8_t id) {
  labels.is_stated = true;
  labels.truth_ids.fill(id);
  labels.truth_ids[0] = kBackgroundLabel;
  labels.prediction_ids = labels.truth_ids;
}

void take_void(LabelRules& labels, int label) {
  labels.is_stated = true;
  labels.void_label = label;
  const auto at = static_cast<std::size_t>(label);
  labels.truth_ids[at] = kBackgroundLabel;
  labels.prediction_ids[at] = kBackgroundLabel;
  if (!labels.truth_values.empty()) labels.truth_values[at] = true;
}

MaskPattern pattern(std::string_view text) {
  const std::optional<MaskPattern> parsed = MaskPattern::parse(text);
  expects(parsed.has_value(), "a pattern of the program is one");
  return *parsed;
}

// What the first schema leaves to the layout: how masks are kept, what their labels mean, how
// frames are numbered and objects are given.
void take_layout(BenchmarkDefinition& benchmark) {
  const bool is_training = benchmark.split.starts_with("train");
  benchmark.is_training = is_training;
  benchmark.masks = pattern("{sequence}/{frame}.png");
  LabelRules& labels = benchmark.labels;
  if (benchmark.max_objects > 0) {
    labels.truth_values = up_to(benchmark.max_objects);
    labels.prediction_values = labels.truth_values;
  }
  switch (benchmark.layout) {
    case Layout::flat:
    case Layout::cadica:
      break;
    case Layout::mosxav:
      benchmark.color_types = {3};
      benchmark.bits = 8;
      benchmark.has_fixed_palette = true;
      benchmark.from_zero = true;
      benchmark.dense = benchmark.split == "test";
      benchmark.prompts = PromptRule::listed;
      benchmark.semantic_masks = "Annotations_Semantic";
      benchmark.classes = {{0, "background", {0, 0, 0}},
                           {1, "vessel", {85, 170, 255}},
                           {2, "contrast catheter", {170, 255, 0}},
                           {3, "catheter", {249, 193, 0}},
                           {4, "balloon", {255, 0, 0}}};
      if (benchmark.split == "test") benchmark.classes.push_back({5, "others", {244, 108, 59}});
      break;
    case Layout::davis2016:
      benchmark.color_types = {0};
      benchmark.bits = 8;
      benchmark.from_zero = true;
      benchmark.dense = true;
      labels.truth_values = only({0, 255});
      labels.prediction_values = only({0, 1, 255});
      take_nonzero(labels, 255);
      break;
    case Layout::davis2017:
      benchmark.color_types = {3};
      benchmark.bits = 8;
      benchmark.has_fixed_palette = true;
      benchmark.from_zero = true;
      benchmark.dense = true;
      take_void(labels, kVoidLabel);
      if (benchmark.protocol == "davis2017-unsupervised") {
        benchmark.prompts = PromptRule::none;
      } else {
        benchmark.ids_from_first_frame = true;
      }
      break;
    case Layout::xacv:
      benchmark.color_types = {0};
      labels.is_stated = true;
      labels.truth_values = only({0, 127, 255});
      labels.truth_ids.fill(kBackgroundLabel);
      labels.truth_ids[127] = 1;
      labels.truth_ids[255] = 2;
      labels.prediction_values = up_to(2);
      break;
    case Layout::mose:
      benchmark.color_types = {3};
      benchmark.has_fixed_palette = true;
      benchmark.from_zero = true;
      benchmark.dense = is_training;
      benchmark.first_masks_only = !is_training;
      break;
    case Layout::youtube_vos:
      benchmark.color_types = {3};
      benchmark.has_fixed_palette = true;
      benchmark.from_zero = true;
      benchmark.first_masks_only = !is_training;
      benchmark.prompts = PromptRule::meta;
      break;
    case Layout::sa_v:
      benchmark.storage = MaskStorage::objects;
      benchmark.masks = pattern("{sequence}/{object}/{frame}.png");
      benchmark.from_zero = true;
      benchmark.prompts = PromptRule::none;
      break;
    case Layout::dias:
      benchmark.task = Task::binary;
      benchmark.masks = pattern("label_{sequence}.png");
      benchmark.submission = MaskStorage::map;
      labels.truth_values = only({0, 255});
      labels.prediction_values = only({0, 1, 255});
      take_nonzero(labels, 1);
      benchmark.prompts = PromptRule::none;
      break;
    case Layout::paxray:
      benchmark.task = Task::multilabel;
      benchmark.storage = MaskStorage::planes;
      benchmark.masks = pattern("{frame}.npy");
      benchmark.prompts = PromptRule::none;
      break;
  }
  if (benchmark.layout != Layout::dias) benchmark.submission = benchmark.storage;
}

// Where a submission keeps its masks unless the benchmark says otherwise: in a folder a sequence
// without the truth's own words around the names; single files as the truth.
std::vector<MaskPattern> usual_submission(const BenchmarkDefinition& benchmark) {
  if (benchmark.masks.has_object_folder()) return {pattern("{sequence}/{object}/{frame}.png")};
  if (!benchmark.has_single_images()) return {pattern("{sequence}/{frame}.png")};
  // A single file by the truth's own name, or by the image's alone.
  std::vector<MaskPattern> patterns = {benchmark.masks};
  const MaskPattern plain = pattern("{sequence}" + std::string(benchmark.masks.extension()));
  const bool is_by_sequence = benchmark.masks.text().find("{sequence}") != std::string::npos;
  if (is_by_sequence && plain != benchmark.masks) patterns.push_back(plain);
  // What DIAS's own code writes: a mask and a map of each image, counted from 0.
  if (benchmark.layout == Layout::dias) {
    patterns.push_back(pattern("pre_b{rank}.png"));
    patterns.push_back(pattern("pre{rank}.png"));
  }
  return patterns;
}

// [0, 127, 255]: which labels may occur.
std::vector<bool> read_values(JsonFields& fields, std::string_view name) {
  std::vector<bool> allowed(256);
  const Json& list = fields.value(name);
  if (!list.is_array() || list.empty()) fields.fail(name, "a list of labels from 0 to 255");
  for (const Json& value : list) {
    const bool is_label = value.is_number_integer() && value.get<std::int64_t>() >= 0 &&
                          value.get<std::int64_t>() <= 255;
    if (!is_label) fields.fail(name, "a list of labels from 0 to 255");
    allowed[value.get<std::size_t>()] = true;
  }
  return allowed;
}

void read_labels(JsonFields fields, LabelRules& labels) {
  if (fields.has("nonzero"))
    take_nonzero(labels, static_cast<std::uint8_t>(fields.integer("nonzero", 1, 255)));
  if (fields.has("truth")) {
    labels.is_stated = true;
    labels.truth_ids = read_label_map(fields, "truth");
  }
  if (fields.has("prediction")) {
    labels.is_stated = true;
    labels.prediction_ids = read_label_map(fields, "prediction");
  }
  if (fields.has("truth_values")) labels.truth_values = read_values(fields, "truth_values");
  if (fields.has("prediction_values"))
    labels.prediction_values = read_values(fields, "prediction_values");
  if (fields.has("void")) take_void(labels, static_cast<int>(fields.integer("void", 1, 255)));
  fields.expect_no_more();
}

MaskPattern read_pattern(const std::string& text, const JsonFields& fields, std::string_view name,
                         MaskStorage storage) {
  const std::optional<MaskPattern> parsed = MaskPattern::parse(text);
  const std::string_view extension = storage == MaskStorage::planes ? ".npy" : ".png";
  const bool fits = parsed && parsed->suffix().ends_with(extension) &&
                    (!parsed->is_ranked() || name == "submission_masks") &&
                    parsed->has_object_folder() == (storage == MaskStorage::objects);
  if (fits) return *parsed;
  fields.fail(name, storage == MaskStorage::objects
                        ? "a path like \"{sequence}/{object}/{frame}.png\""
                        : "a path like \"{sequence}/{frame}" + std::string(extension) +
                              "\" or \"{sequence}" + std::string(extension) + "\"");
}

// How masks and predictions are kept.
void read_storage(JsonFields& fields, BenchmarkDefinition& benchmark) {
  benchmark.storage = fields.word_or("storage", kStorages, MaskStorage::labels);
  if (benchmark.storage == MaskStorage::map)
    fields.fail("storage", "labels, objects or planes: a truth is no map");
  const std::string usual = benchmark.storage == MaskStorage::objects
                                ? "{sequence}/{object}/{frame}.png"
                            : benchmark.storage == MaskStorage::planes ? "{frame}.npy"
                                                                       : "{sequence}/{frame}.png";
  benchmark.masks =
      read_pattern(fields.string_or("masks", usual), fields, "masks", benchmark.storage);
  benchmark.submission = fields.word_or("submission", kStorages, benchmark.storage);
  const bool fits =
      benchmark.submission == benchmark.storage ||
      (benchmark.submission == MaskStorage::map && benchmark.storage == MaskStorage::labels);
  if (!fits) {
    fields.fail("submission", std::string(storage_name(benchmark.storage)) + ", as the truth" +
                                  (benchmark.storage == MaskStorage::labels ? ", or map" : ""));
  }
  for (const std::string& text : fields.strings_or("submission_masks", {}))
    benchmark.submission_masks.push_back(
        read_pattern(text, fields, "submission_masks", benchmark.submission));
}

void read_numbering(JsonFields fields, BenchmarkDefinition& benchmark) {
  benchmark.from_zero = fields.boolean_or("from_zero", false);
  benchmark.dense = fields.boolean_or("dense", false);
  benchmark.first_masks_only = fields.boolean_or("first_masks_only", false);
  fields.expect_no_more();
}

// What the second schema adds to the first.
void read_facts(JsonFields& fields, BenchmarkDefinition& benchmark) {
  benchmark.task = fields.word_or("task", kTasks, Task::objects);
  read_storage(fields, benchmark);
  if (benchmark.max_objects > 0) {
    benchmark.labels.truth_values = up_to(benchmark.max_objects);
    benchmark.labels.prediction_values = benchmark.labels.truth_values;
  }
  if (fields.has("labels")) read_labels(fields.object("labels"), benchmark.labels);
  if (fields.has("palette")) benchmark.palette = read_palette(fields);
  benchmark.has_fixed_palette = fields.boolean_or("fixed_palette", false);
  for (const std::string& type : fields.strings_or("color_types", {})) {
    const auto names = kColorTypes.names();
    if (std::ranges::find(names, type) == names.end())
      fields.fail("color_types", "only grey, rgb, palette, grey-alpha, rgba");
    benchmark.color_types.push_back(*kColorTypes.exactly(type));
  }
  benchmark.bits = static_cast<int>(fields.integer_or("bits", 0, 0, 16));
  if (fields.has("classes")) benchmark.classes = read_classes(fields);
  benchmark.semantic_masks = fields.string_or("semantic_masks", "");
  if (fields.has("spacing_mm")) {
    const Json& spacing = fields.value("spacing_mm");
    const auto is_length = [](const Json& value) {
      return value.is_number() && value.get<double>() > 0 && value.get<double>() < 1000;
    };
    if (!spacing.is_array() || spacing.size() != 2 || !std::ranges::all_of(spacing, is_length))
      fields.fail("spacing_mm", "[of rows, of columns] in millimetres, both above 0");
    benchmark.spacing_mm = {spacing[0].get<double>(), spacing[1].get<double>()};
  }
  if (fields.has("numbering")) read_numbering(fields.object("numbering"), benchmark);
  // Nobody is told of classes, nor of what is in a single image.
  const bool has_prompts = !benchmark.has_single_images() && benchmark.task == Task::objects;
  benchmark.prompts = fields.word_or("prompts", kPromptRules,
                                     has_prompts ? PromptRule::first_frame : PromptRule::none);
  benchmark.is_training = fields.boolean_or("training", false);
  benchmark.ids_from_first_frame = fields.boolean_or("ids_from_first_frame", false);
  benchmark.sequences = fields.strings_or("sequences", {});
  std::ranges::sort(benchmark.sequences);
  benchmark.digest = fields.string_or("digest", "");
  benchmark.scored_digest = fields.string_or("scored_digest", "");
  benchmark.unseen_files = fields.strings_or("unseen_files", {});
  benchmark.unseen_videos = fields.strings_or("unseen_videos", {});
  benchmark.unsupervised_files = fields.strings_or("unsupervised_files", {});
  benchmark.unsupervised_videos = fields.strings_or("unsupervised_videos", {});
  benchmark.scene_files = fields.strings_or("scene_files", {});
  std::ranges::sort(benchmark.unseen_videos);
  std::ranges::sort(benchmark.unsupervised_videos);
}

// The file of the benchmark that was meant by `given`.
const EmbeddedFile& built_in(const std::string& given) {
  const std::vector<std::string> known = benchmark_names();
  const std::string name = resolve_name(known, given).value_or("");
  for (const EmbeddedFile& file : embedded_benchmarks()) {
    if (file.name == name + ".json") return file;
  }
  throw unknown_name("dataset", "is '" + given + "', which is no benchmark", known, given,
                     ", or a file that ends in .json");
}

}  // namespace

LabelRules::LabelRules() {
  std::iota(truth_ids.begin(), truth_ids.end(), std::uint8_t{0});
  prediction_ids = truth_ids;
}

std::string_view storage_name(MaskStorage storage) { return kStorages.of(storage); }

std::string_view task_name(Task task) { return kTasks.of(task); }
std::optional<Task> find_task(std::string_view name) { return kTasks.exactly(name); }

std::string_view layout_name(Layout layout) { return kLayouts.of(layout); }

Layout layout_from_name(std::string_view name, const std::string& path) {
  if (const std::optional<Layout> layout = kLayouts.exactly(name)) return *layout;
  std::string known;
  for (const std::string& candidate : kLayouts.names())
    known += (known.empty() ? "" : ", ") + candidate;
  throw Error(ErrorKind::input, path, "field 'layout' is \"" + std::string(name) + "\"",
              "one of " + known);
}

std::vector<std::string> benchmark_names() {
  std::vector<std::string> names;
  for (const EmbeddedFile& file : embedded_benchmarks()) {
    names.emplace_back(file.name.substr(0, file.name.size() - std::string_view(".json").size()));
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::string_view benchmark_text(const std::string& name) { return built_in(name).content; }

BenchmarkDefinition load_benchmark(const std::string& name_or_file) {
  if (name_or_file.ends_with(".json"))
    return parse_benchmark(read_text_file(name_or_file), name_or_file);
  const EmbeddedFile& file = built_in(name_or_file);
  return parse_benchmark(file.content, std::string(file.name));
}

BenchmarkDefinition parse_benchmark(std::string_view text, const std::string& path) {
  const Json document = parse_json(text, path);
  JsonFields fields(document, path);
  const std::string schema = fields.choice("schema", {"benchmark-1", "benchmark-2"});
  BenchmarkDefinition benchmark;
  benchmark.name = fields.string("name");
  benchmark.title = fields.string_or("title", benchmark.name);
  benchmark.layout = layout_from_name(
      schema == "benchmark-1" ? fields.string("layout") : fields.string_or("layout", "flat"), path);
  benchmark.split = fields.string_or("split", "");
  benchmark.protocol = fields.string("protocol");
  benchmark.roots = fields.strings_or("roots", {"."});
  benchmark.annotations = fields.strings_or("annotations", {"."});
  benchmark.images = fields.strings_or("images", {});
  benchmark.split_files = fields.strings_or("split_files", {});
  benchmark.meta_files = fields.strings_or("meta_files", {});
  benchmark.seen_categories = fields.strings_or("seen_categories", {});
  constexpr int kMaxSide = 1 << 16;
  benchmark.width = static_cast<int>(fields.integer_or("width", 0, 0, kMaxSide));
  benchmark.height = static_cast<int>(fields.integer_or("height", 0, 0, kMaxSide));
  benchmark.max_objects = static_cast<int>(fields.integer_or("max_objects", 0, 0, 255));
  const std::span<const Rgb> voc = voc_palette();
  benchmark.palette.assign(voc.begin(), voc.end());
  if (schema == "benchmark-1") {
    take_layout(benchmark);
  } else {
    read_facts(fields, benchmark);
  }
  if (fields.has("card")) read_dataset_card(fields.object("card"));
  if (benchmark.submission_masks.empty()) benchmark.submission_masks = usual_submission(benchmark);
  fields.expect_no_more();
  return benchmark;
}

}  // namespace angiobench
