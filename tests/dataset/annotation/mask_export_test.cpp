// SPDX-License-Identifier: MIT
#include "dataset/annotation/mask_export.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/filesystem/operations.hpp>
#include <set>
#include <string>
#include <vector>

#include "dataset/annotation/export_name.h"
#include "dataset/error.h"
#include "dataset/files/atomic_file.h"
#include "dataset/masks/npy.h"
#include "dataset/masks/png.h"
#include "dataset/sequence_index.h"
#include "tests/support/masks.h"
#include "tests/support/png_writer.h"
#include "tests/support/temp_folder.h"
#include "tests/support/tiny_benchmark.h"

namespace angiobench {
namespace {

using test::mask_from;
using test::TempFolder;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

void write(const TempFolder& folder, const std::string& path,
           const std::vector<std::uint8_t>& bytes) {
  folder.write(path, {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

void write_colors(const TempFolder& folder, const std::string& path, const Mask& mask,
                  std::span<const Rgb> palette) {
  std::vector<Rgb> pixels;
  for (int y = 0; y < mask.height(); ++y) {
    for (int x = 0; x < mask.width(); ++x) pixels.push_back(palette[mask.at(x, y)]);
  }
  write(folder, path, test::write_rgb_png(mask.width(), mask.height(), pixels));
}

// A grey file: 255 where the mask has the label.
void write_binary(const TempFolder& folder, const std::string& path, const Mask& mask, int label) {
  Mask one(mask.width(), mask.height());
  for (int y = 0; y < mask.height(); ++y) {
    for (int x = 0; x < mask.width(); ++x) one.at(x, y) = mask.at(x, y) == label ? 255 : 0;
  }
  write(folder, path, test::write_png(one.view(), {.color_type = 0}));
}

MaskImport import_from(const TempFolder& folder, const MaskExportOptions& options,
                       const std::string& from = "export", const std::string& to = "masks") {
  const std::unique_ptr<FileTree> tree = open_file_tree(folder / from);
  const MaskExportPlan plan = plan_mask_import(*tree, options);
  OutputFolder out(folder / to);
  MaskImport import = write_mask_import(*tree, plan, out, 2);
  out.commit();
  return import;
}

std::string refusal(const TempFolder& folder, const MaskExportOptions& options) {
  try {
    import_from(folder, options);
  } catch (const Error& error) {
    return error.what();
  }
  return "taken";
}

const std::vector<Mask> kVideo = {mask_from({"11...", ".22..", "....."}),
                                  mask_from({".11..", "..22.", "....."}),
                                  mask_from({"..11.", "...22", "....."})};
constexpr Rgb kOwn[] = {{0, 0, 0}, {48, 112, 32}, {176, 112, 32}};
constexpr const char* kCvatLabelMap =
    "# label:color_rgb:parts:actions\nvessel:48,112,32::\nbackground:0,0,0::\n"
    "catheter:176,112,32::\n";

// CVAT's "Segmentation mask": three frames with masks, a fourth that is listed only.
void write_cvat(const TempFolder& folder) {
  std::string list;
  for (int i = 0; i < 4; ++i) {
    const std::string name = "frame_00000" + std::to_string(i);
    list += name + "\n";
    if (i == 3) continue;
    write_colors(folder, "export/SegmentationClass/" + name + ".png",
                 kVideo[static_cast<std::size_t>(i)], kOwn);
    write_colors(folder, "export/SegmentationObject/" + name + ".png",
                 kVideo[static_cast<std::size_t>(i)], voc_palette());
  }
  folder.write("export/labelmap.txt", kCvatLabelMap);
  folder.write("export/ImageSets/Segmentation/default.txt", list);
}

TEST(MaskImport, ReadsTheColoursOfALabelMap) {
  const TempFolder folder;
  write_cvat(folder);
  MaskExportOptions options;
  options.name = "a";
  const MaskImport import = import_from(folder, options);
  EXPECT_EQ(import.num_sequences, 1U);
  EXPECT_EQ(import.num_frames, 4U);
  EXPECT_EQ(import.num_files, 3U);
  EXPECT_EQ(import.num_empty, 1U);
  ASSERT_EQ(import.labels.size(), 2U);
  EXPECT_EQ(import.labels[0].name, "vessel");
  EXPECT_EQ(import.labels[1].name, "catheter");
  EXPECT_EQ(import.pixels.at(2), 6U);
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(read_mask(folder / ("masks/a/00000" + std::to_string(i) + ".png")),
              kVideo[static_cast<std::size_t>(i)])
        << i;
  }
  EXPECT_EQ(read_mask(folder / "masks/a/000003.png"), Mask(5, 3));
  // The table's colours are those that a viewer shows, and the benchmark beside knows the labels.
  const std::string file = read_text_file(folder / "masks/a/000000.png");
  const std::vector<Rgb> palette =
      read_png_palette({reinterpret_cast<const std::uint8_t*>(file.data()), file.size()}, "a");
  EXPECT_EQ(palette.at(1), kOwn[1]);
  EXPECT_EQ(palette.at(2), kOwn[2]);
  const BenchmarkDefinition benchmark = load_benchmark(folder / "masks/dataset.json");
  EXPECT_EQ(benchmark.classes.at(2).name, "catheter");
  EXPECT_EQ(index_ground_truth(folder / "masks", benchmark).sequences.size(), 1U);
}

TEST(MaskImport, ReadsTheSameFromAZip) {
  const TempFolder folder;
  write_cvat(folder);
  test::zip_folder(folder / "export", folder / "export.zip");
  MaskExportOptions options;
  const MaskImport import = import_from(folder, options, "export.zip");
  EXPECT_EQ(import.num_frames, 4U);
  EXPECT_EQ(read_mask(folder / "masks/export/000001.png"), kVideo[1]);
}

TEST(MaskImport, TakesObjectsByTheVocMapWhereTheyAreAskedFor) {
  const TempFolder folder;
  write_cvat(folder);
  MaskExportOptions options;
  options.folder = MaskExportFolder::objects;
  const MaskImport import = import_from(folder, options);
  EXPECT_EQ(read_mask(folder / "masks/export/000002.png"), kVideo[2]);
  EXPECT_THAT(import.notes, ElementsAre(HasSubstr("numbers the objects of each image anew")));
}

TEST(MaskImport, PartsSeveralVideosOfOneFolderByTheirNames) {
  const TempFolder folder;
  const ColorTable table = parse_color_table(kCvatLabelMap, "labelmap.txt");
  for (const char* const name : {"v01_frame_00000", "v01_frame_00001", "v02_frame_00000"})
    write_colors(folder, std::string("export/") + name + ".png", kVideo[0], kOwn);
  write_colors(folder, "export/v03/frame_00007.png", kVideo[1], kOwn);
  MaskExportOptions options;
  options.colors = table;
  const MaskImport import = import_from(folder, options);
  EXPECT_EQ(import.num_sequences, 3U);
  EXPECT_EQ(read_mask(folder / "masks/v02/00000.png"), kVideo[0]);
  // In a folder of its own a frame keeps its name.
  EXPECT_EQ(read_mask(folder / "masks/v03/frame_00007.png"), kVideo[1]);
  options.frame_names = ExportFrameNames::whole;
  import_from(folder, options, "export", "whole");
  EXPECT_EQ(read_mask(folder / "whole/export/v02_frame_00000.png"), kVideo[0]);
}

TEST(MaskImport, RefusesColoursThatTheTableDoesNotHave) {
  const TempFolder folder;
  write_cvat(folder);
  constexpr Rgb kOther[] = {{0, 0, 0}, {48, 112, 33}, {176, 112, 32}};
  write_colors(folder, "export/SegmentationClass/frame_000001.png", kVideo[1], kOther);
  EXPECT_THAT(refusal(folder, {}),
              HasSubstr("frame_000001.png: has the colour (48, 112, 33) at x 1, y 0, which is not "
                        "in"));
  EXPECT_FALSE(boost::filesystem::exists(folder / "masks"));
}

TEST(MaskImport, WantsATableOfColours) {
  const TempFolder folder;
  write_colors(folder, "export/a/00000.png", kVideo[0], kOwn);
  EXPECT_THAT(refusal(folder, {}), HasSubstr("labelmap.txt: not found; expected a table of the "
                                             "colours"));
}

TEST(MaskImport, RefusesTwoSizesOfASequence) {
  const TempFolder folder;
  write_cvat(folder);
  write_colors(folder, "export/SegmentationClass/frame_000002.png", mask_from({"1"}), kOwn);
  EXPECT_THAT(refusal(folder, {}), HasSubstr("frame_000002.png: is 1x1; expected 5x3, as"));
}

// Label Studio's "Brush labels to PNG": a file a label and task, in the folder of a video.
void write_brushes(const TempFolder& folder) {
  for (int i = 0; i < 3; ++i) {
    const std::string task = std::to_string(i + 3);
    for (const auto& [label, name] : {std::pair(1, "vessel"), std::pair(2, "catheter")}) {
      write_binary(folder,
                   "export/a/task-" + task + "-annotation-" + task + "-by-1-tag-" + name + "-0.png",
                   kVideo[static_cast<std::size_t>(i)], label);
    }
  }
}

MaskExportOptions by_label() {
  MaskExportOptions options;
  options.form = MaskExportForm::by_label;
  return options;
}

TEST(MaskImport, MergesAFileALabelByLabelAndFrame) {
  const TempFolder folder;
  write_brushes(folder);
  MaskExportOptions options = by_label();
  options.labels = {"vessel", "catheter"};
  const MaskImport import = import_from(folder, options);
  EXPECT_EQ(import.num_files, 6U);
  EXPECT_EQ(import.num_frames, 3U);
  EXPECT_EQ(import.overlap_pixels, 0U);
  EXPECT_EQ(read_mask(folder / "masks/a/3.png"), kVideo[0]);
  EXPECT_EQ(read_mask(folder / "masks/a/5.png"), kVideo[2]);
  EXPECT_THAT(import.notes, ElementsAre(HasSubstr("{sequence}/task-{frame}-annotation-"),
                                        HasSubstr("called by the number of their task")));
}

TEST(MaskImport, NumbersLabelsByNameWhereNobodyOrdersThem) {
  const TempFolder folder;
  write_brushes(folder);
  const MaskImport import = import_from(folder, by_label());
  ASSERT_EQ(import.labels.size(), 2U);
  EXPECT_EQ(import.labels[0].name, "catheter");  // the control's name, "tag", is left out
  EXPECT_EQ(read_mask(folder / "masks/a/3.png"), mask_from({"22...", ".11..", "....."}));
}

TEST(MaskImport, NamesTasksByTheirImages) {
  const TempFolder folder;
  write_brushes(folder);
  MaskExportOptions options = by_label();
  options.labels = {"vessel", "catheter"};
  options.tasks = {{"3", "00000"}, {"4", "00001"}, {"5", "00002"}, {"6", "00003"}};
  const MaskImport import = import_from(folder, options);
  EXPECT_EQ(import.num_empty, 1U);
  EXPECT_EQ(read_mask(folder / "masks/a/00001.png"), kVideo[1]);
  EXPECT_EQ(read_mask(folder / "masks/a/00003.png"), Mask(5, 3));
  options.tasks.erase("4");
  EXPECT_THAT(refusal(folder, options), HasSubstr("is of the task 4, which the list of tasks"));
}

TEST(MaskImport, CountsOverlapsAndGivesThemToTheHigherId) {
  const TempFolder folder;
  write_binary(folder, "export/00000_a.png", mask_from({"111."}), 1);
  write_binary(folder, "export/00000_b.png", mask_from({"..11"}), 1);
  write_binary(folder, "export/00001_a.png", mask_from({"1..."}), 1);
  const MaskImport import = import_from(folder, by_label());
  EXPECT_EQ(import.overlap_pixels, 1U);
  EXPECT_EQ(import.overlap_frames, 1U);
  EXPECT_EQ(read_mask(folder / "masks/export/00000.png"), mask_from({"1122"}));
  MaskExportOptions options = by_label();
  options.labels = {"b", "a"};
  import_from(folder, options, "export", "turned");
  EXPECT_EQ(read_mask(folder / "turned/export/00000.png"), mask_from({"2221"}));
}

TEST(MaskImport, CutsOpacityAtHalf) {
  const TempFolder folder;
  Mask opacity(6, 1);
  opacity.at(0, 0) = opacity.at(1, 0) = opacity.at(2, 0) = 255;
  opacity.at(3, 0) = 128;
  opacity.at(4, 0) = 127;
  write(folder, "export/00000_a.png", test::write_png(opacity.view(), {.color_type = 0}));
  const MaskImport import = import_from(folder, by_label());
  EXPECT_EQ(import.smoothed_pixels, 2U);
  EXPECT_EQ(read_mask(folder / "masks/export/00000.png"), mask_from({"1111.."}));
}

TEST(MaskImport, RefusesFilesOfSeveralLabelsAndMasksWithoutAny) {
  const TempFolder folder;
  write(folder, "export/00000_a.png", test::write_png(kVideo[0].view(), {.color_type = 0}));
  EXPECT_THAT(refusal(folder, by_label()),
              HasSubstr("00000_a.png: has the values 1, 2: several labels in one file; expected a "
                        "file for each label"));
  write_binary(folder, "export/00000_a.png", kVideo[0], 7);
  EXPECT_THAT(refusal(folder, by_label()), HasSubstr("no mask shows a label: all 1 are empty"));
  EXPECT_FALSE(boost::filesystem::exists(folder / "masks"));
}

TEST(MaskImport, TakesArraysOfNumPy) {
  const TempFolder folder;
  const std::uint64_t shape[] = {1, 4};
  const std::uint8_t values[] = {1, 0, 0, 1};
  write(folder, "export/00000_a.npy", encode_npy(shape, values));
  import_from(folder, by_label());
  EXPECT_EQ(read_mask(folder / "masks/export/00000.png"), mask_from({"1..1"}));
}

TEST(MaskImport, RefusesTwoAnnotationsOfATask) {
  const TempFolder folder;
  write_brushes(folder);
  write_binary(folder, "export/a/task-3-annotation-9-by-2-tag-vessel-0.png", kVideo[0], 1);
  EXPECT_THAT(refusal(folder, by_label()), HasSubstr("is of the annotation 9 of a task"));
}

TEST(MaskImport, NamesLabelsAndFormsThatAreUnknown) {
  const TempFolder folder;
  write_brushes(folder);
  MaskExportOptions options = by_label();
  options.labels = {"vessel"};
  EXPECT_THAT(refusal(folder, options), HasSubstr("has the label 'tag-catheter'; expected one of"));
  write_binary(folder, "export/a/other.png", kVideo[0], 1);
  EXPECT_THAT(refusal(folder, by_label()),
              HasSubstr("the names of the masks have no form that is known; expected --pattern"));
}

TEST(MaskImport, WritesTheSameForAnyNumberOfThreads) {
  const TempFolder folder;
  write_brushes(folder);
  const std::unique_ptr<FileTree> tree = open_file_tree(folder / "export");
  const MaskExportPlan plan = plan_mask_import(*tree, by_label());
  std::set<std::string> texts;
  for (const int jobs : {1, 2, 3}) {
    OutputFolder out(folder / ("out" + std::to_string(jobs)));
    write_mask_import(*tree, plan, out, jobs);
    out.commit();
    texts.insert(read_text_file(folder / ("out" + std::to_string(jobs) + "/a/4.png")));
  }
  EXPECT_EQ(texts.size(), 1U);
}

TEST(ViewerPalette, KeepsColoursThatCanBeToldApart) {
  const std::vector<Rgb> own = viewer_palette(parse_color_table(kCvatLabelMap, "t"));
  EXPECT_EQ(own.at(1), kOwn[1]);
  EXPECT_EQ(own.at(2), kOwn[2]);
  EXPECT_EQ(own.size(), 256U);
  // Nearly black, and nearly the colour before: others are taken.
  const std::vector<Rgb> other =
      viewer_palette(parse_color_table("1 3 3 3\n2 200 0 0\n3 201 0 0\n", "t"));
  EXPECT_EQ(other.at(1), voc_palette()[1]);
  EXPECT_EQ(other.at(2), (Rgb{200, 0, 0}));
  EXPECT_EQ(other.at(3), voc_palette()[3]);
  std::set<Rgb> all(other.begin() + 1, other.begin() + 4);
  EXPECT_EQ(all.size(), 3U);
}

}  // namespace
}  // namespace angiobench
