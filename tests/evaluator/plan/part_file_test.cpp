// SPDX-License-Identifier: MIT
#include "evaluator/plan/part_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <ctime>
#include <fstream>
#include <random>

#include "dataset/error.h"
#include "dataset/files/atomic_file.h"
#include "tests/evaluator/plan/random_counts.h"
#include "tests/support/temp_folder.h"

namespace angiobench {
namespace {

using test::TempFolder;
using ::testing::AllOf;
using ::testing::HasSubstr;

const PartMaker kPartMaker{"1", "0.1", "abc"};

struct PartOutcome {
  ErrorKind kind = ErrorKind::bug;
  std::string words = "no error";
};

PartOutcome outcome_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& error) {
    return {error.kind(), error.what()};
  }
  return {};
}

// Bytes of this process that are in memory.
std::uint64_t resident_bytes() {
  std::ifstream file("/proc/self/statm");
  std::uint64_t whole = 0;
  std::uint64_t resident = 0;
  file >> whole >> resident;
  return resident * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

// A plan of items, what was counted of each, and a folder for parts.
class PartTest : public ::testing::Test {
 protected:
  void make(std::size_t num_items, std::uint32_t shards) {
    plan_ = {};
    plan_.submissions = {"a"};
    rows_.clear();
    for (std::size_t i = 0; i < num_items; ++i) {
      PlanItem& item = plan_.items.emplace_back();
      item.name = "v" + std::to_string(i);
      item.frames = 8;
      item.cost = 1 + random_() % 50;
      SequenceCounts counts = test::random_sequence(random_, 8);
      rows_.push_back(rows_of(i, counts));
    }
    plan_.shards = shards;
    cut_into_shards(plan_.items, shards);
    plan_text(plan_);
  }

  std::string write_part(std::uint32_t shard, const std::string& name,
                         const PartMaker& maker = kPartMaker) {
    PartHeader header{plan_.id, {shard}, 0, 0, maker.metric_version, maker.tool, maker.commit};
    std::string rows;
    for (std::size_t i = 0; i < plan_.items.size(); ++i) {
      if (plan_.items[i].shard != shard) continue;
      rows += rows_[i];
      ++header.items;
    }
    header.rows = static_cast<std::uint64_t>(std::ranges::count(rows, '\n'));
    PartWriter writer(folder_ / name, header);
    writer.add(rows);
    writer.commit();
    return folder_ / name;
  }

  // The union of parts as one text; the header of a part that would hold it.
  std::string merged(const std::vector<std::string>& paths) {
    PartSet parts(plan_, kPartMaker);
    for (const std::string& path : paths) parts.add(path);
    std::string text;
    parts.for_each(
        0, plan_.items.size(),
        [&](std::size_t, std::string_view head, std::string_view rows, const std::string&) {
          text += std::string(head) + "\n" + std::string(rows);
        });
    return text;
  }

  std::string merge_into(const std::vector<std::string>& paths, const std::string& name) {
    PartSet parts(plan_, kPartMaker);
    for (const std::string& path : paths) parts.add(path);
    PartWriter writer(folder_ / name, parts.header());
    writer.add(merged(paths));
    writer.commit();
    return folder_ / name;
  }

  PartOutcome refusal(const std::string& path) {
    return outcome_of([&] {
      PartSet parts(plan_, kPartMaker);
      parts.add(path);
    });
  }

  std::mt19937 random_{11};
  TempFolder folder_;
  Plan plan_;
  std::vector<std::string> rows_;
};

TEST(CountRows, AreReadBackToTheBit) {
  std::mt19937 random(3);
  for (int round = 0; round < 200; ++round) {
    const Sequence sequence = test::sequence_of("v", 1 + random() % 12);
    const SequenceCounts counts = test::random_sequence(random, sequence.frames.size());
    const std::string rows = rows_of(42, counts);
    const std::size_t end = rows.find('\n');
    const ItemRow head = read_item_row(std::string_view(rows).substr(0, end), "x.part");
    SequenceCounts read;
    read_rows(head, std::string_view(rows).substr(end + 1), sequence, "x.part", read);
    ASSERT_EQ(rows_of(42, read), rows);
  }
}

TEST(CountRows, DamagedOnesAreRefusedOrReadAsOthersButNeverABug) {
  std::mt19937 random(5);
  const Sequence sequence = test::sequence_of("v", 9);
  int refused = 0;
  for (int round = 0; round < 3000; ++round) {
    const std::string whole = rows_of(4, test::random_sequence(random, 9));
    const std::size_t end = whole.find('\n');
    const ItemRow head = read_item_row(std::string_view(whole).substr(0, end), "x.part");
    std::string rows = whole.substr(end + 1);
    if (rows.empty()) continue;
    constexpr std::string_view kLetters = "0123456789abcdef\t\n-,:FCSPVTZ";
    const std::size_t at = random() % rows.size();
    switch (random() % 3) {
      case 0:
        rows[at] = kLetters[random() % kLetters.size()];
        break;
      case 1:
        rows.erase(at, 1 + random() % 40);
        break;
      default:
        rows.insert(at, 1 + random() % 3, kLetters[random() % kLetters.size()]);
    }
    try {
      SequenceCounts read;
      read_rows(head, rows, sequence, "x.part", read);
      // One text for one set of counts.
      const std::string again = rows_of(4, read);
      ASSERT_EQ(again.substr(again.find('\n') + 1), rows);
    } catch (const Error& error) {
      ASSERT_EQ(error.kind(), ErrorKind::input) << error.what();
      ASSERT_THAT(error.what(), HasSubstr("x.part"));
      ++refused;
    }
  }
  EXPECT_GT(refused, 1000);
}

TEST(CountRows, ImagesAreReadBackToTheBit) {
  std::mt19937 random(6);
  const Sequence sequence = test::sequence_of("v", 3);
  for (const Task task : {Task::binary, Task::semantic, Task::multilabel}) {
    std::string rows;
    for (std::size_t frame = 0; frame < 3; ++frame) {
      StillCounts counts;
      counts.place.frame = frame;
      counts.place.is_missing = frame == 1;
      counts.place.truth_digest[3] = 7;
      counts.map.histogram.on.assign(256, 0);
      counts.map.histogram.off.assign(256, 0);
      counts.map.histogram.on[200] = 5;
      counts.map.histogram.off[0] = random();
      counts.map.at = {1, 2, 3, 4};
      counts.map.pair.truth = 9;
      counts.matrix = ConfusionMatrix(4);
      counts.matrix.at(1, 2) = random();
      counts.labels = {{1, 2, 3}, {random(), 5, 6}};
      rows += row_of(2, counts, task);
    }
    std::string again;
    ItemRow head;
    head.item = 2;
    read_images(head, rows, sequence, task, "x.part",
                [&](StillCounts&& counts) { again += row_of(2, counts, task); });
    EXPECT_EQ(again, rows);
    EXPECT_EQ(outcome_of([&] {
                read_images(head, rows + rows, sequence, task, "x.part", [](StillCounts&&) {});
              }).kind,
              ErrorKind::input);
  }
}

TEST_F(PartTest, MergingIsAssociativeCommutativeAndIdempotent) {
  for (int round = 0; round < 6; ++round) {
    const std::size_t num_items = 1 + random_() % 12;
    make(num_items, static_cast<std::uint32_t>(1 + random_() % num_items));
    std::vector<std::string> parts;
    for (std::uint32_t shard = 0; shard < plan_.shards; ++shard)
      parts.push_back(write_part(shard, "part" + std::to_string(shard)));
    const std::string whole = merged(parts);
    std::string expected;
    for (const std::string& rows : rows_) expected += rows;
    ASSERT_EQ(whole, expected);
    // Any tree over any order, with duplicates.
    std::vector<std::string> left = parts;
    for (const std::string& part : parts) {
      if (random_() % 3 == 0) left.push_back(part);
    }
    std::ranges::shuffle(left, random_);
    int step = 0;
    while (left.size() > 1) {
      const std::string one = left.back();
      left.pop_back();
      const std::string other = left.back();
      left.pop_back();
      left.insert(left.begin() + static_cast<std::ptrdiff_t>(random_() % (left.size() + 1)),
                  merge_into({one, other}, "tree" + std::to_string(step++)));
    }
    ASSERT_EQ(merged(left), whole);
    ASSERT_EQ(merged({left.front(), left.front()}), whole);
    // A part that holds all is the same file whichever way it came about.
    ASSERT_EQ(read_text_file(merge_into(left, "all1")), read_text_file(merge_into(parts, "all2")));
  }
}

TEST_F(PartTest, MissingShardsAreListed) {
  make(9, 5);
  PartSet parts(plan_, kPartMaker);
  parts.add(write_part(1, "one"));
  EXPECT_EQ(array_list(parts.missing_shards()), "0,2-4");
  EXPECT_EQ(array_list(parts.whole_shards()), "1");
}

TEST_F(PartTest, ATruncatedOrEditedPartIsRefused) {
  make(6, 2);
  const std::string text = read_text_file(write_part(0, "good"));
  for (int round = 0; round < 300; ++round) {
    const std::size_t at = random_() % text.size();
    folder_.write("bad", text.substr(0, at));
    const PartOutcome truncated = refusal(folder_ / "bad");
    ASSERT_EQ(truncated.kind, ErrorKind::input) << truncated.words;
    ASSERT_THAT(truncated.words, AllOf(HasSubstr("bad"), HasSubstr("makes it again")));
    std::string edited = text;
    edited[at] = static_cast<char>(edited[at] ^ (1 + random_() % 127));
    folder_.write("bad", edited);
    ASSERT_EQ(refusal(folder_ / "bad").kind, ErrorKind::input);
  }
  // With a digest of its own it is refused for what it says.
  std::string lies = text.substr(0, text.rfind("sha256:"));
  lies.insert(lies.find("\nI\t") + 3, "1");
  lies += format_digest(sha256(std::string_view(lies))) + "\n";
  folder_.write("bad", lies);
  EXPECT_EQ(refusal(folder_ / "bad").kind, ErrorKind::input);
}

TEST_F(PartTest, APartOfAnotherPlanVersionOrBuildIsRefused) {
  make(6, 2);
  const std::string mine = write_part(0, "mine");
  EXPECT_THAT(refusal(write_part(0, "other", {"2", "0.1", "abc"})).words,
              HasSubstr("metric version 2"));
  EXPECT_THAT(refusal(write_part(0, "other", {"1", "0.1", "abd"})).words,
              HasSubstr("made by angiobench 0.1 (abd)"));
  plan_.options.emplace_back("missing", "zero");
  plan_text(plan_);
  const PartOutcome outcome = refusal(mine);
  EXPECT_EQ(outcome.kind, ErrorKind::input);
  EXPECT_THAT(outcome.words, AllOf(HasSubstr("is of the plan sha256:"), HasSubstr(plan_.id)));
  std::string why;
  EXPECT_FALSE(is_part_of(mine, plan_, 0, kPartMaker, why));
  EXPECT_THAT(why, HasSubstr("is of the plan"));
}

TEST_F(PartTest, PartsThatDifferAreNamedBoth) {
  make(4, 2);
  const std::string first = write_part(0, "first");
  const std::size_t item = static_cast<std::size_t>(
      std::ranges::find(plan_.items, 0U, &PlanItem::shard) - plan_.items.begin());
  rows_[item] = rows_of(item, test::random_sequence(random_, 8));
  const std::string second = write_part(0, "second");
  const PartOutcome outcome = outcome_of([&] { merged({first, second, write_part(1, "rest")}); });
  EXPECT_EQ(outcome.kind, ErrorKind::inconclusive);
  EXPECT_THAT(outcome.words, AllOf(HasSubstr(first), HasSubstr(second), HasSubstr("--force")));
}

// A million rows: the figures of docs/cluster.md, with room for slower machines.
TEST_F(PartTest, AMillionRowsAreMergedInLittleTimeAndMemory) {
  constexpr std::size_t kItems = 500;
  constexpr std::size_t kFrames = 500;  // of three objects: 500 + 1500 rows, and one
  plan_.submissions = {"a"};
  SequenceCounts counts;
  counts.tables.assign(1, CountTable(kFrames));
  for (FrameRecord& record : counts.tables.front()) {
    record.read = FrameNeed::both;
    record.truth_ids = {1, 2, 3};
    for (int id = 1; id <= 3; ++id) record.counts.push_back({id, test::random_counts(random_)});
  }
  for (std::size_t i = 0; i < kItems; ++i) {
    PlanItem& item = plan_.items.emplace_back();
    item.name = "v" + std::to_string(i);
    item.cost = 1;
  }
  plan_.shards = 12;
  cut_into_shards(plan_.items, plan_.shards);
  plan_text(plan_);
  std::vector<std::string> paths;
  for (std::uint32_t shard = 0; shard < plan_.shards; ++shard)
    paths.push_back(folder_ / ("part" + std::to_string(shard)));
  // Another process writes them: memory that it took is none of the merge's.
  const pid_t child = ::fork();
  if (child == 0) {
    for (std::size_t i = 0; i < kItems; ++i) rows_.push_back(rows_of(i, counts));
    for (std::uint32_t shard = 0; shard < plan_.shards; ++shard)
      write_part(shard, "part" + std::to_string(shard));
    ::_exit(0);
  }
  int status = -1;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_EQ(status, 0);
  const Sequence sequence = test::sequence_of("v", kFrames);
  const std::uint64_t before = resident_bytes();
  std::uint64_t most = before;
  const std::clock_t start = std::clock();
  PartSet parts(plan_, kPartMaker);
  for (const std::string& path : paths) parts.add(path);
  const std::uint64_t num_rows = parts.header().rows;
  std::uint64_t sum = 0;
  parts.for_each(
      0, kItems,
      [&](std::size_t item, std::string_view head, std::string_view rows, const std::string& path) {
        SequenceCounts read;
        read_rows(read_item_row(head, path), rows, sequence, path, read);
        sum += read.tables.front()[item % kFrames].counts.size();
        if (item % 50 == 0) most = std::max(most, resident_bytes());
      });
  const double seconds = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
  EXPECT_EQ(sum, 3 * kItems);
  EXPECT_GE(num_rows, 1'000'000U);
  EXPECT_LT(seconds, 6) << "2 s on an idle machine";
  const double megabytes = static_cast<double>(most - before) / 1e6;
  EXPECT_LT(megabytes, 64);
  std::printf("%llu rows in %.2f s of one core, %.1f MB\n",
              static_cast<unsigned long long>(num_rows), seconds, megabytes);
}

}  // namespace
}  // namespace angiobench
