// SPDX-License-Identifier: MIT
#include "reports/leaderboard/views.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>

#include "dataset/error.h"
#include "reports/html/board_pages.h"
#include "tests/reports/leaderboard/sample_board.h"
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
  EXPECT_EQ(board_markdown(sample_view(folder)), R"md(# Leaderboard

## mosxav-val

mosxav-val, measured: protocol mosxav-val, percent

| # | Method | Team | J&amp;F | 95 % interval | J | F | Submitted | Masks |
| ---: | --- | --- | ---: | ---: | ---: | ---: | --- | --- |
| 1= | First | – | **60.1** | \[50.1, 70.1\] | **55.1** | **65.1** | 2026-05-02 | a151ceb1711a |
| 1= | Second | – | **60.1** | \[50.1, 70.1\] | **55.1** | **65.1** | 2026-05-03 | 8b88a8508956 |
| 3 | Third (k = 15) | Lab | 50.0 | \[40.0, 60.0\] | 45.0 | 55.0 | 2026-05-01 | 5e7425d72f32 |

- data set 91c555b5c39e, protocol mosxav-val v1 6c621d1a0513, metric version 1
- = marks equal figures at the digits shown

mosxav-val, not ranked: incomplete runs, whose figures are no scores of the data set

| Method | Team | Why | J&amp;F | J | F | Protocol | Masks |
| --- | --- | --- | ---: | ---: | ---: | --- | --- |
| Partial | – | incomplete: 1 of 2 sequences not scored in full | 90.0 | 85.0 | 95.0 | mosxav-val | 9834a14ab9bc |

mosxav-val, published elsewhere: not measured here, not ranked, percent

| Method | Year | J&amp;F | J | F | Source |
| --- | ---: | ---: | ---: | ---: | --- |
| STCN | 2024 | 81.1 | 72.8 | 89.4 | A paper |
| STM | 2024 | 79.7‡ | 70.7 | 87.6 | A paper |

- ‡ STM: the printed J&amp;F is not the mean of its columns, 79.15 %
- A paper: https://example.org/paper
)md");
}

TEST(BoardViews, AreLatexWithBooktabs) {
  const test::TempFolder folder;
  BoardSelection selection;
  selection.max_reported = 1;
  EXPECT_EQ(board_latex(sample_view(folder), selection), R"tex(% needs \usepackage{booktabs}
% data set 91c555b5c39e, protocol mosxav-val v1 6c621d1a0513, metric version 1
% = marks equal figures at the digits shown
\begin{table}[t]
  \centering
  \caption{mosxav-val, measured: protocol mosxav-val, percent}
  \label{tab:mosxav-val}
  \begin{tabular}{rllrrrrll}
    \toprule
    \# & Method & Team & $\mathcal{J}\&\mathcal{F}$ & 95\,\% interval & $\mathcal{J}$ & $\mathcal{F}$ & Submitted & Masks \\
    \midrule
    1= & First & -- & \textbf{60.1} & [50.1, 70.1] & \textbf{55.1} & \textbf{65.1} & 2026-05-02 & a151ceb1711a \\
    1= & Second & -- & \textbf{60.1} & [50.1, 70.1] & \textbf{55.1} & \textbf{65.1} & 2026-05-03 & 8b88a8508956 \\
    3 & Third (k = 15) & Lab & 50.0 & [40.0, 60.0] & 45.0 & 55.0 & 2026-05-01 & 5e7425d72f32 \\
    \bottomrule
  \end{tabular}
\end{table}

% needs \usepackage{booktabs}
\begin{table}[t]
  \centering
  \caption{mosxav-val, not ranked: incomplete runs, whose figures are no scores of the data set}
  \begin{tabular}{lllrrrll}
    \toprule
    Method & Team & Why & $\mathcal{J}\&\mathcal{F}$ & $\mathcal{J}$ & $\mathcal{F}$ & Protocol & Masks \\
    \midrule
    Partial & -- & incomplete: 1 of 2 sequences not scored in full & 90.0 & 85.0 & 95.0 & mosxav-val & 9834a14ab9bc \\
    \bottomrule
  \end{tabular}
\end{table}

% needs \usepackage{booktabs}
% A paper: https://example.org/paper
% 1 more published rows are left out
\begin{table}[t]
  \centering
  \caption{mosxav-val, published elsewhere: not measured here, not ranked, percent}
  \label{tab:mosxav-val-published}
  \begin{tabular}{lrrrrl}
    \toprule
    Method & Year & $\mathcal{J}\&\mathcal{F}$ & $\mathcal{J}$ & $\mathcal{F}$ & Source \\
    \midrule
    STCN & 2024 & 81.1 & 72.8 & 89.4 & A paper \\
    \bottomrule
  \end{tabular}
\end{table}
)tex");
}

TEST(BoardViews, AreCsvWithAFigureARow) {
  const test::TempFolder folder;
  BoardSelection selection;
  selection.method = "First";
  const BoardView view = sample_view(folder);
  EXPECT_EQ(
      board_csv(view, selection),
      R"csv(dataset,section,protocol,protocol_hash,dataset_digest,metric_version,rank,tied,method,variant,team,kind,submitted,submission,source,metric,scope,value,low,high,n
mosxav-val,measured,mosxav-val,sha256:6c621d1a05138a7888d37d9269a9da8e2e11e4aced2f6cfd24b05ab1b9e61bb0,sha256:91c555b5c39e3ea92e744bd1179f780592ba47436ff51dc35b97ef11e39445e5,1,1,=,First,,,masks,2026-05-02T00:00:00Z,sha256:a151ceb1711aad529a7704248f03333990022ebbfa07a7f04c004d70c167919f,,J&F,overall,0.6012,0.5012,0.7011999999999999,2
mosxav-val,measured,mosxav-val,sha256:6c621d1a05138a7888d37d9269a9da8e2e11e4aced2f6cfd24b05ab1b9e61bb0,sha256:91c555b5c39e3ea92e744bd1179f780592ba47436ff51dc35b97ef11e39445e5,1,1,=,First,,,masks,2026-05-02T00:00:00Z,sha256:a151ceb1711aad529a7704248f03333990022ebbfa07a7f04c004d70c167919f,,J,overall,0.5511999999999999,,,2
mosxav-val,measured,mosxav-val,sha256:6c621d1a05138a7888d37d9269a9da8e2e11e4aced2f6cfd24b05ab1b9e61bb0,sha256:91c555b5c39e3ea92e744bd1179f780592ba47436ff51dc35b97ef11e39445e5,1,1,=,First,,,masks,2026-05-02T00:00:00Z,sha256:a151ceb1711aad529a7704248f03333990022ebbfa07a7f04c004d70c167919f,,F,overall,0.6512,,,2
)csv");
  selection.method = "STM";
  EXPECT_EQ(
      board_csv(view, selection),
      R"csv(dataset,section,protocol,protocol_hash,dataset_digest,metric_version,rank,tied,method,variant,team,kind,submitted,submission,source,metric,scope,value,low,high,n
mosxav-val,reported,as published,,,,,,STM,,,reported,,reported:ebd93578a89e0fa8a7307bb10e43bd804a6e7b92576fef236091cfc59d936170,https://example.org/paper,J&F,overall,0.797,,,
mosxav-val,reported,as published,,,,,,STM,,,reported,,reported:ebd93578a89e0fa8a7307bb10e43bd804a6e7b92576fef236091cfc59d936170,https://example.org/paper,J,overall,0.707,,,
mosxav-val,reported,as published,,,,,,STM,,,reported,,reported:ebd93578a89e0fa8a7307bb10e43bd804a6e7b92576fef236091cfc59d936170,https://example.org/paper,F,overall,0.876,,,
)csv");
}

TEST(BoardViews, AreTextForATerminal) {
  const test::TempFolder folder;
  BoardSelection selection;
  selection.max_reported = 1;
  EXPECT_EQ(board_text(sample_view(folder), selection),
            R"txt(mosxav-val, measured: protocol mosxav-val, percent

 #  Method          Team   J&F  95 % interval     J     F  Submitted   Masks
--  --------------  ----  ----  -------------  ----  ----  ----------  ------------
1=  First           –     60.1   [50.1, 70.1]  55.1  65.1  2026-05-02  a151ceb1711a
1=  Second          –     60.1   [50.1, 70.1]  55.1  65.1  2026-05-03  8b88a8508956
 3  Third (k = 15)  Lab   50.0   [40.0, 60.0]  45.0  55.0  2026-05-01  5e7425d72f32

data set 91c555b5c39e, protocol mosxav-val v1 6c621d1a0513, metric version 1
= marks equal figures at the digits shown

mosxav-val, not ranked: incomplete runs, whose figures are no scores of the data set

Method   Team  Why                                               J&F     J     F  Protocol    Masks
-------  ----  -----------------------------------------------  ----  ----  ----  ----------  ------------
Partial  –     incomplete: 1 of 2 sequences not scored in full  90.0  85.0  95.0  mosxav-val  9834a14ab9bc

mosxav-val, published elsewhere: not measured here, not ranked, percent

Method  Year   J&F     J     F  Source
------  ----  ----  ----  ----  -------
STCN    2024  81.1  72.8  89.4  A paper

A paper: https://example.org/paper
1 more published rows are left out
)txt");
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
  EXPECT_EQ(
      body,
      R"html(<header id="top"><p class="kind"><a href="../index.html">Leaderboard</a> · data set</p><h1>mosxav-val</h1></header>
<h2 id="measured">Measured by this program <a class="anchor" href="#measured" aria-label="Link to this section">#</a></h2>
<div class="scroll" role="region" tabindex="0" aria-label="Protocol mosxav-val, percent; 2 sequences, 2 objects"><table class="sortable">
<caption>Protocol mosxav-val, percent; 2 sequences, 2 objects</caption>
<thead><tr><th scope="col" class="n" data-sort="n">Rank</th><th scope="col" data-sort="t">Method</th><th scope="col" data-sort="t">Team</th><th scope="col" class="n" data-sort="n">J&amp;F</th><th scope="col">95 % interval</th><th scope="col" class="n" data-sort="n">J</th><th scope="col" class="n" data-sort="n">F</th><th scope="col" data-sort="t">Submitted</th><th scope="col" data-sort="t">Masks</th></tr></thead>
<tbody>
<tr><td class="n" data-v="1">1=</td><th scope="row"><a href="../method/first-a151ceb1.html">First</a></th><td><span class="w">–</span></td><td class="n" data-v="0.6012"><strong>60.1</strong></td><td class="nw"><svg class="interval" viewBox="0 0 160 14" width="160" height="14" role="img"><title>from 50.1 to 70.1</title><path class="grid" d="M0 7H160M0 3v8M80 4v6M160 3v8"/><path class="range" d="M80.2 7H112.2M80.2 3v8M112.2 3v8"/><circle class="dot" cx="96.2" cy="7" r="3.5"/></svg> <span class="w">[50.1, 70.1]</span></td><td class="n" data-v="0.5511999999999999">55.1</td><td class="n" data-v="0.6512">65.1</td><td class="nw"><time datetime="2026-05-02T00:00:00Z">2026-05-02</time></td><td><code title="sha256:a151ceb1711aad529a7704248f03333990022ebbfa07a7f04c004d70c167919f">a151ceb1711a</code></td></tr>
<tr><td class="n" data-v="1">1=</td><th scope="row"><a href="../method/second-8b88a850.html">Second</a></th><td><span class="w">–</span></td><td class="n" data-v="0.6011"><strong>60.1</strong></td><td class="nw"><svg class="interval" viewBox="0 0 160 14" width="160" height="14" role="img"><title>from 50.1 to 70.1</title><path class="grid" d="M0 7H160M0 3v8M80 4v6M160 3v8"/><path class="range" d="M80.2 7H112.2M80.2 3v8M112.2 3v8"/><circle class="dot" cx="96.2" cy="7" r="3.5"/></svg> <span class="w">[50.1, 70.1]</span></td><td class="n" data-v="0.5510999999999999">55.1</td><td class="n" data-v="0.6511">65.1</td><td class="nw"><time datetime="2026-05-03T00:00:00Z">2026-05-03</time></td><td><code title="sha256:8b88a85089561b7978c4e52c3150112912125f3d34ec59b6ff1450fc1079979c">8b88a8508956</code></td></tr>
<tr><td class="n" data-v="3">3</td><th scope="row"><a href="../method/third-5e7425d7.html">Third</a> <span class="w">k = 15</span> <a rel="noreferrer nofollow" href="https://example.org/third">link</a></th><td>Lab</td><td class="n" data-v="0.5"><strong>50.0</strong></td><td class="nw"><svg class="interval" viewBox="0 0 160 14" width="160" height="14" role="img"><title>from 40.0 to 60.0</title><path class="grid" d="M0 7H160M0 3v8M80 4v6M160 3v8"/><path class="range" d="M64 7H96M64 3v8M96 3v8"/><circle class="dot" cx="80" cy="7" r="3.5"/></svg> <span class="w">[40.0, 60.0]</span></td><td class="n" data-v="0.45">45.0</td><td class="n" data-v="0.55">55.0</td><td class="nw"><time datetime="2026-05-01T00:00:00Z">2026-05-01</time></td><td><code title="sha256:5e7425d72f32c5c80a5f7a131585657b80723ae22e01fd69776828feb19e3bd5">5e7425d72f32</code></td></tr>
</tbody></table></div>
<p class="note">Ranked together because data set <code title="sha256:91c555b5c39e3ea92e744bd1179f780592ba47436ff51dc35b97ef11e39445e5">91c555b5c39e</code>, protocol <code title="sha256:6c621d1a05138a7888d37d9269a9da8e2e11e4aced2f6cfd24b05ab1b9e61bb0">mosxav-val v1 6c621d1a0513</code> and metric version 1 are the same. Order: J&amp;F, further columns, earlier submission, digest. = marks equal figures at the digits shown.</p>
<h2 id="unranked">Not ranked <a class="anchor" href="#unranked" aria-label="Link to this section">#</a></h2>
<div class="scroll" role="region" tabindex="0" aria-label="Incomplete runs: their figures are no scores of the data set"><table class="sortable">
<caption>Incomplete runs: their figures are no scores of the data set</caption>
<thead><tr><th scope="col" data-sort="t">Method</th><th scope="col" data-sort="t">Team</th><th scope="col" data-sort="t">Why it is not ranked</th><th scope="col" class="n" data-sort="n">J&amp;F</th><th scope="col" class="n" data-sort="n">J</th><th scope="col" class="n" data-sort="n">F</th><th scope="col" data-sort="t">Protocol</th><th scope="col" data-sort="t">Masks</th></tr></thead>
<tbody>
<tr><th scope="row"><a href="../method/partial-a4d50fb8.html">Partial</a></th><td>–</td><td>incomplete: 1 of 2 sequences not scored in full</td><td class="n" data-v="0.9">90.0</td><td class="n" data-v="0.85">85.0</td><td class="n" data-v="0.9500000000000001">95.0</td><td>mosxav-val</td><td><code title="sha256:9834a14ab9bcaa0f6a8da71073617eac8f004e596a3fa11d807b84631b825d9d">9834a14ab9bc</code></td></tr>
</tbody></table></div>
<h2 id="published">Published elsewhere <a class="anchor" href="#published" aria-label="Link to this section">#</a></h2>
<p class="note">Figures as their sources print them. They were not measured here, may rest on other masks, frames or scorers, and are ranked neither with measured runs nor among themselves.</p>
<div class="scroll" role="region" tabindex="0" aria-label="Published figures, percent, best first"><table class="sortable">
<caption>Published figures, percent, best first</caption>
<thead><tr><th scope="col" data-sort="t">Method</th><th scope="col" class="n" data-sort="n">Year</th><th scope="col" class="n" data-sort="n">J&amp;F</th><th scope="col" class="n" data-sort="n">J</th><th scope="col" class="n" data-sort="n">F</th><th scope="col" data-sort="t">Source</th><th scope="col" data-sort="t">Note</th></tr></thead>
<tbody>
<tr><th scope="row"><a href="../method/stcn-08181472.html">STCN</a></th><td class="n" data-v="2024">2024</td><td class="n" data-v="0.811">81.1</td><td class="n" data-v="0.728">72.8</td><td class="n" data-v="0.894">89.4</td><td><a rel="noreferrer nofollow" href="https://example.org/paper">A paper</a></td><td class="w"></td></tr>
<tr><th scope="row"><a href="../method/stm-19a99d7a.html">STM</a></th><td class="n" data-v="2024">2024</td><td class="n" data-v="0.797">79.7<a href="#marks" title="the printed value is not the mean of its columns, 79.15 %">‡</a></td><td class="n" data-v="0.707">70.7</td><td class="n" data-v="0.876">87.6</td><td><a rel="noreferrer nofollow" href="https://example.org/paper">A paper</a></td><td class="w"></td></tr>
</tbody></table></div>
<p class="note" id="marks">‡ The printed J&amp;F is not the mean of the columns printed beside it, which is: STM: 79.15 %.</p>
<h2 id="history">History <a class="anchor" href="#history" aria-label="Link to this section">#</a></h2>
<svg class="plot" viewBox="0 0 640 160" role="img"><title>J&amp;F of 3 submissions in order of time</title><path class="grid" d="M44 10V140H630"/><text class="e" x="38" y="133.2">50.0</text><text class="e" x="38" y="24.8">60.1</text><path class="lq" d="M141.7 129.2H337V20.8H630"/><circle class="dot" cx="141.7" cy="129.2" r="3"><title>Third (k = 15), 2026-05-01: 50.0</title></circle><circle class="dot" cx="337" cy="20.8" r="3"><title>First, 2026-05-02: 60.1</title></circle><circle class="dot" cx="532.3" cy="20.9" r="3"><title>Second, 2026-05-03: 60.1</title></circle><text x="44" y="155">2026-05-01</text><text class="e" x="630" y="155">2026-05-03</text></svg>
<div class="scroll" role="region" tabindex="0" aria-label="Submissions in order of time, protocol mosxav-val"><table class="sortable">
<caption>Submissions in order of time, protocol mosxav-val</caption>
<thead><tr><th scope="col" data-sort="t">Submitted</th><th scope="col" data-sort="t">Method</th><th scope="col" class="n" data-sort="n">J&amp;F</th><th scope="col" class="n" data-sort="n">Against the best before</th></tr></thead>
<tbody>
<tr><td class="nw">2026-05-01T00:00:00Z</td><th scope="row"><a href="../method/third-5e7425d7.html">Third</a> <span class="w">k = 15</span></th><td class="n" data-v="0.5">50.0</td><td class="n"><span class="w">first</span></td></tr>
<tr><td class="nw">2026-05-02T00:00:00Z</td><th scope="row"><a href="../method/first-a151ceb1.html">First</a></th><td class="n" data-v="0.6012">60.1</td><td class="n" data-v="0.10119999999999996">+10.1 <span class="w">new best</span></td></tr>
<tr><td class="nw">2026-05-03T00:00:00Z</td><th scope="row"><a href="../method/second-8b88a850.html">Second</a></th><td class="n" data-v="0.6011">60.1</td><td class="n" data-v="-9.999999999998899e-05">0.0</td></tr>
</tbody></table></div>
<ul>
<li>2026-06-01T00:00:00Z: run 8 (Gone) was removed: a mistake</li>
</ul>
<p class="note">Ranks are worked out from the runs and stored nowhere. The audit has 9 rows; this shows that nothing of it was changed or cut off since:</p>
<pre><code>angiobench leaderboard verify --head HEAD</code></pre>
)html");
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
