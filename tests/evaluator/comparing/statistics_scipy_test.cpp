// SPDX-License-Identifier: MIT
// Our statistics against SciPy's (tests/oracle/scipy_statistics.py); skipped where SciPy is not
// installed.
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <numeric>
#include <random>
#include <string>
#include <vector>

#include "evaluator/comparing/statistics.h"
#include "tests/support/ask_python.h"
#include "tests/support/temp_folder.h"

namespace angiobench {
namespace {

double uniform(std::mt19937_64& random) { return static_cast<double>(random() >> 11) * 0x1.0p-53; }

TEST(StatisticsAgainstScipy, Agree) {
  std::mt19937_64 random(2024);
  const auto numbers = [&](std::size_t size, double low, double high) {
    std::vector<double> values(size);
    for (double& value : values) value = low + (high - low) * uniform(random);
    return values;
  };
  std::vector<std::vector<double>> differences;
  for (const std::size_t size : {3U, 5U, 12U, 30U, 50U, 51U, 200U}) {
    differences.push_back(numbers(size, -0.4, 0.6));
    // The same with ties and zeros.
    std::vector<double> rounded = numbers(size, -4, 6);
    for (double& value : rounded) value = static_cast<double>(static_cast<int>(value)) / 8;
    rounded.back() = 0.125;
    differences.push_back(rounded);
  }
  std::vector<std::vector<double>> contributions;
  for (const std::size_t size : {2U, 6U, 9U, 12U})
    contributions.push_back(numbers(size, -0.1, 0.2));
  nlohmann::json percentiles = nlohmann::json::array();
  for (const double p : {0.0, 0.025, 0.3, 0.975, 1.0}) {
    percentiles.push_back({{"values", numbers(101, 0, 1)}, {"p", p}});
    percentiles.push_back({{"values", numbers(10, 0, 1)}, {"p", p}});
  }
  std::vector<std::vector<std::vector<double>>> sequences;
  for (const std::size_t num_sequences : {12U, 40U}) {
    std::vector<std::vector<double>>& made = sequences.emplace_back();
    for (std::size_t i = 0; i < num_sequences; ++i) made.push_back(numbers(1 + random() % 9, 0, 1));
  }

  const test::TempFolder folder;
  const nlohmann::json question = {{"differences", differences},
                                   {"contributions", contributions},
                                   {"percentiles", percentiles},
                                   {"sequences", sequences}};
  folder.write("question.json", question.dump());
  const test::PythonAnswer answer =
      test::ask_python(ANGIOBENCH_ORACLE_FOLDER "/scipy_statistics.py", folder / "question.json");
  if (answer.is_missing()) GTEST_SKIP() << "SciPy is not installed";
  ASSERT_EQ(answer.exit_status, 0) << answer.text;
  const nlohmann::json expected = nlohmann::json::parse(answer.text);

  for (std::size_t i = 0; i < differences.size(); ++i) {
    const TestResult ours = wilcoxon_signed_rank(differences[i]);
    const nlohmann::json& theirs = expected["wilcoxon"][i];
    const bool exact = !theirs["exact"].is_null() && differences[i].size() <= 50;
    EXPECT_EQ(ours.exact, exact) << "list " << i;
    EXPECT_NEAR(ours.p, (exact ? theirs["exact"] : theirs["approx"]).get<double>(), 1e-12)
        << "list " << i;
  }
  for (std::size_t i = 0; i < contributions.size(); ++i) {
    EXPECT_NEAR(sign_flip_test(contributions[i]).p, expected["sign_flips"][i].get<double>(), 1e-12)
        << "list " << i;
  }
  for (std::size_t i = 0; i < percentiles.size(); ++i) {
    const auto values = percentiles[i]["values"].get<std::vector<double>>();
    EXPECT_NEAR(percentile(values, percentiles[i]["p"].get<double>()).value(),
                expected["percentiles"][i].get<double>(), 1e-15);
  }
  for (std::size_t i = 0; i < sequences.size(); ++i) {
    AggregateSample sample;
    SamplePart& part = sample.parts.emplace_back();
    for (const std::vector<double>& values : sequences[i]) {
      part.sums.push_back(std::accumulate(values.begin(), values.end(), 0.0));
      part.counts.push_back(static_cast<double>(values.size()));
    }
    const auto replicates = bootstrap_replicates(std::vector<AggregateSample>{sample}, {});
    const Interval ours = percentile_interval(replicates[0], sequences[i].size(), 0.95).value();
    // Two random generators: ends agree to a few standard errors of a 2.5 % quantile of 10,000
    // draws.
    EXPECT_NEAR(ours.low, expected["intervals"][i][0].get<double>(), 0.008);
    EXPECT_NEAR(ours.high, expected["intervals"][i][1].get<double>(), 0.008);
  }
}

}  // namespace
}  // namespace angiobench
