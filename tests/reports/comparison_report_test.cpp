// SPDX-License-Identifier: MIT
#include "reports/comparison_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reports/change_words.h"
#include "tests/support/stated_results.h"

namespace angiobench {
namespace {

using ::testing::HasSubstr;

const std::string kHostile = "evil\x1b[2J|`<b>\"&%\n::error::x\xFF";

std::vector<Result> three_results() {
  const std::vector<test::ObjectMeans> base = {
      {"a", 1, 0.8, 0.8}, {"b|<i>", 1, 0.7, 0.7}, {"c", 1, 0.5, 0.4}};
  const std::vector<test::ObjectMeans> other = {
      {"a", 1, 0.78, 0.8}, {"b|<i>", 1, 0.05, 0.0}, {"c", 1, 0.6, 0.5}};
  return {test::stated_result("main", base), test::stated_result(kHostile, other),
          test::stated_result("third", base)};
}

TEST(ComparisonText, IsThisText) {
  EXPECT_EQ(comparison_text(compare_by_name(three_results())),
            R"text(data set toy-val, protocol toy v1

evil\x1B[2J|`<b>"&%\x0A::error::x\xFF against main

Metric   main  evil\x1B[2J|`<b>"&%\x0A::error::x\xFF  Change     95 % interval  p (sign flips)  p (Holm)  p (Wilcoxon)  Sequences  Verdict
------  -----  -------------------------------------  ------  ----------------  --------------  --------  ------------  ---------  -----------
J&F     65.00                                  45.50  −19.50  [−67.50, +10.00]            0.75         1          0.75          3  ▼ regressed
J       66.67                                  47.67  −19.00  [−65.00, +10.00]            0.75         1          0.75          3  ▼ regressed
F       63.33                                  43.33  −20.00  [−70.00, +10.00]               1         1          0.65          3  ▼ regressed

Sequence  Before  After  Change  Verdict
--------  ------  -----  ------  -------------
b|<i>      70.00   2.50  −67.50  ! new failure
a          80.00  79.00   −1.00  ▼ regressed
c          45.00  55.00  +10.00  ▲ improved

Object   Before  After  Change  Verdict
-------  ------  -----  ------  -------------
b|<i>/1   70.00   2.50  −67.50  ! new failure

third against main

Metric   main  third  Change  95 % interval  p (sign flips)  p (Wilcoxon)  Sequences  Verdict
------  -----  -----  ------  -------------  --------------  ------------  ---------  ------------------
J&F     65.00  65.00    0.00   [0.00, 0.00]               1             1          3  ≈ within tolerance
J       66.67  66.67    0.00   [0.00, 0.00]               1             1          3  ≈ within tolerance
F       63.33  63.33    0.00   [0.00, 0.00]               1             1          3  ≈ within tolerance

Ranks in J&F, with the ranks that 95 % of the resamples give and the share in which a method is first

Method                                  Score  Rank  Ranks  P(first)
-------------------------------------  ------  ----  -----  --------
main                                   65.0 =     1    1–2      0.37
third                                  65.0 =     1    1–2      0.37
evil\x1B[2J|`<b>"&%\x0A::error::x\xFF    45.5     3    1–3      0.26

= prints alike; ranked on full precision

Ranks in J, with the ranks that 95 % of the resamples give and the share in which a method is first

Method                                  Score  Rank  Ranks  P(first)
-------------------------------------  ------  ----  -----  --------
main                                   66.7 =     1    1–2      0.37
third                                  66.7 =     1    1–2      0.37
evil\x1B[2J|`<b>"&%\x0A::error::x\xFF    47.7     3    1–3      0.26

= prints alike; ranked on full precision

Ranks in F, with the ranks that 95 % of the resamples give and the share in which a method is first

Method                                  Score  Rank  Ranks  P(first)
-------------------------------------  ------  ----  -----  --------
main                                   63.3 =     1    1–2      0.36
third                                  63.3 =     1    1–2      0.36
evil\x1B[2J|`<b>"&%\x0A::error::x\xFF    43.3     3    1–3      0.27

= prints alike; ranked on full precision
)text");
}

TEST(ComparisonMarkdown, IsThisText) {
  EXPECT_EQ(comparison_markdown(compare_by_name(three_results())),
            R"text(## Comparison on toy-val, protocol toy v1

### evil�\[2J\|\`&lt;b&gt;"&amp;% ::error::x� against main

| Metric | main | evil�\[2J\|\`&lt;b&gt;"&amp;% ::error::x� | Change | 95 % interval | p (sign flips) | p (Holm) | p (Wilcoxon) | Sequences | Verdict |
| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | --- |
| J&amp;F | 65.00 | 45.50 | −19.50 | \[−67.50, +10.00\] | 0.75 | 1 | 0.75 | 3 | ▼ regressed |
| J | 66.67 | 47.67 | −19.00 | \[−65.00, +10.00\] | 0.75 | 1 | 0.75 | 3 | ▼ regressed |
| F | 63.33 | 43.33 | −20.00 | \[−70.00, +10.00\] | 1 | 1 | 0.65 | 3 | ▼ regressed |

### Sequences that changed (J&amp;F)

| Case | Before | After | Change | Verdict |
| --- | ---: | ---: | ---: | --- |
| b\|&lt;i&gt; | 70.00 | 2.50 | −67.50 | ! new failure |
| a | 80.00 | 79.00 | −1.00 | ▼ regressed |
| c | 45.00 | 55.00 | +10.00 | ▲ improved |

### Objects that changed (J&amp;F)

| Case | Before | After | Change | Verdict |
| --- | ---: | ---: | ---: | --- |
| b\|&lt;i&gt;/1 | 70.00 | 2.50 | −67.50 | ! new failure |
| a/1 | 80.00 | 79.00 | −1.00 | ▼ regressed |
| c/1 | 45.00 | 55.00 | +10.00 | ▲ improved |

### third against main

| Metric | main | third | Change | 95 % interval | p (sign flips) | p (Wilcoxon) | Sequences | Verdict |
| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | --- |
| J&amp;F | 65.00 | 65.00 | 0.00 | \[0.00, 0.00\] | 1 | 1 | 3 | ≈ within tolerance |
| J | 66.67 | 66.67 | 0.00 | \[0.00, 0.00\] | 1 | 1 | 3 | ≈ within tolerance |
| F | 63.33 | 63.33 | 0.00 | \[0.00, 0.00\] | 1 | 1 | 3 | ≈ within tolerance |

Ranks in J&amp;F, with the ranks that 95 % of the resamples give and the share in which a method is first

| Method | Score | Rank | Ranks | P(first) |
| --- | ---: | ---: | ---: | ---: |
| main | 65.0 = | 1 | 1–2 | 0.37 |
| third | 65.0 = | 1 | 1–2 | 0.37 |
| evil�\[2J\|\`&lt;b&gt;"&amp;% ::error::x� | 45.5 | 3 | 1–3 | 0.26 |

- = prints alike; ranked on full precision

Ranks in J, with the ranks that 95 % of the resamples give and the share in which a method is first

| Method | Score | Rank | Ranks | P(first) |
| --- | ---: | ---: | ---: | ---: |
| main | 66.7 = | 1 | 1–2 | 0.37 |
| third | 66.7 = | 1 | 1–2 | 0.37 |
| evil�\[2J\|\`&lt;b&gt;"&amp;% ::error::x� | 47.7 | 3 | 1–3 | 0.26 |

- = prints alike; ranked on full precision

Ranks in F, with the ranks that 95 % of the resamples give and the share in which a method is first

| Method | Score | Rank | Ranks | P(first) |
| --- | ---: | ---: | ---: | ---: |
| main | 63.3 = | 1 | 1–2 | 0.36 |
| third | 63.3 = | 1 | 1–2 | 0.36 |
| evil�\[2J\|\`&lt;b&gt;"&amp;% ::error::x� | 43.3 | 3 | 1–3 | 0.27 |

- = prints alike; ranked on full precision
)text");
}

TEST(ComparisonJson, IsThisText) {
  std::vector<Result> results = three_results();
  results.pop_back();
  EXPECT_EQ(comparison_json(compare_by_name(results)), R"text({
  "schema": "comparison-1",
  "dataset": "toy-val",
  "protocol": "toy v1",
  "methods": [
    {
      "name": "main",
      "digest": "sha256:0d6e4079e36703ebd37c00722f5891d28b0e2811dc114b129215123adcce3605"
    },
    {
      "name": "evil\u001b[2J|`<b>\"&%\n::error::x�",
      "digest": "sha256:793c3b24ec9fc967a8cb8d14c10f457eb4e05dd4c4a4f37c9814154de7c81bd7"
    }
  ],
  "against_first": [
    {
      "comparable": true,
      "identical_masks": false,
      "complete": true,
      "reasons": [],
      "notes": [],
      "only_before": [],
      "only_after": [],
      "aggregates": [
        {
          "metric": "J&F",
          "scope": "overall",
          "before": 0.6499999999999999,
          "after": 0.45500000000000007,
          "verdict": "regressed",
          "statistics": {
            "difference": -0.19499999999999984,
            "interval": {
              "level": 0.95,
              "low": -0.6749999999999998,
              "high": 0.09999999999999998,
              "unit": "sequence",
              "resamples": 10000
            },
            "sign_flips": {
              "p": 0.75,
              "p_holm": 0.75,
              "exact": true,
              "patterns": 8
            },
            "wilcoxon": {
              "p": 0.75,
              "statistic": 2.0,
              "exact": true,
              "nonzero": 3
            },
            "sequences": 3,
            "objects": 3,
            "left_out": 0
          }
        },
        {
          "metric": "J",
          "scope": "overall",
          "before": 0.6666666666666666,
          "after": 0.47666666666666674,
          "verdict": "regressed",
          "statistics": {
            "difference": -0.1899999999999999,
            "interval": {
              "level": 0.95,
              "low": -0.6499999999999998,
              "high": 0.09999999999999998,
              "unit": "sequence",
              "resamples": 10000
            },
            "sign_flips": {
              "p": 0.75,
              "p_holm": 0.75,
              "exact": true,
              "patterns": 8
            },
            "wilcoxon": {
              "p": 0.75,
              "statistic": 2.0,
              "exact": true,
              "nonzero": 3
            },
            "sequences": 3,
            "objects": 3,
            "left_out": 0
          }
        },
        {
          "metric": "F",
          "scope": "overall",
          "before": 0.6333333333333333,
          "after": 0.43333333333333335,
          "verdict": "regressed",
          "statistics": {
            "difference": -0.19999999999999996,
            "interval": {
              "level": 0.95,
              "low": -0.6999999999999998,
              "high": 0.09999999999999992,
              "unit": "sequence",
              "resamples": 10000
            },
            "sign_flips": {
              "p": 1.0,
              "p_holm": 1.0,
              "exact": true,
              "patterns": 4
            },
            "wilcoxon": {
              "p": 0.654720846018577,
              "statistic": 1.0,
              "exact": false,
              "nonzero": 2
            },
            "sequences": 3,
            "objects": 3,
            "left_out": 0
          }
        }
      ],
      "case_metric": "J&F",
      "sequences": [
        {
          "sequence": "a",
          "before": 0.8,
          "after": 0.79,
          "verdict": "regressed"
        },
        {
          "sequence": "b|<i>",
          "before": 0.7,
          "after": 0.025,
          "verdict": "new failure"
        },
        {
          "sequence": "c",
          "before": 0.45,
          "after": 0.55,
          "verdict": "improved"
        }
      ],
      "objects": [
        {
          "sequence": "a",
          "object": 1,
          "before": 0.8,
          "after": 0.79,
          "verdict": "regressed"
        },
        {
          "sequence": "b|<i>",
          "object": 1,
          "before": 0.7,
          "after": 0.025,
          "verdict": "new failure"
        },
        {
          "sequence": "c",
          "object": 1,
          "before": 0.45,
          "after": 0.55,
          "verdict": "improved"
        }
      ]
    }
  ],
  "rankings": [
    {
      "metric": "J&F",
      "scope": "overall",
      "level": 0.95,
      "methods": [
        {
          "value": 0.6499999999999999,
          "rank": 1,
          "rank_low": 1,
          "rank_high": 2,
          "p_first": 0.7381
        },
        {
          "value": 0.45500000000000007,
          "rank": 2,
          "rank_low": 1,
          "rank_high": 2,
          "p_first": 0.2619
        }
      ]
    },
    {
      "metric": "J",
      "scope": "overall",
      "level": 0.95,
      "methods": [
        {
          "value": 0.6666666666666666,
          "rank": 1,
          "rank_low": 1,
          "rank_high": 2,
          "p_first": 0.7381
        },
        {
          "value": 0.47666666666666674,
          "rank": 2,
          "rank_low": 1,
          "rank_high": 2,
          "p_first": 0.2619
        }
      ]
    },
    {
      "metric": "F",
      "scope": "overall",
      "level": 0.95,
      "methods": [
        {
          "value": 0.6333333333333333,
          "rank": 1,
          "rank_low": 1,
          "rank_high": 2,
          "p_first": 0.719
        },
        {
          "value": 0.43333333333333335,
          "rank": 2,
          "rank_low": 1,
          "rank_high": 2,
          "p_first": 0.281
        }
      ]
    }
  ]
}
)text");
}

TEST(ComparisonReports, SayWhyTwoResultsAreNotComparable) {
  std::vector<Result> results = three_results();
  results.pop_back();
  results[1].dataset.digest = "sha256:" + std::string(64, 'c');
  const NamedComparison named = compare_by_name(results);
  EXPECT_THAT(comparison_text(named),
              HasSubstr("  not comparable: another data set: toy-val sha256:bbbbbbbbbbbb, toy-val "
                        "sha256:cccccccccccc\n"));
  EXPECT_THAT(comparison_text(named), HasSubstr("x not comparable"));
  EXPECT_THAT(comparison_markdown(named), HasSubstr("- not comparable: another data set"));
}

TEST(ChangeWords, PrintOneDigitMoreThanTheCommunity) {
  EXPECT_EQ(format_fine(0.49254, ScoreStyle::percent), "49.25");
  EXPECT_EQ(format_fine(0.49254, ScoreStyle::fraction), "0.4925");
  EXPECT_EQ(format_fine(std::nullopt, ScoreStyle::percent), "–");
  EXPECT_EQ(format_fine_difference(-0.012, ScoreStyle::percent), "\u22121.20");
  EXPECT_EQ(format_fine_difference(0.012, ScoreStyle::fraction), "+0.0120");
  EXPECT_EQ(format_fine_difference(-0.00001, ScoreStyle::percent), "0.00");
}

TEST(ChangeWords, PrintSmallProbabilitiesAsBounds) {
  EXPECT_EQ(format_p(1), "1");
  EXPECT_EQ(format_p(0.25), "0.25");
  EXPECT_EQ(format_p(0.0312), "0.031");
  EXPECT_EQ(format_p(0.00025), "0.0003");
  EXPECT_EQ(format_p(0.00001), "< 0.0001");
}

}  // namespace
}  // namespace angiobench
