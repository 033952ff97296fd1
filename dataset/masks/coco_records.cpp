// SPDX-License-Identifier: MIT
#include "dataset/masks/coco_records.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <map>
#include <utility>

#include "dataset/characters.h"
#include "dataset/error.h"
#include "dataset/frame_order.h"
#include "dataset/masks/coco_names.h"

namespace angiobench {
namespace {

constexpr std::int64_t kLongestSide = 1 << 26;
constexpr std::int64_t kMostId = 1'000'000'000;
constexpr CocoId kNoVideo = std::numeric_limits<CocoId>::min();

// Ids that were there already. Those that ascend, as nearly all do, cost next to nothing.
class SeenIds {
 public:
  void add(std::int64_t id) {
    if (!spans_.empty() && id == spans_.back().second + 1) {
      spans_.back().second = id;
      return;
    }
    is_sorted_ = is_sorted_ && (spans_.empty() || id > spans_.back().second);
    spans_.emplace_back(id, id);
  }

  // How many were added that were there before, and one of them.
  std::pair<std::uint64_t, std::int64_t> count_twice() {
    if (is_sorted_) return {};
    std::ranges::sort(spans_);
    std::uint64_t num_twice = 0;
    std::int64_t one = 0;
    std::int64_t last = std::numeric_limits<std::int64_t>::min();
    for (const auto& [first, end] : spans_) {
      if (first <= last) {
        if (num_twice == 0) one = first;
        num_twice += static_cast<std::uint64_t>(std::min(end, last) - first + 1);
      }
      last = std::max(last, end);
    }
    return {num_twice, one};
  }

 private:
  std::vector<std::pair<std::int64_t, std::int64_t>> spans_;
  bool is_sorted_ = true;
};

// Where a value stands: what it belongs to.
enum class Place {
  nowhere,  // passed over with all that is in it
  top,      // the file's object
  list,     // its list of results
  videos,
  video,
  file_names,
  images,
  image,
  annotations,
  annotation,
  attributes,     // of an annotation, as CVAT writes them
  segmentations,  // its masks, frame by frame
  mask,           // one of them; nothing in it is looked at
  sequences,      // BURST
  sequence,
  frame_paths,
  frames,
  frame,
  categories,
  category,
};

class CocoReader final : public JsonEvents {
 public:
  CocoReader(CocoRecords& records, const CocoLimits& limits) : records_(records), limits_(limits) {
    places_.reserve(static_cast<std::size_t>(limits.json.max_depth) + 1);
  }

  void on_null() override {
    if (here() == Place::segmentations) add_place({});
    if (here() == Place::annotation && key_ == "segmentation") has_mask_ = true;  // it has none
  }
  void on_boolean(bool) override { refuse_scalar("true or false"); }
  void on_integer(std::int64_t value) override;
  void on_number(double value) override;
  void on_string(std::string_view value) override;
  void on_key(std::string_view key) override {
    key_.assign(key.substr(0, 64));
    key_end_ = position();
  }
  void on_object() override { enter(place_of_object()); }
  void on_array() override { enter(place_of_array()); }
  void on_object_end() override { leave(); }
  void on_array_end() override { leave(); }

  void finish();

 private:
  Place here() const { return places_.empty() ? Place::nowhere : places_.back(); }
  Place place_of_object();
  Place place_of_array();
  void enter(Place place);
  void leave();
  void refuse_scalar(const std::string& found);
  void end_video();
  void end_image();
  void end_annotation();
  void end_sequence();

  // Something whose number is limited.
  void count() {
    if (++num_entries_ <= limits_.max_entries) return;
    throw Error(
        ErrorKind::limit, records_.path,
        "has more than " + std::to_string(limits_.max_entries) +
            " videos, images, annotations and masks",
        limits_.are_options ? "64 for each file that a zip may have (--max-entries)" : "no more");
  }

  void add_place(CocoPlace place) {
    count();
    records_.places.push_back(place);
    has_mask_ = true;
  }
  void add_mask(std::uint64_t begin) {
    const std::uint64_t length = position() - begin;
    if (length > CocoPlace::kMostLength) {
      throw Error(ErrorKind::limit, records_.path,
                  "a mask takes " + std::to_string(length) + " bytes of the file",
                  "at most " + std::to_string(CocoPlace::kMostLength));
    }
    if (here() == Place::frame) {
      end_frame_mask({begin, length});
    } else {
      add_place({begin, length});
    }
  }
  void end_frame_mask(CocoPlace place);

  [[noreturn]] void fail(const std::string& found, const std::string& expected) const {
    throw Error(ErrorKind::input, records_.path, item_words() + found, expected);
  }
  std::string item_words() const;

  CocoId id_of(std::int64_t value) const {
    if (value < 0) fail("'" + key_ + "' is " + std::to_string(value), "0 or more");
    return value;
  }
  CocoId id_of(std::string_view text) {
    const std::size_t num_texts = records_.texts.size();
    const std::size_t at = records_.texts.add(text);
    if (at == num_texts) count();
    return ~static_cast<CocoId>(at);
  }
  int side_of(std::int64_t value) const {
    if (value < 1 || value > kLongestSide)
      fail("'" + key_ + "' is " + std::to_string(value), "a number of pixels");
    return static_cast<int>(value);
  }
  std::int32_t object_of(std::int64_t value) const {
    if (value < 0 || value > kMostId) fail("'" + key_ + "' is " + std::to_string(value), "an id");
    return static_cast<std::int32_t>(value);
  }

  CocoRecords& records_;
  const CocoLimits& limits_;
  std::vector<Place> places_;
  std::string key_;
  std::uint64_t key_end_ = 0;
  std::uint64_t num_entries_ = 0;
  SeenIds seen_ids_;
  // What the file has at its top.
  bool is_list_ = false;
  bool has_videos_ = false;
  bool has_images_ = false;
  bool has_annotations_ = false;
  bool has_sequences_ = false;
  bool has_video_ids_ = false;  // in its annotations
  bool has_image_ids_ = false;
  std::string top_keys_;
  // The item that is being read.
  std::uint64_t mask_begin_ = 0;
  std::string mask_key_;
  bool has_mask_ = false;
  bool has_owner_ = false;
  std::optional<std::string> name_;
  std::optional<CocoId> id_;
  std::optional<CocoId> video_;
  int width_ = 0;
  int height_ = 0;
  CocoVideo video_read_;
  CocoAnnotation annotation_;
  // BURST: its frames are images, whose ids are their places; what is read of one sequence.
  std::vector<std::string> frame_paths_;
  std::uint64_t num_frames_ = 0;
  std::vector<std::pair<std::int64_t, std::string>> category_read_;
};

std::string CocoReader::item_words() const {
  for (std::size_t i = places_.size(); i-- > 0;) {
    switch (places_[i]) {
      case Place::video:
        return "video " + std::to_string(records_.videos.size()) + " of the list: ";
      case Place::image:
        return "image " + std::to_string(records_.images.size()) + " of the list: ";
      case Place::annotation:
        return "annotation " + std::to_string(records_.annotations.size()) + " of the list: ";
      case Place::sequence:
        return "sequence " + (name_ ? "'" + *name_ + "': " : "without a seq_name yet: ");
      default:
        break;
    }
  }
  return {};
}

Place CocoReader::place_of_object() {
  if (places_.empty()) return Place::top;
  switch (here()) {
    case Place::list:
    case Place::annotations:
      annotation_ = {};
      annotation_.first_place = static_cast<std::uint32_t>(records_.places.size());
      has_owner_ = has_mask_ = false;
      return Place::annotation;
    case Place::videos:
      video_read_ = {};
      name_.reset();
      id_.reset();
      return Place::video;
    case Place::images:
      name_.reset();
      id_.reset();
      video_.reset();
      width_ = height_ = 0;
      return Place::image;
    case Place::sequences:
      name_.reset();
      frame_paths_.clear();
      num_frames_ = 0;
      width_ = height_ = 0;
      return Place::sequence;
    case Place::categories:
      category_read_.emplace_back();
      return Place::category;
    case Place::annotation:
      if (key_ == "segmentation") return Place::mask;
      return key_ == "attributes" ? Place::attributes : Place::nowhere;
    case Place::segmentations:
      return Place::mask;
    case Place::frames:
      ++num_frames_;
      return Place::frame;
    case Place::frame:
      return Place::mask;
    default:
      return Place::nowhere;
  }
}

Place CocoReader::place_of_array() {
  if (places_.empty()) {
    is_list_ = true;
    return Place::list;
  }
  switch (here()) {
    case Place::top:
      if (key_ == "videos") return has_videos_ = true, Place::videos;
      if (key_ == "images") return has_images_ = true, Place::images;
      if (key_ == "annotations") return has_annotations_ = true, Place::annotations;
      if (key_ == "sequences") return has_sequences_ = true, Place::sequences;
      return key_ == "categories" ? Place::categories : Place::nowhere;
    case Place::video:
      return key_ == "file_names" ? Place::file_names : Place::nowhere;
    case Place::annotation:
      if (key_ == "segmentation") return Place::mask;
      return key_ == "segmentations" ? Place::segmentations : Place::nowhere;
    case Place::segmentations:
      return Place::mask;  // outlines
    case Place::sequence:
      if (key_ == "segmentations") return Place::frames;
      return key_ == "annotated_image_paths" ? Place::frame_paths : Place::nowhere;
    case Place::frames:
      fail("a frame of 'segmentations' is a list", "an object of masks by object id");
    default:
      return Place::nowhere;
  }
}

void CocoReader::enter(Place place) {
  if (here() == Place::top) top_keys_ += (top_keys_.empty() ? "" : ", ") + key_;
  if (place == Place::mask) {
    mask_begin_ = position() - 1;
    mask_key_ = key_;
  }
  places_.push_back(place);
}

void CocoReader::leave() {
  const Place left = here();
  places_.pop_back();
  switch (left) {
    case Place::mask:
      key_ = mask_key_;
      return add_mask(mask_begin_);
    case Place::video:
      places_.push_back(left);  // messages name it
      end_video();
      places_.pop_back();
      return;
    case Place::image:
      places_.push_back(left);
      end_image();
      places_.pop_back();
      return;
    case Place::annotation:
      places_.push_back(left);
      end_annotation();
      places_.pop_back();
      return;
    case Place::sequence:
      places_.push_back(left);
      end_sequence();
      places_.pop_back();
      return;
    default:
      return;
  }
}

void CocoReader::refuse_scalar(const std::string& found) {
  const Place place = here();
  if (places_.empty()) fail("holds " + found, "an object or a list");
  const bool wants_items = place == Place::list || place == Place::videos ||
                           place == Place::images || place == Place::annotations ||
                           place == Place::sequences || place == Place::frames;
  if (wants_items) fail("has " + found + " in a list of objects", "objects");
  const bool wants_mask =
      place == Place::segmentations || (place == Place::annotation && key_ == "segmentation");
  if (wants_mask) fail("a mask is " + found, "run lengths, outlines or null");
}

void CocoReader::on_integer(std::int64_t value) {
  refuse_scalar(std::to_string(value));
  switch (here()) {
    case Place::video:
      if (key_ == "id") id_ = id_of(value);
      if (key_ == "width") video_read_.width = side_of(value);
      if (key_ == "height") video_read_.height = side_of(value);
      return;
    case Place::image:
      if (key_ == "id") id_ = id_of(value);
      if (key_ == "video_id") video_ = id_of(value);
      if (key_ == "width") width_ = side_of(value);
      if (key_ == "height") height_ = side_of(value);
      return;
    case Place::sequence:
      if (key_ == "width") width_ = side_of(value);
      if (key_ == "height") height_ = side_of(value);
      return;
    case Place::annotation:
    case Place::attributes:
      if (key_ == "object_id" || key_ == "instance_id" || key_ == "track_id") {
        annotation_.object = object_of(value);
        records_.has_object_ids = true;
      }
      if (here() == Place::attributes) return;
      if (key_ == "video_id" || key_ == "image_id") {
        (key_ == "video_id" ? has_video_ids_ : has_image_ids_) = true;
        annotation_.owner = id_of(value);
        has_owner_ = true;
      }
      if (key_ == "id") seen_ids_.add(value);
      if (key_ == "category_id") annotation_.category = object_of(value);
      if (key_ == "score") annotation_.score = static_cast<float>(value);
      return;
    case Place::category:
      if (key_ == "id") category_read_.back().first = value;
      return;
    default:
      return;
  }
}

void CocoReader::on_number(double value) {
  refuse_scalar("a number");
  if (here() != Place::annotation) return;
  if (key_ == "score") annotation_.score = static_cast<float>(value);
  if (key_ == "video_id" || key_ == "image_id")
    fail("'" + key_ + "' is no whole number", "the id of a video or an image");
}

void CocoReader::on_string(std::string_view value) {
  switch (here()) {
    case Place::file_names:
    case Place::frame_paths: {
      count();
      if (here() == Place::frame_paths) {
        frame_paths_.emplace_back(value);
        return;
      }
      if (video_read_.frames.empty()) video_read_.name = coco_folder(value);
      video_read_.frames.append(coco_stem(value));
      return;
    }
    case Place::video:
      if (key_ == "id") id_ = id_of(value);
      if (key_ == "name") name_ = value;
      return;
    case Place::image:
      if (key_ == "id") id_ = id_of(value);
      if (key_ == "video_id") video_ = id_of(value);
      if (key_ == "file_name") name_ = value;
      return;
    case Place::sequence:
      if (key_ == "seq_name") name_ = value;
      return;
    case Place::annotation:
      if (key_ == "segmentation") return add_mask(key_end_);
      if (key_ == "video_id" || key_ == "image_id") {
        (key_ == "video_id" ? has_video_ids_ : has_image_ids_) = true;
        annotation_.owner = id_of(value);
        has_owner_ = true;
      }
      return;
    case Place::frame:
      return add_mask(key_end_);
    case Place::category:
      if (key_ == "name") category_read_.back().second = value;
      return;
    default:
      refuse_scalar("a text");
      return;
  }
}

void CocoReader::end_video() {
  count();
  if (!id_) fail("it has no id", "\"id\"");
  video_read_.id = *id_;
  // Frames lie in the video's folder; a name of its own stands for it where there is none.
  if (video_read_.name.empty() && name_) video_read_.name = *name_;
  if (video_read_.name.empty() && *id_ < 0)
    video_read_.name = records_.texts[static_cast<std::size_t>(~*id_)];
  records_.videos.push_back(std::move(video_read_));
}

void CocoReader::end_image() {
  count();
  if (!id_) fail("it has no id", "\"id\"");
  if (!name_ || coco_file(*name_).empty()) fail("it has no file_name", "\"file_name\"");
  records_.images.add(*id_, *name_, width_, height_, video_);
}

void CocoReader::end_annotation() {
  count();
  if (!has_owner_) fail("it has neither video_id nor image_id", "one of them");
  if (!has_mask_ && records_.places.size() == annotation_.first_place && !has_video_ids_) {
    fail("it has no segmentation", "\"segmentation\", or \"segmentations\" of a video");
  }
  records_.annotations.push_back(annotation_);
}

// The id of an object of BURST is its key.
void CocoReader::end_frame_mask(CocoPlace place) {
  std::int64_t object = 0;
  const bool is_number = !key_.empty() && key_.size() < 10 && std::ranges::all_of(key_, is_digit);
  if (!is_number) fail("an object is called '" + key_ + "'", "a number");
  for (const char c : key_) object = 10 * object + (c - '0');
  CocoAnnotation annotation;
  annotation.owner =
      static_cast<CocoId>(records_.images.size() + static_cast<std::size_t>(num_frames_) - 1);
  annotation.object = object_of(object);
  annotation.first_place = static_cast<std::uint32_t>(records_.places.size());
  add_place(place);
  records_.has_object_ids = true;
  records_.annotations.push_back(annotation);
}

void CocoReader::end_sequence() {
  if (!name_ || name_->empty()) fail("it has no seq_name", "\"seq_name\"");
  if (frame_paths_.size() != num_frames_) {
    fail("it has " + std::to_string(num_frames_) + " frames of masks and " +
             std::to_string(frame_paths_.size()) + " annotated_image_paths",
         "one for each");
  }
  for (const std::string& path : frame_paths_) {
    records_.images.add(static_cast<CocoId>(records_.images.size()),
                        *name_ + "/" + std::string(coco_file(path)), width_, height_, {});
  }
}

void CocoReader::finish() {
  std::tie(records_.num_ids_twice, records_.id_twice) = seen_ids_.count_twice();
  records_.categories = std::move(category_read_);
  if (is_list_) {
    records_.form = has_image_ids_ ? CocoForm::image_results : CocoForm::video_results;
  } else if (has_sequences_) {
    records_.form = CocoForm::burst;
  } else if (has_annotations_ && (has_videos_ || has_images_)) {
    // Images of videos (CocoVID) stand with them; what annotations name tells.
    records_.form = has_images_ && !has_video_ids_ ? CocoForm::images : CocoForm::videos;
    if (has_image_ids_) records_.form = CocoForm::images;
  } else {
    throw Error(ErrorKind::input, records_.path,
                top_keys_.empty() ? "has none of the lists of a COCO json"
                                  : "has the lists and objects " + top_keys_,
                "videos or images with annotations (COCO, YouTube-VIS), sequences (BURST), or a "
                "list of results");
  }
}

// Throws where two of a list have one id.
template <typename IdAt>
void check_unique(const CocoRecords& records, std::size_t size, const IdAt& id_at,
                  const std::string& what) {
  bool ascends = true;
  for (std::size_t i = 1; ascends && i < size; ++i) ascends = id_at(i - 1) < id_at(i);
  if (ascends) return;
  std::vector<CocoId> ids(size);
  for (std::size_t i = 0; i < size; ++i) ids[i] = id_at(i);
  std::ranges::sort(ids);
  const auto twice = std::ranges::adjacent_find(ids);
  if (twice == ids.end()) return;
  throw Error(ErrorKind::input, records.path,
              "two " + what + " have the id " + records.words_of(*twice), "an id for each");
}

}  // namespace

void CocoImages::add(CocoId id, std::string_view name, int width, int height,
                     std::optional<CocoId> video) {
  ids_.push_back(id);
  names_.push_back(name);
  const std::pair<int, int> size(width, height);
  const auto [found, is_new] =
      size_places_.emplace(size, static_cast<std::uint32_t>(sizes_.size()));
  if (is_new) sizes_.push_back(size);
  size_at_.push_back(found->second);
  if (!video) return;
  while (videos_.size() + 1 < ids_.size()) videos_.push_back(kNoVideo);
  videos_.push_back(*video);
}

std::optional<CocoId> CocoImages::video(std::size_t at) const {
  if (at >= videos_.size() || videos_[at] == kNoVideo) return std::nullopt;
  return videos_[at];
}

void CocoPlaces::push_back(CocoPlace place) {
  // What is not there has the place of the one before, so that its neighbours stay near.
  if (place.is_mask()) last_offset_ = place.offset;
  offsets_.push_back(static_cast<std::int64_t>(last_offset_));
  lengths_.push_back(static_cast<std::int64_t>(place.length));
}

void CocoAnnotations::push_back(const CocoAnnotation& one) {
  places_ahead_.push_back(static_cast<std::int64_t>(one.first_place) -
                          static_cast<std::int64_t>(size()));
  owners_.push_back(one.owner);
  objects_.push_back(one.object);
  categories_.push_back(one.category);
  scores_.push_back(std::bit_cast<std::int32_t>(one.score));
}

float CocoAnnotations::score(std::size_t at) const {
  return std::bit_cast<float>(static_cast<std::int32_t>(scores_[at]));
}

std::string CocoRecords::words_of(CocoId id) const {
  if (id >= 0) return std::to_string(id);
  const auto at = static_cast<std::size_t>(~id);
  return at < texts.size() ? "'" + std::string(texts[at]) + "'" : "of another file";
}

std::size_t CocoRecords::num_places(std::size_t annotation) const {
  const std::size_t end =
      annotation + 1 < annotations.size() ? annotations.first_place(annotation + 1) : places.size();
  return end - annotations.first_place(annotation);
}

CocoRecords read_coco_records(std::shared_ptr<const RandomBytes> bytes, const std::string& path,
                              const CocoLimits& limits) {
  if (bytes->size() > std::min(limits.max_bytes, CocoPlace::kMostOffset)) {
    throw Error(ErrorKind::limit, path, "has " + std::to_string(bytes->size()) + " bytes",
                "at most " + std::to_string(limits.max_bytes) +
                    (limits.are_options ? " (--max-archive-size)" : ""));
  }
  CocoRecords records;
  records.path = path;
  records.bytes = bytes;
  CocoReader reader(records, limits);
  stream_json(*bytes, path, reader, limits.json);
  reader.finish();
  check_unique(
      records, records.videos.size(), [&](std::size_t i) { return records.videos[i].id; },
      "videos");
  check_unique(
      records, records.images.size(), [&](std::size_t i) { return records.images.id(i); },
      "images");
  return records;
}

}  // namespace angiobench
