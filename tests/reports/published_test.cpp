// SPDX-License-Identifier: MIT
#include "reports/published.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <sstream>

#include "dataset/files/atomic_file.h"
#include "dataset/error.h"
#include "tests/support/test_data.h"

namespace angiobench {
namespace {

using testing::HasSubstr;

// A CSV file as maps from column to cell; quotes as RFC 4180.
std::vector<std::map<std::string, std::string>> read_csv(const std::string& path) {
  const std::string text = read_text_file(path);
  std::vector<std::vector<std::string>> rows(1, std::vector<std::string>(1));
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quoted && c == '"' && i + 1 < text.size() && text[i + 1] == '"') {
      rows.back().back() += '"';
      ++i;
    } else if (c == '"') {
      quoted = !quoted;
    } else if (!quoted && c == ',') {
      rows.back().emplace_back();
    } else if (!quoted && c == '\n') {
      rows.emplace_back(1);
    } else if (quoted || c != '\r') {
      rows.back().back() += c;
    }
  }
  if (rows.back().size() == 1) rows.pop_back();
  std::vector<std::map<std::string, std::string>> maps;
  for (std::size_t r = 1; r < rows.size(); ++r) {
    std::map<std::string, std::string> map;
    for (std::size_t c = 0; c < rows[r].size(); ++c) map[rows[0][c]] = rows[r][c];
    maps.push_back(map);
  }
  return maps;
}

std::map<std::string, std::string> figure_texts(const std::vector<PublishedFigure>& figures) {
  std::map<std::string, std::string> texts;
  for (const PublishedFigure& figure : figures)
    texts[figure.metric.id + " " + figure.place] = exact_text(figure.number);
  return texts;
}

constexpr char kSmall[] = R"({"schema": "published-1", "unit": "percent",
  "source": {"title": "A paper", "url": "https://example.org/a"},
  "entries": [{"dataset": "mosxav-val", "method": "M", "figures": {"J&F": "79.7", "J": "70.7", "F": "87.6"}}]})";

TEST(Decimal, KeepsTheDigitsItWasPrintedWith) {
  EXPECT_EQ(exact_text(parse_decimal("88.70").value()), "88.70");
  EXPECT_EQ(exact_text(parse_decimal("-3.1").value()), "-3.1");
  EXPECT_EQ(exact_text(parse_decimal("0.006").value()), "0.006");
  EXPECT_EQ(exact_text(shift_left(parse_decimal("-1.5").value(), 2)), "-0.015");
  EXPECT_DOUBLE_EQ(to_double(shift_left(parse_decimal("49.3").value(), 2)), 0.493);
}

TEST(Decimal, RefusesWhatIsNoPlainNumber) {
  for (const char* text : {"", "-", ".5", "5.", "1e3", "+1", "1.2.3", "nan", "1234567890", " 1"}) {
    EXPECT_FALSE(parse_decimal(text).has_value()) << text;
  }
}

TEST(Decimal, RoundsHalvesAwayFromZero) {
  EXPECT_EQ(rounded_text({8855, 2}, 1), "88.6");
  EXPECT_EQ(rounded_text({-8855, 2}, 1), "-88.6");
  EXPECT_EQ(rounded_text({8854, 2}, 1), "88.5");
  EXPECT_EQ(rounded_text({20, 0}, 1), "20.0");
  EXPECT_EQ(fixed_text(-0.0001, 1), "0.0");
  EXPECT_EQ(full_text(0.1), "0.1");
}

TEST(Published, ShipsEveryFigureOfTheCollectionExactly) {
  ANGIOBENCH_REQUIRE_DATA(path, "reference_scores.csv");
  const std::map<std::string, std::string> kDatasets = {
      {"DAVIS2016 val", "davis2016-val"},
      {"DAVIS2017 val", "davis2017-val"},
      {"DAVIS2017 test-dev", "davis2017-test-dev"},
      {"YouTubeVOS2018 val", "youtube-vos-2018-valid"},
      {"YouTubeVOS2019 val", "youtube-vos-2019-valid"},
      {"MOSEv1 val", "mose-v1-valid"},
      {"MOSEv2 val", "mose-v2-valid"},
      {"SA-V val", "sa-v-val"},
      {"SA-V test", "sa-v-test"},
      {"LVOSv1 val", "lvos-v1-val"},
      {"LVOSv1 test", "lvos-v1-test"},
      {"LVOSv2 val", "lvos-v2-val"},
      {"VOST val", "vost-val"},
      {"MOSXAV val", "mosxav-val"},
      {"MOSXAV test", "mosxav-test"},
      {"XACV test", "xacv"}};
  const std::map<std::string, std::string> kColumns = {
      {"JF", "J&F overall"},   {"J", "J overall"},   {"F", "F overall"},
      {"J_seen", "J seen"},    {"F_seen", "F seen"}, {"J_unseen", "J unseen"},
      {"F_unseen", "F unseen"}};

  // Every line of the collection has an entry of its own: same source, method, year and figures,
  // digits included.
  std::multimap<std::string, std::map<std::string, std::string>> shipped;
  std::size_t num_shipped = 0;
  for (const PublishedFile& file : published_files()) {
    // The paper's tables and PAXRay's README are no part of the collection.
    if (file.name == published_paper().name || file.name == "paxray-readme.json") continue;
    for (const PublishedEntry& entry : file.entries) {
      shipped.emplace(file.source.url + "|" + entry.dataset + "|" + entry.split + "|" +
                          entry.method + "|" + (entry.year == 0 ? "" : std::to_string(entry.year)),
                      figure_texts(entry.figures));
      ++num_shipped;
    }
  }
  const auto lines = read_csv(path);
  EXPECT_EQ(lines.size(), 396U);
  EXPECT_EQ(num_shipped, lines.size());
  for (const auto& line : lines) {
    std::map<std::string, std::string> expected;
    for (const auto& [column, name] : kColumns) {
      if (!line.at(column).empty()) expected[name] = line.at(column);
    }
    std::istringstream extras(line.at("extra"));
    for (std::string part; std::getline(extras, part, ';');) {
      const std::size_t sign = part.find('=');
      if (part.substr(0, sign) == "all_frames") continue;
      const std::map<std::string, std::string> kExtras = {{"J&Fdot", "J&Ḟ"},
                                                          {"Fdot", "Ḟ"},
                                                          {"J&Fdot_disappear", "J&Ḟ_d"},
                                                          {"J&Fdot_reappear", "J&Ḟ_r"}};
      std::string name = part.substr(0, sign);
      if (kExtras.contains(name)) name = kExtras.at(name);
      // The one "-0.0" there is shown without its sign.
      expected[name + " overall"] = exact_text(parse_decimal(part.substr(sign + 1)).value());
    }
    const std::string key = "https://github.com/" + line.at("source_repo") + "/blob/" +
                            line.at("commit") + "/" + line.at("source_path") + "|" +
                            kDatasets.at(line.at("benchmark") + " " + line.at("split")) + "|" +
                            line.at("split") + "|" + line.at("method") + "|" + line.at("year");
    const auto [first, last] = shipped.equal_range(key);
    const auto found =
        std::find_if(first, last, [&](const auto& item) { return item.second == expected; });
    ASSERT_NE(found, last) << key;
    shipped.erase(found);
  }
  EXPECT_TRUE(shipped.empty());
}

TEST(Published, ShipsThePapersTablesExactly) {
  ANGIOBENCH_REQUIRE_DATA(folder, "paper");
  const PublishedFile& paper = published_paper();
  const std::map<std::string, std::string> kColumns = {
      {"jf", "J&F overall"}, {"j", "J overall"}, {"f", "F overall"}, {"js", "J seen"},
      {"fs", "F seen"},      {"ju", "J unseen"}, {"fu", "F unseen"}};
  std::size_t cells = 0;
  for (const auto& line : read_csv(folder + "/table1.csv")) {
    for (const auto& [column, text] : line) {
      const std::size_t cut = column.rfind('_');
      if (cut == std::string::npos) continue;
      std::string dataset = column.substr(0, cut);
      std::ranges::replace(dataset, '_', '-');
      for (const PublishedEntry& entry : paper.entries) {
        if (entry.method != line.at("method") || entry.dataset != dataset) continue;
        EXPECT_EQ(figure_texts(entry.figures).at(kColumns.at(column.substr(cut + 1))), text)
            << entry.method;
        EXPECT_EQ(entry.venue + (entry.venue.empty() ? "" : " ") + std::to_string(entry.year),
                  line.at("venue"));
        ++cells;
      }
    }
  }
  EXPECT_EQ(cells, 12U * 14U);
  EXPECT_EQ(paper.entries.size(), 48U);

  const std::map<std::string, std::map<std::string, std::string>> kTables = {
      {"table2", {{"mosxav_val_mean_j", "J overall"}}},
      {"table3a",
       {{"mean_j", "J overall"},
        {"fps_rtx6000", "fps RTX6000"},
        {"fps_i9_13900h", "fps i9-13900H"},
        {"fps_i9_13900h_std", "fps_std i9-13900H"},
        {"fps_r9_7940hs", "fps R9-7940HS"},
        {"fps_r9_7940hs_std", "fps_std R9-7940HS"}}},
      {"table3b", {{"mean_j", "J overall"}, {"fps_rtx6000", "fps RTX6000"}}},
      {"table3c", {{"mean_j", "J overall"}, {"fps_rtx6000", "fps RTX6000"}}}};
  ASSERT_EQ(paper.tables.size(), kTables.size());
  for (const PublishedTable& table : paper.tables) {
    const auto lines = read_csv(folder + "/" + table.name + ".csv");
    ASSERT_EQ(table.rows.size(), lines.size()) << table.name;
    for (std::size_t r = 0; r < lines.size(); ++r) {
      std::map<std::string, std::string> expected;
      for (const auto& [column, name] : kTables.at(table.name)) {
        if (!lines[r].at(column).empty()) expected[name] = lines[r].at(column);
      }
      EXPECT_EQ(figure_texts(table.rows[r].figures), expected) << table.name << " row " << r;
    }
  }
}

TEST(Published, MarksTheFourMeansOfTableOneThatDoNotFollow) {
  std::vector<std::string> marked;
  for (const PublishedEntry& entry : published_paper().entries) {
    const MeanCheck check = check_mean(entry.figures);
    EXPECT_TRUE(check.checked) << entry.method;
    if (!check.follows) marked.push_back(entry.method + " " + entry.dataset + " " + check.mean);
  }
  EXPECT_THAT(marked, testing::ElementsAre("STM mosxav-val 79.15", "STCN mosxav-test 73.65",
                                           "XMem mosxav-test 73.75",
                                           "Local matching (the paper's) mosxav-test 76.60"));
}

TEST(Published, RefusesAFileThatItDoesNotUnderstandAndNamesTheField) {
  EXPECT_EQ(parse_published(kSmall, "a.json").entries.at(0).figures.size(), 3U);
  const auto message = [](std::string_view from, std::string_view to) {
    std::string text = kSmall;
    text.replace(text.find(from), from.size(), to);
    try {
      parse_published(text, "a.json");
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::input);
      return std::string(error.what());
    }
    return std::string("accepted");
  };
  EXPECT_THAT(message("published-1", "published-2"),
              HasSubstr("its schema is 'published-2'; expected published-1"));
  EXPECT_THAT(message("\"79.7\"", "79.7"), HasSubstr("entries[0].figures.J&F is not a text"));
  EXPECT_THAT(message("79.7", "many"), HasSubstr("entries[0].figures.J&F is 'many'"));
  EXPECT_THAT(message("\"method\": \"M\", ", ""), HasSubstr("entries[0] has no 'method'"));
  EXPECT_THAT(message("https://example.org/a", "javascript:alert(1)"), HasSubstr("source.url is"));
  EXPECT_THAT(message("\"percent\"", "\"fraction\""), HasSubstr("its unit is 'fraction'"));
}

}  // namespace
}  // namespace angiobench
