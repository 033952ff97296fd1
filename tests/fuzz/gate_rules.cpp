// SPDX-License-Identifier: MIT
// A gate's rules file (evaluator/comparing/gate.h). What is accepted has rules, and each has a
// condition and finite numbers.
#include <cmath>
#include <cstdlib>
#include <string_view>

#include "dataset/error.h"
#include "evaluator/comparing/gate.h"
#include "tests/fuzz/fuzz_target.h"

namespace angiobench::test {
namespace {

void check(const GateRule& rule) {
  const bool has_condition =
      rule.max_drop || rule.warn_drop || rule.min || rule.max || rule.expect || rule.collapse;
  if (!has_condition || rule.metric.id.empty()) std::abort();
  for (const std::optional<double>& value :
       {rule.max_drop, rule.warn_drop, rule.min, rule.max, rule.expect}) {
    if (value && !std::isfinite(*value)) std::abort();
  }
}

}  // namespace

std::vector<std::vector<std::uint8_t>> fuzz_seeds() {
  constexpr std::string_view kTexts[] = {
      R"({"schema": "gate-1", "require": {"dataset_digest": true, "protocol": true, "metric_version": true},)"
      R"( "rules": [{"metric": "J&F", "scope": "overall", "max_drop": 0.005, "warn_drop": 0.002, "level": "error"},)"
      R"( {"metric": "J", "scope": "each-object", "collapse": {"from": 0.5, "to": 0.1}, "allow": 1}],)"
      R"( "statistics": {"report": true, "require_significance": false, "alpha": 0.05}})",
      R"({"schema": "gate-1", "rules": [{"metric": "F", "scope": "pooled", "expect": 0.4925, "atol": 5e-4, "level": "warning"}]})",
      R"({"schema": "gate-1", "rules": [{"metric": "J", "scope": "unseen", "min": 0, "max": 1}]})",
  };
  std::vector<std::vector<std::uint8_t>> seeds;
  for (const std::string_view text : kTexts) seeds.emplace_back(text.begin(), text.end());
  return seeds;
}

}  // namespace angiobench::test

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace angiobench;
  try {
    const GateRules rules =
        parse_gate_rules({reinterpret_cast<const char*>(data), size}, "fuzz.json");
    if (rules.rules.empty()) std::abort();
    for (const GateRule& rule : rules.rules) test::check(rule);
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::bug) std::abort();
  }
  return 0;
}
