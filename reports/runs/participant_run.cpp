// SPDX-License-Identifier: MIT
#include "reports/runs/participant_run.h"

#include <algorithm>
#include <boost/filesystem/path.hpp>
#include <iterator>
#include <utility>
#include <vector>

#include "dataset/files/atomic_file.h"
#include "dataset/finding_codes.h"
#include "reports/html/participant_page.h"

namespace angiobench {
namespace {

std::string shown_name(const ParticipantRequest& request) {
  const SubmissionRequest& submission = request.submission;
  const std::string organisers[] = {submission.ground_truth, submission.meta_file,
                                    submission.dataset,      submission.protocol,
                                    request.run.out,         request.run.legacy_csv};
  return public_name(submission.shown_as.empty() ? submission.predictions : submission.shown_as,
                     organisers);
}

// The sequence whose mask failed; empty where that is not known.
std::string sequence_of(const Error& failure, const OpenSubmission& opened) {
  const FileMaskSource masks = submission_masks(opened.index.benchmark, *opened.predictions);
  for (const Sequence& sequence : opened.index.sequences) {
    const std::string folder = opened.predictions->display_path(sequence.name);
    if (failure.path() == folder || failure.path().starts_with(folder + "/")) return sequence.name;
    if (opened.index.benchmark.has_single_images() && failure.path() == masks.display(sequence))
      return sequence.name;
  }
  return {};
}

Finding finding_of(const Error& failure, const OpenSubmission& opened, const std::string& shown) {
  const char* const code = failure.kind() == ErrorKind::limit ? "S013" : "S006";
  if (!is_about_submission(failure, shown)) return make_finding(code, {}, kOrganisersMustLook);
  return make_finding(code, {failure.path(), sequence_of(failure, opened)}, failure.clause());
}

// Names the missing frames of a sequence, and no object.
std::string missing_frames_words(const Sequence& sequence,
                                 const std::vector<std::uint32_t>& absent) {
  constexpr std::size_t kShown = 5;
  std::string text = std::to_string(absent.size()) + " of " +
                     std::to_string(sequence.frames.size()) + " frames are missing: ";
  for (std::size_t i = 0; i < std::min(kShown, absent.size()); ++i)
    text += (i == 0 ? "" : ", ") + std::string(sequence.frames[absent[i]]);
  return absent.size() > kShown ? text + ", …" : text;
}

std::vector<Finding> findings_of(const RunOutcome& outcome, const OpenSubmission& opened,
                                 FrameKnowledge frames) {
  std::vector<Finding> shown = redacted(outcome.findings, frames);
  if (frames == FrameKnowledge::secret) return shown;
  for (std::size_t i = 0; i < outcome.missing.frames.size(); ++i) {
    const Sequence& sequence = opened.index.sequences[i];
    for (Finding& finding : shown) {
      if (finding.code == "S001" && finding.sequence == sequence.name)
        finding.message = missing_frames_words(sequence, outcome.missing.frames[i]);
    }
  }
  return shown;
}

// The cure of a participant, who has no flags.
void use_participants_cures(std::vector<Finding>& findings) {
  for (Finding& finding : findings) {
    if (finding.code == "S001") finding.hint = finding_code("P003").cure;
    if (finding.code == "S002") finding.hint = finding_code("P001").cure;
    if (finding.code == "S014") finding.hint = finding_code("P009").cure;
  }
}

std::string first_error(const std::vector<Finding>& findings) {
  const auto first = std::ranges::find(findings, Severity::error, &Finding::severity);
  if (first == findings.end()) return {};
  const std::string place = first->path.empty() ? first->sequence : first->path;
  return (place.empty() ? "" : place + ": ") + first->message + "; " + first->hint;
}

void refuse(ParticipantRun& run, ErrorKind kind, const std::string& words) {
  run.refusal.emplace(kind, "", words);
  run.report.reason = shortened_reason("nothing was scored: " + words);
}

void take_outcome(RunOutcome&& outcome, const OpenSubmission& opened, const std::string& shown,
                  FrameKnowledge frames, ParticipantRun& run) {
  ParticipantReport& report = run.report;
  if (outcome.end == RunEnd::scored) {
    report = participant_report(outcome.result, frames, opened.predictions->notes());
    run.result = std::move(outcome.result);
  } else if (outcome.end == RunEnd::incomplete) {
    report.findings = findings_of(outcome, opened, frames);
    use_participants_cures(report.findings);
    const std::size_t count = outcome.num_incomplete;
    refuse(run, ErrorKind::inconclusive,
           std::to_string(count) + (count == 1 ? " sequence is" : " sequences are") +
               " not complete; " + first_error(report.findings));
  } else {
    std::vector<Finding> findings;
    ErrorKind gravest = ErrorKind::input;
    for (const Error& failure : outcome.failures) {
      findings.push_back(finding_of(failure, opened, shown));
      if (failure.kind() == ErrorKind::bug || gravest == ErrorKind::bug)
        gravest = ErrorKind::bug;
      else if (failure.kind() == ErrorKind::limit)
        gravest = ErrorKind::limit;
    }
    report.findings = redacted(findings, frames);
    const std::size_t count = outcome.failures.size();
    refuse(run, gravest,
           std::to_string(count) + (count == 1 ? " sequence" : " sequences") + " failed; " +
               first_error(report.findings));
  }
}

void begin_report(const OpenTruth& truth, ParticipantReport& report) {
  const ProtocolStamp stamp = stamp_of(truth.protocol);
  report.dataset = truth.index.benchmark.name;
  report.protocol = stamp.name;
  report.protocol_version = stamp.version;
  report.protocol_hash = stamp.hash;
}

// An Error as its participant may hear it.
void take_error(const Error& error, const std::string& shown, ParticipantRun& run) {
  run.refusal.emplace(error);
  const bool is_own = error.kind() != ErrorKind::bug && is_about_submission(error, shown);
  run.report.reason = shortened_reason("nothing was scored: " +
                                       (is_own ? std::string(error.what()) : kOrganisersMustLook));
}

}  // namespace

std::string public_name(const std::string& predictions,
                        std::span<const std::string> organisers_paths) {
  std::string path = predictions;
  while (path.ends_with('/')) path.pop_back();
  const std::string last = path.substr(path.find_last_of('/') + 1);
  for (const std::string& name : {last, std::string("submission"), std::string("the submission")}) {
    const bool is_taken = name.empty() || name == "." || name == ".." ||
                          std::ranges::any_of(organisers_paths, [&](const std::string& other) {
                            return other.starts_with(name);
                          });
    if (!is_taken) return name;
  }
  return "their submission";
}

bool is_about_submission(const Error& error, const std::string& public_name) {
  const std::string& path = error.path();
  const std::size_t end = public_name.size();
  return path.starts_with(public_name) &&
         (path.size() == end || path[end] == '/' || path[end] == '!');
}

ParticipantRun run_for_participant(const ParticipantRequest& request, const OpenTruth* truth) {
  ParticipantRun run;
  const std::string shown = shown_name(request);
  run.report.tool_version = request.run.tool_version;
  run.report.dataset = boost::filesystem::path(request.submission.dataset).stem().string();
  run.report.submission = request.run.name;
  std::optional<OpenTruth> own;
  try {
    if (truth == nullptr) truth = &own.emplace(open_truth(request.submission));
    begin_report(*truth, run.report);
    const FrameKnowledge frames =
        truth->index.benchmark.dense ? FrameKnowledge::everybody : request.frames;
    SubmissionRequest submission = request.submission;
    submission.shown_as = shown;
    const OpenSubmission opened =
        request.open_predictions
            ? OpenSubmission{truth->index, request.open_predictions(truth->index), truth->protocol,
                             truth->ground_truth, submission.limits}
            : open_submission(*truth, submission);
    RunRequest asked = request.run;
    asked.reader = ResultReader::participant;
    asked.frames = frames;
    take_outcome(run_submission(opened, asked), opened, shown, frames, run);
    if (run.result) return run;
    // What was passed over in silence may be why.
    for (const Finding& note : opened.predictions->notes()) run.report.findings.push_back(note);
  } catch (const Error& error) {
    take_error(error, shown, run);
  }
  return run;
}

void write_participant_files(const std::string& folder, const ParticipantReport& report) {
  write_file_atomically(folder + "/participant.html", participant_page(report));
  write_file_atomically(folder + "/participant.json", participant_json(report));
}

}  // namespace angiobench
