// SPDX-License-Identifier: MIT
#include "dataset/validator/validation.h"

#include <algorithm>
#include <iterator>

#include "dataset/files/digest.h"
#include "dataset/finding_codes.h"

namespace angiobench {

bool worst_severity(const Validation& validation, Severity& worst) {
  bool any = false;
  for (const Finding& finding : validation.findings) {
    if (!any || finding.severity > worst) worst = finding.severity;
    any = true;
  }
  return any;
}

void FindingCollector::add(std::string_view code, std::string message, std::string_view path,
                           std::string_view frame, int object) {
  add_many(code, 1, std::move(message), path, frame, object);
}

void FindingCollector::add_many(std::string_view code, std::uint64_t places, std::string message,
                                std::string_view path, std::string_view frame, int object) {
  const std::string key(code);
  counts_[key] += places;
  if (max_per_code_ > 0 && listed_[key] >= max_per_code_) {
    suppressed_[key] += places;
    return;
  }
  ++listed_[key];
  findings_.push_back(make_finding(code, {std::string(path), sequence_, std::string(frame), object},
                                   std::move(message)));
}

void FindingCollector::move_into(Validation& validation) {
  std::ranges::stable_sort(findings_, {}, &Finding::code);
  // The last listed finding of a code says how many more there are.
  for (std::size_t i = 0; i < findings_.size(); ++i) {
    Finding& finding = findings_[i];
    const bool is_last = i + 1 == findings_.size() || findings_[i + 1].code != finding.code;
    const auto more = suppressed_.find(finding.code);
    if (is_last && more != suppressed_.end()) {
      finding.message +=
          " (and " + std::to_string(more->second) + " more like it in this sequence)";
    }
  }
  std::ranges::move(findings_, std::back_inserter(validation.findings));
  for (const auto& [code, count] : counts_) validation.counts[code] += count;
  findings_.clear();
  counts_.clear();
  listed_.clear();
  suppressed_.clear();
}

Validation begin_validation(std::string_view subject, std::string_view path,
                            const BenchmarkDefinition& benchmark) {
  Validation validation;
  validation.subject = subject;
  validation.path = path;
  validation.benchmark = benchmark.name;
  validation.title = benchmark.title;
  validation.layout = layout_name(benchmark.layout);
  return validation;
}

void add_totals(Validation& validation) {
  ValidationTotals& totals = validation.totals;
  Sha256Stream digest;
  for (const SequenceStatistics& sequence : validation.sequences) {
    ++totals.sequences;
    totals.frames += sequence.frames;
    totals.annotated_frames += sequence.annotated_frames;
    totals.readable_frames += sequence.readable_frames;
    totals.empty_masks += sequence.empty_masks;
    totals.objects += sequence.objects.size();
    const double area = static_cast<double>(sequence.width) * sequence.height;
    for (const ObjectStatistics& object : sequence.objects) {
      totals.late_objects += object.late ? 1 : 0;
      totals.unprompted_objects += object.late && object.prompt.empty() ? 1 : 0;
      if (area > 0 && object.frames > 0) totals.object_shares.push_back(object.mean_pixels / area);
    }
    digest.update(sequence.name);
    digest.update(std::string_view("\0", 1));
    digest.update(sequence.digest);
  }
  std::ranges::sort(totals.object_shares);
  validation.digest = format_digest(digest.finish());
}

}  // namespace angiobench
