// SPDX-License-Identifier: MIT
#include "dataset/plan/plan.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/filesystem/operations.hpp>
#include <charconv>
#include <cstdlib>
#include <functional>
#include <limits>
#include <map>
#include <numeric>
#include <optional>
#include <queue>
#include <set>
#include <tuple>

#include "dataset/error.h"
#include "dataset/files/atomic_file.h"
#include "dataset/files/digest.h"
#include "dataset/files/json_fields.h"
#include "dataset/words.h"

namespace angiobench {
namespace {

constexpr std::string_view kSchema = "plan-1";
constexpr std::string_view kPlacesSchema = "places-1";
constexpr std::uint32_t kMaxShards = 100'000;
constexpr std::uint64_t kMaxPlanBytes = 256ULL << 20;

constexpr auto kVerbs = words<PlannedVerb>({{"score", PlannedVerb::score},
                                            {"predict", PlannedVerb::predict},
                                            {"train", PlannedVerb::train}});

// What stands in an item's row, in this order.
constexpr std::array<std::string_view, 9> kColumns = {"submission", "name",   "frames",
                                                      "objects",    "pixels", "cost",
                                                      "files",      "shard",  "counts_as_zero"};

Json object_of(const std::vector<PlanOption>& options) {
  Json object = Json::object();
  for (const auto& [name, value] : options) object[name] = value;
  return object;
}

Json row_of(const PlanItem& item) {
  return Json::array({item.submission, item.name, item.frames, item.objects, item.pixels, item.cost,
                      item.files, item.shard, item.counts_as_zero ? 1 : 0});
}

[[noreturn]] void fail_row(const std::string& path, std::size_t number) {
  std::string columns;
  for (const std::string_view column : kColumns)
    columns += (columns.empty() ? "" : ", ") + std::string(column);
  throw Error(ErrorKind::input, path,
              "row " + std::to_string(number + 1) + " of 'items' is no item",
              "an array of " + columns);
}

PlanItem item_of(const Json& row, const std::string& path, std::size_t number, const Plan& plan) {
  if (!row.is_array() || row.size() != kColumns.size()) fail_row(path, number);
  const auto count = [&](std::size_t column, std::uint64_t most) {
    if (!row[column].is_number_unsigned() || row[column].get<std::uint64_t>() > most)
      fail_row(path, number);
    return row[column].get<std::uint64_t>();
  };
  const auto word = [&](std::size_t column) {
    if (!row[column].is_string()) fail_row(path, number);
    return row[column].get<std::string>();
  };
  constexpr std::uint64_t kMost = std::numeric_limits<std::int64_t>::max();
  PlanItem item;
  const std::size_t num_submissions = std::max<std::size_t>(1, plan.submissions.size());
  item.submission = static_cast<std::uint32_t>(count(0, num_submissions - 1));
  item.name = word(1);
  item.frames = count(2, kMost);
  item.objects = count(3, kMost);
  item.pixels = count(4, kMost);
  item.cost = count(5, kMost);
  item.files = word(6);
  item.shard = static_cast<std::uint32_t>(count(7, plan.shards - 1));
  item.counts_as_zero = count(8, 1) == 1;
  return item;
}

std::vector<PlanOption> options_of(JsonFields fields, std::string_view name) {
  std::vector<PlanOption> options;
  JsonFields object = fields.object(name);
  for (const auto& [key, value] : fields.value(name).items())
    options.emplace_back(key, object.string(key));
  return options;
}

std::string current_folder() {
  boost::system::error_code code;
  return boost::filesystem::current_path(code).string();
}

}  // namespace

std::string_view verb_name(PlannedVerb verb) { return kVerbs.of(verb); }

std::string Plan::short_id() const {
  constexpr std::size_t kDigits = 12;
  constexpr std::string_view kForm = "sha256:";
  expects(id.starts_with(kForm), "a plan that is named was written or read");
  return id.substr(kForm.size(), kDigits);
}

std::string plan_text(Plan& plan) {
  std::ranges::sort(plan.options);
  std::ranges::sort(plan.files);
  // Keys in the order of their bytes.
  Json document = Json::object();
  document["benchmark"] = {{"digest", plan.benchmark_digest}, {"name", plan.benchmark}};
  document["columns"] = kColumns;
  document["files"] = object_of(plan.files);
  document["items"] = Json::array();
  for (const PlanItem& item : plan.items) document["items"].push_back(row_of(item));
  document["metric_version"] = plan.metric_version;
  document["options"] = object_of(plan.options);
  document["protocol"] = {{"hash", plan.protocol_hash}, {"name", plan.protocol}};
  document["schema"] = kSchema;
  document["shards"] = plan.shards;
  document["submissions"] = plan.submissions;
  document["verb"] = verb_name(plan.verb);
  // A row a line, so that two plans can be told apart by their lines.
  std::string text = "{";
  bool is_first = true;
  const auto dump = [](const Json& value) {
    return value.dump(-1, ' ', false, Json::error_handler_t::replace);
  };
  for (const auto& [key, value] : document.items()) {
    text += is_first ? "\n" : ",\n";
    is_first = false;
    text += dump(key) + ":";
    if (key != "items") {
      text += dump(value);
      continue;
    }
    text += "[";
    for (std::size_t i = 0; i < value.size(); ++i) text += (i == 0 ? "\n" : ",\n") + dump(value[i]);
    text += "\n]";
  }
  text += "\n}\n";
  plan.id = format_digest(sha256(std::string_view(text)));
  return text;
}

Plan read_plan(const std::string& path) {
  const std::string text = read_text_file(path, kMaxPlanBytes);
  const Json document = parse_json(text, path, DuplicateKeys::refused);
  JsonFields fields(document, path);
  if (const std::string schema = fields.string("schema"); schema != kSchema)
    fields.fail("schema", "\"" + std::string(kSchema) + "\", which 'angiobench plan' writes");
  Plan plan;
  plan.verb = fields.word("verb", kVerbs);
  plan.metric_version = fields.string("metric_version");
  JsonFields benchmark = fields.object("benchmark");
  plan.benchmark = benchmark.string("name");
  plan.benchmark_digest = benchmark.string("digest");
  benchmark.expect_no_more();
  JsonFields protocol = fields.object("protocol");
  plan.protocol = protocol.string("name");
  plan.protocol_hash = protocol.string("hash");
  protocol.expect_no_more();
  plan.options = options_of(fields, "options");
  plan.files = options_of(fields, "files");
  plan.submissions = fields.strings("submissions");
  plan.shards = static_cast<std::uint32_t>(fields.integer("shards", 1, kMaxShards));
  fields.strings("columns");
  const Json& rows = fields.value("items");
  fields.has("options");
  fields.has("files");
  if (!rows.is_array() || rows.empty()) fields.fail("items", "an array of items");
  std::set<std::pair<std::uint32_t, std::string>> names;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    plan.items.push_back(item_of(rows[i], path, i, plan));
    if (i > 0 && plan.items[i].submission < plan.items[i - 1].submission) fail_row(path, i);
    if (!names.emplace(plan.items.back().submission, plan.items.back().name).second)
      throw Error(ErrorKind::input, path,
                  "the item '" + plan.items.back().name + "' is there twice", "each once");
  }
  fields.expect_no_more();
  if (plan_text(plan) != text) {
    throw Error(ErrorKind::input, path,
                "is not written as 'angiobench plan' writes it: it was edited",
                "the file as it was made; parts name it by its digest");
  }
  return plan;
}

void cut_into_shards(std::span<PlanItem> items, std::uint32_t shards) {
  if (shards < 1 || shards > items.size()) {
    throw Error::about(ErrorKind::usage, "shards",
                       "is " + std::to_string(shards) + ", and there are " +
                           std::to_string(items.size()) + " items, which are never split",
                       "1 to " + std::to_string(items.size()));
  }
  std::vector<std::size_t> order(items.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, [&](std::size_t a, std::size_t b) {
    return std::tie(items[b].cost, items[a].name, items[a].submission) <
           std::tie(items[a].cost, items[b].name, items[b].submission);
  });
  // Load and number of each shard, the least first. An item without cost takes a place all the
  // same, so that no shard stays empty.
  using Load = std::pair<std::uint64_t, std::uint32_t>;
  std::priority_queue<Load, std::vector<Load>, std::greater<>> loads;
  for (std::uint32_t shard = 0; shard < shards; ++shard) loads.emplace(0, shard);
  for (const std::size_t i : order) {
    const auto [load, shard] = loads.top();
    loads.pop();
    items[i].shard = shard;
    loads.emplace(load + std::max<std::uint64_t>(1, items[i].cost), shard);
  }
}

std::uint32_t worthwhile_shards(std::size_t num_items, double seconds) {
  constexpr double kLeastSeconds = 600;
  constexpr std::size_t kMost = 64;
  const double most = std::clamp(seconds / kLeastSeconds, 1.0, static_cast<double>(kMost));
  return static_cast<std::uint32_t>(std::clamp<std::size_t>(static_cast<std::size_t>(most), 1,
                                                            std::max<std::size_t>(1, num_items)));
}

std::string array_list(std::span<const std::uint32_t> shards) {
  std::vector<std::uint32_t> sorted(shards.begin(), shards.end());
  std::ranges::sort(sorted);
  sorted.erase(std::unique(sorted.begin(), sorted.end()), sorted.end());
  std::string text;
  for (std::size_t i = 0; i < sorted.size();) {
    std::size_t last = i;
    while (last + 1 < sorted.size() && sorted[last + 1] == sorted[last] + 1) ++last;
    text += (text.empty() ? "" : ",") + std::to_string(sorted[i]);
    if (last > i) text += (last == i + 1 ? "," : "-") + std::to_string(sorted[last]);
    i = last + 1;
  }
  return text;
}

std::vector<std::string> PlanPlaces::paths(std::string_view option) const {
  const auto found = std::ranges::find(options, option, [](const auto& one) { return one.first; });
  if (found == options.end()) return {};
  if (folder.empty() || folder == current_folder()) return found->second;
  std::vector<std::string> paths;
  for (const std::string& path : found->second)
    paths.push_back(path.starts_with('/') ? path : folder + "/" + path);
  return paths;
}

std::string places_path(const std::string& plan_path) {
  constexpr std::string_view kExtension = ".json";
  const std::string stem = plan_path.ends_with(kExtension)
                               ? plan_path.substr(0, plan_path.size() - kExtension.size())
                               : plan_path;
  return stem + ".places";
}

std::string places_text(const PlanPlaces& places) {
  Json document = Json::object();
  document["folder"] = places.folder.empty() ? current_folder() : places.folder;
  Json& options = document["options"] = Json::object();
  for (const auto& [name, paths] : places.options) options[name] = paths;
  document["schema"] = kPlacesSchema;
  return document.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

PlanPlaces read_places(const std::string& plan_path) {
  const std::string path = places_path(plan_path);
  PlanPlaces places;
  boost::system::error_code code;
  if (!boost::filesystem::exists(path, code)) return places;
  const Json document = parse_json(read_text_file(path), path, DuplicateKeys::refused);
  JsonFields fields(document, path);
  if (fields.string("schema") != kPlacesSchema)
    fields.fail("schema", "\"" + std::string(kPlacesSchema) + "\"");
  places.folder = fields.string("folder");
  JsonFields options = fields.object("options");
  for (const auto& [key, value] : fields.value("options").items())
    places.options.emplace_back(key, options.strings(key));
  fields.expect_no_more();
  return places;
}

std::uint32_t shard_number(std::string_view text, const Plan& plan) {
  std::string given(text);
  std::string from;
  std::uint32_t first = 0;  // what the first shard is called
  if (text == "env") {
    struct Scheduler {
      const char* variable;
      std::uint32_t first;
    };
    constexpr std::array<Scheduler, 4> kSchedulers = {{{"SLURM_ARRAY_TASK_ID", 0},
                                                       {"AWS_BATCH_JOB_ARRAY_INDEX", 0},
                                                       {"JOB_COMPLETION_INDEX", 0},
                                                       {"PARALLEL_SEQ", 1}}};
    const auto* const found = std::ranges::find_if(kSchedulers, [](const Scheduler& one) {
      const char* const value = std::getenv(one.variable);
      return value != nullptr && *value != '\0';
    });
    if (found == kSchedulers.end()) {
      throw Error::about(ErrorKind::usage, "shard",
                         "is env, and no array task runs here (SLURM_ARRAY_TASK_ID, "
                         "AWS_BATCH_JOB_ARRAY_INDEX, JOB_COMPLETION_INDEX and PARALLEL_SEQ are not "
                         "set)",
                         "a number, or a scheduler that sets one of them");
    }
    given = std::getenv(found->variable);
    from = std::string(" (") + found->variable + ")";
    first = found->first;
  }
  std::uint32_t number = 0;
  const auto [end, code] = std::from_chars(given.data(), given.data() + given.size(), number);
  const bool is_number = code == std::errc() && end == given.data() + given.size();
  if (!is_number || number < first || number - first >= plan.shards) {
    throw Error::about(ErrorKind::usage, "shard",
                       is_number ? "is " + given + from : "is '" + given + "'" + from,
                       std::to_string(first) + " to " + std::to_string(plan.shards - 1 + first) +
                           ", the shards of the plan, or env");
  }
  return number - first;
}

}  // namespace angiobench
