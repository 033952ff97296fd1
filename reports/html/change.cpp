// SPDX-License-Identifier: MIT
#include "reports/html/change.h"

#include <cmath>

namespace angiobench::html {
namespace {

constexpr double kFound = 0.5;  // an object's J at which it counts as found
constexpr double kLost = 0.1;   // and as lost

}  // namespace

std::string_view change_symbol(Change change) {
  switch (change) {
    case Change::improved:
      return "▲";
    case Change::regressed:
      return "▼";
    case Change::within_tolerance:
      return "≈";
    case Change::new_failure:
      return "!";
    case Change::fixed:
      return "*";
    case Change::not_comparable:
      return "x";
  }
  return "x";
}

std::string_view change_word(Change change) {
  switch (change) {
    case Change::improved:
      return "improved";
    case Change::regressed:
      return "regressed";
    case Change::within_tolerance:
      return "within tolerance";
    case Change::new_failure:
      return "new failure";
    case Change::fixed:
      return "fixed";
    case Change::not_comparable:
      return "not comparable";
  }
  return "not comparable";
}

std::string_view change_class(Change change) {
  switch (change) {
    case Change::improved:
    case Change::fixed:
      return "up";
    case Change::regressed:
    case Change::new_failure:
      return "down";
    case Change::within_tolerance:
      return "same";
    case Change::not_comparable:
      return "none";
  }
  return "none";
}

Change judge_change(std::optional<double> now, std::optional<double> before, double tolerance, bool higher_better) {
  if (!now || !before) return Change::not_comparable;
  const double difference = *now - *before;
  if (std::abs(difference) <= tolerance) return Change::within_tolerance;
  return (difference > 0) == higher_better ? Change::improved : Change::regressed;
}

Change judge_object(const ObjectScore& now, const ObjectScore& before, double tolerance) {
  if (!now.j.mean || !before.j.mean || !now.f.mean || !before.f.mean) return Change::not_comparable;
  if (*before.j.mean >= kFound && *now.j.mean <= kLost) return Change::new_failure;
  if (*before.j.mean <= kLost && *now.j.mean >= kFound) return Change::fixed;
  return judge_change((*now.j.mean + *now.f.mean) / 2, (*before.j.mean + *before.f.mean) / 2, tolerance);
}

std::string_view why_not_comparable(const Result& now, const Result& before) {
  if (now.dataset.digest != before.dataset.digest) return "the baseline was scored on other ground truth (the data set's digests differ)";
  if (now.protocol.hash != before.protocol.hash) return "the baseline was scored under other rules (the protocols' hashes differ)";
  if (now.complete != before.complete) return "one of the two results is incomplete";
  return {};
}

}  // namespace angiobench::html
