// SPDX-License-Identifier: MIT
#include "dataset/masks/coco_tree.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <random>
#include <sstream>

#include "dataset/error.h"
#include "dataset/exchange/coco_export.h"
#include "dataset/exchange/coco_import.h"
#include "dataset/masks/mask_source.h"
#include "dataset/masks/npy.h"
#include "dataset/masks/submission_place.h"
#include "tests/support/masks.h"
#include "tests/support/temp_folder.h"
#include "tests/support/test_data.h"

namespace angiobench {
namespace {

// A truth of the layout flat: v0 has frames 00000 … 00002 of 4 x 3 pixels, v1 one frame less.
class Coco : public ::testing::Test {
 protected:
  Coco() {
    for (const char* const name : {"v0/00000", "v0/00001", "v0/00002", "v1/00000", "v1/00001"})
      put("truth/" + std::string(name), test::mask_from({".11.", ".11.", "2..."}));
  }

  void put(const std::string& name, const Mask& mask) {
    write_mask_png(folder_ / (name + ".png"), mask.view(), voc_palette());
  }
  SequenceIndex index(const std::string& benchmark = "flat") const {
    return index_ground_truth(folder_ / "truth", load_benchmark(benchmark));
  }
  std::shared_ptr<const FileTree> open(const std::string& json) const {
    folder_.write("results.json", json);
    return open_submission_tree(folder_ / "results.json", index());
  }
  Mask mask_of(const FileTree& tree, const std::string& sequence, const std::string& frame) const {
    const SequenceIndex own = index();
    const FileMaskSource masks = submission_masks(own.benchmark, tree);
    const auto at = std::ranges::find(own.sequences, sequence, &Sequence::name);
    MaskBuffers buffers;
    Sha256 digest{};
    const MaskLabels labels = masks.read_runs(*at, frame, {4, 3}, buffers, digest);
    Mask pixels;
    const Mask by_runs(pixels_of(labels, pixels));
    // The file that is made of it has the same labels.
    std::vector<std::uint8_t> bytes;
    EXPECT_TRUE(tree.read(sequence + "/" + frame + ".png", bytes));
    MaskDecoder decoder;
    EXPECT_EQ(Mask(decoder.decode(bytes, {}, "made")), by_runs);
    return by_runs;
  }
  std::string refusal(const std::string& json) const {
    try {
      open(json);
    } catch (const Error& error) {
      EXPECT_NE(error.kind(), ErrorKind::bug);
      EXPECT_EQ(error.path(), folder_ / "results.json");
      return error.what();
    }
    return "";
  }
  static std::vector<std::string> codes(const std::vector<Finding>& findings) {
    std::vector<std::string> codes;
    for (const Finding& finding : findings) codes.push_back(finding.code);
    return codes;
  }

  test::TempFolder folder_;
};

// Rows ".11.", ".11.", "2...", column by column.
const std::string kOne = R"({"size":[3,4],"counts":[3,2,1,2,4]})";
const std::string kTwo = R"({"size":[3,4],"counts":[2,1,9]})";
const std::string kVideos =
    R"("videos":[{"id":5,"width":4,"height":3,"file_names":["v0/00000.jpg","v0/00001.jpg","v0/00002.jpg"]},)"
    R"({"id":9,"width":4,"height":3,"file_names":["v1/00000.jpg","v1/00001.jpg"]}])";

TEST_F(Coco, VideosAreSequencesAndNullsAreEmpty) {
  const auto tree = open("{" + kVideos +
                         R"(,"annotations":[)"
                         R"({"id":1,"video_id":5,"category_id":3,"object_id":1,"segmentations":[)" +
                         kOne + ",null," + kOne +
                         "]},"
                         R"({"id":2,"video_id":5,"category_id":3,"object_id":2,"segmentations":[)" +
                         kTwo + "," + kTwo + ",null]}]}");
  EXPECT_EQ(tree->folders(""), (std::vector<std::string>{"v0", "v1"}));
  EXPECT_EQ(tree->files("v1"), (std::vector<std::string>{"00000.png", "00001.png"}));
  EXPECT_EQ(mask_of(*tree, "v0", "00000"), test::mask_from({".11.", ".11.", "2..."}));
  EXPECT_EQ(mask_of(*tree, "v0", "00001"), test::mask_from({"....", "....", "2..."}));
  EXPECT_EQ(mask_of(*tree, "v0", "00002"), test::mask_from({".11.", ".11.", "...."}));
  EXPECT_EQ(mask_of(*tree, "v1", "00001"), Mask(4, 3));
  EXPECT_TRUE(tree->notes().empty());
  EXPECT_TRUE(found_in_masks(*tree).empty());
  EXPECT_EQ(tree->display_path("v0/00000.png"), folder_ / "results.json" + "!v0/00000.png");
}

TEST_F(Coco, TheOrderOfTheFileDoesNotMatter) {
  // Annotations before videos, frames out of order, fields of others between, white space.
  const auto tree = open(R"({ "annotations" : [ {"segmentations":[ null , )" + kTwo + R"( ],
      "extra": {"segmentation": [[1]], "deep": [[[{}]]]}, "video_id": "x", "object_id": 4, "id": 7 } ],
      "licenses": [1, true, "a"], "videos": [ {"file_names": ["a/b/v1/00001.png", "a/b/v1/00000.png"], "id": "x"} ]})");
  EXPECT_EQ(mask_of(*tree, "v1", "00000"), test::mask_from({"....", "....", "4..."}));
  EXPECT_EQ(mask_of(*tree, "v1", "00001"), Mask(4, 3));
}

TEST_F(Coco, ImagesAreFramesOfTheirFolder) {
  const auto tree = open(
      R"({"images":[{"id":1,"file_name":"v0/00001.jpg"},{"id":2,"file_name":"data\\v0\\00000.jpg"}],"annotations":[)"
      R"({"id":1,"image_id":2,"category_id":1,"attributes":{"track_id":2},"segmentation":)" +
      kTwo +
      "},"
      R"({"id":2,"image_id":2,"category_id":1,"attributes":{"track_id":1},"segmentation":[[1,0,3,0,3,2,1,2]]},)"
      R"({"id":3,"image_id":1,"category_id":1,"attributes":{"track_id":1},"segmentation":[]}]})");
  EXPECT_EQ(mask_of(*tree, "v0", "00000"), test::mask_from({".11.", ".11.", "2..."}));
  EXPECT_EQ(mask_of(*tree, "v0", "00001"), Mask(4, 3));
}

TEST_F(Coco, SequencesOfBurstHaveMasksByObject) {
  const auto tree = open(
      R"({"split":"val","sequences":[{"width":4,"height":3,"dataset":"d","segmentations":[{"2":{"rle":"219","is_gt":true}},{"1":")"
      "321"
      "20L"
      R"("},{}],"seq_name":"v0","annotated_image_paths":["00000.jpg","00001.jpg","00002.jpg"]}]})");
  EXPECT_EQ(mask_of(*tree, "v0", "00000"), test::mask_from({"....", "....", "2..."}));
  EXPECT_EQ(mask_of(*tree, "v0", "00002"), Mask(4, 3));
}

TEST_F(Coco, AListOfResultsTakesItsFramesFromTheTruth) {
  const auto tree = open(R"([{"video_id":"v1","category_id":1,"score":0.5,"segmentations":[)" +
                         kOne + ",null]}]");
  EXPECT_EQ(tree->files("v1").size(), 2U);
  EXPECT_EQ(mask_of(*tree, "v1", "00000"), test::mask_from({".11.", ".11.", "...."}));
  EXPECT_EQ(codes(tree->notes()), (std::vector<std::string>{"A014"}));
  const std::string one_more = refusal(R"([{"video_id":"v1","segmentations":[null,null,null]}])");
  EXPECT_NE(one_more.find("has 3 masks an object, and not so many frames"), std::string::npos)
      << one_more;
  const std::string numbers = refusal(R"([{"video_id":1,"segmentations":[null,null]}])");
  EXPECT_NE(numbers.find("angiobench import coco FILE --names INSTANCES.json"), std::string::npos);
}

TEST_F(Coco, ASharedPixelGoesToTheHigherScoreThenToTheFirst) {
  const std::string whole = R"({"size":[3,4],"counts":[0,12]})";
  const std::string start = "{" + kVideos + R"(,"annotations":[)";
  const auto annotation = [&](int id, const std::string& score, const std::string& mask) {
    return R"({"id":)" + std::to_string(id) + R"(,"video_id":9,"object_id":)" + std::to_string(id) +
           score + R"(,"segmentations":[)" + mask + ",null]}";
  };
  const auto first = open(start + annotation(1, "", whole) + "," + annotation(2, "", kTwo) + "]}");
  EXPECT_EQ(mask_of(*first, "v1", "00000"), Mask(4, 3, 1));
  const auto higher = open(start + annotation(1, R"(,"score":0.25)", whole) + "," +
                           annotation(2, R"(,"score":0.5)", kTwo) + "]}");
  EXPECT_EQ(mask_of(*higher, "v1", "00000"), test::mask_from({"1111", "1111", "2111"}));
  const std::vector<Finding> found = found_in_masks(*higher);
  ASSERT_EQ(codes(found), (std::vector<std::string>{"A010"}));
  EXPECT_NE(found[0].message.find("share 1 pixel in 1 frame of 1 sequence (v1/00000)"),
            std::string::npos)
      << found[0].message;
}

TEST_F(Coco, WhatIsWrongInItsListsIsFound) {
  const std::string start = "{" + kVideos + R"(,"annotations":[)";
  const auto annotation = [&](int id, int video, int object, std::size_t num_frames) {
    std::string text = R"({"id":)" + std::to_string(id) + R"(,"video_id":)" +
                       std::to_string(video) + R"(,"object_id":)" + std::to_string(object) +
                       R"(,"segmentations":[)" + kOne;
    for (std::size_t i = 1; i < num_frames; ++i) text += ",null";
    return text + "]}";
  };
  const auto twice = open(start + annotation(4, 5, 1, 3) + "," + annotation(4, 9, 1, 2) + "]}");
  EXPECT_EQ(codes(found_in_masks(*twice)), (std::vector<std::string>{"A011"}));
  const auto doubled = open(start + annotation(1, 5, 1, 3) + "," + annotation(2, 5, 1, 3) + "]}");
  EXPECT_EQ(codes(found_in_masks(*doubled)), (std::vector<std::string>{"A012"}));
  EXPECT_NE(found_in_masks(*doubled)[0].message.find("object 1 in v0/00000"), std::string::npos);
  const auto unknown = open(start + annotation(1, 5, 1, 3) + "," + annotation(2, 6, 1, 3) + "]}");
  EXPECT_EQ(codes(found_in_masks(*unknown)), (std::vector<std::string>{"A013"}));
}

TEST_F(Coco, EachFileThatIsNoneIsRefusedInItsOwnWords) {
  const std::string start = "{" + kVideos + R"(,"annotations":[)";
  const std::string deep = start + std::string(200, '[');
  const std::pair<std::string, std::string> cases[] = {
      {"{", "is not JSON: mistake in line 1"},
      {"{\n\"videos\":[}\n", "mistake in line 2"},
      {"", "is not JSON"},
      {"{}", "has none of the lists of a COCO json"},
      {R"({"videos": [], "classes": []})", "has the lists and objects videos, classes"},
      {R"({"shapes": []})", "expected videos or images with annotations"},
      {deep, "nested deeper than 64 levels"},
      {std::string("\xFF\xFE{\0", 4), "is text in UTF-16"},
      {std::string("{\0\"\0", 4), "is text in UTF-16"},
      {start + R"({"video_id":5.5}]})", "'video_id' is no whole number"},
      {start + R"({"video_id":-1}]})", "'video_id' is -1"},
      {start + R"({"video_id":9999999999999999999}]})", "whole numbers below 2^63"},
      {start + R"({"id":3}]})", "has neither video_id nor image_id"},
      {start + R"({"video_id":5,"segmentations":[1]}]})", "a mask is 1"},
      {start + "7]}", "in a list of objects"},
      {start + R"({"video_id":5,"segmentations":[null]}]})", "its video 'v0' has 3 frames"},
      {start + R"({"video_id":6,"segmentations":[null]}]})", "not one annotation names a video"},
      {start + R"({"video_id":5,"object_id":300,"segmentations":[null,null,null]}]})",
       "the object id 300"},
      {R"({"videos":[{"id":1,"file_names":["a/1.jpg"]},{"id":1,"file_names":["b/1.jpg"]}],"annotations":[]})",
       "two videos have the id 1"},
      {R"({"videos":[{"id":1,"file_names":["a/1.jpg"]},{"id":2,"file_names":["a/1.jpg"]}],"annotations":[]})",
       "two videos are called 'a'"},
      {R"({"videos":[{"id":1,"file_names":["a/1.jpg","a/1.png"]}],"annotations":[]})",
       "two frames of 'a' are called '1'"},
      {R"({"videos":[{"id":1,"width":0}],"annotations":[]})", "'width' is 0"},
      {R"({"videos":[{"id":1}],"annotations":[]})", "has no name"},
      {R"({"images":[{"id":1,"file_name":"1.jpg"}],"annotations":[]})",
       "lies in no sequence's folder"},
      {R"({"images":[{"id":1}],"annotations":[]})", "has no file_name"},
      {R"({"sequences":[{"seq_name":"v0","segmentations":[{}]}]})", "0 annotated_image_paths"},
      {R"({"sequences":[{"seq_name":"v0","segmentations":[{"x":"0"}]}]})",
       "an object is called 'x'"},
  };
  for (const auto& [json, words] : cases)
    EXPECT_NE(refusal(json).find(words), std::string::npos) << json << "\n" << refusal(json);
}

TEST_F(Coco, AMaskThatDoesNotFitIsToldWhenItIsRead) {
  const std::string start =
      "{" + kVideos + R"(,"annotations":[{"video_id":9,"object_id":1,"segmentations":[)";
  const auto told = [&](const std::string& mask) -> std::string {
    const auto tree = open(start + mask + ",null]}]}");
    try {
      mask_of(*tree, "v1", "00000");
    } catch (const Error& error) {
      EXPECT_EQ(error.path(), folder_ / "results.json" + "!v1/00000.png");
      return error.what();
    }
    return "";
  };
  EXPECT_NE(told(R"({"size":[3,4],"counts":[3,2]})").find("the runs end after 5"),
            std::string::npos);
  EXPECT_NE(told(R"({"size":[3,4],"counts":[3,20]})").find("go over the mask's end"),
            std::string::npos);
  EXPECT_NE(told(R"({"size":[3,4],"counts":[3,-2]})").find("the length -2"), std::string::npos);
  EXPECT_NE(told(R"({"size":[4,3],"counts":[12]})").find("the sides are exchanged"),
            std::string::npos);
  EXPECT_NE(told(R"({"size":[6,8],"counts":[48]})").find("the mask is 8x6"), std::string::npos);
}

TEST_F(Coco, LimitsNameWhatWasHit) {
  folder_.write("results.json", "{" + kVideos + R"(,"annotations":[]})");
  ArchiveLimits small;
  small.max_archive_bytes = 20;
  const auto words_of = [](const auto& open) -> std::string {
    try {
      open();
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::limit);
      return error.what();
    }
    return "";
  };
  EXPECT_NE(words_of([&] {
              open_submission_tree(folder_ / "results.json", index(), small);
            }).find("at most 20 (--max-archive-size)"),
            std::string::npos);
  CocoLimits few;
  few.max_entries = 3;
  // Who has no options is not told of any.
  const std::string words =
      words_of([&] { open_coco_tree(folder_ / "results.json", index(), few); });
  EXPECT_NE(words.find("has more than 3 videos, images"), std::string::npos);
  EXPECT_EQ(words.find("--max"), std::string::npos);
  // A text of any length is refused before it is held.
  CocoLimits short_ones;
  short_ones.json.max_token_bytes = 1000;
  folder_.write("results.json", R"({"info":")" + std::string(300'000, 'a') + R"("})");
  try {
    open_coco_tree(folder_ / "results.json", index(), short_ones);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::limit);
    EXPECT_NE(std::string(error.what()).find("a value of more than 1000 bytes"), std::string::npos);
  }
}

// Writes random masks of a layout, exports, imports and exports again.
class CocoRoundTrip : public Coco,
                      public ::testing::WithParamInterface<std::tuple<CocoForm, CocoCounts>> {};

std::string exported(const SequenceIndex& index, const CocoExportOptions& options) {
  std::string text;
  export_coco(index, *index.masks, options, [&](std::string_view piece) { text += piece; });
  return text;
}

std::map<std::string, std::string> imported(const std::string& json,
                                            CocoImportOptions options = {}) {
  std::map<std::string, std::string> files;
  import_coco(json, options, [&](const std::string& relative, std::span<const std::uint8_t> bytes) {
    files[relative] = std::string(bytes.begin(), bytes.end());
  });
  return files;
}

TEST_P(CocoRoundTrip, GivesTheSameFilesAndTheSameJsonToTheByte) {
  std::mt19937_64 random(7);
  for (const char* const name : {"v0/00000", "v0/00001", "v0/00002", "v1/00000", "v1/00001"})
    put("truth/" + std::string(name), test::random_mask(name[1] == '0' ? 23 : 40, 31, 3, random));
  CocoExportOptions options;
  std::tie(options.form, options.counts) = GetParam();
  const std::string json = exported(index(), options);
  folder_.write("one.json", json);
  const std::map<std::string, std::string> files = imported(folder_ / "one.json");
  ASSERT_EQ(files.size(), 5U);
  for (const auto& [relative, content] : files) {
    std::ifstream truth(folder_ / ("truth/" + relative), std::ios::binary);
    std::stringstream bytes;
    bytes << truth.rdbuf();
    EXPECT_EQ(content, bytes.str()) << relative;
    folder_.write("again/" + relative, content);
  }
  const SequenceIndex again = index_ground_truth(folder_ / "again", load_benchmark("flat"));
  EXPECT_EQ(exported(again, options), json);
}

INSTANTIATE_TEST_SUITE_P(
    Forms, CocoRoundTrip,
    ::testing::Combine(::testing::Values(CocoForm::videos, CocoForm::images, CocoForm::burst),
                       ::testing::Values(CocoCounts::compressed, CocoCounts::plain)),
    [](const auto& row) {
      const CocoForm form = std::get<0>(row.param);
      const std::string name = form == CocoForm::videos   ? "YoutubeVis"
                               : form == CocoForm::images ? "Coco"
                                                          : "Burst";
      return name + (std::get<1>(row.param) == CocoCounts::plain ? "Plain" : "Compressed");
    });

TEST_F(Coco, ObjectsThatOverlapKeepTheirPixelsWhereEachHasAMask) {
  const std::string whole = R"({"size":[3,4],"counts":[0,12]})";
  folder_.write("results.json",
                "{" + kVideos + R"(,"annotations":[{"video_id":9,"object_id":1,"segmentations":[)" +
                    whole + R"(,null]},{"video_id":9,"object_id":12,"segmentations":[)" + kTwo +
                    ",null]}]}");
  CocoImportOptions apart;
  apart.are_apart = true;
  const auto files = imported(folder_ / "results.json", apart);
  EXPECT_EQ(files.size(), 4U);
  EXPECT_TRUE(files.contains("v1/12/00001.png"));
  // The same as a submission for SA-V.
  for (const char* const object : {"1", "12"}) {
    for (const char* const frame : {"00000", "00001"})
      put("sav/v1/" + std::string(object) + "/" + frame, Mask(4, 3, 1));
  }
  const SequenceIndex sav = index_ground_truth(folder_ / "sav", load_benchmark("sa-v-val"));
  const auto tree = open_submission_tree(folder_ / "results.json", sav);
  const FileMaskSource masks = submission_masks(sav.benchmark, *tree);
  const Sequence& sequence = sav.sequences.front();
  EXPECT_EQ(masks.present(sequence), std::vector<bool>(2, true));
  MaskBuffers buffers;
  const auto planes = masks.open_planes(sequence, "00000", {4, 3}, buffers);
  EXPECT_EQ(planes->ids(), (std::vector<int>{1, 12}));
  const auto area = [](const MaskView& view) {
    int sum = 0;
    for (int y = 0; y < view.height; ++y) {
      for (int x = 0; x < view.width; ++x) sum += view.at(x, y) != 0 ? 1 : 0;
    }
    return sum;
  };
  EXPECT_EQ(area(planes->next({4, 3})), 12);
  EXPECT_EQ(area(planes->next({4, 3})), 1);
  EXPECT_TRUE(found_in_masks(*tree).empty());
}

// PAXRay's arrays: category k is plane k, and planes overlap.
TEST_F(Coco, CategoriesAreThePlanesOfArrays) {
  const auto plane = [](std::initializer_list<std::uint8_t> bits) {
    return std::vector<std::uint8_t>(bits);
  };
  std::vector<std::uint8_t> values;
  for (const auto& one :
       {plane({0, 1, 1, 0, 0, 1}), plane({0, 1, 0, 0, 0, 0}), plane({0, 0, 0, 0, 0, 0})})
    values.insert(values.end(), one.begin(), one.end());
  const std::vector<std::uint64_t> shape = {3, 2, 3};
  const std::vector<std::uint8_t> file = encode_npy(shape, values);
  const std::string bytes(file.begin(), file.end());
  folder_.write("chest/labels/a.npy", bytes);
  folder_.write("chest/labels/b.npy", bytes);
  folder_.write("chest.json",
                R"({"schema":"benchmark-2","name":"chest","title":"chest","protocol":"paxray",
                "task":"multilabel","annotations":["labels"],"storage":"planes",
                "masks":"{frame}.npy","submission":"planes","prompts":"none"})");
  const SequenceIndex truth =
      index_ground_truth(folder_ / "chest", load_benchmark(folder_ / "chest.json"));
  const auto open_as = [&](const std::string& json) {
    folder_.write("results.json", json);
    return open_submission_tree(folder_ / "results.json", truth);
  };
  const std::string first = R"("category_id":1,"segmentation":{"size":[2,3],"counts":[2,1,1,2]}})";
  const std::string second = R"("category_id":2,"segmentation":{"size":[2,3],"counts":[2,1,3]}})";
  // Columns 00, 10, 11 and 00, 10, 00.
  const auto tree = open_as(R"([{"image_id":"a.jpg",)" + second + R"(,{"image_id":"a.jpg",)" +
                            first + R"(,{"image_id":"b.jpg",)" + second + "]");
  EXPECT_EQ(tree->files(""), (std::vector<std::string>{"a.npy", "b.npy"}));
  std::vector<std::uint8_t> read;
  ASSERT_TRUE(tree->read("a.npy", read));
  EXPECT_EQ(read, file);
  const FileMaskSource masks = submission_masks(truth.benchmark, *tree);
  MaskBuffers buffers;
  const auto planes = masks.open_planes(truth.sequences[1], "b", {3, 2}, buffers);
  EXPECT_EQ(planes->ids(), (std::vector<int>{1, 2, 3}));
  EXPECT_EQ(planes->next({3, 2}).at(1, 0), 0);
  EXPECT_EQ(planes->next({3, 2}).at(1, 0), 1);
  EXPECT_EQ(planes->next({3, 2}).at(1, 0), 0);
  EXPECT_TRUE(found_in_masks(*tree).empty()) << "planes may overlap";
  try {
    open_as(R"([{"image_id":"a.jpg","category_id":4,"segmentation":{"size":[2,3],"counts":[6]}}])");
    FAIL();
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("'a' has the category 4; expected 1 to 3"),
              std::string::npos)
        << error.what();
  }
}

TEST_F(Coco, AFrameOfTooManyPixelsIsNotMade) {
  const auto tree =
      open(R"({"images":[{"id":1,"file_name":"v0/00000.png","width":60000000,"height":60000000}],)"
           R"("annotations":[]})");
  std::vector<std::uint8_t> bytes;
  try {
    tree->read("v0/00000.png", bytes);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::limit);
    EXPECT_NE(std::string(error.what()).find("60000000x60000000"), std::string::npos);
  }
}

// ARCADE as it was published: outlines, and annotations of two images under one id.
TEST_F(Coco, OutlinesOfSingleImagesBecomeMasksAndABenchmark) {
  folder_.write(
      "arcade.json",
      R"({"images":[{"id":7,"file_name":"1.png","width":12,"height":9},{"id":8,"file_name":"2.png","width":12,"height":9}],
      "categories":[{"id":1,"name":"vessel"},{"id":2,"name":"stenosis"}],"annotations":[
      {"id":5,"image_id":7,"category_id":1,"segmentation":[[1,1,6,1,6,5,1,5]]},
      {"id":6,"image_id":7,"category_id":2,"segmentation":[[8,1,11,1,11,5,8,5]]},
      {"id":5,"image_id":8,"category_id":2,"segmentation":[[0,0,2,0,2,2,0,2]]}]})");
  std::map<std::string, std::string> files;
  const CocoImport done =
      import_coco(folder_ / "arcade.json", {},
                  [&](const std::string& relative, std::span<const std::uint8_t> bytes) {
                    folder_.write("set/" + relative, std::string(bytes.begin(), bytes.end()));
                  });
  EXPECT_TRUE(done.has_single_images);
  EXPECT_EQ(codes(done.findings), (std::vector<std::string>{"A011"}));
  EXPECT_NE(done.findings[0].message.find("1 annotation has an id that another one has, too (5)"),
            std::string::npos);
  const BenchmarkDefinition benchmark = load_benchmark(folder_ / "set/benchmark.json");
  ASSERT_EQ(benchmark.classes.size(), 3U);
  EXPECT_EQ(benchmark.classes[2].name, "stenosis");
  const SequenceIndex truth = index_ground_truth(folder_ / "set", benchmark);
  ASSERT_EQ(truth.sequences.size(), 2U);
  const Mask first = read_mask(folder_ / "set/masks/1.png");
  EXPECT_EQ(first.at(2, 2), 1);
  EXPECT_EQ(first.at(9, 2), 2);
  EXPECT_EQ(first.at(7, 2), 0);
  // The json itself is a submission for it, and equal.
  const auto tree = open_submission_tree(folder_ / "arcade.json", truth);
  const FileMaskSource masks = submission_masks(benchmark, *tree);
  MaskBuffers buffers;
  Sha256 digest{};
  Mask pixels;
  EXPECT_EQ(Mask(pixels_of(masks.read_runs(truth.sequences[0], truth.sequences[0].frames[0],
                                           {12, 9}, buffers, digest),
                           pixels)),
            first);
}

// What a network predicted: as a json every frame has the runs of its PNG.
TEST(CocoOfRealMasks, HasTheRunsOfThePngs) {
  ANGIOBENCH_REQUIRE_DATA(data, "mosxav");
  const SequenceIndex index = index_ground_truth(data, load_benchmark("mosxav-test"));
  const auto pngs = open_submission_tree(data + "/predictions/test", index);
  const FileMaskSource masks = submission_masks(index.benchmark, *pngs);
  const test::TempFolder folder;
  MaskBuffers buffers;
  MaskBuffers others;
  for (const CocoForm form : {CocoForm::videos, CocoForm::images, CocoForm::burst,
                              CocoForm::video_results, CocoForm::image_results}) {
    std::string text;
    CocoExportOptions options;
    options.form = form;
    export_coco(index, masks, options, [&](std::string_view piece) { text += piece; });
    folder.write("masks.json", text);
    const auto tree = open_submission_tree(folder / "masks.json", index);
    const FileMaskSource again = submission_masks(index.benchmark, *tree);
    for (const Sequence& sequence : index.sequences) {
      for (std::size_t i = 0; i < sequence.frames.size(); i += 5) {
        Sha256 digest{};
        std::vector<LabelRun> storage;
        const MaskLabels expected =
            runs_of(masks.read_runs(sequence, sequence.frames[i], {}, buffers, digest), storage);
        const MaskLabels found = again.read_runs(sequence, sequence.frames[i], {}, others, digest);
        ASSERT_TRUE(std::ranges::equal(found.runs, expected.runs)) << again.display(sequence);
      }
    }
  }
}

TEST_F(Coco, NamesThatLeadElsewhereAreNotImported) {
  const auto refused = [&](const std::string& name) {
    folder_.write("bad.json", R"({"videos":[{"id":1,"width":2,"height":2,"name":")" + name +
                                  R"("}],"annotations":[{"video_id":1,"segmentations":[null]}]})");
    try {
      imported(folder_ / "bad.json");
    } catch (const Error& error) {
      return error.kind() == ErrorKind::input || error.kind() == ErrorKind::limit;
    }
    return false;
  };
  EXPECT_TRUE(refused(".."));
  EXPECT_TRUE(refused("/etc"));
  EXPECT_TRUE(refused("a/../../b"));
  EXPECT_TRUE(refused("a\\\\b"));
  EXPECT_TRUE(refused(std::string(300, 'a')));
  EXPECT_FALSE(refused("a"));
}

// Lists of results of masks in which a frame, and a whole video, have no object.
TEST_F(Coco, AListOfResultsIsTheMasksThatItWasMadeOf) {
  const Mask both = test::mask_from({".11.", ".11.", "2..."});
  put("mine/v0/00000", both);
  put("mine/v0/00001", Mask(4, 3));
  put("mine/v0/00002", test::mask_from({"...3", "....", "2..."}));
  put("mine/v1/00000", Mask(4, 3));
  put("mine/v1/00001", Mask(4, 3));
  const SequenceIndex truth = index();
  const auto pngs = open_submission_tree(folder_ / "mine", truth);
  const FileMaskSource masks = submission_masks(truth.benchmark, *pngs);
  // Another order of videos and frames than the truth's, and a frame that no mask is of.
  folder_.write(
      "names.json",
      R"({"videos":[{"id":9,"width":4,"height":3,"file_names":["v1/00001.jpg","v1/00000.jpg"]},)"
      R"({"id":"five","width":4,"height":3,"file_names":["v0/00002.jpg","v0/00007.jpg","v0/00000.jpg","v0/00001.jpg"]}],)"
      R"("images":[{"id":3,"file_name":"v0/00002.jpg","width":4,"height":3},)"
      R"({"id":4,"file_name":"v0/00001.jpg","width":4,"height":3},)"
      R"({"id":5,"file_name":"v0/00000.jpg","width":4,"height":3},)"
      R"({"id":"x","file_name":"v1/00000.jpg","width":4,"height":3},)"
      R"({"id":7,"file_name":"v1/00001.jpg","width":4,"height":3}],"annotations":[]})");
  const std::string path = folder_ / "names.json";
  const CocoRecords names = read_coco_records(open_random_bytes(path), path);
  const auto list = [&](CocoForm form, const CocoRecords* named) {
    CocoExportOptions options;
    options.form = form;
    options.names = named;
    std::string text;
    export_coco(truth, masks, options, [&](std::string_view piece) { text += piece; });
    return text;
  };
  const auto check = [&](const std::string& json) {
    const auto tree = open(json);
    for (const char* const name : {"v0/00000", "v0/00001", "v0/00002", "v1/00000", "v1/00001"}) {
      const Mask expected = read_mask(folder_ / ("mine/" + std::string(name) + ".png"));
      EXPECT_EQ(mask_of(*tree, std::string(name).substr(0, 2), std::string(name).substr(3)),
                expected)
          << name << "\n"
          << json;
    }
  };
  // Names stand for ids: nothing else is needed to score it.
  const std::string videos = list(CocoForm::video_results, nullptr);
  EXPECT_TRUE(
      videos.starts_with("[\n{\"video_id\":\"v0\",\"category_id\":1,\"object_id\":1,"
                         "\"score\":1.0,\"segmentations\":[{\"size\":[3,4],"))
      << videos;
  check(videos);
  const std::string images = list(CocoForm::image_results, nullptr);
  EXPECT_NE(images.find(R"({"image_id":"v0/00002.png","category_id":1,"object_id":3,"score":1.0,)"),
            std::string::npos)
      << images;
  check(images);
  // Ids of a json, beside the truth or named.
  const std::string named_videos = list(CocoForm::video_results, &names);
  EXPECT_NE(named_videos.find(R"("video_id":"five")"), std::string::npos);
  EXPECT_EQ(named_videos.find("v0"), std::string::npos);
  const std::string named_images = list(CocoForm::image_results, &names);
  EXPECT_NE(named_images.find(R"("image_id":5,)"), std::string::npos);
  EXPECT_EQ(named_images.find("v0"), std::string::npos);
  folder_.write("results.json", named_images);
  CocoImportOptions options;
  options.names_file = path;
  const auto files = imported(folder_ / "results.json", options);
  ASSERT_EQ(files.size(), 5U);
  folder_.write("0.png", files.at("v0/00000.png"));
  EXPECT_EQ(read_mask(folder_ / "0.png"), both);
  folder_.write("results.json", named_videos);
  EXPECT_EQ(imported(folder_ / "results.json", options).at("v0/00000.png"),
            files.at("v0/00000.png"));
  // A json of another data set has no ids for these.
  CocoRecords others;
  others.path = "others.json";
  for (const CocoForm form : {CocoForm::video_results, CocoForm::image_results}) {
    try {
      list(form, &others);
      FAIL();
    } catch (const Error& error) {
      EXPECT_EQ(error.path(), "others.json");
      EXPECT_NE(std::string(error.what()).find("has no "), std::string::npos);
    }
  }
}

TEST_F(Coco, ResultsWithNumbersHaveTheirNamesInAnotherFile) {
  folder_.write("instances.json", "{" + kVideos + R"(,"annotations":[]})");
  folder_.write("results.json",
                R"([{"video_id":9,"score":0.5,"segmentations":[)" + kOne + ",null]}]");
  CocoImportOptions options;
  options.names_file = folder_ / "instances.json";
  const auto files = imported(folder_ / "results.json", options);
  EXPECT_EQ(files.size(), 5U);
  EXPECT_TRUE(files.contains("v1/00001.png"));
  // Beside the truth it needs no word.
  folder_.write("truth/instances.json", "{" + kVideos + R"(,"annotations":[]})");
  const auto tree = open_submission_tree(folder_ / "results.json", index());
  EXPECT_EQ(mask_of(*tree, "v1", "00000"), test::mask_from({".11.", ".11.", "...."}));
}

}  // namespace
}  // namespace angiobench
