// SPDX-License-Identifier: MIT
#include "evaluator/plan/score_plan.h"

#include <algorithm>
#include <map>
#include <mutex>
#include <set>
#include <span>
#include <utility>

#include "dataset/benchmark.h"
#include "dataset/error.h"
#include "dataset/files/atomic_file.h"
#include "dataset/files/digest.h"
#include "dataset/files/image_size.h"
#include "dataset/parallel.h"
#include "evaluator/plan/count_rows.h"
#include "evaluator/scoring/counting_pass.h"
#include "evaluator/scoring/task_scorer.h"

namespace angiobench {
namespace {

// Measured: 464 frames of 512x512 in 0.06 s of one core.
constexpr double kSecondsOfPixel = 5e-10;
// Of a sequence whose masks' size no header says.
constexpr std::uint64_t kUsualPixels = 512 * 512;

// The text of a benchmark's definition, wherever it is from.
std::string definition_digest(const std::string& dataset) {
  const std::string text = dataset.ends_with(".json")
                               ? read_text_file(dataset)
                               : std::string(benchmark_text(load_benchmark(dataset).name));
  return format_digest(sha256(std::string_view(text)));
}

std::string protocol_name(const Protocol& protocol) {
  return protocol.name + " " + std::to_string(protocol.version);
}

const FileMaskSource& truth_files(const SequenceIndex& index) {
  const auto* const files = dynamic_cast<const FileMaskSource*>(index.masks.get());
  expects(files != nullptr, "a plan is of files");
  return *files;
}

// Names and sizes of the masks of a sequence, of one side; what is not there is said.
void add_files(const FileMaskSource& masks, const Sequence& sequence, Sha256Stream& digest) {
  for (std::size_t i = 0; i < sequence.frames.size(); ++i) {
    for (const std::string& path : masks.paths(sequence, sequence.frames[i])) {
      const std::optional<std::uint64_t> size = masks.tree().file_size(path);
      digest.update(path);
      digest.update(std::string_view("\0", 1));
      digest.update(size ? std::to_string(*size) : "-");
      digest.update(std::string_view("\n"));
    }
  }
}

std::string files_digest(const FileMaskSource& truth, const FileMaskSource& predictions,
                         const Sequence& sequence) {
  Sha256Stream digest;
  add_files(truth, sequence, digest);
  digest.update(std::string_view("\n"));
  add_files(predictions, sequence, digest);
  return format_digest(digest.finish());
}

std::uint64_t pixels_of(const BenchmarkDefinition& benchmark, const FileMaskSource& truth,
                        const Sequence& sequence) {
  if (benchmark.width > 0 && benchmark.height > 0)
    return static_cast<std::uint64_t>(benchmark.width) *
           static_cast<std::uint64_t>(benchmark.height);
  if (sequence.frames.empty()) return kUsualPixels;
  const std::vector<std::string> paths = truth.paths(sequence, sequence.frames[0]);
  if (paths.empty()) return kUsualPixels;
  const std::unique_ptr<FileStream> file = truth.tree().open(paths.front());
  if (file == nullptr) return kUsualPixels;
  constexpr std::uint64_t kHeader = 32;  // signature and IHDR of a PNG
  std::vector<std::uint8_t> bytes(static_cast<std::size_t>(std::min(kHeader, file->size())));
  file->read(bytes);
  const std::optional<ImageSize> size = image_size(bytes);
  if (!size) return kUsualPixels;
  return static_cast<std::uint64_t>(size->width) * static_cast<std::uint64_t>(size->height);
}

std::vector<std::uint32_t> items_of(const Plan& plan, std::uint32_t shard) {
  std::vector<std::uint32_t> items;
  for (std::uint32_t i = 0; i < plan.items.size(); ++i) {
    if (plan.items[i].shard == shard) items.push_back(i);
  }
  return items;
}

// Positions of a submission's items, [begin, end).
std::pair<std::size_t, std::size_t> range_of(const Plan& plan, std::uint32_t submission) {
  const auto begin = std::ranges::lower_bound(plan.items, submission, {}, &PlanItem::submission);
  const auto end = std::ranges::upper_bound(plan.items, submission, {}, &PlanItem::submission);
  return {static_cast<std::size_t>(begin - plan.items.begin()),
          static_cast<std::size_t>(end - plan.items.begin())};
}

Error changed_since(const std::string& where, const std::string& found) {
  return {ErrorKind::input, where, found, "the files that were planned ('angiobench plan' again)"};
}

// What is missing of the shard's sequences; what the protocol counts as 0 was decided when the
// whole submission was looked at.
MissingFrames missing_of(const Plan& plan, const std::vector<std::uint32_t>& items,
                         const OpenSubmission& opened) {
  MissingFrames missing = find_missing(opened.index, *opened.predictions, opened.protocol);
  missing.counts_as_zero.clear();
  if (opened.protocol.missing_video_is_zero) {
    for (const std::uint32_t item : items)
      missing.counts_as_zero.push_back(plan.items[item].counts_as_zero);
  }
  return missing;
}

// Counts sequences of objects into rows.
void count_objects(const std::vector<std::uint32_t>& items, const OpenSubmission& opened,
                   const MissingFrames& missing, const ScoreOptions& options,
                   CountedShard& counted) {
  const FileMaskSource predictions = submission_masks(opened.index.benchmark, *opened.predictions);
  const Protocol protocol = with_labels_of(opened.index.benchmark, opened.protocol);
  const CountingPlan plan = counting_plan(protocol);
  const auto need = [&](std::size_t sequence, std::size_t frame) {
    return frame_need(protocol, opened.index.sequences[sequence], frame);
  };
  PassOptions pass = pass_options(options);
  pass.looks_for_oddities = true;
  counting_pass(opened.index, predictions, std::span(&plan, 1), need, missing, pass,
                [&](SequenceCounts&& counts) {
                  if (counts.failure) {
                    counted.failures.push_back(*counts.failure);
                    return;
                  }
                  counted.items.push_back(rows_of(items[counts.sequence], counts));
                });
}

// Counts images into rows.
void count_images(const std::vector<std::uint32_t>& items, const OpenSubmission& opened,
                  const MissingFrames& missing, const ScoreOptions& options,
                  CountedShard& counted) {
  const FileMaskSource predictions = submission_masks(opened.index.benchmark, *opened.predictions);
  const Task task = opened.protocol.task;
  std::vector<std::map<std::size_t, std::string>> rows(items.size());  // by sequence, by frame
  std::mutex mutex;
  StageSeconds seconds;
  std::vector<Error> failures =
      count_stills(task, opened.index, predictions, num_classes_of(opened.index.benchmark), missing,
                   stills_options(opened.protocol, options), seconds, [&](StillCounts&& image) {
                     std::string row = row_of(items[image.place.sequence], image, task);
                     const std::lock_guard lock(mutex);
                     rows[image.place.sequence][image.place.frame] = std::move(row);
                   });
  std::ranges::move(failures, std::back_inserter(counted.failures));
  for (std::size_t i = 0; i < items.size(); ++i) {
    std::string text;
    for (const auto& [frame, row] : rows[i]) text += row;
    counted.items.push_back(item_row(items[i], text, {}, {}, "-") + text);
  }
}

// All positions of frames whose masks both were read, for who draws each of them.
std::vector<FramePosition> frames_read(const OpenSubmission& opened, const MissingFrames& missing) {
  std::vector<FramePosition> frames;
  for (std::size_t i = 0; i < opened.index.sequences.size(); ++i) {
    const Sequence& sequence = opened.index.sequences[i];
    for (std::size_t frame = 0; frame < sequence.frames.size(); ++frame) {
      const bool is_missing =
          std::ranges::binary_search(missing.frames[i], static_cast<std::uint32_t>(frame));
      if (!is_missing && frame_need(opened.protocol, sequence, frame) == FrameNeed::both)
        frames.emplace_back(i, frame);
    }
  }
  return frames;
}

}  // namespace

Plan plan_of(const OpenTruth& truth, const SubmissionRequest& request) {
  Plan plan;
  plan.verb = PlannedVerb::score;
  plan.metric_version = kMetricVersion;
  plan.benchmark = truth.index.benchmark.name;
  plan.benchmark_digest = definition_digest(request.dataset);
  plan.protocol = protocol_name(truth.protocol);
  plan.protocol_hash = truth.protocol.hash;
  return plan;
}

std::vector<PlanItem> score_items(const OpenSubmission& opened, const MissingFrames& missing,
                                  std::uint32_t submission, int jobs) {
  const FileMaskSource& truth = truth_files(opened.index);
  const FileMaskSource predictions = submission_masks(opened.index.benchmark, *opened.predictions);
  std::vector<PlanItem> items(opened.index.sequences.size());
  parallel_for(items.size(), num_workers(jobs, items.size()), [&](int, std::size_t i) {
    const Sequence& sequence = opened.index.sequences[i];
    PlanItem& item = items[i];
    item.submission = submission;
    item.name = sequence.name;
    item.frames = sequence.frames.size();
    item.pixels = pixels_of(opened.index.benchmark, truth, sequence);
    item.cost = item.frames * item.pixels;
    item.files = files_digest(truth, predictions, sequence);
    item.counts_as_zero = missing.is_zero(i);
  });
  return items;
}

std::string truth_digest(const SequenceIndex& index) {
  Sha256Stream digest;
  for (const Sequence& sequence : index.sequences) {
    digest.update(sequence.name);
    digest.update(std::string_view("\n"));
    add_files(truth_files(index), sequence, digest);
  }
  return format_digest(digest.finish());
}

double score_seconds(std::uint64_t cost) { return kSecondsOfPixel * static_cast<double>(cost); }

void check_rules(const Plan& plan, const OpenTruth& truth, const SubmissionRequest& request) {
  const auto need = [](const std::string& what, const std::string& now, const std::string& then) {
    if (now == then) return;
    throw Error(ErrorKind::input, "", what + " is " + now + ", and was " + then + " when planned",
                "what was planned ('angiobench plan' again)");
  };
  need("the metric version", std::string(kMetricVersion), plan.metric_version);
  need("the benchmark", truth.index.benchmark.name, plan.benchmark);
  need("the benchmark's definition", definition_digest(request.dataset), plan.benchmark_digest);
  need("the protocol", protocol_name(truth.protocol), plan.protocol);
  need("the protocol's hash", truth.protocol.hash, plan.protocol_hash);
}

void check_items(const Plan& plan, std::uint32_t submission,
                 const std::vector<std::uint32_t>& items, const OpenSubmission& opened, int jobs) {
  const std::vector<Sequence>& sequences = opened.index.sequences;
  const FileMaskSource& truth = truth_files(opened.index);
  const FileMaskSource predictions = submission_masks(opened.index.benchmark, *opened.predictions);
  std::vector<std::string> digests(sequences.size());
  parallel_for(digests.size(), num_workers(jobs, digests.size()), [&](int, std::size_t i) {
    digests[i] = files_digest(truth, predictions, sequences[i]);
  });
  for (std::size_t i = 0; i < std::max(items.size(), sequences.size()); ++i) {
    const bool is_same = i < items.size() && i < sequences.size() &&
                         plan.items[items[i]].name == sequences[i].name &&
                         plan.items[items[i]].submission == submission;
    if (!is_same) {
      throw changed_since(
          opened.ground_truth,
          "has other sequences than the plan: " +
              (i < sequences.size() ? "'" + sequences[i].name + "'" : "fewer") +
              (i < items.size() ? " where '" + plan.items[items[i]].name + "' was" : " is new"));
    }
    const PlanItem& item = plan.items[items[i]];
    if (item.frames != sequences[i].frames.size()) {
      throw changed_since(truth.display(sequences[i]),
                          "has " + std::to_string(sequences[i].frames.size()) +
                              " annotated frames, and had " + std::to_string(item.frames));
    }
    if (item.files != digests[i]) {
      throw changed_since(predictions.display(sequences[i]),
                          "'" + item.name +
                              "' changed since the plan was made: a mask of it, or of "
                              "its ground truth, came, went or has another size");
    }
  }
}

CountedShard count_shard(const Plan& plan, std::uint32_t shard, const ShardRequest& request) {
  CountedShard counted;
  std::map<std::uint32_t, std::vector<std::uint32_t>> by_submission;
  for (const std::uint32_t item : items_of(plan, shard)) {
    by_submission[plan.items[item].submission].push_back(item);
    counted.num_frames += plan.items[item].frames;
  }
  for (const auto& [submission, items] : by_submission) {
    SubmissionRequest asked = request.submission;
    asked.predictions = request.predictions[submission];
    asked.sequences.clear();
    for (const std::uint32_t item : items) asked.sequences.push_back(plan.items[item].name);
    const OpenTruth truth = open_truth(asked);
    check_rules(plan, truth, asked);
    const OpenSubmission opened = open_submission(truth, asked);
    check_items(plan, submission, items, opened, request.score.jobs);
    const MissingFrames missing = missing_of(plan, items, opened);
    if (missing.any() && request.score.missing == MissingPolicy::error) {
      throw changed_since(opened.predictions->display_path(""),
                          "lacks masks that the protocol needs");
    }
    const auto count = opened.protocol.task == Task::objects ? count_objects : count_images;
    count(items, opened, missing, request.score, counted);
    if (!counted.failures.empty()) return counted;
  }
  for (const std::string& rows : counted.items)
    counted.num_rows += static_cast<std::uint64_t>(std::ranges::count(rows, '\n'));
  return counted;
}

ScoreOutcome score_parts(const Plan& plan, const PartSet& parts, std::uint32_t submission,
                         const OpenSubmission& opened, const MissingFrames& missing,
                         const ScoreOptions& options) {
  const auto [begin, end] = range_of(plan, submission);
  const SequenceIndex& index = opened.index;
  expects(end - begin == index.sequences.size(), "the items of a submission are its sequences");
  const FileMaskSource predictions = submission_masks(index.benchmark, *opened.predictions);
  const auto for_each = [&, begin = begin, end = end](const auto& on_item) {
    parts.for_each(begin, end,
                   [&](std::size_t item, std::string_view head, std::string_view rows,
                       const std::string& path) {
                     on_item(item - begin, read_item_row(head, path), rows, path);
                   });
  };
  if (opened.protocol.task != Task::objects) {
    const StillSource images = [&](const std::function<void(StillCounts &&)>& on_image) {
      for_each([&](std::size_t sequence, const ItemRow& head, std::string_view rows,
                   const std::string& path) {
        read_images(head, rows, index.sequences[sequence], opened.protocol.task, path,
                    [&](StillCounts&& counts) {
                      counts.place.sequence = sequence;
                      on_image(std::move(counts));
                    });
      });
    };
    return score_task(index, predictions, opened.protocol, missing, options, &images);
  }
  const bool shows_counts = options.on_counts && !index.masks->has_planes();
  const CountSource sequences = [&](const std::function<void(SequenceCounts &&)>& on_sequence) {
    for_each([&](std::size_t sequence, const ItemRow& head, std::string_view rows,
                 const std::string& path) {
      SequenceCounts counts;
      counts.sequence = sequence;
      read_rows(head, rows, index.sequences[sequence], path, counts);
      const CountTable& table = counts.tables.front();
      for (std::size_t frame = 0; shows_counts && frame < table.size(); ++frame) {
        if (table[frame].read == FrameNeed::both)
          options.on_counts(sequence, frame, table[frame].counts);
      }
      on_sequence(std::move(counts));
    });
    return StageSeconds{};
  };
  ScoreOutcome outcome =
      score_counts(index, predictions, opened.protocol, missing, options, sequences);
  // Error maps of all frames need their masks once more.
  if (options.on_frame && outcome.failures.empty()) {
    ScoreOptions shown = options;
    shown.progress = {};
    shown.on_counts = {};
    shown.on_sequence = {};
    shown.look_again = {};
    show_frames(index, predictions, opened.protocol, frames_read(opened, missing), shown);
  }
  return outcome;
}

}  // namespace angiobench
