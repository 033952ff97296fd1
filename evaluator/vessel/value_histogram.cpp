// SPDX-License-Identifier: MIT
#include "evaluator/vessel/value_histogram.h"

#include <array>
#include <cmath>
#include <numeric>

#include "dataset/error.h"

namespace angiobench {
namespace {

std::uint64_t sum_of(const std::vector<std::uint64_t>& counts) {
  return std::accumulate(counts.begin(), counts.end(), std::uint64_t{0});
}

double share(std::uint64_t part, std::uint64_t whole, double otherwise) {
  return whole == 0 ? otherwise : static_cast<double>(part) / static_cast<double>(whole);
}

}  // namespace

std::uint64_t ValueHistogram::num_on() const { return sum_of(on); }
std::uint64_t ValueHistogram::num_off() const { return sum_of(off); }

ValueHistogram count_values(const MaskView& truth, const MaskView& map) {
  expects(truth.width == map.width && truth.height == map.height,
          "a map has the size of its truth");
  // Neighbours have the same value more often than not: tables side by side, so that no count waits
  // for the one before.
  constexpr std::size_t kTables = 4;
  std::array<std::array<std::uint32_t, 512>, kTables> tables{};
  ValueHistogram histogram{std::vector<std::uint64_t>(256), std::vector<std::uint64_t>(256)};
  const auto flush = [&] {
    for (auto& table : tables) {
      for (std::size_t value = 0; value < 256; ++value) {
        histogram.off[value] += table[value];
        histogram.on[value] += table[256 + value];
      }
      table.fill(0);
    }
  };
  std::uint64_t since_flush = 0;
  for (int y = 0; y < map.height; ++y) {
    const std::uint8_t* const values = map.row(y);
    const std::uint8_t* const labels = truth.row(y);
    int x = 0;
    for (; x + static_cast<int>(kTables) <= map.width; x += static_cast<int>(kTables)) {
      for (std::size_t k = 0; k < kTables; ++k) {
        const std::size_t place = labels[x + static_cast<int>(k)] != 0 ? 256 : 0;
        ++tables[k][place + values[x + static_cast<int>(k)]];
      }
    }
    for (; x < map.width; ++x) ++tables[0][(labels[x] != 0 ? 256U : 0U) + values[x]];
    since_flush += static_cast<std::uint64_t>(map.width);
    if (since_flush >= (std::uint64_t{1} << 31)) {
      flush();
      since_flush = 0;
    }
  }
  flush();
  return histogram;
}

ValueHistogram count_values(const MaskView& truth, std::span<const std::uint16_t> map,
                            std::size_t num_values) {
  const auto width = static_cast<std::size_t>(truth.width);
  expects(map.size() == width * static_cast<std::size_t>(truth.height),
          "a map has the size of its truth");
  expects(num_values == 256 || num_values == 65536, "a map has 8 or 16 bits");
  // A value too large is looked for once, at the end.
  std::vector<std::uint64_t> counts(2 * num_values);
  const std::size_t mask = num_values - 1;
  std::uint16_t all_bits = 0;
  for (int y = 0; y < truth.height; ++y) {
    const std::uint16_t* const values = map.data() + static_cast<std::size_t>(y) * width;
    const std::uint8_t* const labels = truth.row(y);
    for (std::size_t x = 0; x < width; ++x) {
      all_bits |= values[x];
      ++counts[(labels[x] != 0 ? num_values : 0) + (values[x] & mask)];
    }
  }
  expects(all_bits < num_values, "a map's values fit its depth");
  const auto middle = counts.begin() + static_cast<std::ptrdiff_t>(num_values);
  return {{middle, counts.end()}, {counts.begin(), middle}};
}

ThresholdCounts counts_at(const ValueHistogram& histogram, std::size_t threshold) {
  ThresholdCounts counts;
  for (std::size_t value = 0; value < histogram.on.size(); ++value) {
    (value >= threshold ? counts.true_positive : counts.false_negative) += histogram.on[value];
    (value >= threshold ? counts.false_positive : counts.true_negative) += histogram.off[value];
  }
  return counts;
}

std::size_t threshold_value(double probability, std::size_t largest) {
  expects(probability > 0 && probability <= 1, "a threshold is a probability");
  auto value = static_cast<std::size_t>(probability * static_cast<double>(largest));
  while (static_cast<double>(value) / static_cast<double>(largest) < probability) ++value;
  return value;
}

std::uint64_t auc_numerator_twice(const ValueHistogram& histogram) {
  std::uint64_t sum = 0;
  std::uint64_t below = 0;
  for (std::size_t value = 0; value < histogram.on.size(); ++value) {
    sum += histogram.on[value] * (2 * below + histogram.off[value]);
    below += histogram.off[value];
  }
  return sum;
}

std::optional<double> area_under_roc(const ValueHistogram& histogram) {
  const std::uint64_t on = histogram.num_on();
  const std::uint64_t off = histogram.num_off();
  if (on == 0 || off == 0) return std::nullopt;
  return static_cast<double>(auc_numerator_twice(histogram)) / static_cast<double>(2 * on * off);
}

std::optional<double> average_precision(const ValueHistogram& histogram) {
  const std::uint64_t on = histogram.num_on();
  if (on == 0) return std::nullopt;
  double sum = 0;
  std::uint64_t hits = 0;
  std::uint64_t predicted = 0;
  for (std::size_t value = histogram.on.size(); value-- > 0;) {
    hits += histogram.on[value];
    predicted += histogram.on[value] + histogram.off[value];
    if (histogram.on[value] == 0) continue;
    sum += static_cast<double>(histogram.on[value]) / static_cast<double>(on) *
           (static_cast<double>(hits) / static_cast<double>(predicted));
  }
  return sum;
}

std::vector<CurvePoint> curve(const ValueHistogram& histogram) {
  const std::uint64_t on = histogram.num_on();
  const std::uint64_t off = histogram.num_off();
  std::vector<CurvePoint> points = {{histogram.on.size(), 0, 0, 1}};
  std::uint64_t hits = 0;
  std::uint64_t alarms = 0;
  for (std::size_t value = histogram.on.size(); value-- > 0;) {
    if (histogram.on[value] + histogram.off[value] == 0) continue;
    hits += histogram.on[value];
    alarms += histogram.off[value];
    points.push_back(
        {value, share(hits, on, 0), share(alarms, off, 0), share(hits, hits + alarms, 1)});
  }
  return points;
}

}  // namespace angiobench
