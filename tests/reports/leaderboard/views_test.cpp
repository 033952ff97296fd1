// SPDX-License-Identifier: MIT
#include "reports/leaderboard/views.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>

#include "dataset/error.h"
#include "reports/html/board_pages.h"
#include "reports/text_table.h"
#include "tests/reports/leaderboard/sample_board.h"
#include "tests/support/golden_text.h"
#include "tests/support/temp_folder.h"

namespace angiobench {
namespace {

using test::facts_of;
using test::sample_entry;
using test::sample_reported;
using test::sample_result;
using testing::HasSubstr;
using testing::Not;

constexpr char kHostile[] = "<script>alert(1)</script>|*_&%$#{}~^\\=";

// Two tied runs, a third, an incomplete one, two published rows of which one's J&F does not follow;
// one run was removed.
BoardView sample_view(const test::TempFolder& folder) {
  BoardOptions options;
  options.now = "2026-06-01T00:00:00Z";
  const std::vector<BoardEntry> published = {sample_reported("STM", "79.7", "70.7", "87.6"),
                                             sample_reported("STCN", "81.1", "72.8", "89.4")};
  Board board = Board::open_or_create(folder / "board.sqlite", published, options);
  Result partial = sample_result("partial", 0.9);
  partial.complete = false;
  partial.sequences[1].complete = false;
  SubmissionFacts third = facts_of("Third", "2026-05-01T00:00:00Z");
  third.team = "Lab";
  third.variant = "k = 15";
  third.links = {"https://example.org/third"};
  board.add(std::vector<BoardEntry>{sample_entry("First", 0.6012, "2026-05-02T00:00:00Z"),
                                    sample_entry("Second", 0.6011, "2026-05-03T00:00:00Z"),
                                    measured_entry(sample_result("Third", 0.5), third, "r"),
                                    measured_entry(partial, facts_of("Partial"), "r"),
                                    sample_entry("Gone", 0.99)});
  board.remove(8, "a mistake");
  return load_view(board);
}

TEST(BoardViews, AreMarkdown) {
  const test::TempFolder folder;
  EXPECT_EQ(test::golden_problem("text/board.md", board_markdown(sample_view(folder))), "");
}

TEST(BoardViews, AreLatexWithBooktabs) {
  const test::TempFolder folder;
  BoardSelection selection;
  selection.max_reported = 1;
  EXPECT_EQ(test::golden_problem("text/board.tex", board_latex(sample_view(folder), selection)),
            "");
}

TEST(BoardViews, AreCsvWithAFigureARow) {
  const test::TempFolder folder;
  BoardSelection selection;
  selection.method = "First";
  const BoardView view = sample_view(folder);
  EXPECT_EQ(
      board_csv(view, selection),
      R"csv(dataset,section,protocol,protocol_hash,dataset_digest,metric_version,rank,tied,method,variant,team,kind,submitted,submission,evidence,source,metric,scope,value,low,high,n
mosxav-val,measured,mosxav-val,sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a,sha256:91c555b5c39e3ea92e744bd1179f780592ba47436ff51dc35b97ef11e39445e5,1,1,=,First,,,masks,2026-05-02T00:00:00Z,sha256:a151ceb1711aad529a7704248f03333990022ebbfa07a7f04c004d70c167919f,figures,,J&F,overall,0.6012,0.6012,0.6012,2
mosxav-val,measured,mosxav-val,sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a,sha256:91c555b5c39e3ea92e744bd1179f780592ba47436ff51dc35b97ef11e39445e5,1,1,=,First,,,masks,2026-05-02T00:00:00Z,sha256:a151ceb1711aad529a7704248f03333990022ebbfa07a7f04c004d70c167919f,figures,,J,overall,0.5511999999999999,0.5511999999999999,0.5511999999999999,2
mosxav-val,measured,mosxav-val,sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a,sha256:91c555b5c39e3ea92e744bd1179f780592ba47436ff51dc35b97ef11e39445e5,1,1,=,First,,,masks,2026-05-02T00:00:00Z,sha256:a151ceb1711aad529a7704248f03333990022ebbfa07a7f04c004d70c167919f,figures,,F,overall,0.6512,0.6512,0.6512,2
)csv");
  selection.method = "STM";
  EXPECT_EQ(
      board_csv(view, selection),
      R"csv(dataset,section,protocol,protocol_hash,dataset_digest,metric_version,rank,tied,method,variant,team,kind,submitted,submission,evidence,source,metric,scope,value,low,high,n
mosxav-val,reported,as published,,,,,,STM,,,reported,,reported:ebd93578a89e0fa8a7307bb10e43bd804a6e7b92576fef236091cfc59d936170,,https://example.org/paper,J&F,overall,0.797,,,
mosxav-val,reported,as published,,,,,,STM,,,reported,,reported:ebd93578a89e0fa8a7307bb10e43bd804a6e7b92576fef236091cfc59d936170,,https://example.org/paper,J,overall,0.707,,,
mosxav-val,reported,as published,,,,,,STM,,,reported,,reported:ebd93578a89e0fa8a7307bb10e43bd804a6e7b92576fef236091cfc59d936170,,https://example.org/paper,F,overall,0.876,,,
)csv");
}

TEST(BoardViews, AreTextForATerminal) {
  const test::TempFolder folder;
  BoardSelection selection;
  selection.max_reported = 1;
  EXPECT_EQ(test::golden_problem("text/board.txt", board_text(sample_view(folder), selection)), "");
}

TEST(BoardViews, ListRunsWithTheIdsThatRemoveTakes) {
  const test::TempFolder folder;
  const BoardView view = sample_view(folder);
  const Table table = run_table(view, false);
  ASSERT_EQ(table.rows.size(), 4U);
  EXPECT_EQ(table.rows[0][0].text, "4");
  EXPECT_EQ(table.rows[3][5].text, "incomplete");
  EXPECT_EQ(table.notes[0], "2 published rows are left out (--all lists them)");
  EXPECT_EQ(run_table(view, true).rows.size(), 6U);
}

TEST(BoardViews, RefuseASelectionThatIsNotThere) {
  const test::TempFolder folder;
  const BoardView view = sample_view(folder);
  BoardSelection selection;
  selection.dataset = "absent";
  EXPECT_THROW(board_text(view, selection), Error);
  EXPECT_THROW(board_page(view, selection), Error);
  selection = {};
  selection.method = "absent";
  EXPECT_THROW(board_markdown(view, selection), Error);
  EXPECT_THROW(board_page(view, selection), Error);
}

std::string body_of(const std::string& page) {
  const std::size_t start = page.find("<main id=\"main\">\n") + 17;
  return page.substr(start, page.find("</main>") - start);
}

const BoardPage& page_at(const std::vector<BoardPage>& pages, const std::string& path) {
  for (const BoardPage& page : pages) {
    if (page.path == path) return page;
  }
  throw std::out_of_range(path);
}

TEST(BoardPages, AreAWholeSite) {
  const test::TempFolder folder;
  const std::vector<BoardPage> pages = board_site(sample_view(folder));
  std::vector<std::string> paths;
  for (const BoardPage& page : pages) paths.push_back(page.path);
  EXPECT_THAT(paths,
              testing::UnorderedElementsAre(
                  "index.html", "dataset/mosxav-val.html", testing::StartsWith("method/first-"),
                  testing::StartsWith("method/second-"), testing::StartsWith("method/third-"),
                  testing::StartsWith("method/partial-"), testing::StartsWith("method/stm-"),
                  testing::StartsWith("method/stcn-")));
}

TEST(BoardPages, PrintADataSetAsItsCommunityDoesWhateverTheProtocolOfARun) {
  const test::TempFolder folder;
  BoardOptions options;
  options.now = "2026-06-01T00:00:00Z";
  Board board = Board::open_or_create(folder / "board.sqlite", {}, options);
  // Scored under a protocol that prints percent.
  board.add(std::vector<BoardEntry>{
      measured_entry(sample_result("A", 0.6012, "davis2017-val"), facts_of("A"), "r"),
      measured_entry(sample_result("B", 0.6012, "mosxav-val"), facts_of("B"), "r")});
  const BoardView view = load_view(board);
  const std::vector<BoardPage> pages = board_site(view);
  EXPECT_THAT(page_at(pages, "dataset/davis2017-val.html").content,
              HasSubstr("<strong>0.601</strong>"));
  EXPECT_THAT(page_at(pages, "dataset/mosxav-val.html").content,
              HasSubstr("<strong>60.1</strong>"));
  EXPECT_THAT(text_table(run_table(view, false)), HasSubstr("J&F 0.601"));
}

TEST(BoardPages, LeadWithMeasuredRankingsInOrderOfRanks) {
  const test::TempFolder folder;
  const std::string index = page_at(board_site(sample_view(folder)), "index.html").content;
  const std::size_t measured = index.find("id=\"measured\"");
  EXPECT_LT(measured, index.find("id=\"datasets\""));
  const std::size_t first = index.find(">First</a>", measured);
  const std::size_t second = index.find(">Second</a>", first);
  EXPECT_LT(second, index.find(">Third</a>", second));
  EXPECT_LT(index.find(">Third</a>", second), index.find("id=\"datasets\""));
}

TEST(BoardPages, LinkOnlyToPagesThatAreThere) {
  const test::TempFolder folder;
  const std::vector<BoardPage> pages = board_site(sample_view(folder));
  const std::regex link("href=\"([^\"#:]+)\"");
  for (const BoardPage& page : pages) {
    const std::string body = body_of(page.content);
    for (std::sregex_iterator it(body.begin(), body.end(), link), end; it != end; ++it) {
      std::string target = (*it)[1].str();
      if (page.path != "index.html") {
        ASSERT_TRUE(target.starts_with("../")) << page.path << " " << target;
        target.erase(0, 3);
      }
      EXPECT_TRUE(std::ranges::any_of(pages, [&](const BoardPage& other) {
        return other.path == target;
      })) << target;
    }
  }
}

TEST(BoardPages, RequestNothingFromElsewhere) {
  const test::TempFolder folder;
  for (const BoardPage& page : board_site(sample_view(folder))) {
    EXPECT_THAT(page.content, HasSubstr("default-src 'none'"));
    EXPECT_THAT(page.content, Not(HasSubstr(" src=")));
    EXPECT_THAT(page.content, Not(HasSubstr("@import")));
    EXPECT_THAT(page.content, Not(HasSubstr("url(h")));
  }
}

TEST(BoardPages, ShowADataSetWithEverySectionApart) {
  const test::TempFolder folder;
  const BoardView view = sample_view(folder);
  std::string body = body_of(page_at(board_site(view), "dataset/mosxav-val.html").content);
  for (std::size_t at = body.find(view.head); at != std::string::npos; at = body.find(view.head)) {
    body.replace(at, view.head.size(), "HEAD");
  }
  EXPECT_EQ(test::golden_problem("text/board_dataset.html", body), "");
}

TEST(BoardPages, ShowAMethodsHistoryWithItsChanges) {
  const test::TempFolder folder;
  Board board = Board::open_or_create(folder / "board.sqlite", {});
  for (int i = 0; i < 3; ++i) {
    board.add(std::vector<BoardEntry>{
        measured_entry(sample_result("masks " + std::to_string(i), 0.5 + 0.1 * i),
                       facts_of("Mine", "2026-05-0" + std::to_string(i + 1) + "T00:00:00Z"), "r")});
  }
  BoardSelection selection;
  selection.method = "Mine";
  const std::string page = board_page(load_view(board), selection);
  EXPECT_THAT(page, HasSubstr(">+10.0</td>"));
  EXPECT_LT(page.find("2026-05-01T"), page.find("2026-05-02T"));
  EXPECT_LT(page.find("2026-05-02T"), page.find("2026-05-03T"));
}

TEST(BoardPages, AreTheSameBytesForTheSameBoard) {
  const test::TempFolder folder;
  const test::TempFolder other;
  const auto a = board_site(sample_view(folder));
  const auto b = board_site(sample_view(other));
  ASSERT_EQ(a.size(), b.size());
  for (std::size_t i = 0; i < a.size(); ++i) EXPECT_EQ(a[i].content, b[i].content);
}

TEST(BoardViews, MakeEveryWordOfASubmitterHarmless) {
  const test::TempFolder folder;
  Board board = Board::open_or_create(folder / "board.sqlite", {});
  SubmissionFacts facts = facts_of(kHostile);
  facts.team = facts.variant = facts.note = kHostile;
  facts.links = {"https://example.org/\"><script>x"};
  Result result = sample_result("hostile", 0.5, "data <b>|");
  result.protocol.name = "p <i>";
  Result partial = sample_result("partial", 0.4, "data <b>|");
  partial.complete = false;
  board.add(std::vector<BoardEntry>{measured_entry(result, facts, "r"),
                                    measured_entry(partial, facts_of(kHostile), "r")});
  const BoardView view = load_view(board);
  for (const BoardPage& page : board_site(view)) {
    const std::string body = body_of(page.content);
    EXPECT_THAT(body, Not(HasSubstr("<script")));
    EXPECT_THAT(body, Not(HasSubstr("<b>|")));
    EXPECT_THAT(body, Not(HasSubstr("<i>")));
    EXPECT_THAT(page.path, Not(HasSubstr("<")));
  }
  EXPECT_THAT(board_markdown(view), Not(HasSubstr("<script")));
  EXPECT_THAT(board_latex(view), Not(HasSubstr("|*_&%")));
  EXPECT_THAT(board_latex(view), HasSubstr("\\_\\&\\%\\$\\#\\{\\}"));
  facts = facts_of("=HYPERLINK(1)");
  board.add(std::vector<BoardEntry>{measured_entry(sample_result("formula", 0.3), facts, "r")});
  EXPECT_THAT(board_csv(load_view(board)), HasSubstr(",'=HYPERLINK(1),"));
}

}  // namespace
}  // namespace angiobench
