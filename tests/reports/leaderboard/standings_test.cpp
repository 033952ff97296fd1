// SPDX-License-Identifier: MIT
#include "reports/leaderboard/standings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "evaluator/measures.h"
#include "tests/reports/leaderboard/sample_board.h"

namespace angiobench {
namespace {

using test::digest_of;
using test::facts_of;
using test::sample_entry;
using test::sample_reported;
using test::sample_result;
using testing::ElementsAre;

std::vector<BoardRun> runs_of(std::vector<BoardEntry> entries) {
  std::vector<BoardRun> runs;
  for (BoardEntry& entry : entries) {
    runs.push_back(
        {static_cast<std::int64_t>(runs.size()) + 2, "2026-05-03T00:00:00Z", std::move(entry)});
  }
  return runs;
}

// "1 A", "2= B", … of a group.
std::vector<std::string> order_of(const std::vector<Standing>& standings) {
  std::vector<std::string> order;
  for (const Standing& standing : standings)
    order.push_back(rank_text(standing) + " " + standing.run->entry.facts.method);
  return order;
}

TEST(Standings, RankByTheHeadlineFigure) {
  const auto runs =
      runs_of({sample_entry("low", 0.4), sample_entry("high", 0.6), sample_entry("middle", 0.5)});
  const auto datasets = standings_of(runs);
  ASSERT_EQ(datasets.size(), 1U);
  ASSERT_EQ(datasets[0].groups.size(), 1U);
  EXPECT_THAT(order_of(datasets[0].groups[0].standings),
              ElementsAre("1 high", "2 middle", "3 low"));
}

TEST(Standings, ShareARankWhereTheShownDigitsAreEqualAndGoOnAfterTheGap) {
  const auto runs = runs_of({sample_entry("a", 0.60), sample_entry("b", 0.50001),
                             sample_entry("c", 0.50002), sample_entry("d", 0.4)});
  const auto datasets = standings_of(runs);
  EXPECT_THAT(order_of(datasets[0].groups[0].standings), ElementsAre("1 a", "2= c", "2= b", "4 d"));
}

TEST(Standings, BreakATieByFurtherColumnsThenTimeThenDigest) {
  // Equal J&F and J, but a better F; then an earlier submission; then the smaller digest.
  Result better_f = sample_result("better F", 0.5);
  better_f.aggregates[2].value = 0.56;
  std::vector<std::string> names = {"same 1", "same 2"};
  std::ranges::sort(names, {}, [](const std::string& name) { return digest_of(name); });
  const auto runs =
      runs_of({sample_entry(names[1], 0.5), sample_entry(names[0], 0.5),
               sample_entry("earlier", 0.5, "2026-05-01T00:00:00Z"),
               measured_entry(better_f, facts_of("better F", "2026-05-09T00:00:00Z"), "r.json")});
  const auto datasets = standings_of(runs);
  EXPECT_THAT(order_of(datasets[0].groups[0].standings),
              ElementsAre("1= better F", "1= earlier", "1= " + names[0], "1= " + names[1]));
}

TEST(Standings, NeverLetAMissingFigureOutrankAPresentOne) {
  const auto runs = runs_of(
      {sample_entry("missing", std::nullopt, "2020-01-01T00:00:00Z"), sample_entry("zero", 0.0)});
  const auto datasets = standings_of(runs);
  EXPECT_THAT(order_of(datasets[0].groups[0].standings), ElementsAre("1 zero", "– missing"));
  EXPECT_EQ(datasets[0].groups[0].standings[1].reason, "no J&F");
}

TEST(Standings, PutAMissingFurtherFigureAfterAPresentOneInATie) {
  Result without_j = sample_result("without J", 0.5);
  without_j.aggregates[1].value.reset();
  const auto runs =
      runs_of({measured_entry(without_j, facts_of("without J", "2020-01-01T00:00:00Z"), "r.json"),
               sample_entry("with J", 0.5)});
  EXPECT_THAT(order_of(standings_of(runs)[0].groups[0].standings),
              ElementsAre("1= with J", "1= without J"));
}

TEST(Standings, KeepIncompleteRunsInASectionOfTheirOwn) {
  Result partial = sample_result("partial", 0.9);
  partial.complete = false;
  partial.sequences[1].complete = false;
  const auto runs =
      runs_of({measured_entry(partial, facts_of("partial"), "r.json"), sample_entry("whole", 0.5)});
  const auto datasets = standings_of(runs);
  EXPECT_THAT(order_of(datasets[0].groups[0].standings), ElementsAre("1 whole"));
  EXPECT_THAT(order_of(datasets[0].unranked), ElementsAre("– partial"));
  EXPECT_EQ(datasets[0].unranked[0].reason, "incomplete: 1 of 2 sequences not scored in full");
}

TEST(Standings, RankOnlyRunsOfOneDataSetProtocolAndMetricVersionTogether) {
  Result other_data = sample_result("other data", 0.9);
  other_data.dataset.digest = digest_of("another state of the data");
  Result other_rules = sample_result("other rules", 0.8);
  other_rules.protocol.hash = digest_of("other rules");
  Result other_version = sample_result("other version", 0.7);
  other_version.metric_version = "2";
  const auto runs = runs_of({measured_entry(other_data, facts_of("other data"), "r"),
                             measured_entry(other_rules, facts_of("other rules"), "r"),
                             measured_entry(other_version, facts_of("other version"), "r"),
                             sample_entry("a", 0.5), sample_entry("b", 0.4)});
  const auto datasets = standings_of(runs);
  ASSERT_EQ(datasets[0].groups.size(), 4U);
  EXPECT_THAT(order_of(datasets[0].groups[0].standings), ElementsAre("1 a", "2 b"));
  for (std::size_t i = 1; i < 4; ++i) EXPECT_EQ(datasets[0].groups[i].standings.size(), 1U);
}

TEST(Standings, NeverMixPublishedFiguresWithMeasuredOnes) {
  const auto runs =
      runs_of({sample_reported("Published", "99.0", "98.9", "99.1"), sample_entry("measured", 0.5),
               sample_reported("Weaker", "98.0", "97.9", "98.1")});
  const auto datasets = standings_of(runs);
  EXPECT_THAT(order_of(datasets[0].groups[0].standings), ElementsAre("1 measured"));
  EXPECT_THAT(order_of(datasets[0].reported), ElementsAre("– Published", "– Weaker"));
}

TEST(Standings, RankByASmallerFigureWhereSmallIsBetter) {
  Result steady = sample_result("steady", 0.5);
  Result shaky = sample_result("shaky", 0.5);
  steady.aggregates = {{Metric("T"), Scope::overall, 0.1, 2, {}}};
  shaky.aggregates = {{Metric("T"), Scope::overall, 0.3, 2, {}}};
  const auto runs = runs_of({measured_entry(shaky, facts_of("shaky"), "r"),
                             measured_entry(steady, facts_of("steady"), "r")});
  EXPECT_THAT(order_of(standings_of(runs)[0].groups[0].standings),
              ElementsAre("1 steady", "2 shaky"));
}

MetricColumn column_of(const std::string& metric, const std::string& place) {
  return metric_column(describe(Metric(metric), Display::percent), place);
}

TEST(Columns, StandInTheOrderThatTablesUse) {
  std::vector<MetricColumn> columns;
  for (const auto& [metric, place] :
       std::vector<std::pair<std::string, std::string>>{{"F", "unseen"},
                                                        {"J_recall", "overall"},
                                                        {"J", "seen"},
                                                        {"J&F", "overall"},
                                                        {"F", "seen"},
                                                        {"fps", "overall"},
                                                        {"J", "unseen"},
                                                        {"J&F", "pooled"},
                                                        {"J&F", "overall"},
                                                        {"zeta", "overall"},
                                                        {"fps", "RTX6000"}}) {
    columns.push_back(column_of(metric, place));
  }
  sort_columns(columns);
  std::vector<std::string> headings;
  for (const MetricColumn& column : columns) headings.push_back(column.heading);
  EXPECT_THAT(headings, ElementsAre("J&F", "J_s", "F_s", "J_u", "F_u", "J&F (pooled)", "J recall",
                                    "fps", "fps (RTX6000)", "zeta"));
  EXPECT_FALSE(columns.back().ranks());
}

TEST(Columns, BeginWithWhatTheProtocolRanksBy) {
  std::vector<MetricColumn> columns = {column_of("J&F", "overall"), column_of("Dice", "overall"),
                                       column_of("Dice", "pooled")};
  const Metric first("Dice");
  sort_columns(columns, &first);
  EXPECT_EQ(columns.front().heading, "Dice");
  EXPECT_EQ(columns[1].heading, "J&F");
}

TEST(Columns, ShowEachCommunitysHabit) {
  EXPECT_EQ(display_value(column_of("J&F", "overall"), 0.4925, "", ScoreStyle::percent),
            format_score(0.4925, ScoreStyle::percent));
  EXPECT_EQ(display_value(column_of("J&F", "overall"), {}, "88.55", ScoreStyle::fraction), "0.886");
  EXPECT_EQ(display_value(column_of("J&F", "overall"), {}, "88.55", ScoreStyle::percent), "88.6");
  EXPECT_EQ(display_value(column_of("fps", "overall"), 0.289, "0.289", ScoreStyle::percent),
            "0.289");
  EXPECT_EQ(display_value(column_of("J&F", "overall"), {}, "", ScoreStyle::percent), "");
}

}  // namespace
}  // namespace angiobench
