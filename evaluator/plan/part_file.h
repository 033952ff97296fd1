// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "dataset/files/digest.h"
#include "dataset/plan/plan.h"

namespace angiobench {

class AtomicFile;

/// The first line of a part (schema part-1, evaluator/schema/part-1.json).
struct PartHeader {
  std::string plan;                   // id of the plan
  std::vector<std::uint32_t> shards;  // whose items it holds, ascending
  std::uint64_t items = 0;
  std::uint64_t rows = 0;  // lines between the first and the last
  std::string metric_version;
  std::string tool;    // version of the program
  std::string commit;  // that it was built from
};

/// "<plan12>-<shard>.part"; of several shards "<plan12>-0-3+7.part".
std::string part_name(const Plan& plan, std::span<const std::uint32_t> shards);

/// A part: its header as a line of JSON, rows of items (count_rows.h) in the plan's order, and a
/// line "sha256:…" over all before. It is written beside its place, flushed and renamed: it is
/// there and whole, or it is not there.
class PartWriter {
 public:
  PartWriter(const std::string& path, const PartHeader& header);
  ~PartWriter();
  PartWriter(const PartWriter&) = delete;
  PartWriter& operator=(const PartWriter&) = delete;

  /// The rows of the next item, its I row first. Throws Error{input} with the system's words.
  void add(std::string_view rows);
  void commit();

 private:
  std::unique_ptr<AtomicFile> file_;
  Sha256Stream digest_;
};

/// The program that reads and writes parts: another one's counts could be other numbers.
struct PartMaker {
  std::string metric_version;
  std::string tool;
  std::string commit;
};

/// The parts of a plan: a set of items, whatever their order and however often each is there.
/// Every file is read twice, once to be held against its digest, once for its rows, item by item:
/// memory grows with the number of items and with the largest of them.
class PartSet {
 public:
  PartSet(const Plan& plan, PartMaker maker);
  ~PartSet();
  PartSet(const PartSet&) = delete;
  PartSet& operator=(const PartSet&) = delete;

  /// Takes in a part. Throws Error{input} where it is truncated, edited, or of another plan, metric
  /// version, program or commit.
  void add(const std::string& path);

  /// Shards of which an item is in none of the parts, ascending.
  std::vector<std::uint32_t> missing_shards() const;
  /// Shards of which all items are there, ascending.
  std::vector<std::uint32_t> whole_shards() const;
  std::size_t num_parts() const;
  /// The header of a part that holds every item that is there, each once.
  PartHeader header() const;

  /// Hands over the items from `begin` to before `end` that are there, in the plan's order: the
  /// item, its I row and its rows, and a file that has them. Throws Error{inconclusive} where two
  /// parts say different things of one item, naming both; Error{input} where a file changed since
  /// it was taken in.
  using OnItem = std::function<void(std::size_t item, std::string_view head, std::string_view rows,
                                    const std::string& path)>;
  void for_each(std::size_t begin, std::size_t end, const OnItem& on_item) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Whether a file is a whole part of this shard of this plan, by this program; `why` says what it
/// is otherwise (empty where there is no file).
bool is_part_of(const std::string& path, const Plan& plan, std::uint32_t shard,
                const PartMaker& maker, std::string& why);

/// The files in a folder that are called as parts of the plan, sorted. Throws Error{input} where it
/// cannot be listed.
std::vector<std::string> list_parts(const std::string& folder, const Plan& plan);

}  // namespace angiobench
