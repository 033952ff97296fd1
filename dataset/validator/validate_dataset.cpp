// SPDX-License-Identifier: MIT
#include "dataset/validator/validate_dataset.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdio>
#include <cstring>
#include <map>
#include <memory>
#include <numeric>
#include <optional>
#include <set>
#include <sstream>
#include <utility>

#include "dataset/files/digest.h"
#include "dataset/class_table.h"
#include "dataset/error.h"
#include "dataset/files/image_size.h"
#include "dataset/files/json_fields.h"
#include "dataset/files/text.h"
#include "dataset/parallel.h"
#include "dataset/sequence_index.h"
#include "dataset/validator/annotation_reader.h"
#include "dataset/finding_codes.h"
#include "dataset/validator/frame_facts.h"
#include "dataset/validator/mask_facts.h"
#include "dataset/validator/sequence_files.h"
#include "dataset/validator/sequence_tally.h"
#include "dataset/validator/sequence_walk.h"

namespace angiobench {
namespace {

// An object that never has more pixels than this is more likely a slip of the brush than an object.
constexpr std::uint32_t kFewPixels = 8;
// A second class of an instance counts from this share of its pixels on (outlines may differ by a
// pixel).
constexpr double kSecondClassShare = 0.02;

constexpr std::size_t kMaxClasses = 256;
using ClassCounts = std::array<std::uint32_t, kMaxClasses>;

// What the semantic mask of a frame says beside the instance mask.
struct SemanticRecord {
  bool exists = false;
  std::string trouble;            // why it could not be read
  bool has_wrong_colors = false;  // trouble: colours that are no class
  std::string disorder;           // the table's colours under other labels
  int foreign_color = -1;         // a label whose colour is not the table's
  int foreign_label = -1;         // a label outside the table
  int width = 0;
  int height = 0;
  std::uint32_t disagreements = 0;  // pixels that are background in one of the two only
  std::vector<std::pair<std::uint8_t, ClassCounts>> classes;  // instance -> pixels of each class
};

struct FrameRecord {
  Annotation annotation;
  std::optional<SemanticRecord> semantic;
  std::optional<ImageSize> image;   // where the image was looked at
  std::vector<IdOverlap> overlaps;  // with the frame before, where that was read just before
};

// What every worker reads and none changes.
struct Context {
  const SequenceIndex& index;
  const FileMaskSource& masks;
  const ValidationOptions& options;
  SemanticMasks semantic;
  std::vector<bool> has_thumbnail;  // of each sequence
};

// What a worker owns.
struct Worker {
  explicit Worker(const Context& context) : reader(context.masks), semantic_reader(context.masks) {}

  AnnotationReader reader;
  AnnotationReader semantic_reader;
  std::vector<std::uint8_t> bytes;
  LabelRuns before;  // of the frame that was read before, in `before_sequence`
  std::size_t before_sequence = static_cast<std::size_t>(-1);
  std::size_t before_frame = 0;
};

// What is known of a sequence before its masks are read, and what its frames add.
struct SequenceWork {
  SequenceImages images;
  SampledFrames sampled;  // frames whose image size and thumbnail are taken
};

// The highest label of the benchmark's table of classes.
int highest_class(const BenchmarkDefinition& benchmark) {
  return benchmark.classes.empty() ? kVoidLabel : benchmark.classes.back().id;
}

SemanticRecord read_semantic(const Context& context, Worker& worker, const Sequence& sequence,
                             std::string_view frame, const MaskLabels& ids) {
  SemanticRecord record;
  const FileTree& tree = *context.index.truth;
  const std::string relative =
      join_path(join_path(context.semantic.root, sequence.name), std::string(frame) + ".png");
  record.exists = tree.has_file(relative);
  if (!record.exists) return record;
  const Annotation annotation = worker.semantic_reader.read_png(relative, context.semantic.palette);
  if (annotation.trouble != Trouble::none) {
    record.trouble = annotation.message;
    record.has_wrong_colors = annotation.trouble == Trouble::color;
    return record;
  }
  record.disorder = annotation.disorder;
  record.foreign_color = annotation.foreign_label;
  record.width = annotation.facts.width;
  record.height = annotation.facts.height;
  const int highest = highest_class(context.index.benchmark);
  for (const LabelArea& area : annotation.facts.labels) {
    if (area.label > highest && record.foreign_label < 0) record.foreign_label = area.label;
  }
  if (record.width != ids.width || record.height != ids.height || record.foreign_label >= 0)
    return record;

  std::vector<ClassCounts> counts(256);
  // Where both are background is what is left.
  std::uint32_t rest =
      static_cast<std::uint32_t>(ids.width) * static_cast<std::uint32_t>(ids.height);
  for_each_pair(ids.runs, worker.semantic_reader.ids().runs,
                [&](int, int begin, int end, int instance, int kind) {
                  const auto pixels = static_cast<std::uint32_t>(end - begin);
                  counts[static_cast<std::size_t>(instance)][static_cast<std::size_t>(kind)] +=
                      pixels;
                  rest -= pixels;
                });
  counts[0][0] += rest;
  for (std::size_t label = 0; label < counts.size(); ++label) {
    for (std::size_t kind = 0; kind < kMaxClasses; ++kind) {
      if ((label == 0) != (kind == 0)) record.disagreements += counts[label][kind];
    }
    const bool occurs =
        std::ranges::any_of(counts[label], [](std::uint32_t count) { return count > 0; });
    if (label > 0 && occurs)
      record.classes.emplace_back(static_cast<std::uint8_t>(label), counts[label]);
  }
  return record;
}

FrameRecord read_frame(const Context& context, Worker& worker, std::size_t at, std::size_t position,
                       SequenceWork& work) {
  const Sequence& sequence = context.index.sequences[at];
  const FileTree& tree = *context.index.truth;
  const std::string_view frame = sequence.frames[position];
  FrameRecord record;
  record.annotation = worker.reader.read(sequence, frame);
  if (record.annotation.trouble == Trouble::none) record.annotation.path.clear();
  const MaskLabels& ids = worker.reader.ids();
  if (!context.index.benchmark.has_overlaps() && !context.index.benchmark.has_single_images()) {
    if (worker.before_sequence == at && worker.before_frame + 1 == position && ids.width > 0)
      record.overlaps = overlaps_of(ids, worker.before.view());
    worker.before_sequence = ids.width > 0 ? at : static_cast<std::size_t>(-1);
    worker.before_frame = position;
    if (ids.width > 0) worker.before = LabelRuns(ids);
  }
  if (!context.semantic.root.empty() && ids.width > 0) {
    record.semantic = read_semantic(context, worker, sequence, frame, ids);
  }
  if (!work.sampled.contains(position)) return record;
  if (context.has_thumbnail[at] && ids.width > 0)
    work.sampled.take(position, ids, frame, context.options.thumbnail_side);
  if (const auto image = work.images.names.find(frame)) {
    const std::string file = join_path(sequence.images, work.images.files[*image]);
    if (tree.read(file, worker.bytes)) record.image = image_size(worker.bytes);
  }
  return record;
}

// --- what the frames of a sequence say together ---

class SequenceCheck {
 public:
  SequenceCheck(const Context& context, const Sequence& sequence, SequenceWork& work,
                const std::vector<FrameRecord>& records, FindingCollector& findings)
      : context_(context),
        benchmark_(context.index.benchmark),
        sequence_(sequence),
        work_(work),
        records_(records),
        findings_(findings) {}

  SequenceStatistics run() {
    statistics_.frames = work_.images.names.size();
    if (statistics_.frames == 0) statistics_.frames = static_cast<std::uint64_t>(sequence_.length);
    collect();
    check_sizes();
    check_forms();
    check_semantic();
    check_counts();
    check_jumps();
    check_void_labels();
    check_prompts();
    check_groups();
    check_meta();
    work_.sampled.move_into(statistics_);
    return std::move(statistics_);
  }

  // Equal for sequences whose masks are equal; 0 where that says nothing.
  std::uint64_t chain() const { return chain_; }

 private:
  std::string path_of(std::size_t position, int object = -1) const {
    return context_.masks.display(sequence_, sequence_.frames[position], object);
  }

  void add(std::string_view code, std::string message, std::size_t position, int object = -1) {
    findings_.add(code, std::move(message), path_of(position), sequence_.frames[position], object);
  }

  // Goes over the masks once: troubles, labels, objects, digest.
  void collect() {
    SequenceTally tally(sequence_);
    std::size_t readable_with_objects = 0;
    chain_ = 0x6A09E667F3BCC908ULL;
    for (std::size_t i = 0; i < records_.size(); ++i) {
      const Annotation& annotation = records_[i].annotation;
      if (annotation.trouble != Trouble::none) {
        add_trouble(annotation, i);
        continue;
      }
      tally.add_mask(i, annotation);
      chain_ = (chain_ ^ annotation.facts.fingerprint) * 0x9E3779B97F4A7C15ULL;
      if (!check_labels(annotation, i)) continue;
      const std::map<int, std::uint32_t> pixels = pixels_of(annotation.facts);
      tally.add_objects(i, pixels, tally.first_readable());
      readable_with_objects += pixels.empty() ? 0 : 1;
    }
    if (readable_with_objects < 2) chain_ = 0;
    tally.finish(statistics_);
  }

  void add_trouble(const Annotation& annotation, std::size_t position) {
    std::string_view code = annotation.trouble == Trouble::not_binary ? "D065" : "D020";
    if (annotation.trouble == Trouble::color) code = "D047";
    if (benchmark_.storage == MaskStorage::planes) code = "D063";
    const bool is_semantic = benchmark_.task == Task::semantic;
    if (is_semantic && annotation.trouble == Trouble::color) code = "D055";
    findings_.add(code, annotation.message, annotation.path, sequence_.frames[position],
                  annotation.object);
  }

  // Stray values and ids out of range. Returns whether the labels may be taken for objects.
  bool check_labels(const Annotation& annotation, std::size_t position) {
    if (benchmark_.has_overlaps()) return true;
    std::array<bool, 256> allowed{};
    const bool known = !benchmark_.labels.truth_values.empty();
    for (std::size_t i = 0; known && i < allowed.size(); ++i)
      allowed[i] = benchmark_.labels.truth_values[i];
    const std::span<const bool> labels =
        known ? std::span<const bool>(allowed) : std::span<const bool>();
    if (has_stray_values(annotation.facts, labels)) {
      add("D026",
          std::to_string(annotation.facts.labels.size()) + " different values, " +
              std::to_string(annotation.facts.ramp_pixels) +
              " pixels with a value between their neighbours', " +
              std::to_string(annotation.facts.lonely_pixels) + " unlike all of them",
          position);
      return false;
    }
    const bool has_many = has_several_values(annotation.facts);
    if (has_many) {
      add("D066", "the values " + values_text(annotation.facts) + "; expected 0 and one other",
          position);
    }
    const bool is_semantic = benchmark_.task == Task::semantic;
    for (const LabelArea& area : annotation.facts.labels) {
      if (known && !allowed[area.label] && !has_many) {
        add(is_semantic ? "D050" : "D027",
            (is_semantic ? "the class " : "the value ") + std::to_string(area.label) + " on " +
                std::to_string(area.pixels) + " pixels; expected " + range_text(),
            position, area.label);
      }
      if (area.label == benchmark_.labels.void_label) {
        ++void_frames_;
        if (void_frames_ == 1)
          add("D028", std::to_string(area.pixels) + " pixels are void", position);
      }
    }
    return true;
  }

  // Of a mask that has one object and nothing else.
  bool has_several_values(const MaskFacts& facts) const {
    return benchmark_.task == Task::binary &&
           std::ranges::count_if(facts.labels, [&](const LabelArea& area) {
             return area.label != 0 && area.label != benchmark_.labels.void_label;
           }) > 1;
  }

  static std::string values_text(const MaskFacts& facts) {
    constexpr std::size_t kShown = 8;
    std::string text;
    for (std::size_t i = 0; i < std::min(kShown, facts.labels.size()); ++i)
      text += (i == 0 ? "" : ", ") + std::to_string(facts.labels[i].label);
    return text + (facts.labels.size() > kShown ? ", …" : "");
  }

  std::string range_text() const {
    std::vector<std::size_t> labels;
    for (std::size_t i = 0; i < benchmark_.labels.truth_values.size(); ++i) {
      if (benchmark_.labels.truth_values[i]) labels.push_back(i);
    }
    if (labels.back() + 1 == labels.size()) return "0 to " + std::to_string(labels.back());
    std::string text;
    for (const std::size_t label : labels)
      text += (text.empty() ? "" : ", ") + std::to_string(label);
    return text.size() < 40
               ? text
               : "0 to " + std::to_string(context_.index.benchmark.max_objects) + " or 255";
  }

  // "the colour of label 1 is not (85, 170, 255) as the table has it (vessel)"
  std::string foreign_color_text(int label) const {
    const auto one = std::ranges::find(benchmark_.classes, label, &LabelClass::id);
    std::string expected;
    if (one != benchmark_.classes.end()) {
      expected = ", expected (" + std::to_string(one->color[0]) + ", " +
                 std::to_string(one->color[1]) + ", " + std::to_string(one->color[2]) + "), " +
                 one->name;
    }
    return "the colour of label " + std::to_string(label) + " is not the table's" + expected;
  }

  // Object -> pixels.
  std::map<int, std::uint32_t> pixels_of(const MaskFacts& facts) const {
    std::map<int, std::uint32_t> pixels;
    const bool has_labels = !benchmark_.has_overlaps();
    for (const LabelArea& area : facts.labels) {
      const int id = has_labels ? benchmark_.labels.truth_ids[area.label] : area.label - 1;
      if (has_labels && id == 0) continue;
      if (area.pixels > 0) pixels[id] += area.pixels;
    }
    return pixels;
  }

  void check_sizes() {
    const BenchmarkDefinition& benchmark = context_.index.benchmark;
    const int width = benchmark.width > 0 ? benchmark.width : statistics_.width;
    const int height = benchmark.height > 0 ? benchmark.height : statistics_.height;
    for (std::size_t i = 0; i < records_.size(); ++i) {
      const FrameRecord& record = records_[i];
      const MaskFacts& facts = record.annotation.facts;
      if (record.annotation.trouble != Trouble::none) continue;
      if (facts.width != width || facts.height != height) {
        add("D021", size_text(facts.width, facts.height) + "; expected " + size_text(width, height),
            i);
      } else if (record.image &&
                 (record.image->width != facts.width || record.image->height != facts.height)) {
        add("D022",
            "the mask has " + size_text(facts.width, facts.height) + ", its frame " +
                size_text(record.image->width, record.image->height) +
                turned_words(facts.width, facts.height, record.image->width, record.image->height),
            i);
      }
    }
  }

  // Colour type, depth and palette: one finding a sequence each, with the number of files.
  void check_forms() {
    static constexpr std::array<std::string_view, 7> kNames = {"grey",         "", "RGB", "palette",
                                                               "grey + alpha", "", "RGBA"};
    struct Group {
      std::size_t first = 0;
      std::uint64_t count = 0;
      std::string message;
    };
    std::map<std::pair<std::string_view, int>, Group> groups;
    const auto note = [&](std::string_view code, int kind, std::size_t position,
                          std::string message) {
      Group& group = groups[{code, kind}];
      if (group.count++ == 0) {
        group.first = position;
        group.message = std::move(message);
      }
    };
    for (std::size_t i = 0; i < records_.size(); ++i) {
      const Annotation& annotation = records_[i].annotation;
      if (annotation.trouble != Trouble::none || annotation.color_type < 0) continue;
      const auto type = static_cast<std::size_t>(annotation.color_type);
      if (!benchmark_.color_types.empty() &&
          std::ranges::find(benchmark_.color_types, annotation.color_type) ==
              benchmark_.color_types.end()) {
        const auto expected = static_cast<std::size_t>(benchmark_.color_types.front());
        note("D023", annotation.color_type, i,
             std::string(kNames[type]) + "; expected " + std::string(kNames[expected]));
      }
      if (benchmark_.bits > 0 && annotation.bit_depth != benchmark_.bits) {
        note("D024", annotation.bit_depth, i,
             std::to_string(annotation.bit_depth) + " bits; expected " +
                 std::to_string(benchmark_.bits));
      }
      if (benchmark_.task == Task::semantic && !annotation.disorder.empty()) {
        note("D055", 0, i, annotation.disorder);
      } else if (annotation.foreign_label >= 0) {
        const bool is_semantic = benchmark_.task == Task::semantic;
        note(is_semantic ? "D054" : "D025", 0, i,
             is_semantic ? foreign_color_text(annotation.foreign_label)
                         : "the colour of label " + std::to_string(annotation.foreign_label) +
                               " is not that of the VOC map");
      }
    }
    for (auto& [key, group] : groups) {
      if (group.count > 1)
        group.message += " (" + std::to_string(group.count) + " masks of this sequence)";
      findings_.add_many(key.first, group.count, group.message, path_of(group.first),
                         sequence_.frames[group.first]);
    }
  }

  void check_semantic() {
    if (context_.semantic.root.empty()) return;
    const FileTree& tree = *context_.index.truth;
    const std::string folder = join_path(context_.semantic.root, sequence_.name);
    std::map<int, ClassCounts> classes;
    for (std::size_t i = 0; i < records_.size(); ++i) {
      if (!records_[i].semantic) continue;
      const SemanticRecord& semantic = *records_[i].semantic;
      const std::string path =
          tree.display_path(join_path(folder, std::string(sequence_.frames[i]) + ".png"));
      const std::string_view frame = sequence_.frames[i];
      if (!semantic.exists) {
        findings_.add("D052", "no semantic mask beside the instance mask", path, frame);
      } else if (!semantic.trouble.empty()) {
        findings_.add(semantic.has_wrong_colors ? "D055" : "D020", semantic.trouble, path, frame);
      } else if (semantic.foreign_label >= 0) {
        findings_.add("D050",
                      "the semantic label " + std::to_string(semantic.foreign_label) +
                          "; expected 0 to " +
                          std::to_string(highest_class(context_.index.benchmark)),
                      path, frame);
      } else if (semantic.width != records_[i].annotation.facts.width ||
                 semantic.height != records_[i].annotation.facts.height) {
        findings_.add(
            "D021",
            size_text(semantic.width, semantic.height) + "; expected the instance mask's " +
                size_text(records_[i].annotation.facts.width, records_[i].annotation.facts.height),
            path, frame);
      } else if (semantic.disagreements > 0) {
        findings_.add("D051",
                      std::to_string(semantic.disagreements) +
                          " pixels are background in one mask and not in the other",
                      path, frame);
      }
      if (!semantic.disorder.empty()) {
        findings_.add("D055", semantic.disorder, path, frame);
      } else if (semantic.foreign_color >= 0) {
        findings_.add("D054", foreign_color_text(semantic.foreign_color), path, frame);
      }
      for (const auto& [id, counts] : semantic.classes) {
        for (std::size_t kind = 1; kind < kMaxClasses; ++kind) classes[id][kind] += counts[kind];
      }
    }
    for (const std::string& file : tree.files(folder)) {
      if (!file.ends_with(".png") ||
          sequence_.frames.find(std::string_view(file).substr(0, file.size() - 4)))
        continue;
      findings_.add("D052", "no instance mask beside the semantic mask",
                    tree.display_path(join_path(folder, file)));
    }
    const std::vector<LabelClass>& names = benchmark_.classes;
    for (const auto& [id, counts] : classes) {
      const double total = std::accumulate(counts.begin(), counts.end(), 0.0);
      std::string found;
      int num_classes = 0;
      for (const LabelClass& one : names) {
        const std::uint32_t pixels = counts[static_cast<std::size_t>(one.id)];
        if (one.id == 0 || pixels < kSecondClassShare * total || pixels == 0) continue;
        ++num_classes;
        found += (found.empty() ? "" : ", ") + one.name;
      }
      if (num_classes > 1)
        findings_.add("D053", object_text(id) + " is " + found, tree.display_path(folder), {}, id);
    }
  }

  void check_counts() {
    const bool has_objects = !statistics_.objects.empty();
    const std::string folder = context_.index.truth->display_path(sequence_.folder);
    if (!benchmark_.has_single_images() && statistics_.annotated_frames == 1) {
      const bool is_single = !benchmark_.first_masks_only || statistics_.frames == 1;
      if (is_single)
        findings_.add("D007", "one annotated frame, " + std::string(sequence_.frames[0]), folder);
    }
    if (!has_objects && statistics_.readable_frames > 0 &&
        statistics_.empty_masks == statistics_.readable_frames) {
      findings_.add("D039", "every mask is empty", folder);
    }
    // Classes come and go, and have no numbering of their own.
    if (benchmark_.has_single_images() || benchmark_.task != Task::objects) return;
    std::string ids;
    for (const ObjectStatistics& object : statistics_.objects) {
      ids += (ids.empty() ? "" : ", ") + std::to_string(object.id);
      if (object.max_pixels <= kFewPixels) {
        findings_.add("D038",
                      object_text(object.id) + " has at most " + std::to_string(object.max_pixels) +
                          " pixels, in " + std::to_string(object.frames) + " frames",
                      folder, object.first_frame, object.id);
      }
    }
    // Ids that a rule gives to every label say nothing of gaps.
    const bool counts_from_one = !benchmark_.has_overlaps() && benchmark_.labels.truth_ids[1] == 1;
    if (counts_from_one && has_objects && !has_void_labels() &&
        statistics_.objects.back().id != static_cast<int>(statistics_.objects.size())) {
      findings_.add("D037", "the ids are " + ids, folder);
    }
  }

  // Objects that change places from a frame to the next: they were numbered image by image.
  void check_jumps() {
    struct Jumps {
      std::vector<std::size_t> frames;
      double crossed = 0;
      double straight = 0;
    };
    std::map<std::pair<int, int>, Jumps> jumps;
    for (std::size_t i = 1; i < records_.size(); ++i) {
      if (records_[i].overlaps.empty()) continue;
      const std::map<int, std::uint32_t> here = pixels_of(records_[i].annotation.facts);
      const std::map<int, std::uint32_t> before = pixels_of(records_[i - 1].annotation.facts);
      for (const ExchangedIds& found : exchanged_ids(here, before, records_[i].overlaps)) {
        Jumps& one = jumps[{found.first, found.second}];
        one.frames.push_back(i);
        one.crossed += found.crossed;
        one.straight += found.straight;
      }
    }
    const auto mean_text = [](double sum, std::size_t count) {
      char digits[16];
      std::snprintf(digits, sizeof digits, "%.2f", sum / static_cast<double>(count));
      return std::string(digits);
    };
    for (const auto& [ids, found] : jumps) {
      const std::vector<std::size_t>& frames = found.frames;
      findings_.add_many(
          "D045", frames.size(),
          "ids " + std::to_string(ids.first) + " and " + std::to_string(ids.second) +
              " jump to each other's places in " + list_frames(sequence_.frames, frames) +
              " (IoU with the other's place in the frame before " +
              mean_text(found.crossed, frames.size()) + ", with the own " +
              mean_text(found.straight, frames.size()) + ")",
          context_.index.truth->display_path(sequence_.folder), sequence_.frames[frames.front()]);
    }
  }

  std::string void_labels() const {
    if (benchmark_.has_overlaps()) return {};
    std::vector<int> ids;
    for (const ObjectStatistics& object : statistics_.objects) ids.push_back(object.id);
    return void_label_words(ids);
  }
  bool has_void_labels() const { return !void_labels().empty(); }

  void check_void_labels() {
    if (const std::string words = void_labels(); !words.empty())
      findings_.add("D046", words, context_.index.truth->display_path(sequence_.folder));
  }

  ObjectStatistics* find_object(int id) {
    for (ObjectStatistics& object : statistics_.objects) {
      if (object.id == id) return &object;
    }
    return nullptr;
  }

  bool shows(const ObjectStatistics& object, std::size_t position) const {
    return std::ranges::any_of(object.runs, [&](const auto& run) {
      return run.first <= position && position <= run.second;
    });
  }

  // Who is told of which object when: sets ObjectStatistics::prompt and compares it with the masks.
  void check_prompts() {
    if (benchmark_.judged_prompts() == PromptRule::none) return;
    const std::string folder = context_.index.truth->display_path(sequence_.folder);
    if (!sequence_.prompts.empty()) {
      check_listed_prompts();
    } else if (benchmark_.judged_prompts() == PromptRule::meta &&
               !sequence_.object_frames.empty()) {
      for (ObjectStatistics& object : statistics_.objects) {
        const auto at = sequence_.object_frames.find(object.id);
        if (at != sequence_.object_frames.end() && !at->second.empty())
          object.prompt = at->second.front();
      }
      return;
    } else {
      for (ObjectStatistics& object : statistics_.objects) {
        if (!object.late) object.prompt = sequence_.frames[0];
      }
    }
    // A sequence that the json forgot has a finding of its own.
    const bool is_forgotten = sequence_.prompts.empty() && !context_.index.meta_videos.empty() &&
                              !context_.index.meta_videos.contains(sequence_.name);
    if (is_forgotten) return;
    for (const ObjectStatistics& object : statistics_.objects) {
      if (!object.prompt.empty()) continue;
      findings_.add("D030",
                    object_text(object.id) + " is first shown in " + object.first_frame +
                        (sequence_.prompts.empty() ? ", after the first annotated frame"
                                                   : ", which no prompt names"),
                    folder, object.first_frame, object.id);
    }
  }

  void check_listed_prompts() {
    const std::string folder = context_.index.truth->display_path(sequence_.folder);
    for (const auto& [frame, ids] : sequence_.prompts) {
      const auto position = sequence_.frames.find(frame);
      if (!position) {
        findings_.add(
            "D031",
            "a prompt of " + sequence_.name + " in " + frame + "; expected a frame with a mask",
            context_.index.meta_file, frame);
        continue;
      }
      for (const int id : ids) {
        ObjectStatistics* const object = find_object(id);
        if (object == nullptr || !shows(*object, *position)) {
          findings_.add("D032",
                        "a prompt for object " + std::to_string(id) + "; the mask of " + frame +
                            " does not show it",
                        context_.index.meta_file, frame, id);
          if (object != nullptr && object->prompt.empty()) object->prompt = frame;
          continue;
        }
        if (object->prompt.empty()) object->prompt = frame;
      }
      // Without ids, whoever is new in the frame is prompted there.
      if (!ids.empty()) continue;
      for (ObjectStatistics& object : statistics_.objects) {
        if (object.prompt.empty() && shows(object, *position)) object.prompt = frame;
      }
    }
    for (const ObjectStatistics& object : statistics_.objects) {
      const auto prompt = sequence_.frames.find(object.prompt);
      if (!prompt || object.prompt <= object.first_frame) continue;
      const std::uint64_t early = frames_before(object, *prompt);
      findings_.add_many("D033", early,
                         object_text(object.id) + " is prompted in " + object.prompt +
                             " but there from " + object.first_frame + " on",
                         folder, object.first_frame, object.id);
    }
  }

  static std::uint64_t frames_before(const ObjectStatistics& object, std::size_t position) {
    std::uint64_t count = 0;
    for (const auto& [first, last] : object.runs) {
      if (first < position) count += std::min<std::size_t>(last + 1, position) - first;
    }
    return count;
  }

  void check_groups() {
    const bool has_groups = !sequence_.seen_objects.empty() || !sequence_.unseen_objects.empty();
    if (!has_groups || benchmark_.judged_prompts() != PromptRule::listed) return;
    const std::string& path = context_.index.meta_file;
    for (const ObjectStatistics& object : statistics_.objects) {
      const bool seen = sequence_.seen_objects.contains(object.id);
      const bool unseen = sequence_.unseen_objects.contains(object.id);
      if (seen && unseen)
        findings_.add("D036", object_text(object.id) + " is listed as seen and as unseen", path, {},
                      object.id);
      if (!seen && !unseen)
        findings_.add("D036", object_text(object.id) + " is in the masks and in neither group",
                      path, {}, object.id);
    }
    for (const std::set<int>* const group : {&sequence_.seen_objects, &sequence_.unseen_objects}) {
      for (const int id : *group) {
        if (find_object(id) == nullptr)
          findings_.add("D036", object_text(id) + " is in a group and in no mask", path, {}, id);
      }
    }
  }

  void check_meta() {
    const std::string& path = context_.index.meta_file;
    if (!sequence_.meta_objects.empty() && benchmark_.judged_prompts() != PromptRule::listed) {
      for (const ObjectStatistics& object : statistics_.objects) {
        if (!sequence_.meta_objects.contains(object.id)) {
          findings_.add("D041", object_text(object.id) + " is in the masks and not in the json",
                        path, object.first_frame, object.id);
        }
      }
    }
    for (const auto& [id, frames] : sequence_.object_frames) {
      if (frames.empty()) continue;
      const std::string& first = frames.front();
      const auto position = sequence_.frames.find(first);
      ObjectStatistics* const object = find_object(id);
      if (!position) {
        findings_.add("D041", object_text(id) + " starts in " + first + ", which has no mask", path,
                      first, id);
      } else if (object == nullptr || !shows(*object, *position)) {
        findings_.add("D041",
                      object_text(id) + " starts in " + first + ", whose mask does not show it",
                      path, first, id);
      } else if (object->first_frame < first) {
        findings_.add("D041",
                      object_text(id) + " starts in " + first + " but is there from " +
                          object->first_frame + " on",
                      path, first, id);
      }
    }
    if (sequence_.length > 0) {
      const std::uint64_t images = work_.images.names.size();
      const auto length = static_cast<std::uint64_t>(sequence_.length);
      if (images > 0 && images != length) {
        findings_.add("D041",
                      "length " + std::to_string(length) + " for " + sequence_.name +
                          "; there are " + std::to_string(images) + " frames",
                      path);
      } else if (images == 0 && statistics_.annotated_frames > length) {
        findings_.add("D041",
                      "length " + std::to_string(length) + " for " + sequence_.name +
                          "; there are " + std::to_string(statistics_.annotated_frames) + " masks",
                      path);
      }
    }
    const bool has_size =
        sequence_.meta_width > 0 && sequence_.meta_height > 0 && statistics_.width > 0;
    if (has_size && (sequence_.meta_width != statistics_.width ||
                     sequence_.meta_height != statistics_.height)) {
      findings_.add("D041",
                    "size " + size_text(sequence_.meta_width, sequence_.meta_height) + " for " +
                        sequence_.name + "; the masks have " +
                        size_text(statistics_.width, statistics_.height),
                    path);
    }
  }

  const Context& context_;
  const BenchmarkDefinition& benchmark_;
  const Sequence& sequence_;
  SequenceWork& work_;
  const std::vector<FrameRecord>& records_;
  FindingCollector& findings_;
  SequenceStatistics statistics_;
  std::uint64_t chain_ = 0;
  std::size_t void_frames_ = 0;
};

// --- what belongs to no single sequence ---

// Split files against each other and against the folders.
void check_splits(const SequenceIndex& index, FindingCollector& findings) {
  const FileTree& tree = *index.truth;
  if (index.split_file.empty() || !index.split_file.ends_with(".txt")) return;
  const std::string path = tree.display_path(index.split_file);
  const std::vector<std::string> lines = parse_split(read_text(tree, index.split_file));
  std::set<std::string> ours;
  for (const std::string& name : lines) {
    if (!ours.insert(name).second) findings.add("D004", "'" + name + "' stands here twice", path);
  }
  std::set<std::string> listed = ours;
  const std::string folder = parent_path(index.split_file);
  for (const std::string& file : tree.files(folder)) {
    const std::string other = join_path(folder, file);
    if (!file.ends_with(".txt") || other == index.split_file) continue;
    const std::vector<std::string> names = parse_split(read_text(tree, other));
    listed.insert(names.begin(), names.end());
    // "trainval.txt" and the like are unions by design.
    const bool is_union = file.find("trainval") != std::string::npos || file.starts_with("all");
    if (is_union) continue;
    const std::set<std::string> theirs(names.begin(), names.end());
    for (const std::string& name : theirs) {
      if (ours.contains(name))
        findings.add("D002", "'" + name + "' stands here and in " + file, path);
    }
  }
  for (const std::string& name : tree.folders(index.annotations)) {
    if (!listed.contains(name))
      findings.add("D003", "the sequence '" + name + "' is in no split file",
                   tree.display_path(join_path(index.annotations, name)));
  }
}

void check_meta_videos(const SequenceIndex& index, bool is_subset, FindingCollector& findings) {
  if (index.meta_videos.empty()) return;
  std::set<std::string> names;
  for (const Sequence& sequence : index.sequences) names.insert(sequence.name);
  for (const std::string& name : names) {
    if (!index.meta_videos.contains(name))
      findings.add("D034", "no entry for the sequence '" + name + "'", index.meta_file);
  }
  // Where the json stands for the split, the index told what it names and is not there (D016).
  if (is_subset || index.split_file.empty()) return;
  const std::vector<std::string> folders = index.truth->folders(index.annotations);
  const std::set<std::string> present(folders.begin(), folders.end());
  for (const std::string& name : index.meta_videos) {
    if (!names.contains(name) && !present.contains(name)) {
      findings.add("D035", "an entry for '" + name + "', which has no masks", index.meta_file);
    }
  }
}

// Empty folders that nobody promised.
void check_empty_folders(const SequenceIndex& index, FindingCollector& findings) {
  if (!index.split_file.empty() || index.benchmark.has_single_images()) return;
  std::set<std::string> names;
  for (const Sequence& sequence : index.sequences) names.insert(sequence.name);
  for (const std::string& name : index.truth->folders(index.annotations)) {
    const std::string folder = join_path(index.annotations, name);
    const bool is_empty =
        index.truth->files(folder).empty() && index.truth->folders(folder).empty();
    if (!names.contains(name) && (is_empty || index.annotations != ".")) {
      if (is_empty) findings.add("D006", "an empty folder", index.truth->display_path(folder));
    }
  }
}

// DIAS: image_s<n>_i<frame>.png belongs to label_s<n>.png.
void check_dias(const SequenceIndex& index, FindingCollector& findings) {
  if (index.images.empty()) return;
  std::map<std::string, std::uint64_t> images;  // "s7" -> how many
  for (const std::string& file : index.truth->files(index.images)) {
    const std::size_t end = file.rfind("_i");
    if (file.starts_with("image_s") && end != std::string::npos) ++images[file.substr(6, end - 6)];
  }
  for (const Sequence& sequence : index.sequences) {
    if (images.erase(sequence.name) == 0) {
      findings.add("D062", "no image_" + sequence.name + "_i*.png for this label",
                   index.masks->display(sequence, sequence.frames[0]));
    }
  }
  for (const auto& [name, count] : images) {
    findings.add("D062",
                 std::to_string(count) + " images of " + name + " and no label_" + name + ".png",
                 index.truth->display_path(index.images));
  }
}

// Whether label_dict ({"0": "lung"} or {"lung": 0}) calls its label 0 the background.
bool is_background_first(const Json& labels) {
  if (!labels.is_object()) return false;
  return std::ranges::any_of(labels.items(), [](const auto& entry) {
    if (entry.value().is_string())
      return entry.key() == "0" && is_called_background(entry.value().template get<std::string>());
    return entry.value() == 0 && is_called_background(entry.key());
  });
}

void check_paxray(const SequenceIndex& index, const std::vector<SequenceStatistics>& sequences,
                  FindingCollector& findings) {
  if (index.split_file.empty()) return;
  const std::string path = index.truth->display_path(index.split_file);
  const Json document = parse_json(read_text(*index.truth, index.split_file), path);
  const auto labels = document.find("label_dict");
  const std::size_t num_labels = labels != document.end() ? labels->size() : 0;
  if (labels != document.end() && is_background_first(*labels))
    findings.add("D067", "label 0 is the background", path);
  if (num_labels > 0) {
    for (const SequenceStatistics& sequence : sequences) {
      if (sequence.readable_frames > 0 && sequence.objects.size() > num_labels) {
        findings.add("D064",
                     "label_dict has " + std::to_string(num_labels) + " labels; " + sequence.name +
                         " has " + std::to_string(sequence.objects.size()),
                     path);
      }
    }
  }
  const auto entries = document.find(index.benchmark.split);
  if (entries == document.end() || !entries->is_array()) return;
  for (const Json& entry : *entries) {
    const auto image = entry.find("image");
    if (image == entry.end() || !image->is_string()) continue;
    const std::string relative =
        join_path(parent_path(index.split_file), image->get<std::string>());
    const std::string beside = join_path(index.images, image->get<std::string>());
    if (!index.truth->has_file(relative) && !index.truth->has_file(beside)) {
      findings.add("D064",
                   "names the image '" + image->get<std::string>() + "', which is not there", path);
    }
  }
}

// Lesion boxes of CADICA's public release: "x y width height label" a line.
void check_boxes(const FileTree& tree, const std::string& video, FindingCollector& findings) {
  std::vector<std::uint8_t> bytes;
  const std::string folder = join_path(video, "groundtruth");
  for (const std::string& file : tree.files(folder)) {
    if (!file.ends_with(".txt")) continue;
    const std::string relative = join_path(folder, file);
    const std::string path = tree.display_path(relative);
    const std::string frame = file.substr(0, file.size() - 4);
    std::optional<ImageSize> image;
    if (tree.read(join_path(join_path(video, "input"), frame + ".png"), bytes))
      image = image_size(bytes);
    std::istringstream lines(read_text(tree, relative));
    std::string line;
    for (int number = 1; std::getline(lines, line); ++number) {
      std::istringstream fields(line);
      double x = 0;
      double y = 0;
      double width = 0;
      double height = 0;
      if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
      const std::string where = "line " + std::to_string(number);
      if (!(fields >> x >> y >> width >> height)) {
        findings.add("D061", where + " is no box; expected 'x y width height label'", path, frame);
      } else if (x < 0 || y < 0 || width <= 0 || height <= 0 ||
                 (image && (x + width > image->width || y + height > image->height))) {
        findings.add("D061", where + " leaves the image", path, frame);
      }
    }
  }
}

// The videos of CADICA's release (selectedVideos/pX/vY), with their boxes checked.
std::vector<SequenceStatistics> list_cadica(const FileTree& tree, FindingCollector& findings) {
  std::vector<SequenceStatistics> videos;
  const std::string top = "selectedVideos";
  for (const std::string& patient : tree.folders(top)) {
    for (const std::string& video : tree.folders(join_path(top, patient))) {
      const std::string folder = join_path(join_path(top, patient), video);
      SequenceStatistics statistics;
      statistics.name = patient + "_" + video;
      statistics.frames = tree.files(join_path(folder, "input")).size();
      if (statistics.frames == 0) continue;
      videos.push_back(std::move(statistics));
      check_boxes(tree, folder, findings);
    }
  }
  std::ranges::sort(videos, {}, &SequenceStatistics::name);
  return videos;
}

Validation validate_boxes(const std::string& root, Validation validation) {
  const std::unique_ptr<FileTree> tree = open_file_tree(root, {}, FolderLinks::follow);
  FindingCollector findings("", 0);
  validation.sequences = list_cadica(*tree, findings);
  if (validation.sequences.empty()) {
    throw Error(ErrorKind::input, root, "neither masks nor selectedVideos/pX/vY/input",
                "CADICA, or masks as <sequence>/<frame>.png");
  }
  findings.add("D060",
               std::to_string(validation.sequences.size()) +
                   " videos with lesion boxes and without masks: nothing can be scored",
               tree->display_path("selectedVideos"));
  findings.move_into(validation);
  add_totals(validation);
  return validation;
}

void check_copies(const std::vector<std::uint64_t>& chains, const SequenceIndex& index,
                  FindingCollector& findings) {
  std::map<std::uint64_t, std::size_t> first_with;
  for (std::size_t i = 0; i < chains.size(); ++i) {
    if (chains[i] == 0) continue;
    const auto [at, is_new] = first_with.emplace(chains[i], i);
    if (!is_new) {
      findings.add("D015",
                   "'" + index.sequences[i].name + "' has the masks of '" +
                       index.sequences[at->second].name + "'",
                   index.truth->display_path(index.sequences[i].folder));
    }
  }
}

// Whether a whole official split has the masks that were released.
void check_release(const Validation& validation, const SequenceIndex& index,
                   FindingCollector& findings) {
  const BenchmarkDefinition& benchmark = index.benchmark;
  if (benchmark.digest.empty() || validation.digest == benchmark.digest) return;
  const bool is_whole =
      std::ranges::equal(benchmark.sequences, index.sequences, {}, {}, &Sequence::name);
  if (is_whole)
    findings.add("D018",
                 "the digest is " + validation.digest + "; released was " + benchmark.digest,
                 index.truth->display_path(index.annotations));
}

}  // namespace

Validation validate_dataset(const std::string& root, const BenchmarkDefinition& benchmark,
                            const ValidationOptions& options) {
  Validation validation = begin_validation("dataset", root, benchmark);

  IndexOptions index_options;
  index_options.meta_file = options.meta_file;
  index_options.sequences = options.sequences;
  index_options.problems = IndexProblems::report;
  SequenceIndex index;
  try {
    index = index_ground_truth(root, benchmark, index_options);
  } catch (const Error& error) {
    if (benchmark.layout != Layout::cadica || error.kind() != ErrorKind::inconclusive) throw;
    return validate_boxes(root, std::move(validation));
  }
  const FileMaskSource masks(index.truth, benchmark, MaskRole::truth);
  Context context{index, masks, options, semantic_masks_of(index),
                  spread(index.sequences.size(), options.max_thumbnails)};

  // What the index found, and what belongs to no single sequence.
  FindingCollector general("", 0);
  for (const Finding& finding : index.findings) {
    general.add(finding.code, finding.message, finding.path, finding.frame, finding.object);
  }
  check_splits(index, general);
  check_meta_videos(index, !options.sequences.empty(), general);
  check_empty_folders(index, general);
  if (benchmark.layout == Layout::dias) check_dias(index, general);
  if (benchmark.layout == Layout::cadica) list_cadica(*index.truth, general);

  // Read all masks; the thread that finishes a sequence's last chunk sums it up.
  std::vector<std::uint64_t> chains(index.sequences.size());
  std::vector<FindingCollector> findings = walk_sequences<FrameRecord, SequenceWork, Worker>(
      index, options, validation, [&] { return std::make_unique<Worker>(context); },
      [&](std::size_t at, FindingCollector& found) {
        const Sequence& sequence = index.sequences[at];
        SequenceWork work;
        work.sampled = SampledFrames(sequence.frames.size());
        if (!benchmark.has_single_images()) work.images = list_images(index, sequence);
        check_sequence_files(index, sequence, work.images, found);
        return work;
      },
      [&](Worker& worker, std::size_t at, std::size_t begin, std::size_t end, SequenceWork& work) {
        std::vector<FrameRecord> records;
        records.reserve(end - begin);
        for (std::size_t i = begin; i < end; ++i)
          records.push_back(read_frame(context, worker, at, i, work));
        return records;
      },
      [&](std::size_t at, SequenceWork& work, const std::vector<FrameRecord>& records,
          FindingCollector& found) {
        SequenceCheck check(context, index.sequences[at], work, records, found);
        SequenceStatistics statistics = check.run();
        chains[at] = check.chain();
        check_frame_facts(index, index.sequences[at], work.images, options.frame_values, found);
        return statistics;
      });

  check_copies(chains, index, general);
  if (benchmark.layout == Layout::paxray) check_paxray(index, validation.sequences, general);
  add_totals(validation);
  check_release(validation, index, general);
  general.move_into(validation);
  for (FindingCollector& collector : findings) collector.move_into(validation);
  return validation;
}

}  // namespace angiobench
