// SPDX-License-Identifier: MIT
#include "dataset/masks/object_tracks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "tests/support/masks.h"

namespace angiobench {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

// A box of label 1.
Mask box(int x, int y, int width, int height) {
  Mask mask(100, 80);
  for (int v = y; v < y + height; ++v) {
    for (int u = x; u < x + width; ++u) mask.at(u, v) = 1;
  }
  return mask;
}

std::vector<TrackWarning> warnings_of(const std::vector<Mask>& frames) {
  ObjectTracks tracks({1});
  for (const Mask& frame : frames) tracks.add(frame.view());
  return track_warnings(tracks.objects(), 100, 80);
}

TEST(ObjectTracks, areas_middles_and_edges_are_those_of_a_slow_count) {
  std::mt19937_64 random(7);
  ObjectTracks tracks({1, 2, 3});
  std::vector<Mask> masks;
  for (int i = 0; i < 40; ++i) {
    masks.push_back(test::random_mask(23, 17, 3, random));
    tracks.add(masks.back().view());
  }
  for (const ObjectTrack& object : tracks.objects()) {
    ASSERT_EQ(object.sights.size(), masks.size());
    for (std::size_t i = 0; i < masks.size(); ++i) {
      const Mask& mask = masks[i];
      std::uint32_t area = 0;
      double x_sum = 0;
      double y_sum = 0;
      bool at_edge = false;
      for (int y = 0; y < 17; ++y) {
        for (int x = 0; x < 23; ++x) {
          if (mask.at(x, y) != object.id) continue;
          ++area;
          x_sum += x;
          y_sum += y;
          at_edge |= x == 0 || y == 0 || x == 22 || y == 16;
        }
      }
      const ObjectSight& sight = object.sights[i];
      EXPECT_EQ(sight.area, area);
      EXPECT_EQ(sight.at_edge, at_edge);
      if (area == 0) continue;
      EXPECT_NEAR(sight.x, x_sum / area, 1e-4);
      EXPECT_NEAR(sight.y, y_sum / area, 1e-4);
    }
  }
}

TEST(TrackWarnings, steady_motion_is_not_odd) {
  std::vector<Mask> frames;
  for (int i = 0; i < 20; ++i) frames.push_back(box(10 + 3 * i, 20 + i, 12 + i % 2, 10));
  EXPECT_THAT(warnings_of(frames), IsEmpty());
}

TEST(TrackWarnings, an_object_that_is_gone_amid_the_picture_vanished_and_where_it_is_back_is_told) {
  const std::vector<TrackWarning> warnings =
      warnings_of({box(40, 30, 10, 10), box(41, 30, 10, 10), Mask(100, 80), Mask(100, 80),
                   box(42, 30, 10, 10)});
  ASSERT_EQ(warnings.size(), 1);
  EXPECT_EQ(warnings[0].frame, 2);
  EXPECT_EQ(warnings[0].object, 1);
  EXPECT_EQ(warnings[0].event, TrackEvent::vanished);
  EXPECT_THAT(warnings[0].text, StartsWith("vanished: 100 pixels in the frame before"));
  EXPECT_THAT(warnings[0].text, HasSubstr("back after 2 frames"));
}

TEST(TrackWarnings, one_that_touched_the_edge_before_left_the_frame) {
  const std::vector<TrackWarning> warnings =
      warnings_of({box(84, 30, 10, 10), box(90, 30, 10, 10), Mask(100, 80), Mask(100, 80)});
  ASSERT_EQ(warnings.size(), 1);
  EXPECT_EQ(warnings[0].event, TrackEvent::left);
  EXPECT_THAT(warnings[0].text, HasSubstr("it does not come back"));
}

TEST(TrackWarnings, a_middle_that_moves_far_beyond_the_clips_median_jumped) {
  std::vector<Mask> frames;
  for (int i = 0; i < 10; ++i) frames.push_back(box(10 + i, 20, 10, 10));
  frames.push_back(box(60, 50, 10, 10));
  frames.push_back(box(61, 50, 10, 10));
  const std::vector<TrackWarning> warnings = warnings_of(frames);
  ASSERT_EQ(warnings.size(), 1);
  EXPECT_EQ(warnings[0].frame, 10);
  EXPECT_EQ(warnings[0].event, TrackEvent::moved);
}

TEST(TrackWarnings, an_area_that_changes_far_beyond_the_clips_median_jumped) {
  std::vector<Mask> frames;
  for (int i = 0; i < 10; ++i) frames.push_back(box(10, 20, 20, 20));
  frames.push_back(box(15, 25, 10, 10));
  frames.push_back(box(15, 25, 10, 10));
  const std::vector<TrackWarning> warnings = warnings_of(frames);
  ASSERT_EQ(warnings.size(), 1);
  EXPECT_EQ(warnings[0].frame, 10);
  EXPECT_EQ(warnings[0].event, TrackEvent::resized);
  EXPECT_THAT(warnings[0].text, HasSubstr("from 400 to 100"));
}

TEST(TrackWarnings, an_object_that_comes_in_late_is_not_odd) {
  EXPECT_THAT(warnings_of({Mask(100, 80), box(40, 30, 10, 10), box(40, 30, 10, 10)}), IsEmpty());
  EXPECT_THAT(warnings_of({box(40, 30, 10, 10)}), IsEmpty());
  EXPECT_THAT(warnings_of({}), IsEmpty());
}

}  // namespace
}  // namespace angiobench
