// SPDX-License-Identifier: MIT
// Shapes, curves and confusion matrices against scikit-image, SciPy and scikit-learn as they are
// installed here (tests/oracle/python_stills.py); skipped where one of them is not.
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <vector>

#include "evaluator/classes/confusion.h"
#include "evaluator/vessel/value_histogram.h"
#include "evaluator/vessel/vessel_counter.h"
#include "tests/support/ask_python.h"
#include "tests/support/masks.h"
#include "tests/support/temp_folder.h"

namespace angiobench {
namespace {

using nlohmann::json;

std::vector<std::string> rows_of(const Mask& mask) {
  std::vector<std::string> rows;
  for (int y = 0; y < mask.height(); ++y) {
    std::string& row = rows.emplace_back();
    for (int x = 0; x < mask.width(); ++x) row += mask.at(x, y) != 0 ? '#' : '.';
  }
  return rows;
}

std::vector<int> pixels_of(const Mask& mask) {
  std::vector<int> pixels;
  for (int y = 0; y < mask.height(); ++y) {
    for (int x = 0; x < mask.width(); ++x) pixels.push_back(mask.at(x, y));
  }
  return pixels;
}

std::vector<std::uint64_t> squares_of(const SideDistances& side) {
  std::vector<std::uint64_t> squares;
  for (const DistanceBin& bin : side.bins) squares.insert(squares.end(), bin.count, bin.key);
  return squares;
}

TEST(StillsAgainstPython, Agree) {
  std::mt19937_64 random(51);
  std::vector<Mask> masks;
  for (int i = 0; i < 60; ++i) {
    masks.push_back(test::random_mask(20 + static_cast<int>(random() % 120),
                                      10 + static_cast<int>(random() % 90), 1, random));
  }
  std::vector<std::pair<Mask, Mask>> pairs;
  while (pairs.size() < 30) {
    Mask truth = test::random_mask(140, 60, 1, random);
    Mask prediction = test::random_mask(140, 60, 1, random);
    const auto is_set = [](const Mask& mask) {
      return std::ranges::any_of(pixels_of(mask), [](int label) { return label != 0; });
    };
    if (is_set(truth) && is_set(prediction))
      pairs.emplace_back(std::move(truth), std::move(prediction));
  }
  struct Map {
    Mask truth;
    Mask values;
  };
  std::vector<Map> maps;
  for (int i = 0; i < 10; ++i) {
    Map& map = maps.emplace_back(Map{Mask(40, 30), Mask(40, 30)});
    for (int y = 0; y < 30; ++y) {
      for (int x = 0; x < 40; ++x) {
        map.truth.at(x, y) = random() % 4 == 0;
        map.values.at(x, y) =
            static_cast<std::uint8_t>(map.truth.at(x, y) * 60 + random() % (i < 5 ? 4 : 190));
      }
    }
  }
  std::vector<std::pair<Mask, Mask>> labels;
  for (int i = 0; i < 10; ++i) {
    labels.emplace_back(test::random_mask(70, 40, 5, random), test::random_mask(70, 40, 5, random));
  }

  json question = {{"masks", json::array()},
                   {"pairs", json::array()},
                   {"maps", json::array()},
                   {"labels", json::array()}};
  for (const Mask& mask : masks) question["masks"].push_back(rows_of(mask));
  for (const auto& [truth, prediction] : pairs)
    question["pairs"].push_back({rows_of(truth), rows_of(prediction)});
  for (const Map& map : maps) {
    question["maps"].push_back(
        {{"values", pixels_of(map.values)}, {"truth", pixels_of(map.truth)}});
  }
  for (const auto& [truth, prediction] : labels) {
    question["labels"].push_back(
        {{"truth", pixels_of(truth)}, {"prediction", pixels_of(prediction)}});
  }
  const test::TempFolder folder;
  folder.write("question.json", question.dump());
  const test::PythonAnswer answer =
      test::ask_python(ANGIOBENCH_ORACLE_FOLDER "/python_stills.py", folder / "question.json");
  if (answer.is_missing()) GTEST_SKIP() << "scikit-image, SciPy or scikit-learn is not installed";
  ASSERT_EQ(answer.exit_status, 0) << answer.text;
  const json expected = json::parse(answer.text);

  VesselCounter counter;
  PairCounts counts;
  for (std::size_t i = 0; i < masks.size(); ++i) {
    EXPECT_EQ(json(rows_of(counter.skeleton(masks[i].view()))), expected["skeletons"][i]);
    counter.count(masks[i].view(), masks[i].view(), PairNeeds::all(), {}, counts);
    EXPECT_EQ(counts.truth_components, expected["components"][i].get<std::uint32_t>());
    EXPECT_EQ(counts.truth_holes, expected["holes"][i].get<std::uint32_t>());
  }
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    counter.count(pairs[i].first.view(), pairs[i].second.view(), PairNeeds::all(), {}, counts);
    EXPECT_EQ(json(squares_of(counts.truth_border)), expected["squares"][i][0]);
    EXPECT_EQ(json(squares_of(counts.prediction_border)), expected["squares"][i][1]);
  }
  for (std::size_t i = 0; i < maps.size(); ++i) {
    const ValueHistogram histogram = count_values(maps[i].truth.view(), maps[i].values.view());
    EXPECT_NEAR(area_under_roc(histogram).value(), expected["auc"][i].get<double>(), 1e-14);
    EXPECT_NEAR(average_precision(histogram).value(), expected["ap"][i].get<double>(), 1e-14);
  }
  ConfusionCounter classes;
  ClassRules rules;
  rules.num_classes = 6;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    ConfusionMatrix matrix;
    ASSERT_FALSE(classes.count(labels[i].first.view(), labels[i].second.view(), rules, matrix));
    for (int c = 0; c < 6; ++c) {
      for (int d = 0; d < 6; ++d) {
        EXPECT_EQ(matrix.at(c, d),
                  expected["confusion"][i][static_cast<std::size_t>(c)][static_cast<std::size_t>(d)]
                      .get<std::uint64_t>());
      }
    }
  }
}

}  // namespace
}  // namespace angiobench
