// SPDX-License-Identifier: MIT
#include "cli/planned.h"

#include <algorithm>
#include <array>
#include <boost/filesystem/operations.hpp>
#include <ostream>

#include "cli/exit_code.h"
#include "cli/terminal.h"
#include "cli/version.h"
#include "dataset/error.h"
#include "dataset/files/atomic_file.h"
#include "dataset/files/digest.h"
#include "dataset/files/file_tree.h"
#include "dataset/files/input_file.h"
#include "dataset/files/passing_failure.h"
#include "dataset/files/text.h"
#include "dataset/plan/duration.h"
#include "reports/runs/submissions.h"

namespace angiobench::cli {
namespace {

// A file's digest; of a folder nothing, whose files the items name.
std::string digest_of_file(const std::string& path) {
  boost::system::error_code code;
  if (!boost::filesystem::is_regular_file(path, code)) return {};
  const std::size_t slash = path.rfind('/');
  const std::string folder = slash == std::string::npos ? "." : path.substr(0, slash + 1);
  const std::string name = slash == std::string::npos ? path : path.substr(slash + 1);
  const std::unique_ptr<FileStream> file = open_folder(folder)->open(name);
  if (file == nullptr) return {};
  Sha256Stream digest;
  std::vector<std::uint8_t> block(1U << 18);
  for (std::uint64_t left = file->size(); left > 0; left -= block.size()) {
    block.resize(static_cast<std::size_t>(std::min<std::uint64_t>(left, block.size())));
    file->read(block);
    digest.update(block);
  }
  return format_digest(digest.finish());
}

// "FILE#NAME" is one set of several in a file.
std::string without_fragment(const std::string& path) {
  boost::system::error_code code;
  const std::size_t sign = path.rfind('#');
  return sign == std::string::npos || boost::filesystem::exists(path, code) ? path
                                                                            : path.substr(0, sign);
}

// What the command line may say anew of a plan: where files lie.
constexpr std::array<std::string_view, 10> kPlaceOptions = {
    "ground-truth", "predictions", "meta", "images", "clip",
    "first-mask",   "weights",     "init", "stills", "validate-root"};

bool is_place_option(std::string_view name) {
  return std::ranges::find(kPlaceOptions, name) != kPlaceOptions.end();
}

// What names a place, and no word ("mosxav-test", "small"): of what is built in, a file.
bool is_place(const GivenOption& option, const std::string& text) {
  boost::system::error_code code;
  const bool may_be = is_place_option(option.name) || text.ends_with(".json");
  return may_be && boost::filesystem::exists(without_fragment(text), code);
}

// The name of an option as errors about fields have it.
std::string field_of(std::string name) {
  std::ranges::replace(name, '-', '_');
  return name;
}

}  // namespace

void add_plan_output(OptionSet& options, PlanOutput& output) {
  options.add("shards", number(output.shards, {1, 100'000}),
              "into how many; default: as many as are worth it, at most 64");
  options.add("out,o", file(output.out), "the plan; beside it FILE.places: where the files lie")
      .required("the plan's file")
      .writes();
}

void add_shard_options(OptionSet& options, ShardChoice& choice, const std::string& out,
                       std::vector<std::string> places) {
  places.insert(places.end(), {"shard", "force", "out"});
  options
      .add("plan", file(choice.plan),
           "do one shard of a plan ('angiobench plan'); beside it --shard, --out, --force, and "
           "where files lie on this machine")
      .stands_for_all_but(std::move(places));
  options.add("shard", text(choice.shard, "N"),
              "which: a number from 0, or env, as the array task says (SLURM_ARRAY_TASK_ID, "
              "AWS_BATCH_JOB_ARRAY_INDEX, JOB_COMPLETION_INDEX, PARALLEL_SEQ)");
  options.add("force", flag(choice.force), "make a shard again that is there");
  options.rule({"plan", "shard", "force", "out"}, [&choice, &out]() -> std::string {
    if (choice.plan.empty() && !choice.shard.empty())
      return "--shard comes without --plan; expected --plan FILE --shard N";
    if (choice.plan.empty() && choice.force)
      return "--force comes without --plan; expected --plan FILE --shard N";
    if (!choice.plan.empty() && choice.shard.empty())
      return "--plan comes without --shard; expected --shard N, or --shard env in an array task";
    if (!choice.plan.empty() && out.empty())
      return "--plan comes without --out; expected a folder that all shards share";
    return {};
  });
}

RecordedOptions record_options(const std::vector<GivenOption>& given,
                               std::initializer_list<std::string_view> own) {
  RecordedOptions recorded;
  for (const GivenOption& option : given) {
    if (std::ranges::find(own, option.name) != own.end()) continue;
    if (option.arity == Arity::none) {
      recorded.options.emplace_back(option.name, "");
      continue;
    }
    std::vector<std::string> places;
    std::string words;
    for (const std::string& text : option.texts) {
      if (text.empty()) continue;
      if (!is_place(option, text)) {
        words += (words.empty() ? "" : ",") + text;
        continue;
      }
      places.push_back(text);
      // A shard would open it elsewhere and later: what is no file is told here.
      if (!boost::filesystem::is_directory(without_fragment(text)))
        check_input_file(without_fragment(text), "a file or a folder");
      if (const std::string digest = digest_of_file(without_fragment(text));
          !digest.empty() && option.name != "predictions")
        recorded.files.emplace_back(option.name, digest);
    }
    if (!words.empty()) recorded.options.emplace_back(option.name, words);
    if (!places.empty()) recorded.places.options.emplace_back(option.name, places);
  }
  return recorded;
}

int write_plan(Plan& plan, const PlanPlaces& places, const PlanOutput& output, double seconds,
               const Call& call) {
  if (plan.items.empty())
    throw Error(ErrorKind::inconclusive, output.out, "there is nothing to do", "at least one item");
  plan.shards = output.shards != 0 ? output.shards : worthwhile_shards(plan.items.size(), seconds);
  cut_into_shards(plan.items, plan.shards);
  const std::string text = plan_text(plan);
  write_file_atomically(places_path(output.out), std::string_view(places_text(places)));
  write_file_atomically(output.out, std::string_view(text));

  std::vector<std::uint64_t> loads(plan.shards);
  std::uint64_t total = 0;
  std::uint64_t frames = 0;
  for (const PlanItem& item : plan.items) {
    loads[item.shard] += item.cost;
    total += item.cost;
    frames += item.frames;
  }
  const double share =
      total == 0 ? 1 : static_cast<double>(std::ranges::max(loads)) / static_cast<double>(total);
  std::ostream& out = call.streams.out;
  out << "plan " << plan.short_id() << ": " << plural(plan.items.size(), "item") << ", " << frames
      << (plan.verb == PlannedVerb::train ? " steps" : " frames") << ", in "
      << plural(plan.shards, "shard") << '\n'
      << "about " << duration_words(seconds) << " of one core; the largest shard "
      << duration_words(seconds * share) << " (estimated)\n"
      << "written to " << printable(output.out) << "; next: "
      << printable("angiobench " + std::string(verb_name(plan.verb)) + " --plan " + output.out +
                   " --shard N -o DIR")
      << " for N from 0 to " << plan.shards - 1 << ", or "
      << printable("angiobench submit slurm --plan " + output.out) << '\n';
  return kExitPassed;
}

Plan read_plan_of(const std::string& path, PlannedVerb verb) {
  Plan plan = read_plan(path);
  if (plan.verb == verb) return plan;
  const std::string own(verb_name(plan.verb));
  throw Error(ErrorKind::input, path, "is a plan of '" + own + "'",
              "a plan of '" + std::string(verb_name(verb)) + "'; this one is done by 'angiobench " +
                  own + " --plan'");
}

PlanPlaces places_of(const std::string& plan_path, const std::vector<GivenOption>& given) {
  PlanPlaces places = read_places(plan_path);
  // What is given here holds as it is given; the rest from where the plan was made.
  PlanPlaces resolved;
  for (const auto& [name, paths] : places.options)
    resolved.options.emplace_back(name, places.paths(name));
  for (const GivenOption& option : given) {
    if (!is_place_option(option.name) || option.texts.empty()) continue;
    const auto found =
        std::ranges::find(resolved.options, option.name, [](const auto& one) { return one.first; });
    if (found != resolved.options.end()) {
      found->second = option.texts;
    } else {
      resolved.options.emplace_back(option.name, option.texts);
    }
  }
  return resolved;
}

std::vector<std::string> arguments_of(const Plan& plan, const PlanPlaces& places) {
  std::vector<std::string> arguments;
  for (const auto& [name, value] : plan.options)
    arguments.push_back(value.empty() ? "--" + name : "--" + name + "=" + value);
  for (const auto& [name, paths] : places.options) {
    for (const std::string& path : paths) arguments.push_back("--" + name + "=" + path);
  }
  for (const auto& [name, digest] : plan.files) {
    const auto found =
        std::ranges::find(places.options, name, [](const auto& one) { return one.first; });
    if (found == places.options.end() || found->second.empty()) {
      throw Error::about(ErrorKind::usage, field_of(name),
                         "is not given, and nothing beside the plan says it",
                         "the file that the plan was made with");
    }
    if (digest_of_file(without_fragment(found->second.front())) == digest) continue;
    throw Error(ErrorKind::input, found->second.front(),
                "is not the file that the plan was made with (--" + name + ")",
                "the same bytes; 'angiobench plan' again where it was meant to change");
  }
  return arguments;
}

PartMaker part_maker() { return {std::string(kMetricVersion), tool_version(), tool_commit()}; }

void bind_planned_scoring(OptionSet& options, PlannedScoring& scoring) {
  add_truth_options(options, scoring.inputs);
  options
      .add("predictions,p", files(scoring.predictions, "PATH"),
           "folder or zip of <sequence>/<frame>.png; several times, or a folder of zips: many "
           "submissions")
      .required("the predictions' folder or zip");
  add_rule_options(options, scoring.inputs);
  add_measure_options(options, scoring.inputs);
  options.add("name", text(scoring.name, "NAME"), "name of the submission; default: its file name");
  add_plan_output(options, scoring.output);
}

PlannedScoring open_planned_scoring(const Plan& plan, const PlanPlaces& places) {
  for (const char* const need : {"ground-truth", "predictions"}) {
    if (!places.paths(need).empty()) continue;
    throw Error::about(ErrorKind::usage, field_of(need),
                       "is not given, and no file beside the plan says where it is",
                       "the place on this machine");
  }
  std::vector<std::string> arguments = arguments_of(plan, places);
  arguments.emplace_back("--out=-");
  Parsed<PlannedScoring> parsed = parse_command(bind_planned_scoring, arguments);
  if (!parsed.report.mistakes.empty())
    throw Error(ErrorKind::input, "", "the plan's options: " + parsed.report.mistakes.front());
  PlannedScoring scoring = std::move(parsed.command);
  const SubmissionList list = list_submissions(scoring.predictions);
  if (list.submissions.size() != plan.submissions.size()) {
    throw Error::about(
        ErrorKind::usage, "predictions", "names " + plural(list.submissions.size(), "submission"),
        plural(plan.submissions.size(), "submission") + ", in the order of the plan");
  }
  scoring.predictions.clear();
  for (const NamedSubmission& one : list.submissions) scoring.predictions.push_back(one.path);
  return scoring;
}

int count_planned_shard(const ShardChoice& choice, const std::string& out,
                        const std::vector<GivenOption>& given, const Call& call) {
  const PatientWithSystem patient;
  const Plan plan = read_plan_of(choice.plan, PlannedVerb::score);
  const std::uint32_t shard = shard_number(choice.shard, plan);
  const PartMaker maker = part_maker();
  const std::string path = out + "/" + part_name(plan, {{shard}});
  std::string why;
  if (!choice.force && is_part_of(path, plan, shard, maker, why)) {
    call.streams.out << "nothing to do: " << printable(path) << " is there\n";
    return kExitPassed;
  }
  if (!choice.force && !why.empty())
    print_message("note", path + " " + why + ": it is made again", call.common, call.streams);

  const PlannedScoring scoring = open_planned_scoring(plan, places_of(choice.plan, given));
  ProgressBar progress("counting", "frames", call.common, call.streams);
  ShardRequest request;
  request.submission = request_of(scoring.inputs);
  request.predictions = scoring.predictions;
  request.score = score_options(scoring.inputs, call.common);
  request.score.progress = progress.callback();
  const CountedShard counted_shard = count_shard(plan, shard, request);
  progress.clear();
  if (!counted_shard.failures.empty())
    return report_failures(counted_shard.failures, call.common, call.streams);

  PartHeader header{plan.id,
                    {shard},
                    counted_shard.items.size(),
                    counted_shard.num_rows,
                    maker.metric_version,
                    maker.tool,
                    maker.commit};
  PartWriter part(path, header);
  for (const std::string& rows : counted_shard.items) part.add(rows);
  part.commit();
  call.streams.out << "shard " << shard << " of " << plan.shards << ": "
                   << plural(counted_shard.items.size(), "item") << ", " << counted_shard.num_frames
                   << " frames, " << printable(path) << '\n';
  return kExitPassed;
}

}  // namespace angiobench::cli
