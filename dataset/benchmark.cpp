// SPDX-License-Identifier: MIT
#include "dataset/benchmark.h"

#include <algorithm>
#include <array>
#include <span>
#include <utility>

#include "dataset/files/atomic_file.h"
#include "dataset/files/embedded_file.h"
#include "dataset/error.h"
#include "dataset/files/json_fields.h"
#include "dataset/names.h"

namespace angiobench {

std::span<const EmbeddedFile> embedded_benchmarks();

namespace {

constexpr std::array<std::pair<Layout, std::string_view>, 11> kLayouts = {{
    {Layout::flat, "flat"},
    {Layout::mosxav, "mosxav"},
    {Layout::davis2016, "davis2016"},
    {Layout::davis2017, "davis2017"},
    {Layout::xacv, "xacv"},
    {Layout::mose, "mose"},
    {Layout::youtube_vos, "youtube-vos"},
    {Layout::sa_v, "sa-v"},
    {Layout::cadica, "cadica"},
    {Layout::dias, "dias"},
    {Layout::paxray, "paxray"},
}};

}  // namespace

std::string_view layout_name(Layout layout) {
  for (const auto& [value, name] : kLayouts) {
    if (value == layout) return name;
  }
  return "flat";
}

Layout layout_from_name(std::string_view name, const std::string& path) {
  std::string known;
  for (const auto& [value, candidate] : kLayouts) {
    if (candidate == name) return value;
    known += (known.empty() ? "" : ", ") + std::string(candidate);
  }
  throw Error(ErrorKind::input, path, "field 'layout' is \"" + std::string(name) + "\"",
              "one of " + known);
}

std::vector<std::string> benchmark_names() {
  std::vector<std::string> names;
  for (const EmbeddedFile& file : embedded_benchmarks()) {
    names.emplace_back(file.name.substr(0, file.name.size() - std::string_view(".json").size()));
  }
  std::sort(names.begin(), names.end());
  return names;
}

BenchmarkDefinition load_benchmark(const std::string& name_or_file) {
  if (name_or_file.ends_with(".json"))
    return parse_benchmark(read_text_file(name_or_file), name_or_file);
  const std::vector<std::string> known = benchmark_names();
  const std::string name = resolve_name(known, name_or_file).value_or("");
  for (const EmbeddedFile& file : embedded_benchmarks()) {
    if (file.name == name + ".json") return parse_benchmark(file.content, std::string(file.name));
  }
  throw unknown_name("dataset", "is '" + name_or_file + "', which is no benchmark", known,
                     name_or_file, ", or a file that ends in .json");
}

BenchmarkDefinition parse_benchmark(std::string_view text, const std::string& path) {
  const Json document = parse_json(text, path);
  JsonFields fields(document, path);
  fields.choice("schema", {"benchmark-1"});
  BenchmarkDefinition benchmark;
  benchmark.name = fields.string("name");
  benchmark.title = fields.string_or("title", benchmark.name);
  benchmark.layout = layout_from_name(fields.string("layout"), path);
  benchmark.split = fields.string_or("split", "");
  benchmark.protocol = fields.string("protocol");
  benchmark.roots = fields.strings_or("roots", {"."});
  benchmark.annotations = fields.strings_or("annotations", {"."});
  benchmark.images = fields.strings_or("images", {});
  benchmark.split_files = fields.strings_or("split_files", {});
  benchmark.meta_files = fields.strings_or("meta_files", {});
  benchmark.seen_categories = fields.strings_or("seen_categories", {});
  constexpr int kMaxSide = 1 << 16;
  benchmark.width = static_cast<int>(fields.integer_or("width", 0, 0, kMaxSide));
  benchmark.height = static_cast<int>(fields.integer_or("height", 0, 0, kMaxSide));
  benchmark.max_objects = static_cast<int>(fields.integer_or("max_objects", 0, 0, 255));
  fields.expect_no_more();
  return benchmark;
}

}  // namespace angiobench
