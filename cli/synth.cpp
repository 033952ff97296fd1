// SPDX-License-Identifier: MIT
#include "cli/synth.h"

#include <boost/filesystem/operations.hpp>
#include <ostream>

#include "cli/exit_code.h"
#include "cli/number_list.h"
#include "cli/options.h"
#include "cli/terminal.h"
#include "dataset/error.h"
#include "dataset/synth/synthesize.h"

namespace angiobench::cli {
namespace {

namespace po = boost::program_options;

// A preset sets what the command line does not.
struct Preset {
  std::string_view name;
  int size;
  int min_frames;
  int max_frames;
  std::array<int, 3> sequences;
  synth::Difficulty difficulty;
  double frame_rate;
  int annotation_step;
  std::string_view note;
};

constexpr Preset kPresets[] = {
    {"mosxav",
     512,
     33,
     60,
     {18, 12, 12},
     synth::Difficulty::normal,
     15,
     5,
     "as many sequences and frames as MOSXAV has"},
    {"demo",
     512,
     18,
     24,
     {4, 2, 3},
     synth::Difficulty::normal,
     15,
     5,
     "a benchmark to play with, made in seconds"},
    {"fluoroscopy",
     512,
     44,
     50,
     {0, 0, 10},
     synth::Difficulty::hard,
     4,
     1,
     "a hard test: 4 frames a second, several injections"},
    {"training",
     512,
     22,
     28,
     {160, 4, 0},
     synth::Difficulty::hard,
     5,
     1,
     "many short sequences to train on, every frame annotated"},
};

}  // namespace

int run_synth(const std::vector<std::string>& arguments, const Streams& streams) {
  std::string preset_text;
  for (const Preset& preset : kPresets) {
    preset_text += (preset_text.empty() ? "" : "; ") + std::string(preset.name) + ": " +
                   std::string(preset.note);
  }
  po::options_description described("Options");
  described.add_options()                                                                     //
      ("out,o", po::value<std::string>(), "folder to make; must not exist yet, or be empty")  //
      ("preset", po::value<std::string>()->default_value("mosxav"), preset_text.c_str())      //
      ("size", po::value<int>(), "pixels a side, 64 to 2048")                                 //
      ("length", po::value<std::string>(),
       "frames of a sequence, N or MIN-MAX")                               //
      ("sequences", po::value<std::string>(), "how many: TRAIN,VAL,TEST")  //
      ("frame-rate", po::value<double>(),
       "frames a second (cine 15; low-dose fluoroscopy 4 to 7.5: more motion between frames)")  //
      ("difficulty", po::value<std::string>(),
       "easy, normal or hard: noise, dilution, motion (default: the preset's)")  //
      ("seed", po::value<std::uint64_t>()->default_value(1),
       "same seed and options, same bytes")  //
      ("annotation-step", po::value<int>(),
       "trainval: every so many frames have masks (default: the preset's, 5 as in MOSXAV)")  //
      ("jpeg-quality", po::value<int>()->default_value(95), "1 to 100")                      //
      ("from-masks", po::value<std::string>(),
       "render frames for the masks in this folder instead (MOSXAV's layout, or a folder a "
       "sequence)")  //
      ("sheet", po::value<std::string>(), "also write a contact sheet (PNG) here");
  add_common_options(described);
  const HelpPage help{
      "angiobench synth -o DIR [--preset NAME] [--seed N] [--sheet FILE]",
      "Makes a data set of synthetic X-ray angiography videos in MOSXAV's layout: frames, instance "
      "and semantic masks,\n"
      "image sets and first-mask files. Everything follows from the seed.",
      {"angiobench synth -o demo-set --preset demo --sheet sheet.png     # nine short sequences "
       "and a preview",
       "angiobench synth -o hard-set --sequences 0,0,12 --difficulty hard --seed 7   # a hard test "
       "split alone",
       "angiobench synth -o rendered --from-masks MOSXAV                # frames for real masks"}};
  const po::variables_map values = parse_options(arguments, described, {}, help, streams);
  if (wants_help(values)) return kExitPassed;
  const CommonOptions common = read_common_options(values, streams);
  if (values.count("out") == 0)
    throw Error(ErrorKind::usage, "", "--out is missing", "a folder to make");
  const std::string out = values["out"].as<std::string>();

  // Take the preset, then what the command line says.
  synth::SynthOptions options;
  const std::string wanted = values["preset"].as<std::string>();
  const Preset* preset = nullptr;
  for (const Preset& candidate : kPresets) {
    if (candidate.name == wanted) preset = &candidate;
  }
  if (preset == nullptr)
    throw Error(ErrorKind::usage, "--preset", "is '" + wanted + "'",
                "mosxav, demo, fluoroscopy or training");
  options.size = preset->size;
  options.min_frames = preset->min_frames;
  options.max_frames = preset->max_frames;
  options.sequences = preset->sequences;
  if (values.count("size") != 0) options.size = values["size"].as<int>();
  if (values.count("length") != 0) {
    const std::vector<int> range = parse_number_list("--length", values["length"].as<std::string>(),
                                                     '-', 1, 2, 0, "N or MIN-MAX");
    options.min_frames = range.front();
    options.max_frames = range.back();
  }
  if (values.count("sequences") != 0) {
    const std::vector<int> counts =
        parse_number_list("--sequences", values["sequences"].as<std::string>(), ',', 3, 3, 0,
                          "three numbers: TRAIN,VAL,TEST");
    std::copy(counts.begin(), counts.end(), options.sequences.begin());
  }
  options.difficulty = preset->difficulty;
  options.frame_rate = preset->frame_rate;
  options.annotation_step = preset->annotation_step;
  if (values.count("frame-rate") != 0) options.frame_rate = values["frame-rate"].as<double>();
  if (values.count("difficulty") != 0)
    options.difficulty = synth::parse_difficulty(values["difficulty"].as<std::string>());
  options.seed = values["seed"].as<std::uint64_t>();
  if (values.count("annotation-step") != 0)
    options.annotation_step = values["annotation-step"].as<int>();
  options.jpeg_quality = values["jpeg-quality"].as<int>();
  if (values.count("from-masks") != 0) options.from_masks = values["from-masks"].as<std::string>();
  if (values.count("sheet") != 0) options.sheet = values["sheet"].as<std::string>();
  options.jobs = common.jobs;

  synth::SynthSummary summary;
  {
    ProgressBar bar("rendering", "frames", common, streams);
    summary = synth::synthesize(out, options, bar.callback());
  }
  streams.out << out << ": " << summary.sequences << " sequences, " << summary.frames << " frames, "
              << summary.masks << " masks, " << summary.objects << " objects\n";
  return kExitPassed;
}

}  // namespace angiobench::cli
