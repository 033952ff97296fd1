// SPDX-License-Identifier: MIT
#include "reports/packed_rows.h"

#include <gtest/gtest.h>

#include "reports/html/report.h"
#include "tests/support/results.h"
#include "tests/support/temp_folder.h"

namespace angiobench {
namespace {

void expect_same_rows(const SequenceScore& found, const SequenceScore& expected) {
  EXPECT_EQ(found.frame_names, expected.frame_names);
  ASSERT_EQ(found.frames.size(), expected.frames.size());
  for (std::size_t i = 0; i < expected.frames.size(); ++i) {
    EXPECT_EQ(found.frames[i].frame, expected.frames[i].frame);
    EXPECT_EQ(found.frames[i].object_id, expected.frames[i].object_id);
    EXPECT_EQ(found.frames[i].role, expected.frames[i].role);
    EXPECT_EQ(found.frames[i].counts, expected.frames[i].counts);
  }
}

TEST(PackedRows, AreUnpackedAsTheyWere) {
  const Result result = test::make_result({.sequences = 3, .objects = 4, .frames = 50});
  PackedRows rows;
  for (const SequenceScore& sequence : result.sequences) rows.append(sequence);
  ASSERT_EQ(rows.num_sequences(), 3u);
  std::size_t num_rows = 0;
  for (const SequenceScore& sequence : result.sequences) num_rows += sequence.frames.size();
  EXPECT_EQ(rows.num_rows(), num_rows);
  SequenceScore unpacked;
  for (const std::size_t at : {2u, 0u, 1u}) {
    rows.unpack(at, unpacked);
    expect_same_rows(unpacked, result.sequences[at]);
  }
}

TEST(PackedRows, KeepAnyNameAndTheLargestNumbers) {
  SequenceScore sequence;
  sequence.frame_names = {"", "00000", "0000", "00001.x", std::string(300, 'a'), "00001", ""};
  FrameScore row;
  row.frame = 6;
  row.object_id = 255;
  row.role = FrameRole::missing;
  row.counts = {UINT32_MAX, 0, 127, 128, 16383, 16384, UINT32_MAX - 1, 1};
  sequence.frames = {FrameScore{}, row};
  PackedRows rows;
  rows.append(SequenceScore{});
  rows.append(sequence);
  EXPECT_FALSE(rows.has_rows(0));
  EXPECT_TRUE(rows.has_rows(1));
  SequenceScore unpacked;
  rows.unpack(1, unpacked);
  expect_same_rows(unpacked, sequence);
  rows.unpack(0, unpacked);
  expect_same_rows(unpacked, SequenceScore{});
}

TEST(PackedRows, GiveTheSameReportAsTheRowsAndMapsThemselves) {
  const Result result = test::make_result({.sequences = 3, .objects = 2, .frames = 40});
  const std::vector<std::uint8_t> png =
      encode_error_map(Mask(30, 20, 1).view(), Mask(30, 20).view());
  const test::TempFolder folder;
  StagedErrorMaps staged(
      folder / "maps", [&](std::size_t i) { return result.sequences[i].name; },
      [&](std::size_t i, std::size_t frame) { return result.sequences[i].frame_names[frame]; });
  std::vector<ErrorMap> maps;
  PackedRows rows;
  Result bare = result;
  for (std::size_t i = 0; i < result.sequences.size(); ++i) {
    rows.append(result.sequences[i]);
    for (const std::size_t frame : {3u, 17u, 18u, 39u}) {
      maps.push_back({result.sequences[i].name, result.sequences[i].frame_names[frame], png});
      staged.add(i, frame, png);
    }
    bare.sequences[i].frames.clear();
    bare.sequences[i].frame_names.clear();
  }
  ReportOptions options;
  options.error_maps = maps;
  ReportOptions packed;
  packed.rows = &rows;
  packed.staged_maps = &staged;
  std::string page;
  std::size_t largest_piece = 0;
  write_report_html(bare, packed, [&](std::string_view piece) {
    page += piece;
    largest_piece = std::max(largest_piece, piece.size());
  });
  EXPECT_EQ(page, report_html(result, options));
  EXPECT_LT(largest_piece, page.size());
}

}  // namespace
}  // namespace angiobench
