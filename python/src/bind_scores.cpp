// SPDX-License-Identifier: MIT
// score() of files and of arrays.
#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "dataset/masks/mask_source.h"
#include "evaluator/comparing/aggregate_sample.h"
#include "evaluator/protocol.h"
#include "evaluator/scoring/submission.h"
#include "python/src/about.h"
#include "python/src/bindings.h"
#include "python/src/byte_array.h"
#include "python/src/input_error.h"
#include "reports/runs/score_run.h"
#include "reports/runs/submissions.h"

namespace angiobench::python {
namespace {

// What score() was asked for, wherever the masks are.
struct ScoreRequest {
  SubmissionRequest request;  // its masks are the caller's
  std::string name;
  std::string out;
  std::string error_maps = "worst";
  ScoreOptions options;
};

MissingPolicy missing_policy(const std::string& word) {
  if (word == "error") return MissingPolicy::error;
  if (word == "zero") return MissingPolicy::zero;
  if (word == "skip") return MissingPolicy::skip;
  throw Error::about(ErrorKind::usage, "missing", "is '" + word + "'", "'error', 'zero' or 'skip'");
}

ErrorMapChoice map_choice(const std::string& word) {
  if (word == "all") return ErrorMapChoice::all;
  if (word == "worst") return ErrorMapChoice::worst;
  if (word == "none") return ErrorMapChoice::none;
  throw Error::about(ErrorKind::usage, "error_maps", "is '" + word + "'",
                     "'all', 'worst' or 'none'");
}

// Of the words that the package hands over (python/angiobench/_score.py), of which any may be
// absent.
ScoreRequest score_request_of(const py::dict& words) {
  ScoreRequest asked;
  const auto take = [&words](const char* key, auto& value) {
    if (words.contains(key)) value = py::cast<std::decay_t<decltype(value)>>(words[key]);
  };
  take("dataset", asked.request.dataset);
  take("protocol", asked.request.protocol);
  take("protocol_text", asked.request.protocol_text);
  take("meta", asked.request.meta_file);
  take("measures", asked.request.measures);
  take("sequences", asked.request.sequences);
  std::vector<double> spacing;
  take("spacing", spacing);
  if (!spacing.empty()) asked.request.spacing = Spacing{spacing.front(), spacing.back()};
  take("max_ids", asked.request.limits.max_ids);
  take("name", asked.name);
  take("out", asked.out);
  take("error_maps", asked.error_maps);
  take("jobs", asked.options.jobs);
  std::string missing = "error";
  take("missing", missing);
  asked.options.missing = missing_policy(missing);
  asked.options.rows = FrameRows::keep;
  asked.options.max_ids = asked.request.limits.max_ids;
  asked.options.max_mask_bytes = asked.request.limits.max_mask_bytes;
  return asked;
}

// The command that does the same, as result.json tells it.
std::vector<std::string> command_of(const ScoreRequest& asked) {
  const SubmissionRequest& request = asked.request;
  std::vector<std::string> words = {
      "angiobench",         "score", "--dataset",        request.dataset, "-g",
      request.ground_truth, "-p",    request.predictions};
  const auto add = [&words](const char* option, const std::string& value) {
    if (value.empty()) return;
    words.emplace_back(option);
    words.push_back(value);
  };
  const auto joined = [](const std::vector<std::string>& names) {
    std::string text;
    for (const std::string& name : names) text += (text.empty() ? "" : ",") + name;
    return text;
  };
  add("--protocol", request.protocol);
  add("--meta", request.meta_file);
  add("--measures", joined(request.measures));
  add("--sequences", joined(request.sequences));
  return words;
}

ScoredResult score_files(const std::string& ground_truth, const std::string& predictions,
                         const py::dict& words) {
  ScoreRequest asked = score_request_of(words);
  asked.request.ground_truth = ground_truth;
  asked.request.predictions = predictions;
  FileRun files;
  files.asked = asked.request;
  files.run.name = asked.name.empty() ? name_of_submission(predictions) : asked.name;
  files.run.out = asked.out;
  files.run.error_maps = map_choice(asked.error_maps);
  files.run.is_partial = !asked.request.sequences.empty();
  files.run.score = asked.options;
  files.run.score.progress = interruptible();
  files.run.tool_version = tool_version();
  files.run.git_commit = tool_commit();
  files.run.command = command_of(asked);
  ScoredResult scored;
  without_gil([&] { scored.result = run_files(files).result; });
  files.run.out.clear();
  scored.files = std::move(files);
  return scored;
}

// The truth alone, for arrays beside it.
OpenTruth open_ground_truth(const std::string& ground_truth, const py::dict& words) {
  ScoreRequest asked = score_request_of(words);
  asked.request.ground_truth = ground_truth;
  const py::gil_scoped_release release;
  return open_truth(asked.request);
}

// A caller's arrays, by sequence, and what keeps them alive.
struct Arrays {
  MaskArrays masks;
  std::vector<ByteArray> owners;
};

// One frame's labels, or the planes of one frame.
void add_frame(Arrays& arrays, const std::string& sequence, const std::string& frame,
               const ByteArray& array, bool has_planes, std::size_t position) {
  ArrayFrame& added = arrays.masks[sequence].emplace_back();
  added.name = frame;
  added.width = array.width();
  added.height = array.height();
  std::size_t plane = position;
  if (has_planes) {
    added.num_planes = static_cast<int>(array.shape()[array.shape().size() - 3]);
    added.plane_stride = array.plane_stride();
    plane *= static_cast<std::size_t>(added.num_planes);
  }
  const MaskView view = array.plane(plane);
  added.data = view.data;
  added.stride = view.stride;
}

std::string numbered(std::size_t number) {
  std::string digits = std::to_string(number);
  constexpr std::size_t kDigits = 5;
  return digits.size() < kDigits ? std::string(kDigits - digits.size(), '0') + digits : digits;
}

// (frames, height, width), or a dict or a list of (height, width) by frame; with one dimension more
// where a frame is planes. `names` are the frames that an array without names is of.
void add_sequence(Arrays& arrays, const std::string& sequence, py::handle given, bool has_planes,
                  const std::string& side, const std::vector<std::string>& names) {
  const int frame_dims = has_planes ? 3 : 2;
  const std::string place = side + "[" + sequence + "]";
  const auto one = [&](const std::string& frame, py::handle array) {
    arrays.owners.emplace_back(array, place + "[" + frame + "]", ArrayValues::labels, frame_dims,
                               frame_dims);
    add_frame(arrays, sequence, frame, arrays.owners.back(), has_planes, 0);
  };
  if (py::isinstance<py::dict>(given)) {
    for (const auto& [frame, array] : py::cast<py::dict>(given))
      one(py::isinstance<py::int_>(frame) ? numbered(py::cast<std::size_t>(frame))
                                          : py::cast<std::string>(py::str(frame)),
          array);
    return;
  }
  const auto name_of = [&](std::size_t i, std::size_t count) {
    if (names.empty()) return numbered(i);
    if (names.size() != count) {
      throw InputError(
          "array-shape", place, "has " + std::to_string(count) + " frames",
          std::to_string(names.size()) + ", the annotated ones, or a dict by the names of frames");
    }
    return names[i];
  };
  if (py::isinstance<py::list>(given) || py::isinstance<py::tuple>(given)) {
    const auto list = py::cast<py::sequence>(given);
    for (std::size_t i = 0; i < list.size(); ++i) one(name_of(i, list.size()), list[i]);
    return;
  }
  arrays.owners.emplace_back(given, place, ArrayValues::labels, frame_dims + 1, frame_dims + 1);
  const ByteArray& array = arrays.owners.back();
  const auto count = static_cast<std::size_t>(array.shape().front());
  for (std::size_t i = 0; i < count; ++i)
    add_frame(arrays, sequence, name_of(i, count), array, has_planes, i);
}

// A dict by sequence, or one sequence alone.
Arrays arrays_of(py::handle given, bool has_planes, const std::string& side,
                 const std::map<std::string, std::vector<std::string>>& frames) {
  Arrays arrays;
  const auto names = [&](const std::string& sequence) {
    const auto found = frames.find(sequence);
    return found == frames.end() ? std::vector<std::string>() : found->second;
  };
  if (!py::isinstance<py::dict>(given)) {
    const std::string only = frames.size() == 1 ? frames.begin()->first : "sequence";
    add_sequence(arrays, only, given, has_planes, side, names(only));
    return arrays;
  }
  for (const auto& [key, value] : py::cast<py::dict>(given)) {
    if (!py::isinstance<py::str>(key)) {
      throw InputError("unknown-sequence", side,
                       "has the key " + py::cast<std::string>(py::repr(key)),
                       "names of sequences (str)");
    }
    const auto sequence = py::cast<std::string>(key);
    add_sequence(arrays, sequence, value, has_planes, side, names(sequence));
  }
  return arrays;
}

bool has_planes(MaskStorage storage) {
  return storage == MaskStorage::planes || storage == MaskStorage::objects;
}

// Of files, the frames of each sequence; nothing of arrays.
std::map<std::string, std::vector<std::string>> frames_of(const SequenceIndex& index) {
  std::map<std::string, std::vector<std::string>> frames;
  for (const Sequence& sequence : index.sequences) {
    std::vector<std::string>& names = frames[sequence.name];
    for (std::size_t i = 0; i < sequence.frames.size(); ++i) names.emplace_back(sequence.frames[i]);
  }
  return frames;
}

ScoredResult score_open(const SequenceIndex& index, const Protocol& protocol,
                        const std::shared_ptr<const MaskSource>& predictions,
                        const ScoreRequest& asked) {
  const MissingFrames missing = find_missing(index, *predictions, protocol);
  if (missing.any() && asked.options.missing == MissingPolicy::error) {
    throw_findings(ErrorKind::inconclusive, "prediction",
                   "is not complete: " + missing.findings.front().message +
                       "; nothing was scored (missing='zero' or 'skip' goes on without)",
                   missing.findings);
  }
  ScoreOutcome outcome = score(index, *predictions, protocol, missing, asked.options);
  if (!outcome.failures.empty()) throw Error(outcome.failures.front());
  ScoredResult scored;
  scored.result = std::move(outcome.result);
  scored.result.complete = scored.result.complete && asked.request.sequences.empty();
  finish_result(scored.result, asked.name, Intervals::attached);
  return scored;
}

// `ground_truth` is an OpenTruth, or arrays.
ScoredResult score_arrays(py::handle ground_truth, py::handle predictions, const py::dict& words) {
  ScoreRequest asked = score_request_of(words);
  asked.options.progress = interruptible();
  SequenceIndex index;
  Protocol protocol;
  Arrays truth;
  if (py::isinstance<OpenTruth>(ground_truth)) {
    const auto& opened = py::cast<const OpenTruth&>(ground_truth);
    index = opened.index;
    protocol = opened.protocol;
  } else {
    if (!asked.request.meta_file.empty() || !asked.request.sequences.empty()) {
      throw Error::about(ErrorKind::usage, asked.request.meta_file.empty() ? "sequences" : "meta",
                         "is given with arrays as ground truth", "the path of a data set");
    }
    OpenRules rules = open_rules(asked.request);
    protocol = std::move(rules.protocol);
    // Digests of arrays are never those of the released files.
    rules.benchmark.digest.clear();
    rules.benchmark.scored_digest.clear();
    truth = arrays_of(ground_truth, has_planes(rules.benchmark.storage), "truth", {});
    index = index_arrays(truth.masks, rules.benchmark);
  }
  const Arrays predicted = arrays_of(
      predictions, has_planes(index.benchmark.submission), "prediction",
      truth.owners.empty() ? frames_of(index) : std::map<std::string, std::vector<std::string>>());
  ScoredResult scored;
  without_gil([&] {
    scored = score_open(
        index, protocol,
        array_masks(predicted.masks, index.benchmark, MaskRole::prediction, "prediction"), asked);
  });
  return scored;
}

}  // namespace

void finish_result(Result& result, const std::string& name, Intervals intervals) {
  result.tool_version = tool_version();
  result.git_commit = tool_commit();
  result.submission.name = name;
  if (intervals == Intervals::attached) attach_intervals(result);
}

RunOutcome run_files(const FileRun& files) {
  const OpenSubmission opened = open_submission(files.asked);
  RunOutcome outcome = run_submission(opened, files.run);
  if (outcome.end == RunEnd::failed) throw Error(outcome.failures.front());
  if (outcome.end == RunEnd::incomplete) {
    // What is missing comes first.
    std::ranges::stable_sort(outcome.findings, {}, [](const Finding& finding) {
      return finding.severity == Severity::error ? 0 : 1;
    });
    throw_findings(ErrorKind::inconclusive, files.asked.predictions,
                   "is not complete: " + outcome.findings.front().message +
                       "; nothing was scored (missing='zero' or 'skip' goes on without)",
                   outcome.findings);
  }
  return outcome;
}

void bind_scores(py::module_& module) {
  module.def("open_truth", &open_ground_truth);
  module.def("score_files", &score_files);
  module.def("score_arrays", &score_arrays);
}

}  // namespace angiobench::python
