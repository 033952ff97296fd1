// SPDX-License-Identifier: MIT
// What annotation tools write and what people upload instead of masks, as a user meets it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/filesystem/operations.hpp>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "dataset/files/atomic_file.h"
#include "dataset/files/zip_writer.h"
#include "dataset/masks/png.h"
#include "tests/support/child_process.h"
#include "tests/support/masks.h"
#include "tests/support/png_writer.h"
#include "tests/support/temp_folder.h"

namespace angiobench {
namespace {

namespace fs = boost::filesystem;
using test::ChildOutcome;
using test::TempFolder;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr int kFrames = 6;
constexpr Rgb kOwn[] = {{0, 0, 0}, {48, 112, 32}, {176, 112, 32}};
constexpr const char* kLabelMap =
    "# label:color_rgb:parts:actions\nvessel:48,112,32::\nbackground:0,0,0::\n"
    "catheter:176,112,32::\n";

// A band (id 1) and a square (id 2) that move; `shift` makes a worse prediction.
Mask drawn(int time, int shift = 0) {
  Mask mask(64, 48);
  for (int x = 0; x < 64; ++x) {
    for (int y = 10 + shift; y < 18 + shift; ++y) mask.at(x, y + (x + 2 * time) / 16 % 4) = 1;
  }
  for (int y = 30 + shift; y < 42 + shift; ++y) {
    for (int x = 6 + 4 * time; x < 18 + 4 * time; ++x) mask.at(x, y) = 2;
  }
  return mask;
}

std::string frame(int time) { return "0000" + std::to_string(time); }

class AnnotationCli : public ::testing::Test {
 protected:
  AnnotationCli() {
    for (int time = 0; time < kFrames; ++time) {
      write_labels("gt/a/" + frame(time) + ".png", drawn(time));
      write_labels("pred/a/" + frame(time) + ".png", drawn(time, 1));
    }
    folder_.write("labelmap.txt", kLabelMap);
  }

  void write_bytes(const std::string& path, const std::vector<std::uint8_t>& bytes) const {
    folder_.write(path, {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  }
  void write_labels(const std::string& path, const Mask& mask) const {
    write_bytes(path, encode_mask_png(mask.view(), voc_palette()));
  }
  void write_colors(const std::string& path, const Mask& mask, std::span<const Rgb> palette) const {
    std::vector<Rgb> pixels;
    for (int y = 0; y < mask.height(); ++y) {
      for (int x = 0; x < mask.width(); ++x) pixels.push_back(palette[mask.at(x, y)]);
    }
    write_bytes(path, test::write_rgb_png(mask.width(), mask.height(), pixels));
  }
  // Truth and predictions in a table's colours, as gt_own and pred_own.
  void write_own_colors() const {
    for (int time = 0; time < kFrames; ++time) {
      write_colors("gt_own/a/" + frame(time) + ".png", drawn(time), kOwn);
      write_colors("pred_own/a/" + frame(time) + ".png", drawn(time, 1), kOwn);
    }
  }

  std::string at(const std::string& path) const { return folder_ / path; }
  ChildOutcome run(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), ANGIOBENCH_PROGRAM);
    return test::run_child(arguments);
  }
  ChildOutcome score(const std::string& truth, const std::string& predictions,
                     std::vector<std::string> more = {}) const {
    more.insert(more.begin(),
                {"score", "--dataset", "flat", "-g", at(truth), "-p", at(predictions)});
    return run(more);
  }
  ChildOutcome validate(const std::string& truth, std::vector<std::string> more = {}) const {
    more.insert(more.begin(), {"validate", "dataset", "--dataset", "flat", "-g", at(truth)});
    return run(more);
  }

  TempFolder folder_;
};

// --- masks in colours ---

TEST_F(AnnotationCli, ScoresColoursThroughATableAsTheLabelsThatTheyAre) {
  write_own_colors();
  const ChildOutcome labels = score("gt", "pred");
  ASSERT_EQ(labels.exit_code, 0) << labels.err;
  const ChildOutcome refused = score("gt_own", "pred_own");
  EXPECT_NE(refused.exit_code, 0);
  EXPECT_THAT(refused.err, HasSubstr("--colours FILE"));
  const ChildOutcome colors =
      score("gt_own", "pred_own", {"--colours", at("labelmap.txt"), "--verbose", "-o", at("out")});
  EXPECT_EQ(colors.exit_code, 0) << colors.err;
  EXPECT_EQ(colors.out.substr(0, colors.out.find("report:")), labels.out);
  EXPECT_THAT(colors.err, HasSubstr("1 vessel (48, 112, 32), 2 catheter (176, 112, 32) [S037]"));
  // What the colours meant stands in the result.
  const std::string result = read_text_file(at("out/result.json"));
  EXPECT_THAT(result, HasSubstr("1 vessel (48, 112, 32)"));
}

TEST_F(AnnotationCli, ReadsVocColoursOfPredictionsWhereTheyAreStated) {
  for (int time = 0; time < kFrames; ++time)
    write_colors("pred_voc/a/" + frame(time) + ".png", drawn(time, 1), voc_palette());
  EXPECT_NE(score("gt", "pred_voc").exit_code, 0);
  const ChildOutcome stated = score("gt", "pred_voc", {"--colours", "voc"});
  EXPECT_EQ(stated.exit_code, 0) << stated.err;
  EXPECT_EQ(stated.out, score("gt", "pred").out);
}

TEST_F(AnnotationCli, TakesTheTableFromABenchmarkFile) {
  write_own_colors();
  folder_.write("mine.json", R"({"schema": "benchmark-2", "name": "mine",
    "protocol": "vos-benchmark", "palette": [[0, 0, 0], [48, 112, 32], [176, 112, 32]]})");
  const ChildOutcome outcome =
      run({"score", "--dataset", at("mine.json"), "-g", at("gt_own"), "-p", at("pred_own")});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  const std::string labels = score("gt", "pred").out;
  EXPECT_EQ(outcome.out.substr(outcome.out.find('\n')), labels.substr(labels.find('\n')));
}

TEST_F(AnnotationCli, ReadsColoursInEveryVerb) {
  write_own_colors();
  const std::vector<std::string> colors = {"--colours", at("labelmap.txt")};
  const ChildOutcome refused = validate("gt_own");
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_THAT(refused.err, HasSubstr("[D047]"));
  EXPECT_THAT(refused.err, HasSubstr("name a table of the colours with --colours"));
  EXPECT_EQ(validate("gt_own", colors).exit_code, 0);
  const ChildOutcome submission =
      run({"validate", "submission", "--dataset", "flat", "-g", at("gt_own"), "-p", at("pred_own"),
           "--colours", at("labelmap.txt")});
  EXPECT_EQ(submission.exit_code, 0) << submission.err;
  const ChildOutcome explain = run({"explain", "--dataset", "flat", "-g", at("gt_own"), "-p",
                                    at("pred_own"), "--colours", at("labelmap.txt")});
  EXPECT_EQ(explain.exit_code, 0) << explain.err;
  const ChildOutcome pack =
      run({"pack", "--dataset", "flat", "-g", at("gt_own"), "-p", at("pred_own"), "--colours",
           at("labelmap.txt"), "-o", at("p.zip")});
  EXPECT_EQ(pack.exit_code, 0) << pack.err;
  // Exported they are what the labels would be.
  const ChildOutcome exported =
      run({"export", "coco", "--dataset", "flat", "-g", at("gt_own"), "-p", at("pred_own"),
           "--colours", at("labelmap.txt"), "-o", at("own.json")});
  EXPECT_EQ(exported.exit_code, 0) << exported.err;
  run({"export", "coco", "--dataset", "flat", "-g", at("gt"), "-p", at("pred"), "-o",
       at("labels.json")});
  EXPECT_EQ(read_text_file(at("own.json")), read_text_file(at("labels.json")));
}

TEST_F(AnnotationCli, GivesPromptsInColoursTheTablesIds) {
  const Mask frame_picture(64, 48, 90);
  for (int time = 0; time < 2; ++time) {
    write_bytes("clip/" + frame(time) + ".png",
                test::write_png(frame_picture.view(), {.color_type = 0}));
  }
  // The catheter alone: without a table it would be object 1.
  Mask mask(64, 48);
  for (int y = 5; y < 20; ++y) {
    for (int x = 5; x < 20; ++x) mask.at(x, y) = 2;
  }
  write_colors("first.png", mask, kOwn);
  const ChildOutcome outcome =
      run({"predict", "--network", "first-mask", "--clip", at("clip"), "--first-mask",
           at("first.png"), "--colours", at("labelmap.txt"), "-o", at("predicted")});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_EQ(read_mask(at("predicted/clip/00001.png")), mask);
  constexpr Rgb kOther[] = {{0, 0, 0}, {1, 2, 3}, {176, 112, 31}};
  write_colors("other.png", mask, kOther);
  const ChildOutcome refused =
      run({"predict", "--network", "first-mask", "--clip", at("clip"), "--first-mask",
           at("other.png"), "--colours", at("labelmap.txt"), "-o", at("other")});
  EXPECT_EQ(refused.exit_code, 3);
  EXPECT_THAT(refused.err, HasSubstr("#b0701f, which is not in the table"));
}

TEST_F(AnnotationCli, NamesATableThatIsNone) {
  folder_.write("table.txt", "vessel is red\n");
  const ChildOutcome outcome = score("gt", "pred", {"--colours", at("table.txt")});
  EXPECT_EQ(outcome.exit_code, 3);
  EXPECT_THAT(outcome.err,
              HasSubstr("table.txt: error: line 1 is 'vessel is red'; expected CVAT's"));
  EXPECT_EQ(score("gt", "pred", {"--colours", at("nowhere")}).exit_code, 3);
}

// --- exports of annotation tools ---

TEST_F(AnnotationCli, NamesAnExportAndImportsIt) {
  for (int time = 0; time < kFrames; ++time) {
    const std::string name = "frame_00000" + std::to_string(time) + ".png";
    write_colors("cvat/SegmentationClass/" + name, drawn(time), kOwn);
    write_colors("cvat/SegmentationObject/" + name, drawn(time), voc_palette());
  }
  folder_.write("cvat/labelmap.txt", kLabelMap);
  const ChildOutcome refused = validate("cvat");
  EXPECT_EQ(refused.exit_code, 3);
  EXPECT_THAT(refused.err, HasSubstr("is the export of an annotation tool (labelmap.txt): 6 .png "
                                     "files lie directly in "));
  EXPECT_THAT(refused.err,
              HasSubstr("expected a folder for each sequence, which 'angiobench import "
                        "masks"));
  const ChildOutcome submitted = score("gt", "cvat");
  EXPECT_NE(submitted.exit_code, 0);
  EXPECT_THAT(submitted.err, HasSubstr("it is the export of an annotation tool"));
  const ChildOutcome imported =
      run({"import", "masks", at("cvat"), "-o", at("masks"), "--name", "a"});
  ASSERT_EQ(imported.exit_code, 0) << imported.err;
  EXPECT_THAT(imported.out, HasSubstr("6 masks of 1 sequence from 6 files\n  1 vessel: "));
  EXPECT_EQ(read_mask(at("masks/a/000003.png")), drawn(3));
  const ChildOutcome valid =
      run({"validate", "dataset", "--dataset", at("masks/dataset.json"), "-g", at("masks")});
  EXPECT_EQ(valid.exit_code, 0) << valid.err;
  // A folder that holds something is not written over.
  EXPECT_EQ(run({"import", "masks", at("cvat"), "-o", at("masks")}).exit_code, 3);
}

TEST_F(AnnotationCli, SaysWhatAFileALabelNeedsAndMergesThem) {
  for (int time = 0; time < kFrames; ++time) {
    for (const auto& [id, label] : {std::pair(1, "vessel"), std::pair(2, "catheter")}) {
      const Mask all = drawn(time);
      Mask one(all.width(), all.height());
      for (int y = 0; y < all.height(); ++y) {
        for (int x = 0; x < all.width(); ++x) one.at(x, y) = all.at(x, y) == id ? 255 : 0;
      }
      const std::string task = std::to_string(time + 3);
      write_bytes("brush/a/task-" + task + "-annotation-" + task + "-by-1-tag-" + label + "-0.png",
                  test::write_png(one.view(), {.color_type = 0}));
    }
  }
  const ChildOutcome told = validate("brush");
  EXPECT_EQ(told.exit_code, 1);
  EXPECT_THAT(told.err, HasSubstr("[D029]"));
  EXPECT_THAT(told.err, HasSubstr("merge the masks of a frame by label"));
  EXPECT_THAT(told.err, HasSubstr("import masks --by-label"));
  EXPECT_THAT(told.err, Not(HasSubstr("remove")));
  EXPECT_THAT(told.out, Not(HasSubstr("D012")));
  std::string tasks = "# task name\n";
  for (int time = 0; time < kFrames; ++time)
    tasks += std::to_string(time + 3) + " " + frame(time) + "\n";
  folder_.write("tasks.txt", tasks);
  const ChildOutcome imported =
      run({"import", "masks", at("brush"), "-o", at("masks"), "--by-label", "--labels",
           "vessel,catheter", "--tasks", at("tasks.txt")});
  ASSERT_EQ(imported.exit_code, 0) << imported.err;
  EXPECT_EQ(score("masks", "pred").out, score("gt", "pred").out);
}

TEST_F(AnnotationCli, RefusesOptionsThatDoNotGoTogether) {
  const ChildOutcome labels = run({"import", "masks", at("gt"), "-o", at("m"), "--labels", "a"});
  EXPECT_EQ(labels.exit_code, 2);
  EXPECT_THAT(labels.err, HasSubstr("go with --by-label"));
  const ChildOutcome both =
      run({"import", "masks", at("gt"), "-o", at("m"), "--by-label", "--colours", "voc"});
  EXPECT_EQ(both.exit_code, 2);
  const ChildOutcome pattern =
      run({"import", "masks", at("gt"), "-o", at("m"), "--by-label", "--pattern", "{label}"});
  EXPECT_EQ(pattern.exit_code, 2);
  EXPECT_THAT(pattern.err, HasSubstr("--pattern is '{label}', which has no {frame}"));
  EXPECT_EQ(run({"import"}).exit_code, 2);
  EXPECT_EQ(run({"import", "masks", at("nowhere"), "-o", at("m")}).exit_code, 3);
  EXPECT_FALSE(fs::exists(at("m")));
}

// --- ids numbered image by image, labels that may be void ---

TEST_F(AnnotationCli, TellsIdsThatAreExchangedBetweenFrames) {
  for (int time = 0; time < kFrames; ++time) {
    Mask mask = drawn(time, 1);
    for (int y = 0; (time == 2 || time == 3) && y < mask.height(); ++y) {
      for (int x = 0; x < mask.width(); ++x) {
        if (mask.at(x, y) != 0) mask.at(x, y) = static_cast<std::uint8_t>(3 - mask.at(x, y));
      }
    }
    write_labels("turned/a/" + frame(time) + ".png", mask);
  }
  const ChildOutcome scored = score("gt", "turned");
  EXPECT_THAT(scored.err, HasSubstr("ids 1 and 2 are exchanged in 2 of 6 frames (IoU 0."));
  EXPECT_THAT(scored.err, HasSubstr(" against 0.00)"));
  const ChildOutcome truth = validate("turned");
  EXPECT_THAT(truth.err, HasSubstr("ids 1 and 2 jump to each other's places in 00002, 00004 (IoU "
                                   "with the other's place in the frame before 0."));
}

TEST_F(AnnotationCli, AsksWhetherHighLabelsAreVoid) {
  for (int time = 0; time < kFrames; ++time) {
    Mask mask = drawn(time);
    for (int x = 0; x < 20; ++x) mask.at(x, 0) = x < 10 ? 255 : 254;
    write_labels("ignore/a/" + frame(time) + ".png", mask);
  }
  const ChildOutcome outcome = validate("ignore");
  EXPECT_THAT(outcome.err, HasSubstr("labels 254, 255 next to the ids 1, 2: void?"));
}

TEST_F(AnnotationCli, TakesGreyWithAlphaAsPredictions) {
  for (int time = 0; time < kFrames; ++time) {
    write_bytes("alpha/a/" + frame(time) + ".png",
                test::write_png(drawn(time, 1).view(), {.color_type = 4}));
  }
  const ChildOutcome outcome = score("gt", "alpha");
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_EQ(outcome.out, score("gt", "pred").out);
}

// --- containers ---

// A .npy file of all predictions, [frames, height, width] of bytes.
std::string stack_of_predictions() {
  std::string header = "{'descr': '|u1', 'fortran_order': False, 'shape': (6, 48, 64), }";
  while ((10 + header.size() + 1) % 64 != 0) header += ' ';
  header += '\n';
  std::string text = "\x93NUMPY\x01";
  text += '\0';
  text += static_cast<char>(header.size() & 0xFF);
  text += static_cast<char>(header.size() >> 8);
  text += header;
  for (int time = 0; time < kFrames; ++time) {
    const Mask mask = drawn(time, 1);
    text.append(reinterpret_cast<const char*>(mask.pixels()), 64 * 48);
  }
  return text;
}

TEST_F(AnnotationCli, PacksLabelStacksAsTheMasksThatTheyHold) {
  const std::string stack = stack_of_predictions();
  {
    ZipWriter zip(at("p.npz"));
    zip.add("a.npy", {reinterpret_cast<const std::uint8_t*>(stack.data()), stack.size()});
    zip.finish();
  }
  folder_.write("whatever.npy", stack);
  folder_.write("frames.txt", "a/00000\na/00001\na/00002\na/00003\na/00004\na/00005\n");
  const auto pack = [&](const std::string& from, const std::string& to, bool is_listed) {
    std::vector<std::string> arguments = {"pack", "-p", at(from), "-o", at(to)};
    const std::vector<std::string> what =
        is_listed ? std::vector<std::string>{"--frames", at("frames.txt")}
                  : std::vector<std::string>{"--dataset", "flat", "-g", at("gt")};
    arguments.insert(arguments.end(), what.begin(), what.end());
    const ChildOutcome outcome = run(arguments);
    EXPECT_EQ(outcome.exit_code, 0) << from << ": " << outcome.err;
    return read_text_file(at(to));
  };
  const std::string expected = pack("pred", "pngs.zip", false);
  EXPECT_EQ(pack("p.npz", "npz.zip", false), expected);
  EXPECT_EQ(pack("whatever.npy", "npy.zip", false), expected);
  EXPECT_EQ(pack("p.npz", "listed.zip", true), expected);
  EXPECT_EQ(score("gt", "npz.zip").out, score("gt", "pngs.zip").out);
  // Scored as it is, the message says what to do.
  for (const char* const path : {"p.npz", "whatever.npy"}) {
    const ChildOutcome outcome = score("gt", path);
    EXPECT_NE(outcome.exit_code, 0) << path;
    EXPECT_THAT(outcome.err, HasSubstr("'angiobench pack' makes")) << path;
  }
}

TEST_F(AnnotationCli, NamesWhatIsNoSubmissionAndItsCure) {
  folder_.write("p.tar", std::string(257, 'a') + "ustar" + std::string(250, '\0'));
  folder_.write("p.tar.gz", "\x1F\x8B\x08" + std::string(40, 'a'));
  folder_.write("p.7z", std::string("7z\xBC\xAF\x27\x1C\0\4", 8) + std::string(40, 'a'));
  folder_.write("a.mp4", std::string("\0\0\0\x18", 4) + "ftypisom" + std::string(40, '\0'));
  folder_.write("jpgs/a/00000.jpg", "\xFF\xD8\xFF");
  folder_.write("vid/a/a.mp4", "x");
  folder_.write("npys/a/00000.npy", "x");
  folder_.write("tifs/a/00000.TIF", "x");
  folder_.write("in_tar/p.tar.gz", "x");
  const struct {
    const char* path;
    const char* found;
    const char* cure;
  } kinds[] = {
      {"p.tar", "is a tar file", "unpack it and give the folder"},
      {"p.tar.gz", "is a gzip file", "unpack it and give the folder"},
      {"p.7z", "is a 7z file", "unpack it and give the folder"},
      {"a.mp4", "is a video, neither a folder nor a zip", "write PNGs where the masks are made"},
      {"jpgs", "holds 1 .jpg file; masks must be .png", "JPEG changes labels"},
      {"vid", "holds 1 .mp4 file; masks must be .png", "videos change labels"},
      {"npys", "holds 1 .npy file; masks must be .png", "'angiobench pack' makes PNGs"},
      {"tifs", "holds 1 .tif file; masks must be .png", "save(\"a.png\") keeps the labels"},
      {"in_tar", "holds 1 .gz file; masks must be .png", "unpack it and give its folder"},
  };
  for (const auto& kind : kinds) {
    const ChildOutcome outcome = score("gt", kind.path);
    EXPECT_NE(outcome.exit_code, 0) << kind.path;
    EXPECT_THAT(outcome.err, HasSubstr(kind.found)) << kind.path;
    EXPECT_THAT(outcome.err, HasSubstr(kind.cure)) << kind.path;
  }
}

// --- descriptions ---

TEST_F(AnnotationCli, DescribesADataSet) {
  folder_.write("card.json", R"({"description": "Bands and squares.",
    "license": "https://creativecommons.org/licenses/by/4.0/", "url": "https://example.org/x",
    "published": "2026-01-31", "creators": ["Somebody"]})");
  const ChildOutcome outcome = validate("gt", {"--datasheet", at("sheet.md"), "--croissant",
                                               at("croissant.json"), "--card", at("card.json")});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(read_text_file(at("sheet.md")), HasSubstr("| Annotated frames | 6 |"));
  const nlohmann::json document = nlohmann::json::parse(read_text_file(at("croissant.json")));
  EXPECT_EQ(document["distribution"][0]["includes"], "*/*.png");
  // What the format requires and nobody says is an error, and nothing is written.
  const ChildOutcome refused =
      validate("gt", {"--datasheet", at("other.md"), "--croissant", at("other.json")});
  EXPECT_EQ(refused.exit_code, 3);
  EXPECT_THAT(refused.err, HasSubstr("which Croissant 1.0 requires"));
  EXPECT_FALSE(fs::exists(at("other.md")));
  EXPECT_FALSE(fs::exists(at("other.json")));
}

TEST_F(AnnotationCli, WritesWhatSitesRead) {
  ASSERT_EQ(score("gt", "pred", {"-o", at("out")}).exit_code, 0);
  const ChildOutcome card =
      run({"report", "huggingface", at("out"), "--source", "https://example.org/run"});
  EXPECT_EQ(card.exit_code, 0) << card.err;
  EXPECT_THAT(card.out, HasSubstr("model-index:\n- name: \"pred\""));
  const ChildOutcome mlflow = run({"report", "mlflow", at("out")});
  EXPECT_EQ(mlflow.exit_code, 0) << mlflow.err;
  EXPECT_TRUE(nlohmann::json::parse(mlflow.out)["metrics"].contains("J_and_F/overall"));
  EXPECT_EQ(run({"report", "mlflow", at("out"), "--source", "https://x.org"}).exit_code, 2);
}

}  // namespace
}  // namespace angiobench
