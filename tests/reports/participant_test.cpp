// SPDX-License-Identifier: MIT
#include "reports/participant.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "dataset/error.h"
#include "dataset/files/atomic_file.h"
#include "reports/html/participant_page.h"
#include "reports/platforms/elf_program.h"
#include "reports/platforms/platform_score.h"
#include "reports/runs/participant_run.h"
#include "reports/runs/submissions.h"
#include "tests/support/results.h"
#include "tests/support/temp_folder.h"

namespace angiobench {
namespace {

using test::TempFolder;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::ThrowsMessage;

TEST(Reason, IsALineOfAtMost280Bytes) {
  EXPECT_EQ(shortened_reason("a\n b\t\tc"), "a b c");
  EXPECT_EQ(shortened_reason(std::string(280, 'x')), std::string(280, 'x'));
  EXPECT_EQ(shortened_reason(std::string(281, 'x')), std::string(277, 'x') + "…");
  // Never within a character.
  std::string umlauts;
  for (int i = 0; i < 200; ++i) umlauts += "ä";
  const std::string cut = shortened_reason(umlauts);
  EXPECT_EQ(cut.size(), 279U);
  EXPECT_TRUE(cut.ends_with("ä…"));
}

TEST(ParticipantReport, HasNoDigestThatTellsWhichFramesAreRead) {
  Result result = test::tiny_result();
  result.submission.digest = "sha256:theirs";
  result.dataset.digest = "sha256:truths";
  EXPECT_THAT(participant_json(participant_report(result)), Not(HasSubstr("sha256:t")));
  const std::string known = participant_json(participant_report(result, FrameKnowledge::everybody));
  EXPECT_THAT(known, HasSubstr("sha256:theirs"));
  EXPECT_THAT(known, Not(HasSubstr("sha256:truths")));
}

TEST(ParticipantPage, EscapesWhatCameFromTheSubmission) {
  ParticipantReport report = participant_report(test::tiny_result());
  report.submission = "<img src=x>";
  report.findings.push_back(make_finding("P008", {"a\"><script>"}, "<b>is ignored</b>"));
  const std::string page = participant_page(report);
  EXPECT_THAT(page, Not(HasSubstr("<img")));
  EXPECT_THAT(page, Not(HasSubstr("<script>&")));
  EXPECT_THAT(page, HasSubstr("&lt;b&gt;is ignored"));
}

TEST(PublicName, IsNoBeginningOfAPathOfTheOrganisers) {
  const std::string organisers[] = {"/srv/truth", "out", ""};
  EXPECT_EQ(public_name("/srv/in/theirs.zip", organisers), "theirs.zip");
  EXPECT_EQ(public_name("res/", organisers), "res");
  EXPECT_EQ(public_name("/upload/out", organisers), "submission");
  EXPECT_EQ(public_name(".", organisers), "submission");
}

TEST(Submissions, AreNamedAfterTheirFiles) {
  const TempFolder folder;
  folder.write("inbox/b.zip", "x");
  folder.write("inbox/a.ZIP", "x");
  folder.write("inbox/notes.txt", "x");
  folder.write("set/v00/00000.png", "x");
  folder.write("set/more.zip", "x");
  const std::string inbox[] = {folder / "inbox"};
  const SubmissionList many = list_submissions(inbox);
  EXPECT_TRUE(many.are_many);
  ASSERT_EQ(many.submissions.size(), 2U);
  EXPECT_EQ(many.submissions[0].name, "a");
  EXPECT_EQ(many.submissions[1].path, folder / "inbox/b.zip");
  // A folder with folders is a submission, whatever lies beside them.
  const std::string set[] = {folder / "set"};
  EXPECT_FALSE(list_submissions(set).are_many);
  const std::string twice[] = {folder / "inbox/b.zip", folder / "inbox"};
  EXPECT_THAT([&] { list_submissions(twice); },
              ThrowsMessage<Error>(HasSubstr("two submissions are called 'b'")));
}

ParticipantReport with_figures(std::vector<ParticipantFigure> figures) {
  ParticipantReport report;
  report.figures = std::move(figures);
  return report;
}

TEST(PlatformFigures, AreFiniteAndHavePlainKeys) {
  const ParticipantReport report =
      with_figures({{"J&F", "overall", "J&F", 0.4925, "49.3"},
                    {"J", "seen", "J_s", 0.5, "50.0"},
                    {"nsd@2", "overall", "NSD at 2 px, a title that is far too long", 0.25, "25.0"},
                    {"F", "unseen", "F_u", std::nullopt, "–"},
                    {"hd95", "overall", "HD95", 12.5, "12.5", true, false, false},
                    {"ahd", "overall", "AHD", std::numeric_limits<double>::infinity(), "inf"},
                    {"cldice", "overall", "clDice", 0.5, "50.0", false}});
  std::vector<std::string> keys;
  for (const PlatformFigure& figure : platform_figures(report, PlatformScale::percent)) {
    keys.push_back(figure.key + "=" + platform_number(figure.value));
    EXPECT_LE(figure.title.size(), 36U);
  }
  EXPECT_THAT(keys, ElementsAre("JF=49.2500000000", "J_seen=50.0000000000", "nsd_2=25.0000000000",
                                "hd95=12.5000000000"));
  EXPECT_EQ(platform_figures(report, PlatformScale::fraction)[0].value, 0.4925);
}

TEST(PlatformConfig, IsReadAsItIsWritten) {
  PlatformConfig config;
  config.dataset = "mosxav-test";
  config.missing = MissingPolicy::zero;
  config.scale = PlatformScale::fraction;
  config.frames = FrameKnowledge::everybody;
  config.truth_digest = "sha256:0";
  const PlatformConfig read = parse_platform_config(platform_config_json(config), "c");
  EXPECT_EQ(platform_config_json(read), platform_config_json(config));
  for (const auto& [text, words] : std::vector<std::pair<std::string, std::string>>{
           {"[]", "is no JSON object"},
           {"{}", "names no dataset"},
           {R"({"dataset": "x", "missing": "skip"})", "error or zero"},
           {R"({"dataset": 3})", "expected text"},
           {R"({"dataset": "x", "ground_truth": "y"})", "'ground_truth' is no field"}}) {
    const auto parse = [json = text] { parse_platform_config(json, "c"); };
    EXPECT_THAT(parse, ThrowsMessage<Error>(HasSubstr(words)));
  }
}

TEST(StaticProgram, IsToldFromOthers) {
  const TempFolder folder;
  folder.write("text", "#!/bin/sh\n");
  EXPECT_THAT([&] { check_static_program(folder / "text"); },
              ThrowsMessage<Error>(HasSubstr("is no program")));
  const std::string own = read_text_file("/proc/self/exe", 1ULL << 30);
  folder.write("cut", own.substr(0, 64));
  EXPECT_THAT([&] { check_static_program(folder / "cut"); },
              ThrowsMessage<Error>(HasSubstr("is cut off")));
  EXPECT_THAT([&] { check_static_program("/proc/self/exe"); },
              ThrowsMessage<Error>(HasSubstr("needs libraries")));
}

}  // namespace
}  // namespace angiobench
