// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace angiobench {

/// What is done in shards.
enum class PlannedVerb { score, predict, train };
/// "score", "predict", "train".
std::string_view verb_name(PlannedVerb verb);

/// One piece of work that is never split: a sequence of a submission, a clip, a run of training.
struct PlanItem {
  std::uint32_t submission = 0;  // position in Plan::submissions; 0 where there are none
  std::string name;              // of the sequence, clip or run
  std::uint64_t frames = 0;      // annotated frames; of a clip all; of a run its steps
  std::uint64_t objects = 0;     // of a clip; else 0
  std::uint64_t pixels = 0;      // of a frame
  std::uint64_t cost = 0;        // in units of its verb, only ratios count
  // Digest over names and sizes of its files: what changed since is seen without reading it
  std::string files;
  std::uint32_t shard = 0;      // who does it
  bool counts_as_zero = false;  // score: its video is missing, which the protocol counts as 0
  friend bool operator==(const PlanItem&, const PlanItem&) = default;
};

/// An option as the command line had it: a name without dashes, and its value; of a flag "".
using PlanOption = std::pair<std::string, std::string>;

/// Work cut into shards (schema plan-1, dataset/schema/plan-1.json): the same bytes on every
/// machine, for it holds no time, no path and no host. Who does a shard needs it, and the places of
/// the files (PlanPlaces).
struct Plan {
  PlannedVerb verb = PlannedVerb::score;
  std::string metric_version;
  std::string benchmark;                 // name
  std::string benchmark_digest;          // of its definition
  std::string protocol;                  // "mosxav-test 1"; empty: nothing is scored
  std::string protocol_hash;             // of its rules
  std::vector<PlanOption> options;       // that change a result, sorted, those of paths aside
  std::vector<PlanOption> files;         // option -> digest of the small file that it names
  std::vector<std::string> submissions;  // names
  std::uint32_t shards = 0;
  std::vector<PlanItem> items;  // by submission, then as the index has them
  std::string id;               // "sha256:…" of the file; filled by plan_text and read_plan

  /// The first 12 digits of the id, which names everything that is made from it.
  std::string short_id() const;
};

/// The canonical text of a plan: JSON with sorted keys and a line end. Fills `plan.id`.
std::string plan_text(Plan& plan);

/// Reads a plan. Throws Error{input} where it is none, is of another schema, or is not written as
/// plan_text writes it (it was edited: its id would be another).
Plan read_plan(const std::string& path);

/// Gives every item a shard: the longest first to the shard with the least work, ties by name and
/// by number, so that every machine cuts alike. Throws Error{usage} about `shards` where there are
/// more shards than items; it says how many help.
void cut_into_shards(std::span<PlanItem> items, std::uint32_t shards);

/// How many shards are worth it: one for each item and at most 64, but none with less than ten
/// minutes of work.
std::uint32_t worthwhile_shards(std::size_t num_items, double seconds);

/// "0,2-4" of 0, 2, 3, 4: as schedulers take the numbers of an array.
std::string array_list(std::span<const std::uint32_t> shards);

/// Where the files of a plan lie, which differs from machine to machine: "<plan>.places" beside it.
struct PlanPlaces {
  std::string folder;  // in which relative paths were given
  std::vector<std::pair<std::string, std::vector<std::string>>> options;  // "ground-truth" -> paths

  /// The paths of an option as this program can open them: as they were given, or, from another
  /// folder than the one that they were given in, with that before them. Empty: none were given.
  std::vector<std::string> paths(std::string_view option) const;
};

/// "plan.places" for "plan.json".
std::string places_path(const std::string& plan_path);
std::string places_text(const PlanPlaces& places);
/// Reads what stands beside a plan; no option where nothing stands there. Throws Error{input} where
/// it is no such file.
PlanPlaces read_places(const std::string& plan_path);

/// The number of a shard: digits, or "env" for the first that is set of SLURM_ARRAY_TASK_ID,
/// AWS_BATCH_JOB_ARRAY_INDEX, JOB_COMPLETION_INDEX and PARALLEL_SEQ (which counts from 1). Throws
/// Error{usage} about `shard` where it is none of the plan's.
std::uint32_t shard_number(std::string_view text, const Plan& plan);

}  // namespace angiobench
