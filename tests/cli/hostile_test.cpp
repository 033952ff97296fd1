// SPDX-License-Identifier: MIT
// Submissions that mean harm, given to the program as an organiser would give them: each ends with
// its own message and exit code, within a second of CPU time and 200 MB.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <ostream>

#include "dataset/files/atomic_file.h"
#include "dataset/masks/png.h"
#include "tests/support/child_process.h"
#include "tests/support/hostile_png.h"
#include "tests/support/hostile_zip.h"
#include "tests/support/temp_folder.h"

namespace angiobench::test {

void PrintTo(const HostilePng& png, std::ostream* out) { *out << png.name; }
void PrintTo(const HostileZip& zip, std::ostream* out) { *out << zip.name; }

namespace {

using testing::HasSubstr;
using testing::Not;

constexpr int kWidth = 40;
constexpr int kHeight = 30;

// Sanitizers take memory and time of their own.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr double kMaxSeconds = 10;
constexpr long kMaxKilobytes = 2'000'000;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
constexpr double kMaxSeconds = 10;
constexpr long kMaxKilobytes = 2'000'000;
#else
constexpr double kMaxSeconds = 1;
constexpr long kMaxKilobytes = 200'000;
#endif
#else
constexpr double kMaxSeconds = 1;
constexpr long kMaxKilobytes = 200'000;
#endif

std::string mask_png(int shift = 0) {
  Mask mask(kWidth, kHeight);
  for (int y = 5; y < 20; ++y) {
    for (int x = 5; x < 20; ++x) mask.at(x + shift, y) = static_cast<std::uint8_t>(x < 12 ? 1 : 2);
  }
  const std::vector<std::uint8_t> bytes = encode_mask_png(mask.view(), voc_palette());
  return {bytes.begin(), bytes.end()};
}

// Five frames of two sequences; the one that comes first is in the middle, so that every protocol
// scores it.
std::vector<ZipPart> good_parts() {
  std::vector<ZipPart> parts;
  for (const char* name :
       {"v00/00002.png", "v00/00000.png", "v00/00001.png", "v00/00003.png", "v00/00004.png",
        "v01/00000.png", "v01/00001.png", "v01/00002.png", "v01/00003.png", "v01/00004.png"}) {
    ZipPart part;
    part.name = name;
    part.content = mask_png(1);
    parts.push_back(part);
  }
  return parts;
}

class HostileSubmission {
 public:
  HostileSubmission() {
    for (const ZipPart& part : good_parts()) folder_.write("truth/" + part.name, mask_png());
  }

  const TempFolder& folder() const { return folder_; }

  ChildOutcome score(const std::string& predictions,
                     const std::vector<std::string>& more = {}) const {
    std::vector<std::string> arguments = {
        ANGIOBENCH_PROGRAM, "score", "--dataset",          "flat", "-g",
        folder_ / "truth",  "-p",    folder_ / predictions};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run_child(arguments);
  }

  ChildOutcome validate(const std::string& predictions,
                        const std::vector<std::string>& more = {}) const {
    std::vector<std::string> arguments = {ANGIOBENCH_PROGRAM, "validate", "submission",
                                          "--dataset",        "flat",     "-g",
                                          folder_ / "truth",  "-p",       folder_ / predictions};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run_child(arguments);
  }

 private:
  TempFolder folder_;
};

// Asked for by name (--max-entries): 0.8 to 1 CPU-s at 2.1 GHz.
constexpr double kMaxSecondsOfAMillion = 2;

void expect_cheap(const ChildOutcome& outcome, double max_seconds = kMaxSeconds) {
  EXPECT_LT(outcome.cpu_seconds, max_seconds);
  EXPECT_LT(outcome.peak_kilobytes, kMaxKilobytes);
}

// The flags that give an archive's limits to the program.
std::vector<std::string> flags_of(const ArchiveLimits& limits) {
  const ArchiveLimits usual;
  std::vector<std::string> flags;
  const auto add = [&flags](const char* flag, std::uint64_t value, std::uint64_t usual_value) {
    if (value == usual_value) return;
    flags.emplace_back(flag);
    flags.push_back(std::to_string(value));
  };
  add("--max-archive-size", limits.max_archive_bytes, usual.max_archive_bytes);
  add("--max-total-size", limits.max_uncompressed_bytes, usual.max_uncompressed_bytes);
  add("--max-entry-size", limits.max_entry_bytes, usual.max_entry_bytes);
  add("--max-entries", limits.max_entries, usual.max_entries);
  add("--max-directory-size", limits.max_directory_bytes, usual.max_directory_bytes);
  return flags;
}

TEST(GoodSubmissionTest, IsScoredFromFolderAndZip) {
  const HostileSubmission submission;
  for (const ZipPart& part : good_parts())
    submission.folder().write("good/" + part.name, part.content);
  submission.folder().write("good.zip", build_zip(good_parts()));
  const ChildOutcome folder =
      submission.score("good", {"-o", submission.folder() / "a", "--name", "good"});
  const ChildOutcome zip =
      submission.score("good.zip", {"-o", submission.folder() / "b", "--name", "good"});
  EXPECT_EQ(folder.exit_code, 0) << folder.err;
  EXPECT_EQ(zip.exit_code, 0) << zip.err;
  for (const char* file : {"per_frame.csv", "per_object.csv", "per_sequence.csv", "summary.csv"}) {
    EXPECT_EQ(read_text_file(submission.folder() / ("a/" + std::string(file))),
              read_text_file(submission.folder() / ("b/" + std::string(file))));
  }
}

class HostileZipVerbTest : public testing::TestWithParam<HostileZip> {};

TEST_P(HostileZipVerbTest, EndsWithItsMessageAndExitCode) {
  const HostileZip& zip = GetParam();
  const HostileSubmission submission;
  submission.folder().write("evil.zip", zip.bytes);
  const ChildOutcome outcome = submission.score("evil.zip", flags_of(zip.limits));
  EXPECT_EQ(outcome.exit_code, zip.kind == ErrorKind::limit ? 5 : 3) << outcome.err;
  EXPECT_THAT(outcome.err, HasSubstr(zip.words));
  EXPECT_EQ(outcome.out, "");
  EXPECT_THAT(outcome.err, Not(HasSubstr("\x1b")));
  EXPECT_THAT(outcome.err, Not(HasSubstr("\n::")));
  expect_cheap(outcome);
}

TEST_P(HostileZipVerbTest, IsToldByTheValidatorToo) {
  const HostileZip& zip = GetParam();
  const HostileSubmission submission;
  submission.folder().write("evil.zip", zip.bytes);
  const ChildOutcome outcome = submission.validate("evil.zip", flags_of(zip.limits));
  // What shows only when a member is read is a finding: the others are still looked at.
  const int code = zip.kind == ErrorKind::limit ? 5 : zip.when_opened ? 3 : 1;
  EXPECT_EQ(outcome.exit_code, code) << outcome.err;
  EXPECT_THAT(outcome.err, HasSubstr(zip.words));
  EXPECT_THAT(outcome.err, Not(HasSubstr("\x1b")));
  EXPECT_THAT(outcome.err, Not(HasSubstr("\n::")));
  expect_cheap(outcome);
}

INSTANTIATE_TEST_SUITE_P(Kinds, HostileZipVerbTest, testing::ValuesIn(hostile_zips(good_parts())),
                         [](const auto& parameter) { return parameter.param.name; });

TEST(HostileZipVerbTest, AMillionEmptyEntriesHitTheLimit) {
  const HostileSubmission submission;
  submission.folder().write("evil.zip", zip_of_empty_entries(1'000'000));
  const ChildOutcome outcome = submission.score("evil.zip");
  EXPECT_EQ(outcome.exit_code, 5) << outcome.err;
  EXPECT_THAT(outcome.err, HasSubstr("1000000 entries; expected at most 10020 (--max-entries)"));
  expect_cheap(outcome);
}

TEST(HostileZipVerbTest, AMillionEmptyEntriesThatAreAllowedAreCheap) {
  const HostileSubmission submission;
  submission.folder().write("evil.zip", zip_of_empty_entries(1'000'000));
  const ChildOutcome outcome = submission.score("evil.zip", {"--max-entries", "2000000"});
  EXPECT_EQ(outcome.exit_code, 4) << outcome.err;  // the frames are missing
  expect_cheap(outcome, kMaxSecondsOfAMillion);
}

TEST(HostileZipVerbTest, AMillionEmptyEntriesAreToldByTheValidatorToo) {
  const HostileSubmission submission;
  submission.folder().write("evil.zip", zip_of_empty_entries(1'000'000));
  const ChildOutcome refused = submission.validate("evil.zip");
  EXPECT_EQ(refused.exit_code, 5) << refused.err;
  EXPECT_THAT(refused.err, HasSubstr("1000000 entries; expected at most 10020 (--max-entries)"));
  expect_cheap(refused);
  const ChildOutcome allowed = submission.validate("evil.zip", {"--max-entries", "2000000"});
  EXPECT_EQ(allowed.exit_code, 1) << allowed.err;
  EXPECT_LT(allowed.err.size(), 10'000U);
  expect_cheap(allowed, kMaxSecondsOfAMillion);
}

class HostilePngVerbTest : public testing::TestWithParam<HostilePng> {};

TEST_P(HostilePngVerbTest, EndsWithItsMessageAndExitCode) {
  const HostilePng& png = GetParam();
  const HostileSubmission submission;
  std::vector<ZipPart> parts = good_parts();
  parts.front().content.assign(png.bytes.begin(), png.bytes.end());
  submission.folder().write("evil.zip", build_zip(parts));
  const ChildOutcome outcome = submission.score("evil.zip");
  EXPECT_EQ(outcome.exit_code, png.kind == ErrorKind::limit ? 5 : 3) << outcome.err;
  EXPECT_THAT(outcome.err, HasSubstr(png.words));
  EXPECT_EQ(outcome.out, "");
  expect_cheap(outcome);
}

TEST_P(HostilePngVerbTest, IsToldByTheValidatorToo) {
  // Where the validator knows more than the decoder it says it in other words.
  static const std::map<std::string, std::string> kOwnWords = {
      {"empty_file", "the content is empty; expected a PNG"},
      {"jpeg", "the content is a JPEG; expected a PNG"},
      {"html", "expected a PNG"},
      {"wrong_size", "41x30; expected 40x30"},
      {"sixteen_bits", "16 bits a channel; expected at most 8"},
  };
  const HostilePng& png = GetParam();
  const HostileSubmission submission;
  std::vector<ZipPart> parts = good_parts();
  parts.front().content.assign(png.bytes.begin(), png.bytes.end());
  submission.folder().write("evil.zip", build_zip(parts));
  const ChildOutcome outcome = submission.validate("evil.zip");
  const auto own = kOwnWords.find(png.name);
  EXPECT_EQ(outcome.exit_code, 1) << outcome.err;
  EXPECT_THAT(outcome.err, HasSubstr(own != kOwnWords.end() ? own->second : png.words));
  EXPECT_THAT(outcome.err, HasSubstr("v00/00002.png: error: "));
  expect_cheap(outcome);
}

INSTANTIATE_TEST_SUITE_P(Kinds, HostilePngVerbTest,
                         testing::ValuesIn(hostile_pngs(kWidth, kHeight)),
                         [](const auto& parameter) { return parameter.param.name; });

TEST(LabelFloodVerbTest, IsALimitThatAFlagLifts) {
  const HostileSubmission submission;
  std::vector<ZipPart> parts = good_parts();
  const std::vector<std::uint8_t> flood = label_flood_png(kWidth, kHeight);
  parts.front().content.assign(flood.begin(), flood.end());
  submission.folder().write("evil.zip", build_zip(parts));
  const ChildOutcome outcome = submission.score("evil.zip");
  EXPECT_EQ(outcome.exit_code, 5) << outcome.err;
  EXPECT_THAT(outcome.err, HasSubstr("65 object ids; expected at most 64 (--max-ids)"));
  // Then they are scored, and told: ids that the truth does not have.
  const ChildOutcome lifted = submission.score("evil.zip", {"--max-ids", "65"});
  EXPECT_THAT(lifted.exit_code, testing::AnyOf(0, 1)) << lifted.err;
  EXPECT_THAT(lifted.out, HasSubstr("J&F"));
}

TEST(LabelFloodVerbTest, IsToldByTheValidatorToo) {
  const HostileSubmission submission;
  std::vector<ZipPart> parts = good_parts();
  const std::vector<std::uint8_t> flood = label_flood_png(kWidth, kHeight);
  parts.front().content.assign(flood.begin(), flood.end());
  submission.folder().write("evil.zip", build_zip(parts));
  const ChildOutcome outcome = submission.validate("evil.zip");
  EXPECT_EQ(outcome.exit_code, 5) << outcome.err;
  EXPECT_THAT(
      outcome.err,
      HasSubstr("v00/00002.png: error: has 65 object ids; expected at most 64 (--max-ids)"));
  EXPECT_EQ(submission.validate("evil.zip", {"--max-ids", "65"}).exit_code, 1);
  EXPECT_EQ(submission.validate("evil.zip", {"--max-ids", "0"}).exit_code, 2);
}

// Few in each mask, too many over the frames.
TEST(LabelFloodVerbTest, IsCountedOverTheFramesOfASequence) {
  const HostileSubmission submission;
  std::vector<ZipPart> parts = good_parts();
  for (std::size_t i = 0; i < 5; ++i) {
    Mask mask(kWidth, kHeight);
    for (int id = 0; id < 30; ++id) {
      for (int y = 0; y < kHeight; ++y)
        mask.at(id, y) = static_cast<std::uint8_t>(1 + 30 * i + static_cast<std::size_t>(id));
    }
    const std::vector<std::uint8_t> bytes = encode_mask_png(mask.view(), voc_palette());
    parts[i].content.assign(bytes.begin(), bytes.end());
  }
  submission.folder().write("evil.zip", build_zip(parts));
  const ChildOutcome validated = submission.validate("evil.zip");
  EXPECT_EQ(validated.exit_code, 5) << validated.err;
  // Of the five frames the protocol reads three.
  EXPECT_THAT(validated.err, HasSubstr("v00: error: has 90 object ids over its frames; expected at "
                                       "most 64 a sequence (--max-ids)"));
  const ChildOutcome scored = submission.score("evil.zip");
  EXPECT_EQ(scored.exit_code, 5) << scored.err;
  EXPECT_THAT(scored.err, HasSubstr("has 90 object ids over its frames"));
}

TEST(LargeMaskVerbTest, IsALimitOfItsFrame) {
  // 4 * 40 * 30 + 65536 bytes at most: a comment makes the mask larger.
  const HostileSubmission submission;
  std::vector<ZipPart> parts = good_parts();
  std::string& png = parts.front().content;
  parts.front().deflated = true;
  png.append(80'000, 'x');
  submission.folder().write("evil.zip", build_zip(parts));
  const ChildOutcome outcome = submission.score("evil.zip");
  EXPECT_EQ(outcome.exit_code, 5) << outcome.err;
  EXPECT_THAT(outcome.err, HasSubstr("(--max-entry-size)"));
  const ChildOutcome validated = submission.validate("evil.zip");
  EXPECT_EQ(validated.exit_code, 5) << validated.err;
  EXPECT_THAT(validated.err, HasSubstr("v00/00002.png: error: the mask's file has "));
  EXPECT_THAT(validated.err, HasSubstr("(--max-entry-size) [S013]"));
  EXPECT_EQ(submission.validate("evil.zip", {"--max-entry-size", "100000"}).exit_code, 0);
}

// An interlaced mask of 64 megapixels in a few kilobytes, which libpng would hold whole: it
// is refused by its header. Where the truth cannot be read there is nothing to hold it against.
TEST(LargeMaskVerbTest, IsRefusedByItsHeader) {
  const HostileSubmission submission;
  std::vector<ZipPart> parts = good_parts();
  const std::vector<std::uint8_t> png = large_interlaced_png(8000, 8000);
  parts.front().content.assign(png.begin(), png.end());
  submission.folder().write("evil.zip", build_zip(parts));
  const ChildOutcome scored = submission.score("evil.zip");
  EXPECT_EQ(scored.exit_code, 3) << scored.err;
  EXPECT_THAT(scored.err, HasSubstr("8000x8000"));
  expect_cheap(scored);
  const ChildOutcome validated = submission.validate("evil.zip");
  EXPECT_EQ(validated.exit_code, 1) << validated.err;
  EXPECT_THAT(validated.err, HasSubstr("v00/00002.png: error: 8000x8000; expected 40x30 [P011]"));
  expect_cheap(validated);
  submission.folder().write("truth/v00/00002.png", "no mask");
  const ChildOutcome alone = submission.validate("evil.zip");
  EXPECT_EQ(alone.exit_code, 3) << alone.err;
  EXPECT_THAT(alone.err, HasSubstr("v00/00002.png: error: the content is text; expected a PNG"));
  expect_cheap(alone);
}

class RedactedScoreTest : public testing::Test {
 protected:
  ChildOutcome score(const std::vector<ZipPart>& parts) {
    submission_.folder().write("theirs.zip", build_zip(parts));
    return submission_.score("theirs.zip", {"--redact", "-o", submission_.folder() / "out"});
  }

  HostileSubmission submission_;
};

TEST_F(RedactedScoreTest, ShowsAggregatesAndNoCounts) {
  const ChildOutcome outcome = score(good_parts());
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("J&F"));
  EXPECT_THAT(outcome.out, Not(HasSubstr("object")));
  EXPECT_THAT(outcome.out, Not(HasSubstr("frames scored")));
  const std::string json = read_text_file(submission_.folder() / "out/participant.json");
  EXPECT_THAT(json, HasSubstr("\"metric\": \"J&F\""));
  EXPECT_THAT(json, Not(HasSubstr("object")));
  EXPECT_THAT(json, Not(HasSubstr("truth")));
}

TEST_F(RedactedScoreTest, DoesNotTellWhichFramesAreAnnotated) {
  std::vector<ZipPart> parts = good_parts();
  parts.erase(parts.begin());
  const ChildOutcome missing = score(parts);
  EXPECT_EQ(missing.exit_code, 4) << missing.err;
  EXPECT_THAT(missing.err, HasSubstr("v00: error: frames are missing [S001]"));
  EXPECT_THAT(missing.err, Not(HasSubstr("00002")));

  parts = good_parts();
  parts.front().content = "no mask";
  const ChildOutcome damaged = score(parts);
  EXPECT_EQ(damaged.exit_code, 3) << damaged.err;
  EXPECT_THAT(damaged.err, HasSubstr("does not start with the PNG signature"));
  EXPECT_THAT(damaged.err, Not(HasSubstr("00002")));
}

TEST_F(RedactedScoreTest, DoesNotNameTheGroundTruthsFiles) {
  submission_.folder().write("truth/v00/00002.png", "no mask");
  const ChildOutcome damaged = score(good_parts());
  EXPECT_EQ(damaged.exit_code, 3) << damaged.err;
  EXPECT_THAT(damaged.err, HasSubstr("the organisers must look"));
  EXPECT_THAT(damaged.err, Not(HasSubstr("truth/")));
}

// Sequences with names that would do harm where they are shown: in a zip, and in a folder names may
// even have control characters.
TEST(MisleadingNamesVerbTest, DoNoHarmInTerminalPageOrTable) {
  const HostileSubmission submission;
  std::vector<ZipPart> parts = good_parts();
  std::vector<std::string> names = misleading_names();
  for (const std::string& name : names) {
    ZipPart part = parts[0];
    part.name = name + "/00000.png";
    parts.push_back(part);
  }
  submission.folder().write("names.zip", build_zip(parts));
  for (const std::string& name : {std::string("a\x1b[2Jb"), std::string("a\n::error::owned"),
                                  std::string("\xC2\x9B"
                                              "2J")}) {
    names.push_back(name);
  }
  for (const ZipPart& part : parts) submission.folder().write("names/" + part.name, part.content);
  for (const std::string& name : names)
    submission.folder().write("names/" + name + "/00000.png", mask_png());

  for (const char* predictions : {"names.zip", "names"}) {
    const std::string out = submission.folder() / (std::string("out-") + predictions);
    const ChildOutcome outcome = submission.score(
        predictions, {"-o", out, "--verbose", "--name", "=1+1<script>alert(1)</script>\x1b[2J"});
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    for (const std::string& text : {outcome.out, outcome.err}) {
      EXPECT_THAT(text, Not(HasSubstr("\x1b")));
      EXPECT_THAT(text, Not(HasSubstr("\xC2\x9B")));
      EXPECT_THAT("\n" + text, Not(HasSubstr("\n::error")));
    }
    const std::string page = read_text_file(out + "/report.html");
    EXPECT_THAT(page, Not(HasSubstr("<script>alert")));
    EXPECT_THAT(page, Not(HasSubstr("<img src=x")));
    for (const char* file :
         {"summary.csv", "per_sequence.csv", "per_object.csv", "per_frame.csv"}) {
      EXPECT_THAT("\n" + read_text_file(out + "/" + file), Not(HasSubstr("\n=")));
    }
  }
}

}  // namespace
}  // namespace angiobench::test
