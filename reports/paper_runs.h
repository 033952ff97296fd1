// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace angiobench {

/// How a row of the paper's tables is predicted here.
struct PaperSetting {
  std::string network;   // of the baselines: "stcn", "local"; empty: nothing is predicted
  int window = 0;        // side in cells; 0: none, or the network's own
  int memory_every = 0;  // a frame is remembered every so many; 0: the network's own
  /// Of speeds: the strategy of `bench`; empty: no speed is measured
  std::string strategy;

  /// "local-w15-r6": the same for what gives the same masks.
  std::string mask_name() const;
  /// "unfold-w15-r6": the same for what has the same speed.
  std::string speed_name() const;
};

/// A row of a table of the paper and what measuring it takes.
struct PaperRun {
  std::string row;     // as the table prints it
  std::string folder;  // of its masks below the data set's: what gives the same has the same
  PaperSetting setting;
  std::vector<std::string> datasets;  // benchmarks whose masks are predicted and scored
  bool has_own_weights = false;       // those of the network are no weights of this row
  /// Why nothing of it can be run here; empty: something can.
  std::string cannot;
  /// What is left out of it all the same, and why; may be empty.
  std::string note;
};

/// The rows of "table1", "table2" or "table3", in its order; `row` leaves one: its name, or the
/// first words of it, whatever their case. Throws Error{usage} about `table` or `row` for an
/// unknown one.
std::vector<PaperRun> paper_runs(std::string_view table, std::string_view row = {});

/// Whether somebody means this row: its name, or the first words of it, whatever their case.
bool is_row_called(const PaperRun& run, std::string_view name);

/// Data sets of the table whose figures nobody can measure, and why ("CADICA: …").
std::vector<std::string> unmeasurable_datasets(std::string_view table);

/// Where a data set, or the weights of a network, are to be had ("through the paper …").
std::string where_to_get(std::string_view name);

/// What a run of a row on one data set, or its speed, will take.
struct PaperTask {
  std::string row;
  std::string what;                // "mosxav-val", "speed"
  std::vector<std::string> lacks;  // what is missing for it, each with where it is to be had
  std::uint64_t clips = 0;         // clips, or measurements
  std::uint64_t left = 0;          // of these not done yet
  std::uint64_t frames = 0;        // of those that are left
  double seconds = 0;              // of one core, for them
  std::string again;               // the same is done for this row; empty: for none before
};

/// What will be done, what is lacking and what cannot be run, for people: lines of text.
std::string paper_tasks_text(std::string_view table, std::span<const PaperRun> runs,
                             std::span<const PaperTask> tasks);

}  // namespace angiobench
