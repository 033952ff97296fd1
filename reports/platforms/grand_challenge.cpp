// SPDX-License-Identifier: MIT
#include "reports/platforms/grand_challenge.h"

#include <algorithm>
#include <boost/filesystem/operations.hpp>
#include <map>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "dataset/files/atomic_file.h"
#include "dataset/masks/submission_place.h"
#include "reports/platforms/stack_tree.h"

namespace angiobench {
namespace {

namespace fs = boost::filesystem;
using Json = nlohmann::ordered_json;

// What a job left.
struct Job {
  std::string sequence;  // its input image's name, without extensions
  std::string file;      // its output
};

[[noreturn]] void fail(const std::string& found, const std::string& expected) {
  throw Error(ErrorKind::input, "submission", found, expected);
}

// Text at a chain of keys; fails where there is none.
std::string text_at(const Json& value, std::initializer_list<const char*> keys) {
  const Json* at = &value;
  std::string place;
  for (const char* key : keys) {
    place += (place.empty() ? "" : ".") + std::string(key);
    const auto found = at->is_object() ? at->find(key) : at->end();
    if (!at->is_object() || found == at->end())
      fail("a job of predictions.json has no " + place, "the platform's form");
    at = &*found;
  }
  if (!at->is_string()) fail("a job's " + place + " is no text", "the platform's form");
  return at->get<std::string>();
}

// A part of a path that leads nowhere else.
const std::string& plain(const std::string& part) {
  if (part.empty() || part.front() == '/' || part.find("..") != std::string::npos)
    fail("a job's path leads out of its folder", "a path inside of it");
  return part;
}

Job job_of(const Json& job, const std::string& input) {
  const std::string status = text_at(job, {"status"});
  if (status != "Succeeded") fail("a job is '" + status + "'", "all jobs Succeeded");
  Job result;
  const auto inputs = job.find("inputs");
  if (inputs != job.end() && inputs->is_array()) {
    for (const Json& one : *inputs) {
      const auto image = one.find("image");
      if (image == one.end() || !image->is_object()) continue;
      const std::string name = text_at(one, {"image", "name"});
      result.sequence = name.substr(0, name.find('.'));
      break;
    }
  }
  const auto outputs = job.find("outputs");
  if (outputs == job.end() || !outputs->is_array() || outputs->size() != 1)
    fail("a job has not one output", "a zip or a stack (.mha) of masks");
  const Json& output = outputs->front();
  const char* const socket = output.contains("socket") ? "socket" : "interface";
  const std::string relative = text_at(output, {socket, "relative_path"});
  const std::string pk = text_at(job, {"pk"});
  result.file = join_path(join_path(join_path(input, plain(pk)), "output"), plain(relative));
  return result;
}

std::vector<Job> read_jobs(const std::string& input) {
  std::string text;
  try {
    text = read_text_file(join_path(input, "predictions.json"));
  } catch (const Error&) {
    fail("predictions.json is not there", "the platform's list of jobs");
  }
  const Json document = Json::parse(text, nullptr, false);
  if (!document.is_array() || document.empty())
    fail("predictions.json lists no job", "the platform's list of jobs");
  std::vector<Job> jobs;
  for (const Json& job : document) jobs.push_back(job_of(job, input));
  return jobs;
}

// Several trees, each a folder of one.
class JoinedTree final : public FileTree {
 public:
  using Parts = std::map<std::string, std::shared_ptr<const FileTree>>;
  explicit JoinedTree(Parts parts) : parts_(std::move(parts)) {}

  std::string display_path(std::string_view relative) const override {
    return join_path("submission", relative);
  }
  std::vector<std::string> folders(std::string_view relative) const override {
    if (relative.empty()) {
      std::vector<std::string> names;
      for (const auto& [name, tree] : parts_) names.push_back(name);
      return names;
    }
    const auto [tree, rest] = part_of(relative);
    return tree ? tree->folders(rest) : std::vector<std::string>{};
  }
  std::vector<std::string> files(std::string_view relative) const override {
    const auto [tree, rest] = part_of(relative);
    return tree ? tree->files(rest) : std::vector<std::string>{};
  }
  bool has_file(std::string_view relative) const override {
    const auto [tree, rest] = part_of(relative);
    return tree && tree->has_file(rest);
  }
  std::vector<OddEntry> odd_entries(std::string_view relative) const override {
    const auto [tree, rest] = part_of(relative);
    return tree ? tree->odd_entries(rest) : std::vector<OddEntry>{};
  }
  bool read(std::string_view relative, std::vector<std::uint8_t>& bytes) const override {
    const auto [tree, rest] = part_of(relative);
    return tree && tree->read(rest, bytes);
  }
  std::unique_ptr<FileStream> open(std::string_view relative) const override {
    const auto [tree, rest] = part_of(relative);
    return tree ? tree->open(rest) : nullptr;
  }

 private:
  std::pair<const FileTree*, std::string_view> part_of(std::string_view relative) const {
    const std::size_t slash = std::min(relative.find('/'), relative.size());
    const auto found = parts_.find(std::string(relative.substr(0, slash)));
    relative.remove_prefix(std::min(slash + 1, relative.size()));
    return {found == parts_.end() ? nullptr : found->second.get(), relative};
  }

  Parts parts_;
};

// The masks of one sequence: a stack of them, at the top of a zip, or in the folder of its name.
std::shared_ptr<const FileTree> open_sequence(const Job& job, const SequenceIndex& index,
                                              const ArchiveLimits& limits) {
  if (is_stack(job.file)) {
    const auto found = std::find_if(index.sequences.begin(), index.sequences.end(),
                                    [&](const Sequence& one) { return one.name == job.sequence; });
    if (found == index.sequences.end())
      fail("a job is of the image '" + job.sequence + "'", "images named after the sequences");
    return open_stack(job.file, *found, index, join_path("submission", job.sequence));
  }
  std::shared_ptr<const FileTree> tree =
      open_file_tree(job.file, limits, FolderLinks::refuse, TopFolder::keep, "submission");
  const std::vector<std::string> folders = tree->folders("");
  const bool is_wrapped = folders.size() == 1 && tree->files("").empty();
  return is_wrapped ? std::shared_ptr<const FileTree>(open_inner(tree, folders.front())) : tree;
}

std::shared_ptr<const FileTree> open_jobs(const std::vector<Job>& jobs,
                                          const SequenceIndex& index) {
  const ArchiveLimits limits = archive_limits_for(index, {});
  if (jobs.size() == 1 && !is_stack(jobs.front().file))
    return open_submission_tree(jobs.front().file, index, limits, "submission");
  JoinedTree::Parts parts;
  for (const Job& job : jobs) {
    if (job.sequence.empty()) fail("a job has no input image", "one named after its sequence");
    if (!parts.emplace(job.sequence, open_sequence(job, index, limits)).second)
      fail("two jobs are of the image '" + job.sequence + "'", "one job an image");
  }
  return std::make_shared<JoinedTree>(std::move(parts));
}

PlatformScore score_run(const GrandChallengeRun& run) {
  PlatformRequest request;
  request.truth = run.truth;
  request.jobs = run.jobs;
  request.tool_version = run.tool_version;
  request.git_commit = run.git_commit;
  try {
    request.config = platform_config_in(run.truth, run.dataset);
  } catch (const Error& error) {
    return refused_score(request, error.kind(), kOrganisersMustLook);
  }
  request.config.scale = PlatformScale::fraction;
  try {
    const std::vector<Job> jobs = read_jobs(run.input);
    return score_for_platform(
        request, [&jobs](const SequenceIndex& index) { return open_jobs(jobs, index); });
  } catch (const Error& error) {
    return refused_score(request, error.kind(), error.clause());
  }
}

}  // namespace

PlatformScore run_grand_challenge(const GrandChallengeRun& run) {
  boost::system::error_code code;
  const std::string path = join_path(run.output, "metrics.json");
  fs::remove(path, code);
  PlatformScore score = score_run(run);
  if (score.figures.empty()) return score;
  Json aggregates = Json::object();
  for (const PlatformFigure& figure : score.figures) aggregates[figure.key] = figure.value;
  const Json document = {{"results", Json::array()}, {"aggregates", std::move(aggregates)}};
  write_file_atomically(path, document.dump(2) + "\n");
  return score;
}

}  // namespace angiobench
