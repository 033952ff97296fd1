// SPDX-License-Identifier: MIT
#include "dataset/masks/volume_tree.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "dataset/benchmark.h"
#include "dataset/error.h"
#include "dataset/files/atomic_file.h"
#include "dataset/masks/mask_source.h"
#include "dataset/masks/submission_place.h"
#include "dataset/volumes/volume_writer.h"
#include "tests/support/masks.h"
#include "tests/support/temp_folder.h"

namespace angiobench {
namespace {

using test::mask_from;
using test::TempFolder;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const Mask kFirst = mask_from({".11", "..2"});
const Mask kSecond = mask_from({"1..", "..."});

class Volumes : public testing::Test {
 protected:
  void write(const std::string& name, const std::vector<Mask>& frames) const {
    VolumeWriter writer(*volume_form_of(name), frames[0].width(), frames[0].height(),
                        static_cast<int>(frames.size()), name);
    for (const Mask& frame : frames)
      writer.add({frame.pixels(), static_cast<std::size_t>(frame.width()) *
                                      static_cast<std::size_t>(frame.height())});
    write_file_atomically(folder_ / name, writer.finish());
  }
  static SequenceIndex index(const std::vector<std::string>& names) {
    SequenceIndex index;
    index.benchmark = load_benchmark("flat");
    for (const std::string& name : names) {
      Sequence& sequence = index.sequences.emplace_back();
      sequence.name = name;
      sequence.frames.append("00000");
      sequence.frames.append("00005");
    }
    return index;
  }
  static std::string refusal(const std::function<void()>& act) {
    try {
      act();
    } catch (const Error& error) {
      return error.what();
    }
    return "taken";
  }

  TempFolder folder_;
};

TEST_F(Volumes, AStackIsTheMasksOfTheSequenceItIsNamedAfter) {
  write("v01.nii.gz", {kFirst, kSecond});
  const SequenceIndex truth = index({"v00", "v01"});
  const auto tree = open_submission_tree(folder_ / "v01.nii.gz", truth);
  EXPECT_THAT(tree->folders(""), ElementsAre("v01"));
  EXPECT_THAT(tree->files("v01"), ElementsAre("00000.png", "00005.png"));
  EXPECT_THAT(tree->files("v00"), IsEmpty());
  EXPECT_TRUE(tree->has_file("v01/00005.png"));
  EXPECT_FALSE(tree->has_file("v01/00001.png"));
  const FileMaskSource masks(tree, truth.benchmark, MaskRole::prediction);
  MaskBuffers buffers;
  Sha256 digest{};
  const ExpectedMask expected{.width = 3, .height = 2};
  EXPECT_EQ(Mask(masks.read_labels(truth.sequences[1], "00000", expected, buffers, digest)),
            kFirst);
  EXPECT_EQ(Mask(masks.read_labels(truth.sequences[1], "00005", expected, buffers, digest)),
            kSecond);
}

TEST_F(Volumes, AStackOfAnyNameIsThatOfTheOnlySequence) {
  write("mine.seg.nrrd", {kFirst, kSecond});
  const auto tree = open_submission_tree(folder_ / "mine.seg.nrrd", index({"v00"}));
  EXPECT_THAT(tree->folders(""), ElementsAre("v00"));
  EXPECT_THAT(refusal([&] {
                open_submission_tree(folder_ / "mine.seg.nrrd", index({"a", "b"}));
              }),
              HasSubstr("named after none of the 2 sequences; expected a folder or a zip of"));
}

TEST_F(Volumes, AFolderHoldsAStackASequence) {
  write("in/v00.mha", {kFirst, kSecond});
  write("in/v01.nrrd", {kSecond, kFirst});
  write("in/other.nrrd", {kSecond});
  const auto tree = open_submission_tree(folder_ / "in", index({"v00", "v01"}));
  EXPECT_THAT(tree->folders(""), ElementsAre("other", "v00", "v01"));
  EXPECT_THAT(tree->files("v01"), ElementsAre("00000.png", "00005.png"));
  EXPECT_THAT(tree->files("other"), IsEmpty());
  EXPECT_THAT(tree->display_path("v01/00005.png"), HasSubstr("in/v01.nrrd (00005.png)"));
}

TEST_F(Volumes, WhatDoesNotFitTheTruthIsNamed) {
  write("v00.nrrd", {kFirst});
  const SequenceIndex truth = index({"v00"});
  EXPECT_THAT(refusal([&] { open_submission_tree(folder_ / "v00.nrrd", truth); }),
              HasSubstr("has 1 frames; expected one for each annotated frame of 'v00'"));
  write("two/v00.nrrd", {kFirst, kSecond});
  write("two/v00.mha", {kFirst, kSecond});
  EXPECT_THAT(refusal([&] { open_submission_tree(folder_ / "two", truth); }),
              HasSubstr("has both"));
  write("good/v00.mha", {kFirst, kSecond});
  const auto tree = open_submission_tree(folder_ / "good", truth);
  const FileMaskSource masks(tree, truth.benchmark, MaskRole::prediction);
  MaskBuffers buffers;
  Sha256 digest{};
  EXPECT_THAT(refusal([&] {
                masks.read_labels(truth.sequences[0], "00000", {.width = 2, .height = 3}, buffers,
                                  digest);
              }),
              HasSubstr("has frames of 3x2; expected 2x3, as the truth's (the sides"));
}

TEST_F(Volumes, ABenchmarkOfOtherMasksTakesNone) {
  write("v00.nrrd", {kFirst, kSecond});
  SequenceIndex truth = index({"v00"});
  truth.benchmark = load_benchmark("sa-v-val");
  EXPECT_THAT(refusal([&] { open_submission_tree(folder_ / "v00.nrrd", truth); }),
              HasSubstr("is a stack of label maps of a video"));
}

}  // namespace
}  // namespace angiobench
