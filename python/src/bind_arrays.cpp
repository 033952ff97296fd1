// SPDX-License-Identifier: MIT
// Masks in a caller's memory: frame(), the figures behind compat.davis2017, Evaluation.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <span>
#include <utility>

#include "evaluator/counting/frame_counter.h"
#include "evaluator/measures.h"
#include "python/src/bindings.h"
#include "python/src/byte_array.h"
#include "python/src/evaluation.h"
#include "python/src/input_error.h"

namespace angiobench::python {
namespace {

// What a thread counts with.
struct Buffers {
  FrameCounter counter;
  std::vector<LabelRun> truth;
  std::vector<LabelRun> prediction;
  std::vector<ObjectCounts> counts;
};

Buffers& buffers() {
  thread_local Buffers own;
  return own;
}

// As the counter takes it: a share of the diagonal, or whole pixels.
void check_tolerance(double tolerance, const char* name) {
  const bool is_fine = tolerance >= 0 && (tolerance < 1 || tolerance == std::floor(tolerance)) &&
                       tolerance <= 1 << 15;
  if (!is_fine) {
    throw Error::about(ErrorKind::usage, name, "is " + std::to_string(tolerance),
                       "a share of the diagonal below 1, or a whole number of pixels");
  }
}

// As Python iterates over them and pickles them.
std::array<std::uint32_t, 8> integers_of(const FrameCounts& counts) {
  return {counts.intersection,        counts.union_area,
          counts.prediction,          counts.truth,
          counts.prediction_boundary, counts.truth_boundary,
          counts.prediction_matched,  counts.truth_matched};
}

py::dict frame(py::handle truth, py::handle prediction, int void_label, double tolerance) {
  const ByteArray first(truth, "truth", ArrayValues::labels, 2, 2);
  const ByteArray second(prediction, "prediction", ArrayValues::labels, 2, 2);
  check_same_shape(first, second);
  if (void_label < -1 || void_label > 255) {
    throw Error::about(ErrorKind::usage, "void_label", "is " + std::to_string(void_label),
                       "a label of 0 to 255, or None");
  }
  check_tolerance(tolerance, "tolerance");
  CountingRules rules;
  rules.tolerance = tolerance;
  rules.void_label = void_label;
  if (void_label >= 0) {
    rules.truth_map[static_cast<std::size_t>(void_label)] = kBackgroundLabel;
    rules.prediction_map[static_cast<std::size_t>(void_label)] = kBackgroundLabel;
  }
  std::vector<ObjectCounts> counts;
  {
    const py::gil_scoped_release release;
    Buffers& own = buffers();
    own.counter.count(runs_of(first.plane(0), own.truth), runs_of(second.plane(0), own.prediction),
                      rules, counts);
  }
  py::dict objects;
  for (const ObjectCounts& object : counts) objects[py::int_(object.id)] = object.counts;
  return objects;
}

// --- binary masks, as compat.davis2017 takes them ---

// Leading dimensions, a double for each frame as bytes, and a byte for each that says which case of
// the public code it was.
py::tuple figures(const ByteArray& array, const std::vector<double>& values,
                  const std::vector<std::uint8_t>& cases) {
  py::list leading;
  for (std::size_t i = 0; i + 2 < array.shape().size(); ++i) leading.append(array.shape()[i]);
  return py::make_tuple(
      py::tuple(leading),
      py::bytes(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(double)),
      py::bytes(reinterpret_cast<const char*>(cases.data()), cases.size()));
}

std::optional<ByteArray> void_array(py::handle void_pixels, const ByteArray& like, int most_dims) {
  if (void_pixels.is_none()) return std::nullopt;
  std::optional<ByteArray> array(std::in_place, void_pixels, "void_pixels", ArrayValues::nonzero, 2,
                                 most_dims);
  check_same_shape(like, *array);
  return array;
}

constexpr int kMostDims = 8;

// A mask without its void pixels.
Mask without_void(const MaskView& mask, const MaskView& hidden) {
  Mask rest(mask.width, mask.height);
  for (int y = 0; y < mask.height; ++y) {
    for (int x = 0; x < mask.width; ++x) rest.at(x, y) = hidden.at(x, y) != 0 ? 0 : mask.at(x, y);
  }
  return rest;
}

// Areas alone, in pixels.
FrameCounts areas_of(const MaskView& truth, const MaskView& prediction, Buffers& own) {
  FrameCounts counts;
  for_each_pair(runs_of(truth, own.truth).runs, runs_of(prediction, own.prediction).runs,
                [&counts](int, int x_begin, int x_end, int first, int second) {
                  const auto length = static_cast<std::uint32_t>(x_end - x_begin);
                  counts.union_area += length;
                  if (first != kBackgroundLabel && second != kBackgroundLabel)
                    counts.intersection += length;
                });
  return counts;
}

// Case 1: neither mask has a pixel.
py::tuple region(py::handle annotation, py::handle segmentation, py::handle void_pixels) {
  const ByteArray truth(annotation, "annotation", ArrayValues::nonzero, 2, kMostDims);
  const ByteArray prediction(segmentation, "segmentation", ArrayValues::nonzero, 2, kMostDims);
  check_same_shape(truth, prediction);
  const std::optional<ByteArray> ignored = void_array(void_pixels, truth, kMostDims);
  std::vector<double> values(truth.num_planes());
  std::vector<std::uint8_t> cases(truth.num_planes());
  {
    const py::gil_scoped_release release;
    Buffers& own = buffers();
    for (std::size_t i = 0; i < values.size(); ++i) {
      MaskView first = truth.plane(i);
      MaskView second = prediction.plane(i);
      Mask first_rest;
      Mask second_rest;
      if (ignored) {
        first_rest = without_void(first, ignored->plane(i));
        second_rest = without_void(second, ignored->plane(i));
        first = first_rest.view();
        second = second_rest.view();
      }
      const FrameCounts counts = areas_of(first, second, own);
      values[i] = region_j(counts);
      cases[i] = counts.union_area == 0 ? 1 : 0;
    }
  }
  return figures(truth, values, cases);
}

// The truth with its void pixels as a label of their own, 2.
Mask with_void(const MaskView& truth, const MaskView& hidden) {
  Mask mask(truth.width, truth.height);
  for (int y = 0; y < truth.height; ++y) {
    for (int x = 0; x < truth.width; ++x)
      mask.at(x, y) = hidden.at(x, y) != 0 ? 2 : truth.at(x, y) != 0 ? 1 : 0;
  }
  return mask;
}

// Case 1: both boundaries are there and none of them matches; 2: one is empty; 3: both are.
py::tuple boundary(py::handle annotation, py::handle segmentation, py::handle void_pixels,
                   double tolerance) {
  const ByteArray truth(annotation, "annotation", ArrayValues::nonzero, 2, kMostDims);
  const ByteArray prediction(segmentation, "segmentation", ArrayValues::nonzero, 2, kMostDims);
  check_same_shape(truth, prediction);
  if (truth.num_dims() > 3) {
    throw InputError("array-shape", "annotation",
                     "has " + std::to_string(truth.num_dims()) + " dimensions",
                     "2 or 3 (frames, height, width)");
  }
  check_tolerance(tolerance, "bound_th");
  const std::optional<ByteArray> ignored = void_array(void_pixels, truth, kMostDims);
  std::vector<double> values(truth.num_planes());
  std::vector<std::uint8_t> cases(truth.num_planes());
  {
    const py::gil_scoped_release release;
    Buffers& own = buffers();
    CountingRules rules;
    rules.tolerance = tolerance;
    rules.truth_map.fill(1);
    rules.truth_map[0] = kBackgroundLabel;
    rules.prediction_map = rules.truth_map;
    if (ignored) {
      rules.void_label = 2;
      rules.truth_map[2] = kBackgroundLabel;
    }
    for (std::size_t i = 0; i < values.size(); ++i) {
      Mask hidden;
      MaskView first = truth.plane(i);
      if (ignored) {
        hidden = with_void(first, ignored->plane(i));
        first = hidden.view();
      }
      own.counter.count(runs_of(first, own.truth), runs_of(prediction.plane(i), own.prediction),
                        rules, own.counts);
      const FrameCounts counts = own.counts.empty() ? FrameCounts{} : own.counts.front().counts;
      values[i] = boundary_f(counts);
      const bool has_truth = counts.truth_boundary > 0;
      const bool has_prediction = counts.prediction_boundary > 0;
      const bool matches = counts.truth_matched > 0 || counts.prediction_matched > 0;
      cases[i] = has_truth && has_prediction   ? (matches ? 0 : 1)
                 : has_truth || has_prediction ? 2
                                               : 3;
    }
  }
  return figures(truth, values, cases);
}

// --- Evaluation ---

// "00005" of 5, "a" of "a".
std::string frame_name(py::handle name) {
  if (py::isinstance<py::str>(name)) return py::cast<std::string>(name);
  py::object index = py::reinterpret_steal<py::object>(PyNumber_Index(name.ptr()));
  if (!index || py::isinstance<py::bool_>(name)) {
    PyErr_Clear();
    throw InputError("unknown-frame", "frame", "is a " + std::string(Py_TYPE(name.ptr())->tp_name),
                     "a name (str) or a number");
  }
  const long long number = PyLong_AsLongLong(index.ptr());
  if (number < 0) {
    PyErr_Clear();  // of a number that is too large
    throw InputError("unknown-frame", "frame", "is " + py::cast<std::string>(py::str(index)),
                     "a number from 0 on");
  }
  std::string digits = std::to_string(number);
  constexpr std::size_t kDigits = 5;
  if (digits.size() < kDigits) digits.insert(0, kDigits - digits.size(), '0');
  return digits;
}

void add_frames(Evaluation& evaluation, py::handle truth, py::handle prediction,
                const std::string& sequence, py::handle frame) {
  const ByteArray first(truth, "truth", ArrayValues::labels, 2, 3);
  const ByteArray second(prediction, "prediction", ArrayValues::labels, 2, 3);
  check_same_shape(first, second);
  std::vector<std::string> names;
  const bool is_list = py::isinstance<py::sequence>(frame) && !py::isinstance<py::str>(frame);
  if (is_list) {
    for (const py::handle name : frame) names.push_back(frame_name(name));
  } else if (frame.is_none() && first.num_dims() == 3) {
    for (std::size_t i = 0; i < first.num_planes(); ++i) names.push_back(frame_name(py::int_(i)));
  } else {
    names.push_back(frame_name(frame));
  }
  if (names.size() != first.num_planes() ||
      (first.num_dims() == 3) != (is_list || frame.is_none())) {
    throw InputError("array-shape", "frame",
                     "names " + std::to_string(names.size()) + " frames of an array of the shape " +
                         shape_text(first.shape()),
                     "one name for (height, width), a list of names for (frames, height, width)");
  }
  std::vector<MaskPair> pairs;
  for (std::size_t i = 0; i < names.size(); ++i)
    pairs.push_back({sequence, names[i], first.plane(i), second.plane(i)});
  const py::gil_scoped_release release;
  evaluation.add(pairs);
}

// `truth` is an OpenTruth of the same settings, or None.
std::unique_ptr<Evaluation> make_evaluation(const std::string& dataset, const std::string& protocol,
                                            const std::vector<std::string>& measures,
                                            const std::vector<double>& spacing, int max_ids,
                                            const std::string& protocol_text,
                                            const OpenTruth* truth) {
  EvaluationSettings settings;
  settings.dataset = dataset;
  settings.protocol = protocol;
  settings.protocol_text = protocol_text;
  settings.measures = measures;
  if (!spacing.empty()) settings.spacing = Spacing{spacing.front(), spacing.back()};
  settings.max_ids = max_ids;
  const py::gil_scoped_release release;
  return truth != nullptr ? std::make_unique<Evaluation>(settings, *truth)
                          : std::make_unique<Evaluation>(settings);
}

}  // namespace

void bind_arrays(py::module_& module) {
  py::class_<FrameCounts>(module, "Counts")
      .def_readonly("intersection", &FrameCounts::intersection)
      .def_readonly("union", &FrameCounts::union_area)
      .def_readonly("prediction", &FrameCounts::prediction)
      .def_readonly("truth", &FrameCounts::truth)
      .def_readonly("prediction_boundary", &FrameCounts::prediction_boundary)
      .def_readonly("truth_boundary", &FrameCounts::truth_boundary)
      .def_readonly("prediction_matched", &FrameCounts::prediction_matched)
      .def_readonly("truth_matched", &FrameCounts::truth_matched)
      .def_property_readonly("j", &region_j)
      .def_property_readonly("f", &boundary_f)
      .def("__eq__",
           [](const FrameCounts& counts, const py::object& other) {
             return py::isinstance<FrameCounts>(other) && counts == py::cast<FrameCounts>(other);
           })
      .def("__repr__",
           [](const FrameCounts& counts) {
             return "Counts(intersection=" + std::to_string(counts.intersection) +
                    ", union=" + std::to_string(counts.union_area) +
                    ", prediction=" + std::to_string(counts.prediction) +
                    ", truth=" + std::to_string(counts.truth) +
                    ", prediction_boundary=" + std::to_string(counts.prediction_boundary) +
                    ", truth_boundary=" + std::to_string(counts.truth_boundary) +
                    ", prediction_matched=" + std::to_string(counts.prediction_matched) +
                    ", truth_matched=" + std::to_string(counts.truth_matched) + ")";
           })
      .def("__iter__",
           [](const FrameCounts& counts) { return py::iter(py::cast(integers_of(counts))); })
      .def(py::pickle(&integers_of, [](const std::array<std::uint32_t, 8>& state) {
        return FrameCounts{state[0], state[1], state[2], state[3],
                           state[4], state[5], state[6], state[7]};
      }));
  module.def("frame", &frame);
  module.def("region", &region);
  module.def("boundary", &boundary);
  module.def("statistics", [](const std::vector<double>& values, bool published) {
    const FrameStatistics found =
        frame_statistics(values, published ? DecayRule::bug_compatible : DecayRule::exact);
    return py::make_tuple(found.mean, found.recall, found.decay);
  });

  py::class_<OpenTruth>(module, "Truth");
  py::class_<Evaluation>(module, "Evaluation")
      .def(py::init(&make_evaluation))
      .def("add", &add_frames)
      .def("merge", &Evaluation::merge, py::call_guard<py::gil_scoped_release>())
      .def("num_frames", &Evaluation::num_frames)
      .def("num_sequences", &Evaluation::num_sequences)
      .def("clear", &Evaluation::clear)
      .def("state", [](const Evaluation& evaluation) { return py::bytes(evaluation.state()); })
      .def("restore", [](Evaluation& evaluation,
                         const py::bytes& state) { evaluation.restore(std::string_view(state)); })
      .def_property_readonly("dataset", [](const Evaluation& one) { return one.benchmark().name; })
      .def_property_readonly("protocol", [](const Evaluation& one) { return one.protocol().name; })
      .def_property_readonly("protocol_hash",
                             [](const Evaluation& one) { return one.protocol().hash; });
  module.def("dataset_names", &benchmark_names);
  module.def("protocol_names", &protocol_names);
}

}  // namespace angiobench::python
