// SPDX-License-Identifier: MIT
#include "reports/datasheet.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <nlohmann/json.hpp>
#include <string>

#include "dataset/error.h"
#include "dataset/masks/png.h"
#include "dataset/validator/validate_dataset.h"
#include "tests/support/croissant_rules.h"
#include "tests/support/golden_text.h"
#include "tests/support/masks.h"
#include "tests/support/temp_folder.h"
#include "tests/support/test_data.h"

namespace angiobench {
namespace {

using test::TempFolder;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

DatasetCard example_card() {
  DatasetCard card;
  card.description = "Drawn squares | for tests.";
  card.license = "https://creativecommons.org/licenses/by/4.0/";
  card.url = "https://example.org/squares";
  card.citation = "Squares, 2026";
  card.published = "2026-01-31";
  card.creators = {"A. Person", "B. Person"};
  card.frame_rate = 15;
  card.version = "1.0.2";
  return card;
}

// Two sequences of squares; the second object of the first appears late.
class Described {
 public:
  Described() {
    for (int i = 0; i < 3; ++i) {
      Mask a(60, 40);
      Mask b(60, 40);
      fill(a, 5 + 2 * i, 5, 10, 1);
      if (i > 0) fill(a, 0, 25, 8, 2);
      fill(b, 20, 10 + i, 12, 1);
      write_mask_png(folder_ / ("d/masks/a/0000" + std::to_string(i) + ".png"), a.view(),
                     voc_palette());
      write_mask_png(folder_ / ("d/masks/b/0000" + std::to_string(i) + ".png"), b.view(),
                     voc_palette());
    }
    benchmark_ = parse_benchmark(
        R"({"schema": "benchmark-2", "name": "squares", "title": "Squares that move",
            "protocol": "strict", "annotations": ["masks"], "split": "test",
            "classes": [{"id": 1, "name": "vessel", "color": [200, 0, 0]},
                        {"id": 2, "name": "wire", "color": [0, 200, 0]}]})",
        "squares.json");
    validation_ = validate_dataset(folder_ / "d", benchmark_);
    traits_ = read_dataset_traits(folder_ / "d", benchmark_);
  }

  std::string sheet(const DatasetCard& card = example_card()) const {
    return datasheet_markdown(validation_, traits_, benchmark_, card);
  }
  std::string croissant(const DatasetCard& card = example_card()) const {
    return croissant_json(validation_, traits_, benchmark_, card, "squares.json");
  }
  DatasetTraits& traits() { return traits_; }

 private:
  static void fill(Mask& mask, int left, int top, int side, int label) {
    for (int y = top; y < top + side; ++y) {
      for (int x = left; x < left + side; ++x) mask.at(x, y) = static_cast<std::uint8_t>(label);
    }
  }
  TempFolder folder_;
  BenchmarkDefinition benchmark_;
  Validation validation_;
  DatasetTraits traits_;
};

TEST(Datasheet, ReadsAsAWholeText) {
  EXPECT_EQ(test::golden_problem("text/datasheet.md", Described().sheet()), "");
}

TEST(Datasheet, SaysWhatIsNotKnown) {
  const std::string sheet = Described().sheet({});
  EXPECT_THAT(sheet, HasSubstr("| Frame rate | not stated; every frame is annotated |"));
  EXPECT_THAT(sheet, HasSubstr("| Licence | not stated |"));
  EXPECT_THAT(sheet, HasSubstr("Contrast was not measured: no images lie with the masks"));
  EXPECT_THAT(sheet, HasSubstr("no other split lies below the same folder"));
  EXPECT_THAT(sheet, Not(HasSubstr("## To cite")));
}

TEST(Datasheet, EscapesWhatAuthorsAndFoldersAreCalled) {
  DatasetCard card = example_card();
  card.creators = {"<script>alert(1)</script>"};
  Described described;
  described.traits().splits = {{"a|b", 1, {"x`y"}, 0, 0}};
  const std::string sheet = described.sheet(card);
  EXPECT_THAT(sheet, Not(HasSubstr("<script>")));
  EXPECT_THAT(sheet, HasSubstr("Against a\\|b"));
}

TEST(Croissant, KeepsTheRulesOfThePublishedFormat) {
  const nlohmann::json document = nlohmann::json::parse(Described().croissant());
  EXPECT_THAT(test::broken_croissant_rules(document), IsEmpty());
  EXPECT_EQ(document["recordSet"][0]["data"][1]["sequences/name"], "b");
  EXPECT_EQ(document["recordSet"][0]["data"][0]["sequences/objects"], 2);
}

TEST(Croissant, KeepsThemWithAnArchiveFilesAndImages) {
  DatasetCard card = example_card();
  card.archive_url = "https://example.org/squares.zip";
  card.archive_sha256 = std::string(64, 'a');
  Described described;
  described.traits().images_glob = "frames/*/*.jpg";
  described.traits().files = {{"ImageSets/test.txt", std::string(64, 'b'), 8}};
  const nlohmann::json document = nlohmann::json::parse(described.croissant(card));
  EXPECT_THAT(test::broken_croissant_rules(document), IsEmpty());
  EXPECT_EQ(document["distribution"][1]["containedIn"]["@id"], "archive");
}

TEST(Croissant, SaysWhatTheCardLacks) {
  DatasetCard card = example_card();
  card.license.clear();
  card.creators.clear();
  try {
    Described().croissant(card);
    FAIL() << "written";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::input);
    EXPECT_THAT(error.what(), HasSubstr("squares.json: says nothing of \"license\", \"creators\""));
    EXPECT_THAT(error.what(), HasSubstr("--card FILE"));
  }
}

// The checker can fail: each breach is told.
TEST(Croissant, IsHeldByRulesThatSeeEachBreach) {
  const nlohmann::json good = nlohmann::json::parse(Described().croissant());
  const auto breach = [&](const std::function<void(nlohmann::json&)>& change) {
    nlohmann::json bad = good;
    change(bad);
    return test::broken_croissant_rules(bad);
  };
  for (const char* const name : {"@context", "@type", "name", "description", "conformsTo",
                                 "license", "url", "creator", "datePublished", "distribution"}) {
    EXPECT_THAT(breach([&](nlohmann::json& bad) { bad.erase(name); }), Not(IsEmpty())) << name;
  }
  EXPECT_THAT(breach([](nlohmann::json& bad) { bad["datePublished"] = "soon"; }),
              Contains(HasSubstr("is no date")));
  EXPECT_THAT(breach([](nlohmann::json& bad) { bad["@context"].erase("regex"); }),
              Contains(HasSubstr("does not know regex")));
  EXPECT_THAT(breach([](nlohmann::json& bad) { bad["distribution"][0].erase("includes"); }),
              Contains(HasSubstr("has no includes")));
  EXPECT_THAT(
      breach([](nlohmann::json& bad) { bad["distribution"][0]["@type"] = "cr:FileObject"; }),
      Contains(HasSubstr("has no digest")));
  EXPECT_THAT(breach([](nlohmann::json& bad) { bad["recordSet"][0]["@id"] = "masks"; }),
              Contains(HasSubstr("stands twice")));
  EXPECT_THAT(
      breach([](nlohmann::json& bad) { bad["recordSet"][0]["data"][0].erase("sequences/name"); }),
      Contains(HasSubstr("has not the fields of its set")));
  EXPECT_THAT(
      breach([](nlohmann::json& bad) { bad["recordSet"][0]["data"][0]["sequences/width"] = "60"; }),
      Contains(HasSubstr("is not sc:Integer")));
  EXPECT_THAT(breach([](nlohmann::json& bad) {
                bad["recordSet"][1]["field"][0]["source"]["fileSet"]["@id"] = "pictures";
              }),
              Contains(HasSubstr("which is not there")));
  EXPECT_THAT(breach([](nlohmann::json& bad) { bad["recordSet"][0]["key"]["@id"] = "masks"; }),
              Contains(HasSubstr("is none of its fields")));
}

TEST(Croissant, DescribesTheSharedMosxavMasks) {
  ANGIOBENCH_REQUIRE_DATA(path, "mosxav");
  const BenchmarkDefinition benchmark = load_benchmark("mosxav-test");
  const DatasetCard card = load_dataset_card("mosxav-test");
  const Validation validation = validate_dataset(path, benchmark);
  const DatasetTraits traits = read_dataset_traits(path, benchmark);
  const std::string text = croissant_json(validation, traits, benchmark, card, "mosxav-test");
  EXPECT_THAT(test::broken_croissant_rules(nlohmann::json::parse(text)), IsEmpty());
  const std::string sheet = datasheet_markdown(validation, traits, benchmark, card);
  EXPECT_THAT(sheet, HasSubstr("| Sequences | 12 |"));
  EXPECT_THAT(sheet, HasSubstr("Against mosxav-train (18 sequences): "));
  EXPECT_THAT(sheet, HasSubstr("Against mosxav-val (12 sequences): "));
}

}  // namespace
}  // namespace angiobench
