// SPDX-License-Identifier: MIT
#include "reports/validation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "dataset/masks/png.h"
#include "dataset/finding_codes.h"
#include "dataset/validator/thumbnail.h"
#include "reports/html/validation_page.h"
#include "tests/support/masks.h"

namespace angiobench {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

Validation example() {
  Validation validation;
  validation.subject = "dataset";
  validation.path = "data";
  validation.benchmark = "flat";
  validation.title = "Any folder";
  validation.layout = "flat";
  SequenceStatistics sequence;
  sequence.name = "a";
  sequence.annotated_frames = 4;
  sequence.readable_frames = 4;
  sequence.width = 20;
  sequence.height = 10;
  ObjectStatistics early;
  early.id = 1;
  early.frames = 4;
  early.first_frame = early.prompt = "00000";
  early.min_pixels = 10;
  early.max_pixels = 30;
  early.mean_pixels = 20;
  early.runs = {{0, 3}};
  ObjectStatistics late = early;
  late.id = 3;
  late.frames = 2;
  late.first_frame = "00002";
  late.prompt.clear();
  late.late = true;
  late.mean_pixels = 2;
  late.runs = {{2, 3}};
  sequence.objects = {early, late};
  sequence.thumbnails = {make_thumbnail(test::mask_from({"..11", ".333"}).view(), "00000", 4)};
  validation.sequences = {sequence};
  FindingCollector findings("a", 3);
  findings.add("D030", "object 3 is first shown in 00002, after the first annotated frame",
               "data/a", "00002", 3);
  findings.add("D037", "the ids are 1, 3", "data/a");
  findings.move_into(validation);
  add_totals(validation);
  return validation;
}

// Text of a stranger in every place that a name can stand.
Validation hostile() {
  Validation validation = example();
  const std::string evil = "<script>alert(1)</script>\"'&\x1b[31m";
  validation.path = evil;
  validation.sequences[0].name = evil;
  validation.sequences[0].objects[0].first_frame = evil;
  validation.sequences[0].thumbnails[0].frame = evil;
  for (Finding& finding : validation.findings) {
    finding.path = finding.sequence = finding.frame = finding.message = evil;
  }
  return validation;
}

TEST(ValidationJson, HoldsFindingsCountsAndStatistics) {
  const auto document = nlohmann::json::parse(validation_json(example()));
  EXPECT_EQ(document["schema"], "validation-1");
  EXPECT_EQ(document["findings"][0]["code"], "D030");
  EXPECT_EQ(document["findings"][0]["severity"], "warning");
  EXPECT_EQ(document["findings"][0]["object"], 3);
  EXPECT_FALSE(document["findings"][1].contains("object"));
  EXPECT_EQ(document["counts"][1]["code"], "D037");
  EXPECT_EQ(document["counts"][1]["places"], 1);
  EXPECT_EQ(document["statistics"]["late_objects_without_prompt"], 1);
  EXPECT_EQ(document["statistics"]["object_share_of_frame"]["max"], 0.1);
  EXPECT_EQ(document["sequences"][0]["objects"][1]["present"], (nlohmann::json{{2, 3}}));
  EXPECT_TRUE(document["sequences"][0]["objects"][1]["prompt"].is_null());
  EXPECT_THAT(std::string(document["digest"]), ::testing::StartsWith("sha256:"));
}

TEST(ValidationText, SumsUpForATerminal) {
  const std::string text = validation_text(example());
  EXPECT_THAT(text, HasSubstr("a         20x10       -      4      0  1 3*\n"));
  EXPECT_THAT(text, HasSubstr("objects 2, of which 1 appear late (1 without a prompt)\n"));
  EXPECT_THAT(text,
              HasSubstr("object size, share of the frame: 1.00 % to 10.00 %, median 10.00 %\n"));
  EXPECT_THAT(text,
              HasSubstr("warning   D030       1  an object appears late and has no prompt\n"));
  EXPECT_THAT(validation_text(hostile()), Not(HasSubstr("\x1b")));
}

TEST(ValidationPage, ShowsFindingsStatisticsPresenceAndMasks) {
  const std::string page = validation_page(example());
  EXPECT_THAT(page,
              HasSubstr("<code>D030</code> an object appears late and has no prompt (1 place)"));
  EXPECT_THAT(page, HasSubstr("a/00002 object 3: object 3 is first shown in 00002"));
  EXPECT_THAT(
      page,
      HasSubstr("Mean share of the frame that each of 2 objects covers: from 1.00 % to 10.00 %"));
  EXPECT_THAT(page, HasSubstr("a: 2 objects in 4 annotated frames"));
  EXPECT_THAT(page, HasSubstr("src=\"data:image/png;base64,iVBOR"));
  for (const char* const id : {"findings", "sequences", "sizes", "presence", "masks"}) {
    EXPECT_THAT(page, HasSubstr("href=\"#" + std::string(id) + "\"")) << id;
  }
}

TEST(ValidationPage, EscapesWhatStrangersWrote) {
  const std::string page = validation_page(hostile());
  EXPECT_THAT(page, Not(HasSubstr("alert(1)<")));
  EXPECT_THAT(page, Not(HasSubstr("<script>alert")));
  EXPECT_THAT(page, Not(HasSubstr("\x1b")));
}

TEST(ValidationPage, AsksForNothingFromElsewhere) {
  const std::string page = validation_page(example());
  EXPECT_THAT(page, HasSubstr("default-src 'none'"));
  EXPECT_THAT(page, Not(HasSubstr("http://")));
  EXPECT_THAT(page, Not(HasSubstr("https://")));
  EXPECT_THAT(page, Not(HasSubstr(" style=")));
}

TEST(ValidationPage, SaysSoWhereNothingWasFound) {
  Validation validation = example();
  validation.findings.clear();
  validation.counts.clear();
  EXPECT_THAT(validation_page(validation), HasSubstr("None: every check passed."));
  EXPECT_THAT(validation_text(validation), HasSubstr("no findings"));
}

TEST(MakeThumbnail, KeepsThinObjects) {
  Mask mask(300, 300);
  for (int y = 0; y < 300; ++y) mask.at(151, y) = 2;
  const Thumbnail small = make_thumbnail(mask.view(), "00000", 30);
  EXPECT_EQ(small.width, 30);
  MaskDecoder decoder;
  const MaskView view = decoder.decode(small.png, {}, "thumbnail");
  int pixels = 0;
  for (int y = 0; y < view.height; ++y) {
    for (int x = 0; x < view.width; ++x) pixels += view.at(x, y) == 2 ? 1 : 0;
  }
  EXPECT_EQ(pixels, 30);
}

}  // namespace
}  // namespace angiobench
