// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/filesystem/operations.hpp>
#include <cstdio>
#include <map>
#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <set>
#include <string>

#include "dataset/error.h"
#include "dataset/masks/npy.h"
#include "dataset/masks/png.h"
#include "dataset/media/frame_io.h"
#include "dataset/validator/validate_dataset.h"
#include "dataset/validator/validate_submission.h"
#include "tests/support/finding_cases.h"
#include "tests/support/hostile_zip.h"
#include "tests/support/png_writer.h"
#include "tests/support/temp_folder.h"
#include "tests/support/test_data.h"

namespace angiobench {
namespace {

using test::TempFolder;
using test::Variant;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::SizeIs;

void make(const TempFolder& folder, std::string_view code, Variant variant) {
  for (const test::FindingCase& entry : test::finding_cases()) {
    if (entry.code == code) entry.make(folder, variant);
  }
}

TEST(ValidateDataset, CountsWhatIsThere) {
  const TempFolder folder;
  make(folder, "D030", Variant::cured);
  const Validation validation = validate_dataset(folder / "data", load_benchmark("mosxav-test"));
  EXPECT_EQ(validation.totals.sequences, 2U);
  EXPECT_EQ(validation.totals.annotated_frames, 12U);
  EXPECT_EQ(validation.totals.objects, 4U);
  EXPECT_EQ(validation.totals.late_objects, 1U);
  EXPECT_EQ(validation.totals.unprompted_objects, 0U);
  ASSERT_THAT(validation.sequences, SizeIs(2));
  const ObjectStatistics& late = validation.sequences[0].objects[1];
  EXPECT_EQ(late.id, 2);
  EXPECT_EQ(late.first_frame, "00002");
  EXPECT_EQ(late.prompt, "00002");
  EXPECT_EQ(late.frames, 4U);
  EXPECT_THAT(late.runs, ElementsAre(Pair(2U, 5U)));
  EXPECT_EQ(late.min_pixels, 120U * 120U) << "twelve pixels a side, ten times enlarged";
}

// D070 to D072 of frames that only OpenCV reads, by the reader that is handed in.
TEST(ValidateDataset, FramesOfEveryFormAreLookedAt) {
  const auto codes_of = [](const std::string& form, const cv::Mat& frame, const cv::Mat& last) {
    const TempFolder folder;
    make(folder, "D072", Variant::cured);
    const std::string frames = folder / "data/valid/JPEGImages/a";
    int number = 0;
    for (const auto& entry : boost::filesystem::directory_iterator(frames)) {
      boost::filesystem::remove(entry.path());
      ++number;
    }
    for (int i = 0; i < number; ++i) {
      char name[16];
      std::snprintf(name, sizeof name, "/%05d", i);
      EXPECT_TRUE(cv::imwrite(frames + name + form, i + 1 < number ? frame : last));
    }
    ValidationOptions options;
    options.frame_values = read_frame_values;
    std::set<std::string> codes;
    for (const auto& [code, places] :
         validate_dataset(folder / "data", load_benchmark("youtube-vos-2019-valid"), options)
             .counts) {
      if (code.starts_with("D07")) codes.insert(code);
    }
    return codes;
  };
  cv::Mat ramp(40, 48, CV_8UC1);
  for (int x = 0; x < ramp.cols; ++x) ramp.col(x).setTo(40 + 4 * x);
  cv::Mat dark;
  ramp.convertTo(dark, CV_8U, 0.05);
  cv::Mat coloured;
  cv::cvtColor(ramp, coloured, cv::COLOR_GRAY2BGR);
  coloured.colRange(0, 24).setTo(cv::Scalar(0, 200, 200));
  cv::Mat large;
  cv::resize(ramp, large, cv::Size(96, 80));
  for (const std::string form : {".jpg", ".bmp", ".tif"}) {
    EXPECT_THAT(codes_of(form, ramp, ramp), IsEmpty()) << form;
    EXPECT_THAT(codes_of(form, dark, dark), ElementsAre("D070")) << form;
    EXPECT_THAT(codes_of(form, coloured, coloured), ElementsAre("D071")) << form;
    EXPECT_THAT(codes_of(form, ramp, large), ElementsAre("D072")) << form;
  }
  cv::Mat film;
  ramp.convertTo(film, CV_16U, 16);  // 12 bits
  EXPECT_THAT(codes_of(".tif", film, film), ElementsAre("D070"));
  ramp.convertTo(film, CV_16U, 257);
  EXPECT_THAT(codes_of(".tif", film, film), IsEmpty());
}

TEST(ValidateDataset, ListsAFewAndCountsTheRest) {
  const TempFolder folder;
  make(folder, "D020", Variant::cured);
  for (const char* const frame : {"00000", "00001", "00002", "00003", "00005"})
    folder.write("data/a/" + std::string(frame) + ".png", "no mask");
  ValidationOptions options;
  options.max_per_code = 2;
  const Validation validation = validate_dataset(folder / "data", load_benchmark("flat"), options);
  EXPECT_EQ(validation.counts.at("D020"), 5U);
  EXPECT_THAT(validation.findings, SizeIs(2));
  EXPECT_THAT(validation.findings[1].message,
              ::testing::HasSubstr("(and 3 more like it in this sequence)"));
  options.max_per_code = 0;
  EXPECT_THAT(validate_dataset(folder / "data", load_benchmark("flat"), options).findings,
              SizeIs(5));
}

TEST(ValidateDataset, IsTheSameForAnyNumberOfThreads) {
  const TempFolder folder;
  make(folder, "D037", Variant::bad);
  // Longer than a chunk, so that several threads share a sequence.
  for (int i = 0; i < 150; ++i) {
    Mask mask(40, 30);
    mask.at(i % 40, 3) = static_cast<std::uint8_t>(1 + i % 3);
    write_mask_png(folder / ("data/long/" + std::to_string(10000 + i) + ".png"), mask.view(),
                   voc_palette());
  }
  ValidationOptions options;
  options.max_thumbnails = 5;
  std::string digest;
  std::vector<std::string> first;
  for (const int jobs : {1, 2, 5}) {
    options.jobs = jobs;
    const Validation validation =
        validate_dataset(folder / "data", load_benchmark("flat"), options);
    std::vector<std::string> lines;
    for (const Finding& finding : validation.findings) lines.push_back(format_finding(finding));
    for (const SequenceStatistics& sequence : validation.sequences) {
      lines.push_back(format_digest(sequence.digest) + std::to_string(sequence.thumbnails.size()));
      for (const ObjectStatistics& object : sequence.objects)
        lines.push_back(std::to_string(object.mean_pixels) + object.first_frame);
    }
    if (jobs == 1) {
      first = lines;
      digest = validation.digest;
    }
    EXPECT_EQ(lines, first) << jobs;
    EXPECT_EQ(validation.digest, digest) << jobs;
  }
}

TEST(ValidateDataset, ReportsItsProgressUpToTheEnd) {
  const TempFolder folder;
  make(folder, "D007", Variant::cured);
  std::uint64_t last = 0;
  ValidationOptions options;
  options.jobs = 1;
  options.progress = [&](std::uint64_t done, std::uint64_t total) {
    EXPECT_GT(done, last);
    EXPECT_EQ(total, 12U);
    last = done;
  };
  validate_dataset(folder / "data", load_benchmark("flat"), options);
  EXPECT_EQ(last, 12U);
}

TEST(ValidateSubmission, TellsACauseInsteadOfItsConsequences) {
  // Ground truth 127 and 255 handed in as predictions, and predictions 1 and 2 as ground truth.
  const TempFolder folder;
  for (const char* const name : {"a", "b"}) {
    for (const char* const frame : {"00001", "00005"}) {
      Mask ids(512, 512);
      Mask greys(512, 512);
      for (int i = 0; i < 4000; ++i) {
        ids.at(100 + i % 80, 100 + i / 80) = static_cast<std::uint8_t>(1 + (i / 2000));
        greys.at(100 + i % 80, 100 + i / 80) = i < 2000 ? 127 : 255;
      }
      write_mask_png(folder / (std::string("ids/") + name + "/" + frame + ".png"), ids.view(),
                     voc_palette());
      write_mask_png(folder / (std::string("greys/") + name + "/" + frame + ".png"), greys.view(),
                     voc_palette());
    }
  }
  const Validation swapped =
      validate_submission(folder / "greys", folder / "ids", load_benchmark("xacv"));
  EXPECT_THAT(swapped.counts, ElementsAre(Pair("P033", 1U)));
  const Validation copied =
      validate_submission(folder / "ids", folder / "greys", load_benchmark("xacv"));
  EXPECT_THAT(copied.counts, ElementsAre(Pair("P030", 2U)))
      << "ids and grey values of the same masks are identical";
}

TEST(ValidateSubmission, TakesAMaskForEachObjectOfSaV) {
  const TempFolder folder;
  make(folder, "D065", Variant::cured);
  const BenchmarkDefinition benchmark = load_benchmark("sa-v-val");
  const std::string truth = "Annotations_6fps/sav_1";
  for (const char* const object : {"000", "001"}) {
    for (int i = 0; i < 6; ++i) {
      const std::string name = std::string(object) + "/0000" + std::to_string(i) + ".png";
      Mask mask = read_mask(folder / ("data/" + truth + "/" + name));
      if (i > 0) mask.at(0, 0) = 1;
      write_mask_png(folder / ("predictions/sav_1/" + name), mask.view(), voc_palette());
    }
  }
  EXPECT_THAT(validate_submission(folder / "predictions", folder / "data", benchmark).counts,
              IsEmpty());
  boost::filesystem::remove(folder / "predictions/sav_1/001/00003.png");
  const Validation missing =
      validate_submission(folder / "predictions", folder / "data", benchmark);
  ASSERT_THAT(missing.counts, ElementsAre(Pair("P003", 1U)));
  EXPECT_EQ(missing.findings[0].object, 1);
}

TEST(ValidateSubmission, TakesSingleMasksOfDias) {
  const TempFolder folder;
  make(folder, "D062", Variant::cured);
  const BenchmarkDefinition benchmark = load_benchmark("dias-test");
  for (const char* const name : {"label_s7.png", "label_s12.png"}) {
    Mask mask = read_mask(folder / (std::string("data/test/labels/") + name));
    mask.at(0, 0) = 255;
    write_mask_png(folder / (std::string("predictions/") + name), mask.view(), voc_palette());
  }
  EXPECT_THAT(validate_submission(folder / "predictions", folder / "data", benchmark).counts,
              IsEmpty());
  boost::filesystem::remove(folder / "predictions/label_s7.png");
  EXPECT_THAT(validate_submission(folder / "predictions", folder / "data", benchmark).counts,
              ElementsAre(Pair("P001", 1U)));
}

std::set<std::string> codes_of(const Validation& validation) {
  std::set<std::string> codes;
  for (const auto& [code, places] : validation.counts) codes.insert(code);
  return codes;
}

TEST(ValidateSubmission, TakesMapsOfManyValuesAndOneImageWithoutAnObject) {
  const TempFolder folder;
  make(folder, "P044", Variant::cured);
  const BenchmarkDefinition benchmark = load_benchmark("dias-test");
  Mask ramp(48, 40);
  for (int y = 0; y < 40; ++y) {
    for (int x = 0; x < 48; ++x) ramp.at(x, y) = static_cast<std::uint8_t>(5 * x);
  }
  const auto write_map = [&](const std::string& name, const Mask& map) {
    const auto bytes = test::write_png(map.view(), test::PngKind{.color_type = 0});
    folder.write("predictions/" + name + ".png",
                 {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  };
  write_map("label_s7", ramp);
  const auto validate = [&] {
    return codes_of(validate_submission(folder / "predictions", folder / "data", benchmark));
  };
  // A ramp is no blur of labels (P015); that it rises away from the truth is another matter.
  EXPECT_EQ(validate(), (std::set<std::string>{"P044"}));
  write_map("label_s7", Mask(48, 40));
  EXPECT_EQ(validate(), std::set<std::string>{}) << "nothing was found in one image of two";
  write_map("label_s12", Mask(48, 40));
  EXPECT_EQ(validate(), (std::set<std::string>{"P031"}));
}

TEST(ValidateSubmission, TakesAPlaneThatTheTruthDoesNotHave) {
  const TempFolder folder;
  make(folder, "P049", Variant::cured);
  const std::vector<std::uint64_t> shape = {2, 4, 4};
  std::vector<std::uint8_t> truth(32);
  truth[20] = 1;  // the second plane alone
  std::vector<std::uint8_t> predicted(32);
  predicted[3] = predicted[20] = 1;
  const auto write_array = [&](const std::string& path, const std::vector<std::uint8_t>& values) {
    const auto bytes = encode_npy(shape, values);
    folder.write(path, {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  };
  write_array("data/labels/a.npy", truth);
  write_array("predictions/a.npy", predicted);
  EXPECT_THAT(
      validate_submission(folder / "predictions", folder / "data", load_benchmark("paxray-test"))
          .counts,
      IsEmpty());
}

TEST(ValidateSubmission, TakesAClassThatAVideoDoesNotHave) {
  const TempFolder folder;
  make(folder, "P045", Variant::cured);
  Mask mask = read_mask(folder / "predictions/v00/00003.png");
  for (int x = 0; x < 30; ++x) mask.at(x, 0) = 4;
  write_mask_png(folder / "predictions/v00/00003.png", mask.view(),
                 load_benchmark("mosxav-semantic-test").palette);
  EXPECT_THAT(validate_submission(folder / "predictions", folder / "data",
                                  load_benchmark("mosxav-semantic-test"))
                  .counts,
              IsEmpty());
}

// 70 planes of 512x512: more than a member of a zip may otherwise have, and packed a thousandfold.
TEST(ValidateSubmission, TakesArraysAsLargeAsTheTruthsFromAZip) {
  const TempFolder folder;
  make(folder, "P049", Variant::cured);
  const std::vector<std::uint64_t> shape = {70, 512, 512};
  std::vector<std::uint8_t> values(70UL * 512 * 512);
  values[5] = 1;
  const auto bytes = encode_npy(shape, values);
  folder.write("data/labels/a.npy", {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  values[6] = 1;
  test::ZipPart part;
  part.name = "a.npy";
  const auto predicted = encode_npy(shape, values);
  part.content.assign(predicted.begin(), predicted.end());
  part.deflated = true;
  folder.write("predictions.zip", test::build_zip({part}));
  const BenchmarkDefinition benchmark = load_benchmark("paxray-test");
  const std::string zip = folder / "predictions.zip";
  EXPECT_EQ(codes_of(validate_submission(zip, folder / "data", benchmark)),
            (std::set<std::string>{}));
  SubmissionLimits limits;
  limits.max_mask_bytes = limits.archive.max_entry_bytes = 1 << 20;
  EXPECT_THROW(validate_submission(zip, folder / "data", benchmark, {}, limits), Error);
}

TEST(ValidateDataset, TellsColoursThatAreNoClassWhateverTheyAre) {
  const TempFolder folder;
  make(folder, "D055", Variant::cured);
  const std::vector<Rgb> pixels(512 * 512, Rgb{128, 0, 0});
  const auto bytes = test::write_rgb_png(512, 512, pixels);
  folder.write("data/test/Annotations_Semantic/v00/00003.png",
               {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  EXPECT_EQ(codes_of(validate_dataset(folder / "data", load_benchmark("mosxav-semantic-test"))),
            (std::set<std::string>{"D055"}));
}

// What is true of the real sets; each was checked by other means (see the numbers).
TEST(RealData, MosxavHasNoMistakeButGapsInItsIds) {
  ANGIOBENCH_REQUIRE_DATA(root, "mosxav");
  const Validation test_split = validate_dataset(root, load_benchmark("mosxav-test"));
  EXPECT_THAT(test_split.counts, IsEmpty());
  EXPECT_EQ(test_split.totals.annotated_frames, 488U);
  EXPECT_EQ(test_split.totals.objects, 55U);
  EXPECT_EQ(test_split.totals.late_objects, 7U);
  EXPECT_THAT(validate_dataset(root, load_benchmark("mosxav-val")).counts,
              ElementsAre(Pair("D037", 7U)));
  EXPECT_THAT(validate_dataset(root, load_benchmark("mosxav-train")).counts,
              ElementsAre(Pair("D037", 11U)));
}

TEST(RealData, XacvHasSixteenMasksInColour) {
  ANGIOBENCH_REQUIRE_DATA(root, "xacv/gt");
  EXPECT_THAT(validate_dataset(root, load_benchmark("xacv")).counts,
              ElementsAre(Pair("D023", 16U)));
}

// No split file lies here; the official lists are the program's.
TEST(RealData, DavisIsAFifthOfItsSplitOrTheReleasedWhole) {
  ANGIOBENCH_REQUIRE_DATA(davis2017, "davis2017/Annotations");
  ANGIOBENCH_REQUIRE_DATA(davis2016, "davis2016/gt");
  EXPECT_THAT(validate_dataset(davis2017, load_benchmark("davis2017-val")).counts,
              ElementsAre(Pair("D017", 1U)));
  EXPECT_THAT(validate_dataset(davis2016, load_benchmark("davis2016-val")).counts, IsEmpty());
}

TEST(RealData, PublishedSubmissionsAreWhatTheyClaimToBe) {
  ANGIOBENCH_REQUIRE_DATA(data, ".");
  const auto counts = [&](const char* benchmark, const char* truth, const char* predictions) {
    return validate_submission(data + "/" + predictions, data + "/" + truth,
                               load_benchmark(benchmark))
        .counts;
  };
  // Five objects are found in no frame but that of their prompt: v00 1, 2, 3, 8 and v08 1.
  EXPECT_THAT(counts("mosxav-test", "mosxav", "mosxav/predictions/test"),
              ElementsAre(Pair("P019", 5U)));
  EXPECT_THAT(counts("mosxav-val", "mosxav", "mosxav/predictions/val"), IsEmpty());
  EXPECT_THAT(counts("xacv", "xacv/gt", "xacv/pred"), IsEmpty());
  EXPECT_THAT(counts("davis2017-val", "davis2017/Annotations", "davis2017/pred-a"), IsEmpty());
  EXPECT_THAT(counts("davis2017-val", "davis2017/Annotations", "davis2017/pred-osvos"),
              ElementsAre(Pair("P020", 6U)));
  // Three of the twenty sequences.
  EXPECT_THAT(counts("davis2016-val", "davis2016/gt", "davis2016/pred"),
              ElementsAre(Pair("P001", 17U)));
  EXPECT_THAT(counts("davis2016-val", "davis2016/gt", "davis2016/predictions/stm.zip"), IsEmpty());
  EXPECT_THAT(counts("davis2016-val", "davis2016/gt", "davis2016/predictions/siammask.zip"),
              ElementsAre(Pair("P020", 20U)));
  EXPECT_THAT(counts("mosxav-test", "mosxav", "mosxav/predictions/val"),
              ElementsAre(Pair("P035", 1U)));
  EXPECT_THAT(counts("mosxav-val", "mosxav/predictions/val", "mosxav/trainval/Annotations"),
              ElementsAre(Pair("P033", 1U)));
}

}  // namespace
}  // namespace angiobench
