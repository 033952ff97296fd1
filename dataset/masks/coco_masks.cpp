// SPDX-License-Identifier: MIT
#include "dataset/masks/coco_masks.h"

#include <algorithm>
#include <functional>
#include <limits>
#include <numeric>
#include <set>
#include <utility>

#include "dataset/error.h"
#include "dataset/files/image_size.h"
#include "dataset/frame_order.h"
#include "dataset/masks/coco_names.h"
#include "dataset/masks/png.h"

namespace angiobench {
namespace {

constexpr std::uint32_t kNowhere = std::numeric_limits<std::uint32_t>::max();

FrameNames numbered_frames(std::size_t num_frames) {
  FrameNames frames;
  for (std::size_t i = 0; i < num_frames; ++i) frames.append(numbered_frame(i));
  return frames;
}

// The first of `size` places, whose values are in order, whose value is not before `value`; none
// where that one is another.
template <typename Value, typename ValueAt, typename Less>
std::optional<std::size_t> position_of(const Value& value, std::size_t size,
                                       const ValueAt& value_at, const Less& less) {
  std::size_t first = 0;
  for (std::size_t end = size; first < end;) {
    const std::size_t middle = first + (end - first) / 2;
    if (less(value_at(middle), value)) {
      first = middle + 1;
    } else {
      end = middle;
    }
  }
  if (first == size || value_at(first) != value) return std::nullopt;
  return first;
}

// Where an owner's number leads; ids that nobody has lead nowhere.
class Owners {
 public:
  void add(CocoId id, std::uint32_t target) {
    is_sorted_ = is_sorted_ && (ids_.size() == 0 || last_ <= id);
    last_ = id;
    ids_.push_back(id);
    targets_.push_back(target);
  }
  void sort() {
    if (is_sorted_) return;
    std::vector<std::pair<CocoId, std::uint32_t>> all;
    all.reserve(ids_.size());
    for (std::size_t i = 0; i < ids_.size(); ++i)
      all.emplace_back(ids_[i], static_cast<std::uint32_t>(targets_[i]));
    std::ranges::sort(all);
    *this = {};
    for (const auto& [id, target] : all) add(id, target);
  }
  std::uint32_t find(CocoId id) const {
    const auto at = position_of(
        id, ids_.size(), [&](std::size_t place) { return ids_[place]; }, std::less<CocoId>());
    return at ? static_cast<std::uint32_t>(targets_[*at]) : kNowhere;
  }

 private:
  PackedNumbers ids_;
  PackedNumbers targets_;
  CocoId last_ = 0;
  bool is_sorted_ = true;
};

// The images that masks may belong to: those of a file, or, of a list of results, the texts that
// stand for their ids.
class KnownImages {
 public:
  explicit KnownImages(const CocoImages& images) : images_(&images) {}
  KnownImages(const TextPlaces& texts, const std::vector<bool>& are_images) : texts_(&texts) {
    for (std::size_t i = 0; i < are_images.size(); ++i) {
      if (are_images[i]) places_.push_back(static_cast<std::int64_t>(i));
    }
  }
  std::size_t size() const { return images_ != nullptr ? images_->size() : places_.size(); }
  CocoId id(std::size_t at) const { return images_ != nullptr ? images_->id(at) : ~places_[at]; }
  std::string_view name(std::size_t at) const {
    return images_ != nullptr ? images_->name(at)
                              : (*texts_)[static_cast<std::size_t>(places_[at])];
  }
  std::pair<int, int> size_of(std::size_t at) const {
    return images_ != nullptr ? images_->size_of(at) : std::pair(0, 0);
  }
  std::optional<CocoId> video(std::size_t at) const {
    return images_ != nullptr ? images_->video(at) : std::nullopt;
  }

 private:
  const CocoImages* images_ = nullptr;
  const TextPlaces* texts_ = nullptr;
  PackedNumbers places_;
};

// An id of the file of names as the id of the results' file that is the same; texts are texts.
CocoId translated(CocoId id, const CocoRecords& names, const CocoRecords& results) {
  if (id >= 0) return id;
  const auto at = results.texts.find(names.texts[static_cast<std::size_t>(~id)]);
  return at ? ~static_cast<CocoId>(*at) : std::numeric_limits<CocoId>::min();  // nobody's
}

// Frame names in their own order; `order` becomes the old place of each, empty where nothing moved.
FrameNames sorted_frames(const FrameNames& frames, const std::string& sequence,
                         const std::string& path, std::vector<std::uint32_t>& order) {
  order.resize(frames.size());
  std::iota(order.begin(), order.end(), 0U);
  const FrameLess less;
  const auto is_before = [&](std::uint32_t a, std::uint32_t b) {
    return less(frames[a], frames[b]);
  };
  const bool is_sorted = std::ranges::is_sorted(order, is_before);
  if (!is_sorted) std::ranges::sort(order, is_before);
  FrameNames sorted;
  for (std::size_t i = 0; i < order.size(); ++i) {
    if (i > 0 && frames[order[i]] == frames[order[i - 1]]) {
      throw Error(
          ErrorKind::input, path,
          "two frames of '" + sequence + "' are called '" + std::string(frames[order[i]]) + "'",
          "a name for each");
    }
    sorted.append(frames[order[i]]);
  }
  if (is_sorted) order.clear();
  return sorted;
}

std::string number_of(std::uint64_t number, const std::string& one, const std::string& many) {
  return std::to_string(number) + " " + (number == 1 ? one : many);
}

}  // namespace

CocoMasks::CocoMasks(CocoRecords records, const CocoNaming& naming) : records_(std::move(records)) {
  are_by_frame_ = records_.form == CocoForm::images || records_.form == CocoForm::burst ||
                  records_.form == CocoForm::image_results;
  if (are_by_frame_) {
    place_images(naming);
  } else {
    place_videos(naming);
  }
  records_.texts = {};  // owners are placed
  label_objects(naming);
  find_doubles(naming);
  if (records_.num_ids_twice > 0) {
    findings_.push_back(
        make_finding("A011", {path()},
                     number_of(records_.num_ids_twice, "annotation has", "annotations have") +
                         " an id that another one has, too (" + std::to_string(records_.id_twice) +
                         "); each is found by its " + (are_by_frame_ ? "image" : "video")));
  }
}

// Sequences from videos, their annotations by rank.
void CocoMasks::place_videos(const CocoNaming& naming) {
  const bool are_results = records_.form == CocoForm::video_results;
  std::vector<CocoVideo> videos = std::move(records_.videos);
  if (are_results) videos.clear();
  if (are_results && naming.names != nullptr) {
    videos = naming.names->videos;
    for (CocoVideo& video : videos) video.id = translated(video.id, *naming.names, records_);
  }
  if (are_results && naming.names == nullptr) {
    // A text as video_id is the sequence's name.
    const std::vector<bool> are_owners = named_owners("video_id", "videos");
    for (std::size_t i = 0; i < are_owners.size(); ++i) {
      if (!are_owners[i]) continue;
      CocoVideo& video = videos.emplace_back();
      video.id = ~static_cast<CocoId>(i);
      video.name = records_.texts[i];
    }
  }
  std::ranges::sort(videos, {}, &CocoVideo::name);
  Owners owners;
  for (std::size_t i = 0; i < videos.size(); ++i) {
    const CocoVideo& video = videos[i];
    if (video.name.empty()) {
      throw Error(ErrorKind::input, path(),
                  "the video " + records_.words_of(video.id) + " has no name",
                  "file_names with a folder (\"v00/00000.jpg\"), or a name");
    }
    if (i > 0 && videos[i - 1].name == video.name) {
      throw Error(ErrorKind::input, path(), "two videos are called '" + video.name + "'",
                  "a name for each");
    }
    owners.add(video.id, static_cast<std::uint32_t>(i));
  }
  owners.sort();
  const PackedNumbers sequence_of = rank_annotations(owners, videos.size());
  const auto has_sequence = [&](std::size_t annotation) {
    return sequence_of[annotation] != kNowhere;
  };
  const auto place_of_sequence = [&](std::size_t annotation) {
    return static_cast<std::size_t>(sequence_of[annotation]);
  };
  // How many masks the annotations of a video have: one for each of its frames.
  std::vector<std::size_t> lengths(videos.size());
  for (std::size_t i = 0; i < sequence_of.size(); ++i) {
    if (!has_sequence(i)) continue;
    std::size_t& length = lengths[place_of_sequence(i)];
    length = std::max(length, records_.num_places(i));
  }
  for (std::size_t i = 0; i < videos.size(); ++i) {
    CocoVideo& video = videos[i];
    if (video.frames.empty() && lengths[i] > 0) {
      video.frames =
          naming.frames_of ? naming.frames_of(video.name, lengths[i]) : numbered_frames(lengths[i]);
    }
    add_sequence(video.name, {video.width, video.height},
                 sorted_frames(video.frames, video.name, path(), orders_.emplace_back()));
    video.frames = {};
  }
  for (std::size_t i = 0; i < sequence_of.size(); ++i) {
    const std::size_t num_masks = records_.num_places(i);
    if (!has_sequence(i) || num_masks == 0) continue;
    const std::size_t sequence = place_of_sequence(i);
    if (num_masks == num_frames(sequence)) continue;
    throw Error(ErrorKind::input, path(),
                "annotation " + std::to_string(i) + " of the list has " +
                    number_of(num_masks, "mask", "masks") + ", and its video '" +
                    std::string(name(sequence)) + "' has " +
                    number_of(num_frames(sequence), "frame", "frames"),
                "a mask or null for each frame");
  }
  records_.videos = {};
}

// Sequences and frames from the names of images, annotations by rank within each frame.
void CocoMasks::place_images(const CocoNaming& naming) {
  const bool are_results = records_.form == CocoForm::image_results;
  const CocoRecords* const named = are_results ? naming.names : &records_;
  // A text as image_id is the image's path.
  const KnownImages images = named != nullptr
                                 ? KnownImages(named->images)
                                 : KnownImages(records_.texts, named_owners("image_id", "images"));
  std::map<CocoId, std::string> videos;
  if (named != nullptr) {
    for (const CocoVideo& video : named->videos) videos.emplace(video.id, video.name);
  }
  const auto name_of = [&](std::size_t image) -> std::string_view {
    if (naming.has_single_images) return coco_stem(images.name(image));
    const auto video = images.video(image);
    const auto found = video ? videos.find(*video) : videos.end();
    if (found != videos.end() && !found->second.empty()) return found->second;
    const std::string_view folder = coco_folder(images.name(image));
    if (!folder.empty()) return folder;
    throw Error(ErrorKind::input, path(),
                "the image '" + std::string(images.name(image)) + "' lies in no sequence's folder",
                "\"file_name\": \"v00/00000.jpg\"");
  };
  // Images by their sequences, those of one in the file's order.
  std::vector<std::uint32_t> grouped(images.size());
  std::iota(grouped.begin(), grouped.end(), 0U);
  const auto is_before = [&](std::uint32_t a, std::uint32_t b) { return name_of(a) < name_of(b); };
  if (!std::ranges::is_sorted(grouped, is_before)) std::ranges::stable_sort(grouped, is_before);
  std::vector<std::uint32_t> slot_of(images.size());
  std::uint32_t slot = 0;
  for (std::size_t begin = 0, end = 0; begin < grouped.size(); begin = end) {
    const std::string_view own_name = name_of(grouped[begin]);
    FrameNames frames;
    std::pair<int, int> size = images.size_of(grouped[begin]);
    for (; end < grouped.size() && name_of(grouped[end]) == own_name; ++end) {
      frames.append(coco_stem(images.name(grouped[end])));
      // A size holds for a sequence where all of its images have it.
      if (size != images.size_of(grouped[end])) size = {0, 0};
    }
    std::vector<std::uint32_t> order;
    add_sequence(own_name, size, sorted_frames(frames, std::string(own_name), path(), order));
    for (std::size_t i = 0; i < frames.size(); ++i)
      slot_of[grouped[begin + (order.empty() ? i : order[i])]] = slot++;
  }
  grouped = {};
  Owners owners;
  const bool is_other = named != nullptr && named != &records_;
  for (std::size_t i = 0; i < images.size(); ++i) {
    const CocoId id = images.id(i);
    owners.add(is_other ? translated(id, *named, records_) : id, slot_of[i]);
  }
  slot_of = {};
  records_.images = {};
  owners.sort();
  rank_annotations(owners, slot);
}

void CocoMasks::add_sequence(std::string_view name, std::pair<int, int> size,
                             const FrameNames& frames) {
  names_.push_back(name);
  widths_.push_back(size.first);
  heights_.push_back(size.second);
  for (std::size_t i = 0; i < frames.size(); ++i) frames_.push_back(frames[i]);
  first_slots_.push_back(static_cast<std::uint32_t>(frames_.size()));
}

// Which texts of a list of results name its videos or images; throws where numbers do.
std::vector<bool> CocoMasks::named_owners(const std::string& field, const std::string& list) const {
  std::vector<bool> are_owners(records_.texts.size());
  for (std::size_t i = 0; i < records_.annotations.size(); ++i) {
    const CocoId owner = records_.annotations.owner(i);
    if (owner < 0) {
      are_owners[static_cast<std::size_t>(~owner)] = true;
      continue;
    }
    throw Error(ErrorKind::input, path(),
                "is a list of results whose " + field + " are numbers, and nothing says which " +
                    list + " they are",
                "names as " + field + ", an instances.json with the " + list +
                    " beside the ground truth, or: angiobench import coco FILE --names "
                    "INSTANCES.json -o DIR");
  }
  return are_owners;
}

// Sorts annotations by what they belong to and by rank. Returns where each belongs.
template <typename Owners>
PackedNumbers CocoMasks::rank_annotations(const Owners& owners, std::size_t num_owners) {
  const CocoAnnotations& annotations = records_.annotations;
  PackedNumbers owner_of;
  starts_.assign(num_owners + 1, 0);
  std::uint64_t num_unknown = 0;
  CocoId unknown = 0;
  std::optional<CocoId> last;  // annotations of one owner often stand in a row
  std::uint32_t place = kNowhere;
  for (std::size_t i = 0; i < annotations.size(); ++i) {
    const CocoId owner = annotations.owner(i);
    if (owner != last) place = owners.find(owner);
    last = owner;
    owner_of.push_back(place);
    if (place != kNowhere) {
      ++starts_[place + 1];
    } else if (num_unknown++ == 0) {
      unknown = owner;
    }
  }
  const std::string what = are_by_frame_ ? "image" : "video";
  if (num_unknown > 0 && num_unknown == annotations.size()) {
    throw Error(ErrorKind::input, path(),
                "not one annotation names a " + what + " that is there (" +
                    records_.words_of(unknown) + ", …)",
                "ids of the " + what + "s");
  }
  if (num_unknown > 0) {
    findings_.push_back(
        make_finding("A013", {path()},
                     number_of(num_unknown, "annotation names a ", "annotations name a ") + what +
                         " that is not there (" + records_.words_of(unknown) + ")"));
  }
  std::partial_sum(starts_.begin(), starts_.end(), starts_.begin());
  ranked_.resize(starts_.back());
  // Each start moves to the next one's while its own are put in.
  for (std::uint32_t i = 0; i < annotations.size(); ++i) {
    if (owner_of[i] != kNowhere) ranked_[starts_[static_cast<std::size_t>(owner_of[i])]++] = i;
  }
  std::shift_right(starts_.begin(), starts_.end(), 1);
  starts_.front() = 0;
  // The file's order is kept where scores are equal.
  for (std::size_t i = 0; i < num_owners; ++i) {
    const auto begin = ranked_.begin() + static_cast<std::ptrdiff_t>(starts_[i]);
    const auto end = ranked_.begin() + static_cast<std::ptrdiff_t>(starts_[i + 1]);
    if (end - begin < 2) continue;
    std::stable_sort(begin, end, [&](std::uint32_t a, std::uint32_t b) {
      return annotations.score(a) > annotations.score(b);
    });
  }
  return owner_of;
}

void CocoMasks::label_objects(const CocoNaming& naming) {
  const CocoAnnotations& annotations = records_.annotations;
  labels_.resize(annotations.size());
  const bool numbers = naming.labels == CocoLabels::objects && !records_.has_object_ids &&
                       (!are_by_frame_ || naming.has_single_images);
  const bool by_category = naming.labels == CocoLabels::categories ||
                           (naming.labels == CocoLabels::objects && !records_.has_object_ids);
  std::vector<std::uint32_t> own;
  for (std::size_t owner = 0; owner + 1 < starts_.size(); ++owner) {
    own.assign(ranked_.begin() + static_cast<std::ptrdiff_t>(starts_[owner]),
               ranked_.begin() + static_cast<std::ptrdiff_t>(starts_[owner + 1]));
    std::ranges::sort(own);
    std::int32_t number = 0;
    for (const std::uint32_t at : own) {
      std::int32_t label = annotations.object(at);
      if (naming.labels == CocoLabels::one) {
        label = naming.one_label;
      } else if (numbers) {
        label = ++number;
      } else if (by_category) {
        label = annotations.category(at);
      }
      if (label < 1 || label > 255) {
        const std::string what = by_category && !numbers ? "category_id" : "object id";
        throw Error(ErrorKind::input, path(),
                    "annotation " + std::to_string(at) + " of the list has " +
                        (label < 0 ? "no " + what : "the " + what + " " + std::to_string(label)),
                    "1 to 255, as a label of a mask is");
      }
      labels_[at] = static_cast<std::uint8_t>(label);
    }
  }
  if (naming.labels != CocoLabels::objects || records_.has_object_ids || annotations.empty())
    return;
  findings_.push_back(make_finding(
      "A014", {path()},
      numbers ? "no annotation has an object id: objects are numbered 1, 2, … in each " +
                    std::string(are_by_frame_ ? "image" : "video") + ", in the order of the file"
              : "no annotation has an object id: objects are what their category_id says"));
}

// Two masks of one object in one frame.
void CocoMasks::find_doubles(const CocoNaming& naming) {
  if (naming.labels != CocoLabels::objects || !records_.has_object_ids) return;
  std::uint64_t num_doubles = 0;
  std::string example;
  const auto tell = [&](int object, std::uint64_t slot) {
    if (num_doubles++ == 0)
      example = "object " + std::to_string(object) + " in " + words_of_frame(slot);
  };
  std::vector<std::uint32_t> own;
  for (std::size_t owner = 0; owner + 1 < starts_.size(); ++owner) {
    own.assign(ranked_.begin() + static_cast<std::ptrdiff_t>(starts_[owner]),
               ranked_.begin() + static_cast<std::ptrdiff_t>(starts_[owner + 1]));
    std::ranges::stable_sort(own, {}, [&](std::uint32_t at) { return labels_[at]; });
    for (std::size_t i = 1; i < own.size(); ++i) {
      const int object = labels_[own[i]];
      if (object != labels_[own[i - 1]]) continue;
      if (are_by_frame_) {
        tell(object, owner);
        continue;
      }
      for (std::size_t frame = 0; frame < num_frames(owner); ++frame) {
        const bool are_both = place_of(own[i], owner, frame).is_mask() &&
                              place_of(own[i - 1], owner, frame).is_mask();
        if (are_both) tell(object, first_slots_[owner] + frame);
      }
    }
  }
  if (num_doubles == 0) return;
  findings_.push_back(make_finding("A012", {path()},
                                   number_of(num_doubles, "object has", "objects have") +
                                       " a second mask in a frame (" + example +
                                       "); both are taken together"));
}

std::size_t CocoMasks::sequence_at(std::uint64_t slot) const {
  const auto next = std::ranges::upper_bound(first_slots_, slot);
  return static_cast<std::size_t>(next - first_slots_.begin()) - 1;
}

std::string CocoMasks::words_of_frame(std::uint64_t slot) const {
  const std::string own(name(sequence_at(slot)));
  const std::string frame(frames_[slot]);
  return frame == own ? frame : own + "/" + frame;
}

std::optional<std::size_t> CocoMasks::find(std::string_view sequence) const {
  return position_of(
      sequence, num_sequences(), [&](std::size_t at) { return name(at); },
      std::less<std::string_view>());
}

std::optional<std::size_t> CocoMasks::find_frame(std::size_t sequence,
                                                 std::string_view frame) const {
  return position_of(
      frame, num_frames(sequence), [&](std::size_t at) { return this->frame(sequence, at); },
      FrameLess());
}

std::vector<int> CocoMasks::labels_of(std::size_t sequence) const {
  std::set<int> labels;
  const std::size_t begin = are_by_frame_ ? first_slots_[sequence] : sequence;
  const std::size_t end = are_by_frame_ ? first_slots_[sequence + 1] : sequence + 1;
  for (std::uint64_t i = starts_[begin]; i < starts_[end]; ++i) labels.insert(labels_[ranked_[i]]);
  return {labels.begin(), labels.end()};
}

CocoPlace CocoMasks::place_of(std::uint32_t annotation, std::size_t sequence,
                              std::size_t frame) const {
  if (records_.num_places(annotation) == 0) return {};
  const std::size_t first = records_.annotations.first_place(annotation);
  if (are_by_frame_) return records_.places[first];
  const std::vector<std::uint32_t>& order = orders_[sequence];
  return records_.places[first + (order.empty() ? frame : order[frame])];
}

void CocoMasks::objects_at(std::size_t sequence, std::size_t frame,
                           std::vector<std::uint32_t>& objects) const {
  objects.clear();
  const std::size_t owner = are_by_frame_ ? first_slots_[sequence] + frame : sequence;
  for (std::uint64_t i = starts_[owner]; i < starts_[owner + 1]; ++i) {
    if (place_of(ranked_[i], sequence, frame).is_mask()) objects.push_back(ranked_[i]);
  }
}

std::string_view CocoMasks::text_at(CocoPlace place, std::string& storage) const {
  storage.resize(place.length);
  records_.bytes->read(place.offset, storage);
  return storage;
}

// Of a frame without objects: what the file says, or the size of another frame's mask.
std::pair<int, int> CocoMasks::size_of(std::size_t sequence, CocoBuffers& buffers) const {
  const std::pair<int, int> stated = stated_size(sequence);
  if (stated.first > 0 && stated.second > 0) return stated;
  std::vector<std::uint32_t> objects;
  for (std::size_t frame = 0; frame < num_frames(sequence); ++frame) {
    objects_at(sequence, frame, objects);
    if (objects.empty()) continue;
    const CocoPlace place = place_of(objects.front(), sequence, frame);
    read_coco_mask(text_at(place, buffers.text), 0, 0, buffers.mask);
    return {buffers.mask.width, buffers.mask.height};
  }
  throw Error(ErrorKind::input, "", "the frame has no object, and nothing says its size",
              "\"width\" and \"height\" of its video or image");
}

CocoFrame CocoMasks::read(std::size_t sequence, std::size_t frame, int label, int expected_width,
                          int expected_height, CocoBuffers& buffers) const {
  const auto [own_width, own_height] = stated_size(sequence);
  objects_at(sequence, frame, buffers.objects);
  int width = expected_width > 0 ? expected_width : own_width;
  int height = expected_width > 0 ? expected_height : own_height;
  if (width == 0 || height == 0) std::tie(width, height) = size_of(sequence, buffers);
  if (expected_width > 0 && buffers.objects.empty() && own_width > 0 &&
      (own_width != width || own_height != height)) {
    throw Error(ErrorKind::input, "", "the mask is " + size_text(own_width, own_height),
                size_text(width, height) + turned_words(own_width, own_height, width, height));
  }
  // As read_coco_mask, also of a frame without a mask.
  if (static_cast<std::uint64_t>(width) * static_cast<std::uint64_t>(height) >
      MaskDecodeOptions().max_pixels) {
    throw Error(ErrorKind::limit, "", "the mask is " + size_text(width, height),
                "at most 2^26 pixels");
  }
  Sha256Stream digest;
  digest.update("labels " + std::to_string(width) + " " + std::to_string(height) + "\n");
  buffers.layers.begin(width, height);
  for (const std::uint32_t object : buffers.objects) {
    const auto object_label = labels_[object];
    if (label != 0 && object_label != label) continue;
    const std::string_view text = text_at(place_of(object, sequence, frame), buffers.text);
    read_coco_mask(text, width, height, buffers.mask);
    digest.update(std::string(1, static_cast<char>(object_label)));
    digest.update(text);
    for (std::size_t part = 0; part < buffers.mask.num_parts; ++part)
      buffers.layers.add(buffers.mask.parts[part], object_label);
  }
  CocoFrame read;
  read.labels = MaskLabels(width, height, buffers.layers.finish(read.num_shared));
  read.digest = digest.finish();
  if (read.num_shared > 0) {
    const std::lock_guard lock(mutex_);
    shared_[first_slots_[sequence] + frame] = read.num_shared;
  }
  return read;
}

std::vector<Finding> CocoMasks::overlaps() const {
  const std::lock_guard lock(mutex_);
  if (shared_.empty()) return {};
  std::uint64_t num_pixels = 0;
  std::set<std::string> sequences;
  for (const auto& [slot, pixels] : shared_) {
    num_pixels += pixels;
    sequences.emplace(name(sequence_at(slot)));
  }
  return {make_finding(
      "A010", {path()},
      "objects share " + number_of(num_pixels, "pixel", "pixels") + " in " +
          number_of(shared_.size(), "frame", "frames") + " of " +
          number_of(sequences.size(), "sequence", "sequences") + " (" +
          words_of_frame(shared_.begin()->first) + (shared_.size() > 1 ? ", …" : "") +
          "); each went to the object of the higher score, else to the first of the file")};
}

}  // namespace angiobench
