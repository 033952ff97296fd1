// SPDX-License-Identifier: MIT
#include "reports/paper_runs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "dataset/error.h"
#include "reports/paper_tables.h"

namespace angiobench {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

std::set<std::string> rows_shown(const std::string& table) {
  std::set<std::string> rows;
  for (const PaperTable& part : reproduce_table(table, {})) {
    for (const PaperRow& row : part.rows) {
      if (row.kind == PaperRowKind::published) rows.insert(row.label);
    }
  }
  return rows;
}

TEST(PaperRuns, EveryRowThatATableShowsIsRunOrSaysWhyNot) {
  for (const std::string& table : paper_table_names()) {
    std::set<std::string> rows;
    for (const PaperRun& run : paper_runs(table)) {
      rows.insert(run.row);
      const bool does_something = !run.datasets.empty() || !run.setting.strategy.empty();
      EXPECT_EQ(run.cannot.empty(), does_something) << run.row;
      EXPECT_TRUE(run.cannot.empty() || run.setting.network.empty()) << run.row;
    }
    EXPECT_EQ(rows, rows_shown(table)) << table;
  }
}

TEST(PaperRuns, AreMadeWithTheSettingOfTheTableButForWhatItVaries) {
  const PaperRun window = paper_runs("table3", "k=9").front();
  EXPECT_EQ(window.folder, "local-w9-r6");
  EXPECT_EQ(window.setting.speed_name(), "local-w9-r6");
  const PaperRun interval = paper_runs("table3", "r=2").front();
  EXPECT_EQ(interval.folder, "local-w15-r2");
  const PaperRun unfold = paper_runs("table3", "unfold").front();
  EXPECT_EQ(unfold.folder, "local-w15-r6");
  EXPECT_EQ(unfold.setting.speed_name(), "unfold-w15-r6");
  EXPECT_EQ(paper_runs("table3", "baseline").front().setting.network, "stcn");
  EXPECT_THAT(paper_runs("table1", "stcn").front().datasets,
              ElementsAre("xacv", "mosxav-val", "mosxav-test"));
  EXPECT_TRUE(paper_runs("table2", "cross-entropy").front().has_own_weights);
}

TEST(PaperRuns, UnknownTablesAndRowsAreMistakesWithTheNearestNames) {
  EXPECT_THROW(paper_runs("paxray"), Error);
  try {
    paper_runs("table1", "XMen");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::usage);
    EXPECT_THAT(error.what(), HasSubstr("XMem"));
  }
}

TEST(PaperRuns, AreToldWithWhatIsMissingOnceForAllThatNeedIt) {
  PaperTask done{"STCN", "mosxav-val", {}, 12, 3, 90, 400, {}};
  PaperTask first{"STCN", "xacv", {"the data set"}, 0, 0, 0, 0, {}};
  PaperTask second{"Local", "xacv", {"the data set", "weights"}, 0, 0, 0, 0, {}};
  const PaperTask tasks[] = {done, first, second};
  const std::string text = paper_tasks_text("table1", paper_runs("table1", "XMem"), tasks);
  EXPECT_THAT(text, HasSubstr("  STCN, mosxav-val: predict 3 clips of 12, 90 frames, about 7 min, "
                              "score\n"));
  EXPECT_THAT(text, HasSubstr("  the data set\n    needed for STCN on xacv; Local on xacv\n"
                              "  weights\n    needed for Local on xacv\n"));
  EXPECT_THAT(text, HasSubstr("  methods of others, which this program does not have\n    XMem\n"));
  EXPECT_THAT(text, HasSubstr("in all about 7 min of one core"));
  EXPECT_THAT(paper_tasks_text("table2", {}, {}), Not(HasSubstr("CADICA")));
}

}  // namespace
}  // namespace angiobench
