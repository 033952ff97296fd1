// SPDX-License-Identifier: MIT
#include "cli/modules.h"

#include <dlfcn.h>

#include <boost/filesystem/operations.hpp>
#include <boost/filesystem/path.hpp>

#include "dataset/error.h"

namespace angiobench::cli {
namespace {

namespace fs = boost::filesystem;

// The module's file: beside the program (build tree), else in ../lib/angiobench (installed).
std::string find_module(const std::string& file) {
  boost::system::error_code code;
  const fs::path folder = fs::read_symlink("/proc/self/exe", code).parent_path();
  for (const fs::path& candidate : {folder / file, folder / ".." / "lib" / "angiobench" / file}) {
    if (fs::exists(candidate, code)) return candidate.string();
  }
  return {};
}

}  // namespace

int run_module_verb(std::string_view module, std::string_view verb,
                    const std::vector<std::string>& arguments, const Streams& streams) {
  const std::string file = "angiobench_" + std::string(module) + ".so";
  const std::string path = find_module(file);
  if (path.empty()) {
    throw Error(ErrorKind::inconclusive, "",
                "'" + std::string(verb) + "' needs " + file + ", which is not installed",
                module == "baselines" ? "a build with LibTorch (scripts/setup.sh installs it)"
                                      : "a whole installation");
  }
  void* const handle = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (handle == nullptr)
    throw Error(ErrorKind::inconclusive, path, std::string("cannot be loaded: ") + ::dlerror());
  const auto list = reinterpret_cast<ModuleVerbs>(::dlsym(handle, "angiobench_module_verbs"));
  if (list == nullptr) throw Error(ErrorKind::inconclusive, path, "is not a module of angiobench");
  for (const Verb& candidate : list()) {
    if (candidate.name == verb) return candidate.run(arguments, streams);
  }
  throw Error(ErrorKind::bug, path, "has no verb '" + std::string(verb) + "'");
}

}  // namespace angiobench::cli
