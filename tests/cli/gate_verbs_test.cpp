// SPDX-License-Identifier: MIT
// `check` and `compare` as a user runs them: the program itself, on result files.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "dataset/files/atomic_file.h"
#include "reports/result_json.h"
#include "tests/support/results.h"
#include "tests/support/stated_results.h"
#include "tests/support/temp_folder.h"
#include "tests/support/test_data.h"

namespace angiobench {
namespace {

using test::ObjectMeans;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::MatchesRegex;
using ::testing::Not;
using ::testing::StartsWith;

struct Ran {
  int code = -1;
  std::string out;
  std::string err;
};

std::string quoted(const std::string& text) {
  std::string word = "'";
  for (const char c : text) word += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return word + "'";
}

class GateVerbs : public ::testing::Test {
 protected:
  // Runs the program with these settings of the environment ("A=b") and nothing of a CI around it.
  Ran run(const std::vector<std::string>& arguments,
          const std::vector<std::string>& environment = {}) const {
    std::string command = "env -u CI -u GITHUB_ACTIONS -u GITHUB_STEP_SUMMARY";
    for (const std::string& setting : environment) command += " " + quoted(setting);
    command += " " + quoted(ANGIOBENCH_PROGRAM);
    for (const std::string& argument : arguments) command += " " + quoted(argument);
    command += " 2>" + quoted(folder_ / "stderr.txt");
    Ran result;
    FILE* const pipe = ::popen(command.c_str(), "r");
    if (pipe == nullptr) return result;
    std::array<char, 4096> buffer{};
    for (std::size_t count = 0; (count = std::fread(buffer.data(), 1, buffer.size(), pipe)) > 0;) {
      result.out.append(buffer.data(), count);
    }
    const int status = ::pclose(pipe);
    result.code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    result.err = read_text_file(folder_ / "stderr.txt");
    return result;
  }

  std::string write_result(const std::string& name, const Result& result) const {
    folder_.write(name, result_to_json(test::readable(result)));
    return folder_ / name;
  }

  std::string write_rules(const std::string& rules) const {
    folder_.write("gate.json", R"({"schema": "gate-1", "rules": [)" + rules + "]}");
    return folder_ / "gate.json";
  }

  test::TempFolder folder_;
};

std::vector<ObjectMeans> six_objects() {
  return {{"v00", 1, 0.8, 0.8},   {"v01", 1, 0.7, 0.7}, {"v02", 1, 0.6, 0.6},
          {"v03", 1, 0.05, 0.05}, {"v04", 1, 0.5, 0.5}, {"v05", 1, 0.9, 0.9}};
}

constexpr const char* kSequenceRule =
    R"({"metric": "J&F", "scope": "each-sequence", "max_drop": 0.05})";

TEST_F(GateVerbs, CheckCatchesOneSequenceThatRegressed) {
  const std::string baseline =
      write_result("baseline.json", test::stated_result("main", six_objects()));
  std::vector<ObjectMeans> objects = six_objects();
  objects[2].j = objects[2].f = 0.4;
  const std::string result =
      write_result("run/result.json", test::stated_result("branch", objects));
  const std::string rules = write_rules(kSequenceRule);
  const Ran check = run({"check", folder_ / "run", "--baseline", baseline, "--rules", rules});
  EXPECT_EQ(check.code, 1) << check.err;
  EXPECT_THAT(check.out, StartsWith("Gate failed: of 1 rule 1 failed\n"));
  EXPECT_THAT(check.out, HasSubstr("v02 60.00 → 40.00 (−20.00)"));
  EXPECT_THAT(check.err, IsEmpty());
  // Against itself it passes.
  EXPECT_EQ(run({"check", baseline, "-b", baseline, "-r", rules}).code, 0);
}

TEST_F(GateVerbs, CheckShowsEveryVerdictWordOnce) {
  Result before = test::stated_result("main", six_objects());
  std::vector<ObjectMeans> objects = six_objects();
  objects[0].j = objects[0].f = 0.85;    // improved
  objects[1].j = objects[1].f = 0.6;     // regressed
  objects[2].j = objects[2].f = 0.0;     // new failure
  objects[3].j = objects[3].f = 0.6;     // fixed
  objects[4].j = objects[4].f = 0.5001;  // within tolerance
  Result after = test::stated_result("branch", objects);
  after.sequences[5].objects[0].values.erase(Metric("F"));  // not comparable
  const std::string baseline = write_result("baseline.json", before);
  const std::string result = write_result("result.json", after);
  const std::string rules = write_rules(kSequenceRule);
  const Ran check = run({"check", result, "-b", baseline, "-r", rules, "--json", "-"});
  EXPECT_EQ(check.code, 1);
  const nlohmann::json report = nlohmann::json::parse(check.out);
  std::vector<std::string> words;
  for (const nlohmann::json& change : report["comparison"]["sequences"])
    words.push_back(change["verdict"]);
  EXPECT_THAT(words, ::testing::ElementsAre("improved", "regressed", "new failure", "fixed",
                                            "within tolerance", "not comparable"));
  const Ran same = run({"check", baseline, "-b", baseline, "-r", rules});
  EXPECT_THAT(same.out, HasSubstr("= no change (identical masks)"));
  const Ran text = run({"check", result, "-b", baseline, "-r", rules});
  for (const char* label :
       {"▲ improved", "▼ regressed", "! new failure", "* fixed", "x not comparable"}) {
    EXPECT_THAT(text.out, HasSubstr(label));
  }
}

TEST_F(GateVerbs, CheckIsInconclusiveRatherThanPassed) {
  const Result good = test::stated_result("main", six_objects());
  const std::string baseline = write_result("baseline.json", good);
  const std::string rules = write_rules(kSequenceRule);
  // No baseline: not named, or not there.
  EXPECT_EQ(run({"check", baseline, "-r", rules}).code, 4);
  const Ran absent = run({"check", baseline, "-r", rules, "-b", folder_ / "nowhere.json"});
  EXPECT_EQ(absent.code, 4);
  EXPECT_THAT(absent.out, HasSubstr("is not there; --renew-baseline makes it"));
  const std::string floor = R"({"metric": "J", "scope": "overall", "min": 0.1})";
  const std::string floor_rules = write_rules(floor);
  EXPECT_EQ(run({"check", baseline, "-r", floor_rules}).code, 0);
  EXPECT_EQ(run({"check", baseline, "-r", floor_rules, "-b", folder_ / "nowhere.json"}).code, 4);
  // Another data set, another protocol, an incomplete result, other cases.
  Result other = good;
  other.dataset.digest = "sha256:" + std::string(64, '0');
  EXPECT_EQ(run({"check", write_result("r.json", other), "-b", baseline, "-r",
                 write_rules(kSequenceRule)})
                .code,
            4);
  other = good;
  other.protocol.rules = R"({"other":1})";
  EXPECT_EQ(run({"check", write_result("r.json", other), "-b", baseline, "-r", rules}).code, 4);
  other = good;
  other.complete = false;
  EXPECT_EQ(run({"check", write_result("r.json", other), "-b", baseline, "-r", rules}).code, 4);
  std::vector<ObjectMeans> fewer = six_objects();
  fewer.pop_back();
  const std::string part = write_result("part.json", test::stated_result("part", fewer));
  EXPECT_EQ(run({"check", part, "-b", baseline, "-r", rules}).code, 4);
  EXPECT_EQ(run({"check", part, "-b", baseline, "-r", rules, "--lenient"}).code, 0);
  // A rule that matches nothing.
  const std::string nothing =
      write_rules(R"({"metric": "clDice", "scope": "each-object", "min": 0.1})");
  EXPECT_EQ(run({"check", baseline, "-r", nothing}).code, 4);
}

TEST_F(GateVerbs, CheckRefusesWhatItCannotRead) {
  const std::string baseline =
      write_result("baseline.json", test::stated_result("main", six_objects()));
  const std::string rules = write_rules(kSequenceRule);
  EXPECT_EQ(run({"check"}).code, 2);
  // Without rules the default ones hold, and those want a baseline.
  EXPECT_EQ(run({"check", baseline}).code, 4);
  EXPECT_EQ(run({"check", baseline, baseline, "-r", rules}).code, 2);
  EXPECT_EQ(run({"check", baseline, "-r", rules, "--rule", rules}).code, 2);
  EXPECT_EQ(run({"check", baseline, "-r", rules, "-b", ""}).code, 2);
  EXPECT_EQ(run({"check", baseline, "-r", rules, "--annotations", "yes"}).code, 2);
  EXPECT_EQ(run({"check", baseline, "-r", rules, "--json", "-", "--junit", "-"}).code, 2);
  EXPECT_EQ(run({"check", baseline, "-r", rules, "--accept"}).code, 2);
  const Ran wrong_path = run({"check", folder_ / "nowhere", "-r", rules, "-b", baseline});
  EXPECT_EQ(wrong_path.code, 3);
  EXPECT_THAT(wrong_path.err, HasSubstr("nowhere"));
  EXPECT_EQ(run({"check", baseline, "-r", folder_ / "nowhere.json"}).code, 3);
  const Ran typo = run({"check", baseline, "-b", baseline, "-r",
                        write_rules(R"({"metric": "J", "scope": "overall", "max_drp": 0.1})")});
  EXPECT_EQ(typo.code, 3);
  EXPECT_THAT(typo.err, HasSubstr("unknown field 'rules[0].max_drp'"));
  EXPECT_EQ(run({"check", baseline, "-b", baseline, "-r", write_rules("")}).code, 3);
  folder_.write("broken.json", "{\"schema_version\": ");
  EXPECT_EQ(
      run({"check", baseline, "-b", folder_ / "broken.json", "-r", write_rules(kSequenceRule)})
          .code,
      3);
}

TEST_F(GateVerbs, CheckWritesEveryReportInOneRun) {
  const std::string baseline =
      write_result("baseline.json", test::stated_result("main", six_objects()));
  std::vector<ObjectMeans> objects = six_objects();
  objects[2].j = objects[2].f = 0.4;
  const std::string result = write_result("result.json", test::stated_result("branch", objects));
  const std::string rules = write_rules(kSequenceRule);
  const Ran check =
      run({"check", result, "-b", baseline, "-r", rules, "--json", folder_ / "gate-report.json",
           "--junit", folder_ / "gate.xml", "--markdown", folder_ / "gate.md", "--openmetrics",
           folder_ / "gate.prom"});
  EXPECT_EQ(check.code, 1);
  EXPECT_THAT(check.out, StartsWith("Gate failed"));
  EXPECT_THAT(check.out, Not(HasSubstr("::error")));
  EXPECT_EQ(nlohmann::json::parse(read_text_file(folder_ / "gate-report.json"))["verdict"],
            "failed");
  EXPECT_THAT(read_text_file(folder_ / "gate.xml"), HasSubstr("<failure type=\"gate\""));
  EXPECT_THAT(read_text_file(folder_ / "gate.md"), StartsWith("## ❌ Gate failed"));
  EXPECT_THAT(read_text_file(folder_ / "gate.prom"), ::testing::EndsWith("# EOF\n"));
}

TEST_F(GateVerbs, CheckSpeaksToGithub) {
  const std::string baseline =
      write_result("baseline.json", test::stated_result("main", six_objects()));
  std::vector<ObjectMeans> objects = six_objects();
  objects[2].j = objects[2].f = 0.4;
  const std::string result =
      write_result("result.json", test::stated_result("branch\n::stop-commands::x", objects));
  const std::string rules = write_rules(kSequenceRule);
  folder_.write("summary.md", "before\n");
  const std::vector<std::string> github = {"CI=true", "GITHUB_ACTIONS=true",
                                           "GITHUB_STEP_SUMMARY=" + folder_ / "summary.md"};
  const Ran check = run({"check", result, "-b", baseline, "-r", rules}, github);
  EXPECT_EQ(check.code, 1);
  EXPECT_THAT(check.out,
              HasSubstr("\n::error title=angiobench check::failed: J&F of each sequence"));
  EXPECT_THAT(check.out, Not(HasSubstr("\n::stop-commands")));
  EXPECT_THAT(read_text_file(folder_ / "summary.md"), StartsWith("before\n## ❌ Gate failed"));
  // With a report on the standard output, annotations go where they do not spoil it.
  const Ran json = run({"check", result, "-b", baseline, "-r", rules, "--json", "-"}, github);
  EXPECT_TRUE(nlohmann::json::accept(json.out));
  EXPECT_THAT(json.err, StartsWith("::error "));
  // A summary that is full stays as it is, and the gate still decides.
  folder_.write("summary.md", std::string(1 << 20, 'x'));
  const Ran full = run({"check", result, "-b", baseline, "-r", rules}, github);
  EXPECT_EQ(full.code, 1);
  EXPECT_THAT(full.err, HasSubstr("step summary is full"));
  EXPECT_EQ(read_text_file(folder_ / "summary.md").size(), std::size_t{1} << 20);
  // A passing gate says nothing there that needs a person.
  EXPECT_THAT(run({"check", baseline, "-b", baseline, "-r", rules}, {"GITHUB_ACTIONS=true"}).out,
              Not(HasSubstr("::")));
}

TEST_F(GateVerbs, MakesAStepSummaryThatIsNotThereYet) {
  const std::string baseline =
      write_result("baseline.json", test::stated_result("main", six_objects()));
  const std::string rules = write_rules(kSequenceRule);
  const Ran check = run({"check", baseline, "-b", baseline, "-r", rules},
                        {"GITHUB_STEP_SUMMARY=" + folder_ / "new/summary.md"});
  EXPECT_EQ(check.code, 0);
  EXPECT_THAT(check.err, Not(HasSubstr("full")));
  EXPECT_THAT(read_text_file(folder_ / "new/summary.md"), StartsWith("## ✅ Gate passed"));
  const Ran nowhere = run({"check", baseline, "-b", baseline, "-r", rules},
                          {"GITHUB_STEP_SUMMARY=" + folder_ / "baseline.json/summary.md"});
  EXPECT_EQ(nowhere.code, 0);
  EXPECT_THAT(nowhere.err, HasSubstr("the step summary cannot be written"));
}

TEST_F(GateVerbs, JudgesByStatedRulesWhereNoneWereGiven) {
  const std::string baseline =
      write_result("baseline.json", test::stated_result("main", six_objects()));
  std::vector<ObjectMeans> objects = six_objects();
  objects[0].j = objects[0].f = 0.05;
  const std::string result = write_result("result.json", test::stated_result("branch", objects));
  const Ran same = run({"check", baseline, "-b", baseline});
  EXPECT_EQ(same.code, 0) << same.err;
  EXPECT_THAT(same.out, HasSubstr("judged by the default rules: the headline measure"));
  const Ran worse = run({"check", result, "-b", baseline});
  EXPECT_EQ(worse.code, 1);
  EXPECT_THAT(worse.out, HasSubstr("failed: J&F of each sequence: drop at most 5.00"));
  EXPECT_EQ(run({"check", result}).code, 4);
}

TEST_F(GateVerbs, BaselineIsRenewedByAPersonOnly) {
  const std::string baseline =
      write_result("baseline.json", test::stated_result("main", six_objects()));
  std::vector<ObjectMeans> objects = six_objects();
  objects[2].j = objects[2].f = 0.4;
  const Result better = test::stated_result("branch", objects);
  const std::string result = write_result("result.json", better);
  const std::string before = read_text_file(baseline);
  const Ran refused = run({"check", result, "-b", baseline, "--renew-baseline"}, {"CI=true"});
  EXPECT_EQ(refused.code, 2);
  EXPECT_THAT(refused.err, HasSubstr("is refused where CI is set"));
  EXPECT_EQ(read_text_file(baseline), before);
  // An incomplete result is no baseline.
  Result incomplete = better;
  incomplete.complete = false;
  EXPECT_EQ(
      run({"check", write_result("part.json", incomplete), "-b", baseline, "--renew-baseline"})
          .code,
      4);
  EXPECT_EQ(read_text_file(baseline), before);
  EXPECT_EQ(run({"check", baseline, "-b", baseline, "--renew-baseline"}).code, 2);
  // By a person, or accepted.
  const Ran renewed = run({"check", result, "-b", baseline, "--renew-baseline"});
  EXPECT_EQ(renewed.code, 0) << renewed.err;
  EXPECT_THAT(renewed.out, AllOf(HasSubstr("▼ regressed"), HasSubstr("baseline renewed: ")));
  EXPECT_EQ(read_text_file(baseline), read_text_file(result));
  const Ran made =
      run({"check", result, "-b", folder_ / "new/", "--renew-baseline", "--accept"}, {"CI=true"});
  EXPECT_EQ(made.code, 0) << made.err;
  EXPECT_EQ(read_text_file(folder_ / "new/result.json"), read_text_file(result));
}

TEST_F(GateVerbs, CompareNeverFailsOnWorse) {
  const std::string a = write_result("a/result.json", test::stated_result("a", six_objects()));
  std::vector<ObjectMeans> objects = six_objects();
  for (ObjectMeans& object : objects) object.j = object.f = object.j / 2;
  write_result("b/result.json", test::stated_result("b", objects));
  const Ran worse = run({"compare", folder_ / "a", folder_ / "b"});
  EXPECT_EQ(worse.code, 0) << worse.err;
  EXPECT_THAT(worse.out, HasSubstr("b against a"));
  EXPECT_THAT(worse.out, HasSubstr("▼ regressed"));
  EXPECT_THAT(worse.out, HasSubstr("p (sign flips)"));
}

TEST_F(GateVerbs, CompareWritesJsonAndMarkdown) {
  const std::string a = write_result("a.json", test::stated_result("a", six_objects()));
  const std::string b = write_result("b.json", test::stated_result("b", six_objects()));
  const std::string c = write_result("c.json", test::stated_result("c", six_objects()));
  const Ran json = run({"compare", a, b, c, "--json", "-", "--markdown", folder_ / "c.md"});
  EXPECT_EQ(json.code, 0) << json.err;
  const nlohmann::json report = nlohmann::json::parse(json.out);
  EXPECT_EQ(report["schema"], "comparison-1");
  EXPECT_EQ(report["against_first"].size(), 2U);
  EXPECT_EQ(report["rankings"][0]["methods"].size(), 3U);
  EXPECT_THAT(read_text_file(folder_ / "c.md"), StartsWith("## Comparison on toy-val"));
  // The same bytes for any number of threads.
  EXPECT_EQ(run({"compare", a, b, c, "--json", "-", "-j", "1"}).out,
            run({"compare", a, b, c, "--json", "-", "-j", "5"}).out);
}

TEST_F(GateVerbs, CompareSaysWhatIsNotComparable) {
  const std::string a = write_result("a.json", test::stated_result("a", six_objects()));
  Result other = test::stated_result("b", six_objects());
  other.dataset.digest = "sha256:" + std::string(64, '0');
  const Ran compared = run({"compare", a, write_result("b.json", other)});
  EXPECT_EQ(compared.code, 4);
  EXPECT_THAT(compared.out, HasSubstr("not comparable: another data set"));
  EXPECT_EQ(run({"compare"}).code, 2);
  EXPECT_EQ(run({"compare", a}).code, 2);
  EXPECT_EQ(run({"compare", a, a, "--level", "2"}).code, 2);
  EXPECT_EQ(run({"compare", a, folder_ / "nowhere"}).code, 3);
}

TEST_F(GateVerbs, ShowTwoExamplesInTheirHelp) {
  for (const char* verb : {"check", "compare"}) {
    const Ran help = run({verb, "--help"});
    EXPECT_EQ(help.code, 0);
    EXPECT_THAT(help.out, HasSubstr("Examples:\n  angiobench "));
    EXPECT_THAT(help.out, StartsWith("Usage: angiobench "));
  }
  const Ran schema = run({"check", "--schema"});
  EXPECT_EQ(schema.code, 0);
  EXPECT_EQ(nlohmann::json::parse(schema.out)["$id"], "gate-1");
}

}  // namespace
}  // namespace angiobench
