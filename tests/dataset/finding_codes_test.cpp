// SPDX-License-Identifier: MIT
#include "dataset/finding_codes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/filesystem/operations.hpp>
#include <map>
#include <regex>
#include <set>
#include <sstream>

#include "dataset/files/atomic_file.h"
#include "dataset/error.h"
#include "dataset/validator/validate_dataset.h"
#include "dataset/validator/validate_submission.h"
#include "tests/support/finding_cases.h"
#include "tests/support/temp_folder.h"

namespace angiobench {
namespace {

using test::FindingCase;
using test::TempFolder;
using test::Variant;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

std::string describe(const Validation& validation) {
  std::string text;
  for (const Finding& finding : validation.findings) text += format_finding(finding) + "\n";
  return text;
}

std::set<std::string> codes_of(const FindingCase& entry, Variant variant) {
  const TempFolder folder;
  entry.make(folder, variant);
  const BenchmarkDefinition benchmark = load_benchmark(std::string(entry.benchmark));
  const Validation validation =
      entry.code.starts_with("P")
          ? validate_submission(folder / "predictions", folder / "data", benchmark)
          : validate_dataset(folder / "data", benchmark);
  std::set<std::string> codes;
  for (const Finding& finding : validation.findings) {
    codes.insert(finding.code);
    EXPECT_FALSE(finding.message.empty()) << finding.code;
    EXPECT_FALSE(finding.hint.empty()) << finding.code;
    EXPECT_FALSE(finding.path.empty()) << finding.code << " names no place";
  }
  for (const auto& [code, places] : validation.counts)
    EXPECT_TRUE(codes.contains(code)) << code << " is counted but not told";
  if (codes != std::set<std::string>{std::string(entry.code)} && !codes.empty())
    ADD_FAILURE() << describe(validation);
  return codes;
}

class EveryCode : public ::testing::TestWithParam<FindingCase> {};

TEST_P(EveryCode, IsMadeByItsExampleAlone) {
  EXPECT_EQ(codes_of(GetParam(), Variant::bad),
            std::set<std::string>{std::string(GetParam().code)});
}

TEST_P(EveryCode, IsGoneOnceCured) { EXPECT_THAT(codes_of(GetParam(), Variant::cured), IsEmpty()); }

INSTANTIATE_TEST_SUITE_P(Findings, EveryCode,
                         ::testing::ValuesIn(test::finding_cases().begin(),
                                             test::finding_cases().end()),
                         [](const auto& one) { return std::string(one.param.code); });

TEST(FindingCodes, AreSortedAndUnique) {
  EXPECT_TRUE(std::ranges::is_sorted(finding_codes(), {}, &FindingCode::code));
  std::set<std::string_view> seen;
  for (const FindingCode& entry : finding_codes())
    EXPECT_TRUE(seen.insert(entry.code).second) << entry.code;
}

TEST(FindingCodes, HaveAnExampleEachThatAValidatorCanMake) {
  std::set<std::string_view> covered;
  for (const FindingCase& entry : test::finding_cases()) covered.insert(entry.code);
  for (const FindingCode& entry : finding_codes()) {
    // P025 is of a mask that the protocol leaves unread; validators that know no protocol read all
    // (UnreadMasks below).
    const bool is_ours = (entry.code[0] == 'D' || entry.code[0] == 'P') && entry.code != "P025";
    EXPECT_TRUE(!is_ours || covered.contains(entry.code)) << entry.code;
  }
}

// What P010 says of a mask that is scored, P025 says of one that no rule reads.
TEST(UnreadMasks, ThatAreDamagedAreTold) {
  const auto entry = std::ranges::find(test::finding_cases(), "P010", &FindingCase::code);
  ASSERT_NE(entry, test::finding_cases().end());
  const TempFolder folder;
  entry->make(folder, Variant::bad);
  ValidationOptions options;
  options.is_read = [](const Sequence&, std::size_t) { return false; };
  const Validation validation =
      validate_submission(folder / "predictions", folder / "data",
                          load_benchmark(std::string(entry->benchmark)), options);
  std::set<std::string> codes;
  for (const Finding& finding : validation.findings) codes.insert(finding.code);
  EXPECT_TRUE(codes.contains("P025")) << describe(validation);
  EXPECT_FALSE(codes.contains("P010"));
}

// Every "X000" in a source outside the table is a code that the program can print.
TEST(FindingCodes, AreTheOnesThatTheSourcesName) {
  namespace fs = boost::filesystem;
  std::set<std::string> named;
  const std::regex quoted("\"([A-Z][0-9]{3})\"");
  for (const char* folder : {"dataset", "evaluator", "reports", "cli", "baselines"}) {
    for (const fs::directory_entry& entry :
         fs::recursive_directory_iterator(fs::path(ANGIOBENCH_SOURCE_DIR) / folder)) {
      const std::string extension = entry.path().extension().string();
      if ((extension != ".cpp" && extension != ".h") ||
          entry.path().filename() == "finding_codes.cpp") {
        continue;
      }
      const std::string text = read_text_file(entry.path().string());
      for (std::sregex_iterator it(text.begin(), text.end(), quoted), end; it != end; ++it)
        named.insert((*it)[1].str());
    }
  }
  std::set<std::string> table;
  for (const FindingCode& entry : finding_codes()) table.insert(std::string(entry.code));
  EXPECT_EQ(named, table);
}

// "### D001 · note · title" opens an entry of FINDINGS.md.
TEST(FindingCodes, AreTheOnesThatTheManualExplains) {
  std::istringstream manual(read_text_file(ANGIOBENCH_SOURCE_DIR "/dataset/FINDINGS.md"));
  std::map<std::string, std::string> entries;
  std::string line;
  std::string body;
  std::string code;
  const auto close = [&] {
    if (code.empty()) return;
    EXPECT_THAT(body, HasSubstr("Example")) << code;
    EXPECT_THAT(body, HasSubstr("Cure")) << code;
  };
  while (std::getline(manual, line)) {
    if (line.starts_with("### ")) {
      close();
      code = line.substr(4, 4);
      EXPECT_TRUE(entries.emplace(code, line.substr(4)).second) << code << " is explained twice";
      body.clear();
    }
    body += line + "\n";
  }
  close();
  std::map<std::string, std::string> table;
  for (const FindingCode& entry : finding_codes()) {
    table[std::string(entry.code)] = std::string(entry.code) + " · " +
                                     std::string(severity_name(entry.severity)) + " · " +
                                     std::string(entry.title);
  }
  EXPECT_EQ(entries, table);
}

TEST(MakeFinding, RefusesACodeThatNobodyKnows) {
  EXPECT_THROW(make_finding("D999", {}, "x"), Error);
}

TEST(MakeFinding, HasTheCodesSeverityAndCureAndItsPlace) {
  const Finding finding = make_finding("S001", {"p/v03", "v03", "00001", 3}, "gone");
  EXPECT_EQ(finding.severity, Severity::error);
  EXPECT_EQ(finding.hint, finding_code("S001").cure);
  EXPECT_EQ(finding.path, "p/v03");
  EXPECT_EQ(finding.sequence, "v03");
  EXPECT_EQ(finding.frame, "00001");
  EXPECT_EQ(finding.object, 3);
}

TEST(AcceptedGap, IsAWarningAndLeavesNotesAlone) {
  EXPECT_EQ(accepted_gap(make_finding("S001", {}, "x")).severity, Severity::warning);
  EXPECT_EQ(accepted_gap(make_finding("S009", {}, "x")).severity, Severity::note);
}

TEST(Redacted, TellsNothingOfTheTruth) {
  const Finding finding = make_finding("P019", {"", "v03", "00001", 3}, "object 3 is in no mask");
  const Finding shown = redacted(finding);
  EXPECT_EQ(shown.sequence, "v03");
  EXPECT_EQ(shown.frame, "");
  EXPECT_EQ(shown.object, -1);
  EXPECT_THAT(shown.message, Not(HasSubstr("3")));
  const Finding harmless = make_finding("P013", {}, "16 bits");
  EXPECT_EQ(redacted(harmless).message, harmless.message);
  const Finding damaged =
      make_finding("S006", {"mine.zip!v03/00005.png", "v03"}, "wrong checksum (CRC)");
  EXPECT_EQ(format_finding(redacted(damaged)), "v03: error: wrong checksum (CRC) [S006]");
}

TEST(Redacted, DoesNotTellHowOften) {
  std::vector<Finding> findings;
  for (const int object : {1, 2, 3}) {
    findings.push_back(
        make_finding("P019", {"", "v03"}, "object " + std::to_string(object) + " is in no mask"));
  }
  findings.push_back(make_finding("P013", {}, "16 bits"));
  findings.push_back(make_finding("P013", {}, "16 bits"));
  findings.push_back(make_finding("P008", {}, "a.txt is ignored"));
  findings.push_back(make_finding("P008", {}, "b.txt is ignored"));
  const std::vector<Finding> shown = redacted(findings);
  ASSERT_EQ(shown.size(), 4U);
  EXPECT_EQ(shown[0].message, finding_code("P019").title);
  EXPECT_EQ(shown[1].message, "16 bits");
  EXPECT_EQ(shown[3].message, "b.txt is ignored");
}

TEST(Redacted, LeavesOutWhatIsWrongWithTheDataSet) {
  const std::vector<Finding> shown = redacted(std::vector<Finding>{
      make_finding("D017", {"/srv/truth"}, "v03 is not there"), make_finding("P008", {}, "x"),
      make_finding("S011", {"", "v03"}, "object 3 is not there in 9 of 10 frames")});
  ASSERT_EQ(shown.size(), 1U);
  EXPECT_EQ(shown[0].code, "P008");
}

TEST(Redacted, NamesFramesThatEverybodyKnows) {
  const Finding frame = make_finding("P010", {"mine.zip!v03/00005.png", "v03", "00005"}, "damaged");
  const Finding frames = make_finding("P003", {"mine.zip!v03", "v03"}, "no mask for 00005");
  const Finding object = make_finding("P019", {"", "v03", "", 3}, "object 3 is in no mask");
  EXPECT_EQ(redacted(frame).frame, "");
  EXPECT_EQ(redacted(frame, FrameKnowledge::everybody).frame, "00005");
  EXPECT_EQ(redacted(frames).message, finding_code("P003").title);
  EXPECT_EQ(redacted(frames, FrameKnowledge::everybody).message, frames.message);
  EXPECT_EQ(redacted(object, FrameKnowledge::everybody).message, finding_code("P019").title);
}

}  // namespace
}  // namespace angiobench
