// SPDX-License-Identifier: MIT
// What scoring keeps in memory does not grow with the number of frames.
#include <gtest/gtest.h>

#include <boost/filesystem/operations.hpp>
#include <fstream>
#include <iomanip>
#include <string>

#include "dataset/masks/png.h"
#include "tests/support/child_process.h"
#include "tests/support/masks.h"
#include "tests/support/temp_folder.h"

namespace angiobench {
namespace {

namespace fs = boost::filesystem;

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kIsSanitized = true;
#else
constexpr bool kIsSanitized = false;
#endif

// Sequences of 250 tiny masks, truth and prediction alike or not: the same two files again and
// again.
void make_sequences(const test::TempFolder& folder, int num_sequences) {
  const Mask truth = test::mask_from({"..11..22", ".111.222", "..11..22", "........"});
  const Mask prediction = test::mask_from({".111..22", ".111..22", "......22", "........"});
  for (const auto& [side, mask] : {std::pair{"truth", &truth}, {"prediction", &prediction}}) {
    for (int sequence = 0; sequence < num_sequences; ++sequence) {
      const std::string place = folder / (std::string(side) + "/v" + std::to_string(sequence));
      fs::create_directories(place);
      const std::string first = place + "/00000.png";
      write_mask_png(first, mask->view(), voc_palette().first(21));
      for (int frame = 1; frame < 250; ++frame) {
        const std::string digits = std::to_string(frame);
        fs::create_hard_link(first,
                             place + "/" + std::string(5 - digits.size(), '0') + digits + ".png");
      }
    }
  }
}

long peak_of_scoring(int num_sequences) {
  const test::TempFolder folder;
  make_sequences(folder, num_sequences);
  const test::ChildOutcome outcome = test::run_child(
      {ANGIOBENCH_PROGRAM, "score", "--dataset", "flat", "-g", folder / "truth", "-p",
       folder / "prediction", "--protocol", "vos-benchmark", "-j", "2", "-o", folder / "out"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_TRUE(fs::exists(folder / "out/report.html"));
  return outcome.peak_kilobytes;
}

TEST(ScoreMemory, HardlyGrowsWithTheNumberOfFrames) {
  if (kIsSanitized) GTEST_SKIP() << "a sanitizer keeps what was freed";
  // 5,000 frames and eight times as many, two objects each: 5 MB more, most of it the page with
  // 320 curves. Whoever holds rows, names or maps of all frames takes 20 MB and more.
  const long small = peak_of_scoring(20);
  const long large = peak_of_scoring(160);
  EXPECT_LT(large - small, 10000) << "KB more for 35,000 frames; " << small << " KB before";
  EXPECT_LT(large, 32 * 1024);
}

// A json of COCO's form in which each of `num_videos` videos has 10,000 images of three objects.
long peak_of_scoring_json(int num_videos) {
  const test::TempFolder folder;
  const Mask truth = test::mask_from({"1..2", "1..3"});
  write_mask_png(folder / "truth/v0/00000.png", truth.view(), voc_palette().first(21));
  write_mask_png(folder / "truth/v0/00001.png", truth.view(), voc_palette().first(21));
  write_mask_png(folder / "truth/v0/00002.png", truth.view(), voc_palette().first(21));
  std::ofstream json(folder / "results.json");
  json << R"({"annotations":[)";
  const int num_images = num_videos * 10'000;
  for (int image = 1; image <= num_images; ++image) {
    for (int object = 1; object <= 3; ++object) {
      json << (image + object > 2 ? ",\n" : "\n") << R"({"id":)" << 3 * image + object
           << R"(,"image_id":)" << image << R"(,"object_id":)" << object
           << R"(,"category_id":1,"segmentation":{"size":[2,4],"counts":[)"
           << (object == 1   ? "0,2,6"
               : object == 2 ? "6,1,1"
                             : "7,1")
           << "]}}";
    }
  }
  json << R"(],"images":[)";
  for (int image = 0; image < num_images; ++image) {
    json << (image > 0 ? ",\n" : "\n") << R"({"id":)" << image + 1 << R"(,"file_name":"v)"
         << image / 10'000 << "/" << std::setfill('0') << std::setw(5) << image % 10'000
         << R"(.png","width":4,"height":2})";
  }
  json << "]}";
  json.close();
  const test::ChildOutcome outcome =
      test::run_child({ANGIOBENCH_PROGRAM, "score", "--dataset", "flat", "-g", folder / "truth",
                       "-p", folder / "results.json", "-j", "2", "--max-entries", "1000000"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_NE(outcome.out.find("100.0"), std::string::npos) << outcome.out;
  return outcome.peak_kilobytes;
}

TEST(ScoreMemory, OfAJsonIsSomeThirtyBytesAMask) {
  if (kIsSanitized) GTEST_SKIP() << "a sanitizer keeps what was freed";
  // 270,000 masks of 90,000 images more.
  const long small = peak_of_scoring_json(1);
  const long large = peak_of_scoring_json(10);
  EXPECT_LT(large - small, 270 * 32) << "KB more; " << small << " KB before";
}

}  // namespace
}  // namespace angiobench
