// SPDX-License-Identifier: MIT
// The stream against the official cores as they are written: whole clips in arrays (slow twin
// below).
#include "baselines/inference/video_session.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>

#include "baselines/matching/torch_matching.h"
#include "baselines/networks/torch_network.h"
#include "baselines/weights/seed_weights.h"
#include "dataset/error.h"

namespace angiobench {
namespace {

const NetworkSpec kSpec{8, {1, 1, 1}, {1, 1, 1}};
constexpr int kHeight = 48;
constexpr int kWidth = 64;

std::shared_ptr<const StateDict> weights() {
  static const auto made = std::make_shared<const StateDict>(random_weights(kSpec, 3));
  return made;
}

// A clip: images, and the new objects (ids 1..k in order of appearance) of each prompted frame.
struct Clip {
  std::vector<at::Tensor> images;
  std::map<int, std::map<int, at::Tensor>> prompts;  // frame -> id -> mask
};

Clip make_clip(int frames, const std::map<int, std::vector<int>>& prompts) {
  at::manual_seed(7);
  Clip clip;
  const at::Tensor base = at::rand({1, 3, kHeight, kWidth}) * 2 - 1;
  for (int t = 0; t < frames; ++t)
    clip.images.push_back(base.roll(t, 3) + 0.1 * at::rand({1, 3, kHeight, kWidth}));
  for (const auto& [frame, ids] : prompts) {
    auto& here = clip.prompts[frame];
    for (const int id : ids) {
      at::Tensor mask = at::zeros({kHeight, kWidth});
      mask.narrow(0, 4 + 7 * id % 24, 14).narrow(1, 6 + 13 * id % 40, 17).fill_(1);
      here[id] = mask;
    }
  }
  return clip;
}

// The official core for objects that come late, with all planes of all frames, one bank an object.
std::vector<at::Tensor> propagate_whole(const Clip& clip, const SessionOptions& options) {
  const c10::InferenceMode no_gradients;
  const TorchNetwork network(kSpec, *weights());
  const int frames = static_cast<int>(clip.images.size());
  std::set<int> all_ids;
  for (const auto& [frame, masks] : clip.prompts) {
    for (const auto& [id, mask] : masks) all_ids.insert(id);
  }
  const std::vector<int> ids(all_ids.begin(), all_ids.end());
  const auto planes = static_cast<std::int64_t>(ids.size()) + 1;
  std::vector<at::Tensor> prob(static_cast<std::size_t>(frames),
                               at::zeros({planes, kHeight, kWidth}));
  for (at::Tensor& frame : prob) frame = at::zeros({planes, kHeight, kWidth});

  struct Bank {
    std::vector<at::Tensor> keys;
    std::vector<at::Tensor> values;
    at::Tensor temporary_key;
    at::Tensor temporary_value;
  };
  std::map<int, Bank> banks;
  std::vector<int> enabled;
  const auto plane_of = [&](int id) {
    return std::find(ids.begin(), ids.end(), id) - ids.begin() + 1;
  };

  const auto remember = [&](int t, const TorchNetwork::Features& features, bool temporary) {
    at::Tensor total = at::zeros({kHeight, kWidth});
    for (const int id : enabled) total = total + prob[t][plane_of(id)];
    for (const int id : enabled) {
      const at::Tensor own = prob[t][plane_of(id)];
      const at::Tensor value =
          network.encode_value(clip.images[t], features.f16, own.view({1, 1, kHeight, kWidth}),
                               (total - own).view({1, 1, kHeight, kWidth}));
      Bank& bank = banks[id];
      bank.temporary_key = bank.temporary_value = at::Tensor();
      if (temporary) {
        bank.temporary_key = features.key[0];
        bank.temporary_value = value[0];
      } else {
        bank.keys.push_back(features.key[0]);
        bank.values.push_back(value[0]);
      }
    }
  };

  std::vector<int> annotated;
  for (const auto& [frame, masks] : clip.prompts) annotated.push_back(frame);
  for (std::size_t a = 0; a < annotated.size(); ++a) {
    // Interact.
    const int first = annotated[a];
    const bool more = a + 1 < annotated.size();
    const int end = more ? annotated[a + 1] + 1 : frames;
    for (const auto& [id, mask] : clip.prompts.at(first)) {
      enabled.push_back(id);
      prob[first] = prob[first] * (mask <= 0.5).to(at::kFloat);
    }
    for (const auto& [id, mask] : clip.prompts.at(first)) prob[first][plane_of(id)].copy_(mask);
    prob[first] = aggregate(prob[first].narrow(0, 1, planes - 1));
    remember(first, network.encode_key(clip.images[first]), false);

    // Propagate.
    int last_memory = first;
    for (int t = first + 1; t < end; ++t) {
      const TorchNetwork::Features features = network.encode_key(clip.images[t]);
      std::vector<at::Tensor> decoded;
      for (const int id : enabled) {
        std::vector<at::Tensor> keys = banks[id].keys;
        std::vector<at::Tensor> values = banks[id].values;
        if (banks[id].temporary_key.defined()) {
          keys.push_back(banks[id].temporary_key);
          values.push_back(banks[id].temporary_value);
        }
        const at::Tensor memory = at::stack(values, 1).unsqueeze(0);
        const at::Tensor readout =
            options.match.matching == Matching::global
                ? match_global(at::stack(keys, 1), memory, features.key[0], options.match.top_k)
                : match_local(at::stack(keys, 1), memory, features.key[0], options.match.window,
                              options.match.top_k, Sampling::unfold);
        decoded.push_back(at::sigmoid(network.decode(readout, features))[0]);
      }
      const at::Tensor aggregated = aggregate(at::cat(decoded, 0));
      prob[t][0].copy_(aggregated[0]);
      for (std::size_t i = 0; i < enabled.size(); ++i) {
        prob[t][plane_of(enabled[i])].copy_(aggregated[static_cast<std::int64_t>(i) + 1]);
      }
      const bool regular = t - last_memory >= options.memory_every;
      if (t != end - 1 && (regular || options.include_last)) {
        remember(t, features, !regular);
        if (regular) last_memory = t;
      }
    }
  }
  return prob;
}

// The stream's planes must be those of the whole clip; planes of objects to come are 0 there (up to
// the clamp).
void expect_same_stream(const Clip& clip, const SessionOptions& options) {
  set_engine_threads(1);
  const std::vector<at::Tensor> whole = propagate_whole(clip, options);
  const std::unique_ptr<NetworkEngine> engine = make_engine(EngineKind::torch, kSpec, weights());
  VideoSession session(*engine, options);
  std::set<int> all_ids;
  for (const auto& [frame, masks] : clip.prompts) {
    for (const auto& [id, mask] : masks) all_ids.insert(id);
  }
  const std::vector<int> ids(all_ids.begin(), all_ids.end());
  for (std::size_t t = 0; t < clip.images.size(); ++t) {
    std::vector<NewObject> objects;
    const auto prompt = clip.prompts.find(static_cast<int>(t));
    if (prompt != clip.prompts.end()) {
      for (const auto& [id, mask] : prompt->second) {
        NewObject& object = objects.emplace_back(NewObject{id, Plane(kHeight, kWidth)});
        std::copy_n(mask.data_ptr<float>(), mask.numel(), object.mask.pixels.begin());
      }
    }
    const at::Tensor image = clip.images[t].contiguous();
    const std::span<const Plane> planes = session.step(
        {image.data_ptr<float>(), static_cast<std::size_t>(image.numel())}, kHeight, kWidth,
        prompt != clip.prompts.end() ? &objects : nullptr, t + 1 == clip.images.size());
    if (planes.empty()) {
      ASSERT_LT(static_cast<int>(t), clip.prompts.begin()->first);
      continue;
    }
    for (std::size_t i = 0; i <= session.object_ids().size(); ++i) {
      const auto plane =
          i == 0 ? 0
                 : std::find(ids.begin(), ids.end(), session.object_ids()[i - 1]) - ids.begin() + 1;
      const at::Tensor want = whole[t][plane].contiguous();
      float largest = 0;
      for (std::size_t p = 0; p < planes[i].pixels.size(); ++p) {
        largest = std::max(largest, std::abs(planes[i].pixels[p] - want.data_ptr<float>()[p]));
      }
      EXPECT_LE(largest, 2e-4F) << "frame " << t << ", plane " << plane;
    }
  }
}

SessionOptions options_for(Matching matching, int memory_every, bool include_last) {
  SessionOptions options;
  options.match.matching = matching;
  options.match.window = 3;
  options.match.top_k = 6;
  options.memory_every = memory_every;
  options.include_last = include_last;
  return options;
}

TEST(VideoSession, StreamsWhatTheWholeClipGivesWithOnePrompt) {
  const Clip clip = make_clip(7, {{0, {1, 2}}});
  expect_same_stream(clip, options_for(Matching::local, 2, false));
  expect_same_stream(clip, options_for(Matching::global, 3, false));
}

TEST(VideoSession, StreamsWhatTheWholeClipGivesWithLateObjectsAndGapsInTheIds) {
  const Clip clip = make_clip(9, {{1, {7, 3}}, {4, {1}}, {6, {9}}});
  expect_same_stream(clip, options_for(Matching::local, 2, false));
  expect_same_stream(clip, options_for(Matching::global, 2, true));
}

TEST(VideoSession, TakesAPromptWithoutNewObjectsAsAFrameToRemember) {
  const Clip clip = make_clip(7, {{0, {1}}, {3, {}}});
  expect_same_stream(clip, options_for(Matching::global, 2, false));
}

TEST(VideoSession, ReplacesTheTemporaryMemoryEachFrame) {
  const Clip clip = make_clip(7, {{0, {1, 2}}});
  expect_same_stream(clip, options_for(Matching::global, 3, true));
  expect_same_stream(clip, options_for(Matching::local, 3, true));
}

TEST(VideoSession, ForgetsTheOldestRegularFrameButNoPrompt) {
  set_engine_threads(1);
  SessionOptions options = options_for(Matching::global, 1, false);
  options.max_memory_frames = 3;
  const std::unique_ptr<NetworkEngine> engine = make_engine(EngineKind::torch, kSpec, weights());
  VideoSession session(*engine, options);
  const std::vector<float> image(3 * kHeight * kWidth, 0.1F);
  const std::vector<NewObject> first = {{4, Plane(kHeight, kWidth, 1)}};
  session.step(image, kHeight, kWidth, &first, false);
  std::size_t bytes = 0;
  for (int t = 1; t < 8; ++t) {
    session.step(image, kHeight, kWidth, nullptr, false);
    EXPECT_EQ(session.memory_frames(), std::min(t + 1, 3));
    if (t >= 2 && bytes != 0) {
      EXPECT_EQ(session.memory_bytes(), bytes);
    }
    if (t >= 2) bytes = session.memory_bytes();
  }
}

TEST(VideoSession, ACorrectionForgetsFramesWithoutAPromptAndEmptiesWhatItLacks) {
  set_engine_threads(1);
  const std::unique_ptr<NetworkEngine> engine = make_engine(EngineKind::torch, kSpec, weights());
  const std::vector<float> image(3 * kHeight * kWidth, 0.1F);
  const std::vector<NewObject> both = {{4, Plane(kHeight, kWidth, 1)}, {6, Plane(kHeight, kWidth)}};
  const std::vector<NewObject> one = {{6, Plane(kHeight, kWidth, 1)}};
  VideoSession session(*engine, options_for(Matching::global, 1, false));
  session.step(image, kHeight, kWidth, &both, false);
  session.step(image, kHeight, kWidth, nullptr, false);
  session.take(image, kHeight, kWidth, one, Known::given, false);
  session.step(image, kHeight, kWidth, nullptr, false);
  EXPECT_EQ(session.memory_frames(), 4);
  session.take(image, kHeight, kWidth, one, Known::corrected, false);
  EXPECT_EQ(session.memory_frames(), 3);  // two that were given, and this one
  EXPECT_EQ(session.object_ids(), (std::vector<int>{4, 6}));
  EXPECT_FALSE(session.step(image, kHeight, kWidth, nullptr, true).empty());
}

// Of a clip whose labels are all known the frames are remembered that a prediction remembers.
TEST(VideoSession, RecallsFramesWhereAPredictionRemembersThem) {
  set_engine_threads(1);
  const std::unique_ptr<NetworkEngine> engine = make_engine(EngineKind::torch, kSpec, weights());
  const std::vector<float> image(3 * kHeight * kWidth, 0.1F);
  const std::vector<NewObject> object = {{4, Plane(kHeight, kWidth, 1)}};
  for (const bool include_last : {false, true}) {
    VideoSession predicted(*engine, options_for(Matching::global, 3, include_last));
    VideoSession recalled(*engine, options_for(Matching::global, 3, include_last));
    predicted.step(image, kHeight, kWidth, &object, false);
    recalled.take(image, kHeight, kWidth, object, Known::given, false);
    for (int t = 1; t < 8; ++t) {
      predicted.step(image, kHeight, kWidth, nullptr, false);
      recalled.take(image, kHeight, kWidth, object, Known::recalled, false);
      EXPECT_EQ(recalled.memory_frames(), predicted.memory_frames()) << t;
    }
  }
}

// An engine of the official size that computes nothing.
class IdleEngine final : public NetworkEngine {
 public:
  const NetworkSpec& spec() const override { return spec_; }
  std::string describe() const override { return "idle"; }
  std::unique_ptr<FrameEncoding> encode_frame(std::span<const float>, int, int) override {
    return std::make_unique<FrameEncoding>();
  }
  void copy_key(const FrameEncoding&, std::span<float> key) const override {
    std::fill(key.begin(), key.end(), 0.0F);
  }
  void encode_value(FrameEncoding&, std::span<const float>, std::span<const float>,
                    std::span<float> value) override {
    std::fill(value.begin(), value.end(), 0.0F);
  }
  void decode(FrameEncoding&, std::span<const float>, std::span<float> probability) override {
    std::fill(probability.begin(), probability.end(), 0.5F);
  }

 private:
  NetworkSpec spec_;
};

TEST(VideoSession, StoresAFrameIn300KilobytesAndTwoMegabytesAnObject) {
  constexpr int kSide = 512;
  for (const int num_objects : {1, 5}) {
    for (const Matching matching : {Matching::local, Matching::global}) {
      IdleEngine engine;
      SessionOptions options;
      options.match.matching = matching;
      options.memory_every = 1;
      VideoSession session(engine, options);
      const std::vector<float> image(3 * kSide * kSide);
      std::vector<NewObject> objects;
      for (int i = 0; i < num_objects; ++i) objects.push_back({i + 1, Plane(kSide, kSide, 1)});
      session.step(image, kSide, kSide, &objects, false);
      session.step(image, kSide, kSide, nullptr, false);
      ASSERT_EQ(session.memory_frames(), 2);
      const double megabytes = static_cast<double>(session.memory_bytes()) / 2 / 1e6;
      EXPECT_LE(megabytes, 0.3 + 2.1 * num_objects) << num_objects << " objects";
      EXPECT_GE(megabytes, 0.26 + 2.09 * num_objects) << num_objects << " objects";
    }
  }
}

TEST(VideoSession, GivesNothingBeforeTheFirstPrompt) {
  const std::unique_ptr<NetworkEngine> engine = make_engine(EngineKind::torch, kSpec, weights());
  VideoSession session(*engine, {});
  const std::vector<float> image(3 * kHeight * kWidth);
  EXPECT_TRUE(session.step(image, kHeight, kWidth, nullptr, false).empty());
}

TEST(VideoSession, RefusesAScheduleThatNeverRemembers) {
  const std::unique_ptr<NetworkEngine> engine = make_engine(EngineKind::torch, kSpec, weights());
  SessionOptions options;
  options.memory_every = 0;
  EXPECT_THROW(VideoSession(*engine, options), Error);
}

}  // namespace
}  // namespace angiobench
