// SPDX-License-Identifier: MIT
#include "dataset/exchange/coco_export.h"

#include <algorithm>
#include <array>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "dataset/error.h"
#include "dataset/files/image_size.h"
#include "dataset/frame_order.h"
#include "dataset/masks/coco_names.h"
#include "dataset/masks/run_lengths.h"

namespace angiobench {
namespace {

std::string quoted(const std::string& text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

// Of one object in one frame.
struct ObjectMask {
  std::string segmentation;  // as JSON; empty: it has no pixel there
  std::uint64_t area = 0;
  std::array<int, 4> box{};  // x, y, width, height
};

std::string box_text(const std::array<int, 4>& box) {
  std::string text = "[";
  for (const int side : box) text += (text.size() > 1 ? "," : "") + std::to_string(side);
  return text + "]";
}

// One sequence, read: masks by object, then by frame.
struct ReadSequence {
  int width = 0;
  int height = 0;
  std::map<int, std::vector<ObjectMask>> objects;
};

class Exporter {
 public:
  Exporter(const SequenceIndex& index, const MaskSource& masks, const CocoExportOptions& options,
           const std::function<void(std::string_view)>& write)
      : index_(index), masks_(masks), options_(options), write_(write) {}

  CocoExport run();

 private:
  void check_complete() const;
  ReadSequence read(const Sequence& sequence);
  void read_frame(const Sequence& sequence, std::size_t frame, ReadSequence& read);
  void add_object(int id, std::span<const LabelRun> runs, int label, std::size_t num_frames,
                  std::size_t frame, ReadSequence& read);
  std::string segmentation_of(const RunLengths& lengths, const ReadSequence& read) const;
  std::string empty_segmentation(const ReadSequence& read) const {
    const auto width = static_cast<std::uint32_t>(read.width);
    return segmentation_of({width * static_cast<std::uint32_t>(read.height)}, read);
  }
  std::vector<std::string> file_names(const Sequence& sequence) const;
  bool is_of_images() const {
    return options_.form == CocoForm::images || options_.form == CocoForm::image_results;
  }
  bool are_results() const {
    return options_.form == CocoForm::video_results || options_.form == CocoForm::image_results;
  }
  void read_names();
  std::string id_text(CocoId id) const;
  std::string video_id(const Sequence& sequence) const;
  std::string image_id(const Sequence& sequence, std::size_t frame, const std::string& file) const;
  std::vector<std::size_t> frames_of_video(const Sequence& sequence) const;
  void write_video_results(const Sequence& sequence, const ReadSequence& read);
  void write_image_results(const Sequence& sequence, const ReadSequence& read);
  void write_begin();
  void write_end();
  void write_video(std::size_t number, const Sequence& sequence, const ReadSequence& read);
  void write_images(const Sequence& sequence, const ReadSequence& read);
  void write_burst(std::size_t number, const Sequence& sequence, const ReadSequence& read);
  std::string object_fields(int id) const;
  std::string categories() const;
  bool has_objects() const { return index_.benchmark.task == Task::objects; }
  void put_annotation(const std::string& text) {
    write_((num_annotations_ == 1 ? "\n" : ",\n") + text);
  }

  const SequenceIndex& index_;
  const MaskSource& masks_;
  const CocoExportOptions& options_;
  const std::function<void(std::string_view)>& write_;
  CocoExport done_;
  MaskBuffers buffers_;
  std::vector<LabelRun> scanned_;
  MappedMask mapped_;
  LengthsOfLabel lengths_;
  std::uint64_t num_annotations_ = 0;
  std::uint64_t num_images_ = 0;
  std::string listed_;  // videos or images, which come after the annotations
  std::map<std::string, std::size_t, std::less<>> named_videos_;  // in options_.names
  std::map<std::string, std::size_t, std::less<>> named_images_;  // "v00/00000", single: "00000"
};

void Exporter::check_complete() const {
  for (const Sequence& sequence : index_.sequences) {
    const std::vector<bool> present = masks_.present(sequence);
    const auto missing = std::ranges::find(present, false);
    if (missing == present.end()) continue;
    const auto frame = static_cast<std::size_t>(missing - present.begin());
    throw Error(ErrorKind::inconclusive, masks_.display(sequence, sequence.frames[frame]),
                "not found; " + std::to_string(std::ranges::count(present, false)) + " of the " +
                    std::to_string(present.size()) + " masks of '" + sequence.name +
                    "' are missing",
                "a mask for each annotated frame");
  }
}

void Exporter::add_object(int id, std::span<const LabelRun> runs, int label, std::size_t num_frames,
                          std::size_t frame, ReadSequence& read) {
  ObjectMask mask;
  int right = 0;
  int bottom = 0;
  mask.box = {read.width, read.height, 0, 0};
  for (const LabelRun& run : runs) {
    if (run.label != label) continue;
    mask.area += static_cast<std::uint64_t>(run.x_end - run.x_begin);
    mask.box[0] = std::min(mask.box[0], run.x_begin);
    mask.box[1] = std::min(mask.box[1], run.y);
    right = std::max(right, run.x_end);
    bottom = std::max(bottom, run.y + 1);
  }
  if (mask.area == 0) return;
  mask.box[2] = right - mask.box[0];
  mask.box[3] = bottom - mask.box[1];
  mask.segmentation = segmentation_of(lengths_.of(runs, label, read.width, read.height), read);
  std::vector<ObjectMask>& object = read.objects[id];
  object.resize(num_frames);
  object[frame] = std::move(mask);
  ++done_.num_masks;
}

std::string Exporter::segmentation_of(const RunLengths& lengths, const ReadSequence& read) const {
  std::string counts;
  if (options_.counts == CocoCounts::compressed) {
    counts = quoted(format_run_lengths(lengths));
  } else {
    counts = "[";
    for (const std::uint32_t length : lengths)
      counts += (counts.size() > 1 ? "," : "") + std::to_string(length);
    counts += "]";
  }
  if (options_.form == CocoForm::burst) return R"({"rle":)" + counts + "}";
  return R"({"size":[)" + std::to_string(read.height) + "," + std::to_string(read.width) +
         R"(],"counts":)" + counts + "}";
}

void Exporter::read_frame(const Sequence& sequence, std::size_t frame, ReadSequence& read) {
  const std::string_view name = sequence.frames[frame];
  const auto set_size = [&](int width, int height) {
    if (read.width != 0 && (read.width != width || read.height != height)) {
      throw Error(ErrorKind::input, masks_.display(sequence, name),
                  "the mask is " + size_text(width, height),
                  size_text(read.width, read.height) + ", as the sequence's first");
    }
    read.width = width;
    read.height = height;
  };
  const ExpectedMask expected;
  const std::size_t num_frames = sequence.frames.size();
  if (masks_.has_planes()) {
    const std::unique_ptr<PlaneReader> planes =
        masks_.open_planes(sequence, name, expected, buffers_);
    for (const int id : planes->ids()) {
      const MaskView plane = planes->next(expected);
      set_size(plane.width, plane.height);
      MaskLabels labels = runs_of(plane, scanned_);
      for (LabelRun& run : scanned_) run.label = 1;  // a plane is its object wherever it is not 0
      add_object(id, labels.runs, 1, num_frames, frame, read);
    }
    return;
  }
  Sha256 digest{};
  const MaskLabels kept =
      runs_of(masks_.read_runs(sequence, name, expected, buffers_, digest), scanned_);
  set_size(kept.width, kept.height);
  const int void_label = masks_.role() == MaskRole::truth ? index_.benchmark.labels.void_label : -1;
  const auto is_void = [&](const LabelRun& run) { return run.label == void_label; };
  if (void_label >= 0 && std::ranges::any_of(kept.runs, is_void)) ++done_.num_void_frames;
  const MaskLabels ids = mapped_labels(kept, masks_.ids(), mapped_);
  std::set<int> present;
  for (const LabelRun& run : ids.runs) present.insert(run.label);
  for (const int id : present) add_object(id, ids.runs, id, num_frames, frame, read);
}

ReadSequence Exporter::read(const Sequence& sequence) {
  ReadSequence read;
  for (std::size_t frame = 0; frame < sequence.frames.size(); ++frame) {
    read_frame(sequence, frame, read);
    ++done_.num_frames;
    if (options_.progress) options_.progress(done_.num_frames, index_.num_frames());
  }
  ++done_.num_sequences;
  return read;
}

// "v00/00000.jpg": as the image is called where there is one.
std::vector<std::string> Exporter::file_names(const Sequence& sequence) const {
  std::map<std::string, std::string, std::less<>> images;
  if (!sequence.images.empty() && index_.truth != nullptr) {
    for (const std::string& file : index_.truth->files(sequence.images))
      images.emplace(file_stem(file), file);
  }
  std::vector<std::string> names;
  for (std::size_t i = 0; i < sequence.frames.size(); ++i) {
    const auto image = images.find(sequence.frames[i]);
    const std::string file =
        image == images.end() ? std::string(sequence.frames[i]) + ".png" : image->second;
    names.push_back(index_.benchmark.has_single_images() ? file : sequence.name + "/" + file);
  }
  return names;
}

std::string Exporter::object_fields(int id) const {
  if (!has_objects()) return R"("category_id":)" + std::to_string(id);
  return R"("category_id":1,"object_id":)" + std::to_string(id);
}

std::string Exporter::categories() const {
  std::string text = "[";
  const auto add = [&](int id, const std::string& name) {
    text += std::string(text.size() > 1 ? "," : "") + R"({"id":)" + std::to_string(id) +
            R"(,"name":)" + quoted(name) + "}";
  };
  if (has_objects()) add(1, "object");
  for (const LabelClass& own : index_.benchmark.classes) {
    if (!has_objects() && own.id != 0) add(own.id, own.name);
  }
  if (text.size() == 1) add(1, index_.benchmark.name);
  return text + "]";
}

void Exporter::write_video(std::size_t number, const Sequence& sequence, const ReadSequence& read) {
  const std::string size = R"("width":)" + std::to_string(read.width) + R"(,"height":)" +
                           std::to_string(read.height) + R"(,"length":)" +
                           std::to_string(sequence.frames.size());
  listed_ += std::string(number > 1 ? ",\n" : "\n") + R"({"id":)" + std::to_string(number) +
             R"(,"name":)" + quoted(sequence.name) + "," + size + R"(,"file_names":[)";
  bool is_first = true;
  for (const std::string& name : file_names(sequence)) {
    listed_ += (is_first ? "" : ",") + quoted(name);
    is_first = false;
  }
  listed_ += "]}";
  for (const auto& [id, frames] : read.objects) {
    std::string areas;
    std::string boxes;
    std::string segmentations;
    for (const ObjectMask& mask : frames) {
      const bool is_there = mask.area > 0;
      const std::string comma = areas.empty() ? "" : ",";
      areas += comma + (is_there ? std::to_string(mask.area) : "null");
      boxes += comma + (is_there ? box_text(mask.box) : "null");
      segmentations += comma + (is_there ? mask.segmentation : "null");
    }
    put_annotation(R"({"id":)" + std::to_string(++num_annotations_) + R"(,"video_id":)" +
                   std::to_string(number) + "," + object_fields(id) + R"(,"iscrowd":0,)" + size +
                   R"(,"areas":[)" + areas + R"(],"bboxes":[)" + boxes + R"(],"segmentations":[)" +
                   segmentations + "]}");
  }
}

void Exporter::write_images(const Sequence& sequence, const ReadSequence& read) {
  const std::vector<std::string> names = file_names(sequence);
  for (std::size_t frame = 0; frame < names.size(); ++frame) {
    ++num_images_;
    listed_ += std::string(num_images_ > 1 ? ",\n" : "\n") + R"({"id":)" +
               std::to_string(num_images_) + R"(,"file_name":)" + quoted(names[frame]) +
               R"(,"width":)" + std::to_string(read.width) + R"(,"height":)" +
               std::to_string(read.height) + "}";
    for (const auto& [id, frames] : read.objects) {
      const ObjectMask& mask = frames[frame];
      if (mask.area == 0) continue;
      put_annotation(R"({"id":)" + std::to_string(++num_annotations_) + R"(,"image_id":)" +
                     std::to_string(num_images_) + "," + object_fields(id) +
                     R"(,"iscrowd":0,"area":)" + std::to_string(mask.area) + R"(,"bbox":)" +
                     box_text(mask.box) + R"(,"segmentation":)" + mask.segmentation + "}");
    }
  }
}

void Exporter::write_burst(std::size_t number, const Sequence& sequence, const ReadSequence& read) {
  std::string paths;
  for (const std::string& name : file_names(sequence)) {
    paths += (paths.empty() ? "" : ",") + quoted(name.substr(name.rfind('/') + 1));
  }
  std::string categories;
  for (const auto& [id, frames] : read.objects)
    categories += std::string(categories.empty() ? "" : ",") + "\"" + std::to_string(id) + "\":1";
  std::string masks;
  for (std::size_t frame = 0; frame < sequence.frames.size(); ++frame) {
    masks += frame == 0 ? "{" : ",{";
    bool is_first = true;
    for (const auto& [id, frames] : read.objects) {
      if (frames[frame].area == 0) continue;
      masks += std::string(is_first ? "" : ",") + "\"" + std::to_string(id) +
               "\":" + frames[frame].segmentation;
      is_first = false;
    }
    masks += "}";
  }
  write_(std::string(number > 1 ? ",\n" : "\n") + R"({"id":)" + std::to_string(number) +
         R"(,"dataset":)" + quoted(index_.benchmark.name) + R"(,"seq_name":)" +
         quoted(sequence.name) + R"(,"width":)" + std::to_string(read.width) + R"(,"height":)" +
         std::to_string(read.height) + R"(,"fps":1,"annotated_image_paths":[)" + paths +
         R"(],"track_category_ids":{)" + categories + R"(},"segmentations":[)" + masks + "]}");
}

constexpr std::size_t kNoFrame = std::numeric_limits<std::size_t>::max();

[[noreturn]] void fail_unnamed(const CocoRecords& names, const std::string& what) {
  throw Error(ErrorKind::input, names.path, "has no " + what,
              "the json of this data set, as 'angiobench export coco' writes it of the truth");
}

// What the json of names calls what.
void Exporter::read_names() {
  if (options_.names == nullptr) return;
  const CocoRecords& names = *options_.names;
  std::map<CocoId, std::string> videos;
  for (std::size_t i = 0; i < names.videos.size(); ++i) {
    named_videos_.emplace(names.videos[i].name, i);
    videos.emplace(names.videos[i].id, names.videos[i].name);
  }
  if (!is_of_images()) return;
  for (std::size_t i = 0; i < names.images.size(); ++i) {
    const std::string_view file = names.images.name(i);
    std::string name(coco_stem(file));
    if (!index_.benchmark.has_single_images()) {
      const auto video = names.images.video(i);
      const auto found = video ? videos.find(*video) : videos.end();
      const bool is_named = found != videos.end() && !found->second.empty();
      name = (is_named ? found->second : std::string(coco_folder(file))) + "/" + name;
    }
    named_images_.emplace(std::move(name), i);
  }
}

std::string Exporter::id_text(CocoId id) const {
  if (id >= 0) return std::to_string(id);
  return quoted(std::string(options_.names->texts[static_cast<std::size_t>(~id)]));
}

std::string Exporter::video_id(const Sequence& sequence) const {
  if (options_.names == nullptr) return quoted(sequence.name);
  const auto video = named_videos_.find(sequence.name);
  if (video == named_videos_.end()) fail_unnamed(*options_.names, "video '" + sequence.name + "'");
  return id_text(options_.names->videos[video->second].id);
}

std::string Exporter::image_id(const Sequence& sequence, std::size_t frame,
                               const std::string& file) const {
  if (options_.names == nullptr) return quoted(file);
  const bool is_single = index_.benchmark.has_single_images();
  const std::string name =
      (is_single ? "" : sequence.name + "/") + std::string(sequence.frames[frame]);
  const auto image = named_images_.find(name);
  if (image == named_images_.end()) fail_unnamed(*options_.names, "image '" + name + "'");
  return id_text(options_.names->images.id(image->second));
}

// The frame of each mask in the list of a video: those of the json of names, in its order, of which
// some may have no mask here.
std::vector<std::size_t> Exporter::frames_of_video(const Sequence& sequence) const {
  std::vector<std::size_t> places;
  const auto video = named_videos_.find(sequence.name);
  const bool is_named =
      video != named_videos_.end() && !options_.names->videos[video->second].frames.empty();
  if (!is_named) {
    for (std::size_t i = 0; i < sequence.frames.size(); ++i) places.push_back(i);
    return places;
  }
  const FrameNames& frames = options_.names->videos[video->second].frames;
  std::size_t num_found = 0;
  for (std::size_t i = 0; i < frames.size(); ++i) {
    const auto frame = sequence.frames.find(frames[i]);
    places.push_back(frame.value_or(kNoFrame));
    num_found += frame.has_value();
  }
  if (num_found < sequence.frames.size()) {
    fail_unnamed(*options_.names, std::to_string(sequence.frames.size() - num_found) +
                                      " of the frames of '" + sequence.name + "'");
  }
  return places;
}

// Where names stand for ids nothing but an annotation says that a video, or a frame, is there: what
// has no object has one without a pixel.
void Exporter::write_video_results(const Sequence& sequence, const ReadSequence& read) {
  const std::string id = video_id(sequence);
  const std::vector<std::size_t> frames = frames_of_video(sequence);
  const auto put = [&](int object, const std::vector<ObjectMask>& masks, const std::string& none) {
    std::string segmentations;
    for (const std::size_t frame : frames) {
      const bool is_there = frame < masks.size() && masks[frame].area > 0;
      segmentations +=
          (segmentations.empty() ? "" : ",") + (is_there ? masks[frame].segmentation : none);
    }
    ++num_annotations_;
    put_annotation(R"({"video_id":)" + id + "," + object_fields(object) +
                   R"(,"score":1.0,"segmentations":[)" + segmentations + "]}");
  };
  for (const auto& [object, masks] : read.objects) put(object, masks, "null");
  if (read.objects.empty() && options_.names == nullptr) put(1, {}, empty_segmentation(read));
}

void Exporter::write_image_results(const Sequence& sequence, const ReadSequence& read) {
  const std::vector<std::string> names = file_names(sequence);
  for (std::size_t frame = 0; frame < names.size(); ++frame) {
    const std::string id = image_id(sequence, frame, names[frame]);
    const auto put = [&](int object, const std::string& segmentation) {
      ++num_annotations_;
      put_annotation(R"({"image_id":)" + id + "," + object_fields(object) +
                     R"(,"score":1.0,"segmentation":)" + segmentation + "}");
    };
    bool is_empty = true;
    for (const auto& [object, masks] : read.objects) {
      if (masks[frame].area == 0) continue;
      put(object, masks[frame].segmentation);
      is_empty = false;
    }
    if (is_empty && options_.names == nullptr) put(1, empty_segmentation(read));
  }
}

void Exporter::write_begin() {
  if (are_results()) return write_("[");
  if (options_.form == CocoForm::burst)
    return write_(R"({"split":)" + quoted(index_.benchmark.split) + R"(,"sequences":[)");
  write_(R"({"info":{"description":)" + quoted(index_.benchmark.title) + R"(},"categories":)" +
         categories() + R"(,"annotations":[)");
}

void Exporter::write_end() {
  if (are_results()) return write_("\n]\n");
  if (options_.form != CocoForm::burst) {
    write_(is_of_images() ? "\n],\"images\":[" : "\n],\"videos\":[");
    write_(listed_);
  }
  write_("\n]}\n");
}

CocoExport Exporter::run() {
  check_complete();
  if (options_.form == CocoForm::burst && !has_objects()) {
    throw Error::about(ErrorKind::usage, "form", "is burst, which has objects and no classes",
                       "youtube-vis or coco");
  }
  read_names();
  write_begin();
  std::size_t number = 0;
  for (const Sequence& sequence : index_.sequences) {
    const ReadSequence read = this->read(sequence);
    ++number;
    switch (options_.form) {
      case CocoForm::videos:
        write_video(number, sequence, read);
        break;
      case CocoForm::images:
        write_images(sequence, read);
        break;
      case CocoForm::burst:
        write_burst(number, sequence, read);
        break;
      case CocoForm::video_results:
        write_video_results(sequence, read);
        break;
      case CocoForm::image_results:
        write_image_results(sequence, read);
        break;
    }
  }
  write_end();
  return done_;
}

}  // namespace

CocoExport export_coco(const SequenceIndex& index, const MaskSource& masks,
                       const CocoExportOptions& options,
                       const std::function<void(std::string_view)>& write) {
  return Exporter(index, masks, options, write).run();
}

}  // namespace angiobench
