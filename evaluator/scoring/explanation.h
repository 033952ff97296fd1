// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "evaluator/protocol.h"
#include "evaluator/scoring/scorer.h"

namespace angiobench {

/// Whether a protocol can be applied to a benchmark's files at all; if not, why.
struct Applicability {
  bool applies = true;
  std::string reason;  // "needs the meta json's objects"
};

Applicability applicability(const SequenceIndex& index, const Protocol& protocol);

/// The score of one submission under one protocol: what `score` gives, with the protocol's own
/// labels and printing, but for T, whose outlines would cost more than all the rest.
struct ProtocolScore {
  std::string name;
  std::string title;
  Verification verified;  // which public tool it is, if any
  Display display = Display::percent;
  std::vector<Aggregate> aggregates;  // as in result.json
  Metric headline;                    // what ranks: "J&F", "J&Ḟ", "J_tr", "Q", …
  std::optional<double> j_and_f;      // its value, a fraction (of tasks without objects, too)
  std::optional<double> j;            // its mean J; of all objects where it averages groups
  std::optional<double> f;
  std::uint64_t objects = 0;
  std::uint64_t frames = 0;  // (object, frame) values that entered
  std::uint64_t empty = 0;   // of these, frames with neither truth nor prediction
  /// False for protocols that match ids anew, read other objects from the masks or rank by another
  /// measure than J&F: no rule about the same answer.
  bool in_range = true;
  std::string refusal;  // why there is no score; empty where there is one
};

/// One step on the way from one protocol to another: a rule that changed and what it did to J&F.
struct RuleStep {
  std::string rule;     // "frames dropped", "an object's own frames (prompts, first sight)", …
  std::string from;     // "first and last"
  std::string to;       // "first"
  double contribution;  // J&F after the change minus J&F before it
};

struct Explanation {
  std::vector<ProtocolScore> scores;  // one a protocol, in the order given
  std::optional<double> from_value;   // J&F of the first of the two protocols that are compared
  std::optional<double> to_value;
  std::vector<RuleStep> steps;  // sum up exactly to to_value - from_value; only rules that differ
};

/// A number that a row prints.
struct PrintedNumber {
  std::string protocol;
  Metric metric;
  Scope scope = Scope::overall;
  std::string text;  // as the protocol prints it
};

/// Throws Error{usage} where a text is no number without a sign.
void check_printed_number(const std::string& text);

/// The numbers that read `text` ("49.4", "0.494") in their protocol's own printing, or do when they
/// are printed with as many decimals as `text` has. Throws as check_printed_number.
std::vector<PrintedNumber> numbers_that_read(const Explanation& explanation,
                                             const std::string& text);

/// A result's number as its protocol prints it.
std::string printed_number(const ProtocolScore& score, const Aggregate& aggregate);

/// Scores a submission under every protocol in one decoding pass, and says what each rule
/// contributes between two of them: the rules are changed one after the other, in a fixed order,
/// each step scored from the same counts; the last step takes up the rounding of the additions, so
/// that the sum is exact. Throws Error{input} of files that cannot be read.
Explanation explain_protocols(const SequenceIndex& index, const FileTree& predictions,
                              std::span<const Protocol> protocols,
                              const std::optional<std::pair<Protocol, Protocol>>& between,
                              const ScoreOptions& options = {});

}  // namespace angiobench
