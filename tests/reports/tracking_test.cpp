// SPDX-License-Identifier: MIT
#include "reports/tracking.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <regex>
#include <string>

#include "dataset/error.h"
#include "evaluator/measures.h"
#include "tests/support/results.h"

namespace angiobench {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// Names that MLflow takes, as its validation has them.
bool is_mlflow_name(const std::string& name) {
  return std::regex_match(name, std::regex("[/A-Za-z0-9_.\\- ]+")) && name.size() <= 250 &&
         name.front() != '/' && name.find("//") == std::string::npos &&
         name.find("..") == std::string::npos;
}

TEST(TrackingKeys, AreTakenByMlflowForEveryMeasure) {
  std::set<std::string> keys;
  for (const Measure& measure : measures()) {
    const std::string key = tracking_key(Metric(measure.id), Scope::seen);
    EXPECT_TRUE(is_mlflow_name(key)) << key;
    EXPECT_TRUE(keys.insert(key).second) << key;
  }
  EXPECT_EQ(tracking_key(Metric("J&F"), Scope::overall), "J_and_F/overall");
  EXPECT_EQ(tracking_key(Metric("nsd@2"), Scope::overall), "nsd_at_2/overall");
  EXPECT_EQ(tracking_key(Metric("\xE1\xB8\x9E"), Scope::overall), "F_dot/overall");
  EXPECT_EQ(tracking_key(Metric("J\xCC\x87"), Scope::unseen), "J_dot/unseen");
}

TEST(MlflowRun, HasTheNumbersOfTheResult) {
  Result result = test::tiny_result();
  const nlohmann::json run = nlohmann::json::parse(mlflow_run(result));
  const Aggregate* const headline = find_aggregate(result, Metric("J&F"), Scope::overall);
  ASSERT_NE(headline, nullptr);
  EXPECT_EQ(run["metrics"]["J_and_F/overall"], *headline->value);
  EXPECT_EQ(run["params"]["protocol"], result.protocol.name);
  EXPECT_EQ(run["tags"]["complete"], "true");
  for (const auto& [key, value] : run["metrics"].items()) {
    EXPECT_TRUE(is_mlflow_name(key)) << key;
    EXPECT_TRUE(value.is_number()) << key;
  }
  result.complete = false;
  result.aggregates.front().value.reset();
  const nlohmann::json other = nlohmann::json::parse(mlflow_run(result));
  EXPECT_EQ(other["tags"]["complete"], "false");
  EXPECT_THAT(other["tags"]["without_value"].get<std::string>(), HasSubstr("J_and_F/overall"));
  EXPECT_FALSE(other["metrics"].contains("J_and_F/overall"));
}

TEST(HuggingFaceCard, IsFrontMatterWithWhatTheHubRequires) {
  Result result = test::tiny_result();
  result.submission.name = "net: \"x\"\n- y";
  const std::string card = huggingface_card(result, "https://example.org/run", "out");
  EXPECT_TRUE(card.starts_with("---\nmodel-index:\n- name: \"net: \\\"x\\\"\\n- y\"\n"));
  EXPECT_TRUE(card.ends_with("---\n"));
  for (const char* const part :
       {"  - task:\n      type: \"video-object-segmentation\"\n", "    dataset:\n      type: \"",
        "      name: \"", "    metrics:\n    - type: \"J_and_F/overall\"\n      value: ",
        "    source:\n      name: \"angiobench", "      url: \"https://example.org/run\"\n"}) {
    EXPECT_THAT(card, HasSubstr(part));
  }
  EXPECT_THAT(huggingface_card(result, "", "out"), Not(HasSubstr("source:")));
}

TEST(HuggingFaceCard, ShowsNoIncompleteResult) {
  Result result = test::tiny_result();
  result.complete = false;
  try {
    huggingface_card(result, "", "out");
    FAIL() << "written";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::inconclusive);
    EXPECT_THAT(error.what(), HasSubstr("out: is not complete"));
  }
}

}  // namespace
}  // namespace angiobench
