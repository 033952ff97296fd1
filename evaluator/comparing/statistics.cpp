// SPDX-License-Identifier: MIT
#include "evaluator/comparing/statistics.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <functional>
#include <limits>
#include <numeric>
#include <string>
#include <thread>

#include "dataset/error.h"
#include "evaluator/comparing/philox.h"

namespace angiobench {
namespace {

constexpr double kNoValue = std::numeric_limits<double>::quiet_NaN();
// Sums that differ by less than this share of the sum of magnitudes are equal: rounding of at most
// a few thousand additions stays below it, and real scores do not come that close.
constexpr double kRoundingShare = 1e-12;
constexpr std::size_t kMaxExactWilcoxon = 50;  // scipy's bound

// Calls work(begin, end) on pieces of [0, count) in `jobs` threads; what is written must not depend
// on the pieces.
void for_pieces(std::uint64_t count, int jobs, std::uint64_t cost_of_one,
                const std::function<void(std::uint64_t, std::uint64_t)>& work) {
  constexpr std::uint64_t kCostOfThread =
      500'000;  // a thread costs about as much as this many additions
  const std::uint64_t wanted =
      jobs > 0 ? static_cast<std::uint64_t>(jobs)
               : std::max<std::uint64_t>(1, std::thread::hardware_concurrency());
  const std::uint64_t num_pieces =
      std::clamp<std::uint64_t>(count * cost_of_one / kCostOfThread, 1, wanted);
  std::vector<std::jthread> threads;
  for (std::uint64_t i = 1; i < num_pieces; ++i) {
    threads.emplace_back(work, count * i / num_pieces, count * (i + 1) / num_pieces);
  }
  work(0, count / num_pieces);
}

// The distinct columns (sums and counts of parts) of some samples, a row a sequence: samples share
// most of theirs, and a draw adds whole rows.
struct ColumnTable {
  struct PartColumns {
    std::size_t sum = 0;
    std::size_t count = 0;
  };
  std::size_t num_rows = 0;
  std::size_t num_columns = 0;
  std::vector<double> rows;
  std::vector<std::vector<PartColumns>> parts;  // [sample][part]
  std::vector<EmptyParts> empty_parts;          // [sample]
};

ColumnTable make_table(std::span<const AggregateSample> samples) {
  ColumnTable table;
  std::vector<const std::vector<double>*> columns;
  const auto column_of = [&](const std::vector<double>& values) {
    for (std::size_t i = 0; i < columns.size(); ++i) {
      if (*columns[i] == values) return i;
    }
    columns.push_back(&values);
    return columns.size() - 1;
  };
  for (const AggregateSample& sample : samples) {
    std::vector<ColumnTable::PartColumns>& parts = table.parts.emplace_back();
    table.empty_parts.push_back(sample.empty_parts);
    for (const SamplePart& part : sample.parts) {
      expects(part.sums.size() == part.counts.size(), "a part has as many sums as counts");
      if (!columns.empty())
        expects(part.sums.size() == columns.front()->size(), "samples have the same sequences");
      const std::size_t sum = column_of(part.sums);
      parts.push_back({sum, column_of(part.counts)});
    }
  }
  table.num_columns = columns.size();
  table.num_rows = columns.empty() ? 0 : columns.front()->size();
  table.rows.resize(table.num_rows * table.num_columns);
  for (std::size_t column = 0; column < columns.size(); ++column) {
    for (std::size_t row = 0; row < table.num_rows; ++row) {
      table.rows[row * table.num_columns + column] = (*columns[column])[row];
    }
  }
  return table;
}

double value_of_totals(const std::vector<ColumnTable::PartColumns>& parts, EmptyParts empty_parts,
                       const std::vector<double>& totals) {
  double sum = 0;
  std::size_t count = 0;
  for (const auto& [sum_column, count_column] : parts) {
    if (totals[count_column] == 0) {
      if (empty_parts == EmptyParts::no_value) return kNoValue;
      continue;
    }
    sum += totals[sum_column] / totals[count_column];
    ++count;
  }
  return count == 0 ? kNoValue : sum / static_cast<double>(count);
}

// Sums of +-d over eight values at a time: table[byte] for every pattern of signs (bit set: plus).
using SignTable = std::array<double, 256>;

std::vector<SignTable> make_sign_tables(std::span<const double> values) {
  std::vector<SignTable> tables((values.size() + 7) / 8);
  for (std::size_t i = 0; i < tables.size(); ++i) {
    const std::span<const double> eight =
        values.subspan(8 * i, std::min<std::size_t>(8, values.size() - 8 * i));
    for (unsigned pattern = 0; pattern < 256; ++pattern) {
      double sum = 0;
      for (std::size_t bit = 0; bit < eight.size(); ++bit)
        sum += (pattern >> bit & 1U) != 0 ? eight[bit] : -eight[bit];
      tables[i][pattern] = sum;
    }
  }
  return tables;
}

// Ranks of magnitudes from 1, equal ones sharing their mean, and the sum of t^3 - t over ties of t.
struct SignedRanks {
  double plus = 0;
  double minus = 0;
  double ties = 0;
};

SignedRanks signed_ranks(std::vector<double> values) {
  std::sort(values.begin(), values.end(),
            [](double a, double b) { return std::abs(a) < std::abs(b); });
  SignedRanks ranks;
  for (std::size_t first = 0; first < values.size();) {
    std::size_t last = first;
    while (last < values.size() && std::abs(values[last]) == std::abs(values[first])) ++last;
    const double rank = static_cast<double>(first + 1 + last) / 2;
    for (std::size_t i = first; i < last; ++i) (values[i] > 0 ? ranks.plus : ranks.minus) += rank;
    const double tied = static_cast<double>(last - first);
    ranks.ties += tied * tied * tied - tied;
    first = last;
  }
  return ranks;
}

// P(W <= w) where W is the sum of a random subset of 1..n.
double wilcoxon_cdf(std::size_t n, std::size_t w) {
  std::vector<double> ways(n * (n + 1) / 2 + 1, 0.0);
  ways[0] = 1;
  for (std::size_t rank = 1; rank <= n; ++rank) {
    for (std::size_t sum = rank * (rank + 1) / 2; sum >= rank; --sum) ways[sum] += ways[sum - rank];
  }
  const auto end = ways.begin() + static_cast<std::ptrdiff_t>(std::min(w + 1, ways.size()));
  return std::accumulate(ways.begin(), end, 0.0) / std::exp2(static_cast<double>(n));
}

}  // namespace

std::optional<double> sample_value(const AggregateSample& sample) {
  double sum = 0;
  std::size_t num_parts = 0;
  for (const SamplePart& part : sample.parts) {
    const double count = std::accumulate(part.counts.begin(), part.counts.end(), 0.0);
    if (count == 0) {
      if (sample.empty_parts == EmptyParts::no_value) return std::nullopt;
      continue;
    }
    sum += std::accumulate(part.sums.begin(), part.sums.end(), 0.0) / count;
    ++num_parts;
  }
  if (num_parts == 0) return std::nullopt;
  return sum / static_cast<double>(num_parts);
}

std::vector<std::vector<double>> bootstrap_replicates(std::span<const AggregateSample> samples,
                                                      const BootstrapOptions& options) {
  const ColumnTable table = make_table(samples);
  std::vector<std::vector<double>> replicates(samples.size(),
                                              std::vector<double>(options.resamples, kNoValue));
  if (table.num_rows == 0) return replicates;
  const auto num_rows = static_cast<std::uint32_t>(table.num_rows);
  for_pieces(
      options.resamples, options.jobs, table.num_rows * (4 + table.num_columns),
      [&](std::uint64_t begin, std::uint64_t end) {
        std::vector<double> totals(table.num_columns);
        for (std::uint64_t draw = begin; draw < end; ++draw) {
          PhiloxStream random(options.seed, RandomPurpose::bootstrap, draw);
          std::fill(totals.begin(), totals.end(), 0.0);
          for (std::uint32_t i = 0; i < num_rows; ++i) {
            const double* row = table.rows.data() + random.below(num_rows) * table.num_columns;
            for (std::size_t column = 0; column < table.num_columns; ++column)
              totals[column] += row[column];
          }
          for (std::size_t i = 0; i < replicates.size(); ++i) {
            replicates[i][draw] = value_of_totals(table.parts[i], table.empty_parts[i], totals);
          }
        }
      });
  return replicates;
}

namespace {

std::vector<double> without_nan(std::span<const double> values) {
  std::vector<double> defined;
  defined.reserve(values.size());
  std::copy_if(values.begin(), values.end(), std::back_inserter(defined),
               [](double v) { return !std::isnan(v); });
  return defined;
}

// Of values that are some; their order changes.
double percentile_of(std::vector<double>& sorted, double p) {
  const double position = p * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(position);
  std::nth_element(sorted.begin(), sorted.begin() + static_cast<std::ptrdiff_t>(below),
                   sorted.end());
  const double low = sorted[below];
  if (below + 1 == sorted.size()) return low;
  const double high =
      *std::min_element(sorted.begin() + static_cast<std::ptrdiff_t>(below) + 1, sorted.end());
  return low + (position - static_cast<double>(below)) * (high - low);
}

}  // namespace

std::optional<double> percentile(std::span<const double> values, double p) {
  expects(p >= 0 && p <= 1, "a percentile is asked for as a fraction");
  std::vector<double> defined = without_nan(values);
  if (defined.empty()) return std::nullopt;
  return percentile_of(defined, p);
}

std::optional<Interval> percentile_interval(std::span<const double> replicates,
                                            std::size_t num_sequences, double level) {
  std::vector<double> defined = without_nan(replicates);
  const std::size_t num_defined = defined.size();
  if (num_sequences < 2 || num_defined == 0 || 2 * num_defined < replicates.size())
    return std::nullopt;
  Interval interval;
  interval.level = level;
  interval.low = percentile_of(defined, (1 - level) / 2);
  interval.high = percentile_of(defined, 1 - (1 - level) / 2);
  interval.resamples = static_cast<std::uint32_t>(num_defined);
  return interval;
}

std::vector<double> paired_differences(std::span<const double> a, std::span<const double> b) {
  expects(a.size() == b.size(), "paired replicates are equally many");
  std::vector<double> differences(a.size());
  std::transform(a.begin(), a.end(), b.begin(), differences.begin(), std::minus<>());
  return differences;
}

std::vector<double> difference_contributions(const AggregateSample& a, const AggregateSample& b) {
  expects(a.parts.size() == b.parts.size(), "paired samples have the same parts");
  std::vector<double> contributions(a.num_sequences(), 0.0);
  for (std::size_t i = 0; i < a.parts.size(); ++i) {
    expects(a.parts[i].counts == b.parts[i].counts, "paired samples are over the same objects");
    const double count = std::accumulate(a.parts[i].counts.begin(), a.parts[i].counts.end(), 0.0);
    if (count == 0) continue;
    const double scale = 1 / (count * static_cast<double>(a.parts.size()));
    for (std::size_t s = 0; s < contributions.size(); ++s) {
      contributions[s] += (a.parts[i].sums[s] - b.parts[i].sums[s]) * scale;
    }
  }
  return contributions;
}

TestResult sign_flip_test(std::span<const double> contributions, const SignFlipOptions& options) {
  TestResult result;
  const std::size_t n = contributions.size();
  double magnitude = 0;
  for (const double value : contributions) {
    result.statistic += value;
    magnitude += std::abs(value);
  }
  if (n == 0) return result;
  const double threshold = std::abs(result.statistic) - kRoundingShare * magnitude;
  const std::vector<SignTable> tables = make_sign_tables(contributions);

  // Look at every pattern where there are few.
  if (n <= kMaxExactFlips) {
    const std::uint32_t num_patterns = 1U << n;
    std::uint64_t hits = 0;
    for (std::uint32_t pattern = 0; pattern < num_patterns; ++pattern) {
      double sum = tables[0][pattern & 255U];
      if (tables.size() > 1) sum += tables[1][pattern >> 8];
      if (std::abs(sum) >= threshold) ++hits;
    }
    result.num_used = num_patterns;
    result.p = static_cast<double>(hits) / num_patterns;
    return result;
  }

  // Draw patterns; each flip has its own numbered stream, so that hits do not depend on the pieces.
  std::vector<std::uint8_t> hit(options.flips);
  for_pieces(options.flips, options.jobs, 3 * tables.size(),
             [&](std::uint64_t begin, std::uint64_t end) {
               for (std::uint64_t flip = begin; flip < end; ++flip) {
                 PhiloxStream random(options.seed, RandomPurpose::sign_flips, flip);
                 double sum = 0;
                 std::uint32_t bits = 0;
                 for (std::size_t i = 0; i < tables.size(); ++i) {
                   bits = i % 4 == 0 ? random.next() : bits >> 8;
                   sum += tables[i][bits & 255U];
                 }
                 hit[flip] = std::abs(sum) >= threshold ? 1 : 0;
               }
             });
  const auto hits = static_cast<double>(std::count(hit.begin(), hit.end(), 1));
  result.exact = false;
  result.num_used = options.flips;
  result.p = (1 + hits) / (1 + static_cast<double>(options.flips));
  return result;
}

TestResult exchange_test(const AggregateSample& a, const AggregateSample& b,
                         const SignFlipOptions& options) {
  constexpr std::uint32_t kMostDraws = 10'000;
  // Values are quotients near 1: what differs by less came from the order of additions.
  constexpr double kSame = 1e-12;
  expects(a.parts.size() == b.parts.size(), "paired samples have the same parts");
  TestResult result;
  const std::size_t n = a.num_sequences();
  const std::optional<double> value_a = sample_value(a);
  const std::optional<double> value_b = sample_value(b);
  if (n == 0 || !value_a || !value_b) return result;
  result.statistic = *value_a - *value_b;
  // Whether the difference is as large where `is_exchanged(s)` says which sequences change sides.
  const auto is_as_large = [&](const auto& is_exchanged) {
    double values[2];
    for (const int side : {0, 1}) {
      double sum = 0;
      std::size_t count = 0;
      for (std::size_t part = 0; part < a.parts.size(); ++part) {
        double part_sum = 0;
        double part_count = 0;
        for (std::size_t s = 0; s < n; ++s) {
          const AggregateSample& from = is_exchanged(s) == (side == 0) ? b : a;
          part_sum += from.parts[part].sums[s];
          part_count += from.parts[part].counts[s];
        }
        if (part_count == 0) continue;
        sum += part_sum / part_count;
        ++count;
      }
      values[side] = count == 0 ? 0 : sum / static_cast<double>(count);
    }
    return std::abs(values[0] - values[1]) >= std::abs(result.statistic) - kSame;
  };
  std::uint64_t hits = 0;
  if (n <= kMaxExactFlips) {
    result.num_used = std::uint64_t{1} << n;
    for (std::uint64_t pattern = 0; pattern < result.num_used; ++pattern)
      hits += is_as_large([&](std::size_t s) { return (pattern >> s & 1U) != 0; }) ? 1 : 0;
    result.p = static_cast<double>(hits) / static_cast<double>(result.num_used);
    return result;
  }
  const std::uint32_t draws = std::min(options.flips, kMostDraws);
  std::vector<std::uint8_t> hit(draws);
  for_pieces(
      draws, options.jobs, 4 * n * a.parts.size(), [&](std::uint64_t begin, std::uint64_t end) {
        std::vector<std::uint32_t> bits(n / 32 + 1);
        for (std::uint64_t draw = begin; draw < end; ++draw) {
          PhiloxStream random(options.seed, RandomPurpose::sign_flips, draw);
          for (std::uint32_t& word : bits) word = random.next();
          hit[draw] =
              is_as_large([&](std::size_t s) { return (bits[s / 32] >> (s % 32) & 1U) != 0; }) ? 1
                                                                                               : 0;
        }
      });
  hits = static_cast<std::uint64_t>(std::count(hit.begin(), hit.end(), 1));
  result.exact = false;
  result.num_used = draws;
  result.p = (1 + static_cast<double>(hits)) / (1 + static_cast<double>(draws));
  return result;
}

TestResult wilcoxon_signed_rank(std::span<const double> differences) {
  std::vector<double> values;
  std::copy_if(differences.begin(), differences.end(), std::back_inserter(values),
               [](double d) { return d != 0; });
  TestResult result;
  result.num_used = values.size();
  if (values.empty()) return result;
  const bool has_zeros = values.size() != differences.size();
  const auto n = static_cast<double>(values.size());
  const SignedRanks ranks = signed_ranks(std::move(values));
  result.statistic = std::min(ranks.plus, ranks.minus);
  if (!has_zeros && ranks.ties == 0 && result.num_used <= kMaxExactWilcoxon) {
    result.p = std::min(
        1.0, 2 * wilcoxon_cdf(result.num_used, static_cast<std::size_t>(result.statistic)));
    return result;
  }
  result.exact = false;
  const double mean = n * (n + 1) / 4;
  const double variance = (n * (n + 1) * (2 * n + 1) - ranks.ties / 2) / 24;
  const double z = (result.statistic - mean) / std::sqrt(variance);
  result.p = std::erfc(std::abs(z) / std::sqrt(2.0));
  return result;
}

std::vector<double> holm_adjusted(std::span<const double> p_values) {
  std::vector<std::size_t> order(p_values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return p_values[a] < p_values[b]; });
  std::vector<double> adjusted(p_values.size());
  double running = 0;
  for (std::size_t i = 0; i < order.size(); ++i) {
    const double factor = static_cast<double>(order.size() - i);
    running = std::max(running, std::min(1.0, factor * p_values[order[i]]));
    adjusted[order[i]] = running;
  }
  return adjusted;
}

std::vector<RankStability> rank_stability(std::span<const double> values,
                                          std::span<const std::vector<double>> replicates,
                                          Direction direction, double level) {
  expects(values.size() == replicates.size(), "every method has replicates");
  const std::size_t num_methods = values.size();
  const auto rank_of = [&](const auto& value_at, std::size_t method) {
    int rank = 1;
    for (std::size_t other = 0; other < num_methods; ++other) {
      if (is_better(value_at(other), value_at(method), direction)) ++rank;
    }
    return rank;
  };
  std::vector<RankStability> stability(num_methods);
  for (std::size_t i = 0; i < num_methods; ++i) {
    stability[i].rank = rank_of([&](std::size_t method) { return values[method]; }, i);
    stability[i].low = stability[i].high = stability[i].rank;
  }

  // Rank the methods in every draw in which all of them have a value.
  std::vector<std::vector<int>> ranks(num_methods);
  const std::size_t num_draws = num_methods == 0 ? 0 : replicates.front().size();
  for (std::size_t draw = 0; draw < num_draws; ++draw) {
    const auto value_at = [&](std::size_t method) { return replicates[method][draw]; };
    bool defined = true;
    for (std::size_t i = 0; i < num_methods; ++i) defined = defined && !std::isnan(value_at(i));
    if (!defined) continue;
    int num_first = 0;
    for (std::size_t i = 0; i < num_methods; ++i) {
      ranks[i].push_back(rank_of(value_at, i));
      if (ranks[i].back() == 1) ++num_first;
    }
    for (std::size_t i = 0; i < num_methods; ++i) {
      if (ranks[i].back() == 1) stability[i].p_first += 1.0 / num_first;
    }
  }
  if (num_methods == 0 || ranks.front().empty()) return stability;

  // Cut the tails off, outwards to whole ranks.
  const auto num_used = static_cast<double>(ranks.front().size());
  const double tail = (1 - level) / 2;
  const auto first = static_cast<std::size_t>(std::floor(tail * num_used));
  const auto last = static_cast<std::size_t>(std::max(1.0, std::ceil((1 - tail) * num_used))) - 1;
  for (std::size_t i = 0; i < num_methods; ++i) {
    std::sort(ranks[i].begin(), ranks[i].end());
    stability[i].low = ranks[i][std::min(first, ranks[i].size() - 1)];
    stability[i].high = ranks[i][std::min(last, ranks[i].size() - 1)];
    stability[i].p_first /= num_used;
  }
  return stability;
}

std::vector<bool> displayed_ties(std::span<const double> values, int decimals, double scale) {
  std::vector<std::string> printed;
  for (const double value : values) {
    std::string text(64, '\0');
    const int size = std::snprintf(text.data(), text.size(), "%.*f", decimals, value * scale + 0.0);
    text.resize(static_cast<std::size_t>(std::clamp(size, 0, 63)));
    if (text.starts_with('-') && text.find_first_not_of("-0.") == std::string::npos)
      text.erase(0, 1);
    printed.push_back(std::move(text));
  }
  std::vector<bool> tied(values.size(), false);
  for (std::size_t i = 0; i < printed.size(); ++i)
    tied[i] = std::count(printed.begin(), printed.end(), printed[i]) > 1;
  return tied;
}

}  // namespace angiobench
