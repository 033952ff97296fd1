// SPDX-License-Identifier: MIT
#include "evaluator/measures.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "dataset/error.h"
#include "evaluator/counting/temporal_stability.h"
#include "evaluator/pairwise_sum.h"

namespace angiobench {
namespace {

using Value = std::optional<double>;

// Values of one frame.

double region(const MeasuredFrame& frame) {
  const FrameCounts& counts = frame.counts;
  if (!frame.rules.plus_one_region) return region_j(counts);
  if (counts.union_area == 0) return 1.0;
  return (static_cast<double>(counts.intersection) + 1) /
         (static_cast<double>(counts.union_area) + 1);
}

double contour_one_radius(const MeasuredFrame& frame) {
  expects(frame.one_radius != nullptr, "F is asked for where its boundaries were matched");
  return boundary_f(*frame.one_radius);
}

double contour_object_radius(const MeasuredFrame& frame) {
  expects(frame.object_radius != nullptr, "Ḟ is asked for where its boundaries were matched");
  return boundary_f(*frame.object_radius);
}

// 2 |P and G| / (|P| + |G|) in [0, 1]; 1 where both are empty, as J.
double dice(const MeasuredFrame& frame) {
  const FrameCounts& counts = frame.counts;
  const double areas = static_cast<double>(counts.prediction) + static_cast<double>(counts.truth);
  return areas == 0 ? 1.0 : 2 * static_cast<double>(counts.intersection) / areas;
}

// The mean of values [begin, end); NaN where there is none.
double mean_of(std::span<const double> values, std::size_t begin, std::size_t end) {
  if (begin >= end || begin >= values.size()) return std::numeric_limits<double>::quiet_NaN();
  return pairwise_mean(values.subspan(begin, std::min(end, values.size()) - begin));
}

// From the frames of an object to one number.

Value mean(const Measure& measure, const ObjectValues& values, const MeasureRules&) {
  const std::span<const double> series = values.of(measure.of[0]);
  if (series.empty()) return std::nullopt;
  return pairwise_mean(series);
}

Value share_above(std::span<const double> series, double limit) {
  if (series.empty()) return std::nullopt;
  const auto above =
      std::count_if(series.begin(), series.end(), [&](double value) { return value > limit; });
  return static_cast<double>(above) / static_cast<double>(series.size());
}

Value first_bin_minus_last(std::span<const double> series, DecayRule rule) {
  if (series.empty()) return std::nullopt;
  // Bin ends: round(linspace(1, n, 5) + 1e-10) - 1, round half to even; bins share their ends.
  std::array<std::size_t, 5> ends{};
  const auto count = static_cast<double>(series.size());
  for (std::size_t i = 0; i < ends.size(); ++i) {
    const double position = i == 4 ? count : 1 + static_cast<double>(i) * ((count - 1) / 4);
    ends[i] = static_cast<std::size_t>(std::nearbyint(position + 1e-10)) - 1;
    if (rule == DecayRule::bug_compatible) ends[i] %= 256;
  }
  const double first = mean_of(series, ends[0], ends[1] + 1);
  const double last = mean_of(series, ends[3], ends[4] + 1);
  if (std::isnan(first) || std::isnan(last)) return std::nullopt;
  return first - last;
}

Value recall(const Measure& measure, const ObjectValues& values, const MeasureRules& rules) {
  return share_above(values.of(measure.of[0]), rules.recall_above);
}

Value decay(const Measure& measure, const ObjectValues& values, const MeasureRules& rules) {
  return first_bin_minus_last(values.of(measure.of[0]), rules.decay);
}

// VOST: the last quarter, [floor(0.75 n):].
std::span<const double> tail_of(std::span<const double> series) {
  return series.subspan(
      static_cast<std::size_t>(std::floor(0.75 * static_cast<double>(series.size()))));
}

Value tail_mean(const Measure& measure, const ObjectValues& values, const MeasureRules&) {
  const std::span<const double> series = values.of(measure.of[0]);
  if (series.empty()) return std::nullopt;
  return pairwise_mean(tail_of(series));
}

Value tail_recall(const Measure& measure, const ObjectValues& values, const MeasureRules& rules) {
  return share_above(tail_of(values.of(measure.of[0])), rules.recall_above);
}

Value tail_decay(const Measure& measure, const ObjectValues& values, const MeasureRules& rules) {
  return first_bin_minus_last(tail_of(values.of(measure.of[0])), rules.decay);
}

// The mean over the frames of a segment (SeCVOS).
Value segment_frames_mean(const Measure& measure, const ObjectValues& values, const MeasureRules&) {
  const std::span<const double> series = values.of(measure.of[0], *measure.segment);
  if (series.empty()) return std::nullopt;
  return pairwise_mean(series);
}

// LVOS: the standard deviation over time of the mean of two series; its code rounds the variance.
Value deviation(const Measure& measure, const ObjectValues& values, const MeasureRules& rules) {
  const std::span<const double> a = values.of(measure.of[0]);
  const std::span<const double> b = values.of(measure.of[1]);
  if (a.empty()) return std::nullopt;
  std::vector<double> both;
  for (std::size_t i = 0; i < a.size(); ++i) both.push_back((a[i] + b[i]) / 2);
  const double mean = pairwise_mean(both);
  for (double& value : both) value = (value - mean) * (value - mean);
  const double variance = pairwise_mean(both);
  if (rules.variance_decimals < 0) return std::sqrt(variance);
  // numpy.round: to the even neighbour.
  const double scale = std::pow(10.0, rules.variance_decimals);
  return std::sqrt(std::nearbyint(variance * scale) / scale);
}

// MOSEv2: values of the segments in which the object has left, and of those in which it is back
// (MOSE-api, score.py).
struct Segments {
  Value disappeared;
  Value reappeared;
};

Segments segments_of(std::span<const double> values, const std::vector<bool>& is_empty) {
  std::vector<std::size_t> leaves;
  std::vector<std::size_t> returns;
  if (!is_empty.empty() && is_empty[0]) leaves.push_back(0);
  for (std::size_t i = 1; i < is_empty.size(); ++i) {
    if (!is_empty[i - 1] && is_empty[i]) leaves.push_back(i);
    if (is_empty[i - 1] && !is_empty[i]) returns.push_back(i);
  }
  std::vector<double> gone;
  for (std::size_t i = 0; i < leaves.size(); ++i) {
    const std::size_t end = i < returns.size() ? returns[i] : values.size();
    if (leaves[i] > 0)
      gone.push_back(mean_of(values, leaves[i], end));  // one that starts the video is not counted
  }
  std::vector<double> back;
  for (std::size_t i = 0; i < returns.size(); ++i) {
    const std::size_t end = i + 1 < leaves.size() ? leaves[i + 1] : values.size();
    back.push_back(mean_of(values, returns[i], end));
  }
  Segments segments;
  if (!gone.empty()) segments.disappeared = pairwise_mean(gone);
  if (!back.empty()) segments.reappeared = pairwise_mean(back);
  return segments;
}

template <Value Segments::*Part>
Value segment_mean(const Measure& measure, const ObjectValues& values, const MeasureRules&) {
  const Value a = segments_of(values.of(measure.of[0]), values.truth_is_empty).*Part;
  const Value b = segments_of(values.of(measure.of[1]), values.truth_is_empty).*Part;
  if (!a || !b) return std::nullopt;
  return (*a + *b) / 2;
}

Value region_disappeared(const Measure& measure, const ObjectValues& values, const MeasureRules&) {
  return segments_of(values.of(measure.of[0]), values.truth_is_empty).disappeared;
}

Value ratio(std::uint32_t part, std::uint32_t whole) {
  if (whole == 0) return std::nullopt;
  return static_cast<double>(part) / static_cast<double>(whole);
}

std::uint32_t num_present(const AbsenceCounts& counts) {
  return counts.found + counts.wrong + counts.missed;
}

Value not_reported(const Measure&, const ObjectValues& values, const MeasureRules&) {
  return ratio(values.absence.missed, num_present(values.absence));
}

Value drifted(const Measure&, const ObjectValues& values, const MeasureRules&) {
  return ratio(values.absence.wrong, num_present(values.absence));
}

Value absence_detected(const Measure&, const ObjectValues& values, const MeasureRules&) {
  const std::uint32_t away = values.absence.hallucinated + values.absence.absent;
  constexpr std::uint32_t kEnoughAbsence = 10;  // ADQ is reported where N + H > 10 (VOTS)
  if (away <= kEnoughAbsence) return std::nullopt;
  return ratio(values.absence.absent, away);
}

Value robustness(const Measure&, const ObjectValues& values, const MeasureRules&) {
  return ratio(values.absence.found, num_present(values.absence));
}

// VOTS: the mean overlap of the frames in which the object is present and found, and of the
// initialisation, whose overlap is 0; 0 where there is no such frame.
Value accuracy(const Measure& measure, const ObjectValues& values, const MeasureRules& rules) {
  const std::span<const double> overlaps = values.of(measure.of[0]);
  if (overlaps.empty()) return std::nullopt;
  double sum = 0;
  std::size_t count = 0;
  for (std::size_t i = 0; i < overlaps.size(); ++i) {
    if (values.truth_is_empty[i]) continue;
    if (overlaps[i] <= rules.absence_threshold && values.initialisation != i) continue;
    sum += overlaps[i];
    ++count;
  }
  return count == 0 ? 0 : sum / static_cast<double>(count);
}

Value outline_change(const Measure&, const ObjectValues& values, const MeasureRules&) {
  if (values.outline_changes.empty()) return std::nullopt;
  return kStabilityScale * pairwise_mean(values.outline_changes);
}

Value pair_value(const Measure& measure, const ObjectValues& values, const MeasureRules&) {
  return values.of(*measure.pair).value;
}

constexpr Direction kHigher = Direction::higher_is_better;
constexpr Direction kLower = Direction::lower_is_better;

// Recall and decay of a measure that has a value per frame.
Measure recall_of(const Measure& base) {
  Measure row;
  row.id = base.id + "_recall";
  if (!base.ascii.empty()) row.ascii = base.ascii + "_recall";
  row.name = base.name + " recall";
  if (!base.latex.empty()) row.latex = base.latex + " recall";
  row.words = "share of frames above one half";
  row.needs = base.needs;
  row.reduce = recall;
  row.of = {base.id};
  return row;
}

Measure decay_of(const Measure& base) {
  Measure row = recall_of(base);
  row.id = base.id + "_decay";
  if (!base.ascii.empty()) row.ascii = base.ascii + "_decay";
  row.name = base.name + " decay";
  if (!base.latex.empty()) row.latex = base.latex + " decay";
  row.words = "first quarter minus last";
  row.direction = kLower;
  row.reduce = decay;
  return row;
}

// J, F and their mean over one segment of a video.
std::vector<Measure> segment_rows(SceneSegment segment, const std::string& suffix,
                                  const std::string& words) {
  std::vector<Measure> rows(3);
  const char* const names[] = {"J&F", "J", "F"};
  const char* const latex[] = {R"($\mathcal{J}\&\mathcal{F}$ )", R"($\mathcal{J}$ )",
                               R"($\mathcal{F}$ )"};
  for (std::size_t i = 0; i < rows.size(); ++i) {
    Measure& row = rows[i];
    row.id = std::string(names[i]) + "_" + suffix;
    row.name = std::string(names[i]) + " " + suffix;
    row.latex = latex[i] + suffix;
    row.words = std::string(names[i]) + " over " + words;
    row.where_defined = true;
    row.segment = segment;
    if (i == 0) {
      row.of = {"J_" + suffix, "F_" + suffix};
      continue;
    }
    row.needs = i == 2 ? FrameData::one_radius : FrameData::counts;
    row.reduce = segment_frames_mean;
    row.of = {names[i]};
  }
  return rows;
}

// Measures of classes, maps and labels that may overlap. How they come about stands in
// task_measures.h; nothing of a frame's objects is needed.
std::vector<Measure> task_rows() {
  const FrameData counts = FrameData::counts;
  const Unit fraction = Unit::fraction;
  // clang-format off
  return {
      {"mIoU_foreground", "", "mIoU foreground", "", "mean intersection over union of classes, without the background",
       kHigher, fraction, counts},
      {"mIoU_foreground_image", "", "mIoU foreground, by image", "", "mean over images of their classes’ mean, without the background",
       kHigher, fraction, counts},
      {"mIoU_image", "", "mIoU by image", "", "mean over images of their classes’ mean",
       kHigher, fraction, counts},
      {"mDice_foreground", "", "mDice foreground", "", "mean Dice of classes, without the background",
       kHigher, fraction, counts},
      {"mDice", "", "mDice", "", "mean Dice of classes",
       kHigher, fraction, counts},
      {"fwIoU", "", "fwIoU", "", "intersection over union of classes, weighted by their pixels",
       kHigher, fraction, counts},
      {"pixel_accuracy", "", "pixel accuracy", "", "share of pixels whose class is right",
       kHigher, fraction, counts},
      {"DSC", "", "DSC", "", "overlap, twice the common area over both areas",
       kHigher, fraction, counts},
      {"Acc", "", "Acc", "", "share of pixels that are right",
       kHigher, fraction, counts},
      {"Sen", "", "Sen", "", "share of the truth that is found",
       kHigher, fraction, counts},
      {"Spe", "", "Spe", "", "share of the background that is left empty",
       kHigher, fraction, counts},
      {"IOU", "", "IOU", "", "intersection over union",
       kHigher, fraction, counts},
      {"AUC", "", "AUC", "", "area under the ROC curve",
       kHigher, fraction, counts},
      {"VC", "", "VC", "", "components of the prediction over those of the truth, best at 1",
       Direction::unknown, Unit::plain, counts},
      {"log_VC", "", "|log VC|", "", "how far VC is from 1",
       kLower, Unit::plain, counts},
      {"AP", "", "AP", "", "average precision",
       kHigher, fraction, counts},
      {"miou-published", "", "mIoU published", "", "I / (U + 1e-6) of every image and label, a label of neither side 0; mean over images, then labels",
       kHigher, fraction, counts},
      {"miou", "", "mIoU", "", "mean over images in which either side has the label, then over labels",
       kHigher, fraction, counts},
      {"miou-present", "", "mIoU present", "", "mean over images whose truth has the label, then over labels",
       kHigher, fraction, counts},
      {"miou-dataset", "", "mIoU data set", "", "intersections over unions of all images, mean over labels",
       kHigher, fraction, counts},
      {"mdice-published", "", "mDice published", "", "as mIoU published, of 2 IoU / (1 + IoU)",
       kHigher, fraction, counts},
      {"mdice", "", "mDice", "", "as mIoU, of 2 IoU / (1 + IoU)",
       kHigher, fraction, counts},
      {"mdice-present", "", "mDice present", "", "as mIoU present, of 2 IoU / (1 + IoU)",
       kHigher, fraction, counts},
      {"mdice-dataset", "", "mDice data set", "", "as mIoU data set, of 2 IoU / (1 + IoU)",
       kHigher, fraction, counts},
  };
  // clang-format on
}

// "hd95-pooled_defined" is printed "hd95-pooled defined".
std::string printed_name(const PairMeasure& pair) {
  if (!pair.name.empty()) return std::string(pair.name);
  std::string name(pair.id);
  std::ranges::replace(name, '_', ' ');
  return name;
}

// The measures of pairs of masks. Lengths are in pixels where a protocol states no spacing.
void add_pair_rows(std::vector<Measure>& rows) {
  for (const PairMeasure& pair : pair_measures()) {
    Measure row;
    row.id = pair.id;
    row.name = printed_name(pair);
    row.words = pair.words;
    if (pair.reduce == PairReduce::mean_defined) row.words += ", where both masks have some";
    row.direction = pair.lower_is_better ? kLower : kHigher;
    row.unit = pair.unit == PairUnit::fraction ? Unit::fraction
               : pair.unit == PairUnit::number ? Unit::count
                                               : Unit::pixels;
    row.needs = FrameData::pair;
    row.reduce = pair_value;
    row.pair = &pair;
    rows.push_back(std::move(row));
  }
}

// In the order of boards' columns: MOSEv2 ranks by J&Ḟ, everything else by J&F.
std::vector<Measure> make_table() {
  const FrameData counts = FrameData::counts;
  const FrameData one_radius = FrameData::one_radius;
  const FrameData object_radius = FrameData::object_radius;
  const FrameData outlines = FrameData::outlines;
  const Unit fraction = Unit::fraction;
  // clang-format off
  std::vector<Measure> rows = {
      {"J&Ḟ", "J&Fdot", "J&Ḟ", R"($\mathcal{J}\&\dot{\mathcal{F}}$)", "mean of J and Ḟ",
       kHigher, fraction, counts, nullptr, nullptr, {"J", "Ḟ"}},
      {"J&F", "", "J&F", R"($\mathcal{J}\&\mathcal{F}$)", "mean of J and F",
       kHigher, fraction, counts, nullptr, nullptr, {"J", "F"}},
      {"J_tr", "", "J tr", R"($\mathcal{J}$ tr)", "region similarity over the last quarter of the frames",
       kHigher, fraction, counts, nullptr, tail_mean, {"J"}, true},
      {"J_tr_recall", "", "J tr recall", R"($\mathcal{J}$ tr recall)", "share of frames above one half in the last quarter",
       kHigher, fraction, counts, nullptr, tail_recall, {"J"}, true},
      {"J_tr_decay", "", "J tr decay", R"($\mathcal{J}$ tr decay)", "first quarter of the last quarter minus its last",
       kLower, fraction, counts, nullptr, tail_decay, {"J"}, true},
      {"J", "", "J", R"($\mathcal{J}$)", "region similarity",
       kHigher, fraction, counts, region, mean, {"J"}},
      {"F", "", "F", R"($\mathcal{F}$)", "contour accuracy",
       kHigher, fraction, one_radius, contour_one_radius, mean, {"F"}},
      {"Ḟ", "Fdot", "Ḟ", R"($\dot{\mathcal{F}}$)", "contour accuracy, tolerance by the object’s size",
       kHigher, fraction, object_radius, contour_object_radius, mean, {"Ḟ"}},
      {"J&Ḟ_d", "J&Fdot_d", "J&Ḟ d", R"($\mathcal{J}\&\dot{\mathcal{F}}$ d)", "J and Ḟ while the object has left",
       kHigher, fraction, counts, nullptr, segment_mean<&Segments::disappeared>, {"J", "Ḟ"}},
      {"J_d", "", "J d", R"($\mathcal{J}$ d)", "region similarity while the object has left",
       kHigher, fraction, counts, nullptr, region_disappeared, {"J"}, true},
      {"J&Ḟ_r", "J&Fdot_r", "J&Ḟ r", R"($\mathcal{J}\&\dot{\mathcal{F}}$ r)", "J and Ḟ after the object is back",
       kHigher, fraction, counts, nullptr, segment_mean<&Segments::reappeared>, {"J", "Ḟ"}},
      {"T", "", "T", R"($\mathcal{T}$)", "temporal stability",
       kLower, fraction, outlines, nullptr, outline_change, {}, true},
      {"V", "", "V", "", "deviation of J and F over time",
       kLower, fraction, counts, nullptr, deviation, {"J", "F"}, true},
      {"mIoU", "", "mIoU", "", "mean intersection over union",
       kHigher, fraction},
      {"IoU", "", "IoU", "", "intersection over union",
       kHigher, fraction},
      {"Dice", "", "Dice", "", "overlap, twice the common area over both areas",
       kHigher, fraction, counts, dice, mean, {"Dice"}},
      {"clDice", "", "clDice", "", "overlap with the other mask’s centre line",
       kHigher, fraction},
      {"Q", "", "Q", "", "tracking quality: mean overlap of all frames, 1 where an absent object is not reported",
       kHigher, fraction, counts, nullptr, mean, {"J"}, true},
      {"A", "", "A", "", "tracking accuracy: mean overlap while the object is found",
       kHigher, fraction, counts, nullptr, accuracy, {"J"}, true},
      {"R", "", "R", "", "tracking robustness: share of present frames in which the object is found",
       kHigher, fraction, counts, nullptr, robustness, {}, true},
      {"ADQ", "", "ADQ", "", "share of absent frames that are left empty",
       kHigher, fraction, counts, nullptr, absence_detected, {}, true},
      {"DRE", "", "DRE", "", "share of present frames that are reported elsewhere",
       kLower, fraction, counts, nullptr, drifted, {}, true},
      {"NRE", "", "NRE", "", "share of present frames that are not reported",
       kLower, fraction, counts, nullptr, not_reported, {}, true},
      {"fps", "", "fps", "", "frames per second",
       kHigher, Unit::plain},
      {"fps_std", "", "fps std", "", "deviation of frames per second",
       Direction::unknown, Unit::plain},
  };
  // clang-format on
  // Recall and decay stand behind the headline's measures, J's before F's.
  const auto at_t = std::ranges::find(rows, std::string("T"), &Measure::id);
  std::vector<Measure> statistics;
  for (const Measure& row : rows) {
    if (row.per_frame == nullptr) continue;
    statistics.push_back(recall_of(row));
    statistics.push_back(decay_of(row));
  }
  rows.insert(at_t, statistics.begin(), statistics.end());
  const auto add_segment = [&](SceneSegment segment, const std::string& suffix,
                               const std::string& words) {
    const std::vector<Measure> more = segment_rows(segment, suffix, words);
    rows.insert(std::ranges::find(rows, std::string("mIoU"), &Measure::id), more.begin(),
                more.end());
  };
  // What is measured where nothing is followed through frames; what objects have, too, stands once.
  for (Measure& row : task_rows()) {
    if (std::ranges::find(rows, row.id, &Measure::id) != rows.end()) continue;
    rows.insert(std::ranges::find(rows, std::string("fps"), &Measure::id), std::move(row));
  }
  add_segment(SceneSegment::first, "first", "the frames before the scene changes");
  add_segment(SceneSegment::second, "second", "the frames after the scene changes");
  add_segment(SceneSegment::remain, "remain", "the remaining frames");
  add_pair_rows(rows);
  return rows;
}

}  // namespace

std::span<const double> ObjectValues::of(std::string_view id) const {
  for (const Series& one : series) {
    if (one.measure->id == id) return one.values;
  }
  throw Error(ErrorKind::bug, "", "a measure reads a series that nobody made");
}

std::span<const double> ObjectValues::of(std::string_view id, SceneSegment segment) const {
  for (const Series& one : scenes[static_cast<std::size_t>(segment)]) {
    if (one.measure->id == id) return one.values;
  }
  return {};
}

const PairResult& ObjectValues::of(const PairMeasure& measure) const {
  const auto found = std::ranges::find(pairs, &measure);
  expects(found != pairs.end(), "a measure of pairs reads what was added up");
  return pair_results[static_cast<std::size_t>(found - pairs.begin())];
}

bool is_pair_metric(const Metric& metric) {
  const Measure* const row = find_measure(metric);
  return row != nullptr && row->pair != nullptr;
}

std::span<const Measure> measures() {
  static const std::vector<Measure> table = make_table();
  return table;
}

const Measure* find_measure(const Metric& metric) {
  const auto found = std::ranges::find(measures(), metric.id, &Measure::id);
  return found == measures().end() ? nullptr : &*found;
}

Metric metric_named(std::string_view text) {
  // Ḟ is one letter, or an F and a mark behind it.
  constexpr std::string_view kMarked = "F\xCC\x87";
  std::string name(text);
  for (std::size_t at = name.find(kMarked); at != std::string::npos; at = name.find(kMarked))
    name.replace(at, kMarked.size(), "Ḟ");
  for (const Measure& row : measures()) {
    if (!row.ascii.empty() && row.ascii == name) return Metric(row.id);
  }
  return Metric(name);
}

MetricDescriptor describe(const Metric& metric, Display display) {
  const Measure* const row = find_measure(metric);
  if (row != nullptr) {
    return {metric,         row->name, row->words,
            row->direction, row->unit, printed_decimals(row->unit, display)};
  }
  MetricDescriptor unknown;
  unknown.metric = metric;
  unknown.name = metric.id;
  if (const std::size_t line = unknown.name.find('_'); line != std::string::npos)
    unknown.name[line] = ' ';
  unknown.decimals = printed_decimals(unknown.unit, display);
  return unknown;
}

const Metric& region_metric() {
  static const Metric metric("J");
  return metric;
}

const Metric& contour_metric() {
  static const Metric metric("F");
  return metric;
}

const Metric& mean_metric() {
  static const Metric metric("J&F");
  return metric;
}

Metric statistic_of(const Metric& metric, std::string_view statistic) {
  return Metric(metric.id + "_" + std::string(statistic));
}

FrameStatistics frame_statistics(std::span<const double> values, DecayRule decay) {
  FrameStatistics statistics;
  if (values.empty()) return statistics;
  statistics.mean = pairwise_mean(values);
  statistics.recall = share_above(values, MeasureRules{}.recall_above);
  statistics.decay = first_bin_minus_last(values, decay);
  return statistics;
}

std::vector<ObjectValues::Series> series_for(std::span<const Metric> metrics) {
  std::vector<ObjectValues::Series> series;
  for (const Metric& metric : metrics) {
    const Measure* const row = find_measure(metric);
    if (row == nullptr) continue;
    for (const std::string& id : row->of) {
      const Measure* const source = find_measure(Metric(id));
      if (row->is_mean_of_parts() && source != nullptr && source->per_frame == nullptr) continue;
      expects(source != nullptr && source->per_frame != nullptr,
              "a measure is made of measures with a value per frame");
      const bool is_there = std::ranges::any_of(
          series, [&](const ObjectValues::Series& one) { return one.measure == source; });
      if (!is_there) series.push_back({source, {}});
    }
  }
  return series;
}

}  // namespace angiobench
