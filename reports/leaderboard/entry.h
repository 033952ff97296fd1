// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "evaluator/result.h"
#include "reports/published.h"

namespace angiobench {

/// Where a row of the leaderboard comes from.
enum class EntryKind {
  masks,     // somebody's masks, scored by this program
  baseline,  // masks of one of the project's own baselines, scored by this program
  reported,  // figures that somebody published; nothing was scored
};

/// "masks", "baseline" or "reported"; entry_kind_from_name throws Error{input}.
std::string_view entry_kind_name(EntryKind kind);
EntryKind entry_kind_from_name(std::string_view name, const std::string& path);

/// What stands behind the figures of a scored submission, the strongest last.
enum class Evidence {
  unchecked,  // nobody looked: a run from before that was kept
  figures,    // a result.json that agrees with itself
  counts,     // and the integers of every object and frame, from which its figures were worked out
  masks,      // the masks, which were scored when the run was added
};

/// "", "figures", "counts" or "masks"; in words for people: "masks scored here".
std::string_view evidence_name(Evidence evidence);
std::string_view evidence_words(Evidence evidence);

/// What a run that is added was checked against.
struct EvidenceStamp {
  Evidence kind = Evidence::unchecked;
  std::string counts;  // "sha256:…" of the per_frame.csv that its figures follow from; may be empty
};

/// What a submitter says of a submission. None of it is trusted: writers escape it, add() limits
/// it.
struct SubmissionFacts {
  EntryKind kind = EntryKind::masks;
  std::string method;
  std::string variant;             // setting; may be empty
  std::string team;                // may be empty
  std::vector<std::string> links;  // http(s)
  std::string note;
  std::string time;  // "2026-01-31T12:34:56Z"; empty: the moment it is added
};

/// A headline number of a run.
struct BoardFigure {
  Metric metric;
  std::string place;            // a scope's name, or a machine's of published speeds
  std::optional<double> value;  // in the metric's unit
  std::string printed;          // reported: the digits as published (percent); else empty
  std::uint64_t n = 0;          // 0: not stated
  std::optional<Interval> interval;
};

/// One measure of one object of one sequence.
struct CaseFigure {
  std::string sequence;
  int object_id = 0;
  Metric metric;      // "J", "J_recall", "J_decay", "F", …
  std::string group;  // "", "seen" or "unseen"
  std::uint32_t frames = 0;
  std::optional<double> value;
};

/// A run as it is kept: two texts, of which everything else is read. `meta` is what the board knows
/// of it (schema "leaderboard-entry-1"), `result` the text of its result.json without what is no
/// function of its input (empty for reported figures). Both are what `export` writes.
struct BoardEntry {
  std::string meta;
  std::string result;

  SubmissionFacts facts;
  EvidenceStamp evidence;    // of a measured run
  int year = 0;              // reported: of publication
  std::string venue;         // reported
  PublishedSource source;    // reported
  std::string id;            // reported: the source's own id of the row
  bool mean_follows = true;  // reported: false where the printed J&F is not the mean of its columns
  std::string mean;          // reported: that mean, exact
  std::string split;         // reported; a measured data set's name says it
  DatasetStamp dataset;      // reported: the name only
  ProtocolStamp protocol;    // empty for reported figures
  std::string metric_version;     // empty for reported figures
  std::string submission_digest;  // of the masks; for reported figures a digest of source, data
                                  // set, method and setting
  bool complete = true;           // the whole data set was scored
  std::string missing;            // why it is not complete
  std::string tool_version;
  std::string git_commit;
  std::vector<MetricDescriptor> metrics;  // what its result says of them; none of reported figures
  std::vector<BoardFigure> figures;
  std::vector<CaseFigure> cases;
};

/// The entry of a scored submission, whose result agrees with itself (check_result). Throws
/// Error{input} (with `path`) where a fact is not acceptable: an empty or over-long method, control
/// codes, a link that is not http(s), a time that is not UTC in the form above.
BoardEntry measured_entry(const Result& result, const SubmissionFacts& facts,
                          const std::string& path,
                          const EvidenceStamp& evidence = {Evidence::figures, {}});

/// What an entry says of a metric; where it says nothing, what the table says.
MetricDescriptor descriptor_of(const BoardEntry& entry, const Metric& metric);

/// The entry of a published figure.
BoardEntry reported_entry(const PublishedFile& file, const PublishedEntry& published);

/// The entry of a scored submission with other facts about it. Throws as measured_entry.
BoardEntry with_facts(const BoardEntry& entry, const SubmissionFacts& facts,
                      const std::string& path);

/// The entry with another submission time.
BoardEntry with_time(const BoardEntry& entry, const std::string& time);

/// What stands behind a run, as its `meta` has it. Throws Error{input}.
EvidenceStamp evidence_of(std::string_view meta, const std::string& path);

/// Reads both texts back. Throws Error{input} naming what is wrong.
BoardEntry parse_entry(std::string meta, std::string result, const std::string& path);

/// What the audit keeps of an entry: the SHA-256 of `meta`, which holds that of `result`.
std::string entry_digest(const BoardEntry& entry);

/// Throws Error{input} unless the result of a measured entry agrees with itself, as its evidence
/// says.
void check_entry(const BoardEntry& entry, const std::string& path);

/// Throws Error{input} unless `time` is a moment of the calendar, "YYYY-MM-DDTHH:MM:SSZ".
void check_time(const std::string& time, const std::string& path);

}  // namespace angiobench
