// SPDX-License-Identifier: MIT
#include "reports/escape.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace angiobench {
namespace {

TEST(Escape, MakesMarkupHarmless) {
  EXPECT_EQ(escape_html("<img src='x' onerror=\"a()\">&\x01"),
            "&lt;img src=&#39;x&#39; onerror=&quot;a()&quot;&gt;&amp;\xEF\xBF\xBD");
  EXPECT_EQ(escape_xml("a\nb<"), "a&#10;b&lt;");
}

TEST(Escape, DisarmsSpreadsheetFormulas) {
  EXPECT_EQ(escape_csv("=1+2"), "'=1+2");
  EXPECT_EQ(escape_csv("@x,\"y\""), "\"'@x,\"\"y\"\"\"");
  EXPECT_EQ(escape_csv("v00"), "v00");
}

TEST(Escape, KeepsLatexAndMarkdownTablesWhole) {
  EXPECT_EQ(escape_latex("a_b & 5%\\"), "a\\_b \\& 5\\%\\textbackslash{}");
  EXPECT_EQ(escape_markdown("a|b*c\n"), "a\\|b\\*c ");
}

TEST(Escape, DisarmsWorkflowCommands) {
  EXPECT_EQ(escape_workflow_message("a%\r\n::error::b"), "a%25%0D%0A::error::b");
  EXPECT_EQ(escape_workflow_property("a:b,c\n"), "a%3Ab%2Cc%0A");
}

TEST(Escape, DisarmsTerminals) {
  EXPECT_EQ(escape_terminal("v\x1b[2J\r\n\x7f"), "v\\x1B[2J\\x0D\\x0A\\x7F");
  EXPECT_EQ(escape_terminal("\xC2\x9B"), "\\xC2\\x9B");                   // CSI as one C1 control
  EXPECT_EQ(escape_terminal("\u202Egnp.exe"), "\\xE2\\x80\\xAEgnp.exe");  // right-to-left override
  EXPECT_EQ(escape_terminal("\xFF\xC0\xAF"), "\\xFF\\xC0\\xAF");
  EXPECT_EQ(escape_terminal("a\\x1B"), "a\\\\x1B");  // no ESC: the text that stands for one
  EXPECT_EQ(escape_terminal("\u061C\u2028\uFEFF\U000E0041"),
            "\\xD8\\x9C\\xE2\\x80\\xA8\\xEF\\xBB\\xBF\\xF3\\xA0\\x81\\x81");
  EXPECT_EQ(escape_terminal("\u0646\u0645\u06CC\u200C\u062E"), "\u0646\u0645\u06CC\u200C\u062E");
  EXPECT_EQ(escape_terminal("Gefäß ▼ 血管 \U0001FAC0"), "Gefäß ▼ 血管 \U0001FAC0");
}

TEST(Escape, DisarmsCommandsInLogs) {
  EXPECT_EQ(escape_terminal("::add-mask::x"), "\\x3A:add-mask::x");
  EXPECT_EQ(escape_terminal("  ::error::x"), "  \\x3A:error::x");
  EXPECT_EQ(escape_terminal("std::string ##[x] a##vso[y]"), "std::string \\x23#[x] a\\x23#vso[y]");
}

TEST(Escape, LeavesNoCommandAtTheStartOfARowAndNoC1Code) {
  EXPECT_EQ(escape_latex("::error::x"), "{}::error::x");
  EXPECT_EQ(escape_latex("a::b"), "a::b");
  for (const auto escape : {escape_latex, escape_markdown, escape_html, escape_xml})
    EXPECT_EQ(escape("\xC2\x9B"), "\xEF\xBF\xBD");
}

TEST(EscapeLog, LeavesLinesAndNamesInJsonWhatTheyMean) {
  EXPECT_EQ(escape_log("a,b\n\t1,\xE8\xA1\x80\n"), "a,b\n\t1,\xE8\xA1\x80\n");
  EXPECT_EQ(escape_log("::error::x\n  ::debug::y\nz ::w\n"),
            "\\u003A:error::x\n  \\u003A:debug::y\nz ::w\n");
  EXPECT_EQ(escape_log("\x1b[2J\r\x7f\u202E ##[x] ##teamcity[y]"),
            "\\u001B[2J\\u000D\\u007F\\u202E \\u0023#[x] \\u0023#teamcity[y]");
  EXPECT_EQ(escape_log("\xFF"), "\\xFF");
  EXPECT_EQ(escape_log("a\\b"), "a\\b");
  const nlohmann::json value = "::x \u202E ##[y] \U000E0041 \\";
  EXPECT_EQ(nlohmann::json::parse(escape_log(value.dump())), value);
}

TEST(Escape, StopsTextFromTurningRound) {
  EXPECT_EQ(escape_markdown("a\u202Eb"), "a\uFFFDb");
  EXPECT_EQ(escape_html("\u2067b"), "\uFFFDb");
}

TEST(Escape, QuotesLabelsOfOpenMetrics) {
  EXPECT_EQ(escape_openmetrics("a\"b\\c\nd\x01"), "a\\\"b\\\\c\\nd\uFFFD");
}

TEST(Escape, ReplacesWhatIsNotUtf8) {
  EXPECT_EQ(valid_utf8("a\xFF\xED\xA0\x80ä"), "a\uFFFD\uFFFD\uFFFD\uFFFDä");
  EXPECT_EQ(escape_html("\xC3"), "\uFFFD");
  EXPECT_EQ(escape_xml("a\xEF\xBF\xBF\xFE"), "a\uFFFD\uFFFD");
  EXPECT_EQ(escape_markdown("\x80|"), "\uFFFD\\|");
  EXPECT_EQ(escape_workflow_message("\xF5\n"), "\uFFFD%0A");
}

}  // namespace
}  // namespace angiobench
