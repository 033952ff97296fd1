// SPDX-License-Identifier: MIT
#include "dataset/annotation/export_name.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dataset/error.h"

namespace angiobench {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;

std::string pattern_of(std::vector<std::string> paths) {
  const std::optional<ExportPattern> pattern = find_label_pattern(paths);
  return pattern ? pattern->text() : "none";
}

std::string pattern_refusal(std::string_view text) {
  try {
    ExportPattern::parse(text);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::usage);
    return error.what();
  }
  return "taken";
}

TEST(ExportPattern, GivesFrameAndLabelAsMuchAsTheyCan) {
  const ExportPattern pattern = ExportPattern::parse("{frame}_{label}");
  EXPECT_EQ(pattern.match("00012_vessel"), (ExportName{"", "00012", "vessel", ""}));
  EXPECT_EQ(pattern.match("v01_00012_vessel"), (ExportName{"", "v01_00012", "vessel", ""}));
  // Where the frame must end in a digit, the label is what is left.
  EXPECT_EQ(pattern.match_plain("00012_left_wire"), (ExportName{"", "00012", "left_wire", ""}));
  EXPECT_EQ(pattern.match("vessel"), std::nullopt);
  EXPECT_EQ(pattern.match("a/00012_vessel"), std::nullopt);
}

TEST(ExportPattern, ReadsLabelStudiosNames) {
  const ExportPattern pattern =
      ExportPattern::parse("{sequence}/task-{frame}-annotation-{annotation}-by-{*}-{label}-{*}");
  EXPECT_EQ(pattern.match("a/task-3-annotation-7-by-1-tag-vessel-0"),
            (ExportName{"a", "3", "tag-vessel", "7"}));
  EXPECT_EQ(pattern.match("a/task-3-annotation-7-by-me@x.org-tag-guide-wire-12"),
            (ExportName{"a", "3", "tag-guide-wire", "7"}));
}

TEST(ExportPattern, RefusesTextThatIsNone) {
  EXPECT_THAT(pattern_refusal("{label}"), HasSubstr("has no {frame}"));
  EXPECT_THAT(pattern_refusal("{frame}{label}"), HasSubstr("two fields side by side"));
  EXPECT_THAT(pattern_refusal("{frame}_{frame}"), HasSubstr("has {frame} twice"));
  EXPECT_THAT(pattern_refusal("{frame}_{object}"), HasSubstr("has the field 'object'"));
  EXPECT_THAT(pattern_refusal("{frame}_{label"), HasSubstr("has the field 'label'"));
}

TEST(ExportPattern, IsFoundByTheNames) {
  EXPECT_EQ(pattern_of({"a/task-3-annotation-3-by-1-tag-vessel-0",
                        "a/task-4-annotation-4-by-1-tag-wire-0"}),
            "{sequence}/task-{frame}-annotation-{annotation}-by-{*}-{label}-{*}");
  EXPECT_EQ(pattern_of({"00012_vessel", "00013_wire"}), "{frame}_{label}");
  EXPECT_EQ(pattern_of({"vessel_00012", "guide_wire_00012"}), "{label}_{frame}");
  EXPECT_EQ(pattern_of({"v01/00012/vessel", "v01/00012/wire"}), "{sequence}/{frame}/{label}");
  EXPECT_EQ(pattern_of({"vessel/00012", "wire/00012"}), "{label}/{frame}");
  EXPECT_EQ(pattern_of({"vessel/frame_00012", "wire/frame_00012"}), "{label}/{frame}");
  EXPECT_EQ(pattern_of({"00012", "00013"}), "none");
  EXPECT_EQ(pattern_of({"frame_00012", "frame_00013"}), "none");
  EXPECT_EQ(pattern_of({"00012_vessel", "vessel"}), "none");
  EXPECT_EQ(pattern_of({}), "none");
}

TEST(ExportPattern, AnswersHostileNamesSoon) {
  const ExportPattern pattern = ExportPattern::parse("{*}-{*}-{*}-{label}-{frame}x");
  EXPECT_EQ(pattern.match(std::string(512, '-')), std::nullopt);
  EXPECT_EQ(pattern.match(std::string(1 << 20, '-')), std::nullopt);
}

TEST(SplitFrameName, PartsTheVideoFromTheNumber) {
  const auto split = [](std::string_view name) {
    const SplitName parts = split_frame_name(name);
    return parts.sequence + "|" + parts.frame;
  };
  EXPECT_EQ(split("00012"), "|00012");
  EXPECT_EQ(split("frame_000012"), "|000012");
  EXPECT_EQ(split("v01_frame_000012"), "v01|000012");
  EXPECT_EQ(split("v01-00012"), "v01|00012");
  EXPECT_EQ(split("P02_09_frame_0000042133"), "P02_09|0000042133");
  EXPECT_EQ(split("left"), "|left");
}

TEST(TaskNames, AreReadFromTheJsonExport) {
  const std::string text = R"([
    {"id": 3, "data": {"image": "/data/upload/1/0a1b2c3d-v01_00000.png"}},
    {"id": 4, "data": {"note": "x", "image": "s3://bucket/v01_00001.jpg?sig=1"}},
    {"id": 5, "data": {"frame": "/data/local-files/?d=v01/v01_00002.png"}}])";
  EXPECT_THAT(parse_task_names(text, "t"),
              ElementsAre(Pair("3", "v01_00000"), Pair("4", "v01_00001"), Pair("5", "v01_00002")));
  EXPECT_THAT(parse_task_names("# id name\n3 00000.png\n4, 00001\n", "t"),
              ElementsAre(Pair("3", "00000"), Pair("4", "00001")));
}

TEST(TaskNames, NameTheEntryThatIsNone) {
  const auto said = [](std::string_view text) {
    try {
      parse_task_names(text, "t");
    } catch (const Error& error) {
      return std::string(error.what());
    }
    return std::string("taken");
  };
  EXPECT_THAT(said(R"([{"id": 3}])"), HasSubstr("[0].data"));
  EXPECT_THAT(said(R"([{"id": 3, "data": {"n": 1}}])"), HasSubstr("path of the task's image"));
  EXPECT_THAT(said(R"({"id": 3})"), HasSubstr("is no list of tasks"));
  EXPECT_THAT(said("3\n"), HasSubstr("the line '3'"));
  EXPECT_THAT(said("# nothing"), HasSubstr("names no task"));
}

}  // namespace
}  // namespace angiobench
