// SPDX-License-Identifier: MIT
#include "evaluator/vessel/pair_table.h"

#include <algorithm>

#include "evaluator/pairwise_sum.h"

namespace angiobench {
namespace {

using Frame = const PairFrame&;
using Value = std::optional<double>;

PairNeeds only(bool PairNeeds::*part) {
  PairNeeds needs;
  needs.*part = true;
  return needs;
}

PairMeasure fraction(std::string_view id, std::string_view group, std::string_view words,
                     const PairNeeds& needs, Value (*value)(Frame)) {
  return {id, group, words, false, PairUnit::fraction, PairReduce::mean, needs, value, nullptr};
}

PairMeasure named(std::string_view name, PairMeasure measure) {
  measure.name = name;
  return measure;
}

PairMeasure error(std::string_view id, std::string_view group, std::string_view words,
                  PairUnit unit, PairReduce reduce, const PairNeeds& needs, Value (*value)(Frame)) {
  return {id, group, words, true, unit, reduce, needs, value, nullptr};
}

PairMeasure ratio(std::string_view id, std::string_view group, std::string_view words,
                  const PairNeeds& needs, PairParts (*parts)(Frame)) {
  return {id, group, words, false, PairUnit::fraction, PairReduce::ratio, needs, nullptr, parts};
}

template <std::size_t kRadius>
PairParts radius_parts(Frame frame) {
  return {static_cast<double>(frame.counts.radius_found[kRadius]),
          static_cast<double>(frame.counts.radius[kRadius])};
}

template <std::size_t kIndex>
Value f_at(Frame frame) {
  return boundary_f_at(frame.counts, kIndex);
}

template <int kTolerance>
Value nsd_at(Frame frame) {
  return nsd(frame.counts, frame.spacing, kTolerance);
}

template <int kTolerance>
Value contour_nsd_at(Frame frame) {
  return contour_nsd(frame.counts, frame.spacing, kTolerance);
}

std::vector<PairMeasure> make_table() {
  const PairNeeds nothing;
  const PairNeeds skeleton = only(&PairNeeds::skeleton);
  const PairNeeds centreline = only(&PairNeeds::centreline);
  const PairNeeds radius = only(&PairNeeds::radius);
  const PairNeeds topology = only(&PairNeeds::topology);
  const PairNeeds border = only(&PairNeeds::border);
  const PairNeeds boundary = only(&PairNeeds::boundary);
  const PairNeeds contour = only(&PairNeeds::contour);
  std::vector<PairMeasure> table = {
      fraction("iou", "overlap", "intersection over union", nothing,
               [](Frame f) -> Value { return pair_iou(f.counts); }),
      fraction("dice", "overlap", "twice the intersection over both areas", nothing,
               [](Frame f) -> Value { return pair_dice(f.counts); }),
      fraction("precision", "overlap", "share of the prediction that is right", nothing,
               [](Frame f) -> Value { return pair_precision(f.counts); }),
      fraction("sensitivity", "overlap", "share of the truth that is found", nothing,
               [](Frame f) -> Value { return pair_sensitivity(f.counts); }),
      fraction("specificity", "overlap", "share of the background that is left alone", nothing,
               [](Frame f) -> Value { return pair_specificity(f.counts); }),
      fraction("accuracy", "overlap", "share of pixels that are right", nothing,
               [](Frame f) -> Value { return pair_accuracy(f.counts); }),
      fraction("mcc", "overlap", "Matthews correlation, -1 to 1", nothing,
               [](Frame f) -> Value { return pair_mcc(f.counts); }),

      named("clDice", fraction("cldice", "cldice", "harmonic mean of both shares of centre lines",
                               skeleton, [](Frame f) -> Value { return cldice(f.counts); })),
      fraction("tprec", "cldice", "share of the prediction's centre line inside the truth",
               skeleton, [](Frame f) -> Value { return cldice_precision(f.counts); }),
      fraction("tsens", "cldice", "share of the truth's centre line inside the prediction",
               skeleton, [](Frame f) -> Value { return cldice_sensitivity(f.counts); }),

      error("centreline_lost", "centreline", "the truth's centre line outside the prediction",
            PairUnit::pixels, PairReduce::sum, skeleton,
            [](Frame f) -> Value { return centreline_lost(f.counts); }),
      error("centreline_invented", "centreline", "the prediction's centre line outside the truth",
            PairUnit::pixels, PairReduce::sum, skeleton,
            [](Frame f) -> Value { return centreline_invented(f.counts); }),
      ratio("centreline_recall", "centreline",
            "share of the truth's centre line within 2 pixels of the prediction's", centreline,
            [](Frame f) -> PairParts {
              return {static_cast<double>(f.counts.truth_skeleton_near),
                      static_cast<double>(f.counts.truth_skeleton)};
            }),
      ratio("centreline_precision", "centreline",
            "share of the prediction's centre line within 2 pixels of the truth's", centreline,
            [](Frame f) -> PairParts {
              return {static_cast<double>(f.counts.prediction_skeleton_near),
                      static_cast<double>(f.counts.prediction_skeleton)};
            }),

      ratio("recall_thin", "radius", "share found of centre lines up to 2 pixels from the edge",
            radius, radius_parts<0>),
      ratio("recall_middle", "radius", "share found of centre lines up to 4 pixels from the edge",
            radius, radius_parts<1>),
      ratio("recall_thick", "radius", "share found of centre lines further from the edge", radius,
            radius_parts<2>),

      error("b0_error", "topology", "difference of the numbers of components", PairUnit::number,
            PairReduce::mean, topology, [](Frame f) -> Value { return b0_error(f.counts); }),
      error("b1_error", "topology", "difference of the numbers of holes", PairUnit::number,
            PairReduce::mean, topology, [](Frame f) -> Value { return b1_error(f.counts); }),
      error("components_missed", "topology", "components of the truth that nothing touches",
            PairUnit::number, PairReduce::sum, topology,
            [](Frame f) -> Value { return f.counts.components_missed; }),
      error("components_invented", "topology", "components of the prediction that touch nothing",
            PairUnit::number, PairReduce::sum, topology,
            [](Frame f) -> Value { return f.counts.components_invented; }),
  };

  // Each distance twice: with the substitution, and where both sides have something.
  const auto add_distance = [&](std::string_view id, std::string_view defined_id,
                                std::string_view group, std::string_view words,
                                const PairNeeds& needs, Value (*value)(Frame)) {
    table.push_back(error(id, group, words, PairUnit::length, PairReduce::mean, needs, value));
    table.push_back(
        error(defined_id, group, words, PairUnit::length, PairReduce::mean_defined, needs, value));
  };
  add_distance("hd", "hd_defined", "distance", "largest distance between borders", border,
               [](Frame f) -> Value { return f.border.hd; });
  add_distance("hd95", "hd95_defined", "distance",
               "percentile 95 of distances between borders, the larger side's", border,
               [](Frame f) -> Value { return f.border.hd95; });
  add_distance("hd95-pooled", "hd95-pooled_defined", "distance",
               "percentile 95 of distances between borders, both sides together", border,
               [](Frame f) -> Value { return f.border.hd95_pooled; });
  add_distance("assd", "assd_defined", "distance",
               "mean distance between borders over the pixels of both", border,
               [](Frame f) -> Value { return f.border.assd; });
  add_distance("masd", "masd_defined", "distance", "mean of both sides' mean distances", border,
               [](Frame f) -> Value { return f.border.masd; });
  add_distance("asd-prediction", "asd-prediction_defined", "distance",
               "mean distance from the prediction's border to the truth's", border,
               [](Frame f) -> Value { return f.border.asd_prediction; });
  add_distance("asd-truth", "asd-truth_defined", "distance",
               "mean distance from the truth's border to the prediction's", border,
               [](Frame f) -> Value { return f.border.asd_truth; });
  constexpr std::string_view kNsd = "share of both borders within this distance of the other";
  table.push_back(fraction("nsd@1", "nsd@1", kNsd, border, nsd_at<1>));
  table.push_back(fraction("nsd@2", "nsd@2", kNsd, border, nsd_at<2>));
  table.push_back(fraction("nsd@3", "nsd@3", kNsd, border, nsd_at<3>));
  constexpr std::string_view kF = "boundaries matched within this many pixels";
  table.push_back(fraction("f@1", "f@1", kF, boundary, f_at<0>));
  table.push_back(fraction("f@2", "f@2", kF, boundary, f_at<1>));
  table.push_back(fraction("f@3", "f@3", kF, boundary, f_at<2>));
  table.push_back(fraction("f@6", "f@6", kF, boundary, f_at<3>));

  add_distance("hd-contour", "hd-contour_defined", "distance-contour",
               "largest distance between contours", contour,
               [](Frame f) -> Value { return f.contour.hd; });
  add_distance("hd95-contour", "hd95-contour_defined", "distance-contour",
               "distance within which 95 % of the contour's length lie, the larger side's", contour,
               [](Frame f) -> Value { return f.contour.hd95; });
  add_distance(
      "asd-contour", "asd-contour_defined", "distance-contour",
      "mean distance between contours, weighted by length, both sides' mean", contour,
      [](Frame f) -> Value { return (f.contour.asd_truth + f.contour.asd_prediction) / 2; });
  constexpr std::string_view kContour = "share of both contours' length within this distance";
  table.push_back(
      fraction("nsd-contour@1", "distance-contour", kContour, contour, contour_nsd_at<1>));
  table.push_back(
      fraction("nsd-contour@2", "distance-contour", kContour, contour, contour_nsd_at<2>));
  table.push_back(
      fraction("nsd-contour@3", "distance-contour", kContour, contour, contour_nsd_at<3>));
  return table;
}

}  // namespace

PairFrame pair_frame(const PairCounts& counts, const PairNeeds& needs, const Spacing& spacing) {
  PairFrame frame{counts, spacing, {}, {}};
  if (needs.border) frame.border = border_distances(counts, spacing);
  if (needs.contour) frame.contour = contour_distances(counts, spacing);
  return frame;
}

std::span<const PairMeasure> pair_measures() {
  static const std::vector<PairMeasure> kTable = make_table();
  return kTable;
}

const PairMeasure* find_pair_measure(std::string_view id) {
  for (const PairMeasure& measure : pair_measures()) {
    if (measure.id == id) return &measure;
  }
  return nullptr;
}

std::vector<const PairMeasure*> select_pair_measures(std::span<const std::string> words,
                                                     std::vector<std::string>& unknown) {
  std::vector<const PairMeasure*> selected;
  const auto is_meant = [](const PairMeasure& measure, const std::string& word) {
    if (word == "vessel") return measure.group != "overlap" && measure.group != "distance-contour";
    return measure.id == word || measure.group == word;
  };
  for (const std::string& word : words) {
    if (std::ranges::none_of(pair_measures(),
                             [&](const PairMeasure& measure) { return is_meant(measure, word); }))
      unknown.push_back(word);
  }
  for (const PairMeasure& measure : pair_measures()) {
    if (std::ranges::any_of(words,
                            [&](const std::string& word) { return is_meant(measure, word); }))
      selected.push_back(&measure);
  }
  return selected;
}

PairNeeds needs_of(std::span<const PairMeasure* const> measures) {
  PairNeeds needs;
  for (const PairMeasure* const measure : measures) {
    needs.skeleton |= measure->needs.skeleton;
    needs.centreline |= measure->needs.centreline;
    needs.radius |= measure->needs.radius;
    needs.topology |= measure->needs.topology;
    needs.border |= measure->needs.border;
    needs.contour |= measure->needs.contour;
    needs.boundary |= measure->needs.boundary;
  }
  return needs;
}

namespace {

// Of a frame in which an object is neither there nor predicted, since the prediction is missing.
double value_of_nothing(const PairMeasure& measure, const PairFrame& frame) {
  return measure.unit == PairUnit::length ? worst_distance(frame.counts, frame.spacing) : 0;
}

}  // namespace

PairSums::PairSums(std::span<const PairMeasure* const> measures, PairBothEmpty both_empty)
    : measures_(measures.begin(), measures.end()),
      sums_(measures.size()),
      both_empty_(both_empty) {}

void PairSums::add(const PairFrame& frame, PairPrediction prediction) {
  const bool is_nothing = prediction == PairPrediction::missing && frame.counts.both_empty();
  for (std::size_t i = 0; i < measures_.size(); ++i) {
    const PairMeasure& measure = *measures_[i];
    Sums& sums = sums_[i];
    const bool is_out =
        frame.counts.both_empty() && both_empty_ == PairBothEmpty::left_out && !is_nothing;
    const bool is_undefined = measure.reduce == PairReduce::mean_defined &&
                              (frame.counts.truth == 0 || frame.counts.prediction == 0);
    std::optional<double> value;
    if (!is_out && !is_undefined) {
      if (measure.reduce == PairReduce::ratio) {
        const PairParts parts = measure.parts(frame);
        sums.part += parts.part;
        sums.whole += parts.whole;
        if (parts.whole > 0) value = parts.part / parts.whole;
      } else {
        value = is_nothing ? value_of_nothing(measure, frame) : measure.value(frame);
        if (value && measure.reduce == PairReduce::sum) sums.part += *value;
        if (value && measure.reduce != PairReduce::sum) sums.values.push_back(*value);
      }
    }
    if (!value) {
      ++sums.left_out;
      continue;
    }
    ++sums.frames;
    sums.one_empty += frame.counts.one_empty() ? 1 : 0;
  }
}

std::vector<PairResult> PairSums::results() const {
  std::vector<PairResult> results;
  for (std::size_t i = 0; i < measures_.size(); ++i) {
    const Sums& sums = sums_[i];
    PairResult& result = results.emplace_back();
    result.frames = sums.frames;
    result.one_empty = sums.one_empty;
    result.left_out = sums.left_out;
    switch (measures_[i]->reduce) {
      case PairReduce::mean:
      case PairReduce::mean_defined:
        if (!sums.values.empty()) result.value = pairwise_mean(sums.values);
        result.part = pairwise_sum(sums.values);
        result.whole = static_cast<double>(sums.values.size());
        break;
      case PairReduce::sum:
        if (sums.frames > 0) result.value = sums.part;
        result.part = sums.part;
        result.whole = sums.frames > 0 ? 1 : 0;
        break;
      case PairReduce::ratio:
        if (sums.whole > 0) result.value = sums.part / sums.whole;
        result.part = sums.part;
        result.whole = sums.whole;
        break;
    }
  }
  return results;
}

}  // namespace angiobench
