// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "dataset/benchmark.h"
#include "dataset/files/digest.h"
#include "dataset/finding.h"

namespace angiobench {

/// One object of one sequence.
struct ObjectStatistics {
  int id = 0;
  std::uint64_t frames = 0;      // annotated frames that show it
  std::string first_frame;       // the first of them
  bool late = false;             // whether that isn't the sequence's first annotated frame
  std::string prompt;            // frame of its prompt; empty where nobody is told of it
  std::uint32_t min_pixels = 0;  // over the frames that show it
  std::uint32_t max_pixels = 0;
  double mean_pixels = 0;
  /// [first, last] positions of annotated frames that show it
  std::vector<std::pair<std::uint32_t, std::uint32_t>> runs;
};

/// A small picture of a mask: a palette PNG.
struct Thumbnail {
  std::string frame;
  int width = 0;
  int height = 0;
  std::vector<std::uint8_t> png;
};

/// One sequence.
struct SequenceStatistics {
  std::string name;
  std::uint64_t frames = 0;            // images, or what the meta json says; 0 where nobody says
  std::uint64_t annotated_frames = 0;  // masks (of a submission: masks that are expected)
  std::uint64_t readable_frames = 0;   // of those, masks that could be read
  std::uint64_t empty_masks = 0;       // of those, masks without an object
  int width = 0;                       // of the first readable mask
  int height = 0;
  std::vector<ObjectStatistics> objects;  // ascending ids
  Sha256 digest{};  // over the names of the readable frames, each with the digest of its file
  std::vector<Thumbnail> thumbnails;
};

/// Sums over the sequences.
struct ValidationTotals {
  std::uint64_t sequences = 0;
  std::uint64_t frames = 0;
  std::uint64_t annotated_frames = 0;
  std::uint64_t readable_frames = 0;
  std::uint64_t empty_masks = 0;
  std::uint64_t objects = 0;
  std::uint64_t late_objects = 0;
  std::uint64_t unprompted_objects = 0;  // late ones that nobody is told of
  std::vector<double> object_shares;     // mean share of the frame of each object, ascending
};

/// What a validation found.
struct Validation {
  std::string subject;    // "dataset" or "submission"
  std::string path;       // what was validated
  std::string benchmark;  // "mosxav-test"
  std::string title;
  std::string layout;
  std::vector<Finding> findings;  // whole-set findings first, then sequence by sequence
  /// Code -> places, also those that were too many to list
  std::map<std::string, std::uint64_t> counts;
  std::vector<SequenceStatistics> sequences;  // sorted by name
  ValidationTotals totals;
  // "sha256:…" over the sequences' names and digests: what result.json says of the data set and the
  // submission where a protocol reads every frame.
  std::string digest;
};

/// The most severe finding, or nothing where there is none: `worst` is set and true is returned.
bool worst_severity(const Validation& validation, Severity& worst);

/// Findings of one sequence (or of the whole): of each code the first few stand alone, the rest are
/// counted.
class FindingCollector {
 public:
  FindingCollector(std::string sequence, std::size_t max_per_code)
      : sequence_(std::move(sequence)), max_per_code_(max_per_code) {}

  /// Adds a finding with this code at this place.
  void add(std::string_view code, std::string message, std::string_view path = {},
           std::string_view frame = {}, int object = -1);
  /// Adds one that stands for `places` places.
  void add_many(std::string_view code, std::uint64_t places, std::string message,
                std::string_view path = {}, std::string_view frame = {}, int object = -1);
  bool has(std::string_view code) const { return counts_.contains(std::string(code)); }

  /// Moves everything into the validation.
  void move_into(Validation& validation);

 private:
  std::string sequence_;
  std::size_t max_per_code_;
  std::vector<Finding> findings_;
  std::map<std::string, std::uint64_t> counts_;      // places
  std::map<std::string, std::size_t> listed_;        // findings in findings_
  std::map<std::string, std::uint64_t> suppressed_;  // places that are not listed
};

/// A validation of `subject` ("dataset" or "submission") at `path` in which nothing was found yet.
Validation begin_validation(std::string_view subject, std::string_view path,
                            const BenchmarkDefinition& benchmark);

/// Sums up the sequences: totals and digest.
void add_totals(Validation& validation);

}  // namespace angiobench
