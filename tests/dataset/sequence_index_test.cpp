// SPDX-License-Identifier: MIT
#include "dataset/sequence_index.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dataset/error.h"
#include "dataset/masks/mask_source.h"
#include "dataset/masks/npy.h"
#include "dataset/masks/png.h"
#include "tests/support/temp_folder.h"
#include "tests/support/test_data.h"

namespace angiobench {
namespace {

using test::TempFolder;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

void add_masks(const TempFolder& folder, const std::string& sequence,
               const std::vector<std::string>& frames) {
  for (const std::string& frame : frames) {
    write_mask_png(folder / (sequence + "/" + frame + ".png"), Mask(4, 4, 1).view(), voc_palette());
  }
}

std::vector<std::string> names_of(const SequenceIndex& index) {
  std::vector<std::string> names;
  for (const Sequence& sequence : index.sequences) names.push_back(sequence.name);
  return names;
}

TEST(FrameNames, FindsWhatItHolds) {
  FrameNames names;
  for (const char* const name : {"00000", "0001", "1", "00005"}) names.append(name);
  EXPECT_EQ(names[0], "00000");
  EXPECT_EQ(names[2], "1");
  EXPECT_EQ(names.find("0001"), 1U);
  EXPECT_EQ(names.find("00005"), 3U);
  EXPECT_EQ(names.find("00001"), std::nullopt);
}

TEST(FrameNames, KeepNamesOfAnyLengths) {
  const std::vector<std::vector<std::string>> lists = {
      {"00000", "00001", "00002"}, {"00", "01", "2", "30", ""}, {"", "", "a"}, {"", ""}};
  for (const std::vector<std::string>& list : lists) {
    FrameNames names;
    names.reserve(3);
    for (std::size_t i = 0; i < list.size(); ++i) {
      names.append(list[i]);
      ASSERT_EQ(names.size(), i + 1);
      for (std::size_t before = 0; before <= i; ++before) EXPECT_EQ(names[before], list[before]);
    }
  }
}

TEST(ParseFirstMasks, ReadsTheValSchema) {
  const auto videos = parse_first_masks(R"({"videos": {"v01": ["00000", "00003"]}})", "val.json");
  EXPECT_TRUE(videos.at("v01").prompts.at("00003").empty());
}

TEST(ParseFirstMasks, ReadsTheTestSchema) {
  const auto videos = parse_first_masks(
      R"({"videos": {"v03": {"frames": {"00000": {"objects": ["1", "2"]}, "00001": {"objects": ["3"]}},
          "seen_objects": ["1", "2"], "unseen_objects": ["3"]}}})",
      "test.json");
  EXPECT_THAT(videos.at("v03").prompts.at("00000"), ElementsAre(1, 2));
  EXPECT_THAT(videos.at("v03").unseen_objects, ElementsAre(3));
}

TEST(ParseFirstMasks, ReadsYoutubeAndMoseMeta) {
  const auto youtube = parse_first_masks(
      R"({"videos": {"a": {"objects": {"2": {"category": "cat", "frames": ["00005", "00010"]}}}}})",
      "meta.json");
  EXPECT_THAT(youtube.at("a").object_frames.at(2), ElementsAre("00005", "00010"));
  EXPECT_EQ(youtube.at("a").categories.at(2), "cat");
  const auto mose = parse_first_masks(
      R"({"videos": {"b": {"length": 40, "height": 720, "width": 1280, "objects": ["1", "3"]}}})",
      "meta.json");
  EXPECT_EQ(mose.at("b").length, 40);
  EXPECT_THAT(mose.at("b").objects, ElementsAre(1, 3));
}

TEST(ParseFirstMasks, NamesTheFieldThatIsWrong) {
  const auto message_of = [](std::string_view text) -> std::string {
    try {
      parse_first_masks(text, "m.json");
    } catch (const Error& error) {
      return error.what();
    }
    return "no error";
  };
  EXPECT_EQ(message_of("[]"), "m.json: holds []; expected a JSON object");
  EXPECT_EQ(message_of("{}"), "m.json: field 'videos' is missing; expected a value");
  EXPECT_EQ(message_of("{\n\"videos\": {,}}"),
            "m.json: is not JSON: mistake in line 2; expected valid JSON");
  EXPECT_THAT(message_of(R"({"videos": {"v": {"frames": {"0": {"objects": ["0"]}}}}})"),
              HasSubstr("'videos.v.frames.0.objects' has the object id \"0\"; expected 1 to 255"));
  EXPECT_THAT(message_of(std::string(100, '[')), HasSubstr("nested deeper than 64 levels"));
}

TEST(IndexGroundTruth, TakesTheRootTheSplitFolderOrTheMasksFolder) {
  const TempFolder folder;
  add_masks(folder, "test/Annotations/v00", {"00000", "00001"});
  add_masks(folder, "test/Annotations/v01", {"00000"});
  folder.write("test/ImageSets/test.txt", "v00\r\nv01\n");
  for (const char* const root : {"", "test", "test/Annotations"}) {
    const SequenceIndex index = index_ground_truth(folder / root, load_benchmark("mosxav-test"));
    EXPECT_THAT(names_of(index), ElementsAre("v00", "v01")) << root;
    EXPECT_EQ(index.num_frames(), 3U) << root;
  }
}

TEST(IndexGroundTruth, TakesOnlyTheSplitsSequences) {
  const TempFolder folder;
  for (const char* const name : {"v00", "v01", "v02"})
    add_masks(folder, std::string("trainval/Annotations/") + name, {"00000"});
  folder.write("trainval/ImageSets/val.txt", "v02\n\nv00\n");
  EXPECT_THAT(names_of(index_ground_truth(folder.path(), load_benchmark("mosxav-val"))),
              ElementsAre("v00", "v02"));
}

TEST(IndexGroundTruth, ReadsTheSplitFilesOfDavis2016) {
  const TempFolder folder;
  for (const char* const name : {"bear", "cows"})
    add_masks(folder, std::string("Annotations/480p/") + name, {"00000"});
  folder.write("ImageSets/480p/val.txt",
               "/JPEGImages/480p/cows/00000.jpg /Annotations/480p/cows/00000.png\n");
  EXPECT_THAT(names_of(index_ground_truth(folder.path(), load_benchmark("davis2016-val"))),
              ElementsAre("cows"));
}

TEST(IndexGroundTruth, SaysWhatItLookedFor) {
  const TempFolder folder;
  folder.write("readme.txt", "no masks here");
  try {
    index_ground_truth(folder.path(), load_benchmark("mosxav-test"));
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("test/Annotations/<sequence>/<frame>.png"));
    EXPECT_EQ(error.kind(), ErrorKind::input);
  }
}

TEST(IndexGroundTruth, MissesASequenceThatTheSplitPromises) {
  const TempFolder folder;
  add_masks(folder, "test/Annotations/v00", {"00000"});
  folder.write("test/ImageSets/test.txt", "v00\nv07\n");
  EXPECT_THROW(index_ground_truth(folder.path(), load_benchmark("mosxav-test")), Error);
}

TEST(IndexGroundTruth, ReportsInsteadOfRefusingWhereAsked) {
  const TempFolder folder;
  add_masks(folder, "test/Annotations/v00", {"00000"});
  folder.write("test/ImageSets/test.txt", "v00\nv07\n");
  folder.write("test/ImageSets/test_first_mask.json", "{");
  IndexOptions options;
  options.problems = IndexProblems::report;
  const SequenceIndex index =
      index_ground_truth(folder.path(), load_benchmark("mosxav-test"), options);
  EXPECT_THAT(names_of(index), ElementsAre("v00"));
  ASSERT_EQ(index.findings.size(), 2U);
  EXPECT_EQ(index.findings[0].code, "D040");
  EXPECT_EQ(index.findings[1].code, "D005");
  EXPECT_EQ(index.split_file, "test/ImageSets/test.txt");
}

TEST(IndexGroundTruth, ReadsMoseAndYoutubeVos) {
  const TempFolder folder;
  add_masks(folder, "valid/Annotations/0a", {"00000", "00010"});
  folder.write("valid/JPEGImages/0a/00000.jpg", "");
  folder.write(
      "valid/meta.json",
      R"({"videos": {"0a": {"length": 9, "width": 4, "height": 3, "objects": {"1": {"category": "ape", "frames": ["00000", "00005"]},
                   "3": {"category": "tricycle", "frames": ["00010"]}}}}})");
  const SequenceIndex youtube =
      index_ground_truth(folder.path(), load_benchmark("youtube-vos-2019-valid"));
  ASSERT_EQ(youtube.sequences.size(), 1U);
  EXPECT_THAT(youtube.sequences[0].seen_objects, ElementsAre(1));
  EXPECT_THAT(youtube.sequences[0].unseen_objects, ElementsAre(3));
  EXPECT_THAT(youtube.sequences[0].object_frames.at(3), ElementsAre("00010"));
  EXPECT_EQ(youtube.sequences[0].images, "valid/JPEGImages/0a");
  const SequenceIndex mose = index_ground_truth(folder / "valid", load_benchmark("mose-v2-valid"));
  EXPECT_EQ(mose.sequences[0].length, 9);
  EXPECT_EQ(mose.sequences[0].meta_height, 3);
  EXPECT_THAT(mose.sequences[0].meta_objects, ElementsAre(1, 3));
}

TEST(IndexGroundTruth, GivesEveryObjectOfSaVItsOwnMasks) {
  const TempFolder folder;
  add_masks(folder, "Annotations_6fps/sav_1/000", {"00000", "00004"});
  add_masks(folder, "Annotations_6fps/sav_1/002", {"00004", "00008"});
  const SequenceIndex index = index_ground_truth(folder.path(), load_benchmark("sa-v-val"));
  ASSERT_EQ(index.sequences.size(), 1U);
  const Sequence& video = index.sequences[0];
  EXPECT_EQ(video.frames.size(), 3U);
  EXPECT_EQ(video.object_masks.at(2)[0], "00004");
  const FileMaskSource truth(index.truth, index.benchmark, MaskRole::truth);
  const FileMaskSource prediction(index.truth, index.benchmark, MaskRole::prediction);
  EXPECT_EQ(truth.path(video, "00004", 2), "Annotations_6fps/sav_1/002/00004.png");
  EXPECT_EQ(prediction.path(video, "00004", 2), "sav_1/002/00004.png");
}

TEST(IndexGroundTruth, TakesOneMaskASequenceInDias) {
  const TempFolder folder;
  add_masks(folder, "test/labels", {"label_s12", "label_s7"});
  folder.write("test/images/image_s7_i0.png", "");
  const SequenceIndex index = index_ground_truth(folder.path(), load_benchmark("dias-test"));
  EXPECT_THAT(names_of(index), ElementsAre("s7", "s12")) << "by number";
  const FileMaskSource truth(index.truth, index.benchmark, MaskRole::truth);
  const FileMaskSource prediction(index.truth, index.benchmark, MaskRole::prediction);
  EXPECT_EQ(truth.path(index.sequences[0], index.sequences[0].frames[0]),
            "test/labels/label_s7.png");
  EXPECT_EQ(prediction.path(index.sequences[0], index.sequences[0].frames[0]), "label_s7.png");
}

TEST(IndexGroundTruth, FollowsPaxraysJson) {
  const TempFolder folder;
  const std::vector<std::uint64_t> shape = {2, 1, 1};
  const std::vector<std::uint8_t> values = {0, 1};
  const std::vector<std::uint8_t> array = encode_npy(shape, values);
  for (const char* const name : {"labels/a.npy", "labels/b.npy"})
    folder.write(name, {reinterpret_cast<const char*>(array.data()), array.size()});
  folder.write(
      "paxray.json",
      R"({"label_dict": {"0": "x", "1": "y"}, "test": [{"image": "images/b.png", "target": "labels/b.npy"}], "val": []})");
  const SequenceIndex index = index_ground_truth(folder.path(), load_benchmark("paxray-test"));
  EXPECT_THAT(names_of(index), ElementsAre("b"));
  const FileMaskSource truth(index.truth, index.benchmark, MaskRole::truth);
  EXPECT_EQ(truth.path(index.sequences[0], "b"), "labels/b.npy");
  EXPECT_THROW(index_ground_truth(folder.path(), load_benchmark("paxray-val")), Error)
      << "no entry in this split";
}

TEST(IndexGroundTruth, SaysThatCadicaHasBoxesOnly) {
  const TempFolder folder;
  folder.write("selectedVideos/p1/v1/groundtruth/p1_v1_00001.txt", "1 2 3 4 p0_20");
  try {
    index_ground_truth(folder.path(), load_benchmark("cadica"));
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::inconclusive);
    EXPECT_THAT(error.what(), HasSubstr("lesion boxes only"));
  }
  add_masks(folder, "masks/p1_v1", {"00001"});
  EXPECT_THAT(names_of(index_ground_truth(folder.path(), load_benchmark("cadica"))),
              ElementsAre("p1_v1"));
}

TEST(ParseSplit, KeepsRepeatedNames) {
  EXPECT_THAT(parse_split("a\nb\n\na\r\n"), ElementsAre("a", "b", "a"));
  EXPECT_THAT(parse_split("/JPEGImages/480p/bear/00000.jpg x\n/JPEGImages/480p/bear/00001.jpg x\n"),
              ElementsAre("bear"));
}

TEST(IndexGroundTruth, ReadsXacvAsPublishedRepackedAndFlat) {
  const TempFolder folder;
  add_masks(folder, "published/CVAI-1/ground_truth/CVAI-1LAO44_CRA29", {"00031"});
  add_masks(folder, "published/CVAI-1/ground_truth/CVAI-1LAO44_CRA29CATH", {"00031", "00040"});
  add_masks(folder, "published/CVAI-2/ground_truth/CVAI-2RAO2_CAU30CATH", {"00007", "00009"});
  folder.write("published/CVAI-1/images/CVAI-1LAO44_CRA29/00031.png", "");
  add_masks(folder, "repacked/AnnotationVOS/CVAI-1LAO44_CRA29CATH", {"00031"});
  folder.write("repacked/JPEGImages/CVAI-1LAO44_CRA29CATH/00031.jpg", "");
  add_masks(folder, "flat/CVAI-1LAO44_CRA29", {"00031"});
  const SequenceIndex published = index_ground_truth(folder / "published", load_benchmark("xacv"));
  EXPECT_THAT(names_of(published), ElementsAre("CVAI-1LAO44_CRA29", "CVAI-2RAO2_CAU30"));
  EXPECT_EQ(published.sequences[0].frames.size(), 2U) << "the annotation with the catheter";
  EXPECT_EQ(published.sequences[0].images, "CVAI-1/images/CVAI-1LAO44_CRA29");
  EXPECT_THAT(names_of(index_ground_truth(folder / "repacked", load_benchmark("xacv"))),
              ElementsAre("CVAI-1LAO44_CRA29CATH"));
  EXPECT_THAT(names_of(index_ground_truth(folder / "flat", load_benchmark("xacv"))),
              ElementsAre("CVAI-1LAO44_CRA29"));
  IndexOptions options;
  options.sequences = {"CVAI-2RAO2_CAU30"};
  EXPECT_EQ(
      index_ground_truth(folder / "published", load_benchmark("xacv"), options).sequences.size(),
      1U);
  options.sequences = {"CVAI-3"};
  EXPECT_THROW(index_ground_truth(folder / "published", load_benchmark("xacv"), options), Error);
}

TEST(IndexGroundTruth, FindsTheRealMosxavSplits) {
  ANGIOBENCH_REQUIRE_DATA(root, "mosxav");
  const SequenceIndex test_split = index_ground_truth(root, load_benchmark("mosxav-test"));
  EXPECT_EQ(test_split.sequences.size(), 12U);
  EXPECT_THAT(test_split.sequences[3].prompts.at("00001"), ElementsAre(3));
  EXPECT_EQ(index_ground_truth(root, load_benchmark("mosxav-val")).sequences.size(), 12U);
}

TEST(ParseBenchmark, NamesAnUnknownField) {
  try {
    parse_benchmark(
        R"({"schema": "benchmark-1", "name": "x", "layout": "flat", "protocol": "strict", "rots": ["."]})",
        "x.json");
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("x.json: unknown field 'rots'"));
  }
}

TEST(LoadBenchmark, EveryBuiltInDefinitionIsValid) {
  for (const std::string& name : benchmark_names()) EXPECT_EQ(load_benchmark(name).name, name);
  EXPECT_THROW(load_benchmark("mosxav"), Error);
}

}  // namespace
}  // namespace angiobench
