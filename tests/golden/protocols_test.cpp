// SPDX-License-Identifier: MIT
// Every figure of expected/protocols/ in the folder of test data: what the public evaluators print
// for drawn sequences that stress their rules, for MOSXAV and for DAVIS. Each test counts the
// figures and the greatest difference, which is what a protocol file's `verified` says.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <utility>

#include "dataset/files/atomic_file.h"
#include "dataset/masks/mask_source.h"
#include "dataset/masks/png.h"
#include "evaluator/comparing/aggregate_sample.h"
#include "evaluator/scoring/scorer.h"
#include "tests/support/png_writer.h"
#include "tests/support/temp_folder.h"
#include "tests/support/test_data.h"

namespace angiobench {
namespace {

using Json = nlohmann::json;

constexpr double kTolerance = 1e-12;

// Counts figures and keeps the greatest difference.
class Ledger {
 public:
  explicit Ledger(std::string name) : name_(std::move(name)) {}
  Ledger(const Ledger&) = delete;
  Ledger& operator=(const Ledger&) = delete;
  ~Ledger() {
    std::printf("[ figures  ] %s: %zu, greatest difference %.3g\n", name_.c_str(), num_, worst_);
    EXPECT_GT(num_, 0U) << name_;
  }

  // null: the tool has no number there.
  void expect(const std::optional<double>& ours, const Json& theirs, const std::string& what) {
    ++num_;
    if (theirs.is_null()) {
      EXPECT_FALSE(ours.has_value()) << what << " is " << ours.value_or(0) << ", the tool has none";
      return;
    }
    ASSERT_TRUE(ours.has_value()) << what << " has no value, the tool " << theirs.dump();
    const double difference = std::abs(*ours - theirs.get<double>());
    worst_ = std::max(worst_, difference);
    EXPECT_LE(difference, kTolerance) << what << ": " << *ours << " for " << theirs.dump();
  }
  void expect_count(std::size_t ours, std::size_t theirs, const std::string& what) {
    ++num_;
    EXPECT_EQ(ours, theirs) << what;
  }

 private:
  std::string name_;
  std::size_t num_ = 0;
  double worst_ = 0;
};

Json expected_file(const std::string& name) {
  return Json::parse(read_text_file(test::test_data("expected/protocols/" + name + ".json")));
}

// A protocol with some of its rules changed, as a merge patch.
Protocol patched(const std::string& name, const char* patch) {
  Json rules = Json::parse(load_protocol(name).rules);
  rules.merge_patch(Json::parse(patch));
  return parse_protocol(rules.dump(), name + " with " + patch);
}

struct Masks {
  SequenceIndex index;
  std::unique_ptr<FileTree> predictions;
};

Masks open_masks(const std::string& truth, const std::string& predictions,
                 const std::string& benchmark, const std::vector<std::string>& sequences = {}) {
  IndexOptions options;
  options.sequences = sequences;
  return {index_ground_truth(truth, load_benchmark(benchmark), options),
          open_file_tree(predictions)};
}

// Sequences of the drawn set, straight from its zips.
Masks open_edge(const std::vector<std::string>& sequences, const std::string& benchmark = "flat") {
  return open_masks(test::test_data("edge/gt.zip"), test::test_data("edge/pred.zip"), benchmark,
                    sequences);
}

std::vector<std::string> keys_of(const Json& object) {
  std::vector<std::string> keys;
  for (const auto& [key, value] : object.items()) keys.push_back(key);
  return keys;
}

Result score_masks(const Masks& masks, const Protocol& protocol, FrameRows rows = FrameRows::drop) {
  ScoreOptions options;
  options.rows = rows;
  options.jobs = 2;
  const MissingFrames missing = find_missing(masks.index, *masks.predictions, protocol);
  EXPECT_FALSE(missing.any());
  try {
    ScoreOutcome outcome = score(masks.index, *masks.predictions, protocol, missing, options);
    for (const Error& failure : outcome.failures) ADD_FAILURE() << failure.what();
    return std::move(outcome.result);
  } catch (const Error& error) {
    // A sequence without a track: the tools print rows without figures, ours scores nothing.
    if (error.kind() != ErrorKind::inconclusive) throw;
    return {};
  }
}

const SequenceScore* find_sequence(const Result& result, const std::string& name) {
  const auto at = std::ranges::find(result.sequences, name, &SequenceScore::name);
  return at == result.sequences.end() ? nullptr : &*at;
}

const ObjectScore* find_object(const Result& result, const std::string& sequence, int id) {
  const SequenceScore* const scored = find_sequence(result, sequence);
  if (scored == nullptr) return nullptr;
  const auto at = std::ranges::find(scored->objects, id, &ObjectScore::id);
  return at == scored->objects.end() ? nullptr : &*at;
}

std::optional<double> value_of(const Result& result, const std::string& metric, Scope scope) {
  const Aggregate* const aggregate = find_aggregate(result, Metric(metric), scope);
  return aggregate == nullptr ? std::nullopt : aggregate->value;
}

// {sequence: {id: {metric: value}}} against a result.
void expect_objects(const Result& result, const Json& sequences, Ledger& ledger) {
  for (const auto& [sequence, objects] : sequences.items()) {
    const SequenceScore* const scored = find_sequence(result, sequence);
    ASSERT_NE(scored, nullptr) << sequence;
    for (const auto& [id, figures] : objects.items()) {
      const ObjectScore* const object = find_object(result, sequence, std::stoi(id));
      const std::string what = sequence + "/" + id;
      ASSERT_NE(object, nullptr) << what;
      for (const auto& [metric, value] : figures.items())
        ledger.expect(object->value(Metric(metric)), value, what + " " + metric);
    }
    EXPECT_EQ(scored->objects.size(), objects.size()) << sequence;
  }
}

// As above, where the tool's rows have no ids: each row is some object's, no object twice.
void expect_object_sets(const Result& result, const Json& sequences, Ledger& ledger) {
  for (const auto& [sequence, rows] : sequences.items()) {
    const SequenceScore* const scored = find_sequence(result, sequence);
    ASSERT_NE(scored, nullptr) << sequence;
    ASSERT_EQ(scored->objects.size(), rows.size()) << sequence;
    std::set<int> taken;
    for (const auto& [position, figures] : rows.items()) {
      const ObjectScore* nearest = nullptr;
      double least = 1e9;
      for (const ObjectScore& object : scored->objects) {
        if (taken.contains(object.id)) continue;
        double distance = 0;
        for (const auto& [metric, value] : figures.items()) {
          const std::optional<double> ours = object.value(Metric(metric));
          if (value.is_null() || !ours) continue;
          distance += std::abs(*ours - value.get<double>());
        }
        if (distance < least) {
          least = distance;
          nearest = &object;
        }
      }
      ASSERT_NE(nearest, nullptr);
      taken.insert(nearest->id);
      for (const auto& [metric, value] : figures.items())
        ledger.expect(nearest->value(Metric(metric)), value,
                      sequence + " row " + position + " " + metric);
    }
  }
}

// Ids of the truth of a sequence, and the first frame of each.
std::map<int, std::size_t> first_frames(const SequenceIndex& index, const Sequence& sequence) {
  std::map<int, std::size_t> first;
  MaskBuffers buffers;
  Sha256 digest{};
  for (std::size_t i = 0; i < sequence.frames.size(); ++i) {
    const MaskView mask =
        index.masks->read_labels(sequence, sequence.frames[i], {}, buffers, digest);
    for (int y = 0; y < mask.height; ++y) {
      for (int x = 0; x < mask.width; ++x) {
        if (mask.at(x, y) != 0) first.try_emplace(mask.at(x, y), i);
      }
    }
  }
  return first;
}

TEST(GoldenProtocols, Davis2017SemiSupervised) {
  ANGIOBENCH_REQUIRE_DATA(data, "edge/gt.zip");
  const Json figures = expected_file("davis2017-semi-edge").at("figures");
  const Masks masks = open_edge(keys_of(figures));
  Ledger ledger("davis2017-published-decay");
  expect_objects(score_masks(masks, load_protocol("davis2017-published-decay")), figures, ledger);

  // The exact decay is the same number up to 256 evaluated frames.
  Json short_figures;
  for (const auto& [sequence, objects] : figures.items()) {
    const bool is_long = sequence.starts_with("long") && sequence != "long17" &&
                         sequence != "long256" && sequence != "long257" && sequence != "long258";
    if (!is_long) short_figures[sequence] = objects;
  }
  Ledger exact("davis2017");
  expect_objects(score_masks(open_edge(keys_of(short_figures)), load_protocol("davis2017")),
                 short_figures, exact);
}

TEST(GoldenProtocols, Davis2017Unsupervised) {
  ANGIOBENCH_REQUIRE_DATA(data, "edge/gt.zip");
  const Json figures = expected_file("davis2017-unsupervised-edge").at("figures");
  Ledger ledger("davis2017-unsupervised");
  expect_object_sets(
      score_masks(open_edge(keys_of(figures)),
                  patched("davis2017-unsupervised", R"({"decay": "bug-compatible"})")),
      figures, ledger);
}

TEST(GoldenProtocols, VosBenchmark) {
  ANGIOBENCH_REQUIRE_DATA(data, "edge/gt.zip");
  const Json figures = expected_file("vos-benchmark-edge").at("figures");
  Ledger ledger("vos-benchmark");
  expect_objects(score_masks(open_edge(keys_of(figures)), load_protocol("vos-benchmark")), figures,
                 ledger);
}

TEST(GoldenProtocols, Vost) {
  ANGIOBENCH_REQUIRE_DATA(data, "edge/gt.zip");
  const Json figures = expected_file("vost-edge").at("figures");
  {
    Ledger ledger("vost-published-decay");
    expect_objects(score_masks(open_edge(keys_of(figures)), load_protocol("vost-published-decay")),
                   figures, ledger);
  }
  const Json mosxav = expected_file("vost-mosxav-test").at("figures");
  Ledger ledger("vost");
  const std::string root = test::test_data("mosxav");
  expect_objects(
      score_masks(open_masks(root, root + "/predictions/test", "mosxav-test", keys_of(mosxav)),
                  load_protocol("vost")),
      mosxav, ledger);
}

// Gives each sequence what MOSEv2's meta.json would: its length and the ids of the truth.
void take_meta_of_truth(SequenceIndex& index) {
  for (Sequence& sequence : index.sequences) {
    sequence.length = static_cast<int>(sequence.frames.size());
    sequence.meta_objects.clear();
    for (const auto& [id, first] : first_frames(index, sequence)) {
      if (id != 255) sequence.meta_objects.insert(id);
    }
  }
}

TEST(GoldenProtocols, MoseV2) {
  ANGIOBENCH_REQUIRE_DATA(data, "edge/gt.zip");
  const Protocol protocol = patched("mose-v2", R"({"measures": ["segments", "J_d"]})");
  Ledger ledger("mose-v2");
  for (const bool is_edge : {true, false}) {
    const Json figures =
        expected_file(is_edge ? "mose-v2-edge" : "mose-v2-mosxav-test").at("figures");
    const std::string root = test::test_data("mosxav");
    Masks masks =
        is_edge ? open_edge(keys_of(figures))
                : open_masks(root, root + "/predictions/test", "mosxav-test", keys_of(figures));
    take_meta_of_truth(masks.index);
    expect_objects(score_masks(masks, protocol), figures, ledger);
  }
}

// Copies sequences of the drawn set with other names for their frames.
void copy_renamed(const test::TempFolder& folder, const std::vector<std::string>& sequences,
                  const std::function<std::string(std::size_t)>& name) {
  for (const auto& [zip, target] :
       {std::pair{"edge/gt.zip", "data/Annotations"}, std::pair{"edge/pred.zip", "predictions"}}) {
    const auto tree = open_file_tree(test::test_data(zip));
    std::vector<std::uint8_t> bytes;
    for (const std::string& sequence : sequences) {
      const std::vector<std::string> files = tree->files(sequence);
      for (std::size_t i = 0; i < files.size(); ++i) {
        ASSERT_TRUE(tree->read(join_path(sequence, files[i]), bytes));
        folder.write(std::string(target) + "/" + sequence + "/" + name(i) + ".png",
                     {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
      }
    }
  }
}

std::string lvos_name(std::size_t frame) {
  char text[16];
  std::snprintf(text, sizeof text, "%08zu", 1 + 5 * frame);
  return text;
}

// An LVOS data set of the drawn sequences with this meta json and these unseen videos.
Masks open_lvos(const test::TempFolder& folder, const Json& meta, const Json& unseen) {
  copy_renamed(folder, keys_of(meta.at("videos")), lvos_name);
  folder.write("data/valid_meta.json", meta.dump());
  std::string list;
  for (const Json& name : unseen) list += name.get<std::string>() + "\n";
  folder.write("data/unseen_videos.txt", list);
  std::string all;
  for (const std::string& name : keys_of(meta.at("videos"))) all += name + "\n";
  folder.write("data/unsupervised_videos.txt", all);
  return open_masks(folder / "data", folder / "predictions", "lvos-v2-valid");
}

// The tool's overall figures; J, F and V are means of their groups.
void expect_lvos_overall(const Result& result, const Json& overall, Ledger& ledger) {
  for (const auto& [key, value] : overall.items()) {
    const std::string metric = key.substr(0, key.find('_'));
    const auto mean_of_groups = [&]() -> std::optional<double> {
      const auto seen = value_of(result, metric, Scope::seen);
      const auto unseen = value_of(result, metric, Scope::unseen);
      if (!seen || !unseen) return std::nullopt;
      return (*seen + *unseen) / 2;
    };
    if (key.ends_with("_over_all_objects")) {
      ledger.expect(value_of(result, metric, Scope::pooled), value, key);
    } else if (key.ends_with("_unseen")) {
      ledger.expect(value_of(result, metric, Scope::unseen), value, key);
    } else if (key.ends_with("_seen")) {
      ledger.expect(value_of(result, metric, Scope::seen), value, key);
    } else if (key == "J" || key == "F") {
      ledger.expect(mean_of_groups(), value, key);
    } else {
      ledger.expect(value_of(result, metric, Scope::overall), value, key);
    }
  }
}

TEST(GoldenProtocols, Lvos) {
  ANGIOBENCH_REQUIRE_DATA(data, "edge/gt.zip");
  const Json file = expected_file("lvos-edge-2");
  Ledger ledger("lvos");
  for (const char* const end : {"own", "last"}) {
    const test::TempFolder folder;
    const Json& meta = file.at("meta").at(end);
    const Masks masks = open_lvos(folder, meta.at("valid_meta.json"), meta.at("unseen_videos.txt"));
    const Result result = score_masks(masks, load_protocol("lvos"));
    const Json& figures = file.at("figures").at(std::string("end ") + end);
    expect_objects(result, figures.at("sequences"), ledger);
    expect_lvos_overall(result, figures.at("overall"), ledger);
  }
}

// The first run of the tool: ranges from each object's first frame to the last, objects named by
// their place.
TEST(GoldenProtocols, LvosByPlace) {
  ANGIOBENCH_REQUIRE_DATA(data, "edge/gt.zip");
  const Json figures = expected_file("lvos-edge").at("figures");
  std::map<std::string, int> num_objects;
  for (const std::string& key : keys_of(figures.at("J")))
    ++num_objects[key.substr(0, key.rfind('_'))];
  std::vector<std::string> sequences;
  for (const auto& [name, count] : num_objects) sequences.push_back(name);
  const Masks edge = open_edge(sequences);
  Json meta;
  std::map<std::string, std::vector<int>> ids;
  for (const Sequence& sequence : edge.index.sequences) {
    const std::size_t last = sequence.frames.size() - 1;
    for (const auto& [id, first] : first_frames(edge.index, sequence)) {
      if (id == 255 ||
          ids[sequence.name].size() == static_cast<std::size_t>(num_objects.at(sequence.name)))
        continue;
      ids[sequence.name].push_back(id);
      meta["videos"][sequence.name]["objects"][std::to_string(id)]["frame_range"] = {
          {"start", lvos_name(first)},
          {"end", lvos_name(last)},
          {"frame_nums", std::to_string(last - first + 1)}};
    }
  }
  const test::TempFolder folder;
  const Result result =
      score_masks(open_lvos(folder, meta, figures.at("unseen_videos")), load_protocol("lvos"));
  Ledger ledger("lvos by place");
  Json overall;
  for (const auto& [key, value] : figures.items()) {
    if (value.is_number()) overall[key] = value;
  }
  expect_lvos_overall(result, overall, ledger);
  for (const char* const metric : {"J", "F", "V"}) {
    for (const auto& [key, value] : figures.at(metric).items()) {
      const std::size_t cut = key.rfind('_');
      const std::string sequence = key.substr(0, cut);
      const auto place = static_cast<std::size_t>(std::stoi(key.substr(cut + 1))) - 1;
      const ObjectScore* const object = find_object(result, sequence, ids[sequence].at(place));
      ASSERT_NE(object, nullptr) << key;
      ledger.expect(object->value(Metric(metric)), value, key + " " + metric);
    }
  }
}

TEST(GoldenProtocols, LvosUnsupervised) {
  ANGIOBENCH_REQUIRE_DATA(data, "edge/gt.zip");
  const Json file = expected_file("lvos-unsupervised-edge");
  const test::TempFolder folder;
  const Masks masks = open_lvos(folder, file.at("meta").at("valid_meta.json"),
                                file.at("meta").at("unseen_videos.txt"));
  const Result result = score_masks(masks, load_protocol("lvos-unsupervised"));
  Ledger ledger("lvos-unsupervised");
  expect_object_sets(result, file.at("figures").at("sequences"), ledger);
  expect_lvos_overall(result, file.at("figures").at("overall"), ledger);
}

// Whose files of an object there are.
enum class OwnFiles { from_first, all };

// The drawn sequences with a folder of binary masks an object, as SA-V keeps them.
void write_objects(const test::TempFolder& folder, const std::vector<std::string>& sequences,
                   OwnFiles files) {
  const Masks edge = open_edge(sequences);
  const FileMaskSource predictions = submission_masks(edge.index.benchmark, *edge.predictions);
  MaskBuffers buffers;
  Sha256 digest{};
  for (const Sequence& sequence : edge.index.sequences) {
    const std::map<int, std::size_t> first = first_frames(edge.index, sequence);
    for (std::size_t i = 0; i < sequence.frames.size(); ++i) {
      const std::string frame(sequence.frames[i]);
      for (const auto& [source, target] :
           {std::pair<const MaskSource*, const char*>{edge.index.masks.get(), "data/Annotations"},
            std::pair<const MaskSource*, const char*>{&predictions, "predictions"}}) {
        const MaskView labels = source->read_labels(sequence, frame, {}, buffers, digest);
        for (const auto& [id, begin] : first) {
          if (id == 255 || (files == OwnFiles::from_first && i < begin)) continue;
          Mask mask(labels.width, labels.height);
          for (int y = 0; y < labels.height; ++y) {
            for (int x = 0; x < labels.width; ++x) mask.at(x, y) = labels.at(x, y) == id ? 255 : 0;
          }
          char object[16];
          std::snprintf(object, sizeof object, "%03d", id);
          const std::vector<std::uint8_t> png =
              test::write_png(mask.view(), test::PngKind{.color_type = 0});
          folder.write(
              std::string(target) + "/" + sequence.name + "/" + object + "/" + frame + ".png",
              {reinterpret_cast<const char*>(png.data()), png.size()});
        }
      }
    }
  }
}

TEST(GoldenProtocols, SaV) {
  ANGIOBENCH_REQUIRE_DATA(data, "edge/gt.zip");
  Ledger ledger("sa-v");
  for (const OwnFiles files : {OwnFiles::from_first, OwnFiles::all}) {
    const Json figures =
        expected_file(files == OwnFiles::all ? "sa-v-edge-all" : "sa-v-edge-own").at("figures");
    const test::TempFolder folder;
    write_objects(folder, keys_of(figures), files);
    expect_objects(score_masks(open_masks(folder / "data", folder / "predictions", "secvos"),
                               load_protocol("sa-v")),
                   figures, ledger);
  }
  const Json figures = expected_file("sa-v-evaluator-davis-layout-edge").at("figures");
  expect_objects(score_masks(open_edge(keys_of(figures)), load_protocol("vos-benchmark")), figures,
                 ledger);
}

TEST(GoldenProtocols, SecVos) {
  ANGIOBENCH_REQUIRE_DATA(data, "edge/gt.zip");
  const Json file = expected_file("secvos-edge");
  Ledger ledger("secvos");
  for (const OwnFiles files : {OwnFiles::from_first, OwnFiles::all}) {
    const Json& runs = file.at("figures").at(files == OwnFiles::all ? "files all" : "files own");
    for (const auto& [run, figures] : runs.items()) {
      const test::TempFolder folder;
      write_objects(folder, keys_of(figures.at("sequences")), files);
      folder.write("data/scene_info.json", file.at("meta").at("scene_info.json").dump());
      const Result result = score_masks(
          open_masks(folder / "data", folder / "predictions", "secvos"), load_protocol("secvos"));
      const std::string suffix = run == "overall" ? "" : "_" + run.substr(0, run.find('_'));
      for (const char* const metric : {"J&F", "J", "F"})
        ledger.expect(value_of(result, metric + suffix, Scope::overall), figures.at(metric),
                      run + " " + metric);
      for (const auto& [sequence, objects] : figures.at("sequences").items()) {
        for (const auto& [id, values] : objects.items()) {
          const ObjectScore* const object = find_object(result, sequence, std::stoi(id));
          const std::string what = run + " " + sequence + "/" + id;
          ASSERT_NE(object, nullptr) << what;
          for (const auto& [metric, value] : values.items())
            ledger.expect(object->value(Metric(metric + suffix)), value, what + " " + metric);
        }
      }
    }
  }
}

// A row of TrackEval: means over the tracks of one sequence, or over all.
void expect_trackeval_row(const Result& result, const Json& row, const std::string& what,
                          Ledger& ledger) {
  for (const auto& [key, value] : row.items()) {
    if (key == "num_gt_tracks") {
      ledger.expect_count(result.dataset.objects, value.get<std::size_t>(), what + " " + key);
      continue;
    }
    std::string metric = key;
    if (metric.ends_with("-Mean")) metric.resize(1);
    if (const std::size_t dash = metric.find('-'); dash != std::string::npos)
      metric = metric.substr(0, dash) + (metric.ends_with("Recall") ? "_recall" : "_decay");
    ledger.expect(value_of(result, metric, Scope::overall), value, what + " " + key);
  }
}

TEST(GoldenProtocols, TrackEval) {
  ANGIOBENCH_REQUIRE_DATA(data, "edge/gt.zip");
  Ledger ledger("trackeval");
  const Protocol by_j = load_protocol("trackeval");
  const Protocol by_both = patched("trackeval", R"({"objects": {"match": "J&F"}})");
  const Json single = expected_file("trackeval-edge").at("figures");
  for (const auto& [sequence, runs] : single.items()) {
    const Masks masks = open_edge({sequence});
    for (const auto& [match, row] : runs.items())
      expect_trackeval_row(score_masks(masks, match == "J" ? by_j : by_both), row,
                           sequence + " by " + match, ledger);
  }
  const Json combined = expected_file("trackeval-combined-edge").at("figures");
  for (const auto& [run, rows] : combined.items()) {
    const Protocol& protocol = run == "matched by J" ? by_j : by_both;
    std::vector<std::string> sequences = keys_of(rows);
    std::erase(sequences, "COMBINED");
    for (const auto& [sequence, row] : rows.items()) {
      const Masks masks = sequence == "COMBINED" ? open_edge(sequences) : open_edge({sequence});
      expect_trackeval_row(score_masks(masks, protocol), row, run + " " + sequence, ledger);
    }
  }
}

void expect_visor(const Json& run, const Protocol& protocol, Ledger& ledger) {
  const auto expect_row = [&](const Result& result, const Json& row, const std::string& what) {
    for (const auto& [metric, value] : row.items()) {
      if (metric != "objects")
        ledger.expect(value_of(result, metric, Scope::overall), value, what + " " + metric);
    }
  };
  const Json& sequences = run.at("sequences");
  for (const auto& [sequence, row] : sequences.items()) {
    const Result result = score_masks(open_edge({sequence}), protocol);
    expect_row(result, row, sequence);
    if (row.contains("objects"))
      expect_objects(result, Json{{sequence, row.at("objects")}}, ledger);
  }
  expect_row(score_masks(open_edge(keys_of(sequences)), protocol), run.at("overall"), "overall");
}

TEST(GoldenProtocols, Visor) {
  ANGIOBENCH_REQUIRE_DATA(data, "edge/gt.zip");
  const Json figures = expected_file("visor-edge").at("figures");
  Ledger ledger("visor");
  expect_visor(figures.at("eval.py"), load_protocol("visor"), ledger);
  // The repository's other code takes any number of objects and 255 for background.
  expect_visor(figures.at("evaldavis2017"),
               patched("visor", R"({"objects": {"max_objects": 0, "above_maximum": "refuse"},
                                    "labels": {"background": 255}})"),
               ledger);
}

TEST(GoldenProtocols, VisorStopsWhereTheToolDoes) {
  ANGIOBENCH_REQUIRE_DATA(data, "edge/gt.zip");
  const Protocol protocol = load_protocol("visor");
  for (const char* const name : {"many20", "void"}) {
    const Masks masks = open_edge({name});
    const MissingFrames missing = find_missing(masks.index, *masks.predictions, protocol);
    EXPECT_EQ(score(masks.index, *masks.predictions, protocol, missing).failures.size(), 1U)
        << name;
  }
}

// VOT's counts of one object, from the rows of its frames.
struct Counted {
  std::size_t found = 0, wrong = 0, missed = 0, hallucinated = 0, absent = 0;
};

Counted count_rows(const SequenceScore& sequence, int id) {
  Counted counted;
  for (const FrameScore& row : sequence.frames) {
    const bool is_judged = row.role == FrameRole::scored || row.role == FrameRole::both_empty;
    if (row.object_id != id || !is_judged) continue;
    const FrameCounts& c = row.counts;
    if (c.truth == 0) {
      ++(c.prediction > 0 ? counted.hallucinated : counted.absent);
    } else {
      ++(c.prediction == 0 ? counted.missed : c.intersection > 0 ? counted.found : counted.wrong);
    }
  }
  return counted;
}

void expect_counts(const Counted& ours, const Json& theirs, const std::string& what,
                   Ledger& ledger) {
  const std::pair<const char*, std::size_t> counts[] = {{"T", ours.found},
                                                        {"F", ours.wrong},
                                                        {"M", ours.missed},
                                                        {"H", ours.hallucinated},
                                                        {"N", ours.absent}};
  for (const auto& [key, value] : counts)
    ledger.expect_count(value, theirs.at(key).get<std::size_t>(), what + " " + key);
}

TEST(GoldenProtocols, VotAbsence) {
  ANGIOBENCH_REQUIRE_DATA(data, "edge/gt.zip");
  const Json figures = expected_file("vot-absence-edge").at("figures");
  const Masks masks = open_edge(keys_of(figures));
  Ledger ledger("vot-absence");
  const std::pair<const char*, Protocol> runs[] = {
      {"after", load_protocol("vot-absence")},
      {"all", patched("vot-absence", R"({"objects": {"frames": "all"}})")},
      {"from-first", patched("vot-absence", R"({"objects": {"frames": "after-prompt"}})")}};
  for (const auto& [run, protocol] : runs) {
    if (run == std::string("from-first")) continue;  // no protocol counts so
    const Result result = score_masks(masks, protocol, FrameRows::keep);
    for (const auto& [sequence, objects] : figures.items()) {
      for (const auto& [id, runs_of] : objects.items()) {
        const Json& theirs = runs_of.at(run);
        const ObjectScore* const object = find_object(result, sequence, std::stoi(id));
        const std::string what = sequence + "/" + id + " " + run;
        ASSERT_NE(object, nullptr) << what;
        expect_counts(count_rows(*find_sequence(result, sequence), std::stoi(id)), theirs, what,
                      ledger);
        for (const char* const metric : {"NRE", "DRE", "ADQ"})
          ledger.expect(object->value(Metric(metric)), theirs.value(metric, Json()),
                        what + " " + metric);
      }
    }
  }
}

void expect_vots(const Json& run, const std::vector<std::string>& without,
                 const std::function<Masks(const std::vector<std::string>&)>& open,
                 const Protocol& protocol, Ledger& ledger) {
  constexpr const char* kMetrics[] = {"Q", "A", "R", "NRE", "DRE", "ADQ"};
  const Json& sequences = run.at("sequences");
  const auto is_left_out = [&](const std::string& name) {
    return std::ranges::find(without, name) != without.end();
  };
  for (const auto& [sequence, row] : sequences.items()) {
    if (is_left_out(sequence)) continue;
    const Result result = score_masks(open({sequence}), protocol, FrameRows::keep);
    for (const char* const metric : kMetrics)
      ledger.expect(value_of(result, metric, Scope::overall), row.at(metric),
                    sequence + " " + metric);
    for (const auto& [id, theirs] : row.at("objects").items()) {
      const ObjectScore* const object = find_object(result, sequence, std::stoi(id));
      const std::string what = sequence + "/" + id + " ";
      ASSERT_NE(object, nullptr) << what;
      for (const char* const metric : kMetrics)
        ledger.expect(object->value(Metric(metric)), theirs.at(metric), what + metric);
      const Counted counted = count_rows(result.sequences.front(), std::stoi(id));
      ledger.expect_count(counted.found, theirs.at("T").get<std::size_t>(), what + "T");
      ledger.expect_count(counted.wrong, theirs.at("F").get<std::size_t>(), what + "F");
      ledger.expect_count(counted.hallucinated, theirs.at("H").get<std::size_t>(), what + "H");
      // The first frame's truth is known by its ids alone: what is left is missed or absent.
      ledger.expect_count(counted.missed + counted.absent,
                          theirs.at("M").get<std::size_t>() + theirs.at("N").get<std::size_t>(),
                          what + "M + N");
    }
  }
  std::vector<std::string> all = keys_of(sequences);
  std::erase_if(all, is_left_out);
  const Json& overall =
      run.contains("overall_without_vanish") ? run.at("overall_without_vanish") : run.at("overall");
  const Result result = score_masks(open(all), protocol);
  for (const char* const metric : kMetrics)
    ledger.expect(value_of(result, metric, Scope::overall), overall.at(metric),
                  std::string("overall ") + metric);
}

TEST(GoldenProtocols, Vots) {
  ANGIOBENCH_REQUIRE_DATA(data, "edge/gt.zip");
  const Json edge = expected_file("vots-edge").at("figures");
  const Json mosxav = expected_file("vots-mosxav-test").at("figures");
  const std::string root = test::test_data("mosxav");
  const auto open_mosxav = [&](const std::vector<std::string>& names) {
    return open_masks(root, root + "/predictions/test", "mosxav-test", names);
  };
  const auto open_drawn = [](const std::vector<std::string>& names) { return open_edge(names); };
  for (const auto& [name, runtime] : {std::pair{"vots", "single_object_runtime"},
                                      std::pair{"vots-multi", "multi_object_runtime"}}) {
    Ledger ledger(name);
    // The toolkit takes a mask that is one pixel wide for empty when it is read from text: vanish.
    expect_vots(edge.at(runtime), {"vanish"}, open_drawn, load_protocol(name), ledger);
    expect_vots(mosxav.at(runtime), {}, open_mosxav, load_protocol(name), ledger);
  }
}

// The figures of the scorers' own data sets: [J, F] x 100 of each object.
TEST(GoldenProtocols, OwnDataSets) {
  ANGIOBENCH_REQUIRE_DATA(data, "expected/mosxav-val.json");
  struct Run {
    const char* protocol;
    const char* benchmark;
    const char* truth;
    const char* predictions;
    const char* expected;
  };
  for (const Run& run :
       {Run{"mosxav-val", "mosxav-val", "mosxav", "mosxav/predictions/val", "mosxav-val"},
        Run{"mosxav-test", "mosxav-test", "mosxav", "mosxav/predictions/test", "mosxav-test"},
        Run{"xacv", "xacv", "xacv/gt", "xacv/pred", "xacv"}}) {
    const Result result = score_masks(
        open_masks(test::test_data(run.truth), test::test_data(run.predictions), run.benchmark),
        load_protocol(run.protocol));
    const Json file = Json::parse(
        read_text_file(test::test_data(std::string("expected/") + run.expected + ".json")));
    Ledger ledger(run.protocol);
    for (const auto& [sequence, objects] : file.at("objects").items()) {
      for (const auto& [id, values] : objects.items()) {
        const ObjectScore* const object = find_object(result, sequence, std::stoi(id));
        ASSERT_NE(object, nullptr) << sequence << "/" << id;
        ledger.expect(object->value(region_metric()), values.at(0).get<double>() / 100, sequence);
        ledger.expect(object->value(contour_metric()), values.at(1).get<double>() / 100, sequence);
      }
    }
  }
}

TEST(GoldenProtocols, YoutubeVos) {
  ANGIOBENCH_REQUIRE_DATA(data, "edge/gt.zip");
  const Json figures = expected_file("youtube-vos-edge").at("figures");
  std::map<std::string, std::map<int, bool>> is_seen;
  for (const auto& [key, object] : figures.at("objects").items()) {
    const std::size_t cut = key.find('/');
    is_seen[key.substr(0, cut)][std::stoi(key.substr(cut + 1))] = object.at("group") == "seen";
  }
  std::vector<std::string> names;
  for (const auto& [name, objects] : is_seen) names.push_back(name);
  Masks masks = open_edge(names);
  for (Sequence& sequence : masks.index.sequences) {
    for (const auto& [id, first] : first_frames(masks.index, sequence)) {
      const auto known = is_seen[sequence.name].find(id);
      if (known == is_seen[sequence.name].end()) continue;
      sequence.meta_objects.insert(id);
      (known->second ? sequence.seen_objects : sequence.unseen_objects).insert(id);
      for (std::size_t i = first; i < sequence.frames.size(); ++i)
        sequence.object_frames[id].emplace_back(sequence.frames[i]);
    }
  }
  const Result result = score_masks(masks, load_protocol("youtube-vos"));
  Ledger ledger("youtube-vos");
  for (const auto& [key, object] : figures.at("objects").items()) {
    const std::size_t cut = key.find('/');
    const ObjectScore* const ours =
        find_object(result, key.substr(0, cut), std::stoi(key.substr(cut + 1)));
    ASSERT_NE(ours, nullptr) << key;
    for (const char* const metric : {"J", "F"})
      ledger.expect(ours->value(Metric(metric)), object.at(metric), key + " " + metric);
  }
  const Json& global = figures.at("global");
  for (const char* const metric : {"J", "F"}) {
    ledger.expect(value_of(result, metric, Scope::seen), global.at(metric + std::string("_seen")),
                  metric + std::string(" seen"));
    ledger.expect(value_of(result, metric, Scope::unseen),
                  global.at(metric + std::string("_unseen")), metric + std::string(" unseen"));
  }
  ledger.expect(value_of(result, "J&F", Scope::overall), global.at("J&F"), "J&F");
}

}  // namespace
}  // namespace angiobench
