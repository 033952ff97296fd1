// SPDX-License-Identifier: MIT
// Published figures (reports/published.h). What is accepted makes an entry of a leaderboard that is
// read back as it was written, or is refused by the leaderboard's own limits.
#include <cstdlib>
#include <string_view>

#include "dataset/error.h"
#include "reports/leaderboard/entry.h"
#include "reports/published.h"
#include "tests/fuzz/fuzz_target.h"

namespace angiobench::test {

std::vector<std::vector<std::uint8_t>> fuzz_seeds() {
  constexpr std::string_view kTexts[] = {
      R"({"schema": "published-1", "unit": "percent", "source": {"title": "t", "url": "https://a.org", "label": "l"},)"
      R"( "entries": [{"dataset": "d", "split": "val", "method": "m", "variant": "v", "id": "7", "venue": "x", "year": 2024,)"
      R"( "figures": {"J&F": "79.15", "J": "78.2", "F": "80.1", "fps": "20"}, "derived": ["J&F"], "note": "n"}]})",
      R"({"schema": "published-1", "unit": "percent", "source": {"title": "t", "url": "http://a.org"}, "entries": [],)"
      R"( "tables": [{"table": "table2", "title": "t", "dataset": "d", "label": "l", "rows": [{"label": "r",)"
      R"( "figures": {"J&F": "49.2", "J seen": "-1.5", "F seen": "50", "J unseen": "1", "F unseen": "2.123456"}}]}]})",
  };
  std::vector<std::vector<std::uint8_t>> seeds;
  for (const std::string_view text : kTexts) seeds.emplace_back(text.begin(), text.end());
  return seeds;
}

}  // namespace angiobench::test

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace angiobench;
  try {
    const PublishedFile file =
        parse_published({reinterpret_cast<const char*>(data), size}, "fuzz.json");
    for (const PublishedTable& table : file.tables) {
      for (const PublishedRow& row : table.rows) check_mean(row.figures);
    }
    for (const PublishedEntry& published : file.entries) {
      check_mean(published.figures);
      const BoardEntry entry = reported_entry(file, published);
      const BoardEntry again = parse_entry(entry.meta, entry.result, "again.json");
      if (again.submission_digest != entry.submission_digest ||
          again.figures.size() != entry.figures.size()) {
        std::abort();
      }
    }
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::bug) std::abort();
  }
  return 0;
}
