// SPDX-License-Identifier: MIT
#include "cli/synth.h"

#include <algorithm>
#include <optional>
#include <ostream>

#include "cli/command.h"
#include "cli/exit_code.h"
#include "cli/terminal.h"
#include "dataset/error.h"
#include "dataset/synth/synthesize.h"

namespace angiobench::cli {
namespace {

// A preset sets what the command line does not.
struct Preset {
  std::string_view name;
  synth::Kind kind;
  int size;
  int min_frames;
  int max_frames;
  std::array<int, 3> sequences;
  synth::Difficulty difficulty;
  double frame_rate;
  int annotation_step;
  std::string_view note;
};

constexpr synth::Difficulty kNormal = synth::Difficulty::normal;
constexpr synth::Difficulty kHard = synth::Difficulty::hard;

constexpr Preset kPresets[] = {
    {"mosxav",
     synth::Kind::objects,
     512,
     33,
     60,
     {18, 12, 12},
     kNormal,
     15,
     5,
     "as many sequences and frames as MOSXAV has"},
    {"demo",
     synth::Kind::objects,
     512,
     18,
     24,
     {4, 2, 3},
     kNormal,
     15,
     5,
     "a benchmark to play with, made in seconds"},
    {"fluoroscopy",
     synth::Kind::objects,
     512,
     44,
     50,
     {0, 0, 10},
     kHard,
     4,
     1,
     "a hard test: 4 frames a second, several injections"},
    {"training",
     synth::Kind::objects,
     512,
     22,
     28,
     {160, 4, 0},
     kHard,
     5,
     1,
     "many short sequences to train on, every frame annotated"},
    {"semantic",
     synth::Kind::semantic,
     512,
     18,
     24,
     {4, 2, 3},
     kNormal,
     15,
     5,
     "as demo, with the benchmarks of its classes"},
    {"dsa",
     synth::Kind::dsa,
     512,
     7,
     11,
     {6, 2, 4},
     kNormal,
     4,
     1,
     "brain arteries in DIAS's layout, one mask a run"},
    {"paxray",
     synth::Kind::chest,
     256,
     1,
     1,
     {6, 2, 4},
     kNormal,
     1,
     1,
     "chest radiographs in PAXRay's layout, parts that overlap"},
};

struct SynthCommand {
  std::string out;
  std::string preset = "mosxav";
  std::optional<int> size;
  std::vector<int> length;  // one or two
  std::vector<int> sequences;
  std::optional<double> frame_rate;
  std::string difficulty;
  std::optional<int> annotation_step;
  synth::SynthOptions options;  // what no preset sets
};

HelpText help_page() {
  return {
      "synth",
      "angiobench synth -o DIR [--preset NAME] [--seed N] [--sheet FILE]",
      "Makes a data set of synthetic X-ray angiography videos in MOSXAV's layout: frames, "
      "instance and semantic masks,\n"
      "image sets and first-mask files. Two presets make single images in DIAS's and PAXRay's "
      "layouts. Everything\n"
      "follows from the seed.",
      {"angiobench synth -o demo-set --preset demo --sheet sheet.png     # nine short sequences "
       "and a preview",
       "angiobench synth -o hard-set --sequences 0,0,12 --difficulty hard --seed 7   # a hard "
       "test split alone",
       "angiobench synth -o brain --preset dsa --examples predictions  # runs with one mask each, "
       "and two submissions",
       "angiobench synth -o rendered --from-masks MOSXAV                # frames for real "
       "masks"}};
}

std::vector<std::string> names_of_presets() {
  std::vector<std::string> names;
  for (const Preset& preset : kPresets) names.emplace_back(preset.name);
  return names;
}

std::string table_of_presets() {
  std::string text;
  for (const Preset& preset : kPresets) {
    text += (text.empty() ? "" : "; ") + std::string(preset.name) + ": " + std::string(preset.note);
  }
  return text;
}

// The preset, then what the command line says.
synth::SynthOptions options_of(const SynthCommand& command) {
  const Preset& preset = *std::ranges::find(kPresets, command.preset, &Preset::name);
  synth::SynthOptions options = command.options;
  options.kind = preset.kind;
  options.size = command.size.value_or(preset.size);
  options.min_frames = command.length.empty() ? preset.min_frames : command.length.front();
  options.max_frames = command.length.empty() ? preset.max_frames : command.length.back();
  options.sequences = preset.sequences;
  std::ranges::copy(command.sequences, options.sequences.begin());
  options.difficulty = synth::kDifficulties.find(command.difficulty).value_or(preset.difficulty);
  options.frame_rate = command.frame_rate.value_or(preset.frame_rate);
  options.annotation_step = command.annotation_step.value_or(preset.annotation_step);
  return options;
}

void bind(OptionSet& options, SynthCommand& command) {
  options.add("out,o", folder(command.out), "folder to make; must not exist yet, or be empty")
      .required("a folder to make")
      .writes();
  options.add("preset", choice(command.preset, names_of_presets()), table_of_presets());
  options.add("size", number(command.size), "pixels a side, 64 to 2048");
  options
      .add("length", numbers(command.length, {1, 2, '-'}, {0, 1'000'000, "N or MIN-MAX"}),
           "frames of a sequence, N or MIN-MAX")
      .field("min_frames")
      .field("max_frames");
  options.add("sequences",
              numbers(command.sequences, {3, 3}, {0, 1'000'000, "three numbers: TRAIN,VAL,TEST"}),
              "how many: TRAIN,VAL,TEST");
  options.add("frame-rate", number(command.frame_rate),
              "frames a second (cine 15; low-dose fluoroscopy 4 to 7.5: more motion between "
              "frames)");
  options.add("difficulty", choice(command.difficulty, synth::kDifficulties.names()),
              "easy, normal or hard: noise, dilution, motion (default: the preset's)");
  options.add("seed", number(command.options.seed), "same seed and options, same bytes");
  options.add("annotation-step", number(command.annotation_step),
              "trainval: every so many frames have masks (default: the preset's, 5 as in MOSXAV)");
  options.add("jpeg-quality", number(command.options.jpeg_quality), "1 to 100");
  options.add("from-masks", folder(command.options.from_masks),
              "render frames for the masks in this folder instead (MOSXAV's layout, or a folder a "
              "sequence)");
  options
      .add("trust-masks", flag(command.options.trusts_masks),
           "take every value of those masks as an object, however scattered or large")
      .field("trusts_masks");
  options
      .add("examples", folder(command.options.examples),
           "also write example submissions for the test split here: 'fine' and 'coarse', the "
           "truth made worse")
      .writes();
  options.add("sheet", file(command.options.sheet), "also write a contact sheet (PNG) here")
      .writes();
  // The library's own ranges.
  options.ask([&command] { return synth::mistakes_of(options_of(command)); });
}

int synthesize(const SynthCommand& command, const Call& call) {
  synth::SynthOptions options = options_of(command);
  options.jobs = call.common.jobs;
  synth::SynthSummary summary;
  {
    ProgressBar bar("rendering", "frames", call.common, call.streams);
    summary = synth::synthesize(command.out, options, bar.callback());
  }
  for (const std::string& note : summary.notes)
    print_message("warning", note, call.common, call.streams);
  call.streams.out << printable(command.out) << ": " << summary.sequences << " sequences, "
                   << summary.frames << " frames, " << summary.masks << " masks, "
                   << summary.objects << " objects\n";
  if (!options.examples.empty())
    call.streams.out << "examples: " << printable(options.examples) << "/fine, "
                     << printable(options.examples) << "/coarse\n";
  return kExitPassed;
}

constexpr CommandLine<SynthCommand> kLine = {help_page, bind, synthesize};

}  // namespace

VerbCode synth_code() { return code_of_line<kLine>(); }

}  // namespace angiobench::cli
