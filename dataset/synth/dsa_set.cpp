// SPDX-License-Identifier: MIT
#include <algorithm>
#include <nlohmann/json.hpp>
#include <vector>

#include "dataset/files/atomic_file.h"
#include "dataset/media/frame_io.h"
#include "dataset/parallel.h"
#include "dataset/synth/contact_sheet.h"
#include "dataset/synth/dsa_scene.h"
#include "dataset/synth/example_submissions.h"
#include "dataset/synth/random.h"
#include "dataset/synth/set_files.h"
#include "dataset/synth/still_sets.h"

namespace angiobench::synth {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::array<const char*, 3> kDsaSplits = {"training", "validation", "test"};

struct Run {
  std::size_t split = 0;
  int id = 0;
  std::uint64_t seed = 0;
  int num_frames = 0;
  SheetTile tile;  // where it is shown
};

std::vector<Run> plan_runs(const SynthOptions& options) {
  std::vector<Run> runs;
  for (std::size_t split = 0; split < kDsaSplits.size(); ++split) {
    for (int i = 0; i < options.sequences[split]; ++i) {
      Run run;
      run.split = split;
      run.id = static_cast<int>(runs.size());
      run.seed = mix_seed(options.seed, 200 + split, static_cast<std::uint64_t>(i));
      Random random(mix_seed(run.seed, 0));
      run.num_frames = random.integer(options.min_frames, options.max_frames);
      runs.push_back(std::move(run));
    }
  }
  return runs;
}

void make_run(Run& run, const SynthOptions& options, bool is_shown, const OutputFolder& out,
              const ExampleSubmissions& examples, ProgressCounter& counter) {
  DsaScene::Options scene_options;
  scene_options.size = options.size;
  scene_options.num_frames = run.num_frames;
  scene_options.frame_rate = options.frame_rate;
  scene_options.difficulty = options.difficulty;
  const DsaScene scene(scene_options, mix_seed(run.seed, 1));
  Canvas canvas(options.size, options.size);
  Mask label(options.size, options.size);
  std::vector<std::uint8_t> view(
      static_cast<std::size_t>(options.size) * static_cast<std::size_t>(options.size), 255);
  const std::string split = kDsaSplits[run.split];
  const std::string name = "s" + std::to_string(run.id);
  for (int frame = 0; frame < run.num_frames; ++frame) {
    const std::vector<std::uint8_t> grey = scene.render(frame, canvas, label);
    for (std::size_t i = 0; i < view.size(); ++i) view[i] = std::min(view[i], grey[i]);
    out.write(split + "/images/image_" + name + "_i" + std::to_string(frame) + ".png",
              encode_grey_png(grey, options.size, options.size));
    counter.add();
  }
  out.write(split + "/views/view_" + name + ".png",
            encode_grey_png(view, options.size, options.size));
  out.write(split + "/labels/label_" + name + ".png",
            encode_grey_png({label.pixels(), view.size()}, options.size, options.size));
  if (split == "test") examples.add_map(name, label);
  if (!is_shown) return;
  Mask outline = label;
  std::replace(outline.pixels(), outline.pixels() + view.size(), std::uint8_t{255},
               std::uint8_t{1});
  run.tile = {split + "/" + name, std::move(view), std::move(outline)};
}

}  // namespace

SynthSummary synthesize_dsa(const std::string& folder, const SynthOptions& options,
                            const ProgressCallback& progress) {
  OutputFolder out(folder, ExistingFolder::refuse);
  ExampleSubmissions examples(options.examples, options.seed);
  std::vector<Run> runs = plan_runs(options);
  SynthSummary summary;
  for (const Run& run : runs) summary.frames += run.num_frames;
  summary.sequences = summary.masks = summary.objects = static_cast<int>(runs.size());
  constexpr std::size_t kMostShown = 12;
  ProgressCounter counter(progress, static_cast<std::uint64_t>(summary.frames));
  parallel_for(runs.size(), num_workers(options.jobs, runs.size()), [&](int, std::size_t k) {
    make_run(runs[k], options, !options.sheet.empty() && k < kMostShown, out, examples, counter);
  });
  for (const std::string split : kDsaSplits) {
    write_benchmark_like(out, "dias-" + split, "synth-dsa-" + split,
                         "Synthetic subtraction angiography, " + split, options.size, options.size);
  }
  Json record = {{"made_by", "angiobench synth"},
                 {"options",
                  {{"kind", kKinds.of(options.kind)},
                   {"size", options.size},
                   {"length", {options.min_frames, options.max_frames}},
                   {"sequences", options.sequences},
                   {"frame_rate", options.frame_rate},
                   {"difficulty", kDifficulties.of(options.difficulty)},
                   {"seed", options.seed}}}};
  for (const Run& run : runs) {
    record["sequences"].push_back(
        {{"split", kDsaSplits[run.split]}, {"id", run.id}, {"frames", run.num_frames}});
  }
  out.write("synth.json", record.dump(1) + "\n");
  out.commit();
  examples.commit();
  if (!options.sheet.empty()) {
    std::vector<SheetTile> tiles;
    for (Run& run : runs) {
      if (!run.tile.grey.empty()) tiles.push_back(std::move(run.tile));
    }
    write_file_atomically(options.sheet, contact_sheet(tiles, 4, 320));
  }
  return summary;
}

}  // namespace angiobench::synth
