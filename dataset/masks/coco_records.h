// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "dataset/files/json_stream.h"
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

/// What a json may hold. Its masks stay in the file; what is kept of each is some 40 bytes.
struct CocoLimits {
  std::uint64_t max_bytes = 4ULL << 30;    // of the file
  std::uint64_t max_entries = 1ULL << 26;  // videos, images and annotations, masks and nulls
  JsonLimits json;
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
  /// The file's name, with its folders.
  std::string_view name(std::size_t at) const;
  std::pair<int, int> size_of(std::size_t at) const { return sizes_[size_at_[at]]; }
  std::optional<CocoId> video(std::size_t at) const;

 private:
  std::deque<CocoId> ids_;
  std::deque<CocoId> videos_;  // as far as the last image that has one
  std::string characters_;
  std::deque<std::uint64_t> ends_;
  std::deque<std::uint32_t> size_at_;  // in sizes_
  std::vector<std::pair<int, int>> sizes_;
  std::map<std::pair<int, int>, std::uint32_t> size_places_;
};

/// Where a mask stands in the file; 0: none (null).
class CocoPlace {
 public:
  CocoPlace() = default;
  CocoPlace(std::uint64_t offset, std::uint64_t length) : packed_(offset << 24 | length) {}
  bool is_mask() const { return packed_ != 0; }
  std::uint64_t offset() const { return packed_ >> 24; }
  std::size_t length() const { return packed_ & ((1U << 24) - 1); }

  static constexpr std::uint64_t kMostLength = (1U << 24) - 1;
  static constexpr std::uint64_t kMostOffset = 1ULL << 40;

 private:
  std::uint64_t packed_ = 0;
};

/// An object of a video, or of an image.
struct CocoAnnotation {
  CocoId owner = 0;          // its video or image
  std::int32_t object = -1;  // its id, where the file says one (object_id, instance_id, track_id)
  std::int32_t category = -1;
  float score = 0;                // 0: not said
  std::uint32_t first_place = 0;  // in CocoRecords::places; it has those up to the next one's first
};

/// What one reading finds in a json.
struct CocoRecords {
  CocoForm form = CocoForm::videos;
  std::string path;  // what messages call the file
  std::shared_ptr<const RandomBytes> bytes;
  std::vector<std::string> texts;  // ids that are no numbers
  std::vector<CocoVideo> videos;
  CocoImages images;
  std::deque<CocoAnnotation> annotations;
  std::deque<CocoPlace> places;
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
