// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "dataset/files/json_stream.h"
#include "dataset/masks/packed_numbers.h"
#include "dataset/sequence_index.h"

namespace angiobench {

/// How a json is laid out that holds masks.
enum class CocoForm {
  videos,         // YouTube-VIS: videos, and annotations with a mask (or null) for each frame
  images,         // COCO: images, and annotations of one mask each
  burst,          // BURST: sequences, each a list of frames that hold masks by object
  video_results,  // a list of what annotations of `videos` are
  image_results,  // the same of `images`
};

/// What a json may hold. Its masks stay in the file; what is kept of each is some 10 bytes.
struct CocoLimits {
  std::uint64_t max_bytes = 4ULL << 30;    // of the file
  std::uint64_t max_entries = 1ULL << 26;  // videos, images and annotations, masks and nulls
  JsonLimits json;
  /// Whether --max-archive-size and --max-entries raise them, as messages then say.
  bool are_options = false;
};

/// An id of a video or an image: a whole number from 0 on, or a text, which is ~(its place in
/// `CocoRecords::texts`).
using CocoId = std::int64_t;

struct CocoVideo {
  CocoId id = 0;
  std::string name;   // "name", or the folder of its frames; may be empty
  FrameNames frames;  // of file_names, without folder and extension, in the file's order
  int width = 0;      // 0: not said
  int height = 0;
};

/// The images of a file, a few bytes each.
class CocoImages {
 public:
  void add(CocoId id, std::string_view name, int width, int height, std::optional<CocoId> video);
  std::size_t size() const { return ids_.size(); }
  CocoId id(std::size_t at) const { return ids_[at]; }
  /// The file's name, with its folders. Valid until one is added.
  std::string_view name(std::size_t at) const { return names_[at]; }
  std::pair<int, int> size_of(std::size_t at) const {
    return sizes_[static_cast<std::size_t>(size_at_[at])];
  }
  std::optional<CocoId> video(std::size_t at) const;

 private:
  PackedNumbers ids_;
  PackedNumbers videos_;  // as far as the last image that has one
  PackedTexts names_;
  PackedNumbers size_at_;  // in sizes_
  std::vector<std::pair<int, int>> sizes_;
  std::map<std::pair<int, int>, std::uint32_t> size_places_;
};

/// Where a mask stands in the file.
struct CocoPlace {
  static constexpr std::uint64_t kMostLength = (1U << 24) - 1;
  static constexpr std::uint64_t kMostOffset = 1ULL << 40;

  std::uint64_t offset = 0;
  std::size_t length = 0;  // 0: there is none (null)

  bool is_mask() const { return length > 0; }
};

/// Places of masks in the order of the file, a few bytes each.
class CocoPlaces {
 public:
  void push_back(CocoPlace place);
  std::size_t size() const { return lengths_.size(); }
  CocoPlace operator[](std::size_t at) const {
    return {static_cast<std::uint64_t>(offsets_[at]), static_cast<std::size_t>(lengths_[at])};
  }

 private:
  PackedNumbers offsets_;
  PackedNumbers lengths_;
  std::uint64_t last_offset_ = 0;
};

/// An object of a video, or of an image.
struct CocoAnnotation {
  CocoId owner = 0;          // its video or image
  std::int32_t object = -1;  // its id, where the file says one (object_id, instance_id, track_id)
  std::int32_t category = -1;
  float score = 0;                // 0: not said
  std::uint32_t first_place = 0;  // in CocoRecords::places; it has those up to the next one's first
};

/// The annotations of a file in its order, a few bytes each.
class CocoAnnotations {
 public:
  void push_back(const CocoAnnotation& one);
  std::size_t size() const { return owners_.size(); }
  bool empty() const { return size() == 0; }
  CocoId owner(std::size_t at) const { return owners_[at]; }
  std::int32_t object(std::size_t at) const { return static_cast<std::int32_t>(objects_[at]); }
  std::int32_t category(std::size_t at) const { return static_cast<std::int32_t>(categories_[at]); }
  float score(std::size_t at) const;
  std::size_t first_place(std::size_t at) const {
    return static_cast<std::size_t>(static_cast<std::int64_t>(at) + places_ahead_[at]);
  }

 private:
  PackedNumbers owners_;
  PackedNumbers objects_;
  PackedNumbers categories_;
  PackedNumbers scores_;        // their bits
  PackedNumbers places_ahead_;  // first places, less the annotations before
};

/// What one reading finds in a json.
struct CocoRecords {
  CocoForm form = CocoForm::videos;
  std::string path;  // what messages call the file
  std::shared_ptr<const RandomBytes> bytes;
  TextPlaces texts;  // ids that are no numbers
  std::vector<CocoVideo> videos;
  CocoImages images;
  CocoAnnotations annotations;
  CocoPlaces places;
  std::vector<std::pair<std::int64_t, std::string>> categories;
  bool has_object_ids = false;      // whether an annotation has one
  std::uint64_t num_ids_twice = 0;  // annotations whose own id another one had before
  std::int64_t id_twice = 0;        // such an id

  std::string words_of(CocoId id) const;
  std::size_t num_places(std::size_t annotation) const;
};

/// Reads a json in one go with little memory. Throws Error{input} for what is no JSON, or has none
/// of the forms (names what was found and expected), for a field of another kind, and where two
/// videos or images have one id; Error{limit} where a limit is hit.
CocoRecords read_coco_records(std::shared_ptr<const RandomBytes> bytes, const std::string& path,
                              const CocoLimits& limits = {});

}  // namespace angiobench
