// SPDX-License-Identifier: MIT
#pragma once

#include <list>
#include <map>
#include <memory>
#include <span>
#include <vector>

#include "baselines/inference/planes.h"
#include "baselines/known_labels.h"
#include "baselines/matching/matcher.h"
#include "baselines/networks/network_engine.h"

namespace angiobench {

struct SessionOptions {
  MatchOptions match;
  int memory_every = 5;       // a frame is remembered when this many have passed since the last one
  bool include_last = false;  // the previous frame is a temporary memory, replaced each frame
  // The oldest frame without a prompt goes when there are more; prompts stay, also where they alone
  // are more. 0: never forgets, as the official code. At 512x512 a frame takes 0.3 MB and 2.1 MB
  // an object.
  int max_memory_frames = 64;
};

/// An object that appears: its id and its mask (1 inside, 0 outside), of the padded frame's size.
struct NewObject {
  int id = 0;
  Plane mask;
};

/// Seconds of wall time that a session spent in each stage.
struct StageTimes {
  double key_encoder = 0;
  double matching = 0;
  double decoder = 0;
  double value_encoder = 0;
  double other = 0;  // aggregation, book-keeping

  double total() const { return key_encoder + matching + decoder + value_encoder + other; }
};

/// Propagates masks through one clip, frame by frame: the cores of the official code (for clips
/// whose objects all come with the first frame, and for late ones) as one stream. Only the present
/// frame and the memory are held.
///
/// A frame without prompt is predicted: each object's memory is read and decoded, the objects are
/// aggregated softly, and the frame is remembered when `memory_every` have passed since the last
/// remembered one. A frame with a prompt is predicted first (where objects are known already), then
/// the new masks are put over the prediction, everything is aggregated again, and the frame is
/// remembered by every object; a new object's memory starts here. A prompt without new objects is
/// such a frame, too. The temporary memory of `include_last` ends with any lasting one.
class VideoSession {
 public:
  /// Keeps a reference to the engine.
  VideoSession(NetworkEngine& engine, const SessionOptions& options);

  /// Takes the next frame: 3 normalised planes of height x width, multiples of 16 that stay the
  /// same. `prompt`: null, or the objects that are new here (perhaps none). `last`: nothing need be
  /// remembered. Returns the probability planes, background first, then the objects in the order of
  /// object_ids(); empty before the first prompt. Valid until the next call.
  std::span<const Plane> step(std::span<const float> image, int height, int width,
                              const std::vector<NewObject>* prompt, bool last);

  /// Takes the next frame in place of step(), where all objects in it are known: those of before
  /// that `objects` lack are empty here. The planes become these masks, aggregated. Known::given
  /// and corrected: the frame is remembered, unless it is the last, as one with a prompt is;
  /// corrected: every remembered frame without a prompt is forgotten first. Known::recalled: it is
  /// remembered where step() would have remembered it, with these masks.
  void take(std::span<const float> image, int height, int width,
            const std::vector<NewObject>& objects, Known how, bool last);

  /// Ids of the objects known so far, ascending.
  const std::vector<int>& object_ids() const { return ids_; }
  /// Frames that are remembered, the temporary one included, and their bytes.
  int memory_frames() const { return static_cast<int>(memory_.size()); }
  std::size_t memory_bytes() const;
  const StageTimes& stage_times() const { return times_; }

 private:
  struct Remembered {
    enum class Kind { prompt, regular, temporary };
    Kind kind = Kind::regular;
    KeyFrame key;
    std::map<int, ValueFrame> values;  // by object id: those that were known then
  };

  void check_frame(std::span<const float> image, int height, int width);
  std::unique_ptr<FrameEncoding> encode(std::span<const float> image, int height, int width,
                                        std::vector<float>& key);
  void know(int id, int height, int width);
  void predict(FrameEncoding& frame, std::span<const float> key);
  void read_memory(std::span<const float> key, std::vector<ValueFrame>& readouts);
  void take_prompt(const std::vector<NewObject>& prompt, int height, int width);
  void remember(FrameEncoding& frame, std::span<const float> key, Remembered::Kind kind);

  NetworkEngine& engine_;
  SessionOptions options_;
  std::unique_ptr<Matcher> matcher_;
  CellGrid grid_;
  std::vector<int> ids_;
  std::vector<Plane> planes_;     // background, then ids_
  std::list<Remembered> memory_;  // oldest first
  int since_memory_ = 0;          // frames since the last lasting memory
  StageTimes times_;
};

}  // namespace angiobench
