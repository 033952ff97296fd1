// SPDX-License-Identifier: MIT
#include "reports/escape.h"

#include <gtest/gtest.h>

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

}  // namespace
}  // namespace angiobench
