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
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <utility>

#include "dataset/frame_order.h"
#include "dataset/masks/palette_order.h"
#include "dataset/masks/png.h"
#include "dataset/masks/submission_limits.h"
#include "evaluator/counting/label_planes.h"
#include "evaluator/counting/temporal_stability.h"
#include "evaluator/scoring/frame_tally.h"

namespace angiobench {
namespace {

using Clock = std::chrono::steady_clock;

// Frames, for each thread, that are counted beyond the first sequence that is not handed over.
constexpr std::size_t kMaxAhead = 256;

// What a frame shows beside its counts; see is_suspicious.
struct FrameMarks {
  bool has_odd_palette = false;
  bool has_foreign_value = false;  // a label that predictions do not have, or several of one object
  bool has_wide_object = false;    // one that covers half of the frame, and mostly background
  bool has_exchange = false;       // two objects fit each other's truth
  bool has_narrow_runs = false;    // as many as smoothed edges leave
  bool has_void_label = false;     // 255, which becomes background
  std::uint8_t highest_label = 0;  // of the prediction
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
struct Worker : FrameBuffers {
  FrameCounter before;  // with the masks of the frame that was counted before, in this sequence
  std::size_t before_sequence = static_cast<std::size_t>(-1);
  std::size_t before_frame = 0;
  // The same of objects that have a mask each: with the masks of frame `before_frame` where the
  // number says so.
  std::map<int, std::pair<std::size_t, FrameCounter>> planes_before;
  std::vector<std::uint8_t> palette;  // of the prediction looked at last
  std::vector<Rgb> colors;            // the same
  bool is_odd_palette = false;
  MaskBuffers truth_buffers;
  MaskBuffers prediction_buffers;  // where the truth is needed once the prediction is read
  ReadSeconds reading;
  Mask outlined;  // pixels of a mask that came as runs
  OutlineMatcher matcher;
  StageSeconds seconds;
  Stopwatch watch;
};

// Positions of the frames whose masks a method was given, the first among them: they may be copies.
std::set<std::size_t> prompt_frames(const Sequence& sequence) {
  std::set<std::size_t> frames = {0};
  const auto add = [&](std::string_view name) {
    if (const auto position = sequence.frames.find(name)) frames.insert(*position);
  };
  for (const auto& [name, ids] : sequence.prompts) add(name);
  for (const auto& [id, names] : sequence.object_frames) {
    if (!names.empty()) add(names.front());
  }
  return frames;
}

// Whether a validator could find an error in what was counted: never less than it does, for a look
// too many costs time only, and one too few a silent number. What it finds in names and folders it
// looks for without being asked.
class OddityScreen {
 public:
  OddityScreen(const BenchmarkDefinition& benchmark, const Sequence& sequence,
               const CountTable& table, const std::vector<FrameMarks>& marks)
      : benchmark_(benchmark), sequence_(sequence), table_(table), marks_(marks) {
    for (const FrameRecord& record : table)
      truth_.insert(record.truth_ids.begin(), record.truth_ids.end());
    for (std::size_t i = 0; i < table.size(); ++i) {
      if (table[i].read != FrameNeed::both) continue;
      read_.push_back(i);
      for (const ObjectCounts& object : table[i].counts) {
        if (object.counts.prediction > 0) predicted_.insert(object.id);
      }
    }
  }

  bool finds_any() const {
    const bool has_marks = std::ranges::any_of(read_, [&](std::size_t i) {
      const FrameMarks& mark = marks_[i];
      return mark.has_odd_palette || mark.has_foreign_value || mark.has_wide_object ||
             mark.has_exchange || mark.has_narrow_runs;
    });
    // Ids that the truth does not have are false positives; none that it has is another numbering.
    const bool shares_none =
        std::ranges::none_of(predicted_, [&](int id) { return truth_.contains(id); });
    return has_marks || shares_none || has_high_label() || is_copy() || is_shifted();
  }

 private:
  // No label above the largest of the first frame, where that is the rule.
  bool has_high_label() const {
    if (!benchmark_.ids_from_first_frame || benchmark_.judged_prompts() == PromptRule::none)
      return false;
    int highest = 0;  // also where nobody read the first frame
    if (!table_.empty()) {
      for (const int id : table_[0].truth_ids) highest = std::max(highest, id);
    }
    return std::ranges::any_of(read_,
                               [&](std::size_t i) { return marks_[i].highest_label > highest; });
  }

  bool is_copy() const {
    const std::set<std::size_t> given =
        table_.size() > 1 ? prompt_frames(sequence_) : std::set<std::size_t>();
    return std::ranges::all_of(read_, [&](std::size_t i) {
      return given.contains(i) ||
             std::ranges::all_of(table_[i].counts, [](const ObjectCounts& object) {
               return object.counts.intersection == object.counts.union_area;
             });
    });
  }

  // What the validator calls shifted, from the same pairs of frames; a little less where objects
  // overlap, which it paints over each other.
  bool is_shifted() const {
    const bool has_overlaps = benchmark_.has_overlaps();
    const double least_share = has_overlaps ? 0.6 : 0.79;
    const double least_gain = has_overlaps ? 0.01 : 0.029;
    constexpr double kLeastPairs = 3;
    for (const std::size_t side : {std::size_t{0}, std::size_t{2}}) {
      double telling = 0;
      double better = 0;
      double gain = 0;  // of the fit to a neighbour's truth over the own
      for (const std::size_t i : read_) {
        const double there = marks_[i].agreement[side];
        const double own = marks_[i].agreement[1];
        if (there < 0 || own < 0 || there == own) continue;
        ++telling;
        better += there > own ? 1 : 0;
        gain += there - own;
      }
      if (telling >= kLeastPairs && better >= least_share * telling && gain >= least_gain * telling)
        return true;
    }
    return false;
  }

  const BenchmarkDefinition& benchmark_;
  const Sequence& sequence_;
  const CountTable& table_;
  const std::vector<FrameMarks>& marks_;
  std::vector<std::size_t> read_;  // positions of the frames whose predictions were counted
  std::set<int> truth_;
  std::set<int> predicted_;
};

// Whether two labels of a mask become one object, so that its counts do not show them.
bool merges_labels(const std::array<std::uint8_t, 256>& map, const std::vector<bool>& allowed) {
  std::array<bool, 256> is_taken{};
  for (std::size_t label = 1; label < map.size(); ++label) {
    if (map[label] == kBackgroundLabel || (!allowed.empty() && !allowed[label])) continue;
    if (is_taken[map[label]]) return true;
    is_taken[map[label]] = true;
  }
  return false;
}

using LabelMarks = std::array<std::uint8_t, 256>;  // 1: the label is one of them

// Whether a pixel of a part of a mask has one of these labels. A mask is long runs: words like the
// last one are passed over.
bool has_label_of(const MaskView& mask, const kernels::PixelBox& box, const LabelMarks& is_wanted) {
  std::uint8_t found = 0;
  std::uint64_t last = 0;
  bool has_last = false;
  for (int y = box.y_begin; y < box.y_end; ++y) {
    const std::uint8_t* const row = mask.row(y);
    int x = box.x_begin;
    for (constexpr int kWord = sizeof last; x + kWord <= box.x_end; x += kWord) {
      std::uint64_t word;
      std::memcpy(&word, row + x, kWord);
      if (has_last && word == last) continue;
      last = word;
      has_last = true;
      for (int k = 0; k < kWord; ++k) found |= is_wanted[row[x + k]];
    }
    for (; x < box.x_end; ++x) found |= is_wanted[row[x]];
  }
  return found != 0;
}

// Whether a part of a mask has more than one value beside 0.
bool has_several_values(const MaskView& mask, const kernels::PixelBox& box) {
  std::uint8_t first = 0;
  for (int y = box.y_begin; first == 0 && y < box.y_end; ++y) {
    for (int x = box.x_begin; first == 0 && x < box.x_end; ++x) first = mask.at(x, y);
  }
  if (first == 0) return false;
  LabelMarks others;
  others.fill(1);
  others[0] = 0;
  others[first] = 0;
  return has_label_of(mask, box, others);
}

kernels::PixelBox occupied_box(const MaskView& mask) {
  return {0, mask.width, mask.num_empty_above, mask.height - mask.num_empty_below};
}

// The same of a whole mask.
bool has_label_of(const MaskLabels& mask, const LabelMarks& is_wanted) {
  if (!mask.has_runs) return has_label_of(mask.pixels, occupied_box(mask.pixels), is_wanted);
  return std::ranges::any_of(mask.runs, [&](const LabelRun& run) {
    return is_wanted[static_cast<std::size_t>(run.label)] != 0;
  });
}

bool has_several_values(const MaskLabels& mask) {
  if (!mask.has_runs) return has_several_values(mask.pixels, occupied_box(mask.pixels));
  return std::ranges::any_of(mask.runs,
                             [&](const LabelRun& run) { return run.label != mask.runs[0].label; });
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
    first_group_.push_back(0);
    for (const Sequence& sequence : index.sequences) {
      const std::size_t num_frames = sequence.frames.size();
      first_frame_.push_back(first_frame_.back() + num_frames);
      first_group_.push_back(first_group_.back() +
                             (num_frames + kFramesTogether - 1) / kFramesTogether);
    }
    const auto& map = plans[0].rules.prediction_map;
    for (std::size_t label = 0; label < map.size(); ++label)
      keeps_labels_ = keeps_labels_ && map[label] == label;
    const std::vector<bool>& allowed = index.benchmark.labels.prediction_values;
    const int most = index.benchmark.max_objects;
    for (std::size_t label = 1; label < map.size(); ++label) {
      const bool is_above = most > 0 && static_cast<int>(label) > most;
      is_foreign_[label] = is_above || (!allowed.empty() && !allowed[label]) ? 1 : 0;
      renames_foreign_ =
          renames_foreign_ ||
          (is_foreign_[label] != 0 && map[label] != kBackgroundLabel && map[label] != label);
    }
    merges_labels_ = merges_labels(map, allowed);
  }

  StageSeconds run() {
    const int jobs = options_.jobs > 0 ? options_.jobs : tbb::this_task_arena::max_concurrency();
    std::vector<Worker> workers(static_cast<std::size_t>(jobs));
    for (Worker& worker : workers) {
      worker.counter.count_runs(options_.looks_for_oddities);
      worker.before.count_runs(options_.looks_for_oddities);  // they change places
    }
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
          const std::size_t group = next_.fetch_add(1);
          if (group >= first_group_.back()) return;
          const auto above = std::upper_bound(first_group_.begin(), first_group_.end(), group);
          const auto sequence = static_cast<std::size_t>(above - first_group_.begin()) - 1;
          const std::size_t begin = kFramesTogether * (group - first_group_[sequence]);
          const std::size_t end =
              std::min(begin + kFramesTogether, index_.sequences[sequence].frames.size());
          if (!wait_for_turn(first_frame_[sequence] + begin, max_ahead)) return;
          // Whose neighbours are looked at must not depend on who counts them.
          worker.before_sequence = static_cast<std::size_t>(-1);
          for (std::size_t i = begin; i < end; ++i) count_frame(sequence, i, worker);
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
      total.pair += worker.seconds.pair;
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

  void count_frame(std::size_t position, std::size_t frame, Worker& worker) {
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
      read_planes(position, frame, need, is_missing, state, worker);
      return;
    }
    const std::string_view name = sequence.frames[frame];
    ExpectedMask expected;
    expected.width = index_.benchmark.width;
    expected.height = index_.benchmark.height;
    const MaskLabels truth = index_.masks->read_runs(sequence, name, expected, worker.truth_buffers,
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
        count_unpredicted(plans_[i], is_missing, state.tables[i][frame], worker);
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
    const MaskLabels prediction = predictions_.read_runs(
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
      count_objects(plan, prediction, record, worker);
      count_pairs_of(plan, record, worker);
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
      MappedMask truth_ids;
      MappedMask prediction_ids;
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
  void mark_file(const MaskLabels& prediction, const MaskBuffers& buffers, Worker& worker,
                 FrameMarks& marks) const {
    const std::span<const std::uint8_t> palette = palette_bytes(buffers.bytes);
    if (!std::ranges::equal(palette, worker.palette)) {
      worker.palette.assign(palette.begin(), palette.end());
      worker.colors.clear();
      for (std::size_t i = 0; i + 2 < palette.size(); i += 3)
        worker.colors.push_back({palette[i], palette[i + 1], palette[i + 2]});
      worker.is_odd_palette = !palette_disorder(worker.colors, known_colors(), {}).empty();
    }
    marks.has_odd_palette = worker.is_odd_palette;
    // Where labels become one object, or another, the counts do not show them.
    if (predictions_.storage() != MaskStorage::labels || (!merges_labels_ && !renames_foreign_))
      return;
    marks.has_foreign_value = (renames_foreign_ && has_label_of(prediction, is_foreign_)) ||
                              (merges_labels_ && has_several_values(prediction));
  }

  // Smoothed edges are ramps one pixel wide along a fifth of a mask's edges, compression leaves
  // lonely pixels along a seventh, 12 at least (has_stray_values of the validator). A ramp is a
  // narrow run, and no end of a run is no edge. 64 labels are too many.
  static bool has_narrow_runs(std::size_t num_labels, const FrameCounter::PredictedRuns& runs) {
    constexpr std::size_t kManyLabels = 64;
    constexpr std::uint32_t kMinOdd = 12;
    return num_labels >= kManyLabels ||
           (runs.narrow >= kMinOdd && 5 * std::uint64_t{runs.narrow} >= runs.ends) ||
           (runs.lonely >= kMinOdd && 7 * std::uint64_t{runs.lonely} >= runs.ends);
  }

  static double iou(std::uint64_t same, std::uint64_t either) {
    return either == 0 ? 0 : static_cast<double>(same) / static_cast<double>(either);
  }

  // Whether a frame is held against the one that was counted before.
  bool follows_before(std::size_t position, std::size_t frame, const Worker& worker) const {
    const Sequence& sequence = index_.sequences[position];
    return worker.before_sequence == position && worker.before_frame + 1 == frame &&
           is_pair_compared(sequence.frames.size(), frame) &&
           follows(sequence.frames[frame - 1], sequence.frames[frame]);
  }

  // Adds how the object that was counted last fits the truth of the frame before, of this one, and
  // how that frame's prediction fits this truth. kNoFrame: there is none before.
  static constexpr std::size_t kNoFrame = static_cast<std::size_t>(-1);
  static void add_fits(int id, std::size_t before, Worker& worker,
                       std::array<FrameCounter::Overlap, 3>& fits) {
    const auto add = [&](std::size_t side, const FrameCounter::Overlap& own) {
      fits[side].same += own.same;
      fits[side].truth += own.truth;
      fits[side].prediction += own.prediction;
    };
    const FrameCounter::Overlap own = FrameCounter::overlap(worker.counter, worker.counter);
    add(1, own);
    if (before == kNoFrame) return;
    const auto found = worker.planes_before.find(id);
    if (found == worker.planes_before.end() || found->second.first != before) {
      add(0, {0, 0, own.prediction});
      add(2, {0, own.truth, 0});
      return;
    }
    add(0, FrameCounter::overlap(found->second.second, worker.counter));
    add(2, FrameCounter::overlap(worker.counter, found->second.second));
  }

  // What the counts of a frame, and the masks of the one before, tell; keeps this frame's for the
  // next.
  void mark_frame(std::size_t position, std::size_t frame, const MaskLabels& prediction,
                  OpenSequence& state, Worker& worker) const {
    const Sequence& sequence = index_.sequences[position];
    const FrameRecord& record = state.tables[0][frame];
    FrameMarks& marks = state.marks[frame];
    const auto area = static_cast<std::uint64_t>(prediction.width) *
                      static_cast<std::uint64_t>(prediction.height);
    const LabelSet& labels = worker.counter.prediction_planes().labels();
    std::array<bool, 256> is_used{};
    std::size_t num_labels = 0;
    labels.for_each([&](int label) {
      is_used[static_cast<std::size_t>(label)] = true;
      marks.highest_label = static_cast<std::uint8_t>(label);
      marks.has_foreign_value =
          marks.has_foreign_value || is_foreign_[static_cast<std::size_t>(label)] != 0;
      ++num_labels;
    });
    // A label that is no object leaves no other trace.
    worker.counter.prediction_planes().skipped().for_each([&](int label) {
      marks.has_foreign_value = true;
      marks.has_void_label = marks.has_void_label || label == kVoidLabel;
    });
    // Colours of labels that no pixel has say nothing.
    if (marks.has_odd_palette && keeps_labels_)
      marks.has_odd_palette = !palette_disorder(worker.colors, known_colors(), is_used).empty();
    marks.has_narrow_runs = has_narrow_runs(num_labels, worker.counter.predicted_runs());
    FrameCounter::Overlap own;
    std::vector<std::pair<int, double>> unmet;  // in both masks, in different places; and their fit
    for (const ObjectCounts& object : record.counts) {
      const FrameCounts& counts = object.counts;
      own.same += counts.intersection;
      own.truth += counts.truth;
      own.prediction += counts.prediction;
      marks.has_wide_object =
          marks.has_wide_object || (2 * std::uint64_t{counts.prediction} >= area &&
                                    2 * counts.intersection <= counts.prediction);
      if (counts.truth > 0 && counts.prediction > 0 && 2 * counts.intersection <= counts.union_area)
        unmet.emplace_back(object.id, iou(counts.intersection, counts.union_area));
    }
    // As the validator has it: they fit each other's truth so much better than their own.
    const auto fit = [&](int truth_id, int prediction_id) {
      const FrameCounter::Overlap pair = worker.counter.overlap(truth_id, prediction_id);
      return iou(pair.same, pair.either());
    };
    for (std::size_t g = 0; g < unmet.size() && !marks.has_exchange; ++g) {
      for (std::size_t p = g + 1; p < unmet.size() && !marks.has_exchange; ++p) {
        const double straight = unmet[g].second + unmet[p].second;
        const double first = fit(unmet[g].first, unmet[p].first);
        if (first < straight) continue;  // the other is 1 at most
        marks.has_exchange = first + fit(unmet[p].first, unmet[g].first) >= straight + 0.99;
      }
    }
    marks.agreement[1] = own.agreement();
    if (follows_before(position, frame, worker)) {
      marks.agreement[0] = FrameCounter::overlap(worker.before, worker.counter).agreement();
      state.marks[frame - 1].agreement[2] =
          FrameCounter::overlap(worker.counter, worker.before).agreement();
    }
    if (!is_pair_compared(sequence.frames.size(), frame + 1)) return;
    std::swap(worker.counter, worker.before);
    worker.before_sequence = position;
    worker.before_frame = frame;
  }

  // Compares the outlines of a frame with those of its neighbours. `mask` is the truth of the
  // first frame, the prediction of any other.
  void follow_outlines(const MaskLabels& labels, std::size_t frame, OpenSequence& state,
                       Worker& worker) {
    if (std::ranges::none_of(state.outlines, [](const auto& plan) { return plan != nullptr; }))
      return;
    const MaskView mask = pixels_of(labels, worker.outlined);
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
  ExpectedMask like(const MaskLabels& truth) const {
    return {truth.width, truth.height, options_.max_mask_bytes, true};
  }

  ExpectedMask like(const PlaneShape& truth) const {
    return {truth.width, truth.height, options_.max_mask_bytes, true, truth.num_planes};
  }

  // Objects may overlap, so each plane is counted by itself.
  void read_planes(std::size_t position, std::size_t frame, FrameNeed need, bool is_missing,
                   OpenSequence& state, Worker& worker) {
    const Sequence& sequence = index_.sequences[position];
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
    const bool marks_objects = options_.looks_for_oddities && predictions != nullptr &&
                               predictions_.storage() == MaskStorage::objects;
    const bool is_next = follows_before(position, frame, worker);
    std::array<FrameCounter::Overlap, 3> fits;
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
        if (plans_[i].pair_needs) note_mask_size(worker.counter.truth_planes(), record);
        if (predictions == nullptr) {
          if (record.truth_ids.empty() || record.truth_ids.back() != id) continue;
          count_plane_pair(plans_[i], is_missing, id, record, worker);
          continue;
        }
        worker.counter.count_prediction(prediction, rules, worker.counts);
        if (!worker.counts.empty()) {
          record.counts.push_back({id, worker.counts.front().counts});
          count_plane_pair(plans_[i], false, id, record, worker);
        }
        if (i == 0 && marks_objects) {
          // One object, one value.
          const kernels::PixelBox box = worker.counter.prediction_planes().box(1);
          FrameMarks& marks = state.marks[frame];
          marks.has_foreign_value = marks.has_foreign_value || has_several_values(prediction, box);
          add_fits(id, is_next ? frame - 1 : kNoFrame, worker, fits);
        }
        if (plans_[i].second) {
          worker.counter.count_prediction(prediction, plane_rules(*plans_[i].second),
                                          worker.counts);
          if (!worker.counts.empty())
            record.second_counts.push_back({id, worker.counts.front().counts});
        }
        if (state.outlines[i] != nullptr && frame > 0)
          outlines[i].emplace_back(id, outline_shape(prediction, rules.prediction_map, 1));
      }
      if (marks_objects && is_pair_compared(sequence.frames.size(), frame + 1)) {
        auto& [at, counter] = worker.planes_before[id];
        at = frame;
        std::swap(worker.counter, counter);
      }
      worker.watch.lap(worker.seconds.count);
    }
    if (marks_objects) {
      std::vector<FrameMarks>& marks = state.marks;
      marks[frame].agreement[1] = fits[1].agreement();
      if (is_next) {
        marks[frame].agreement[0] = fits[0].agreement();
        marks[frame - 1].agreement[2] = fits[2].agreement();
      }
      worker.before_sequence = position;
      worker.before_frame = frame;
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

  // Measures of pairs have a stage of their own in the clock.
  static void count_pairs_of(const CountingPlan& plan, FrameRecord& record, Worker& worker) {
    if (!plan.pair_needs) return;
    worker.watch.lap(worker.seconds.count);
    count_object_pairs(plan, record, worker);
    worker.watch.lap(worker.seconds.pair);
  }

  // The same where there is no prediction: where it is missing, or where a tracker is given what
  // the truth shows.
  static void count_unpredicted(const CountingPlan& plan, bool is_missing, FrameRecord& record,
                                Worker& worker) {
    if (!plan.pair_needs || !(is_missing || plan.with_given)) return;
    worker.watch.lap(worker.seconds.count);
    count_unpredicted_pairs(plan, record, worker);
    worker.watch.lap(worker.seconds.pair);
  }

  // The same of one plane of many, in which the object is called 1.
  static void count_plane_pair(const CountingPlan& plan, bool is_missing, int id,
                               FrameRecord& record, Worker& worker) {
    const bool is_unpredicted = record.read == FrameNeed::truth;
    if (!plan.pair_needs || (is_unpredicted && !is_missing && !plan.with_given)) return;
    worker.watch.lap(worker.seconds.count);
    const LabelPlanes& truth = worker.counter.truth_planes();
    if (is_unpredicted) worker.nothing.reset(truth.shape());
    add_object_pair(plan, truth, 1,
                    is_unpredicted ? worker.nothing : worker.counter.prediction_planes(), 1, id,
                    record, worker);
    worker.watch.lap(worker.seconds.pair);
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
      counts.is_suspicious =
          options_.looks_for_oddities &&
          OddityScreen(index_.benchmark, sequence, state->tables[0], state->marks).finds_any();
      counts.holds_void_label = std::ranges::any_of(
          state->marks, [](const FrameMarks& mark) { return mark.has_void_label; });
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
  // The same of groups of frames that a thread takes at once.
  std::vector<std::size_t> first_group_;
  bool keeps_labels_ = true;      // predicted labels are object ids
  bool merges_labels_ = false;    // two of them may be one object
  LabelMarks is_foreign_{};       // labels that predictions of the benchmark do not have
  bool renames_foreign_ = false;  // one that predictions do not have may be an object all the same
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
  CountingPlan plan;
  plan.rules = protocol.counting;
  plan.second = second_rules(protocol);
  plan.with_pairs = protocol.objects == ObjectSource::proposals;
  plan.with_outlines = needs(protocol, FrameData::outlines);
  if (needs(protocol, FrameData::pair)) {
    plan.pair_needs = needs_of(pair_measures_of(protocol));
    plan.spacing = protocol.spacing.value_or(Spacing{});
    plan.with_given = is_initialised(protocol);
  }
  plan.outlines_leave_out = protocol.stability_leaves_out;
  return plan;
}

PassOptions pass_options(const ScoreOptions& options) {
  PassOptions pass;
  pass.jobs = options.jobs;
  pass.missing = options.missing;
  pass.max_ids = options.max_ids;
  pass.max_mask_bytes = options.max_mask_bytes;
  pass.timing = options.timing;
  pass.progress = options.progress;
  pass.on_frame = options.on_frame;
  pass.on_counts = options.on_counts;
  pass.looks_for_oddities = static_cast<bool>(options.look_again);
  return pass;
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
