// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "dataset/benchmark.h"
#include "dataset/files/file_tree.h"
#include "dataset/finding.h"

namespace angiobench {

/// Names of frames ("00000", without extension), packed: a million of them must stay small. Names
/// of one length take their characters only.
class FrameNames {
 public:
  /// Makes room for names of so many characters in all.
  void reserve(std::size_t num_characters) { characters_.reserve(num_characters); }
  void append(std::string_view name);
  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  std::string_view operator[](std::size_t index) const;
  /// Position of a name, or nullopt. The names must be in the order of FrameLess (frame_order.h).
  std::optional<std::size_t> find(std::string_view name) const;

 private:
  std::string characters_;
  std::size_t size_ = 0;
  std::size_t length_ = 0;           // of every name, while `ends_` is empty
  std::vector<std::uint32_t> ends_;  // of each name, where their lengths differ
};

/// The frames for which a meta json says that an object is judged (lvos), by number.
struct FrameRange {
  int start = 0;
  int end = 0;
  int num_frames = 0;          // as the json states it
  std::size_t num_digits = 0;  // of frame names, zeros included

  /// The name of a frame: its number, padded.
  std::string name(int number) const;
};

/// One annotated video of a benchmark.
struct Sequence {
  std::string name;    // "v00"; what a submission's folder is called
  std::string folder;  // of its masks, relative to SequenceIndex::truth
  /// Of its frames, relative to SequenceIndex::truth; empty where there are none
  std::string images;
  FrameNames frames;     // annotated frames, in the order of FrameLess
  std::size_t rank = 0;  // of a single image: its place in the split, by number
  /// MaskStorage::objects: object id -> the frames that have its mask
  std::map<int, FrameNames> object_masks;
  std::map<int, std::string> object_folders;  // as above: object id -> name of its folder ("000")
  // What the first-mask or meta json says; empty where there is none.
  /// Frame name -> ids given there (empty list: ids not stated)
  std::map<std::string, std::vector<int>> prompts;
  std::set<int> seen_objects;    // ids of seen categories
  std::set<int> unseen_objects;  // ids of unseen categories
  /// youtube-vos: id -> frames in which it is judged
  std::map<int, std::vector<std::string>> object_frames;
  std::set<int> meta_objects;               // youtube-vos, mose-v2: ids that the meta json names
  std::map<int, FrameRange> object_ranges;  // lvos: id -> its range
  // secvos: first and last frame of the first, second and remaining segment around a change of
  // scene, by number; empty where scene_info.json has none.
  std::array<std::optional<std::pair<int, int>>, 3> segments;
  bool is_unsupervised = true;  // false: a list of the unsupervised task's videos lacks it
  int length = 0;               // mose-v2: frames of the video; 0 where not stated
  int meta_width = 0;           // mose-v2: size of the video; 0 where not stated
  int meta_height = 0;
};

class MaskSource;

/// Every sequence of a benchmark's split, in the split file's set, sorted bytewise by name; single
/// images by the numbers in their names.
struct SequenceIndex {
  BenchmarkDefinition benchmark;
  std::shared_ptr<const FileTree> truth;    // the ground truth's files; null for arrays
  std::shared_ptr<const MaskSource> masks;  // who knows where the truth's masks are
  std::vector<Sequence> sequences;
  std::vector<Finding> findings;  // e.g. no split file: all folders taken
  // What was found where, relative to `truth`; empty where it is not there.
  std::string root;         // the split's folder
  std::string annotations;  // the folder that holds the sequences
  std::string images;       // the folder that holds the frames
  std::string split_file;
  std::string meta_file;              // as the user may open it (--meta lies outside of `truth`)
  std::set<std::string> meta_videos;  // videos that the first-mask or meta json names
  std::string scene_file;             // scene_info.json, as the user may open it

  std::uint64_t num_frames() const;  // annotated frames of all sequences
};

/// What becomes of a listed sequence without masks and of a json that cannot be read.
enum class IndexProblems {
  refuse,  // Error{input}
  report,  // a finding (D005, D040); the index holds what is there
};

struct IndexOptions {
  std::string meta_file;               // --meta: replaces the benchmark's own candidates
  std::vector<std::string> sequences;  // --sequences: only these; empty: all
  IndexProblems problems = IndexProblems::refuse;
};

/// Finds a benchmark's sequences below `root` (the data set's root, the split's folder, or the
/// folder that holds the sequences). Throws Error{input} where nothing fits (names what was looked
/// for) or a listed sequence is missing.
SequenceIndex index_ground_truth(const std::string& root, const BenchmarkDefinition& benchmark,
                                 const IndexOptions& options = {});

/// Names of the images of a sequence in order, without extension; none where there are no images
/// beside the truth.
FrameNames images_of(const SequenceIndex& index, const Sequence& sequence);

/// What a first-mask or meta json says of one video; see Sequence for the fields.
struct FirstMaskVideo {
  std::map<std::string, std::vector<int>> prompts;
  std::set<int> seen_objects;
  std::set<int> unseen_objects;
  std::map<int, std::vector<std::string>> object_frames;
  std::map<int, std::string> categories;
  std::map<int, FrameRange> object_ranges;
  std::set<int> objects;
  int length = 0;
  int width = 0;
  int height = 0;
};

/// Parses a first-mask or meta json: video name -> what it says. Reads both MOSXAV schemas (a list
/// of frames; frames with objects and the seen and unseen ids), YouTube-VOS's, MOSE v2's and
/// LVOS's. Throws Error{input} naming the field.
std::map<std::string, FirstMaskVideo> parse_first_masks(std::string_view text,
                                                        const std::string& path);

/// Parses a scene_info.json: video -> its segments, see Sequence::segments. Throws Error{input}
/// naming the field.
std::map<std::string, std::array<std::optional<std::pair<int, int>>, 3>> parse_scenes(
    std::string_view text, const std::string& path);

/// Sequence names of a split file in its order, repeated where the file repeats them: a name a
/// line, or DAVIS 2016's
/// "/JPEGImages/480p/bear/00000.jpg /Annotations/…", whose runs of one name count once.
std::vector<std::string> parse_split(std::string_view text);

}  // namespace angiobench
