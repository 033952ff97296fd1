// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dataset/mask_pattern.h"
#include "dataset/masks/png.h"

namespace angiobench {

/// The family that a data set belongs to: what lies beside its masks and is read only there (split
/// json of PAXRay, patients' folders of XACV, boxes of CADICA). How masks are kept is said by
/// fields of the benchmark, never by this.
enum class Layout {
  flat,       // <root>/<sequence>/<frame>.png
  mosxav,     // {trainval,test}/{Annotations,JPEGImages,ImageSets}
  davis2016,  // Annotations/480p, grey 0/255
  davis2017,  // Annotations/480p, palette; Annotations_unsupervised/480p
  xacv,  // original (CVAI-1207/ground_truth/<video>), re-packed (AnnotationVOS/<video>) or flat
  mose,  // {train,valid}/Annotations/<video>
  youtube_vos,  // {train,valid}/Annotations/<video> and meta.json
  sa_v,         // Annotations_6fps/<video>/<object>/<frame>.png
  cadica,       // selectedVideos/pX/vY; masks only in the flat layout
  dias,         // {training,validation,test}/{images,labels}, one mask a sequence
  paxray,       // images/*.png, labels/*.npy, paxray.json
};

/// "flat", "mosxav", …; layout_from_name throws Error{input} (with `path`) for a name that isn't
/// one.
std::string_view layout_name(Layout layout);
Layout layout_from_name(std::string_view name, const std::string& path);

/// How the annotation of one frame is kept.
enum class MaskStorage {
  labels,   // one PNG of labels
  objects,  // one binary PNG an object, which may overlap
  planes,   // one .npy array [planes, height, width] of 0 and 1, which may overlap
  map,      // one grey PNG of probabilities, 8 or 16 bits: an object where it is 0.5 or more
};

/// "labels", "objects", "planes" or "map".
std::string_view storage_name(MaskStorage storage);

/// What is to be predicted.
enum class Task {
  objects,     // each object of a video by its id
  semantic,    // classes
  binary,      // one class against the background
  multilabel,  // classes that may overlap
};

/// "objects", "semantic", "binary" or "multilabel".
std::string_view task_name(Task task);
std::optional<Task> find_task(std::string_view name);

/// How a method is told of an object.
enum class PromptRule {
  none,         // nobody is told (single images, proposals, one mask an object)
  first_frame,  // the masks of the first annotated frame, and no other
  listed,       // the first-mask json where there is one, else as first_frame
  meta,         // youtube-vos: each object in the first of its frames of meta.json
};

/// What the raw labels of masks mean.
struct LabelRules {
  bool is_stated = false;                     // false: labels are object ids as they are
  std::array<std::uint8_t, 256> truth_ids{};  // raw label -> object id, 0: background or void
  std::array<std::uint8_t, 256> prediction_ids{};
  int void_label = -1;             // of the truth: pixels that nobody should judge; -1: none
  std::vector<bool> truth_values;  // labels that the truth may have, 256; empty: not stated
  std::vector<bool> prediction_values;

  LabelRules();  // every label is its own id
  friend bool operator==(const LabelRules&, const LabelRules&) = default;
};

/// A class of a semantic or multilabel task.
struct LabelClass {
  int id = 0;
  std::string name;
  Rgb color{};
  friend bool operator==(const LabelClass&, const LabelClass&) = default;
};

/// A benchmark: what a data set's split is on disk, what its labels mean, and the protocol that
/// scores it. Data files of the form dataset/benchmarks/*.json (schema "benchmark-2", described in
/// dataset/benchmarks/README.md; "benchmark-1" is read, too), embedded in the program; `--dataset
/// FILE` reads one of the user's own. All paths are relative to the folder that `-g` names; the
/// first that exists is taken.
struct BenchmarkDefinition {
  std::string name;   // "mosxav-test"
  std::string title;  // one line for people
  Layout layout = Layout::flat;
  std::string split;     // "test"; may be empty
  std::string protocol;  // name of the protocol that is used where the user names none
  Task task = Task::objects;

  // Where things lie.
  std::vector<std::string> roots;         // candidates for the split's own folder, e.g. "test", "."
  std::vector<std::string> annotations;   // below the split's folder, e.g. "Annotations", "."
  std::vector<std::string> images;        // the frames, below the split's folder
  std::vector<std::string> split_files;   // below the split's folder, e.g. "ImageSets/test.txt"
  std::vector<std::string> meta_files;    // candidates for the first-mask or meta json
  std::vector<std::string> unseen_files;  // candidates for the list of unseen videos
  std::vector<std::string> unseen_videos;       // as published, sorted; used where no list is there
  std::vector<std::string> unsupervised_files;  // candidates for the unsupervised task's videos
  std::vector<std::string> unsupervised_videos;  // as published, sorted
  std::vector<std::string> scene_files;          // candidates for scene_info.json
  std::string semantic_masks;          // folder of semantic masks beside the instance masks
  std::vector<std::string> sequences;  // of the official split, sorted; empty: not known
  std::string digest;  // of the released truth ("sha256:…", as `validate` prints it); may be empty
  /// Of the released masks that the benchmark's protocol reads, as `score` prints it; may be empty.
  std::string scored_digest;

  // How masks are kept.
  MaskStorage storage = MaskStorage::labels;     // of the truth
  MaskPattern masks;                             // of the truth, below its annotations
  MaskStorage submission = MaskStorage::labels;  // of predictions
  std::vector<MaskPattern> submission_masks;     // candidates; the first that is there counts

  // What labels and files of masks are.
  LabelRules labels;
  std::vector<Rgb> palette;        // colours of the labels; colour-coded truth is read through it
  bool has_fixed_palette = false;  // palette PNGs have these colours, in this order
  std::vector<int> color_types;    // PNG colour types of the truth; empty: any
  int bits = 0;                    // depth of the truth's PNGs; 0: any
  std::vector<LabelClass> classes;
  std::vector<std::string> seen_categories;  // of the training split; others are unseen
  int width = 0;  // size of every mask where the data set has one size, else 0
  int height = 0;
  int max_objects = 0;                 // ids a sequence may have, 0: not stated
  std::array<double, 2> spacing_mm{};  // of rows and of columns; 0: not stated

  // How frames are numbered and objects are given.
  bool from_zero = false;             // frames are numbered from 0
  bool dense = false;                 // every frame of the video has a mask
  bool first_masks_only = false;      // the public split has the masks of first frames only
  bool is_training = false;           // nobody is prompted in it
  bool ids_from_first_frame = false;  // no id above the largest of the first frame
  PromptRule prompts = PromptRule::first_frame;

  /// Whether a sequence is a single image with one annotation.
  bool has_single_images() const { return !masks.has_sequence_folder(); }
  /// Who is told of which object; in a training split nobody is.
  PromptRule judged_prompts() const { return is_training ? PromptRule::none : prompts; }
  /// Whether objects of the truth may overlap.
  bool has_overlaps() const {
    return storage == MaskStorage::objects || storage == MaskStorage::planes;
  }
  friend bool operator==(const BenchmarkDefinition&, const BenchmarkDefinition&) = default;
};

/// Names of the benchmarks that are built in, sorted.
std::vector<std::string> benchmark_names();

/// The built-in benchmark of this name, or, where `name_or_file` ends in ".json", the one in that
/// file. Throws Error{usage} for an unknown name (and lists the known ones), Error{input} for a bad
/// file (names the field).
BenchmarkDefinition load_benchmark(const std::string& name_or_file);

/// The file of a built-in benchmark, for who writes one that is like it. Error{usage} for an
/// unknown name.
std::string_view benchmark_text(const std::string& name);

/// Parses the text of a definition; `path` is used in messages.
BenchmarkDefinition parse_benchmark(std::string_view text, const std::string& path);

}  // namespace angiobench
