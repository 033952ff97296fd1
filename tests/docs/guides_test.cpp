// SPDX-License-Identifier: MIT
// What the guides show is what the program reads: their JSON goes through the parsers, their page
// is built.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "dataset/benchmark.h"
#include "dataset/files/atomic_file.h"
#include "dataset/finding_codes.h"
#include "evaluator/comparing/gate.h"
#include "evaluator/protocol.h"
#include "reports/html/page.h"
#include "reports/html/table.h"
#include "reports/tables.h"
#include "tests/support/results.h"

namespace angiobench {
namespace {

std::string guide(const std::string& path) {
  return read_text_file(std::string(ANGIOBENCH_SOURCE) + "/" + path);
}

// The blocks of a language, ```json … ```, without the indentation of a list.
std::vector<std::string> blocks(const std::string& text, const std::string& language) {
  std::vector<std::string> found;
  const std::string fence = "```" + language + "\n";
  for (std::size_t at = text.find(fence); at != std::string::npos; at = text.find(fence, at)) {
    at += fence.size();
    found.push_back(text.substr(at, text.find("```", at) - at));
  }
  return found;
}

std::string with_schema(const std::string& path, const std::string& schema) {
  for (const std::string& block : blocks(guide(path), "json")) {
    if (nlohmann::json::parse(block).value("schema", "") == schema) return block;
  }
  ADD_FAILURE() << path << " shows no " << schema;
  return {};
}

TEST(Guides, ShowABenchmarkThatTheProgramReads) {
  const BenchmarkDefinition benchmark =
      parse_benchmark(with_schema("docs/benchmark.md", "benchmark-2"), "docs/benchmark.md");
  EXPECT_EQ(benchmark.name, "mine-val");
  EXPECT_EQ(load_protocol(benchmark.protocol).name, "vos-benchmark");
}

TEST(Guides, ShowAProtocolThatTheProgramReads) {
  const Protocol protocol =
      parse_protocol(with_schema("CONTRIBUTING.md", "protocol-1"), "CONTRIBUTING.md");
  EXPECT_TRUE(protocol.drop_first_frame);
  EXPECT_EQ(protocol.average, AverageOver::sequences);
}

TEST(Guides, ShowRulesThatTheGateReads) {
  EXPECT_EQ(parse_gate_rules(with_schema("docs/gate.md", "gate-1"), "docs/gate.md").rules.size(),
            4U);
}

TEST(Guides, ShowJsonThatIsJson) {
  for (const std::string path : {"docs/benchmark.md", "docs/gate.md", "CONTRIBUTING.md"}) {
    for (const std::string& block : blocks(guide(path), "json"))
      EXPECT_TRUE(nlohmann::json::accept(block)) << path << "\n" << block;
  }
}

TEST(Guides, NameEveryProtocolThatShips) {
  const std::string scoring = guide("docs/scoring.md");
  for (const std::string& name : protocol_names())
    EXPECT_NE(scoring.find("`" + name + "`"), std::string::npos) << name;
}

// The page of CONTRIBUTING, word for word but for this test's own names.
std::string my_page(const Result& result) {
  using namespace html;
  Markup out;
  {
    const Section section(out, "sequences", "Sequences");
    put_table(out, sequence_table(result), {});
    put_element(out, "p", {{"class", "note"}}, result.dataset.name, ": ", element("b", {}, "done"));
  }
  return wrap_page("My page", {{"sequences", "Sequences"}}, out);
}

TEST(Guides, ShowAPageThatCanBeBuilt) {
  Result result = test::tiny_result();
  result.dataset.name = "<toy>";
  EXPECT_THAT(my_page(result), testing::HasSubstr("&lt;toy&gt;: <b>done</b></p></section>"));
  std::string shown;
  for (const std::string& block : blocks(guide("CONTRIBUTING.md"), "cpp")) shown += block;
  for (const char* const line :
       {"const Section section(out, \"sequences\", \"Sequences\");",
        "put_table(out, sequence_table(result), {});",
        "return wrap_page(\"My page\", {{\"sequences\", \"Sequences\"}}, out);"})
    EXPECT_NE(shown.find(line), std::string::npos) << line;
}

}  // namespace
}  // namespace angiobench
