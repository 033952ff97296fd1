// SPDX-License-Identifier: MIT
#include "reports/html/clip_page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/filesystem/operations.hpp>
#include <random>

#include "dataset/error.h"
#include "dataset/files/atomic_file.h"
#include "reports/html/print.h"
#include "tests/support/masks.h"
#include "tests/support/temp_folder.h"

namespace angiobench {
namespace {

namespace fs = boost::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

// What the page's script does with runs.
Mask decoded(const std::string& bytes, int width, int height, const std::vector<int>& ids) {
  Mask mask(width, height);
  std::size_t at = 0;
  std::size_t pixel = 0;
  const auto number = [&] {
    std::size_t value = 0;
    for (int shift = 0;; shift += 7) {
      const auto byte = static_cast<unsigned char>(bytes.at(at++));
      value |= static_cast<std::size_t>(byte & 127) << shift;
      if (byte < 128) return value;
    }
  };
  while (at < bytes.size()) {
    pixel += number();
    const std::size_t end = pixel + number();
    const int label = ids.size() > 1 ? static_cast<unsigned char>(bytes.at(at++)) : ids.front();
    for (; pixel < end; ++pixel) mask.pixels()[pixel] = static_cast<std::uint8_t>(label);
  }
  return mask;
}

std::size_t count(const std::string& text, const std::string& word) {
  std::size_t found = 0;
  for (std::size_t at = text.find(word); at != std::string::npos; at = text.find(word, at + 1))
    ++found;
  return found;
}

ClipPageOptions small_clip() {
  ClipPageOptions options;
  options.clip = "cine";
  options.width = 40;
  options.height = 30;
  options.num_frames = 5;
  options.object_ids = {1, 2};
  options.facts = {{"Predicted by", "first-mask"}};
  return options;
}

// Object 1 stands still; object 2 is gone from the third frame on.
void add_frames(ClipPageWriter& page, int num_frames, const std::string& prefix = "frame-") {
  const std::vector<std::uint8_t> jpeg = {0xFF, 0xD8, 0xFF, 0xD9};
  page.set_poster(jpeg);
  for (int i = 0; i < num_frames; ++i) {
    Mask labels(40, 30);
    for (int x = 5; x < 15; ++x) labels.at(x, 10) = 1;
    for (int x = 20; x < 30 && i < 2; ++x) labels.at(x, 20) = 2;
    page.add({prefix + std::to_string(i), jpeg, 80, labels.view()});
  }
}

class ClipPage : public ::testing::Test {
 protected:
  std::string written(const ClipPageOptions& options, int num_frames = 5,
                      const std::string& prefix = "frame-") {
    const std::string path = folder_ / "look.html";
    ClipPageWriter page(path, options);
    add_frames(page, num_frames, prefix);
    page.commit();
    return read_text_file(path);
  }
  test::TempFolder folder_;
};

TEST(PlayerRuns, come_back_as_the_mask_they_were_made_of) {
  std::mt19937_64 random(3);
  for (const std::vector<int>& ids : {std::vector<int>{1}, std::vector<int>{1, 2, 3}}) {
    for (int i = 0; i < 60; ++i) {
      const Mask mask =
          test::random_mask(i % 2 == 0 ? 37 : 300, 21, static_cast<int>(ids.size()), random);
      EXPECT_EQ(decoded(player_runs(mask.view(), ids), mask.width(), mask.height(), ids), mask);
    }
  }
}

TEST(PlayerRuns, leave_out_labels_that_are_no_object) {
  const Mask mask = test::mask_from({".11.22."});
  EXPECT_EQ(decoded(player_runs(mask.view(), {2}), 7, 1, {2}), test::mask_from({"....22."}));
}

TEST_F(ClipPage, is_one_file_that_asks_for_nothing) {
  const std::string page = written(small_clip());
  EXPECT_THAT(page, AllOf(HasSubstr("default-src 'none'; style-src 'sha256-"),
                          HasSubstr("img-src data:;"), Not(HasSubstr("style=")),
                          Not(HasSubstr("http-equiv=\"refresh\"")), Not(HasSubstr("https://"))));
  EXPECT_EQ(count(page, "<img alt=\"\" data-runs="), 5);
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_.path()), fs::directory_iterator()), 1);
}

TEST_F(ClipPage, says_what_is_lossy_how_it_is_played_and_by_what_it_was_made) {
  const std::string page = written(small_clip());
  EXPECT_THAT(page, AllOf(HasSubstr("<b>lossy</b>: grey JPEG of quality 80 or more"),
                          HasSubstr("played at 15 a second"), HasSubstr("<noscript>"),
                          HasSubstr("5 frames of 40×30, 2 objects"),
                          HasSubstr("<dt>Predicted by</dt><dd>first-mask</dd>")));
  ClipPageOptions timed = small_clip();
  timed.times_ms = {0, 66.667, 133.333, 200, 266.667};
  EXPECT_THAT(written(timed), AllOf(HasSubstr("&quot;times&quot;:[0.0,66.7,133.3,200.0,266.7]"),
                                    Not(HasSubstr("a second."))));
}

TEST_F(ClipPage, lists_what_is_odd_with_its_frame_and_draws_an_area_for_each_object) {
  const std::string page = written(small_clip());
  EXPECT_THAT(page, HasSubstr("<a href=\"#player\" data-frame=\"2\">Frame frame-2</a>"));
  EXPECT_THAT(page, HasSubstr("vanished: 10 pixels in the frame before"));
  EXPECT_EQ(count(page, "class=\"curve area\""), 2);
  EXPECT_THAT(page, HasSubstr("object 2: pixels per frame, shown in 2 of 5 frames"));
}

TEST_F(ClipPage, names_of_strangers_stay_text) {
  ClipPageOptions options = small_clip();
  options.clip = "</script><b>x";
  options.facts = {{"Predicted by", "\"><img src=x>"}};
  const std::string page = written(options, 5, "<i>\"&'-");
  EXPECT_THAT(page,
              AllOf(Not(HasSubstr("<b>x")), Not(HasSubstr("<i>")), Not(HasSubstr("<img src=x"))));
  EXPECT_EQ(count(page, "</script>"), 1);
}

TEST_F(ClipPage, a_long_clip_has_its_frames_in_files_beside_it) {
  ClipPageOptions options = small_clip();
  options.max_embedded_pixels = 100;
  options.frames_per_file = 2;
  folder_.write("notes.txt", "mine");
  folder_.write("look_files/frames-0007.js", "of a longer clip");
  const std::string page = written(options);
  EXPECT_THAT(page,
              AllOf(HasSubstr("script-src 'self'"), HasSubstr("src=\"look_files/player.js\""),
                    HasSubstr("&quot;folder&quot;:&quot;look_files&quot;,&quot;chunk&quot;:2"),
                    Not(HasSubstr("data-runs"))));
  for (const char* const name : {"page.css", "page.js", "player.css", "player.js", "frames-0000.js",
                                 "frames-0001.js", "frames-0002.js"})
    EXPECT_TRUE(fs::exists(folder_ / ("look_files/" + std::string(name)))) << name;
  EXPECT_FALSE(fs::exists(folder_ / "look_files/frames-0007.js"));
  EXPECT_TRUE(fs::exists(folder_ / "notes.txt"));
  EXPECT_THAT(read_text_file(folder_ / "look_files/frames-0002.js"),
              testing::StartsWith("angiobenchFrames(2,[\"" +
                                  html::base64(std::string_view("\xFF\xD8\xFF\xD9")) + "\",\""));
}

TEST_F(ClipPage, without_commit_nothing_is_left) {
  for (const std::uint64_t embedded : {std::uint64_t{1} << 40, std::uint64_t{1}}) {
    ClipPageOptions options = small_clip();
    options.max_embedded_pixels = embedded;
    {
      ClipPageWriter page(folder_ / "look.html", options);
      add_frames(page, 5);
    }
    EXPECT_TRUE(fs::is_empty(folder_.path()));
  }
}

TEST_F(ClipPage, a_folder_in_the_way_stops_it) {
  fs::create_directories(folder_ / "look.html");
  EXPECT_THROW(ClipPageWriter(folder_ / "look.html", small_clip()), Error);
}

TEST_F(ClipPage, sixty_frames_of_the_largest_jpegs_stay_below_six_megabytes) {
  ClipPageOptions options = small_clip();
  options.width = 512;
  options.height = 512;
  options.num_frames = 60;
  const std::string path = folder_ / "look.html";
  ClipPageWriter page(path, options);
  const std::vector<std::uint8_t> jpeg(512 * 512 / 5, 0xAB);
  page.set_poster(jpeg);
  for (int i = 0; i < 60; ++i) {
    // A tree of vessels has some thousand runs.
    Mask labels(512, 512);
    for (int y = 0; y < 512; ++y) {
      for (int branch = 0; branch < 4; ++branch) {
        for (int x = 0; x < 6; ++x) labels.at(branch * 120 + (y * branch + i) % 100 + x, y) = 1;
      }
    }
    page.add({"00000", jpeg, 50, labels.view()});
  }
  page.commit();
  EXPECT_LE(fs::file_size(path), 6'000'000);
}

}  // namespace
}  // namespace angiobench
