// SPDX-License-Identifier: MIT
#include "dataset/dicom/grey.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <utility>

#include "dataset/error.h"

namespace angiobench::dicom {
namespace {

constexpr double kWhite = 255;

std::string short_number(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.6g", value);
  return text;
}

std::string window_text(const VoiWindow& window) {
  const char* const function = window.function == VoiFunction::linear         ? "LINEAR"
                               : window.function == VoiFunction::linear_exact ? "LINEAR_EXACT"
                                                                              : "SIGMOID";
  return "window " + short_number(window.center) + "," + short_number(window.width) + " (" +
         function + ")";
}

// The window from one value to another, both inclusive.
VoiWindow window_between(double least, double most) {
  return {(least + most) / 2, std::max(most - least, 1.0), VoiFunction::linear_exact};
}

// The value below which a share of the pixels lies: the nearest rank.
double share_of(const ValueCounts& counts, std::uint64_t total, double share) {
  const auto rank = static_cast<std::uint64_t>(std::ceil(share * static_cast<double>(total)));
  std::uint64_t sum = 0;
  for (const auto& [value, count] : counts) {
    sum += count;
    if (sum >= rank) return value;
  }
  return counts.empty() ? 0 : counts.rbegin()->first;
}

GreyRule rule_of_cine(const ValueCounts& counts) {
  constexpr double kTail = 0.005;
  std::uint64_t total = 0;
  for (const auto& entry : counts) total += entry.second;
  GreyRule rule;
  rule.window = window_between(share_of(counts, total, kTail), share_of(counts, total, 1 - kTail));
  rule.words = window_text(rule.window) + ", 0.5 to 99.5 percent of the cine's values";
  return rule;
}

// The smallest and largest value that a frame can have.
std::pair<double, double> possible_values(const DicomHeader& header, const FrameMapping& mapping) {
  if (header.modality_table) {
    const auto [least, most] = std::ranges::minmax(header.modality_table->entries);
    return {least, most};
  }
  // Slopes may be negative.
  const int upmost = header.form.num_values() / (header.form.is_signed ? 2 : 1) - 1;
  const int lowest = header.form.is_signed ? upmost + 1 : 0;
  return std::minmax({value_of(header, mapping, lowest), value_of(header, mapping, upmost)});
}

GreyRule rule_of_bits(const DicomHeader& header) {
  auto [least, most] = possible_values(header, header.values);
  for (const FrameMapping& mapping : header.per_frame) {
    const auto [low, high] = possible_values(header, mapping);
    least = std::min(least, low);
    most = std::max(most, high);
  }
  GreyRule rule;
  rule.window = window_between(least, most);
  rule.words =
      window_text(rule.window) + ", all of " + std::to_string(header.form.bits_stored) + " bits";
  return rule;
}

std::optional<GreyRule> rule_of_file(const DicomHeader& header) {
  GreyRule rule;
  if (header.voi_table) {
    rule.kind = GreyRule::Kind::table;
    rule.words = "look-up table of the file";
    return rule;
  }
  if (!header.per_frame.empty()) {
    const bool have_all = std::ranges::all_of(
        header.per_frame, [](const FrameMapping& own) { return own.window.has_value(); });
    if (!have_all) return std::nullopt;
    rule.kind = GreyRule::Kind::own_windows;
    rule.words = "windows of the file, of each frame its own";
    return rule;
  }
  if (!header.values.window) return std::nullopt;
  rule.window = *header.values.window;
  rule.words = window_text(rule.window) + " of the file";
  return rule;
}

}  // namespace

double windowed(double value, const VoiWindow& window) {
  if (window.function == VoiFunction::sigmoid)
    return kWhite / (1 + std::exp(-4 * (value - window.center) / window.width));
  // LINEAR has its centre half a step lower and is a step narrower.
  const double step = window.function == VoiFunction::linear ? 1 : 0;
  const double center = window.center - step / 2;
  const double width = window.width - step;
  if (value <= center - width / 2) return 0;
  if (value > center + width / 2) return kWhite;
  return ((value - center) / width + 0.5) * kWhite;
}

GreyRule choose_grey(const DicomHeader& header, const DicomWindow& wanted,
                     const std::function<ValueCounts()>& count_values, const std::string& place) {
  using Kind = DicomWindow::Kind;
  if (wanted.kind == Kind::given) {
    GreyRule rule;
    rule.window = {wanted.center, wanted.width, VoiFunction::linear};
    rule.words = window_text(rule.window) + " as was asked for";
    return rule;
  }
  if (wanted.kind == Kind::full) return rule_of_bits(header);
  if (std::optional<GreyRule> rule = rule_of_file(header)) return std::move(*rule);
  if (wanted.kind == Kind::file) {
    throw Error(ErrorKind::input, place, "has neither a window nor a look-up table",
                "another window than the file's");
  }
  return rule_of_cine(count_values());
}

double value_of(const DicomHeader& header, const FrameMapping& mapping, int bits) {
  const int number = header.form.number_of(bits);
  if (header.modality_table) return header.modality_table->at(number);
  return number * mapping.slope + mapping.intercept;
}

std::vector<std::uint8_t> grey_table(const DicomHeader& header, const GreyRule& rule,
                                     std::uint64_t frame) {
  const FrameMapping& mapping = header.values_of(frame);
  const VoiWindow window = rule.kind == GreyRule::Kind::own_windows ? *mapping.window : rule.window;
  std::vector<std::uint8_t> table(static_cast<std::size_t>(header.form.num_values()));
  for (int bits = 0; bits < header.form.num_values(); ++bits) {
    const double value = value_of(header, mapping, bits);
    double grey = 0;
    if (rule.kind == GreyRule::Kind::table) {
      const int most = (1 << header.voi_table->bits) - 1;
      grey = header.voi_table->at(value) * kWhite / most;
    } else {
      grey = windowed(value, window);
    }
    if (header.is_inverted) grey = kWhite - grey;
    table[static_cast<std::size_t>(bits)] = static_cast<std::uint8_t>(grey + 0.5);
  }
  return table;
}

}  // namespace angiobench::dicom
