// SPDX-License-Identifier: MIT
#include "reports/html/report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <regex>
#include <set>

#include "dataset/files/digest.h"
#include "reports/html/figure_files.h"
#include "reports/html/page.h"
#include "reports/html/print.h"
#include "tests/support/golden_text.h"
#include "tests/support/junit.h"
#include "tests/support/masks.h"
#include "tests/support/results.h"

namespace angiobench {
namespace {

// Unlike a matcher it does not print a whole page where it fails.
testing::AssertionResult holds(std::string_view page, std::string_view part) {
  if (page.find(part) != std::string_view::npos)
    return testing::AssertionSuccess() << "found: " << part;
  return testing::AssertionFailure() << "not found: " << part;
}

std::size_t count_of(std::string_view text, std::string_view part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string_view::npos;
       at = text.find(part, at + part.size()))
    ++count;
  return count;
}

// Every frame's map: an object that shrinks in the prediction.
std::vector<ErrorMap> maps_of(const Result& result) {
  std::vector<ErrorMap> maps;
  for (const SequenceScore& sequence : result.sequences) {
    for (std::size_t frame = 0; frame < sequence.frame_names.size(); ++frame) {
      Mask truth(64, 48);
      Mask prediction(64, 48);
      for (int y = 10; y < 40; ++y) {
        for (int x = 10; x < 50; ++x) truth.at(x, y) = 1;
        for (int x = 12 + static_cast<int>(frame % 30); x < 55; ++x)
          prediction.at(x, y) = y < 20 ? 2 : 1;
      }
      maps.push_back({sequence.name, sequence.frame_names[frame],
                      encode_error_map(truth.view(), prediction.view())});
    }
  }
  return maps;
}

// The page without its style and script, which other tests hold.
std::string body_of(const std::string& page) {
  const std::size_t begin = page.find("<main");
  const std::size_t end = page.find("</main>");
  return begin == std::string::npos || end == std::string::npos ? std::string()
                                                                : page.substr(begin, end - begin);
}

TEST(ReportHtml, HasEverySectionInOrder) {
  const std::string page = report_html(test::tiny_result());
  std::size_t last = 0;
  for (const std::string id : {"top", "headline", "warnings", "sequences", "objects", "curves",
                               "gallery", "distribution", "leaderboard", "reproduce", "copy"}) {
    const std::size_t at = page.find(" id=\"" + id + "\"");
    ASSERT_NE(at, std::string::npos) << id;
    EXPECT_GT(at, last) << id;
    last = at;
  }
}

TEST(ReportHtml, IsThisWholeTextForATinyResult) {
  const Result result = test::tiny_result();
  Result baseline = test::tiny_result();
  baseline.submission = {"before", "sha256:" + std::string(64, 'd')};
  baseline.sequences[1].frames[1].counts.intersection += 20;
  baseline.sequences[1].frames[1].counts.union_area -= 20;
  test::refresh_means(baseline);
  // The head of a PNG is all that the page reads; compressed bytes would change with the library.
  const std::vector<ErrorMap> maps = {
      {"v01", "00005", {0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n', 0, 0, 0, 13,
                        'I',  'H', 'D', 'R', 0,    0,    0,    4,    0, 0, 0, 2}}};
  ReportOptions options;
  options.baseline = &baseline;
  options.error_maps = maps;
  const std::string body = body_of(report_html(result, options));
  EXPECT_EQ(test::golden_problem("report_tiny.html", body), "");
}

TEST(ReportHtml, SaysWhatWasScoredAndByWhichRules) {
  const std::string page = report_html(test::tiny_result());
  EXPECT_TRUE(holds(page, "<h1>our-method <span class=\"on\">on mosxav-test</span></h1>"));
  EXPECT_TRUE(holds(page, "mosxav-test: 2 sequences, 3 objects, 6 scored frames."));
  EXPECT_TRUE(holds(page, "<dt>Split</dt><dd>test; every sequence of it was scored.</dd>"));
  EXPECT_TRUE(holds(page, "<td class=\"n big\">44.2</td>"));
  EXPECT_TRUE(holds(page, "[31.7, 56.7]"));
  EXPECT_TRUE(holds(page, "J<sub>s</sub>"));
  EXPECT_TRUE(holds(
      page, "predictions <code title=\"sha256:" + std::string(64, 'c') + "\">cccccccccccc</code>"));
}

TEST(FigureFiles, AreCurvesAndErrorMapsThatStandAlone) {
  Result result = test::tiny_result();
  result.sequences[1].name = "a/\u00a0<b>";
  const std::vector<ErrorMap> maps = maps_of(result);
  const std::vector<ReportFile> files = figure_files(result, maps);
  ASSERT_EQ(files.size(), 3U + maps.size());
  EXPECT_EQ(files[0].path, "curves/v00-1.svg");
  EXPECT_EQ(files[2].path, "curves/s1-1.svg");
  EXPECT_EQ(test::golden_problem("text/figure_curve.svg", files[0].content), "");
  EXPECT_TRUE(holds(files[2].content, "a/&#160;&lt;b&gt;"));
  EXPECT_EQ(files[3].path, "error_maps/v00-" + result.sequences[0].frame_names[0] + ".svg");
  EXPECT_TRUE(holds(files[3].content,
                    "<image width=\"64\" height=\"48\" "
                    "image-rendering=\"pixelated\" href=\"data:image/png;base64,"));
  for (const ReportFile& file : files) {
    EXPECT_EQ(test::xml_problem(file.content), "") << file.path;
    EXPECT_FALSE(holds(file.content, "&nbsp;"));
  }
}

TEST(ReportHtml, ShowsTheCommandWithoutTheMachinesFolders) {
  Result result = test::tiny_result();
  result.run.command = {
      "angiobench", "score",    "-g", "/home/a b/data/", "--predictions=/tmp/x/pred",
      "-p",         "rel/pred", "~/y"};
  const std::string page = report_html(result);
  EXPECT_TRUE(
      holds(page, "angiobench score -g …/data --predictions=…/pred -p rel/pred …/y</code>"));
  EXPECT_FALSE(holds(page, "/home/"));
}

TEST(ReportHtml, IsTheSameForTheSameInput) {
  const Result result = test::make_result({});
  const std::vector<ErrorMap> maps = maps_of(result);
  ReportOptions options;
  options.error_maps = maps;
  EXPECT_EQ(report_html(result, options), report_html(result, options));
}

TEST(ReportHtml, AllowsItsOwnStyleAndScriptOnlyAndAsksForNothing) {
  const std::string page = report_html(test::make_result({}));
  const auto hash_of = [](std::string_view content) {
    const Sha256 digest = sha256(content);
    return "'sha256-" + html::base64(std::span<const std::uint8_t>(digest)) + "'";
  };
  EXPECT_TRUE(holds(
      page,
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src " +
          hash_of(html::page_style()) + "; script-src " + hash_of(html::page_script()) +
          "; img-src data:; base-uri 'none'; form-action 'none'\">"));
  EXPECT_EQ(count_of(page, "<style>"), 1u);
  EXPECT_EQ(count_of(page, "<script>"), 1u);
  EXPECT_FALSE(holds(page, "http://"));
  EXPECT_FALSE(holds(page, "https://"));
  EXPECT_FALSE(holds(page, "style=\""));
  EXPECT_THAT(page, Not(testing::ContainsRegex(" on[a-z]+=")));
}

TEST(ReportHtml, LinksOnlyToAnchorsThatExistAndAreUnique) {
  const Result result = test::make_result({});
  const Result baseline = test::make_result({.seed = 2});
  const std::vector<ErrorMap> maps = maps_of(result);
  ReportOptions options;
  options.error_maps = maps;
  options.baseline = &baseline;
  const std::string page = report_html(result, options);
  std::set<std::string> ids;
  const std::regex id_pattern(" id=\"([^\"]*)\"");
  for (std::sregex_iterator match(page.begin(), page.end(), id_pattern), end; match != end;
       ++match) {
    EXPECT_TRUE(ids.insert((*match)[1]).second) << (*match)[1] << " twice";
  }
  const std::regex link_pattern("href=\"#([^\"]*)\"");
  std::size_t links = 0;
  for (std::sregex_iterator match(page.begin(), page.end(), link_pattern), end; match != end;
       ++match) {
    ++links;
    EXPECT_EQ(ids.count((*match)[1]), 1u) << (*match)[1];
  }
  EXPECT_GT(links, 100u);
  const std::regex label_pattern("(?:aria-labelledby|for)=\"([^\"]*)\"");
  for (std::sregex_iterator match(page.begin(), page.end(), label_pattern), end; match != end;
       ++match) {
    EXPECT_EQ(ids.count((*match)[1]), 1u) << (*match)[1];
  }
}

TEST(ReportHtml, ClosesEveryElementItOpens) {
  const Result result = test::make_result({});
  const Result baseline = test::make_result({.seed = 2});
  const std::vector<ErrorMap> maps = maps_of(result);
  ReportOptions options;
  options.error_maps = maps;
  options.baseline = &baseline;
  options.gate = GateBadge{Outcome::failed, {"J&F fell by 1.2"}};
  const std::string body = body_of(report_html(result, options));
  const std::set<std::string> empty_elements = {"br", "img", "input", "meta", "link"};
  std::vector<std::string> open;
  const std::regex tag_pattern("<(/?)([a-zA-Z0-9]+)((?:\"[^\"]*\"|[^>\"])*)>");
  for (std::sregex_iterator match(body.begin(), body.end(), tag_pattern), end; match != end;
       ++match) {
    const std::string name = (*match)[2];
    const std::string rest = (*match)[3];
    if ((*match)[1] == "/") {
      ASSERT_FALSE(open.empty());
      ASSERT_EQ(open.back(), name) << body.substr(static_cast<std::size_t>(match->position()), 120);
      open.pop_back();
    } else if (!rest.ends_with("/") && empty_elements.count(name) == 0) {
      open.push_back(name);
    }
  }
  EXPECT_THAT(open, testing::ElementsAre("main"));
}

TEST(ReportHtml, GivesTablesCaptionsAndScopesAndGraphicsTitles) {
  const Result result = test::make_result({});
  const std::string page = report_html(result);
  EXPECT_EQ(count_of(page, "<table"), count_of(page, "<caption>"));
  EXPECT_EQ(count_of(page, "<th scope="), count_of(page, "<th "));
  EXPECT_FALSE(holds(page, "<th>"));
  EXPECT_EQ(count_of(page, "role=\"img\""), count_of(page, "role=\"img\"><title>"));
  EXPECT_EQ(count_of(page, "<svg"),
            count_of(page, "role=\"img\"") + count_of(page, "aria-hidden=\"true\""));
  EXPECT_TRUE(holds(page, "<html lang=\"en\">"));
  EXPECT_TRUE(holds(page, "aria-sort=\"ascending\""));
}

TEST(ReportHtml, EscapesNamesFromStrangers) {
  const std::string hostile = "\"><script>alert(1)</script><img src=x onerror='a()'>";
  Result result = test::tiny_result();
  result.submission.name = hostile;
  result.dataset.name = hostile;
  result.protocol.name = hostile;
  result.protocol.rules = "{\"title\": \"</pre><script>alert(2)</script>\"}";
  result.tool_version = hostile;
  result.git_commit = "<script>x";
  result.submission.digest = hostile;
  result.sequences[0].name = hostile;
  result.sequences[0].frame_names[1] = hostile;
  result.aggregates[1].metric = Metric(hostile);
  result.dataset.split = hostile;
  result.metrics = metrics_of(result);
  result.metrics[0].name = result.metrics[0].words = hostile;
  result.run.command = {hostile};
  result.run.started = hostile;
  result.findings[0].message = result.findings[0].hint = result.findings[0].path =
      result.findings[0].code = hostile;
  ReportOptions options;
  options.gate = GateBadge{Outcome::warned, {hostile}};
  options.standings = ReportStandings{
      hostile, {hostile}, {{hostile, hostile, hostile, hostile, hostile, {0.5}, true}}};
  const std::vector<ErrorMap> maps = {
      {hostile, hostile, encode_error_map(Mask(2, 2, 1).view(), Mask(2, 2).view())}};
  options.error_maps = maps;
  const std::string body = body_of(report_html(result, options));
  EXPECT_FALSE(holds(body, "<script"));
  EXPECT_FALSE(holds(body, "<img src=x"));
  EXPECT_TRUE(holds(body, "&lt;script&gt;"));
  EXPECT_TRUE(holds(body, "alt=\"Error map of &quot;&gt;"));
}

TEST(ReportHtml, ExplainsFindingsOncePerCode) {
  Result result = test::tiny_result();
  for (int i = 0; i < 30; ++i) {
    Finding finding = result.findings.front();
    finding.frame = std::to_string(i);
    result.findings.push_back(finding);
  }
  result.findings.push_back(
      recorded_finding("P003", Severity::error, {}, "the mask is missing", ""));
  const std::string page = report_html(result);
  EXPECT_LT(page.find("<b>error</b> <code>P003</code> the mask is missing"),
            page.find("<b>warning</b> <code>S004</code>"));
  EXPECT_EQ(count_of(page, "<code>S004</code>"), 1u);
  EXPECT_TRUE(holds(page, "v00/00010, object 2; v00/0, object 2;"));
  EXPECT_TRUE(holds(page, "and 19 more (all in result.json)"));
  EXPECT_TRUE(holds(page, "Cure: score under the protocol &#39;strict&#39;"));
}

TEST(ReportHtml, NeverShowsAnIncompleteMeanAsTheScore) {
  Result result = test::tiny_result();
  result.complete = false;
  result.sequences[1].complete = false;
  const std::string page = report_html(result);
  EXPECT_TRUE(holds(page, "✗ Incomplete: 1 of 2 sequences"));
  EXPECT_TRUE(holds(page, "<b>Not the data set’s score.</b>"));
  EXPECT_TRUE(holds(page, "our-method †"));
}

TEST(ReportHtml, ComparesWithABaselineInSymbolsAndWords) {
  Result baseline = test::tiny_result();
  baseline.submission = {"before", "sha256:" + std::string(64, 'd')};
  Result result = test::tiny_result();
  // Object 1 of v01 is found now, object 2 of v00 is lost, object 1 of v00 stays.
  for (FrameScore& row : result.sequences[1].frames) {
    row.counts = {.intersection = 9,
                  .union_area = 10,
                  .prediction = 10,
                  .truth = 9,
                  .prediction_boundary = 4,
                  .truth_boundary = 4,
                  .prediction_matched = 4,
                  .truth_matched = 4};
  }
  for (FrameScore& row : result.sequences[0].frames) {
    if (row.object_id == 2)
      row.counts = {
          .intersection = 0, .union_area = 10, .prediction = 0, .truth = 10, .truth_boundary = 4};
  }
  test::refresh_means(result);
  ReportOptions options;
  options.baseline = &baseline;
  const std::string page = report_html(result, options);
  EXPECT_TRUE(holds(page, "Differences are to <b>before</b>"));
  EXPECT_TRUE(holds(page, "▲ improved"));
  EXPECT_TRUE(holds(page, "≈ within tolerance"));
  EXPECT_TRUE(holds(page, "! new failure"));
  EXPECT_TRUE(holds(page, "* fixed"));
  EXPECT_TRUE(holds(page, "▼ regressed"));
  EXPECT_TRUE(holds(page, "id=\"show-before\""));
  EXPECT_TRUE(holds(page, "class=\"lbj\""));
}

TEST(ReportHtml, SaysSoWhereTheMasksAreIdentical) {
  const Result result = test::tiny_result();
  ReportOptions options;
  options.baseline = &result;
  EXPECT_TRUE(holds(report_html(result, options), "no change (identical masks)"));
}

TEST(ReportHtml, ComparesNothingWithABaselineOfOtherRules) {
  Result baseline = test::tiny_result();
  baseline.protocol.hash = "sha256:other";
  ReportOptions options;
  options.baseline = &baseline;
  const std::string page = report_html(test::tiny_result(), options);
  EXPECT_TRUE(holds(page, "<b>x not comparable:</b> "));
  EXPECT_TRUE(holds(page, "protocol"));
  EXPECT_FALSE(holds(page, "improved"));
}

TEST(ReportHtml, ShowsTheGatesVerdict) {
  ReportOptions options;
  EXPECT_FALSE(holds(body_of(report_html(test::tiny_result(), options)), "Gate"));
  options.gate = GateBadge{Outcome::failed, {"v03: J&F fell from 80.1 to 54.2"}};
  const std::string page = report_html(test::tiny_result(), options);
  EXPECT_TRUE(holds(page, "<p class=\"badge bad\">✗ Gate failed</p>"));
  EXPECT_TRUE(holds(page, "<li>v03: J&amp;F fell from 80.1 to 54.2</li>"));
}

TEST(ReportHtml, ShowsWhereTheResultStands) {
  ReportOptions options;
  options.standings =
      ReportStandings{"mosxav-test",
                      {"J&F", "J_s"},
                      {{"1", "1–2", "XMem", "reported", "arXiv 2601.00988", {0.61, 0.58}, false},
                       {"2", "1–2", "our-method", "measured", "", {0.44, std::nullopt}, true}}};
  const std::string page = report_html(test::tiny_result(), options);
  EXPECT_TRUE(holds(page, "<tr class=\"this\"><td class=\"n\" data-v=\"2\">2</td><td>1–2</td>"));
  EXPECT_TRUE(holds(page, "arXiv 2601.00988"));
}

TEST(ReportHtml, NamesAPartThatWasChosenAsSuch) {
  Result result = test::tiny_result();
  result.complete = false;
  for (SequenceScore& sequence : result.sequences) sequence.complete = true;
  const std::string page = report_html(result);
  EXPECT_TRUE(holds(page, "✗ A part of the data set: 2 sequences"));
  EXPECT_TRUE(holds(page, "These are means over 2 sequences that were chosen."));
}

TEST(ReportHtml, KeepsTheHabitOfDavis) {
  Result result = test::tiny_result();
  result.protocol.display = Display::fraction;
  const std::string page = report_html(result);
  EXPECT_TRUE(holds(page, "<td class=\"n big\">0.442</td>"));
  EXPECT_TRUE(holds(page, ">0.5</text>"));
  EXPECT_FALSE(holds(page, ">50</text>"));
  EXPECT_FALSE(holds(page, ", percent<"));
}

TEST(ReportHtml, StandsWithoutPerFrameRows) {
  Result result = test::tiny_result();
  for (SequenceScore& sequence : result.sequences) {
    sequence.frames.clear();
    sequence.frame_names.clear();
  }
  const std::string page = report_html(result);
  EXPECT_TRUE(holds(page, "Needs per-frame rows"));
  EXPECT_TRUE(holds(page, "<td class=\"n big\">44.2</td>"));
  EXPECT_FALSE(holds(page, "class=\"strip\""));
}

TEST(ReportHtml, StandsWithNothingInIt) {
  const Result nothing;
  EXPECT_TRUE(holds(report_html(nothing), "No object has a score."));
}

TEST(ReportGallery, ShowsWorstFramesFirstAndEveryFrame) {
  const Result result = test::make_result({.sequences = 2, .objects = 2, .frames = 20});
  const std::vector<ErrorMap> maps = maps_of(result);
  ReportOptions options;
  options.error_maps = maps;
  const std::string page = report_html(result, options);
  EXPECT_TRUE(holds(page, "<h3>Worst frames overall</h3>"));
  EXPECT_TRUE(holds(page, "<h3>Worst frames of each sequence</h3>"));
  EXPECT_EQ(count_of(page, "<figure id=\"a-"), 40u);
  options.shown_maps = ErrorMapChoice::worst;
  EXPECT_EQ(count_of(report_html(result, options), "<figure id=\"a-"), 0u);
  options.shown_maps = ErrorMapChoice::none;
  EXPECT_EQ(count_of(report_html(result, options), "data:image/png"), 0u);
}

TEST(ReportGallery, ShrinksToTheBudgetAndTheRunStays) {
  const Result result = test::make_result({.sequences = 2, .objects = 2, .frames = 60});
  std::vector<ErrorMap> maps = maps_of(result);
  for (ErrorMap& map : maps) map.png.resize(20'000);  // heavy ones
  ReportOptions options;
  options.error_maps = maps;
  options.max_bytes = 500'000;
  const std::string page = report_html(result, options);
  EXPECT_LE(page.size(), 500'000u);
  EXPECT_GT(page.size(), 350'000u);
  EXPECT_TRUE(holds(page, "are left out to keep the page under 0.5 MB"));
  EXPECT_TRUE(holds(page, "<h3>Worst frames overall</h3>"));
  options.max_bytes = 1;
  const std::string bare = report_html(result, options);
  EXPECT_EQ(count_of(bare, "<img"), 0u);
  EXPECT_EQ(count_of(bare, "<svg class=\"curve\""), 4u);
}

TEST(ReportGallery, FindsTheBiggestDropsAgainstTheBaseline) {
  const Result result = test::make_result({.sequences = 2, .objects = 2, .frames = 20, .seed = 1});
  const Result baseline =
      test::make_result({.sequences = 2, .objects = 2, .frames = 20, .seed = 9});
  const std::vector<ErrorMap> maps = maps_of(result);
  ReportOptions options;
  options.error_maps = maps;
  options.baseline = &baseline;
  const std::string page = report_html(result, options);
  EXPECT_TRUE(holds(
      page, "<h3>Biggest drops against the baseline</h3><div class=\"tiles\"><figure id=\"d-"));
}

TEST(ReportGallery, NamesTheBiggestDropsThatHaveNoErrorMap) {
  const Result result = test::make_result({.sequences = 2, .objects = 2, .frames = 20, .seed = 1});
  const Result baseline =
      test::make_result({.sequences = 2, .objects = 2, .frames = 20, .seed = 9});
  std::vector<ErrorMap> maps = maps_of(result);
  ReportOptions options;
  options.error_maps = maps;
  options.baseline = &baseline;
  const auto drops_of = [&] {
    const std::string page = report_html(result, options);
    const std::size_t start = page.find("<h3>Biggest drops");
    return page.substr(start, page.find("<h3>", start + 4) - start);
  };
  const std::string with_maps = drops_of();
  maps.resize(1);
  options.error_maps = maps;
  const std::string without = drops_of();
  EXPECT_EQ(count_of(without, "<figure "), count_of(with_maps, "<figure "));
  EXPECT_GE(count_of(without, "No error map was kept."), 1u);
  EXPECT_TRUE(holds(without, "<code>score --error-maps all</code> keeps"));
  EXPECT_FALSE(holds(with_maps, "No error map was kept."));
}

TEST(ReportGallery, EmbedsImagePixelsOnRequestOnly) {
  const Result result = test::tiny_result();
  const std::vector<ErrorMap> maps = maps_of(result);
  ReportOptions options;
  options.error_maps = maps;
  EXPECT_FALSE(holds(body_of(report_html(result, options)), "image/jpeg"));
  options.read_image = [](const std::string& sequence, const std::string& frame) -> std::string {
    if (sequence == "v01") return "not an image";
    return "\xFF\xD8\xFF" + sequence + frame;
  };
  const std::string page = report_html(result, options);
  EXPECT_TRUE(holds(page, "src=\"data:image/jpeg;base64,/9j/djAwMDAwMTU=\""));
  EXPECT_TRUE(holds(page, "id=\"show-frame\""));
  EXPECT_FALSE(holds(page, html::base64(std::string_view("not an image"))));
}

TEST(ReportFiles, SplitsStyleScriptAndImages) {
  const Result result = test::tiny_result();
  const std::vector<ErrorMap> maps = maps_of(result);
  ReportOptions options;
  options.error_maps = maps;
  options.assets = ReportAssets::split;
  const std::vector<ReportFile> files = report_files(result, options);
  EXPECT_EQ(files.front().path, "");
  const std::string& page = files.front().content;
  EXPECT_TRUE(holds(page, "style-src 'self'; script-src 'self'; img-src 'self' data:"));
  EXPECT_TRUE(holds(page, "<link rel=\"stylesheet\" href=\"report_files/page.css\">"));
  EXPECT_TRUE(holds(page, "<script defer src=\"report_files/page.js\"></script>"));
  EXPECT_FALSE(holds(page, "<style>"));
  EXPECT_FALSE(holds(page, "data:image"));
  std::set<std::string> paths;
  for (const ReportFile& file : files) EXPECT_TRUE(paths.insert(file.path).second) << file.path;
  EXPECT_EQ(paths.count("report_files/page.css"), 1u);
  EXPECT_EQ(paths.count("report_files/page.js"), 1u);
  EXPECT_EQ(paths.count("report_files/maps/s0-1.png"), 1u);
  for (const std::string& path : paths) {
    if (path.find("/maps/") == std::string::npos) continue;
    EXPECT_TRUE(holds(page, "src=\"" + path + "\""));
  }
}

TEST(Base64, IsThatOfRfc4648) {
  EXPECT_EQ(html::base64(std::string_view("")), "");
  EXPECT_EQ(html::base64(std::string_view("f")), "Zg==");
  EXPECT_EQ(html::base64(std::string_view("fo")), "Zm8=");
  EXPECT_EQ(html::base64(std::string_view("foo")), "Zm9v");
  EXPECT_EQ(html::base64(std::string_view("foobar")), "Zm9vYmFy");
}

TEST(ShellQuoted, IsReadBackAsOneWord) {
  EXPECT_EQ(html::shell_quoted("--dataset"), "--dataset");
  EXPECT_EQ(html::shell_quoted("my runs/a'b"), "'my runs/a'\\''b'");
  EXPECT_EQ(html::shell_quoted(""), "''");
}

}  // namespace
}  // namespace angiobench
