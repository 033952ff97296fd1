// SPDX-License-Identifier: MIT
#include "reports/html/training_page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace angiobench::html {
namespace {

using testing::HasSubstr;
using testing::Not;

std::size_t count_of_text(const std::string& page, const std::string& text) {
  std::size_t count = 0;
  for (std::size_t at = page.find(text); at != std::string::npos; at = page.find(text, at + 1))
    ++count;
  return count;
}

TEST(TrainingPage, DrawsACurveForEveryColumnAndTellsTheBestValidation) {
  TrainingPage page;
  page.log_csv = "step,loss,contrast\n10,2.5,5\n20,1.5,4\n30,0.5,3\n";
  page.validation_csv = "step,J&F,J,F\n10,0.5,0.4,0.6\n20,0.75,0.7,0.8\n30,0.7,0.6,0.8\n";
  page.settings = {{"batch", "4"}};
  const std::string html = training_page(page);
  EXPECT_EQ(count_of_text(html, "<svg class=\"curve\""), 5U);
  EXPECT_THAT(
      html,
      HasSubstr(
          "<h1>J&amp;F 75 <span class=\"on\">on the validation set, step 20</span></h1>\n<p>The "
          "best of 3 validations; the last is 70 at step 30. 30 steps so far.</p>"));
  EXPECT_THAT(html, HasSubstr("Loss over the steps: from 2.5 to 0.5, least 0.5, most 2.5"));
  // The first value is highest, at a third of the width: 60 + 560 / 3.
  EXPECT_THAT(html, HasSubstr("d=\"M246.7 12 L433.3 77 L620 142\""));
  EXPECT_THAT(html, HasSubstr("<th scope=\"row\">Batch</th><td>4</td>"));
}

TEST(TrainingPage, LeavesOutRowsThatAreNoNumbersAndEscapesWords) {
  TrainingPage page;
  page.log_csv = "step,<b>loss\n10,1\n20,nan\n30\n40,two\n50,3\n";
  page.settings = {{"data", "<script>alert(1)</script>"}};
  const std::string html = training_page(page);
  EXPECT_THAT(html, HasSubstr("&lt;b&gt;loss over the steps: from 1 to 3"));
  EXPECT_THAT(html, Not(HasSubstr("<b>loss")));
  EXPECT_THAT(html, Not(HasSubstr("<script>alert")));
}

TEST(TrainingPage, StandsBeforeTheFirstRow) {
  const std::string html = training_page({"step,loss\n", "", {}});
  EXPECT_EQ(count_of_text(html, "There is nothing yet."), 2U);
  EXPECT_THAT(html, HasSubstr("0 steps so far."));
}

TEST(TrainingPage, ThinsLongRunsToMeans) {
  TrainingPage page;
  page.log_csv = "step,loss\n";
  for (int i = 1; i <= 30000; ++i)
    page.log_csv += std::to_string(i) + "," + std::to_string(i % 2 == 0 ? 1 : 3) + "\n";
  const std::string html = training_page(page);
  EXPECT_LT(html.size(), 60000U);
  EXPECT_THAT(html, HasSubstr("Loss over the steps: from 2 to 2"));
}

}  // namespace
}  // namespace angiobench::html
