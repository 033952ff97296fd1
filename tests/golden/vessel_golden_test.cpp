// SPDX-License-Identifier: MIT
// Measures of vessels against scikit-image, MetricsReloaded, medpy, surface-distance, clDice and
// DAVIS on real masks, drawn masks and real outlines: expected/stills in the folder of test data.
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <map>
#include <optional>

#include "dataset/masks/png.h"
#include "evaluator/vessel/pair_measures.h"
#include "evaluator/vessel/pair_table.h"
#include "evaluator/vessel/vessel_counter.h"
#include "tests/golden/stills.h"
#include "tests/support/test_data.h"

namespace angiobench {
namespace {

using nlohmann::json;

constexpr double kVesselTolerance = 1e-12;

// Integers, by the columns' names.
const std::map<std::string, std::function<std::uint64_t(const PairCounts&)>>& integer_columns() {
  using Counts = const PairCounts&;
  const auto hits = [](int tolerance) {
    return [tolerance](Counts c) {
      std::uint64_t count = 0;
      for (const SideDistances* side : {&c.truth_border, &c.prediction_border}) {
        for (const DistanceBin& bin : side->bins)
          count += bin.key <= static_cast<std::uint64_t>(tolerance * tolerance) ? bin.count : 0;
      }
      return count;
    };
  };
  static const std::map<std::string, std::function<std::uint64_t(Counts)>> kColumns = {
      {"tp", [](Counts c) { return c.intersection; }},
      {"fp", [](Counts c) { return c.prediction - c.intersection; }},
      {"fn", [](Counts c) { return c.truth - c.intersection; }},
      {"tn",
       [](Counts c) {
         return static_cast<std::uint64_t>(c.width) * static_cast<std::uint64_t>(c.height) -
                c.truth - c.prediction + c.intersection;
       }},
      {"skel_g", [](Counts c) { return c.truth_skeleton; }},
      {"skel_p", [](Counts c) { return c.prediction_skeleton; }},
      {"skel_g_in_p", [](Counts c) { return c.truth_skeleton_found; }},
      {"skel_p_in_g", [](Counts c) { return c.prediction_skeleton_inside; }},
      {"b0_g", [](Counts c) { return c.truth_components; }},
      {"b0_p", [](Counts c) { return c.prediction_components; }},
      {"b1_g", [](Counts c) { return c.truth_holes; }},
      {"b1_p", [](Counts c) { return c.prediction_holes; }},
      {"cc_missed", [](Counts c) { return c.components_missed; }},
      {"cc_invented", [](Counts c) { return c.components_invented; }},
      {"border_g", [](Counts c) { return c.truth_border.num_elements(); }},
      {"border_p", [](Counts c) { return c.prediction_border.num_elements(); }},
      {"nsd_hits1", hits(1)},
      {"nsd_hits2", hits(2)},
      {"nsd_hits3", hits(3)},
      {"clear_g_t2", [](Counts c) { return c.truth_skeleton_near; }},
      {"clear_p_t2", [](Counts c) { return c.prediction_skeleton_near; }},
      {"rad_small", [](Counts c) { return c.radius[0]; }},
      {"rad_small_found", [](Counts c) { return c.radius_found[0]; }},
      {"rad_mid", [](Counts c) { return c.radius[1]; }},
      {"rad_mid_found", [](Counts c) { return c.radius_found[1]; }},
      {"rad_large", [](Counts c) { return c.radius[2]; }},
      {"rad_large_found", [](Counts c) { return c.radius_found[2]; }},
  };
  return kColumns;
}

// Values where both sides are set, in pixels.
const std::map<std::string, std::function<double(const PairCounts&)>>& value_columns() {
  using Counts = const PairCounts&;
  static const std::map<std::string, std::function<double(Counts)>> kColumns = {
      {"cldice", [](Counts c) { return cldice(c); }},
      {"hd", [](Counts c) { return border_distances(c, {}).hd; }},
      {"hd95", [](Counts c) { return border_distances(c, {}).hd95; }},
      {"hd95_pooled", [](Counts c) { return border_distances(c, {}).hd95_pooled; }},
      {"assd", [](Counts c) { return border_distances(c, {}).assd; }},
      {"masd", [](Counts c) { return border_distances(c, {}).masd; }},
      {"nsd1", [](Counts c) { return nsd(c, {}, 1); }},
      {"nsd2", [](Counts c) { return nsd(c, {}, 2); }},
      {"nsd3", [](Counts c) { return nsd(c, {}, 3); }},
      {"sd_len_g", [](Counts c) { return contour_distances(c, {}).length_truth; }},
      {"sd_len_p", [](Counts c) { return contour_distances(c, {}).length_prediction; }},
      {"sd_hd", [](Counts c) { return contour_distances(c, {}).hd; }},
      {"sd_hd95", [](Counts c) { return contour_distances(c, {}).hd95; }},
      {"sd_asd_g", [](Counts c) { return contour_distances(c, {}).asd_truth; }},
      {"sd_asd_p", [](Counts c) { return contour_distances(c, {}).asd_prediction; }},
      {"sd_nsd1", [](Counts c) { return contour_nsd(c, {}, 1); }},
      {"sd_nsd2", [](Counts c) { return contour_nsd(c, {}, 2); }},
      {"sd_nsd3", [](Counts c) { return contour_nsd(c, {}, 3); }},
      {"f1px", [](Counts c) { return boundary_f_at(c, 0); }},
      {"f2px", [](Counts c) { return boundary_f_at(c, 1); }},
      {"f3px", [](Counts c) { return boundary_f_at(c, 2); }},
      {"f6px", [](Counts c) { return boundary_f_at(c, 3); }},
  };
  return kColumns;
}

// What the one rule for empty sides says where the public tools have no answer or an accident.
std::optional<double> rule_of_empty_sides(const std::string& column, const PairCounts& counts) {
  if (!counts.both_empty() && !counts.one_empty()) return std::nullopt;
  const bool is_distance = column == "hd" || column == "hd95" || column == "hd95_pooled" ||
                           column == "assd" || column == "masd" || column == "sd_hd" ||
                           column == "sd_hd95" || column.starts_with("sd_asd");
  const bool is_fraction =
      column == "cldice" || column.starts_with("nsd") || column.starts_with("sd_nsd");
  if (is_distance) return counts.both_empty() ? 0 : worst_distance(counts, {});
  if (is_fraction) return counts.both_empty() ? 1 : 0;
  return std::nullopt;
}

// Compares every column of a row but the components of four neighbours, which are no measure.
// Returns the number of values that were compared.
int expect_row(const json& columns, const json& values, const PairCounts& counts, const Mask& truth,
               const Mask& prediction, VesselCounter& counter, const std::string& name) {
  int compared = 0;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const std::string column = columns[i].get<std::string>();
    const json& expected = values[i];
    if (column == "case" || column.starts_with("b0four")) continue;
    ++compared;
    if (const auto integer = integer_columns().find(column); integer != integer_columns().end()) {
      EXPECT_EQ(integer->second(counts), expected.get<std::uint64_t>()) << name << " " << column;
      continue;
    }
    if (column == "skel_g_crc" || column == "skel_p_crc") {
      const Mask& mask = column == "skel_g_crc" ? truth : prediction;
      EXPECT_EQ(test::packed_crc(counter.skeleton(mask.view())), expected.get<std::uint32_t>())
          << name << " " << column;
      continue;
    }
    if (column == "mcc") {
      const std::optional<double> mcc = pair_mcc(counts);
      EXPECT_EQ(mcc.has_value(), expected.is_number()) << name;
      if (mcc && expected.is_number()) {
        EXPECT_NEAR(*mcc, expected.get<double>(), kVesselTolerance) << name;
      }
      continue;
    }
    const auto value = value_columns().find(column);
    if (value == value_columns().end()) {
      ADD_FAILURE() << "the column " << column << " is not known";
      continue;
    }
    const double ours = value->second(counts);
    if (const std::optional<double> rule = rule_of_empty_sides(column, counts)) {
      EXPECT_EQ(ours, *rule) << name << " " << column;
    } else if (expected.is_number()) {
      EXPECT_NEAR(ours, expected.get<double>(),
                  kVesselTolerance * std::max(1.0, std::abs(expected.get<double>())))
          << name << " " << column;
    } else {
      // Both sides are set: the only case is clDice of skeletons that miss each other.
      EXPECT_EQ(column, "cldice") << name << " " << expected;
      EXPECT_EQ(ours, 0) << name << " " << column;
    }
  }
  return compared;
}

class VesselGolden : public ::testing::Test {
 protected:
  PairCounts count(const Mask& truth, const Mask& prediction, const Spacing& spacing = {}) {
    PairCounts counts;
    counter_.count(truth.view(), prediction.view(), PairNeeds::all(), spacing, counts);
    return counts;
  }

  VesselCounter counter_;
};

std::vector<std::string> parts_of(const std::string& name) {
  std::vector<std::string> parts(1);
  for (const char c : name) {
    if (c == '/') {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  return parts;
}

struct MaskPair {
  Mask truth;
  Mask prediction;
};

// "mosxav-test/v00/00016/3": split, sequence, frame, object or "all".
MaskPair read_pair(const std::string& name) {
  const std::vector<std::string> parts = parts_of(name);
  const std::string frame = parts.at(1) + "/" + parts.at(2) + ".png";
  const bool is_xacv = parts[0] == "xacv";
  const std::string truth_folder = is_xacv                    ? "xacv/gt/"
                                   : parts[0] == "mosxav-val" ? "mosxav/trainval/Annotations/"
                                                              : "mosxav/test/Annotations/";
  const std::string prediction_folder = is_xacv                    ? "xacv/pred/"
                                        : parts[0] == "mosxav-val" ? "mosxav/predictions/val/"
                                                                   : "mosxav/predictions/test/";
  const Mask truth = read_mask(test::test_data(truth_folder + frame));
  const Mask prediction = read_mask(test::test_data(prediction_folder + frame));
  if (parts.size() < 4 || parts[3] == "all")
    return {test::select_label(truth, 0), test::select_label(prediction, 0)};
  const int object = std::stoi(parts[3]);
  return {test::select_label(truth, is_xacv ? (object == 1 ? 127 : 255) : object),
          test::select_label(prediction, object)};
}

TEST_F(VesselGolden, PairsOfRealMasks) {
  ANGIOBENCH_REQUIRE_DATA(path, "expected/stills/pairs.json");
  ANGIOBENCH_REQUIRE_DATA(masks, "mosxav");
  ANGIOBENCH_REQUIRE_DATA(more_masks, "xacv");
  const json golden = test::read_stills("pairs.json");
  int compared = 0;
  for (const json& row : golden.at("rows")) {
    const std::string name = row[0].get<std::string>();
    const MaskPair pair = read_pair(name);
    compared += expect_row(golden.at("columns"), row, count(pair.truth, pair.prediction),
                           pair.truth, pair.prediction, counter_, name);
  }
  EXPECT_EQ(compared, 149 * 52);
}

int floor_mod(int value, int modulus) { return (value % modulus + modulus) % modulus; }

// The predictions of arcade.json: integer rules on the truth.
Mask changed(const Mask& truth, const std::string& rule) {
  const auto at = [&](int x, int y) {
    return x >= 0 && y >= 0 && x < truth.width() && y < truth.height() && truth.at(x, y) != 0;
  };
  const auto cross = [&](int x, int y) {
    return std::array<bool, 4>{at(x - 1, y), at(x + 1, y), at(x, y - 1), at(x, y + 1)};
  };
  const auto grown = [&](int x, int y) {
    const auto around = cross(x, y);
    return at(x, y) || around[0] || around[1] || around[2] || around[3];
  };
  Mask result(truth.width(), truth.height());
  for (int y = 0; y < truth.height(); ++y) {
    for (int x = 0; x < truth.width(); ++x) {
      const auto around = cross(x, y);
      bool value = at(x, y);
      if (rule == "shift") {
        value = at(x - 2, y + 1);
      } else if (rule == "erode") {
        value = value && around[0] && around[1] && around[2] && around[3];
      } else if (rule == "dilate") {
        value = grown(x, y);
      } else if (rule == "cut") {
        value = value && floor_mod(x + 2 * y, 61) >= 4;
      } else if (rule == "speck") {
        value = value || (x % 37 == 11 && y % 41 == 7);
      } else if (rule == "holes") {
        value = value && !(x % 23 == 5 && y % 19 == 3);
      } else {
        value = x > 0 && grown(x - 1, y);  // "labelN": dilated once, then one to the right
      }
      result.at(x, y) = value ? 1 : 0;
    }
  }
  return result;
}

TEST_F(VesselGolden, RealOutlinesUnderIntegerRules) {
  ANGIOBENCH_REQUIRE_DATA(path, "expected/stills/arcade.json");
  const json golden = test::read_stills("arcade.json");
  int compared = 0;
  for (const json& row : golden.at("rows")) {
    const std::string name = row[0].get<std::string>();
    const std::vector<std::string> parts = parts_of(name);
    const Mask labels =
        read_mask(test::test_data("expected/stills/arcade/" + parts.at(1) + ".png"));
    const bool has_label = parts.at(2).starts_with("label");
    const Mask truth = test::select_label(labels, has_label ? std::stoi(parts[2].substr(5)) : 0);
    const Mask prediction = changed(truth, parts[2]);
    compared += expect_row(golden.at("columns"), row, count(truth, prediction), truth, prediction,
                           counter_, name);
  }
  EXPECT_EQ(compared, 60 * 52);
}

Mask mask_of(const json& rows) {
  Mask mask(static_cast<int>(rows[0].get<std::string>().size()), static_cast<int>(rows.size()));
  for (int y = 0; y < mask.height(); ++y) {
    const std::string row = rows[static_cast<std::size_t>(y)].get<std::string>();
    for (int x = 0; x < mask.width(); ++x)
      mask.at(x, y) = row[static_cast<std::size_t>(x)] == '#' ? 1 : 0;
  }
  return mask;
}

TEST_F(VesselGolden, DrawnEdgesAndTheirSkeletons) {
  ANGIOBENCH_REQUIRE_DATA(path, "expected/stills/edges.json");
  const json golden = test::read_stills("edges.json");
  int compared = 0;
  for (const json& drawn : golden.at("cases")) {
    const std::string name = drawn.at("name").get<std::string>();
    const Mask truth = mask_of(drawn.at("truth"));
    const Mask prediction = mask_of(drawn.at("prediction"));
    EXPECT_EQ(counter_.skeleton(truth.view()), mask_of(drawn.at("skeleton_truth"))) << name;
    EXPECT_EQ(counter_.skeleton(prediction.view()), mask_of(drawn.at("skeleton_prediction")))
        << name;
    compared += expect_row(golden.at("columns"), drawn.at("values"), count(truth, prediction),
                           truth, prediction, counter_, name);
  }
  EXPECT_EQ(compared, 25 * 52);
}

TEST_F(VesselGolden, SpacingIsotropicAndNot) {
  ANGIOBENCH_REQUIRE_DATA(path, "expected/stills/edges.json");
  ANGIOBENCH_REQUIRE_DATA(masks, "mosxav");
  const json golden = test::read_stills("edges.json");
  ASSERT_GE(golden.at("spacing").size(), 6U);
  for (const json& row : golden.at("spacing")) {
    const std::string name = row.at("case").get<std::string>();
    const Spacing spacing{row.at("spacing_row_column_mm")[0].get<double>(),
                          row.at("spacing_row_column_mm")[1].get<double>()};
    const MaskPair pair = read_pair(name);
    const PairCounts counts = count(pair.truth, pair.prediction, spacing);
    const DistanceMeasures border = border_distances(counts, spacing);
    const ContourMeasures contour = contour_distances(counts, spacing);
    const auto expect = [&](const char* column, double ours, double theirs) {
      EXPECT_NEAR(ours, theirs, kVesselTolerance * std::max(1.0, theirs))
          << name << " " << column << " " << spacing.row << " x " << spacing.column;
    };
    expect("hd", border.hd, row.at("hd").get<double>());
    expect("hd95", border.hd95, row.at("hd95").get<double>());
    expect("hd95_pooled", border.hd95_pooled, row.at("hd95_pooled").get<double>());
    expect("assd", border.assd, row.at("assd").get<double>());
    expect("masd", border.masd, row.at("masd").get<double>());
    expect("nsd", nsd(counts, spacing, 0.6), row.at("nsd_0.6mm").get<double>());
    expect("sd_hd95", contour.hd95, row.at("sd_hd95").get<double>());
    expect("sd_asd", contour.asd_truth, row.at("sd_asd")[0].get<double>());
    expect("sd_asd", contour.asd_prediction, row.at("sd_asd")[1].get<double>());
    expect("sd_nsd", contour_nsd(counts, spacing, 0.6), row.at("sd_nsd_0.6mm").get<double>());
  }
}

TEST_F(VesselGolden, SkeletonsOfEveryFourthFrame) {
  ANGIOBENCH_REQUIRE_DATA(path, "expected/stills/skeletons.json");
  ANGIOBENCH_REQUIRE_DATA(masks, "mosxav");
  const json golden = test::read_stills("skeletons.json");
  int compared = 0;
  for (const char* const split : {"mosxav-val", "mosxav-test"}) {
    for (const auto& [sequence, rows] : golden.at(split).items()) {
      for (const json& row : rows) {
        const std::string name =
            std::string(split) + "/" + sequence + "/" + row[0].get<std::string>();
        const MaskPair pair = read_pair(name);
        PairNeeds needs;
        needs.skeleton = true;
        PairCounts counts;
        counter_.count(pair.truth.view(), pair.prediction.view(), needs, {}, counts);
        EXPECT_EQ(counts.truth_skeleton, row[1].get<std::uint32_t>()) << name;
        EXPECT_EQ(counts.prediction_skeleton, row[3].get<std::uint32_t>()) << name;
        EXPECT_EQ(test::packed_crc(counter_.skeleton(pair.truth.view())),
                  row[2].get<std::uint32_t>())
            << name;
        EXPECT_EQ(test::packed_crc(counter_.skeleton(pair.prediction.view())),
                  row[4].get<std::uint32_t>())
            << name;
        ++compared;
      }
    }
  }
  EXPECT_GT(compared, 100);
}

TEST_F(VesselGolden, ObjectsOverSequences) {
  ANGIOBENCH_REQUIRE_DATA(path, "expected/stills/video-val.json");
  ANGIOBENCH_REQUIRE_DATA(truth_root, "mosxav/trainval/Annotations");
  ANGIOBENCH_REQUIRE_DATA(prediction_root, "mosxav/predictions/val");
  const json golden = test::read_stills("video-val.json");
  const std::vector<std::string> words = {"cldice", "hd95_defined", "assd_defined", "nsd@2",
                                          "topology"};
  std::vector<std::string> unknown;
  const auto measures = select_pair_measures(words, unknown);
  ASSERT_TRUE(unknown.empty());
  const PairNeeds needs = needs_of(measures);
  int compared = 0;
  for (const auto& [sequence, objects] : golden.at("sequences").items()) {
    const std::string truth_folder = truth_root + "/" + sequence;
    const std::string prediction_folder = prediction_root + "/" + sequence;
    std::vector<std::string> frames = test::common_files(truth_folder, prediction_folder);
    frames.erase(frames.begin());
    frames.pop_back();
    std::map<std::string, PairSums> sums;
    std::map<std::string, std::array<std::uint64_t, 4>> lines;
    for (const auto& [id, row] : objects.items())
      sums.emplace(id, PairSums(measures, PairBothEmpty::left_out));
    for (const std::string& frame : frames) {
      const Mask truth = read_mask(truth_folder + "/" + frame);
      const Mask prediction = read_mask(prediction_folder + "/" + frame);
      for (auto& [id, object] : sums) {
        PairCounts counts;
        counter_.count(test::select_label(truth, std::stoi(id)).view(),
                       test::select_label(prediction, std::stoi(id)).view(), needs, {}, counts);
        object.add(pair_frame(counts, needs, {}));
        std::array<std::uint64_t, 4>& line = lines[id];
        line[0] += counts.truth_skeleton;
        line[1] += counts.truth_skeleton_found;
        line[2] += counts.prediction_skeleton;
        line[3] += counts.prediction_skeleton_inside;
      }
    }
    for (const auto& [id, row] : objects.items()) {
      const std::string name = sequence + "/" + id;
      const std::vector<PairResult> results = sums.at(id).results();
      const auto result = [&](std::string_view wanted) {
        for (std::size_t i = 0; i < measures.size(); ++i) {
          if (measures[i]->id == wanted) return results[i];
        }
        ADD_FAILURE() << wanted << " was not measured";
        return PairResult{};
      };
      EXPECT_EQ(result("hd95_defined").frames, row[0].get<std::uint32_t>()) << name;
      EXPECT_EQ(result("cldice").one_empty, row[1].get<std::uint32_t>()) << name;
      EXPECT_EQ(result("cldice").left_out, row[2].get<std::uint32_t>()) << name;
      const auto expect = [&](std::string_view measure, std::size_t column) {
        const double expected = row[column].get<double>();
        EXPECT_NEAR(result(measure).value.value(), expected,
                    kVesselTolerance * std::max(1.0, expected))
            << name << " " << measure;
      };
      expect("cldice", 3);
      expect("hd95_defined", 4);
      expect("assd_defined", 5);
      expect("nsd@2", 6);
      expect("b0_error", 7);
      expect("b1_error", 8);
      for (std::size_t i = 0; i < 4; ++i)
        EXPECT_EQ(lines[id][i], row[9 + i].get<std::uint64_t>()) << name << " integer " << i;
      expect("components_missed", 13);
      expect("components_invented", 14);
      ++compared;
    }
  }
  EXPECT_EQ(compared, 23);
}

}  // namespace
}  // namespace angiobench
