// SPDX-License-Identifier: MIT
// Arrays of planes that mean harm or were written by mistake, given to the program as an organiser
// would give them: each ends with its own message and exit code, within a second and 200 MB.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ostream>
#include <string>

#include "dataset/masks/npy.h"
#include "tests/support/child_process.h"
#include "tests/support/hostile_zip.h"
#include "tests/support/temp_folder.h"

namespace angiobench::test {
namespace {

using ::testing::HasSubstr;

struct HostileArray {
  std::string name;  // a valid test name
  std::string bytes;
  std::string words;  // of the message
  std::string code;   // that the validator gives it
};

void PrintTo(const HostileArray& array, std::ostream* out) { *out << array.name; }

std::string text_of(const std::vector<std::uint8_t>& bytes) { return {bytes.begin(), bytes.end()}; }

// A file with this header and so many bytes of values.
std::string array_of(const std::string& type, const std::string& shape, std::size_t num_bytes,
                     const std::string& order = "False", std::size_t padding = 0) {
  std::string header = "{'descr': '" + type + "', 'fortran_order': " + order +
                       ", 'shape': " + shape + ", }" + std::string(padding, ' ') + "\n";
  std::string text("\x93NUMPY\x02\0", 8);
  for (int i = 0; i < 4; ++i) text += static_cast<char>(header.size() >> (8 * i) & 0xFF);
  return text + header + std::string(num_bytes, '\1');
}

constexpr std::size_t kValues = 2UL * 40 * 30;  // of the truth, [2, 40, 30]

std::vector<HostileArray> hostile_arrays() {
  std::string seven = array_of("|u1", "(2, 40, 30)", kValues);
  seven.back() = 7;
  return {
      {"logits", array_of("<f2", "(1, 2, 40, 30)", 2 * kValues), "values of type '<f2'", "P048"},
      {"integers", array_of("<i8", "(2, 40, 30)", 8 * kValues), "values of type '<i8'", "P048"},
      {"batch", array_of("|b1", "(1, 2, 40, 30)", kValues), "shape [1, 2, 40, 30]", "P047"},
      {"turned", array_of("|b1", "(2, 30, 40)", kValues), "shape [2, 30, 40]", "P047"},
      {"one_plane", array_of("|b1", "(1, 40, 30)", kValues / 2), "shape [1, 40, 30]", "P047"},
      {"huge_planes", array_of("|b1", "(70, 512, 512)", 70UL * 512 * 512), "shape [70, 512, 512]",
       "P047"},
      {"huge_shape", array_of("|b1", "(1024, 4294967295, 4294967295)", 5), "a shape too large",
       "P047"},
      {"many_planes", array_of("|b1", "(9999999, 1, 1)", 5), "5 bytes of data", "P047"},
      {"long_header", array_of("|b1", "(2, 40, 30)", kValues, "False", 1 << 20),
       "a .npy header of 10486", "P010"},
      {"huge_header", std::string("\x93NUMPY\x02\0\0\0\0\x40", 12), "a .npy header of 1073741824",
       "P010"},
      {"fortran", array_of("|b1", "(2, 40, 30)", kValues, "True"), "Fortran order", "P010"},
      {"cut", array_of("|b1", "(2, 40, 30)", kValues - 1), "2399 bytes of data", "P010"},
      {"empty", "", "no .npy header", "P010"},
      {"picture", "\x89PNG\r\n\x1a\n", "no .npy header", "P010"},
      {"classes", seven, "value 7", "P049"},
  };
}

class HostileArrayVerbTest : public testing::TestWithParam<HostileArray> {
 protected:
  HostileArrayVerbTest() {
    std::vector<std::uint8_t> values(kValues);
    for (std::size_t i = 300; i < 900; ++i) values[i] = 1;
    const std::vector<std::uint64_t> shape = {2, 40, 30};
    folder_.write("data/labels/a.npy", text_of(encode_npy(shape, values)));
    folder_.write("data/images/a.png", "");
    folder_.write("data/paxray.json",
                  R"({"label_dict": {"0": "lung", "1": "rib"}, "test": [{"image": "images/a.png",)"
                  R"( "target": "labels/a.npy"}]})");
    folder_.write("theirs/a.npy", GetParam().bytes);
    ZipPart part;
    part.name = "a.npy";
    part.content = GetParam().bytes;
    part.deflated = true;
    folder_.write("theirs.zip", build_zip({part}));
  }

  ChildOutcome run(const std::vector<std::string>& verb, const std::string& predictions) const {
    std::vector<std::string> arguments = {ANGIOBENCH_PROGRAM};
    arguments.insert(arguments.end(), verb.begin(), verb.end());
    for (const std::string& word :
         {std::string("--dataset"), std::string("paxray-test"), std::string("-g"), folder_ / "data",
          std::string("-p"), folder_ / predictions})
      arguments.push_back(word);
    return run_child(arguments);
  }

  // A zip's member may be as large as the truth's arrays or the usual limit.
  bool is_too_large_for_a_zip() const { return GetParam().bytes.size() > 16UL << 20; }

  static void expect_cheap(const ChildOutcome& outcome) {
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
    EXPECT_LT(outcome.cpu_seconds, 1);
    EXPECT_LT(outcome.peak_kilobytes, 200'000);
#else
    EXPECT_LT(outcome.cpu_seconds, 10);
#endif
  }

  TempFolder folder_;
};

TEST_P(HostileArrayVerbTest, IsNotScored) {
  for (const char* const predictions : {"theirs", "theirs.zip"}) {
    const ChildOutcome outcome = run({"score"}, predictions);
    const bool is_limit = is_too_large_for_a_zip() && predictions == std::string("theirs.zip");
    EXPECT_EQ(outcome.exit_code, is_limit ? 5 : 3) << outcome.err;
    if (!is_limit) {
      EXPECT_THAT(outcome.err, HasSubstr(GetParam().words));
    }
    EXPECT_EQ(outcome.out, "");
    expect_cheap(outcome);
  }
}

TEST_P(HostileArrayVerbTest, IsToldByTheValidator) {
  for (const char* const predictions : {"theirs", "theirs.zip"}) {
    const ChildOutcome outcome = run({"validate", "submission"}, predictions);
    const bool is_limit = is_too_large_for_a_zip() && predictions == std::string("theirs.zip");
    EXPECT_EQ(outcome.exit_code, is_limit ? 5 : 1) << outcome.err;
    if (!is_limit) {
      EXPECT_THAT(outcome.err, HasSubstr(GetParam().words));
      EXPECT_THAT(outcome.err, HasSubstr("[" + GetParam().code + "]"));
    }
    expect_cheap(outcome);
  }
}

INSTANTIATE_TEST_SUITE_P(Kinds, HostileArrayVerbTest, testing::ValuesIn(hostile_arrays()),
                         [](const auto& one) { return one.param.name; });

}  // namespace
}  // namespace angiobench::test
