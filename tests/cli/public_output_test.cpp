// SPDX-License-Identifier: MIT
// Whatever a participant of a hidden benchmark may see of a run: standard output and error, and the
// public folder. Nothing in it tells of the organisers' machine or of the ground truth, however the
// run ends.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/filesystem/operations.hpp>
#include <functional>
#include <nlohmann/json.hpp>
#include <ostream>
#include <regex>
#include <set>

#include "dataset/files/atomic_file.h"
#include "dataset/masks/png.h"
#include "tests/support/child_process.h"
#include "tests/support/hostile_png.h"
#include "tests/support/hostile_zip.h"
#include "tests/support/temp_folder.h"

namespace angiobench::test {
namespace {

namespace fs = boost::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr int kSide = 40;
constexpr int kRows = 30;
// Facts of the truth that are found in a text when they stand there.
constexpr int kFirstId = 137;
constexpr int kSecondId = 141;
const std::vector<std::string> kAnnotated = {"00003", "00741", "00742", "01916", "01917"};
const std::vector<std::string> kSequences = {"alpha", "beta"};

std::string pair_png(int shift, int first_id = kFirstId, int second_id = kSecondId) {
  Mask mask(kSide, kRows);
  for (int y = 5; y < 20; ++y) {
    for (int x = 5; x < 20; ++x)
      mask.at(x + shift, y) = static_cast<std::uint8_t>(x < 12 ? first_id : second_id);
  }
  const std::vector<std::uint8_t> bytes = encode_mask_png(mask.view(), voc_palette());
  return {bytes.begin(), bytes.end()};
}

// A mask of every frame that participants were given: the annotated ones and some more.
std::vector<ZipPart> honest_parts(const std::string& top = "") {
  std::vector<ZipPart> parts;
  for (const std::string& sequence : kSequences) {
    int shift = 0;
    // The first part is of a frame that is scored.
    for (const char* frame : {"00741", "00003", "00100", "00742", "00900", "01916", "01917"}) {
      ZipPart part;
      part.name = top + sequence + "/" + frame + ".png";
      part.content = pair_png(1 + shift++ % 3);
      parts.push_back(part);
    }
  }
  return parts;
}

struct Ending {
  int exit_code = 0;
  std::string reason;  // its beginning; empty: it is scored
};

class PublicOutputTest : public testing::Test {
 protected:
  PublicOutputTest() {
    for (const std::string& sequence : kSequences) {
      int shift = 0;
      for (const std::string& frame : kAnnotated)
        folder_.write("vault/truth/" + sequence + "/" + frame + ".png", pair_png(shift++ % 4));
    }
  }

  void upload(const std::vector<ZipPart>& parts) {
    folder_.write("uploads/theirs.zip", build_zip(parts));
  }

  ChildOutcome score(const std::vector<std::string>& more = {}) {
    std::vector<std::string> arguments = {ANGIOBENCH_PROGRAM,
                                          "score",
                                          "--dataset",
                                          "flat",
                                          "-g",
                                          folder_ / "vault/truth",
                                          "-p",
                                          folder_ / predictions_,
                                          "-o",
                                          folder_ / "vault/private",
                                          "--public-out",
                                          folder_ / "public"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run_child(arguments);
  }

  // Holds everything public of a run against what nobody may learn from it. All members of an
  // archive are looked at before the truth is, so what is wrong with its table may name any.
  enum class Frames { are_secret, may_be_named };
  void expect_nothing_leaks(const ChildOutcome& outcome, Frames frames = Frames::are_secret) {
    std::set<std::string> names;
    std::vector<std::string> texts = {outcome.out, outcome.err};
    for (const fs::directory_entry& entry : fs::recursive_directory_iterator(folder_ / "public")) {
      names.insert(entry.path().filename().string());
      texts.push_back(read_text_file(entry.path().string()));
    }
    EXPECT_THAT(names, ElementsAre("participant.html", "participant.json"));
    const std::regex forbidden(std::string("vault|uploads|/tmp/|/home/|\\b(137|141)\\b|"
                                           "\\b(5|10) (annotated|frames|masks|objects|images)") +
                               (frames == Frames::are_secret ? "|0*(741|742|1916|1917)\\b" : ""));
    for (const std::string& text : texts) {
      EXPECT_THAT(text, Not(HasSubstr(folder_.path())));
      std::smatch found;
      EXPECT_FALSE(std::regex_search(text, found, forbidden))
          << "tells '" << found.str() << "' in:\n"
          << text.substr(std::max<std::ptrdiff_t>(0, found.position() - 100), 300);
    }
    const std::string result = folder_ / "vault/private/result.json";
    if (!fs::exists(result)) return;
    const auto digest = nlohmann::json::parse(read_text_file(result))["dataset"]["digest"];
    for (const std::string& text : texts) EXPECT_THAT(text, Not(HasSubstr(digest)));
  }

  // The reason stands first, in the page and in the file, and is short; there is no figure.
  void expect_ending(const ChildOutcome& outcome, const Ending& ending,
                     Frames frames = Frames::are_secret) {
    EXPECT_EQ(outcome.exit_code, ending.exit_code) << outcome.out << outcome.err;
    expect_nothing_leaks(outcome, frames);
    const auto json =
        nlohmann::ordered_json::parse(read_text_file(folder_ / "public/participant.json"));
    const std::string page = read_text_file(folder_ / "public/participant.html");
    EXPECT_EQ(json["schema"], "participant-1");
    if (ending.reason.empty()) {
      EXPECT_FALSE(json.contains("reason"));
      EXPECT_FALSE(json["aggregates"].empty());
      EXPECT_THAT(page, HasSubstr("J&amp;F"));
      return;
    }
    const std::string reason = json["reason"];
    EXPECT_EQ(std::next(json.begin()).key(), "reason");
    EXPECT_LE(reason.size(), 280U) << reason;
    EXPECT_THAT(reason, StartsWith("nothing was scored: " + ending.reason));
    EXPECT_TRUE(json["aggregates"].empty());
    EXPECT_EQ(json["complete"], false);
    EXPECT_LT(page.find("nothing was scored: "), page.find("<h1>"));
    EXPECT_THAT(outcome.err, HasSubstr("nothing was scored: "));
  }

  TempFolder folder_;
  std::string predictions_ = "uploads/theirs.zip";
};

TEST_F(PublicOutputTest, OfAnHonestSubmissionIsItsFigures) {
  upload(honest_parts());
  expect_ending(score(), {});
}

TEST_F(PublicOutputTest, TellsASubmissionsOwnMistakes) {
  // Ids that the truth does not have; a copy of the truth; empty masks; one mask for all.
  const std::vector<std::function<std::string(const std::string&)>> masks = {
      [](const std::string&) { return pair_png(1, 1, 2); },
      [&](const std::string& name) {
        const std::string path = folder_ / ("vault/truth/" + name);
        return fs::exists(path) ? read_text_file(path) : pair_png(0);
      },
      [](const std::string&) { return pair_png(1, 0, 0); },
      [](const std::string&) { return pair_png(2); },
      [](const std::string&) { return pair_png(0, kSecondId, kFirstId); }};
  for (const auto& mask : masks) {
    std::vector<ZipPart> parts = honest_parts();
    for (ZipPart& part : parts) part.content = mask(part.name);
    upload(parts);
    const ChildOutcome outcome = score({"--verbose"});
    EXPECT_THAT(outcome.exit_code, testing::AnyOf(0, 1)) << outcome.err;
    expect_nothing_leaks(outcome);
  }
}

TEST_F(PublicOutputTest, OfAnIncompleteSubmissionIsTheReason) {
  std::vector<ZipPart> parts = honest_parts();
  parts.erase(parts.begin());
  upload(parts);
  expect_ending(score(),
                {4, "1 sequence is not complete; alpha: frames are missing; write a mask"});
  parts = honest_parts();
  std::erase_if(parts, [](const ZipPart& part) { return part.name.starts_with("beta"); });
  upload(parts);
  expect_ending(score(), {4, "1 sequence is not complete; beta: a sequence is missing; add"});
}

TEST_F(PublicOutputTest, NamesFramesThatEverybodyKnows) {
  std::vector<ZipPart> parts = honest_parts();
  parts.erase(parts.begin());
  upload(parts);
  const ChildOutcome missing = score({"--public-frames"});
  EXPECT_THAT(missing.err, HasSubstr("1 of 5 frames are missing: 00741"));
  EXPECT_THAT(read_text_file(folder_ / "public/participant.html"),
              HasSubstr("frames are missing: 00741"));
  parts = honest_parts();
  parts.front().content = "no mask";
  upload(parts);
  const ChildOutcome damaged = score({"--public-frames"});
  EXPECT_EQ(damaged.exit_code, 3);
  EXPECT_THAT(damaged.err, HasSubstr("theirs.zip!alpha/00741.png: error: "));
  EXPECT_THAT(damaged.err, Not(HasSubstr("uploads")));
}

TEST_F(PublicOutputTest, OfAHostileMaskIsTheReason) {
  for (const HostilePng& png : hostile_pngs(kSide, kRows)) {
    std::vector<ZipPart> parts = honest_parts();
    parts.front().content.assign(png.bytes.begin(), png.bytes.end());
    upload(parts);
    expect_ending(score({"--verbose"}),
                  {png.kind == ErrorKind::limit ? 5 : 3, "1 sequence failed; alpha: "});
  }
}

TEST_F(PublicOutputTest, OfAHostileArchiveIsTheReason) {
  for (const HostileZip& zip : hostile_zips(honest_parts())) {
    if (!zip.when_opened) continue;
    folder_.write("uploads/theirs.zip", zip.bytes);
    const ChildOutcome outcome = score();
    // Limits that only a flag sets so low are not hit here.
    if (outcome.exit_code == 3 || outcome.exit_code == 5) {
      expect_ending(outcome, {outcome.exit_code, "theirs.zip"}, Frames::may_be_named);
    } else {
      expect_nothing_leaks(outcome, Frames::may_be_named);
    }
  }
}

TEST_F(PublicOutputTest, BlamesNoParticipantForTheOrganisers) {
  upload(honest_parts());
  const std::string words =
      "the ground truth or the output cannot be used; the organisers must look";
  folder_.write("vault/truth/alpha/00741.png", "no mask");
  ChildOutcome outcome = score();
  EXPECT_EQ(outcome.exit_code, 3);
  expect_nothing_leaks(outcome);
  EXPECT_THAT(outcome.err, HasSubstr(words));
  fs::remove_all(folder_ / "vault/truth");
  expect_ending(score(), {3, words});
  folder_.write("vault/private", "a file in place of the folder");
  expect_ending(score(), {3, words});
}

// What a platform unpacks is scored as the zip is; what lies too deep is told where it lies.
TEST_F(PublicOutputTest, IsTheSameUnpacked) {
  upload(honest_parts("run 7/"));
  expect_ending(score(), {});
  const auto figures = [&] {
    return nlohmann::json::parse(read_text_file(folder_ / "public/participant.json"))["aggregates"];
  };
  const nlohmann::json zipped = figures();
  for (const ZipPart& part : honest_parts("run 7/"))
    folder_.write("uploads/res/" + part.name, part.content);
  for (const char* debris : {"__MACOSX/._run 7", ".DS_Store", "desktop.ini", "Thumbs.db"})
    folder_.write("uploads/res/" + std::string(debris), "desktop");
  predictions_ = "uploads/res";
  expect_ending(score(), {});
  EXPECT_EQ(figures(), zipped);
  for (const ZipPart& part : honest_parts()) {
    for (const char* run : {"first/", "second/"})
      folder_.write("uploads/two/" + std::string(run) + part.name, part.content);
  }
  predictions_ = "uploads/two";
  const ChildOutcome outcome = score();
  expect_ending(outcome, {4, "2 sequences are not complete; two: none of the sequences is here"});
  EXPECT_THAT(outcome.err, HasSubstr("they lie in two/first and in two/second"));
}

TEST_F(PublicOutputTest, StandsAlone) {
  upload(honest_parts());
  folder_.write("public/notes.txt", "somebody's");
  const ChildOutcome foreign = score();
  EXPECT_EQ(foreign.exit_code, 2);
  EXPECT_THAT(foreign.err, HasSubstr("which holds 'notes.txt'"));
  fs::remove_all(folder_ / "public");
  const ChildOutcome inside =
      run_child({ANGIOBENCH_PROGRAM, "score", "--dataset", "flat", "-g", folder_ / "vault/truth",
                 "-p", folder_ / predictions_, "-o", folder_ / "vault/private", "--public-out",
                 folder_ / "vault/private/public"});
  EXPECT_EQ(inside.exit_code, 2);
  EXPECT_THAT(inside.err, HasSubstr("is not for participants"));
}

TEST_F(PublicOutputTest, OfTheValidatorNamesNoPath) {
  std::vector<ZipPart> parts = honest_parts();
  parts[0].content = "no mask";
  parts.erase(parts.begin() + 3);
  upload(parts);
  const ChildOutcome outcome =
      run_child({ANGIOBENCH_PROGRAM, "validate", "submission", "--dataset", "flat", "-g",
                 folder_ / "vault/truth", "-p", folder_ / predictions_, "-o", folder_ / "public",
                 "--redact"});
  EXPECT_EQ(outcome.exit_code, 1) << outcome.err;
  for (const std::string& text :
       {outcome.out, outcome.err, read_text_file(folder_ / "public/validation.json"),
        read_text_file(folder_ / "public/validation.html")}) {
    EXPECT_THAT(text, Not(HasSubstr(folder_.path())));
    EXPECT_THAT(text, Not(testing::ContainsRegex("uploads|vault|0074[12]")));
  }
}

}  // namespace
}  // namespace angiobench::test
