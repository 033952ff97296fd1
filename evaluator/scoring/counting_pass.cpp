// SPDX-License-Identifier: MIT
#include "evaluator/scoring/counting_pass.h"

#include <tbb/global_control.h>
#include <tbb/task_arena.h>
#include <tbb/parallel_for.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstring>
#include <memory>
#include <mutex>
#include <set>
#include <utility>

#include "dataset/frame_order.h"
#include "dataset/masks/palette_order.h"
#include "dataset/masks/png.h"
#include "dataset/masks/submission_limits.h"
#include "evaluator/counting/temporal_stability.h"

namespace angiobench {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kGrain = 8;  // frames that a thread takes at once
// Frames, for each thread, that are counted beyond the first sequence that is not handed over.
constexpr std::size_t kMaxAhead = 256;

// What a frame shows beside its counts; see is_suspicious.
struct FrameMarks {
  bool has_odd_palette = false;
  bool has_foreign_value = false;  // a label that predictions do not have
  bool has_wide_object = false;    // one that covers half of the frame, and mostly background
  bool has_exchange = false;       // two objects fit each other's truth
  // How the prediction fits the truth of the frame before, of this one and of the next; -1: not
  // known.
  std::array<double, 3> agreement = {-1, -1, -1};
};

// A sequence while its frames are being counted.
struct OpenSequence {
  std::vector<CountTable> tables;
  std::vector<Sha256> truth_digests;  // by frame; zero where nothing was read
  std::vector<Sha256> prediction_digests;
  std::vector<FrameMarks> marks;
  std::vector<std::unique_ptr<OutlineSequence>> outlines;  // by plan; null where not asked for
  std::atomic<std::size_t> num_left{0};
  std::mutex mutex;  // guards `failure`
  std::optional<Error> failure;
  std::size_t failed_frame = 0;
};

// Time of one thread, by stage, once it is switched on.
class Stopwatch {
 public:
  void switch_on() { is_on_ = true; }
  void start() {
    if (is_on_) last_ = Clock::now();
  }
  void lap(double& seconds) {
    if (!is_on_) return;
    const Clock::time_point now = Clock::now();
    seconds += std::chrono::duration<double>(now - last_).count();
    last_ = now;
  }

 private:
  bool is_on_ = false;
  Clock::time_point last_;
};

// What a thread owns: buffers that are reused from frame to frame.
struct Worker {
  FrameCounter counter;
  FrameCounter before;  // with the masks of the frame that was counted before, in this sequence
  std::size_t before_sequence = static_cast<std::size_t>(-1);
  std::size_t before_frame = 0;
  std::vector<std::uint8_t> palette;  // of the prediction looked at last
  std::vector<Rgb> colors;            // the same
  bool is_odd_palette = false;
  MaskBuffers truth_buffers;
  MaskBuffers prediction_buffers;  // where the truth is needed once the prediction is read
  ReadSeconds reading;
  std::vector<ObjectCounts> counts;
  std::vector<FrameCounts> pairs;
  OutlineMatcher matcher;
  StageSeconds seconds;
  Stopwatch watch;
};

// Whether a frame is held against the one before. A shift is a shift throughout: of a long sequence
// every fourth pair tells it.
bool is_compared(const Sequence& sequence, std::size_t frame) {
  constexpr std::size_t kShort = 16;
  return sequence.frames.size() <= kShort || frame % 4 == 1;
}

// Whether a validator could find an error in what was counted. Conditions are wider than
// the validator's own where counts can tell, for a look too many costs time only, and one too few a
// silent number.
bool looks_odd(const BenchmarkDefinition& benchmark, const Sequence& sequence,
               const CountTable& table, const std::vector<FrameMarks>& marks) {
  constexpr std::uint32_t kRaggedFactor = 2;
  std::set<int> truth;
  std::set<int> predicted;
  std::size_t num_read = 0;
  std::size_t num_unlike = 0;
  std::array<std::size_t, 2> num_telling{};
  std::array<std::size_t, 2> num_better{};
  std::array<double, 2> gain{};  // of the fit to a neighbour's truth over the own
  bool is_ragged = false;
  for (std::size_t i = 0; i < table.size(); ++i) {
    const FrameRecord& record = table[i];
    truth.insert(record.truth_ids.begin(), record.truth_ids.end());
    if (record.read != FrameNeed::both) continue;
    ++num_read;
    bool is_same = true;
    std::uint32_t longest = 0;
    for (const ObjectCounts& object : record.counts)
      longest = std::max(longest, object.counts.prediction_boundary);
    for (const ObjectCounts& object : record.counts) {
      const FrameCounts& counts = object.counts;
      if (counts.prediction > 0) predicted.insert(object.id);
      is_same = is_same && counts.intersection == counts.union_area;
      // Interpolated edges are strips of labels that are none: thin, as long as the outline that
      // they follow, and next to nothing of them where the truth has that label.
      constexpr std::uint32_t kStrip = 24;
      is_ragged =
          is_ragged ||
          (counts.prediction_boundary > kStrip && 2 * counts.prediction_boundary >= longest &&
           counts.prediction_boundary >= kRaggedFactor * std::max(counts.truth_boundary, 1U) &&
           counts.prediction <= 2 * counts.prediction_boundary &&
           8 * counts.intersection <= counts.prediction);
    }
    num_unlike += is_same ? 0 : 1;
    const FrameMarks& mark = marks[i];
    if (mark.has_odd_palette || mark.has_foreign_value || mark.has_wide_object || mark.has_exchange)
      return true;
    for (std::size_t side = 0; side < 2; ++side) {
      const double there = mark.agreement[2 * side];
      if (there < 0 || mark.agreement[1] < 0 || there == mark.agreement[1]) continue;
      ++num_telling[side];
      num_better[side] += there > mark.agreement[1] ? 1 : 0;
      gain[side] += there - mark.agreement[1];
    }
  }
  if (num_read == 0) return false;
  // Ids that the truth does not have are false positives; none that it has is another numbering.
  const bool shares_none =
      std::ranges::none_of(predicted, [&](int id) { return truth.contains(id); });
  const std::vector<bool>& allowed = benchmark.labels.prediction_values;
  const bool has_foreign = std::ranges::any_of(predicted, [&](int id) {
    const bool is_above = benchmark.max_objects > 0 && id > benchmark.max_objects;
    return is_above || (!allowed.empty() && !allowed[static_cast<std::size_t>(id)]);
  });
  // Frames of prompts may differ in a copy; where few are read, none may.
  const std::size_t num_prompts =
      1 + std::max(sequence.prompts.size(), sequence.object_frames.size());
  const bool is_copy = num_unlike == 0 || (num_read > 2 * num_prompts && num_unlike <= num_prompts);
  // A little less than what the validator calls shifted: here not every pair of frames is seen.
  constexpr double kLeastShare = 0.7;
  constexpr double kLeastGain = 0.02;
  bool is_shifted = false;
  for (std::size_t side = 0; side < 2; ++side) {
    const auto telling = static_cast<double>(num_telling[side]);
    is_shifted = is_shifted ||
                 (telling > 1 && static_cast<double>(num_better[side]) >= kLeastShare * telling &&
                  gain[side] >= kLeastGain * telling);
  }
  return predicted.empty() || shares_none || has_foreign || is_copy || is_shifted || is_ragged;
}

std::set<int> ids_in(const MaskView& mask, const std::array<std::uint8_t, 256>& map) {
  std::array<bool, 256> has_label{};
  for (int y = 0; y < mask.height; ++y) {
    for (int x = 0; x < mask.width; ++x) has_label[mask.at(x, y)] = true;
  }
  std::set<int> ids;
  for (std::size_t label = 0; label < map.size(); ++label) {
    if (has_label[label] && map[label] != kBackgroundLabel) ids.insert(map[label]);
  }
  return ids;
}

// The rules for a plane: whatever is not 0 is the object, which is called 1 meanwhile.
CountingRules plane_rules(const CountingRules& rules) {
  CountingRules result = rules;
  result.truth_map.fill(1);
  result.truth_map[0] = kBackgroundLabel;
  result.prediction_map = result.truth_map;
  result.void_label = -1;
  return result;
}

class Pass {
 public:
  Pass(const SequenceIndex& index, const MaskSource& predictions,
       std::span<const CountingPlan> plans,
       const std::function<FrameNeed(std::size_t, std::size_t)>& need, const MissingFrames& missing,
       const PassOptions& options, const std::function<void(SequenceCounts&&)>& on_sequence)
      : index_(index),
        predictions_(predictions),
        plans_(plans),
        need_(need),
        missing_(missing),
        options_(options),
        on_sequence_(on_sequence),
        open_(index.sequences.size()) {
    first_frame_.push_back(0);
    for (const Sequence& sequence : index.sequences)
      first_frame_.push_back(first_frame_.back() + sequence.frames.size());
  }

  StageSeconds run() {
    const int jobs = options_.jobs > 0 ? options_.jobs : tbb::this_task_arena::max_concurrency();
    std::vector<Worker> workers(static_cast<std::size_t>(jobs));
    if (options_.timing) {
      for (Worker& worker : workers) {
        worker.watch.switch_on();
        worker.truth_buffers.seconds = &worker.reading;
        worker.prediction_buffers.seconds = &worker.reading;
      }
    }
    // Each thread takes the next few frames, so that sequences are finished in order and few are
    // open at a time.
    finish_empty_sequences();
    const std::size_t max_ahead = kMaxAhead * workers.size();
    const auto work = [&](Worker& worker) {
      try {
        for (;;) {
          const std::size_t begin = next_.fetch_add(kGrain);
          if (begin >= first_frame_.back() || !wait_for_turn(begin, max_ahead)) return;
          const std::size_t end = std::min(begin + kGrain, first_frame_.back());
          // Whose neighbours are looked at must not depend on who counts them.
          worker.before_sequence = static_cast<std::size_t>(-1);
          for (std::size_t i = begin; i < end; ++i) count_frame(i, worker);
        }
      } catch (...) {
        stop();
        throw;
      }
    };
    if (jobs == 1) {
      work(workers[0]);
    } else {
      const tbb::global_control limit(tbb::global_control::max_allowed_parallelism,
                                      static_cast<std::size_t>(jobs));
      tbb::task_arena arena(jobs);
      arena.execute([&] {
        tbb::parallel_for(
            std::size_t{0}, workers.size(), [&](std::size_t i) { work(workers[i]); },
            tbb::simple_partitioner());
      });
    }
    StageSeconds total;
    for (const Worker& worker : workers) {
      total.read += worker.reading.read;
      total.hash += worker.reading.hash;
      total.decode += worker.reading.decode;
      total.count += worker.seconds.count;
      total.outline += worker.seconds.outline;
    }
    return total;
  }

 private:
  OpenSequence& open(std::size_t position) {
    const std::lock_guard lock(open_mutex_);
    std::unique_ptr<OpenSequence>& slot = open_[position];
    if (slot == nullptr) {
      const std::size_t num_frames = index_.sequences[position].frames.size();
      slot = std::make_unique<OpenSequence>();
      slot->tables.assign(plans_.size(), CountTable(num_frames));
      slot->truth_digests.resize(num_frames);
      slot->prediction_digests.resize(num_frames);
      if (options_.looks_for_oddities) slot->marks.resize(num_frames);
      for (const CountingPlan& plan : plans_) {
        const bool is_wanted =
            plan.with_outlines &&
            !std::binary_search(plan.outlines_leave_out.begin(), plan.outlines_leave_out.end(),
                                index_.sequences[position].name);
        slot->outlines.push_back(is_wanted ? std::make_unique<OutlineSequence>(num_frames)
                                           : nullptr);
      }
      slot->num_left = num_frames;
    }
    return *slot;
  }

  // Lets nobody run far ahead of the first sequence that is not handed over: counts that wait for
  // their turn would pile up behind a thread that sleeps, or behind one that writes for many.
  // Whoever has a frame of that sequence never waits, so it is completed. False: another failed.
  bool wait_for_turn(std::size_t begin, std::size_t max_ahead) {
    std::unique_lock lock(order_mutex_);
    turn_.wait(lock, [&] {
      return is_stopped_ || next_sequence_ + 1 >= first_frame_.size() ||
             begin < first_frame_[next_sequence_ + 1] + max_ahead;
    });
    return !is_stopped_;
  }

  void stop() {
    const std::lock_guard lock(order_mutex_);
    is_stopped_ = true;
    turn_.notify_all();
  }

  void count_frame(std::size_t global, Worker& worker) {
    const auto above = std::upper_bound(first_frame_.begin(), first_frame_.end(), global);
    const auto position = static_cast<std::size_t>(above - first_frame_.begin()) - 1;
    const std::size_t frame = global - first_frame_[position];
    OpenSequence& state = open(position);
    bool is_needed = true;
    {
      // Frames after one that failed need not be looked at; those before it might fail, too, and
      // then count.
      const std::lock_guard lock(state.mutex);
      is_needed = !state.failure || frame < state.failed_frame;
    }
    if (is_needed) {
      try {
        read_frame(position, frame, state, worker);
      } catch (const Error& error) {
        const std::lock_guard lock(state.mutex);
        if (!state.failure || frame < state.failed_frame) {
          state.failure = error;
          state.failed_frame = frame;
        }
      }
    }
    const std::uint64_t done = done_.fetch_add(1) + 1;
    if (options_.progress) options_.progress(done, first_frame_.back());
    if (state.num_left.fetch_sub(1) == 1) finish(position);
  }

  void read_frame(std::size_t position, std::size_t frame, OpenSequence& state, Worker& worker) {
    FrameNeed need = need_(position, frame);
    if (need == FrameNeed::none) return;
    const Sequence& sequence = index_.sequences[position];
    const std::vector<std::uint32_t>& absent = missing_.frames[position];
    const bool is_missing =
        std::binary_search(absent.begin(), absent.end(), static_cast<std::uint32_t>(frame));
    if (is_missing && need == FrameNeed::both)
      need = options_.missing == MissingPolicy::zero ? FrameNeed::truth : FrameNeed::none;
    if (need == FrameNeed::none) return;
    if (index_.masks->has_planes()) {
      read_planes(sequence, frame, need, is_missing, state, worker);
      return;
    }
    const std::string_view name = sequence.frames[frame];
    ExpectedMask expected;
    expected.width = index_.benchmark.width;
    expected.height = index_.benchmark.height;
    const MaskView truth = index_.masks->read_labels(sequence, name, expected, worker.truth_buffers,
                                                     state.truth_digests[frame]);
    worker.watch.start();
    for (std::size_t i = 0; i < plans_.size(); ++i) {
      FrameRecord& record = state.tables[i][frame];
      record.read = need;
      record.missing = is_missing;
    }
    if (need == FrameNeed::truth) {
      for (std::size_t i = 0; i < plans_.size(); ++i) {
        worker.counter.set_truth(truth, plans_[i].rules);
        state.tables[i][frame].truth_ids = worker.counter.truth_ids();
      }
      worker.watch.lap(worker.seconds.count);
      follow_outlines(truth, frame, state, worker);
      return;
    }

    // With one plan the truth is packed before the prediction is decoded, into the same buffer
    // while it is in cache.
    const bool keeps_truth = plans_.size() > 1 || options_.on_frame;
    if (!keeps_truth) {
      worker.counter.set_truth(truth, plans_[0].rules);
      worker.watch.lap(worker.seconds.count);
      // The first outline is the one that methods are given.
      if (frame == 0) follow_outlines(truth, frame, state, worker);
    }
    const MaskView prediction = predictions_.read_labels(
        sequence, name, like(truth), keeps_truth ? worker.prediction_buffers : worker.truth_buffers,
        state.prediction_digests[frame]);
    worker.watch.start();
    if (options_.looks_for_oddities)
      mark_file(prediction, keeps_truth ? worker.prediction_buffers : worker.truth_buffers, worker,
                state.marks[frame]);
    for (std::size_t i = 0; i < plans_.size(); ++i) {
      const CountingPlan& plan = plans_[i];
      FrameRecord& record = state.tables[i][frame];
      if (keeps_truth) worker.counter.set_truth(truth, plan.rules);
      count_plan(plan, prediction, record, worker);
      const auto num_predicted =
          std::count_if(record.counts.begin(), record.counts.end(),
                        [](const ObjectCounts& object) { return object.counts.prediction > 0; });
      if (num_predicted > options_.max_ids) {
        check_num_ids(static_cast<std::size_t>(num_predicted), options_.max_ids, IdScope::mask,
                      predictions_.display(sequence, name));
      }
    }
    if (options_.on_counts) options_.on_counts(position, frame, state.tables[0][frame].counts);
    if (options_.on_frame) {
      Mask truth_ids;
      Mask prediction_ids;
      options_.on_frame({position, frame,
                         mapped_labels(truth, plans_[0].rules.truth_map, truth_ids),
                         mapped_labels(prediction, plans_[0].rules.prediction_map, prediction_ids),
                         state.tables[0][frame].counts});
    }
    if (options_.looks_for_oddities) mark_frame(position, frame, prediction, state, worker);
    worker.watch.lap(worker.seconds.count);
    if (frame > 0) follow_outlines(prediction, frame, state, worker);
    if (frame == 0 && keeps_truth) follow_outlines(truth, frame, state, worker);
  }

  std::span<const Rgb> known_colors() const {
    const BenchmarkDefinition& benchmark = index_.benchmark;
    return benchmark.has_fixed_palette ? std::span<const Rgb>(benchmark.palette)
                                       : std::span<const Rgb>();
  }

  // What the predicted file says beside its labels.
  void mark_file(const MaskView& prediction, const MaskBuffers& buffers, Worker& worker,
                 FrameMarks& marks) const {
    const BenchmarkDefinition& benchmark = index_.benchmark;
    const std::span<const std::uint8_t> palette = palette_bytes(buffers.bytes);
    if (!std::ranges::equal(palette, worker.palette)) {
      worker.palette.assign(palette.begin(), palette.end());
      worker.colors.clear();
      for (std::size_t i = 0; i + 2 < palette.size(); i += 3)
        worker.colors.push_back({palette[i], palette[i + 1], palette[i + 2]});
      worker.is_odd_palette = !palette_disorder(worker.colors, known_colors(), {}).empty();
    }
    marks.has_odd_palette = worker.is_odd_palette;
    // Where labels are mapped, one that predictions do not have leaves no trace in the counts.
    const std::vector<bool>& allowed = benchmark.labels.prediction_values;
    if (allowed.empty() || predictions_.storage() != MaskStorage::labels) return;
    const std::array<std::uint8_t, 256>& ids = plans_[0].rules.prediction_map;
    std::array<std::uint8_t, 256> is_foreign{};
    bool is_hidden = false;
    for (std::size_t label = 0; label < is_foreign.size(); ++label) {
      is_foreign[label] = allowed[label] ? 0 : 1;
      is_hidden = is_hidden || (!allowed[label] && ids[label] != label);
    }
    if (!is_hidden) return;
    marks.has_foreign_value = has_label_of(prediction, is_foreign);
  }

  // Whether a pixel has one of these labels. A mask is long runs: words like the last one are
  // passed over.
  static bool has_label_of(const MaskView& mask, const std::array<std::uint8_t, 256>& is_wanted) {
    std::uint8_t found = is_wanted[kBackgroundLabel] != 0 && mask.num_empty_above > 0 ? 1 : 0;
    std::uint64_t last = 0;
    bool has_last = is_wanted[kBackgroundLabel] == 0;  // a word of background
    for (int y = mask.num_empty_above; y < mask.height - mask.num_empty_below; ++y) {
      const std::uint8_t* const row = mask.row(y);
      int x = 0;
      for (constexpr int kWord = sizeof last; x + kWord <= mask.width; x += kWord) {
        std::uint64_t word;
        std::memcpy(&word, row + x, kWord);
        if (has_last && word == last) continue;
        last = word;
        has_last = true;
        for (int k = 0; k < kWord; ++k) found |= is_wanted[row[x + k]];
      }
      for (; x < mask.width; ++x) found |= is_wanted[row[x]];
    }
    return found != 0;
  }

  // What the counts of a frame, and the masks of the one before, tell; keeps this frame's for the
  // next.
  void mark_frame(std::size_t position, std::size_t frame, const MaskView& prediction,
                  OpenSequence& state, Worker& worker) const {
    const Sequence& sequence = index_.sequences[position];
    const FrameRecord& record = state.tables[0][frame];
    FrameMarks& marks = state.marks[frame];
    const auto area = static_cast<std::uint64_t>(prediction.width) *
                      static_cast<std::uint64_t>(prediction.height);
    if (marks.has_odd_palette) {
      // Colours of labels that no pixel has say nothing.
      std::array<bool, 256> is_used{};
      for (const ObjectCounts& object : record.counts)
        is_used[static_cast<std::size_t>(object.id)] = object.counts.prediction > 0;
      marks.has_odd_palette = !palette_disorder(worker.colors, known_colors(), is_used).empty();
    }
    FrameCounter::Overlap own;
    std::vector<int> unmet;  // in both masks, in different places
    for (const ObjectCounts& object : record.counts) {
      const FrameCounts& counts = object.counts;
      own.same += counts.intersection;
      own.truth += counts.truth;
      own.prediction += counts.prediction;
      marks.has_wide_object =
          marks.has_wide_object || (2 * std::uint64_t{counts.prediction} >= area &&
                                    2 * counts.intersection <= counts.prediction);
      if (counts.truth > 0 && counts.prediction > 0 && 2 * counts.intersection < counts.union_area)
        unmet.push_back(object.id);
    }
    const auto fits = [&](int truth_id, int prediction_id) {
      const FrameCounter::Overlap pair = worker.counter.overlap(truth_id, prediction_id);
      return 10 * pair.same >= 3 * pair.either();
    };
    for (std::size_t g = 0; g < unmet.size() && !marks.has_exchange; ++g) {
      for (std::size_t p = g + 1; p < unmet.size() && !marks.has_exchange; ++p)
        marks.has_exchange = fits(unmet[g], unmet[p]) && fits(unmet[p], unmet[g]);
    }
    marks.agreement[1] = own.agreement();
    const bool is_next = worker.before_sequence == position && worker.before_frame + 1 == frame &&
                         is_compared(sequence, frame) &&
                         follows(sequence.frames[frame - 1], sequence.frames[frame]);
    if (is_next) {
      marks.agreement[0] = FrameCounter::overlap(worker.before, worker.counter).agreement();
      state.marks[frame - 1].agreement[2] =
          FrameCounter::overlap(worker.counter, worker.before).agreement();
    }
    if (!is_compared(sequence, frame + 1)) return;
    std::swap(worker.counter, worker.before);
    worker.before_sequence = position;
    worker.before_frame = frame;
  }

  // Compares the outlines of a frame with those of its neighbours. `mask` is the truth of the
  // first frame, the prediction of any other.
  void follow_outlines(const MaskView& mask, std::size_t frame, OpenSequence& state,
                       Worker& worker) {
    for (std::size_t i = 0; i < plans_.size(); ++i) {
      if (state.outlines[i] == nullptr) continue;
      const CountingRules& rules = plans_[i].rules;
      const FrameRecord& record = state.tables[i][frame];
      FrameOutlines outlines;
      if (frame == 0) {
        for (const int id : ids_in(mask, rules.truth_map))
          outlines.emplace_back(id, outline_shape(mask, rules.truth_map, id));
      } else {
        for (const ObjectCounts& object : record.counts) {
          if (object.counts.prediction > 0)
            outlines.emplace_back(object.id, outline_shape(mask, rules.prediction_map, object.id));
        }
      }
      note_changes(i, frame, std::move(outlines), state, worker);
    }
    worker.watch.lap(worker.seconds.outline);
  }

  static void note_changes(std::size_t plan, std::size_t frame, FrameOutlines outlines,
                           OpenSequence& state, Worker& worker) {
    for (const OutlineChange& change :
         state.outlines[plan]->add(frame, std::move(outlines), worker.matcher))
      state.tables[plan][change.frame].outline_changes.emplace_back(change.id, change.value);
  }

  // What a prediction must be, given the truth.
  ExpectedMask like(const MaskView& truth) const {
    return {truth.width, truth.height, options_.max_mask_bytes, true};
  }

  ExpectedMask like(const PlaneShape& truth) const {
    return {truth.width, truth.height, options_.max_mask_bytes, true, truth.num_planes};
  }

  // Objects may overlap, so each plane is counted by itself.
  void read_planes(const Sequence& sequence, std::size_t frame, FrameNeed need, bool is_missing,
                   OpenSequence& state, Worker& worker) {
    const std::string_view name = sequence.frames[frame];
    ExpectedMask expected;
    expected.width = index_.benchmark.width;
    expected.height = index_.benchmark.height;
    const std::unique_ptr<PlaneReader> truths =
        index_.masks->open_planes(sequence, name, expected, worker.truth_buffers);
    std::unique_ptr<PlaneReader> predictions;
    const bool keeps_truth = plans_.size() > 1;
    if (need == FrameNeed::both) {
      predictions =
          predictions_.open_planes(sequence, name, like(truths->shape()),
                                   keeps_truth ? worker.prediction_buffers : worker.truth_buffers);
      const bool fits = predictions_.storage() == MaskStorage::planes
                            ? predictions->ids() == truths->ids()
                            : std::ranges::includes(predictions->ids(), truths->ids());
      if (!fits) {
        throw Error(ErrorKind::input, predictions_.display(sequence, name),
                    "has " + std::to_string(predictions->ids().size()) + " planes",
                    std::to_string(truths->ids().size()) + ", as the truth");
      }
    }
    for (CountTable& table : state.tables) {
      table[frame].read = need;
      table[frame].missing = is_missing;
    }
    std::vector<FrameOutlines> outlines(plans_.size());
    std::size_t next_predicted = 0;
    for (const int id : truths->ids()) {
      const MaskView truth = truths->next(expected);
      if (index_.masks->storage() == MaskStorage::planes)
        check_plane(truth, id, *index_.masks, sequence, name);
      MaskView prediction;
      worker.watch.start();
      if (!keeps_truth) worker.counter.set_truth(truth, plane_rules(plans_[0].rules));
      for (std::size_t i = 0; frame == 0 && i < plans_.size(); ++i) {
        if (state.outlines[i] != nullptr)
          outlines[i].emplace_back(id,
                                   outline_shape(truth, plane_rules(plans_[i].rules).truth_map, 1));
      }
      worker.watch.lap(worker.seconds.count);
      if (predictions != nullptr) {
        // Objects that nobody asked for are passed over.
        while (predictions->ids()[next_predicted++] != id) predictions->next({});
        prediction = predictions->next(like(truth));
        if (predictions_.storage() == MaskStorage::planes)
          check_plane(prediction, id, predictions_, sequence, name);
      }
      worker.watch.start();
      for (std::size_t i = 0; i < plans_.size(); ++i) {
        const CountingRules rules = plane_rules(plans_[i].rules);
        if (keeps_truth) worker.counter.set_truth(truth, rules);
        FrameRecord& record = state.tables[i][frame];
        if (!worker.counter.truth_ids().empty()) record.truth_ids.push_back(id);
        if (predictions == nullptr) continue;
        worker.counter.count_prediction(prediction, rules, worker.counts);
        if (!worker.counts.empty()) record.counts.push_back({id, worker.counts.front().counts});
        if (plans_[i].second) {
          worker.counter.count_prediction(prediction, plane_rules(*plans_[i].second),
                                          worker.counts);
          if (!worker.counts.empty())
            record.second_counts.push_back({id, worker.counts.front().counts});
        }
        if (state.outlines[i] != nullptr && frame > 0)
          outlines[i].emplace_back(id, outline_shape(prediction, rules.prediction_map, 1));
      }
      worker.watch.lap(worker.seconds.count);
    }
    state.truth_digests[frame] = truths->digest();
    if (predictions != nullptr) state.prediction_digests[frame] = predictions->digest();
    for (std::size_t i = 0; i < plans_.size(); ++i) {
      if (state.outlines[i] != nullptr && (frame == 0 || need == FrameNeed::both))
        note_changes(i, frame, std::move(outlines[i]), state, worker);
    }
    worker.watch.lap(worker.seconds.outline);
  }

  // An array's values are 0 and 1; anything else is more likely a mistake than a mask.
  static void check_plane(const MaskView& plane, int id, const MaskSource& source,
                          const Sequence& sequence, std::string_view frame) {
    const int value = stray_plane_value(plane);
    if (value == 0) return;
    throw Error(ErrorKind::input, source.display(sequence, frame),
                "the value " + std::to_string(value) + " in plane " + std::to_string(id - 1),
                "0 or 1");
  }

  void count_plan(const CountingPlan& plan, const MaskView& prediction, FrameRecord& record,
                  Worker& worker) {
    record.truth_ids = worker.counter.truth_ids();
    worker.counter.count_prediction(prediction, plan.rules, worker.counts);
    record.counts.assign(worker.counts.begin(), worker.counts.end());
    if (plan.second) {
      worker.counter.count_prediction(prediction, *plan.second, worker.counts);
      record.second_counts.assign(worker.counts.begin(), worker.counts.end());
    }
    if (plan.with_pairs) {
      std::vector<int> predicted;
      for (const ObjectCounts& object : record.counts) {
        if (object.counts.prediction > 0) predicted.push_back(object.id);
      }
      worker.counter.count_pairs(prediction, plan.rules, record.truth_ids, predicted, worker.pairs);
      record.predicted_ids = std::move(predicted);
      record.pairs.assign(worker.pairs.begin(), worker.pairs.end());
    }
  }

  // Hands over every sequence that is complete and whose predecessors all were.
  void finish(std::size_t position) {
    std::unique_lock lock(order_mutex_);
    complete_.insert(position);
    if (is_handing_over_) return;
    is_handing_over_ = true;
    while (complete_.contains(next_sequence_)) {
      complete_.erase(next_sequence_);
      const std::size_t current = next_sequence_++;
      lock.unlock();
      hand_over(current);
      lock.lock();
      turn_.notify_all();
    }
    is_handing_over_ = false;
  }

  void hand_over(std::size_t position) {
    std::unique_ptr<OpenSequence> state;
    {
      const std::lock_guard lock(open_mutex_);
      state = std::move(open_[position]);
    }
    SequenceCounts counts;
    counts.sequence = position;
    if (state != nullptr) {
      const Sequence& sequence = index_.sequences[position];
      Sha256Stream truth;
      Sha256Stream prediction;
      const Sha256 unread{};
      for (std::size_t i = 0; i < sequence.frames.size(); ++i) {
        for (auto& [digest, stream] :
             {std::pair<const Sha256&, Sha256Stream&>{state->truth_digests[i], truth},
              std::pair<const Sha256&, Sha256Stream&>{state->prediction_digests[i], prediction}}) {
          if (digest == unread) continue;
          stream.update(sequence.frames[i]);
          stream.update(std::string_view("\0", 1));
          stream.update(digest);
        }
      }
      counts.truth_digest = truth.finish();
      counts.prediction_digest = prediction.finish();
      counts.is_suspicious = options_.looks_for_oddities &&
                             looks_odd(index_.benchmark, sequence, state->tables[0], state->marks);
      counts.tables = std::move(state->tables);
      counts.failure = std::move(state->failure);
    } else {
      counts.tables.assign(plans_.size(), {});
    }
    on_sequence_(std::move(counts));
  }

  // Sequences without a frame have nobody who finishes them.
  void finish_empty_sequences() {
    for (std::size_t i = 0; i < index_.sequences.size(); ++i) {
      if (index_.sequences[i].frames.empty()) finish(i);
    }
  }

  const SequenceIndex& index_;
  const MaskSource& predictions_;
  std::span<const CountingPlan> plans_;
  const std::function<FrameNeed(std::size_t, std::size_t)>& need_;
  const MissingFrames& missing_;
  const PassOptions& options_;
  const std::function<void(SequenceCounts&&)>& on_sequence_;
  std::vector<std::size_t> first_frame_;  // of each sequence, counted over all; one more at the end
  std::atomic<std::size_t> next_{0};
  std::atomic<std::uint64_t> done_{0};
  std::mutex open_mutex_;
  std::vector<std::unique_ptr<OpenSequence>> open_;
  std::mutex order_mutex_;
  std::set<std::size_t> complete_;
  std::size_t next_sequence_ = 0;
  bool is_handing_over_ = false;
  std::condition_variable turn_;
  bool is_stopped_ = false;
};

}  // namespace

CountingPlan counting_plan(const Protocol& protocol) {
  return {protocol.counting, second_rules(protocol), protocol.objects == ObjectSource::proposals,
          needs(protocol, FrameData::outlines), protocol.stability_leaves_out};
}

StageSeconds counting_pass(const SequenceIndex& index, const MaskSource& predictions,
                           std::span<const CountingPlan> plans,
                           const std::function<FrameNeed(std::size_t, std::size_t)>& need,
                           const MissingFrames& missing, const PassOptions& options,
                           const std::function<void(SequenceCounts&&)>& on_sequence) {
  expects(!plans.empty(), "a counting pass has at least one plan");
  expects(missing.frames.size() == index.sequences.size(),
          "missing frames are listed for every sequence");
  expects(index.masks != nullptr, "an index knows where its masks are");
  return Pass(index, predictions, plans, need, missing, options, on_sequence).run();
}

}  // namespace angiobench
