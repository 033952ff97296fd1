// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "dataset/masks/mask.h"
#include "evaluator/counting/frame_counter.h"
#include "evaluator/result.h"

namespace angiobench {

/// What a pixel of an error map says about prediction and truth. The values are palette entries.
enum class PixelVerdict : std::uint8_t {
  background = 0,      // neither has an object; transparent
  right = 1,           // the same object; light grey
  false_positive = 2,  // an object where there is none; vermillion
  false_negative = 3,  // an object not found; blue
  wrong_object = 4,    // another object's id; reddish purple
};

/// Colours of the verdicts as #RRGGBB, indexed by PixelVerdict (Okabe and Ito's palette, safe for
/// colour-blind eyes).
std::span<const std::string_view, 5> error_map_colors();

/// How two label masks become an error map.
struct ErrorMapOptions {
  /// Truth pixels kVoidLabel are background, as in protocols that honour void
  bool ignore_void = false;
};

/// The error map of one frame as a palette PNG (entry 0 transparent): 2 bits a pixel, 4 where all
/// five verdicts occur. Both masks must have the same size, at least 1x1 (Error{bug}). Same input,
/// same bytes; 1.3-4.7 KB at 512x512.
std::vector<std::uint8_t> encode_error_map(const MaskLabels& truth, const MaskLabels& prediction,
                                           const ErrorMapOptions& options = {});

/// Five colours, red, green, blue; the first is transparent.
using MapPalette = std::array<std::array<std::uint8_t, 3>, 5>;

/// A map of entries 0 … 4 as a palette PNG, as encode_error_map writes its verdicts: 2 bits a
/// pixel, 4 where all five occur.
std::vector<std::uint8_t> encode_palette_map(const MaskView& entries, const MapPalette& palette);

/// An error map that is kept: which frame it shows, by name, and its PNG.
struct ErrorMap {
  std::string sequence;
  std::string frame;
  std::vector<std::uint8_t> png;

  friend bool operator==(const ErrorMap&, const ErrorMap&) = default;
};

/// Which frames WorstFrames keeps.
struct ErrorMapSelection {
  /// Of each sequence; the worst overall are among them, no sequence crowds out
  std::size_t worst = 6;
  /// Of so many neighbouring frames, which look alike, only the worst; >= 1
  std::size_t spacing = 4;
};

/// How bad a frame is: the mean of (J + F) / 2 over the objects that truth or prediction shows; 1
/// where neither does.
double frame_quality(std::span<const ObjectCounts> objects);

/// Chooses the worst frames while a submission is scored, by their counts: their masks are read a
/// second time for the maps of those that are kept, which costs less than drawing each that is
/// among the worst so far. `offer` may be called from any thread and in any order: what is kept
/// depends on the frames only.
class WorstFrames {
 public:
  explicit WorstFrames(const ErrorMapSelection& selection);

  /// One frame: positions of the sequence and of the frame in it, and the counts of each object
  /// that truth or prediction has.
  void offer(std::size_t sequence, std::size_t frame, std::span<const ObjectCounts> objects);

  /// Hands over which frames of a sequence are kept, ascending, after the last `offer` of it.
  std::vector<std::size_t> take(std::size_t sequence);

 private:
  struct Kept {
    double quality = 0;
    std::size_t frame = 0;
  };
  ErrorMapSelection selection_;
  std::mutex mutex_;
  std::map<std::size_t, std::vector<Kept>> sequences_;
};

/// Error maps on their way to <folder>/<sequence>/<frame>.png: each is written to a folder beside
/// it at once, so that memory does not grow with them, and commit() puts all in their places. What
/// was not committed is taken away.
class StagedErrorMaps {
 public:
  /// Where a map belongs, by positions, and the size of its file.
  struct Place {
    std::uint32_t sequence = 0;
    std::uint32_t frame = 0;
    std::uint32_t num_bytes = 0;
  };

  StagedErrorMaps(std::string folder,
                  std::function<std::string(std::size_t sequence)> sequence_name,
                  std::function<std::string(std::size_t sequence, std::size_t frame)> frame_name);
  ~StagedErrorMaps();
  StagedErrorMaps(const StagedErrorMaps&) = delete;
  StagedErrorMaps& operator=(const StagedErrorMaps&) = delete;

  /// May be called from any thread. Throws Error{input} where a name cannot be a file's name or the
  /// system refuses.
  void add(std::size_t sequence, std::size_t frame, std::span<const std::uint8_t> png);
  /// Puts places() into order, after the last add().
  void sort();
  const std::vector<Place>& places() const { return places_; }
  /// A map before commit(), by its position in places().
  std::vector<std::uint8_t> read(std::size_t place) const;
  /// Maps of earlier runs stay where they are not replaced.
  void commit();

 private:
  std::string file(const std::string& folder, std::size_t sequence, std::size_t frame) const;
  void make_folder(std::size_t sequence);

  std::string folder_;
  std::string temporary_;
  std::function<std::string(std::size_t)> sequence_name_;
  std::function<std::string(std::size_t, std::size_t)> frame_name_;
  std::mutex mutex_;
  std::vector<Place> places_;
  std::set<std::size_t> folders_;  // sequences that have one
};

/// Writes maps as <folder>/<sequence>/<frame>.png, each atomically. Throws Error{input} where a
/// name cannot be a file's name or the system refuses.
void write_error_maps(const std::string& folder, std::span<const ErrorMap> maps);

/// Reads back what write_error_maps wrote, for the sequences of `result`, by (sequence, frame);
/// none where the folder does not exist. Files that are not PNG are refused with Error{input}.
std::vector<ErrorMap> read_error_maps(const std::string& folder, const Result& result);

}  // namespace angiobench
