// SPDX-License-Identifier: MIT
#include "reports/result_json.h"

#include <gtest/gtest.h>

#include <string>

#include "dataset/error.h"
#include "tests/support/results.h"

namespace angiobench {
namespace {

// `text` without the first occurrence of `part`.
std::string without(std::string text, const std::string& part) {
  const std::size_t at = text.find(part);
  EXPECT_NE(at, std::string::npos) << part;
  return at == std::string::npos ? text : text.erase(at, part.size());
}

TEST(ResultJson, KeepsEverythingButTheRowsOfFrames) {
  Result result = test::tiny_result();
  result.metric_version = "7";
  result.protocol.display = Display::fraction;
  result.protocol.rules = R"({"frames":"all"})";
  const std::string text = result_to_json(result);
  const Result read = result_from_json(text, "result.json");
  EXPECT_EQ(read.metric_version, "7");
  EXPECT_EQ(read.protocol.display, Display::fraction);
  EXPECT_EQ(result_to_json(read), text);
}

TEST(ResultJson, ReadsFilesOfBeforeTheMetricVersion) {
  Result result = test::tiny_result();
  for (const auto& [protocol, display] :
       {std::pair("mosxav-test", Display::percent), std::pair("davis2017", Display::fraction)}) {
    result.protocol.name = protocol;
    std::string text = without(result_to_json(result), "\n  \"metric_version\": \"1\",");
    text = without(text, "\"display\": \"percent\", ");
    const Result read = result_from_json(text, "old.json");
    EXPECT_EQ(read.metric_version, "1");
    EXPECT_EQ(read.protocol.display, display);
  }
}

TEST(ResultJson, RefusesAnEmptyMetricVersion) {
  Result result = test::tiny_result();
  result.metric_version.clear();
  EXPECT_THROW(result_from_json(result_to_json(result), "result.json"), Error);
}

}  // namespace
}  // namespace angiobench
