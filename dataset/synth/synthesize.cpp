// SPDX-License-Identifier: MIT
#include "dataset/synth/synthesize.h"

#include <algorithm>
#include <boost/filesystem/operations.hpp>
#include <boost/filesystem/path.hpp>
#include <charconv>
#include <nlohmann/json.hpp>
#include <numeric>
#include <optional>

#include "dataset/files/atomic_file.h"
#include "dataset/files/output_folder.h"
#include "dataset/error.h"
#include "dataset/files/file_tree.h"
#include "dataset/files/json_fields.h"
#include "dataset/frame_order.h"
#include "dataset/media/frame_io.h"
#include "dataset/parallel.h"
#include "dataset/masks/png.h"
#include "dataset/media/mask_values.h"
#include "dataset/synth/contact_sheet.h"
#include "dataset/synth/example_submissions.h"
#include "dataset/synth/mask_scene.h"
#include "dataset/synth/random.h"
#include "dataset/synth/sequence_files.h"
#include "dataset/synth/set_files.h"
#include "dataset/synth/still_sets.h"

namespace angiobench::synth {
namespace {

namespace fs = boost::filesystem;

enum Split : int { kTrain, kVal, kTest };
enum Stream : std::uint64_t { kSequence, kLength, kIds };

// The palette of MOSXAV's instance masks: the first 21 of VOC's colours.
std::span<const Rgb> instance_palette() { return voc_palette().first(21); }

// One sequence of the plan and what became of it.
struct Job {
  Split split = kTrain;
  std::string name;
  std::uint64_t seed = 0;
  int num_frames = 0;
  // Results.
  std::string procedure;
  FirstMasks first;
  int num_masks = 0;
  std::vector<SheetTile> tiles;
};

const char* split_folder(Split split) { return split == kTest ? "test" : "trainval"; }

// Frames of a sequence that the contact sheet shows: its beginning, two thirds of it and its end,
// about.
bool on_sheet(int frame, int num_frames) {
  return frame == num_frames / 10 || frame == num_frames / 3 || frame == 2 * num_frames / 3 ||
         frame == num_frames - 1;
}

void make_sequence(Job& job, const SynthOptions& options, int workers, bool with_tiles,
                   const OutputFolder& out, const ExampleSubmissions& examples,
                   ProgressCounter& counter) {
  SceneOptions scene_options;
  scene_options.size = options.size;
  scene_options.num_frames = job.num_frames;
  scene_options.frame_rate = options.frame_rate;
  scene_options.difficulty = options.difficulty;
  scene_options.max_objects = job.split == kTest ? 10 : 5;
  scene_options.others = job.split == kTest;
  const int step = job.split == kTest ? 1 : options.annotation_step;
  const int least_pixels = std::max(8, 30 * options.size / 512 * options.size / 512);
  const auto num_frames = static_cast<std::size_t>(job.num_frames);

  // Try seeds until something can be followed from the first frame on; a field of view may miss
  // every catheter.
  std::vector<RenderedFrame> frames;
  std::vector<std::vector<std::uint8_t>> shown(num_frames);
  std::vector<LabelledObject> objects;
  for (std::uint64_t attempt = 0; attempt < 16; ++attempt) {
    const Scene scene(scene_options, mix_seed(job.seed, kSequence, attempt));
    std::vector<Canvas> canvases(static_cast<std::size_t>(workers),
                                 Canvas(options.size, options.size));
    Canvas& canvas = canvases.front();
    scene.draw(0, canvas);
    const std::uint8_t* labels = canvas.labels().pixels();
    const std::size_t area =
        static_cast<std::size_t>(options.size) * static_cast<std::size_t>(options.size);
    const auto labelled = static_cast<int>(
        std::count_if(labels, labels + area, [](std::uint8_t l) { return l != 0; }));
    if (labelled < 4 * least_pixels) continue;

    frames.assign(num_frames, {});
    parallel_for(num_frames, workers, [&](int worker, std::size_t k) {
      RenderedFrame& frame = frames[k];
      const int number = static_cast<int>(k);
      frame.name = padded(number, 5);
      frame.annotated = number % step == step - 1 || number == 0 || number + 1 == job.num_frames;
      Canvas& own = canvases[static_cast<std::size_t>(worker)];
      std::vector<std::uint8_t> grey = scene.render(number, own);
      frame.labels = own.labels();
      frame.jpeg = encode_jpeg(grey, options.size, options.size, options.jpeg_quality);
      if (with_tiles && on_sheet(number, job.num_frames)) shown[k] = std::move(grey);
      if (attempt == 0) counter.add();
    });
    job.procedure = procedure_name(scene.procedure);
    objects = deal_ids(frames, scene.objects, scene_options.max_objects, least_pixels,
                       mix_seed(job.seed, kIds));
    const bool starts =
        std::any_of(objects.begin(), objects.end(),
                    [](const LabelledObject& object) { return object.first_frame == "00000"; });
    if (starts) break;
    objects.clear();
  }
  expects(!objects.empty(), "one of sixteen seeds shows something in its first frame");

  // Write frames and masks.
  const std::string split = split_folder(job.split);
  for (std::size_t k = 0; k < num_frames; ++k) {
    const RenderedFrame& frame = frames[k];
    out.write(split + "/JPEGImages/" + job.name + "/" + frame.name + ".jpg", frame.jpeg);
    const Mask instances = instance_mask(frame, objects);
    if (frame.annotated) {
      ++job.num_masks;
      out.write(split + "/Annotations/" + job.name + "/" + frame.name + ".png",
                encode_mask_png(instances.view(), instance_palette()));
      const Mask classes = semantic_mask(frame, objects);
      out.write(split + "/Annotations_Semantic/" + job.name + "/" + frame.name + ".png",
                encode_mask_png(classes.view(), semantic_palette()));
      if (job.split == kTest && options.kind == Kind::semantic) {
        examples.add_classes(job.name, frame.name, classes, semantic_palette());
      } else if (job.split == kTest) {
        examples.add_labels(job.name, frame.name, instances, instance_palette(), k == 0);
      }
    }
    if (!shown[k].empty()) {
      job.tiles.push_back(
          {split + "/" + job.name + " " + frame.name, std::move(shown[k]), instances});
    }
  }
  job.first = {job.name, std::move(objects)};
}

// Definitions of benchmarks with this data set's size.
void write_benchmarks(const OutputFolder& out, int width, int height) {
  for (const std::string split : {"train", "val", "test"}) {
    Json definition = {{"schema", "benchmark-1"},
                       {"name", "synth-" + split},
                       {"title", "Synthetic angiography, " + split},
                       {"layout", "mosxav"},
                       {"split", split},
                       {"protocol", split == "test" ? "mosxav-test" : "mosxav-val"},
                       {"roots", {split == "test" ? "test" : "trainval", "."}},
                       {"annotations", {"Annotations"}},
                       {"images", {"JPEGImages"}},
                       {"split_files", {"ImageSets/" + split + ".txt"}}};
    if (split != "train")
      definition["meta_files"] = Json::array({"ImageSets/" + split + "_first_mask.json"});
    definition["width"] = width;
    definition["height"] = height;
    definition["max_objects"] = split == "test" ? 10 : 5;
    out.write("benchmarks/synth-" + split + ".json", definition.dump(2) + "\n");
  }
}

// Those of its classes.
void write_semantic_benchmarks(const OutputFolder& out, int width, int height) {
  for (const std::string split : {"train", "val", "test"}) {
    write_benchmark_like(out, "mosxav-semantic-" + split, "synth-semantic-" + split,
                         "Synthetic angiography, classes, " + split, width, height);
  }
}

SynthSummary summary_of(const std::vector<Job>& jobs) {
  SynthSummary summary;
  for (const Job& job : jobs) {
    ++summary.sequences;
    summary.frames += job.num_frames;
    summary.masks += job.num_masks;
    summary.objects += static_cast<int>(job.first.objects.size());
  }
  return summary;
}

void write_sheet(const std::string& path, const std::vector<Job>& jobs) {
  std::vector<SheetTile> tiles;
  for (const Job& job : jobs) tiles.insert(tiles.end(), job.tiles.begin(), job.tiles.end());
  write_file_atomically(path, contact_sheet(tiles, 4, 320));
}

// ---- Scenes that are made from nothing ----

SynthSummary synthesize_scenes(const std::string& folder, const SynthOptions& options,
                               const ProgressCallback& progress) {
  OutputFolder out(folder, ExistingFolder::refuse);
  ExampleSubmissions examples(options.examples, options.seed);

  // Plan: names and lengths depend on the seed and the place in the split alone.
  std::vector<Job> jobs;
  std::uint64_t total = 0;
  for (const Split split : {kTrain, kVal, kTest}) {
    const int before = split == kVal ? options.sequences[kTrain] : 0;
    for (int i = 0; i < options.sequences[static_cast<std::size_t>(split)]; ++i) {
      Job job;
      job.split = split;
      job.name = "v" + padded(before + i, 2);
      job.seed = mix_seed(options.seed, static_cast<std::uint64_t>(split) + 1,
                          static_cast<std::uint64_t>(i));
      Random random(mix_seed(job.seed, kLength));
      job.num_frames = random.integer(options.min_frames, options.max_frames);
      total += static_cast<std::uint64_t>(job.num_frames);
      jobs.push_back(std::move(job));
    }
  }

  // The sheet shows up to four sequences of each split, the test's first where there are few.
  const auto on_the_sheet = [&](std::size_t k) {
    if (options.sheet.empty()) return false;
    std::size_t place = 0;
    for (std::size_t j = 0; j < k; ++j) place += jobs[j].split == jobs[k].split ? 1 : 0;
    return place < 4;
  };

  ProgressCounter counter(progress, total);
  const int threads = num_workers(options.jobs, total);
  const int outer = std::min<int>(threads, static_cast<int>(jobs.size()));
  const int inner = std::max(1, threads / outer);
  parallel_for(jobs.size(), outer, [&](int, std::size_t k) {
    make_sequence(jobs[k], options, inner, on_the_sheet(k), out, examples, counter);
  });

  // Write the lists.
  std::array<std::vector<std::string>, 3> names;
  std::array<std::vector<FirstMasks>, 3> first;
  for (const Job& job : jobs) {
    names[static_cast<std::size_t>(job.split)].push_back(job.name);
    first[static_cast<std::size_t>(job.split)].push_back(job.first);
  }
  const bool has_trainval = !names[kTrain].empty() || !names[kVal].empty();
  if (has_trainval) {
    out.write("trainval/ImageSets/train.txt", lines_of(names[kTrain]));
    out.write("trainval/ImageSets/val.txt", lines_of(names[kVal]));
    out.write("trainval/ImageSets/val_first_mask.json", val_first_mask_json(first[kVal]));
    out.write("trainval/labels.json", labels_json(Category::balloon));
  }
  if (!names[kTest].empty()) {
    out.write("test/ImageSets/test.txt", lines_of(names[kTest]));
    out.write("test/ImageSets/test_first_mask.json", test_first_mask_json(first[kTest]));
    out.write("test/labels.json", labels_json(Category::others));
  }
  write_benchmarks(out, options.size, options.size);
  if (options.kind == Kind::semantic) write_semantic_benchmarks(out, options.size, options.size);

  Json record = {{"made_by", "angiobench synth"},
                 {"options",
                  {{"size", options.size},
                   {"length", {options.min_frames, options.max_frames}},
                   {"sequences", options.sequences},
                   {"frame_rate", options.frame_rate},
                   {"difficulty", kDifficulties.of(options.difficulty)},
                   {"seed", options.seed},
                   {"annotation_step", options.annotation_step},
                   {"jpeg_quality", options.jpeg_quality}}}};
  Json list = Json::array();
  for (const Job& job : jobs) {
    Json objects = Json::array();
    for (const LabelledObject& object : job.first.objects) {
      objects.push_back({{"id", object.id},
                         {"category", category_name(object.category)},
                         {"first_frame", object.first_frame}});
    }
    list.push_back({{"split", job.split == kTrain ? "train"
                              : job.split == kVal ? "val"
                                                  : "test"},
                    {"name", job.name},
                    {"procedure", job.procedure},
                    {"frames", job.num_frames},
                    {"objects", objects}});
  }
  record["sequences"] = list;
  out.write("synth.json", record.dump(1) + "\n");

  out.commit();
  examples.commit();
  if (!options.sheet.empty()) write_sheet(options.sheet, jobs);
  return summary_of(jobs);
}

// ---- Frames for real masks ----

// A sequence of masks on disk.
struct MaskSequence {
  std::string split;  // "trainval" or "test": where it is written
  std::string name;
  std::string masks;     // folder of its masks, relative to the tree
  std::string semantic;  // of its semantic masks; may not exist
};

std::vector<MaskSequence> find_mask_sequences(const FileTree& tree) {
  std::vector<MaskSequence> found;
  const auto add_all = [&](const std::string& split, const std::string& root) {
    const std::string masks = join_path(root, "Annotations");
    for (const std::string& name : tree.folders(masks)) {
      found.push_back({split, name, join_path(masks, name),
                       join_path(join_path(root, "Annotations_Semantic"), name)});
    }
  };
  add_all("trainval", "trainval");
  add_all("test", "test");
  if (found.empty()) add_all("trainval", "");
  if (!found.empty()) return found;
  for (const std::string& name : tree.folders("")) found.push_back({"trainval", name, name, ""});
  return found;
}

// The masks of a sequence, in the order of frames.
FrameFiles mask_files(const FileTree& tree, const std::string& folder) {
  constexpr std::string_view kSuffixes[] = {".png"};
  FrameFiles files = sort_frame_files(tree.files(folder), kSuffixes);
  if (files.twins) {
    throw Error(ErrorKind::input, tree.display_path(folder),
                "has both " + files.twins->first + " and " + files.twins->second,
                "one mask a frame");
  }
  return files;
}

// What a person may not expect of a sequence's masks.
void add_notes(const FrameFiles& files, const std::string& place, std::vector<std::string>& notes) {
  if (files.turned) {
    notes.push_back(place + ": masks are taken in the order of their numbers, '" +
                    files.turned->first + "' before '" + files.turned->second + "'");
  }
  if (!files.copies.empty()) {
    notes.push_back(place + ": " + std::to_string(files.copies.size()) +
                    " copies are no masks and left out, the first is '" + files.copies.front() +
                    "'");
  }
}

// The number of a frame whose name is one, e.g. "00012".
std::optional<int> number_of(const std::string& name) {
  constexpr int kMost = 100'000;
  int number = 0;
  const auto [stop, code] = std::from_chars(name.data(), name.data() + name.size(), number);
  if (code != std::errc() || stop != name.data() + name.size() || number < 0 || number >= kMost)
    return std::nullopt;
  return number;
}

// Numbers of frames for the motion between them: those of the names where they grow with the
// order, else the places.
std::vector<int> frame_numbers(const std::vector<std::string>& names) {
  std::vector<int> numbers;
  for (const std::string& name : names) {
    const std::optional<int> number = number_of(name);
    if (!number || (!numbers.empty() && *number <= numbers.back())) {
      numbers.resize(names.size());
      std::iota(numbers.begin(), numbers.end(), 0);
      return numbers;
    }
    numbers.push_back(*number);
  }
  return numbers;
}

// Categories by which a semantic mask covers each id most.
void vote_categories(const Mask& instances, const Mask& semantic,
                     std::map<int, std::array<int, 6>>& votes) {
  if (instances.width() != semantic.width() || instances.height() != semantic.height()) return;
  for (int y = 0; y < instances.height(); ++y) {
    for (int x = 0; x < instances.width(); ++x) {
      const std::uint8_t category = semantic.at(x, y);
      if (instances.at(x, y) != 0 && category > 0 && category < 6)
        ++votes[instances.at(x, y)][category];
    }
  }
}

void make_from_masks(Job& job, const MaskSequence& sequence, const FileTree& tree,
                     const SynthOptions& options, bool with_tiles, const OutputFolder& out,
                     ProgressCounter& counter) {
  // Read every mask.
  const std::vector<std::string> mask_names = mask_files(tree, sequence.masks).files;
  std::vector<std::string> names;
  for (const std::string& file : mask_names) names.emplace_back(file_stem(file));
  if (names.empty()) {
    throw Error(ErrorKind::input, tree.display_path(sequence.masks), "has no masks", "PNG files");
  }
  MaskDecoder decoder;
  std::vector<std::uint8_t> bytes;
  std::vector<std::vector<std::uint8_t>> files;
  std::vector<Mask> masks;
  const std::vector<int> numbers = frame_numbers(names);
  std::map<int, std::array<int, 6>> votes;
  const std::array<Rgb, 6> known = [] {
    std::array<Rgb, 6> colors{};
    std::copy(semantic_palette().begin(), semantic_palette().end(), colors.begin());
    return colors;
  }();
  for (const std::string& file : mask_names) {
    const std::string name(file_stem(file));
    const std::string path = join_path(sequence.masks, file);
    if (!tree.read(path, bytes)) throw Error(ErrorKind::input, tree.display_path(path), "is gone");
    masks.emplace_back(decoder.decode(bytes, {}, tree.display_path(path)));
    if (!options.trusts_masks) check_mask_of_labels(masks.back(), tree.display_path(path));
    if (masks.back().width() != masks.front().width() ||
        masks.back().height() != masks.front().height()) {
      throw Error(ErrorKind::input, tree.display_path(path),
                  "differs in size from the sequence's first mask", "one size a sequence");
    }
    if (masks.back().width() > 2048 || masks.back().height() > 2048) {
      throw Error(ErrorKind::limit, tree.display_path(path), "is too large",
                  "at most 2048 x 2048 pixels");
    }
    if (masks.back().width() < 64 || masks.back().height() < 64) {
      throw Error(ErrorKind::input, tree.display_path(path), "is too small",
                  "at least 64 x 64 pixels");
    }
    files.push_back(bytes);
    const std::string semantic = join_path(sequence.semantic, name + ".png");
    if (!sequence.semantic.empty() && tree.read(semantic, bytes)) {
      MaskDecodeOptions decode;
      decode.palette = known;
      vote_categories(masks.back(),
                      Mask(decoder.decode(bytes, decode, tree.display_path(semantic))), votes);
    }
  }
  std::map<int, Category> categories;
  for (const auto& [id, counts] : votes) {
    categories[id] =
        static_cast<Category>(std::max_element(counts.begin(), counts.end()) - counts.begin());
  }

  const MaskScene scene(masks, numbers, categories, options.difficulty, job.seed);
  const std::string base = sequence.split + "/";
  std::map<int, std::string> first_frames;
  for (std::size_t k = 0; k < masks.size(); ++k) {
    const Mask& mask = masks[k];
    std::vector<std::uint8_t> grey = scene.render(k);
    out.write(base + "JPEGImages/" + job.name + "/" + names[k] + ".jpg",
              encode_jpeg(grey, mask.width(), mask.height(), options.jpeg_quality));
    out.write(base + "Annotations/" + job.name + "/" + names[k] + ".png", files[k]);
    Mask semantic(mask.width(), mask.height());
    for (int y = 0; y < mask.height(); ++y) {
      for (int x = 0; x < mask.width(); ++x) {
        const int id = mask.at(x, y);
        if (id == 0) continue;
        semantic.at(x, y) = static_cast<std::uint8_t>(scene.categories().at(id));
        first_frames.try_emplace(id, names[k]);
      }
    }
    out.write(base + "Annotations_Semantic/" + job.name + "/" + names[k] + ".png",
              encode_mask_png(semantic.view(), semantic_palette()));
    if (with_tiles && on_sheet(static_cast<int>(k), static_cast<int>(masks.size()))) {
      job.tiles.push_back({base + job.name + " " + names[k], std::move(grey), mask});
    }
    counter.add();
  }
  job.num_frames = static_cast<int>(masks.size());
  job.num_masks = job.num_frames;
  job.procedure = "real masks";
  job.first.video = job.name;
  for (const auto& [id, frame] : first_frames)
    job.first.objects.push_back({0, id, scene.categories().at(id), frame});
}

SynthSummary synthesize_from_masks(const std::string& folder, const SynthOptions& options,
                                   const ProgressCallback& progress) {
  const std::unique_ptr<FileTree> tree = open_folder(options.from_masks);
  const std::vector<MaskSequence> sequences = find_mask_sequences(*tree);
  if (sequences.empty()) {
    throw Error(
        ErrorKind::input, options.from_masks, "has no folder of masks",
        "MOSXAV's layout ({trainval,test}/Annotations/<sequence>/*.png) or one folder a sequence");
  }
  OutputFolder out(folder, ExistingFolder::refuse);
  std::vector<Job> jobs(sequences.size());
  std::vector<std::string> notes;
  std::uint64_t total = 0;
  for (std::size_t k = 0; k < sequences.size(); ++k) {
    jobs[k].split = sequences[k].split == "test" ? kTest : kVal;
    jobs[k].name = sequences[k].name;
    jobs[k].seed = mix_seed(options.seed, 100 + static_cast<std::uint64_t>(jobs[k].split), k);
    const FrameFiles files = mask_files(*tree, sequences[k].masks);
    total += files.files.size();
    add_notes(files, tree->display_path(sequences[k].masks), notes);
  }
  ProgressCounter counter(progress, total);
  const int workers = num_workers(options.jobs, jobs.size());
  parallel_for(jobs.size(), workers, [&](int, std::size_t k) {
    make_from_masks(jobs[k], sequences[k], *tree, options,
                    !options.sheet.empty() && k % std::max<std::size_t>(1, jobs.size() / 12) == 0,
                    out, counter);
  });

  // Keep the lists that the masks came with; make those that are missing.
  int width = 0;
  int height = 0;
  if (const std::vector<std::string> files = mask_files(*tree, sequences.front().masks).files;
      !files.empty()) {
    std::vector<std::uint8_t> bytes;
    const std::string path = join_path(sequences.front().masks, files.front());
    if (tree->read(path, bytes)) {
      const PngHeader header = read_png_header(bytes, tree->display_path(path));
      width = static_cast<int>(header.width);
      height = static_cast<int>(header.height);
    }
  }
  for (const std::string split : {"trainval", "test"}) {
    std::vector<std::string> names;
    std::vector<FirstMasks> first;
    for (const Job& job : jobs) {
      if ((split == "test") != (job.split == kTest)) continue;
      names.push_back(job.name);
      first.push_back(job.first);
    }
    if (names.empty()) continue;
    const auto keep_or_make = [&](const std::string& relative, const std::string& made) {
      std::vector<std::uint8_t> bytes;
      for (const std::string& root : {split, std::string()}) {
        if (tree->read(join_path(root, relative), bytes)) {
          out.write(split + "/" + relative, bytes);
          return;
        }
      }
      out.write(split + "/" + relative, made);
    };
    const bool test = split == "test";
    if (!test) keep_or_make("ImageSets/train.txt", "");
    keep_or_make(test ? "ImageSets/test.txt" : "ImageSets/val.txt", lines_of(names));
    keep_or_make(test ? "ImageSets/test_first_mask.json" : "ImageSets/val_first_mask.json",
                 test ? test_first_mask_json(first) : val_first_mask_json(first));
    out.write(split + "/labels.json", labels_json(Category::others));
  }
  write_benchmarks(out, width, height);
  Json record = {{"made_by", "angiobench synth --from-masks"},
                 {"options",
                  {{"difficulty", kDifficulties.of(options.difficulty)},
                   {"seed", options.seed},
                   {"jpeg_quality", options.jpeg_quality}}}};
  out.write("synth.json", record.dump(1) + "\n");
  out.commit();
  if (!options.sheet.empty()) write_sheet(options.sheet, jobs);
  SynthSummary summary = summary_of(jobs);
  summary.notes = std::move(notes);
  return summary;
}

}  // namespace

std::vector<Error> mistakes_of(const SynthOptions& options) {
  std::vector<Error> mistakes;
  const auto check = [&](const char* field, int value, int low, int high) {
    if (value >= low && value <= high) return;
    mistakes.push_back(Error::about(ErrorKind::usage, field, "is " + std::to_string(value),
                                    std::to_string(low) + " to " + std::to_string(high)));
  };
  const bool is_single = options.kind == Kind::chest;
  const int most_frames = is_single ? 1 : 1000;
  const int least_frames = std::min(2, most_frames);
  check("size", options.size, 64, 2048);
  check("min_frames", options.min_frames, least_frames, most_frames);
  check("max_frames", options.max_frames, std::max(options.min_frames, least_frames), most_frames);
  if (!options.examples.empty() && (options.sequences[2] == 0 || !options.from_masks.empty())) {
    mistakes.push_back(Error::about(ErrorKind::usage, "examples", "is given",
                                    "a test split that is made from nothing"));
  }
  if (!options.from_masks.empty() && (is_single || options.kind == Kind::dsa)) {
    mistakes.push_back(
        Error::about(ErrorKind::usage, "from_masks", "is given", "a preset of MOSXAV's layout"));
  }
  const auto few = [](int count) { return count < 0 || count > 10000; };
  const int total = options.sequences[0] + options.sequences[1] + options.sequences[2];
  if (std::ranges::any_of(options.sequences, few)) {
    check("sequences", *std::ranges::find_if(options.sequences, few), 0, 10000);
  } else {
    check("sequences", total, 1, 30000);
  }
  if (!(options.frame_rate >= 1 && options.frame_rate <= 60)) {
    mistakes.push_back(Error::about(ErrorKind::usage, "frame_rate",
                                    "is " + std::to_string(options.frame_rate),
                                    "1 to 60 frames a second"));
  }
  check("annotation_step", options.annotation_step, 1, 1000);
  check("jpeg_quality", options.jpeg_quality, 1, 100);
  return mistakes;
}

void check_options(const SynthOptions& options) {
  const std::vector<Error> mistakes = mistakes_of(options);
  if (!mistakes.empty()) throw mistakes.front();
}

SynthSummary synthesize(const std::string& folder, const SynthOptions& options,
                        const ProgressCallback& progress) {
  check_options(options);
  boost::system::error_code code;
  if (!options.sheet.empty() && fs::exists(options.sheet, code)) {
    throw Error(ErrorKind::input, options.sheet, "exists already",
                "a name that is free for the contact sheet");
  }
  if (options.kind == Kind::dsa) return synthesize_dsa(folder, options, progress);
  if (options.kind == Kind::chest) return synthesize_chest(folder, options, progress);
  return options.from_masks.empty() ? synthesize_scenes(folder, options, progress)
                                    : synthesize_from_masks(folder, options, progress);
}

}  // namespace angiobench::synth
