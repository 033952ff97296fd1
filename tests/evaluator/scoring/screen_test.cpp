// SPDX-License-Identifier: MIT
// Whatever the validator calls an error in a submission that is scored, the scorer says, too: held
// over random submissions with random faults, for the scorer looks at few of them a second time.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <boost/filesystem/operations.hpp>
#include <cstdlib>
#include <functional>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "dataset/error.h"
#include "dataset/masks/png.h"
#include "dataset/validator/validate_submission.h"
#include "evaluator/scoring/sequence_score.h"
#include "evaluator/scoring/submission.h"
#include "tests/support/temp_folder.h"

namespace angiobench {
namespace {

using test::TempFolder;

constexpr int kWidth = 64;
constexpr int kHeight = 48;

using Video = std::vector<Mask>;

class Drawer {
 public:
  explicit Drawer(std::uint64_t seed) : random_(seed) {}

  int number(int least, int most) {
    return least + static_cast<int>(random_() % static_cast<std::uint64_t>(most - least + 1));
  }
  bool chance(int percent) { return number(1, 100) <= percent; }

  // Squares that move, each its own way; some come late, some go.
  Video truth(const std::vector<int>& ids) {
    const int num_frames = chance(20) ? number(17, 28) : number(2, 9);
    Video video(static_cast<std::size_t>(num_frames), Mask(kWidth, kHeight));
    const bool is_still = chance(20);
    for (const int id : ids) {
      const int side = number(6, 14);
      const int left = number(0, 20);
      const int top = number(0, kHeight - 10);
      const int speed = is_still ? 0 : number(0, 3);
      const int begin = chance(25) ? number(1, 3) : 0;
      const int end = chance(15) ? num_frames - 2 : num_frames;
      for (int time = begin; time < end; ++time)
        square(video[static_cast<std::size_t>(time)], left + speed * time, top, side, id);
    }
    return video;
  }

  void square(Mask& mask, int left, int top, int side, int id) const {
    for (int y = std::max(0, top); y < std::min(kHeight, top + side); ++y) {
      for (int x = std::max(0, left); x < std::min(kWidth, left + side); ++x)
        mask.at(x, y) = static_cast<std::uint8_t>(id);
    }
  }

  // A prediction: the truth moved by a pixel or two.
  Video moved(const Video& video) {
    const int dx = number(0, 2);
    const int dy = number(0, 2);
    Video result;
    for (const Mask& mask : video) {
      Mask copy(kWidth, kHeight);
      for (int y = dy; y < kHeight; ++y) {
        for (int x = dx; x < kWidth; ++x) copy.at(x, y) = mask.at(x - dx, y - dy);
      }
      result.push_back(std::move(copy));
    }
    return result;
  }

 private:
  std::mt19937_64 random_;
};

// What a fault is applied to.
struct Faulty {
  Drawer& draw;
  const Video& truth;
  const std::vector<int>& ids;
  Video& prediction;
  std::vector<Rgb>& palette;

  // One frame, some, or all of them.
  void each(const std::function<void(std::size_t, Mask&)>& work) {
    const int kind = draw.number(0, 2);
    const auto one =
        static_cast<std::size_t>(draw.number(0, static_cast<int>(prediction.size()) - 1));
    for (std::size_t i = 0; i < prediction.size(); ++i) {
      if (kind == 2 || (kind == 0 && i == one) || (kind == 1 && draw.chance(50)))
        work(i, prediction[i]);
    }
  }
  void each_pixel(const std::function<int(int)>& work) {
    each([&](std::size_t, Mask& mask) {
      for (int y = 0; y < kHeight; ++y) {
        for (int x = 0; x < kWidth; ++x)
          mask.at(x, y) = static_cast<std::uint8_t>(work(mask.at(x, y)));
      }
    });
  }
};

// Values between both sides along every vertical edge.
void smooth(Mask& mask) {
  const Mask before = mask;
  for (int y = 0; y < kHeight; ++y) {
    for (int x = 1; x < kWidth; ++x) {
      const int a = before.at(x - 1, y);
      const int b = before.at(x, y);
      if (std::abs(a - b) > 1) mask.at(x, y) = static_cast<std::uint8_t>((a + b) / 2);
    }
  }
}

void add_specks(Drawer& draw, Mask& mask, int label, int count) {
  for (int i = 0; i < count; ++i)
    mask.at(draw.number(0, kWidth - 1), draw.number(0, kHeight - 1)) =
        static_cast<std::uint8_t>(label);
}

using Fault = std::function<void(Faulty&)>;

const std::vector<Fault>& faults() {
  static const std::vector<Fault> list = {
      [](Faulty&) {},
      [](Faulty& f) { f.each_pixel([](int) { return 0; }); },
      [](Faulty& f) { f.each([&](std::size_t i, Mask& mask) { mask = f.truth[i]; }); },
      [](Faulty& f) { f.prediction = f.truth; },
      [](Faulty& f) {  // a frame late
        for (std::size_t i = f.prediction.size(); i-- > 1;) f.prediction[i] = f.truth[i - 1];
      },
      [](Faulty& f) {  // a frame early
        for (std::size_t i = 0; i + 1 < f.prediction.size(); ++i) f.prediction[i] = f.truth[i + 1];
      },
      [](Faulty& f) { f.each_pixel([](int label) { return label == 0 ? 0 : 255; }); },
      [](Faulty& f) { f.each_pixel([](int label) { return label == 0 ? 0 : 1; }); },
      [](Faulty& f) {
        const int shift = f.draw.number(1, 120);
        f.each_pixel([=](int label) { return label == 0 ? 0 : (label + shift) % 256; });
      },
      [](Faulty& f) {
        const int factor = f.draw.number(2, 60);
        f.each_pixel([=](int label) { return std::min(255, label * factor); });
      },
      [](Faulty& f) { f.each([](std::size_t, Mask& mask) { smooth(mask); }); },
      [](Faulty& f) {  // specks of a label, of background among them
        const int label = f.draw.chance(30) ? 0 : f.draw.number(1, 255);
        const int count = f.draw.number(1, 400);
        f.each([&](std::size_t, Mask& mask) { add_specks(f.draw, mask, label, count); });
      },
      [](Faulty& f) {  // specks of any label, as compression leaves them
        const int highest = f.draw.number(2, 255);
        f.each([&](std::size_t, Mask& mask) {
          for (int i = 0; i < 60; ++i) add_specks(f.draw, mask, f.draw.number(0, highest), 1);
        });
      },
      [](Faulty& f) {  // the background is an object
        const int id = f.draw.number(1, 3);
        f.each_pixel([=](int label) { return label == 0 ? id : label == id ? 0 : label; });
      },
      [](Faulty& f) {  // a large object
        const int id =
            f.ids[static_cast<std::size_t>(f.draw.number(0, static_cast<int>(f.ids.size()) - 1))];
        f.each([&](std::size_t, Mask& mask) { f.draw.square(mask, 0, 0, 58, id); });
      },
      [](Faulty& f) {
        if (f.ids.size() < 2) return;
        f.each_pixel([&](int label) {
          return label == f.ids[0] ? f.ids[1] : label == f.ids[1] ? f.ids[0] : label;
        });
      },
      [](Faulty& f) {
        f.palette[0] = {10, 200, 10};
      },
      [](Faulty& f) { std::swap(f.palette[1], f.palette[2]); },
      [](Faulty& f) {
        for (std::size_t i = 1; i < f.prediction.size(); ++i) f.prediction[i] = f.prediction[0];
      },
      [](Faulty& f) {  // many ids
        f.each([&](std::size_t, Mask& mask) {
          for (int id = 1; id < 63; ++id) mask.at(id, 40) = static_cast<std::uint8_t>(id);
        });
      },
  };
  return list;
}

// A benchmark with a protocol, and how its files look.
struct Case {
  std::string name;
  std::string dataset;  // a benchmark's name, or the text of a definition
  std::string protocol;
  std::string annotations;                             // below the ground truth
  std::vector<int> ids;                                // objects, in predictions
  std::vector<std::pair<int, int>> truth_labels = {};  // id in predictions -> label of the truth
  bool has_void = false;
  bool has_objects = false;  // a binary mask for each object
};

std::vector<Case> cases() {
  const std::string with_void =
      R"({"schema": "benchmark-2", "name": "void", "title": "void", "protocol": "all-frames",
          "annotations": ["."], "storage": "labels", "masks": "{sequence}/{frame}.png",
          "prompts": "first-frame", "labels": {"void": 255}})";
  const std::string grey =
      R"({"schema": "benchmark-2", "name": "grey", "title": "grey", "protocol": "xacv",
          "annotations": ["."], "storage": "labels", "masks": "{sequence}/{frame}.png",
          "prompts": "first-frame", "max_objects": 2,
          "labels": {"truth": {"127": 1, "255": 2}, "truth_values": [0, 127, 255]}})";
  return {
      {"flat", "flat", "", "", {1, 2, 3}},
      {"flat_one", "flat", "", "", {1}},
      {"flat_strict", "flat", "strict", "", {1, 2}},
      {"flat_all", "flat", "all-frames", "", {2, 3, 7}},
      {"flat_davis2016", "flat", "davis2016", "", {1, 2}},
      {"flat_trackeval", "flat", "trackeval", "", {1, 2}, {}, true},
      {"flat_vost_void", "flat", "vost-void", "", {1, 2}, {}, true},
      {"with_void", with_void, "", "", {1, 2}, {}, true},
      {"davis2017", "davis2017-val", "", "Annotations/480p/", {1, 2, 3}},
      {"davis2017_strict", "davis2017-val", "strict", "Annotations/480p/", {1, 2, 3}},
      {"davis2016", "davis2016-val", "", "Annotations/480p/", {255}},
      {"grey", grey, "", "", {1, 2}, {{1, 127}, {2, 255}}},
      {"sa_v", "sa-v-val", "", "Annotations_6fps/", {0, 1}, {}, false, true},
  };
}

class Screen : public ::testing::TestWithParam<Case> {
 protected:
  static std::string frame_name(std::size_t number) {
    const std::string digits = std::to_string(number);
    return std::string(5 - digits.size(), '0') + digits + ".png";
  }

  void write_masks(const std::string& folder, const Video& video,
                   const std::vector<Rgb>& palette) const {
    for (std::size_t i = 0; i < video.size(); ++i) {
      const auto bytes = encode_mask_png(video[i].view(), palette);
      folder_.write(folder + "/" + frame_name(i),
                    {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
    }
  }

  void write(const std::string& folder, const Video& video, const std::vector<Rgb>& palette,
             bool is_prediction) const {
    const Case& entry = GetParam();
    if (!entry.has_objects) {
      write_masks(folder, video, palette);
      return;
    }
    // Whatever is not the object's label is none of it; odd labels go into the first one's file.
    for (std::size_t k = 0; k < entry.ids.size(); ++k) {
      Video own = video;
      for (Mask& mask : own) {
        for (int y = 0; y < kHeight; ++y) {
          for (int x = 0; x < kWidth; ++x) {
            const int label = mask.at(x, y);
            const bool is_odd = label > static_cast<int>(entry.ids.size());
            const bool is_own = label == static_cast<int>(k) + 1 || (k == 0 && is_odd);
            mask.at(x, y) = static_cast<std::uint8_t>(!is_own                   ? 0
                                                      : is_odd && is_prediction ? label
                                                                                : 255);
          }
        }
      }
      write_masks(folder + "/00" + std::to_string(k), own, palette);
    }
  }

  // A ground truth and a submission with up to two faults.
  void make(std::uint64_t seed) {
    const Case& entry = GetParam();
    boost::filesystem::remove_all(folder_ / "data");
    boost::filesystem::remove_all(folder_ / "predictions");
    Drawer draw(seed);
    const auto voc = voc_palette();
    for (const char* const sequence : {"a", "b"}) {
      const bool is_mapped = entry.has_objects;
      std::vector<int> ids = entry.ids;
      if (is_mapped) ids = {1, 2};
      Video truth = draw.truth(ids);
      Video prediction = draw.moved(truth);
      std::vector<Rgb> palette(voc.begin(), voc.end());
      Faulty faulty{draw, truth, ids, prediction, palette};
      const int num_faults = draw.number(0, 2);
      for (int i = 0; i < num_faults; ++i)
        faults()[static_cast<std::size_t>(draw.number(0, static_cast<int>(faults().size()) - 1))](
            faulty);
      write("predictions/" + std::string(sequence), prediction, palette, true);
      for (Mask& mask : truth) {
        if (entry.has_void && draw.chance(60))
          draw.square(mask, draw.number(0, 40), draw.number(0, 30), draw.number(4, 40), 255);
        for (int y = 0; y < kHeight && !entry.truth_labels.empty(); ++y) {
          for (int x = 0; x < kWidth; ++x) {
            for (const auto& [id, label] : entry.truth_labels) {
              if (mask.at(x, y) == id) {
                mask.at(x, y) = static_cast<std::uint8_t>(label);
                break;
              }
            }
          }
        }
      }
      write("data/" + entry.annotations + sequence, truth, {voc.begin(), voc.end()}, false);
    }
  }

  static std::set<std::string> errors_of(const std::vector<Finding>& findings) {
    std::set<std::string> codes;
    for (const Finding& finding : findings) {
      if (finding.severity == Severity::error) codes.insert(finding.code);
    }
    return codes;
  }

  TempFolder folder_;
};

// ANGIOBENCH_TRIALS asks for more submissions than a quick suite does, ANGIOBENCH_FIRST_TRIAL where
// to begin.
int number_from(const char* variable, int otherwise) {
  const char* const text = std::getenv(variable);
  return text != nullptr ? std::atoi(text) : otherwise;
}

TEST_P(Screen, NoErrorOfTheValidatorIsScoredInSilence) {
  const Case& entry = GetParam();
  SubmissionRequest request;
  request.dataset = entry.dataset;
  if (entry.dataset.starts_with("{")) {
    folder_.write("definition.json", entry.dataset);
    request.dataset = folder_ / "definition.json";
  }
  request.ground_truth = folder_ / "data";
  request.predictions = folder_ / "predictions";
  request.protocol = entry.protocol;
  const BenchmarkDefinition benchmark = load_benchmark(request.dataset);
  const Protocol protocol =
      load_protocol(entry.protocol.empty() ? benchmark.protocol : entry.protocol);
  ValidationOptions look;
  look.jobs = 1;
  look.is_read = [&](const Sequence& sequence, std::size_t position) {
    return frame_need(protocol, sequence, position) == FrameNeed::both;
  };
  ScoreOptions options;
  options.jobs = 1;
  int num_scored = 0;
  int num_with_errors = 0;
  const int trials = number_from("ANGIOBENCH_TRIALS", 60);
  const int first = number_from("ANGIOBENCH_FIRST_TRIAL", 0);
  for (int trial = first; trial < first + trials; ++trial) {
    make(static_cast<std::uint64_t>(trial));
    std::set<std::string> expected;
    std::set<std::string> told;
    try {
      told = errors_of(score_submission(request, options).findings);
    } catch (const Error& error) {
      ASSERT_NE(error.kind(), ErrorKind::bug) << error.what();
      continue;  // not scored: nothing is silent
    }
    ++num_scored;
    expected = errors_of(validate_submission(request.predictions, request.ground_truth,
                                             read_by(benchmark, protocol), look)
                             .findings);
    num_with_errors += expected.empty() ? 0 : 1;
    for (const std::string& code : expected)
      EXPECT_THAT(told, ::testing::Contains(code)) << entry.name << ", trial " << trial;
  }
  // The draws must say something.
  EXPECT_GE(10 * num_scored, trials);
  EXPECT_GE(20 * num_with_errors, num_scored);
}

INSTANTIATE_TEST_SUITE_P(Benchmarks, Screen, ::testing::ValuesIn(cases()),
                         [](const auto& one) { return one.param.name; });

}  // namespace
}  // namespace angiobench
