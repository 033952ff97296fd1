// SPDX-License-Identifier: MIT
#include "dataset/dataset_card.h"

#include <algorithm>
#include <string_view>

#include "dataset/benchmark.h"
#include "dataset/characters.h"
#include "dataset/files/atomic_file.h"

namespace angiobench {
namespace {

bool is_url(std::string_view text) {
  return (text.starts_with("https://") || text.starts_with("http://")) &&
         text.find_first_of(" \t\r\n\"<>") == std::string_view::npos && text.size() > 8;
}

// "2026", "2026-01" or "2026-01-31".
bool is_date(std::string_view text) {
  if (text.size() != 4 && text.size() != 7 && text.size() != 10) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool is_dash = i == 4 || i == 7;
    if (is_dash ? text[i] != '-' : !is_digit(text[i])) return false;
  }
  const auto number = [&](std::size_t at) { return (text[at] - '0') * 10 + text[at + 1] - '0'; };
  const int month = text.size() > 4 ? number(5) : 1;
  const int day = text.size() > 7 ? number(8) : 1;
  return month >= 1 && month <= 12 && day >= 1 && day <= 31;
}

// "1.0.2".
bool is_version(std::string_view text) {
  int points = 0;
  char before = '.';
  for (const char c : text) {
    if (c == '.' ? before == '.' : !is_digit(c)) return false;
    points += c == '.' ? 1 : 0;
    before = c;
  }
  return points == 2 && before != '.';
}

bool is_digest(std::string_view text) {
  return text.size() == 64 &&
         std::ranges::all_of(text, [](char c) { return is_digit(c) || (c >= 'a' && c <= 'f'); });
}

std::string checked(JsonFields& fields, std::string_view name, bool (*is_good)(std::string_view),
                    const std::string& expected) {
  std::string text = fields.string_or(name, "");
  if (!text.empty() && !is_good(text)) fields.fail(name, expected);
  return text;
}

}  // namespace

DatasetCard read_dataset_card(JsonFields fields) {
  const std::string url = "an URL that begins with https:// or http://";
  DatasetCard card;
  card.description = fields.string_or("description", "");
  card.license = checked(fields, "license", is_url, url);
  card.url = checked(fields, "url", is_url, url);
  card.citation = fields.string_or("citation", "");
  card.version = checked(fields, "version", is_version, "MAJOR.MINOR.PATCH, e.g. \"1.0.0\"");
  card.published = checked(fields, "published", is_date, "a date as YYYY, YYYY-MM or YYYY-MM-DD");
  card.creators = fields.strings_or("creators", {});
  card.frame_rate = fields.number_or("frame_rate", 0, 0, 10000);
  if (fields.has("archive")) {
    JsonFields archive = fields.object("archive");
    card.archive_url = checked(archive, "url", is_url, url);
    card.archive_sha256 = checked(archive, "sha256", is_digest, "64 hexadecimal digits");
    if (card.archive_url.empty()) archive.fail("url", url);
    if (card.archive_sha256.empty()) archive.fail("sha256", "64 hexadecimal digits");
    archive.expect_no_more();
  }
  fields.expect_no_more();
  return card;
}

DatasetCard load_dataset_card(const std::string& name_or_file) {
  const bool is_file = name_or_file.ends_with(".json");
  const std::string text =
      is_file ? read_text_file(name_or_file) : std::string(benchmark_text(name_or_file));
  const Json document = parse_json(text, name_or_file);
  JsonFields fields(document, name_or_file);
  return fields.has("card") ? read_dataset_card(fields.object("card")) : DatasetCard{};
}

}  // namespace angiobench
